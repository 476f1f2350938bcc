"""Stage anchor: each text's rarest anchors, and a sample of its shingles.

May import: numpy, pyarrow, corpus.features, corpus.rarity, corpus.kernels, corpus.tables, corpus.settings.
"""

import numpy as np
import pyarrow as pa

from corpus import rarity, tables
from corpus.features import LETTERS, NAMES, SKELETONS, distinct_keys, shingle_sets
from corpus.kernels import BINS, Array
from corpus.settings import Settings

MOST = {LETTERS: 80, NAMES: 30, SKELETONS: 50}
"""How many anchors a text gets of the letter runs, of numbers and names, and of the skeletons.

Skeletons are what Arabic and Hebrew share with scripts that write vowels."""
SAMPLED, MOST_SHINGLES = 8, 128
"""One shingle in so many is an anchor, too, and so many of a text at most: what a short excerpt shares with a long text
is too little for the words view, and its rarest letters may not be those of the long text."""


def anchor_batch(rows: pa.RecordBatch, settings: Settings, context: pa.Table | None = None) -> pa.RecordBatch:
    """Return the `anchors` row of each `signatures` row."""
    known = rarity.unpacked(context)
    weights = [known.weights(language) for language in rows.column("language").to_pylist()]
    keys = {c: _texts(*distinct_keys(rows, c)) for c in MOST}
    shingles = _texts(*shingle_sets(rows, settings.shingle_words))
    buckets = [anchors_of({c: of[t] for c, of in keys.items()}, shingles[t], weights[t]) for t in range(rows.num_rows)]
    ends = np.cumsum([0, *map(len, buckets)], dtype=np.int32)
    values = np.concatenate(buckets) if buckets else np.empty(0, np.int64)
    lists = pa.ListArray.from_arrays(ends, pa.array(values))
    return pa.RecordBatch.from_arrays([rows.column("text_id"), lists], schema=tables.SCHEMAS["anchors"])


def _texts(keys: Array, ends: Array) -> list[Array]:
    return np.split(keys, ends[1:-1])


def anchors_of(keys: dict[int, Array], shingles: Array, weights: Array) -> Array:
    """Return the buckets (int64) of a text's rarest anchors and of its sample of shingles.

    keys: its sorted distinct keys by class; weights: uint8, shape (CLASSES, BINS).
    """
    chosen = [rarest(keys[c], weights[c], most) for c, most in MOST.items()]
    return np.unique(np.concatenate([*chosen, sampled(shingles)])).view(np.int64)


def sampled(shingles: Array) -> Array:
    """Return the least of the sorted distinct shingles, the same ones of every text (Broder 1997, section 4)."""
    found: Array = shingles[: np.searchsorted(shingles, np.uint64((1 << 64) // SAMPLED))][:MOST_SHINGLES]
    return found


def rarest(keys: Array, weights: Array, count: int) -> Array:
    """Return at most `count` of the distinct sorted keys with the greatest weights; ties go to the lesser key."""
    if len(keys) <= count:
        return keys
    of_keys = weights[(keys & np.uint64(BINS - 1)).astype(np.int64)].astype(np.int64)
    order = -of_keys * len(keys) + np.arange(len(keys))  # one plain number each: a quick choice without ties
    order.partition(max(0, count - 1))
    chosen: Array = keys[order[:count] % len(keys)]
    return chosen
