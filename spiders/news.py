"""The news spider: reads listings, then fetches the articles they name, politely, host by host.

All it must remember is in the frontier, all it is about to do in the plan; the spider itself turns both into requests
and answers into outcomes. May import: scrapy and the other modules of spiders.
"""

import asyncio
import contextlib
import json
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from corpus import tables
from corpus.errors import UserError
from spiders import settings
from spiders.account import Tally
from spiders.archive import WarcFile
from spiders.browser import FETCHED, RENDER, browser_settings
from spiders.frontier import Frontier, Task, open_frontier
from spiders.listings import Entry, Listing, ListingError, read_listing
from spiders.options import CrawlOptions, Publisher, read_publishers, split_urls
from spiders.outcomes import Verdict, encoding_of, header, in_time, of_failure, of_response, page_row, printable
from spiders.plan import TIRED, Job, Plan
from spiders.polite import Robots, pause_of
from spiders.store import Store

Tell = Callable[[dict[str, Any]], None]
AHEAD = 2  # requests of one host handed to Scrapy at once: one under way, one waiting for its turn
TICK = 0.05
CONDITIONAL = ("feed", "sitemap", "news_sitemap", "urls")  # an index unchanged says nothing of its sitemaps


class NewsSpider(Spider):  # type: ignore[misc]
    """Crawl `urls` and the rows of `publishers` into the corpus `folder`.

    From the shell: `scrapy crawl news -a folder=data -a publishers=publishers.csv -a max_pages=100`; every field of
    CrawlOptions can be given with -a.
    """

    name = "news"
    options: CrawlOptions
    frontier: Frontier
    store: Store
    plan: Plan
    tell: Tell
    broken: bool

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Read the arguments, lay the options over the settings, open the corpus and plan the first listings."""
        tell, folder = kwargs.pop("tell", None), Path(kwargs.pop("folder", "data"))
        addresses, file = split_urls(kwargs.pop("urls", "")), kwargs.pop("publishers", None)
        options = CrawlOptions.of(kwargs)
        crawler.settings.set("WIRECOPY_OPTIONS", options, priority="spider")
        for name, value in settings.of_options(options).items():
            crawler.settings.set(name, value, priority="spider")
        spider: Self = super().from_crawler(crawler)
        spider.options = options
        crawler.signals.connect(spider.on_bug, signal=signals.spider_error)
        spider.broken = False
        spider.tell = tell or spider.teller()
        spider.open_corpus(folder)
        spider.start_plan(read_publishers(Path(file)) if file else [], addresses)
        if spider.rendered & spider.plan.scope:
            for name, value in browser_settings(spider.options).items():
                crawler.settings.set(name, value, priority="spider")
        return spider

    def teller(self) -> Tell:
        """Return what tells the events where no parent process listens: lines in the log, the account at the end."""
        tally, start = Tally(), time.monotonic()

        def tell(event: dict[str, Any]) -> None:
            line = tally.add(event)
            if line:
                self.logger.info("%s", line)
            if event["event"] == "end":
                print(tally.account(time.monotonic() - start))

        return tell

    def open_corpus(self, folder: Path) -> None:
        """Open the pages table and the frontier; learn what the table holds; put old articles up for a refresh."""
        tables.create(folder)
        self.frontier = open_frontier(folder, self.options)
        self.store = Store(folder, self.frontier, self.options)
        self.plan = Plan(self.frontier, self.options)
        self.warc = WarcFile(folder, self.frontier.claims.run, self.options.user_agent) if self.options.warc else None
        self.active: Counter[str] = Counter()  # requests under way, by host
        self.frontier.learn()
        if self.options.refresh is not None:
            self.frontier.refresh(self.options.refresh, self.options.refresh_window)

    def start_plan(self, rows: list[Publisher], addresses: list[str]) -> None:
        """Plan the publishers' listings and the given URLs; without either, go on with what is left and look again."""
        named_none = not rows and not addresses
        if named_none and self.options.refresh is not None:
            known = self.frontier.places(self.options.refresh)
            rows = [Publisher(**json.loads(row)) for row in known]
        for row in rows:
            self.plan.add_publisher(row)
        for name in {row.publisher for row in rows}:
            self.frontier.mark_rendered(name, any(row.render for row in rows if row.publisher == name))
        self.rendered = self.frontier.rendered()
        for address in addresses:
            publisher, why_not = self.plan.add_address(address)
            if why_not:
                word = "known" if why_not.startswith("it was fetched") else "failed"
                self.tell_page(publisher, word, address, why_not)
        if named_none:
            self.plan.scope |= set(self.frontier.publishers())

    async def start(self) -> AsyncIterator[Request]:
        """Hand Scrapy the requests as their hosts become free, until nothing is left to do now."""
        try:
            async for request in self.turns():
                yield request
        except (UserError, sqlite3.DatabaseError):  # Scrapy would take the end of this generator for the crawl's
            self.on_bug(Failure())

    async def turns(self) -> AsyncIterator[Request]:
        """Yield requests turn by turn, until nothing is left to do now."""
        ticks, look_at = 0, 0.0
        self.freed = asyncio.Event()
        while not self.broken:
            self.freed.clear()
            for request in self.requests():
                yield request
            self.save()
            for job in self.plan.give_up():
                self.end_listing(job, job.kind, Verdict("failed", "the host failed again and again"))
            ticks += 1
            now, under_way = time.monotonic(), self.active.total() > 0
            if now >= look_at and (not under_way or ticks % 20 == 0):
                left = self.plan.waiting()
                look_at = time.monotonic() + 20 * (time.monotonic() - now)  # a long list is not looked over always
                if not under_way and not left and not self.plan.fall_back_on_links():
                    return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.freed.wait(), TICK)

    def requests(self) -> Iterator[Request]:
        """Yield what can be asked for now at the hosts that have become ready."""
        for host in sorted(self.plan.ready):
            if self.active.total() >= self.options.at_once:
                self.release_idle()
                return
            self.plan.ready.discard(host)
            while self.active[host] < AHEAD and not self.plan.tired(host) and self.frontier.claims.claim(host):
                request = self.next_request(host)
                if request is None:
                    break
                self.active[host] += 1
                yield request
            if not self.active[host]:
                self.release(host)

    def release_idle(self) -> None:
        """Give other processes the hosts for which this one has no hand free."""
        for host in [host for hosts in self.frontier.claims.mine.values() for host in hosts if not self.active[host]]:
            self.release(host)

    def release(self, host: str) -> None:
        """Give the host to other processes, which keep the distance from this one's last request."""
        self.frontier.claims.release(host, pause_of(self.crawler, host))

    def next_request(self, host: str) -> Request | None:
        """Return the request for the next listing of the host, else for its next article."""
        job = self.plan.next_job(host)
        if job is not None:
            return self.listing_request(job)
        task = self.plan.next_task(host)
        return self.page_request(task) if task is not None else None

    def listing_request(self, job: Job) -> Request:
        """Make the request for a listing, conditional where it was read before."""
        headers = _validators(*self.frontier.listing(job.url))
        shown = job.kind in ("auto", "front") and job.publisher.publisher in self.rendered
        meta = {"download_maxsize": self.options.max_listing_bytes, "wirecopy": job, RENDER: shown}
        return Request(job.url, self.on_listing, errback=self.on_listing_failed, headers=headers, meta=meta,
                       priority=10, dont_filter=True)  # fmt: skip

    def page_request(self, task: Task) -> Request:
        """Make the request for an article, conditional where it is stored already and its markup is all there is."""
        shown = task.publisher in self.rendered
        headers = _validators(task.etag, task.last_modified) if task.digest and not shown else {}
        meta = {"wirecopy": task, RENDER: shown}
        return Request(task.url, self.on_page, errback=self.on_page_failed, headers=headers, meta=meta,
                       dont_filter=True)  # fmt: skip

    def on_listing(self, response: Response) -> None:
        """Read a listing's answer, note how many of its entries were new."""
        job: Job = response.meta["wirecopy"]
        self.plan.failures[job.host] = 0
        self.active[job.host] -= 1
        if response.status == 304:
            self.end_listing(job, job.kind, Verdict("not_modified"))
        elif response.status != 200:
            self.end_listing(job, job.kind, Verdict("http_error", f"the server answered {response.status}"))
        else:
            self.read(job, response)

    def read(self, job: Job, response: Response) -> None:
        """Read a listing and plan what it holds."""
        try:
            found = self.parse_listing(response)
            if found.kind == "front" and job.kind not in ("auto", "front"):
                raise ListingError(f"it is a web page, not a {job.kind}")
        except ListingError as error:
            self.end_listing(job, job.kind, Verdict("broken", str(error)))
            return
        new = self.plan.take_up(found, job, self.sitemaps(response))
        self.end_listing(job, found.kind, Verdict("ok"), new, response)

    def parse_listing(self, response: Response) -> Listing:
        """Return what the answer lists. Raises ListingError."""
        return read_listing(response.body, response.url, encoding_of(response), self.options.max_listing_bytes)

    def sitemaps(self, response: Response) -> list[str]:
        """Return the sitemaps that the host's robots.txt names."""
        robots = self.crawler.get_downloader_middleware(Robots)
        rules = robots.known(response.url) if robots is not None else None
        return list(rules.sitemaps) if rules is not None else []

    def on_listing_failed(self, failure: Failure) -> None:
        """Note a listing without an answer."""
        job: Job = failure.request.meta["wirecopy"]
        verdict = of_failure(failure.value)
        self.active[job.host] -= 1
        self.plan.failures[job.host] += verdict.passing
        self.end_listing(job, job.kind, verdict)

    def end_listing(
        self, job: Job, kind: str, verdict: Verdict, new: int = 0, response: Response | None = None
    ) -> None:
        """Note and tell how a listing ended, and let the articles go that waited for it."""
        if not job.guess or verdict.outcome == "ok":
            self.note_listing(job, kind, verdict, new, response)
        self.plan.end_job(job)
        self.freed.set()

    def note_listing(self, job: Job, kind: str, verdict: Verdict, new: int, response: Response | None) -> None:
        """Note how a listing was read, with what a conditional request will need; tell it."""
        name = job.publisher.publisher
        if verdict.outcome != "not_modified":
            keep = response if kind in CONDITIONAL else None
            self.frontier.note_listing(
                (job.url, name, kind, verdict.outcome, verdict.reason, new),
                (header(keep, "ETag"), header(keep, "Last-Modified")),
            )
        self.tell({"event": "listing", "publisher": name, "kind": kind, "url": printable(job.url, 300),
                   "entries": new, "outcome": verdict.outcome, "reason": verdict.reason})  # fmt: skip

    def on_page(self, response: Response) -> None:
        """Judge and keep a page's answer."""
        task: Task = response.meta["wirecopy"]
        verdict = of_response(response, task)
        if response.status == 429:
            self.plan.failures[task.host] = TIRED
        if task.key in self.plan.given and verdict.outcome == "not_article" and self.is_listing(response, task):
            verdict = Verdict("listing")
        self.end_page(task, in_time(verdict, response, task, self.options.since), response)

    def is_listing(self, response: Response, task: Task) -> bool:
        """Read a given URL that is no article as a feed, sitemap or section page; say whether it is one."""
        try:
            found = self.parse_listing(response)
        except ListingError:
            return False
        if not found.entries and not found.children:
            return False
        kind = "auto" if found.kind == "front" else found.kind
        job = Job(task.url, Publisher(task.publisher, task.host), kind)
        self.plan.remember(task.url, job.publisher)
        self.note_listing(job, found.kind, Verdict("ok"), self.plan.take_up(found, job), response)
        return True

    def on_page_failed(self, failure: Failure) -> None:
        """Keep the outcome of a page without an answer."""
        self.end_page(failure.request.meta["wirecopy"], of_failure(failure.value), None)

    def end_page(self, task: Task, verdict: Verdict, response: Response | None) -> None:
        """Write one page's end; the host may be asked for the next."""
        row = page_row(task, verdict, response)
        outcome = verdict.outcome
        if verdict.passing:
            self.frontier.postpone(task, outcome, row, self.options.runs)
        elif outcome == "older":  # it stays on the list, with its time, for a crawl that asks for so old ones
            dated = Entry(task.url, published_at=verdict.published_at, published_by_what=verdict.published_by_what)
            self.frontier.add([dated], task.publisher, task.discovered_by)
        elif outcome in ("not_modified", "listing"):
            self.frontier.finish(task, outcome)
        else:
            outcome = self.frontier.finish(task, outcome, url=verdict.url, row=row, digest=verdict.digest)
        self.archive(response)
        self.active[task.host] -= 1
        tired = self.plan.tired(task.host)
        self.plan.end_task(task, verdict.passing)
        self.freed.set()
        if tired:
            self.plan.failures[task.host] = TIRED
        self.tell_page(task.publisher, outcome, task.url, verdict.reason)
        self.save()

    def tell_page(self, publisher: str, outcome: str, url: str, reason: str | None) -> None:
        """Tell of one page's end."""
        place = printable(url, 300)
        self.tell({"event": "page", "publisher": publisher, "outcome": outcome, "url": place, "reason": reason})

    def archive(self, response: Response | None) -> None:
        """Keep the answer as WARC, too, where that is wanted."""
        if self.warc is not None and response is not None:
            with self.or_stop():
                self.warc.add(response.meta.get(FETCHED, response))

    def save(self) -> None:
        """Move waiting pages to the pages table when enough have come together."""
        with self.or_stop():
            self.store.flush_if_due()

    @contextlib.contextmanager
    def or_stop(self) -> Iterator[None]:
        """End the crawl with a sentence where nothing can be written any more."""
        try:
            yield
        except UserError as error:
            self.broken = True
            self.tell({"event": "error", "sentence": str(error)})
            raise CloseSpider("cannot write") from error

    def on_bug(self, failure: Failure) -> None:
        """Stop where this program failed, rather than wait for a page that will never end."""
        self.broken = True
        if failure.check(sqlite3.DatabaseError):
            self.tell({"event": "error", "sentence": self.cannot_write(failure.value)})
        elif failure.check(UserError):
            self.tell({"event": "error", "sentence": str(failure.value)})
        else:
            self.tell({"event": "bug", "traceback": failure.getTraceback()})
        self.crawler.stop()

    def cannot_write(self, error: BaseException) -> str:
        """Say what to do where the frontier cannot be written, above all on a full disk."""
        place = self.frontier.place
        return f"cannot write {place}: {error}; free some space and crawl again, it goes on where it stopped"

    def closed(self, reason: str) -> None:
        """Store what was fetched and say how the run ended."""
        tired = sorted(host for host in self.plan.failures if self.plan.tired(host))
        left = 0
        try:
            left = self.frontier.left(sorted(self.plan.scope))
            self.store.flush()
            for host in sorted(set().union(*self.frontier.claims.mine.values())):
                self.release(host)
            self.frontier.close()
        except UserError as error:
            self.tell({"event": "error", "sentence": str(error)})
        except sqlite3.DatabaseError as error:
            self.tell({"event": "error", "sentence": self.cannot_write(error)})
        self.tell({"event": "end", "reason": reason, "left": left, "tired": tired})


def _validators(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """Return the headers that ask for an answer only if it changed."""
    headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in headers.items() if value}
