"""Rows written and read back: nothing lost, and nothing that acts on a terminal or in a spreadsheet."""

import csv
import io
import json
import math
import os
import pty
import re
import subprocess
import sys
import unicodedata
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from corpus import output
from corpus.errors import UserError
from corpus.plain import dumps, escape_formula, plain, unescape_formula, visible
from corpus.terminal import draw, terms

TEXTS = st.text(max_size=40) | st.sampled_from(
    ["=1+1", "'=1", "''", "@cmd", "\t=x", "-5", "+5", "a,b", 'say "x"', "\r\n", "\x1b[31m", "\u202eevil", "", " ", "=x"]
)
HEADLINES = [
    "Feri tenggelam di selat", "غرق العبّارة قبالة الساحل", "המעבורת טבעה מול החוף", "渡轮在海上沉没",
    "フェリーが沖合で沈没",
    "เรือเฟอร์รี่จมนอกชายฝั่ง", "नौका तट के पास डूब गई", "Паром затонул у берега", "İstanbul'da feribot battı",
    "Fähre vor der Küste gesunken", "👩‍👩‍👧 family",
]  # fmt: skip


def reader(columns: dict[str, Any] | pa.Table, rows_a_batch: int = 1000) -> pa.RecordBatchReader:
    table = columns if isinstance(columns, pa.Table) else pa.table(columns)
    return table.to_reader(max_chunksize=rows_a_batch)


def written(columns: Any, form: str, **more: Any) -> str:
    sink = io.BytesIO()
    output.write(reader(columns), form, sink, **more)
    return sink.getvalue().decode()


def acts(text: str) -> list[str]:
    """The characters of a text that a terminal obeys."""
    return [c for c in text if unicodedata.category(c) in ("Cc", "Zl", "Zp") or c in "\u202d\u202e\u2066\u2067\u2068"]


# --- round trips -------------------------------------------------------------------------------------------------

ROWS = st.lists(
    st.tuples(
        TEXTS | st.none(),
        st.integers(-(2**63), 2**63 - 1) | st.none(),
        st.floats() | st.none(),
        st.lists(TEXTS, max_size=3) | st.none(),
        st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(lambda t: t.replace(tzinfo=UTC)) | st.none(),
        st.booleans() | st.none(),
        st.binary(max_size=9) | st.none(),
    ),
    max_size=5,
)
SCHEMA = pa.schema(
    {"text": pa.string(), "number": pa.int64(), "share": pa.float64(), "list": pa.list_(pa.string()),
     "time": pa.timestamp("us", "UTC"), "flag": pa.bool_(), "bytes": pa.binary()}
)  # fmt: skip


def table_of(rows: list[tuple[Any, ...]]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in rows], schema=SCHEMA)


@given(ROWS)
def test_json_and_json_lines_hold_the_same_strict_rows(rows: list[tuple[Any, ...]]) -> None:
    table = table_of(rows)
    expected = [plain(row) for row in table.to_pylist()]

    def refuse(name: str) -> None:
        raise AssertionError(name)

    text, lines = written(table, "json"), written(table, "jsonl")
    assert json.loads(text, parse_constant=refuse) == expected
    assert [json.loads(line) for line in lines.split("\n")[:-1]] == expected
    assert acts(lines.replace("\n", "")) == []
    for row, raw in zip(expected, table.to_pylist(), strict=True):
        assert row["text"] == raw["text"] and row["number"] == raw["number"]
        assert row["time"] is None or datetime.fromisoformat(row["time"]) == raw["time"]


@given(ROWS)
def test_csv_comes_back_as_it_was(rows: list[tuple[Any, ...]]) -> None:
    table = table_of(rows)
    back = list(csv.reader(io.StringIO(written(table, "csv"), newline="")))
    assert back[0] == SCHEMA.names
    assert len(back) == len(rows) + 1
    for cells, row in zip(back[1:], table.to_pylist(), strict=True):
        assert unescape_formula(cells[0]) == (row["text"] or "")
        assert not cells[0].lstrip(" \t\r\n").startswith(("=", "+", "-", "@"))
        assert cells[1] == ("" if row["number"] is None else str(row["number"]))
        assert row["list"] is None or json.loads(unescape_formula(cells[3])) == row["list"]


