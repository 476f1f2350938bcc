"""Which process of this machine crawls which host: one at a time, so that two crawls of a corpus stay polite.

A claim ends with its process, however that ends, because it stands on a file lock that the operating system drops.
May import: corpus.errors and the standard library (sqlite3).
"""

import contextlib
import fcntl
import sqlite3
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from corpus.errors import UserError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS hosts (host TEXT PRIMARY KEY, run TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rests (host TEXT PRIMARY KEY, run TEXT NOT NULL, until REAL NOT NULL) WITHOUT ROWID;
"""
_RESTS = "SELECT 1 FROM rests WHERE host = ? AND run <> ? AND until > ?"


@contextlib.contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Do all or nothing; other processes wait."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield db
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


class FileClaims:
    """The hosts of one run. Make one for each process; close() gives all hosts back."""

    def __init__(self, folder: Path, db: sqlite3.Connection) -> None:
        self.folder = folder
        self.db = db
        self.run = uuid.uuid4().hex[:12]
        self.mine: set[str] = set()
        self._lock = self._lock_run()
        db.executescript(_SCHEMA)
        for path in folder.glob(".crawl-*.lock"):
            self._free_if_dead(path.name.removeprefix(".crawl-").removesuffix(".lock"))

    def close(self) -> None:
        """Give all hosts back."""
        self.db.execute("DELETE FROM hosts WHERE run = ?", (self.run,))
        self._path(self.run).unlink(missing_ok=True)
        self._lock.close()

    def claim(self, host: str) -> bool:
        """Make the host this run's own; False while another living process has it, or it rests."""
        if host in self.mine:
            return True
        for _ in range(2):
            with transaction(self.db) as db:
                if db.execute(_RESTS, (host, self.run, time.time())).fetchone():
                    return False
                db.execute("INSERT OR IGNORE INTO hosts VALUES (?, ?)", (host, self.run))
                owner = db.execute("SELECT run FROM hosts WHERE host = ?", (host,)).fetchone()[0]
            if owner == self.run:
                self.mine.add(host)
                return True
            if not self._free_if_dead(owner):
                return False
        return False

    def release(self, host: str, rest: float = 0.0) -> None:
        """Give the host back; no other run may claim it for `rest` seconds."""
        self.mine.discard(host)
        with transaction(self.db) as db:
            given = db.execute("DELETE FROM hosts WHERE host = ? AND run = ?", (host, self.run)).rowcount
            if given and rest:
                db.execute("INSERT OR REPLACE INTO rests VALUES (?, ?, ?)", (host, self.run, time.time() + rest))

    def _path(self, run: str) -> Path:
        return self.folder / f".crawl-{run}.lock"

    def _lock_run(self) -> IO[str]:
        """Hold this run's lock; the file gets its name when the lock is held, so nobody can take it for dead."""
        temporary = self.folder / f".{self.run}.tmp"
        try:
            handle = temporary.open("w")
            fcntl.flock(handle, fcntl.LOCK_EX)
            temporary.rename(self._path(self.run))
        except OSError as error:
            raise UserError(
                f"cannot write in {self.folder}: {error.strerror}; choose another --corpus folder"
            ) from error
        return handle

    def _free_if_dead(self, run: str) -> bool:
        """Free another run's hosts where its process no longer holds its lock."""
        if run == self.run:
            return False
        with contextlib.suppress(FileNotFoundError), self._path(run).open("r") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            self._path(run).unlink(missing_ok=True)
        self.db.execute("DELETE FROM hosts WHERE run = ?", (run,))
        return True
