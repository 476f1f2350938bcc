"""Where what two texts share lies: which map of the one's places to the other's puts most of it in place (compiled).

A map is linear: the shorter text is laid on the longer one or on a part of it. A feature is in place as far as some
occurrence of it in the one lies near an occurrence in the other. May import: numpy, corpus.features, corpus.kernels.
"""

from typing import Any

import numpy as np

from corpus.features import Features
from corpus.kernels import Array, jit

NARROW, WIDE = 0.04, 0.12
"""How far (share of the shorter text) a feature may lie from its place in the other text: kernel widths."""
OCCURRENCES = 6
"""So many occurrences of one feature in one text are looked at."""
SEEDS = OCCURRENCES * OCCURRENCES
"""At most so many pairs of an occurrence in the one text and one in the other does a feature have."""


@jit
def kernel_width(share: float, la: float) -> float:
    """Return how far from its place, in characters of the shorter text (of length la), a feature may lie."""
    return max(share * la, 25.0)


@jit
def seed_counts(f: Features, a: int, b: int, n: int, i_of: Array, j_of: Array, many: Array, sizes: Array) -> int:
    """Write how many pairs of occurrences of each common feature are looked at, and how many features have so many;
    return how many pairs there are in all."""
    total, sizes[:] = 0, 0
    for m in range(n):
        i, j = f.ends[a] + i_of[m], f.ends[b] + j_of[m]
        many[m] = min(f.firsts[i + 1] - f.firsts[i], OCCURRENCES) * min(f.firsts[j + 1] - f.firsts[j], OCCURRENCES)
        sizes[many[m]] += 1
        total += many[m]
    return total


@jit
def seeds(
    f: Features, weights: Array, a: int, b: int, n: int, i_of: Array, j_of: Array, many: Array, sizes: Array,
    ws: Array, xs: Array, ys: Array,
) -> None:  # fmt: skip
    """Write each common feature's weight to `ws` and the places of its occurrences, up to a limit, to `xs` and `ys`.

    sizes[k] features have k pairs of places: these lie together, the first pair of each, then the second, and so on.
    What is worked out of them runs through arrays without a branch, many at a time in a vector.
    """
    puts, starts, put, start = np.empty(SEEDS + 1, np.int64), np.empty(SEEDS + 1, np.int64), 0, 0
    for k in range(SEEDS + 1):
        puts[k], starts[k] = put, start
        put += sizes[k]
        start += k * sizes[k]
    for m in range(n):
        i, j, k = f.ends[a] + i_of[m], f.ends[b] + j_of[m], many[m]
        ws[puts[k]] = weights[i] * weights[j]
        s, apart = starts[k], sizes[k]
        first, stop = f.firsts[j], min(f.firsts[j + 1], f.firsts[j] + OCCURRENCES)
        for at in range(f.firsts[i], min(f.firsts[i + 1], f.firsts[i] + OCCURRENCES)):
            x = np.float32(f.places[at])
            for h in range(first, stop):
                xs[s], ys[s] = x, np.float32(f.places[h])
                s += apart
        puts[k] += 1
        starts[k] += 1


@jit
def _nearest(xs: Array, ys: Array, size: int, scale: Any, offset: Any, near: Array) -> None:
    """Write how far apart the nearest pair of places of each of `size` features lies, pair after pair (see seeds)."""
    for m in range(size):
        near[m] = abs(xs[m] * scale + offset - ys[m])
    for s in range(size, len(xs), size):
        more_xs, more_ys = xs[s : s + size], ys[s : s + size]
        for m in range(size):
            d = abs(more_xs[m] * scale + offset - more_ys[m])
            near[m] = d if d < near[m] else near[m]