@given(ROWS)
def test_parquet_comes_back_as_it_was(rows: list[tuple[Any, ...]]) -> None:
    table, sink = table_of(rows), io.BytesIO()
    output.write(reader(table, 2), "parquet", sink)
    back = pq.read_table(io.BytesIO(sink.getvalue()))
    assert back.schema.equals(table.schema)
    assert repr(back.to_pylist()) == repr(table.to_pylist())


@given(TEXTS)
def test_formulas_are_escaped_and_the_escape_can_be_undone(text: str) -> None:
    escaped = escape_formula(text)
    assert unescape_formula(escaped) == text
    assert not escaped.strip().startswith(("=", "+", "-", "@", "=", "+", "-", "@"))


def test_a_null_and_an_empty_text_differ_in_csv() -> None:
    assert written({"a": [None, ""], "b": ["x", "y"]}, "csv") == 'a,b\n,x\n"",y\n'


# --- values ------------------------------------------------------------------------------------------------------


def test_values_become_what_json_knows() -> None:
    assert plain([math.nan, math.inf, -math.inf, 1.5]) == [None, None, None, 1.5]
    assert plain(datetime(2026, 3, 1, 12, 30, tzinfo=UTC)) == "2026-03-01T12:30:00Z"
    assert plain(datetime(2026, 3, 1, 12, 30, 0, 5)) == "2026-03-01T12:30:00.000005"
    assert plain(date(2026, 3, 1)) == "2026-03-01"
    assert plain(timedelta(hours=25)) == "P0M1DT3600S"
    assert plain(Decimal("12345678901234567890")) == 12345678901234567890
    assert plain(Decimal("1.5")) == 1.5
    assert plain({"a": b"\x00\xff"}) == {"a": "AP8="}
    assert plain(pa.scalar((1, 2, 3_500_000_000), pa.month_day_nano_interval()).as_py()) == "P1M2DT3.5S"


def test_json_escapes_what_acts_on_a_terminal_and_keeps_every_script_readable() -> None:
    text = "\x9b31m\x7f\u202e" + "".join(HEADLINES)
    assert json.loads(dumps(text)) == text
    assert acts(dumps(text)) == []
    assert all(line in dumps(HEADLINES) for line in HEADLINES)


def test_columns_of_one_name_are_told_apart() -> None:
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2]), pa.array([3])], names=["id", "id", "id_2"])
    assert json.loads(written(table, "jsonl")) == {"id": 1, "id_2": 2, "id_2_2": 3}


def test_times_beyond_the_calendar_do_not_end_in_a_traceback() -> None:
    times = pa.array([2**62, 0], pa.timestamp("us", "UTC"))
    assert len(written({"at": times}, "jsonl").splitlines()) == 2
    assert "1970-01-01" in written({"at": times}, "table")


# --- tables ------------------------------------------------------------------------------------------------------


@given(TEXTS)
def test_what_is_shown_is_one_harmless_line(text: str) -> None:
    assert acts(visible(text)) == []
    assert visible(visible(text)) == visible(text)


@given(
    st.lists(st.tuples(TEXTS | st.sampled_from(HEADLINES), st.integers(), TEXTS), min_size=1, max_size=4),
    st.integers(24, 120),
)
def test_no_line_is_wider_than_the_terminal(rows: list[tuple[str, int, str]], width: int) -> None:
    cells = [[visible(a), str(n), visible(b)] for a, n, b in rows]
    text = draw(["title", "number", "publisher"], cells, [False, True, False], width)
    assert max(cell_len(line) for line in text.splitlines()) <= width


def test_columns_stand_in_line_in_every_script() -> None:
    text = written({"title": HEADLINES, "n": list(range(len(HEADLINES)))}, "table", width=100)
    ends = {cell_len(line) for line in text.splitlines()[2:-1]}
    assert len(ends) == 1 or ends == {min(ends), min(ends) + 1}
    assert all(title in text for title in HEADLINES)


