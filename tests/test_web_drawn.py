"""What the explorer's pages draw and say: charts, trees, marks, figures in words."""

import re
from datetime import date, timedelta
from typing import Any

from small_corpus import NOON

from corpus.compare import compare
from corpus.web import charts, comparing, display, kinship


def test_who_is_closest() -> None:
    rows = [
        {"id": name, "text_id": text} for name, text in [("o", "1"), ("x", "2"), ("y", "2"), ("z", "3"), ("t", "4")]
    ]
    edges = [
        {"a": "1", "b": "2", "shared": 0.6, "score": 0.9}, {"a": "2", "b": "3", "shared": 0.9, "score": 0.8},
        {"a": "1", "b": "3", "shared": 0.5, "score": 0.99}, {"a": "2", "b": "4", "shared": 0.0, "score": 1.0},
    ]  # fmt: skip
    assert kinship.closest(rows, edges) == {"x": ("o", 0.6), "y": ("x", 1.0), "z": ("x", 0.9), "t": ("o", None)}


def test_what_most_copies_cut() -> None:
    sentences = [f"The {word} sentence of this report tells about the harbour of {word}port." for word in
                 ("first", "second", "third", "fourth")]  # fmt: skip
    whole = " ".join(sentences)
    copies = [" ".join(sentences[:3]), " ".join(sentences[:2]), " ".join(sentences[:3])]
    found = kinship.most_cut(whole, copies, "en")
    assert [(row["text"], row["cut"], row["of"]) for row in found] == [(sentences[3], 3, 3), (sentences[2], 1, 3)]
    kept = kinship.kept_by_place(whole, copies, "en", 4)
    assert [round(share) for share in kept[1]] == [1, 1, 0, 0]


def test_charts_place_days_weeks_and_months() -> None:
    def rows(days: int, step: int = 1) -> list[dict[str, Any]]:
        return [{"day": (NOON + timedelta(days=n)).date(), "wire": 1, "own": 2} for n in range(0, days, step)]

    layers = (("wire", "wire"), ("own", "own"))
    for days, step in ((10, "day"), (300, "week"), (2000, "month"), (30_000, "year")):
        chart = charts.columns(rows(days, max(1, days // 100)), layers)
        assert chart and chart.step == step
        assert len(chart.bars) <= charts.MOST_BARS * 2
        assert all(bar.x >= 0 and bar.x + bar.width <= 100.01 for bar in chart.bars)
        assert all(0 <= top <= chart.height for bar in chart.bars for _, top, _ in bar.parts)
    assert charts.columns([{"day": None, "wire": 1, "own": 1}], layers) is None
    weeks = [{"day": date(year, month, 4), "wire": 1, "own": 0} for year, month in ((2016, 10), (2017, 12))]
    drawn = charts.columns(weeks, layers)
    assert drawn and drawn.step == "week"
    assert all(re.fullmatch(r"[A-Z][a-z]{2} 201[67]", tick.label) for tick in drawn.below)
    assert [charts.nice(n) for n in (0, 1, 3, 7, 11, 101)] == [1, 1, 5, 10, 20, 200]


def test_a_strip_shows_every_kind_in_a_fixed_order() -> None:
    parts = charts.strip([("translated", 6), ("near", 1), ("exact", 1)], list(display.KINDS))
    assert parts == [("exact", 0.0, 12.5, 1), ("near", 12.5, 12.5, 1), ("translated", 25.0, 75.0, 6)]
    assert charts.strip(None, list(display.KINDS)) == []


def test_a_graph_lays_branches_below_what_they_hang_on() -> None:
    rows = [
        {"id": name, "at": at}
        for name, at in (("o", 0.0), ("b", 10.0), ("c", 40.0), ("d", None), ("e", 5.0), ("f", 0.0))
    ]
    drawn = charts.graph(rows, {"b": ("o", 0.9), "c": ("o", None), "d": ("b", 0.4), "e": ("c", None), "f": ("o", 1.0)})
    assert [node.row["id"] for node in drawn.nodes] == ["o", "b", "d", "c", "e", "f"]
    assert [node.y for node in drawn.nodes] == sorted(node.y for node in drawn.nodes)
    assert drawn.nodes[-1].y < drawn.height
    by_id = {node.row["id"]: node for node in drawn.nodes}
    assert by_id["d"].x == 100.0 and by_id["d"].parent == (10.0, by_id["b"].y)
    assert 0 < by_id["f"].x < by_id["b"].x  # of the original's own time, and yet beside the line to the others
    assert by_id["b"].bend > 0 and by_id["e"].bend == 0  # it is earlier than what it hangs on


def test_numbers_and_names_of_both_languages_are_marked() -> None:
    a = "Iran will open the 928-kilometer line on July 21, said Ada Quill. Nobody else spoke that day."
    b = "إيران ستفتح الخط الذي يبلغ طوله 928 كيلومترا في 21 يوليو، قالت آدا كويل. لم يتحدث أحد غيرها في ذلك اليوم."
    found = compare(a, b, language_a="en", language_b="ar")
    rows = comparing.rows(found, 10)
    for side, wanted in (("a", {"Iran", "928", "July", "21"}), ("b", {"إيران", "928", "يوليو", "21"})):
        told = {piece.text for row in rows for piece in row[side] if piece.kind == "both"}
        assert wanted <= told
        told = " ".join("".join(piece.text for piece in row[side]) for row in rows)
        assert told.split() == (a if side == "a" else b).split()
    alike = comparing.rows(compare(a, a.replace("928", "982"), language_a="en", language_b="en"), 10)
    assert not [piece for row in alike for piece in row["a"] if piece.kind == "both"]


def test_values_in_words() -> None:
    assert [display.duration(h) for h in (None, 0.5, 4.75, 47, 72, -2)] == [
        "",
        "30 min",
        "4.8 h",
        "47 h",
        "3 days",
        "−2 h",
    ]
    assert [display.percent(s) for s in (None, 0, 0.001, 0.5, 0.999, 1)] == [
        "",
        "0\u202f%",
        "<\u202f1\u202f%",
        "50\u202f%",
        ">\u202f99\u202f%",
        "100\u202f%",
    ]
    assert display.number(1234567) == "1\u202f234\u202f567"
    assert (
        display.link("https://a.example/x") and not display.link("javascript:alert(1)") and not display.link("http://[")
    )
    parts = display.pieces("abcdefghij" * 1000, 0, 10_000, [(2, 4, "del")], most=100)
    assert parts[0] == ("", "ab") and parts[1] == ("del", "cd") and parts[3] == ("gap", "9,896 characters")
    assert [part.kind for part in display.pieces("abcdefghij" * 14, 0, 140, [], most=100)] == [""]
