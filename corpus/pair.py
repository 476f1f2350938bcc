"""Stage pair: the evidence and the score of each candidate pair.

May import: numpy, pyarrow, corpus.features, corpus.evidence, corpus.kernels, corpus.rarity, corpus.settings,
corpus.similarity, corpus.tables.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus import tables
from corpus.evidence import KEPT, MEASURES, in_one_language, measure_pairs, sums, word_totals
from corpus.features import LETTERS, NAMES, SKELETONS, WORD_PAIRS, Features, Texts, taken_apart, weigh
from corpus.kernels import Array
from corpus.rarity import STEPS, Rarity, unpacked
from corpus.settings import Settings
from corpus.similarity import kinds, scores

VERBATIM = 0.5
"""Share of one text's shingles in the other from which the pair is no translation, whatever languages they bear."""


def pair_batch(
    rows: pa.RecordBatch, settings: Settings, context: pa.Table | None, signed: pa.RecordBatch
) -> pa.RecordBatch:
    """Return one `pairs` row for each candidate (a, b, view), in order; `signed` are the `signatures` rows of their
    texts, each once."""
    left, right = (pc.index_in(rows.column(side), signed.column("text_id")).to_numpy() for side in "ab")
    languages = signed.column("language").to_pylist()
    texts = taken_apart(signed, settings.shingle_words)
    said = said_to_be_one(languages, left, right)
    same = in_one_language(left, right, said, texts)
    found = measure(texts, languages, left, right, same, unpacked(context))
    score = scores(found, same)
    said |= np.maximum(found[:, 1], found[:, 2]) >= VERBATIM  # nothing that is copied word for word is a translation
    columns = {
        "a": rows.column("a"), "b": rows.column("b"), "view": rows.column("view"),
        "jaccard": found[:, 0], "containment_a": found[:, 1], "containment_b": found[:, 2],
        "weighted": np.maximum(found[:, 3], found[:, 4]), "aligned": found[:, 7], "order": found[:, 6],
        "numbers_kept": found[:, KEPT], "score": score, "kind": pa.array(kinds(found, said), pa.string()),
    }  # fmt: skip
    schema = tables.SCHEMAS["pairs"]
    return pa.RecordBatch.from_arrays([pa.array(columns[f.name], f.type) for f in schema], schema=schema)


def measure(texts: Texts, languages: list[str | None], left: Array, right: Array, same: Array, rarity: Rarity) -> Array:
    """Return the measures of the pairs (left[i], right[i]) of texts: float64, shape (pairs, MEASURES).

    `same` says which pairs are in one language.
    """
    out = np.zeros((len(left), MEASURES))
    weights = weights_of(texts, languages, rarity)
    totals = word_totals(texts.classes[WORD_PAIRS], weights[WORD_PAIRS], texts.quoted, texts.quoted_ends)
    squares = 1e-6 + np.stack([sums(of, weight**2) for of, weight in zip(texts.classes[1:], weights[1:], strict=True)])
    common = np.array([rarity.common(language) for language in languages], np.float32)
    rare = (*(above(texts.classes[c], weights[c], common) for c in (LETTERS, SKELETONS)), weights[NAMES])
    kept = np.stack([sums(of, weight) for of, weight in zip(texts.classes[1:], rare, strict=True)])
    measure_pairs(left, right, same, texts, weights, rare, totals, squares, kept, out)
    return out


def weights_of(texts: Texts, languages: list[str | None], rarity: Rarity) -> tuple[Array, ...]:
    """Return the weight (float32) of each key of each class, by its text's language."""
    weights = tuple(np.empty(len(of.keys), np.float32) for of in texts.classes)
    numbers = np.array([language or "" for language in languages])
    for language in np.unique(numbers).tolist():
        chosen, bins = np.flatnonzero(numbers == language), rarity.weights(language)
        for of, of_bins, weight in zip(texts.classes, bins, weights, strict=True):
            weigh(of, chosen, of_bins, STEPS, weight)
    return weights


def above(of: Features, weights: Array, common: Array) -> Array:
    """Return what the weight of each key exceeds that of a common one in its text (float32)."""
    return np.asarray(np.maximum(weights - np.repeat(common, np.diff(of.ends)), np.float32(0)))


def said_to_be_one(languages: list[str | None], left: Array, right: Array) -> Array:
    """Return for each pair whether both texts bear the same language."""
    number = {language: i for i, language in enumerate(dict.fromkeys(languages))}
    codes = np.array([number[language] for language in languages], np.int64)
    return np.asarray(codes[left] == codes[right])
