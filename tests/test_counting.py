"""Words are counted the same whichever of the quick ways a text takes."""

import regex
from hypothesis import given
from hypothesis import strategies as st

from corpus.text import count_words

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}"
_WORD = regex.compile(rf"\p{{N}}+(?:[.,]\p{{N}}+)*|[\p{{L}}\p{{M}}--[{_UNSPACED}]]+", regex.V1)
_EAST_ASIAN = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_SOUTH_EAST_ASIAN = regex.compile(r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}--\p{M}]", regex.V1)


def plain_count(text: str) -> int:
    dense = len(_EAST_ASIAN.findall(text)) / 1.7 + len(_SOUTH_EAST_ASIAN.findall(text)) / 4.0
    return len(_WORD.findall(text)) + round(dense)


@given(st.text(alphabet="ab19.,éßЖїΩ ạ_-’“\n½²٣۴ابَहि\u0301\u0640", max_size=60))
def test_spaced_scripts(text: str) -> None:
    assert count_words(text) == plain_count(text)


@given(st.text(alphabet="ab1٣๑〇一二あカก\u0e31\u0e01ຂကོ ,.\u3000-é๒", max_size=60))
def test_unspaced_scripts(text: str) -> None:
    assert count_words(text) == plain_count(text)


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    assert count_words(text) == plain_count(text)
