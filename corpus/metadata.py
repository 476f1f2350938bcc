"""What a page says of itself: title, authors, time, section, image, canonical address, language, paywall (pure).

JSON-LD is asked first, then meta tags, then the page's visible elements. May import: lxml, regex, the standard library.
"""

import html
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

import lxml.html
import regex

from corpus.bylines import names_in
from corpus.clean import SITE_TAIL
from corpus.jsonld import Node, article_node, is_listing, read_nodes, resolved, text_of, texts_of
from corpus.markup import heads, in_picture
from corpus.published import read_time, split_address

LONG_PARAGRAPH, SEVERAL = 200, 6
MOST_TAILS = 3
_TITLE_METAS = ("og:title", "twitter:title", "dc.title", "parsely-title", "sailthru.title", "headline")
_DESCRIPTION_METAS = ("og:description", "description", "twitter:description")
_AUTHOR_METAS = ("author", "article:author", "byl", "parsely-author", "sailthru.author", "dc.creator", "creator",
                 "dcterms.creator", "article:author_name", "cxenseparse:author", "news_author", "articleauthor",
                 "content_author", "dable:author", "og:article:author", "author_name", "mediaauthor")  # fmt: skip
_SECTION_METAS = (
    "article:section",
    "parsely-section",
    "section",
    "cxenseparse:recs:category",
    "dc.subject",
    "articlesection",
    "og:article:section",
    "content_category",
    "dtk:kanalname",
    "category",
    "channel",
)
_NAMED = regex.compile(
    r"byline|author|writer|penulis|autor|yazar|reporter|kirjoittaja|journalist|muhabir|wartawan|redakteur|periodista",
    regex.I,
)
_NOT_NAMED = regex.compile(
    r"authoriz|bio|box|image|avatar|social|related|photo|(?<!na)list|comment|widget|follow|date", regex.I
)
_CREDITING = regex.compile(
    r"(?:^|[\s_-])(?:source|agency|agencia|agence|agentur|provider|wire|fonte|quelle|kaynak|sumber|fuente|laiyuan|ly)(?:$|[\s_-])",
    regex.I,
)
_EDITED = regex.compile(r"(?:editor|penyunting|redaktur|编辑|編輯|編集|düzenleyen|editör)\s*[:：]?\s*$", regex.I)
_FALSE = ("false", "no", "0", "http://schema.org/false", "https://schema.org/false")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the page says of itself.

    `headings` are its other titles, `credits` the short texts of elements that name where the text comes from.
    """

    title: str | None = None
    headings: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_by_what: str | None = None
    section: str | None = None
    image: str | None = None
    canonical_url: str | None = None
    language: str | None = None
    site: str | None = None
    paywall: bool | None = None
    listing: bool = False
    credits: tuple[str, ...] = ()
    body: str | None = None
    description: str | None = None


def read_metadata(
    root: lxml.html.HtmlElement,
    url: str | None = None,
    fetched_at: datetime | None = None,
    publisher: str | None = None,
) -> Metadata:
    """Return what the page says of itself; what is not told is None (or empty).

    A time of publication later than two days after `fetched_at` is not believed. `publisher` is the site's name where
    the page itself does not tell it: it is cut off the title.
    """
    metas = _metas(root)
    nodes = read_nodes(root)
    canonical = _canonical(root, metas, url)
    addresses = {address.split("#")[0].rstrip("/") for address in (canonical, url) if address}
    node = resolved(article_node(nodes, addresses), nodes)
    language = _language(root, node, metas)
    moment, what = read_time(root, node, metas, url=url, language=language, fetched_at=fetched_at)
    site = _first(metas, ("og:site_name", "application-name", "twitter:site_name"))
    return Metadata(
        title=_title(root, node, metas, site or publisher),
        headings=_headings(root, metas),
        authors=_authors(root, node, metas, language),
        published_at=moment.time if moment else None,
        published_by_what=what,
        section=text_of(node.get("articleSection")) or _first(metas, _SECTION_METAS),
        image=_absolute(_image(node) or _first(metas, ("og:image", "og:image:url", "twitter:image")), url),
        canonical_url=canonical,
        language=language,
        site=text_of(node.get("publisher")) or site,
        paywall=_paywall(node, metas),
        listing=is_listing(nodes) or _is_front(root, node, metas, url),
        credits=tuple(dict.fromkeys([*_short_texts(root, _CREDITING, None, 60), *heads(root)])),
        description=text_of(node.get("description")) or _first(metas, _DESCRIPTION_METAS),
        body=node["articleBody"] if isinstance(node.get("articleBody"), str) else None,
    )


def _metas(root: lxml.html.HtmlElement) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        content = (meta.get("content") or "").strip()
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            if content and (name := meta.get(attribute)):
                found.setdefault(name.strip().lower(), []).append(content)
    return found


def _first(metas: dict[str, list[str]], names: tuple[str, ...]) -> str | None:
    return next((_plain(metas[name][0]) for name in names if name in metas), None)


def _plain(text: str) -> str:
    return " ".join(html.unescape(text).split())


def _absolute(address: str | None, url: str | None) -> str | None:
    """Return the address in full, or None where it is no web address."""
    try:
        full = urljoin(url or "", (address or "").strip())
        return full if address and urlsplit(full).scheme in ("http", "https") else None
    except ValueError:
        return None


def _canonical(root: lxml.html.HtmlElement, metas: dict[str, list[str]], url: str | None) -> str | None:
    links = [link.get("href") for link in root.iter("link") if (link.get("rel") or "").lower() == "canonical"]
    return next((full for link in links if (full := _absolute(link, url))), None) or _absolute(
        _first(metas, ("og:url",)), url
    )


def _language(root: lxml.html.HtmlElement, node: Node, metas: dict[str, list[str]]) -> str | None:
    told = text_of(node.get("inLanguage")) or root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang")
    return told or _first(metas, ("og:locale", "content-language", "language", "dc.language"))


def _title(root: lxml.html.HtmlElement, node: Node, metas: dict[str, list[str]], site: str | None) -> str | None:
    headings = [_plain(heading.text_content()) for heading in root.iter("h1")]
    page_title = next((_plain(element.text_content()) for element in root.iter("title")), "")
    for told in (text_of(node.get("headline")), _first(metas, _TITLE_METAS), *headings[:1], page_title):
        if told and len(told) > 3:
            return _without_site(told, site, headings)
    return None


def _headings(root: lxml.html.HtmlElement, metas: dict[str, list[str]]) -> tuple[str, ...]:
    """Return what else may stand above the text as its title."""
    told = [_plain(heading.text_content()) for heading in root.iter("h1", "title")]
    return tuple(dict.fromkeys(text for text in (*told[:5], _first(metas, _TITLE_METAS)) if text and len(text) <= 300))


def _without_site(title: str, site: str | None, headings: list[str]) -> str:
    """Cut the site's name (and section) off the title: where it is the site's, or where the rest is the heading."""
    for _ in range(MOST_TAILS):
        shorter = SITE_TAIL.sub("", title)
        tail = title[len(shorter) :].strip(" |–—·•-:").casefold()
        rest = SITE_TAIL.sub("", shorter)
        if not shorter or not (tail == (site or "").casefold() or shorter in headings or rest in headings):
            break
        title = shorter
    before, bar, after = title.partition(" | ")
    return after if bar and after and (before.casefold() == (site or "").casefold() or after in headings) else title


def _authors(
    root: lxml.html.HtmlElement, node: Node, metas: dict[str, list[str]], language: str | None
) -> tuple[str, ...]:
    told = texts_of(node.get("author") or node.get("creator"))
    if not any(names_in(told)):
        told = [value for name in _AUTHOR_METAS for value in metas.get(name, ())]
    if not any(names_in(told)):
        told = _short_texts(root, _NAMED, _NOT_NAMED, 100)
    return tuple(dict.fromkeys(names_in(told, language)))[:20]


def _short_texts(
    root: lxml.html.HtmlElement, wanted: regex.Pattern[str], unwanted: regex.Pattern[str] | None, longest: int
) -> list[str]:
    """Return the short texts of the first elements whose class, id, rel or itemprop is wanted; inner ones not again."""
    texts: list[str] = []
    for element in root.iter("a", "span", "div", "p", "address", "li", "em", "strong", "b", "i", "small"):
        marks = " ".join(element.get(name, "") for name in ("class", "id", "rel", "itemprop"))
        if not marks.strip() or not wanted.search(marks) or (unwanted and unwanted.search(marks)):
            continue
        if unwanted is None and in_picture(element):
            continue
        text = _plain(element.text_content())
        if 1 < len(text) <= longest and not any(text in other for other in texts):
            links = element.iter("a") if unwanted is not None else ()
            linked = [_plain(link.text_content()) for link in links if not _is_edited_by(link)]
            if 2 * sum(map(len, linked)) > len(text):  # the names are links, what stands around them is not
                return [name for name in linked if name]
            texts.append(text)
        if len(texts) >= 4:
            break
    return texts[:1] if unwanted else texts


def _is_edited_by(link: lxml.html.HtmlElement) -> bool:
    """Say whether the words before the link call the one whom it names an editor."""
    before, parent = link.getprevious(), link.getparent()
    words = (before.tail if before is not None else parent.text if parent is not None else None) or ""
    return _EDITED.search(words) is not None


def _is_front(root: lxml.html.HtmlElement, node: Node, metas: dict[str, list[str]], url: str | None) -> bool:
    """Say whether the page is a site's front, or a section's: it calls itself a site and links from its headings."""
    address = split_address(url)
    if address.hostname and address.path in ("", "/") and not address.query:
        return True
    if node or (_first(metas, ("og:type",)) or "").lower() != "website":
        return False
    headings = [heading for name in ("h2", "h3") for heading in root.iter(name)]
    linked = sum(next(heading.iter("a"), None) is not None for heading in headings)
    if _tells_at_length(root, _first(metas, _TITLE_METAS)):
        return False
    return linked >= 5 and not any(name in metas for name in ("article:published_time", "datepublished", "pubdate"))


def _tells_at_length(root: lxml.html.HtmlElement, title: str | None) -> bool:
    """Say whether the page's heading is its title and several long paragraphs follow: no list has both."""
    heading = next((_plain(h.text_content()) for h in root.iter("h1")), "")
    if len(heading) < 10 or not title or heading.casefold() not in title.casefold():
        return False
    return sum(len(p.text_content()) >= LONG_PARAGRAPH for p in root.iter("p")) >= SEVERAL


def _image(node: Node) -> str | None:
    image = node.get("image") or node.get("thumbnailUrl")
    image = image[0] if isinstance(image, list) and image else image
    return text_of(image.get("url") or image.get("contentUrl")) if isinstance(image, dict) else text_of(image)


def _paywall(node: Node, metas: dict[str, list[str]]) -> bool | None:
    """Return whether readers must pay, as the page tells it; None where it does not."""
    tier = _first(metas, ("article:content_tier", "og:article:content_tier", "content_tier")) or ""
    if tier:
        return tier.lower() in ("locked", "metered", "paid", "premium")
    parts = node.get("hasPart")
    for told in [node, *(parts if isinstance(parts, list) else [parts])]:
        free = told.get("isAccessibleForFree") if isinstance(told, dict) else None
        if free is not None and str(free).lower() in _FALSE:
            return True
    return None if node.get("isAccessibleForFree") is None else False
