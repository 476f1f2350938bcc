"""An import of a WARC file that is killed: done again, it loses and doubles nothing, and says how far it is."""

import gzip
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from corpus import tables
from tests.made_news import rows_of
from tests.test_warc import page

ROOT = Path(__file__).parents[1]
WIRECOPY = Path(sys.executable).parent / "wirecopy"
PAGES = 400

KILLED = """
import os, signal, sys
from pathlib import Path
from corpus import importing, readers, tables

folder, file, number, moment = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
importing.PART_ROWS = readers.BATCH_ROWS = 50
write, seen = tables._write, [0]

def doomed(path, rows):
    seen[0] += path.parent.name == "pages" and rows.num_rows > 0
    if path.parent.name == "pages" and seen[0] == number:
        if moment == "midway":
            path.with_name(f".{path.name}.1.tmp").write_bytes(b"PAR1 half a part")
        if moment == "after":
            write(path, rows)
        os.kill(os.getpid(), signal.SIGKILL)
    write(path, rows)

tables._write = doomed
importing.import_files(Path(folder), [Path(file)])
"""


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A WARC file of so many pages, one of them twice."""
    path = tmp_path / "news.warc.gz"
    path.write_bytes(b"".join(gzip.compress(page(n)) for n in [*range(PAGES), 7]))
    return path


def urls(folder: Path) -> list[str]:
    return sorted(row["url"] for row in rows_of(folder, "pages"))


def wanted() -> list[str]:
    return sorted(f"https://a.example/{n}" for n in range(PAGES))


def test_sigkill_at_every_write_loses_and_doubles_nothing(tmp_path: Path, archive: Path) -> None:
    folder = tmp_path / "corpus"
    had = 0
    for number, moment in ((1, "before"), (2, "midway"), (1, "after"), (2, "before"), (3, "after")):
        command = [sys.executable, "-c", KILLED, str(folder), str(archive), str(number), moment]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=100)
        assert done.returncode == -signal.SIGKILL, done.stderr
        have = urls(folder)
        assert len(have) == len(set(have)) >= had
        had = len(have)
    assert 0 < had < PAGES
    again = run_import(folder, archive)
    assert f"{PAGES - had:,} added, {had + 1:,} already there" in again, again
    assert urls(folder) == wanted()
    assert "0 added, 401 already there" in run_import(folder, archive)


def run_import(folder: Path, archive: Path) -> str:
    command = [WIRECOPY, "import", archive, "--corpus", folder]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=100)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.slow
def test_sigkill_from_outside_at_any_moment(tmp_path: Path, archive: Path) -> None:
    folder = tmp_path / "corpus"
    dice = random.Random(4)
    for _ in range(4):
        running = subprocess.Popen([WIRECOPY, "import", archive, "--corpus", folder], cwd=ROOT)
        time.sleep(dice.uniform(0.1, 1.5))
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
        if (folder / "pages").is_dir() and tables.parts(folder, "pages"):
            have = urls(folder)
            assert len(have) == len(set(have))
    run_import(folder, archive)
    assert urls(folder) == wanted()
