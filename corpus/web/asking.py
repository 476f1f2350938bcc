"""The SQL page: named queries and one's own, their variables, the answer as a table, a chart and a file.

May import: the standard library, pyarrow, corpus.errors, corpus.query, corpus.sandbox, corpus.output, corpus.engine,
corpus.web.charting, corpus.web.index.
What is asked runs in the same room as on the command line (corpus.sandbox), never on the explorer's own connection.
"""

import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from corpus import engine, output, query, sandbox
from corpus.errors import UserError
from corpus.web import charting
from corpus.web.index import Index

MOST_ROWS = 500
SECONDS = 30.0
AT_ONCE = 2
"""Queries that run at the same time; further ones wait for their turn, at most so long as one may run."""
FORMATS = {
    "csv": "text/csv",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
}
EXAMPLE = """SELECT publisher, kind, count(*) AS copies, median(delay_hours) AS hours
FROM copies
WHERE id <> original
GROUP BY ALL
ORDER BY copies DESC"""
_turns = threading.BoundedSemaphore(AT_ONCE)


def page(index: Index, asked: Mapping[str, str], run: bool) -> dict[str, Any]:
    """Return the page: what may be asked, what is asked, and, where it is to be run, its answer or what is wrong."""
    name, text = asked.get("name", ""), asked.get("q", "").strip()
    model: dict[str, Any] = {"queries": query.queries(), "schema": index.kept("schema", lambda: schema(index.folder))}
    model |= {"name": name, "text": text, "example": EXAMPLE, "answer": None, "error": None, "waiting": not run}
    model |= {"variables": [], "values": {}, "about": "", "given": given(asked)}
    if not name and not text:
        return model
    try:
        found = query.find(name) if name else query.free(text)
        values = {one.name: asked.get(f"p.{one.name}", "") for one in found.variables}
        model |= {"text": found.text.strip(), "about": found.about, "variables": found.variables, "values": values}
        if run:
            model["answer"] = _answer(index.folder, found, values, asked)
    except UserError as error:
        model["error"] = str(error)
    return model


def given(asked: Mapping[str, str]) -> dict[str, str]:
    """Return the part of an address that says what is asked."""
    return {name: value for name, value in asked.items() if value and (name in ("name", "q") or name.startswith("p."))}


def schema(folder: Path) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the views that may be asked, each with its columns and their types."""
    with engine.connect(folder) as con:
        query.install_views(con, folder)
        rows = con.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"
        ).fetchall()
    found: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in rows:
        found.setdefault(table, []).append((column, kind.lower()))
    first = ("articles", "copies", "clusters", "pairs", "publishers", "pages")
    return sorted(found.items(), key=lambda one: (first.index(one[0]) if one[0] in first else len(first), one[0]))


@contextmanager
def _asked(folder: Path, found: query.Query, values: Mapping[str, str]) -> Iterator[pa.RecordBatchReader]:
    """Ask in the sandbox when it is this query's turn."""
    if not _turns.acquire(timeout=SECONDS):
        raise UserError("other queries are still running; try again in a moment")
    try:
        told = {name: value for name, value in values.items() if value}
        limits = sandbox.Limits(seconds=SECONDS, memory=sandbox.Limits().filled().memory // AT_ONCE)
        with sandbox.ask(folder, found, told, limits) as rows:
            yield rows
    finally:
        _turns.release()


def _answer(folder: Path, found: query.Query, values: Mapping[str, str], asked: Mapping[str, str]) -> dict[str, Any]:
    begun = time.monotonic()
    with _asked(folder, found, values) as reader:
        batches, more = _first(reader, MOST_ROWS)
        answer = pa.Table.from_batches(batches, reader.schema)
    return {
        "names": answer.column_names,
        "rows": charting.rows(answer),
        "numeric": [charting.is_number(kind) for kind in answer.schema.types],
        "more": more,
        "seconds": time.monotonic() - begun,
        "chart": charting.chart(answer, asked.get("x"), asked.get("y")),
    }


def _first(reader: pa.RecordBatchReader, most: int) -> tuple[list[pa.RecordBatch], bool]:
    """Return the batches with the first rows, and whether there are more."""
    held: list[pa.RecordBatch] = []
    left = most
    for batch in reader:
        held.append(batch.slice(0, left))
        if len(batch) > left:
            return held, True
        left -= len(batch)
    return held, False


def export(index: Index, asked: Mapping[str, str], form: str) -> tuple[IO[bytes], str, str]:
    """Return the whole answer as an open temporary file, its media type, and a name for it. Raises UserError."""
    if form not in FORMATS:
        raise UserError(f"unknown format {form[:20]!r}; there are {', '.join(FORMATS)}")
    name = asked.get("name", "")
    found = query.find(name) if name else query.free(asked.get("q", ""))
    values = {one.name: asked.get(f"p.{one.name}", "") for one in found.variables}
    with ExitStack() as unless_whole:
        file = unless_whole.enter_context(tempfile.TemporaryFile())
        with _asked(index.folder, found, values) as rows:
            output.write(rows, form, file, 0)
        file.seek(0)
        unless_whole.pop_all()
    return file, FORMATS[form], f"{found.name or 'answer'}.{form}"
