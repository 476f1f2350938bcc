"""Page rows in crawl.sqlite on their way to the pages table. May import: pyarrow, corpus.tables and sqlite3."""

import sqlite3
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from corpus import tables

SCHEMA = "CREATE TABLE IF NOT EXISTS spool (id TEXT PRIMARY KEY, bytes INTEGER NOT NULL, row BLOB NOT NULL);"


def put(db: sqlite3.Connection, row: dict[str, Any]) -> None:
    """Let a page row wait; one with the same id is the same row."""
    data = tables.rows_of("pages", [row]).serialize().to_pybytes()
    db.execute("INSERT OR IGNORE INTO spool VALUES (?, ?, ?)", (row["id"], len(data), data))


def size(db: sqlite3.Connection) -> tuple[int, int]:
    """Return how many rows wait, and their bytes."""
    rows, total = db.execute("SELECT COUNT(*), COALESCE(SUM(bytes), 0) FROM spool").fetchone()
    return int(rows), int(total)


def take(db: sqlite3.Connection, rows: int, max_bytes: int) -> pa.RecordBatch | None:
    """Return waiting rows, oldest first, at most so many and about so many bytes; None when none waits."""
    batches, total = [], 0
    for data, length in db.execute("SELECT row, bytes FROM spool ORDER BY rowid LIMIT ?", (rows,)):
        batches.append(pa.ipc.read_record_batch(pa.py_buffer(data), tables.SCHEMAS["pages"]))
        total += length
        if total >= max_bytes:
            break
    return pa.Table.from_batches(batches).combine_chunks().to_batches()[0] if batches else None


def forget(db: sqlite3.Connection, ids: Sequence[str]) -> None:
    """Delete the rows that are in the pages table now."""
    db.executemany("DELETE FROM spool WHERE id = ?", [(value,) for value in ids])
