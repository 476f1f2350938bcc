"""Compiled evidence of a pair of texts: how much they share, where, and in what order.

May import: numpy, corpus.kernels, corpus.features. The measures and their sources are told in docs/method.md.
"""

import numpy as np

from corpus.features import LETTERS, NAMES, SKELETONS
from corpus.kernels import Array, jit

WORD_MEASURES = 8
"""jaccard, containment of a, of b, weighted containment of a, of b, the same outside quotations, order, aligned."""
ANCHOR_MEASURES = 5
"""Of each anchor class: cosine, cosine of what lies in place narrowly and widely, how far both exceed chance."""
MEASURES = WORD_MEASURES + 3 * ANCHOR_MEASURES + 5
COVER, RATIO, LENGTH, KEPT, NAMED = range(MEASURES - 5, MEASURES)
"""Then: share of the longer text that the shorter covers, log ratio of lengths, log length of the shorter, share of the
numbers and names kept, and how many the shorter has."""
USUAL_WORDS = 400.0
"""Length of a usual article; a feature's rarity is learned from such."""
NARROW, WIDE = 0.04, 0.12
"""How far (share of the shorter text) a feature may lie from its place in the other text: kernel widths."""
Features = tuple[tuple[Array, ...], tuple[Array, ...], tuple[Array, ...]]

_OCCURRENCES = 6  # of one feature in one text that are looked at


@jit
def shared(a: Array, b: Array) -> int:
    """Return how many values two sorted distinct arrays share."""
    i = j = n = 0
    while i < len(a) and j < len(b):
        if a[i] < b[j]:
            i += 1
        elif a[i] > b[j]:
            j += 1
        else:
            n, i, j = n + 1, i + 1, j + 1
    return n


@jit
def _run(keys: Array, i: int) -> int:
    k = keys[i]
    while i < len(keys) and keys[i] == k:
        i += 1
    return i


@jit
def word_measures(
    ka: Array, pa: Array, wa: Array, qa: Array, kb: Array, pb: Array, wb: Array, qb: Array, words_a: int, words_b: int
) -> Array:
    """Return rarity-weighted containment of a in b, of b in a, the greater outside quotations, order and aligned.

    ka, pa, wa: a's word pairs (sorted keys), places and weights; qa: whether each word stands in a quotation. `order`
    is the weight of the heaviest common subsequence of word pairs over the lighter text's; `aligned` the share of the
    shorter text's words in it.
    """
    total_a, total_b, free_a, free_b = 1e-6, 1e-6, 1e-6, 1e-6
    both_a, both_b, both_free_a, both_free_b = 0.0, 0.0, 0.0, 0.0
    # A long text holds more word pairs by chance: what a hit tells is less by the log of its length over a usual one's.
    chance = (np.log(max(1.0, words_b / USUAL_WORDS)), np.log(max(1.0, words_a / USUAL_WORDS)))
    for side in range(2):
        k, p, w, q, o = (ka, pa, wa, qa, kb) if side == 0 else (kb, pb, wb, qb, ka)
        i = j = 0
        while i < len(k):
            stop = _run(k, i)
            while j < len(o) and o[j] < k[i]:
                j += 1
            weight, hit = w[i], j < len(o) and o[j] == k[i]
            told = max(0.0, weight - chance[side]) if hit else 0.0
            free = not q[p[i]]
            if side == 0:
                total_a += weight
                both_a += told
                free_a += weight if free else 0.0
                both_free_a += told if free else 0.0
            else:
                total_b += weight
                both_b += told
                free_b += weight if free else 0.0
                both_free_b += told if free else 0.0
            i = stop
    heavy, covered = _chain(ka, pa, wa, kb, pb, words_b)
    free_share = max(both_free_a / (free_a + 20.0), both_free_b / (free_b + 20.0))
    return np.array(
        [
            both_a / (total_a + 20.0),
            both_b / (total_b + 20.0),
            free_share,
            heavy / (min(wa.sum(), wb.sum()) + 20.0),
            covered / max(1, min(words_a, words_b)),
        ]
    )


