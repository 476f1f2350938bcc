"""Files of articles, whatever their format, as rows with their own columns; a broken row costs itself alone.

Each reader yields Rows, a Refusal for what cannot be read, and a plain sentence for what is worth a remark.
May import: pyarrow, corpus.columns, csvrows, jsonrows, names, streams, urls, warc and the standard library.
"""

import html as entities
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq

from corpus import csvrows, jsonrows, warc
from corpus.columns import Rows
from corpus.names import known
from corpus.streams import Refusal, head
from corpus.urls import canonical, publisher_of

Found = Rows | Refusal | str
BATCH_ROWS, BATCH_BYTES = 2_000, 16 << 20
PAGE = 16 << 20
"""Bytes; longer HTML files are refused."""
_PACKED = {".gz", ".gzip", ".zst", ".zstd"}
_LINK = re.compile(rb"<(link|meta)\b([^<>]{0,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"""([a-z:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)


def read(path: Path) -> Iterator[Found]:
    """Yield what the file, or every file of the folder, holds."""
    try:
        if path.is_dir():
            yield from _folder(path)
        elif not path.exists():
            yield Refusal("no_file", f"{path} does not exist; give the path of a file or folder", 1)
        else:
            yield from _file(path)
    except OSError as error:
        yield Refusal("broken_file", f"{path} cannot be read: {error.strerror or error}")


def kind_of(path: Path) -> str | None:
    """Tell the file's format by its name, or else by its first bytes; None where neither tells."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    while suffixes and suffixes[-1] in _PACKED:
        suffixes.pop()
    if suffixes and suffixes[-1] in SUFFIXES:
        return SUFFIXES[suffixes[-1]]
    start = head(path, 512).lstrip(b"\xef\xbb\xbf \t\r\n")
    for opening, kind in ((b"PAR1", "parquet"), (b"WARC/", "warc"), (b"<", "html"), (b"{", "json"), (b"[", "json")):
        if start.startswith(opening):
            return kind
    return None


SUFFIXES = {
    ".parquet": "parquet", ".pq": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl", ".jl": "jsonl", ".json": "json",
    ".csv": "csv", ".tsv": "csv", ".tab": "csv", ".html": "html", ".htm": "html", ".xhtml": "html", ".warc": "warc",
}  # fmt: skip


def _file(path: Path) -> Iterator[Found]:
    if path.stat().st_size == 0:
        yield Refusal("empty_file", f"{path} is empty")
        return
    kind = kind_of(path)
    if kind is None:
        yield Refusal(
            "unknown_format",
            f"{path} is not of a format that can be imported: Parquet, JSONL, JSON, CSV, TSV, HTML, WARC",
        )
    elif kind == "html":
        yield from _pages([path], path.parent)
    else:
        yield from READERS[kind](path)


def _folder(folder: Path) -> Iterator[Found]:
    """Read the folder's files of known names in order of their paths; hidden ones and `_SUCCESS` are left alone."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not _hidden(path, folder))
    named = [path for path in files if _by_name(path)]
    pages = [path for path in named if _by_name(path) == "html"]
    for path in named:
        if _by_name(path) != "html":
            yield from read(path)
    yield from _pages(pages, folder)
    if len(named) < len(files):
        yield Refusal("other_file", "", len(files) - len(named))
    if not named:
        yield Refusal("empty_file", f"{folder} holds no Parquet, JSONL, JSON, CSV, TSV, HTML or WARC files", 1)


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)


def _by_name(path: Path) -> str | None:
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() not in _PACKED]
    return SUFFIXES.get(suffixes[-1]) if suffixes else None


def _parquet(path: Path) -> Iterator[Found]:
    """Read row range by row range; one that is broken costs itself."""
    try:
        file = pq.ParquetFile(path, pre_buffer=False)
        names = [name for name in file.schema_arrow.names if known(name)]
    except (pa.ArrowException, OSError) as error:
        yield Refusal("broken_file", f"{path} is no Parquet file that can be read: {_first_line(error)}")
        return
    with file:
        if not names:  # the sentence about it names the columns that there are
            names = file.schema_arrow.names[:20]
        first = 1
        for part in range(file.num_row_groups):
            rows = range(first, first + file.metadata.row_group(part).num_rows)
            yield from _parquet_part(path, file.iter_batches(BATCH_ROWS, [part], names), rows)
            first = rows.stop


