"""Feeds, sitemaps, news sitemaps, front pages and URL lists: bytes in, entries and further listings out.

Pure functions; the kind is recognised from the bytes, whatever the server calls them. May import: lxml, spiders.urls
and the standard library.
"""

import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from lxml import etree, html

from spiders import urls

MAX_ENTRIES = 50_000
FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
COMMON_PLACES = ("/news-sitemap.xml", "/sitemap_news.xml", "/sitemap.xml", "/sitemap_index.xml", "/feed/", "/rss.xml")
_DECLARED = re.compile(rb"""<\?xml[^>]*encoding=["']([^"']+)""")
_DATE = re.compile(r"^\d{4}-\d\d-\d\d$")
_COMMENTS = re.compile(r"/comments?(?:/|$|\?)|[?&]feed=comments")


class ListingError(Exception):
    """The bytes are no feed, sitemap, page or list; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as a listing tells of it; all but the address may be unknown."""

    url: str
    title: str | None = None
    published_at: datetime | None = None
    published_by_what: str | None = None
    modified_at: datetime | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    captured_at: datetime | None = None
    original: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What a listing holds; kind is feed, sitemap, news_sitemap, sitemap_index, front, urls or wayback."""

    kind: str
    entries: list[Entry] = field(default_factory=list)
    children: list[Entry] = field(default_factory=list)
    """Further listings: sitemaps of an index (with modified_at), feeds of a front page."""


def read_listing(body: bytes, url: str, encoding: str = "utf-8", max_bytes: int = 52_428_800) -> Listing:
    """Recognise and read a listing; broken parts are skipped, at most 50,000 entries are taken.

    Raises ListingError with a sentence where nothing can be read.
    """
    plain = gunzip(body, max_bytes) if body[:2] == b"\x1f\x8b" else body
    start = plain[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise ListingError("it is empty")
    if start[:1] in (b"{", b"["):
        return _read_json(plain, url)
    if start[:1] == b"<" and not _is_html(start):
        return _read_xml(plain, url, encoding)
    if start[:1] == b"<":
        return _read_front(plain, url, encoding)
    if re.match(rb"(?:#[^\n]*\n\s*)*https?://", start):
        return _read_lines(plain, url)
    raise ListingError("it is neither XML, JSON, HTML nor a list of addresses")


def gunzip(body: bytes, max_bytes: int) -> bytes:
    """Return the decompressed bytes; a cut or damaged end is left out. Raises ListingError above max_bytes."""
    plain, rest = b"", body
    while rest[:2] == b"\x1f\x8b":
        inflate = zlib.decompressobj(wbits=31)
        try:
            plain += inflate.decompress(rest, max_bytes + 1 - len(plain))
        except zlib.error as error:
            if not plain:
                raise ListingError(f"its gzip stream is damaged ({error})") from error
            break
        if len(plain) > max_bytes:
            raise ListingError(f"it unpacks to more than {max_bytes} bytes")
        rest = inflate.unused_data
    return plain


def parse_time(text: str | None) -> datetime | None:
    """Return the time of an ISO 8601 or RFC 822 date in UTC, or None; without a zone it is taken as UTC."""
    text = (text or "").strip()
    if not text:
        return None
    for parse, spelt in ((datetime.fromisoformat, text.replace(" UTC", "+00:00")), (parsedate_to_datetime, text)):
        try:
            time = parse(spelt)
            time = time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
        return time if 1990 <= time.year <= 2200 else None
    return None


def _is_html(start: bytes) -> bool:
    return bool(
        re.match(rb"(?is)(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|div)\b", start)
    )


def _read_xml(body: bytes, url: str, encoding: str) -> Listing:
    root = _parse_xml(body, encoding)
    name = _local(root)
    if name == "sitemapindex":
        return Listing("sitemap_index", children=list(_take(_sitemaps(root), url)))
    if name == "urlset":
        entries = list(_take(_sitemap_entries(root), url))
        news = any(entry.published_by_what for entry in entries)
        return Listing("news_sitemap" if news else "sitemap", entries)
    if name in ("rss", "RDF", "feed"):
        return Listing("feed", list(_take(_feed_entries(root), url)))
    if name == "html":
        return _read_front(body, url, encoding)
    raise ListingError(f"its XML is neither a feed nor a sitemap (it starts with <{name[:40]}>)")


def _parse_xml(body: bytes, encoding: str) -> etree._Element:
    """Parse, mending what is broken; entities are not expanded and nothing is loaded."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        recover=True,
        huge_tree=False,
        encoding=_charset(body, encoding),
    )
    try:
        root = etree.fromstring(body.lstrip(b" \t\r\n"), parser)
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        raise ListingError("its XML is damaged beyond mending") from error
    if root is None:
        raise ListingError("its XML is damaged beyond mending")
    if not len(root):
        raise ListingError("it holds no entries")
    return root


