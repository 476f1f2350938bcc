"""Imports as a user meets them: files of many makers, broken ones among them; every row has one counted outcome."""

import csv
import gzip
import io
import json
import os
import random
import signal
import string
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus import tables
from corpus.columns import page_id
from corpus.importing import ImportAccount, import_files
from corpus.readers import own_url
from corpus.values import authors_of, date_of

ROOT = Path(__file__).parents[1]
URL = "https://news.example.co.uk/2026/11/23/bridge.html"
TEXTS = [
    "Gempa bumi mengguncang pulau itu.",
    "هزّ زلزال الجزيرة صباح الاثنين.",
    "רעידת אדמה הורגשה באי.",
    "地震袭击了该岛。",
    "地震が島を襲った。",
    "แผ่นดินไหวเขย่าเกาะ",
    "भूकंप ने द्वीप को हिला दिया।",
    "Землетрясение потрясло остров.",
    "Deprem adayı sarstı, İstanbul’da hissedildi.",
    "Ein Erdbeben erschütterte die Insel – „heftig“.",
]


def rows_of(folder: Path) -> list[dict[str, Any]]:
    return [row for part in tables.parts(folder, "pages") for row in pq.read_table(part).to_pylist()]


def imported(folder: Path, *paths: Path, publisher: str | None = None) -> tuple[ImportAccount, list[dict[str, Any]]]:
    account = import_files(folder, paths, publisher=publisher)
    assert all("\n" not in sentence and "Traceback" not in sentence for sentence in account.sentences)
    return account, rows_of(folder)


def jsonl(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


# Formats


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    """Write the rows in the format that the path's name says."""
    name = path.name
    if name.endswith(".parquet"):
        pq.write_table(pa.Table.from_pylist(rows), path)
        return path
    if name.endswith(".json"):
        data = json.dumps(rows)
    elif ".jsonl" in name:
        data = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    else:
        sink = io.StringIO()
        writer = csv.DictWriter(sink, rows[0].keys(), delimiter={"c": ",", "t": "\t", "s": ";"}[name[0]])
        writer.writeheader()
        writer.writerows(rows)
        data = sink.getvalue()
    encoded = data.encode("utf-8-sig" if "bom" in name else "utf-8")
    if name.endswith(".gz"):
        encoded = gzip.compress(encoded)
    if name.endswith(".zst"):
        encoded = pa.compress(encoded, codec="zstd", asbytes=True)
    path.write_bytes(encoded)
    return path


NAMES = [
    "x.parquet", "x.jsonl", "x.bom.jsonl", "x.jsonl.gz", "x.jsonl.zst", "x.json", "c.csv", "c.bom.csv", "c.csv.gz",
    "t.tsv", "s.csv",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_format_brings_every_script_in_unharmed(tmp_path: Path, name: str) -> None:
    given = [
        {"url": f"https://a.example/{n}", "title": f"T {n}", "text": f'{text}\n"Zweite", Zeile; {n}\t|'}
        for n, text in enumerate(TEXTS)
    ]
    account, rows = imported(tmp_path / "corpus", write(tmp_path / name, given))
    assert (account.added, account.already_there, account.refused, account.sentences) == (10, 0, {}, ())
    found = {row["url"]: row for row in rows}
    for row in given:
        assert found[row["url"]]["text"] == row["text"]
        assert found[row["url"]]["title"] == row["title"]
        assert found[row["url"]]["publisher"] == "a.example"
        assert found[row["url"]]["outcome"] == "ok"
        assert found[row["url"]]["html"] is None
        assert found[row["url"]]["id"] == page_id(row["url"], row["text"].encode())
    again, rows = imported(tmp_path / "corpus", tmp_path / name)
    assert (again.added, again.already_there, len(rows)) == (0, 10, 10)


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), min_size=1, max_size=30)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(CELL.filter(str.strip), min_size=1, max_size=8, unique_by=str.strip), st.sampled_from(NAMES))
def test_whatever_text_goes_in_is_there_afterwards(tmp_path: Path, texts: list[str], name: str) -> None:
    folder = tmp_path / os.urandom(8).hex()
    folder.mkdir()
    # An apostrophe before a formula's sign is what our own CSV files put there.
    texts = [text for text in texts if not text.lstrip().startswith("'")] or ["x"]
    given = [{"url": f"https://a.example/{n}", "text": text} for n, text in enumerate(texts)]
    account, rows = imported(folder / "corpus", write(folder / name, given))
    assert account.added == len(texts)
    assert {row["url"]: row["text"] for row in rows} == {row["url"]: row["text"].strip() for row in given}


