"""Compiled evidence of pairs of texts: how much they share, where, and in what order.

May import: numpy, corpus.features, corpus.kernels, corpus.layout. The measures and their sources are told in
docs/method.md.
"""

import numpy as np

from corpus.features import LETTERS, NAMES, SKELETONS, WORD_PAIRS, Features, Texts
from corpus.kernels import Array, jit
from corpus.layout import (
    NARROW,
    OCCURRENCES,
    SEEDS,
    WIDE,
    by_chance,
    in_place,
    kernel_width,
    laid_on,
    norm_inside,
    seed_counts,
    seeds,
)

WORD_MEASURES = 8
"""jaccard, containment of a, of b, weighted containment of a, of b, the same outside quotations, order, aligned."""
ANCHOR_MEASURES = 7
"""Of each anchor class: cosine, cosine of what lies in place narrowly and widely, how far both exceed chance in
standard deviations, and the cosines by which they do."""
KEPT_MEASURES = 6
"""Of letter runs, skeletons and names: the share of the shorter text's weight that the other has, and of the other's
that the shorter has. Of letters and skeletons only what exceeds the weight of a common one counts."""
MEASURES = WORD_MEASURES + 3 * ANCHOR_MEASURES + 4 + KEPT_MEASURES + 2
FIRST_KEPT = MEASURES - KEPT_MEASURES - 2
COVER, RATIO, LENGTH, KEPT = range(FIRST_KEPT - 4, FIRST_KEPT)
"""Share of the longer text that the shorter covers, log ratio of lengths, log length of the shorter, share of the
shorter one's numbers and names that the other has (the lesser of both where they are about equally long)."""
NAMED = MEASURES - 2
"""How many numbers and names the shorter and the longer text have (as ln(1 + n))."""
LITTLE = 4.0
"""Weight that every text is supposed to keep."""
USUAL_WORDS = 400.0
"""Length of a usual article; a feature's rarity is learned from such."""
Weights = tuple[Array, ...]

ONE_LANGUAGE = 0.2
"""Share of the lesser text's word pairs from which two texts are in one language, whatever is said of them."""


@jit
def common(a: Array, b: Array, i_of: Array, j_of: Array) -> int:
    """Write where the values that two sorted distinct arrays share lie in each; return how many there are.

    Without branches that cannot be foretold: which side goes on is added, not jumped to.
    """
    i = j = n = np.uint64(0)
    last_a, last_b = np.uint64(len(a)), np.uint64(len(b))
    while i < last_a and j < last_b:
        x, y = a[i], b[j]
        i_of[n], j_of[n] = i, j
        n += np.uint64(x == y)
        i += np.uint64(x <= y)
        j += np.uint64(y <= x)
    return int(n)


@jit
def shared(a: Array, b: Array) -> int:
    """Return how many values two sorted distinct arrays share."""
    i = j = n = np.uint64(0)
    last_a, last_b = np.uint64(len(a)), np.uint64(len(b))
    while i < last_a and j < last_b:
        x, y = a[i], b[j]
        n += np.uint64(x == y)
        i += np.uint64(x <= y)
        j += np.uint64(y <= x)
    return int(n)


@jit
def in_one_language(left: Array, right: Array, same: Array, texts: Texts) -> Array:
    """Return for each pair whether both texts are in one language: they are said to be, or share many word pairs."""
    f, out = texts.classes[WORD_PAIRS], same.copy()
    for p in range(len(left)):
        a, b = left[p], right[p]
        least = min(f.ends[a + 1] - f.ends[a], f.ends[b + 1] - f.ends[b])
        if not out[p] and least:
            both = shared(f.keys[f.ends[a] : f.ends[a + 1]], f.keys[f.ends[b] : f.ends[b + 1]])
            out[p] = both >= ONE_LANGUAGE * least
    return out


@jit
def word_totals(f: Features, weights: Array, quoted: Array, quoted_ends: Array) -> Array:
    """Return for each text the weight of its word pairs, of those outside quotations, and of all their occurrences."""
    out = np.empty((len(f.ends) - 1, 3))
    for t in range(len(f.ends) - 1):
        total, free, every = 1e-6, 1e-6, np.float32(0)
        for i in range(f.ends[t], f.ends[t + 1]):
            total += weights[i]
            if not quoted[quoted_ends[t] + f.places[f.firsts[i]]]:
                free += weights[i]
            for _ in range(f.firsts[i], f.firsts[i + 1]):
                every += weights[i]
        out[t, 0], out[t, 1], out[t, 2] = total, free, every
    return out


@jit
def sums(f: Features, weights: Array) -> Array:
    """Return for each text the weight of its features."""
    out = np.zeros(len(f.ends) - 1)
    for t in range(len(out)):
        for i in range(f.ends[t], f.ends[t + 1]):
            out[t] += weights[i]
    return out


@jit
def _kept(first: int, weights: Array, places: Array, n: int, total: float) -> float:
    """Return the share of a text's weight that is in its common features; the text's features begin at `first`.

    A text of little weight is given the benefit of the doubt, as if it had some more and all of that were kept.
    """
    both = LITTLE
    for m in range(n):
        both += weights[first + places[m]]
    return both / (total + LITTLE)


