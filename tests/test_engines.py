"""The engine under stress: hostile rows, sudden ends, two at once, a full disk. Nothing lost, nothing doubled."""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from corpus import engine, stages, tables
from corpus.api import Corpus
from corpus.errors import UserError
from corpus.settings import Settings
from corpus.stages import Stage
from tests import odd_batches
from tests.made_news import Row, halves, once, partition, rows_of, scored, told, web_rows, write_jsonl

ROOT = Path(__file__).parents[1]
WIRECOPY = Path(sys.executable).parent / "wirecopy"
ODD = Stage("extract", "articles", odd_batches.odd_batch, 8, 0, True, odd_batches.failed_batch)


def pages(folder: Path, texts: list[str]) -> Path:
    tables.create(folder)
    rows = [{"id": f"p{n:04}", "text": text, "outcome": "ok"} for n, text in enumerate(texts)]
    tables.append(folder, "pages", tables.rows_of("pages", rows))
    return folder


@pytest.fixture
def short_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "SECONDS", 3.0)
    monkeypatch.setattr(engine, "WORKER_BYTES", 700_000_000)


ODD_ROWS = {
    9: ("kill", "crashed the parser"),
    11: ("exit", "crashed the parser"),
    12: ("segfault", "crashed the parser"),
    18: ("sleep", "took longer than 3 seconds"),
    20: ("spin", "took longer than 3 seconds"),
    32: ("raise", "broke the parser (KeyError)"),
    39: ("memory", "needed too much memory"),
}


@pytest.mark.usefixtures("short_limits")
def test_rows_that_crash_hang_or_eat_memory_cost_themselves_alone(tmp_path: Path) -> None:
    texts = [ODD_ROWS[n][0] if n in ODD_ROWS else "fine" for n in range(48)]
    assert engine.run_stage(pages(tmp_path, texts), ODD, Settings()) == 48
    found = {int(row["id"][1:]): row for row in rows_of(tmp_path, "articles")}
    assert len(rows_of(tmp_path, "articles")) == len(found) == 48
    assert {n: row["reason"] for n, row in found.items() if row["outcome"] == "failed"} == {
        n: reason for n, (_, reason) in ODD_ROWS.items()
    }
    assert Counter(row["outcome"] for row in found.values()) == {"ok": 48 - len(ODD_ROWS), "failed": len(ODD_ROWS)}
    assert engine.run_stage(tmp_path, ODD, Settings()) == 0


def test_a_stage_of_our_own_code_has_no_time_limit_and_says_when_its_worker_was_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SECONDS", 0.001)
    own = Stage("extract", "articles", odd_batches.odd_batch, 8, 0)
    assert engine.run_stage(pages(tmp_path / "fine", ["fine"] * 50), own, Settings()) == 50
    with pytest.raises(UserError, match="the system ended a worker of the stage extract, most likely for want of"):
        engine.run_stage(pages(tmp_path / "ended", ["fine"] * 50 + ["kill"]), own, Settings())
    with pytest.raises(KeyError):
        engine.run_stage(pages(tmp_path / "bug", ["fine"] * 50 + ["raise"]), own, Settings())


def test_no_pool_is_started_for_little_work_of_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "ProcessPool", lambda **_: pytest.fail("a pool was started"))
    own = Stage("extract", "articles", odd_batches.odd_batch, 8, 3)
    assert engine.run_stage(pages(tmp_path, ["fine"] * 24), own, Settings()) == 24


def test_rows_are_written_while_the_stage_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "FLUSH_ROWS", 20)
    told: list[tuple[str, int]] = []
    own = Stage("extract", "articles", odd_batches.odd_batch, 8, 99)
    engine.run_stage(pages(tmp_path, ["fine"] * 100), own, Settings(), lambda stage, rows: told.append((stage, rows)))
    assert len(tables.parts(tmp_path, "articles")) == 1 + 5
    assert [rows for _, rows in told] == sorted(rows for _, rows in told)
    assert told[-1] == ("extract", 100)


SCRIPT = """
from corpus import Corpus

print("here")
corpus = Corpus("data")
corpus.import_files("web.jsonl")
print(corpus.run()["extract"], __file__.endswith("script.py"))
"""


