"""Dates and authors as import files spell them (pure). May import: the standard library."""

import ast
import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache

EARLIEST, LATEST = datetime(1500, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
LONGEST_DATE, LONGEST_AUTHORS = 100, 5_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{8}")
_NUMBER = re.compile(r"-?\d{9,19}(?:\.\d+)?")
_ZONE = re.compile(r"(?<=\d)\s*(?:UTC|GMT|Z)(?:[+-]0{1,2}:?0{0,2})?$", re.IGNORECASE)
_SHORT_ZONE = re.compile(r"(?<=\d)\s*([+-]\d{2})$")
_SPACED_ZONE = re.compile(r"(?<=\d)\s+([+-]\d{2}:?\d{2})$")
_TIME = re.compile(r":|\dT\d")
_FORMATS = ("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M")


def date_of(value: str) -> tuple[datetime, str] | None:
    """Return the moment (in UTC) and how it was known, or None where the text is no date.

    How: `import` with the zone given (or seconds, milliseconds, microseconds since 1970), `import_utc` where UTC was
    assumed for want of a zone, `import_day` where only the day was given (midnight UTC).
    ISO 8601, RFC 2822, `2026/11/23`, `20261123` and English month names are read; `01/02/2026` is not, for it has
    two meanings.
    """
    return _date_of(value.strip()) if len(value) <= LONGEST_DATE else None


@lru_cache(maxsize=65_536)
def _date_of(text: str) -> tuple[datetime, str] | None:
    try:
        found = _number(text) if _NUMBER.fullmatch(text) else _day(text) or _written(text)
        if found is None or not EARLIEST <= found[0] <= LATEST:
            return None
    except (ValueError, OverflowError, TypeError):
        return None
    return found


def _number(text: str) -> tuple[datetime, str]:
    """Read a number of seconds, or of a thousandth, millionth or thousand-millionth of them, since 1970."""
    number = float(text)
    for unit in (1, 1e3, 1e6, 1e9):
        if abs(number) / unit < 1e10:
            return _EPOCH + timedelta(microseconds=round(number / unit * 1e6)), "import"
    raise ValueError(text)


def _day(text: str) -> tuple[datetime, str] | None:
    if not _DAY.fullmatch(text):
        return None
    parts = re.split(r"[-/.]", text) if len(text) != 8 or not text.isdigit() else [text[:4], text[4:6], text[6:]]
    return datetime(*(int(part) for part in parts), tzinfo=UTC), "import_day"  # type: ignore[misc, arg-type]


def _written(text: str) -> tuple[datetime, str] | None:
    plain = _SPACED_ZONE.sub(r"\1", _SHORT_ZONE.sub(r"\1:00", _ZONE.sub("+00:00", text)))
    for reading, spelling in ((datetime.fromisoformat, plain), (parsedate_to_datetime, text), (_by_format, text)):
        try:
            found = reading(spelling)
        except (ValueError, TypeError, IndexError):
            continue
        if found.tzinfo:
            return found.astimezone(UTC), "import"
        return found.replace(tzinfo=UTC), "import_utc" if _TIME.search(text) else "import_day"
    return None


def _by_format(text: str) -> datetime:
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    raise ValueError(text)


def authors_of(value: str) -> tuple[str, ...]:
    """Return the authors in the text: `A; B`, a JSON list, or a list as Python prints it; else the one name it is."""
    return _authors_of(value.strip()) if len(value) <= LONGEST_AUTHORS else ()


@lru_cache(maxsize=65_536)
def _authors_of(text: str) -> tuple[str, ...]:
    if text.startswith("[") and text.endswith("]"):
        for reading in (json.loads, ast.literal_eval):
            try:
                return names_of(reading(text))
            except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
                continue
        text = text[1:-1]
    return tuple(dict.fromkeys(name for part in re.split(r"[;\n|]", text) if (name := _name(part))))


def names_of(values: object) -> tuple[str, ...]:
    """Return the names in a list of strings, or of objects with a `name` as schema.org has them."""
    listed = values if isinstance(values, list | tuple) else [values]
    names = [value.get("name") if isinstance(value, dict) else value for value in listed]
    return tuple(dict.fromkeys(name for value in names if isinstance(value, str) and (name := _name(value))))


def _name(text: str) -> str:
    return " ".join(text.strip().strip("\"'").split())[:300]
