"""Numbers and names that a copy changed (pure).

May import: the standard library, regex, corpus.anchors, corpus.numbers, corpus.diffing, corpus.sentences,
corpus.sides.
Every change told is meant to be one: a number that another may stand for (another unit, scale, clock or calendar, a
word) is none, nor is a name that the other text has elsewhere or inflects.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TypeVar

import regex

from corpus import anchors
from corpus.diffing import Step, Word
from corpus.numbers import Number, may_be_same, same_value
from corpus.sentences import Span
from corpus.sides import TYPES, Name, Side

_NOUNS_HAVE_CAPITALS = frozenset(("de", "lb"))
_UNINFLECTED = frozenset(("en", "es", "fr", "it", "pt", "id", "ms", "nl", "sv", "da", "no", "vi", "tl", "sw", "ha"))
_CASED = regex.compile(r"\p{Lu}[\p{L}\p{M}'’]{3,}")
Words = tuple[list[Word], list[Word]]
Placed = TypeVar("Placed", Number, Name)
_LONGEST_PART = 6
_BESIDE = 250
_CLOSE, _CLOSER = 0.6, 0.8
"""Share of words that two wordings have in common from which what differs can be set side by side."""
_MANY_NAMES = frozenset(
    ("t:US", "t:GB", "t:KR", "t:KP", "t:CD", "t:CG", "t:NL", "t:AE", "t:CZ", "t:MM", "t:PS", "t:VA", "t:TR")
)
"""Countries that the news calls by names that CLDR does not tell."""


@dataclass(frozen=True, slots=True)
class Change:
    """A number or name of a that is another in b: as written, in its typed form (n:9, d:2), and where (characters)."""

    what: str
    before: str
    after: str
    before_form: str
    after_form: str
    a_start: int
    a_end: int
    b_start: int
    b_end: int


def in_one_language(a: Side, b: Side, words_a: list[Word], words_b: list[Word], steps: Sequence[Step]) -> list[Change]:
    """Return the changes in two wordings of a passage: what was put in the place of a number or name."""
    found: list[Change] = []
    equal = sum(step.a_stop - step.a_first for step in steps if step.equal)
    share = equal / max(len(words_a), len(words_b), 1)
    for step in steps:
        part_a, part_b = words_a[step.a_first : step.a_stop], words_b[step.b_first : step.b_stop]
        if step.equal or not part_a or not part_b:
            continue
        found += _number_change(a, b, (words_a, words_b), part_a, part_b, share >= _CLOSE)
        found += _name_change(a, b, (words_a, words_b), part_a, part_b)
        if share >= _CLOSE and step.a_first and step.b_first:
            found += _spelling_change(a, b, part_a, part_b, share >= _CLOSER)
    if share < _CLOSE and words_a and words_b:
        spans = (words_a[0].start, words_a[-1].end), (words_b[0].start, words_b[-1].end)
        told = {(change.a_start, change.what) for change in found}
        found += [one for one in in_two_languages(a, b, *spans) if (one.a_start, one.what) not in told]
    return found


def _number_change(
    a: Side, b: Side, words: Words, part_a: list[Word], part_b: list[Word], close: bool
) -> Iterator[Change]:
    """Yield the change where one number stands for one other, and neither is elsewhere in the two wordings.

    Where just a word was replaced by a word, every other value is a change; in longer replacements only what cannot
    be the same thing in another unit, clock or calendar.
    """
    alone = len(part_a) == len(part_b) == 1
    if not alone and not (close and max(len(part_a), len(part_b)) <= _LONGEST_PART):
        return
    all_a, all_b = (side.numbers_between(w[0].start, w[-1].end) for side, w in zip((a, b), words, strict=True))
    here_a, here_b = _inside(all_a, part_a), _inside(all_b, part_b)
    if len(here_a) != 1 or len(here_b) != 1:
        return
    x, y = here_a[0], here_b[0]
    if not alone and (may_be_same(x, y) or not (x.is_count and y.is_count)):
        return
    lost, new = _unpaired(all_a, all_b, same_value)
    if any(same_value(x, other) for other in lost) and any(same_value(y, other) for other in new):
        yield _of_numbers(a, b, x, y)


def _unpaired(
    a: list[Number], b: list[Number], alike: Callable[[Number, Number], bool]
) -> tuple[list[Number], list[Number]]:
    """Return a's numbers without a partner among b's, and b's without one among a's, each partner taken once."""
    lost, new = list(a), list(b)
    for close in (same_value, alike):  # the same number first: it may not be given away to one that resembles it
        for x in tuple(lost):
            partner = next((y for y in new if close(x, y)), None)
            if partner is not None:
                lost.remove(x)
                new.remove(partner)
    return lost, new


def _inside(found: list[Placed], part: list[Word]) -> list[Placed]:
    return [one for one in found if one.start < part[-1].end and one.end > part[0].start]


def _of_numbers(a: Side, b: Side, x: Number, y: Number) -> Change:
    before, after = a.text[x.start : x.end], b.text[y.start : y.end]
    return Change("number", before, after, x.form, y.form, x.start, x.end, y.start, y.end)


def _of_names(a: Side, b: Side, x: Name, y: Name) -> Change:
    before, after = a.text[x.start : x.end], b.text[y.start : y.end]
    return Change("name", before, after, x.form, y.form, x.start, x.end, y.start, y.end)


def _name_change(a: Side, b: Side, words: Words, part_a: list[Word], part_b: list[Word]) -> Iterator[Change]:
    """Yield the change where one known name, or a character of it, stands for another of its type."""
    if max(len(part_a), len(part_b)) <= _LONGEST_PART:
        names_a, names_b = (side.names_between(w[0].start, w[-1].end) for side, w in zip((a, b), words, strict=True))
        yield from _paired(a, b, _inside(names_a, part_a), _inside(names_b, part_b), translated=False)


def _paired(a: Side, b: Side, names_a: list[Name], names_b: list[Name], *, translated: bool) -> Iterator[Change]:
    """Yield a change for each type of which each side has exactly one name that the other lacks."""
    forms_a, forms_b = {name.form for name in names_a}, {name.form for name in names_b}
    for kind in TYPES:
        lost = [name for name in names_a if name.form.startswith(kind) and name.form not in forms_b]
        new = [name for name in names_b if name.form.startswith(kind) and name.form not in forms_a]
        if len(lost) != 1 or len(new) != 1 or not (a.is_firm(lost[0]) and b.is_firm(new[0])):
            continue
        if translated and kind in ("t:", "c:") and not (_vouched(kind, forms_a & forms_b, a, b, lost[0], new[0])):
            continue
        yield _of_names(a, b, lost[0], new[0])


def _vouched(kind: str, common: set[str], a: Side, b: Side, x: Name, y: Name) -> bool:
    """Say whether a place that differs between two languages is no other name for the same place.

    Another place is told alike in both, and neither name occurs anywhere in the other text.
    """
    alike = any(form.startswith(kind) for form in common)
    return alike and x.form not in b.names and y.form not in a.names and not {x.form, y.form} & _MANY_NAMES


def _spelling_change(a: Side, b: Side, part_a: list[Word], part_b: list[Word], closer: bool) -> Iterator[Change]:
    """Yield the change where a word written as a name stands for another: "Halloway" for "Holloway".

    Names that do not resemble one another count only where nearly all the rest is the same.
    """
    if len(part_a) != len(part_b) or len(part_a) > 2 or a.language in _NOUNS_HAVE_CAPITALS:
        return
    for x, y in zip(part_a, part_b, strict=True):
        before, after = a.text[x.start : x.end], b.text[y.start : y.end]
        if not (_CASED.fullmatch(before) and _CASED.fullmatch(after)) or _one_name(a.language, before, after):
            continue
        if not closer and SequenceMatcher(None, x.form, y.form).ratio() < _CLOSE:
            continue
        if not a.names_between(x.start, x.end) and not b.names_between(y.start, y.end):
            yield Change("name", before, after, x.form, y.form, x.start, x.end, y.start, y.end)


def _one_name(language: str | None, before: str, after: str) -> bool:
    """Say whether the two may be one name with another ending or accent."""
    x, y = anchors.romanise(before), anchors.romanise(after)
    if x.startswith(y) or y.startswith(x):
        return True
    common = next((i for i, (p, q) in enumerate(zip(x, y, strict=False)) if p != q), 0)
    return language not in _UNINFLECTED and common >= max(3, min(len(x), len(y)) - 3)


def in_two_languages(a: Side, b: Side, span_a: Span, span_b: Span) -> list[Change]:
    """Return the changes between a passage and its translation: the one number, or name of a type, that differs."""
    found = list(_translated_number(a, b, span_a, span_b))
    found += _paired(a, b, a.names_between(*span_a), b.names_between(*span_b), translated=True)
    return found


def _translated_number(a: Side, b: Side, span_a: Span, span_b: Span) -> Iterator[Change]:
    """Yield the change where each side has exactly one number that nothing in the other can stand for."""
    lost, new = _unpaired(_counts(a, span_a), _counts(b, span_b), may_be_same)
    lost = [x for x in lost if not b.spells(x, *span_b)]
    new = [y for y in new if not a.spells(y, *span_a)]
    if len(lost) != 1 or len(new) != 1 or _is_year(lost[0]) != _is_year(new[0]):
        return
    moved = [same_value(lost[0], one) for one in _beside(b, span_b)]
    moved += [same_value(new[0], one) for one in _beside(a, span_a)]
    if not any(moved):
        yield _of_numbers(a, b, lost[0], new[0])


def _counts(side: Side, span: Span) -> list[Number]:
    return [one for one in side.numbers_between(*span) if one.is_count]


def _beside(side: Side, span: Span) -> list[Number]:
    """Return the numbers right before and behind a passage: a translator may have moved a clause."""
    start, end = span
    return side.numbers_between(max(0, start - _BESIDE), start) + side.numbers_between(end, end + _BESIDE)


def _is_year(number: Number) -> bool:
    return number.simple and 1900 <= number.values[0] < 2100
