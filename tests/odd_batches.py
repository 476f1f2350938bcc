"""Batch functions that do in a worker what hostile pages do to parsers: crash, hang, eat memory, raise.

May import: the standard library, pyarrow, corpus.tables, corpus.settings. Workers import this module by its name.
"""

import ctypes
import os
import signal
import time

import pyarrow as pa

from corpus.settings import Settings
from corpus.tables import rows_of


def odd_batch(rows: pa.RecordBatch, settings: Settings, context: pa.Table | None = None) -> pa.RecordBatch:
    """Return one `articles` row a page, unless a page's text says what is to happen instead."""
    return rows_of("articles", [{"id": row["id"], "outcome": done(row["text"])} for row in rows.to_pylist()])


def done(text: str) -> str:
    if text == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if text == "exit":
        os._exit(3)
    if text == "segfault":
        ctypes.string_at(1)
    if text == "sleep":
        time.sleep(600)
    if text == "spin":
        while True:
            pass
    if text == "memory":
        held = [bytearray(b"x" * (1 << 20)) for _ in range(8000)]
        return str(len(held))
    if text == "raise":
        raise KeyError("no such thing")
    return "ok"


def failed_batch(rows: pa.RecordBatch, reason: str) -> pa.RecordBatch:
    return rows_of("articles", [{"id": row["id"], "outcome": "failed", "reason": reason} for row in rows.to_pylist()])
