"""Stages learn and anchor: the rarity of features by language, and each text's rarest anchors.

May import: numpy, pyarrow, corpus.features, corpus.rarity, corpus.kernels, corpus.tables, corpus.settings.
"""

import numpy as np
import pyarrow as pa

from corpus import rarity, tables
from corpus.features import LETTERS, NAMES, SKELETONS, Text
from corpus.kernels import BINS, Array, jit
from corpus.settings import Settings

LETTER_ANCHORS, NAME_ANCHORS = 80, 40
"""How many anchors a text gets of the letter runs, and of the skeletons, numbers and names together."""


def anchor_batch(rows: pa.RecordBatch, settings: Settings, context: pa.Table | None = None) -> pa.RecordBatch:
    """Return the `anchors` rows (several a text) of each `signatures` row."""
    known = rarity.unpacked(context)
    ids: list[str] = []
    buckets: list[Array] = []
    for row in rows.to_pylist():
        text = Text(row, settings.shingle_words)
        chosen = anchors_of(text, known.weights(row["language"]))
        ids += [row["text_id"]] * len(chosen)
        buckets.append(chosen)
    values = np.concatenate(buckets) if buckets else np.empty(0, np.int64)
    return pa.RecordBatch.from_arrays([pa.array(ids, pa.string()), pa.array(values)], schema=tables.SCHEMAS["anchors"])


def anchors_of(text: Text, weights: Array) -> Array:
    """Return the buckets (int64) of the text's rarest anchors; at least one, so that the text counts as done."""
    letters = rarest(text.keys[LETTERS], weights[LETTERS], LETTER_ANCHORS)
    names = rarest(text.keys[NAMES], weights[NAMES], NAME_ANCHORS)
    skeletons = rarest(text.keys[SKELETONS], weights[SKELETONS], max(0, NAME_ANCHORS - len(names)))
    chosen = np.unique(np.concatenate([letters, names, skeletons]))
    return chosen.view(np.int64) if len(chosen) else np.array([hash_of_nothing(text)], np.int64)


def hash_of_nothing(text: Text) -> int:
    """Return a bucket of its own for a text without anchors."""
    return -1 - int(text.shingles[0] >> np.uint64(2)) if len(text.shingles) else -1


@jit
def rarest(keys: Array, weights: Array, count: int) -> Array:
    """Return at most `count` distinct keys with the greatest weights; ties go to the lesser key."""
    distinct = np.unique(keys)
    order = np.empty(len(distinct), np.float64)
    for i in range(len(distinct)):
        order[i] = -float(weights[np.int64(distinct[i] & np.uint64(BINS - 1))])
    return distinct[np.argsort(order, kind="mergesort")[:count]]
