"""The named queries on a small hand-made corpus and on an empty one, in the program and in DuckDB's own shell."""

import csv
import gc
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from small_corpus import ARTICLES, CLUSTERS, LONG, OWN, make

from corpus import engine, query
from corpus.errors import UserError
from corpus.stages import sql_folder


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("it's") / "data", full=True)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("empty") / "data", full=False)


@pytest.fixture(scope="module")
def con(full: Path) -> Any:
    con = engine.connect(full)
    query.install_views(con, full)
    return con


def ask(con: Any, name: str, **values: object) -> list[dict[str, Any]]:
    return query.relation(con, query.find(name), values).to_arrow_table().to_pylist()


def by(rows: list[dict[str, Any]], *keys: str) -> dict[Any, dict[str, Any]]:
    return {tuple(row[key] for key in keys) if len(keys) > 1 else row[keys[0]]: row for row in rows}


def test_what_the_program_keeps_for_itself_is_in_no_view(con: Any) -> None:
    for view in ("clusters", "copies"):
        columns = con.table(view).columns
        assert "cluster_id" in columns and "basis" not in columns


# --- the catalogue -----------------------------------------------------------------------------------------------


def test_there_are_many_named_queries_and_each_says_what_a_row_is() -> None:
    assert len(query.names()) >= 18
    for one in query.queries():
        assert one.about.startswith("One row is a"), one.name
        assert one.text.strip().endswith(";") and one.text.count(";\n") == 1, one.name


def test_the_opening_comment_names_exactly_the_variables_that_the_query_takes() -> None:
    for one in query.queries():
        used = set(query.free(one.text).variables)
        assert {v.name for v in one.variables} == {v.name for v in used}, one.name
        assert all(v.about and v.default for v in one.variables), one.name


def test_sql_keywords_are_upper_case() -> None:
    keywords = {"select", "from", "where", "and", "or", "join", "left", "with", "as", "by", "order", "group", "having"}
    for path in sql_folder().glob("*.sql"):
        code = [line.split("--")[0] for line in path.read_text("utf-8").splitlines()]
        words = " ".join(code).replace("(", " ").replace(")", " ").split()
        assert not set(words) & keywords, path.name


def test_a_wrong_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UserError, match="did you mean clusters_by_reach"):
        query.find("cluster_by_reach")
    with pytest.raises(UserError, match="`wirecopy sql` lists them"):
        query.find("../stages/pair")


def test_variables_are_checked(con: Any) -> None:
    assert query.parse_variables(["top=5", "agency=a=b"]) == {"top": "5", "agency": "a=b"}
    for wrong in ("top", "=5", "a b=1", "x;--=1"):
        with pytest.raises(UserError, match="name=value"):
            query.parse_variables([wrong])
    with pytest.raises(UserError, match="unknown variable 'tpo'; kinds takes publisher, agency"):
        ask(con, "kinds", tpo=5)
    for name, values, told in (
        ("who_copies_whom", {"top": "abc"}, "top must be a whole number, not 'abc'"),
        ("who_copies_whom", {"top": "'; DROP"}, "top must be a whole number"),
        ("excerpts_kept", {"kept": "half"}, "kept must be a number, not 'half'"),
        ("daily_volume", {"since": "yesterday"}, "since must be a date or time such as 2026-07-31, not 'yesterday'"),
    ):
        with pytest.raises(UserError, match=told):
            ask(con, name, **values)
    assert ask(con, "who_copies_whom", top=None) == ask(con, "who_copies_whom")


def test_a_variable_does_not_outlive_its_question(con: Any) -> None:
    assert len(ask(con, "clusters_by_reach", top="1")) == 1
    assert len(ask(con, "clusters_by_reach")) == 2


def test_answers_that_are_computed_later_keep_their_own_variables(con: Any) -> None:
    one, two = (query.relation(con, query.find("clusters_by_reach"), values) for values in ({"top": 1}, {"top": "2"}))
    gc.collect()
    assert (len(two.fetchall()), len(one.fetchall())) == (2, 1)


# --- every query, full and empty, here and in the plain shell ----------------------------------------------------


@pytest.mark.parametrize("name", query.names())
def test_every_query_runs_on_an_empty_corpus(empty: Path, name: str) -> None:
    con = engine.connect(empty)
    query.install_views(con, empty)
    assert ask(con, name) == []


@pytest.mark.parametrize("name", query.names())
def test_every_query_answers_on_a_full_corpus_and_in_a_fixed_order(con: Any, name: str) -> None:
    first = ask(con, name)
    assert first
    con.execute("SET threads = 1")
    again = ask(con, name)
    con.execute("SET threads = 2")
    assert again == first


