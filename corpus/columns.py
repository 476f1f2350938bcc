"""An import file's columns as rows of `pages`: names recognised, values tidied, what is unusable counted.

Whole columns at a time with Arrow; only URLs, ids, dates and authors are looked at one by one.
May import: pyarrow, corpus.ids, names, schemas, urls, values, streams and the standard library.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from corpus.ids import short_id
from corpus.names import is_text, recognise
from corpus.schemas import SCHEMAS, TIME
from corpus.streams import Refusal
from corpus.urls import canonical, publisher_of
from corpus.values import EARLIEST, LATEST, authors_of, date_of, names_of

LONGEST = 16 << 20
"""Bytes; longer texts are refused."""
LONGEST_ID = 100
_HOST = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[^\W\d]{2,}/?", re.IGNORECASE)
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows as a file has them: the columns, each row's number, what the file calls a row, and the file's name."""

    batch: pa.RecordBatch
    numbers: Sequence[int]
    unit: str
    file: str
    labels: Sequence[str] | None = None
    """Names of the rows, by number, where each is a file of its own."""

    def place(self, numbers: Sequence[int]) -> str:
        """Name the rows of these numbers, the first few of many."""
        if self.labels is not None:
            more = f" and {len(numbers) - _SHOWN:,} more files" if len(numbers) > _SHOWN else ""
            return ", ".join(self.labels[number] for number in numbers[:_SHOWN]) + more
        shown = ", ".join(f"{number:,}" for number in numbers[:_SHOWN])
        more = f" and {len(numbers) - _SHOWN:,} more" if len(numbers) > _SHOWN else ""
        return f"{self.unit}{'s' if len(numbers) > 1 else ''} {shown}{more} of {self.file}"


@dataclass(frozen=True, slots=True)
class Pages:
    """Rows of `pages`, what did not become one, and what to tell about those that did."""

    batch: pa.RecordBatch
    refusals: list[Refusal] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    own_ids: bool = False
    """The file chose the ids, so that two different articles may bear the same."""


def to_pages(rows: Rows, publisher: str | None = None) -> Pages:
    """Return the rows as rows of `pages`; those without text or markup, or too long, become refusals.

    A row's own publisher comes first, then the one given here, then the registered domain of its URL.
    """
    found = recognise(rows.batch)
    if "text" not in found and "html" not in found:
        return Pages(_finish({}, 0), [_no_column(rows)])
    remarks: list[str] = []
    bodies = {"text": _texts(found.get("text"), rows, remarks), "html": _markup(found.get("html"), len(rows.numbers))}
    refusals, keep = _screen(bodies, rows)
    if refusals:  # as a rule there are none, and the texts need no copying
        found = {name: column.filter(keep) for name, column in found.items()}
        bodies = {name: column.filter(keep) for name, column in bodies.items()}
        rows = replace(rows, numbers=pa.array(rows.numbers, pa.int64()).filter(keep).to_pylist())
    columns = dict(bodies)
    if bodies["html"].null_count < len(bodies["html"]):
        columns["html"] = pc.if_else(bodies["text"].is_valid(), pa.scalar(None, pa.binary()), bodies["html"])
    for name in ("title", "content_type", "etag", "last_modified", "discovered_by"):
        columns[name] = _texts(found.get(name), rows, remarks)
    columns |= _urls(_texts(found.get("url"), rows, remarks), rows, remarks)
    columns |= _times(found, rows, remarks)
    columns["authors"] = _authors(found.get("authors"), len(rows.numbers))
    columns["language"] = _languages(_texts(found.get("language"), rows, remarks))
    columns["publisher"] = _publishers(_texts(found.get("publisher"), rows, remarks), columns["url"], publisher)
    columns["status"] = _status(found.get("status"), len(rows.numbers))
    columns["id"] = _ids(_texts(found.get("id"), rows, remarks), columns, rows, remarks)
    return Pages(_finish(columns, len(rows.numbers)), refusals, remarks, "id" in found)


def _texts(column: pa.Array | None, rows: Rows, remarks: list[str]) -> pa.Array:
    """Return the column as strings without NUL and outer space; what holds nothing becomes null."""
    if column is None:
        return pa.nulls(len(rows.numbers), pa.string())
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        column = pa.array([_joined(value) for value in column.to_pylist()], pa.string())
    text = _valid(column, rows, remarks)
    if pc.any(pc.match_substring(text, "\x00")).as_py():
        text = pc.replace_substring(text, "\x00", "")
    text = pc.utf8_trim_whitespace(text)
    return pc.if_else(pc.equal(pc.binary_length(text), 0), pa.scalar(None, pa.string()), text)


