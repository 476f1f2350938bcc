"""Scrapy's manners: robots.txt with Crawl-delay, a throttle that keeps to it, no private addresses, one proxy for all.

May import: scrapy, twisted, protego, spiders.failures, spiders.guard, spiders.options and the standard library.
"""

import asyncio
from typing import Any, Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from spiders.failures import words_for
from spiders.guard import PRIVATE, bound_headers, guard_connections, is_forbidden_host, unguard_connections
from spiders.options import CrawlOptions

LONGEST_DELAY = 300.0
ROBOTS_BYTES = 512_000
ROBOT = "wirecopy"


class Refused(IgnoreRequest):  # type: ignore[misc]
    """The request was not sent; `outcome` is the word for it, the message the sentence, `passing` if it may pass."""

    def __init__(self, outcome: str, reason: str, passing: bool = False) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.passing = passing


class Guard:
    """Sends every request through the proxy if there is one, and none to a private address unless that is allowed."""

    def __init__(self, options: CrawlOptions) -> None:
        self.options = options

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Guard the reactor's connections, too, for as long as the spider runs."""
        from twisted.internet import reactor

        guard = cls(options_of(crawler))
        bound_headers()
        if not guard.options.allow_private:
            guard_connections(reactor, guard.allowed())
            crawler.signals.connect(lambda: unguard_connections(reactor), signals.engine_stopped, weak=False)
        return guard

    def allowed(self) -> set[tuple[str, int]]:
        """Return the one place that may be private: the proxy that the user named, by name and by address."""
        if not self.options.proxy:
            return set()
        import socket

        parts = urlsplit(self.options.proxy)
        host, port = parts.hostname or "", parts.port or 80
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            found = []
        return {(host, port)} | {(str(address[4][0]), port) for address in found}

    def process_request(self, request: Request) -> None:
        """Refuse a forbidden host before anything is sent; set the proxy."""
        host = urlsplit(request.url).hostname or ""
        if not self.options.allow_private and is_forbidden_host(host):
            raise Refused("private_address", f"{host} is not a public address; --allow-private fetches it")
        if self.options.proxy:
            request.meta["proxy"] = self.options.proxy


class Robots:
    """Obeys robots.txt: no such file (4xx) allows all; no answer or a 5xx allows nothing for now (RFC 9309)."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.agent = str(crawler.settings["USER_AGENT"])
        self._rules: dict[str, asyncio.Future[Protego | Refused]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the one for this crawl."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Wait for the host's rules and refuse what they forbid."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        rules = await self.rules(request.url)
        if isinstance(rules, Refused):
            raise Refused(rules.outcome, str(rules), rules.passing)
        if not rules.can_fetch(request.url, ROBOT):
            raise Refused("blocked_robots", f"robots.txt of {urlsplit(request.url).netloc} forbids it")

    async def rules(self, url: str) -> Protego | Refused:
        """Return the rules for the URL's host, fetched once; why not where they could not be had."""
        parts = urlsplit(url)
        place = f"{parts.scheme}://{parts.netloc}"
        if place not in self._rules:
            self._rules[place] = asyncio.get_running_loop().create_future()
            self._rules[place].set_result(await self._fetch(place))
        return await self._rules[place]

    def known(self, url: str) -> Protego | None:
        """Return the rules for the URL's host if they were fetched already."""
        parts = urlsplit(url)
        found = self._rules.get(f"{parts.scheme}://{parts.netloc}")
        rules = found.result() if found is not None and found.done() else None
        return rules if isinstance(rules, Protego) else None

    def delay(self, host: str) -> float:
        """Return the host's Crawl-delay in seconds, 0 where there is none."""
        for scheme in ("https", "http"):
            rules = self.known(f"{scheme}://{host}/")
            delay = rules.crawl_delay(ROBOT) if rules else None
            if delay:
                return min(float(delay), LONGEST_DELAY)
        return 0.0

    async def _fetch(self, place: str) -> Protego | Refused:
        request = Request(
            f"{place}/robots.txt",
            callback=NO_CALLBACK,
            priority=1000,
            meta={"dont_obey_robotstxt": True, "download_maxsize": ROBOTS_BYTES},
        )
        # A task keeps the error to look at: whatever goes wrong, the answer is "not now", never a lost request.
        task = asyncio.ensure_future(self.crawler.engine.download_async(request))
        await asyncio.wait([task])
        error = task.exception()
        if error is None:
            return self._read(task.result())
        if isinstance(error, Refused):
            return error
        host = urlsplit(place).netloc
        if PRIVATE in str(error):
            return Refused("private_address", f"the name {host} leads to a private address")
        if isinstance(error, IgnoreRequest) and "redirect" in str(error):  # in a circle: as if there were none
            return Protego.parse("")
        return Refused("failed", f"robots.txt of {host} could not be fetched: {words_for(error)}", passing=True)

    @staticmethod
    def _read(response: Response) -> Protego | Refused:
        if response.status >= 500 or response.status == 429:
            told = f"robots.txt of {urlsplit(response.url).netloc} answered {response.status}"
            return Refused("failed", told, passing=True)
        if not 200 <= response.status < 300 or b"<html" in response.body[:500].lower():
            return Protego.parse("")
        return Protego.parse(response.body.decode("utf-8-sig", "replace").replace("\0", ""))


class Throttle(AutoThrottle):  # type: ignore[misc]
    """AutoThrottle whose delay never falls below the Crawl-delay of the host's robots.txt."""

    def _response_downloaded(self, response: Response, request: Request, spider: Any) -> None:
        if request.meta.get("autothrottle_dont_adjust_delay"):
            return
        super()._response_downloaded(response, request, spider)
        robots = self.crawler.get_downloader_middleware(Robots)
        _, slot = self._get_slot(request, spider)
        if robots is not None and slot is not None:
            slot.delay = max(slot.delay, robots.delay(urlsplit(request.url).netloc))


def pause_of(crawler: Crawler, host: str) -> float:
    """Return for how many seconds the host is left alone after each request."""
    slot = crawler.engine.downloader.slots.get(urlsplit(f"//{host}").hostname)
    robots = crawler.get_downloader_middleware(Robots)
    asked = robots.delay(host) if robots is not None else 0.0
    return max(options_of(crawler).delay, asked, slot.delay if slot is not None else 0.0)


def options_of(crawler: Crawler) -> CrawlOptions:
    """Return the options of the crawl that the crawler serves."""
    options: CrawlOptions = crawler.settings["WIRECOPY_OPTIONS"]
    return options
