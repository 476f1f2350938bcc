"""Compiled evidence of pairs of texts: how much they share, where, and in what order.

May import: numpy, corpus.features, corpus.kernels. The measures and their sources are told in docs/method.md.
"""

import numpy as np

from corpus.features import LETTERS, NAMES, SKELETONS, WORD_PAIRS, Features, Texts
from corpus.kernels import Array, jit

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
NARROW, WIDE = 0.04, 0.12
"""How far (share of the shorter text) a feature may lie from its place in the other text: kernel widths."""
Weights = tuple[Array, ...]

ONE_LANGUAGE = 0.2
"""Share of the lesser text's word pairs from which two texts are in one language, whatever is said of them."""

_OCCURRENCES = 6  # of one feature in one text that are looked at
_SEEDS = _OCCURRENCES * _OCCURRENCES


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
            min(f.firsts[i + 1] - f.firsts[i], _OCCURRENCES),
            min(f.firsts[j + 1] - f.firsts[j], _OCCURRENCES),
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
        for at in range(first + min(f.firsts[j + 1] - first, _OCCURRENCES) - 1, first - 1, -1):
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
def _seeds(
    f: Features, weights: Array, a: int, b: int, n: int, i_of: Array, j_of: Array, bounds: Array, ws: Array, xy: Array
) -> None:
    """Write each common feature's weight to `ws` and the places of all its occurrences, up to a limit, to `xy`.

    bounds[m] : bounds[m + 1] are the rows of `xy` (place in a, place in b) of the m-th common feature.
    """
    s = bounds[0]
    for m in range(n):
        i, j = f.ends[a] + i_of[m], f.ends[b] + j_of[m]
        ws[m] = weights[i] * weights[j]
        for k in range(f.firsts[i], min(f.firsts[i + 1], f.firsts[i] + _OCCURRENCES)):
            for h in range(f.firsts[j], min(f.firsts[j + 1], f.firsts[j] + _OCCURRENCES)):
                xy[s, 0], xy[s, 1] = f.places[k], f.places[h]
                s += 1
        bounds[m + 1] = s


@jit
def _seed_count(f: Features, a: int, b: int, n: int, i_of: Array, j_of: Array) -> int:
    total = 0
    for m in range(n):
        i, j = f.ends[a] + i_of[m], f.ends[b] + j_of[m]
        total += min(f.firsts[i + 1] - f.firsts[i], _OCCURRENCES) * min(f.firsts[j + 1] - f.firsts[j], _OCCURRENCES)
    return total


@jit
def _in_place(
    xy: Array, bounds: Array, ws: Array, n: int, scale: float, offset: float, share: float, la: float
) -> float:
    """Return the shared weight that lies in place."""
    total, wide = 0.0, scale * max(share * la, 25.0)
    for m in range(n):
        near = 1e18
        for s in range(bounds[m], bounds[m + 1]):
            near = min(near, abs(xy[s, 0] * scale + offset - xy[s, 1]))
        d = near / wide
        if d < 7.0:  # further off it adds less than 1e-21
            total += ws[m] * np.exp(-d * d)
    return total


@jit
def _by_chance(bounds: Array, ws: Array, n: int, share: float, la: float) -> tuple[float, float]:
    """Return the shared weight that chance would put in place, and its variance."""
    reach = min(0.9, 1.77 * max(share * la, 25.0) / la)  # the kernel's integral over the shorter text
    hit = np.empty(_SEEDS + 1)
    for many in range(_SEEDS + 1):
        hit[many] = 1.0 - (1.0 - reach) ** many
    chance = variance = 0.0
    for m in range(n):
        e = hit[bounds[m + 1] - bounds[m]]
        chance += ws[m] * e
        variance += ws[m] * ws[m] * e * (1.0 - e)
    return chance, variance


@jit
def _peak(xy: Array, bounds: Array, ws: Array, counts: Array, la: float, lb: float) -> float:
    """Return the offset of the shorter text in the longer that most shared weight votes for (a Hough transform)."""
    width = max(40.0, 0.05 * la)
    bins = np.zeros(int((la + lb) / width) + 3)
    for c in range(3):
        for m in range(counts[c]):
            for s in range(bounds[c, m], bounds[c, m + 1]):
                bins[int((xy[s, 1] - xy[s, 0] + la) / width)] += ws[c, m]
    top, at = -1.0, 0
    for k in range(len(bins) - 1):
        if bins[k] + bins[k + 1] > top:
            top, at = bins[k] + bins[k + 1], k
    return min(max(0.0, (at + 1) * width - la), max(0.0, lb - la))


