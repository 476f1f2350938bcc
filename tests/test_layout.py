"""Where what two texts share lies, in compiled code, against plain Python that goes through every pair of places."""

import math
from typing import TypeAlias

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.features import Features
from corpus.kernels import Array
from corpus.layout import NARROW, OCCURRENCES, SEEDS, by_chance, in_place, laid_on, seed_counts, seeds

Shared: TypeAlias = list[tuple[list[int], list[int]]]
"""The places of each shared feature in the one text and in the other."""
CLASSES = (1.0, 0.8, 0.4)

places = st.lists(st.integers(0, 999), min_size=1, max_size=OCCURRENCES + 2, unique=True).map(sorted)
shared = st.lists(st.tuples(places, places), max_size=30)


def laid_out(features: Shared) -> tuple[Features, Array, Array]:
    """Return the two texts' features, the weight of each, and the numbers of the shared ones, which are all."""
    sides = [[found[side] for found in features] for side in (0, 1)]
    counts = [len(found) for side in sides for found in side]
    numbers = np.arange(len(features))
    return (
        Features(
            np.tile(numbers.astype(np.uint64), 2),
            np.arange(3) * len(features),
            np.cumsum([0, *counts]),
            np.array([place for side in sides for found in side for place in found], np.int32),
        ),
        1 + np.tile(numbers % 5, 2).astype(np.float32),
        numbers,
    )


def compiled(features: Shared) -> tuple[Array, Array, Array, Array]:
    """Return what `seeds` writes: the places in both, how many features have how many, their weights."""
    of, weights, numbers = laid_out(features)
    many, sizes = np.empty(len(features), np.int64), np.full(SEEDS + 1, 99)
    count = seed_counts(of, 0, 1, len(features), numbers, numbers, many, sizes)
    xs, ys, ws = np.empty(count, np.float32), np.empty(count, np.float32), np.empty(len(features))
    seeds(of, weights, 0, 1, len(features), numbers, numbers, many, sizes, ws, xs, ys)
    return xs, ys, sizes, ws


def plain(features: Shared, scale: float, offset: float, wide: float) -> float:
    """Return the weight that a map puts in place."""
    total = 0.0
    for n, (of_a, of_b) in enumerate(features):
        near = min(abs(x * scale + offset - y) for x in of_a[:OCCURRENCES] for y in of_b[:OCCURRENCES])
        total += (1 + n % 5) ** 2 * (math.exp(-((near / wide) ** 2)) if near < 7 * wide else 0.0)
    return total


@given(shared, st.sampled_from([0.75, 1.0, 1.33]), st.integers(-200, 800), st.sampled_from([25.0, 90.0]))
def test_what_lies_in_place_is_what_plain_python_finds_there(
    features: Shared, scale: float, offset: int, wide: float
) -> None:
    xs, ys, sizes, ws = compiled(features)
    near = np.empty(len(features), np.float32)
    found = in_place(xs, ys, sizes, ws, near, scale, float(offset), wide)
    assert found == pytest.approx(plain(features, scale, offset, wide), rel=1e-5, abs=1e-18)


@given(shared, st.sampled_from([0.04, 0.12]), st.integers(30, 5000))
def test_chance_is_that_of_as_many_places_as_a_feature_has(features: Shared, share: float, length: int) -> None:
    _, _, sizes, ws = compiled(features)
    reach = min(0.9, 1.77 * max(share * length, 25.0) / length)
    chance = variance = 0.0
    for n, (of_a, of_b) in enumerate(features):
        many = min(len(of_a), OCCURRENCES) * min(len(of_b), OCCURRENCES)
        hit, weight = 1 - (1 - reach) ** many, (1 + n % 5) ** 2
        chance, variance = chance + weight * hit, variance + weight**2 * hit * (1 - hit)
    assert by_chance(sizes, ws, share, float(length)) == pytest.approx((chance, variance))


def laid(of_classes: list[Shared], la: float, lb: float) -> tuple[float, float, float]:
    made = [compiled(features) for features in of_classes]
    most = max(1, *map(len, of_classes))
    ws = np.zeros((3, most))
    for c, (_, _, _, weights) in enumerate(made):
        ws[c, : len(weights)] = weights
    begins = np.cumsum([0, *(len(xs) for xs, _, _, _ in made)])
    xs, ys = (np.concatenate([one[side] for one in made]) for side in (0, 1))
    sizes, near, norms = np.stack([one[2] for one in made]), np.empty(most, np.float32), np.ones(3)
    return laid_on(xs, ys, sizes, ws, begins, near, norms, norms, la, lb)


def worth(of_classes: list[Shared], scale: float, offset: float, la: float, lb: float) -> float:
    wide = scale * max(NARROW * la, 25.0)
    told = sum(tells * plain(of, scale, offset, wide) for tells, of in zip(CLASSES, of_classes, strict=True))
    return told / math.sqrt(min(1.0, scale * la / lb))


@given(st.tuples(shared, shared, shared).map(list), st.integers(1201, 6000))
@example([[([0], [700])], [], []], 4000)
def test_the_map_is_the_one_that_puts_most_in_place(of_classes: list[Shared], lb: int) -> None:
    la = 1000.0
    scale, offset, cover = laid(of_classes, la, float(lb))
    assert cover == pytest.approx(min(1.0, scale * la / lb))
    tried = [(lb / la, 0.0), *((s, 0.0) for s in (0.75, 0.87, 1.0, 1.15, 1.33) if s * la <= lb), (1.0, lb - la)]
    best = max(worth(of_classes, s, o, la, lb) for s, o in tried)
    assert worth(of_classes, scale, offset, la, lb) >= best * (1 - 1e-5)


def test_an_excerpt_is_laid_where_it_stands() -> None:
    part: Shared = [([n * 37 % 1000], [2000 + n * 37 % 1000]) for n in range(40)]
    scale, offset, cover = laid([part, [], []], 1000.0, 4000.0)
    assert (scale, cover) == (1.0, 0.25) and abs(offset - 2000) <= 50


@pytest.mark.parametrize("of_classes", [[[], [], []], [[([999], [1])], [], []]])
def test_where_nothing_lies_in_place_the_texts_are_laid_end_to_end(of_classes: list[Shared]) -> None:
    assert laid(of_classes, 1000.0, 4000.0) == (4.0, 0.0, 1.0)
