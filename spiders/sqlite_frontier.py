"""The frontier in one file, crawl.sqlite beside the corpus, for the processes of one machine.

May import: corpus.tables, corpus.errors, spiders.claims, spiders.frontier, spiders.listings, spiders.spool,
spiders.urls and the standard library (sqlite3).
"""

import json
import sqlite3
import time
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from corpus import tables
from corpus.errors import UserError
from spiders import urls
from spiders.claims import FileClaims, transaction
from spiders.frontier import NAME, Task, as_twin, believable, entry_row, stored_pages
from spiders.listings import Entry
from spiders.spool import SCHEMA, FileSpool

_SCHEMA = """
CREATE TABLE IF NOT EXISTS urls (
    key TEXT PRIMARY KEY, url TEXT NOT NULL, host TEXT NOT NULL, publisher TEXT NOT NULL, discovered_by TEXT NOT NULL,
    original TEXT, captured_at REAL, title TEXT, published_at REAL, published_by_what TEXT, authors TEXT, language TEXT,
    modified_at REAL, state TEXT NOT NULL DEFAULT 'todo', outcome TEXT,
    reason TEXT, status INTEGER, tries INTEGER NOT NULL DEFAULT 0, not_before REAL NOT NULL DEFAULT 0,
    etag TEXT, last_modified TEXT, digest TEXT, first_fetched_at REAL, fetched_at REAL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS urls_todo ON urls (host, COALESCE(published_at, modified_at, captured_at, 0))
    WHERE state = 'todo';
CREATE INDEX IF NOT EXISTS urls_stored ON urls (fetched_at) WHERE digest IS NOT NULL;
CREATE TABLE IF NOT EXISTS listings (
    url TEXT PRIMARY KEY, publisher TEXT, kind TEXT, etag TEXT, last_modified TEXT, fetched_at REAL, entries INTEGER,
    outcome TEXT, reason TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rendered (publisher TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS places (
    publisher TEXT, url TEXT, row TEXT NOT NULL, planned_at REAL NOT NULL, PRIMARY KEY (publisher, url)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS parts (name TEXT PRIMARY KEY) WITHOUT ROWID;
"""


_TASK = ", ".join(Task.__slots__)


