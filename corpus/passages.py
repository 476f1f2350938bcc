"""What became of each passage of a text in another: the same, altered, cut, added or moved, with places (pure).

May import: the standard library, regex, corpus.text, corpus.anchors, corpus.sentences, corpus.beads, corpus.alignment,
corpus.diffing, corpus.numbers, corpus.changes, corpus.writing; numpy and corpus.features for sounds of words.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import regex

from corpus import anchors, features
from corpus import text as texts
from corpus.alignment import align
from corpus.beads import ONE_LANGUAGE, TWO_LANGUAGES, Array, Feature, Link, Sentence
from corpus.changes import Change, in_one_language, in_two_languages
from corpus.diffing import Edit, edits, steps, words_of
from corpus.numbers import numbers
from corpus.sentences import Span, sentences
from corpus.sides import Side, spelled

_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]")
_SYLLABIC = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
_SYLLABLE = 2.8
"""Letters that a character of Chinese, Japanese or Korean is worth when lengths are compared."""
_STEM = 5
"""So many letters of a word stand for its stem. Source: Can and others 2008 (fixed-prefix stemming)."""
_NUMBER, _SPELLED, _NAME, _SKELETON, _LETTERS, _MARK = 4.0, 2.0, 3.0, 1.5, 0.6, 1.5
_MARKS = {  # the marks that every script has in a form of its own; Greek alone asks with ";"
    "opened": regex.compile(r"[“„«「『]|(?<!\S)[\"‟]"),
    "closed": regex.compile(r"[”»」』]|(?<=\S)\""),
    "asked": regex.compile(r"[?？؟]"),
    "called out": regex.compile(r"[!！]"),
    "bracketed": regex.compile(r"[(（]"),
    "colon": regex.compile(r"[:：]"),
}


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a, of b, or of both (characters of the texts as given; empty where the other has nothing).

    kind: same, altered (words differ; between two languages: a number or name does), cut (in a alone), added (in b
    alone) or moved (at another place in b). `changes`: numbers and names that differ; `edits`: all words that do,
    within one language.
    """

    kind: str
    a_start: int
    a_end: int
    b_start: int
    b_end: int
    changes: tuple[Change, ...] = ()
    edits: tuple[Edit, ...] = ()


def passages(
    a: str, b: str, language_a: str | None = None, language_b: str | None = None, *, translated: bool | None = None
) -> list[Passage]:
    """Return the passages of two texts, in a's order with what was added at its place.

    Every sentence of either text lies in exactly one. `translated` says that the texts do not share a language; by
    default the codes decide.
    """
    translated = language_a != language_b if translated is None else translated
    spans_a, spans_b = sentences(a, language_a), sentences(b, language_b)
    told = _translated_sentences if translated else _own_sentences
    of_a = told([a[i:j] for i, j in spans_a], language_a)
    of_b = told([b[i:j] for i, j in spans_b], language_b)
    links = align(of_a, of_b, TWO_LANGUAGES if translated else ONE_LANGUAGE)
    judge = _Judge(Side(a, language_a), Side(b, language_b), translated)
    return _joined(_laid_out(links, spans_a, spans_b, judge), a, b, translated)


def _own_sentences(bodies: list[str], language: str | None) -> list[Sentence]:
    normal = [texts.normalise(body) or body for body in bodies]
    return [
        Sentence(_own_features(body, form), float(len(body)), form) for body, form in zip(bodies, normal, strict=True)
    ]


def _own_features(body: str, normal: str) -> dict[Feature, float]:
    """Return what a sentence shares with another wording of it: stems, numbers, pairs of unspaced characters."""
    words = normal.split()
    found: dict[Feature, float] = {normal: 1.0}
    for word in words:
        found[word[:_STEM]] = 1.0 if len(word) > 3 or _UNSPACED.match(word) else 0.5
    if _UNSPACED.search(body):
        found.update((one + other, 1.0) for one, other in pairwise(words))
    found.update((number.form, 2.0) for number in numbers(body))
    return found


