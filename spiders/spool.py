"""Page rows in crawl.sqlite on their way to the pages table. May import: pyarrow, corpus.tables and sqlite3."""

import sqlite3
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from corpus import tables

SCHEMA = "CREATE TABLE IF NOT EXISTS spool (id TEXT PRIMARY KEY, bytes INTEGER NOT NULL, row BLOB NOT NULL);"


class FileSpool:
    """The rows that wait in an open crawl.sqlite; put() belongs into a transaction of the caller's."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def put(self, row: dict[str, Any]) -> None:
        """Let a page row wait; one with the same id is the same row."""
        data = packed(row)
        self.db.execute("INSERT OR IGNORE INTO spool VALUES (?, ?, ?)", (row["id"], len(data), data))

    def size(self) -> tuple[int, int]:
        """Return how many rows wait, and their bytes."""
        rows, total = self.db.execute("SELECT COUNT(*), COALESCE(SUM(bytes), 0) FROM spool").fetchone()
        return int(rows), int(total)

    def take(self, rows: int, max_bytes: int) -> pa.RecordBatch | None:
        """Return waiting rows, oldest first, at most so many and about so many bytes; None when none waits."""
        batches, total = [], 0
        for data, length in self.db.execute("SELECT row, bytes FROM spool ORDER BY rowid LIMIT ?", (rows,)):
            batches.append(unpacked(data))
            total += length
            if total >= max_bytes:
                break
        return joined(batches)

    def forget(self, ids: Sequence[str]) -> None:
        """Delete the rows that are in the pages table now."""
        self.db.executemany("DELETE FROM spool WHERE id = ?", [(value,) for value in ids])


def packed(row: dict[str, Any]) -> bytes:
    """Return a page row as bytes."""
    return bytes(tables.rows_of("pages", [row]).serialize().to_pybytes())


def unpacked(data: bytes) -> pa.RecordBatch:
    """Return the page row, in a batch of its own, that packed() made bytes."""
    return pa.ipc.read_record_batch(pa.py_buffer(data), tables.SCHEMAS["pages"])


def joined(batches: Sequence[pa.RecordBatch]) -> pa.RecordBatch | None:
    """Return all rows as one batch; None where there is none."""
    return pa.Table.from_batches(batches).combine_chunks().to_batches()[0] if batches else None
