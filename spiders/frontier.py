"""The frontier: what became of every URL that a crawl knows, and what is to be fetched next.

This is the interface that the spider works with, and what its two implementations share: `sqlite_frontier` keeps the
state in one file beside the corpus, `redis_frontier` in a Redis server that several machines can reach. May import:
pyarrow, corpus.tables, corpus.errors, spiders.listings, spiders.options, spiders.urls, the standard library, and an
implementation when it is opened.
"""

import json
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from corpus import tables
from corpus.errors import UserError
from spiders import urls
from spiders.listings import Entry
from spiders.options import CrawlOptions

NAME = "crawl.sqlite"
_MANY = 20


@dataclass(frozen=True, slots=True)
class Task:
    """One URL to fetch, with what its listing told and what an earlier answer left."""

    key: str
    url: str
    host: str
    publisher: str
    discovered_by: str
    original: str | None
    captured_at: float | None
    title: str | None
    published_at: float | None
    published_by_what: str | None
    authors: str | None
    language: str | None
    tries: int
    etag: str | None
    last_modified: str | None
    digest: str | None


class Claims(ABC):
    """Which process crawls which domain: one at a time, and never longer than the process lives.

    A domain, not a host: example.org sends its visitors to www.example.org, and both are one server as a rule.
    """

    def __init__(self) -> None:
        self.run = uuid.uuid4().hex[:12]
        """The name of this process's run."""
        self.mine: dict[str, set[str]] = {}
        """This run's domains, and those of their hosts that it has work for."""

    def claim(self, host: str) -> bool:
        """Make the host this run's own; False while another living process has its domain, or it rests."""
        domain = _domain(host)
        if domain not in self.mine and not self.claim_domain(domain):
            return False
        self.mine.setdefault(domain, set()).add(host)
        return True

    def release(self, host: str, rest: float = 0.0) -> None:
        """Give the host back; once all of its domain are, no other run may claim one for `rest` seconds."""
        domain = _domain(host)
        hosts = self.mine.get(domain, set())
        hosts.discard(host)
        if not hosts and self.mine.pop(domain, None) is not None:
            self.release_domain(domain, rest)

    @abstractmethod
    def claim_domain(self, domain: str) -> bool:
        """Make the domain this run's own, if it can be."""

    @abstractmethod
    def release_domain(self, domain: str, rest: float) -> None:
        """Give the domain back."""


class Spool(Protocol):
    """Page rows on their way to the pages table."""

    def size(self) -> tuple[int, int]:
        """Return how many rows wait, and their bytes."""

    def take(self, rows: int, max_bytes: int) -> pa.RecordBatch | None:
        """Return waiting rows, oldest first, at most so many and about so many bytes; None when none waits."""

    def forget(self, ids: Sequence[str]) -> None:
        """Delete the rows that are in the pages table now."""


class Frontier(Protocol):
    """Every URL's state (todo, done or failed), outcome and validators, and the listings that told of them.

    A URL stays on the list until its page row and its new state are written in one transaction: a process killed at
    any moment loses only the answers that it had not received yet, and nothing is stored twice.
    """

    place: str
    """Where the state is kept, for a sentence to the user."""

    @property
    def claims(self) -> Claims:
        """Which domains this process crawls."""

    @property
    def spool(self) -> Spool:
        """The page rows that wait."""

    def close(self) -> None:
        """Give the claimed domains back and close what is open."""

    def add(
        self, entries: Iterable[Entry], publisher: str, discovered_by: str, language: str = "", again: bool = False
    ) -> int:
        """Put the entries' URLs on the list; a known URL only gains what it lacked. Return how many were new.

        With `again`, stored articles that were changed since they were fetched, as the entries tell, are put back.
        """

    def state(self, url: str) -> tuple[str | None, str | None]:
        """Return (todo, done or failed; the last outcome) of a URL, both None where it is not known."""

    def hosts(self, publishers: Sequence[str], since: datetime | None) -> list[str]:
        """Return the hosts that have something to do now."""

    def publishers(self) -> list[str]:
        """Return the publishers that have anything on the list still to do."""

    def take(
        self, host: str, publishers: Sequence[str], since: datetime | None, busy: Iterable[str], limit: int
    ) -> list[Task]:
        """Return up to limit URLs of the host to fetch now, newest first, none that is busy."""

    def left(self, publishers: Sequence[str]) -> int:
        """Return how many URLs of the publishers are still to do, now or later."""

    def finish(self, task: Task, outcome: str, *, url: str | None = None, row: dict[str, Any] | None = None,
               digest: str | None = None) -> str:  # fmt: skip
        """Write one URL's end and, where there is one, its page row, in one transaction; return the true outcome.

        `url` is the address that the page turned out to have. Where that one is stored already, the outcome is
        `twin` and no html is kept; where a refreshed page's digest is the stored one, it is `not_modified`.
        """

    def postpone(self, task: Task, outcome: str, row: dict[str, Any], runs: int) -> None:
        """Note a failure that may pass: try again in a later run, after 1, 4, 16 … hours, `runs` times in all."""

    def refresh(self, older_than: timedelta, window: timedelta) -> None:
        """Put stored articles back on the list that were fetched long enough ago, first fetched within the window."""

    def learn(self) -> None:
        """Mark as done what part files of the pages table hold that this list has not seen (imports, an older list)."""

    def remember(self, publisher: str, url: str, row: str) -> None:
        """Remember a row of publishers.csv (as JSON), or a site that was named, for crawls that name none."""

    def places(self, older_than: timedelta) -> list[str]:
        """Return the remembered rows whose listings were not looked at for so long, in the order of their names."""

    def mark_rendered(self, publisher: str, rendered: bool) -> None:
        """Remember whether the publisher's pages are shown in a browser, for crawls that go on without its row."""

    def rendered(self) -> set[str]:
        """Return the publishers whose pages are shown in a browser."""

    def listing(self, url: str) -> tuple[str | None, str | None]:
        """Return a listing's (etag, last_modified) of the last time it was read well."""

    def note_listing(
        self, facts: tuple[str, str, str, str, str | None, int], validators: tuple[str | None, str | None]
    ) -> None:
        """Note how a listing was read: (url, publisher, kind, outcome, reason, entries) and (etag, last_modified)."""


