"""The made-up web's server: every address with its reply, on loopback, as sites and as an HTTP proxy.

May import: the standard library and corpus.demo. `serve()` answers `GET /path` by the Host header and
`GET http://host/path`, so that a crawler started with it as its proxy sees clean addresses without ports.
"""

import gzip
import hashlib
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from corpus.demo import feeds, render
from corpus.demo.texts import Article, Site, articles_of, sites

HTML = "text/html"
XML = "application/xml"
SLOW_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What one address answers."""

    body: bytes
    content_type: str = HTML
    status: int = 200
    location: str = ""
    gzip: bool = False
    slow: bool = False
    flaky: bool = False
    """The first visit gets 503."""

    @property
    def etag(self) -> str:
        """The body's entity tag."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'


@dataclass(slots=True)
class Web:
    """A running made-up web."""

    port: int
    requests: list[str] = field(default_factory=list)
    """Every address asked for, in order, as http://host/path?query."""

    @property
    def proxy(self) -> str:
        """The address to give a crawler as its HTTP proxy."""
        return f"http://127.0.0.1:{self.port}"


@cache
def replies() -> Mapping[tuple[str, str], Reply]:
    """Return the reply of every address of the made-up web by (host, path)."""
    made: dict[tuple[str, str], Reply] = {}
    for site in sites().values():
        made |= {(site.host, path): reply for path, reply in _of_site(site).items()}
    return made


def reply_to(host: str, path: str, visit: int = 1) -> Reply:
    """Return the answer to the visit-th request for that path (the query left out); 404 where there is none.

    The server's own address answers with a list of the sites.
    """
    if host in ("127.0.0.1", "localhost"):
        return Reply(render.index_page().encode(), f"{HTML}; charset=utf-8")
    if host not in sites():
        return Reply(f"no host {host[:80]!r} in the made-up web".encode(), "text/plain", 502)
    reply = replies().get((host, path)) or replies()[host, "/404"]
    return Reply(b"come back later", "text/plain", 503) if reply.flaky and visit == 1 else reply


@contextmanager
def serve(port: int = 0, delay: float = SLOW_SECONDS) -> Iterator[Web]:
    """Serve the made-up web on 127.0.0.1 until the block ends; port 0 takes any free one.

    `delay` is how many seconds the slow page takes. Raises OSError where the port is taken.
    """
    web = Web(port)
    handler = partial(_Handler, web=web, visits=Counter(), delay=delay)
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        web.port = server.server_address[1]
        replies()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield web
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection's requests."""

    protocol_version = "HTTP/1.1"
    timeout = 30

    def __init__(self, *args: object, web: Web, visits: Counter[str], delay: float) -> None:
        self.web, self.visits, self.delay = web, visits, delay
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Send the address's reply."""
        host, path, query = self._address()
        url = f"http://{host}{path}" + (f"?{query}" if query else "")
        self.web.requests.append(url)
        self.visits[url] += 1
        reply = reply_to(host, path, self.visits[url])
        if reply.slow:
            time.sleep(self.delay)
        if reply.status == 200 and self.headers.get("If-None-Match") == reply.etag:
            reply = replace(reply, body=b"", status=304)
        self._send(reply)

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing: the requests are in the log of the web."""

    def _address(self) -> tuple[str, str, str]:
        parts = urlsplit(self.path)
        host = parts.hostname or self.headers.get("Host", "").partition(":")[0]
        return host.lower(), parts.path or "/", parts.query

    def _send(self, reply: Reply) -> None:
        squeeze = reply.gzip and "gzip" in self.headers.get("Accept-Encoding", "")
        body = gzip.compress(reply.body, mtime=0) if squeeze else reply.body
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(body)))
        if squeeze:
            self.send_header("Content-Encoding", "gzip")
        if reply.location:
            self.send_header("Location", reply.location)
        if reply.status in (200, 304):
            self.send_header("ETag", reply.etag)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _of_site(site: Site) -> dict[str, Reply]:
    """Return the replies of one site by path."""
    sections = {article.section for article in articles_of(site)}
    made = {
        "/": _page(site, render.front_page(site)),
        "/about.html": _page(site, render.front_page(site, "about")),
        "/404": replace(_page(site, render.front_page(site, "search")), status=404),
        "/robots.txt": Reply(feeds.robots(site).encode(), "text/plain"),
        "/private/archive": _page(site, render.front_page(site)),
    }
    made |= {f"/section/{name}/": _page(site, render.front_page(site, name)) for name in sections}
    for article in articles_of(site):
        made |= _of_article(article)
    return made | _discovery(site)


def _of_article(article: Article) -> dict[str, Reply]:
    page = _page(article.site, render.article_page(article))
    traits = article.traits
    made = {article.path: replace(page, slow="slow" in traits, flaky="flaky" in traits)}
    if "amp" in traits:
        made[render.amp_path(article)] = _page(article.site, render.amp_page(article))
    if "redirect" in traits:
        made[render.old_path(article)] = Reply(b"moved", "text/plain", 301, article.url)
    return made


def _discovery(site: Site) -> dict[str, Reply]:
    made: dict[str, Reply] = {}
    if feeds.has_feed(site):
        media_type, text = feeds.feed(site)
        made["/rss.xml" if site.discovery == "news_sitemap" else site.found_at] = Reply(text.encode(), media_type)
    if "sitemap" in site.formats and site.found_at == "/sitemap_index.xml":
        index, parts = feeds.sitemap_index(site)
        made |= {path: Reply(text.encode(), XML) for path, text in parts.items()}
        made[site.found_at] = Reply(index.encode(), XML)
    elif "sitemap" in site.formats:
        text = feeds.sitemap(articles_of(site))
        squeezed = site.found_at.endswith(".gz")
        body = gzip.compress(text.encode(), mtime=0) if squeezed else text.encode()
        made[site.found_at] = Reply(body, "application/gzip" if squeezed else XML)
    elif "news_sitemap" in site.formats:
        made[site.found_at] = Reply(feeds.news_sitemap(site).encode(), XML)
    return made


def _page(site: Site, markup: str) -> Reply:
    """Return the markup in the site's charset; only UTF-8 sites name it in the header, the others in a meta tag."""
    named = f"{HTML}; charset=utf-8" if site.charset == "utf-8" else HTML
    return Reply(markup.encode(site.charset, "xmlcharrefreplace"), named, gzip=site.gzip)
