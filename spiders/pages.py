"""What a fetched HTML page says of itself: its canonical address, whether it is an article, AMP, behind a login.

Pure functions. May import: lxml, corpus.metadata, spiders.urls and the standard library.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from lxml import etree, html

from corpus.metadata import read_metadata
from spiders import urls

TRUSTED = frozenset({"feed", "news_sitemap", "urls", "wayback"})
"""Listings of articles alone: what they name is an article unless the page has no text at all."""
MAX_ATTRIBUTES = 5_000
LONGEST_NAME = 60
_ARTICLE_TYPE = re.compile(
    r'"@type"\s*:\s*(?:\[[^\]]*)?"(?:https?://schema\.org/)?(?:[A-Za-z]*NewsArticle|Article|BlogPosting|LiveBlogPosting|'
    r"Report|OpinionNewsArticle|SocialMediaPosting|ScholarlyArticle|SatiricalArticle|AdvertiserContentArticle)\""
)
_ITEM_TYPE = re.compile(r"schema\.org/(?:[A-Za-z]*NewsArticle|Article|BlogPosting|Report)\b")
_DATE_META = frozenset(
    {"article:published_time", "og:article:published_time", "pubdate", "publishdate", "date", "dc.date",
     "dc.date.issued", "dcterms.created", "datepublished", "parsely-pub-date", "sailthru.date",
     "citation_publication_date"}
)  # fmt: skip
_SKIPPED = frozenset(
    {"script", "style", "noscript", "template", "nav", "footer", "form", "button", "select", "svg", "head"}
)
_DENSE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LONG_TAG = re.compile(rb"<[^<>]{20000,}")
_ATTRIBUTE = re.compile(rb"\s[^\s=<>]+")
_LOGIN_PATH = re.compile(r"/(?:log-?in|sign-?in|subscribe|register|paywall|abo|auth)(?:[/.?]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PageFacts:
    """outcome is ok, not_article, paywall or too_large; reason says why in a sentence where it is not ok."""

    outcome: str
    reason: str | None
    canonical: str | None
    """The page's own word for its address, where it can be true: same site, no front page."""
    amp: bool
    digest: str
    """Of the running text alone: stays the same while advertisements and time stamps change."""


def read_page(body: bytes, encoding: str, url: str, discovered_by: str) -> PageFacts:
    """Judge an HTML page; `url` is where it was found in the end. Never raises for whatever bytes."""
    raw = hashlib.sha256(body).hexdigest()
    if hostile(body):
        return PageFacts("too_large", f"a tag has over {MAX_ATTRIBUTES} attributes", None, False, raw)
    root = _parse(body, encoding)
    if root is None:
        return PageFacts("not_article", "the answer is empty or not HTML", None, False, raw)
    prose, linked = _prose(root)
    weight = _weight(prose)
    outcome, reason = _judge(root, url, discovered_by, weight, linked)
    digest = hashlib.sha256("\n".join(prose).encode("utf-8", "replace")).hexdigest() if weight >= 100 else raw
    return PageFacts(outcome, reason, _canonical(root, url), _is_amp(root), digest)


def site_of(body: bytes) -> tuple[str, str]:
    """Return what a page calls its site, and the code of its language; empty where it does not tell."""
    root = None if hostile(body) else _parse(body, "utf-8")
    if root is None:
        return "", ""
    names = root.xpath("//meta[@property='og:site_name' or @name='application-name']/@content")
    name = " ".join(str(next(iter(names), "")).split())
    language = re.match(r"[A-Za-z]{2,3}(?![A-Za-z])", root.get("lang") or "")
    plain = name.isprintable() and len(name) <= LONGEST_NAME and not name.startswith(("=", "+", "-", "@", "#"))
    return name if plain else "", language[0].lower() if language else ""


def told_time(body: bytes, encoding: str, url: str) -> tuple[datetime | None, str | None]:
    """Return when an article says that it was published, and where it says so (see corpus.published.read_time)."""
    root = None if hostile(body) else _parse(body, encoding)
    told = read_metadata(root, url) if root is not None else None
    return (told.published_at, told.published_by_what) if told else (None, None)


def hostile(body: bytes) -> bool:
    """Say whether a tag has so many attributes that a parser would need minutes for it."""
    return any(len(_ATTRIBUTE.findall(tag[0])) > MAX_ATTRIBUTES for tag in _LONG_TAG.finditer(body))


