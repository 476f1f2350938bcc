"""Where the sentences of a text begin and end, in every script (pure). May import: the standard library, regex,
corpus.writing.

Rules after Unicode Standard Annex 29 (full stops of all scripts, closing marks), with what it leaves to tailoring:
abbreviations, initials, ordinals with a full stop, Thai and its neighbours, which have no full stop, and texts without
any.
"""

from collections.abc import Iterator
from zlib import crc32

import regex

from corpus import writing

Span = tuple[int, int]
"""First and past-last character."""

LONGEST = 1_000
"""Characters; a longer sentence is taken apart, so that the comparison of two sentences stays cheap."""
_PART, _ONE_WORD_IN = 200, 8
_CLAUSE = 40
_LAST_WORD = 24

_CLOSING = r"[\p{Pe}\p{Pf}\"'”’»]*+"
_CLOSING_OR_OPENING = r"[\p{Pe}\p{Pf}\"'”’»“]*+"  # “ closes in German
_ALWAYS = "。！？｡．\u0964\u0965\u1362\u1367\u0f0d\u0f0e\u104b\u17d4\u17d5\u061f\u06d4\u0589"
_END = regex.compile(
    rf"""
      \n\s*+                                                     # the end of a line
    | (?<![{_ALWAYS}])[{_ALWAYS}]++{_CLOSING}\s*+                # full stops whatever follows
    | (?<![.!?…‥])[.!?…‥]++{_CLOSING_OR_OPENING}(?:\[\d{{1,3}}\])?+\s++      # full stops before white space
    """,
    regex.VERBOSE,
)
_BEFORE = regex.compile(r"[\p{L}\p{M}\p{N}.]+$")
_INITIALS = regex.compile(r"(?:\p{L}\.)*\p{L}")
_ORDINAL = regex.compile(r"[0-9]{1,2}")
_NO_SPACES = r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
_BETWEEN_CLAUSES = regex.compile(rf"(?<={_NO_SPACES}['\"”’)]?)[ \u00a0\u200b]+(?=['\"“‘(]?{_NO_SPACES})")
_UNSPACED = regex.compile(_NO_SPACES)
_WORD = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]\p{M}*\s*|\S[^\s\p{Han}]*\s*"
)


def sentences(text: str, language: str | None = None) -> list[Span]:
    """Return the spans of the text's sentences, in order, without the white space between them.

    Every character but white space lies in exactly one. Lines end sentences, save where the next one goes on in lower
    case. `language` (ISO 639-1) decides on what has no common rule: "21. Juli" is no end in German.
    """
    found: list[Span] = []
    for start, stop in _pieces(text, language):
        found += _shortened(text, start, stop)
    return found


def _pieces(text: str, language: str | None) -> Iterator[Span]:
    start = len(text) - len(text.lstrip())
    for end in _END.finditer(text, start):
        if _goes_on(text, start, end, language):
            continue
        yield from _clauses(text, start, start + len(text[start : end.end()].rstrip()))
        start = end.end()
    yield from _clauses(text, start, start + len(text[start:].rstrip()))


def _goes_on(text: str, start: int, end: "regex.Match[str]", language: str | None) -> bool:
    """Say whether what looks like the end of a sentence is none."""
    mark, following = end.group().strip(), text[end.end() : end.end() + 1]
    if not mark:
        return end.group().count("\n") == 1 and following.islower()
    if mark[0] not in ".!?…‥":
        return False
    if following.islower():
        return "\n" not in end.group() or end.group().count("\n") == 1
    if mark != "." or "\n" in end.group():
        return False
    before = _BEFORE.search(text[max(start, end.start() - _LAST_WORD) : end.start()])
    return before is not None and _abbreviated(before.group(), language)


def _abbreviated(word: str, language: str | None) -> bool:
    if _INITIALS.fullmatch(word) or word.casefold() in writing.words("sentences", "abbreviations"):
        return True
    return language in writing.words("sentences", "ordinals") and bool(_ORDINAL.fullmatch(word))


def _clauses(text: str, start: int, stop: int) -> Iterator[Span]:
    """Take a line of a script that has no full stop apart at the spaces between its clauses."""
    if stop - start < 2 * _CLAUSE or not _UNSPACED.search(text, start, stop):
        if stop > start:
            yield start, stop
        return
    for space in _BETWEEN_CLAUSES.finditer(text, start, stop):
        if space.start() - start >= _CLAUSE and stop - space.end() >= _CLAUSE // 2:
            yield start, space.start()
            start = space.end()
    yield start, stop


def _shortened(text: str, start: int, stop: int) -> Iterator[Span]:
    """Take a sentence that is far too long apart after words that its content chooses.

    So an insertion in one of two texts moves the nearest borders alone (content-defined chunks: Muthitacharoen,
    Chen and Mazières 2001).
    """
    if stop - start <= LONGEST:
        yield start, stop
        return
    for word in _WORD.finditer(text, start, stop):
        end = word.start() + len(word.group().rstrip())
        chosen = end - start >= _PART and crc32(word.group().strip().encode("utf-8", "replace")) % _ONE_WORD_IN == 0
        if chosen or end - start > LONGEST:
            yield from _cut(start, end)
            start = word.end()
    if stop > start:
        yield from _cut(start, stop)


def _cut(start: int, stop: int) -> Iterator[Span]:
    """Cut a stretch without white space where nothing else is left."""
    for at in range(start, stop, LONGEST):
        yield at, min(at + LONGEST, stop)
