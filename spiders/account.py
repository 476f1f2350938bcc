"""The account of a crawl: what became of every URL, per outcome and per publisher. May import: the standard library."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MENTIONED = 8
UNFETCHED = frozenset({"failed", "http_error", "blocked_robots", "private_address", "too_large"})
_RENDERED = {"ok": "ok", "known": "known already", "not_modified": "unchanged"}


@dataclass(frozen=True, slots=True)
class CrawlAccount:
    """What a crawl did; str() is one line."""

    outcomes: Mapping[str, int] = field(default_factory=dict)
    """Pages by outcome; `known` ones were asked for by name but stored before, all others were fetched or tried."""
    publishers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Pages by publisher and outcome."""
    listings: Mapping[str, int] = field(default_factory=dict)
    """Feeds, sitemaps and front pages by outcome."""
    problems: tuple[str, ...] = ()
    """One sentence for each listing that could not be read and each host that was left alone."""
    left: int = 0
    """URLs of these publishers still to fetch: after max_pages, before `since`, or to be tried again later."""
    seconds: float = 0.0
    stopped: bool = False
    """Whether the crawl was interrupted before its end; the next one goes on from there."""

    @property
    def pages(self) -> int:
        """Pages asked for in this run."""
        return sum(self.outcomes.values()) - self.outcomes.get("known", 0)

    @property
    def stored(self) -> int:
        """Articles that are new in the pages table."""
        return self.outcomes.get("ok", 0)

    @property
    def failed(self) -> bool:
        """Whether there was something to fetch and not one page or listing could be had."""
        had = sum(count for word, count in self.outcomes.items() if word not in UNFETCHED)
        read = self.listings.get("ok", 0) + self.listings.get("not_modified", 0)
        return not had and not read and bool(self.outcomes or self.listings)

    def __str__(self) -> str:
        """Say it all in one line."""
        parts = [f"{self.pages} pages in {self.seconds:.1f} s: {_counts(self.outcomes) or 'nothing new'}"]
        ranked = sorted(self.publishers.items(), key=lambda named: (-sum(named[1].values()), named[0]))
        named = [f"{name} {counts.get('ok', 0)}/{sum(counts.values())}" for name, counts in ranked[:MENTIONED]]
        if len(ranked) > MENTIONED:
            named.append(f"and {len(ranked) - MENTIONED} more publishers")
        parts += [f"ok by publisher: {', '.join(named)}"] if named else []
        broken = sum(self.listings.values()) - self.listings.get("ok", 0) - self.listings.get("not_modified", 0)
        parts += [f"{broken} of {sum(self.listings.values())} listings could not be read"] if broken else []
        parts += [f"{self.left} left for later"] if self.left else []
        parts += ["stopped early"] if self.stopped else []
        return "; ".join(parts)


def _counts(outcomes: Mapping[str, int]) -> str:
    """Return `12 ok, 3 http_error …`, ok first."""
    ranked = sorted(outcomes.items(), key=lambda pair: (pair[0] != "ok", -pair[1], pair[0]))
    return ", ".join(f"{count} {_RENDERED.get(word, word)}" for word, count in ranked if count)


class Tally:
    """Counts the events of a crawl as they come."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.publishers: dict[str, Counter[str]] = {}
        self.listings: Counter[str] = Counter()
        self.problems: list[str] = []
        self.reasons: Counter[str] = Counter()
        self.left = 0
        self.ended = False
        self.error: str | None = None
        self.bug: str | None = None

    def add(self, event: Mapping[str, Any]) -> str | None:
        """Count one event; return the line to show for it, if any."""
        match event.get("event"):
            case "page":
                self.outcomes[event["outcome"]] += 1
                self.publishers.setdefault(event["publisher"], Counter())[event["outcome"]] += 1
                if event["outcome"] in UNFETCHED:
                    self.reasons[event.get("reason") or event["outcome"]] += 1
                return _line(event["outcome"], event["publisher"], event["url"], event.get("reason"))
            case "listing":
                self.listings[event["outcome"]] += 1
                told = event.get("reason") or f"{event['entries']} new"
                line = _line(event["kind"], event["publisher"], event["url"], told)
                if event["outcome"] not in ("ok", "not_modified"):
                    self.problems.append(f"{event['publisher']}: {event['url']} {event['outcome']}, {told}")
                return line
            case "error":
                self.error = event["sentence"]
            case "bug":
                self.bug = event["traceback"]
            case "end":
                self.left, self.ended = event["left"], event["reason"] == "finished"
                self.problems += [f"{host} failed again and again and is left for later" for host in event["tired"]]
        return None

    def account(self, seconds: float) -> CrawlAccount:
        """Return the account of all events so far."""
        return CrawlAccount(
            outcomes=dict(self.outcomes),
            publishers={name: dict(counts) for name, counts in self.publishers.items()},
            listings=dict(self.listings),
            problems=(*self.problems, *self._unfetched()),
            left=self.left,
            seconds=seconds,
            stopped=not self.ended,
        )

    def _unfetched(self) -> list[str]:
        """Return the sentence that says why not one of the pages could be fetched, where that is so."""
        asked, refused = self.outcomes.total(), self.reasons.total()
        if not asked or refused < asked:
            return []
        reason, times = self.reasons.most_common(1)[0]
        often = "" if times == asked else f" (so {times:,} of them)"
        whole = "the page could not be fetched" if asked == 1 else f"none of the {asked:,} pages could be fetched"
        return [f"{whole}: {reason}{often}"]


def _line(word: str, publisher: str, url: str, told: str | None) -> str:
    return f"{word:<14} {publisher}  {url}" + (f"  ({told})" if told else "")
