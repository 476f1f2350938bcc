"""Exports: whole or not at all, readable by others, harmless to spreadsheets, and without a text where none may be."""

import csv
import json
import os
import re
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus import tables
from corpus.columns import page_id
from corpus.errors import UserError
from corpus.export import CLUSTER, FACTS, WORDS, export
from corpus.importing import import_files
from corpus.rebuilding import rebuild
from corpus.text import text_id

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEXTS = {
    "a": ("id", "Jakarta (Berita) — Gempa mengguncang pulau itu pada Senin pagi, kata badan penanggulangan bencana."),
    "b": ("id", "Jakarta (Berita) — Gempa mengguncang pulau itu pada Senin pagi."),
    "c": ("ar", "قال مسؤولون إن الزلزال ضرب الجزيرة صباح الاثنين.\nولم ترد أنباء عن ضحايا."),
    "d": ("ja", "地震が月曜日の朝に島を襲った、と当局者は述べた。"),
    "e": ("he", "=HYPERLINK(\"http://evil.example\",\"לחץ כאן\"), ופסיק; \"מרכאות\"\nושורה שנייה"),
}  # fmt: skip


def article(name: str, outcome: str = "ok") -> dict[str, object]:
    language, text = TEXTS[name]
    return {
        "id": name, "url": f"https://{name}.example/news/{name}", "publisher": f"{name}.example", "language": language,
        "title": f"@{name}", "published_at": NOON, "authors": ["+A", "B; C"], "words": 9, "text": text,
        "text_id": text_id(text), "outcome": outcome, "agency": "AP" if name == "a" else None,
    }  # fmt: skip


