"""Rows as a table, JSON, JSON lines, CSV or Parquet: streamed, and harmless to terminals and spreadsheets.

May import: the standard library, pyarrow, corpus.errors, corpus.plain, corpus.terminal.
"""

import io
import os
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from corpus.errors import UserError
from corpus.plain import counted, csv_field, csv_text, dumps, escape_formula, shown, visible
from corpus.terminal import draw, terms

FORMATS = ("table", "json", "jsonl", "csv", "parquet")
TABLE_ROWS = 100
"""How many rows a table shows when nobody says."""


@dataclass(frozen=True)
class Written:
    """How many rows were written, and whether more were left out."""

    rows: int
    more: bool


def write(
    rows: pa.RecordBatchReader,
    form: str = "table",
    to: Path | BinaryIO | None = None,
    limit: int | None = None,
    width: int | None = None,
) -> Written:
    """Write the rows in one of FORMATS to a file (wholly or not at all) or a stream, by default stdout.

    `limit` 0 means all rows; without it a table shows TABLE_ROWS and the other formats all. `width` is the
    terminal's, in cells. Raises UserError for an unknown format, an unwritable file, and for Parquet on a terminal.
    """
    if form not in FORMATS:
        raise UserError(f"unknown format {form!r}; there are {', '.join(FORMATS)}")
    most = (TABLE_ROWS if form == "table" else 0) if limit is None else limit
    taken = _Taken(_unique(rows), most)
    if isinstance(to, Path):
        _to_file(lambda sink: _WRITERS[form](taken, sink, width), to)
        return Written(taken.rows, taken.more)
    stream = to or sys.stdout.buffer
    if form == "parquet" and stream.isatty():
        raise UserError("Parquet is no text for a terminal; redirect it (> rows.parquet) or choose another --format")
    _to_stream(lambda sink: _WRITERS[form](taken, sink, width), stream)
    return Written(taken.rows, taken.more)


def write_terms(rows: list[tuple[str, str]], to: Path | None = None, width: int | None = None) -> None:
    """Write a list of terms with their meanings to a file or stdout. Raises UserError for an unwritable file."""

    def text(sink: BinaryIO) -> None:
        told = terms(((visible(term), visible(meaning)) for term, meaning in rows), _width(sink, width))
        sink.write(told.encode(_encoding(sink), "replace"))

    if to:
        _to_file(text, to)
    else:
        _to_stream(text, sys.stdout.buffer)


def left_out(written: Written) -> str:
    """Return the sentence about rows that were left out, or an empty string."""
    return f"{counted(written.rows, 'row')} shown, more were left out; --limit 0 shows all" if written.more else ""


class _Taken:
    """The rows up to the limit; knows afterwards how many there were and whether more waited."""

    def __init__(self, rows: pa.RecordBatchReader, most: int) -> None:
        self.schema, self.reader, self.most = rows.schema, rows, most
        self.rows, self.more = 0, False

    def batches(self) -> Iterator[pa.RecordBatch]:
        for batch in self.reader:
            room = self.most - self.rows if self.most else len(batch)
            self.more = len(batch) > room
            self.rows += min(len(batch), room)
            if len(batch) and room:
                yield batch.slice(0, room)
            if self.more:
                return

    def values(self) -> Iterator[list[Any]]:
        for batch in self.batches():
            columns = [_values(column) for column in batch.columns]
            yield from map(list, zip(*columns, strict=True)) if columns else iter(())


def _values(column: pa.Array) -> list[Any]:
    """Return the column's values; a time outside Python's years, which Arrow cannot turn into one, becomes text."""
    try:
        return list(column.to_pylist())
    except (ValueError, OverflowError):
        return list(column.cast(pa.string()).to_pylist())


def _unique(rows: pa.RecordBatchReader) -> pa.RecordBatchReader:
    """Give columns of the same name different ones (id, id_2), since JSON and Parquet hold one of each."""
    fields: dict[str, pa.Field] = {}
    for field in rows.schema:
        name, number = field.name, 2
        while name in fields:
            name, number = f"{field.name}_{number}", number + 1
        fields[name] = field.with_name(name)
    schema = pa.schema(list(fields.values()))
    if schema.names == rows.schema.names:
        return rows
    renamed = (pa.RecordBatch.from_arrays(batch.columns, schema=schema) for batch in rows)
    return pa.RecordBatchReader.from_batches(schema, renamed)


def _to_file(writing: Callable[[BinaryIO], None], path: Path) -> None:
    """Write under a temporary name and only then give the file its own."""
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        with temporary.open("wb") as sink:
            writing(sink)
        temporary.replace(path)
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror or error}; choose another file") from error
    finally:
        temporary.unlink(missing_ok=True)


def _to_stream(writing: Callable[[BinaryIO], None], sink: BinaryIO) -> None:
    """Write to the stream; when its reader has gone (`| head`), stop without a word."""
    try:
        writing(sink)
        sink.flush()
    except BrokenPipeError:
        if sink is sys.stdout.buffer:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write_json(taken: _Taken, sink: BinaryIO, width: int | None) -> None:
    before = "[\n"
    for values in taken.values():
        sink.write(f"{before}{_object(taken.schema.names, values)}".encode())
        before = ",\n"
    sink.write(b"[]\n" if before == "[\n" else b"\n]\n")


def _write_jsonl(taken: _Taken, sink: BinaryIO, width: int | None) -> None:
    for values in taken.values():
        sink.write(f"{_object(taken.schema.names, values)}\n".encode())


def _object(names: list[str], values: list[Any]) -> str:
    return dumps(dict(zip(names, values, strict=True)))


def _write_csv(taken: _Taken, sink: BinaryIO, width: int | None) -> None:
    tame: Callable[[str], str] = visible if sink.isatty() else str
    sink.write((",".join(csv_field(tame(escape_formula(name))) for name in taken.schema.names) + "\n").encode())
    for values in taken.values():
        sink.write((",".join(csv_field(None if v is None else tame(csv_text(v))) for v in values) + "\n").encode())


def _write_parquet(taken: _Taken, sink: BinaryIO, width: int | None) -> None:
    with pq.ParquetWriter(sink, taken.schema, compression="zstd") as writer:
        for batch in taken.batches():
            writer.write_batch(batch)


def _write_table(taken: _Taken, sink: BinaryIO, width: int | None) -> None:
    rows = [[shown(value) for value in values] for values in taken.values()]
    text = draw([visible(name) for name in taken.schema.names], rows, _numeric(taken.schema), _width(sink, width))
    sink.write(text.encode(_encoding(sink), "replace"))


def _numeric(schema: pa.Schema) -> list[bool]:
    return [pa.types.is_integer(t) or pa.types.is_floating(t) or pa.types.is_decimal(t) for t in schema.types]


def _width(sink: BinaryIO, width: int | None) -> int:
    if width:
        return width
    try:
        return os.get_terminal_size(sink.fileno()).columns
    except (OSError, io.UnsupportedOperation):
        return int(os.environ.get("COLUMNS") or 0) or 160


def _encoding(sink: BinaryIO) -> str:
    return sys.stdout.encoding or "utf-8" if sink.isatty() else "utf-8"


_WRITERS: dict[str, Callable[[_Taken, BinaryIO, int | None], None]] = {
    "table": _write_table,
    "json": _write_json,
    "jsonl": _write_jsonl,
    "csv": _write_csv,
    "parquet": _write_parquet,
}
