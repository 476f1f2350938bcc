"""Numbers in running text with the values that they can have: separators, scale words, all digits (pure).

"1,500" is 1500 in one language and 1.5 in another, "2億" is 200 million: a number has several readings, and two numbers
differ beyond doubt only where no reading of the one can be one of the other. May import: the standard library, regex,
corpus.writing.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import regex

from corpus import writing

_DIGITS = regex.compile(r"\p{Nd}+(?:[.,٫٬'’\u00a0\u202f\u2009 ]\p{Nd}+)*")
_RUN = regex.compile(r"\p{Nd}+")
_SPACES = "\u00a0\u202f\u2009 "
_NEXT_WORD = regex.compile(r"[\s-]{0,2}+(\p{L}[\p{L}\p{M}]*+)")
_CODE = regex.compile(r"(?:[\p{Latin}\p{Cyrillic}][-‑/]?|[#@_])$")
_MONTH = regex.compile(r"\s?[月월]")
_DECADE = regex.compile(r"s(?!\p{L})")
_ZONE = regex.compile(r"\s?(?:GMT|UTC|[A-Z]{1,3}T\b)")
_CLOCK = regex.compile(r"\p{Nd}[:：]$")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_ENDING = 6
"""Letters that a language may put behind the stem of a scale word."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it stands in a text: its place (characters), its readings (likeliest first), and what it is.

    Clock times, months and dates in figures, decades and parts of codes ("10:30", "0200GMT", "7月", "20s", "F-16") are
    no counts. `simple`: bare
    digits, so that there is one reading. `unit`: imperial, metric or degrees, where a unit follows that translators
    convert.
    """

    start: int
    end: int
    values: tuple[float, ...]
    is_count: bool = True
    scaled: bool = False
    simple: bool = False
    unit: str = ""

    @property
    def form(self) -> str:
        """The likeliest reading in the form of the anchors: `n:1500`."""
        value = self.values[0]
        return f"n:{value:.0f}" if value % 1 == 0 and value < 1e18 else f"n:{value:.10g}"


def numbers(text: str) -> list[Number]:
    """Return the numbers of the text in order; a scale word behind the digits belongs to the number."""
    found = [_number(text, start, end) for hit in _DIGITS.finditer(text) for start, end in _split(text, *hit.span())]
    return _compounds(text, found)


def _split(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Take digits apart where a space joins no thousands: "2014 928" is two numbers, "14 928" one."""
    begin = start
    for at in range(start + 1, stop):
        if text[at] in _SPACES and not (_run(text, at + 1) == 3 and _ends_thousands(text[begin:at])):
            yield begin, at
            begin = at + 1
    yield begin, stop


def _ends_thousands(piece: str) -> bool:
    """Say whether digits can be the beginning of a number whose thousands are set apart by spaces."""
    runs = _RUN.findall(piece)
    return len(runs[0]) <= 3 and all(len(run) == 3 for run in runs[1:])


def _run(text: str, at: int) -> int:
    found = _RUN.match(text, at)
    return len(found.group()) if found else 0


def _number(text: str, start: int, end: int) -> Number:
    piece = text[start:end]
    values = list(_values(piece))
    before = text[max(0, start - 2) : start]
    clock = text[end : end + 1] in (":", "：") and text[end + 1 : end + 2].isdecimal()
    other = clock or _MONTH.match(text, end) or _CODE.search(before) or _CLOCK.search(before)
    no_count = other or _DECADE.match(text, end) or (end - start == 4 and _ZONE.match(text, end))
    is_count = bool(values) and not no_count
    scales, behind = _scale(text, end)
    values = [value * scale for scale in scales for value in values] or values or [float(_digits(piece)[:15])]
    unit = _unit().match(text, behind)
    simple = piece.isdecimal() and not scales
    return Number(start, behind, tuple(values), is_count, bool(scales), simple, (unit and unit.lastgroup) or "")


def _digits(piece: str) -> str:
    return "".join(str(unicodedata.digit(character)) for character in piece if character.isdecimal())


def _values(piece: str) -> Iterator[float]:
    """Yield what digits with separators can mean, likeliest first; nothing where they are a date or a version."""
    runs = [_digits(run) for run in _RUN.findall(piece)]
    marks = [character for character in piece if not character.isdecimal()]
    whole, fraction = runs[:-1], runs[-1]
    if sum(map(len, runs)) > 15:
        yield float("".join(runs)[:300])
    elif not marks:
        yield float(fraction)
    else:
        if _thousands(runs) and len(set(marks)) == 1:
            yield float("".join(runs))
        if marks[-1] in ".,٫" and marks[-1] not in marks[:-1] and len(set(marks[:-1])) <= 1 and _thousands(whole):
            yield float("".join(whole) + "." + fraction)


