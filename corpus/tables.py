"""The tables as files: atomic append and replace, locks. The only module that knows paths.

A corpus in an object store (see corpus.places) is read and written in the same way, but for two things: an object
appears whole without being renamed, and there are no locks.
May import: pyarrow, corpus.places, corpus.schemas and the standard library.
"""

import contextlib
import fcntl
import glob
import os
import shutil
import time
import uuid
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from corpus import places
from corpus.errors import UserError
from corpus.ids import short_id
from corpus.places import remote
from corpus.schemas import SCHEMA_VERSION, SCHEMAS

__all__ = [
    "SCHEMAS",
    "append",
    "append_new",
    "create",
    "demand",
    "exists",
    "locked",
    "opened",
    "part",
    "parts",
    "pattern",
    "read",
    "read_at",
    "remove",
    "replace",
    "rows_of",
    "short_id",
]

FIRST = "part-zero.parquet"
"""The part that carries the schema of a table without rows, and all rows of one that was replaced.

Its name sorts behind all others: DuckDB takes each file for as long as the first one, and this one is often empty."""
WRITTEN: dict[str, Any] = {"compression": "zstd", "dictionary_pagesize_limit": 1 << 16}
"""A dictionary pays for names and kinds. A column of ids, of which none comes twice, is larger and slower with one."""
_REPLACES = b"wirecopy.replaces"
BYTES, FEWEST_ROWS, ROWS = 4_000_000, 100, 50_000
"""A row group holds about so many bytes, but no fewer and no more rows: whoever wants a few long texts reads as many
row groups and not the whole part."""
T = TypeVar("T")
MAGIC = b"PAR1"
"""What every Parquet file begins and ends with."""
_WHOLE: set[str] = set()
"""Objects that were found whole. An object never becomes less, and each look at one costs two requests."""


def create(folder: Path) -> None:
    """Make the corpus folder with every table; each gets an empty first part that carries its schema.

    Raises UserError where the folder was written under another schema version.
    """
    if not remote(folder):
        _explain(partial(folder.mkdir, parents=True, exist_ok=True), folder)
    with locked(folder, "create"):  # two at once: the later one must not empty what the other has begun to fill
        for name, schema in SCHEMAS.items():
            first = folder / name / FIRST
            if first.exists():
                _check_version(first)
                continue
            if not remote(folder):
                _explain(partial(first.parent.mkdir, exist_ok=True), first.parent)
            _write(first, pa.table({c.name: pa.array([], c.type) for c in schema}, schema=schema))


def exists(folder: Path) -> bool:
    """Say whether the folder holds a corpus."""
    if remote(folder):
        return {f"{name}/{FIRST}" for name in SCHEMAS} <= places.listed(folder)
    return all((folder / name / FIRST).exists() for name in SCHEMAS)


def demand(folder: Path) -> None:
    """Raise UserError where the folder holds no corpus, one of another version, or a part file that is not whole.

    What a sudden end cut short is completed.
    """
    if not exists(folder):
        if (folder / "pages" / FIRST).exists():
            _check_version(folder / "pages" / FIRST)
        raise UserError(f"{folder} holds no corpus yet; `wirecopy crawl` or `wirecopy import` makes one")
    for name in SCHEMAS:
        _check_whole(folder, name)
        schema = _check_version(folder / name / FIRST)
        with contextlib.suppress(OSError):  # a reader without the right to write
            _remove_replaced(folder / name, schema)


def append(folder: Path, name: str, rows: pa.RecordBatch | pa.Table) -> int:
    """Add the rows to a table as one new part file, wholly or not at all; return their number."""
    table = _conform(rows, SCHEMAS[name])
    if table.num_rows:
        _write(folder / name / _new_part(), table)
    return int(table.num_rows)


def _new_part() -> str:
    """Return a name that sorts behind those of older parts: what is asked of the newest rows rules the others out.

    Parts that Spark writes bear its own names, and sort before all of these.
    """
    return f"part-{time.time_ns():016x}-{uuid.uuid4().hex[:16]}.parquet"


def replace(folder: Path, name: str, rows: pa.RecordBatch | pa.Table | pa.RecordBatchReader) -> int:
    """Put the rows in place of all of a table's rows in one atomic step; return their number.

    Those of a reader, which must have the table's columns in its order, are never in memory all at once.
    """
    whole = rows if isinstance(rows, pa.RecordBatchReader) else _conform(rows, SCHEMAS[name])
    first = folder / name / FIRST
    with locked(folder, name):
        # The new part names those whose place it takes: whoever finds one of them later knows that it is void.
        old = [part.name for part in parts(folder, name) if part.name != FIRST]
        schema = SCHEMAS[name].with_metadata(SCHEMAS[name].metadata | {_REPLACES: " ".join(old)})
        _write(first, whole.cast(schema))
        _explain(partial(_remove_replaced, folder / name, schema), folder / name)
        with opened(first) as file:
            return int(pq.read_metadata(file).num_rows)


