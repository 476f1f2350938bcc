"""The news spider: reads listings, then fetches the articles they name, politely, host by host.

All it must remember is in the frontier; the spider itself holds only what is under way. May import: scrapy and the
other modules of spiders.
"""

import asyncio
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from corpus import tables
from corpus.errors import UserError
from corpus.urls import publisher_of
from spiders import settings, urls
from spiders.frontier import Frontier, Task
from spiders.listings import COMMON_PLACES, Entry, Listing, ListingError, read_listing
from spiders.options import CrawlOptions, Publisher, read_publishers, read_url_list, split_urls
from spiders.outcomes import Verdict, encoding_of, header, of_failure, of_response, page_row, printable
from spiders.polite import Robots
from spiders.store import Store

Tell = Callable[[dict[str, Any]], None]
AHEAD = 2  # requests of one host handed to Scrapy at once: one under way, one waiting for its turn
AT_ONCE = 48
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


class NewsSpider(Spider):  # type: ignore[misc]
    """Crawl `urls` and the rows of `publishers` into the corpus `folder`.

    From the shell: `scrapy crawl news -a folder=data -a publishers=publishers.csv -a max_pages=100`; every field of
    CrawlOptions can be given with -a.
    """

    name = "news"

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Read the arguments and lay the options over the settings."""
        tell: Tell | None = kwargs.pop("tell", None)
        folder = Path(kwargs.pop("folder", "data"))
        addresses = split_urls(kwargs.pop("urls", ""))
        file = kwargs.pop("publishers", None)
        options = CrawlOptions.of(kwargs)
        crawler.settings.set("WIRECOPY_OPTIONS", options, priority="spider")
        for name, value in settings.of_options(options).items():
            crawler.settings.set(name, value, priority="spider")
        spider: Self = super().from_crawler(crawler)
        spider.prepare(folder, options, addresses, Path(file) if file else None, tell)
        return spider

    def prepare(
        self, folder: Path, options: CrawlOptions, addresses: list[str], file: Path | None, tell: Tell | None
    ) -> None:
        """Open the corpus and plan the first listings."""
        self.options = options
        self.tell: Tell = tell or (lambda event: self.logger.info("%s", event))
        rows = read_publishers(file) if file else []
        tables.create(folder)
        self.frontier = Frontier(folder)
        self.store = Store(folder, self.frontier, options)
        self.jobs: dict[str, deque[Job]] = defaultdict(deque)
        self.reading: Counter[str] = Counter()  # listings under way or waiting, by publisher, that hold its articles
        self.listings: Counter[str] = Counter()  # listings asked for, by publisher
        self.asked: Counter[str] = Counter()  # pages asked for, by publisher
        self.limits: dict[str, int] = {}
        self.busy: dict[str, Task] = {}
        self.active: Counter[str] = Counter()  # requests under way, by host
        self.failures: Counter[str] = Counter()  # passing failures in a row, by host
        self.found: Counter[str] = Counter()  # entries found, by publisher
        self.links: dict[str, tuple[Publisher, list[Entry]]] = {}  # front-page links, used if nothing else is found
        self.seen_listings: set[str] = set()
        self.given: set[str] = set()
        self.ready: set[str] = set()
        self.plan(rows, addresses)

    def plan(self, rows: list[Publisher], addresses: list[str]) -> None:
        """Put the publishers' listings and the given URLs on the list."""
        self.frontier.learn()
        if self.options.refresh is not None:
            self.frontier.refresh(self.options.refresh, self.options.refresh_window)
        self.scope = {row.publisher for row in rows}
        for row in rows:
            self.limits[row.publisher] = row.max_pages or self.options.max_pages_per_publisher
            self.plan_publisher(row)
        for address in addresses:
            self.plan_address(address)
        if not rows and not addresses:
            self.scope = set(self.frontier.publishers())

    def plan_publisher(self, row: Publisher) -> None:
        """Plan one row: its listing, its list of URLs, or its captures in the archive."""
        if row.discovery == "urls" and not row.url.startswith(("http://", "https://")):
            found = [Entry(url) for line in read_url_list(Path(row.url)) if (url := urls.canonical(line))]
            self.add(found, row, "urls")
        elif row.discovery == "wayback":
            self.add_job(Job(f"{self.options.cdx}?{_cdx_query(row)}", row, "wayback"))
        else:
            self.add_job(Job(urls.canonical(urls.with_scheme(row.url)) or row.url, row, row.discovery))

    def plan_address(self, address: str) -> None:
        """Plan a URL given by itself: a front page is a listing, everything else is asked for and then judged."""
        url = urls.canonical(urls.with_scheme(address))
        if url is None:
            self.tell_page(publisher_of(address) or "?", "failed", address, "it is no web address")
            return
        name = publisher_of(url) or urls.host_of(url)
        self.scope.add(name)
        row = Publisher(name, urls.host_of(url))
        state, outcome = self.frontier.state(url)
        if urls.is_front(url) or outcome == "listing":
            self.add_job(Job(url, row, "auto"))
        elif state in ("done", "failed"):
            self.tell_page(name, "known", url, f"it was fetched before: {outcome}")
        else:
            self.given.add(urls.key(url))
            self.add([Entry(url)], row, "urls")

    def add(self, entries: list[Entry], row: Publisher, discovered_by: str) -> int:
        """Put entries on the list under a publisher; return how many were new."""
        new = self.frontier.add(entries, row.publisher, discovered_by, row.language, row.javascript)
        self.found[row.publisher] += len(entries)
        self.ready.update(urls.host_of(entry.url) for entry in entries)
        return new

    def add_job(self, job: Job) -> None:
        """Put a listing on the list, once a run, within the publisher's limit."""
        name = job.publisher.publisher
        if job.url in self.seen_listings or self.listings[name] >= self.options.max_listings_per_publisher:
            return
        self.seen_listings.add(job.url)
        self.listings[name] += 1
        self.reading[name] += _holds(job)
        host = urls.host_of(job.url)
        self.jobs[host].append(job)
        self.ready.add(host)

    async def start(self) -> AsyncIterator[Request]:
        """Hand Scrapy the requests as their hosts become free, until nothing is left to do now."""
        idle = 0
        while True:
            for request in self.requests():
                idle = 0
                yield request
            self.save()
            if not self.busy and not any(self.active.values()) and not self.waiting():
                if not self.fall_back_on_links():
                    return
            idle += 1
            if idle % 20 == 0:
                self.ready.update(self.frontier.hosts(sorted(self.scope), self.options.since), self.jobs)
            await asyncio.sleep(0.05)

    def requests(self) -> Iterator[Request]:
        """Yield what can be asked for now at the hosts that have become ready."""
        for host in sorted(self.ready):
            self.ready.discard(host)
            while self.active[host] < AHEAD and self.active.total() < AT_ONCE and self.has_work(host):
                if not self.frontier.claims.claim(host):
                    break
                request = self.next_request(host)
                if request is None:
                    break
                self.active[host] += 1
                yield request
            if not self.active[host] and not self.jobs.get(host):
                self.frontier.claims.release(host)

    def has_work(self, host: str) -> bool:
        """Say whether the host may be asked for anything now."""
        return self.failures[host] < TIRED

    def next_request(self, host: str) -> Request | None:
        """Return the next listing of the host, else its next article."""
        if self.jobs.get(host):
            return self.listing_request(self.jobs[host].popleft())
        if self.options.max_pages is not None and self.asked.total() >= self.options.max_pages:
            return None
        for task in self.frontier.take(host, self.open_publishers(), self.options.since, self.busy, 1):
            self.busy[task.key] = task
            self.asked[task.publisher] += 1
            return self.page_request(task)
        return None

    def open_publishers(self) -> list[str]:
        """Return the publishers whose first listings are read and whose limit is not reached."""
        most = self.options.max_pages_per_publisher
        return [
            name for name in self.scope if not self.reading[name] and self.asked[name] < self.limits.get(name, most)
        ]

    def waiting(self) -> bool:
        """Say whether something is left that can be done in this run, by this process or by another one."""
        if any(queue and self.has_work(host) for host, queue in self.jobs.items()):
            return True
        if self.options.max_pages is not None and self.asked.total() >= self.options.max_pages:
            return False
        hosts = self.frontier.hosts(self.open_publishers(), self.options.since)
        left = [host for host in hosts if self.has_work(host)]
        self.ready.update(left)
        return bool(left)

    def fall_back_on_links(self) -> bool:
        """Take the front page's links of publishers that no feed or sitemap was found for; say whether there are any."""
        taken = False
        for name, (row, entries) in list(self.links.items()):
            del self.links[name]
            if not self.found[name] and entries:
                self.add(entries, row, "front")
                taken = True
        return taken

    # Listings

    def listing_request(self, job: Job) -> Request:
        etag, modified = self.frontier.listing(job.url)
        return self.request(job.url, self.on_listing, self.on_listing_failed, {"job": job}, etag, modified,
                            {"download_maxsize": self.options.max_listing_bytes}, priority=10)  # fmt: skip

    def on_listing(self, response: Response, job: Job) -> None:
        """Read a listing's answer."""
        self.failures[urls.host_of(job.url)] = 0
        if response.status == 304:
            self.end_listing(job, job.kind, "not_modified", None, 0)
        elif response.status != 200:
            self.end_listing(job, job.kind, "http_error", f"the server answered {response.status}", 0)
        else:
            self.read(response, job)

    def read(self, response: Response, job: Job) -> None:
        """Take up what a listing holds and note how many entries were new."""
        try:
            found = read_listing(response.body, response.url, encoding_of(response), self.options.max_listing_bytes)
            if found.kind == "front" and job.kind not in ("auto", "front"):
                raise ListingError(f"it is a web page, not a {job.kind}")
        except ListingError as error:
            self.end_listing(job, job.kind, "broken", str(error), 0)
            return
        entries = self.take_up(found, job, response)
        validators = (header(response, "ETag"), header(response, "Last-Modified"))
        plain = found.kind in ("feed", "sitemap", "news_sitemap", "urls")
        self.end_listing(job, found.kind, "ok", None, entries, *(validators if plain else (None, None)))

    def take_up(self, found: Listing, job: Job, response: Response) -> int:
        """Follow the further listings, put the articles on the list; return how many were new."""
        row = job.publisher
        if found.kind == "front" and job.kind == "auto":
            self.links[row.publisher] = (row, found.entries)
            self.look_around(found, job, response)
            return 0
        if found.kind == "sitemap_index":
            self.follow_index(found, job)
        entries = found.entries
        if found.kind in ("sitemap", "news_sitemap"):
            homes = {urls.site(job.url), urls.site(f"http://{row.domain}/")}
            entries = [entry for entry in entries if urls.site(entry.url) in homes and not urls.is_front(entry.url)]
        if found.kind == "wayback":
            entries = [_capture(entry) for entry in entries if entry.original]
        return self.add(entries, row, found.kind)

    def look_around(self, found: Listing, job: Job, response: Response) -> None:
        """From a front page, plan its feeds and robots.txt's sitemaps; guess the usual places where there are none."""
        for child in found.children:
            self.add_job(Job(child.url, job.publisher, "feed", 1))
        robots = self.crawler.get_downloader_middleware(Robots)
        rules = robots.known(response.url) if robots is not None else None
        named = urls.absolute(response.url, rules.sitemaps) if rules and urls.is_front(job.url) else []
        for url in named:
            self.add_job(Job(url, job.publisher, "sitemap", 1))
        if not found.children and not named and urls.is_front(job.url):
            for url in urls.absolute(response.url, COMMON_PLACES):
                self.add_job(Job(url, job.publisher, "sitemap", 1, guess=True))

    def follow_index(self, found: Listing, job: Job) -> None:
        """Plan the sitemaps of an index, news and newest first, without those older than `since`."""
        since = self.options.since
        fresh = [child for child in found.children if not (since and child.modified_at and child.modified_at < since)]
        fresh.sort(key=lambda child: ("news" in child.url, child.modified_at.timestamp() if child.modified_at else 0))
        if job.depth < DEEPEST:
            for child in reversed(fresh):
                self.add_job(Job(child.url, job.publisher, "sitemap", max(job.depth, 1) + 1))

    def on_listing_failed(self, failure: Failure) -> None:
        """Note a listing without an answer."""
        job: Job = failure.request.cb_kwargs["job"]
        verdict = of_failure(failure.value)
        self.failures[urls.host_of(job.url)] += verdict.passing
        self.end_listing(job, job.kind, verdict.outcome, verdict.reason, 0)

    def end_listing(
        self, job: Job, kind: str, outcome: str, reason: str | None, entries: int,
        etag: str | None = None, last_modified: str | None = None,
    ) -> None:  # fmt: skip
        """Note how a listing ended and let the publisher's articles go when it was the last."""
        name = job.publisher.publisher
        host = urls.host_of(job.url)
        self.active[host] -= 1
        self.reading[name] -= _holds(job)
        if outcome != "not_modified":
            self.frontier.note_listing(job.url, name, kind, outcome, reason, entries, etag, last_modified)
        if not (job.guess and outcome != "ok"):
            self.tell({"event": "listing", "publisher": name, "kind": kind, "url": job.url, "outcome": outcome,
                       "reason": reason, "entries": entries})  # fmt: skip
        self.ready.add(host)
        if not self.reading[name]:
            self.ready.update(self.frontier.hosts([name], self.options.since))

    # Pages

    def page_request(self, task: Task) -> Request:
        meta = {"playwright": True} if task.javascript else {}
        known = task.digest is not None
        return self.request(task.url, self.on_page, self.on_page_failed, {"task": task}, task.etag if known else None,
                            task.last_modified if known else None, meta)  # fmt: skip

    def on_page(self, response: Response, task: Task) -> None:
        """Judge and keep a page's answer."""
        verdict = of_response(response, task)
        if task.key in self.given and verdict.outcome == "not_article" and self.is_listing(response, task):
            verdict = Verdict("listing")
        self.end_page(task, verdict, response)

    def is_listing(self, response: Response, task: Task) -> bool:
        """Read a given URL that is no article as a feed, sitemap or section page; say whether it is one."""
        try:
            found = read_listing(response.body, response.url, encoding_of(response), self.options.max_listing_bytes)
        except ListingError:
            return False
        if not found.entries and not found.children:
            return False
        row = Publisher(task.publisher, task.host)
        job = Job(task.url, row, "auto" if found.kind == "front" else found.kind)
        entries = self.take_up(found, job, response)
        self.tell({"event": "listing", "publisher": task.publisher, "kind": found.kind, "url": task.url,
                   "outcome": "ok", "reason": None, "entries": entries})  # fmt: skip
        return True

    def on_page_failed(self, failure: Failure) -> None:
        """Keep the outcome of a page without an answer."""
        self.end_page(failure.request.cb_kwargs["task"], of_failure(failure.value), None)

    def end_page(self, task: Task, verdict: Verdict, response: Response | None) -> None:
        """Write one page's end; the host may be asked for the next."""
        self.failures[task.host] = self.failures[task.host] + 1 if verdict.passing else 0
        row = page_row(task, verdict, response)
        outcome = verdict.outcome
        if verdict.passing:
            self.frontier.postpone(task, outcome, row, self.options.runs)
        elif outcome in ("not_modified", "listing"):
            self.frontier.finish(task, outcome)
        else:
            outcome = self.frontier.finish(task, outcome, url=verdict.url, row=row, digest=verdict.digest)
        self.busy.pop(task.key, None)
        self.active[task.host] -= 1
        self.ready.add(task.host)
        self.tell_page(task.publisher, outcome, task.url, verdict.reason)
        self.save()

    def tell_page(self, publisher: str, outcome: str, url: str, reason: str | None) -> None:
        """Tell of one page's end."""
        self.tell({"event": "page", "publisher": publisher, "outcome": outcome, "url": printable(url, 300),
                   "reason": reason})  # fmt: skip

    # Both

    def request(
        self, url: str, callback: Callable[..., None], errback: Callable[[Failure], None], arguments: dict[str, Any],
        etag: str | None, last_modified: str | None, meta: dict[str, Any], priority: int = 0,
    ) -> Request:  # fmt: skip
        """Make a request, conditional where an earlier answer left a validator."""
        headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        return Request(
            url,
            callback=callback,
            errback=errback,
            cb_kwargs=arguments,
            headers={name: value for name, value in headers.items() if value},
            meta=meta,
            priority=priority,
            dont_filter=True,
        )

    def save(self) -> None:
        """Move waiting pages to the pages table when enough have come together; a full disk ends the crawl."""
        try:
            self.store.flush_if_due()
        except UserError as error:
            self.tell({"event": "error", "sentence": str(error)})
            raise CloseSpider("cannot write") from error

    def closed(self, reason: str) -> None:
        """Store what was fetched and say how the run ended."""
        try:
            self.store.flush()
        except UserError as error:
            self.tell({"event": "error", "sentence": str(error)})
        tired = sorted(host for host, count in self.failures.items() if count >= TIRED)
        left = self.frontier.left(sorted(self.scope))
        self.frontier.close()
        self.tell({"event": "end", "reason": reason, "left": left, "tired": tired})


def _holds(job: Job) -> int:
    """Say whether the publisher's articles wait for this listing; sitemaps deep in an index are read beside them."""
    return int(job.depth < 2)


def _cdx_query(row: Publisher) -> str:
    from urllib.parse import urlencode

    return urlencode({"url": row.url, "output": "json", "filter": "statuscode:200", "collapse": "digest",
                      "fl": "timestamp,original,mimetype,statuscode,digest"})  # fmt: skip


def _capture(entry: Entry) -> Entry:
    """Return the entry with the address of the capture's own bytes."""
    stamp = entry.captured_at.strftime("%Y%m%d%H%M%S") if entry.captured_at else "2"
    return replace(entry, url=f"https://web.archive.org/web/{stamp}id_/{entry.original}")