@jit
def _bells(near: Array, size: int, wide: float) -> None:
    """Put exp(-d * d) in the place of each distance d (in `wide`s), within 1e-7 of itself; 0 from 7 on.

    The power is that of a 256th part, by its series, squared eight times: what the library does needs a branch each.
    """
    for m in range(size):
        d = near[m] / wide
        r = d * d / 256.0
        e = 1.0 - r * (1.0 - r * (0.5 - r * (1 / 6 - r * (1 / 24 - r * (1 / 120 - r * (1 / 720 - r / 5040))))))
        for _ in range(8):
            e *= e
        near[m] = e if r < 49.0 / 256.0 else 0.0


@jit
def in_place(
    xs: Array, ys: Array, sizes: Array, ws: Array, near: Array, scale: float, offset: float, wide: float
) -> float:
    """Return the weight of one class that the map x -> x * scale + offset puts in place.

    A feature's weight counts by exp(-d * d), d being how far its nearest pair of places lies apart, in `wide`s; `near`
    is room for as many numbers as there are features.
    """
    total, put, s = 0.0, 0, 0
    for k in range(1, SEEDS + 1):
        size = sizes[k]
        if size:
            stop = s + k * size
            _nearest(xs[s:stop], ys[s:stop], size, np.float32(scale), np.float32(offset), near[put:])
            put, s = put + size, stop
    _bells(near, put, wide)
    for m in range(put):
        total += ws[m] * near[m]
    return total


@jit
def by_chance(sizes: Array, ws: Array, share: float, la: float) -> tuple[float, float]:
    """Return the shared weight that chance would put in place, and its variance."""
    reach = min(0.9, 1.77 * kernel_width(share, la) / la)  # the kernel's integral over the shorter text
    chance, variance, put = 0.0, 0.0, 0
    for k in range(1, SEEDS + 1):
        e = 1.0 - (1.0 - reach) ** k
        for m in range(put, put + sizes[k]):
            chance += ws[m] * e
            variance += ws[m] * ws[m] * e * (1.0 - e)
        put += sizes[k]
    return chance, variance


@jit
def _peak(xs: Array, ys: Array, sizes: Array, ws: Array, begins: Array, la: float, lb: float) -> float:
    """Return the offset of the shorter text in the longer that most shared weight votes for (a Hough transform)."""
    width = max(40.0, 0.05 * la)
    bins = np.zeros(int((la + lb) / width) + 3)
    for c in range(3):
        put, s = 0, begins[c]
        for k in range(1, SEEDS + 1):
            for _ in range(k):
                for m in range(put, put + sizes[c, k]):
                    bins[int((ys[s] - xs[s] + la) / width)] += ws[c, m]
                    s += 1
            put += sizes[c, k]
    top, at = -1.0, 0
    for k in range(len(bins) - 1):
        if bins[k] + bins[k + 1] > top:
            top, at = bins[k] + bins[k + 1], k
    return min(max(0.0, (at + 1) * width - la), max(0.0, lb - la))


@jit
def laid_on(
    xs: Array, ys: Array, sizes: Array, ws: Array, begins: Array, near: Array, norm_a: Array, norm_b: Array,
    la: float, lb: float,
) -> tuple[float, float, float]:  # fmt: skip
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
            s, o = 1.0, _peak(xs, ys, sizes, ws, begins, la, lb)
        else:
            s, o = 1.0, lb - la
        if h > 0 and s * la > lb:
            continue
        share, value, wide = min(1.0, s * la / lb), 0.0, s * kernel_width(NARROW, la)
        for c in range(3):
            q = in_place(xs[begins[c] :], ys[begins[c] :], sizes[c], ws[c], near, s, o, wide)
            value += (1.0, 0.8, 0.4)[c] * q / np.sqrt(norm_a[c] * norm_b[c] * share)
        if value > top:
            top, scale, offset, cover = value, s, o, share
    return scale, offset, cover


@jit
def norm_inside(f: Features, weights: Array, b: int, start: float, stop: float) -> float:
    """Return the squared weight of b's features that occur between two places."""
    total = 1e-6
    for i in range(f.ends[b], f.ends[b + 1]):
        for k in range(f.firsts[i], f.firsts[i + 1]):
            if start <= f.places[k] <= stop:
                total += weights[i] * weights[i]
                break
    return total