def _joined(value: list[object] | None) -> str | None:
    """Join a list of paragraphs; any other list is no text."""
    return "\n".join(value) if value and all(isinstance(part, str) for part in value) else None  # type: ignore[arg-type]


def _valid(column: pa.Array, rows: Rows, remarks: list[str]) -> pa.Array:
    """Cast to string; where bytes are no UTF-8, put U+FFFD for what cannot be read and say so."""
    try:
        if is_text(column.type):
            column = column.cast(pa.large_string()).cast(pa.large_binary())
        return column.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        if not (pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type)):
            return pa.nulls(len(column), pa.string())
    values = [value and value.decode("utf-8", "replace") for value in column.to_pylist()]
    odd = [number for number, value in zip(rows.numbers, values, strict=True) if value and "\ufffd" in value]
    remarks.append(f"{rows.place(odd)}: bytes that are no UTF-8 were replaced by U+FFFD")
    return pa.array(values, pa.string())


def _markup(column: pa.Array | None, length: int) -> pa.Array:
    """Return the column as bytes; what is empty becomes null."""
    if column is None or not (is_text(column.type) or pa.types.is_binary(column.type)
                              or pa.types.is_large_binary(column.type)):  # fmt: skip
        return pa.nulls(length, pa.binary())
    data = column.cast(pa.binary())
    return pc.if_else(pc.equal(pc.binary_length(data), 0), pa.scalar(None, pa.binary()), data)


def _screen(bodies: dict[str, pa.Array], rows: Rows) -> tuple[list[Refusal], pa.Array]:
    """Return refusals for the rows without a body and with too long a one, and the mask of all others."""
    size = pc.coalesce(pc.binary_length(bodies["text"]), pc.binary_length(bodies["html"]))
    empty, long = size.is_null(), pc.fill_null(pc.greater(size, LONGEST), False)
    numbers = pa.array(rows.numbers, pa.int64())
    refusals = []
    for outcome, mask, words in (
        ("no_text", empty, "no text"),
        ("too_large", long, f"a text of more than {LONGEST >> 20} MB"),
    ):
        which = numbers.filter(mask).to_pylist()
        if which:
            has = "has" if len(which) == 1 else "have"
            refusals.append(Refusal(outcome, f"{rows.place(which)} {has} {words}", len(which)))
    return refusals, pc.invert(pc.or_(empty, long))


def _urls(column: pa.Array, rows: Rows, remarks: list[str]) -> dict[str, pa.Array]:
    """Return `url` in canonical form and, where the file's spelling is another, `final_url` as the file has it."""
    given = column.to_pylist()
    urls = [canonical(url) if url else None for url in given]
    odd = [number for number, url, was in zip(rows.numbers, urls, given, strict=True) if was and not url]
    if odd:
        it = "it is" if len(odd) == 1 else "they are"
        remarks.append(f"{rows.place(odd)} came in without URL: {it} not of the form https://host/path")
    other = [was if was != url else None for url, was in zip(urls, given, strict=True)]
    return {"url": pa.array(urls, pa.string()), "final_url": pa.array(other, pa.string())}


def _publishers(column: pa.Array, urls: pa.Array, given: str | None) -> pa.Array:
    """Return each row's publisher; one that is a host is cut to its registered domain, as the URL's is."""
    names = [
        (_domain(name) if name else given) or (publisher_of(url) if url else None)
        for name, url in zip(column.to_pylist(), urls.to_pylist(), strict=True)
    ]
    return pa.array(names, pa.string())


def _domain(name: str) -> str | None:
    if not _HOST.fullmatch(name):
        return name
    return publisher_of(name if "//" in name else f"http://{name}") or name


def _ids(column: pa.Array, columns: dict[str, pa.Array], rows: Rows, remarks: list[str]) -> pa.Array:
    """Return each row's id: the file's own, or the one that its URL and body give."""
    ids, odd = [], []
    bodies = pc.coalesce(columns["text"].cast(pa.binary()), columns["html"])
    given = (column, columns["url"], bodies)
    for number, own, url, body in zip(rows.numbers, *(values.to_pylist() for values in given), strict=True):
        usable = own and len(own) <= LONGEST_ID and own.isprintable()
        if own and not usable:
            odd.append(number)
        ids.append(own if usable else page_id(url, body))
    if odd:
        remarks.append(f"{rows.place(odd)} got new ids: theirs are not printable or over {LONGEST_ID} characters long")
    return pa.array(ids, pa.string())


