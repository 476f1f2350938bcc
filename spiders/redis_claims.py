"""Which process of which machine crawls which domain, in Redis, each for as long as its run is alive.

A run is alive while it renews its lease. One that was killed, or cut off from Redis, loses its domains when the lease
lapses; whoever takes a domain over finds all its URLs on the list. May import: spiders.frontier, spiders.redis_link
and the standard library.
"""

import threading
import time

from spiders.frontier import Claims
from spiders.redis_link import RedisLink

_BEATS = 4
"""How often a lease is renewed before it would lapse."""


class LeasedClaims(Claims):
    """The domains of one run. Make one for each process; close() gives all of them back."""

    def __init__(self, link: RedisLink, lease: float) -> None:
        super().__init__()
        self._link = link
        self._lease = lease
        self._refused: dict[str, float] = {}
        self._take_over_from = time.monotonic()
        self._good_until = time.monotonic() + lease
        self._lapses = self._lapses_seen = 0
        self._closed = threading.Event()
        link.do("renew", self.run, _milliseconds(lease))
        threading.Thread(target=self._beat, daemon=True).start()

    def close(self) -> None:
        """Give all domains back."""
        self._closed.set()
        for domain in list(self.mine):
            self.release_domain(domain, 0)
        self._link.send("DEL", f"run:{self.run}")

    def claim(self, host: str) -> bool:
        """Make the host this run's own; False while another living process has its domain, or it rests."""
        self._lapsed()
        return super().claim(host) and not self._lapsed()

    def claim_domain(self, domain: str) -> bool:
        """Make the domain this run's own, if it can be; one that was refused is not asked for again at once."""
        now = time.monotonic()
        if now < self._refused.get(domain, 0):
            return False
        if self._link.do("claim", domain, self.run, int(now >= self._take_over_from)):
            self._refused.pop(domain, None)
            return True
        self._refused[domain] = time.monotonic() + min(1.0, self._lease / 10)
        return False

    def release_domain(self, domain: str, rest: float) -> None:
        """Give the domain back."""
        self._link.do("release", domain, self.run, _milliseconds(rest))

    def _lapsed(self) -> bool:
        """Say whether the lease lapsed since this was last asked: others may have this run's domains by now."""
        lapsed = self._lapses != self._lapses_seen or time.monotonic() >= self._good_until
        self._lapses_seen = self._lapses
        if lapsed:
            self.mine.clear()
        return lapsed

    def _beat(self) -> None:
        """Renew the lease until the run ends."""
        while not self._closed.wait(self._lease / _BEATS):
            sent = time.monotonic()
            alive = self._link.now("renew", self.run, _milliseconds(self._lease))
            if not alive:  # the server was away: others look dead that are not, let them renew their leases first
                self._take_over_from = time.monotonic() + self._lease
            if alive is not None:
                self._lapses += not alive
                self._good_until = sent + self._lease


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)
