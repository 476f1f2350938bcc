"""The table of news agencies: finding their names where an agency is expected. Data: agencies.toml, read at first use.

May import: the standard library, regex, corpus.phrasebook.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import regex

from corpus.phrasebook import Phrasebook, Searched, words_of

_TOKEN = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:\.(?=\p{L}))?(?:['’]\p{L}+)?")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}ー]")
_GLUED = regex.compile(
    r"(?<=[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}ー])(?=[A-Za-z])|(?<=[A-Za-z])(?=[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}])"
)
_ELIDED = regex.compile(r"(?<=\b(?:l|d|qu|dell|all|dall|nell|sull))['’](?=\p{L})", regex.I)
# Letters as wide as characters: ＡＰ.
_WIDE = {wide: wide - 0xFEE0 for wide in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
# AGENCY/First Last, First Last/AGENCY, © AGENCY / First Last: whose picture it is.
_PERSON = r"\p{Lu}[\p{Ll}\p{M}.'’-]+(?:\s\p{Lu}[\p{L}\p{M}.'’-]+){1,3}"
_PHOTOGRAPHER = regex.compile(
    rf"[©\s(]*(?:\p{{L}}[\p{{L}} .-]{{1,30}}\s?/\s?{_PERSON}|{_PERSON}\s?/\s?\p{{L}}[\p{{L}} .-]{{1,30}})\s*\)?\.?"
)
_REPORTER = regex.compile(
    r"^\s*(?:记者|記者)\p{Han}{2,4}(?:报道|報道|報導)?\s*$"
)  # 新华社记者张三报道, without its agency
_PART = regex.compile(r"[,،、;|()（）\[\]【】•·:：=/]|\s[-–—]\s|\s(?:and|und|et|y|e|dan|with|mit|avec|ve|и)\s")


@dataclass(frozen=True, slots=True)
class Named:
    """One agency's name found in some words: the agency, the name as written, whether a short form, whether garbled."""

    agency: str
    name: str
    code: bool
    garbled: bool


@dataclass(frozen=True, slots=True)
class _Table:
    spaced: dict[tuple[str, ...], Named]
    codes: dict[str, Named]
    unspaced: tuple[tuple[str, Named], ...]
    firsts: frozenset[str]
    domains: dict[str, str]
    marks: tuple[tuple[str, str], ...]


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("corpus") / "agencies.toml").read_text(encoding="utf-8"))


@cache
def phrases() -> dict[str, tuple[Any, ...]]:
    """Return the words around credits in many languages, by their use; lower case."""
    return {use: tuple(words) for use, words in _data()["phrases"].items()}


@cache
def agency_names() -> tuple[str, ...]:
    """Return every agency's name as the column `agency` gives it."""
    return tuple(agency["name"] for agency in _data()["agency"])


@cache
def _table() -> _Table:
    spaced: dict[tuple[str, ...], Named] = {}
    codes: dict[str, Named] = {}
    unspaced: list[tuple[str, Named]] = []
    domains: dict[str, str] = {}
    marks: list[tuple[str, str]] = []
    for agency in _data()["agency"]:
        key = agency["name"]
        domains |= dict.fromkeys(agency["domains"], key)
        marks += [(mark, key) for mark in agency["marks"]]
        codes |= {code: Named(key, code, True, False) for code in agency["codes"]}
        for name, garbled in _names(agency):
            entry = Named(key, name, False, garbled)
            if _UNSPACED.search(name):
                unspaced.append((name, entry))
            else:
                spaced.setdefault(tuple(token.casefold() for token in _TOKEN.findall(name)), entry)
    unspaced.sort(key=lambda pair: -len(pair[0]))
    firsts = frozenset(token[0] for token in spaced) | {code.casefold() for code in codes}
    return _Table(spaced, codes, tuple(unspaced), firsts, domains, tuple(marks))


