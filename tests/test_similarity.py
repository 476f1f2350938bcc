"""Scores and kinds: probabilities, high for copies in every language, low for what shares its subject alone."""

import math
import random

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus import evidence, similarity
from corpus.demo.texts import Article, articles
from corpus.evidence import MEASURES
from corpus.similarity import KINDS, kinds, model, scores
from tests.made_news import Prose, Row, compared, edited, paragraphs
from tests.many_texts import HOSTILE, NEWS, texts

ENGLISH = Prose("similarity")
SENTENCES = ENGLISH.sentences(18)
TEXT = paragraphs(SENTENCES)


def storable(text: str) -> str:
    """Return the text as a table can hold it: extraction drops lone surrogates."""
    return text.encode("utf-8", "ignore").decode("utf-8")


def originals() -> list[Article]:
    return [one for one in articles() if one.kind == "original"]


def body(one: Article) -> str:
    return "\n".join(one.paragraphs)


def by_language() -> dict[str, Article]:
    """Return the longest article of each language of the made-up web."""
    found: dict[str, Article] = {}
    for one in sorted(articles(), key=lambda one: len(body(one))):
        found[one.language] = one
    return found


def alone(a: str, b: str, *languages: str) -> Row:
    return compared([a, b], [(0, 1)], languages or "en")[0]


