"""Pages that only JavaScript fills: the browser shows what Scrapy fetched, and has no network of its own.

A page is first fetched as any other; then Chromium runs it through scrapy-playwright. Whatever the page asks for goes
back through Scrapy, so that robots.txt, the guard of private addresses, redirects, sizes and times hold for every
request, and what slips by (a popup, a socket, a worker) meets a proxy that does not exist. Only scripts, styles and
data are given, by GET. May import: scrapy, scrapy_playwright and playwright (the extra `browser`, only when a publisher
is marked so), spiders.options, spiders.polite, corpus.errors.
"""

import asyncio
import contextlib
import importlib.util
import os
import shutil
import uuid
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse, Response

from corpus.errors import UserError
from spiders.options import CrawlOptions
from spiders.polite import Refused, options_of

RENDER = "wirecopy_render"
"""Key of a request's meta: show the page in the browser before its answer is judged."""
FETCHED = "wirecopy_fetched"
"""Key of the meta that keeps the answer as it came."""
AT_ONCE, PARTS_AT_ONCE = 2, 8
MOST_PARTS, PARTS_BYTES, PART_SECONDS = 100, 20_000_000, 10.0
QUIET_SECONDS = 5.0
"""How long a page may go on asking for data; as a whole it may take that much more than the crawl's `timeout`."""
KEPT_PARTS, KEPT_BYTES = 128, 1_000_000
_GIVEN = frozenset({"document", "script", "stylesheet", "xhr", "fetch"})
_KEPT = frozenset({"script", "stylesheet"})
_NOT_PASSED_ON = frozenset({"content-encoding", "content-length", "transfer-encoding", "set-cookie", "connection"})
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_HANDLER = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"
_NOWHERE = "http://127.0.0.1:9"
_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--disable-quic", "--no-first-run", "--js-flags=--max-old-space-size=512",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp", "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip


def browser_settings(options: CrawlOptions) -> dict[str, Any]:
    """Return the Scrapy settings of a crawl that renders pages.

    Raises UserError with the way out where the extra or the browser is missing.
    """
    if importlib.util.find_spec("scrapy_playwright") is None:
        raise UserError("a publisher is marked render=browser; that takes the extra: pip install 'wirecopy[browser]'")
    return {
        "DOWNLOAD_HANDLERS": {"http": _HANDLER, "https": _HANDLER},
        "DOWNLOAD_SLOTS": {
            "browser": {"delay": 0.0, "concurrency": AT_ONCE},
            "browser parts": {"delay": 0.0, "concurrency": PARTS_AT_ONCE},
        },
        "PLAYWRIGHT_LAUNCH_OPTIONS": {
            "executable_path": _program(),
            "args": list(_FLAGS),
            "chromium_sandbox": False,
            "proxy": {"server": _NOWHERE, "bypass": "<-loopback>"},
        },
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": options.timeout * 1000,
    }


def _program() -> str:
    """Return the path of the browser: $WIRECOPY_BROWSER, else the first Chromium of the search path."""
    names = [os.environ.get("WIRECOPY_BROWSER", ""), *_PROGRAMS]
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None:
        raise UserError(
            "a publisher is marked render=browser, but no Chromium was found; install it (apt-get install chromium) "
            "or give its path in WIRECOPY_BROWSER"
        )
    return found


