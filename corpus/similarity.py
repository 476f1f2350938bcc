"""From the evidence of a pair to a score and a kind (pure). May import: numpy and the standard library.

The score is the estimated probability that one text is a copy of the other. Four small models, fitted by
benchmarks/fit.py, make it; their coefficients lie in model.json:

  words      same language: shared word pairs by rarity, in or out of quotations, and their order
  placement  same language: whether what is shared stands in the same places (a rewording follows its original)
  anchors    two languages: how much more of letters, skeletons, numbers and names is in place than chance would put
  reports    two languages: the same and what is shared at all, to tell a translation from another report of the event

In one language a pair is a copy where either of the first two says so, or most words are the same in the same order:
score = 1 - (1 - words)(1 - placement)(1 - verbatim); but not where the names differ more than the rest (`faithful`).
In two languages it is one where both models say so: the first holds for texts of any kind, the second knows news.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
ALIGNED, COVER, RATIO, LENGTH, FIRST_KEPT, NAMES_KEPT = 7, 29, 30, 31, 33, 37
LETTERS, SKELETONS, NAMES = 8, 15, 22
"""Where the measures of each anchor class begin."""
SHARED, NARROWLY, WIDELY, SURE_NARROWLY, SURE_WIDELY, MORE_NARROWLY, MORE_WIDELY = range(7)
"""Each class's measures: shared, in place; how far that exceeds chance, in standard deviations and in itself."""
ALIKE = 0.22
"""Log ratio of lengths up to which both texts must keep the other's names."""
SHARP, OF_RARE, SPARE = 20.0, 0.25, 0.05
"""How sharply a pair in one language is no copy that keeps less of its numbers and names than of its other words; what
its rare letter runs count for, too; and by how much it may fall short."""
MOSTLY = 0.62
"""Share of the shorter text's words, in the same order in the other, from which it is a copy whatever their rarity."""
EXCERPT_ODDS = 2.0
"""A short text that would be a translated part of a long one needs more: a short text is easily in place somewhere."""
LESSER_ODDS = 0.5
"""The lesser of two probabilities is too low for one: so much is given back to its log odds."""
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
    across = np.minimum(
        _network(anchor_inputs(measures), model()["anchors"]), _network(report_inputs(measures), model()["reports"])
    )
    within = (1 - (1 - words) * (1 - placement) * (1 - verbatim(measures))) * faithful(measures)
    return np.where(same, within, _against(across, EXCERPT_ODDS * (1 - measures[:, COVER]) - LESSER_ODDS))


def verbatim(m: Array) -> Array:
    """Return a probability (0..1) that rises to 1 where most of the shorter text's words are in the other, in order.

    Rarity plays no part in it: in a corpus that is all copies of one text nothing that they share is rare.
    """
    return _sigmoid(SHARP * (m[:, ALIGNED] - MOSTLY))


def faithful(m: Array) -> Array:
    """Return a factor (0..1) that falls to 0 where the shorter text keeps its wording but not its numbers and names.

    A copy keeps its figures, names and rare words at least as well as the words around them. Texts from one mould
    (weather, markets, results, obituaries) do the opposite: all that they share is common, all that is rare differs.
    Where both are about equally long, the longer one must keep the names of the part that the shorter one is of it.
    """
    shorter, longer = (m[:, NAMES_KEPT + k] - m[:, ALIGNED] * part for k, part in ((0, 1.0), (1, np.exp(-m[:, RATIO]))))
    margin = np.where(m[:, RATIO] < ALIKE, np.minimum(shorter, longer), shorter)
    return _sigmoid(SHARP * (margin + OF_RARE * m[:, FIRST_KEPT] + SPARE))


def _sigmoid(x: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -700, 700))))


def _against(score: Array, log_odds: Array) -> Array:
    """Return the score with so much taken from its log odds."""
    safe = np.clip(score, 1e-12, 1 - 1e-12)
    return _sigmoid(np.log(safe / (1 - safe)) - log_odds)


def word_inputs(m: Array) -> Array:
    """Return the inputs of the words model: rarity-weighted containment, outside quotations, order, share in place."""
    weighted = np.maximum(m[:, 3], m[:, 4])
    in_place = np.clip(m[:, LETTERS + NARROWLY] / (m[:, LETTERS + SHARED] + 0.02), 0, 1)
    return np.column_stack([np.log(weighted + 0.05), m[:, 5], m[:, 6], in_place, np.clip(m[:, LENGTH], 0, 6.5)])


def placement_inputs(m: Array) -> Array:
    """Return the inputs of the placement model."""
    return np.column_stack(
        [
            np.log(m[:, LETTERS + NARROWLY] + 0.02),
            np.clip(m[:, LETTERS + NARROWLY] / (m[:, LETTERS + SHARED] + 0.02), 0, 1),
            np.clip(m[:, LETTERS + SURE_NARROWLY] / 10, 0, 3),
            np.log(m[:, NAMES + WIDELY] + 0.02),
            -np.clip(m[:, RATIO], 0, 1.5),
        ]
    )


def anchor_inputs(m: Array) -> Array:
    """Return the inputs of the anchors model: of each class what lies in place beyond chance, and the names kept.

    What is shared without being in place is left out: languages share sounds, and long texts share much of everything.
    """
    columns = []
    for c in (LETTERS, SKELETONS, NAMES):
        more, sure = [MORE_NARROWLY, MORE_WIDELY], [SURE_NARROWLY, SURE_WIDELY]
        columns.append(np.log(np.clip(m[:, [c + k for k in more]], 0, None) + 0.01))
        columns.append(np.log1p(np.clip(m[:, [c + k for k in sure]], 0, None)))
    columns += [m[:, NAMES_KEPT : NAMES_KEPT + 2], m[:, NAMES_KEPT : NAMES_KEPT + 2].min(axis=1, keepdims=True)]
    return np.hstack(columns)


def report_inputs(m: Array) -> Array:
    """Return the inputs of the reports model: all measures of the three classes, also as shares of one another."""
    classes = (LETTERS, SKELETONS, NAMES)
    cosines = m[:, [c + k for c in classes for k in (SHARED, NARROWLY, WIDELY)]]
    sure = m[:, [c + k for c in classes for k in (SURE_NARROWLY, SURE_WIDELY)]]
    in_place = [m[:, [c + NARROWLY, c + WIDELY]] / (m[:, [c + SHARED]] + 0.02) for c in classes]
    about = [m[:, COVER:FIRST_KEPT], m[:, FIRST_KEPT:]]
    return np.hstack([cosines, sure, np.log(cosines + 0.01), *in_place, np.log1p(np.clip(sure, 0, None)), *about])


def _logistic(inputs: Array, part: dict[str, Array]) -> Array:
    x = np.clip(inputs, part["low"], part["high"])
    return _sigmoid(_times(x, part["weights"]) + part["bias"])


def _network(inputs: Array, part: dict[str, Array]) -> Array:
    """Return the output of one hidden layer of tanh units; inputs are kept within what the fit has seen."""
    x = np.clip(inputs, part["low"], part["high"])
    hidden = np.tanh(_times(x, part["hidden"]) + part["hidden_bias"])
    return _sigmoid(_times(hidden, part["output"]) + part["output_bias"])


def _times(x: Array, weights: Array) -> Array:
    """Return x @ weights without the threads of a BLAS, which wait busily for the next small product after each one."""
    return np.asarray(np.einsum("if,f...->i...", x, weights))


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