def changed(text: str, seed: int) -> str:
    """Return the text with a few of its words left out, which any script allows."""
    draw, spaced = random.Random(seed), " " in text.strip()
    parts = text.split(" ") if spaced else list(text)
    gone = set(draw.sample(range(len(parts)), max(1, len(parts) // 50)))
    return (" " if spaced else "").join(part for n, part in enumerate(parts) if n not in gone)


@pytest.mark.parametrize("language", sorted(by_language()))
def test_near_copies_score_high_in_every_language(language: str) -> None:
    text = body(by_language()[language])
    found = alone(text, changed(text, 1), language, language)
    assert found["score"] > 0.9
    assert found["kind"] == "near"


@pytest.mark.parametrize("language", sorted(by_language()))
def test_a_text_scores_one_against_itself(language: str) -> None:
    text = body(by_language()[language])
    assert alone(text, text, language, language)["score"] > 0.95


def test_unrelated_articles_score_low() -> None:
    bodies = [Prose(f"unrelated {n}").text() for n in range(12)]
    pairs = [(i, j) for i in range(12) for j in range(i)]
    assert max(row["score"] for row in compared(bodies, pairs)) < 0.1


def test_articles_of_different_events_score_low_across_languages() -> None:
    chosen = [one for one in articles() if one.kind in ("original", "translated")]
    pairs = [
        (i, j)
        for i, one in enumerate(chosen)
        for j, other in enumerate(chosen[:i])
        if one.event != other.event and one.language != other.language
    ]
    rows = compared([body(one) for one in chosen], pairs, [one.language for one in chosen])
    assert sum(row["score"] > 0.5 for row in rows) <= 0.005 * len(rows)


@pytest.mark.parametrize("share", [0.02, 0.08, 0.15])
def test_edited_copies_score_high_and_more_editing_never_more(share: float) -> None:
    light, heavy = (alone(TEXT, edited(TEXT, one, "edits"))["score"] for one in (share, 3 * share))
    assert light > 0.9
    assert light >= heavy - 0.02


def test_an_excerpt_is_a_copy_of_its_kind() -> None:
    found = alone(TEXT, paragraphs(SENTENCES[:6]))
    assert (found["kind"], found["score"] > 0.9) == ("excerpt", True)
    assert alone(paragraphs(SENTENCES[:6]), TEXT)["kind"] == "excerpt"


def test_a_copy_inside_a_longer_article_is_found() -> None:
    framed = paragraphs([*Prose("before").sentences(3), *SENTENCES, *Prose("after").sentences(6)])
    assert alone(TEXT, framed)["score"] > 0.9


@pytest.mark.parametrize("more", [2, 4])
def test_a_copy_with_some_sentences_of_its_own_is_found(more: int) -> None:
    """The names in what was added are none that the copy failed to keep."""
    assert alone(TEXT, paragraphs([*SENTENCES, *Prose("after").sentences(more)]))["score"] > 0.9


def test_a_shared_sentence_or_quotation_makes_no_copy() -> None:
    quotation = f"“{SENTENCES[3]} {SENTENCES[4]}”"
    a = paragraphs([*Prose("reporter a").sentences(8), quotation, *Prose("reporter a2").sentences(6)])
    b = paragraphs([*Prose("reporter b").sentences(3), quotation, *Prose("reporter b2").sentences(11)])
    assert alone(a, b)["score"] < 0.5


def test_two_languages_make_a_translation() -> None:
    found = alone(NEWS["en"], NEWS["de"], "en", "de")
    assert found["kind"] == "translated"
    assert 0 <= found["score"] <= 1


measures = st.lists(st.floats(0, 1), min_size=MEASURES, max_size=MEASURES)


@settings(max_examples=100)
@given(st.lists(st.tuples(measures, st.booleans()), min_size=1, max_size=5), st.floats(1, 1e6))
def test_scores_are_probabilities_whatever_is_measured(rows: list[tuple[list[float], bool]], scale: float) -> None:
    values = np.array([row for row, _ in rows]) * scale
    same = np.array([flag for _, flag in rows])
    found = scores(values, same)
    assert found.shape == (len(rows),)
    assert ((found >= 0) & (found <= 1)).all()
    assert set(kinds(values, same)) <= set(KINDS)
    assert [kind == "translated" for kind in kinds(values, same)] == [not flag for flag in same]


@settings(max_examples=50)
@example("1:0:0", "1:0:1:0:0", ("en", "en"))
@given(texts, texts, st.sampled_from([("en", "en"), ("en", "ar"), (None, None), ("zh", None)]))
def test_hostile_texts_have_a_score(a: str, b: str, languages: tuple[str | None, str | None]) -> None:
    forth, back = compared([storable(a), storable(b)], [(0, 1), (1, 0)], languages)
    for row in (forth, back):
        assert all(math.isfinite(value) for value in row.values() if isinstance(value, float))
        assert 0 <= row["score"] <= 1 and row["kind"] in KINDS
        assert all(0 <= row[name] <= 1 for name in ("jaccard", "containment_a", "containment_b", "aligned", "order"))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_no_copies_of_an_article(name: str) -> None:
    if len(HOSTILE[name].split()) < 20:
        assert alone(TEXT, storable(HOSTILE[name]))["score"] < 0.9


def test_scores_are_symmetric() -> None:
    bodies = [TEXT, edited(TEXT, 0.1, 1), paragraphs(SENTENCES[2:9]), Prose("x").text(), *map(body, originals()[:4])]
    languages = ["en"] * 4 + [one.language for one in originals()[:4]]
    pairs = [(i, j) for i in range(len(bodies)) for j in range(i)]
    forth = compared(bodies, pairs, languages)
    back = compared(bodies, [(j, i) for i, j in pairs], languages)
    for one, other in zip(forth, back, strict=True):
        assert one["score"] == pytest.approx(other["score"], abs=1e-6)
        assert one["kind"] == other["kind"]


def test_the_model_is_whole() -> None:
    told = model()
    assert {"words", "placement", "anchors", "reports"} == told.keys()
    assert all(np.isfinite(value).all() for part in told.values() for value in part.values())
    assert all((part["low"] <= part["high"]).all() for part in told.values())
    # More evidence never lowers a score within a language.
    assert (told["words"]["weights"] >= 0).all() and (told["placement"]["weights"] >= 0).all()
    # Nor does it across languages in the model that holds for texts of any kind.
    assert (told["anchors"]["hidden"] >= 0).all() and (told["anchors"]["output"] >= 0).all()


@settings(max_examples=100)
@given(st.lists(st.floats(0, 40), min_size=MEASURES, max_size=MEASURES), st.data())
def test_more_in_place_and_more_names_kept_never_lower_what_the_anchors_model_says(
    row: list[float], data: st.DataObject
) -> None:
    across = [c + k for c in (similarity.LETTERS, similarity.SKELETONS, similarity.NAMES) for k in range(3, 7)]
    at = data.draw(st.sampled_from([*across, similarity.NAMES_KEPT, similarity.NAMES_KEPT + 1]))
    more = [*row[:at], row[at] + data.draw(st.floats(0, 5)), *row[at + 1 :]]
    inputs = similarity.anchor_inputs(np.array([row, more]))
    lower, higher = similarity._network(inputs, model()["anchors"]).tolist()
    assert higher >= lower - 1e-12


def test_what_shares_nothing_beyond_chance_is_no_translation_however_long_and_alike_in_sound() -> None:
    row = np.zeros((1, MEASURES))
    row[0, [similarity.LETTERS, similarity.LETTERS + 1, similarity.SKELETONS]] = 0.3, 0.1, 0.1
    row[0, [similarity.COVER, similarity.LENGTH]] = 1.0, 9.0
    assert scores(row, np.array([False]))[0] < 0.1


def test_a_copy_that_bears_another_language_is_no_translation() -> None:
    for told in (edited(TEXT, 0.05, "edits"), TEXT + " " + Prose("after").text(4), paragraphs(SENTENCES[:6])):
        found = alone(TEXT, told, "en", "id")
        assert found["score"] > 0.85
        assert found["kind"] in ("near", "excerpt")


def test_the_scores_read_the_columns_that_the_evidence_writes() -> None:
    assert similarity.ALIGNED == evidence.WORD_MEASURES - 1
    assert (similarity.COVER, similarity.RATIO) == (evidence.COVER, evidence.RATIO)
    assert similarity.LENGTH == evidence.LENGTH
    of_classes = [evidence.WORD_MEASURES + c * evidence.ANCHOR_MEASURES for c in range(3)]
    assert of_classes == [similarity.LETTERS, similarity.SKELETONS, similarity.NAMES]
    assert similarity.FIRST_KEPT == evidence.FIRST_KEPT
    assert similarity.NAMES_KEPT == evidence.FIRST_KEPT + 2 * (evidence.NAMES - 1)
