"""Texts for an export that has none: its pages are fetched again, and their texts held against its hashes.

May import: corpus.columns, engine, names, plain, readers, streams, tables, urls, errors, the standard library, and
lazily spiders.crawl and corpus.api.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus import tables
from corpus.columns import Rows
from corpus.engine import connect
from corpus.errors import UserError
from corpus.names import recognise
from corpus.plain import counted, visible
from corpus.readers import read
from corpus.streams import Refusal
from corpus.urls import canonical

Fetch = Callable[[Path, Sequence[str]], object]
"""Fetches the URLs' pages into the corpus folder."""
Extract = Callable[[Path], object]
"""Turns the corpus folder's new pages into articles."""


@dataclass(frozen=True, slots=True)
class RebuildAccount:
    """What became of an export's articles; str() is one line."""

    outcomes: Mapping[str, int] = field(default_factory=dict)
    """Articles by outcome: same, changed, gone, no_url (cannot be fetched), broken_row and the like (unreadable)."""
    changed: tuple[str, ...] = ()
    """URLs whose text is now another."""
    gone: tuple[str, ...] = ()
    """URLs that gave no readable article."""
    sentences: tuple[str, ...] = ()
    fetched: object = None
    """The crawl's own account; None where nothing had to be fetched."""

    def __str__(self) -> str:
        """Say it all in one line."""
        words = {"same": "still the same", "no_url": "without URL"}
        counts = [f"{count:,} {words.get(outcome, outcome)}" for outcome, count in self.outcomes.items() if count]
        return f"{counted(sum(self.outcomes.values()), 'article')}: {', '.join(counts) or 'none'}"


def rebuild(
    folder: Path,
    path: Path,
    *,
    fetch: Fetch | None = None,
    extract: Extract | None = None,
    make: Callable[[Path], None] = tables.create,
    **options: Any,
) -> RebuildAccount:
    """Fetch the texts of an export without texts again, and tell which are still the same.

    The export's rows need `url` and `text_id`. URLs whose very text the corpus holds are not asked for again. The pages
    come in through the crawler (`options` go to spiders.crawl.crawl) with all its politeness, so that what robots.txt
    forbids counts as gone; then they are extracted. Raises UserError where the file holds no such rows.
    """
    wanted, counts, sentences = _wanted(path)
    if not wanted and not counts:
        raise UserError(
            f"{path} holds no rows with url and text_id; give a file that `wirecopy export --no-text` wrote"
        )
    if not wanted:
        return _compare({}, {}, counts, sentences, None)
    make(folder)
    known = _texts_by_url(folder, wanted)
    todo = [url for url, ids in wanted.items() if not ids <= known.get(url, set())]
    fetched = None
    if todo:
        fetched = fetch(folder, todo) if fetch else _crawl(folder, todo, options)
        (extract or _extract)(folder)
        known = _texts_by_url(folder, wanted)
    return _compare(wanted, known, counts, sentences, fetched)


def _wanted(path: Path) -> tuple[dict[str, set[str]], Counter[str], list[str]]:
    """Return the text_ids that each URL should give, counts of the rows that cannot be used, and sentences."""
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    counts: Counter[str] = Counter()
    sentences: list[str] = []
    for found in read(path):
        if isinstance(found, Rows):
            for url, text_id in _pairs(found, path):
                address = canonical(url) if url else None
                if address and text_id:
                    wanted[address].add(text_id)
                else:
                    counts["no_url" if text_id else "no_text_id"] += 1
        elif isinstance(found, Refusal) and found.outcome != "other_file":
            counts[found.outcome] += found.rows
            sentences.append(visible(found.sentence))
    return dict(wanted), counts, sentences


def _pairs(rows: Rows, path: Path) -> list[tuple[str | None, str | None]]:
    columns = recognise(rows.batch)
    if "url" not in columns or "text_id" not in columns:
        missing = " and ".join(name for name in ("url", "text_id") if name not in columns)
        raise UserError(f"{path} has no column {missing}; give a file that `wirecopy export --no-text` wrote")
    return list(zip(*(columns[name].to_pylist() for name in ("url", "text_id")), strict=True))


def _texts_by_url(folder: Path, wanted: Mapping[str, object]) -> dict[str, set[str]]:
    """Return the text_ids of the readable articles at each of the URLs, redirected ones included."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    with connect(folder) as con:
        rows = con.execute(
            "SELECT articles.url, pages.final_url, text_id FROM articles JOIN pages USING (id) "
            "WHERE articles.outcome = 'ok' AND articles.url IS NOT NULL"
        )
        while batch := rows.fetchmany(10_000):
            for url, final_url, text_id in batch:
                for address in {url, final_url} & wanted.keys():
                    found[address].add(text_id)
    return found


def _compare(
    wanted: Mapping[str, set[str]],
    known: Mapping[str, set[str]],
    counts: Counter[str],
    sentences: Sequence[str],
    fetched: object,
) -> RebuildAccount:
    """Hold what is there now against what should be."""
    outcomes: Counter[str] = Counter(same=0, changed=0, gone=0)
    urls: dict[str, list[str]] = {"changed": [], "gone": []}
    for url, text_ids in wanted.items():
        now = known.get(url, set())
        outcomes["same"] += len(text_ids & now)
        if rest := len(text_ids - now):
            word = "changed" if now else "gone"
            outcomes[word] += rest
            urls[word].append(url)
    return RebuildAccount(
        dict(outcomes + counts),
        tuple(urls["changed"]),
        tuple(urls["gone"]),
        tuple(sentences),
        fetched,
    )


def _crawl(folder: Path, urls: Sequence[str], options: Mapping[str, Any]) -> object:
    from spiders.crawl import crawl

    return crawl(folder, urls=urls, **options)


def _extract(folder: Path) -> object:
    from corpus.api import Corpus

    return Corpus(folder).extract()
