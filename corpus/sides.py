"""One of two compared texts: its numbers and known names with their places, and which of them are beyond doubt (pure).

May import: the standard library, regex, corpus.anchors, corpus.numbers, corpus.writing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache, cached_property, lru_cache
from typing import NamedTuple

import regex

from corpus import anchors, writing
from corpus.numbers import Number, numbers

TYPES = ("t:", "c:", "m:", "d:")
"""Typed forms of names: country, city, month, weekday."""
_CAPITALS = frozenset(("en", "de", "id", "ms", "sw", "tl", "el"))
"""Languages that write months and weekdays with a capital letter."""
_PROCLITIC = frozenset(("ar", "fa", "ur", "he", "yi"))
_LONGEST_NAME = 4
_SMALL = 12
"""A number up to this may stand as a word in the other text."""
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]")
_KATAKANA = regex.compile(r"[\p{Katakana}ー]")
_DIGIT = regex.compile(r"\p{Nd}")
_POSSESSIVE = regex.compile(r"['’]\p{L}{1,4}$")


class Name(NamedTuple):
    """A name that CLDR knows: its typed form (t:IR, m:9, d:2, c:Asia/Tehran) and its place (characters)."""

    form: str
    start: int
    end: int


class Side:
    """A text with its numbers and names; those of the whole text are found when first asked for."""

    def __init__(self, text: str, language: str | None) -> None:
        self.text, self.language = text, language

    @cached_property
    def numbers(self) -> list[Number]:
        """All numbers of the text."""
        return numbers(self.text)

    @cached_property
    def names(self) -> frozenset[str]:
        """The typed forms of all names of the text."""
        return frozenset(form for form, _ in anchors.names_and_numbers(self.text, self.language))

    def numbers_between(self, start: int, end: int) -> list[Number]:
        """Return the numbers that lie in a stretch of the text."""
        return [replace(one, start=one.start + start, end=one.end + start) for one in numbers(self.text[start:end])]

    def names_between(self, start: int, end: int) -> list[Name]:
        """Return the names that lie in a stretch of the text."""
        piece = self.text[start:end]
        found = []
        for form, share in anchors.names_and_numbers(piece, self.language):
            if form.startswith(TYPES):
                place = _beginning(piece, min(len(piece), round(share * len(piece))))
                stop = self._end(piece, form, place)
                known = _exact(self.language or "", piece[place:stop]) or form
                found.append(Name(known, start + place, start + stop))
        return found

    def _end(self, piece: str, form: str, place: int) -> int:
        """Return where a name ends: after the fewest characters or words that still have its typed form."""
        for end in _ends(piece, place):
            if any(found == form for found, _ in anchors.names_and_numbers(piece[place:end], self.language)):
                return end
        return min(len(piece), place + 1)

    def is_firm(self, name: Name) -> bool:
        """Say whether the words are surely the name: "may", "turkey" and "Sunderland" (for Sunday) are none."""
        word = self.text[name.start : name.end]
        if word[:1].islower() and (name.form[0] in "tc" or self.language in _CAPITALS):
            return False
        if word == "May" and not _DIGIT.search(self.text, max(0, name.start - 6), name.end + 6):
            return False
        if _KATAKANA.match(word) and any(
            _KATAKANA.match(beside) for beside in (self.text[name.start - 1 : name.start], self.text[name.end :][:1])
        ):
            return False
        return _exact(self.language or "", word) == name.form

    def spells(self, number: Number, start: int, end: int) -> bool:
        """Say whether the stretch has the small number as a word, or may have it in a language not told of."""
        if min(number.values) > _SMALL:
            return False
        forms = writing.small_numbers(self.language)
        if not forms:
            return True
        return round(number.values[0]) in spelled(self.text[start:end], self.language)


def _beginning(piece: str, place: int) -> int:
    """Return where the word at a place begins: folding case moves places where ß becomes two letters."""
    while 0 < place < len(piece) and not _UNSPACED.match(piece, place) and _WORD.match(piece, place - 1):
        place -= 1
    return place


def _ends(piece: str, place: int) -> Iterable[int]:
    if _UNSPACED.match(piece, place):
        return range(place + 1, min(len(piece), place + 24) + 1)
    return [hit.end() for _, hit in zip(range(_LONGEST_NAME), _WORD.finditer(piece, place), strict=False)]


def spelled(piece: str, language: str | None) -> Iterator[int]:
    """Yield the numbers of one to twelve that a stretch has as words, in a language whose words are known."""
    piece = piece.casefold()
    for value, forms in enumerate(writing.small_numbers(language), 1):
        if any(_holds(piece, form) for form in forms):
            yield value


def _holds(piece: str, word: str) -> bool:
    if word not in piece or _UNSPACED.match(word):
        return word in piece
    return bool(regex.search(rf"(?<!\p{{L}}){regex.escape(word)}", piece))


@cache
def _names(language: str) -> dict[str, str]:
    return anchors._cldr(language)


@lru_cache(maxsize=20_000)
def _exact(language: str, word: str) -> str | None:
    """Return the typed form of a word that is a name or can hardly be anything but a name with an ending."""
    known = _names(language)
    forms = list(_forms(language, _POSSESSIVE.sub("", word.casefold())))
    for form in forms:
        if form in known:
            return known[form]
    near = {code for form in forms for name, code in known.items() if _is_ending(form, name)}
    return near.pop() if len(near) == 1 else None


def _forms(language: str, word: str) -> Iterator[str]:
    yield word
    if language in _PROCLITIC:
        yield from (word[cut:] for cut in (1, 2) if len(word) > cut + 2)


def _is_ending(word: str, name: str) -> bool:
    """Say whether the word is the name but for its last letter and an ending of up to three letters."""
    if len(word) > len(name) + 3:
        return False
    return word.startswith(name if len(name) < 5 else name[:-1]) and len(name) > 2
