"""Made-up news for the tests of the line: invented prose by the yard, copies of it, and ready corpora.

May import: the parts of the corpus that it feeds, pyarrow and the standard library.

The prose is nobody's language: words of syllables, drawn as unevenly as in real text, in sentences with names and
numbers. Two texts of different seeds share common words and next to no phrases, like two unrelated articles.
"""

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds

from corpus import tables
from corpus.api import Corpus
from corpus.demo.texts import articles as made_up_web
from corpus.pair import pair_batch
from corpus.settings import Settings
from corpus.sign import sign_batch
from corpus.text import count_words, text_id

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
Row = dict[str, Any]
Partition = frozenset[frozenset[str]]


@cache
def vocabulary(size: int = 6000) -> tuple[list[str], list[float]]:
    """Return invented words and how often each is drawn (Zipf's law)."""
    draw = random.Random("vocabulary")
    onsets, vowels = ["b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "st", "tr", "pl", "sh"], "aeiou"
    words: dict[str, None] = {}
    while len(words) < size:
        syllables = draw.choice([1, 2, 2, 3, 3, 4])
        words["".join(draw.choice(onsets) + draw.choice(vowels) for _ in range(syllables))] = None
    return list(words), [1 / (rank + 3) for rank in range(size)]


@dataclass
class Prose:
    """Invented prose from a seed."""

    seed: object
    draw: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.draw = random.Random(f"prose {self.seed}")
        self.names = [self.name() for _ in range(12)]

    def name(self) -> str:
        words, _ = vocabulary()
        return " ".join(self.draw.choice(words).capitalize() for _ in range(2))

    def sentence(self) -> str:
        words, often = vocabulary()
        told = self.draw.choices(words, often, k=self.draw.randint(8, 22))
        told.insert(self.draw.randrange(len(told)), self.draw.choice(self.names))
        if self.draw.random() < 0.5:
            told.insert(self.draw.randrange(len(told)), str(self.draw.randint(2, 9999)))
        return " ".join(told).capitalize() + "."

    def sentences(self, count: int) -> list[str]:
        return [self.sentence() for _ in range(count)]

    def text(self, sentences: int = 15) -> str:
        return paragraphs(self.sentences(sentences))


def paragraphs(sentences: Sequence[str]) -> str:
    """Lay sentences out, three to a paragraph."""
    return "\n".join(" ".join(sentences[i : i + 3]) for i in range(0, len(sentences), 3))


def edited(text: str, share: float, seed: object) -> str:
    """Return the text with about this share of its words put in place by others."""
    draw = random.Random(f"edits {seed}")
    words, often = vocabulary()
    return "\n".join(
        " ".join(draw.choices(words, often)[0] if draw.random() < share else word for word in line.split())
        for line in text.splitlines()
    )


def article(id: str, text: str, **more: Any) -> Row:
    """Return one row of `articles`, outcome ok."""
    row = {
        "id": id, "url": f"https://{id}.example/{id}", "publisher": f"{id}.example", "published_at": NOON,
        "language": "en", "text": text, "words": count_words(text), "text_id": text_id(text), "outcome": "ok",
        "agency": None,
    }  # fmt: skip
    return row | more


def add(folder: Path, rows: Iterable[Row]) -> Path:
    """Append rows of `articles` to a corpus, as if they had just been extracted; make it where there is none."""
    Corpus(folder).create()
    tables.append(folder, "articles", tables.rows_of("articles", list(rows)))
    return folder


def finish(folder: Path, settings: Settings | None = None) -> Corpus:
    """Run sign, pair and cluster."""
    corpus = Corpus(folder, settings)
    corpus.sign()
    corpus.pair()
    corpus.cluster()
    return corpus


def made(folder: Path, rows: Iterable[Row], settings: Settings | None = None) -> Corpus:
    """Return a corpus of these articles with everything done."""
    Corpus(folder, settings).create()
    return finish(add(folder, rows), settings)


def rows_of(folder: Path, table: str) -> list[Row]:
    """Return a table's rows, read from the part files as pyarrow finds them."""
    held: pa.Table = ds.dataset(tables.parts(folder, table), schema=tables.SCHEMAS[table]).to_table()
    return held.to_pylist()


def partition(folder: Path, least: int = 1) -> Partition:
    """Return the clusters as sets of article ids, those of at least so many articles."""
    cells = defaultdict(set)
    for row in rows_of(folder, "clusters"):
        cells[row["cluster_id"]].add(row["id"])
    return frozenset(frozenset(cell) for cell in cells.values() if len(cell) >= least)


def cluster_of(folder: Path) -> Mapping[str, str]:
    """Return each article's cluster id."""
    return {row["id"]: row["cluster_id"] for row in rows_of(folder, "clusters")}


def scored(folder: Path) -> dict[tuple[str, str], Row]:
    """Return the pairs by their texts; a pair that is there twice is an error."""
    found: dict[tuple[str, str], Row] = {}
    for row in rows_of(folder, "pairs"):
        assert (row["a"], row["b"]) not in found, "a pair is there twice"
        found[row["a"], row["b"]] = row
    return found


def once(folder: Path) -> None:
    """Fail where any table holds a key twice or a text without its pairing."""
    for table, key in (("pages", "id"), ("articles", "id"), ("signatures", "text_id"), ("clusters", "id")):
        keys = [row[key] for row in rows_of(folder, table)]
        assert len(keys) == len(set(keys)), f"{table} holds a row twice"
    anchors = [row["text_id"] for row in rows_of(folder, "anchors")]
    assert len(anchors) == len(set(anchors)), "anchors hold a text twice"
    rarity = [(row["language"], row["feature"]) for row in rows_of(folder, "rarity")]
    assert len(rarity) == len(set(rarity)), "rarity holds a row twice"
    scored(folder)


def web_rows() -> list[Row]:
    """Return the made-up web's articles as rows of `articles`: a dozen languages, nine stories and their copies."""
    return [
        article(
            f"w{n:03}", "\n".join(one.paragraphs), url=one.url, publisher=one.site.publisher, title=one.title,
            language=one.language, published_at=one.published, agency=one.agency or None,
        )
        for n, one in enumerate(made_up_web())
        if sum(map(count_words, one.paragraphs)) >= 20
    ]  # fmt: skip


def hours(number: float) -> datetime:
    return NOON + timedelta(hours=number)


def write_jsonl(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    """Write rows for `wirecopy import`: one JSON object a line, times in ISO form."""
    lines = [json.dumps(row, ensure_ascii=False, default=datetime.isoformat) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def told(row: Row) -> Row:
    """Return what an imported file says of an article."""
    return {name: row.get(name) for name in ("id", "url", "title", "text", "language", "publisher", "published_at")}


def halves(rows: Sequence[Row], seed: int) -> tuple[list[Row], list[Row]]:
    """Split the rows at random into two halves, each language in two as well."""
    draw = random.Random(f"halves {seed}")
    sides: tuple[list[Row], list[Row]] = ([], [])
    of_language = defaultdict(list)
    for row in rows:
        of_language[row["language"]].append(row)
    for members in of_language.values():
        draw.shuffle(members)
        for place, row in enumerate(members):
            sides[place % 2].append(row)
    return sides


def signatures(texts: Sequence[str], languages: str | Sequence[str | None] = "en") -> pa.RecordBatch:
    """Return the texts' signatures, their text_ids being t000, t001 and so on."""
    told = [languages] * len(texts) if isinstance(languages, str) else list(languages)
    rows = [
        {"text_id": f"t{n:03}", "language": language, "text": text}
        for n, (text, language) in enumerate(zip(texts, told, strict=True))
    ]
    schema = pa.schema([("text_id", pa.string()), ("language", pa.string()), ("text", pa.string())])
    return sign_batch(pa.RecordBatch.from_pylist(rows, schema=schema), Settings())


def compared(
    texts: Sequence[str],
    pairs: Sequence[tuple[int, int]],
    languages: str | Sequence[str | None] = "en",
    rarity: pa.Table | None = None,
) -> list[Row]:
    """Return the `pairs` rows of these pairs of texts (numbers), in order and direction as given."""
    signed = signatures(texts, languages)
    columns = {side: [f"t{pair[place]:03}" for pair in pairs] for place, side in enumerate("ab")}
    rows = pa.RecordBatch.from_pydict(columns | {"view": ["words"] * len(pairs)})
    found: list[Row] = pair_batch(rows, Settings(), rarity, signed).to_pylist()
    return found
