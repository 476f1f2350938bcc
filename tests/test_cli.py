"""The command line through its entry point: every command's happy path, and its typical mistakes in one sentence."""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from corpus import __version__
from tests.commands import COMMANDS, ROOT, Captured, made, main, refused, rows, wirecopy
from tests.crawl_web import serve
from tests.made_news import Prose, rows_of, write_jsonl


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("cli"))


@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_every_command_has_help(capsys: Captured, command: str | None) -> None:
    status, out, errors = main(capsys, *([command] if command else []), "--help")
    assert (status, errors) == (0, "")
    assert out.startswith(f"usage: wirecopy{' ' + command if command else ''} ")
    if command:
        assert "--corpus DIR" in out
    else:
        assert all(re.search(rf"^ +{one}\b", out, re.MULTILINE) for one in COMMANDS)


def test_the_entry_point_answers() -> None:
    assert wirecopy("--version").stdout == f"wirecopy {__version__}\n"
    assert wirecopy("--help").returncode == 0
    as_module = [sys.executable, "-m", "corpus.cli", "--version"]
    assert subprocess.run(as_module, cwd=ROOT, capture_output=True, text=True, check=True).stdout.startswith(
        "wirecopy "
    )


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["sql", "--format", "yaml"], ["compare", "a"], ["cluster", "--threshold", "much"]]
)
def test_wrong_usage_ends_with_status_2_and_the_usage(capsys: Captured, arguments: Sequence[str]) -> None:
    status, out, errors = main(capsys, *arguments)
    assert (status, out) == (2, "")
    assert errors.startswith("usage: wirecopy")


def test_a_mistake_in_a_word_is_told_with_the_way_out(capsys: Captured) -> None:
    assert main(capsys) == main(capsys, "--help")
    for words, told in (
        (["sq"], "there is no command 'sq'; did you mean sql?"),
        (["xxxxx"], "`wirecopy --help` lists the commands"),
        (["sql", "--limit", "ten"], "a whole number from 0 up, not 'ten'"),
        (["sql", "--seconds", "-1"], "a number above 0, not '-1'"),
        (["sql", "--memory=-5"], "a whole number from 0 up"),
        (["report", "x", "--clusters=-1"], "a whole number from 0 up"),
        (["crawl", "--refresh", "soon"], "a number of hours or `never`, not 'soon'"),
    ):
        status, _, errors = main(capsys, *words)
        assert status == 2 and told in errors.splitlines()[-1]


# Import and the stages


def test_importing_again_adds_nothing(capsys: Captured, folder: Path) -> None:
    assert main(capsys, "import", folder.parent / "rows.jsonl", "--corpus", folder) == (
        0, "0 added, 6 already there\n", "",
    )  # fmt: skip


def test_broken_rows_are_told_and_their_neighbours_come_in(capsys: Captured, tmp_path: Path) -> None:
    (tmp_path / "broken.jsonl").write_text('{"url": "https://x.example/1", "text": "Fine words."}\n{"url": broken\n')
    status, out, errors = main(capsys, "import", tmp_path / "broken.jsonl", "--corpus", tmp_path / "data")
    assert (status, out.split(",")[0]) == (0, "1 added")
    assert errors.startswith("wirecopy: ") and "broken.jsonl" in errors and errors.count("\n") == 1


def test_import_without_a_file_is_told(capsys: Captured, tmp_path: Path) -> None:
    told = refused(capsys, "import", "--corpus", tmp_path / "data")
    assert told == "name the files or folders to bring in: wirecopy import FILE …"


@pytest.mark.parametrize("flag", [[], ["--rebuild"]], ids=["import", "rebuild"])
def test_a_missing_file_fails_the_import_in_a_sentence(capsys: Captured, tmp_path: Path, flag: list[str]) -> None:
    status, out, errors = main(capsys, "import", *flag, tmp_path / "missing.csv", "--corpus", tmp_path / "data")
    assert status == 1 and "1 no_file" in out
    assert errors.startswith("wirecopy: ") and "missing.csv" in errors and errors.count("\n") == 1