@jit
def _word_measures(
    a: int, b: int, texts: Texts, weights: Array, totals: Array, i_of: Array, j_of: Array, out: Array
) -> None:
    """Write rarity-weighted containment of a in b, of b in a, the greater outside quotations, order and aligned.

    `order` is the weight of the heaviest common subsequence of word pairs over the lighter text's; `aligned` the share
    of the shorter text's words in it.
    """
    f = texts.classes[WORD_PAIRS]
    words_a, words_b = texts.words[a], texts.words[b]
    n = common(f.keys[f.ends[a] : f.ends[a + 1]], f.keys[f.ends[b] : f.ends[b + 1]], i_of, j_of)
    # A long text holds more word pairs by chance: what a hit tells is less by the log of its length over a usual one's.
    chance_a = np.log(max(1.0, words_b / USUAL_WORDS))
    chance_b = np.log(max(1.0, words_a / USUAL_WORDS))
    both_a, both_b, both_free_a, both_free_b = 0.0, 0.0, 0.0, 0.0
    for m in range(n):
        i, j = f.ends[a] + i_of[m], f.ends[b] + j_of[m]
        told_a, told_b = max(0.0, weights[i] - chance_a), max(0.0, weights[j] - chance_b)
        both_a += told_a
        both_b += told_b
        both_free_a += 0.0 if texts.quoted[texts.quoted_ends[a] + f.places[f.firsts[i]]] else told_a
        both_free_b += 0.0 if texts.quoted[texts.quoted_ends[b] + f.places[f.firsts[j]]] else told_b
    heavy, covered = _chain(a, b, f, weights, words_a, words_b, i_of, j_of, n)
    out[0] = both_a / (totals[a, 0] + 20.0)
    out[1] = both_b / (totals[b, 0] + 20.0)
    out[2] = max(both_free_a / (totals[a, 1] + 20.0), both_free_b / (totals[b, 1] + 20.0))
    out[3] = heavy / (min(totals[a, 2], totals[b, 2]) + 20.0)
    out[4] = min(1.0, covered / max(1, min(words_a, words_b)))  # of the longer text the chain may cover more words


@jit
def _chain(
    a: int, b: int, f: Features, weights: Array, words_a: int, words_b: int, i_of: Array, j_of: Array, n: int
) -> tuple[float, int]:
    """Return the weight of the heaviest chain of word pairs in the same order in both, and the words it covers.

    Method: heaviest increasing subsequence by a Fenwick tree of prefix maxima (Abouelhoda and Ohlebusch 2005).
    """
    if n == 0:
        return 0.0, 0
    at_word = np.full(words_a + 1, -1, np.int32)  # which common word pair begins at each word of a
    seeds = 0
    for m in range(n):
        i, j = f.ends[a] + i_of[m], f.ends[b] + j_of[m]
        many_a, many_b = (
            min(f.firsts[i + 1] - f.firsts[i], OCCURRENCES),
            min(f.firsts[j + 1] - f.firsts[j], OCCURRENCES),
        )
        seeds += many_a * many_b
        for k in range(f.firsts[i], f.firsts[i] + many_a):
            at_word[f.places[k]] = m
    best, who = np.zeros(words_b + 2), np.full(words_b + 2, -1, np.int32)
    before, xs = np.empty(seeds, np.int32), np.empty(seeds, np.int32)
    top, last, seed = 0.0, -1, 0
    for x in range(words_a + 1):
        m = at_word[x]
        if m < 0:
            continue
        weight, j = weights[f.ends[a] + i_of[m]], f.ends[b] + j_of[m]
        first = f.firsts[j]
        # The later places in b first: what begins at one word of a never follows itself.
        for at in range(first + min(f.firsts[j + 1] - first, OCCURRENCES) - 1, first - 1, -1):
            y = f.places[at]
            value, origin, k = 0.0, -1, int(y)
            while k > 0:
                if best[k] > value:
                    value, origin = best[k], who[k]
                k -= k & -k
            value += weight
            before[seed], xs[seed] = origin, x
            k = int(y) + 1
            while k < len(best):
                if best[k] < value:
                    best[k], who[k] = value, seed
                k += k & -k
            if value > top:
                top, last = value, seed
            seed += 1
    covered, edge = 0, 1 << 30
    while last >= 0:
        covered += min(2, edge - xs[last])
        edge = xs[last]
        last = before[last]
    return top, covered


@jit
def _put(
    xs: Array, ys: Array, sizes: Array, ws: Array, n: int, near: Array, layout: tuple[float, float, float], la: float,
    norms: tuple[float, float], narrowly: bool, widely: bool, out: Array,
) -> None:  # fmt: skip
    """Write the ANCHOR_MEASURES of one class; the narrow and the wide ones only where they are asked for."""
    norm, whole = norms
    out[0] = np.sum(ws[:n]) / whole
    for k in range(2):
        if (narrowly, widely)[k]:
            width = (NARROW, WIDE)[k]
            lies = in_place(xs, ys, sizes, ws, near, layout[0], layout[1], layout[0] * kernel_width(width, la))
            chance, variance = by_chance(sizes, ws, width, la)
            out[1 + k] = lies / norm
            out[3 + k] = (lies - chance) / np.sqrt(variance + 4.0)
            out[5 + k] = (lies - chance) / norm


