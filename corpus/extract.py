"""Pages to articles: text, metadata, language, whose copy, one outcome a page.

trafilatura finds the text (balanced, without comments, never with its own deduplication, which would make the result
depend on the order of pages); the rest is our own. May import: trafilatura (this module alone), pyarrow for types.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import lxml.etree
import lxml.html
import pyarrow as pa

from corpus.agencies import mentioned
from corpus.apart import set_apart, take_out_captions
from corpus.clean import Cleaned, clean
from corpus.comments import take_out_comments
from corpus.language import identify, normal_language
from corpus.markup import (
    SHOWN,
    clean_characters,
    decode,
    parse,
    part_paragraphs,
    refusal,
    repair_encoding,
    too_deep,
    unwrap_layout,
)
from corpus.metadata import Metadata, read_metadata
from corpus.secondlook import more_text
from corpus.settings import Settings
from corpus.standfirst import standfirst
from corpus.tables import rows_of
from corpus.text import count_words, text_id
from corpus.verdict import judge
from corpus.wire import read_wire

Row = dict[str, Any]
MOST_CHARACTERS = 5_000_000
_CARRIED = ("id", "url", "publisher", "fetched_at", "published_at", "published_by_what", "title", "authors")
LITTLE = 1500
LEAST_DENSE = 100
"""Characters of Chinese, Japanese or Korean under which the text found is held to be too little."""
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{2}")
# What trafilatura and the parser raise on broken input.
_BROKEN = (lxml.etree.LxmlError, ValueError, TypeError, AttributeError, LookupError, RecursionError, AssertionError)


class RefusedError(ValueError):
    """A page that is not to be parsed, with its outcome and one sentence."""

    def __init__(self, outcome: str, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class _Raw:
    """What stands on a page before cleaning: its lines, its metadata, the lines that stand apart from the text.

    `shown` is all that a page with little text shows.
    """

    lines: Sequence[str]
    metadata: Metadata
    apart: Mapping[str, str] = field(default_factory=dict)
    shown: str = ""


def warm_up() -> None:
    """Load what the first page needs: trafilatura, the identifier of languages, the tables of phrases and names."""
    told = "<p>" + "The council of the town met on Tuesday and spoke of the pier, said the mayor. " * 8
    extract_page({"id": "warm", "html": f"<h1>Pier</h1>{told * 3}<p>(AP)</p>".encode(), "outcome": "ok"}, Settings())


def extract_batch(pages: pa.RecordBatch, settings: Settings, context: pa.Table | None = None) -> pa.RecordBatch:
    """Return one row of `articles` for each row of `pages`, in the same order. `context` is not looked at."""
    return rows_of("articles", [extract_page(page, settings) for page in pages.to_pylist()])


def failed_batch(pages: pa.RecordBatch, reason: str) -> pa.RecordBatch:
    """Return the rows of `articles` for pages on which the extraction crashed, hung or took too much memory."""
    rows = [_carried(page) | {"outcome": "failed", "reason": reason} for page in pages.to_pylist()]
    return rows_of("articles", rows)


def extract_page(page: Row, settings: Settings) -> Row:
    """Return the article of one page as a dictionary with the columns of `articles`.

    What the page itself tells goes before what was told of it (`published_at` keeps the more exact of the two); a page
    that was not fetched keeps its outcome and reason; nothing is raised for a broken page: it gets an outcome.
    """
    article = _carried(page)
    if page.get("outcome") not in (None, "ok"):
        return article
    try:
        return article | _plain(_article(page, _read_page(page), settings))
    except RefusedError as refused:
        return article | {"outcome": refused.outcome, "reason": str(refused)}
    except _BROKEN as error:
        return article | {"outcome": "failed", "reason": f"the page could not be read ({type(error).__name__})"}


def _carried(page: Row) -> Row:
    """Return what an article has from its page whatever becomes of it."""
    article: Row = {name: page.get(name) for name in _CARRIED}
    article["language"] = normal_language(page.get("language"))
    return article | {"outcome": page.get("outcome"), "reason": page.get("reason")}


def _plain(row: Row) -> Row:
    """Take control characters and lone surrogates out of all that the page told: entities and JSON may bring them."""
    for name, value in row.items():
        if isinstance(value, str):
            row[name] = clean_characters(value)
        elif isinstance(value, list):
            row[name] = [clean_characters(part) for part in value]
    return row


def _read_page(page: Row) -> _Raw:
    body, text = page.get("html"), page.get("text")
    if text is not None:
        if len(text) > MOST_CHARACTERS:
            raise RefusedError(
                "too_large", f"the text has {len(text):,} characters; at most {MOST_CHARACTERS:,} are read"
            )
        return _Raw(_lines(repair_encoding(clean_characters(text))), Metadata())
    if not body:
        raise RefusedError("empty", "the page has no content")
    return _read_markup(bytes(body), page)


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


def _read_markup(body: bytes, page: Row) -> _Raw:
    if reason := refusal(body):
        raise RefusedError("too_large", reason)
    if body.count(0) > len(body) // 1000 and body[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise RefusedError("not_article", "the answer is no text")
    kind = (page.get("content_type") or "").partition(";")[0].strip().lower()
    if body[:5] == b"%PDF-" or (kind and not any(word in kind for word in ("html", "xml", "text"))):
        raise RefusedError("not_article", f"the answer is {kind or 'application/pdf'}, not a page")
    root = parse(decode(body, page.get("content_type")))
    if root is None:
        raise RefusedError("empty", "the page has no elements")
    if too_deep(root):
        raise RefusedError("too_large", "the page is nested so deeply that parsers lose its content")
    url = page.get("final_url") or page.get("url")
    metadata = read_metadata(root, url, page.get("fetched_at"), page.get("publisher"))
    take_out_captions(root)
    take_out_comments(root)
    unwrap_layout(root)
    part_paragraphs(root)
    apart = set_apart(root)
    text = _main_text(root, metadata)
    shown = " ".join(root.xpath(SHOWN)) if len(text) < LITTLE else ""
    return _Raw(_lines(text), metadata, apart, shown)


def _main_text(root: lxml.html.HtmlElement, metadata: Metadata) -> str:
    """Return trafilatura's text, or what a second look finds where that is far more; the standfirst goes before it."""
    import trafilatura

    config = _dense() if metadata.title and _DENSE.search(metadata.title) else None
    found = trafilatura.bare_extraction(
        root, include_comments=False, with_metadata=False, deduplicate=False, config=config
    )
    text = (found.text if found else "") or ""
    text = more_text(root, text, metadata.body) or text
    lead = standfirst(root, text, metadata.title, metadata.description)
    return f"{lead}\n{text}" if lead else text


