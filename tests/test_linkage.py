"""Clustering of scored pairs against plain oracles: components, average linkage, a brute force of the rule itself."""

import random
from itertools import combinations, pairwise, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import linkage
from corpus.linkage import link

THRESHOLD = 0.5
Edges = list[tuple[int, int, float]]
Cells = frozenset[frozenset[int]]


def linked(
    count: int, edges: Edges, threshold: float = THRESHOLD, words: dict[int, int] | None = None, languages: int = 1
) -> Cells:
    """Return the clusters as sets of numbers, and fail where a label is not its cluster's least number.

    A text's language is its number's remainder by the number of languages.
    """
    left, right = np.array([e[0] for e in edges], np.int64), np.array([e[1] for e in edges], np.int64)
    lengths = np.array([(words or {}).get(text, 100) for text in range(count)], np.int64)
    same = left % languages == right % languages
    labels = link(lengths, left, right, np.array([e[2] for e in edges], np.float64), same, threshold).tolist()
    cells: dict[int, set[int]] = {}
    for text, label in enumerate(labels):
        cells.setdefault(label, set()).add(text)
    assert all(label == min(cell) for label, cell in cells.items())
    return frozenset(frozenset(cell) for cell in cells.values())


def components(count: int, edges: Edges) -> Cells:
    cells = [{i} for i in range(count)]
    for a, b, _ in edges:
        x, y = (next(cell for cell in cells if one in cell) for one in (a, b))
        if x is not y:
            cells.remove(y)
            x |= y
    return frozenset(map(frozenset, cells))


def by_brute_force(
    count: int, edges: Edges, threshold: float = THRESHOLD, words: dict[int, int] | None = None, languages: int = 1
) -> Cells:
    """The rule of the module with every mean taken anew from the scores themselves."""
    score = {frozenset((a, b)): s for a, b, s in edges}
    cells = [{i} for i in range(count)]
    for _ in range(linkage.PASSES):
        before = len(cells)
        for a, b, s in sorted(edges, key=lambda e: (-e[2], e[0], e[1])):
            x, y = (next(cell for cell in cells if one in cell) for one in (a, b))
            if s < threshold or x is y:
                continue
            between = [score[pair] for i in x for j in y if (pair := frozenset((i, j))) in score]
            most = max(linkage.MISSING_WEIGHT * len(between), min(len(x), len(y)))
            missing = min(len(x) * len(y) - len(between), most)
            mean = (sum(between) + linkage.MISSING_SCORE * missing) / (len(between) + missing)
            of_one = [
                score[p] for p in map(frozenset, product(x, y)) if p in score and len({i % languages for i in p}) < 2
            ]
            doubted = (sum(of_one) + linkage.DOUBT * mean) / (len(of_one) + linkage.DOUBT)
            if min(mean, doubted) >= linkage.MEAN_SHARE * threshold:
                cells.remove(y)
                x |= y
        if len(cells) == before:
            break
    good = {pair: s for pair, s in score.items() if s >= threshold}
    return frozenset(map(frozenset, parted(cells, good, words or {})))


def parted(cells: list[set[int]], good: dict[frozenset[int], float], words: dict[int, int]) -> list[set[int]]:
    """Take cells apart at long texts without which two parts of several shorter ones have nothing in common."""

    def held(part: set[int]) -> bool:
        lengths = [words.get(one, 100) for one in part if frozenset((text, one)) in good]
        return len(part) > 1 and linkage.LONGER * sum(lengths) <= words.get(text, 100) * len(lengths)

    for text in sorted(set().union(*cells)):
        cell = next(one for one in cells if text in one)
        rest = cell - {text}
        parts = [set(part) for part in components(max(cell) + 1, [(*sorted(p), 1.0) for p in good if p <= rest])]  # type: ignore[misc]
        large = [part for part in parts if part <= rest and held(part)]
        large.sort(key=lambda part: (-sum(good.get(frozenset((text, one)), 0) for one in part), min(part)))
        if len(large) > 1:
            cells.remove(cell)
            cells += [cell - set().union(*large[1:]), *large[1:]]
    return cells


