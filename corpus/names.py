"""The names that columns of articles go by in files of many makers. May import: pyarrow and the standard library."""

import re
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id", "article_id", "page_id", "_id", "uid", "uuid"),
    "url": ("url", "final_url", "canonical_url", "source_url", "article_url", "page_url", "web_url", "link", "href",
            "permalink", "uri", "source"),
    "text": ("text", "maintext", "main_text", "article_text", "full_text", "fulltext", "plain_text", "articlebody",
             "article_body", "raw_text", "content", "contents", "body", "article", "article_content"),
    "html": ("html", "raw_html", "page_html", "html_content", "htmlcontent"),
    "title": ("title", "headline", "heading", "title_page"),
    "published_at": ("published_at", "date_publish", "date_published", "datepublished", "published", "publish_date",
                     "published_date", "publication_date", "pub_date", "pubdate", "published_on", "publishedat", "date",
                     "datetime", "date_time", "timestamp", "time"),
    "language": ("language", "lang", "language_code", "lang_code"),
    "publisher": ("publisher", "hostname", "source_domain", "domain", "sitename", "site_name", "site", "publication",
                  "outlet", "newspaper", "media_name", "source_name", "source"),
    "authors": ("authors", "author", "byline", "by", "writer", "creator"),
    "fetched_at": ("fetched_at", "date_download", "downloaded_at", "crawl_date"),
    "status": ("status",),
    "content_type": ("content_type", "mime_type"),
    "etag": ("etag",),
    "last_modified": ("last_modified",),
    "discovered_by": ("discovered_by",),
    "text_id": ("text_id",),
}  # fmt: skip
"""The columns of `pages` that a file can fill, and the names they go by; a row's first that holds something counts.

Among them trafilatura's, news-please's and those of the cc_news set on Hugging Face.
"""
_KNOWN = {alias: name for name, aliases in reversed(NAMES.items()) for alias in aliases}
_WEB = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)


@lru_cache(maxsize=4_096)
def known(name: str) -> str | None:
    """Return the column of `pages` that this name means, or None."""
    return _KNOWN.get(_plain(name))


def recognise(batch: pa.RecordBatch) -> dict[str, pa.Array]:
    """Return the columns known by name, under the names of `pages`; a second name fills the gaps of the first."""
    by_name: dict[str, pa.Array] = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        by_name.setdefault(_plain(name), column)
    found: dict[str, pa.Array] = {}
    for name, aliases in NAMES.items():
        for alias in aliases:
            if alias in by_name and _suits(name, alias, by_name[alias]):
                found[name] = _filled(found[name], by_name[alias]) if name in found else by_name[alias]
    return found


def _suits(name: str, alias: str, column: pa.Array) -> bool:
    """Say whether the column can be what its name says: `source` is a URL here and a publisher there."""
    if pa.types.is_null(column.type) or pa.types.is_struct(column.type) or pa.types.is_map(column.type):
        return False
    if alias == "source":
        first = next((str(value) for value in column[:100].to_pylist() if value), "")
        return bool(_WEB.match(first)) == (name == "url")
    return True


def _filled(first: pa.Array, second: pa.Array) -> pa.Array:
    """Fill the gaps of the first column from the second where their types agree."""
    if first.null_count == 0 and not is_text(first.type):
        return first
    if is_text(first.type) and is_text(second.type):
        first, second = first.cast(pa.large_string()), second.cast(pa.large_string())
        blank = pc.fill_null(pc.equal(pc.utf8_length(first), 0), True)
        return pc.if_else(blank, second, first)
    return pc.coalesce(first, second) if first.type == second.type else first


def is_text(kind: pa.DataType) -> bool:
    """Say whether it is one of Arrow's types of strings."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or kind == pa.string_view())


def _plain(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.strip("\ufeff \t").lower())
