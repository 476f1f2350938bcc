"""What a crawl is told: its options and the rows of publishers.csv.

May import: corpus.errors, spiders.urls and the standard library.
"""

import csv
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from corpus import __version__
from corpus.errors import UserError
from spiders import urls

RENDERINGS = ("", "browser")
DISCOVERIES = ("auto", "feed", "sitemap", "news_sitemap", "front", "urls", "wayback")
_FRONTIER = re.compile(r"rediss?://[^/\s]+(?:/\d+)?(?:\?\S*)?|unix://\S+")
COLUMNS = ("publisher", "domain", "country", "language", "discovery", "url")


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """How to crawl. The defaults are polite and safe; times are in seconds, sizes in bytes."""

    since: datetime | None = None
    """Articles that their feed or sitemap, or else they themselves, date earlier are left for another time."""
    max_pages: int | None = None
    """Article pages to ask for in this run, over all publishers."""
    max_pages_per_publisher: int = 10_000
    """Article pages to ask for in this run, of one publisher: the bound for endless sites."""
    max_listings_per_publisher: int = 200
    """Feeds, sitemaps and front pages to ask for in this run, of one publisher."""
    refresh: timedelta | None = timedelta(hours=6)
    """Ask again (If-None-Match, If-Modified-Since) for stored articles fetched longer ago than this; None: never. Where
    no publisher is named, listings read longer ago than this are read again, too."""
    refresh_window: timedelta = timedelta(days=2)
    """Only articles first fetched within this time are asked for again, and those that a listing says were changed."""
    proxy: str | None = None
    """HTTP proxy for all requests; it then resolves the names, too."""
    allow_private: bool = False
    """Whether loopback, private, link-local and metadata addresses may be asked."""
    contact: str = ""
    """A URL or an e-mail address in the user agent, so that publishers can reach you ($WIRECOPY_CONTACT)."""
    delay: float = 1.0
    """Least time between two requests to one host; AutoThrottle and Crawl-delay lengthen it."""
    at_once: int = 48
    """Requests under way in this process, to all hosts: never two to the same."""
    timeout: float = 30.0
    """For one answer, from connecting to its last byte."""
    max_bytes: int = 5_000_000
    """Of a page, as sent and decompressed."""
    max_listing_bytes: int = 52_428_800
    """Of a feed or sitemap, as sent and decompressed (50 MiB is the sitemap protocol's own limit)."""
    max_redirects: int = 8
    retries: int = 2
    """In the same run, for timeouts, broken connections and 5xx answers."""
    runs: int = 4
    """In so many runs a page that fails for a passing reason is tried, then it has failed for good."""
    flush_rows: int = 200
    flush_bytes: int = 32_000_000
    flush_seconds: float = 10.0
    """Fetched pages are in crawl.sqlite at once and in the pages table when one of these three is reached."""
    warc: bool = False
    """Whether to write every answer to warc/*.warc.gz in the corpus folder, too."""
    cdx: str = "https://web.archive.org/cdx/search/cdx"
    """CDX endpoint for the discovery `wayback`."""
    frontier: str = ""
    """redis://host:port/number: a Redis database that keeps the URLs in place of crawl.sqlite, so that several machines
    share the crawl (the extra `redis`); also rediss:// and unix://."""
    lease: float = 30.0
    """With a frontier in Redis: a process that was silent for so long is taken for dead and its hosts are taken over;
    twice as long a Redis that does not answer is waited for."""
    log_level: str = "WARNING"
    """Of crawl.log in the corpus folder."""

    def __post_init__(self) -> None:
        """Take strings for what they say, and refuse impossible values with a sentence."""
        for field in fields(self):
            object.__setattr__(self, field.name, _parse(field.name, field.type, getattr(self, field.name)))
        for name in ("max_pages", "max_pages_per_publisher", "max_bytes", "runs", "timeout", "flush_rows",
                     "at_once"):  # fmt: skip
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise UserError(f"{name} must be above 0, not {value}")
        if self.delay < 0:
            raise UserError(f"delay must not be negative, not {self.delay}")
        if self.proxy is not None and not re.match(r"^http://[^/\s@]+/?$", self.proxy):
            raise UserError(f"proxy must look like http://host:port, not {self.proxy!r}")
        if self.frontier and not _FRONTIER.fullmatch(self.frontier):
            raise UserError("the frontier must look like redis://host:6379/0 (or rediss://…, unix://…)")
        if self.lease < 1:
            raise UserError(f"lease must be 1 second or longer, not {self.lease}")
        if self.since is not None and self.since.tzinfo is None:
            object.__setattr__(self, "since", self.since.replace(tzinfo=UTC))

    @property
    def user_agent(self) -> str:
        """The honest name that every request carries."""
        contact = self.contact or os.environ.get("WIRECOPY_CONTACT", "")
        clean = re.sub(r"[^\x21-\x7e]", "", contact)
        return f"wirecopy/{__version__} ({f'+{clean}' if clean else 'news copy research'})"

    def as_json(self) -> dict[str, Any]:
        """Return the options as plain JSON values."""
        values = asdict(self)
        for name, value in values.items():
            if isinstance(value, datetime):
                values[name] = value.isoformat()
            elif isinstance(value, timedelta):
                values[name] = value.total_seconds()
        return values if self.refresh is not None else values | {"refresh": "never"}

    @classmethod
    def of(cls, values: dict[str, Any]) -> Self:
        """Make options from JSON values or from the strings of `scrapy crawl -a name=value`."""
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise UserError(f"unknown crawl option {unknown[0]!r}; known are: {', '.join(sorted(known))}")
        return cls(**{name: value for name, value in values.items() if value not in (None, "")})


