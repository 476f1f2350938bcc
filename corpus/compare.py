"""Two texts held side by side: how much they share, whether one is a copy, and what became of each passage.

The figures are those of the pair stage, to the last digit.
May import: pyarrow, corpus.sign, corpus.pair, corpus.language, corpus.passages, corpus.text, corpus.tables,
corpus.settings, corpus.showing, corpus.chosen; corpus.engine where articles of a corpus are compared, corpus.notebook
where a notebook shows one.
"""

import re
import sys
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa

from corpus import tables
from corpus import text as texts
from corpus.changes import Change
from corpus.chosen import texts_of
from corpus.language import identify
from corpus.pair import pair_batch
from corpus.passages import Passage, passages
from corpus.settings import Settings
from corpus.showing import render, summary
from corpus.sign import sign_batch

FIGURES = (
    "jaccard", "containment", "containment_a", "containment_b", "weighted", "aligned", "order", "numbers_kept", "score",
)  # fmt: skip
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHARED = 0.3
"""Two texts that share so many shingles share their language, whatever the identifier says of short ones."""


@dataclass(frozen=True, slots=True)
class Similarity:
    """How alike two texts are. All figures lie in 0..1; `score` is the probability that one is a copy of the other.

    `containment_a` is the share of a's shingles that b has; `aligned` the share of the shorter text that stands in the
    same order in the other; `numbers_kept` the share of numbers and names kept. `copy` is the verdict (score at least
    the threshold), `kind` the kind of copy that it is if it is one.
    """

    jaccard: float
    containment_a: float
    containment_b: float
    weighted: float
    aligned: float
    order: float
    numbers_kept: float
    score: float
    kind: str
    copy: bool
    language_a: str | None
    language_b: str | None
    passages: tuple[Passage, ...] = field(repr=False)
    text_a: str = field(repr=False)
    text_b: str = field(repr=False)
    label_a: str = ""
    label_b: str = ""

    @property
    def containment(self) -> float:
        """The greater containment: the share of the one text that lies in the other."""
        return max(self.containment_a, self.containment_b)

    @property
    def covered_a(self) -> float:
        """The share of a's characters that lie in passages found in b, also in another language."""
        return _covered([(one.a_start, one.a_end, one.b_end - one.b_start) for one in self.passages])

    @property
    def covered_b(self) -> float:
        """The share of b's characters that lie in passages found in a."""
        return _covered([(one.b_start, one.b_end, one.a_end - one.a_start) for one in self.passages])

    @property
    def verdict(self) -> str:
        """The kind of copy, or `independent`."""
        return self.kind if self.copy else "independent"

    @property
    def changes(self) -> tuple[Change, ...]:
        """The numbers and names that are others in b, in a's order."""
        return tuple(one for passage in self.passages for one in passage.changes)

    @property
    def altered_numbers(self) -> tuple[Change, ...]:
        """The numbers that are others in b."""
        return tuple(one for one in self.changes if one.what == "number")

    @property
    def altered_names(self) -> tuple[Change, ...]:
        """The names that are others in b."""
        return tuple(one for one in self.changes if one.what == "name")

    def rows(self) -> list[dict[str, Any]]:
        """Return one row for each passage: kind, places (characters) and wording in both texts, and the changes."""
        return [
            {
                "passage": number, "kind": one.kind, "a_start": one.a_start, "a_end": one.a_end,
                "b_start": one.b_start, "b_end": one.b_end,
                "a": self.text_a[one.a_start : one.a_end], "b": self.text_b[one.b_start : one.b_end],
                "changes": [f"{change.before} → {change.after}" for change in one.changes],
            }
            for number, one in enumerate(self.passages, 1)
        ]  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain values for JSON; a passage has its wording in both texts and its differences."""
        told: dict[str, Any] = {"verdict": self.verdict, "kind": self.kind, "copy": self.copy}
        told |= {name: getattr(self, name) for name in (*FIGURES, "covered_a", "covered_b")}
        for name in ("label_a", "label_b", "language_a", "language_b"):
            told[name] = getattr(self, name)
        told["altered_numbers"] = [asdict(one) for one in self.altered_numbers]
        told["altered_names"] = [asdict(one) for one in self.altered_names]
        rows = zip(self.rows(), self.passages, strict=True)
        told["passages"] = [
            row | {"changes": asdict(one)["changes"], "edits": asdict(one)["edits"]} for row, one in rows
        ]
        return told

    def __str__(self) -> str:
        return summary(self)

    def _repr_html_(self) -> str:
        from corpus.notebook import comparison

        return comparison(self)


def compare(
    text_a: str,
    text_b: str,
    *,
    language_a: str | None = None,
    language_b: str | None = None,
    rarity: pa.Table | None = None,
    settings: Settings | None = None,
) -> Similarity:
    """Return how alike two texts are, and their passages.

    Languages are ISO 639-1 codes; one that is not given is identified. `rarity` is a corpus's table of that name, so
    that the figures are those of its `pairs`; without it a prior serves.
    """
    settings = settings or Settings()
    a, b = _languages(text_a, text_b, language_a, language_b, settings)
    figures = _figures([text_a, text_b], [a, b], rarity, settings)
    exact = figures["kind"] == "exact"
    found = _whole(text_a, text_b) if exact else passages(text_a, text_b, a, b)
    copy = figures["score"] >= settings.threshold
    if not copy:  # what two reporters found out apart was not altered by either
        found = [replace(one, changes=()) for one in found]
    return Similarity(
        **figures, copy=copy, language_a=a, language_b=b, passages=tuple(found), text_a=text_a, text_b=text_b
    )


def compare_named(folder: Path, a: str, b: str, settings: Settings | None = None) -> Similarity:
    """Return how alike two texts are, each named by a file, an article's id or its URL (see corpus.chosen).

    A corpus that is there lends its rarities; two files need none. Raises UserError for a name without a text.
    """
    with _connection(folder) as con:
        chosen_a, chosen_b = texts_of(con, a), texts_of(con, b)
        rarity = con.sql("FROM rarity").to_arrow_table() if con else None
    found = compare(
        chosen_a.text, chosen_b.text, language_a=chosen_a.language, language_b=chosen_b.language, rarity=rarity,
        settings=settings,
    )  # fmt: skip
    return replace(found, label_a=chosen_a.label, label_b=chosen_b.label)


def _connection(folder: Path) -> Any:
    if not tables.exists(folder):
        return nullcontext()
    from corpus.engine import connect

    return connect(folder)


def _languages(
    text_a: str, text_b: str, language_a: str | None, language_b: str | None, settings: Settings
) -> tuple[str | None, str | None]:
    """Return the two languages; texts that share much share theirs, whatever the identifier says of a short one."""
    a, b = language_a or identify(text_a)[0], language_b or identify(text_b)[0]
    if a == b or (language_a and language_b):
        return a, b
    of_a, of_b = (texts.shingles(text, settings.shingle_words) for text in (text_a, text_b))
    if not of_a or not of_b or len(of_a & of_b) < _SHARED * min(len(of_a), len(of_b)):
        return a, b
    common = language_a or language_b or (a if len(of_a) >= len(of_b) else b)
    return common, common


def _figures(
    bodies: list[str], languages: list[str | None], rarity: pa.Table | None, settings: Settings
) -> dict[str, Any]:
    """Return the figures of the pair stage; it takes texts in the order of their ids, which makes them symmetric."""
    names = [name for name in FIGURES if name != "containment"]
    ids = [texts.text_id(body) for body in bodies]
    if not all(map(texts.normalise, bodies)):
        return {**dict.fromkeys(names, 0.0), "kind": "reworded"}
    if ids[0] == ids[1]:
        return {**dict.fromkeys(names, 1.0), "kind": "exact"}
    plain = [_SURROGATE.sub("\ufffd", body) for body in bodies]
    rows = {"text_id": ids, "language": pa.array(languages, pa.string()), "text": plain}
    candidate = pa.RecordBatch.from_pydict({"a": [min(ids)], "b": [max(ids)], "view": ["words"]})
    pair = pair_batch(candidate, settings, rarity, sign_batch(pa.RecordBatch.from_pydict(rows), settings))
    told = pair.to_pylist()[0]
    figures = {name: _bounded(told[name]) for name in names} | {"kind": told["kind"]}
    if ids[0] > ids[1]:
        figures["containment_a"], figures["containment_b"] = figures["containment_b"], figures["containment_a"]
    return figures


def _covered(spans: list[tuple[int, int, int]]) -> float:
    total = sum(end - start for start, end, _ in spans)
    return sum(end - start for start, end, other in spans if other) / total if total else 0.0


def _bounded(value: float) -> float:
    return min(1.0, max(0.0, float(value)))


def _whole(a: str, b: str) -> list[Passage]:
    """Return the one passage of two texts that are the same but for case and punctuation."""
    starts = len(a) - len(a.lstrip()), len(b) - len(b.lstrip())
    return [Passage("same", starts[0], len(a.rstrip()), starts[1], len(b.rstrip()))]


class _Callable(ModuleType):
    """`from corpus import compare` gives the function, and this module once it is loaded: both can be called."""

    def __call__(self, *arguments: Any, **options: Any) -> Similarity:
        return compare(*arguments, **options)


sys.modules[__name__].__class__ = _Callable

__all__ = ["FIGURES", "Similarity", "compare", "compare_named", "render", "texts_of"]