def test_hostile_markup_and_escapes_are_shown_as_text() -> None:
    text = written({"title": ["[bold red]x[/] \x1b]0;owned\x07 \u202eabc\nnext"]}, "table")
    assert "[bold red]x[/] ␛]0;owned␇ �abc next" in text


def test_names_of_columns_are_broken_and_ids_whole_where_room_is_short() -> None:
    columns = {"original_publisher": ["World Wire Desk"], "copying_publisher": ["The Harbour Herald"],
               "median_delay_hours": [2.4], "share_of_all_copies": [0.4], "cluster_id": ["acfhtv74jlbu"]}  # fmt: skip
    text = written(columns, "table", width=80)
    heading = text.partition("─")[0].splitlines()
    assert len(heading) > 1 and max(map(cell_len, text.splitlines())) <= 80
    words = " ".join(heading).split()
    assert {"original_", "publisher", "median_", "delay_hours", "cluster_id"} <= set(words) and "…" not in "".join(
        words
    )
    assert "acfhtv74jlbu" in text
    assert written(columns, "table", width=120).splitlines()[1].startswith("─")


MEANING = st.lists(st.text("ab", min_size=1, max_size=9), max_size=40).map(" ".join)


@given(st.lists(st.tuples(st.text("abc_", min_size=1, max_size=30), MEANING)), st.integers(16, 120))
def test_a_list_of_terms_cuts_nothing(rows: list[tuple[str, str]], width: int) -> None:
    text = terms(rows, width)
    assert text.split() == [word for row in rows for cell in row for word in cell.split()]
    assert all(len(line) <= max(width, 30) for line in text.splitlines())


@given(st.integers(60, 200), st.lists(st.text("x界ก", max_size=80), min_size=3, max_size=3))
def test_times_and_numbers_are_never_cut(width: int, texts: list[str]) -> None:
    times = ["2026-03-01T12:34:56Z", "2026-03-01 12:34:56.123456+00:00", "2026-03-01", "-1234567890.123456789"]
    columns = {name: [visible(text)] * len(times) for name, text in zip(("a", "title", "url"), texts, strict=True)}
    text = written(
        columns | {"published_at": times, "at": [datetime(2026, 3, 1, 12, 5, tzinfo=UTC)] * 4}, "table", width=width
    )
    assert all(time in text for time in times) and text.count("2026-03-01T12:05:00Z") == 4
    assert max(map(cell_len, text.splitlines())) <= width


def test_many_columns_become_blocks() -> None:
    text = written({f"column_{i}": [f"value {i} of this row"] for i in range(15)}, "table", width=80)
    assert "column_14  value 14 of this row" in text
    assert max(map(cell_len, text.splitlines())) <= 80