SHELL = shutil.which("duckdb", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")


@pytest.mark.skipif(SHELL is None, reason="DuckDB's shell is not installed (pip install duckdb-cli)")
@pytest.mark.parametrize("where", ["full", "empty"])
@pytest.mark.parametrize("name", query.names())
def test_the_plain_shell_gives_the_same_rows(name: str, where: str, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue(where)
    con = engine.connect(folder)
    query.install_views(con, folder)
    asked = query.relation(con, query.find(name), {})
    text = asked.project(", ".join(f'"{column}"::VARCHAR AS "{column}"' for column in asked.columns))
    here = [asked.columns, *(["NULL" if cell is None else cell for cell in row] for row in text.fetchall())]
    shell = in_shell(folder, name)
    assert shell == here or (where == "empty" and shell == [])


@pytest.mark.skipif(SHELL is None, reason="DuckDB's shell is not installed (pip install duckdb-cli)")
def test_variables_work_in_the_plain_shell(full: Path) -> None:
    rows = in_shell(full, "cluster", "-cmd", "SET VARIABLE id = 'older'")
    assert [row[0] for row in rows[1:]] == ["own1", "own2", "own3"]


def in_shell(folder: Path, name: str, *more: str) -> list[list[str]]:
    sql = sql_folder()
    command = [SHELL, "-csv", "-init", sql / "views.sql", *more, "-f", sql / f"{name}.sql"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=60)  # type: ignore[arg-type]
    assert "Error" not in done.stderr, done.stderr
    return list(csv.reader(io.StringIO(done.stdout)))


# --- the views ---------------------------------------------------------------------------------------------------


def test_articles_counts_revisions_and_marks_the_latest(con: Any) -> None:
    rows = by(con.sql("FROM articles").to_arrow_table().to_pylist(), "id")
    assert (rows["r1"]["revision"], rows["r1"]["latest"]) == (1, False)
    assert (rows["r2"]["revision"], rows["r2"]["latest"]) == (2, True)
    assert (rows["x1"]["revision"], rows["x1"]["latest"]) == (None, False)
    assert (rows["bare"]["revision"], rows["bare"]["latest"]) == (1, True)
    assert len(rows) == len(ARTICLES)


def test_countries_come_from_the_host(con: Any) -> None:
    rows = by(con.sql("FROM publishers").to_arrow_table().to_pylist(), "publisher")
    found = {name: row["country"] for name, row in rows.items()}
    assert found == {
        "Associated Press": None, "Daily": "GB", "Zeitung": "DE", "Blog": "ID", "Mail": None, "新聞": "JP", None: None,
    }  # fmt: skip


def test_copies_stand_beside_their_original(con: Any) -> None:
    rows = by(con.sql("FROM copies").to_arrow_table().to_pylist(), "id")
    assert set(rows) == {row["id"] for row in CLUSTERS if row["size"] >= 2}
    assert {id: row["cluster_agency"] for id, row in rows.items() if row["cluster_id"] == "c1"} == dict.fromkeys(
        ["ap1", "uk1", "de1", "id1", "no1"], "AP"
    )
    assert [rows[id]["credited"] for id in ("ap1", "uk1", "de1", "id1", "own1")] == [True, True, False, False, None]
    assert [rows[id]["delay_hours"] for id in ("ap1", "uk1", "de1", "id1", "no1")] == [0, 1, 2, 5, None]
    assert [rows[id]["kept"] for id in ("uk1", "de1", "id1", "no1")] == [1, 0.9, None, 0.4]
    assert [rows[id]["borrowed"] for id in ("uk1", "de1", "id1", "no1")] == [1, 0.85, None, 1.0]
    assert rows["no1"]["original_url"] == rows["ap1"]["url"]


def test_days_and_times_are_utc_wherever_the_program_runs(
    full: Path, con: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    elsewhere = engine.connect(full)
    query.install_views(elsewhere, full)
    assert ask(elsewhere, "daily_volume") == ask(con, "daily_volume")
    zone = query.relation(elsewhere, query.free("SELECT current_setting('TimeZone')"), {})
    assert zone.fetchall() == [("UTC",)]


# --- what the queries say ----------------------------------------------------------------------------------------


def test_clusters_by_reach(con: Any) -> None:
    first, second = ask(con, "clusters_by_reach")
    assert (first["cluster_id"], first["publishers"], first["articles"], first["languages"]) == ("c1", 5, 5, 2)
    assert (first["agency"], first["uncredited"], first["hours"], first["countries"]) == ("AP", 3, 5.0, 3)
    assert (second["cluster_id"], second["publishers"], second["agency"]) == ("c2", 2, None)
    assert [row["cluster_id"] for row in ask(con, "clusters_by_reach", agency="AP")] == ["c1"]
    assert [row["cluster_id"] for row in ask(con, "clusters_by_reach", since="2026-03-01")] == ["c1"]


def test_cluster_by_its_id_an_article_or_a_url(con: Any) -> None:
    assert [row["id"] for row in ask(con, "cluster")] == ["ap1", "uk1", "de1", "id1", "no1"]
    for key in ("c2", "old2", "older", "own2", "https://www.mail.example/own3"):
        assert [row["id"] for row in ask(con, "cluster", id=key)] == ["own1", "own2", "own3"]
    assert ask(con, "cluster", id="nothing") == []


def test_who_copies_whom_leaves_out_a_publishers_own_copies(con: Any) -> None:
    rows = by(ask(con, "who_copies_whom"), "original_publisher", "copying_publisher")
    assert rows.keys() == {
        ("Associated Press", "Daily"), ("Associated Press", "Zeitung"), ("Associated Press", "Blog"),
        ("Associated Press", "Mail"), ("Daily", "Mail"),
    }  # fmt: skip
    assert rows["Associated Press", "Blog"]["translated"] == 1
    assert rows["Daily", "Mail"]["median_delay_hours"] == 10
    assert len(ask(con, "who_copies_whom", publisher="Daily")) == 2


def test_delay_counts_untimed_copies_apart(con: Any) -> None:
    rows = by(ask(con, "delay_by_publisher"), "publisher")
    assert (rows["Mail"]["timed_copies"], rows["Mail"]["untimed_copies"], rows["Mail"]["median_hours"]) == (1, 1, 10)
    assert by(ask(con, "delay_by_publisher", agency="AP"), "publisher").keys() == {"Daily", "Zeitung", "Blog"}


def test_agency_share(con: Any) -> None:
    rows = by(ask(con, "agency_share_by_publisher"), "publisher")
    daily, mail = rows["Daily"], rows["Mail"]
    assert (daily["articles"], daily["agency_articles"], daily["agency_share"], daily["agencies"]) == (4, 2, 0.5, 2)
    assert (mail["articles"], mail["agency_articles"], mail["uncredited"]) == (3, 1, 1)
    reuters = by(ask(con, "agency_share_by_publisher", agency="Reuters"), "publisher")
    assert (reuters["Daily"]["agency_articles"], reuters["Mail"]["agency_articles"]) == (1, 0)


def test_uncredited_and_miscredited_copies(con: Any) -> None:
    assert [row["id"] for row in ask(con, "uncredited_copies")] == ["no1", "id1"]
    assert [(row["id"], row["credits"], row["text_of"]) for row in ask(con, "miscredited_copies")] == [
        ("de1", "AFP", "AP")
    ]
    (rate,) = ask(con, "credit_rate")
    assert (rate["agency"], rate["copies"], rate["credited"], rate["uncredited"], rate["crediting_another"]) == (
        "AP", 4, 1, 2, 1,
    )  # fmt: skip
    assert rate["credit_rate"] == 0.25


def test_languages_and_translations(con: Any) -> None:
    rows = by(ask(con, "languages"), "language")
    assert (rows["id"]["copies"], rows["id"]["from_other_languages"], rows["en"]["from_other_languages"]) == (1, 1, 0)
    assert sum(row["articles"] for row in rows.values()) == 12
    (pair,) = ask(con, "translations_by_language_pair")
    assert (pair["original_language"], pair["copy_language"], pair["median_length_ratio"]) == ("en", "id", 0.8)


def test_excerpts_and_altered_copies(con: Any) -> None:
    (excerpt,) = ask(con, "excerpts_kept")
    assert (excerpt["id"], excerpt["kept"], excerpt["added"]) == ("no1", 0.4, 0)
    altered = ask(con, "altered_copies")
    assert [row["id"] for row in altered] == ["no1", "de1", "id1"]
    assert (altered[1]["cut"], altered[1]["added"], altered[1]["title_changed"]) == (0.1, 0.15, True)
    assert [row["id"] for row in ask(con, "altered_copies", kind="near")] == ["de1"]


def test_outcomes_add_up(con: Any) -> None:
    rows = ask(con, "outcomes")
    for step in ("page", "article"):
        assert sum(row["number"] for row in rows if row["step"] == step) == len(ARTICLES)
    error = by(rows, "step", "outcome")["article", "http_error"]
    assert (error["number"], error["commonest_reason"], error["example"]) == (
        1, "status 404", "https://www.mail.example/x1",
    )  # fmt: skip


def test_lone_agency_articles(con: Any) -> None:
    assert [row["id"] for row in ask(con, "lone_agency_articles")] == ["lone"]
    assert ask(con, "lone_agency_articles", agency="AP") == []


def test_daily_volume_keeps_the_articles_of_unknown_time(con: Any) -> None:
    rows = ask(con, "daily_volume")
    assert [str(row["day"]) for row in rows] == ["2026-02-28", "2026-03-01", "None"]
    assert [row["articles"] for row in rows] == [3, 7, 2]
    assert [row["articles"] for row in ask(con, "daily_volume", since="2026-03-01")] == [7]
    assert [row["articles"] for row in ask(con, "daily_volume", until="2026-03-01")] == [3]


def test_revisions_say_what_changed(con: Any) -> None:
    (row,) = ask(con, "revisions")
    assert (row["previous"], row["id"], row["revision"], row["hours_after"]) == ("r1", "r2", 2, 24)
    assert (row["words_more"], row["passages_added"], row["passages_removed"]) == (1, 2, 1)
    assert (row["title_before"], row["title"], row["text_changed"]) == ("Ferry sinks", "Ferry: live", True)


def test_top_passages_counts_publishers_not_repetitions(con: Any) -> None:
    first, second = ask(con, "top_passages")
    assert (first["passage"], first["publishers"], first["articles"]) == (LONG, 4, 4)
    assert first["first_publisher"] == "Associated Press"
    assert (second["passage"], second["publishers"], second["articles"]) == (OWN, 2, 3)
    assert [row["passage"] for row in ask(con, "top_passages", least="3")] == [LONG]


def test_country_to_country(con: Any) -> None:
    rows = by(ask(con, "country_to_country"), "original_country", "copying_country")
    assert {key: row["copies"] for key, row in rows.items()} == {
        ("unknown", "GB"): 1, ("unknown", "DE"): 1, ("unknown", "ID"): 1, ("unknown", "unknown"): 1,
        ("GB", "unknown"): 1,
    }  # fmt: skip
    assert rows["unknown", "ID"]["into_another_language"] == 1


def test_who_was_first_and_how_fast_the_others_were(con: Any) -> None:
    rows = by(ask(con, "first_by_publisher"), "publisher")
    assert {name: row["times_first"] for name, row in rows.items()} == {
        "Associated Press": 1, "Daily": 1, "Zeitung": 0, "Blog": 0, "Mail": 0,
    }  # fmt: skip
    assert rows["Mail"]["median_hours_behind"] == 10
    speed = by(ask(con, "speed"), "n")
    assert {n: (row["clusters"], row["median_hours"]) for n, row in speed.items()} == {
        2: (2, 5.5), 3: (1, 2), 4: (1, 5),
    }  # fmt: skip


def test_kinds_share_and_credit(con: Any) -> None:
    rows = by(ask(con, "kinds"), "kind")
    assert {kind: row["copies"] for kind, row in rows.items()} == {"exact": 3, "near": 1, "excerpt": 1, "translated": 1}
    assert rows["exact"]["share"] == 0.5
    assert rows["exact"]["credited_share"] == 1
    assert by(ask(con, "kinds", publisher="Blog"), "kind").keys() == {"translated"}


def test_publishers_and_their_own_work(con: Any) -> None:
    rows = by(ask(con, "biggest_outlets"), "publisher")
    daily = rows["Daily"]
    assert (daily["articles"], daily["copies"], daily["copied_by_others"], daily["original_share"]) == (4, 2, 1, 0.25)
    (repeated,) = ask(con, "repeated_on_own_site")
    assert (repeated["publisher"], repeated["urls"], repeated["different_texts"]) == ("Daily", 2, 1)


def test_headlines_and_bylines(con: Any) -> None:
    (titles,) = ask(con, "headlines")
    assert titles["first_titles"] == ["Ferry lost", "Ferry sinks"]
    (byline,) = ask(con, "borrowed_bylines")
    assert (byline["id"], byline["authors"], byline["original_authors"]) == ("no1", ["B. Staffer"], ["A. Reporter"])


def test_times_of_publication(con: Any) -> None:
    (row,) = ask(con, "times_of_publication")
    assert (row["taken_from"], row["articles"], row["without_time_of_day"]) == ("nothing", 12, 0)