def _parquet_part(path: Path, batches: Iterator[pa.RecordBatch], rows: range) -> Iterator[Found]:
    """Yield one row group's batches; the rows from the first broken one on are counted as damaged."""
    try:
        for batch in batches:
            yield Rows(batch, rows[: len(batch)], "row", str(path))
            rows = rows[len(batch) :]
    except (pa.ArrowException, OSError) as error:
        which = f"rows {rows.start:,} to {rows.stop - 1:,} of {path}"
        yield Refusal("damaged", f"{which} cannot be read: {_first_line(error)}", len(rows))


def _warc(path: Path) -> Iterator[Found]:
    """Read a WARC file's HTML answers as rows."""
    held: list[warc.Answer] = []
    number, size = 1, 0
    for found in warc.answers(path):
        if isinstance(found, Refusal):
            yield found
            continue
        held.append(found)
        size += len(found.html)
        if len(held) >= BATCH_ROWS or size >= BATCH_BYTES:
            yield _answers(held, number, path)
            number, size, held = number + len(held), 0, []
    if held:
        yield _answers(held, number, path)


def _answers(held: list[warc.Answer], number: int, path: Path) -> Rows:
    names = ("url", "fetched_at", "status", "content_type", "etag", "last_modified", "html")
    kinds = (pa.string(), pa.timestamp("us", "UTC"), pa.int32(), *[pa.string()] * 3, pa.binary())
    columns = [
        pa.array([getattr(answer, name) for answer in held], kind) for name, kind in zip(names, kinds, strict=True)
    ]
    columns.append(pa.array(["archive"] * len(held)))
    batch = pa.RecordBatch.from_arrays(columns, [*names, "discovered_by"])
    return Rows(batch, range(number, number + len(held)), "page", str(path))


def _pages(paths: Iterable[Path], folder: Path) -> Iterator[Found]:
    """Read HTML files; each is one row."""
    held: list[tuple[Path, bytes]] = []
    size = 0
    for path in paths:
        try:
            if path.stat().st_size > PAGE:
                yield Refusal("too_large", f"{path} is longer than {PAGE >> 20} MB; it was left out")
                continue
            held.append((path, head(path, PAGE)))
        except OSError as error:
            yield Refusal("broken_file", f"{path} cannot be read: {error.strerror or error}")
            continue
        size += len(held[-1][1])
        if len(held) >= 500 or size >= BATCH_BYTES:
            yield _page_rows(held, folder)
            held, size = [], 0
    if held:
        yield _page_rows(held, folder)


def _page_rows(held: list[tuple[Path, bytes]], folder: Path) -> Rows:
    names = [str(path) for path, _ in held]
    urls = [own_url(page) or _mirrored(path.relative_to(folder)) for path, page in held]
    batch = pa.RecordBatch.from_arrays(
        [pa.array(urls, pa.string()), pa.array([page for _, page in held], pa.binary())], ["url", "html"]
    )
    return Rows(batch, range(len(held)), "", str(folder), names)


def own_url(page: bytes) -> str | None:
    """Return the address that an HTML page gives itself: its canonical link, else its og:url."""
    found: dict[bytes, str] = {}
    for tag, inside in _LINK.findall(page[: 256 << 10]):
        values = {name.lower(): a or b or c for name, a, b, c in _ATTRIBUTE.findall(inside)}
        if tag.lower() == b"link" and values.get(b"rel", b"").lower() == b"canonical":
            found.setdefault(b"canonical", _unescaped(values.get(b"href", b"")))
        elif (values.get(b"property") or values.get(b"name") or b"").lower() == b"og:url":
            found.setdefault(b"og:url", _unescaped(values.get(b"content", b"")))
    return next((url for name in (b"canonical", b"og:url") if canonical(url := found.get(name, ""))), None)


def _unescaped(value: bytes) -> str:
    return entities.unescape(value.decode("utf-8", "replace"))


def _mirrored(path: Path) -> str | None:
    """Return the URL that a mirrored file's path spells (`example.com/news/1.html`, or percent-encoded in its name)."""
    name = unquote(path.name.removesuffix(".html").removesuffix(".htm"))
    if re.match(r"https?://", name) and canonical(name):
        return name
    host = path.parts[0]
    if len(path.parts) < 2 or not re.fullmatch(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", host):
        return None
    return f"https://{path.as_posix()}" if publisher_of(f"https://{host}/") else None


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or ["unknown error"])[0][:200]


READERS: dict[str, Callable[[Path], Iterator[Found]]] = {
    "parquet": _parquet,
    "jsonl": jsonrows.lines,
    "json": jsonrows.whole,
    "csv": csvrows.rows,
    "warc": _warc,
}
