"""Sentences of two texts in order: the heaviest sequence of beads, by dynamic programming (pure).

Sentences share weighted features; a bead joins 1-1, 1-2 or 2-1 sentences, and to leave one out costs nothing (Gale and
Church 1993, with lexical weights as Melamed 1999). May import: the standard library, numpy.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]
Bead = tuple[int, int, int, int]
"""First and past-last sentence of a, then of b."""

Feature = Hashable
Gain = tuple[int, int, Any, Array]

_COMMON = 0.4


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence for the comparison: its features with their own weights, its length, its normal form."""

    features: Mapping[Feature, float]
    length: float
    normal: str


class Link(NamedTuple):
    """A bead: sentences of a and of b that belong together. `strength`: what their words say for it, from 0 up.

    `moved`: it stands outside the order of the others.
    """

    a_first: int
    a_stop: int
    b_first: int
    b_stop: int
    strength: float
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """How two sentences are judged.

    `least`: the share of features (Dice) from which two sentences are alike; `typical`: the share that true pairs have,
    where it is not learned from the two texts themselves; `by_length`: what equal length adds; `merging`: what a 1-2
    bead must bring more, and `part`: the share of each of its sentences that must lie in the other side; `sure`: the
    share from which two sentences belong together wherever they stand; `within`: the rule by which a hole between two
    links is filled, if it can be filled wholly.
    """

    least: float
    by_length: float
    merging: float
    sure: float
    part: float = 0.0
    learns: bool = False
    within: "Rule | None" = None


ONE_LANGUAGE = Rule(least=0.3, by_length=0.1, merging=0.1, sure=0.55, part=0.35)
WITHIN = Rule(least=0.0, by_length=0.8, merging=0.3, sure=0.45, learns=True)
"""Between two links that are sure, for the sentences of two languages that their words did not find."""
TWO_LANGUAGES = Rule(least=0.2, by_length=0.8, merging=0.8, sure=0.45, learns=True, within=WITHIN)
SAMPLE = 400
_ENOUGH = 10
_LEAST_RANGE = 0.08
"""True pairs of two languages are supposed to share at least so much more than chance."""


class Weighed:
    """Two texts' sentences with the weight of each feature: its own, times its rarity in both texts."""

    def __init__(self, a: Sequence[Sentence], b: Sequence[Sentence]) -> None:
        self.a, self.b = a, b
        occurs = Counter(name for one in (*a, *b) for name in one.features)
        total = len(a) + len(b)
        self.rarity = {name: math.log(1 + (total + 10) / (n + 1)) for name, n in occurs.items()}
        self.occurs = occurs
        self.total_a = [self.sum(one) for one in a]
        self.total_b = [self.sum(one) for one in b]
        self.ratio = 1.0
        """Length of b's sentences for one of a's."""

    def weight(self, name: Feature, own: float) -> float:
        """Return the weight of a feature."""
        return own * self.rarity[name]

    def sum(self, one: Sentence) -> float:
        """Return the weight of all features of a sentence."""
        return sum(self.weight(name, own) for name, own in one.features.items())

    def both(self, i: int, j: int) -> float:
        """Return the weight of what two sentences share."""
        x, y = self.a[i].features, self.b[j].features
        if len(x) > len(y):
            x, y = y, x
        return sum(self.weight(name, own) for name, own in x.items() if name in y)

    def share(self, i: int, j: int) -> float:
        """Return Dice's coefficient of two sentences, 0..1."""
        return 2 * self.both(i, j) / max(self.total_a[i] + self.total_b[j], 1e-9)

    def shared(self, i: int, i_stop: int, j: int, j_stop: int) -> Array:
        """Return the shared weight of each pair of sentences in two runs: float64, shape (sentences, sentences)."""
        out = np.zeros((i_stop - i, j_stop - j))
        holders: defaultdict[Feature, list[int]] = defaultdict(list)
        for column in range(j, j_stop):
            for name in self.b[column].features:
                holders[name].append(column - j)
        limit = max(20, _COMMON * (j_stop - j))
        for row in range(i, i_stop):
            for name, own in self.a[row].features.items():
                columns = holders.get(name)
                if columns and len(columns) <= limit:
                    out[row - i, columns] += self.weight(name, own)
        return out


