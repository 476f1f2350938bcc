"""Which sentences of two texts belong together: in order first, then those that were moved (pure).

Method: sentences share weighted features; the heaviest sequence of beads (1-1, 1-2, 2-1, a sentence left out costs
nothing) is found by dynamic programming (Gale and Church 1993, with lexical weights as Melamed 1999). In long texts
pairs of sentences that share rare features come first, as the heaviest chain in the same order, and the dynamic
programme fills the gaps, so that the cost grows with the length and not with its square.
May import: the standard library, numpy.
"""

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]
Bead = tuple[int, int, int, int]
"""First and past-last sentence of a, then of b."""

Feature = Hashable
Gain = tuple[int, int, Any, Array]

CELLS = 160_000
"""Pairs of sentences that one dynamic programme may look at."""
_SHARERS = 8
_COMMON = 0.4
_FEW = 4
"""A sentence of so few features may stand anywhere by chance."""


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
    bead must bring more; `sure`: the share from which two sentences belong together wherever they stand.
    """

    least: float
    by_length: float
    merging: float
    sure: float
    learns: bool = False


ONE_LANGUAGE = Rule(least=0.25, by_length=0.0, merging=0.02, sure=0.55)
TWO_LANGUAGES = Rule(least=0.25, by_length=0.8, merging=0.4, sure=0.45, learns=True)
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


def align(a: Sequence[Sentence], b: Sequence[Sentence], rule: Rule) -> list[Link]:
    """Return the links between the two texts' sentences, in a's order; each sentence is in one of them at most."""
    head, tail = _ends(a, b)
    weighed = Weighed(a[head : len(a) - tail], b[head : len(b) - tail])
    inner = [_shifted(link, head) for link in _aligned(weighed, rule)]
    ends = [*range(head), *range(-tail, 0)]
    outer = [Link(i % len(a), i % len(a) + 1, i % len(b), i % len(b) + 1, 1.0) for i in ends]
    return sorted([*outer, *inner])


def _ends(a: Sequence[Sentence], b: Sequence[Sentence]) -> tuple[int, int]:
    """Return how many equal sentences both texts begin with, and end with."""
    head = tail = 0
    while head < min(len(a), len(b)) and a[head].normal == b[head].normal:
        head += 1
    while tail < min(len(a), len(b)) - head and a[-1 - tail].normal == b[-1 - tail].normal:
        tail += 1
    return head, tail


def _shifted(link: Link, by: int) -> Link:
    i, i_stop, j, j_stop, strength, moved = link
    return Link(i + by, i_stop + by, j + by, j_stop + by, strength, moved)


def _aligned(weighed: Weighed, rule: Rule) -> list[Link]:
    gaps = list(_gaps(_anchored(weighed, rule), len(weighed.a), len(weighed.b)))
    found = [link for gap in gaps for link in _programme(weighed, rule, *gap)]
    if rule.by_length:
        weighed.ratio = _ratio(weighed, [link for link in found if link.strength > 0])
        found = [link for gap in gaps for link in _programme(weighed, rule, *gap)]
    in_order = _supported(found, len(weighed.a), len(weighed.b))
    return [*in_order, *_moved(weighed, rule, in_order)]


def _ratio(weighed: Weighed, links: list[Link]) -> float:
    """Return the length of b's sentences for one of a's, over the links that their words have found."""
    long_a = sum(weighed.a[i].length for link in links for i in range(link.a_first, link.a_stop))
    long_b = sum(weighed.b[j].length for link in links for j in range(link.b_first, link.b_stop))
    return min(2.5, max(0.4, (long_b + 200) / (long_a + 200)))


def _supported(links: list[Link], count_a: int, count_b: int) -> list[Link]:
    """Leave out links that length alone has found, unless they fill a hole between two that their words have found."""
    kept: list[Link] = []
    weak: list[Link] = []
    i, j = 0, 0  # past the last link
    safe = True  # the run of weak links began at a strong one or at the beginning of both texts
    for link in links:
        if (link.a_first, link.b_first) != (i, j):
            weak, safe = [], False
        if link.strength > 0:
            kept += [*(weak if safe else []), link]
            weak, safe = [], True
        else:
            weak.append(link)
        i, j = link.a_stop, link.b_stop
    if safe and (i, j) == (count_a, count_b):
        kept += weak
    return kept


def _anchored(weighed: Weighed, rule: Rule) -> list[tuple[int, int]]:
    """Return sure 1-1 pairs in the same order, for texts too long for one dynamic programme."""
    a, b = weighed.a, weighed.b
    if len(a) * len(b) <= CELLS:
        return []
    pairs = [(i, j, weighed.total_a[i]) for i, j in _candidates(weighed) if weighed.share(i, j) >= rule.sure]
    return heaviest_chain(pairs)


def _candidates(weighed: Weighed) -> Iterator[tuple[int, int]]:
    """Yield, for each sentence of a, the few of b that share most with it among rare features."""
    holders: defaultdict[Feature, list[int]] = defaultdict(list)
    for j, one in enumerate(weighed.b):
        for name in (one.normal, *one.features):
            if weighed.occurs[name] <= 2 * _SHARERS:
                holders[name].append(j)
    for i, one in enumerate(weighed.a):
        votes: Counter[int] = Counter()
        for name in (one.normal, *one.features):
            for j in holders.get(name, ())[:_SHARERS]:
                votes[j] += 1
        for j, _ in votes.most_common(3):
            yield i, j


def heaviest_chain(pairs: Iterable[tuple[int, int, float]]) -> list[tuple[int, int]]:
    """Return the pairs (i, j) of the heaviest subsequence that rises in both; O(n log n)."""
    rows: list[tuple[int, int, float]] = sorted(pairs, key=lambda pair: (pair[0], -pair[1]))
    ends: list[int] = []  # ascending j of the frontier
    best: list[tuple[float, int]] = []  # its total weight, ascending, and the pair that ends it
    before: list[int] = []
    for at, (_, j, weight) in enumerate(rows):
        place = bisect_right(ends, j - 1)
        total = (best[place - 1][0] if place else 0.0) + weight
        before.append(best[place - 1][1] if place else -1)
        if place < len(ends) and ends[place] == j and best[place][0] >= total:
            continue
        stop = place
        while stop < len(ends) and best[stop][0] <= total:
            stop += 1
        ends[place:stop], best[place:stop] = [j], [(total, at)]
    chain = []
    at = best[-1][1] if best else -1
    while at >= 0:
        chain.append(rows[at][:2])
        at = before[at]
    return chain[::-1]


def _gaps(anchored: list[tuple[int, int]], count_a: int, count_b: int) -> Iterator[Bead]:
    """Yield runs small enough for the dynamic programme: what lies between the anchored pairs, and these themselves."""
    i = j = 0
    for next_i, next_j in [*anchored, (count_a, count_b)]:
        parts = max(1, math.ceil(math.sqrt((next_i - i) * (next_j - j) / CELLS)))
        cuts_a = [i + (next_i - i) * part // parts for part in range(parts + 1)]
        cuts_b = [j + (next_j - j) * part // parts for part in range(parts + 1)]
        for part in range(parts):
            yield cuts_a[part], cuts_a[part + 1], cuts_b[part], cuts_b[part + 1]
        i, j = next_i, next_j
        if i < count_a and j < count_b:
            yield i, i + 1, j, j + 1
            i, j = i + 1, j + 1


def _programme(weighed: Weighed, rule: Rule, i: int, i_stop: int, j: int, j_stop: int) -> list[Link]:
    """Return the heaviest sequence of beads in the two runs."""
    rows, columns = i_stop - i, j_stop - j
    if not rows or not columns:
        return []
    gains = _gains(weighed, rule, i, i_stop, j, j_stop)
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


def _gains(weighed: Weighed, rule: Rule, i: int, i_stop: int, j: int, j_stop: int) -> list[Gain]:
    """Return (sentences of a, of b, gain by last sentences, the words' part of it) of each kind of bead."""
    shared = weighed.shared(i, i_stop, j, j_stop)
    total_a, total_b = np.array(weighed.total_a[i:i_stop]), np.array(weighed.total_b[j:j_stop])
    length_a = np.array([one.length for one in weighed.a[i:i_stop]]) * weighed.ratio
    length_b = np.array([one.length for one in weighed.b[j:j_stop]])
    low, high = _range(_dice(shared, total_a[:, None], total_b[None, :]), rule)
    found = []
    for x, y in ((1, 1), (1, 2), (2, 1)):
        both = _run_sums(_run_sums(shared, x).T, y).T
        share = _dice(both, _run_sums(total_a, x)[:, None], _run_sums(total_b, y)[None, :])
        words = (share - low) / (high - low) - rule.least
        lengths = _alike_in_length(_run_sums(length_a, x)[:, None], _run_sums(length_b, y)[None, :])
        value = np.minimum(words, 1.5) + rule.by_length * lengths - rule.merging * (x + y - 2)
        found.append((x, y, (value * (x + y)).tolist(), words))
    return found


def _dice(both: Array, total_a: Array, total_b: Array) -> Array:
    return np.asarray(2 * np.minimum(both, np.minimum(total_a, total_b)) / np.maximum(total_a + total_b, 1e-9))


def _range(share: Array, rule: Rule) -> tuple[float, float]:
    """Return what chance shares and what true pairs share: between two languages it depends on both."""
    if not rule.learns:
        return 0.0, 1.0
    low = float(np.median(share))
    best = np.minimum(share, np.minimum(share.max(0)[None, :], share.max(1)[:, None])).max(1)
    return low, max(low + _LEAST_RANGE, float(np.mean(best)))


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


def _moved(weighed: Weighed, rule: Rule, in_order: list[Link]) -> list[Link]:
    """Return sure 1-1 pairs among the sentences left over, each sentence once."""
    taken_a = {i for link in in_order for i in range(link.a_first, link.a_stop)}
    taken_b = {j for link in in_order for j in range(link.b_first, link.b_stop)}
    found = [
        (weighed.share(i, j), -i, -j)
        for i, j in _candidates(weighed)
        if i not in taken_a and j not in taken_b and len(weighed.a[i].features) > _FEW
    ]
    moved = []
    for share, i, j in sorted(found, reverse=True):
        if share >= rule.sure and -i not in taken_a and -j not in taken_b:
            moved.append(Link(-i, 1 - i, -j, 1 - j, share, moved=True))
            taken_a.add(-i)
            taken_b.add(-j)
    return moved
