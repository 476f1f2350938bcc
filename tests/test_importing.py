"""Imports as a user meets them: files of many makers, broken ones among them; every row has one counted outcome."""

import csv
import gzip
import io
import json
import os
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from import_files import TEXTS, URL, imported, jsonl

from corpus import tables
from corpus.columns import page_id
from corpus.readers import own_url
from corpus.values import authors_of, date_of

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
