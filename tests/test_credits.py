"""Whose copy an article is, held against a table of credits in many languages, also as machines translate them."""

from pathlib import Path

import pytest

from corpus.wire import read_wire

TABLE = Path(__file__).parent / "data" / "credits.txt"
BODY = [
    "Delegates from forty countries met by the lake to talk about ferries, bridges and the price of a ticket to town.",
    "The hall was full in the morning, and half empty by the time that the question of the tolls came up again there.",
    "Nobody could say when the next round would begin, though most of those who stayed hoped that it would be soon.",
]


def _rows() -> list[tuple[str, str, str]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    parts = [line.split(" | ", 2) for line in lines if line and not line.startswith("#")]
    return [(place, agency.strip(), line) for place, agency, line in parts]


ROWS = _rows()


def _agency(place: str, line: str, where: int = 0) -> str:
    if place == "author":
        return read_wire(BODY, authors=[line]).agency or ""
    texts = {
        "head": ["A headline", line, *BODY],
        "tail": [*BODY, line],
        "after": [*BODY, "___", line],
        "never": [*BODY[:where], line, *BODY[where:]],
    }
    return read_wire(texts[place]).agency or ""


@pytest.mark.parametrize("place, agency, line", [row for row in ROWS if row[0] != "never"])
def test_credits(place: str, agency: str, line: str) -> None:
    assert _agency(place, line) == agency


@pytest.mark.parametrize("line", [line for place, _, line in ROWS if place == "never"])
def test_what_is_named_without_being_credited(line: str) -> None:
    assert [_agency("never", line, where) for where in range(4)] == ["", "", "", ""]


def test_the_table_is_as_wide_as_it_says() -> None:
    credited = {agency for place, agency, _ in ROWS if place != "never"}
    assert len(ROWS) >= 150
    assert len(credited) >= 25
