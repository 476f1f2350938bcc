"""The compiled measures of a pair against plain Python: sets for what is shared, O(n²) for the order."""

import math
import random
from collections import Counter
from functools import cache
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import rarity, tables
from corpus.features import WORD_PAIRS, taken_apart
from corpus.kernels import BINS
from corpus.settings import Settings
from corpus.text import normalise, shingles
from tests.made_news import Prose, Row, compared, edited, signatures
from tests.many_texts import NEWS

SIZE = Settings().shingle_words
USUAL_WORDS, SMOOTH, OCCURRENCES = 400, 20.0, 6
PRIOR_TEXTS, PRIOR_SHARE = 20.0, 0.002
EXACT = ("jaccard", "containment_a", "containment_b")

few_words = st.sampled_from(["port", "ferry", "sank", "gale", "night", "crew"])
many_words = st.sampled_from([f"word{n}" for n in range(60)])
prose = st.lists(st.one_of(few_words, many_words), max_size=70).map(" ".join)
short = st.lists(st.one_of(few_words, many_words, st.sampled_from(["新", "聞", "ферри", "ขอ"])), max_size=9).map(
    " ".join
)


def one(a: str, b: str, rarity_: pa.Table | None = None) -> Row:
    return compared([a, b], [(0, 1)], rarity=rarity_)[0]


def word_pairs(text: str) -> list[tuple[str, str]]:
    return list(pairwise(normalise(text).split()))


@cache
def bin_of(pair: tuple[str, str]) -> int:
    """Return the bin in which the rarity of a word pair is learned."""
    of = taken_apart(signatures([" ".join(pair)]), SIZE).classes[WORD_PAIRS]
    return int(of.keys[0]) & (BINS - 1)


def weights(table: pa.Table | None, pairs: set[tuple[str, str]]) -> dict[tuple[str, str], float]:
    """Return ln((texts + k) / (texts with the pair + k * prior share)) in steps of 1/20, from the table itself."""
    rows = [row for row in (table.to_pylist() if table else []) if row["feature"] == "word_pairs"]
    texts = rows[0]["texts"] if rows else 0
    met = dict(zip(rows[0]["bins"], rows[0]["counts"], strict=True)) if rows else {}
    return {
        pair: int(min(12.7, max(0.0, weight)) * 20) / 20
        for pair in pairs
        for weight in [math.log((texts + PRIOR_TEXTS) / (met.get(bin_of(pair), 0) + PRIOR_TEXTS * PRIOR_SHARE))]
    }


def made_rarity(pairs: set[tuple[str, str]], seed: int) -> pa.Table:
    """Return a `rarity` table in which these word pairs are met in random numbers of 500 texts."""
    draw = random.Random(seed)
    counts = [np.zeros(BINS, np.int32) for _ in rarity.NAMES_OF_CLASSES]
    for pair in sorted(pairs):
        counts[WORD_PAIRS][bin_of(pair)] = draw.choice([0, 1, 3, 20, 150, 480])
    return pa.Table.from_batches([rarity.learned("en", counts, 500, 500)], tables.SCHEMAS["rarity"])


@settings(max_examples=60)
@given(st.one_of(prose, short), st.one_of(prose, short))
def test_jaccard_and_containments_are_those_of_the_shingle_sets(a: str, b: str) -> None:
    x, y = shingles(a, SIZE), shingles(b, SIZE)
    both, found = len(x & y), one(a, b)
    assert found["jaccard"] == (both / len(x | y) if x | y else 0)
    assert found["containment_a"] == (both / len(x) if x else 0)
    assert found["containment_b"] == (both / len(y) if y else 0)


