"""Average-linkage clustering of scored pairs, robust against chains (pure). May import: numpy, corpus.kernels.

A single false pair must not weld two clusters together, so two clusters join only while the mean score between them
holds. Pairs that were never candidates say something too: two texts of which nothing rare is shared are hardly copies;
they enter the mean with a low score and bounded weight. Nor must a single text weld two clusters together: a digest of
ten reports is a copy of each of their copies, and these are no copies of one another.
Methods: Sokal and Michener 1958 (average linkage), made greedy over edges in falling score as in Kruskal 1956; cut
vertices as in Tarjan 1972.
"""

from typing import TypeAlias

import numpy as np

from corpus.kernels import Array, jit, root_of

MISSING_SCORE = 0.15
"""What a pair that was no candidate counts in the mean."""
MISSING_WEIGHT = 2
"""Unscored pairs count at most so many times the scored ones (where buckets are large few pairs are ever scored), or as
many as the smaller cluster has texts: one pair alone is little between many texts."""
MEAN_SHARE = 0.6
"""Two clusters join over a pair that reaches the threshold while their mean score reaches this share of it."""
LONGER = 1.5
"""A text so many times as long as two others may be a digest of both."""
DOUBT = 4
"""The mean of the pairs in one language counts as if so many more of them had the mean of all."""
PASSES = 4
Scored: TypeAlias = tuple[float, int, float, int]
"""Sum of the scores of some pairs and their number; the same of those in one language."""
Between: TypeAlias = dict[int, dict[int, Scored]]
"""The scored pairs between two clusters, by either's label."""


def link(lengths: Array, left: Array, right: Array, score: Array, same: Array, threshold: float) -> Array:
    """Return a label for each text: equal in the same cluster; the label is its least text's number.

    lengths: the texts' words; left, right: text numbers of the scored pairs; score: theirs, in 0..1; same: whether they
    are in one language. All pairs count, also the low ones.
    """
    count = len(lengths)
    component = components(count, left, right, score >= threshold)
    labels = component.copy()
    inside = np.flatnonzero(component[left] == component[right])
    doubted = _doubted(component, component[left[inside]], score[inside] < threshold)
    for edges in _by_component(component, left, inside[doubted[component[left[inside]]]]):
        for text, label in _average(left[edges], right[edges], score[edges], same[edges], threshold).items():
            labels[text] = label
    good = np.flatnonzero((score >= threshold) & (labels[left] == labels[right]))
    left, right, score = left[good], right[good], score[good]
    welds = cut_vertices(count, left, right)
    for edges in _by_component(labels, left, np.flatnonzero(np.isin(labels[left], np.unique(labels[welds])))):
        _part(labels, lengths, left[edges], right[edges], score[edges], welds)
    return labels


def _part(labels: Array, lengths: Array, left: Array, right: Array, score: Array, welds: Array) -> None:
    """Part one cluster, in place, at each text that alone joins two parts of several texts, all shorter than itself.

    It stays with the part that it shares the highest sum of scores with, and with all that is no shorter or alone.
    """
    for text in np.unique(np.concatenate([left, right])[welds[np.concatenate([left, right])]]).tolist():
        inside = (labels[left] == labels[text]) & (labels[right] == labels[text])
        own = inside & ((left == text) | (right == text))
        rest = inside & ~own
        neighbours = np.where(left[own] == text, right[own], left[own])
        texts, ends = np.unique(np.concatenate([neighbours, left[rest], right[rest]]), return_inverse=True)
        at, of_a, of_b = np.split(ends, [len(neighbours), len(neighbours) + int(rest.sum())])
        part = components(len(texts), of_a, of_b, np.ones(len(of_a), np.bool_))
        met = np.bincount(part[at], minlength=len(texts))
        words = np.bincount(part[at], lengths[neighbours], len(texts))
        told = np.bincount(part[at], score[own], len(texts))
        held = np.flatnonzero((np.bincount(part, minlength=len(texts)) > 1) & (LONGER * words <= lengths[text] * met))
        go = held[np.argsort(-told[held], kind="stable")[1:]]
        for number in go.tolist():
            labels[texts[part == number]] = texts[number]
        if len(go):
            stay = np.append(texts[~np.isin(part, go)], text)
            labels[stay] = stay.min()