@cache
def _dense() -> Any:
    """Return trafilatura's settings for scripts that say in one character what takes others three."""
    from copy import deepcopy

    from trafilatura.settings import DEFAULT_CONFIG

    config = deepcopy(DEFAULT_CONFIG)
    config["DEFAULT"]["MIN_EXTRACTED_SIZE"] = str(LEAST_DENSE)
    return config


def _article(page: Row, raw: _Raw, settings: Settings) -> Row:
    """Return the columns that the text and the page's metadata fill."""
    told = raw.metadata
    title = told.title or page.get("title")
    authors = list(told.authors) or page.get("authors")
    url = page.get("final_url") or page.get("url")
    wire = read_wire(
        raw.lines,
        authors=authors or (),
        credits=told.credits,
        publishers=[name for name in (page.get("publisher"), told.site) if name],
        url=url,
        canonical=told.canonical_url,
    )
    cleaned: Cleaned = clean(
        raw.lines,
        title=title,
        headings=told.headings,
        authors=[author for author in authors or () if not mentioned(author)],
        site=told.site,
        spent=wire.spent,
        apart=raw.apart,
    )
    text = "\n".join(cleaned.lines)
    words = count_words(text)
    outcome, reason = judge(
        words, title, told, settings.min_words, shown=raw.shown, lines=raw.lines, linked=_linked_share(raw)
    )
    published_at, by_what = _time(page, told)
    return {
        "published_at": published_at,
        "published_by_what": by_what,
        "title": title,
        "authors": authors,
        "section": told.section,
        "image": told.image,
        "canonical_url": told.canonical_url,
        "paywall": told.paywall,
        "language": identify(text or title or "", told.language or page.get("language"))[0],
        "agency": wire.agency,
        "agency_confidence": wire.confidence if wire.agency else None,
        "credit": wire.credit,
        "byline": wire.byline,
        "dateline": wire.dateline,
        "evidence": list(wire.evidence),
        "removed": list(cleaned.removed),
        "text": text or None,
        "words": words,
        "text_id": text_id(text) if words else None,
        "outcome": outcome,
        "reason": reason,
    }


def _linked_share(raw: _Raw) -> float:
    linked = sum(len(line) for line in raw.lines if raw.apart.get(line.lstrip("- ")) == "link") if raw.apart else 0
    return linked / (sum(map(len, raw.lines)) or 1)


def _time(page: Row, told: Metadata) -> tuple[datetime | None, str | None]:
    """Return when the article was published and by what that is known.

    The page's own JSON-LD or meta tags to the minute go first; then the feed's or sitemap's time to the minute; then
    what else the page tells.
    """
    given, by_what = page.get("published_at"), page.get("published_by_what")
    if told.published_at is None:
        return given, by_what if given else None
    own = told.published_by_what or ""
    if given is None or own in ("json_ld", "meta") or (by_what or "").endswith("_day"):
        return told.published_at, own
    return given, by_what
