"""Which article of a cluster is the original, why, and what the others are to it (pure).

May import: the standard library, corpus.agencies.
"""

from collections import Counter
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from corpus.agencies import domain_agency

Row = dict[str, Any]
Pairs = dict[tuple[str, str], Row]


HOME = {
    "AP": ("en",), "Reuters": ("en",), "AAP": ("en",), "PA Media": ("en",), "PTI": ("en",), "ANI": ("en",),
    "dpa": ("de",), "APA": ("de",), "ANSA": ("it",), "EFE": ("es",), "Europa Press": ("es",), "Lusa": ("pt",),
    "AFP": ("fr", "en"), "Belga": ("nl", "fr"), "ANP": ("nl",), "TT": ("sv",), "NTB": ("no", "nb"), "Ritzau": ("da",),
    "PAP": ("pl",), "ČTK": ("cs",), "MTI": ("hu",), "TASS": ("ru",), "RIA Novosti": ("ru",), "Interfax": ("ru",),
    "Ukrinform": ("uk",), "Xinhua": ("zh",), "Kyodo": ("ja",), "Jiji": ("ja",), "Yonhap": ("ko",), "Antara": ("id",),
    "Bernama": ("ms",), "Anadolu": ("tr",), "DHA": ("tr",), "IRNA": ("fa",), "WAFA": ("ar",), "MENA": ("ar",),
}  # fmt: skip
"""The languages that agencies write in first; copies in others are translations of these."""


class Original(NamedTuple):
    """The article, why it is the original, and how sure that is (0..1); None for an article alone."""

    article: Row
    reason: str | None
    confidence: float | None


def choose(articles: list[Row], pairs: Pairs) -> Original:
    """Return the original of a cluster of two or more articles.

    In this order: the agency's own article; the earliest, where times are known; the one that holds most of the
    others; the longest. Without times an article in the agency's own language comes before translations.
    """
    own = [one for one in articles if _is_agencys_own(one)]
    if own:
        return Original(min(own, key=_by_time), "published by the agency itself", 0.95)
    timed = sorted((one for one in articles if one["published_at"]), key=_by_time)
    if timed and len(timed) == len(articles):
        gap = (timed[1]["published_at"] - timed[0]["published_at"]).total_seconds() if len(timed) > 1 else 0
        return Original(timed[0], "earliest known time", 0.85 if gap >= 60 else 0.5)
    if timed:
        return Original(timed[0], "earliest of those with a known time", 0.6)
    at_home = [one for one in articles if one["language"] in HOME.get(_agency(articles) or "", ())]
    if 0 < len(at_home) < len(articles):
        best = max(at_home, key=lambda one: (_holds(one, articles, pairs), one["words"] or 0, one["id"]))
        return Original(best, "in the language the agency writes in", 0.6)
    holds = {one["id"]: _holds(one, articles, pairs) for one in articles}
    best = max(articles, key=lambda one: (holds[one["id"]], one["words"] or 0, one["id"]))
    others = sorted(holds.values())
    if others[-1] > others[-2]:
        return Original(best, "contains most of the others", 0.4)
    return Original(best, "longest of the cluster", 0.2)


def _agency(articles: list[Row]) -> str | None:
    """Return the agency that most of the cluster credits."""
    named = Counter(one["agency"] for one in articles if one["agency"])
    return max(named, key=lambda name: (named[name], name)) if named else None


def _by_time(article: Row) -> tuple[bool, Any, str]:
    return article["published_at"] is None, article["published_at"], article["id"]


def _is_agencys_own(article: Row) -> bool:
    if not article["agency"]:
        return False
    host = urlsplit(article["url"] or "").hostname
    return bool(domain_agency(host or article["publisher"]) == article["agency"])


def _holds(article: Row, others: list[Row], pairs: Pairs) -> float:
    """Return how much of the other texts this one contains, added up."""
    total = 0.0
    for other in others:
        a, b = sorted((article["text_id"], other["text_id"]))
        pair = pairs.get((a, b))
        if pair:
            total += pair["containment_b"] if article["text_id"] == a else pair["containment_a"]
    return round(total, 6)


def relation(article: Row, original: Row, pairs: Pairs, size: int) -> tuple[str, float | None]:
    """Return what an article is to the original (alone, original, exact, near, excerpt, reworded, translated) and
    the score of that pair, None where the two were never compared."""
    if size == 1:
        return "alone", None
    if article["id"] == original["id"]:
        return "original", None
    if article["text_id"] == original["text_id"]:
        return "exact", 1.0
    a, b = sorted((article["text_id"], original["text_id"]))
    pair = pairs.get((a, b))
    if pair:
        return pair["kind"], pair["score"]
    if article["language"] != original["language"]:
        return "translated", None
    return "reworded", None
