"""The cluster engine against the local one: a master and two workers on loopback, one of which is killed in mid-job."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from corpus import Corpus, engine, stages, tables
from corpus.settings import Settings
from tests.made_news import article, edited, rows_of, told, web_rows, write_jsonl

pyspark = pytest.importorskip("pyspark", reason="PySpark is not installed: make spark")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not shutil.which("java"), reason="Java is not installed"),
]
ROOT = Path(__file__).resolve().parent.parent
HOME = Path(pyspark.__file__).parent
TABLES = {
    "articles": ("id",),
    "signatures": ("text_id",),
    "anchors": ("text_id",),
    "pairs": ("a", "b"),
    "paired": ("text_id",),
    "closed": ("text_id",),
    "common": ("bucket",),
    "clusters": ("id",),
}


class Cluster:
    """Processes of a standalone Spark on loopback."""

    def __init__(self, scratch: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.scratch = scratch
        self.address = f"spark://127.0.0.1:{self.port}"
        self.master = self.start("master.Master", "--port", str(self.port))
        self.workers = [self.start("worker.Worker", "-c", "1", "-m", "800m", self.address) for _ in range(2)]

    def start(self, what: str, *told: str) -> "subprocess.Popen[bytes]":
        """Start a process that leads a process group: its executors are in it."""
        environment = os.environ | {
            "SPARK_HOME": str(HOME), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "256m",
            "SPARK_WORKER_DIR": str(self.scratch), "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        command = [HOME / "bin/spark-class", f"org.apache.spark.deploy.{what}", "--host", "127.0.0.1"]
        log = (self.scratch / f"{what}.log").open("ab")
        with log:
            return subprocess.Popen(
                [*command, "--webui-port", "0", *told], env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("spark"))
    yield made
    for process in (*made.workers, made.master):
        if process.poll() is None:
            made.kill(process)


@pytest.fixture(scope="module")
def session(cluster: Cluster) -> Iterator[Any]:
    os.environ |= {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    builder = pyspark.sql.SparkSession.builder.master(cluster.address).appName("test")
    options = {
        "spark.executor.memory": "600m", "spark.driver.memory": "600m", "spark.sql.shuffle.partitions": "4",
        "spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1", "spark.ui.showConsoleProgress": "false",
        "spark.task.maxFailures": "8",
    }  # fmt: skip
    made = builder.config(map=options).getOrCreate()
    made.sparkContext.setLogLevel("ERROR")
    yield made
    made.stop()


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("local")
    corpus = Corpus(folder, Settings(common_anchor=6))  # so that some are common among so few
    corpus.import_files(write_jsonl(folder.parent / "articles.jsonl", web_rows()))
    return folder


def content(folder: Path, table: str) -> list[dict[str, Any]]:
    """Return a table's rows in order, floats to nine digits: how batches are cut decides the last ones."""
    rows = [
        {name: round(value, 9) if isinstance(value, float) else value for name, value in row.items()}
        for row in rows_of(folder, table)
    ]
    return sorted(rows, key=lambda row: [row[name] for name in TABLES[table]])


def same(folder: Path, local: Path) -> None:
    for table in TABLES:
        assert content(folder, table) == content(local, table), table


def test_spark_gives_what_the_local_engine_gives_also_when_a_worker_is_killed(
    cluster: Cluster, session: Any, local: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "corpus"
    shutil.copytree(local, folder)
    done = Corpus(local).run()
    assert done["pair"] > 100
    on_spark = Corpus(folder, engine=session)
    assert (on_spark.extract(), on_spark.sign()) == (done["extract"], done["sign"])
    shutil.copytree(folder, tmp_path / "again")
    assert (on_spark.pair(), on_spark.cluster()) == (done["pair"], done["cluster"])
    same(folder, local)
    assert on_spark.extract() == 0

    again, killed = Corpus(tmp_path / "again", engine=session), []

    def kill() -> None:
        """Kill a worker, its executor and what that had written for others, once a first part of the pairs is made."""
        table, latest = tmp_path / "again" / "pairs", time.monotonic() + 100
        while not list(table.glob("_temporary/**/part-*")) and time.monotonic() < latest:
            time.sleep(0.01)
        cluster.kill(cluster.workers[0])
        killed.append(len(list(table.glob("part-*"))))

    killer = threading.Thread(target=kill)
    killer.start()
    assert again.pair() == done["pair"]
    killer.join()
    assert killed == [1], "the worker was to die before the pairs were in the table"
    assert (again.cluster()) == done["cluster"]
    same(tmp_path / "again", local)
    assert not list((tmp_path / "again").glob(".components-*"))


def test_spark_pairs_what_comes_later_as_the_local_engine_does(session: Any, local: Path, tmp_path: Path) -> None:
    from corpus import spark

    here, there = tmp_path / "here", tmp_path / "there"
    shutil.copytree(local, here)
    corpus = Corpus(here)
    corpus.run()
    assert len(rows_of(here, "common")) > 50
    longest = max((row for row in web_rows() if row["language"] == "en"), key=lambda row: len(row["text"]))
    copy = article("later", edited(longest["text"], 0.02, "later"), published_at=longest["published_at"])
    corpus.import_files(write_jsonl(tmp_path / "later.jsonl", [told(copy)]))
    corpus.extract()
    for stage in (stages.SIGN, stages.ANCHOR):
        assert engine.run_stage(here, stage, corpus.settings) == 1
    shutil.copytree(here, there)
    made = engine.run_stage(here, stages.PAIR, corpus.settings)
    assert spark.run_stage(session, there, stages.PAIR, corpus.settings) == made > 0
    for table in ("pairs", "paired", "common"):
        assert content(there, table) == content(here, table), table


def with_gaps(folder: Path, into: Path) -> Path:
    """Copy a corpus without every third pair: of copies of one text some are now no candidates."""
    shutil.copytree(folder, into)
    kept = [row for n, row in enumerate(content(folder, "pairs")) if n % 3 and row["view"] != "closure"]
    tables.replace(into, "pairs", pa.Table.from_batches([tables.rows_of("pairs", kept)]))
    tables.replace(into, "closed", tables.rows_of("closed", []))
    return into


def test_spark_closes_what_the_local_engine_closes(session: Any, local: Path, tmp_path: Path) -> None:
    from corpus import spark

    Corpus(local).run()
    here, there = with_gaps(local, tmp_path / "here"), with_gaps(local, tmp_path / "there")
    before, settings = len(content(here, "pairs")), Corpus(here).settings
    closed = engine.run_stage(here, stages.CLOSE, settings)
    assert closed > 20
    assert spark.run_stage(session, there, stages.CLOSE, settings) == closed
    assert content(there, "pairs") == content(here, "pairs")
    assert len(content(there, "pairs")) == before + closed
