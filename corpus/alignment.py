"""Which sentences of two texts belong together: in order first, then those that were moved (pure).

Short texts go through one dynamic programme (corpus.beads). In long ones pairs of sentences that share rare features
come first, as the heaviest chain in the same order, and the programme fills the gaps, so that the cost grows with the
length and not with its square. May import: the standard library, corpus.beads.
"""

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from corpus.beads import Bead, Feature, Link, Rule, Sentence, Weighed, programme, scale_of

CELLS = 160_000
"""Pairs of sentences that one dynamic programme may look at."""
_SHARERS = 8
_SAME_LENGTH = 0.05
_FEW = 4
"""A sentence of so few features may stand anywhere by chance."""


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
    anchored = _anchored(weighed, rule)
    scale = scale_of(weighed, rule, anchored)
    found = list(_filled(weighed, rule, anchored, scale))
    ratio = _ratio(weighed, [link for link in found if link.strength > 0]) if rule.learns else 1.0
    if abs(ratio - 1) > _SAME_LENGTH:
        weighed.ratio = ratio
        found = list(_filled(weighed, rule, anchored, scale))
    in_order = list(_supported(weighed, rule, found, scale))
    return [*in_order, *_moved(weighed, rule, in_order)]


def _ratio(weighed: Weighed, links: list[Link]) -> float:
    """Return the length of b's sentences for one of a's, over the links that their words have found."""
    long_a = sum(weighed.a[i].length for link in links for i in range(link.a_first, link.a_stop))
    long_b = sum(weighed.b[j].length for link in links for j in range(link.b_first, link.b_stop))
    return min(2.5, max(0.4, (long_b + 200) / (long_a + 200)))


def _supported(weighed: Weighed, rule: Rule, links: list[Link], scale: tuple[float, float]) -> Iterator[Link]:
    """Yield the links that their words have found; between two of them, and at the ends, those that length tells.

    Length is believed only where every sentence of the hole finds its place, in both texts.
    """
    i = j = 0
    for link in [*(one for one in links if one.strength > 0), None]:
        i_stop, j_stop = (link.a_first, link.b_first) if link else (len(weighed.a), len(weighed.b))
        if rule.within and (i_stop - i) * (j_stop - j) <= CELLS:
            within = programme(weighed, rule.within, (i, i_stop, j, j_stop), scale)
            if _sentences(within) == (i_stop - i, j_stop - j):
                yield from within
        if link:
            yield link
            i, j = link.a_stop, link.b_stop


def _sentences(links: list[Link]) -> tuple[int, int]:
    """Return how many sentences of a and of b the links hold."""
    return sum(one.a_stop - one.a_first for one in links), sum(one.b_stop - one.b_first for one in links)


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


def _filled(
    weighed: Weighed, rule: Rule, anchored: list[tuple[int, int]], scale: tuple[float, float]
) -> Iterator[Link]:
    """Yield the anchored pairs, and between them what the dynamic programme finds."""
    i = j = 0
    for next_i, next_j in [*anchored, (len(weighed.a), len(weighed.b))]:
        for gap in _parts(i, next_i, j, next_j):
            yield from programme(weighed, rule, gap, scale)
        i, j = next_i + 1, next_j + 1
        if i <= len(weighed.a) and j <= len(weighed.b):
            yield Link(next_i, i, next_j, j, 1.0)


def _parts(i: int, i_stop: int, j: int, j_stop: int) -> Iterator[Bead]:
    """Yield two runs whole, or, where they are too long for one dynamic programme, in parts along their diagonal."""
    cells = (i_stop - i) * (j_stop - j)
    parts = 1 if cells <= CELLS else math.ceil(math.sqrt(4 * cells / CELLS))
    cuts_a = [i + (i_stop - i) * part // parts for part in range(parts + 1)]
    cuts_b = [j + (j_stop - j) * part // parts for part in range(parts + 1)]
    for part in range(parts):
        yield cuts_a[part], cuts_a[part + 1], cuts_b[part], cuts_b[part + 1]


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
