"""Which of many phrases occur in a text, quickly: the set of words is asked first, then the text (pure).

May import: the standard library.
"""

import re
from collections.abc import Iterable

# Scripts whose words are not cut by spaces, or whose phrases seldom stand alone.
_LOOSE = re.compile(r"[\u0590-\u05ff\u0900-\u109f\u1780-\u17ff\u3000-\u9fff\uac00-\ud7a3]")


class Phrasebook:
    """Phrases in lower case, found in lower-case texts; one of several words must begin where a word begins."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._keyed: dict[str, list[str]] = {}
        self._loose: list[str] = []
        for phrase in phrases:
            first, space, _ = phrase.partition(" ")
            if not (space and first.isalpha()) or _LOOSE.search(phrase):
                self._loose.append(phrase)
            else:
                self._keyed.setdefault(first, []).append(phrase)
        self._keys = frozenset(self._keyed)
        self._loose_ascii = [phrase for phrase in self._loose if phrase.isascii()]

    def present(self, low: str, words: frozenset[str]) -> tuple[str, ...]:
        """Return the phrases that occur in the lower-case text, whose words are given too (see words_of)."""
        found = [phrase for key in self._keys & words for phrase in self._keyed[key] if phrase in low]
        loose = self._loose_ascii if low.isascii() else self._loose
        return (*found, *(phrase for phrase in loose if phrase in low))


def words_of(low: str) -> frozenset[str]:
    """Return the words of a lower-case text as Phrasebook asks for them: cut at spaces, opening marks taken off."""
    for mark in ("(", "[", '"', "“"):
        low = low.replace(mark, " ")
    return frozenset(low.split())