# Names of other makers


def test_trafilaturas_names(tmp_path: Path) -> None:
    made = {
        "title": "Bridge", "author": "Ann Lee; Bo Ek", "hostname": "www.example.co.uk", "date": "2026-11-23",
        "fingerprint": "x", "id": None, "raw_text": "Raw.", "source": URL, "source-hostname": "Example",
        "language": "en", "text": "The bridge.", "comments": "",
    }  # fmt: skip
    _, [row] = imported(tmp_path / "c", jsonl(tmp_path / "x.jsonl", made))
    assert (row["url"], row["text"], row["publisher"], row["language"]) == (URL, "The bridge.", "example.co.uk", "en")
    assert row["authors"] == ["Ann Lee", "Bo Ek"]
    assert (row["published_at"], row["published_by_what"]) == (datetime(2026, 11, 23, tzinfo=UTC), "import_day")


def test_news_pleases_names(tmp_path: Path) -> None:
    made = {
        "authors": ["Ann Lee"], "date_download": "2026-11-24 01:02:03", "date_modify": None,
        "date_publish": "2026-11-23 10:00:00", "description": "D.", "filename": "f.json", "image_url": "i",
        "language": "de", "localpath": None, "maintext": "Die Brücke.", "source_domain": "www.example.de",
        "title": "Brücke", "title_page": None, "url": "https://www.example.de/b",
    }  # fmt: skip
    (tmp_path / "x.json").write_text(json.dumps(made, indent=2))
    _, [row] = imported(tmp_path / "c", tmp_path / "x.json")
    assert (row["text"], row["title"], row["publisher"]) == ("Die Brücke.", "Brücke", "example.de")
    assert row["fetched_at"] == datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)
    assert (row["published_at"], row["published_by_what"]) == (datetime(2026, 11, 23, 10, tzinfo=UTC), "import_utc")


def test_cc_news_of_hugging_face(tmp_path: Path) -> None:
    made = pa.table(
        {"title": ["T"], "text": ["A text."], "domain": ["www.example.com"], "date": ["2017-05-29 10:00:00"],
         "description": ["D"], "url": ["http://www.example.com/a"], "image_url": [""]}
    )  # fmt: skip
    pq.write_table(made, tmp_path / "x.parquet")
    _, [row] = imported(tmp_path / "c", tmp_path / "x.parquet")
    assert (row["publisher"], row["text"]) == ("example.com", "A text.")
    assert row["published_at"] == datetime(2017, 5, 29, 10, tzinfo=UTC)