@jit
def _count_seeds(ka: Array, kb: Array) -> int:
    i = j = n = 0
    while i < len(ka) and j < len(kb):
        if ka[i] < kb[j]:
            i += 1
        elif ka[i] > kb[j]:
            j += 1
        else:
            end_a, end_b = _run(ka, i), _run(kb, j)
            n += min(end_a - i, _OCCURRENCES) * min(end_b - j, _OCCURRENCES)
            i, j = end_a, end_b
    return n


@jit
def seeds(ka: Array, pa: Array, kb: Array, pb: Array) -> tuple[Array, Array, Array]:
    """Return places in a, in b and the index into ka of each common feature, all occurrences up to a limit."""
    room = _count_seeds(ka, kb)
    x, y, at = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.int32)
    i = j = n = 0
    while i < len(ka) and j < len(kb):
        if ka[i] < kb[j]:
            i += 1
        elif ka[i] > kb[j]:
            j += 1
        else:
            end_a, end_b = _run(ka, i), _run(kb, j)
            for s in range(i, min(end_a, i + _OCCURRENCES)):
                for t in range(j, min(end_b, j + _OCCURRENCES)):
                    x[n], y[n], at[n] = pa[s], pb[t], i
                    n += 1
            i, j = end_a, end_b
    return x, y, at


@jit
def _chain(ka: Array, pa: Array, wa: Array, kb: Array, pb: Array, words_b: int) -> tuple[float, int]:
    """Return the weight of the heaviest chain of word pairs in the same order in both, and the words it covers.

    Method: heaviest increasing subsequence by a Fenwick tree of prefix maxima (Abouelhoda and Ohlebusch 2005).
    """
    x, y, at = seeds(ka, pa, kb, pb)
    if len(x) == 0:
        return 0.0, 0
    order = np.argsort(x.astype(np.int64) * (words_b + 2) - y, kind="mergesort")  # equal x: greater y first
    best = np.zeros(words_b + 2)
    who = np.full(words_b + 2, -1, np.int64)
    before = np.full(len(x), -1, np.int64)
    top, last = 0.0, -1
    for o in order:
        value, source, k = 0.0, -1, int(y[o])
        while k > 0:
            if best[k] > value:
                value, source = best[k], who[k]
            k -= k & -k
        value += wa[at[o]]
        before[o] = source
        k = int(y[o]) + 1
        while k < len(best):
            if best[k] < value:
                best[k], who[k] = value, o
            k += k & -k
        if value > top:
            top, last = value, o
    covered, edge = 0, 1 << 30
    while last >= 0:
        covered += min(2, edge - x[last])
        edge = int(x[last])
        last = before[last]
    return top, covered


