"""From the evidence of a pair to a score and a kind (pure). May import: numpy and the standard library.

The score is the estimated probability that one text is a copy of the other. Three small models, fitted by
benchmarks/fit.py, make it; their coefficients lie in model.json:

  words      same language: shared word pairs by rarity, in or out of quotations, and their order
  placement  same language: whether what is shared stands in the same places (a rewording follows its original)
  anchors    two languages: letters, skeletons, numbers and names, shared and in place

In one language a pair is a copy where either of the first two says so, or most words are the same in the same order:
score = 1 - (1 - words)(1 - placement)(1 - verbatim); but not where the names differ more than the rest (`faithful`).
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
ALIGNED, COVER, RATIO, FIRST_KEPT, NAMES_KEPT = 7, 23, 24, 27, 31
ALIKE = 0.22
"""Log ratio of lengths up to which both texts must keep the other's names."""
SHARP, OF_RARE, SPARE = 20.0, 0.25, 0.05
"""How sharply a pair in one language is no copy that keeps less of its numbers and names than of its other words; what
its rare letter runs count for, too; and by how much it may fall short."""
MOSTLY = 0.62
"""Share of the shorter text's words, in the same order in the other, from which it is a copy whatever their rarity."""
EXCERPT_ODDS = 4.0
"""A short text that would be a translated part of a long one needs more: a short text is easily in place somewhere."""
KINDS = ("exact", "near", "excerpt", "reworded", "translated")


@cache
def model() -> dict[str, Any]:
    """Return the fitted coefficients."""
    told = json.loads((files("corpus") / "model.json").read_text(encoding="utf-8"))
    return {name: {key: np.array(value) for key, value in part.items()} for name, part in told.items()}


def scores(measures: Array, same: Array) -> Array:
    """Return the probability of being copies for each row of measures (see corpus.evidence), in 0..1.

    `same` says whether the two texts share a language.
    """
    words = _logistic(word_inputs(measures), model()["words"])
    placement = _logistic(placement_inputs(measures), model()["placement"])
    across = _network(anchor_inputs(measures), model()["anchors"])
    within = (1 - (1 - words) * (1 - placement) * (1 - verbatim(measures))) * faithful(measures)
    return np.where(same, within, _against(across, EXCERPT_ODDS * (1 - measures[:, COVER])))


def verbatim(m: Array) -> Array:
    """Return a probability (0..1) that rises to 1 where most of the shorter text's words are in the other, in order.

    Rarity plays no part in it: in a corpus that is all copies of one text nothing that they share is rare.
    """
    return _sigmoid(SHARP * (m[:, ALIGNED] - MOSTLY))


def faithful(m: Array) -> Array:
    """Return a factor (0..1) that falls to 0 where the shorter text keeps its wording but not its numbers and names.

    A copy keeps its figures, names and rare words at least as well as the words around them. Texts from one mould
    (weather, markets, results, obituaries) do the opposite: all that they share is common, all that is rare differs.
    """
    both = np.minimum(m[:, NAMES_KEPT], m[:, NAMES_KEPT + 1])
    names = np.where(m[:, RATIO] < ALIKE, both, m[:, NAMES_KEPT])
    return _sigmoid(SHARP * (names + OF_RARE * m[:, FIRST_KEPT] + SPARE - m[:, ALIGNED]))


def _sigmoid(x: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -700, 700))))


def _against(score: Array, log_odds: Array) -> Array:
    """Return the score with so much taken from its log odds."""
    safe = np.clip(score, 1e-12, 1 - 1e-12)
    return _sigmoid(np.log(safe / (1 - safe)) - log_odds)


def word_inputs(m: Array) -> Array:
    """Return the inputs of the words model: rarity-weighted containment, outside quotations, order, share in place."""
    weighted = np.maximum(m[:, 3], m[:, 4])
    in_place = np.clip(m[:, 9] / (m[:, 8] + 0.02), 0, 1)
    return np.column_stack([np.log(weighted + 0.05), m[:, 5], m[:, 6], in_place, np.clip(m[:, 25], 0, 6.5)])


def placement_inputs(m: Array) -> Array:
    """Return the inputs of the placement model."""
    return np.column_stack(
        [
            np.log(m[:, 9] + 0.02),
            np.clip(m[:, 9] / (m[:, 8] + 0.02), 0, 1),
            np.clip(m[:, 11] / 10, 0, 3),
            np.log(m[:, 20] + 0.02),
            -np.clip(m[:, 24], 0, 1.5),
        ]
    )


def anchor_inputs(m: Array) -> Array:
    """Return the inputs of the anchors model."""
    columns = [m[:, 8:27], np.log(m[:, [8, 9, 10, 13, 14, 15, 18, 19, 20]] + 0.01)]
    columns += [m[:, [c + 1, c + 2]] / (m[:, [c]] + 0.02) for c in (8, 13, 18)]
    columns.append(np.log1p(np.clip(m[:, [11, 12, 16, 17, 21, 22]], 0, None)))
    columns.append(m[:, FIRST_KEPT:])
    return np.hstack(columns)


def _logistic(inputs: Array, part: dict[str, Array]) -> Array:
    x = np.clip(inputs, part["low"], part["high"])
    return _sigmoid(x @ part["weights"] + part["bias"])


def _network(inputs: Array, part: dict[str, Array]) -> Array:
    """Return the output of one hidden layer of rectified units; inputs are kept within what the fit has seen."""
    x = (np.clip(inputs, part["low"], part["high"]) - part["mean"]) / part["scale"]
    hidden = np.maximum(0, x @ part["hidden"] + part["hidden_bias"])
    return _sigmoid(hidden @ part["output"] + part["output_bias"])


def kinds(measures: Array, same: Array) -> list[str]:
    """Return what kind of copy each pair is if it is one.

    translated: two languages. near: most of both texts is the same. excerpt: most of the shorter one lies in a much
    longer one. reworded: the rest. (Exact copies share a text id and make no pair.)
    """
    jaccard, shorter = measures[:, 0], np.maximum(measures[:, 1], measures[:, 2])
    weighted = np.maximum(measures[:, 3], measures[:, 4])
    least = np.minimum(measures[:, 3], measures[:, 4])
    kept = np.maximum(shorter, weighted)
    found = np.select(
        [~same, (jaccard >= 0.5) | (least >= 0.6), (kept >= 0.5) & (least < 0.6)],
        ["translated", "near", "excerpt"],
        "reworded",
    )
    return [str(kind) for kind in found]
