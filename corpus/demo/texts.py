"""Reads the made-up web's sites and articles from their data files. May import: the standard library.

An event's file holds one `[[article]]` table for each page. An article either brings its own `text` (paragraphs
between empty lines) or says what it was made `of`: another article's paragraphs, of which it may `keep` some, and
into which it may `insert` others and make `edits`. So the gold labels are true by construction.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import category
from urllib.parse import quote
from zlib import crc32

HERE = Path(__file__).parent
COPIES = ("exact", "near", "excerpt", "reworded", "translated")
KINDS = ("original", *COPIES, "independent", "template", "alone", "live", "paywall")


@dataclass(frozen=True, slots=True)
class Site:
    """One made-up publisher and how its pages and feeds are made."""

    host: str
    publisher: str
    language: str
    country: str
    template: str
    path: str
    """Pattern of an article's path: {y} {m} {d} {section} {slug} {title} {n}."""
    discovery: str
    """What a publishers.csv says: feed, sitemap, news_sitemap or front."""
    found_at: str
    """Path of the feed, sitemap or page named by `discovery`."""
    formats: tuple[str, ...] = ()
    """What the site offers besides its pages: rss, rdf, atom, json, sitemap, news_sitemap."""
    offset: str = "+00:00"
    charset: str = "utf-8"
    html_lang: str = ""
    gzip: bool = False
    dead: str = ""
    """A path that the feed still lists though it answers 404."""


@dataclass(frozen=True, slots=True)
class Article:
    """One article as one publisher shows it, with the truth about where its text comes from."""

    event: str
    name: str
    site: Site
    kind: str
    cluster: str
    language: str
    title: str
    paragraphs: tuple[str, ...]
    published: datetime
    slug: str
    section: str = "world"
    agency: str = ""
    credited: bool = False
    byline: str = ""
    credit: str = ""
    """A credit line that the page shows below the text."""
    ending: tuple[str, ...] = ()
    """What follows the text in the same column: ___, contributors, copyright."""
    promo: str = ""
    """A line in the middle of the text that advertises another article."""
    traits: frozenset[str] = frozenset()
    """What is odd about the page: amp, flaky, paywall, redirect, slow, tracking."""

    @property
    def path(self) -> str:
        """The path of the article's canonical URL."""
        when = self.published
        number = 100_000 + crc32(f"{self.site.host}{self.slug}".encode()) % 800_000
        plain = "".join(letter for letter in self.title if category(letter)[0] not in "PS")
        title = quote(plain.replace(" ", "-"), safe="")
        return self.site.path.format(
            y=when.year, m=f"{when.month:02}", d=f"{when.day:02}", section=self.section, slug=self.slug,
            title=title, n=number,
        )  # fmt: skip

    @property
    def url(self) -> str:
        """The article's canonical URL."""
        return f"http://{self.site.host}{self.path}"


@cache
def sites() -> Mapping[str, Site]:
    """Return the made-up publishers by host, in the order of sites.toml."""
    rows = tomllib.loads((HERE / "sites.toml").read_text(encoding="utf-8"))["site"]
    return {row["host"]: Site(**row | {"formats": tuple(row.get("formats", ()))}) for row in rows}


@cache
def labels() -> Mapping[str, Mapping[str, str]]:
    """Return the words of menus, boxes and forms by language."""
    found: dict[str, dict[str, str]] = tomllib.loads((HERE / "labels.toml").read_text(encoding="utf-8"))
    return found


@cache
def articles() -> tuple[Article, ...]:
    """Return every article of the made-up web, event by event; ValueError names a file whose data are wrong."""
    return tuple(article for path in sorted((HERE / "events").glob("*.toml")) for article in _event(path))


def articles_of(site: Site) -> list[Article]:
    """Return the site's articles, newest first."""
    mine = [article for article in articles() if article.site.host == site.host]
    return sorted(mine, key=lambda article: article.published, reverse=True)


def _event(path: Path) -> list[Article]:
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["article"]
    made: dict[str, Article] = {}
    for row in rows:
        try:
            made[row["name"]] = _article(path.stem, row, made)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path.name}, article {row.get('name')!r}: {error!r}") from error
    return list(made.values())


def _article(event: str, row: dict[str, Any], made: Mapping[str, Article]) -> Article:
    parent = made[row["of"]] if "of" in row else None
    site = sites()[row["site"]]
    kind = row["kind"]
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}")
    return Article(
        event=event,
        name=row["name"],
        site=site,
        kind=kind,
        cluster=_cluster(event, row, parent),
        language=row.get("language", parent.language if parent else site.language),
        title=row.get("title", parent.title if parent else ""),
        paragraphs=_paragraphs(row, parent),
        published=datetime.fromisoformat(row["published"]).astimezone(UTC),
        slug=row["slug"],
        section=row.get("section", parent.section if parent else "world"),
        agency=row.get("agency", parent.agency if parent else ""),
        credited=row.get("credited", bool(row.get("agency"))),
        byline=row.get("byline", ""),
        credit=row.get("credit", ""),
        ending=tuple(row.get("ending", parent.ending if parent and kind == "exact" else ())),
        promo=row.get("promo", ""),
        traits=frozenset(row.get("traits", ())),
    )


def _cluster(event: str, row: dict[str, Any], parent: Article | None) -> str:
    if "cluster" in row:
        return f"{event}/{row['cluster']}" if row["cluster"] else ""
    if parent:
        return parent.cluster
    return f"{event}/{row['name']}" if row["kind"] == "original" else ""


def _paragraphs(row: dict[str, Any], parent: Article | None) -> tuple[str, ...]:
    if "text" in row:
        return tuple(" ".join(part.split()) for part in row["text"].split("\n\n") if part.strip())
    if parent is None:
        raise ValueError("an article needs `text` or `of`")
    kept = [parent.paragraphs[number - 1] for number in row.get("keep", range(1, len(parent.paragraphs) + 1))]
    for old, new in row.get("edits", ()):
        if not any(old in part for part in kept):
            raise ValueError(f"nothing to edit: {old!r}")
        kept = [part.replace(old, new) for part in kept]
    for position, text in sorted(row.get("insert", ()), reverse=True):
        kept.insert(position, text)
    return tuple(part for part in kept if part)