def programme(weighed: Weighed, rule: Rule, gap: Bead, scale: tuple[float, float]) -> list[Link]:
    """Return the heaviest sequence of beads in two runs of sentences.

    `scale`: the share of features that chance brings, and that of true pairs (see `scale_of`).
    """
    i, i_stop, j, j_stop = gap
    rows, columns = i_stop - i, j_stop - j
    if not rows or not columns:
        return []
    gains = _gains(weighed, rule, gap, scale)
    best = np.zeros((rows + 1, columns + 1)).tolist()
    step = np.zeros((rows + 1, columns + 1), np.int8)
    for r in range(1, rows + 1):
        above, row = best[r - 1], best[r]
        for c in range(1, columns + 1):
            value, taken = (above[c], 4) if above[c] >= row[c - 1] else (row[c - 1], 5)
            for bead, (x, y, gain, _) in enumerate(gains):
                if r >= x and c >= y and gain[r - 1][c - 1] > 0:
                    total = best[r - x][c - y] + gain[r - 1][c - 1]
                    if total > value:
                        value, taken = total, bead
            row[c] = value
            step[r, c] = taken
    return list(_walked(step, gains, i, j))[::-1]


def _walked(step: Array, gains: list[Gain], i: int, j: int) -> Iterator[Link]:
    r, c = step.shape[0] - 1, step.shape[1] - 1
    while r and c:
        taken = step[r, c]
        if taken >= 4:
            r, c = (r - 1, c) if taken == 4 else (r, c - 1)
            continue
        x, y, _, words = gains[taken]
        yield Link(i + r - x, i + r, j + c - y, j + c, max(0.0, float(words[r - 1, c - 1])))
        r, c = r - x, c - y


def _gains(weighed: Weighed, rule: Rule, gap: Bead, scale: tuple[float, float]) -> list[Gain]:
    """Return (sentences of a, of b, gain by last sentences, the words' part of it) of each kind of bead."""
    i, i_stop, j, j_stop = gap
    low, high = scale
    shared = weighed.shared(i, i_stop, j, j_stop)
    total_a, total_b = np.array(weighed.total_a[i:i_stop]), np.array(weighed.total_b[j:j_stop])
    length_a = np.array([one.length for one in weighed.a[i:i_stop]]) * weighed.ratio
    length_b = np.array([one.length for one in weighed.b[j:j_stop]])
    found = []
    for x, y in ((1, 1), (1, 2), (2, 1)):
        both = _run_sums(_run_sums(shared, x).T, y).T
        share = _dice(both, _run_sums(total_a, x)[:, None], _run_sums(total_b, y)[None, :])
        words = (share - low) / (high - low) - rule.least
        lengths = _alike_in_length(_run_sums(length_a, x)[:, None], _run_sums(length_b, y)[None, :])
        value = np.minimum(words, 1.5) + rule.by_length * lengths - rule.merging * (x + y - 2)
        if (x, y) != (1, 1) and rule.part:
            value[_least_part(shared, total_a, total_b, x, y) < rule.part] = -1.0
        found.append((x, y, (value * (x + y)).tolist(), words))
    return found


def _least_part(shared: Array, total_a: Array, total_b: Array, x: int, y: int) -> Array:
    """Return, by the last sentences of a bead, the lesser share of its two parts that lies in the other side."""
    inside = shared / np.maximum(total_a[:, None] if x > 1 else total_b[None, :], 1e-9)
    before = np.zeros_like(inside)
    if x > 1:
        before[1:] = inside[:-1]
    else:
        before[:, 1:] = inside[:, :-1]
    return np.minimum(inside, before)


def _dice(both: Array, total_a: Array, total_b: Array) -> Array:
    return np.asarray(2 * np.minimum(both, np.minimum(total_a, total_b)) / np.maximum(total_a + total_b, 1e-9))


def scale_of(weighed: Weighed, rule: Rule, known: Sequence[tuple[int, int]] = ()) -> tuple[float, float]:
    """Return what share of features chance brings, and what true pairs have: between two languages it is learned.

    `known`: pairs that are true beyond doubt, where there are such. Looks at SAMPLE sentences of each text at most.
    """
    if not rule.learns or not weighed.a or not weighed.b:
        return 0.0, 1.0
    i_stop, j_stop = min(len(weighed.a), SAMPLE), min(len(weighed.b), SAMPLE)
    totals = np.array(weighed.total_a[:i_stop])[:, None], np.array(weighed.total_b[:j_stop])[None, :]
    share = _dice(weighed.shared(0, i_stop, 0, j_stop), *totals)
    best = np.minimum(share, np.minimum(share.max(0)[None, :], share.max(1)[:, None])).max(1)
    true = [weighed.share(i, j) for i, j in known]
    low = float(np.median(share))
    return low, max(low + _LEAST_RANGE, float(np.mean(true if len(true) >= _ENOUGH else best)))


def _run_sums(values: Array, size: int) -> Array:
    """Return the sum of each run of `size` along the first axis, by its last place."""
    out = values.copy()
    for back in range(1, size):
        out[back:] += values[:-back]
    return out


def _alike_in_length(a: Array, b: Array) -> Array:
    """Return 1 for equal lengths, less and less for others, -1 at worst. Source: Gale and Church 1993."""
    spread = (a - b) ** 2 / (3.4 * (a + b) + 20.0)
    return np.asarray(2 * np.exp(-spread / 8) - 1)