def _translated_sentences(bodies: list[str], language: str | None) -> list[Sentence]:
    """Return sentences with what each shares with its translation: numbers, names, how the words sound and look."""
    romanised = [anchors.romanise(body).encode() for body in bodies]
    data = np.frombuffer(b"".join(romanised), np.uint8)
    ends = np.cumsum([0, *map(len, romanised)], dtype=np.int64)
    letters, skeletons = _keys(features.letters(data, ends)), _keys(features.skeletons(data, ends))
    found = []
    for body, of_letters, of_skeletons in zip(bodies, letters, skeletons, strict=True):
        shared: dict[Feature, float] = dict.fromkeys(of_letters, _LETTERS)
        shared.update(dict.fromkeys(of_skeletons, _SKELETON))
        shared.update((f"n:{value}", _SPELLED) for value in spelled(body, language) if value > 2)
        shared.update((number.form, _NUMBER) for number in numbers(body))
        names = (form for form, _ in anchors.names_and_numbers(body, language) if not form.startswith("n:"))
        shared.update(dict.fromkeys(names, _NAME))
        shared.update(dict.fromkeys(_punctuation(body, language), _MARK))
        found.append(Sentence(shared, _length(body), texts.normalise(body) or body))
    return found


def _punctuation(body: str, language: str | None) -> Iterator[str]:
    """Yield what the marks of a sentence tell in every script: it is spoken, asked, called out, or set in brackets."""
    for name, pattern in _MARKS.items():
        if pattern.search(body):
            yield name
    if language == "el" and ";" in body:
        yield "asked"


def _keys(found: tuple[Array, Array, Array]) -> list[list[int]]:
    """Return the keys of each sentence."""
    keys, _, ends = found
    return [keys[start:stop].tolist() for start, stop in pairwise(ends.tolist())]


def _length(body: str) -> float:
    return len(body) + (_SYLLABLE - 1) * len(_SYLLABIC.findall(body))


class _Judge:
    """Tells what became of a passage that has been found in both texts."""

    def __init__(self, a: Side, b: Side, translated: bool) -> None:
        self.a, self.b, self.translated = a, b, translated

    def passage(self, link: Link, span_a: Span, span_b: Span) -> Passage:
        """Return the passage with its changes."""
        kind = "moved" if link.moved else "same"
        found = Passage(kind, *span_a, *span_b)
        if self.translated:
            changes = in_two_languages(self.a, self.b, span_a, span_b)
            return replace(found, kind="altered" if changes and not link.moved else kind, changes=tuple(changes))
        if texts.words(self.a.text[slice(*span_a)]) == texts.words(self.b.text[slice(*span_b)]):
            return found
        words_a, words_b = words_of(self.a.text, *span_a), words_of(self.b.text, *span_b)
        way = steps(words_a, words_b)
        changes = in_one_language(self.a, self.b, words_a, words_b, way)
        kind = "moved" if link.moved else "altered"
        return replace(found, kind=kind, changes=tuple(changes), edits=tuple(edits(words_a, words_b, way)))


def _laid_out(links: list[Link], spans_a: list[Span], spans_b: list[Span], judge: _Judge) -> Iterator[Passage]:
    """Yield a passage for each link and each sentence without one: a's in a's order, b's where the order puts them."""
    moved_b = {j for link in links if link.moved for j in range(link.b_first, link.b_stop)}
    i = j = place_a = place_b = 0

    def cut_and_added(stop_a: int, stop_b: int) -> Iterator[Passage]:
        for k in range(i, stop_a):
            yield Passage("cut", *spans_a[k], place_b, place_b)
        at = spans_a[stop_a - 1][1] if stop_a > i else place_a
        for k in range(j, stop_b):
            if k not in moved_b:
                yield Passage("added", at, at, *spans_b[k])

    for link in links:
        span_a = spans_a[link.a_first][0], spans_a[link.a_stop - 1][1]
        span_b = spans_b[link.b_first][0], spans_b[link.b_stop - 1][1]
        yield from cut_and_added(link.a_first, j if link.moved else link.b_first)
        yield judge.passage(link, span_a, span_b)
        i, place_a = link.a_stop, span_a[1]
        if not link.moved:
            j, place_b = link.b_stop, span_b[1]
    yield from cut_and_added(len(spans_a), len(spans_b))


def _joined(found: Iterator[Passage], a: str, b: str, translated: bool) -> list[Passage]:
    """Join neighbours of one kind that follow one another in both texts and hold no difference.

    A translation stays sentence by sentence: that is what a reader compares.
    """
    out: list[Passage] = []
    for one in found:
        last = out[-1] if out else None
        if (
            last is not None
            and last.kind == one.kind
            and not (last.edits or last.changes or one.edits or one.changes)
            and not (translated and one.kind in ("same", "moved"))
            and not a[last.a_end : one.a_start].strip()
            and last.b_end <= one.b_start
            and not b[last.b_end : one.b_start].strip()
        ):
            out[-1] = replace(last, a_end=one.a_end, b_end=one.b_end)
        else:
            out.append(one)
    return out