def test_pandas_names_and_a_publisher_called_source(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(
        f",Headline,Article,Source,Link,Pub Date,Author\n0,H,A text.,The Daily,{URL},1795428000000,\"['A B', 'C D']\"\n"
    )
    _, [row] = imported(tmp_path / "c", tmp_path / "x.csv")
    assert (row["title"], row["text"], row["publisher"], row["url"]) == ("H", "A text.", "The Daily", URL)
    assert row["authors"] == ["A B", "C D"]
    assert (row["published_at"], row["published_by_what"]) == (datetime(2026, 11, 23, 10, tzinfo=UTC), "import")


def test_pandas_json_by_columns_and_objects_in_an_object(tmp_path: Path) -> None:
    (tmp_path / "columns.json").write_text(
        json.dumps({"url": {"0": URL, "1": None}, "text": {"0": "One.", "1": "Two."}})
    )
    (tmp_path / "inside.json").write_text(json.dumps({"status": "ok", "articles": [{"url": URL, "content": "Three."}]}))
    account, rows = imported(tmp_path / "c", tmp_path / "columns.json", tmp_path / "inside.json")
    assert sorted(row["text"] for row in rows) == ["One.", "Three.", "Two."]
    assert account.refused == {}


def test_a_second_name_fills_the_gaps_of_the_first(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "x.jsonl", {"text": "", "raw_text": "Raw.", "url": URL}, {"text": "T.", "raw_text": "R."})
    _, rows = imported(tmp_path / "c", path)
    assert sorted(row["text"] for row in rows) == ["Raw.", "T."]


def test_publisher_is_the_files_then_the_users_then_the_domain(tmp_path: Path) -> None:
    path = jsonl(
        tmp_path / "x.jsonl",
        {"url": "https://a.b.example.com/1", "text": "1", "publisher": "P"},
        {"url": "https://a.b.example.com/2", "text": "2"},
    )
    _, rows = imported(tmp_path / "c", path, publisher="Q")
    assert {row["text"]: row["publisher"] for row in rows} == {"1": "P", "2": "Q"}
    _, rows = imported(tmp_path / "d", path)
    assert {row["text"]: row["publisher"] for row in rows} == {"1": "P", "2": "example.com"}


def test_typed_parquet_columns(tmp_path: Path) -> None:
    zone = timezone(timedelta(hours=7))
    made = pa.table(
        {
            "id": pa.array([1, 2], pa.int64()),
            "url": pa.array([URL, None]).dictionary_encode(),
            "text": pa.array([["One.", "Two."], ["Three."]], pa.list_(pa.string())),
            "date": pa.array([datetime(2026, 11, 23, 17, tzinfo=zone), None], pa.timestamp("ns", "Asia/Jakarta")),
            "authors": pa.array([[{"name": "A"}], None]),
            "language": pa.array(["en-GB", "Tlingit"], pa.large_string()),
        }
    )
    pq.write_table(made, tmp_path / "x.parquet")
    _, rows = imported(tmp_path / "c", tmp_path / "x.parquet")
    one, two = sorted(rows, key=lambda row: str(row["id"]))
    assert (one["id"], one["text"], one["authors"], one["language"]) == ("1", "One.\nTwo.", ["A"], "en")
    assert (one["published_at"], one["published_by_what"]) == (datetime(2026, 11, 23, 10, tzinfo=UTC), "import")
    assert (two["id"], two["url"], two["language"], two["published_at"]) == ("2", None, None, None)


@pytest.mark.parametrize(
    ("kind", "value", "how"),
    [
        (pa.timestamp("ms"), datetime(2026, 11, 23), "import_utc"),
        (pa.date32(), date(2026, 11, 23), "import_day"),
        (pa.int64(), 1795392000, "import"),
        (pa.float64(), 1795392000.0, "import"),
    ],
)
def test_dates_of_every_type(tmp_path: Path, kind: pa.DataType, value: object, how: str) -> None:
    pq.write_table(pa.table({"text": ["T."], "date": pa.array([value], kind)}), tmp_path / "x.parquet")
    _, [row] = imported(tmp_path / "c", tmp_path / "x.parquet")
    assert (row["published_at"], row["published_by_what"]) == (datetime(2026, 11, 23, tzinfo=UTC), how)


@pytest.mark.parametrize(
    ("text", "expected", "how"),
    [
        ("2026-11-23T10:00:00Z", (10, 0), "import"),
        ("2026-11-23T10:00:00.123+0700", (3, 0), "import"),
        ("2026-11-23 10:00:00+02", (8, 0), "import"),
        ("2026-11-23 10:00:00 UTC", (10, 0), "import"),
        ("2026-11-23 10:00", (10, 0), "import_utc"),
        ("20261123T101500", (10, 15), "import_utc"),
        ("2026-11-23", (0, 0), "import_day"),
        ("20261123", (0, 0), "import_day"),
        ("2026/11/23", (0, 0), "import_day"),
        ("November 23, 2026", (0, 0), "import_day"),
        ("Mon, 23 Nov 2026 10:00:00 GMT", (10, 0), "import"),
        ("Mon, 23 Nov 2026 10:00:00 +0900", (1, 0), "import"),
        ("1795428000", (10, 0), "import"),
        ("1795428000000", (10, 0), "import"),
    ],
)
def test_dates_in_words(text: str, expected: tuple[int, int], how: str) -> None:
    moment = datetime(2026, 11, 23, *expected, tzinfo=UTC) + timedelta(milliseconds=123 if "." in text else 0)
    assert date_of(text) == (moment, how)


@pytest.mark.parametrize("text", ["01/02/2026", "yesterday", "2026", "0", "-", "9" * 30, "2026-13-45", "²", "٢٠٢٦"])
def test_what_is_no_date_or_has_two_meanings_is_none(text: str) -> None:
    assert date_of(text) is None


@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), st.integers(-12 * 60, 14 * 60))
def test_a_time_with_a_zone_is_that_moment(moment: datetime, minutes: int) -> None:
    moment = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert date_of(moment.isoformat()) == (moment.astimezone(UTC), "import")


