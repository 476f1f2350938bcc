"""Stage pair: the evidence and the score of each candidate pair.

May import: numpy, pyarrow, corpus.features, corpus.evidence, corpus.rarity, corpus.similarity, corpus.tables.
"""

import numpy as np
import pyarrow as pa

from corpus import tables
from corpus.evidence import KEPT, MEASURES, measure_pairs
from corpus.features import CLASSES, Text
from corpus.kernels import BINS, Array
from corpus.rarity import STEPS, Rarity, unpacked
from corpus.settings import Settings
from corpus.similarity import kinds, scores

_TEXT = ("language", "words", "normal", "romanised", "quoted", "names", "at")


TEXTS_KEPT = 5_000
"""How many texts' features a process keeps (about 40 KB each): neighbouring batches share most of their texts."""
_taken_apart: dict[tuple[str, int], Text] = {}


def pair_batch(rows: pa.RecordBatch, settings: Settings, context: pa.Table | None = None) -> pa.RecordBatch:
    """Return one `pairs` row for each candidate (a, b, view and both texts' signatures), in order."""
    a, b = rows.column("a").to_pylist(), rows.column("b").to_pylist()
    texts, languages = _texts(rows, a, b, settings)
    places = {text_id: i for i, text_id in enumerate(texts)}
    left = np.array([places[one] for one in a], np.int64)
    right = np.array([places[one] for one in b], np.int64)
    found = measure(list(texts.values()), list(languages.values()), left, right, unpacked(context))
    same = np.array([languages[x] == languages[y] for x, y in zip(a, b, strict=True)], np.bool_)
    score = scores(found, same)
    columns = {
        "a": rows.column("a"), "b": rows.column("b"), "view": rows.column("view"),
        "jaccard": found[:, 0], "containment_a": found[:, 1], "containment_b": found[:, 2],
        "weighted": np.maximum(found[:, 3], found[:, 4]), "aligned": found[:, 7], "order": found[:, 6],
        "numbers_kept": found[:, KEPT], "score": score, "kind": pa.array(kinds(found, same), pa.string()),
    }  # fmt: skip
    schema = tables.SCHEMAS["pairs"]
    return pa.RecordBatch.from_arrays([pa.array(columns[f.name], f.type) for f in schema], schema=schema)


def measure(texts: list[Text], languages: list[str | None], left: Array, right: Array, rarity: Rarity) -> Array:
    """Return the measures of the pairs (texts[left[i]], texts[right[i]]): float64, shape (pairs, MEASURES)."""
    out = np.zeros((len(left), MEASURES))
    laid = [_laid_out([one.keys[c] for one in texts], np.uint64) for c in range(CLASSES)]
    places = [np.concatenate([one.places[c] for one in texts]) for c in range(CLASSES)]
    weights = [
        np.concatenate(
            [_weights(one.keys[c], rarity.weights(language)[c]) for one, language in zip(texts, languages, strict=True)]
        )
        for c in range(CLASSES)
    ]
    shingles, shingle_ends = _laid_out([one.shingles for one in texts], np.uint64)
    quoted, quoted_ends = _laid_out([one.quoted for one in texts], np.bool_)
    words = np.array([one.words for one in texts], np.int64)
    lengths = np.array([one.length for one in texts], np.int64)
    same = np.array([languages[x] == languages[y] for x, y in zip(left, right, strict=True)], np.bool_)
    measure_pairs(
        left, right, same, shingles, shingle_ends, quoted, quoted_ends, words, lengths,
        tuple(keys for keys, _ in laid), tuple(ends for _, ends in laid), tuple(places), tuple(weights), out,
    )  # fmt: skip
    return out


def _weights(keys: Array, of_bins: Array) -> Array:
    return of_bins[(keys & np.uint64(BINS - 1)).astype(np.int64)].astype(np.float32) / np.float32(STEPS)


def _laid_out(arrays: list[Array], kind: type) -> tuple[Array, Array]:
    ends = np.zeros(len(arrays) + 1, np.int64)
    np.cumsum([len(one) for one in arrays], out=ends[1:])
    return np.concatenate(arrays).astype(kind, copy=False) if arrays else np.empty(0, kind), ends


def _texts(
    rows: pa.RecordBatch, a: list[str], b: list[str], settings: Settings
) -> tuple[dict[str, Text], dict[str, str | None]]:
    """Return the distinct texts of a batch and their languages, by text id; each is taken apart once."""
    texts: dict[str, Text] = {}
    languages: dict[str, str | None] = {}
    if len(_taken_apart) > TEXTS_KEPT:
        _taken_apart.clear()
    for side, ids in (("a", a), ("b", b)):
        columns = [rows.column(f"{name}_{side}") for name in _TEXT]
        for i, text_id in enumerate(ids):
            if text_id not in texts:
                if (text_id, settings.shingle_words) not in _taken_apart:
                    row = dict(zip(_TEXT, (column[i].as_py() for column in columns), strict=True))
                    _taken_apart[text_id, settings.shingle_words] = Text(row, settings.shingle_words)
                texts[text_id] = _taken_apart[text_id, settings.shingle_words]
                languages[text_id] = columns[0][i].as_py()
    return texts, languages
