"""Looks after publishers.csv: tries each row, and writes a row for a site. May import: the modules of spiders that do
not import scrapy, corpus.tables, corpus.errors and the standard library.

Both are small crawls into a folder that is thrown away: what works here works in the real crawl.
"""

import csv
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from corpus import tables
from corpus.errors import UserError
from corpus.urls import publisher_of
from spiders import urls
from spiders.account import CrawlAccount
from spiders.crawl import crawl
from spiders.frontier import NAME
from spiders.options import COLUMNS, CrawlOptions, Publisher, read_publishers
from spiders.pages import site_of

_RANK = ("news_sitemap", "feed", "sitemap", "urls", "sitemap_index")
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class PublisherCheck:
    """How one row of publishers.csv fared; `told` says what is wrong, or what was found."""

    publisher: str
    url: str
    ok: bool
    entries: int
    """Articles that its listing named."""
    sample: str | None
    """Outcome of one article of the publisher, None where none was tried."""
    told: str

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{'ok     ' if self.ok else 'problem'}  {self.publisher}  {self.url}  {self.told}"


@dataclass(frozen=True, slots=True)
class _Listing:
    url: str
    publisher: str
    kind: str
    outcome: str
    reason: str | None
    entries: int


def check_publishers(
    path: Path, *, options: CrawlOptions | None = None, progress: Progress | None = None
) -> list[PublisherCheck]:
    """Try every row: its robots.txt, its listing, one article; return one check a row, in the file's order.

    Nothing is stored. Raises UserError where the file itself cannot be read.
    """
    rows = read_publishers(path)
    options = _of_a_try(options)
    with tempfile.TemporaryDirectory() as name:
        account = crawl(Path(name), publishers=path, options=options, progress=progress)
        listings = _listings(Path(name))
    return [_check(row, listings, account) for row in rows]


def _of_a_try(options: CrawlOptions | None) -> CrawlOptions:
    """Return the options for one page of each publisher, from which nothing is to be kept."""
    given = options or CrawlOptions()
    return replace(given, max_pages_per_publisher=1, retries=0, warc=False, refresh=None, frontier="")


def find_publisher(address: str, *, options: CrawlOptions | None = None, progress: Progress | None = None) -> Publisher:
    """Look at a site's front page, robots.txt and usual places; return the row that tells best where its articles are.

    Raises UserError with a sentence where the site does not answer or names no article.
    """
    front = urls.canonical(urls.with_scheme(address))
    if front is None:
        raise UserError(f"{address!r} is no web address; write it like example.org")
    front = f"{urlsplit(front).scheme}://{urls.host_of(front)}/"
    options = _of_a_try(options)
    with tempfile.TemporaryDirectory() as name:
        account = crawl(Path(name), [front], options=options, progress=progress)
        listings = _listings(Path(name))
        calls_itself, language = _sample(Path(name))
    if not account.stored:
        why = "; ".join(account.problems) or _outcome(account.outcomes) or "no feed, sitemap or article link was found"
        raise UserError(f"{front} gave no article: {why}; name its feed or sitemap in publishers.csv by hand")
    best = max(listings, key=_worth, default=None)
    found = best if best is not None and best.kind in _RANK and best.entries else None
    kind = found.kind.replace("sitemap_index", "sitemap") if found else "front"
    domain = urls.host_of(front)
    return Publisher(
        calls_itself or publisher_of(front) or domain,
        domain,
        _country(domain),
        language,
        kind,
        found.url if found else front,
    )


def add_publisher(path: Path, row: Publisher) -> bool:
    """Append the row to the file, made if it is missing; False where the file names that url already."""
    if path.exists() and any(known.url == row.url for known in read_publishers(path)):
        return False
    new = not path.exists() or not path.read_bytes().strip()
    try:
        with path.open("a", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            if new:
                writer.writerow(COLUMNS)
            writer.writerow(astuple(row)[: len(COLUMNS)])
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}; choose another file") from error
    return True


def _check(row: Publisher, listings: Sequence[_Listing], account: CrawlAccount) -> PublisherCheck:
    """Judge one row by its own listing and its publisher's sample article."""
    mine = [listing for listing in listings if listing.publisher == row.publisher]
    url = urls.canonical(urls.with_scheme(row.url)) or row.url
    own = next((listing for listing in mine if listing.url == url), None)
    outcomes = account.publishers.get(row.publisher, {})
    sample = "ok" if outcomes.get("ok") else next(iter(outcomes), None)
    below = [listing for listing in mine if row.discovery in ("auto", "sitemap") and listing.outcome == "ok"]
    entries = sum(listing.entries for listing in below) if below else own.entries if own else 0
    if own is not None and own.outcome != "ok":
        told = f"{own.outcome}: {own.reason or 'it could not be read'}"
    elif sample is None:
        told = "it could be read, but it names no article"
    elif sample != "ok":
        told = f"{entries} entries, but the article that was tried ended as {sample}"
    else:
        kinds = sorted({listing.kind for listing in below or mine if listing.outcome == "ok"})
        told = f"{entries} entries from {', '.join(kinds) or 'its list'}, and an article could be read"
    return PublisherCheck(row.publisher, row.url, sample == "ok" and (own is None or own.outcome == "ok"), entries,
                          sample, told)  # fmt: skip


def _listings(folder: Path) -> list[_Listing]:
    with sqlite3.connect(folder / NAME) as db:
        query = "SELECT url, publisher, kind, outcome, reason, entries FROM listings"
        found = [_Listing(*row) for row in db.execute(query)]
    db.close()
    return found


def _sample(folder: Path) -> tuple[str, str]:
    """Return what the article that was tried calls its site, and its language: its own word, else its listing's."""
    for part in tables.parts(folder, "pages"):
        for row in tables.read(part, ["html", "language", "outcome"]).to_pylist():
            if row["outcome"] == "ok":
                name, language = site_of(row["html"])
                return name, language or row["language"] or ""
    return "", ""


def _worth(listing: _Listing) -> tuple[bool, int, int]:
    """Rank listings: what was read with entries, by kind (times of day first), by number."""
    rank = _RANK.index(listing.kind) if listing.kind in _RANK else len(_RANK)
    return listing.outcome == "ok" and listing.entries > 0, -rank, listing.entries


def _outcome(outcomes: object) -> str:
    return (
        f"the article that was tried ended as {next(iter(outcomes))}" if isinstance(outcomes, dict) and outcomes else ""
    )


def _country(domain: str) -> str:
    """Return the country of a two-letter top domain in upper case (uk is GB), else nothing."""
    last = domain.split(":", maxsplit=1)[0].rsplit(".", 1)[-1]
    return {"uk": "GB", "eu": "", "tv": "", "io": "", "ai": "", "co": "", "me": ""}.get(
        last, last.upper() if len(last) == 2 and last.isalpha() else ""
    )