def _parse(body: bytes, encoding: str) -> html.HtmlElement | None:
    for charset in (encoding, None):
        try:
            root = html.document_fromstring(body, parser=html.HTMLParser(encoding=charset, huge_tree=False))
        except (etree.ParserError, etree.XMLSyntaxError, ValueError, LookupError):
            continue
        return root
    return None


def _judge(root: html.HtmlElement, url: str, discovered_by: str, weight: int, linked: int) -> tuple[str, str | None]:
    """Weigh what the page says of itself, its running text and its links; return (outcome, reason)."""
    if urls.is_front(url):
        return "not_article", "it is the site's front page"
    if weight < 400 and _asks_to_log_in(root, url):
        return "paywall", "it asks to log in or to subscribe"
    why_not = _doubt(root, url, discovered_by in TRUSTED, weight, linked)
    return ("not_article", why_not) if why_not else ("ok", None)


def _doubt(root: html.HtmlElement, url: str, trusted: bool, weight: int, linked: int) -> str | None:
    """Say in a sentence why the page is no article, or None where it is one."""
    declared = _declares_article(root)
    if trusted:
        return None if weight >= 80 or declared else "it has no running text"
    if weight < 150:
        return "it has hardly any running text"
    if linked > 2 * weight and not _ARTICLE_TYPE.search(_json_ld(root)):
        return "it is mostly links"
    if declared or (urls.article_like(url) and weight >= 400):
        return None
    return "nothing says that it is an article"


def _asks_to_log_in(root: html.HtmlElement, url: str) -> bool:
    return root.find(".//input[@type='password']") is not None or bool(_LOGIN_PATH.search(urlsplit(url).path))


def _declares_article(root: html.HtmlElement) -> bool:
    """Say whether JSON-LD, Open Graph, a date in the head or microdata call the page an article."""
    if _ARTICLE_TYPE.search(_json_ld(root)):
        return True
    for meta in root.iterfind(".//meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
        if name in _DATE_META or (name == "og:type" and "article" in (meta.get("content") or "").lower()):
            return True
    return any(_ITEM_TYPE.search(str(kind)) for kind in root.xpath("//@itemtype"))


def _json_ld(root: html.HtmlElement) -> str:
    return "\n".join(
        script.text or "" for script in root.iterfind(".//script") if "ld+json" in (script.get("type") or "").lower()
    )


def _prose(root: html.HtmlElement) -> tuple[list[str], int]:
    """Return the running text (long stretches outside links and furniture) and the weight of all linked text."""
    stretches: list[str] = []
    linked = 0
    body = root.find("body")
    walk = etree.iterwalk(body if body is not None else root, events=("start", "end", "comment"))
    for event, element in walk:
        text = element.tail if event != "start" else None
        if event == "start" and (element.tag == "a" or element.tag in _SKIPPED):
            walk.skip_subtree()
            linked += _weight(["".join(element.itertext())]) if element.tag == "a" else 0
        elif event == "start" and isinstance(element.tag, str):
            text = element.text
        clean = " ".join((text or "").split())
        if _weight([clean]) >= 30:
            stretches.append(clean)
    return stretches, linked


def _weight(texts: list[str]) -> int:
    """Count characters, those of scripts that need few of them (Chinese, Thai …) three times."""
    return sum(len(text) + 2 * len(_DENSE.findall(text)) for text in texts)


def _is_amp(root: html.HtmlElement) -> bool:
    return root.get("amp") is not None or root.get("⚡") is not None


def _canonical(root: html.HtmlElement, url: str) -> str | None:
    """Return rel=canonical (else og:url) where it can be true.

    Another site's address is no twin but the original of a copy, and a front page is a template's mistake: both are
    left aside, so that a copy stays a page of its own.
    """
    links = [
        link.get("href", "")
        for link in root.iterfind(".//link")
        if "canonical" in (link.get("rel") or "").lower().split()
    ]
    if not links:
        links = [
            m.get("content", "") for m in root.iterfind(".//meta") if (m.get("property") or "").lower() == "og:url"
        ]
    for link in urls.absolute(url, links[:1]):
        if urls.site(link) == urls.site(url) and not urls.is_front(link):
            return link
    return None
