"""Texts as words: normal form, script-aware words, shingles, sentences (pure). May import: regex, corpus.ids.

One normal form serves every language: NFKC, case folded, words joined by single spaces, punctuation gone. In scripts
that write no spaces between words (Han, Kana, Thai, Lao, Khmer, Burmese, Tibetan) each character with its marks is a
word of its own. A shingle is then a run of words, whatever the script.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

import regex

from corpus.ids import short_id

T = TypeVar("T")
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}"
_UNSPACED_CHARACTER = regex.compile(rf"[{_UNSPACED}]")
# How many characters of an unspaced script make a word on average: Chinese and Japanese dictionaries give 1.5 to 2,
# Thai and its neighbours about 4 base characters.
_CHARACTERS_A_WORD = (
    (regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]"), 1.7),
    (regex.compile(r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}--\p{M}]", regex.V1), 4.0),
)
# Latin, Greek and Cyrillic without combining marks: for these the standard library's expressions say the same, sooner.
_LETTERS = "A-Za-zÀ-ÖØ-öø-ɏΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯḀ-ỿ"
_UNUSUAL = re.compile(f"[^{_LETTERS}\x00-\x7f\xa0-©«-±´¶-¸»¿×÷\u2010-\u2027\u2030-\u205e₠-₿]")
_USUAL_WORD = re.compile(f"[0-9]+(?:[.,][0-9]+)*|[{_LETTERS}]+")
_DIGIT = regex.compile(r"\p{N}")
_SPACED_WORD = regex.compile(rf"\p{{N}}+(?:[.,]\p{{N}}+)*|[\p{{L}}\p{{M}}--[{_UNSPACED}]]+", regex.V1)


def _folded_form(character: str) -> str:
    category = unicodedata.category(character)
    # Invisible format characters, lone surrogates, Arabic tatweel, and the dot that folding leaves of Turkish İ.
    if category in ("Cf", "Cs") or character in "\u0640\u0307":
        return ""
    if _UNSPACED_CHARACTER.match(character):
        return f" {character} "
    if character == "ı":
        return "i"
    return character if category[0] in "LMN" else " "


def form(character: str) -> str:
    """Return what a character becomes in the normal form; spaces part words."""
    return "".join(map(_folded_form, character.casefold()))


class _Forms(dict[int, str]):
    """The forms of characters, filled as they are met (str.translate runs in C)."""

    def __missing__(self, code: int) -> str:
        self[code] = spelt = form(chr(code))
        return spelt


_FORMS = _Forms()
_LONGEST_TOKEN, _MOST_TOKENS = 30, 1 << 16


class _Remembered(dict[str, T]):
    """What a function makes of the tokens between spaces: most of a text's tokens were met before."""

    def __init__(self, make: Callable[[str], T]) -> None:
        self.make = make

    def __missing__(self, token: str) -> T:
        made = self.make(token)
        if len(token) <= _LONGEST_TOKEN:
            if len(self) >= _MOST_TOKENS:
                self.clear()
            self[token] = made
        return made


_NFKC = _Remembered(lambda token: unicodedata.normalize("NFKC", token))
_NORMAL = _Remembered(lambda token: _normalised(unicodedata.normalize("NFKC", token)))


class _Parted(dict[int, str]):
    """Characters of unspaced scripts as spaces (but for their digits), so that the words between them stand alone."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        self[code] = " " if _UNSPACED_CHARACTER.match(character) and not _DIGIT.match(character) else character
        return self[code]


_PARTED = _Parted()
_KINDS = _Remembered(
    lambda character: next((n for n, (k, _) in enumerate(_CHARACTERS_A_WORD) if k.match(character)), 2)
)
_COUNTS = _Remembered(lambda token: len(_SPACED_WORD.findall(token)))
# Characters of running text whose compatible form is worth a step of its own: normalising a whole text is slow.
_COMMON = tuple(
    (character, unicodedata.normalize("NFKC", character))
    for character in "\u00a0\u2009\u202f\u3000…，：；！？（）％～０１２３４５６７８９\u0e33\u0eb3"
)
_INDIC = regex.compile("[\u0900-\u0dff]")  # its vowel signs may compose, so that each text is normalised at length


def nfkc(text: str) -> str:
    """Return the text in Unicode's normal form NFKC. Nothing composes across a space."""
    if text.isascii():
        return text
    if _INDIC.search(text[:100]):
        return " ".join(map(_NFKC.__getitem__, text.split(" ")))
    for character, compatible in _COMMON:
        if character in text:
            text = text.replace(character, compatible)
    return unicodedata.normalize("NFKC", text)


def normalise(text: str) -> str:
    """Return the words joined by single spaces: two texts that differ in case or punctuation alone become equal.

    Turkish dotted and dotless i fold together, since Unicode's case folding knows no language.
    """
    if text.isascii():
        return _normalised(text)
    tokens = text.split()
    if len(text) > _LONGEST_TOKEN * len(tokens):  # a script without spaces
        return _normalised(nfkc(text))
    return " ".join(filter(None, map(_NORMAL.__getitem__, tokens)))


def _normalised(compatible: str) -> str:
    return " ".join(compatible.translate(_FORMS).split())


def words(text: str) -> list[str]:
    """Return the text's words in normal form, in order."""
    return normalise(text).split()


def text_id(text: str) -> str:
    """Return the short id of the normal form, so that exact copies share it."""
    return short_id(normalise(text))


def shingles(text: str, size: int) -> set[bytes]:
    """Return the set of runs of `size` words, UTF-8 encoded, as datasketch's MinHash.update takes them.

    A text with fewer words than `size`, but at least one, is one shingle. Source: Broder 1997.
    """
    tokens = words(text)
    runs = [tokens] if 0 < len(tokens) < size else [tokens[i : i + size] for i in range(len(tokens) - size + 1)]
    return {" ".join(run).encode() for run in runs}


def count_words(text: str) -> int:
    """Return the number of words; unspaced scripts are counted by their average characters in a word."""
    if text.isascii() or not _UNUSUAL.search(text):
        return len(_USUAL_WORD.findall(text))
    if not _UNSPACED_CHARACTER.search(text):  # no word goes across a space
        return sum(map(_COUNTS.__getitem__, text.split()))
    spaced = sum(map(_COUNTS.__getitem__, text.translate(_PARTED).split()))
    dense = [0, 0, 0]  # characters of each kind, then all others
    for character, times in Counter(text).items():
        dense[_KINDS[character]] += times
    return spaced + round(sum(times / length for times, (_, length) in zip(dense, _CHARACTERS_A_WORD, strict=False)))
