"""Values as text that harms nobody: strict JSON, CSV fields, one line on a terminal (pure).

May import: the standard library.
"""

import base64
import datetime
import json
import math
import re
from decimal import Decimal
from typing import Any

# Control characters, lone surrogates, line separators, and the marks that turn the direction of all text after them.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u061c\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u200e\u200f\u061c\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
# What a spreadsheet may take for a formula, in half and full width; `'` before it, so that escaping can be undone.
_FORMULA = re.compile("'*[\\s\x00]*[=+\\-@\uff1d\uff0b\uff0d\uff20]|'*[\t\r\n\x00]")


def dumps(value: object) -> str:
    """Return strict JSON on one line: no NaN, ISO 8601 times, nothing that acts on a terminal."""
    text = json.dumps(plain(value), ensure_ascii=False, allow_nan=False)
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def plain(value: Any) -> Any:
    """Return the value as JSON knows it: NaN and infinities null, times ISO 8601 in UTC, bytes base64, sums whole."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode() if _has_surrogate(value) else value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple) and not hasattr(value, "nanoseconds"):
        return [plain(inner) for inner in value]
    return _special(value)


def _special(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        zoned = value.astimezone(datetime.UTC).replace(tzinfo=None) if value.tzinfo else value
        return zoned.isoformat() + ("Z" if value.tzinfo else "")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return _duration(value) or str(value)


def _duration(value: Any) -> str:
    """Return a time span in ISO 8601 (P0M1DT3.5S), or an empty string where the value is none."""
    if isinstance(value, datetime.timedelta):
        months, days, seconds = 0, value.days, value.seconds + value.microseconds / 1e6
    elif hasattr(value, "nanoseconds") and hasattr(value, "months"):
        months, days, seconds = value.months, value.days, value.nanoseconds / 1e9
    else:
        return ""
    return f"P{months}M{days}DT{seconds:.6f}".rstrip("0").rstrip(".") + "S"


def _has_surrogate(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def csv_text(value: Any) -> str:
    """Return a value's text: a number or time as it is, text and lists (as JSON) safe from being run as a formula."""
    simple = plain(value)
    if simple is None:
        return ""
    if isinstance(simple, bool):
        return "true" if simple else "false"
    if isinstance(simple, int | float):
        return str(simple)
    return escape_formula(simple if isinstance(simple, str) else dumps(simple))


def escape_formula(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would run; `unescape_formula` takes it away again."""
    return f"'{text}" if _FORMULA.match(text) else text


def unescape_formula(text: str) -> str:
    """Return the text as it was before `escape_formula`."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text


def csv_field(text: str | None) -> str:
    """Return a CSV field; nothing at all for a null and "" for an empty text, as DuckDB reads them."""
    if text is None:
        return ""
    bare = text and not re.search(r'[,"\r\n]', text) and text == text.strip()
    return text if bare else '"' + text.replace('"', '""') + '"'


def counted(number: int, what: str) -> str:
    """Return a number with its noun (in the singular, with a plural in -s): 1 article, 1,204 articles."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def visible(text: str) -> str:
    """Return one line without anything that acts on a terminal: white space becomes a space, the rest is shown.

    Control characters show as their pictures (␛), direction marks and other invisible ones as �.
    """
    return _UNSAFE.sub(_picture, " ".join(text.split()))


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    return chr(0x2400 + code) if code < 0x20 else "␡" if code == 0x7F else "�"


def shown(value: Any) -> str:
    """Return a value as a table's cell shows it; a null is nothing, a list its values."""
    simple = plain(value)
    if simple is None:
        return ""
    if isinstance(simple, str):
        return visible(simple)
    if isinstance(simple, list):
        return "; ".join(map(shown, simple))
    return visible(json.dumps(simple, ensure_ascii=False))
