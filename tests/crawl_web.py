"""A small web on loopback for the crawl's tests: pages by path, every request noted, as a server or as a proxy."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

LOREM = (
    "The council of the port town met for three hours on Tuesday and agreed to rebuild the northern pier. "
    "Work is to begin in spring, said the mayor, who had asked for the money four years ago. "
    "Fishermen who use the pier welcomed the vote and warned that the winter storms would not wait. "
)


@dataclass
class Answer:
    """What the server sends for a path; `wait` seconds before, `drip` seconds between the body's pieces."""

    body: bytes | str = b""
    status: int = 200
    type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0
    drip: float = 0.0
    cut: bool = False


Page = Answer | Callable[[dict[str, str]], Answer]


class Web:
    """Paths (or `host/path` when it serves as a proxy) and their answers; `asked` lists the requests in order."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.times: list[float] = []
        self.under_way = self.most_under_way = 0
        self.lock = threading.Lock()
        self.port = 0
        self.host = "127.0.0.1"

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def count(self) -> Counter[str]:
        return Counter(self.asked)

    def article(
        self, path: str, title: str = "Pier to be rebuilt", head: str = "", text: str = LOREM, **more: Any
    ) -> None:
        self.pages[path] = Answer(article(title, head, text), **more)

    def feed(self, path: str, links: list[str], **more: Any) -> None:
        self.pages[path] = Answer(rss(links), type="application/rss+xml", **more)


def article(title: str = "Pier to be rebuilt", head: str = "", text: str = LOREM) -> str:
    return (
        f"<!doctype html><html><head><title>{title}</title><meta property='og:type' content='article'>{head}</head>"
        f"<body><nav><a href='/'>Home</a></nav><article><h1>{title}</h1><p>{text}</p><p>{text}</p></article></body>"
        "</html>"
    )


def rss(links: list[str]) -> str:
    entries = "".join(
        f"<item><title>Number {n}</title><link>{link}</link>"
        f"<pubDate>Mon, 23 Nov 2026 0{n % 10}:30:00 +0100</pubDate></item>"
        for n, link in enumerate(links)
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>News</title>{entries}</channel></rss>"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    web: Web

    def do_GET(self) -> None:
        with self.web.lock:
            self.web.under_way += 1
            self.web.most_under_way = max(self.web.most_under_way, self.web.under_way)
        try:
            self.answer()
        finally:
            with self.web.lock:
                self.web.under_way -= 1

    def answer(self) -> None:
        parts = urlsplit(self.path)
        path = (
            self.path
            if self.path.startswith("/")
            else f"{parts.netloc}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        )
        self.web.asked.append(path)
        self.web.headers.append(dict(self.headers.items()))
        self.web.times.append(time.monotonic())
        page = self.web.pages.get(path, Answer("nothing here", 404))
        answer = page(dict(self.headers.items())) if callable(page) else page
        self.send(answer)

    def send(self, answer: Answer) -> None:
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        time.sleep(answer.wait)
        try:
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(body) + (100 if answer.cut else 0)))
            if answer.type:
                self.send_header("Content-Type", answer.type)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.write(body, answer.drip)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        if answer.cut:
            self.close_connection = True

    def write(self, body: bytes, drip: float) -> None:
        size = 64 if drip else len(body) or 1
        for start in range(0, len(body), size):
            self.wfile.write(body[start : start + size])
            self.wfile.flush()
            time.sleep(drip)

    def log_message(self, *_: Any) -> None:
        return


@contextmanager
def serve(host: str = "127.0.0.1") -> Iterator[Web]:
    web = Web()
    web.host = host
    server = ThreadingHTTPServer((host, 0), type("Handler", (_Handler,), {"web": web}))
    server.daemon_threads = True
    web.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
