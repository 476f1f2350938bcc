"""Two wordings of a sentence side by side: words with their places, what was left out, put in and replaced (pure).

May import: the standard library, regex, corpus.text.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

import regex

from corpus import text as texts

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}"
_WORD = regex.compile(
    rf"\p{{N}}+(?:[.,'’٫٬]\p{{N}}+)*|[{_UNSPACED}]\p{{M}}*|[\p{{L}}\p{{M}}--[{_UNSPACED}]]+(?:['’][\p{{L}}\p{{M}}]+)*",
    regex.V1,
)
MOST_WORDS = 400
"""Longer stretches, equal beginnings and ends aside, are told as replaced in one piece: the comparison is quadratic."""


class Word(NamedTuple):
    """A word as it stands in a text: its place and its normal form."""

    start: int
    end: int
    form: str


@dataclass(frozen=True, slots=True)
class Edit:
    """What stands differently in the two texts: characters of a and of b, one of them empty where nothing answers."""

    a_start: int
    a_end: int
    b_start: int
    b_end: int


class Step(NamedTuple):
    """Words of a and of b, by their numbers, that are equal or stand for one another."""

    equal: bool
    a_first: int
    a_stop: int
    b_first: int
    b_stop: int


def words_of(text: str, start: int, end: int) -> list[Word]:
    """Return the words between two places; in scripts without spaces each character is one."""
    return [Word(hit.start(), hit.end(), _form(hit.group())) for hit in _WORD.finditer(text, start, end)]


@lru_cache(maxsize=50_000)
def _form(word: str) -> str:
    return "".join(texts.words(word)) or word


def steps(a: list[Word], b: list[Word]) -> list[Step]:
    """Return how a's words become b's: runs of equal words, and runs that differ, in turn (Ratcliff and Obershelp)."""
    forms_a, forms_b = [word.form for word in a], [word.form for word in b]
    head, tail = _ends(forms_a, forms_b)
    inner_a, inner_b = forms_a[head : len(a) - tail], forms_b[head : len(b) - tail]
    found = [Step(True, 0, head, 0, head)] if head else []
    if max(len(inner_a), len(inner_b)) > MOST_WORDS:
        found.append(Step(False, head, len(a) - tail, head, len(b) - tail))
    else:
        for tag, i, i_stop, j, j_stop in SequenceMatcher(None, inner_a, inner_b, autojunk=False).get_opcodes():
            found.append(Step(tag == "equal", i + head, i_stop + head, j + head, j_stop + head))
    return [*found, Step(True, len(a) - tail, len(a), len(b) - tail, len(b))] if tail else found


def _ends(a: list[str], b: list[str]) -> tuple[int, int]:
    """Return how many equal words both begin with, and end with."""
    head = tail = 0
    while head < min(len(a), len(b)) and a[head] == b[head]:
        head += 1
    while tail < min(len(a), len(b)) - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    return head, tail


def edits(a: list[Word], b: list[Word], found: list[Step]) -> list[Edit]:
    """Return the stretches that differ; those that a short word or a single character parts become one."""
    return [
        Edit(*_stretch(a, step.a_first, step.a_stop), *_stretch(b, step.b_first, step.b_stop))
        for step in _joined(a, found)
        if not step.equal
    ]


def _joined(a: list[Word], found: list[Step]) -> Iterator[Step]:
    held: Step | None = None
    for at, step in enumerate(found):
        small = step.equal and step.a_stop - step.a_first == 1 and len(a[step.a_first].form) <= 3
        if held and (not step.equal or (small and at + 1 < len(found))):
            held = Step(False, held.a_first, step.a_stop, held.b_first, step.b_stop)
            continue
        if held:
            yield held
        held = None if step.equal else step
        if step.equal:
            yield step
    if held:
        yield held


def _stretch(words: list[Word], first: int, stop: int) -> tuple[int, int]:
    """Return the characters that the words cover; where there are none, the place between their neighbours."""
    if first < stop:
        return words[first].start, words[stop - 1].end
    place = words[first - 1].end if first else words[0].start if words else 0
    return place, place