def _thousands(runs: list[str]) -> bool:
    """Say whether the runs are thousands: in threes or, as in India, in twos before the last three."""
    if len(runs) == 1:
        return True
    return 1 <= len(runs[0]) <= 3 and len(runs[-1]) == 3 and all(len(run) in (2, 3) for run in runs[1:-1])


def _scale(text: str, end: int) -> tuple[writing.Scales, int]:
    """Return the scales that the word behind a number can mean, and where the number then ends."""
    at = end + 1 if text[end : end + 1] in (*_SPACES, "-") else end
    unspaced = writing.scales("unspaced_scales")
    for length in range(max(map(len, unspaced)), 0, -1):
        if text[at : at + length] in unspaced:
            return unspaced[text[at : at + length]], at + length
    word = _NEXT_WORD.match(text, end)
    if word and len(word[1]) <= 20:
        plain = word[1].casefold()
        if plain in writing.scales("whole_scales"):
            return writing.scales("whole_scales")[plain], word.end()
        for stem, scales in writing.stems().get(plain[0], ()):
            if plain.startswith(stem) and len(plain) <= len(stem) + _ENDING:
                return scales, word.end()
    return (), end


def _compounds(text: str, found: list[Number]) -> list[Number]:
    """Add up what scripts without spaces write in one run: 5億2800万 is one number."""
    joined: list[Number] = []
    for number in found:
        last = joined[-1] if joined else number
        lesser = last.scaled and max(number.values) < max(last.values)
        if lesser and last.end == number.start and _UNSPACED.match(text, last.end - 1):
            values = tuple(a + b for a in last.values for b in number.values)
            is_count = last.is_count and number.is_count
            joined[-1] = Number(last.start, number.end, values, is_count, scaled=True, unit=number.unit)
        else:
            joined.append(number)
    return joined


@cache
def _unit() -> "regex.Pattern[str]":
    return regex.compile(writing.unit_pattern(), regex.IGNORECASE)


_FACTORS = (1.609344, 3.28084, 2.54, 2.20462, 2.47105, 3.785411784, 1.09361, 2.589988, 247.105)
_CALENDARS = (543, 621, 622, 2018, 1988, 3760, 3761, 1911, 78)
"""Years: Buddhist, Solar Hijri, Reiwa, Heisei, Hebrew, Minguo, Saka."""


def same_value(a: Number, b: Number) -> bool:
    """Say whether some reading of the one is some reading of the other."""
    return any(abs(x - y) <= 1e-9 * max(abs(x), abs(y)) for x in a.values for y in b.values)


def may_be_same(a: Number, b: Number) -> bool:
    """Say whether the two can mean one thing: the same digits, another unit, clock or calendar, rounded.

    Generous on purpose: what is left over is a difference beyond doubt.
    """
    if same_value(a, b):
        return True
    pairs = [sorted((x, y)) for x in a.values for y in b.values]
    loose = not (a.simple and b.simple)
    unit = a.unit != b.unit or a.unit == "degrees"
    return any(
        _rounded(x, y, loose) or _scaled(x, y, loose) or _counted(x, y) or (unit and _converted(x, y)) for x, y in pairs
    )


def _rounded(x: float, y: float, loose: bool) -> bool:
    return y == 0 or (loose and ((y - x) / y < 0.005 or x in (round(y), y // 1)))


def _scaled(x: float, y: float, loose: bool) -> bool:
    """Say whether the digits are the same and a scale word may have been missed."""
    return x > 0 and _leading(x) == _leading(y) and (loose or y / x > 999)


def _leading(value: float) -> str:
    """Return the digits that tell, without zeros at either end: 0.15, 15 and 1500 share them."""
    return f"{value:.10e}".partition("e")[0].rstrip("0").replace(".", "")


def _counted(x: float, y: float) -> bool:
    """Say whether it is the same time counted otherwise: 9 p.m. is 21 o'clock, 2569 is 2026, the 19th is the 1800s."""
    if (y <= 24 and y - x == 12) or (x <= 21 and y == (x - 1) * 100):
        return True
    return 1300 <= y < 5900 and (y - x in _CALENDARS or (1900 <= y < 2100 and x < 100 and (y - x) % 100 == 0))


def _converted(x: float, y: float) -> bool:
    ratio = y / x if x else 0.0
    near = any(abs(ratio - factor**power) < 0.06 * factor**power for factor in _FACTORS for power in (1, 2))
    return near or abs(y - (x * 1.8 + 32)) <= 4
