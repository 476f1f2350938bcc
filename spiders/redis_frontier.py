"""The frontier in a Redis server, for crawls that several processes and machines share.

The transactions are in frontier.lua, which also says what is kept under which key. May import: pyarrow, corpus.tables,
corpus.errors, spiders.frontier, spiders.listings, spiders.options, spiders.redis_claims, spiders.redis_link,
spiders.redis_values, spiders.spool, spiders.urls and the standard library.
"""

import itertools
import json
import logging
import time
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from corpus import tables
from spiders import urls
from spiders.frontier import Task, as_twin, believable, entry_row, stored_pages
from spiders.listings import Entry
from spiders.options import CrawlOptions
from spiders.redis_claims import LeasedClaims
from spiders.redis_link import RedisLink
from spiders.redis_values import page_of, publisher_of, task_of, validators_of
from spiders.spool import joined, packed

AT_ONCE = 500
"""Rows in one transaction: Redis serves nobody else meanwhile."""
CORPUS = ".crawl-corpus"
Row = dict[str, Any]
_logger = logging.getLogger(__name__)


class RedisFrontier:
    """Open the frontier at `options.frontier` for the corpus folder; close() gives the claimed domains back."""

    def __init__(self, folder: Path, options: CrawlOptions) -> None:
        self.folder = folder
        self.link = RedisLink(options.frontier, patience=2 * options.lease)
        self.place = self.link.place
        self.corpus = corpus_name(folder)
        self.claims = LeasedClaims(self.link, options.lease)
        self.spool = RedisSpool(self.link, self.corpus)
        self._tokens = (f"{self.claims.run}:{n}" for n in itertools.count())
        self._queues: dict[str, set[str]] = defaultdict(set)
        """The publishers that had a URL to fetch at a host."""

    def close(self) -> None:
        """Give the domains back and close the connection."""
        self.claims.close()
        self.link.close()

    def add(
        self, entries: Iterable[Entry], publisher: str, discovered_by: str, language: str = "", again: bool = False
    ) -> int:
        """Put the entries' URLs on the list; a known URL only gains what it lacked. Return how many were new.

        With `again`, stored articles that were changed since they were fetched, as the entries tell, are put back.
        """
        rows = [entry_row(entry, publisher, discovered_by, language) for entry in entries]
        for row in rows:
            self._queues[row["host"]].add(publisher)
        new = sum(int(self.link.do("add", told)) for told in _told(rows))
        if again:
            self._put_back([row for row in rows if row["modified_at"]])
        return new

    def _put_back(self, rows: list[Row]) -> None:
        """Put changed articles back on the list, but not where most of a long list says so: it gives each time anew."""
        answers = [self.link.do("changed", told) for told in _told(rows)]
        changed = [key.decode("utf-8", "replace") for _, keys in answers for key in keys]
        if believable(len(changed), sum(stored for stored, _ in answers)):
            for keys in _portions(changed):
                self.link.do("put_back", json.dumps(keys))

    def state(self, url: str) -> tuple[str | None, str | None]:
        """Return (todo, done or failed; the last outcome) of a URL, both None where it is not known."""
        found = self.link.send("HMGET", f"url:{urls.key(url)}", "state", "outcome")
        state, outcome = (value.decode("utf-8", "replace") if value else None for value in found)
        return state, outcome

    def hosts(self, publishers: Sequence[str], since: datetime | None) -> list[str]:
        """Return the hosts that have something to do now."""
        ready = self.link.do("ready", json.dumps(list(publishers)), _since(since), time.time())
        found = dict.fromkeys(queue.decode("utf-8", "replace").partition("|")[::2] for queue in ready)
        for host, publisher in found:
            self._queues[host].add(publisher)
        return list(dict.fromkeys(host for host, _ in found))

    def publishers(self) -> list[str]:
        """Return the publishers that have anything on the list still to do."""
        queues = (queue.decode("utf-8", "replace") for queue in self.link.send("SMEMBERS", "queues"))
        return sorted({queue.partition("|")[2] for queue in queues})

    def take(
        self, host: str, publishers: Sequence[str], since: datetime | None, busy: Iterable[str], limit: int
    ) -> list[Task]:
        """Return up to limit URLs of the host to fetch now, newest first, none that is busy."""
        queues = [f"{host}|{publisher}" for publisher in self._queues[host].intersection(publishers)]
        told = json.dumps(queues), _since(since), json.dumps(list(busy)), limit
        while queues and (found := self.link.do("take", *told)):
            tasks = [task_of(*one) for one in found]
            for (key, queue, _), task in zip(found, tasks, strict=True):
                if task is None:
                    self.link.do("drop", queue, key)
                    _logger.warning("%s held an impossible URL, which was dropped: %r", self.place, key[:300])
            if any(tasks):
                return [task for task in tasks if task]
        return []

    def left(self, publishers: Sequence[str]) -> int:
        """Return how many URLs of the publishers are still to do, now or later."""
        return int(self.link.do("left", json.dumps(list(publishers))))

    def finish(self, task: Task, outcome: str, *, url: str | None = None, row: Row | None = None,
               digest: str | None = None) -> str:  # fmt: skip
        """Write one URL's end and, where there is one, its page row, in one transaction; return the true outcome.

        `url` is the address that the page turned out to have. Where that one is stored already, the outcome is
        `twin` and no html is kept; where a refreshed page's digest is the stored one, it is `not_modified`; where
        another process ended it while this one was cut off, it is `known`, and nothing is kept.
        """
        address = url or task.original or task.url
        ending = self._ending(task, outcome, row) | {"digest": digest}
        twin_row = None
        if outcome == "ok" and task.captured_at is None and urls.key(address) != task.key:
            twin_row = as_twin(row, task.url, address)
            twin = {"key": urls.key(address), "url": address, "host": urls.host_of(address)}
            twin |= {"publisher": task.publisher, "discovered_by": task.discovered_by}
            ending |= {"twin_key": twin["key"], "twin": twin, "twin_id": twin_row["id"] if twin_row else None}
        answer = self.link.do("finish", json.dumps(_strings(ending)), *(self.spool.put(one) for one in (row, twin_row)))
        return str(answer.decode("utf-8", "replace"))

    def postpone(self, task: Task, outcome: str, row: Row, runs: int) -> None:
        """Note a failure that may pass: try again in a later run, after 1, 4, 16 … hours, `runs` times in all."""
        tries = task.tries + 1
        due = time.time() + 3600 * 4 ** (tries - 1) if tries < runs else None
        ending = self._ending(task, outcome, row) | {"tries": tries, "due": due}
        self.link.do("postpone", json.dumps(_strings(ending)), self.spool.put(row))

    def _ending(self, task: Task, outcome: str, row: Row | None) -> Row:
        """Return what every end of a URL tells."""
        facts = {name: (row or {}).get(name) for name in ("reason", "status", "etag", "last_modified")}
        return {
            "key": task.key,
            "outcome": outcome,
            "facts": facts,
            "now": time.time(),
            "token": next(self._tokens),
            "corpus": self.corpus,
            "id": (row or {}).get("id"),
        }

    def refresh(self, older_than: timedelta, window: timedelta) -> None:
        """Put stored articles back on the list that were fetched long enough ago, first fetched within the window."""
        now = time.time()
        bounds = (now - older_than.total_seconds(), now - window.total_seconds())
        for offset in itertools.count(0, AT_ONCE):
            if self.link.do("refresh", *bounds, offset, AT_ONCE) < AT_ONCE:
                return

    def learn(self) -> None:
        """Mark as done what part files of the pages table hold that this list has not seen (imports, an older list)."""
        seen = self.link.send("SMEMBERS", "parts")
        for part in tables.parts(self.folder, "pages"):
            if part.name.encode() not in seen and part.name != tables.FIRST:
                for told in _told(stored_pages(part)):
                    self.link.do("learn", told)
                self.link.send("SADD", "parts", part.name)

    def remember(self, publisher: str, url: str, row: str) -> None:
        """Remember a row of publishers.csv (as JSON), or a site that was named, for crawls that name none."""
        told = {"row": json.loads(row), "planned_at": time.time()}
        self.link.send("HSET", "places", f"{publisher}|{url}", json.dumps(told))

    def places(self, older_than: timedelta) -> list[str]:
        """Return the remembered rows whose listings were not looked at for so long, in the order of their names."""
        found = [publisher_of(data) for data in self.link.send("HVALS", "places")]
        before = time.time() - older_than.total_seconds()
        rows = [row for planned_at, row in filter(None, found) if planned_at <= before]
        return [json.dumps(asdict(row)) for row in sorted(rows, key=lambda row: (row.publisher, row.url))]

    def mark_rendered(self, publisher: str, rendered: bool) -> None:
        """Remember whether the publisher's pages are shown in a browser, for crawls that go on without its row."""
        self.link.send("SADD" if rendered else "SREM", "rendered", publisher)

    def rendered(self) -> set[str]:
        """Return the publishers whose pages are shown in a browser."""
        return {name.decode("utf-8", "replace") for name in self.link.send("SMEMBERS", "rendered")}

    def listing(self, url: str) -> tuple[str | None, str | None]:
        """Return a listing's (etag, last_modified) of the last time it was read well."""
        return validators_of(self.link.send("HGET", "listings", url))

    def note_listing(
        self, facts: tuple[str, str, str, str, str | None, int], validators: tuple[str | None, str | None]
    ) -> None:
        """Note how a listing was read: (url, publisher, kind, outcome, reason, entries) and (etag, last_modified)."""
        if facts[3] == "ok":
            self.link.send("HSET", "listings", facts[0], json.dumps(validators))
        else:
            self.link.send("HDEL", "listings", facts[0])


