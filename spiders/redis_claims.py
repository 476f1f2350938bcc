"""Which process of which machine crawls which host, in Redis: one at a time, each for as long as its run is alive.

A run is alive while it renews its lease. One that was killed, or cut off from Redis, loses its hosts when the lease
lapses; whoever takes a host over finds all its URLs on the list. May import: spiders.redis_link and the standard
library.
"""

import threading
import time
import uuid

from spiders.redis_link import RedisLink

_BEATS = 4
"""How often a lease is renewed before it would lapse."""


class LeasedClaims:
    """The hosts of one run. Make one for each process; close() gives all hosts back."""

    def __init__(self, link: RedisLink, lease: float) -> None:
        self.run = uuid.uuid4().hex[:12]
        self.mine: set[str] = set()
        self._link = link
        self._lease = lease
        self._refused: dict[str, float] = {}
        self._good_until = self._take_over_from = time.monotonic()
        self._closed = threading.Event()
        link.do("renew", self.run, self._milliseconds(lease))
        self._good_until += lease
        threading.Thread(target=self._beat, daemon=True).start()

    def close(self) -> None:
        """Give all hosts back."""
        self._closed.set()
        for host in list(self.mine):
            self.release(host)
        self._link.send("DEL", f"run:{self.run}")

    def claim(self, host: str) -> bool:
        """Make the host this run's own; False while another living process has it, or it rests."""
        now = time.monotonic()
        if now >= self._good_until:
            self.mine.clear()
        if host in self.mine:
            return True
        if now < self._refused.get(host, 0):
            return False
        if self._link.do("claim", host, self.run, int(now >= self._take_over_from)):
            self._refused.pop(host, None)
            self.mine.add(host)
            return True
        self._refused[host] = time.monotonic() + min(1.0, self._lease / 10)
        return False

    def release(self, host: str, rest: float = 0.0) -> None:
        """Give the host back; no other run may claim it for `rest` seconds."""
        self.mine.discard(host)
        self._link.do("release", host, self.run, self._milliseconds(rest))

    def _beat(self) -> None:
        """Renew the lease until the run ends."""
        while not self._closed.wait(self._lease / _BEATS):
            sent = time.monotonic()
            alive = self._link.now("renew", self.run, self._milliseconds(self._lease))
            if not alive:
                # Others may have this run's hosts by now; and where the server was away, theirs look abandoned as well.
                self.mine.clear()
                self._take_over_from = time.monotonic() + self._lease
            if alive is not None:
                self._good_until = sent + self._lease

    @staticmethod
    def _milliseconds(seconds: float) -> int:
        return int(seconds * 1000)
