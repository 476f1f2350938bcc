"""The normal form: the same for every spelling of the same words, in every script, whatever the string."""

import unicodedata

import plain_sign
import pytest
from hypothesis import given
from many_texts import HOSTILE, NEWS, texts

from corpus import text
from corpus.ids import short_id

ALL = {**NEWS, **HOSTILE}


@pytest.mark.parametrize("body", ALL.values(), ids=ALL)
def test_normal_form_is_the_plain_definitions(body: str) -> None:
    assert text.words(body) == plain_sign.words(body)
    assert text.normalise(body) == " ".join(plain_sign.words(body))


@given(texts)
def test_normal_form_is_the_plain_definitions_on_any_string(body: str) -> None:
    assert text.normalise(body) == " ".join(plain_sign.words(body))


@given(texts)
def test_nfkc_is_unicodes(body: str) -> None:
    assert text.nfkc(body) == unicodedata.normalize("NFKC", body)


@given(texts)
def test_normal_form_has_words_with_one_space_between(body: str) -> None:
    words = text.words(body)
    assert text.normalise(body) == " ".join(words)
    assert all(word and not any(c.isspace() for c in word) for word in words)


@given(texts)
def test_text_id_follows_from_the_words_alone(body: str) -> None:
    assert text.text_id(body) == short_id(" ".join(plain_sign.words(body)))
    assert text.text_id(f"\n «{body}» …\u00a0") == text.text_id(f"{body}")


@pytest.mark.parametrize("body", NEWS.values(), ids=NEWS)
def test_case_punctuation_and_composition_do_not_count(body: str) -> None:
    other = unicodedata.normalize("NFD", body.upper()).replace(" ", " \u00a0 ").replace(".", "!")
    spelt = [word.replace("i\u0307", "i") for word in text.words(other)]
    assert "".join(spelt) == "".join(text.words(body.replace(".", "!")))


@pytest.mark.parametrize("language", ["zh", "ja", "th"])
def test_scripts_without_spaces_give_a_word_a_character(language: str) -> None:
    words = [word for word in text.words(NEWS[language]) if not word.isascii()]
    assert words and all(sum(unicodedata.category(c)[0] != "M" for c in word) <= 1 for word in words)


@pytest.mark.parametrize("language", ["en", "id", "ar", "he", "ru", "tr", "de", "hi", "ko", "vi"])
def test_scripts_with_spaces_keep_their_words(language: str) -> None:
    marks = str.maketrans(dict.fromkeys("\"“”„«»—.,;:؛،।'-", " "))
    tokens = NEWS[language].translate(marks).replace("٬", " ").split()
    assert len(text.words(NEWS[language])) == len(tokens)


def test_turkish_letters_fold_together() -> None:
    assert text.words("ISPARTA ısparta İZMİR izmir ILIK ılık") == text.words("isparta isparta izmir izmir ilik ilik")


def test_invisible_characters_do_not_part_words() -> None:
    assert text.words("wire\u200bcopy wire\u00adcopy كـتـاب\u200f") == text.words("wirecopy wirecopy كتاب")


@given(texts)
def test_shingles_are_runs_of_words(body: str) -> None:
    for size in (1, 3, 5):
        assert text.shingles(body, size) == set(plain_sign.shingles(body, size))


def test_short_texts_are_one_shingle_and_empty_ones_none() -> None:
    assert text.shingles("Only three words", 5) == {b"only three words"}
    assert text.shingles(" … ", 5) == set()


@pytest.mark.parametrize(
    ("body", "words"), [("", 0), ("one two 3,000 four", 4), ("Straße und Fluß", 3), ("\x00 \u200b", 0)]
)
def test_count_words(body: str, words: int) -> None:
    assert text.count_words(body) == words


@pytest.mark.parametrize("language", ["zh", "ja", "th"])
def test_count_words_takes_scripts_without_spaces_by_their_average(language: str) -> None:
    assert 0 < text.count_words(NEWS[language]) < len(text.words(NEWS[language]))


def test_what_is_remembered_stays_bounded() -> None:
    for start in range(0, 3 * text._MOST_TOKENS, 10_000):
        text.normalise(" ".join(f"é{n}" for n in range(start, start + 10_000)))
    assert len(text._NORMAL) <= text._MOST_TOKENS
    text.normalise("é" + "a" * 1_000_000)
    assert max(map(len, text._NORMAL)) <= text._LONGEST_TOKEN


@pytest.mark.parametrize("piece", ["a", "é ", "中", "\u0301", "“a”", "\u200b", "ก็", "1,"])
def test_a_megabyte_of_anything_is_normalised(piece: str) -> None:
    body = piece * (1_000_000 // len(piece))
    assert text.normalise(body) == text.normalise(text.normalise(body))