@jit
def anchor_measures(of_a: Features, of_b: Features, length_a: int, length_b: int) -> Array:
    """Return 3 x ANCHOR_MEASURES measures of letters, skeletons and names, then the covered share of the longer text.

    `of_a` and `of_b` hold keys, places and weights of the three classes (a the shorter text). Both texts' places are
    laid on one another by the linear map that brings most shared weight into place: end to end, or, where one text is
    much longer, the shorter on a part of the longer.
    """
    weights = (1.0, 0.8, 0.4)
    room = 0
    for c in range(3):
        room += _count_seeds(of_a[0][c], of_b[0][c])
    xs, ys = np.empty(room, np.int32), np.empty(room, np.int32)
    ws, groups = np.empty(room, np.float64), np.empty(room, np.int32)
    first = np.zeros(4, np.int64)
    norm_a, norm_b = np.full(3, 1e-6), np.full(3, 1e-6)
    n = 0
    for c in range(3):
        ka, pa, wa = of_a[0][c], of_a[1][c], of_a[2][c]
        kb, pb, wb = of_b[0][c], of_b[1][c], of_b[2][c]
        i = 0
        while i < len(ka):
            norm_a[c] += wa[i] * wa[i]
            i = _run(ka, i)
        i = 0
        while i < len(kb):
            norm_b[c] += wb[i] * wb[i]
            i = _run(kb, i)
        i = j = 0
        while i < len(ka) and j < len(kb):
            if ka[i] < kb[j]:
                i += 1
            elif ka[i] > kb[j]:
                j += 1
            else:
                end_a, end_b = _run(ka, i), _run(kb, j)
                for s in range(i, min(end_a, i + _OCCURRENCES)):
                    for t in range(j, min(end_b, j + _OCCURRENCES)):
                        xs[n], ys[n], ws[n], groups[n] = pa[s], pb[t], wa[i] * wb[j], i
                        n += 1
                i, j = end_a, end_b
        first[c + 1] = n
    la, lb = max(1.0, float(length_a)), max(1.0, float(length_b))
    scale, offset, cover = lb / la, 0.0, 1.0
    if lb > 1.2 * la:
        top = -1.0
        for h in range(8):
            if h == 0:
                s, o = lb / la, 0.0
            elif h <= 5:
                s, o = (0.75, 0.87, 1.0, 1.15, 1.33)[h - 1], 0.0
            elif h == 6:
                s, o = 1.0, _peak(xs, ys, ws, n, la, lb)
            else:
                s, o = 1.0, lb - la
            if h > 0 and s * la > lb:
                continue
            share = min(1.0, s * la / lb)
            value = 0.0
            for c in range(3):
                q, _, _ = _in_place(xs, ys, ws, groups, first[c], first[c + 1], s, o, NARROW, la)
                value += weights[c] * q / np.sqrt(norm_a[c] * norm_b[c] * share)
            if value > top:
                top, scale, offset, cover = value, s, o, share
    out = np.zeros(3 * ANCHOR_MEASURES + 1)
    for c in range(3):
        covered = norm_b[c] if cover >= 1.0 else _norm_inside(of_b, c, offset - 0.1 * la, offset + (scale + 0.1) * la)
        norm = np.sqrt(norm_a[c] * max(covered, 0.5 * cover * norm_b[c]))
        narrow, chance, spread = _in_place(xs, ys, ws, groups, first[c], first[c + 1], scale, offset, NARROW, la)
        wide, chance_wide, spread_wide = _in_place(xs, ys, ws, groups, first[c], first[c + 1], scale, offset, WIDE, la)
        at = c * ANCHOR_MEASURES
        out[at] = _all(ws, groups, first[c], first[c + 1]) / np.sqrt(norm_a[c] * norm_b[c])
        out[at + 1] = narrow / norm
        out[at + 2] = wide / norm
        out[at + 3] = (narrow - chance) / np.sqrt(spread + 4.0)
        out[at + 4] = (wide - chance_wide) / np.sqrt(spread_wide + 4.0)
    out[3 * ANCHOR_MEASURES] = cover
    return out


@jit
def _norm_inside(of_b: Features, c: int, start: float, stop: float) -> float:
    """Return the squared weight of b's distinct features that occur between two places."""
    kb, pb, wb = of_b[0][c], of_b[1][c], of_b[2][c]
    total, i = 1e-6, 0
    while i < len(kb):
        end = _run(kb, i)
        for j in range(i, end):
            if start <= pb[j] <= stop:
                total += wb[i] * wb[i]
                break
        i = end
    return total


@jit
def _all(ws: Array, groups: Array, start: int, stop: int) -> float:
    total = 0.0
    for i in range(start, stop):
        if i == start or groups[i] != groups[i - 1]:
            total += ws[i]
    return total


@jit
def _in_place(
    xs: Array,
    ys: Array,
    ws: Array,
    groups: Array,
    start: int,
    stop: int,
    scale: float,
    offset: float,
    share: float,
    la: float,
) -> tuple[float, float, float]:
    """Return the shared weight that lies in place, what chance would put there, and its variance."""
    width = max(share * la, 25.0)
    reach = min(0.9, 1.77 * width / la)  # the kernel's integral over the shorter text
    total = chance = variance = 0.0
    i = start
    while i < stop:
        g, w, near, n = groups[i], ws[i], 1e18, 0
        while i < stop and groups[i] == g:
            near = min(near, abs(xs[i] * scale + offset - ys[i]))
            n += 1
            i += 1
        d = near / (scale * width)
        total += w * np.exp(-d * d)
        e = 1.0 - (1.0 - reach) ** n
        chance += w * e
        variance += w * w * e * (1.0 - e)
    return total, chance, variance


