"""Bad files: each costs itself alone, is counted, and is told in a sentence."""

import gzip
import json
import os
import random
import string
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from import_files import imported, jsonl


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
