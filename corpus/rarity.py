"""How rare a feature is in a language: learned from the corpus's own texts, with a prior for small corpora.

May import: numpy, pyarrow, corpus.kernels, corpus.features, corpus.layout, corpus.tables, corpus.settings.
"""

from threading import Lock

import numpy as np
import pyarrow as pa

from corpus import tables
from corpus.features import CLASSES
from corpus.kernels import BINS, Array

NAMES_OF_CLASSES = ("word_pairs", "letters", "skeletons", "names")
SAMPLE = 10_000
"""At most so many texts of a language are looked at: those with the least text ids, a sample free of order."""
PRIOR_TEXTS = 20.0
"""The prior weighs as much as this many texts."""
PRIOR_SHARE = (0.002, 0.02, 0.006, 0.01)
"""In what share of texts an unmet feature of each class is supposed to occur."""
COMMON_TEXTS, COMMON_SHARE = 27.0, 0.03
"""What occurs in so many texts, and in so great a share of them, is common: texts from one mould share nothing else."""
STEPS = 20.0
"""Weights are kept in steps of 1/20 in one byte."""


def learned(language: str, counts: list[Array], texts: int, of: int) -> pa.RecordBatch:
    """Return a language's `rarity` rows; counts: in how many of the texts each bin's features occur, by class."""
    rows = []
    for feature, of_class in zip(NAMES_OF_CLASSES, counts, strict=True):
        bins = np.flatnonzero(of_class)
        rows.append(
            {
                "language": language,
                "feature": feature,
                "texts": texts,
                "of": of,
                "bins": bins.tolist(),
                "counts": of_class[bins].tolist(),
            }
        )
    return tables.rows_of("rarity", rows)


class Rarity:
    """Weights by language: weight = ln((texts + k) / (texts with the feature + k * prior share))."""

    def __init__(self, table: pa.Table | None) -> None:
        self._rows: dict[tuple[str, str], tuple[int, Array, Array]] = {}
        self._weights: dict[str, Array] = {}
        for batch in table.to_batches() if table else ():
            rows = batch.drop_columns(["bins", "counts"]).to_pylist()
            for i, row in enumerate(rows):  # the long lists go from Arrow to numpy without Python in between
                bins, counts = (batch.column(name)[i].values.to_numpy() for name in ("bins", "counts"))
                self._rows[row["language"], row["feature"]] = (row["texts"], bins, counts)

    def weights(self, language: str | None) -> Array:
        """Return the weights of a language's bins: uint8 in steps of 1/STEPS, shape (CLASSES, BINS)."""
        name = language or ""
        if name not in self._weights:
            self._weights[name] = self._make(name)
        return self._weights[name]

    def common(self, language: str | None) -> float:
        """Return the weight of a feature that is just common in a language."""
        texts = self._rows.get((language or "", NAMES_OF_CLASSES[0]), (0,))[0]
        return float(np.log(max(1.0, (texts + PRIOR_TEXTS) / max(COMMON_TEXTS, COMMON_SHARE * texts))))

    def _make(self, language: str) -> Array:
        weights = np.empty((CLASSES, BINS), np.uint8)
        for c, feature in enumerate(NAMES_OF_CLASSES):
            texts, bins, counts = self._rows.get((language, feature), (0, np.empty(0, np.int64), np.empty(0)))
            met = np.full(BINS, PRIOR_TEXTS * PRIOR_SHARE[c])
            met[bins] += counts
            weights[c] = np.clip(np.log((texts + PRIOR_TEXTS) / met), 0, 12.7) * STEPS
        return weights


_one_at_a_time = Lock()
_known: tuple[pa.Table | None, Rarity] | None = None  # what this process was last given, unpacked once


def unpacked(table: pa.Table | None) -> Rarity:
    """Return the weights of a `rarity` table; a process is given one table again and again and unpacks it once."""
    global _known  # noqa: PLW0603 - unpacking a large table costs a second
    with _one_at_a_time:
        if _known is None or _known[0] is not table:
            _known = (table, Rarity(table))
        return _known[1]