def test_a_script_without_any_guard_runs_once(tmp_path: Path, rows: list[Row]) -> None:
    """Workers that are spawned run their parent's script again unless they are kept from it."""
    write_jsonl(tmp_path / "web.jsonl", rows)
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    command = [sys.executable, "script.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=200)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", f"here\n{len(rows)} True\n")


def test_a_corpus_in_a_folder_with_an_odd_name_can_be_read(tmp_path: Path) -> None:
    folder = tmp_path / 'it\'s "100 %" [ö] {新聞}'
    pages(folder, ["fine"])
    with engine.connect(folder) as con:
        assert con.execute("SELECT count(*) FROM pages").fetchall() == [(1,)]


# Sudden ends


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return [told(row) for row in web_rows()[:60]]


@pytest.fixture(scope="module")
def whole(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The undisturbed result."""
    folder = tmp_path_factory.mktemp("whole")
    imported(folder / "corpus", rows).run()
    return folder / "corpus"


def imported(folder: Path, rows: list[Row]) -> Corpus:
    folder.parent.mkdir(exist_ok=True, parents=True)
    corpus = Corpus(folder)
    corpus.import_files(write_jsonl(folder.with_suffix(".jsonl"), rows))
    return corpus


def same(folder: Path, whole: Path) -> None:
    """Fail unless the corpus has the undisturbed result, once."""
    once(folder)
    for name in ("pages", "articles", "signatures", "clusters"):
        assert sorted(row["id" if "id" in row else "text_id"] for row in rows_of(folder, name)) == sorted(
            row["id" if "id" in row else "text_id"] for row in rows_of(whole, name)
        )
    left, right = scored(folder), scored(whole)
    assert left.keys() == right.keys()
    assert {pair: round(row["score"], 9) for pair, row in left.items()} == {
        pair: round(row["score"], 9) for pair, row in right.items()
    }
    assert partition(folder) == partition(whole)


KILLED = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from corpus import engine, stages, tables

folder, table, number, moment = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
engine.FLUSH_ROWS = 20
stages.EXTRACT = replace(stages.EXTRACT, rows=10)
stages.SIGN = replace(stages.SIGN, rows=20, small=1000)
stages.ANCHOR = replace(stages.ANCHOR, rows=20, small=1000)
stages.PAIR = replace(stages.PAIR, rows=100, small=1000)
write, seen = tables._write, [0]

def die():
    sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGKILL)

def doomed(path, rows):
    seen[0] += path.parent.name == table
    if path.parent.name != table or seen[0] != number or moment == "forgotten":
        return write(path, rows)
    if moment == "before":
        die()
    if moment == "midway":  # a torn temporary file, as it would be found after a power cut
        path.with_name(f".{path.name}.1.tmp").write_bytes(b"PAR1 half a part")
        die()
    write(path, rows)
    die()

def forgotten(part, rows):
    rewrite(part, rows)
    if part.parent.name == table and moment == "forgotten":
        die()

rewrite, tables._write, tables.rewrite = tables.rewrite, doomed, forgotten
from corpus.api import Corpus
Corpus(Path(folder)).run()
"""


def run_until(folder: Path, table: str, number: int, moment: str) -> int:
    """Run a corpus in a process that kills itself at a write of a table; return its exit status."""
    command = [sys.executable, "-c", KILLED, str(folder), table, str(number), moment]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=200).returncode


MOMENTS = [
    ("articles", 2, "midway"),
    ("signatures", 2, "after"),
    ("rarity", 1, "before"),
    ("anchors", 1, "after"),
    ("pairs", 2, "after"),
    ("paired", 1, "before"),
    ("clusters", 1, "midway"),
]


def test_sigkill_in_the_middle_of_each_stage_loses_and_doubles_nothing(
    tmp_path: Path, rows: list[Row], whole: Path
) -> None:
    folder = tmp_path / "corpus"
    imported(folder, rows)
    for table, number, moment in MOMENTS:
        assert run_until(folder, table, number, moment) == -signal.SIGKILL, (table, number, moment)
        once(folder)
    Corpus(folder).run()
    same(folder, whole)


FORGETTING = [("paired", "forgotten"), ("pairs", "forgotten"), ("anchors", "forgotten"), ("rarity", "after")]


