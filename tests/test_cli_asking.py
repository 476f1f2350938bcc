"""Questions and evidence on the command line: sql, compare, evaluate."""

import csv
import io
import json
import re
import subprocess
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus import cli
from tests.commands import ROOT, WIRECOPY, Captured, made, main, refused, rows, wirecopy
from tests.made_news import Prose, edited


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("cli"))


# Questions


@pytest.mark.parametrize("columns", ["20", "40", "80", "160"])
def test_sql_without_a_name_lists_the_queries(
    capsys: Captured, folder: Path, columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    status, out, _ = main(capsys, "sql", "--corpus", folder)
    assert status == 0
    names = {path.stem for path in (ROOT / "sql").glob("*.sql")} - {"views"}
    assert all(re.search(rf"\b{name}\b", out) for name in names)
    assert "{" not in out
    listed = json.loads(main(capsys, "sql", "--corpus", folder, "--format", "json")[1])
    assert {row["name"] for row in listed} == names


@pytest.mark.parametrize("words", [("--limit", "-5"), ("--seconds", "0"), ("--seconds", "nan"), ("--limit", "x")])
def test_limits_that_are_none_are_wrong_usage(folder: Path, words: tuple[str, str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["sql", "kinds", "--corpus", str(folder), *words])
    assert ended.value.code == 2


def test_an_answer_without_rows_says_so(capsys: Captured, folder: Path) -> None:
    status, _, told = main(capsys, "sql", "--corpus", folder, "-q", "SELECT id FROM articles WHERE false")
    assert (status, told) == (0, "no rows\n")


def test_a_binary_file_is_no_text_to_compare(capsys: Captured, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(bytes(range(256)) * 20)
    status, _, told = main(capsys, "compare", tmp_path / "x.bin", tmp_path / "x.bin", "--corpus", folder)
    assert status == 1 and "x.bin is no text" in told


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv", "parquet"])
def test_every_format_holds_the_same_rows(folder: Path, tmp_path: Path, form: str) -> None:
    asked = "SELECT id, words, title FROM articles ORDER BY id"
    out = tmp_path / f"out.{form}"
    done = wirecopy("sql", "-q", asked, "--format", form, "--output", out, "--corpus", folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    titles = sorted(str(row["title"]) for row in rows())
    if form == "parquet":
        found = pq.read_table(out)["title"].to_pylist()
    elif form == "table":
        found = re.findall(r"Title \w+", out.read_text("utf-8"))
    elif form == "csv":
        found = [row["title"] for row in csv.DictReader(io.StringIO(out.read_text("utf-8")))]
    else:
        text = out.read_text("utf-8")
        found = [row["title"] for row in (json.loads(text) if form == "json" else map(json.loads, text.splitlines()))]
    assert found == titles


def test_parquet_comes_out_of_the_pipe_whole(folder: Path) -> None:
    command = [WIRECOPY, "sql", "-q", "FROM articles", "--format", "parquet", "--corpus", folder]
    out = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    assert pq.read_table(pa.BufferReader(out)).num_rows == 6


def test_parameters_and_limits(capsys: Captured, folder: Path) -> None:
    asked = ["sql", "-q", "SELECT id FROM articles WHERE id > getvariable('after') ORDER BY id", "-p", "after=a1"]
    status, out, errors = main(capsys, *asked, "--format", "csv", "--limit", "2", "--corpus", folder)
    assert (status, out.split()) == (0, ["id", "a2", "b0"])
    assert errors == "2 rows shown, more were left out; --limit 0 shows all\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["clusters_by_reech"], "did you mean clusters_by_reach"),
        (["kinds", "-q", "FROM articles"], "give either the name of a query or -q SQL, not both"),
        (["kinds", "-p", "top"], "-p wants name=value, for example -p top=10, not 'top'"),
        (["kinds", "-p", "wrong=1"], "unknown variable 'wrong'; kinds takes "),
        (["-q", "SELEC 1"], "SELEC"),
        (["-q", "SELECT nosuch FROM articles"], "nosuch"),
        (["-q", "COPY articles TO 'x.csv'"], "wirecopy"),
        (["-q", "FROM 'somewhere.csv'"], ""),
        (["-q", ""], ""),
        (["-q", "FROM articles", "--format", "csv", "--output", "no/such/folder/x.csv"], "no/such/folder"),
    ],
)
def test_wrong_questions_are_told_in_a_sentence(
    capsys: Captured, folder: Path, arguments: list[str], sentence: str
) -> None:
    assert sentence.removeprefix("wirecopy") in refused(capsys, "sql", *arguments, "--corpus", folder)


def test_a_reader_that_leaves_early_is_no_trouble(folder: Path) -> None:
    asked = "SELECT range AS n FROM range(300000)"
    done = subprocess.run(
        ["bash", "-c", '"$0" "$@" | head -2', str(WIRECOPY), "sql", "-q", asked, "--format", "csv", "--corpus", folder],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("n\n0\n", "")


def test_a_query_that_takes_too_long_is_ended(capsys: Captured, folder: Path) -> None:
    asked = "SELECT count(*) FROM range(1000000) AS a, range(1000000) AS b WHERE hash(a.range, b.range) = 1"
    told = refused(capsys, "sql", "-q", asked, "--seconds", "1", "--corpus", folder)
    assert told == "the query took longer than 1 seconds; narrow it or allow more time"


# Evidence


def test_compare_shows_what_two_articles_share(capsys: Captured, folder: Path) -> None:
    status, out, errors = main(capsys, "compare", "a0", "https://a1.example/1", "--corpus", folder)
    assert (status, errors) == (0, "")
    assert "near" in out
    told = json.loads(main(capsys, "compare", "a0", "a1", "--format", "json", "--corpus", folder)[1])
    assert told["kind"] == "near" and told["score"] > 0.9


def test_compare_two_files_needs_no_corpus(capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = Prose("files").text()
    (tmp_path / "a.txt").write_text(text)
    (tmp_path / "b.txt").write_text(edited(text, 0.05, "b"))
    assert main(capsys, "compare", "a.txt", "b.txt")[0] == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "b.txt"]


def test_compare_names_what_it_cannot_find(capsys: Captured, folder: Path) -> None:
    assert "nosuch" in refused(capsys, "compare", "a0", "nosuch", "--corpus", folder)


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_evaluate_prints_its_figures_in_every_format(
    capfdbinary: pytest.CaptureFixture[bytes], folder: Path, form: str
) -> None:
    assert cli.main(["evaluate", str(folder.parent / "gold.csv"), "--format", form, "--corpus", str(folder)]) == 0
    out = capfdbinary.readouterr().out.decode()
    if form == "table":
        assert re.search(r"^pairs +1\.000 +1\.000 +1\.000", out, re.MULTILINE)
    elif form == "csv":
        assert next(csv.DictReader(io.StringIO(out)))["f1"] in ("1", "1.0")
    else:
        first = json.loads(out)[0] if form == "json" else json.loads(out.splitlines()[0])
        assert (first["scope"], first["f1"]) == ("overall", 1.0)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("missing.csv", None, "missing.csv"),
        ("empty.csv", "", "empty.csv"),
        ("odd.csv", "colour,size\nred,1\n", "has neither the columns a, b, label"),
        ("wrong.csv", "a,b,label\na0,a1,maybe\n", "has the label 'maybe'; use copy, independent or unsure"),
    ],
)
def test_a_wrong_gold_is_told(
    capsys: Captured, folder: Path, tmp_path: Path, name: str, content: str | None, sentence: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    assert sentence in refused(capsys, "evaluate", tmp_path / name, "--corpus", folder)