def member(name: str, cluster: str, original: str, size: int) -> dict[str, object]:
    kind = "original" if name == original else "excerpt"
    return {"id": name, "cluster_id": cluster, "size": size, "original": original, "kind": kind, "score": 0.9}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A cluster of a and b, c alone, d not clustered yet, e alone, and an article without a text."""
    folder = tmp_path / "corpus"
    tables.create(folder)
    rows = [article(name) for name in TEXTS] + [article("a", "empty") | {"id": "f", "text": None}]
    tables.append(folder, "articles", tables.rows_of("articles", rows))
    members = [
        member("a", "k1", "a", 2),
        member("b", "k1", "a", 2),
        member("c", "k2", "c", 1),
        member("e", "k3", "e", 1),
    ]
    tables.append(folder, "clusters", tables.rows_of("clusters", members))
    return folder


def test_one_a_cluster_is_the_original_and_whatever_is_alone(corpus: Path, tmp_path: Path) -> None:
    assert export(corpus, tmp_path / "out.parquet") == 4
    table = pq.read_table(tmp_path / "out.parquet")
    assert sorted(table["id"].to_pylist()) == ["a", "c", "d", "e"]
    assert set(table.column_names) == {*FACTS, *CLUSTER, *WORDS}
    assert table["published_at"].type == pa.timestamp("us", "UTC")


def test_all_has_every_readable_article_with_its_cluster(corpus: Path, tmp_path: Path) -> None:
    assert export(corpus, tmp_path / "out.jsonl", form="all") == 5
    rows = {row["id"]: row for row in map(json.loads, (tmp_path / "out.jsonl").read_text("utf-8").splitlines())}
    assert rows["b"]["cluster_id"] == rows["a"]["cluster_id"] == "k1"
    assert rows["b"]["original"] == "a"
    assert rows["d"]["cluster_id"] is None
    assert rows["c"]["text"] == TEXTS["c"][1]


@pytest.mark.parametrize("ending", ["parquet", "jsonl", "csv"])
def test_without_texts_no_word_of_the_publishers_goes_out(corpus: Path, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"out.{ending}"
    export(corpus, out, form="all", text=False)
    names = pq.read_schema(out).names if ending == "parquet" else []
    data = pq.read_table(out).to_pylist().__repr__() if ending == "parquet" else out.read_text("utf-8")
    assert not set(WORDS) & set(names)
    assert all(word not in data for language, text in TEXTS.values() for word in text.split()[1:])
    assert "+A" not in data
    assert text_id(TEXTS["a"][1]) in data


def test_a_spreadsheet_finds_no_formula(corpus: Path, tmp_path: Path) -> None:
    export(corpus, tmp_path / "out.csv", form="all")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 5
    assert not [cell for row in rows for cell in row.values() if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}]


@pytest.mark.parametrize("ending", ["parquet", "jsonl", "csv"])
def test_what_goes_out_comes_in_again_unchanged(corpus: Path, tmp_path: Path, ending: str) -> None:
    out, other = tmp_path / f"out.{ending}", tmp_path / "other"
    export(corpus, out, form="all")
    account = import_files(other, [out])
    assert (account.added, account.refused, account.sentences) == (5, {}, ())
    rows = {row["id"]: row for part in tables.parts(other, "pages") for row in pq.read_table(part).to_pylist()}
    for name, (language, text) in TEXTS.items():
        assert rows[name]["text"] == text
        assert rows[name]["language"] == language
        assert rows[name]["published_at"] == NOON
        assert rows[name]["authors"] == ["+A", "B; C"]
        assert rows[name]["title"] == f"@{name}"


@pytest.mark.parametrize("text", [True, False])
def test_hugging_face_opens_the_folder(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: bool
) -> None:
    datasets = pytest.importorskip("datasets", reason="the package datasets is not installed")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_OFFLINE", True)
    out = tmp_path / 'my news: "2026"'
    assert export(corpus, out, form="all", format="hf", text=text) == 5
    loaded = datasets.load_dataset(str(out), cache_dir=str(tmp_path / "cache"), split="train")
    assert sorted(loaded["id"]) == sorted(TEXTS)
    assert ("text" in loaded.column_names) == text
    head = pytest.importorskip("yaml").safe_load((out / "README.md").read_text("utf-8").split("---")[1])
    assert head["language"] == ["ar", "he", "id", "ja"]
    assert head["configs"][0]["data_files"][0]["path"] == "data/*.parquet"
    assert head["size_categories"] == ["n<1K"]


def test_a_large_folder_has_shards_that_hold_all_rows(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.export.SHARD_ROWS", 2)
    monkeypatch.setattr("corpus.export.READ_ROWS", 1)
    export(corpus, tmp_path / "set", form="all")
    shards = sorted((tmp_path / "set" / "data").iterdir())
    assert len(shards) >= 2
    assert sorted(pq.read_table(tmp_path / "set" / "data")["id"].to_pylist()) == sorted(TEXTS)


def test_an_empty_corpus_gives_an_empty_export(tmp_path: Path) -> None:
    tables.create(tmp_path / "corpus")
    for name in ("out.parquet", "out.jsonl", "out.csv", "set"):
        assert export(tmp_path / "corpus", tmp_path / name) == 0
        assert (tmp_path / name).exists()


def test_mistakes_are_one_sentence_and_leave_nothing_behind(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("mine")
    for out, options, word in (
        ("out.xlsx", {}, "--format"),
        ("out.parquet", {"form": "some"}, "one-a-cluster"),
        ("out.parquet", {"format": "xml"}, "parquet"),
        ("no/such/out.csv", {}, "does not exist"),
        ("full", {}, "new folder"),
        ("full", {"format": "csv"}, "is a folder"),
    ):
        with pytest.raises(UserError, match=word) as error:
            export(corpus, tmp_path / out, **options)
        assert "\n" not in str(error.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus", "full"]
    with pytest.raises(UserError, match="wirecopy"):
        export(tmp_path / "nowhere", tmp_path / "out.csv")


def test_articles_that_are_not_clustered_are_not_passed_off_as_one_a_cluster(tmp_path: Path) -> None:
    tables.create(tmp_path / "corpus")
    for name, row in (("pages", {"id": "a", "text": "T.", "outcome": "ok"}), ("articles", article("a"))):
        tables.append(tmp_path / "corpus", name, tables.rows_of(name, [row]))
        with pytest.raises(UserError, match="wirecopy run"):
            export(tmp_path / "corpus", tmp_path / "out.csv")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_one_sentence(corpus: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    for name in ("out.csv", "set"):
        with pytest.raises(UserError, match="cannot write"):
            export(corpus, locked / name)


def test_rebuilding_tells_what_is_the_same_changed_and_gone(corpus: Path, tmp_path: Path) -> None:
    """The pages come from a stand-in for the crawler that knows three of five URLs, one with another text."""
    out = tmp_path / "facts.parquet"
    export(corpus, out, form="all", text=False)
    asked: list[str] = []

    def fetch(folder: Path, urls: list[str]) -> str:
        asked.extend(urls)
        rows = [
            {"id": page_id(url, text.encode()), "url": url, "text": text, "outcome": "ok"}
            for name, text in [("a", TEXTS["a"][1]), ("b", TEXTS["b"][1]), ("c", "Etwas ganz anderes.")]
            if (url := f"https://{name}.example/news/{name}") in urls
        ]
        tables.append(folder, "pages", tables.rows_of("pages", rows))
        return "done"

    def extract(folder: Path) -> None:
        for part in tables.parts(folder, "pages"):
            for row in pq.read_table(part).to_pylist():
                made = {"id": row["id"], "url": row["url"], "outcome": "ok", "text_id": text_id(row["text"])}
                tables.append(folder, "articles", tables.rows_of("articles", [made]))

    account = rebuild(tmp_path / "new", out, fetch=fetch, extract=extract)
    assert account.outcomes == {"same": 2, "changed": 1, "gone": 2}
    assert account.changed == ("https://c.example/news/c",)
    assert str(account) == "5 articles: 2 still the same, 1 changed, 2 gone"
    assert len(asked) == 5
    asked.clear()
    assert rebuild(tmp_path / "new", out, fetch=fetch, extract=lambda folder: None).outcomes == account.outcomes
    assert "https://a.example/news/a" not in asked, "what is there already is not asked for again"


class Publisher(BaseHTTPRequestHandler):
    """A site on loopback with two articles."""

    pages: ClassVar[dict[str, str]] = {}
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        page = self.pages.get(self.path)
        self.send_response(200 if page else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write((page or "").encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_rebuilding_asks_the_publishers_themselves(tmp_path: Path) -> None:
    """The real crawler fetches from a real server; extraction is a stand-in that takes the paragraphs' words."""
    prose = {f"/2026/11/23/article-{n}.html": f"Kapal feri nomor {n} tiba di pelabuhan. " * 30 for n in (1, 2, 3)}
    frame = "<html><head><title>Feri</title></head><body><article><h1>Feri</h1><p>{}</p></article></body></html>"
    one, two, _ = prose
    Publisher.pages = {one: frame.format(prose[one]), two: frame.format("Kalimat lain sama sekali. " * 40)}
    with ThreadingHTTPServer(("127.0.0.1", 0), Publisher) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}"
        wanted = {"url": [base + path for path in prose], "text_id": [text_id(text) for text in prose.values()]}
        pq.write_table(pa.table(wanted), tmp_path / "facts.parquet")

        def extract(folder: Path) -> None:
            for part in tables.parts(folder, "pages"):
                for row in pq.read_table(part).to_pylist():
                    found = re.search(r"<p>(.*?)</p>", (row["html"] or b"").decode())
                    made = {"id": row["id"], "url": row["url"], "outcome": "ok" if found else row["outcome"]}
                    made["text_id"] = text_id(found[1]) if found else None
                    tables.append(folder, "articles", tables.rows_of("articles", [made]))

        account = rebuild(tmp_path / "new", tmp_path / "facts.parquet", extract=extract, allow_private=True)
        server.shutdown()
    assert account.outcomes == {"same": 1, "changed": 1, "gone": 1}
    assert account.changed == (base + "/2026/11/23/article-2.html",)
    assert account.gone == (base + "/2026/11/23/article-3.html",)
    assert "/robots.txt" in Publisher.asked


def test_only_an_export_can_be_rebuilt(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("url,text\nhttps://a.example/1,Hello\n")
    with pytest.raises(UserError, match="text_id"):
        rebuild(tmp_path / "new", tmp_path / "x.csv")