@given(st.text(max_size=40))
def test_any_text_is_some_date_or_none_and_some_authors(text: str) -> None:
    found = date_of(text)
    assert found is None or found[0].tzinfo is UTC
    assert all(name.strip() for name in authors_of(text))


# Bad input


def test_a_broken_line_costs_itself_alone(tmp_path: Path) -> None:
    good = [json.dumps({"url": f"https://a.example/{n}", "text": f"Text {n}."}).encode() for n in range(6)]
    bad = [
        b'{"url": "https://a.example/x", "text": "torn',
        b"[1, 2]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"text": 1e999999x}',
    ]
    lines = [line for pair in zip(good, [*bad, b""], strict=True) for line in pair]
    (tmp_path / "x.jsonl").write_bytes(b"\r\n".join(lines))
    account, rows = imported(tmp_path / "c", tmp_path / "x.jsonl")
    assert sorted(row["text"] for row in rows) == [f"Text {n}." for n in range(6)]
    assert account.refused == {"broken_row": 5}
    assert "line 2 of" in account.sentences[0]


def test_hostile_values(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(
        b'{"url": "https://a.example/1", "text": "a\\u0000b \\ud800 c"}\n'
        b'{"url": "javascript:alert(1)", "text": "Two."}\n'
        b'{"url": {"$ne": 1}, "text": "Three.", "title": ["\\u001b[31mred"], "date": {"a": 1}, "authors": 7}\n'
        b'{"url": "https://a.example/4", "text": {"nested": "Four."}}\n'
        b'{"url": "https://a.example/5", "text": "   "}\n'
        b'{"url": "https://a.example/6", "text": 7, "id": "\\u001b]0;x\\u0007"}\n'
    )
    account, rows = imported(tmp_path / "c", path)
    assert sorted(row["text"] for row in rows) == ["7", "Three.", "Two.", "ab \ufffd c"]
    assert account.refused == {"no_text": 2}
    assert any("came in without URL" in sentence for sentence in account.sentences)
    assert all(row["id"].isprintable() for row in rows)
    assert "\x1b" not in "".join(account.sentences)


def test_a_line_of_a_hundred_megabytes_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    for ending in ("jsonl", "csv"):
        path = tmp_path / f"x.{ending}"
        with path.open("wb") as file:
            file.write(b"url,text\nhttps://a.example/1,One.\n" if ending == "csv" else b'{"text": "One."}\n')
            for _ in range(100):
                file.write(b"x" * (1 << 20))
            file.write(b"\nhttps://a.example/2,Two.\n" if ending == "csv" else b'\n{"text": "Two."}\n')
        account, rows = imported(tmp_path / ending, path)
        assert sorted(row["text"] for row in rows) == ["One.", "Two."], ending
        assert sum(account.refused.values()) >= 1
        path.unlink()


def test_a_quotation_mark_too_many_swallows_no_neighbour(tmp_path: Path) -> None:
    lines = [
        "url,title,text",
        'https://a.example/1,"A torn title,Text 1.',
        'https://a.example/2,T,"Text 2, with',
        'a second line."',
        "https://a.example/3,T,Text 3.",
        "https://a.example/4,T",
        'https://a.example/5,T,"He said "yes" to me"',
        "https://a.example/6,T,Text 6.,,",
        "",
        'https://a.example/7,T,"no end',
        "https://a.example/8,T,Text 8.",
    ]
    (tmp_path / "x.csv").write_text("\r\n".join(lines))
    account, rows = imported(tmp_path / "c", tmp_path / "x.csv")
    found = {row["url"][-1]: row["text"] for row in rows}
    assert set(found) == {"2", "3", "5", "6", "8"}
    assert found["2"] == "Text 2, with\r\na second line."
    assert "yes" in found["5"]
    assert account.refused == {"broken_row": 3}


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Größe – „Straße“ über Äpfel. " * 20),
        ("utf-16", "Größe – „Straße“."),
        ("shift_jis", "地震が月曜日の朝に島を襲った、と当局者は述べた。" * 20),
        ("cp1251", "Землетрясение потрясло остров в понедельник утром. " * 20),
    ],
)
def test_csv_in_other_encodings(tmp_path: Path, encoding: str, text: str) -> None:
    (tmp_path / "x.csv").write_bytes(f"url;text\nhttps://a.example/1;{text}\n".encode(encoding))
    account, [row] = imported(tmp_path / "c", tmp_path / "x.csv")
    assert row["text"] == text.strip()
    assert (encoding == "utf-16") == (account.sentences == ())


