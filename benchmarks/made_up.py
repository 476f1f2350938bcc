"""A made-up corpus of any size: articles in made-up languages, with verbatim and edited copies, excerpts, templates.

May import: numpy, pyarrow, corpus.tables, corpus.text. Words follow Zipf's law with tens of thousands of types a
language, names and numbers recur between events as they do in news, and every event has an event number (`event` in
the URL), so that it is known which articles are copies.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from corpus import tables
from corpus.text import text_id

LANGUAGES = ("en", "de", "id", "tr", "es")
TYPES, NAMES, WORDS = 40_000, 30_000, 420
"""Word types a language, names in the world, words in an article (about 2.9 KB)."""
PORTION = 5_000
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
ONSETS = "b d f g h k l m n p r s t v z br dr gr kl pr st tr sch ch".split()
NUCLEI = "a e i o u ai ei au".split()
CODAS = ["", "", "", "n", "r", "s", "l", "t", "m", "k", "nd", "rt"]
Draw = np.random.Generator


class Language:
    """Words of one made-up language in falling frequency, and where a draw falls among them."""

    def __init__(self, draw: Draw, types: int, weights: tuple[float, float] = (1.0, 2.7)) -> None:
        syllables = [o + n + c for o in ONSETS for n in NUCLEI for c in CODAS]
        usual = draw.permutation(len(syllables))  # each language likes other syllables
        sizes = np.clip(1 + np.arange(types) // 60, 1, 2) + draw.integers(0, 3, types)
        self.words = [
            "".join(syllables[usual[int(len(usual) * draw.random() ** 2.5)]] for _ in range(n)) for n in sizes
        ]
        shares = 1 / (np.arange(types) + weights[1]) ** weights[0]
        self.up_to = np.cumsum(shares / shares.sum())

    def some(self, draw: Draw, count: int) -> list[str]:
        """Draw words by their frequency."""
        return [self.words[i] for i in np.searchsorted(self.up_to, draw.random(count) * self.up_to[-1])]


class World:
    """All that articles are made of."""

    def __init__(self, seed: int) -> None:
        self.draw = np.random.default_rng(seed)
        self.languages = {name: Language(self.draw, TYPES) for name in LANGUAGES}
        self.names = Language(self.draw, NAMES, (0.9, 20.0))
        self.names.words = [word.capitalize() for word in self.names.words]

    def sentences(self, language: str, words: int) -> list[str]:
        """Return a new article: sentences with an event's own names and numbers among the words."""
        draw = self.draw
        names = self.names.some(draw, int(draw.integers(4, 12)))
        numbers = [str(int(10 ** draw.uniform(0.5, 5))) for _ in range(int(draw.integers(3, 12)))]
        told = self.languages[language].some(draw, words)
        for places, tokens in ((words // 25, names), (words // 40, numbers)):
            for at in draw.integers(0, words, places).tolist():
                told[at] = tokens[int(draw.integers(len(tokens)))]
        cuts = np.cumsum(draw.integers(9, 26, words // 9))
        pieces = [
            told[i:j] for i, j in zip([0, *cuts.tolist()], [*cuts.tolist(), words], strict=True) if i < min(j, words)
        ]
        return [" ".join(piece)[:1].upper() + " ".join(piece)[1:] + "." for piece in pieces]

    def edited(self, sentences: list[str], language: str, share: float) -> list[str]:
        """Return a near copy: some sentences dropped, some words put in the place of others."""
        told = []
        for sentence in sentences:
            if self.draw.random() < share:
                continue
            words = sentence.split(" ")
            for i in np.flatnonzero(self.draw.random(len(words)) < share / 2).tolist():
                words[i] = self.languages[language].some(self.draw, 1)[0]
            told.append(" ".join(words))
        return told or sentences

    def excerpt(self, sentences: list[str], language: str) -> list[str]:
        """Return an article of another newsroom that quotes a run of sentences."""
        first = int(self.draw.integers(0, max(1, len(sentences) // 2)))
        own = self.sentences(language, WORDS // 4)
        return own[:2] + sentences[first : first + max(5, len(sentences) // 3)] + own[2:]

    def filled(self, template: list[str]) -> list[str]:
        """Return a template's sentences with numbers and names of their own."""
        told = []
        for sentence in template:
            number, name = int(10 ** self.draw.uniform(0.5, 4)), self.names.some(self.draw, 1)[0]
            told.append(f"{sentence[:-1]} {number} {name}.")
        return told


def articles(count: int, seed: int = 1) -> Iterator[list[dict[str, Any]]]:
    """Yield portions of `articles` rows: half of the articles alone, the others in clusters of two to some dozens."""
    world, rows, event = World(seed), [], 0
    templates = [world.sentences(language, 90) for language in LANGUAGES]
    draw = world.draw
    left = count
    while left > 0:
        event += 1
        language = LANGUAGES[int(len(LANGUAGES) * draw.random() ** 2)]
        begun = BEGIN + timedelta(minutes=int(draw.integers(0, 180 * 24 * 60)))
        if draw.random() < 0.02:
            kind = event % len(templates)
            rows.append(_row(world, event, 0, LANGUAGES[kind], world.filled(templates[kind]), begun))
            left -= 1
            continue
        first = world.sentences(language, int(WORDS * draw.lognormal(-0.08, 0.4)) + 40)
        size = 1 if draw.random() < 0.7 else min(60, 2 + int(draw.pareto(1.3)))
        for copy in range(min(size, left)):
            told, kind = first, draw.random() if copy else 0.0
            if kind > 0.3:
                told = world.edited(first, language, 0.04) if kind < 0.55 else world.edited(first, language, 0.2)
            if kind > 0.8:
                told = world.excerpt(first, language)
            rows.append(_row(world, event, copy, language, told, begun + timedelta(minutes=37 * copy)))
        left -= size
        if len(rows) >= PORTION:
            yield rows
            rows = []
    yield rows


def parts(count: int) -> tuple[int, int, int]:
    """Return how many of so many skewed articles are verbatim copies, near copies, and the template filled in."""
    near = count // 15
    return 4 * near, near, count - 5 * near


def skewed(count: int, seed: int = 2) -> Iterator[list[dict[str, Any]]]:
    """Yield portions of `articles` rows of two events: one text over and over, and one template filled in anew."""
    world, rows = World(seed), []
    first, template = world.sentences("en", WORDS), world.sentences("en", 80)
    verbatim, near, filled = parts(count)
    for i in range(verbatim + near + filled):
        if i < verbatim:
            told = first
        else:
            told = world.edited(first, "en", 0.04) if i < verbatim + near else world.filled(template)
        rows.append(_row(world, 1 if i < verbatim + near else i + 2, i, "en", told, BEGIN + timedelta(seconds=20 * i)))
        if len(rows) >= PORTION:
            yield rows
            rows = []
    yield rows


def _row(world: World, event: int, copy: int, language: str, told: list[str], at: datetime) -> dict[str, Any]:
    url = f"https://paper{int(world.draw.integers(300))}.example/{event}/{copy}"
    text = " ".join(told)
    return {
        "id": tables.short_id(url, text), "url": url, "publisher": url.split("/")[2], "fetched_at": at,
        "published_at": at, "published_by_what": "import", "title": told[0][:80], "language": language, "text": text,
        "words": text.count(" ") + 1, "text_id": text_id(text), "outcome": "ok",
    }  # fmt: skip


def write(folder: Path, portions: Iterator[list[dict[str, Any]]]) -> int:
    """Make a corpus of these articles; return their number."""
    tables.create(folder)
    return sum(
        tables.append(folder, "articles", pa.Table.from_batches([tables.rows_of("articles", rows)]))
        for rows in portions
    )
