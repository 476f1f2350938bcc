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


def test_the_japanese_service_of_afp_signs_after_the_last_sentence() -> None:
    text = ["代表団は月曜日、採決の前に会場を後にした。", "次の会合の日程はまだ決まっていないという。"]
    for sign in ("(c)AFP", "(c)AFP/Anna MILLER", " (c)AFP"):
        assert read_wire([text[0], text[1] + sign]).agency == "AFP"
    assert read_wire([text[0], "会場を出る代表団（2026年7月12日撮影）。(c)Anna MILLER / AFP"]).agency is None


def test_what_is_credited_beside_a_picture_is_the_picture() -> None:
    from corpus.markup import parse
    from corpus.metadata import read_metadata

    photo = '<div class="image-container"><img src="x"><p class="source">Reuters</p></div>'
    figure = "<figure><img src=x><figcaption><span class=source>(The Associated Press)</span></figcaption></figure>"
    text = '<span class="source">AFP</span>'
    for markup, credits in ((photo, ()), (figure, ()), (text, ("AFP",))):
        root = parse(f"<html><body><h1>A hall by the lake</h1><div>{markup}</div><p>{BODY[0]}</p></body></html>")
        assert root is not None
        assert read_metadata(root).credits == credits
