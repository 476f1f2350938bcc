"""When a page says that its article was published, and where it says so (pure).

May import: lxml, regex, corpus.dates, corpus.jsonld, the standard library.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import SplitResult, urlsplit

import lxml.html
import regex

from corpus.dates import Moment, parse_moment
from corpus.jsonld import Node, text_of
from corpus.markup import heads

_TIME_METAS = ("article:published_time", "og:article:published_time", "datepublished", "og:published_time", "pubdate",
               "publishdate", "publish-date", "publish_date", "parsely-pub-date", "sailthru.date", "dc.date.issued",
               "dcterms.issued", "dcterms.created", "dc.date", "dc.date.created", "cxenseparse:recs:publishtime",
               "article_date_original", "originalpublicationdate", "publication_date", "article.published",
               "datecreated", "ptime", "apub:time", "weibo: article:create_at", "date")  # fmt: skip
_DATED = regex.compile(
    r"(?:^|[\s_-])(?:date|time|datetime|publish\w*|pub-?date|posted\w*|timestamp|tanggal|tarih|fecha|datum|yayin\w*|article_?date)"
    r"(?:$|[\s_-])|date|Date"
)
_NOT_DATED = regex.compile(r"updat|modif|comment|relat|footer|sidebar|copyright|candidate", regex.I)
_IN_ADDRESS = regex.compile(
    r"/(?P<y>(?:19|20)\d\d)[/-]?(?P<m>0[1-9]|1[0-2])[/-]?(?P<d>0[1-9]|[12]\d|3[01])(?:[/_-]|\D)"
)
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


def read_time(
    root: lxml.html.HtmlElement,
    node: Node,
    metas: dict[str, list[str]],
    *,
    url: str | None = None,
    language: str | None = None,
    fetched_at: datetime | None = None,
) -> tuple[Moment | None, str | None]:
    """Return when the article was published, and where that is told: `json_ld`, `meta`, `time`, `text` or `address`.

    `_day` follows where no time of day is told, `_local` where no zone is told and the country's usual one is taken. A
    less trusted place that names the minute completes a day that a more trusted one names.
    """
    latest = (fetched_at or datetime(2200, 1, 1, tzinfo=UTC)) + timedelta(days=2)
    best: tuple[Moment, str] | None = None
    for what, raw in _told_times(root, node, metas, url):
        moment = parse_moment(raw, _short(language), _country(url))
        if moment is None or not _EARLIEST < moment.time < latest:
            continue
        if best is None or _completes(best[0], moment, what):
            best = moment, what
        if best[0].zone_known and not best[0].day_only:
            break
    return (best[0], best[1] + how_known(best[0])) if best else (None, None)


def _completes(known: Moment, other: Moment, what: str) -> bool:
    """Say whether the other moment tells the same time more exactly."""
    apart = abs(other.time - known.time)
    if known.day_only:
        return not other.day_only and apart < timedelta(hours=36)
    return other.zone_known and not other.day_only and what == "meta" and apart < timedelta(hours=15)


def how_known(moment: Moment) -> str:
    """Return what follows the place that a time comes from: `_day`, `_local` or nothing."""
    return "_day" if moment.day_only else "" if moment.zone_known else "_local"


def split_address(url: str | None) -> SplitResult:
    """Return the parts of an address, all empty where it is none."""
    try:
        return urlsplit(url or "")
    except ValueError:
        return urlsplit("")


def _short(language: str | None) -> str | None:
    return regex.split(r"[-_]", language, maxsplit=1)[0].lower() if language else None


def _country(url: str | None) -> str | None:
    return (split_address(url).hostname or "").rpartition(".")[2] or None


def _told_times(
    root: lxml.html.HtmlElement, node: Node, metas: dict[str, list[str]], url: str | None
) -> Iterator[tuple[str, str]]:
    """Yield (place, words) of the times that a page tells, the most trusted first."""
    for key in ("datePublished", "dateCreated", "uploadDate"):
        if told := text_of(node.get(key)):
            yield "json_ld", told
    for name in _TIME_METAS:
        yield from (("meta", told) for told in metas.get(name, ())[:2])
    times = [time for time in root.iter("time") if not _NOT_DATED.search(_marks(time))]
    times.sort(key=lambda time: not (time.get("pubdate") is not None or "published" in _marks(time).lower()))
    for time in times[:3]:
        yield from (("time", told) for told in (time.get("datetime"), _words(time)) if told)
    for element in root.iter("span", "div", "p", "abbr", "li", "em", "small", "td"):
        marks = _marks(element)
        if marks and _DATED.search(marks) and not _NOT_DATED.search(marks) and len(element) <= 6:
            told = element.get("content") or element.get("title") or _words(element)
            if 6 <= len(told) <= 90:
                yield "text", told
                break
    yield from (("text", told) for told in heads(root) if regex.search(r"\d{4}|\p{Nd}{2}", told))
    if found := _IN_ADDRESS.search(split_address(url).path):
        yield "address", f"{found['y']}-{found['m']}-{found['d']}"


def _marks(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.get(name, "") for name in ("class", "id", "itemprop", "data-testid"))


def _words(element: lxml.html.HtmlElement) -> str:
    """Return the element's text; its parts stand apart, as they do on the page."""
    return " ".join(" ".join(element.itertext()).split())
