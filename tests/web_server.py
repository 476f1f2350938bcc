"""The explorer on a port of this machine, in a thread, for tests that ask it as a browser does.

May import: the standard library, uvicorn, corpus.web.app.
"""

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from corpus.web.app import application


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str


@dataclass(frozen=True)
class Site:
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers)

    def ask(self, method: str, path: str, headers: dict[str, str], body: str | None = None) -> Answer:
        con = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            con.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            told = con.getresponse()
            text = told.read().decode()
        finally:
            con.close()
        return Answer(told.status, {name.lower(): value for name, value in told.getheaders()}, text)


@contextmanager
def served(folder: Path) -> Iterator[Site]:
    app = application(folder)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield Site(listening.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
