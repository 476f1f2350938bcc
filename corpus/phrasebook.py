"""Which of many phrases occur in a text, quickly: the set of words is asked first, then the text (pure).

May import: the standard library.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# Scripts whose words are not cut by spaces, or whose phrases seldom stand alone.
_LOOSE = re.compile(r"[\u0590-\u05ff\u0900-\u109f\u1780-\u17ff\u3000-\u9fff\uac00-\ud7a3]")


@dataclass(frozen=True, slots=True)
class Searched:
    """A lower-case text ready to be searched: its words (cut at spaces, opening marks off), and whether it is written
    in a script that cuts words otherwise.
    """

    low: str
    words: frozenset[str]
    loose: bool


def searched(low: str) -> Searched:
    """Return the lower-case text ready to be searched for phrases."""
    spaced = low
    for mark in ("(", "[", '"', "“"):
        spaced = spaced.replace(mark, " ")
    return Searched(low, frozenset(spaced.split()), not low.isascii() and bool(_LOOSE.search(low)))


class Phrasebook:
    """Phrases in lower case, found in lower-case texts; one of several words must begin where a word begins."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._keyed: dict[str, list[str]] = {}
        single: list[str] = []
        loose: list[str] = []
        for phrase in phrases:
            first, space, _ = phrase.partition(" ")
            if _LOOSE.search(phrase):
                loose.append(phrase)
            elif space and first.isalpha():
                self._keyed.setdefault(first, []).append(phrase)
            else:
                single.append(phrase)
        self._keys = frozenset(self._keyed)
        self._single, self._loose = tuple(single), (*single, *loose)
        self._ascii = tuple(phrase for phrase in single if phrase.isascii())

    def present(self, text: Searched) -> tuple[str, ...]:
        """Return the phrases that occur in the text."""
        found = [phrase for key in self._keys & text.words for phrase in self._keyed[key] if phrase in text.low]
        others = self._loose if text.loose else self._ascii if text.low.isascii() else self._single
        return (*found, *(phrase for phrase in others if phrase in text.low))