@dataclass(frozen=True, slots=True)
class Publisher:
    """One row of publishers.csv: a publisher and one way to find its articles."""

    publisher: str
    domain: str
    country: str = ""
    language: str = ""
    discovery: str = "auto"
    url: str = ""
    max_pages: int | None = None
    render: str = ""
    """`browser` where only JavaScript fills the pages (the extra `browser`); else empty."""

    def __str__(self) -> str:
        """Say it in one line."""
        place = ", ".join(filter(None, (self.country, self.language)))
        return f"{self.publisher}{f' ({place})' if place else ''}: {self.discovery} {self.url}"


def read_publishers(path: Path) -> list[Publisher]:
    """Return the rows of a publishers.csv; relative `urls` files are taken from its folder.

    Raises UserError that names the file and the row for a column that is missing or a value that cannot be.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise UserError(f"cannot read {path}: {why}; give a CSV file with the columns {','.join(COLUMNS)}") from error
    reader = csv.DictReader(text.splitlines())
    missing = [name for name in ("publisher", "domain") if name not in (reader.fieldnames or [])]
    if missing:
        raise UserError(f"{path} lacks the column {missing[0]}; its first line must be {','.join(COLUMNS)}")
    found = [_publisher(row, f"{path}, line {reader.line_num}", path.parent) for row in _filled(reader)]
    if not found:
        raise UserError(f"{path} has no rows; write one line for each publisher under {','.join(COLUMNS)}")
    return found


def read_url_list(path: Path) -> list[str]:
    """Return the addresses in a text file, one a line; empty lines and lines that start with # are skipped."""
    try:
        lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError as error:
        raise UserError(
            f"cannot read the URL list {path}: {error.strerror}; give a text file, one URL a line"
        ) from error
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


def _filled(reader: "csv.DictReader[str]") -> Iterator[dict[str, str]]:
    for row in reader:
        clean = {str(name).strip().lower(): (value or "").strip() for name, value in row.items() if name is not None}
        if any(clean.values()) and not clean.get("publisher", "").startswith("#"):
            yield clean


def _publisher(row: dict[str, str], place: str, folder: Path) -> Publisher:
    """Make one row a Publisher, or say in a sentence what is wrong with it."""
    name = "".join(char for char in row.get("publisher", "") if char.isprintable())
    domain = row.get("domain", "").lower()
    discovery = row.get("discovery", "") or "auto"
    url = row.get("url", "")
    if not domain and url:
        domain = urlsplit(urls.with_scheme(url)).netloc
    if not domain or urls.canonical(urls.with_scheme(domain)) is None:
        raise UserError(f"{place}: {domain or 'an empty domain'!r} is no domain; write it like example.org")
    if discovery not in DISCOVERIES:
        raise UserError(f"{place}: unknown discovery {discovery!r}; take one of {', '.join(DISCOVERIES)}")
    if not url and discovery in ("feed", "sitemap", "news_sitemap", "urls"):
        raise UserError(f"{place}: discovery {discovery} needs a url; fill the column or take discovery auto")
    render = row.get("render", "").lower()
    if render not in RENDERINGS:
        raise UserError(f"{place}: unknown render {render!r}; write browser, or leave it empty")
    if discovery == "urls" and not re.match(r"^https?://", url):
        url = str((folder / url).resolve())
    return Publisher(
        publisher=name or domain,
        domain=domain,
        country=row.get("country", ""),
        language=row.get("language", ""),
        discovery=discovery,
        url=url or f"http://{domain}/",
        max_pages=_count(row.get("max_pages", ""), place),
        render=render,
    )


def _count(text: str, place: str) -> int | None:
    if not text:
        return None
    if not text.isdigit() or int(text) == 0:
        raise UserError(f"{place}: max_pages must be a whole number above 0, not {text!r}")
    return int(text)


def split_urls(values: str | Sequence[str]) -> list[str]:
    """Return the addresses of a list, or of one string with spaces or line ends between them."""
    return values.split() if isinstance(values, str) else [value for value in values if value.strip()]


_IN_WORDS = {
    datetime: "a date or time such as 2026-07-31", timedelta: "a number of seconds, or `never`",
    int: "a whole number", float: "a number", bool: "yes or no (True or False)", str: "a text",
}  # fmt: skip
_YES, _NO = ("1", "yes", "true", "on"), ("0", "no", "false", "off")


def _parse(name: str, annotation: Any, value: Any) -> Any:
    """Turn a value, a JSON value or a string into what the field of that type holds. Raises UserError."""
    kinds = getattr(annotation, "__args__", (annotation,))  # of `int | None` both
    if value is None and type(None) in kinds:
        return None
    kind = kinds[0]
    if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
        return value
    try:
        return _READ[kind](value)
    except (ValueError, TypeError, OverflowError) as error:
        raise UserError(f"{name} cannot be {value!r}; it must be {_IN_WORDS[kind]}") from error


def _yes(value: Any) -> bool:
    word = str(value).lower()
    if word not in _YES + _NO:
        raise ValueError
    return word in _YES


def _duration(value: Any) -> timedelta | None:
    return None if value == "never" else timedelta(seconds=float(value))


_READ: dict[type, Callable[[Any], Any]] = {
    datetime: lambda value: datetime.fromisoformat(str(value)), timedelta: _duration, bool: _yes, str: str,
    int: lambda value: int(str(value)), float: float,
}  # fmt: skip