class RedisSpool:
    """Page rows of one corpus that wait in Redis, those of a process that was killed among them."""

    def __init__(self, link: RedisLink, corpus: str) -> None:
        self._link = link
        self._corpus = corpus
        self._rows, self._bytes = int(link.send("HLEN", f"spool:{corpus}")), 0

    def put(self, row: Row | None) -> bytes:
        """Return what the transaction that ends a URL is to keep of its row."""
        data = packed(row) if row is not None else b""
        self._rows += row is not None
        self._bytes += len(data)
        return data

    def size(self) -> tuple[int, int]:
        """Return how many rows this process has put there since it last took them, and their bytes."""
        return self._rows, self._bytes

    def take(self, rows: int, max_bytes: int) -> pa.RecordBatch | None:
        """Return waiting rows, oldest first, at most so many and about so many bytes; None when none waits."""
        self._rows = self._bytes = 0
        batches: list[pa.RecordBatch] = []
        while not batches:
            found = self._link.do("waiting", self._corpus, rows, max_bytes)
            if not found:
                return None
            for name, data in found:
                batch = page_of(name, data)
                if batch is not None:
                    batches.append(batch)
                else:
                    self.forget([name.decode("utf-8", "replace")])
                    _logger.warning("%s held an impossible page row, which was dropped: %r", self._link.place, name)
        return joined(batches)

    def forget(self, ids: Sequence[str]) -> None:
        """Delete the rows that are in the pages table now."""
        self._link.do("forget", self._corpus, json.dumps(list(ids)))


def corpus_name(folder: Path) -> str:
    """Return the folder's own name in Redis, made where it has none: page rows go to the corpus that fetched them."""
    path = folder / CORPUS
    with tables.locked(folder, "create"):
        if not path.exists():
            path.write_text(uuid.uuid4().hex[:12], "ascii")
        return path.read_text("ascii").strip()


def _told(rows: Sequence[Row]) -> Iterator[str]:
    """Return the rows as frontier.lua reads them, in portions."""
    return (json.dumps([_strings(row) for row in portion]) for portion in _portions(rows))


def _portions(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))


def _strings(value: Any) -> Any:
    """Return a row without what is missing, and all else as text: Lua would round a time to 14 digits."""
    if isinstance(value, dict):
        return {name: _strings(inner) for name, inner in value.items() if inner is not None}
    return repr(value) if isinstance(value, int | float) else value.encode("utf-8", "replace").decode()


def _since(since: datetime | None) -> str:
    return repr(since.timestamp()) if since else ""
