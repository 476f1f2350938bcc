"""Which of many phrases occur in a text, quickly: the set of words is asked first, then the text (pure).

May import: the standard library.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

# Lower case of the Turkish İ is an i and a combining dot.
_WORD = re.compile(r"[\w\u0300-\u036f]+")
# Translating bytes is ten times as quick as finding words by an expression.
_TO_SPACES = bytes(code if code > 127 or chr(code).isalnum() else 32 for code in range(256))
# Scripts whose words are not cut by spaces, or that `\w+` would cut where readers would not.
_LOOSE = re.compile(r"[\u0590-\u05ff\u0900-\u109f\u1780-\u17ff\u3000-\u9fff\uac00-\ud7a3]")

# There a Latin name may stand between other letters: パリAFP.
_LOOSE_WORD = re.compile(r"[a-z]+|(?:(?![a-z])[\w\u0591-\u05c7\u064b-\u065f\u0900-\u0dff])+")


@dataclass(frozen=True, slots=True)
class Searched:
    """A lower-case text ready to be searched: its words, and whether its script (`loose`) cuts words otherwise."""

    low: str
    words: frozenset[str]
    loose: bool


def searched(lines: Sequence[str]) -> Searched:
    """Return the lines' text, in lower case, ready to be searched for phrases."""
    return _searched("\n".join(lines))


@lru_cache(maxsize=2)
def _searched(text: str) -> Searched:
    # Credits and boilerplate ask for phrases in the same text, one after the other.
    low = text.casefold()
    loose = not low.isascii() and bool(_LOOSE.search(low))
    return Searched(low, _words(low, loose), loose)


def words_of(low: str) -> frozenset[str]:
    """Return the words of a lower-case text, without punctuation."""
    return _words(low, not low.isascii() and bool(_LOOSE.search(low)))


def _words(low: str, loose: bool) -> frozenset[str]:
    if loose:
        return frozenset(_LOOSE_WORD.findall(low))
    spaced = low.encode("utf-8", "surrogatepass").translate(_TO_SPACES).decode("utf-8", "surrogatepass")
    for mark in () if low.isascii() else "“”‘’«»„…—–":
        spaced = spaced.replace(mark, " ")
    return frozenset(spaced.split())


class Phrasebook:
    """Phrases in lower case, found in lower-case texts; each must begin where a word begins (where words show)."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._keyed: dict[str, list[str]] = {}
        always: list[str] = []
        loose: list[str] = []
        for phrase in phrases:
            first = _WORD.match(phrase)
            if _LOOSE.search(phrase):
                loose.append(phrase)
            elif first:
                self._keyed.setdefault(first.group(), []).append(phrase)
            else:
                always.append(phrase)
        self._keys = frozenset(self._keyed)
        self._always, self._loose = tuple(always), (*always, *loose)

    def present(self, text: Searched) -> tuple[str, ...]:
        """Return the phrases that occur in the text."""
        found = [phrase for key in self._keys & text.words for phrase in self._keyed[key] if phrase in text.low]
        return (*found, *(phrase for phrase in (self._loose if text.loose else self._always) if phrase in text.low))