@pytest.mark.parametrize("stage", ["extract", "sign", "pair"])
def test_a_stage_done_has_nothing_to_do(capsys: Captured, folder: Path, stage: str) -> None:
    status, out, errors = main(capsys, stage, "--corpus", folder)
    assert (status, errors) == (0, "")
    assert out.startswith(f"{stage}: 0 ")


def test_cluster_takes_a_threshold(capsys: Captured, folder: Path) -> None:
    assert main(capsys, "cluster", "--corpus", folder, "--threshold", "0.9")[0] == 0
    assert "threshold must lie in 0..1" in refused(capsys, "cluster", "--corpus", folder, "--threshold", "7")
    assert main(capsys, "cluster", "--corpus", folder) == (0, "cluster: 6 articles in clusters\n", "")


NEEDING = {
    "extract": [], "sign": [], "pair": [], "cluster": [], "run": [], "sql": ["kinds"], "evaluate": ["gold.csv"],
    "export": ["out.csv"], "serve": [], "report": ["out"],
}  # fmt: skip


@pytest.mark.parametrize("command", NEEDING)
def test_without_a_corpus_every_command_says_how_to_make_one(
    capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    (tmp_path / "gold.csv").write_text("id,cluster\na,1\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WIRECOPY_CORPUS", raising=False)
    assert refused(capsys, command, *NEEDING[command]) == (
        "data holds no corpus yet; `wirecopy crawl` or `wirecopy import` makes one"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["gold.csv"]


def test_an_empty_corpus_works_with_every_command(capsys: Captured, tmp_path: Path) -> None:
    empty, nothing = tmp_path / "data", tmp_path / "nothing.jsonl"
    nothing.write_text("")
    given = ["--corpus", empty]
    status, out, _ = main(capsys, "import", nothing, *given)
    assert "0 added" in out and status in (0, 1)
    assert main(capsys, "run", *given)[:2] == (
        0, "extract: 0 articles; sign: 0 signatures; pair: 0 pairs scored; cluster: 0 articles in clusters\n",
    )  # fmt: skip
    assert main(capsys, "sql", "clusters_by_reach", *given)[0] == 0
    assert main(capsys, "sql", "-q", "SELECT count(*) AS n FROM articles", "--format", "json", *given)[0] == 0
    assert "nosuch" in refused(capsys, "compare", "nosuch", "other", *given)
    (tmp_path / "gold.csv").write_text("id,cluster\na,1\nb,1\n")
    assert "none of the 2 articles of gold.csv is in the corpus" in refused(
        capsys, "evaluate", tmp_path / "gold.csv", *given
    )
    status, _, errors = main(capsys, "export", tmp_path / "out.csv", *given)
    assert status == 0 or errors.count("\n") == 1


# Taking away


@pytest.mark.parametrize("name", ["out.parquet", "out.jsonl", "out.csv"])
def test_export_says_how_many_it_wrote(capsys: Captured, folder: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    assert main(capsys, "export", out, "--corpus", folder) == (0, f"2 articles written to {out}\n", "")
    assert main(capsys, "export", out, "--form", "all", "--corpus", folder)[1] == f"6 articles written to {out}\n"


def test_export_to_a_folder_and_without_texts(capsys: Captured, folder: Path, tmp_path: Path) -> None:
    assert main(capsys, "export", tmp_path / "set", "--format", "hf", "--corpus", folder)[0] == 0
    assert (tmp_path / "set" / "README.md").exists()
    main(capsys, "export", tmp_path / "facts.csv", "--form", "all", "--no-text", "--corpus", folder)
    assert Prose("cli a").text()[:40] not in (tmp_path / "facts.csv").read_text("utf-8")


@pytest.mark.parametrize(
    ("out", "sentence"),
    [
        ("out.xlsx", "name it .parquet, .jsonl or .csv"),
        ("no/such/out.csv", "does not exist; make it or choose another"),
    ],
)
def test_wrong_exports_are_told(capsys: Captured, folder: Path, tmp_path: Path, out: str, sentence: str) -> None:
    assert sentence in refused(capsys, "export", tmp_path / out, "--corpus", folder)


# The crawl and the list of publishers; what they do is tested with the spiders


def test_crawl_fetches_a_page_and_refuses_private_addresses_by_itself(capsys: Captured, tmp_path: Path) -> None:
    with serve() as web:
        web.article("/2026/07/an-article-of-today", text=Prose("crawled").text())
        url = f"{web.url}/2026/07/an-article-of-today"
        status, _, _ = main(capsys, "crawl", url, "--allow-private", "--delay", "0", "--corpus", tmp_path / "data")
        assert status == 0
        assert [row["outcome"] for row in rows_of(tmp_path / "data", "pages")] == ["ok"]
        main(capsys, "crawl", url, "--corpus", tmp_path / "guarded")
        assert [row["outcome"] for row in rows_of(tmp_path / "guarded", "pages")] in ([], ["private_address"])


def test_a_crawl_that_fetched_nothing_says_why_and_fails(capsys: Captured, tmp_path: Path) -> None:
    with serve() as web:
        urls = [f"{web.url}/2026/07/no-such-article-{n}-here" for n in range(3)]
        crawl = ["crawl", "--allow-private", "--delay", "0", "--corpus", tmp_path / "data"]
        status, out, errors = main(capsys, *crawl, *urls)
        assert (status, errors) == (1, "wirecopy: none of the 3 pages could be fetched: the server answered 404\n")
        assert out.startswith("3 pages in ")
        status, _, errors = main(capsys, *crawl, f"{web.url}/feed.xml")
        assert (status, errors) == (1, "wirecopy: the page could not be fetched: the server answered 404\n")
        web.article("/2026/07/an-article-of-today", text=Prose("crawled").text())
        assert main(capsys, *crawl, f"{web.url}/2026/07/an-article-of-today", f"{urls[0]}-neither")[0] == 0
        status, _, errors = main(capsys, "crawl", urls[0], "--corpus", tmp_path / "guarded")
        assert status == 1
        assert "none of" not in errors and "not a public address" in errors


def test_a_site_that_does_not_answer_fails_the_crawl(capsys: Captured, tmp_path: Path) -> None:
    with serve() as web:
        url = web.url
    status, out, errors = main(capsys, "crawl", url, "--allow-private", "--delay", "0", "--corpus", tmp_path / "data")
    assert status == 1
    assert "0 pages in " in out
    assert "the connection was refused" in errors or "could not be fetched" in errors


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["crawl"], ""),
        (["crawl", "--publishers", "missing.csv"], "missing.csv"),
        (["crawl", "https://news.example.org/", "--since", "yesterday"], "yesterday"),
        (["publishers", "find"], "name the sites: wirecopy publishers find URL …"),
        (["publishers", "check", "--publishers", "missing.csv"], "missing.csv"),
    ],
)
def test_wrong_crawls_are_told(
    capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert sentence in refused(capsys, *arguments, "--corpus", tmp_path / "data")


# The folder


def test_the_corpus_is_named_by_a_variable_or_is_data(folder: Path, tmp_path: Path) -> None:
    asked = ["sql", "-q", "SELECT count(*) AS n FROM articles", "--format", "csv"]
    assert wirecopy(*asked, cwd=tmp_path, WIRECOPY_CORPUS=str(folder)).stdout.split() == ["n", "6"]
    assert wirecopy(*asked, cwd=folder.parent, WIRECOPY_CORPUS="").stdout.split() == ["n", "6"]
    elsewhere = wirecopy(*asked, "--corpus", tmp_path / "none", cwd=tmp_path, WIRECOPY_CORPUS=str(folder))
    assert (elsewhere.returncode, elsewhere.stdout) == (1, "")


def test_a_file_in_place_of_the_folder_is_told(capsys: Captured, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "holds no corpus yet" in refused(capsys, "run", "--corpus", tmp_path / "file")
    write_jsonl(tmp_path / "rows.jsonl", rows())
    told = refused(capsys, "import", tmp_path / "rows.jsonl", "--corpus", tmp_path / "file")
    assert told.startswith(f"cannot write {tmp_path / 'file'}")


def test_messages_cannot_steer_the_terminal(capsys: Captured, tmp_path: Path) -> None:
    told = refused(capsys, "run", "--corpus", tmp_path / "a\x1b[2Jb\rc\u202ed")
    assert "\x1b" not in told and "\r" not in told and "\u202e" not in told