class SqliteFrontier:
    """Open or make crawl.sqlite in the corpus folder; close() gives the claimed domains back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.place = str(folder / NAME)
        try:
            self.db = sqlite3.connect(folder / NAME, timeout=60, isolation_level=None)
            self.db.execute("PRAGMA journal_mode = WAL")
            self.db.execute("PRAGMA synchronous = NORMAL")
            self.db.executescript(_SCHEMA + SCHEMA)
        except sqlite3.DatabaseError as error:
            raise UserError(
                f"cannot use {folder / NAME}: {error}; move it away and the crawl starts anew from the pages table"
            ) from error
        self.claims = FileClaims(folder, self.db)
        self.spool = FileSpool(self.db)

    def close(self) -> None:
        """Give the domains back and close the file."""
        self.claims.close()
        self.db.close()

    def add(
        self, entries: Iterable[Entry], publisher: str, discovered_by: str, language: str = "", again: bool = False
    ) -> int:
        """Put the entries' URLs on the list; a known URL only gains what it lacked. Return how many were new.

        With `again`, stored articles that were changed since they were fetched, as the entries tell, are put back.
        """
        rows = [entry_row(entry, publisher, discovered_by, language) for entry in entries]
        keys = list({row["key"] for row in rows})
        with transaction(self.db) as db:
            query = "SELECT COUNT(*) FROM urls WHERE key IN (SELECT value FROM json_each(?))"
            known = db.execute(query, (json.dumps(keys),)).fetchone()[0]
            db.executemany(_ADD, rows)
            if again:
                self._put_back(db, [row for row in rows if row["modified_at"]])
        return len(keys) - int(known)

    @staticmethod
    def _put_back(db: sqlite3.Connection, rows: list[dict[str, Any]]) -> None:
        """Put changed articles back on the list, but not where most of a long list says so: it gives each time anew."""
        told = json.dumps({row["key"]: row["modified_at"] for row in rows})
        stored = [
            row[0] for row in db.execute(f"SELECT urls.key FROM urls, json_each(?) AS told {_IS_STORED}", (told,))
        ]
        query = f"SELECT urls.key FROM urls, json_each(?) AS told {_IS_STORED} AND told.value > fetched_at"
        changed = [row[0] for row in db.execute(query, (told,))]
        if believable(len(changed), len(stored)):
            put = "UPDATE urls SET state = 'todo', tries = 0, not_before = 0 WHERE key = ?"
            db.executemany(put, [(key,) for key in changed])

    def state(self, url: str) -> tuple[str | None, str | None]:
        """Return (todo, done or failed; the last outcome) of a URL, both None where it is not known."""
        row = self.db.execute("SELECT state, outcome FROM urls WHERE key = ?", (urls.key(url),)).fetchone()
        return (row[0], row[1]) if row else (None, None)

    def hosts(self, publishers: Sequence[str], since: datetime | None) -> list[str]:
        """Return the hosts that have something to do now."""
        where, values = self._scope(publishers, since)
        rows = self.db.execute(f"SELECT DISTINCT host FROM urls WHERE {where}", values)
        return [row[0] for row in rows]

    def publishers(self) -> list[str]:
        """Return the publishers that have anything on the list still to do."""
        return [row[0] for row in self.db.execute("SELECT DISTINCT publisher FROM urls WHERE state = 'todo'")]

    def remember(self, publisher: str, url: str, row: str) -> None:
        """Remember a row of publishers.csv (as JSON), or a site that was named, for crawls that name none."""
        self.db.execute("INSERT OR REPLACE INTO places VALUES (?, ?, ?, ?)", (publisher, url, row, time.time()))

    def places(self, older_than: timedelta) -> list[str]:
        """Return the remembered rows whose listings were not looked at for so long, in the order of their names."""
        query = "SELECT row FROM places WHERE planned_at <= ? ORDER BY publisher, url"
        return [row[0] for row in self.db.execute(query, (time.time() - older_than.total_seconds(),))]

    def mark_rendered(self, publisher: str, rendered: bool) -> None:
        """Remember whether the publisher's pages are shown in a browser, for crawls that go on without its row."""
        self.db.execute("DELETE FROM rendered WHERE publisher = ?", (publisher,))
        if rendered:
            self.db.execute("INSERT INTO rendered VALUES (?)", (publisher,))

    def rendered(self) -> set[str]:
        """Return the publishers whose pages are shown in a browser."""
        return {row[0] for row in self.db.execute("SELECT publisher FROM rendered")}

    def take(
        self,
        host: str,
        publishers: Sequence[str],
        since: datetime | None,
        busy: Iterable[str],
        limit: int,
    ) -> list[Task]:
        """Return up to limit URLs of the host to fetch now, newest first, none that is busy."""
        where, values = self._scope(publishers, since)
        busy = list(busy)
        query = (
            f"SELECT {_TASK} FROM urls WHERE {where} AND host = ? AND key NOT IN (SELECT value FROM json_each(?))"
            " ORDER BY COALESCE(published_at, modified_at, captured_at, 0) DESC LIMIT ?"
        )
        return [Task(*row) for row in self.db.execute(query, (*values, host, json.dumps(busy), limit))]

    def left(self, publishers: Sequence[str]) -> int:
        """Return how many URLs of the publishers are still to do, now or later."""
        query = "SELECT COUNT(*) FROM urls WHERE state = 'todo' AND publisher IN (SELECT value FROM json_each(?))"
        return int(self.db.execute(query, (json.dumps(list(publishers)),)).fetchone()[0])

    @staticmethod
    def _scope(publishers: Sequence[str], since: datetime | None) -> tuple[str, tuple[Any, ...]]:
        where = "state = 'todo' AND not_before <= ? AND publisher IN (SELECT value FROM json_each(?))"
        values: list[Any] = [time.time(), json.dumps(list(publishers))]
        if since is not None:
            where += " AND COALESCE(published_at, modified_at, captured_at, 1e12) >= ?"
            values.append(since.timestamp())
        return where, tuple(values)

    def finish(self, task: Task, outcome: str, *, url: str | None = None, row: dict[str, Any] | None = None,
               digest: str | None = None) -> str:  # fmt: skip
        """Write one URL's end and, where there is one, its page row, in one transaction; return the true outcome.

        `url` is the address that the page turned out to have. Where that one is stored already, the outcome is
        `twin` and no html is kept; where a refreshed page's digest is the stored one, it is `not_modified`.
        """
        with transaction(self.db) as db:
            if outcome == "ok" and task.digest == digest and digest is not None:
                outcome, row = "not_modified", None
            address = url or task.original or task.url
            twin = urls.key(address) if task.captured_at is None else task.key
            if outcome == "ok" and twin != task.key:
                stored = db.execute("SELECT 1 FROM urls WHERE key = ? AND digest IS NOT NULL", (twin,)).fetchone()
                if stored:
                    outcome, row = "twin", as_twin(row, task.url, address)
            if row is not None:
                self.spool.put(row)
            facts = row or {}
            fresh = digest if outcome == "ok" else None
            self._set(db, task.key, outcome, facts, fresh if twin == task.key else None)
            if fresh and twin != task.key:
                stored = {"key": twin, "url": address, "host": urls.host_of(address), "digest": fresh}
                db.execute(_ADD_TWIN, stored | {"task": task.key})
        return outcome

    @staticmethod
    def _set(db: sqlite3.Connection, key: str, outcome: str, facts: dict[str, Any], digest: str | None) -> None:
        now = time.time()
        db.execute(
            "UPDATE urls SET state = 'done', outcome = ?, reason = ?, status = COALESCE(?, status),"
            " etag = COALESCE(?, etag), last_modified = COALESCE(?, last_modified), digest = COALESCE(?, digest),"
            " first_fetched_at = COALESCE(first_fetched_at, ?), fetched_at = ? WHERE key = ?",
            (outcome, facts.get("reason"), facts.get("status"), facts.get("etag"), facts.get("last_modified"), digest,
             now, now, key),
        )  # fmt: skip

    def postpone(self, task: Task, outcome: str, row: dict[str, Any], runs: int) -> None:
        """Note a failure that may pass: try again in a later run, after 1, 4, 16 … hours, `runs` times in all."""
        tries = task.tries + 1
        last = tries >= runs
        with transaction(self.db) as db:
            db.execute(
                "UPDATE urls SET state = ?, tries = ?, not_before = ?, outcome = ?, reason = ?, status = ?"
                " WHERE key = ?",
                ("failed" if last and task.digest is None else "done" if last else "todo", tries,
                 time.time() + 3600 * 4 ** (tries - 1), outcome, row.get("reason"), row.get("status"), task.key),
            )  # fmt: skip
            self.spool.put(row)

    def refresh(self, older_than: timedelta, window: timedelta) -> None:
        """Put stored articles back on the list that were fetched long enough ago, first fetched within the window."""
        now = time.time()
        self.db.execute(
            "UPDATE urls SET state = 'todo', tries = 0, not_before = 0 WHERE state = 'done' AND digest IS NOT NULL"
            " AND captured_at IS NULL AND outcome IN ('ok', 'not_modified') AND fetched_at <= ?"
            " AND first_fetched_at >= ?",
            (now - older_than.total_seconds(), now - window.total_seconds()),
        )

    def learn(self) -> None:
        """Mark as done what part files of the pages table hold that this list has not seen (imports, an older list)."""
        seen = {row[0] for row in self.db.execute("SELECT name FROM parts")}
        for part in tables.parts(self.folder, "pages"):
            if part.name in seen or part.name == tables.FIRST:
                continue
            rows = stored_pages(part)
            with transaction(self.db) as db:
                db.executemany(_LEARN, rows)
                db.execute("INSERT OR IGNORE INTO parts VALUES (?)", (part.name,))

    def listing(self, url: str) -> tuple[str | None, str | None]:
        """Return a listing's (etag, last_modified) of the last time it was read well."""
        row = self.db.execute(
            "SELECT etag, last_modified FROM listings WHERE url = ? AND outcome = 'ok'", (url,)
        ).fetchone()
        return (row[0], row[1]) if row else (None, None)

    def note_listing(
        self, facts: tuple[str, str, str, str, str | None, int], validators: tuple[str | None, str | None]
    ) -> None:
        """Note how a listing was read: (url, publisher, kind, outcome, reason, entries) and (etag, last_modified)."""
        self.db.execute(
            "INSERT OR REPLACE INTO listings (url, publisher, kind, outcome, reason, entries, etag, last_modified,"
            " fetched_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*facts, *validators, time.time()),
        )