@jit
def measure_pairs(
    left: Array, right: Array, same: Array, texts: Texts, weights: Weights, rare: Weights, totals: Array,
    squares: Array, kept: Array, out: Array,
) -> None:  # fmt: skip
    """Fill one row of `out` (see MEASURES) for each pair of texts; `same` says whether they share a language.

    totals: word_totals; squares: the norms of the three anchor classes, one row each; rare: their weights in so far as
    they are not common; kept: the sums of `rare`, one row each. Within one language only what the models read there is
    measured: the word measures, letters narrowly and names widely in place.
    """
    most = 1
    for f in texts.classes:
        for t in range(len(f.ends) - 1):
            most = max(most, f.ends[t + 1] - f.ends[t])
    i_of, j_of = np.empty((3, most + 1), np.int64), np.empty((3, most + 1), np.int64)
    ws, counts, begins = np.empty((3, most + 1)), np.zeros(3, np.int64), np.zeros(4, np.int64)
    many, sizes = np.empty((3, most + 1), np.int64), np.zeros((3, SEEDS + 1), np.int64)
    xs, ys, near = np.empty(1 << 14, np.float32), np.empty(1 << 14, np.float32), np.empty(most + 1, np.float32)
    e = texts.shingle_ends
    for p in range(len(left)):
        a, b = left[p], right[p]
        own, other = e[a + 1] - e[a], e[b + 1] - e[b]
        both = shared(texts.shingles[e[a] : e[a + 1]], texts.shingles[e[b] : e[b + 1]])
        out[p, 0] = both / max(1, own + other - both)
        out[p, 1], out[p, 2] = both / max(1, own), both / max(1, other)
        if same[p]:
            _word_measures(a, b, texts, weights[0], totals, i_of[0], j_of[0], out[p, 3:8])
        x, y = (a, b) if texts.lengths[a] <= texts.lengths[b] else (b, a)
        la, lb = max(1.0, float(texts.lengths[x])), max(1.0, float(texts.lengths[y]))
        alike = same[p] and lb <= 1.2 * la
        for c in range(3):
            f = texts.classes[1 + c]
            counts[c] = 0
            if not (alike and c + 1 == SKELETONS):
                counts[c] = common(
                    f.keys[f.ends[x] : f.ends[x + 1]], f.keys[f.ends[y] : f.ends[y + 1]], i_of[c], j_of[c]
                )
            begins[c + 1] = begins[c] + seed_counts(f, x, y, counts[c], i_of[c], j_of[c], many[c], sizes[c])
        if begins[3] > len(xs):
            xs, ys = np.empty(2 * begins[3], np.float32), np.empty(2 * begins[3], np.float32)
        for c in range(3):
            f, w, at = texts.classes[1 + c], weights[1 + c], begins[c]
            seeds(f, w, x, y, counts[c], i_of[c], j_of[c], many[c], sizes[c], ws[c], xs[at:], ys[at:])
        norm_x, norm_y = squares[:, x], squares[:, y]
        layout = laid_on(xs, ys, sizes, ws, begins, near, norm_x, norm_y, la, lb)
        scale, offset, cover = layout
        for c in range(3):
            if same[p] and c + 1 == SKELETONS:
                continue
            covered = norm_y[c]
            if cover < 1.0:
                start, stop = offset - 0.1 * la, offset + (scale + 0.1) * la
                covered = norm_inside(texts.classes[1 + c], weights[1 + c], y, start, stop)
            norm = np.sqrt(norm_x[c] * max(covered, 0.5 * cover * norm_y[c]))
            at, begin = WORD_MEASURES + c * ANCHOR_MEASURES, begins[c]
            _put(
                xs[begin:], ys[begin:], sizes[c], ws[c], counts[c], near, layout, la,
                (norm, np.sqrt(norm_x[c] * norm_y[c])), not (same[p] and c + 1 == NAMES),
                not (same[p] and c + 1 == LETTERS), out[p, at : at + ANCHOR_MEASURES],
            )  # fmt: skip
        out[p, COVER], out[p, RATIO], out[p, LENGTH] = cover, np.log(lb / la), np.log(la)
        named = texts.classes[NAMES]
        own, other = named.ends[x + 1] - named.ends[x], named.ends[y + 1] - named.ends[y]
        out[p, KEPT] = counts[2] / own if own else 1.0
        if texts.lengths[x] > 0.8 * texts.lengths[y] and other:
            out[p, KEPT] = min(out[p, KEPT], counts[2] / other)
        out[p, NAMED], out[p, NAMED + 1] = np.log1p(own), np.log1p(other)
        for c in range(3):
            f, at = texts.classes[1 + c], FIRST_KEPT + 2 * c
            out[p, at] = _kept(f.ends[x], rare[c], i_of[c], counts[c], kept[c, x])
            out[p, at + 1] = _kept(f.ends[y], rare[c], j_of[c], counts[c], kept[c, y])