def rewrite(part: Path, rows: pa.Table) -> None:
    """Put other rows into a part file, under its own name: a reader finds the old ones or the new ones, never both.

    A part without rows goes, but for the first. So does the checksum that Spark leaves beside a part of its own: by it
    the new rows would be damaged.
    """
    if not remote(part):
        part.with_name(f".{part.name}.crc").unlink(missing_ok=True)
    if not rows.num_rows and part.name != FIRST:
        part.unlink()
        return
    _write(part, rows.replace_schema_metadata(_schema_of(part).metadata))


def _remove_replaced(table: Path, schema: pa.Schema) -> None:
    for name in (schema.metadata or {}).get(_REPLACES, b"").decode().split():
        (table / name).unlink(missing_ok=True)


def remove(folder: Path) -> None:
    """Delete a folder of intermediate results where it is there."""
    if remote(folder):
        if folder.exists():
            places.filesystem(folder).rm(str(folder), recursive=True)
    else:
        shutil.rmtree(folder, ignore_errors=True)


def parts(folder: Path, name: str) -> list[Path]:
    """List a table's part files, oldest name first."""
    if remote(folder):  # whatever signs are in the address
        return sorted(one for one in (folder / name).iterdir() if fnmatch(one.name, "part-*.parquet"))
    return sorted((folder / name).glob("part-*.parquet"))


def part(folder: Path, name: str, file: str) -> Path:
    """Return the path of a table's part file."""
    return folder.absolute() / name / Path(file).name


def pattern(folder: Path, name: str) -> str:
    """Return the glob that covers a table's part files, whatever signs are in the folder's name."""
    whole = str(folder) if remote(folder) else str(folder.absolute())
    return f"{glob.escape(whole)}/{name}/part-*.parquet"


def append_new(
    folder: Path, name: str, batches: Iterable[pa.RecordBatch], key: str = "id"
) -> Iterator[tuple[int, int]]:
    """Append the batches' rows whose key the table lacks; yield (added, already there) after each batch.

    Safe when several processes do it at once: each looks at the others' new parts under the table's lock.
    """
    known: set[str] = set()
    seen_parts: set[Path] = set()
    for batch in batches:
        with locked(folder, name):
            for part in set(parts(folder, name)) - seen_parts:
                seen_parts.add(part)
                known.update(read(part, [key])[key].to_pylist())
            fresh = []
            for row, value in enumerate(batch.column(key).to_pylist()):
                if value not in known:
                    known.add(value)
                    fresh.append(row)
            added = append(folder, name, batch.take(pa.array(fresh, pa.int64())))
        yield added, batch.num_rows - added


@contextlib.contextmanager
def locked(folder: Path, name: str) -> Iterator[None]:
    """Hold the lock of that name in the corpus folder; the operating system frees it when a process dies.

    In an object store there is none: whoever works on a corpus there sees to it that nobody else writes meanwhile.
    """
    if remote(folder):
        yield
        return
    path = folder / f".{name}.lock"
    handle = _explain(lambda: path.open("a"), path)
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)