_IS_STORED = """WHERE urls.key = told.key AND state = 'done' AND digest IS NOT NULL AND captured_at IS NULL
    AND outcome IN ('ok', 'not_modified')"""
_ADD = """
INSERT INTO urls (key, url, host, publisher, discovered_by, original, captured_at, title, published_at,
                  published_by_what, authors, language, modified_at)
VALUES (:key, :url, :host, :publisher, :discovered_by, :original, :captured_at, :title, :published_at,
        :published_by_what, :authors, :language, :modified_at)
ON CONFLICT (key) DO UPDATE SET
    title = COALESCE(title, excluded.title), authors = COALESCE(authors, excluded.authors),
    language = COALESCE(language, excluded.language), modified_at = COALESCE(excluded.modified_at, modified_at),
    published_by_what = CASE WHEN published_at IS NULL THEN excluded.published_by_what ELSE published_by_what END,
    published_at = COALESCE(published_at, excluded.published_at),
    discovered_by = CASE WHEN discovered_by IN ('front', 'sitemap') THEN excluded.discovered_by ELSE discovered_by END
WHERE state = 'todo'
"""
_ADD_TWIN = """
INSERT INTO urls (key, url, host, publisher, discovered_by, state, outcome, digest, etag, last_modified,
                  first_fetched_at, fetched_at)
SELECT :key, :url, :host, publisher, discovered_by, 'done', outcome, :digest, NULL, NULL, first_fetched_at, fetched_at
FROM urls WHERE key = :task
ON CONFLICT (key) DO UPDATE SET state = 'done', outcome = excluded.outcome, digest = excluded.digest,
    first_fetched_at = excluded.first_fetched_at, fetched_at = excluded.fetched_at
"""
_LEARN = """
INSERT INTO urls (key, url, host, publisher, discovered_by, state, outcome, digest, etag, last_modified)
VALUES (:key, :url, :host, :publisher, :discovered_by, 'done', 'ok', 'learnt', :etag, :last_modified)
ON CONFLICT (key) DO UPDATE SET state = 'done', outcome = 'ok', digest = COALESCE(digest, 'learnt') WHERE state = 'todo'
    AND digest IS NULL
"""
