"""Moves fetched pages from the frontier to the pages table while the crawl runs, each exactly once.

A page row waits in the frontier's spool (safe there) until enough have come together for a Parquet part; a row that was
appended but not yet forgotten when the process died is known by its id and not appended again. May import: pyarrow,
corpus.tables, spiders.frontier, spiders.options and the standard library.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from corpus import tables
from spiders.frontier import Frontier
from spiders.options import CrawlOptions


class Store:
    """The way from the frontier's waiting rows to the pages table."""

    def __init__(self, folder: Path, frontier: Frontier, options: CrawlOptions) -> None:
        self.frontier = frontier
        self.options = options
        self._batch: pa.RecordBatch | None = None
        self._appender = tables.append_new(folder, "pages", self._batches())
        self._flushed_at = time.monotonic()

    def flush_if_due(self) -> int:
        """Flush when rows, bytes or seconds have reached their limit; return how many rows were added."""
        rows, size = self.frontier.spool.size()
        late = time.monotonic() - self._flushed_at >= self.options.flush_seconds
        if rows >= self.options.flush_rows or size >= self.options.flush_bytes or (rows and late):
            return self.flush()
        return 0

    def flush(self) -> int:
        """Append all waiting rows to the pages table; return how many were added."""
        added = 0
        while True:
            self._batch = self.frontier.spool.take(self.options.flush_rows, self.options.flush_bytes)
            if self._batch is None:
                self._flushed_at = time.monotonic()
                return added
            added += next(self._appender)[0]
            self.frontier.spool.forget(self._batch.column("id").to_pylist())

    def _batches(self) -> Iterator[pa.RecordBatch]:
        """Hand over whichever batch is due, for as long as the appender asks."""
        while self._batch is not None:
            yield self._batch
