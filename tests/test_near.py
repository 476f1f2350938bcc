"""Near copies in memory, against every pair compared by brute force."""

import random
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Settings, near_copies
from corpus.near import PORTION
from corpus.text import shingles
from tests.parallel import REPORTS, joined

THRESHOLD = 0.7


def brute(texts: Sequence[str], threshold: float = THRESHOLD) -> list[int]:
    """Return the least number that pairs of at least this similarity link each text to."""
    sets = [shingles(text, Settings().shingle_words) for text in texts]
    label = list(range(len(texts)))
    for x, y in combinations(range(len(texts)), 2):
        if sets[x] and sets[y] and len(sets[x] & sets[y]) >= threshold * len(sets[x] | sets[y]):
            old, new = max(label[x], label[y]), min(label[x], label[y])
            label = [new if one == old else one for one in label]
    return label


def edited(words: list[str], share: float, draw: random.Random) -> list[str]:
    return [draw.choice(words) if draw.random() < share else word for word in words]


def made_up(count: int, seed: int) -> list[str]:
    """Return texts of which many are edited copies of one another, up to chains of them."""
    draw = random.Random(seed)
    texts = [[f"w{draw.randrange(3000)}" for _ in range(draw.randrange(30, 200))]]
    while len(texts) < count:
        fresh = draw.random() < 0.3
        first = [f"w{draw.randrange(3000)}" for _ in range(draw.randrange(30, 200))] if fresh else draw.choice(texts)
        texts.append(first if fresh else edited(first, draw.choice([0.0, 0.01, 0.03, 0.1]), draw))
    return [" ".join(words) for words in texts]


@pytest.mark.parametrize("seed", range(3))
def test_clusters_are_those_of_all_pairs(seed: int) -> None:
    texts = made_up(250, seed)
    labels = near_copies(texts, THRESHOLD).tolist()
    expected = brute(texts)
    assert len(set(expected)) > 20
    assert sum(a != b for a, b in zip(labels, expected, strict=True)) <= 2, "at most a pair that met in no band"


def test_many_portions_give_the_same_as_one() -> None:
    texts = made_up(PORTION + 400, 9)
    assert near_copies(iter(texts)).tolist() == near_copies(texts).tolist()
    order = np.random.default_rng(1).permutation(len(texts))
    labels, other = near_copies(texts), near_copies([texts[i] for i in order])
    assert len(set(zip(labels[order].tolist(), other.tolist(), strict=True))) == len(set(labels.tolist()))


def test_every_script_has_near_copies() -> None:
    texts, clusters = [], []
    for language, sentences in REPORTS.items():
        whole = joined(list(sentences) * 2, language)
        texts += [whole, whole.upper() if language not in ("tr", "de") else whole, whole + " !"]
        clusters += [len(texts) - 3] * 3
    assert near_copies(texts).tolist() == clusters


def test_texts_without_words_are_alone() -> None:
    assert near_copies([]).tolist() == []
    assert near_copies(["", "...", "", "a b", "A, b!"]).tolist() == [0, 1, 2, 3, 3]


def test_one_text_many_times_is_one_cluster_and_costs_little() -> None:
    one, template = made_up(1, 5)[0], " ".join(f"t{n}" for n in range(40))
    texts = [one] * 3000 + [f"{template} number {n} of {n * 7}" for n in range(3000)]
    labels = near_copies(texts)
    assert set(labels[:3000].tolist()) == {0}
    assert set(labels[3000:].tolist()) == {3000}


@given(st.lists(st.text(max_size=60), max_size=30))
def test_any_texts_will_do(texts: list[str]) -> None:
    labels = near_copies(texts)
    assert len(labels) == len(texts)
    assert all(labels[label] == label <= place for place, label in enumerate(labels.tolist()))


def test_a_skewed_corpus_neither_explodes_nor_loses_copies() -> None:
    """One text 20,000 times and nearly so 5,000 times; a template of 50,000 instances, each with words of its own."""
    draw = random.Random(11)
    first, template = [f"w{draw.randrange(9000)}" for _ in range(150)], [f"t{n}" for n in range(60)]
    texts = [" ".join(first)] * 20_000
    for n in range(5_000):
        near = first.copy()
        near[draw.randrange(150)] = f"new{n}"
        texts.append(" ".join(near))
    for n in range(50_000):
        filled = template.copy()
        for place in (7, 23, 41):
            filled[place] = f"own{n}x{place}"
        texts.append(" ".join(filled))
    labels = near_copies(texts, 0.7)
    assert set(labels[:25_000].tolist()) == {0}
    assert len(set(labels[25_000:].tolist())) == 50_000, "two instances share 41 of 71 runs of words: 0.58"