def _charset(body: bytes, encoding: str) -> str | None:
    """Return the encoding to force: HTTP's where the XML names none, or names UTF-8 and is not; else None."""
    declared = _DECLARED.search(body[:200])
    if body[:2] in (b"\xff\xfe", b"\xfe\xff") or (declared and declared[1].lower() not in (b"utf-8", b"utf8")):
        return None
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return _known(encoding)
    return None


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    for child in element:
        if _local(child) in names:
            yield child


def _text(element: etree._Element, *names: str) -> str | None:
    """Return the text of the first child of the first name that has any."""
    for name in names:
        for child in _children(element, name):
            text = " ".join("".join(str(part) for part in child.itertext()).split())
            if text:
                return text
    return None


def _sitemaps(root: etree._Element) -> Iterator[tuple[str | None, dict[str, Any]]]:
    for child in _children(root, "sitemap"):
        yield _text(child, "loc"), {"modified_at": parse_time(_text(child, "lastmod"))}


def _sitemap_entries(root: etree._Element) -> Iterator[tuple[str | None, dict[str, Any]]]:
    for child in _children(root, "url"):
        facts: dict[str, Any] = {"modified_at": parse_time(_text(child, "lastmod"))}
        for news in _children(child, "news"):
            dated = _text(news, "publication_date")
            facts |= {"title": _text(news, "title"), "published_at": parse_time(dated)}
            facts["published_by_what"] = _what("news_sitemap", dated)
            for publication in _children(news, "publication"):
                facts["language"] = _text(publication, "language")
        yield _text(child, "loc"), facts


def _what(kind: str, dated: str | None) -> str | None:
    """Name where a time came from; a date without a time of day says so."""
    if parse_time(dated) is None:
        return None
    return f"{kind}_day" if _DATE.match((dated or "").strip()) else kind


def _feed_entries(root: etree._Element) -> Iterator[tuple[str | None, dict[str, Any]]]:
    channels = [root, *_children(root, "channel")]
    language = next((found for channel in channels if (found := _text(channel, "language"))), None)
    language = language or root.get("{http://www.w3.org/XML/1998/namespace}lang")
    for channel in channels:
        for child in _children(channel, "item", "entry"):
            dated = _text(child, "pubDate", "published", "date", "issued", "created")
            yield (
                _feed_link(child),
                {
                    "title": _text(child, "title"),
                    "published_at": parse_time(dated),
                    "published_by_what": _what("feed", dated),
                    "modified_at": parse_time(_text(child, "updated", "modified")),
                    "authors": tuple(_feed_authors(child)),
                    "language": language,
                },
            )


def _feed_link(entry: etree._Element) -> str | None:
    """Return the article's address: link text (RSS), alternate href (Atom), or a guid that is a permanent link."""
    for link in _children(entry, "link"):
        if link.get("href") and link.get("rel", "alternate") == "alternate":
            return str(link.get("href"))
    for name in ("origLink", "link"):
        text = _text(entry, name)
        if text:
            return text
    for guid in _children(entry, "guid", "id"):
        text = (guid.text or "").strip()
        if guid.get("isPermaLink", "true").lower() != "false" and re.match(r"https?://", text):
            return text
    return None