@jit
def _laid_on(
    xy: Array, bounds: Array, ws: Array, counts: Array, norm_a: Array, norm_b: Array, la: float, lb: float
) -> tuple[float, float, float]:
    """Return the linear map (scale, offset) from a's places to b's that brings most weight into place, and the share
    of b that it covers: end to end or, where b is much longer, a on a part of b."""
    if lb <= 1.2 * la:
        return lb / la, 0.0, 1.0
    scale, offset, cover, top = lb / la, 0.0, 1.0, -1.0
    for h in range(8):
        if h == 0:
            s, o = lb / la, 0.0
        elif h <= 5:
            s, o = (0.75, 0.87, 1.0, 1.15, 1.33)[h - 1], 0.0
        elif h == 6:
            s, o = 1.0, _peak(xy, bounds, ws, counts, la, lb)
        else:
            s, o = 1.0, lb - la
        if h > 0 and s * la > lb:
            continue
        share, value = min(1.0, s * la / lb), 0.0
        for c in range(3):
            q = _in_place(xy, bounds[c], ws[c], counts[c], s, o, NARROW, la)
            value += (1.0, 0.8, 0.4)[c] * q / np.sqrt(norm_a[c] * norm_b[c] * share)
        if value > top:
            top, scale, offset, cover = value, s, o, share
    return scale, offset, cover


@jit
def _norm_inside(f: Features, weights: Array, b: int, start: float, stop: float) -> float:
    """Return the squared weight of b's features that occur between two places."""
    total = 1e-6
    for i in range(f.ends[b], f.ends[b + 1]):
        for k in range(f.firsts[i], f.firsts[i + 1]):
            if start <= f.places[k] <= stop:
                total += weights[i] * weights[i]
                break
    return total


@jit
def _put(
    xy: Array, bounds: Array, ws: Array, n: int, layout: tuple[float, float, float], la: float,
    norms: tuple[float, float], narrowly: bool, widely: bool, out: Array,
) -> None:  # fmt: skip
    """Write the ANCHOR_MEASURES of one class; the narrow and the wide ones only where they are asked for."""
    norm, whole = norms
    total = 0.0
    for m in range(n):
        total += ws[m]
    out[0] = total / whole
    for k in range(2):
        if (narrowly, widely)[k]:
            width = (NARROW, WIDE)[k]
            lies = _in_place(xy, bounds, ws, n, layout[0], layout[1], width, la)
            chance, variance = _by_chance(bounds, ws, n, width, la)
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
    bounds, ws, counts = np.zeros((3, most + 2), np.int64), np.empty((3, most + 1)), np.zeros(3, np.int64)
    xy = np.empty((1 << 14, 2), np.int32)
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
        needed, alike = 0, same[p] and lb <= 1.2 * la
        for c in range(3):
            f = texts.classes[1 + c]
            counts[c] = 0
            if not (alike and c + 1 == SKELETONS):
                counts[c] = common(
                    f.keys[f.ends[x] : f.ends[x + 1]], f.keys[f.ends[y] : f.ends[y + 1]], i_of[c], j_of[c]
                )
                needed += _seed_count(f, x, y, counts[c], i_of[c], j_of[c])
        if needed > len(xy):
            xy = np.empty((2 * needed, 2), np.int32)
        end = 0
        for c in range(3):
            bounds[c, 0] = end
            _seeds(texts.classes[1 + c], weights[1 + c], x, y, counts[c], i_of[c], j_of[c], bounds[c], ws[c], xy)
            end = bounds[c, counts[c]]
        norm_x, norm_y = squares[:, x], squares[:, y]
        layout = _laid_on(xy, bounds, ws, counts, norm_x, norm_y, la, lb)
        scale, offset, cover = layout
        for c in range(3):
            if same[p] and c + 1 == SKELETONS:
                continue
            covered = norm_y[c]
            if cover < 1.0:
                start, stop = offset - 0.1 * la, offset + (scale + 0.1) * la
                covered = _norm_inside(texts.classes[1 + c], weights[1 + c], y, start, stop)
            norm = np.sqrt(norm_x[c] * max(covered, 0.5 * cover * norm_y[c]))
            at = WORD_MEASURES + c * ANCHOR_MEASURES
            _put(
                xy, bounds[c], ws[c], counts[c], layout, la, (norm, np.sqrt(norm_x[c] * norm_y[c])),
                not (same[p] and c + 1 == NAMES), not (same[p] and c + 1 == LETTERS), out[p, at : at + ANCHOR_MEASURES],
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