def _conform(rows: pa.RecordBatch | pa.Table, schema: pa.Schema) -> pa.Table:
    """Give the rows exactly the schema's columns, in its order; a column they lack becomes null."""
    table = pa.Table.from_batches([rows]) if isinstance(rows, pa.RecordBatch) else rows
    strangers = set(table.column_names) - set(schema.names)
    if strangers:
        raise ValueError(f"columns unknown to the table: {', '.join(sorted(strangers))}")
    columns = [
        table[field.name].cast(field.type) if field.name in table.column_names else pa.nulls(len(table), field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def _write(path: Path, rows: pa.Table | pa.RecordBatchReader) -> None:
    """Write the file under a temporary name, sync it to disk, and only then give it its name."""
    if remote(path):
        _explain(partial(_put, path, rows), path)
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{uuid.uuid4().hex[:8]}.tmp")

    def write() -> None:
        with temporary.open("wb") as sink:
            _to_parquet(rows, sink)
            sink.flush()
            os.fsync(sink.fileno())
        temporary.replace(path)

    try:
        _explain(write, path)
    finally:
        temporary.unlink(missing_ok=True)


def _to_parquet(rows: pa.Table | pa.RecordBatchReader, sink: Any) -> None:
    if isinstance(rows, pa.Table):
        count = len(rows) * BYTES // max(1, rows.nbytes)
        pq.write_table(rows, sink, row_group_size=min(ROWS, max(FEWEST_ROWS, count)), **WRITTEN)
        return
    with pq.ParquetWriter(sink, rows.schema, **WRITTEN) as writer:
        for batch in rows:
            writer.write_batch(batch)


def _put(path: Path, rows: pa.Table | pa.RecordBatchReader) -> None:
    """Write an object: it appears under its name when its last byte has arrived, or not at all."""
    sink = pa.BufferOutputStream()
    _to_parquet(rows, sink)
    path.write_bytes(sink.getvalue().to_pybytes())


@contextlib.contextmanager
def opened(part: Path) -> Iterator[Any]:
    """Hand over what pyarrow reads a part file from."""
    if remote(part):
        with places.opened(part) as file:
            yield file
    else:
        yield part


def read(part: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Return a part file's rows."""
    with opened(part) as file:
        return pq.read_table(file, columns=columns)


def read_at(part: Path, places: Sequence[int], columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Yield a part file's rows at these ascending places (from 0); row groups without any are not read."""
    with opened(part) as found, pq.ParquetFile(found) as file:
        first = begun = 0
        for number in range(file.num_row_groups):
            end = first + file.metadata.row_group(number).num_rows
            ended = bisect_left(places, end, begun)
            if begun < ended:
                within = pa.array([place - first for place in places[begun:ended]])
                yield from file.read_row_group(number, columns).take(within).combine_chunks().to_batches()
            first, begun = end, ended


def _schema_of(part: Path) -> pa.Schema:
    with opened(part) as file:
        return pq.read_schema(file)


def _explain(work: Callable[[], T], path: Path) -> T:
    """Do the work; turn the operating system's refusal (disk full, no right) into a sentence for the user."""
    try:
        return work()
    except OSError as error:
        why = error.strerror or str(error)
        if remote(path):
            raise UserError(f"cannot write {path}: {why}; look at the credentials and the bucket's rights") from error
        raise UserError(f"cannot write {path}: {why}; free some space or choose another --corpus folder") from error


def _check_whole(folder: Path, name: str) -> None:
    """Raise UserError where a part file does not begin and end as Parquet: copied in part, or written by another."""
    for path in parts(folder, name):
        if str(path) in _WHOLE or path.is_symlink():
            continue  # whether a link may be followed is for those to say who follow it
        with contextlib.suppress(FileNotFoundError):  # replaced by another process just now
            if _ends(path) != 2 * MAGIC:
                raise UserError(
                    f"{path} is damaged; move it out of the folder and run the same command again: what it held is "
                    f"{'fetched or imported' if name == 'pages' else 'made'} anew"
                )
            if remote(path):
                _WHOLE.add(str(path))


def _ends(path: Path) -> bytes:
    """Return the first and the last four bytes of a part file."""
    size = path.stat().st_size
    if remote(path):
        return places.octets(path, 0, 4) + places.octets(path, max(0, size - 4), size)
    with path.open("rb") as file:
        first = file.read(4)
        file.seek(max(0, size - 4))
        return first + file.read(4)


def _check_version(part: Path) -> pa.Schema:
    schema = _schema_of(part)
    found = (schema.metadata or {}).get(b"wirecopy.schema", b"none").decode()
    if found != SCHEMA_VERSION:
        raise UserError(
            f"{part.parent.parent} was written with table version {found}, this program reads version "
            f"{SCHEMA_VERSION}; take the program that wrote it, or import the articles into a new --corpus folder"
        )
    return schema


def rows_of(name: str, rows: Sequence[dict[str, object]]) -> pa.RecordBatch:
    """Make one record batch in the table's schema from dictionaries; a missing key becomes null."""
    return pa.RecordBatch.from_pylist([dict(row) for row in rows], schema=SCHEMAS[name])


def settings(folder: Path) -> str | None:
    """Return the corpus's settings as JSON, or None where none are kept yet."""
    rows = read(folder / "settings" / FIRST)["settings"].to_pylist()
    return str(rows[0]) if rows else None


def keep_settings(folder: Path, told: str) -> None:
    """Keep the settings (JSON) as the corpus's own."""
    replace(folder, "settings", rows_of("settings", [{"settings": told}]))
