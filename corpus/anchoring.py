"""Stages learn and anchor: the rarity of features by language, and each text's rarest anchors.

May import: numpy, pyarrow, corpus.features, corpus.rarity, corpus.kernels, corpus.tables, corpus.settings.
"""

import numpy as np
import pyarrow as pa

from corpus import rarity, tables
from corpus.features import LETTERS, NAMES, SKELETONS, Texts, taken_apart
from corpus.kernels import BINS, Array
from corpus.settings import Settings

LETTER_ANCHORS, NAME_ANCHORS, SKELETON_ANCHORS = 80, 30, 50
"""How many anchors a text gets of the letter runs, of numbers and names, and of the skeletons.

Skeletons are what Arabic and Hebrew share with scripts that write vowels."""


def anchor_batch(rows: pa.RecordBatch, settings: Settings, context: pa.Table | None = None) -> pa.RecordBatch:
    """Return the `anchors` rows (several a text) of each `signatures` row."""
    known = rarity.unpacked(context)
    texts = taken_apart(rows, settings.shingle_words)
    languages = rows.column("language").to_pylist()
    buckets = [anchors_of(texts, t, known.weights(language)) for t, language in enumerate(languages)]
    owners = np.repeat(np.arange(len(buckets)), [len(chosen) for chosen in buckets])
    values = np.concatenate(buckets) if buckets else np.empty(0, np.int64)
    ids = rows.column("text_id").take(pa.array(owners, pa.int64()))
    return pa.RecordBatch.from_arrays([ids, pa.array(values)], schema=tables.SCHEMAS["anchors"])


def anchors_of(texts: Texts, t: int, weights: Array) -> Array:
    """Return the buckets (int64) of text t's rarest anchors; at least one, so that the text counts as done."""
    keys = [of.keys[of.ends[t] : of.ends[t + 1]] for of in texts.classes]
    letters = rarest(keys[LETTERS], weights[LETTERS], LETTER_ANCHORS)
    names = rarest(keys[NAMES], weights[NAMES], NAME_ANCHORS)
    skeletons = rarest(keys[SKELETONS], weights[SKELETONS], SKELETON_ANCHORS)
    chosen = np.unique(np.concatenate([letters, names, skeletons]))
    return chosen.view(np.int64) if len(chosen) else np.array([hash_of_nothing(texts, t)], np.int64)


def hash_of_nothing(texts: Texts, t: int) -> int:
    """Return a bucket of its own for a text without anchors."""
    first, end = texts.shingle_ends[t], texts.shingle_ends[t + 1]
    return -1 - int(texts.shingles[first] >> np.uint64(2)) if first < end else -1


def rarest(keys: Array, weights: Array, count: int) -> Array:
    """Return at most `count` of the distinct sorted keys with the greatest weights; ties go to the lesser key."""
    if len(keys) <= count:
        return keys
    of_keys = weights[(keys & np.uint64(BINS - 1)).astype(np.int64)].astype(np.int64)
    order = -of_keys * len(keys) + np.arange(len(keys))  # one plain number each: a quick choice without ties
    order.partition(max(0, count - 1))
    chosen: Array = keys[order[:count] % len(keys)]
    return chosen