def average_linkage(scores: Any, threshold: float) -> Cells:
    """Join the two clusters with the greatest mean score until none reaches the threshold (Sokal and Michener 1958)."""
    cells = [{i} for i in range(len(scores))]
    while len(cells) > 1:
        mean, x, y = max(
            ((float(np.mean([scores[i][j] for i in x for j in y])), x, y) for x, y in combinations(cells, 2)),
            key=lambda found: found[0],
        )
        if mean < threshold:
            break
        cells.remove(y)
        x |= y
    return frozenset(map(frozenset, cells))


def complete(count: int, score: Any) -> Edges:
    return [(a, b, score(a, b)) for a, b in combinations(range(count), 2)]


@st.composite
def graphs(draw: st.DrawFn, least: float = 0.0) -> tuple[int, Edges]:
    count = draw(st.integers(2, 12))
    pairs = draw(st.lists(st.sampled_from(list(combinations(range(count), 2))), unique=True, max_size=40))
    return count, [(a, b, draw(st.floats(least, 1, width=16))) for a, b in pairs]


@given(st.lists(st.integers(1, 8), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_with_certain_pairs_clusters_are_connected_components(sizes: list[int], chance: random.Random) -> None:
    """Each text meets the first two of its component at least, as in a bucket of many texts."""
    edges, start = [], 0
    for size in sizes:
        edges += [(start + a, start + b, 1.0) for b in range(size) for a in range(b) if a < 2 or chance.random() < 0.5]
        start += size
    assert linked(start, edges) == components(start, edges)


def test_one_text_alone_welds_no_clusters() -> None:
    """A digest of ten reports is a copy of each of their copies; these are no copies of one another."""
    edges = cliques(10, 4, 0.95) + [(40, text, 0.99) for text in range(40)]
    found = linked(41, edges, words={40: 400})
    assert sorted(map(len, found)) == [4] * 9 + [5]
    assert all(any({4 * n + k for k in range(4)} <= cell for cell in found) for n in range(10))


def test_excerpts_of_one_text_stay_with_it() -> None:
    """Short parts of a long text share nothing with each other."""
    assert linked(9, [(0, part, 0.9) for part in range(1, 9)], words={0: 800}) == {frozenset(range(9))}


@given(graphs(), st.sets(st.integers(0, 11)), st.integers(1, 3))
def test_clusters_are_what_the_rule_says(graph: tuple[int, Edges], long: set[int], languages: int) -> None:
    words = dict.fromkeys(long, 200)
    told = {"words": words, "languages": languages}
    assert linked(*graph, **told) == by_brute_force(*graph, **told)  # type: ignore[arg-type]


def test_two_reports_of_an_event_and_their_translations_stay_apart() -> None:
    """What crosses languages is in doubt; those in one language say that the two are no copies of one another."""
    edges = complete(
        24, lambda a, b: 0.97 if a // 12 == b // 12 else 0.6 if a % 4 != b % 4 else 0.01
    )  # texts 0 to 11 are one report in four languages, 12 to 23 another
    assert linked(24, edges, languages=4) == {frozenset(range(12)), frozenset(range(12, 24))}
    assert linked(24, [edge for edge in edges if edge[2] != 0.01], languages=4) == {frozenset(range(24))}


@pytest.mark.parametrize("languages", [1, 4])
@pytest.mark.parametrize("seed", range(6))
def test_clusters_of_larger_graphs_are_what_the_rule_says(seed: int, languages: int) -> None:
    draw = random.Random(seed)
    words = {text: draw.choice([100, 120, 300]) for text in range(45)}
    group = [draw.randrange(8) for _ in range(45)]
    edges = [
        (a, b, round(min(1, max(0, draw.gauss(0.75 if group[a] == group[b] else 0.15, 0.25))), 6))
        for a, b in combinations(range(45), 2)
        if draw.random() < 0.6
    ]
    told = {"words": words, "languages": languages}
    assert linked(45, edges, **told) == by_brute_force(45, edges, **told)  # type: ignore[arg-type]


@given(graphs(), st.randoms(use_true_random=False))
def test_the_order_and_direction_of_pairs_do_not_matter(graph: tuple[int, Edges], chance: random.Random) -> None:
    count, edges = graph
    assert linked(count, chance.sample(edges, len(edges))) == linked(count, edges)


@given(graphs())
def test_clusters_lie_within_the_components_of_good_pairs(graph: tuple[int, Edges]) -> None:
    count, edges = graph
    outer = components(count, [edge for edge in edges if edge[2] >= THRESHOLD])
    assert all(any(cell <= large for large in outer) for cell in linked(count, edges))


@given(st.lists(st.integers(1, 6), min_size=1, max_size=5), st.integers(0, 1000))
def test_well_parted_clusters_are_found(sizes: list[int], seed: int) -> None:
    draw = random.Random(seed)
    group = [number for number, size in enumerate(sizes) for _ in range(size)]
    edges = complete(len(group), lambda a, b: draw.uniform(0.8, 1) if group[a] == group[b] else draw.uniform(0, 0.1))
    assert linked(len(group), edges) == {frozenset(i for i, g in enumerate(group) if g == n) for n in range(len(sizes))}


@given(st.integers(2, 12), st.integers(0, 10_000), st.sampled_from([0.3, 0.5, 0.7]))
def test_on_a_tree_of_scores_it_is_average_linkage(count: int, seed: int, threshold: float) -> None:
    """Where scores fall from level to level of a tree (an ultrametric), greedy and exact average linkage agree."""
    draw = random.Random(seed)
    scores = np.ones((count, count))
    cells, height = [[i] for i in range(count)], 1.0
    while len(cells) > 1:
        height *= draw.uniform(0.6, 0.98)
        x, y = draw.sample(cells, 2)
        for i in x:
            for j in y:
                scores[i, j] = scores[j, i] = height
        cells = [cell for cell in cells if cell not in (x, y)] + [x + y]
    edges = complete(count, lambda a, b: float(scores[a, b]))
    assert linked(count, edges, threshold) == average_linkage(scores, threshold)


def cliques(count: int, size: int, inside: float) -> Edges:
    return [(size * n + a, size * n + b, inside) for n in range(count) for a, b in combinations(range(size), 2)]


@pytest.mark.parametrize(("bridge", "across"), [(0.95, 0.02), (0.9, 0.1), (0.8, None)])
def test_a_chain_of_false_bridges_welds_nothing(bridge: float, across: float | None) -> None:
    """Forty clusters of eight, one false pair from each to the next; the other pairs are low or were never scored."""
    size, count = 8, 40
    edges = cliques(count, size, 0.95)
    for n, m in pairwise(range(count)):
        false = (size * n, size * m + 1)
        edges += [
            (a, b, bridge if (a, b) == false else across)
            for a in range(size * n, size * n + size)
            for b in range(size * m, size * m + size)
            if across is not None or (a, b) == false
        ]  # type: ignore[misc]
    assert linked(size * count, edges) == {frozenset(range(size * n, size * n + size)) for n in range(count)}


def test_a_member_with_one_weak_pair_stays_in_its_cluster() -> None:
    edges = complete(6, lambda a, b: 0.3 if (a, b) == (4, 5) else 0.9)
    assert linked(6, edges) == {frozenset(range(6))}


def test_texts_that_meet_hubs_alone_stay_together() -> None:
    """In a large bucket each text is scored against a few members only: that must be enough to keep it."""
    edges = [(hub, text, 0.97) for hub in range(8) for text in range(hub + 1, 500)]
    assert linked(500, edges) == {frozenset(range(500))}


def test_no_pairs_and_no_texts() -> None:
    assert linked(0, []) == frozenset()
    assert linked(3, []) == {frozenset({0}), frozenset({1}), frozenset({2})}
    assert linked(2, [(0, 1, THRESHOLD)]) == {frozenset({0, 1})}
    assert linked(2, [(0, 1, THRESHOLD - 1e-9)]) == {frozenset({0}), frozenset({1})}


def test_a_large_cluster_costs_little() -> None:
    """A chain of merges over 3,000 texts with 75,000 pairs: seconds if each merge looked at all of them."""
    draw = random.Random(5)
    edges = sorted({tuple(sorted(draw.sample(range(3000), 2))) for _ in range(75_000)})
    found = linked(3000, [(a, b, 0.9) for a, b in edges])
    assert max(map(len, found)) > 2900