def _feed_authors(entry: etree._Element) -> Iterator[str]:
    for author in _children(entry, "author", "creator"):
        name = _text(author, "name") or " ".join((author.text or "").split())
        inside = re.search(r"\(([^)]+)\)\s*$", name) if "@" in name else None
        name = inside[1] if inside else name
        if name and "@" not in name:
            yield name


def _read_json(body: bytes, url: str) -> Listing:
    try:
        data = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise ListingError("its JSON is damaged") from error
    if isinstance(data, dict) and isinstance(data.get("items"), list):
        return Listing("feed", list(_take(_json_entries(data), url)))
    if isinstance(data, list) and data and isinstance(data[0], list) and "timestamp" in data[0]:
        return Listing("wayback", list(_take(_captures(data), url)))
    raise ListingError("its JSON is neither a JSON feed nor a list of captures")


def _json_entries(data: dict[str, Any]) -> Iterator[tuple[str | None, dict[str, Any]]]:
    for entry in data["items"]:
        if not isinstance(entry, dict):
            continue
        dated = str(entry.get("date_published") or "")
        writers = entry.get("authors") or [entry.get("author")]
        names = [writer.get("name") for writer in writers if isinstance(writer, dict)]
        yield (
            str(entry.get("url") or entry.get("external_url") or entry.get("id") or ""),
            {
                "title": _word(entry.get("title")),
                "published_at": parse_time(dated),
                "published_by_what": _what("feed", dated),
                "modified_at": parse_time(str(entry.get("date_modified") or "")),
                "authors": tuple(name for name in names if isinstance(name, str) and name),
                "language": _word(entry.get("language") or data.get("language")),
            },
        )


def _word(value: Any) -> str | None:
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _captures(rows: list[Any]) -> Iterator[tuple[str | None, dict[str, Any]]]:
    """Read the answer of a CDX server: a row of names, then a row for each capture."""
    names = [str(name) for name in rows[0]]
    for row in rows[1:]:
        if not isinstance(row, list):
            continue
        facts = dict(zip(names, map(str, row), strict=False))
        original, stamp = facts.get("original", ""), facts.get("timestamp", "")
        try:
            captured = datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            continue
        yield original, {"captured_at": captured, "original": urls.canonical(original)}


def _read_lines(body: bytes, url: str) -> Listing:
    lines = (line.strip() for line in body.decode("utf-8-sig", "replace").splitlines())
    return Listing("urls", list(_take(((line, {}) for line in lines if line and line[0] != "#"), url)))


def _read_front(body: bytes, url: str, encoding: str) -> Listing:
    """Read a front or section page: the feeds it names, and the links that look like articles of the same site."""
    try:
        root = html.document_fromstring(body, parser=html.HTMLParser(encoding=_known(encoding), huge_tree=False))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ListingError("its HTML cannot be parsed") from error
    base = next(iter(root.xpath("//base/@href")), url)
    feeds = [
        link.get("href", "")
        for link in root.iterfind(".//link")
        if "alternate" in (link.get("rel") or "").lower() and (link.get("type") or "").lower() in FEED_TYPES
    ]
    links = urls.absolute(str(base), (str(link) for link in root.xpath("//a/@href")))
    home = urls.site(url)
    mine = [link for link in links if urls.site(link) == home and urls.article_like(link)]
    found = [Entry(link) for link in urls.absolute(str(base), feeds) if not _COMMENTS.search(link)]
    return Listing("front", [Entry(link) for link in mine[:MAX_ENTRIES]], found)


def _known(encoding: str) -> str | None:
    try:
        "".encode(encoding)
    except LookupError:
        return None
    return encoding


def _take(found: Iterator[tuple[str | None, dict[str, Any]]], base: str) -> Iterator[Entry]:
    """Make entries of the found addresses, absolute and canonical; each once, at most MAX_ENTRIES."""
    seen: set[str] = set()
    for link, facts in found:
        for url in urls.absolute(base, [link] if link else []):
            if url not in seen or facts.get("captured_at"):
                seen.add(url)
                yield Entry(url, **facts)
        if len(seen) >= MAX_ENTRIES:
            return
