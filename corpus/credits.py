"""Credits at the end of an article: contributors, copyright, `Source: …`, house style, an agency's name (pure).

May import: the standard library, regex, corpus.agencies, corpus.datelines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import regex

from corpus.agencies import (
    any_mentioned,
    in_parts,
    is_photographer,
    is_picture,
    mark_agencies,
    mentioned,
    named,
    phrases,
    placed,
    unglued,
    whole,
)
from corpus.datelines import read_byline
from corpus.phrasebook import Phrasebook, Searched, searched
from corpus.signals import Signal

AS_AP = "contributors after a separator, as AP closes its copy"
TAIL, LINE, BESIDE, LONGEST_SHORT = 14, 400, 12, 12
_SEPARATOR = regex.compile(r"[\s_*＿—–=~•·.#-]{2,}")
_INITIALS = regex.compile(
    r"(?:PTI|UNI|IANS)(?: [A-Z]{2,4}(?:[- ][A-Z]{2,4})*)+\.?|भाषा(?: [\p{Devanagari}]{2,12}){1,3}"
)
_SIGNED = regex.compile(r"(?:bur[-/])?[a-z]{2,4}(?:[-/][a-z]{2,5}){1,4}")
_AT_END = regex.compile(
    r"(?:[(（\[［【<〈](?P<inside>[^()（）\[\]［］【】<>]{2,45})[)）\]］】>〉]"
    r"|(?:\s[-–—]{1,2}|[—/])\s?(?P<name>\p{L}[^—–/()]{1,25}?)/?)\s*[.。]?\s*$"
)
# AFP's Japanese service closes so; a photographer may follow.
_OWNED = regex.compile(r"(?<=[。」])\s*\(c\)AFP\b[^。]{0,60}$")
_GALLERY = regex.compile(r"\s*\d{1,3}\s?/\s?\d{1,3}\s")
_LABEL = regex.compile(r"(?P<label>[\p{L}\p{M}' ]{2,40}?)\s*[:：=]\s*(?P<rest>.{2,80})")
_INNER_LABEL = regex.compile(r"^\W*[\p{L}\p{M} ]{2,12}[:：]\s*")
_WITH = regex.compile(r"(?:\S+\s){1,5}(?:avec|mit|with|con|com|met|och|/)\s(?P<name>\S.{1,30})", regex.I)
_DENSE = regex.compile(r"[\p{Han}\p{Hangul}]")
_ASIDE = " ()[]（）【】<>〈〉*_—–-/|"


@dataclass(frozen=True, slots=True)
class _Clues:
    """The phrases around credits that occur in this text at all; mostly none, so that lines are read quickly."""

    contributors: tuple[str, ...]
    rights: tuple[str, ...]
    edited: tuple[tuple[str, str], ...]
    marks: tuple[tuple[str, str], ...]
    openers: tuple[str, ...]
    feeds: tuple[str, ...]
    agencies: bool

    def in_line(self, low: str) -> bool:
        return any(phrase in low for phrase in (*self.contributors, *self.rights, *self.feeds))


@cache
def _books() -> dict[str, Phrasebook]:
    names = phrases()
    return {
        "contributors": Phrasebook(names["contributors"]),
        "rights": Phrasebook(names["rights"]),
        "edited": Phrasebook(first for first, _ in names["edited"]),
        "openers": Phrasebook(label for label in names["labels"] if " " in label),
        "feeds": Phrasebook(names["as_it_came"]),
    }


def _clues(text: Searched) -> _Clues:
    present = {use: book.present(text) for use, book in _books().items()}
    return _Clues(
        contributors=present["contributors"],
        rights=present["rights"],
        edited=tuple((a, b) for a, b in phrases()["edited"] if a in present["edited"] and b in text.low),
        marks=mark_agencies(text),
        openers=present["openers"],
        feeds=present["feeds"],
        agencies=any_mentioned(text),
    )


def read_tail(lines: Sequence[str], filled: Sequence[int], signals: list[Signal], spent: dict[int, str]) -> None:
    """Look through the closing lines for credits, and through the second half for the unmistakable phrases.

    Adds to `signals`, and to `spent` the lines that are nothing but a credit.
    """
    closing = filled[min(len(filled) // 2, max(0, len(filled) - TAIL)) :]
    clues = _clues(searched(lines))
    low = {number: lines[number][:LINE].casefold() for number in closing}
    tail = set(filled[-TAIL:])
    gallery = clues.agencies and any(_GALLERY.match(lines[number]) for number in filled)
    sentences = [number for number in filled if len(lines[number]) >= (40 if lines[number].isascii() else 20)][-3:]
    before = ""
    for number in closing:
        line, last = lines[number].strip(), before
        before = line
        if number in spent or not (number in tail or clues.in_line(low[number])):
            continue
        found = _credit_line(line, low[number], clues, bool(_SEPARATOR.fullmatch(last)))
        if found is None and clues.agencies and number != filled[0] and len(line) <= 160 and mentioned(line):
            found = _labelled(line, clues, sure=number in filled[-2:] and not gallery)
        if found:
            signals.append(found)
            spent[number] = "copyright" if found.kind == "copyright" else "credit"
        elif clues.agencies and number in sentences and (signed := _signed_off(line)):
            signals.append(signed)


def _credit_line(line: str, low: str, clues: _Clues, after_separator: bool) -> Signal | None:
    """Return the signal of a line that is nothing but a credit, told by its phrases."""
    if len(line) > LINE:
        return None
    if any(phrase in low for phrase in clues.contributors):
        return _contributors(line, after_separator)
    return (
        (_authors_of(line, low) or _fed(line, low, clues) if clues.agencies else None)
        or (_rights(line, low) if any(phrase in low for phrase in clues.rights) else None)
        or _edited(line, low, clues)
        or _marked(line, low, clues)
    )


def _contributors(line: str, after_separator: bool) -> Signal:
    names = named(line, codes=False) or named(" ".join(unglued(line).split()[:3]))
    if names:
        return Signal(names[0].agency, "contributors", 0.85 if names[0].garbled else 0.93, line)
    # A row of underscores, then who contributed to this report: that is how AP closes its copy, and few others do.
    return Signal("AP", AS_AP, 0.75, line) if after_separator else Signal(None, "contributors", 0.0, line)


def _fed(line: str, low: str, clues: _Clues) -> Signal | None:
    """Read `… has not been edited and is published from a PTI feed.`"""
    names = named(line) if any(phrase in low for phrase in clues.feeds) else []
    return Signal(names[0].agency, "credit", 0.9, line) if names else None


def _edited(line: str, low: str, clues: _Clues) -> Signal | None:
    for first, second in clues.edited:
        sure = (first, second) == ("reporting by", "editing by")
        told = sure or _is_told(low, first, second)
        if told and first in low[:60] and second in low[len(first) :] and len(line) <= (300 if sure else 160):
            return Signal("Reuters", "house style", 0.85 if sure else 0.7, line)
    return None


def _is_told(low: str, first: str, second: str) -> bool:
    """Say whether who reported and who edited are told as in a credit, not in a sentence with the same words."""
    credit = low.strip(_ASIDE).startswith(first) or low[:1] in "([（【<" or any(sign in low for sign in ";；؛")
    return credit and (not _DENSE.search(first) or all(_followed(low, word) for word in (first, second)))


def _followed(low: str, word: str) -> bool:
    """Say whether the word ends a part or stands before a name: 报道：张三；编辑：李四, 张三报道；李四编辑."""
    after = low[low.find(word) + len(word) :][:1]
    return not after or after in ":： /／|｜=;；)）】。"


def _authors_of(line: str, low: str) -> Signal | None:
    """Read `AP writer Ana Sosa contributed.` in any wording: who wrote, for whom, and that they took part."""
    if len(line.split()) > 25 or len(line) > (200 if line[:3].isascii() or " " in line else 45):
        return None
    if not _took_part().search(low):
        return None
    words = unglued(line)
    writers = [word.span() for word in _writers().finditer(words.casefold())]
    # The agency stands beside the word for its writer.
    beside = (
        name
        for start, end, name in placed(words)
        for first, last in writers
        if min(abs(first - end), abs(start - last)) <= BESIDE
    )
    name = next(beside, None)
    return Signal(name.agency, "contributors", 0.85 if name.garbled else 0.9, line) if name else None


@cache
def _writers() -> regex.Pattern[str]:
    return regex.compile("|".join(map(regex.escape, phrases()["writers"])))


@cache
def _took_part() -> regex.Pattern[str]:
    return regex.compile("|".join(map(regex.escape, phrases()["took_part"])))


def _rights(line: str, low: str) -> Signal | None:
    if is_picture(line) or is_photographer(line[max(line.rfind("©"), 0) :]):
        return None
    many = len(line.split()) > 3 or any(map(str.isdigit, line)) or len(line) > (30 if line[1:].isascii() else 10)
    if names := named(line):
        spelt = not names[0].code and len(names[0].name) > LONGEST_SHORT  # pictures are credited with the short form
        return Signal(names[0].agency, "copyright", 0.93 if many else 0.8 if spelt else 0.4, line)
    signed = low.lstrip(" (<[-").startswith(("©", "copyright", "(c)", "ⓒ", "all rights", "c)"))
    return Signal(None, "copyright", 0.0, line) if signed and len(line) <= 250 else None


def _marked(line: str, low: str, clues: _Clues) -> Signal | None:
    for mark, agency in clues.marks:
        if mark in low:
            return Signal(agency, "house style", 0.85, line)
    if len(line) > 60:
        return None
    if found := _INITIALS.fullmatch(line):
        return Signal(named(line)[0].agency, "credit", 0.9, found.group())
    if ("/" in line or line.startswith("bur")) and _SIGNED.fullmatch(line) and not named(line):
        return Signal("AFP", "house style", 0.6, line)
    return None


def _labelled(line: str, clues: _Clues, sure: bool) -> Signal | None:
    """Read `Source: AFP`, `(Quelle: APA)`, `mit dpa`, `With inputs from PTI`, `AP - AFP`, a name alone."""
    if is_photographer(line):
        return None
    bare = line.strip(_ASIDE)
    label = _LABEL.match(bare)
    opener = next((p for p in clues.openers if bare.casefold().startswith(p)), None)
    names = []
    if label and label["label"].strip().casefold() in phrases()["labels"]:
        names = in_parts(label["rest"])
    elif opener:
        names = in_parts(bare[len(opener) :].rstrip("."))
    elif (with_whom := _WITH.fullmatch(bare)) and not bare.endswith("."):
        names = whole(with_whom["name"])
    elif (byline := read_byline(bare)) and byline.agency and "," in bare and not named(bare)[0].code:
        names = named(bare)
    if names:
        return None if is_picture(line) else Signal(names[0].agency, "credit", 0.85, line)
    said = bare.endswith(("。", ".")) and not bare.isascii()  # a short sentence: 그는 로이터통신에 말했다.
    if len(bare) > 80 or len(bare.split()) > 8 or said or not (names := whole(bare)) or is_picture(line):
        return None
    # Names alone may belong to a picture; at the very end of no picture gallery they are more often the credit.
    alone = bare == line and all(token.strip("-–/") in [name.name for name in named(bare)] for token in bare.split())
    return Signal(names[0].agency, "credit", 0.8 if not alone else 0.55 if sure else 0.4, line)


def _signed_off(line: str) -> Signal | None:
    """Read an agency's name at a sentence's end: `… on Tuesday. (AFP)`, `… said. —AP`, `…。（新华社）`, `…。(c)AFP`."""
    if owned := _OWNED.search(line[-90:]):
        return Signal("AFP", "credit", 0.85, owned.group().strip())
    found = _AT_END.search(line[-70:])
    if not found or is_photographer(line):
        return None
    words = _INNER_LABEL.sub("", found["inside"] or found["name"])
    if not mentioned(words):
        return None
    names = whole(words) or (in_parts(words) if found["inside"] else [])
    if not names or is_picture(line):
        return None
    return Signal(names[0].agency, "credit", 0.85 if found["inside"] else 0.8, found.group().strip())