def test_sigkill_while_a_grown_corpus_is_learned_again_loses_and_doubles_nothing(
    tmp_path: Path, rows: list[Row], whole: Path
) -> None:
    """Learning again replaces tables of several parts, one part after the other."""
    folder = tmp_path / "corpus"
    first, second = halves(rows, 1)
    assert run_until_done(imported(folder, first).folder)
    assert len(tables.parts(folder, "pairs")) > 2
    imported(folder, second)
    for table, moment in FORGETTING:
        assert run_until(folder, table, 1, moment) == -signal.SIGKILL, (table, moment)
        tables.demand(folder)
        once(folder)
    Corpus(folder).run()
    same(folder, whole)


def run_until_done(folder: Path) -> bool:
    return run_until(folder, "none", 1, "after") == 0


def test_temporary_files_are_not_read_as_parts(tmp_path: Path, rows: list[Row], whole: Path) -> None:
    folder = tmp_path / "corpus"
    shutil.copytree(whole, folder)
    for name in tables.SCHEMAS:
        (folder / name / ".part-1.parquet.77.abcdef01.tmp").write_bytes(b"PAR1 half a part")
    done = Corpus(folder).run()
    assert (done["extract"], done["sign"], done["pair"]) == (0, 0, 0)
    same(folder, whole)


def start(*arguments: object) -> "subprocess.Popen[str]":
    command = [str(WIRECOPY), *map(str, arguments)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True
    )


def wait_for(what: Callable[[], object], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.02)
    return False


