"""Which process of this machine crawls which domain, so that two crawls of a corpus stay polite.

A claim ends with its process, however that ends, because it stands on a file lock that the operating system drops.
May import: corpus.errors, spiders.frontier and the standard library (sqlite3).
"""

import contextlib
import fcntl
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from corpus.errors import UserError
from spiders.frontier import Claims

_SCHEMA = """
CREATE TABLE IF NOT EXISTS domains (domain TEXT PRIMARY KEY, run TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rests (domain TEXT PRIMARY KEY, run TEXT NOT NULL, until REAL NOT NULL) WITHOUT ROWID;
"""
_RESTS = "SELECT 1 FROM rests WHERE domain = ? AND run <> ? AND until > ?"


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


class FileClaims(Claims):
    """The domains of one run. Make one for each process; close() gives all of them back."""

    def __init__(self, folder: Path, db: sqlite3.Connection) -> None:
        super().__init__()
        self.folder = folder
        self.db = db
        self._lock = self._lock_run()
        db.executescript(_SCHEMA)
        for path in folder.glob(".crawl-*.lock"):
            self._free_if_dead(path.name.removeprefix(".crawl-").removesuffix(".lock"))

    def close(self) -> None:
        """Give all domains back."""
        self.db.execute("DELETE FROM domains WHERE run = ?", (self.run,))
        self._path(self.run).unlink(missing_ok=True)
        self._lock.close()

    def claim_domain(self, domain: str) -> bool:
        """Make the domain this run's own, if it can be."""
        for _ in range(2):
            with transaction(self.db) as db:
                if db.execute(_RESTS, (domain, self.run, time.time())).fetchone():
                    return False
                db.execute("INSERT OR IGNORE INTO domains VALUES (?, ?)", (domain, self.run))
                owner = db.execute("SELECT run FROM domains WHERE domain = ?", (domain,)).fetchone()[0]
            if owner == self.run:
                return True
            if not self._free_if_dead(owner):
                return False
        return False

    def release_domain(self, domain: str, rest: float) -> None:
        """Give the domain back."""
        with transaction(self.db) as db:
            given = db.execute("DELETE FROM domains WHERE domain = ? AND run = ?", (domain, self.run)).rowcount
            if given and rest:
                db.execute("INSERT OR REPLACE INTO rests VALUES (?, ?, ?)", (domain, self.run, time.time() + rest))

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
        """Free another run's domains where its process no longer holds its lock."""
        if run == self.run:
            return False
        with contextlib.suppress(FileNotFoundError), self._path(run).open("r") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            self._path(run).unlink(missing_ok=True)
        self.db.execute("DELETE FROM domains WHERE run = ?", (run,))
        return True
