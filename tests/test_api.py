"""The Python face: every verb of Corpus, and what it says when something is wrong."""

import csv
import gc
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import corpus
from corpus import Corpus, Settings, UserError
from tests.made_news import Prose, edited, partition, rows_of, write_jsonl
from tests.small_corpus import make


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Two families of three, made from a file by import and run."""
    folder = tmp_path_factory.mktemp("api")
    rows = []
    for name in "ab":
        text = Prose(f"api {name}").text()
        rows += [{"id": f"{name}{n}", "url": f"https://{name}{n}.example/1", "text": edited(text, 0.03 * n, n),
                  "cluster": name, "language": "en"} for n in range(3)]  # fmt: skip
    write_jsonl(folder / "rows.jsonl", rows)
    with (folder / "gold.csv").open("w", encoding="utf-8", newline="") as sink:
        writer = csv.DictWriter(sink, ["id", "cluster"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    made = Corpus(folder / "corpus")
    assert made.import_files(folder / "rows.jsonl").added == 6
    assert made.run() == {"extract": 6, "sign": 6, "pair": len(rows_of(made.folder, "pairs")), "cluster": 6}
    return made


@pytest.fixture
def small(tmp_path: Path) -> Corpus:
    return Corpus(make(tmp_path / "small", full=True))


def test_the_public_names_are_these() -> None:
    assert set(corpus.__all__) >= {"Corpus", "Settings", "UserError", "compare"}
    assert all(getattr(corpus, name) for name in corpus.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'Corpsu'"):
        corpus.Corpsu  # noqa: B018


def test_the_collector_is_after_an_import_as_it_was_before() -> None:
    for change in (gc.disable, gc.enable):
        change()
        before = gc.isenabled()
        assert corpus.near_copies is not None and gc.isenabled() == before


def test_a_run_makes_the_clusters(news: Corpus) -> None:
    assert partition(news.folder) == {frozenset({"a0", "a1", "a2"}), frozenset({"b0", "b1", "b2"})}


def test_progress_is_told(tmp_path: Path, news: Corpus) -> None:
    told: list[tuple[str, int]] = []
    again = Corpus(tmp_path / "told", progress=lambda stage, rows: told.append((stage, rows)))
    again.import_files(news.folder.parent / "rows.jsonl")
    again.run()
    assert {("import", 6), ("extract", 6), ("sign", 6)} <= set(told)
    assert {stage for stage, _ in told} >= {"import", "extract", "sign", "anchor", "pair"}


def test_sql_answers_with_a_relation(news: Corpus) -> None:
    assert news.sql("SELECT count(*) AS n FROM copies").fetchall() == [(6,)]
    assert news.sql("clusters_by_reach").fetchall()[0][0] in {"a0", "b0"}
    assert len(news.sql("cluster", id="a0").fetchall()) == 3
    assert news.sql("FROM articles").to_arrow_table().num_rows == 6


@pytest.mark.parametrize(
    ("question", "values", "sentence"),
    [
        ("clusters_by_reech", {}, "there is no named query 'clusters_by_reech'; did you mean clusters_by_reach"),
        ("cluster", {"nonsense": 1}, "unknown variable 'nonsense'; cluster takes id"),
    ],
)
def test_wrong_questions_are_told(small: Corpus, question: str, values: dict[str, object], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        small.sql(question, **values)


def test_strangers_are_answered_and_locked_in(news: Corpus) -> None:
    with news.ask("SELECT count(*) AS n FROM articles") as rows:
        assert rows.read_all().to_pylist() == [{"n": 6}]
    with pytest.raises(UserError), news.ask("COPY articles TO 'out.csv'") as rows:
        rows.read_all()


def test_evaluate_holds_the_clusters_against_a_gold(news: Corpus) -> None:
    figures = news.evaluate(news.folder.parent / "gold.csv")
    assert (figures.pairs.f1, figures.bcubed.f1, figures.ari) == (1.0, 1.0, 1.0)
    assert figures.missing == ()
    with pytest.raises(UserError, match=r"missing\.csv"):
        news.evaluate(news.folder.parent / "missing.csv")


def test_calibrate_holds_the_scores_against_a_gold(news: Corpus) -> None:
    found = news.calibrate(news.folder.parent / "gold.csv")
    assert sum(row["pairs"] for row in found.rows()) == news.sql("SELECT count(*) FROM pairs").fetchall()[0][0]
    assert found.brier is not None
    assert found.brier < 0.1


def test_compare_two_articles_and_two_texts(news: Corpus) -> None:
    by_id, by_url = news.compare("a0", "a1"), news.compare("https://a0.example/1", "https://a1.example/1")
    assert by_id.score == by_url.score > 0.9
    assert by_id.kind == "near"
    assert news.compare("a0", "b0").score < 0.1
    text = Prose("api a").text()
    assert corpus.compare(text, text).kind == "exact"
    with pytest.raises(UserError, match="nosuch"):
        news.compare("a0", "nosuch")


@pytest.mark.parametrize("name", ["out.parquet", "out.jsonl", "out.csv"])
def test_export_writes_one_a_cluster_or_all(news: Corpus, tmp_path: Path, name: str) -> None:
    assert news.export(tmp_path / name) == 2
    assert news.export(tmp_path / f"all-{name}", form="all") == 6
    assert (tmp_path / name).stat().st_size < (tmp_path / f"all-{name}").stat().st_size


def test_export_without_texts_has_none(news: Corpus, tmp_path: Path) -> None:
    news.export(tmp_path / "out.parquet", form="all", text=False)
    assert "text" not in pq.read_schema(tmp_path / "out.parquet").names


def test_settings_are_kept_with_the_corpus(tmp_path: Path) -> None:
    own = Settings(window_days=3, min_words=50)
    Corpus(tmp_path, own).create()
    assert Corpus(tmp_path).settings == own
    assert Corpus(tmp_path, own).settings == own
    with pytest.raises(UserError, match="was made with other settings; open it without settings, or import into a new"):
        _ = Corpus(tmp_path, Settings()).settings


@pytest.mark.parametrize(
    ("values", "sentence"),
    [({"bands": 30}, r"bands \(30\) must divide permutations \(128\)"), ({"threshold": 0}, "threshold must lie in")],
)
def test_impossible_settings_are_refused(values: dict[str, int], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        Settings(**values)  # type: ignore[arg-type]
    with pytest.raises(UserError, match="unknown setting 'windows'; known are: "):
        Settings.of({"windows": 1})


def test_opening_a_corpus_writes_nothing(tmp_path: Path) -> None:
    opened = Corpus(tmp_path / "new")
    assert repr(opened) == f"Corpus('{tmp_path / 'new'}')"
    assert opened.settings == Settings()
    assert not (tmp_path / "new").exists()


def test_what_cannot_work_leaves_no_corpus_behind(tmp_path: Path) -> None:
    new = Corpus(tmp_path / "new", Settings(window_days=3))
    assert new.import_files(tmp_path / "missing.csv").refused == {"no_file": 1}
    assert new.rebuild(tmp_path / "missing.csv").outcomes == {"no_file": 1}
    for wrong in ({}, {"publishers": tmp_path / "missing.csv"}, {"urls": ["a.example"], "max_pages": 0}):
        with pytest.raises(UserError):
            new.crawl(**wrong)
    assert not (tmp_path / "new").exists()
    (tmp_path / "some.jsonl").write_text('{"text": "Pelabuhan dibuka."}')
    assert new.import_files(tmp_path / "missing.csv", tmp_path / "some.jsonl").added == 1
    assert Corpus(tmp_path / "new").settings.window_days == 3


VERBS = {
    "extract": (), "sign": (), "pair": (), "cluster": (), "run": (), "connection": (), "sql": ("clusters_by_reach",),
    "export": ("out.csv",),
}  # fmt: skip


@pytest.mark.parametrize("verb", VERBS)
def test_without_a_corpus_every_verb_says_so(tmp_path: Path, verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=r"holds no corpus yet; `wirecopy crawl` or `wirecopy import` makes one"):
        getattr(Corpus(tmp_path / "none"), verb)(*VERBS[verb])
    assert list(tmp_path.iterdir()) == []