@jit
def cut_vertices(count: int, left: Array, right: Array) -> Array:
    """Return for each text whether its component of the graph of pairs falls apart without it (Tarjan 1972)."""
    starts = np.zeros(count + 2, np.int64)
    for i in range(len(left)):
        starts[left[i] + 2] += 1
        starts[right[i] + 2] += 1
    starts = np.cumsum(starts)
    beside = np.empty(2 * len(left), np.int64)
    for i in range(len(left)):
        beside[starts[left[i] + 1]], beside[starts[right[i] + 1]] = right[i], left[i]
        starts[left[i] + 1] += 1
        starts[right[i] + 1] += 1
    cut, met, low = np.zeros(count, np.bool_), np.zeros(count, np.int64), np.zeros(count, np.int64)
    parent, following, path = np.full(count, -1), starts[:count].copy(), np.empty(count, np.int64)
    clock = 0
    for root in range(count):
        if met[root] or starts[root] == starts[root + 1]:
            continue
        depth, children, path[0] = 0, 0, root
        clock += 1
        met[root] = low[root] = clock
        while depth >= 0:
            v = path[depth]
            if following[v] < starts[v + 1]:
                w = beside[following[v]]
                following[v] += 1
                if met[w]:
                    if w != parent[v]:
                        low[v] = min(low[v], met[w])
                    continue
                clock += 1
                met[w] = low[w] = clock
                parent[w] = v
                depth += 1
                path[depth] = w
                children += v == root
            else:
                depth -= 1
                above = parent[v]
                if above >= 0:
                    low[above] = min(low[above], low[v])
                    cut[above] |= above != root and low[v] >= met[above]
        cut[root] = children > 1
    return cut


def _doubted(component: Array, of: Array, weak: Array) -> Array:
    """Return for each component whether a pair within it is weak or was never scored; of: the pairs' components."""
    texts, pairs = (np.bincount(one, minlength=len(component)) for one in (component, of))
    return (pairs < texts * (texts - 1) // 2) | (np.bincount(of[weak], minlength=len(component)) > 0)


@jit
def components(count: int, left: Array, right: Array, strong: Array) -> Array:
    """Return for each text (int64) the least one that strong pairs lead to (union-find with path halving)."""
    parent = np.arange(count)
    for i in range(len(left)):
        if strong[i]:
            x, y = root_of(parent, left[i]), root_of(parent, right[i])
            parent[max(x, y)] = min(x, y)
    for i in range(count):
        parent[i] = root_of(parent, i)
    return parent


def _by_component(component: Array, left: Array, edges: Array) -> list[Array]:
    if not len(edges):
        return []
    order = edges[np.argsort(component[left[edges]], kind="stable")]
    cuts = np.flatnonzero(np.diff(component[left[order]])) + 1
    return np.split(order, cuts)


def _average(left: Array, right: Array, score: Array, same: Array, threshold: float) -> dict[int, int]:
    """Cluster one component; return the label of each of its texts."""
    order = np.lexsort((right, left, -score))
    edges = list(zip(*(one[order].tolist() for one in (left, right, score, same.astype(np.int64))), strict=True))
    texts = sorted({text for edge in edges for text in edge[:2]})
    parent = {text: text for text in texts}
    size = dict.fromkeys(texts, 1)
    between: Between = {text: {} for text in texts}
    for a, b, s, one in edges:
        between[a][b] = between[b][a] = (s, 1, one * s, one)
    outside = [(a, b) for a, b, s, _ in edges if s >= threshold]
    for _ in range(PASSES):
        before = outside
        outside = []
        for a, b in before:
            x, y = _find(parent, a), _find(parent, b)
            if x == y:
                continue
            if _mean(between[x][y], size[x], size[y]) >= MEAN_SHARE * threshold:
                _join(x, y, parent, size, between)
            else:
                outside.append((a, b))
        if len(outside) == len(before):
            break
    return {text: _find(parent, text) for text in texts}


def _mean(scored: Scored, here: int, there: int) -> float:
    """Return the mean score of all pairs between two clusters of so many texts; unscored ones count with a low one.

    Where those in one language have a lower mean it is theirs: what they share word for word tells more.
    """
    total, count, of_one, one = scored
    missing = min(here * there - count, max(MISSING_WEIGHT * count, min(here, there)))
    mean = (total + MISSING_SCORE * missing) / (count + missing)
    return min(mean, (of_one + DOUBT * mean) / (one + DOUBT))


def _join(x: int, y: int, parent: dict[int, int], size: dict[int, int], between: Between) -> None:
    """Put the cluster with fewer neighbours into the other one; the least text's number stays the label."""
    stay, go = (x, y) if len(between[x]) >= len(between[y]) else (y, x)
    between[stay].pop(go)
    between[go].pop(stay)
    for other, scored in between.pop(go).items():
        between[other].pop(go)
        had = between[stay].get(other, (0.0, 0, 0.0, 0))
        both = (had[0] + scored[0], had[1] + scored[1], had[2] + scored[2], had[3] + scored[3])
        between[stay][other] = between[other][stay] = both
    parent[go] = stay
    size[stay] += size.pop(go)
    low = min(x, y)
    if stay != low:  # rename, so that the label does not depend on the order of merging
        between[low] = between.pop(stay)
        for other in between[low]:
            between[other][low] = between[other].pop(stay)
        parent[stay], parent[low] = low, low
        size[low] = size.pop(stay)


def _find(parent: dict[int, int], text: int) -> int:
    while parent[text] != text:
        parent[text] = parent[parent[text]]
        text = parent[text]
    return text
