"""Values and texts as a page shows them: bounded, free of what steers a reader's eye, in plain words (pure).

May import: the standard library, regex, corpus.plain.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import regex

from corpus.plain import shown

KINDS = {
    "original": "the original",
    "exact": "word for word",
    "near": "lightly edited",
    "excerpt": "shortened",
    "reworded": "reworded",
    "translated": "translated",
}
LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fr": "French",
    "ha": "Hausa", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian",
    "is": "Icelandic", "it": "Italian", "ja": "Japanese", "ka": "Georgian", "kk": "Kazakh", "ko": "Korean",
    "lt": "Lithuanian", "lv": "Latvian", "ms": "Malay", "nl": "Dutch", "no": "Norwegian", "nb": "Norwegian",
    "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian",
    "sr": "Serbian", "sv": "Swedish", "sw": "Swahili", "ta": "Tamil", "th": "Thai", "tl": "Tagalog", "tr": "Turkish",
    "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
RIGHT_TO_LEFT = frozenset(("ar", "he", "fa", "ur", "yi", "ps", "sd", "ug", "dv", "ckb"))
_MARKS = regex.compile(r"(\p{M}{6})\p{M}+")
"""No script stacks more than six marks on a letter; what comes after would run over the lines above and below."""
_STEERING = regex.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff]")
"""Control characters and the marks that turn the direction of what follows."""


Mark = tuple[int, int, str]
"""Where a mark begins and ends in the text, and its kind."""


class Piece(NamedTuple):
    """A stretch of text and what it is: nothing, a mark (del, ins, mark, both) or `gap` for what is left out."""

    kind: str
    text: str


def tame(text: str) -> str:
    """Return the text without what steers its surroundings; letters keep at most six marks."""
    return _MARKS.sub(r"\1", _STEERING.sub("\ufffd", text))


def short(text: str | None, most: int = 140) -> str:
    """Return a line of at most so many characters."""
    line = tame(" ".join((text or "")[: 4 * most].split()))
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def pieces(
    text: str, start: int, end: int, marks: Iterable[tuple[int, int, str]] = (), most: int = 1500
) -> list[Piece]:
    """Return the stretch of a text as pieces, its marks set apart, the middle of a long piece left out."""
    found: list[Piece] = []
    at = start
    for mark_start, mark_end, kind in sorted(marks):
        if start <= mark_start < mark_end <= end and mark_start >= at:
            found += _plain(text[at:mark_start], most)
            found.append(Piece(kind, _cut(text[mark_start:mark_end], most)))
            at = mark_end
    return [*found, *_plain(text[at:end], most)]


def _plain(text: str, most: int) -> Iterator[Piece]:
    """Yield unmarked text; of one much too long both ends, and between them what says how much is missing."""
    if len(text) <= 1.5 * most:
        if text:
            yield Piece("", tame(text))
        return
    half = most // 2
    yield Piece("", tame(text[:half]))
    yield Piece("gap", f"{len(text) - 2 * half:,} characters")
    yield Piece("", tame(text[-half:]))


def _cut(text: str, most: int) -> str:
    return tame(text) if len(text) <= most else f"{tame(text[:most])}…"


def duration(hours: float | None) -> str:
    """Return a span of time in the unit that suits it: 40 min, 4.8 h, 3.2 days."""
    if hours is None:
        return ""
    size = abs(hours)
    sign = "−" if hours < 0 else ""
    if size < 1:
        return f"{sign}{round(size * 60)} min"
    if size < 48:
        return f"{sign}{size:.1f}".removesuffix(".0") + " h"
    return f"{sign}{size / 24:.1f}".removesuffix(".0") + " days"


def percent(share: float | None) -> str:
    """Return a share in whole per cent; what is not nothing never shows as nothing, what is not all not as all."""
    if share is None:
        return ""
    if 0 < share < 0.005:
        return "<\u202f1\u202f%"
    if 0.995 <= share < 1:
        return ">\u202f99\u202f%"
    return f"{share:.0%}".replace("%", "\u202f%")


def number(value: float | None) -> str:
    """Return a whole number with thin spaces between its thousands."""
    return "" if value is None else f"{value:,.0f}".replace(",", "\u202f")


def moment(value: datetime | None) -> str:
    """Return a time (UTC) to the minute."""
    return f"{value:%Y-%m-%d %H:%M}" if value else ""


def day(value: Any) -> str:
    """Return a date."""
    return f"{value:%Y-%m-%d}" if value else ""


def language(code: str | None) -> str:
    """Return a language's name in English, or its code."""
    return LANGUAGES.get(code or "", code or "unknown")


def direction(code: str | None) -> str:
    """Return the direction of a language's script, `auto` where the language is not known."""
    return "auto" if not code else "rtl" if code in RIGHT_TO_LEFT else "ltr"


def link(url: str | None) -> str | None:
    """Return the URL where it leads to a web page, None where a click on it could do something else."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def cell(value: Any, most: int = 300) -> str:
    """Return a value of a query's answer as a table's cell shows it."""
    text = shown(value) if not isinstance(value, str) else value[: 4 * most]
    return short(text, most)


def quoted(value: str) -> str:
    """Return a value as a part of a URL."""
    return quote(value, safe="")