def _names(agency: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    yield from ((name, False) for name in agency["names"])
    yield from ((name, True) for name in agency.get("garbled", ()))


def mentioned(words: str) -> bool:
    """Say quickly whether the words may name an agency at all; what it denies, `named` finds nothing in."""
    table = _table()
    words = narrow(words)
    if not table.firsts.isdisjoint(words_of(words.casefold())):
        return True
    if words.isascii() or not _UNSPACED.search(words):
        return False
    return any(name in words for name, _ in table.unspaced)


def placed(words: str) -> list[tuple[int, int, Named]]:
    """Return where the words name agencies (start, end, name), in order, short forms among them."""
    return sorted(_spans(words[:300], codes=True), key=lambda found: found[:2])


def named(words: str, codes: bool = True) -> list[Named]:
    """Return the agencies that the words name, in order, each once; short forms count only with `codes`."""
    found = [(start, entry) for start, _, entry in _spans(words[:300], codes)]
    unique: dict[str, Named] = {}
    for _, entry in sorted(found, key=lambda pair: pair[0]):
        unique.setdefault(entry.agency, entry)
    return list(unique.values())


def _spans(words: str, codes: bool) -> list[tuple[int, int, Named]]:
    table = _table()
    words = _ELIDED.sub(" ", narrow(words))
    tokens = list(_TOKEN.finditer(words))
    low = [token.group().casefold() for token in tokens]
    found: list[tuple[int, int, Named]] = []
    position = 0
    while position < len(tokens):
        size, entry = _longest(table, low, position)
        if entry is None and codes:
            entry, size = table.codes.get(tokens[position].group()), 1
        if entry is None:
            position += 1
            continue
        found.append((tokens[position].start(), tokens[position + size - 1].end(), entry))
        position += size
    if not words.isascii():
        found += _unspaced_spans(table, words)
    return found


def _longest(table: _Table, low: list[str], position: int) -> tuple[int, Named | None]:
    for size in range(min(6, len(low) - position), 0, -1):
        if entry := table.spaced.get(tuple(low[position : position + size])):
            return size, entry
    return 1, None


def _unspaced_spans(table: _Table, words: str) -> list[tuple[int, int, Named]]:
    found: list[tuple[int, int, Named]] = []
    for name, entry in table.unspaced:
        start = words.find(name)
        if start >= 0 and not any(low <= start < high for low, high, _ in found):
            found.append((start, start + len(name), entry))
    return found


def unglued(words: str) -> str:
    """Return the words with spaces between Latin letters and those of scripts that are written without spaces."""
    return words if words.isascii() else _GLUED.sub(" ", narrow(words))


def narrow(words: str) -> str:
    """Return the words with Latin letters of full width as plain ones; the length stays."""
    return words if words.isascii() else words.translate(_WIDE)


def whole(words: str) -> list[Named]:
    """Return the agencies named when the words are nothing else but names, joining words, initials and numbers."""
    spans = _spans(words[:200], codes=True)
    if not spans:
        return []
    rest = "".join(" " if any(low <= i < high for low, high, _ in spans) else c for i, c in enumerate(words))
    rest = _REPORTER.sub(" ", rest) if not rest.isascii() else rest
    left = [token for token in _TOKEN.findall(rest.casefold()) if token not in phrases()["fillers"]]
    # What may be left are numbers and the initials of desks and authors: dpa/lnw, AFP/jd.
    initials = all(len(token) <= 3 or token.isdigit() for token in left)
    return named(words) if initials and len(left) <= 3 else []


def in_parts(words: str, anywhere: bool = False) -> list[Named]:
    """Return the agencies that make up a whole part of a byline: `Jane Doe, Associated Press`, `Reuters and staff`.

    With `anywhere`, full names of several words count inside a part too: `Jane Doe of The Associated Press`.
    """
    found: dict[str, Named] = {}
    for part in _PART.split(words[:200]):
        for entry in whole(part):
            found.setdefault(entry.agency, entry)
    for entry in named(words, codes=False) if anywhere else ():
        if len(entry.name.split()) > 1 or not entry.name.isascii():
            found.setdefault(entry.agency, entry)
    return list(found.values())


def domain_agency(host: str | None) -> str | None:
    """Return the agency whose own site the host is (or a part of)."""
    labels = (host or "").lower().split(".")
    suffixes = (".".join(labels[start:]) for start in range(len(labels) - 1))
    return next((agency for suffix in suffixes if (agency := _table().domains.get(suffix))), None)


def mark_agencies(text: Searched) -> tuple[tuple[str, str], ...]:
    """Return the (house words, agency) that occur in the text."""
    marks = dict(_table().marks)
    return tuple((mark, marks[mark]) for mark in _marks().present(text))


def any_mentioned(text: Searched) -> bool:
    """Say whether the text may name an agency anywhere; where it does not, no line of it need be asked."""
    return bool(_all_names().present(text))


@cache
def _all_names() -> Phrasebook:
    table = _table()
    names = (entry.name for entry in (*table.spaced.values(), *table.codes.values()))
    return Phrasebook(name.casefold() for name in (*names, *(name for name, _ in table.unspaced)))


@cache
def _marks() -> Phrasebook:
    return Phrasebook(mark for mark, _ in _table().marks)


def is_picture(line: str) -> bool:
    """Say whether the line credits or describes a picture: such a credit never tells whose text it is."""
    low = line.casefold()
    return any(word in low for word in phrases()["pictures"])


def is_photographer(line: str) -> bool:
    """Say whether the line is nothing but an agency and a photographer's name: `ТАСС/Иван Иванов`, `Jane Doe/AFP`."""
    return len(line) <= 80 and _PHOTOGRAPHER.fullmatch(line) is not None
