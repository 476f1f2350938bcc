"""Imports by several processes at once, and imports that end suddenly: nothing lost, nothing doubled."""

import gzip
import os
import random
import signal
import string
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from import_files import ROOT, imported, jsonl, rows_of

from corpus.importing import import_files

CHILD = """
import sys, time
from pathlib import Path
from corpus import tables
from corpus.importing import import_files
import corpus.importing
corpus.importing.PART_ROWS = 200
import_files(Path(sys.argv[1]), [Path(sys.argv[2])], progress=lambda done: (print(done, flush=True), time.sleep(0.01)))
"""


def child(folder: Path, path: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder), str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


@pytest.fixture
def many(tmp_path: Path) -> Path:
    urls = [f"https://a.example/{n}" for n in range(20_000)]
    pq.write_table(pa.table({"url": urls, "text": [f"Text of {url}" for url in urls]}), tmp_path / "many.parquet")
    return tmp_path / "many.parquet"


def test_killed_and_done_again_nothing_is_lost_or_doubled(tmp_path: Path, many: Path) -> None:
    folder = tmp_path / "c"
    for _ in range(3):
        process = child(folder, many)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(random.random() * 0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert 0 < len(rows_of(folder)) < 20_000
    account = import_files(folder, [many])
    rows = rows_of(folder)
    assert account.added + account.already_there == 20_000
    assert account.already_there > 0
    assert len(rows) == len({row["id"] for row in rows}) == len({row["url"] for row in rows}) == 20_000


def test_two_imports_at_once_double_nothing(tmp_path: Path, many: Path) -> None:
    processes = [child(tmp_path / "c", many) for _ in range(2)]
    assert [process.communicate() and process.returncode for process in processes] == [0, 0]
    rows = rows_of(tmp_path / "c")
    assert len(rows) == len({row["url"] for row in rows}) == 20_000


def test_a_hundred_thousand_rows_stay_in_bounded_memory(tmp_path: Path) -> None:
    """300 MB of texts; Arrow's and Python's own libraries take about 150 MB by themselves."""
    path = tmp_path / "x.jsonl.gz"
    block = "".join(random.Random(1).choices(string.ascii_letters + "      ", k=3_000))
    with gzip.open(path, "wt", compresslevel=1) as file:
        for n in range(100_000):
            file.write(f'{{"url": "https://a{n % 50}.example/{n}", "text": "{n} {block}"}}\n')
    code = (
        "import re, sys\nfrom pathlib import Path\nfrom corpus.importing import import_files\n"
        "account = import_files(Path(sys.argv[1]), [Path(sys.argv[2])])\n"
        # getrusage would tell the peak of the process that started this one, where that is larger
        "peak = re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())\n"
        "print(account.added, int(peak[1]) // 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "c"), str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    added, megabytes = map(int, done.stdout.split())
    assert added == 100_000
    assert megabytes < 700


ENDINGS = ("parquet", "jsonl", "json", "csv", "tsv", "html", "warc", "warc.gz", "jsonl.zst")
ANYTHING: Callable[[], st.SearchStrategy[bytes]] = lambda: st.binary(max_size=300)  # noqa: E731


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([f"x.{ending}" for ending in ENDINGS]),
    st.one_of(
        ANYTHING(), ANYTHING().map(gzip.compress), st.text('[]{}",:;\n\r\t\'01ae\\ux', max_size=80).map(str.encode),
        ANYTHING().map(lambda data: b"WARC/1.0\r\n" + data), ANYTHING().map(lambda data: b"url,text\n" + data),
    ),
)  # fmt: skip
def test_no_bytes_at_all_make_it_stumble(tmp_path: Path, name: str, content: bytes) -> None:
    folder = tmp_path / os.urandom(8).hex()
    folder.mkdir()
    (folder / name).write_bytes(content)
    good = jsonl(folder / "good.jsonl", {"text": "A good neighbour."})
    account, rows = imported(folder / "c", folder / name, good)
    assert "A good neighbour." in {row["text"] for row in rows}
    assert account.added == len(rows)
