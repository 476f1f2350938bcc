"""What a run still has to ask for: the listings to read, and which of the frontier's articles may go now.

No network here. May import: the modules of spiders that do not import scrapy, corpus.urls and the standard library.
"""

import json
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from corpus.urls import publisher_of
from spiders import urls
from spiders.frontier import Frontier, Task
from spiders.listings import COMMON_PLACES, Entry, Listing
from spiders.options import CrawlOptions, Publisher, read_url_list

DEEPEST = 3  # a sitemap index in an index in an index
TIRED = 5  # passing failures in a row after which a host is left alone until the next run


@dataclass(frozen=True, slots=True)
class Job:
    """One listing to read: for which publisher, of what expected kind, how deep below the first; a guess may fail."""

    url: str
    publisher: Publisher
    kind: str
    depth: int = 0
    guess: bool = False

    @property
    def host(self) -> str:
        """The host that is asked."""
        return urls.host_of(self.url)

    @property
    def holds(self) -> int:
        """1 where the publisher's articles wait for it: a feed knows times and titles that a sitemap lacks."""
        return int(self.depth < 2)


class Plan:
    """The listings of one run and the counts that bound it; the articles themselves are in the frontier."""

    def __init__(self, frontier: Frontier, options: CrawlOptions) -> None:
        self.frontier = frontier
        self.options = options
        self.scope: set[str] = set()
        """Publishers of this run."""
        self.limits: dict[str, int] = {}
        self.jobs: dict[str, deque[Job]] = defaultdict(deque)
        """Listings waiting, by host."""
        self.reading: Counter[str] = Counter()
        """Listings waiting or under way that hold back their publisher's articles."""
        self.listings: Counter[str] = Counter()
        """Listings planned so far, by publisher."""
        self.asked: Counter[str] = Counter()
        """Pages asked for so far, by publisher."""
        self.found: Counter[str] = Counter()
        """Entries found so far, by publisher."""
        self.failures: Counter[str] = Counter()
        """Passing failures in a row, by host."""
        self.ready: set[str] = set()
        """Hosts where something may have become possible."""
        self.busy: dict[str, Task] = {}
        """Articles under way, by key."""
        self.given: set[str] = set()
        """Keys of the URLs that the user named."""
        self._links: dict[str, tuple[Publisher, list[Entry]]] = {}
        self._planned: set[str] = set()

    def add_publisher(self, row: Publisher) -> None:
        """Plan one row: its listing, its list of URLs, or its captures in the archive."""
        self.scope.add(row.publisher)
        self.frontier.remember(row.publisher, row.url, json.dumps(asdict(row)))
        if row.max_pages:
            self.limits[row.publisher] = min(row.max_pages, self.options.max_pages_per_publisher)
        if row.discovery == "urls" and not row.url.startswith(("http://", "https://")):
            found = [Entry(url) for line in read_url_list(Path(row.url)) if (url := urls.canonical(line))]
            self.add(found, row, "urls")
        elif row.discovery == "wayback":
            self.add_job(Job(f"{self.options.cdx}?{_cdx_query(row.url)}", row, "wayback"))
        else:
            self.add_job(Job(urls.canonical(urls.with_scheme(row.url)) or row.url, row, row.discovery))

    def add_address(self, address: str) -> tuple[str, str | None]:
        """Plan a URL given by itself; return (publisher, why it is not asked for or None).

        A front page is a listing. Everything else is asked for as an article; what turns out a feed or a section
        page is read as one.
        """
        url = urls.canonical(urls.with_scheme(address))
        if url is None:
            return publisher_of(address) or "?", "it is no web address"
        row = Publisher(publisher_of(url) or urls.host_of(url), urls.host_of(url))
        self.scope.add(row.publisher)
        state, outcome = self.frontier.state(url)
        if urls.is_front(url) or outcome == "listing":
            self.remember(url, row)
            self.add_job(Job(url, row, "auto"))
        elif state in ("done", "failed"):
            return row.publisher, f"it was fetched before: {outcome}"
        else:
            self.given.add(urls.key(url))
            self.add([Entry(url)], row, "urls")
        return row.publisher, None

    def remember(self, url: str, row: Publisher) -> None:
        """Remember a listing that was named by its address alone."""
        self.frontier.remember(row.publisher, url, json.dumps(asdict(replace(row, url=url))))

    def add(self, entries: Sequence[Entry], row: Publisher, discovered_by: str) -> int:
        """Put entries on the frontier under a publisher; return how many were new."""
        new = self.frontier.add(entries, row.publisher, discovered_by, row.language, self.options.refresh is not None)
        self.found[row.publisher] += len(entries)
        self.ready.update(urls.host_of(entry.url) for entry in entries)
        return new

    def add_job(self, job: Job) -> None:
        """Put a listing on the list, once a run, within the publisher's limit."""
        name = job.publisher.publisher
        if job.url in self._planned or self.listings[name] >= self.options.max_listings_per_publisher:
            return
        self._planned.add(job.url)
        self.listings[name] += 1
        self.reading[name] += job.holds
        self.jobs[job.host].append(job)
        self.ready.add(job.host)

    def end_job(self, job: Job) -> None:
        """Let the publisher's articles go when this was the last listing that they waited for."""
        name = job.publisher.publisher
        self.reading[name] -= job.holds
        self.ready.add(job.host)
        if not self.reading[name]:
            self.ready.update(self.frontier.hosts([name], self.options.since))

    def take_up(self, found: Listing, job: Job, sitemaps: Iterable[str] = ()) -> int:
        """Plan the further listings, put the articles on the frontier; return how many were new.

        `sitemaps` are those that robots.txt names; they count where the listing is a front page.
        """
        row, entries = job.publisher, found.entries
        if found.kind == "front" and job.kind == "auto":
            self._look_around(found, job, sitemaps)
            return 0
        if found.kind == "sitemap_index":
            self._follow_index(found, job)
        if found.kind in ("sitemap", "news_sitemap"):
            homes = {urls.site(job.url), urls.site(f"http://{row.domain}/")}
            entries = [entry for entry in entries if urls.site(entry.url) in homes and not urls.is_front(entry.url)]
        if found.kind == "wayback":
            entries = [self._capture(entry) for entry in entries if entry.original]
        return self.add(entries, row, found.kind)

    def fall_back_on_links(self) -> bool:
        """Take the front page's links of publishers that no feed or sitemap told of; say whether there are any."""
        taken = False
        for name, (row, entries) in list(self._links.items()):
            del self._links[name]
            if entries and not self.found[name]:
                self.add(entries, row, "front")
                taken = True
        return taken

    def next_job(self, host: str) -> Job | None:
        """Return the next listing of the host, if any."""
        return self.jobs[host].popleft() if self.jobs.get(host) else None

    def next_task(self, host: str) -> Task | None:
        """Return the next article of the host, marked busy, if the limits allow one."""
        if self.full():
            return None
        for task in self.frontier.take(host, self._open_publishers(), self.options.since, self.busy, 1):
            self.busy[task.key] = task
            self.asked[task.publisher] += 1
            return task
        return None

    def end_task(self, task: Task, passing_failure: bool) -> None:
        """Note that an article is no longer under way, and whether its host seems out of order."""
        self.busy.pop(task.key, None)
        self.failures[task.host] = self.failures[task.host] + 1 if passing_failure else 0
        self.ready.add(task.host)

    def tired(self, host: str) -> bool:
        """Say whether the host failed so often in a row that it is left alone in this run."""
        return self.failures[host] >= TIRED

    def give_up(self) -> Iterator[Job]:
        """Yield the waiting listings of hosts that are left alone, and forget them."""
        for host in [host for host, queue in self.jobs.items() if queue and self.tired(host)]:
            yield from self.jobs.pop(host)

    def full(self) -> bool:
        """Say whether the run's max_pages is reached."""
        return self.options.max_pages is not None and self.asked.total() >= self.options.max_pages

    def waiting(self) -> bool:
        """Say whether anything is left to do in this run, by this process or by another one; wake the hosts."""
        hosts = {host for host, queue in self.jobs.items() if queue}
        if not self.full():
            hosts.update(self.frontier.hosts(self._open_publishers(), self.options.since))
        left = {host for host in hosts if not self.tired(host)}
        self.ready |= left
        return bool(left)

    def _open_publishers(self) -> list[str]:
        """Return the publishers whose first listings are read and whose limit is not reached."""
        most = self.options.max_pages_per_publisher
        return [
            name for name in self.scope if not self.reading[name] and self.asked[name] < self.limits.get(name, most)
        ]

    def _look_around(self, found: Listing, job: Job, sitemaps: Iterable[str]) -> None:
        """From a front page, plan its feeds and the named sitemaps; guess the usual places where there are none."""
        self._links[job.publisher.publisher] = (job.publisher, found.entries)
        named = urls.absolute(job.url, sitemaps) if urls.is_front(job.url) else []
        for child in found.children:
            self.add_job(Job(child.url, job.publisher, "feed", 1))
        for url in named:
            self.add_job(Job(url, job.publisher, "sitemap", 1))
        if not found.children and not named and urls.is_front(job.url):
            for url in urls.absolute(job.url, COMMON_PLACES):
                self.add_job(Job(url, job.publisher, "sitemap", 1, guess=True))

    def _follow_index(self, found: Listing, job: Job) -> None:
        """Plan the sitemaps of an index, news and newest first, without those older than `since`."""
        since = self.options.since
        fresh = [child for child in found.children if not (since and child.modified_at and child.modified_at < since)]
        fresh.sort(key=lambda child: ("news" in child.url, child.modified_at.timestamp() if child.modified_at else 0))
        if job.depth < DEEPEST:
            for child in reversed(fresh):
                self.add_job(Job(child.url, job.publisher, "sitemap", max(job.depth, 1) + 1))

    def _capture(self, entry: Entry) -> Entry:
        """Return the entry with the address of the capture's own bytes, beside the CDX endpoint."""
        stamp = entry.captured_at.strftime("%Y%m%d%H%M%S") if entry.captured_at else "2"
        return replace(entry, url=f"{_archive(self.options.cdx)}/web/{stamp}id_/{entry.original}")


def _archive(cdx: str) -> str:
    """Return the scheme and host of a CDX endpoint; captures lie beside it under /web/."""
    parts = urlsplit(cdx)
    return f"{parts.scheme}://{parts.netloc}"


def _cdx_query(url: str) -> str:
    """Return the query for all HTML captures of an address; a closing * asks for all below it."""
    fields = "timestamp,original,mimetype,statuscode,digest"
    parts = [("url", url), ("output", "json"), ("fl", fields), ("filter", "statuscode:200"), ("collapse", "digest")]
    return urlencode(parts)