@pytest.mark.parametrize("language", NEWS)
def test_shingles_of_every_script_are_those_of_the_plain_definition(language: str) -> None:
    text = NEWS[language]
    words = normalise(text).split()
    for other in (text, " ".join(words[: len(words) // 2]), text + " " + NEWS["en"]):
        x, y = shingles(text, SIZE), shingles(other, SIZE)
        found = compared([text, other], [(0, 1)], language)[0]
        assert [found[name] for name in EXACT] == [len(x & y) / len(x | y), len(x & y) / len(x), len(x & y) / len(y)]


def weighted(a: str, b: str, weight: dict[tuple[str, str], float]) -> float:
    """Return the greater of the two rarity-weighted containments, by dictionaries."""
    sides = []
    for this, other in ((a, b), (b, a)):
        own, theirs = set(word_pairs(this)), set(word_pairs(other))
        chance = math.log(max(1, len(normalise(other).split()) / USUAL_WORDS))
        told = sum(max(0, weight[pair] - chance) for pair in own & theirs)
        sides.append(told / (sum(weight[pair] for pair in own) + SMOOTH))
    return max(sides)


def heaviest_order(a: str, b: str, weight: dict[tuple[str, str], float]) -> float:
    """Return the weight of the heaviest common chain over the lighter text's, in O(n²) over all common places."""
    x, y = word_pairs(a), word_pairs(b)
    places: list[tuple[int, int, float]] = []
    for pair in set(x) & set(y):
        in_x = [i for i, one_ in enumerate(x) if one_ == pair][:OCCURRENCES]
        in_y = [i for i, one_ in enumerate(y) if one_ == pair][:OCCURRENCES]
        places += [(i, j, weight[pair]) for i in in_x for j in in_y]
    best: list[float] = []
    places.sort()
    for n, (i, j, w) in enumerate(places):
        best.append(w + max((best[m] for m in range(n) if places[m][0] < i and places[m][1] < j), default=0.0))
    lighter = min(sum(weight[pair] for pair in x), sum(weight[pair] for pair in y))
    return max(best, default=0.0) / (lighter + SMOOTH)


@settings(max_examples=60)
@given(prose, prose, st.integers(0, 99))
def test_weighted_containment_and_order_are_those_of_plain_python(a: str, b: str, seed: int) -> None:
    pairs = {*word_pairs(a), *word_pairs(b)}
    for table in (None, made_rarity(pairs, seed)):
        weight, found = weights(table, pairs), one(a, b, table)
        assert found["weighted"] == pytest.approx(weighted(a, b, weight), abs=1e-5)
        assert found["order"] == pytest.approx(heaviest_order(a, b, weight), abs=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_so_they_are_for_articles_and_their_copies(seed: int) -> None:
    """Sentences moved, words changed, a text twice as long as usual: what chance brings is taken off."""
    sentences = Prose(seed).sentences(24)
    text = " ".join(sentences)
    moved = " ".join([*sentences[12:], *Prose(f"more {seed}").sentences(30), *sentences[:12]])
    texts = [text, edited(text, 0.2, seed), moved, Prose(f"other {seed}").text(20)]
    pairs = {pair for one_ in texts for pair in word_pairs(one_)}
    table = made_rarity(pairs, seed)
    weight, which = weights(table, pairs), [(0, 1), (0, 2), (0, 3), (2, 1)]
    for (i, j), found in zip(which, compared(texts, which, rarity=table), strict=True):
        assert found["weighted"] == pytest.approx(weighted(texts[i], texts[j], weight), abs=1e-5)
        assert found["order"] == pytest.approx(heaviest_order(texts[i], texts[j], weight), abs=1e-5)


@settings(max_examples=40)
@given(prose, prose)
def test_aligned_is_the_share_of_words_that_the_chain_covers(a: str, b: str) -> None:
    """With equal weights a chain of n word pairs covers n + 1 words at least, and 2 n or all words at most."""
    found, least = one(a, b), min(len(normalise(a).split()), len(normalise(b).split()))
    weight = weights(None, {("any", "pair")})["any", "pair"]
    lighter = min(len(word_pairs(a)), len(word_pairs(b))) * weight
    chain = round(found["order"] * (lighter + SMOOTH) / weight)
    covered = round(found["aligned"] * max(1, least))
    assert (chain + 1 if chain else 0) <= covered <= min(2 * chain, least)


@settings(max_examples=40)
@given(st.one_of(prose, short), st.one_of(prose, short))
def test_measures_are_the_same_with_the_texts_exchanged(a: str, b: str) -> None:
    forth, back = compared([a, b], [(0, 1), (1, 0)])
    assert (forth["containment_a"], forth["containment_b"]) == (back["containment_b"], back["containment_a"])
    for name in ("jaccard", "weighted", "order", "numbers_kept"):
        assert forth[name] == pytest.approx(back[name], abs=1e-6), name


@settings(max_examples=40)
@given(st.lists(st.one_of(prose, short), min_size=2, max_size=6))
def test_a_pair_is_measured_alike_whatever_else_is_in_its_batch(texts: list[str]) -> None:
    pairs = [(i, j) for i in range(len(texts)) for j in range(len(texts)) if i != j]
    for pair, row in zip(pairs, compared(texts, pairs), strict=True):
        (alone,) = compared([texts[pair[0]], texts[pair[1]]], [(0, 1)])
        for name in (*EXACT, "weighted", "order", "aligned", "numbers_kept", "score"):
            assert row[name] == pytest.approx(alone[name], abs=1e-9), name
        assert row["kind"] == alone["kind"]


@settings(max_examples=40)
@given(st.one_of(prose, short))
def test_a_text_is_wholly_in_itself(text: str) -> None:
    found = one(text, text)
    assert [found[name] for name in EXACT] == [1.0 if normalise(text) else 0.0] * 3
    assert found["numbers_kept"] == 1.0
    assert found["aligned"] == (1.0 if len(normalise(text).split()) > 1 and not repetitive(text) else found["aligned"])


def repetitive(text: str) -> bool:
    return max(Counter(word_pairs(text)).values(), default=0) > OCCURRENCES


def test_an_excerpt_is_contained_and_aligned() -> None:
    sentences = Prose("excerpt").sentences(30)
    found = one(" ".join(sentences), " ".join(sentences[4:12]))
    assert found["containment_b"] == found["aligned"] == 1.0
    assert found["containment_a"] == pytest.approx(8 / 30, abs=0.1)


def test_sentences_in_another_order_are_shared_but_out_of_order() -> None:
    sentences = Prose("moved").sentences(20)
    straight, moved = " ".join(sentences), " ".join(reversed(sentences))
    found, same = one(straight, moved), one(straight, straight)
    assert found["weighted"] > 0.8 * same["weighted"]
    assert found["order"] < 0.3 * same["order"]


def test_numbers_kept_falls_with_every_number_that_a_copy_changes() -> None:
    numbers = [1250, 78, 3310, 45, 9120, 66, 18_000, 731]
    told = [f"The port of Lindholm counted {n} ferries and sent them to the yard." for n in numbers]
    changed = [line.replace(str(n), str(n + 7)) for line, n in zip(told, numbers, strict=True)]
    texts = [" ".join([*changed[:k], *told[k:]]) for k in range(0, len(numbers) + 1, 2)]
    kept = [row["numbers_kept"] for row in compared(texts, [(0, k) for k in range(1, len(texts))])]
    assert kept == sorted(kept, reverse=True)
    assert kept[0] < 1.0 and kept[-1] < 0.3


def test_rare_words_weigh_more_than_common_ones() -> None:
    frame = Prose("frame").sentences(6)
    a, b = [" ".join([*frame, *Prose(f"own {n}").sentences(6)]) for n in range(2)]
    usual = {pair for line in frame for pair in word_pairs(line)}
    counts = [np.zeros(BINS, np.int32) for _ in rarity.NAMES_OF_CLASSES]
    for pair in usual:
        counts[WORD_PAIRS][bin_of(pair)] = 300
    boilerplate = pa.Table.from_batches([rarity.learned("en", counts, 500, 500)], tables.SCHEMAS["rarity"])
    assert one(a, b, boilerplate)["weighted"] < 0.3 * one(a, b)["weighted"]


def test_weights_of_a_language_never_seen_are_the_priors() -> None:
    known = rarity.Rarity(None)
    for of_class, share in zip(known.weights("xx"), rarity.PRIOR_SHARE, strict=True):
        assert set(of_class.tolist()) == {int(np.float64(np.clip(np.log(1 / share), 0, 12.7)) * rarity.STEPS)}