def in_session(leader: int) -> list[int]:
    """List the live processes of a session (zombies do not count)."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, session = path.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(session) == leader and state != "Z":
            found.append(int(path.parent.name))
    return found


@pytest.fixture
def ended() -> Iterator[list["subprocess.Popen[str]"]]:
    """Processes to end in any case."""
    held: list[subprocess.Popen[str]] = []
    yield held
    for process in held:
        for pid in [*in_session(process.pid), process.pid]:
            if process.returncode is None or pid != process.pid:
                os.kill(pid, signal.SIGKILL)
        process.wait()


def kill_in(folder: Path, stage: str, seconds: float, ended: list["subprocess.Popen[str]"]) -> None:
    """Run the corpus and kill it so many seconds after the stage has begun."""
    running = start("run", "--corpus", folder)
    ended.append(running)
    wait_for(lambda: (folder / f".stage-{stage}.lock").exists() or running.poll() is not None)
    time.sleep(seconds)
    running.kill()
    running.wait()
    assert wait_for(lambda: not in_session(running.pid)), "workers live on without their parent"


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["extract", "sign", "anchor", "pair", "cluster"])
def test_sigkill_from_outside_at_any_moment(
    tmp_path: Path, rows: list[Row], whole: Path, ended: list["subprocess.Popen[str]"], stage: str
) -> None:
    folder = tmp_path / "corpus"
    imported(folder, rows)
    for seed in range(2):
        kill_in(folder, stage, random.Random(f"{stage} {seed}").uniform(0, 1.5), ended)
        once(folder)
    last = start("run", "--corpus", folder)
    ended.append(last)
    out, errors = last.communicate(timeout=200)
    assert (last.returncode, errors) == (0, ""), out
    same(folder, whole)


def test_workers_end_with_their_killed_parent(
    tmp_path: Path, rows: list[Row], ended: list["subprocess.Popen[str]"]
) -> None:
    folder = tmp_path / "corpus"
    imported(folder, rows)
    running = start("extract", "--corpus", folder)
    ended.append(running)
    assert wait_for(lambda: len(in_session(running.pid)) > 2 or running.poll() is not None)
    running.kill()
    running.wait()
    assert wait_for(lambda: not in_session(running.pid)), "workers live on without their parent"


def test_an_interrupted_run_says_so_and_goes_on_later(
    tmp_path: Path, rows: list[Row], whole: Path, ended: list["subprocess.Popen[str]"]
) -> None:
    folder = tmp_path / "corpus"
    imported(folder, rows)
    running = start("run", "--corpus", folder)
    ended.append(running)
    assert wait_for((folder / ".stage-extract.lock").exists)
    os.killpg(running.pid, signal.SIGINT)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 130
    assert errors == "wirecopy: interrupted; what was done is kept, the same command goes on from here\n"
    assert wait_for(lambda: not in_session(running.pid))
    Corpus(folder).run()
    same(folder, whole)


def test_two_runs_at_once_double_nothing(
    tmp_path: Path, rows: list[Row], whole: Path, ended: list["subprocess.Popen[str]"]
) -> None:
    folder = tmp_path / "corpus"
    imported(folder, rows)
    both = [start("run", "--corpus", folder) for _ in range(2)]
    ended += both
    told = [one.communicate(timeout=250) for one in both]
    assert [(one.returncode, errors) for one, (_, errors) in zip(both, told, strict=True)] == [(0, ""), (0, "")]
    assert Counter("extract: 0 articles" in out for out, _ in told) == {True: 1, False: 1}
    same(folder, whole)


def test_two_imports_and_runs_at_once_double_nothing(
    tmp_path: Path, rows: list[Row], whole: Path, ended: list["subprocess.Popen[str]"]
) -> None:
    """Both begin with an empty folder and bring in halves that overlap."""
    folder = tmp_path / "corpus"
    first, second = halves(rows, 2)
    files = [write_jsonl(tmp_path / "first.jsonl", [*first, *second[:9]]), write_jsonl(tmp_path / "rest.jsonl", second)]
    for verbs in ([["import", file] for file in files], [["run"], ["run"]]):
        both = [start(*verb, "--corpus", folder) for verb in verbs]
        ended += both
        for one in both:
            _, errors = one.communicate(timeout=250)
            assert (one.returncode, errors) == (0, "")
    same(folder, whole)


# A full disk: no file may grow beyond some bytes, so that a write fails in the middle as it does there.


def limited(most_bytes: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))


def test_a_full_disk_is_told_in_a_sentence_and_corrupts_nothing(tmp_path: Path, rows: list[Row], whole: Path) -> None:
    folder = tmp_path / "corpus"
    imported(folder, rows)
    for stage in ("extract", "sign", "pair", "cluster"):
        before = {name: rows_of(folder, name) for name in tables.SCHEMAS}
        for most_bytes in (500, 3000):
            command = [WIRECOPY, stage, "--corpus", folder]
            done = subprocess.run(
                command,
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
                preexec_fn=limited(most_bytes),
                timeout=200,
            )
            assert done.returncode == 1, (stage, done)
            assert done.stderr.startswith("wirecopy: cannot write ") and done.stderr.count("\n") == 1, done.stderr
            assert "free some space" in done.stderr
        assert {name: rows_of(folder, name) for name in tables.SCHEMAS} == before
        assert not list(folder.glob("*/.*.tmp")), "half a part is left behind"
        getattr(Corpus(folder), stage)()
    same(folder, whole)


def test_one_process_at_a_time_works_on_a_stage(tmp_path: Path) -> None:
    pages(tmp_path, ["fine"] * 10)
    with tables.locked(tmp_path, "stage-extract"):
        other = subprocess.Popen(
            [WIRECOPY, "extract", "--corpus", tmp_path], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        time.sleep(3)
        assert other.poll() is None
        assert engine._drain(tmp_path, ODD, iter([odd_batches.odd_batch(waiting(tmp_path), Settings())]), None) == 10
    out, _ = other.communicate(timeout=100)
    assert (other.returncode, out) == (0, "extract: 0 articles\n")


def waiting(folder: Path):  # type: ignore[no-untyped-def]
    with engine.connect(folder) as con:
        engine.view_by_part(con, folder, [stages.EXTRACT.query()])
        return con.sql(stages.EXTRACT.query()).to_arrow_table().to_batches()[0]


def test_a_query_that_cannot_do_with_its_memory_gets_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "MEMORY_BYTES", 40_000_000)
    tables.create(tmp_path)
    heavy = "SELECT count(*) FROM (SELECT DISTINCT range FROM range(4_000_000))"
    with engine.connect(tmp_path) as con:
        con.execute("SET temp_directory = ''")  # as with what a join cannot spill
        with pytest.raises(engine.Error, match="Out of Memory"):
            con.execute(heavy)
        assert engine._roomy(con, lambda: con.execute(heavy).fetchall()) == [(4_000_000,)]


def test_a_machine_that_is_too_small_for_a_corpus_says_so(tmp_path: Path) -> None:
    tables.create(tmp_path)

    def hopeless() -> None:
        raise engine.duckdb.OutOfMemoryException("failed to allocate")

    with (
        engine.connect(tmp_path) as con,
        pytest.raises(UserError, match=r"needs more memory than the [\d.]+ GB that DuckDB may hold here; a larger"),
    ):
        engine._roomy(con, hopeless)
