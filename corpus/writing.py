"""What corpus/writing.toml tells of how numbers and sentences are written (pure). May import: the standard library.

Read when first asked for.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

Scales = tuple[float, ...]


@cache
def _told() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files("corpus") / "writing.toml").read_text(encoding="utf-8"))


@cache
def words(table: str, key: str) -> frozenset[str]:
    """Return the words of an entry."""
    return frozenset(_told()[table][key].split())


@cache
def scales(table: str) -> dict[str, Scales]:
    """Return each scale word of a table with the values that it can have, the likeliest first."""
    return {
        word: tuple(float(value) for value in values.split())
        for values, entry in _told()[table].items()
        for word in entry.split()
    }


@cache
def stems() -> dict[str, list[tuple[str, Scales]]]:
    """Return the beginnings of scale words by their first letter, the longest first."""
    by_letter: dict[str, list[tuple[str, Scales]]] = {}
    for stem, values in sorted(scales("scales").items(), key=lambda one: -len(one[0])):
        by_letter.setdefault(stem[0], []).append((stem, values))
    return by_letter


UNITS = ("imperial", "metric", "degrees")
"""The kinds of units of measure that `unit_pattern` names."""


@cache
def unit_pattern() -> str:
    """Return the regular expression of a unit of measure right behind a number; a named part tells its kind."""
    kinds = (f"(?P<{kind}>{'|'.join(sorted(words('units', kind), key=len, reverse=True))})" for kind in UNITS)
    before = "|".join(words("units", "before"))
    return rf"[\s-]{{0,2}}+(?:(?:{before})\s*)?(?:{'|'.join(kinds)})(?![\p{{Latin}}\p{{Cyrillic}}])"


@cache
def small_numbers(language: str | None) -> tuple[tuple[str, ...], ...]:
    """Return the forms of one to twelve as words; nothing for a language that is not told of."""
    entry = _told()["small_numbers"].get(language or "", "")
    return tuple(tuple(forms.split("/")) for forms in entry.split())