class Render:
    """Puts in place of a fetched page what a reader's browser would make of it, for requests that are marked so."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.options: CrawlOptions = options_of(crawler)
        self.kept: dict[str, Response] = {}
        """Scripts and styles that the pages of a site share, newest last."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the one for this crawl."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Return the answer with the page as its scripts made it. Raises Refused where it cannot be shown."""
        if not request.meta.get(RENDER) or response.status != 200 or not isinstance(response, HtmlResponse):
            return response
        request.meta[FETCHED] = response
        showing = _Showing(self, response)
        task = asyncio.ensure_future(self.crawler.engine.download_async(showing.request()))
        await asyncio.wait([task], timeout=self.options.timeout + QUIET_SECONDS)
        await showing.close()
        if not task.done():
            task.add_done_callback(_read)
            raise Refused("failed", "its scripts ran too long in the browser", passing=True)
        if (error := task.exception()) is not None:
            raise Refused("failed", f"the browser could not show it ({type(error).__name__})", passing=True)
        shown: Response = task.result()
        if len(shown.body) > self.options.max_bytes:
            raise Refused("too_large", "its scripts made the page larger than allowed")
        headers = {**response.headers, b"Content-Type": b"text/html; charset=utf-8"}
        body = shown.text.encode("utf-8", "replace")
        return response.replace(url=shown.url, headers=headers, body=body, encoding="utf-8")

    async def part(self, url: str, kind: str, headers: dict[str, str]) -> Response | None:
        """Fetch what a page asks for as Scrapy fetches everything; None where that may not or cannot be had."""
        if kind in _KEPT and url in self.kept:
            return self.kept[url]
        passed = {name: value for name, value in headers.items() if name in ("accept", "origin")}
        meta = {
            "download_slot": "browser parts",
            "autothrottle_dont_adjust_delay": True,
            "download_timeout": min(self.options.timeout, PART_SECONDS),
            "dont_retry": True,
        }
        task = asyncio.ensure_future(
            self.crawler.engine.download_async(Request(url, headers=passed, meta=meta, dont_filter=True))
        )
        await asyncio.wait([task])
        if task.exception() is not None:
            return None
        response: Response = task.result()
        if kind in _KEPT and response.status == 200 and len(response.body) <= KEPT_BYTES:
            self.kept[url] = response
            if len(self.kept) > KEPT_PARTS:
                del self.kept[next(iter(self.kept))]
        return response


class _Showing:
    """One page in a browser window of its own, with cookies and storage of its own."""

    def __init__(self, render: Render, response: Response) -> None:
        self.render = render
        self.response = response
        self.page: Any = None
        self.closed = False
        self.parts, self.bytes = 0, 0

    def request(self) -> Request:
        """Return the request that scrapy-playwright answers with the page as shown."""
        from scrapy_playwright.page import PageMethod

        meta = {
            "playwright": True,
            "playwright_context": uuid.uuid4().hex,
            "playwright_context_kwargs": {
                "user_agent": self.render.options.user_agent,
                "service_workers": "block",
                "accept_downloads": False,
            },
            "playwright_page_init_callback": self.open,
            "playwright_page_goto_kwargs": {"wait_until": "domcontentloaded"},
            "playwright_page_methods": [PageMethod(_settle)],
            "download_slot": "browser",
            "autothrottle_dont_adjust_delay": True,
            "dont_retry": True,
            "dont_redirect": True,
        }
        return Request(self.response.url, meta=meta, dont_filter=True)

    async def open(self, page: Any, request: Request) -> None:
        """Take over all that the page will ask for; of several routes the one that was made last is asked first."""
        if self.closed:  # scrapy-playwright tries once more what was given up
            await page.context.close()
            return
        self.page = page
        await page.route("**/*", self.answer)
        await page.route_web_socket("**/*", _hang_up)

    async def answer(self, route: Any) -> None:
        """Give the page what it asks for, or nothing."""
        from playwright.async_api import Error

        with contextlib.suppress(Error):  # the window may be closed by now
            response = await self.fetch(route.request)
            if response is None:
                await route.abort("blockedbyclient")
                return
            await route.fulfill(status=response.status, headers=_headers(response), body=response.body)

    async def fetch(self, asked: Any) -> Response | None:
        """Return the answer to one request of the page; None for what it gets not."""
        if asked.method != "GET" or asked.resource_type not in _GIVEN:
            return None
        if asked.resource_type == "document":
            if asked.frame.parent_frame is not None:  # advertisements, mostly, and no part of the page's text
                return None
            if asked.url.partition("#")[0] == self.response.url.partition("#")[0]:
                return self.response
        self.parts += 1
        if self.parts > MOST_PARTS or self.bytes > PARTS_BYTES:
            return None
        response = await self.render.part(asked.url, asked.resource_type, asked.headers)
        self.bytes += len(response.body) if response is not None else 0
        return response

    async def close(self) -> None:
        """Close the window and forget its cookies, also where a script runs without end."""
        from playwright.async_api import Error

        self.closed = True
        if self.page is not None:
            with contextlib.suppress(Error, TimeoutError):
                await asyncio.wait_for(self.page.context.close(), PART_SECONDS)


async def _settle(page: Any) -> None:
    """Wait until the page has asked for nothing for half a second, but not for long."""
    from playwright.async_api import Error

    with contextlib.suppress(Error):
        await page.wait_for_load_state("networkidle", timeout=QUIET_SECONDS * 1000)


async def _hang_up(socket: Any) -> None:
    await socket.close()


def _headers(response: Response) -> dict[str, str]:
    """Return the headers that the browser needs; the body is unpacked already."""
    pairs = {name.decode("latin-1").lower(): values for name, values in response.headers.items()}
    return {name: b", ".join(values).decode("latin-1") for name, values in pairs.items() if name not in _NOT_PASSED_ON}


def _read(task: "asyncio.Future[Response]") -> None:
    """Look at the error of a request that nobody waits for any more."""
    if not task.cancelled():
        task.exception()