@pytest.mark.parametrize("words", [
    "Bedford mayor vows to mend the river wall before winter ".split() * 9,
    list("云溪峡谷大桥建成通车两岸车程由两小时缩短至三分钟") * 9,
    "จับตาการประชุมสภาวันนี้ ".split() * 40,
    "رئيس كازاخستان يزور طهران لتوقيع اتفاق ".split() * 12,
])  # fmt: skip
def test_a_block_has_long_values_in_lines_and_urls_whole(words: list[str]) -> None:
    joiner = "" if len(words[0]) == 1 else " "
    short, long = joiner.join(words[: len(words) // 9]), joiner.join(words)
    url = "https://gazette.example/" + "long-" * 40
    text = written(
        {f"c{i:02}": [value] for i, value in enumerate([short, long, url, *"abcdefghijk"])}, "table", width=60
    )
    told = re.split(r"^(?:c\d\d)", text, flags=re.MULTILINE)[1:]
    assert joiner.join(line.strip() for line in told[0].splitlines()) == short
    assert told[1].rstrip().endswith("…") and len(told[1].splitlines()) == 6
    assert told[2].strip() == url
    assert all(cell_len(line) <= 60 for line in text.splitlines() if url not in line)


def test_a_table_shows_a_hundred_rows_and_says_that_there_are_more() -> None:
    sink = io.BytesIO()
    told = output.write(reader({"a": list(range(250))}, 60), "table", sink)
    assert (told.rows, told.more, len(sink.getvalue().splitlines())) == (100, True, 102)
    assert "100 rows shown, more were left out" in output.left_out(told)
    told = output.write(reader({"a": list(range(100))}, 50), "table", io.BytesIO())
    assert (told.rows, told.more, output.left_out(told)) == (100, False, "")


@pytest.mark.parametrize("form", output.FORMATS)
def test_limits_hold_in_every_format(form: str) -> None:
    for limit, rows, more in ((3, 3, True), (10, 10, False), (0, 10, False)):
        told = output.write(reader({"a": list(range(10))}, 4), form, io.BytesIO(), limit)
        assert (told.rows, told.more) == (rows, more)


@pytest.mark.parametrize("form", output.FORMATS)
def test_no_rows_are_written_too(form: str) -> None:
    sink = io.BytesIO()
    output.write(reader({"a": pa.array([], pa.int64())}), form, sink)
    text = sink.getvalue()
    expected = {"json": b"[]\n", "jsonl": b"", "csv": b"a\n"}
    assert text == expected[form] if form in expected else text


# --- files and streams -------------------------------------------------------------------------------------------


def test_a_file_is_written_wholly_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    output.write(reader({"a": [1, 2]}), "jsonl", path)
    assert path.read_text() == '{"a": 1}\n{"a": 2}\n'

    def broken() -> Any:
        yield pa.record_batch({"a": [3]})
        raise UserError("the query took too long")

    with pytest.raises(UserError, match="too long"):
        output.write(pa.RecordBatchReader.from_batches(pa.schema({"a": pa.int64()}), broken()), "jsonl", path)
    assert path.read_text() == '{"a": 1}\n{"a": 2}\n'
    assert list(tmp_path.iterdir()) == [path]


def test_an_unwritable_file_and_an_unknown_format_are_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot write"):
        output.write(reader({"a": [1]}), "csv", tmp_path / "no" / "rows.csv")
    with pytest.raises(UserError, match="unknown format 'xml'"):
        output.write(reader({"a": [1]}), "xml", io.BytesIO())


def test_rows_stream(tmp_path: Path) -> None:
    """The first rows are out before the last ones are made."""
    seen: list[int] = []
    sink = io.BytesIO()

    def batches() -> Any:
        for number in range(3):
            seen.append(len(sink.getvalue()))
            yield pa.record_batch({"a": [number]})

    output.write(pa.RecordBatchReader.from_batches(pa.schema({"a": pa.int64()}), batches()), "jsonl", sink)
    assert seen == sorted(set(seen))


SCRIPT = """
import sys, pyarrow as pa
from corpus import output
from corpus.errors import UserError
table = pa.table({"a": range(int(sys.argv[2])), "text": ["\\x1b[31mred"] * int(sys.argv[2])})
try:
    output.write(table.to_reader(1000), sys.argv[1])
except UserError as error:
    print(error, file=sys.stderr)
    sys.exit(1)
"""


def test_a_reader_that_leaves_early_causes_no_noise() -> None:
    command = f'"{sys.executable}" -c "$SCRIPT" csv 200000 | head -2'
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        env={**os.environ, "SCRIPT": SCRIPT}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout.splitlines()[0], done.stderr, done.returncode) == ("a,text", "", 0)


@pytest.mark.parametrize(("form", "expected"), [("parquet", "redirect it"), ("csv", "␛[31mred"), ("table", "␛[31mred")])
def test_on_a_terminal_nothing_acts(form: str, expected: str) -> None:
    main, side = pty.openpty()
    done = subprocess.Popen([sys.executable, "-c", SCRIPT, form, "2"], stdout=side, stderr=side)
    done.wait(60)
    os.close(side)
    told = b""
    while True:
        try:
            piece = os.read(main, 4096)
        except OSError:
            break
        if not piece:
            break
        told += piece
    os.close(main)
    assert expected in told.decode() and b"\x1b" not in told