@jit
def _peak(xs: Array, ys: Array, ws: Array, n: int, la: float, lb: float) -> float:
    """Return the offset of the shorter text in the longer that most shared weight votes for (a Hough transform)."""
    width = max(40.0, 0.05 * la)
    bins = np.zeros(int((la + lb) / width) + 3)
    for i in range(n):
        bins[int((ys[i] - xs[i] + la) / width)] += ws[i]
    top, at = -1.0, 0
    for b in range(len(bins) - 1):
        if bins[b] + bins[b + 1] > top:
            top, at = bins[b] + bins[b + 1], b
    return min(max(0.0, (at + 1) * width - la), max(0.0, lb - la))


@jit
def numbers_kept(ka: Array, kb: Array) -> float:
    """Return the share of a's distinct numbers and names that b has too; 1 where a has none."""
    i, own, kept, j = 0, 0, 0, 0
    while i < len(ka):
        while j < len(kb) and kb[j] < ka[i]:
            j += 1
        own += 1
        kept += 1 if j < len(kb) and kb[j] == ka[i] else 0
        i = _run(ka, i)
    return kept / own if own else 1.0


@jit
def _features(
    t: int, keys: tuple[Array, ...], ends: tuple[Array, ...], places: tuple[Array, ...], weights: tuple[Array, ...]
) -> Features:
    """Return text t's keys, places and weights of the three anchor classes."""
    a1, b1, a2, b2, a3, b3 = ends[1][t], ends[1][t + 1], ends[2][t], ends[2][t + 1], ends[3][t], ends[3][t + 1]
    return (
        (keys[1][a1:b1], keys[2][a2:b2], keys[3][a3:b3]),
        (places[1][a1:b1], places[2][a2:b2], places[3][a3:b3]),
        (weights[1][a1:b1], weights[2][a2:b2], weights[3][a3:b3]),
    )


@jit
def measure_pairs(
    left: Array,
    right: Array,
    same: Array,
    shingles: Array,
    shingle_ends: Array,
    quoted: Array,
    quoted_ends: Array,
    words: Array,
    lengths: Array,
    keys: tuple[Array, ...],
    ends: tuple[Array, ...],
    places: tuple[Array, ...],
    weights: tuple[Array, ...],
    out: Array,
) -> None:
    """Fill one row of `out` (see MEASURES) for each pair of texts; `same` says whether they share a language."""
    for p in range(len(left)):
        a, b = left[p], right[p]
        sa, sb = shingles[shingle_ends[a] : shingle_ends[a + 1]], shingles[shingle_ends[b] : shingle_ends[b + 1]]
        both = shared(sa, sb)
        out[p, 0] = both / max(1, len(sa) + len(sb) - both)
        out[p, 1] = both / max(1, len(sa))
        out[p, 2] = both / max(1, len(sb))
        if same[p]:
            e = ends[0]
            out[p, 3:8] = word_measures(
                keys[0][e[a] : e[a + 1]],
                places[0][e[a] : e[a + 1]],
                weights[0][e[a] : e[a + 1]],
                quoted[quoted_ends[a] : quoted_ends[a + 1]],
                keys[0][e[b] : e[b + 1]],
                places[0][e[b] : e[b + 1]],
                weights[0][e[b] : e[b + 1]],
                quoted[quoted_ends[b] : quoted_ends[b + 1]],
                words[a],
                words[b],
            )
        x, y = (a, b) if lengths[a] <= lengths[b] else (b, a)
        of_x = _features(x, keys, ends, places, weights)
        of_y = _features(y, keys, ends, places, weights)
        found = anchor_measures(of_x, of_y, lengths[x], lengths[y])
        for m in range(len(found)):
            out[p, WORD_MEASURES + m] = found[m]
        out[p, RATIO] = np.log(max(1, lengths[y]) / max(1, lengths[x]))
        out[p, LENGTH] = np.log(max(1, lengths[x]))
        kept = numbers_kept(of_x[0][2], of_y[0][2])
        if lengths[x] > 0.8 * lengths[y]:
            kept = min(kept, numbers_kept(of_y[0][2], of_x[0][2]))
        out[p, KEPT] = kept
        out[p, NAMED] = len(of_x[0][2])


__all__ = [
    "LETTERS",
    "MEASURES",
    "NAMES",
    "SKELETONS",
    "anchor_measures",
    "measure_pairs",
    "numbers_kept",
    "shared",
    "word_measures",
]