def test_bytes_that_are_no_utf8_are_told(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes("url,text\n,Größe über Äpfel und Öl\n".encode() + b",Caf\xe9\n")
    pq.write_table(pa.table({"text": pa.array([b"Caf\xe9", "Café".encode()])}), tmp_path / "x.parquet")
    for name in ("x.csv", "x.parquet"):
        account, rows = imported(tmp_path / name[2:], tmp_path / name)
        assert "Caf\ufffd" in {row["text"] for row in rows}
        assert account.added == 2
        assert "U+FFFD" in account.sentences[0]


def test_broken_elements_of_an_array(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(
        '[{"text": "One."}, {"text": broken, "a": 1}, {"text": "Two."}, 7, {"text": "Three."}, {"text": "to'
    )
    account, rows = imported(tmp_path / "c", path)
    assert sorted(row["text"] for row in rows) == ["One.", "Three.", "Two."]
    assert account.refused == {"broken_row": 3}


def test_a_broken_row_group_costs_itself_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    noise = random.Random(1)
    texts = ["".join(noise.choices(string.ascii_letters, k=200)) for _ in range(300)]
    pq.write_table(pa.table({"text": texts}), path, row_group_size=100, compression="none", use_dictionary=False)
    where = pq.ParquetFile(path).metadata.row_group(1).column(0).data_page_offset
    data = bytearray(path.read_bytes())
    data[where : where + 40] = b"\xff" * 40
    path.write_bytes(data)
    account, rows = imported(tmp_path / "c", path)
    assert len(rows) == 200
    assert account.refused == {"damaged": 100}
    assert "rows 101 to 200" in account.sentences[0]


def test_damaged_gzip_and_zstd_lines(tmp_path: Path) -> None:
    members = [gzip.compress(f'{{"text": "Text {n}."}}\n'.encode()) for n in range(5)]
    members[2] = members[2][:12] + b"\x00\xff\x00\xff" + members[2][16:]
    (tmp_path / "x.jsonl.gz").write_bytes(b"".join(members))
    account, rows = imported(tmp_path / "c", tmp_path / "x.jsonl.gz")
    assert sorted(row["text"] for row in rows) == [f"Text {n}." for n in (0, 1, 3, 4)]
    assert account.refused == {"damaged": 1}


@pytest.mark.parametrize("name", ["x.jsonl.gz", "x.csv.gz"])
def test_a_file_whose_end_is_missing_brings_in_what_is_there(tmp_path: Path, name: str) -> None:
    noise = random.Random(2)
    texts = ["".join(noise.choices(string.ascii_letters, k=300)) for _ in range(2000)]
    lines = ["text", *texts] if "csv" in name else [json.dumps({"text": text}) for text in texts]
    whole = gzip.compress("".join(f"{line}\n" for line in lines).encode())
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    account, rows = imported(tmp_path / "c", tmp_path / name)
    assert 900 < len(rows) <= 1000 and {row["text"] for row in rows} <= set(texts)
    assert account.refused["damaged"] == 1 and "ends too early" in " ".join(account.sentences)


@pytest.mark.parametrize(
    ("name", "content", "outcome"),
    [
        ("x.csv", b"url,text\n", "empty_file"),
        ("x.csv", b"\x00\x01\xfe\x80,\xff" * 500, "broken_file"),
        ("x.jsonl", b"\n\n", "empty_file"),
        ("x.json", b"[]", "empty_file"),
        ("x.parquet", b"no parquet", "broken_file"),
        ("x.parquet", b"PAR1" + b"\0" * 100 + b"PAR1", "broken_file"),
        ("x.jsonl", b"", "empty_file"),
        ("x.json", b"nothing", "broken_file"),
        ("x.json", b'{"a": [1, 2}', "broken_file"),
        ("x.bin", b"\x00\x01\x02", "unknown_format"),
        ("x.jsonl.gz", b"\x1f\x8b\x08\x00broken", "damaged"),
        ("x.jsonl.zst", b"\x28\xb5\x2f\xfdbroken", "damaged"),
        ("x.csv", b"a,b\n1,2\n", "no_text"),
        ("x.csv", b"url\nhttps://a.example/\n", "no_text"),
        ("x.jsonl", b'{"number": 1}\n', "no_text"),
        ("x.warc", b"nothing of that kind", "broken_entry"),
    ],
)
def test_files_that_cannot_be_used_are_one_sentence(tmp_path: Path, name: str, content: bytes, outcome: str) -> None:
    (tmp_path / name).write_bytes(content)
    good = jsonl(tmp_path / "good.jsonl", {"text": "Good."})
    account, rows = imported(tmp_path / "c", tmp_path / name, good, tmp_path / "missing.csv")
    assert [row["text"] for row in rows] == ["Good."]
    assert set(account.refused) == {outcome, "no_file"}
    [broken, _, missing] = account.files
    assert len(broken.sentences) == 1
    assert str(tmp_path / name) in broken.sentences[0]
    assert "missing.csv" in missing.sentences[0]
    assert not account.failed


def test_the_columns_found_and_needed_are_named(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("numéro,\x1b[31mrot\n1,2\n")
    account, _ = imported(tmp_path / "c", tmp_path / "x.csv")
    assert account.failed
    assert "numéro" in account.sentences[0]
    assert "needs url and text" in account.sentences[0]
    assert "\x1b" not in account.sentences[0]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_one_sentence(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "x.jsonl", {"text": "T."})
    path.chmod(0)
    account, _ = imported(tmp_path / "c", path)
    assert account.refused == {"broken_file": 1}


def test_sentences_are_few_and_counts_are_whole(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text("broken\n" * 1_000 + '{"text": "T."}\n')
    account, rows = imported(tmp_path / "c", tmp_path / "x.jsonl")
    assert (len(rows), account.refused) == (1, {"broken_row": 1_000})
    assert len(account.sentences) == 6
    assert "995 more" in account.sentences[-1]
    assert str(account) == "1 added, 0 already there, 1,000 left out (1,000 broken_row)"


# Ids


def test_an_id_of_two_articles_is_refused_not_lost_silently(tmp_path: Path) -> None:
    one = jsonl(tmp_path / "one.jsonl", {"id": 1, "text": "First."}, {"id": 2, "text": "Second."})
    two = jsonl(
        tmp_path / "two.jsonl", {"id": 1, "text": "Another."}, {"id": 2, "text": "Second."}, {"id": 3, "text": "C."}
    )
    account, rows = imported(tmp_path / "c", one, two)
    assert sorted(row["text"] for row in rows) == ["C.", "First.", "Second."]
    assert (account.added, account.already_there, account.refused) == (3, 1, {"id_taken": 1})
    assert "two.jsonl: 1 is the id of another article" in account.sentences[0]
    again, _ = imported(tmp_path / "c", one, two)
    assert (again.added, again.already_there, again.refused) == (0, 4, {"id_taken": 1})


def test_the_same_page_under_two_spellings_comes_in_once(tmp_path: Path) -> None:
    path = jsonl(
        tmp_path / "x.jsonl",
        {"url": "https://A.example/x?utm_source=rss", "text": "T."},
        {"url": "https://a.example:443/x#top", "text": "T."},
    )
    account, [row] = imported(tmp_path / "c", path)
    assert (account.added, account.already_there) == (1, 1)
    assert row["url"] == "https://a.example/x"
    assert row["final_url"] == "https://A.example/x?utm_source=rss"


# Folders


def test_a_folder_of_part_files_and_pages(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "deep" / "www.mirror.example").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    pq.write_table(pa.table({"text": ["P."]}), folder / "part-0.snappy.parquet")
    jsonl(folder / "deep" / "x.jsonl", {"text": "J."})
    jsonl(folder / ".hidden" / "x.jsonl", {"text": "H."})
    (folder / "_SUCCESS").touch()
    (folder / "style.css").write_text("p {}")
    page = "<html><head><link href='https://a.example/%C3%A4?a=1&amp;b=2' rel=canonical></head><p>Ä</p>"
    (folder / "deep" / "one.html").write_text(page)
    (folder / "two.htm").write_text('<meta content="https://b.example/2" property="og:url"><p>B</p>')
    (folder / "three.html").write_text("<p>No address</p>")
    (folder / "four.html").touch()
    account, rows = imported(tmp_path / "c", folder)
    assert (account.added, account.refused) == (5, {"other_file": 1, "no_text": 1})
    assert {row["url"] for row in rows if row["html"]} == {
        "https://a.example/%C3%A4?a=1&b=2",
        "https://b.example/2",
        None,
    }
    assert next(row for row in rows if row["url"] == "https://a.example/%C3%A4?a=1&b=2")["html"] == page.encode()
    assert "four.html" in " ".join(account.sentences)


def test_a_mirrors_paths_are_urls(tmp_path: Path) -> None:
    for path in ("www.mirror.example/news/1.html", "https%3A%2F%2Fb.example%2Fnews%2F2.html"):
        (tmp_path / "in" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / path).write_text(f"<p>{path}</p>")
    _, rows = imported(tmp_path / "c", tmp_path / "in")
    assert {row["url"] for row in rows} == {"https://www.mirror.example/news/1.html", "https://b.example/news/2"}


def test_an_empty_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    account, _ = imported(tmp_path / "c", tmp_path / "in")
    assert account.failed
    assert "holds no Parquet" in account.sentences[0]


def test_many_small_files_become_one_part(tmp_path: Path) -> None:
    paths = [jsonl(tmp_path / f"{n}.jsonl", {"text": f"T {n}."}) for n in range(120)]
    account, rows = imported(tmp_path / "c", *paths)
    assert (account.added, len(rows), len(account.files)) == (120, 120, 1)
    assert len(tables.parts(tmp_path / "c", "pages")) == 2


@pytest.mark.parametrize(
    ("page", "url"),
    [
        (b'<link rel="canonical" href="https://a.example/x">', "https://a.example/x"),
        (b"<LINK HREF=https://a.example/x REL=CANONICAL>", "https://a.example/x"),
        (
            b'<meta property="og:url" content="https://a.example/o"><link rel=canonical href="/relative">',
            "https://a.example/o",
        ),
        (b'<link rel="canonical" href="javascript:x">', None),
        (b'<link rel="alternate" href="https://a.example/x">', None),
        (b"<link" * 10_000, None),
        (b"", None),
    ],
)
def test_a_page_says_its_own_address(page: bytes, url: str | None) -> None:
    assert own_url(page) == url


# Several processes, and sudden ends

CHILD = """
import sys, time
from pathlib import Path
from corpus import tables
from corpus.importing import import_files
import corpus.importing
corpus.importing.PART_ROWS = 200
import_files(Path(sys.argv[1]), [Path(sys.argv[2])], progress=lambda done: (print(done, flush=True), time.sleep(0.01)))
"""


def child(folder: Path, path: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder), str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


@pytest.fixture
def many(tmp_path: Path) -> Path:
    urls = [f"https://a.example/{n}" for n in range(20_000)]
    pq.write_table(pa.table({"url": urls, "text": [f"Text of {url}" for url in urls]}), tmp_path / "many.parquet")
    return tmp_path / "many.parquet"


def test_killed_and_done_again_nothing_is_lost_or_doubled(tmp_path: Path, many: Path) -> None:
    folder = tmp_path / "c"
    for _ in range(3):
        process = child(folder, many)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(random.random() * 0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert 0 < len(rows_of(folder)) < 20_000
    account = import_files(folder, [many])
    rows = rows_of(folder)
    assert account.added + account.already_there == 20_000
    assert account.already_there > 0
    assert len(rows) == len({row["id"] for row in rows}) == len({row["url"] for row in rows}) == 20_000


def test_two_imports_at_once_double_nothing(tmp_path: Path, many: Path) -> None:
    processes = [child(tmp_path / "c", many) for _ in range(2)]
    assert [process.communicate() and process.returncode for process in processes] == [0, 0]
    rows = rows_of(tmp_path / "c")
    assert len(rows) == len({row["url"] for row in rows}) == 20_000


def test_a_hundred_thousand_rows_stay_in_bounded_memory(tmp_path: Path) -> None:
    """300 MB of texts; Arrow's and Python's own libraries take about 150 MB by themselves."""
    path = tmp_path / "x.jsonl.gz"
    block = "".join(random.Random(1).choices(string.ascii_letters + "      ", k=3_000))
    with gzip.open(path, "wt", compresslevel=1) as file:
        for n in range(100_000):
            file.write(f'{{"url": "https://a{n % 50}.example/{n}", "text": "{n} {block}"}}\n')
    code = (
        "import re, sys\nfrom pathlib import Path\nfrom corpus.importing import import_files\n"
        "account = import_files(Path(sys.argv[1]), [Path(sys.argv[2])])\n"
        # getrusage would tell the peak of the process that started this one, where that is larger
        "peak = re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())\n"
        "print(account.added, int(peak[1]) // 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "c"), str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    added, megabytes = map(int, done.stdout.split())
    assert added == 100_000
    assert megabytes < 700


ENDINGS = ("parquet", "jsonl", "json", "csv", "tsv", "html", "warc", "warc.gz", "jsonl.zst")
ANYTHING: Callable[[], st.SearchStrategy[bytes]] = lambda: st.binary(max_size=300)  # noqa: E731


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([f"x.{ending}" for ending in ENDINGS]),
    st.one_of(
        ANYTHING(), ANYTHING().map(gzip.compress), st.text('[]{}",:;\n\r\t\'01ae\\ux', max_size=80).map(str.encode),
        ANYTHING().map(lambda data: b"WARC/1.0\r\n" + data), ANYTHING().map(lambda data: b"url,text\n" + data),
    ),
)  # fmt: skip
def test_no_bytes_at_all_make_it_stumble(tmp_path: Path, name: str, content: bytes) -> None:
    folder = tmp_path / os.urandom(8).hex()
    folder.mkdir()
    (folder / name).write_bytes(content)
    good = jsonl(folder / "good.jsonl", {"text": "A good neighbour."})
    account, rows = imported(folder / "c", folder / name, good)
    assert "A good neighbour." in {row["text"] for row in rows}
    assert account.added == len(rows)