def page_id(url: str | None, body: bytes) -> str:
    """Return the id of the page with that canonical URL and body."""
    return short_id(url or "", hashlib.sha256(body).hexdigest())


def _times(found: dict[str, pa.Array], rows: Rows, remarks: list[str]) -> dict[str, pa.Array]:
    """Return `published_at`, `published_by_what` and `fetched_at`."""
    published, how = _moments(found.get("published_at"), rows, remarks)
    fetched, _ = _moments(found.get("fetched_at"), rows, remarks)
    now = pa.scalar(datetime.now(UTC), TIME)
    return {"published_at": published, "published_by_what": how, "fetched_at": pc.fill_null(fetched, now)}


def _moments(column: pa.Array | None, rows: Rows, remarks: list[str]) -> tuple[pa.Array, pa.Array]:
    """Return moments in UTC and how each was known (see corpus.values.date_of); null for what is no date."""
    length = len(rows.numbers)
    if column is None:
        return pa.nulls(length, TIME), pa.nulls(length, pa.string())
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        return _typed_moments(column)
    given = _texts(column, rows, []).to_pylist()
    found = [date_of(value) if value else None for value in given]
    odd = [number for number, was, moment in zip(rows.numbers, given, found, strict=True) if was and not moment]
    if odd:
        remarks.append(
            f"{rows.place(odd)} came in without date: it cannot be read or has two meanings; write 2026-11-23"
        )
    moments = [moment and moment[0] for moment in found]
    return pa.array(moments, TIME), pa.array([moment and moment[1] for moment in found], pa.string())


def _typed_moments(column: pa.Array) -> tuple[pa.Array, pa.Array]:
    day = pa.types.is_date(column.type)
    word = "import_day" if day else "import" if column.type.tz else "import_utc"
    naive = column.cast(pa.timestamp("us"), safe=False) if day or not column.type.tz else column
    moments = naive.cast(TIME, safe=False)
    sane = pc.and_(pc.greater(moments, pa.scalar(EARLIEST, TIME)), pc.less(moments, pa.scalar(LATEST, TIME)))
    moments = pc.if_else(sane, moments, pa.scalar(None, TIME))
    return moments, pc.if_else(moments.is_valid(), pa.scalar(word), pa.scalar(None, pa.string()))


def _authors(column: pa.Array | None, length: int) -> pa.Array:
    kind = SCHEMAS["pages"].field("authors").type
    if column is None:
        return pa.nulls(length, kind)
    listed = [authors_of(value) if isinstance(value, str) else names_of(value) for value in column.to_pylist()]
    return pa.array([names or None for names in listed], kind)


def _languages(column: pa.Array) -> pa.Array:
    """Return two- or three-letter codes (`en-GB` gives `en`); anything else is left to the text itself to tell."""
    codes = pc.extract_regex(pc.utf8_lower(column), r"^(?P<code>[a-z]{2,3})(?:[-_].*)?$")
    return pc.if_else(codes.is_valid(), codes.field("code"), pa.scalar(None, pa.string()))


def _status(column: pa.Array | None, length: int) -> pa.Array:
    return column.cast(pa.int32()) if column is not None and column.type == pa.int32() else pa.nulls(length, pa.int32())


def _finish(columns: dict[str, pa.Array], length: int) -> pa.RecordBatch:
    """Return the columns in the table's order; a column that the file lacks is null."""
    columns["outcome"] = pa.array(["ok"] * length, pa.string())
    if "discovered_by" in columns:
        columns["discovered_by"] = pc.fill_null(columns["discovered_by"], "import")
    schema = SCHEMAS["pages"]
    arrays = [columns.get(column.name, pa.nulls(length, column.type)).cast(column.type) for column in schema]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _no_column(rows: Rows) -> Refusal:
    names = [name if name.isprintable() else ascii(name) for name in rows.batch.schema.names]
    listed = ", ".join(name[:40] for name in names[:20]) + (" …" if len(names) > 20 else "")
    sentence = (
        f"{rows.file} has no column with texts: it has {listed or 'none at all'}, and needs url and text "
        "(or html); `wirecopy crawl` fetches the pages of a list of URLs"
    )
    return Refusal("no_text", sentence, len(rows.numbers))
