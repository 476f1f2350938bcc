"""Attacks on a corpus by SQL: nothing may be read outside it, written anywhere, loaded, or spent beyond the limits."""

import hashlib
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_corpus import make

from corpus import engine, query, sandbox
from corpus.errors import UserError

QUICK = sandbox.Limits(seconds=20, memory=256)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make(tmp_path_factory.mktemp("it's") / "data", full=True)
    (folder / "crawl.sqlite").write_text("a cookie")
    (folder.parent / "private.csv").write_text("name,word\nme,sesame\n")
    return folder


def ask(folder: Path, text: str, limits: sandbox.Limits = QUICK, **values: object) -> list[dict[str, object]]:
    with sandbox.ask(folder, query.free(text), values, limits) as rows:
        return list(rows.read_all().to_pylist())


def digest(folder: Path) -> dict[str, str]:
    """Every file below the folder's parent with the digest of its content."""
    files = (path for path in sorted(folder.parent.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder.parent)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


READS = [
    "SELECT * FROM read_csv('{parent}/private.csv')",
    "SELECT * FROM read_csv_auto('/etc/passwd', sep = ':')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/passwd')",
    "SELECT * FROM '{parent}/private.csv'",
    'SELECT * FROM "{parent}/private.csv"',
    "FROM '/etc/passwd'",
    "SELECT * FROM read_text('{folder}/crawl.sqlite')",
    "SELECT * FROM read_text('{folder}/articles/../crawl.sqlite')",
    "SELECT * FROM read_text('{folder}/articles/../../private.csv')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM glob('{folder}/**')",
    "SELECT (SELECT count(*) FROM glob('/*'))",
    "SELECT * FROM articles WHERE EXISTS (FROM read_text('/etc/passwd'))",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM read_json('/etc/hosts')",
    "SELECT * FROM read_parquet('https://example.org/x.parquet')",
    "SELECT * FROM 'https://example.org/x.csv'",
    "SELECT * FROM 's3://bucket/x.parquet'",
    "SELECT * FROM query('FROM read_text(''/etc/passwd'')')",
    "SELECT * FROM query_table('{parent}/private.csv')",
    "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('FROM read_text(''/etc/passwd'')'))",
    "DESCRIBE FROM read_csv('{parent}/private.csv')",
    "SUMMARIZE FROM '{parent}/private.csv'",
    "EXPLAIN ANALYZE SELECT * FROM read_text('/etc/passwd')",
    "WITH RECURSIVE r AS (SELECT 1 UNION ALL FROM read_text('/etc/passwd')) FROM r",
    "SELECT getenv('HOME')",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM duckdb_logs()",
    "SELECT * FROM pandas_scan('x')",
    "SELECT * FROM arrow_scan(1, 2, 3)",
    "SELECT * FROM sandbox",
]
WRITES = [
    "COPY articles TO '{parent}/stolen.csv'",
    "COPY (SELECT 1) TO '{folder}/articles/part-9.parquet'",
    "COPY (SELECT 1 AS id) TO '{folder}/articles/part-zero.parquet'",
    "COPY articles FROM '{parent}/private.csv'",
    "WITH q AS (COPY (SELECT 1 AS id) TO '{folder}/articles/part-zero.parquet') SELECT * FROM q",
    "WITH q AS (SELECT 1), r AS (COPY (FROM q) TO '{folder}/articles/part-8.parquet') FROM r",
    "SELECT * FROM (WITH q AS (COPY (SELECT 1) TO '{folder}/articles/part-7.parquet') SELECT 1)",
    "EXPLAIN ANALYZE COPY (SELECT 1) TO '{folder}/articles/part-6.parquet'",
    "EXPLAIN ANALYZE WITH q AS (COPY (SELECT 1) TO '{folder}/articles/part-6.parquet') FROM q",
    "EXPLAIN EXPLAIN ANALYZE COPY (SELECT 1) TO '{folder}/articles/part-6.parquet'",
    "ATTACH '{folder}/articles/x.db' AS x",
    "ATTACH '{folder}/crawl.sqlite' (TYPE sqlite)",
    "EXPORT DATABASE '{folder}/articles/all'",
    "IMPORT DATABASE '{parent}'",
    "CREATE TABLE t AS SELECT 1",
    "CREATE OR REPLACE VIEW articles AS SELECT 1",
    "CREATE MACRO f() AS TABLE FROM read_text('/etc/passwd')",
    "WITH q AS (INSERT INTO t VALUES (1) RETURNING *) FROM q",
    "WITH q AS (DELETE FROM t RETURNING *) FROM q",
    "DROP VIEW articles",
    "UPDATE articles SET text = ''",
    "VACUUM",
    "CHECKPOINT",
    "SELECT * FROM checkpoint()",
    "CREATE SECRET (TYPE s3)",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '{parent}/evil.duckdb_extension'",
    "SET memory_limit = '100GB'",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "RESET lock_configuration",
    "PRAGMA enable_profiling",
    "PRAGMA profiling_output = '{parent}/profile'",
    "CALL enable_logging(storage = 'file', storage_config = {{'path': '{parent}/log'}})",
    "FROM enable_logging(storage := 'file', storage_config := {{'path': '{folder}/articles/log'}})",
    "BEGIN",
    "PREPARE p AS SELECT 1",
    "SELECT 1; COPY (SELECT 1) TO '{folder}/articles/part-5.parquet'",
    "/* SELECT */ COPY (SELECT 1) TO '{folder}/articles/part-4.parquet' -- SELECT",
]


@pytest.mark.parametrize("attack", READS + WRITES)
def test_the_statement_is_refused_and_nothing_changes(corpus: Path, attack: str) -> None:
    before = digest(corpus)
    con = engine.connect(corpus)
    query.install_views(con, corpus)
    sandbox.lock(con, corpus)
    text = attack.format(folder=str(corpus).replace("'", "''"), parent=str(corpus.parent).replace("'", "''"))
    with pytest.raises((UserError, engine.duckdb.Error)) as refused:  # type: ignore[attr-defined]
        sandbox.check(con, text)
        con.sql(text).fetchall()
    assert "sesame" not in str(refused.value) and "cookie" not in str(refused.value)
    assert digest(corpus) == before


@pytest.mark.parametrize("attack", [READS[0], READS[7], WRITES[2], WRITES[4], WRITES[-2], "SELECT * FROM sandbox"])
def test_the_process_refuses_with_one_sentence(corpus: Path, attack: str) -> None:
    before = digest(corpus)
    text = attack.format(folder=str(corpus).replace("'", "''"), parent=str(corpus.parent).replace("'", "''"))
    with pytest.raises(UserError) as refused:
        ask(corpus, text)
    assert "\n" not in str(refused.value)
    assert digest(corpus) == before


def test_duckdb_alone_keeps_to_the_table_folders_should_the_syntax_check_ever_fail(corpus: Path) -> None:
    con = engine.connect(corpus)
    query.install_views(con, corpus)
    sandbox.lock(con, corpus)
    assert con.sql("SELECT count(*) FROM articles").fetchall() == [(15,)]
    for attack in READS[:4] + READS[7:12] + WRITES[:1] + WRITES[25:35]:
        text = attack.format(folder=str(corpus).replace("'", "''"), parent=str(corpus.parent).replace("'", "''"))
        with pytest.raises(engine.duckdb.Error):  # type: ignore[attr-defined]
            con.execute(text).fetchall()


def test_the_process_may_write_no_file_even_where_all_else_fails(
    corpus: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code = (
        "from corpus import sandbox; sandbox._limit({'memory': 256, 'seconds': 5, 'threads': 1});"
        f"open({str(tmp_path / 'note')!r}, 'wb', 0).write(b'x')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "File too large" in done.stderr
    assert (tmp_path / "note").read_text() == ""


def test_the_process_gets_none_of_the_environment_and_no_module_of_the_working_folder(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "sesame")
    (tmp_path / "json.py").write_text("raise SystemExit('hijacked')")
    monkeypatch.chdir(tmp_path)
    assert ask(corpus, "SELECT 1 AS one") == [{"one": 1}]
    with sandbox._child() as process:
        found = Path(f"/proc/{process.pid}/environ")
        told = found.read_bytes() if found.exists() else b""
        process.kill()
    assert b"sesame" not in told


@pytest.mark.parametrize(
    "text",
    [
        "SELECT count(*) FROM range(10000000000) a, range(1000) b",
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r",
        "SELECT sleep_ms(100000)",
        "FROM range(10000000000)",
    ],
)
def test_a_query_without_end_is_ended(corpus: Path, text: str) -> None:
    began = time.monotonic()
    with pytest.raises(UserError, match=r"1\.5 seconds"):
        ask(corpus, text, sandbox.Limits(seconds=1.5, memory=256))
    assert time.monotonic() - began < 200  # on a busy machine the process that is ended takes long to go


@pytest.mark.parametrize(
    "text",
    [
        "SELECT repeat('x', 3000000000)",
        "SELECT len(list_transform(range(1000000000), lambda x: x * 2))",
        "SELECT string_agg(repeat('x', 1000), '') FROM range(10000000)",
        "SELECT list(a) FROM range(1000000000) t(a)",
        "SELECT count(*) FROM (SELECT DISTINCT repeat(a::VARCHAR, 500) FROM range(100000000) t(a))",
    ],
)
def test_a_query_that_wants_too_much_memory_is_ended(corpus: Path, text: str) -> None:
    with pytest.raises(UserError, match="memory"):
        ask(corpus, text)


@pytest.mark.parametrize(
    "text", ["SELECT " + "(" * 5000 + "1" + ")" * 5000, "SELECT " + "+".join(["1"] * 20_000), "\0", ""]
)
def test_odd_texts_end_in_a_sentence(corpus: Path, text: str) -> None:
    with pytest.raises(UserError):
        ask(corpus, text)


def test_time_that_the_reader_takes_does_not_count(corpus: Path) -> None:
    with sandbox.ask(corpus, query.free("FROM range(200000)"), None, sandbox.Limits(seconds=4, memory=256)) as rows:
        count = len(rows.read_next_batch())
        time.sleep(4)
        count += sum(len(batch) for batch in rows)
    assert count == 200_000


def test_leaving_early_ends_the_process(corpus: Path) -> None:
    with sandbox.ask(corpus, query.free("FROM range(10000000000)"), None, QUICK) as rows:
        first = rows.read_next_batch()
    assert len(first) > 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("SELECT * FROM artcles", 'did you mean "articles"'),
        ("SELECT titel FROM articles", '"title"'),
        ("SELEC 1", "syntax error at or near"),
        ("SELECT 'x'::INTEGER", "Could not convert"),
        ("SELECT error('my words')", "my words"),
        ("SELECT $x", "getvariable"),
    ],
)
def test_mistakes_are_told_in_one_sentence(corpus: Path, text: str, told: str) -> None:
    with pytest.raises(UserError) as error:
        ask(corpus, text)
    assert told in str(error.value) and "\n" not in str(error.value)


def test_what_a_researcher_asks_is_answered(corpus: Path) -> None:
    con = engine.connect(corpus)
    query.install_views(con, corpus)
    sandbox.lock(con, corpus)
    assert ask(corpus, "FROM articles SELECT count(*) AS n") == [{"n": 15}]
    assert ask(corpus, "SELECT getvariable('who') AS who;", who="x'; DROP TABLE y --") == [
        {"who": "x'; DROP TABLE y --"}
    ]
    for text in (
        "DESCRIBE copies", "SHOW TABLES", "SUMMARIZE articles", "EXPLAIN SELECT 1", "VALUES (1)", "TABLE pairs",
        "EXPLAIN ANALYZE FROM copies", "-- words\nWITH a AS MATERIALIZED (FROM copies) FROM a", "SELECT unnest([1, 2])",
        "SELECT * FROM information_schema.tables", "FROM duckdb_columns()", "FROM (SHOW TABLES)",
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) FROM r",
    ):  # fmt: skip
        sandbox.check(con, text)
        assert con.sql(text).fetchall(), text


def test_named_queries_run_in_the_sandbox(corpus: Path) -> None:
    with sandbox.ask(corpus, query.find("clusters_by_reach"), {"top": "1"}) as rows:
        assert [row["cluster_id"] for row in rows.read_all().to_pylist()] == ["c1"]
    with (
        pytest.raises(UserError, match="unknown variable 'tpo'"),
        sandbox.ask(corpus, query.find("clusters_by_reach"), {"tpo": "1"}),
    ):
        pass


def test_a_link_inside_the_corpus_leads_nowhere(corpus: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(corpus, folder)
    (folder / "articles" / "part-evil.parquet").symlink_to(corpus.parent / "private.csv")
    with pytest.raises(UserError, match="symbolic link"):
        ask(folder, "SELECT 1")


def test_a_broken_part_is_told_in_one_sentence(corpus: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(corpus, folder)
    (folder / "articles" / "part-x.parquet").write_bytes(b"PAR1 no parquet PAR1")
    with pytest.raises(UserError, match=r"part-x\.parquet") as error:
        ask(folder, "SELECT count(text) FROM articles")
    assert "\n" not in str(error.value)


def test_no_corpus_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no corpus yet"):
        ask(tmp_path, "SELECT 1")
