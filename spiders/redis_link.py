"""The line to a Redis server: opens it, runs the frontier's transactions, waits a while where it does not answer.

May import: redis (the extra `redis`), corpus.errors and the standard library.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import redis

from corpus.errors import UserError

T = TypeVar("T")
AT_START = 5.0
"""Seconds in which a server must first answer."""


class RedisLink:
    """A connection for one crawl; may be used by several threads.

    A server that does not answer is asked again for `patience` seconds, then every call raises UserError at once:
    what was not written is fetched again in the next crawl.
    """

    def __init__(self, address: str, patience: float) -> None:
        self.place = place_of(address)
        self.patience = min(patience, AT_START)
        self._given_up: str | None = None
        try:
            self._redis = redis.Redis.from_url(address, socket_timeout=5, socket_connect_timeout=5, retry=None)
        except (ValueError, redis.RedisError) as error:
            raise UserError(f"cannot use {self.place}: {error}; write it like redis://host:6379/0") from error
        self._script = self._redis.register_script(Path(__file__).with_name("frontier.lua").read_text("utf-8"))
        self._check_memory(self._patiently(lambda: self._redis.info("memory")))
        self.patience = patience

    def close(self) -> None:
        """Close the connection."""
        self._redis.close()

    def do(self, verb: str, *arguments: str | bytes | float) -> Any:
        """Run one transaction of frontier.lua and return its answer: whole numbers, bytes, lists of them."""
        return self._patiently(lambda: self._script(args=[verb, *arguments]))

    def send(self, command: str, key: str, *arguments: str) -> Any:
        """Send a command of Redis itself about the key `wirecopy:<key>` and return its answer."""
        send: Callable[..., Any] = self._redis.execute_command
        return self._patiently(lambda: send(command, f"wirecopy:{key}", *arguments))

    def now(self, verb: str, *arguments: str | bytes | float) -> Any:
        """Run one transaction without waiting; None where the server does not answer."""
        try:
            return self._script(args=[verb, *arguments])
        except redis.RedisError:
            return None

    def _patiently(self, work: Callable[[], T]) -> T:
        """Do the work, again and again while the server is away."""
        if self._given_up:
            raise UserError(self._given_up)
        end, pause = time.monotonic() + self.patience, 0.05
        while True:
            try:
                return work()
            except redis.RedisError as error:
                if not _may_pass(error) or time.monotonic() + pause > end:
                    self._given_up = self._sentence(error)
                    raise UserError(self._given_up) from error
            time.sleep(pause)
            pause = min(2 * pause, 1.0)

    def _sentence(self, error: redis.RedisError) -> str:
        """Say what is wrong and the way out."""
        if _may_pass(error):
            away = f"{self.place} did not answer for {self.patience:.0f} s ({_plain(error)})"
            return f"{away}; start it and crawl again, it goes on where it stopped"
        return f"{self.place} refuses: {_plain(error)}; mend that and crawl again, it goes on where it stopped"

    def _check_memory(self, told: Any) -> None:
        """Refuse a server that throws keys away when it is full."""
        policy = told.get("maxmemory_policy", "noeviction")
        if told.get("maxmemory") and policy != "noeviction":
            raise UserError(
                f"{self.place} forgets keys when it is full (maxmemory-policy {_plain(policy)}), and URLs would be "
                "lost; set maxmemory-policy noeviction"
            )


def place_of(address: str) -> str:
    """Return the server's address without user and password, for a sentence."""
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    return _plain(f"{parts.scheme}://{host}{parts.path}")


def _may_pass(error: redis.RedisError) -> bool:
    """Say whether the server is only away; a wrong password is a connection's error too, for redis-py."""
    refused = isinstance(error, redis.AuthenticationError | redis.exceptions.AuthorizationError)
    return isinstance(error, redis.ConnectionError | redis.TimeoutError) and not refused


def _plain(text: object) -> str:
    return "".join(char for char in str(text) if char.isprintable())[:300]
