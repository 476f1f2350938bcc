"""Average-linkage clustering of scored pairs, robust against chains (pure). May import: numpy, corpus.kernels.

A single false pair must not weld two clusters together, so two clusters join only while the mean score between them
holds. Pairs that were never candidates say something too: two texts of which nothing rare is shared are hardly copies;
they enter the mean with a low score and bounded weight.
Method: Sokal and Michener 1958 (average linkage), made greedy over edges in falling score as in Kruskal 1956.
"""

import numpy as np

from corpus.kernels import Array, jit

MISSING_SCORE = 0.15
"""What a pair that was no candidate counts in the mean."""
MISSING_WEIGHT = 3
"""Unscored pairs count at most so many times the scored ones: where buckets are large few pairs are ever scored."""
MEAN_SHARE = 0.6
"""Two clusters join over a pair that reaches the threshold while their mean score reaches this share of it."""
PASSES = 4


def link(count: int, left: Array, right: Array, score: Array, threshold: float) -> Array:
    """Return a label for each of `count` texts: equal in the same cluster; the label is its least text's number.

    left, right: text numbers of the scored pairs; score: theirs, in 0..1. All pairs count, also the low ones.
    """
    component = _components(count, left, right, score >= threshold)
    labels = component.copy()
    inside = component[left] == component[right]
    for edges in _by_component(component, left, np.flatnonzero(inside)):
        if (score[edges] < threshold).any() or _incomplete(edges, left, right):
            for text, label in _average(left[edges], right[edges], score[edges], threshold).items():
                labels[text] = label
    return labels


def _incomplete(edges: Array, left: Array, right: Array) -> bool:
    texts = len(np.union1d(left[edges], right[edges]))
    return len(edges) < texts * (texts - 1) // 2


@jit
def _root(parent: Array, i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@jit
def _components(count: int, left: Array, right: Array, strong: Array) -> Array:
    """Return for each text the least one that strong pairs lead to (union-find with path halving)."""
    parent = np.arange(count)
    for i in range(len(left)):
        if strong[i]:
            x, y = _root(parent, left[i]), _root(parent, right[i])
            parent[max(x, y)] = min(x, y)
    for i in range(count):
        parent[i] = _root(parent, i)
    return parent


def _by_component(component: Array, left: Array, edges: Array) -> list[Array]:
    if not len(edges):
        return []
    order = edges[np.argsort(component[left[edges]], kind="stable")]
    cuts = np.flatnonzero(np.diff(component[left[order]])) + 1
    return np.split(order, cuts)


def _average(left: Array, right: Array, score: Array, threshold: float) -> dict[int, int]:
    """Cluster one component; return the label of each of its texts."""
    order = np.lexsort((right, left, -score))
    edges = [(int(left[i]), int(right[i]), float(score[i])) for i in order]
    texts = sorted({text for edge in edges for text in edge[:2]})
    parent = {text: text for text in texts}
    size = dict.fromkeys(texts, 1)
    between: dict[int, dict[int, tuple[float, int]]] = {text: {} for text in texts}
    for a, b, s in edges:
        between[a][b] = between[b][a] = (s, 1)
    for _ in range(PASSES):
        merged = False
        for a, b, s in edges:
            if s < threshold:
                break
            x, y = _find(parent, a), _find(parent, b)
            if x != y and _mean(between[x][y], size[x] * size[y]) >= MEAN_SHARE * threshold:
                _join(x, y, parent, size, between)
                merged = True
        if not merged:
            break
    return {text: _find(parent, text) for text in texts}


def _mean(scored: tuple[float, int], pairs: int) -> float:
    """Return the mean score of all pairs between two clusters; unscored ones count with a low score."""
    total, count = scored
    missing = min(pairs - count, MISSING_WEIGHT * count)
    return (total + MISSING_SCORE * missing) / (count + missing)


def _join(
    x: int, y: int, parent: dict[int, int], size: dict[int, int], between: dict[int, dict[int, tuple[float, int]]]
) -> None:
    """Put the cluster with fewer neighbours into the other one; the least text's number stays the label."""
    stay, go = (x, y) if len(between[x]) >= len(between[y]) else (y, x)
    between[stay].pop(go)
    between[go].pop(stay)
    for other, (total, count) in between.pop(go).items():
        between[other].pop(go)
        had, n = between[stay].get(other, (0.0, 0))
        between[stay][other] = between[other][stay] = (had + total, n + count)
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