def open_frontier(folder: Path, options: CrawlOptions) -> Frontier:
    """Open the frontier of the corpus folder or the one in Redis; make it where there is none.

    Raises UserError where it cannot be used.
    """
    if not options.frontier:
        from spiders.sqlite_frontier import SqliteFrontier

        return SqliteFrontier(folder)
    if find_spec("redis") is None:
        raise UserError("a frontier in Redis takes the extra: pip install 'wirecopy[redis]'")
    from spiders.redis_frontier import RedisFrontier

    return RedisFrontier(folder, options)


def entry_row(entry: Entry, publisher: str, discovered_by: str, language: str) -> dict[str, Any]:
    """Return what the frontier keeps of a listing's entry."""
    url = entry.url
    return {
        "key": urls.key(url),
        "url": url,
        "host": urls.host_of(url),
        "publisher": publisher,
        "discovered_by": discovered_by,
        "original": entry.original,
        "captured_at": _stamp(entry.captured_at),
        "title": entry.title,
        "published_at": _stamp(entry.published_at),
        "published_by_what": entry.published_by_what if entry.published_at else None,
        "authors": json.dumps(entry.authors) if entry.authors else None,
        "language": entry.language or language or None,
        "modified_at": _stamp(entry.modified_at),
    }


def believable(changed: int, stored: int) -> bool:
    """Say whether so many of a listing's stored articles can have changed: most of a long list is a new time stamp."""
    return stored < _MANY or changed <= stored / 2


def stored_pages(part: Path) -> list[dict[str, Any]]:
    """Return what the frontier keeps of the pages that a part of the pages table holds."""
    columns = ["url", "publisher", "discovered_by", "outcome", "etag", "last_modified"]
    rows = pq.read_table(part, columns=columns).to_pylist()
    return [_learnt(row) for row in rows if row["url"] and row["outcome"] == "ok"]


def _learnt(row: dict[str, Any]) -> dict[str, Any]:
    url = urls.canonical(row["url"]) or row["url"]
    return {
        "key": urls.key(url),
        "url": url,
        "host": urls.host_of(url),
        "publisher": row["publisher"] or urls.host_of(url),
        "discovered_by": row["discovered_by"] or "import",
        "etag": row["etag"],
        "last_modified": row["last_modified"],
    }


def as_twin(row: dict[str, Any] | None, url: str, address: str) -> dict[str, Any] | None:
    """Keep of a twin's page row that it was seen and of what it is the twin."""
    if row is None:
        return None
    twin = {"id": tables.short_id(url, "twin", address), "url": url, "html": None, "outcome": "twin"}
    return row | twin | {"reason": f"the same article as {address}"}


def as_time(stamp: float | None) -> datetime | None:
    """Return the UTC time of a Unix time stamp."""
    return datetime.fromtimestamp(stamp, UTC) if stamp is not None else None


def _domain(host: str) -> str:
    return urls.site(f"http://{host}/")


def _stamp(time: datetime | None) -> float | None:
    return time.timestamp() if time else None
