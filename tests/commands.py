"""The command line as a user calls it: for its tests.

May import: the standard library, pytest, corpus.cli.
"""

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from corpus import cli
from tests.made_news import Prose, edited, write_jsonl

ROOT = Path(__file__).parents[1]
WIRECOPY = Path(sys.executable).parent / "wirecopy"
COMMANDS = (
    "demo", "crawl", "publishers", "import", "extract", "sign", "pair", "cluster", "run", "sql", "compare", "evaluate",
    "export", "serve", "report",
)  # fmt: skip
Captured = pytest.CaptureFixture[str]


def wirecopy(*arguments: object, cwd: Path = ROOT, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the installed command as a user does."""
    return subprocess.run(
        [WIRECOPY, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, check=False, timeout=250,
        env={**os.environ, **environment},
    )  # fmt: skip


def rows() -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for name in "ab":
        text = Prose(f"cli {name}").text()
        found += [
            {"id": f"{name}{n}", "url": f"https://{name}{n}.example/1", "text": edited(text, 0.03 * n, n),
             "title": f"Title {name}{n}", "language": "en", "publisher": f"Paper {n}", "cluster": name}
            for n in range(3)
        ]  # fmt: skip
    return found


def made(base: Path) -> Path:
    """Make a corpus by the commands themselves, beside the files it comes from."""
    write_jsonl(base / "rows.jsonl", rows())
    with (base / "gold.csv").open("w", encoding="utf-8", newline="") as sink:
        writer = csv.DictWriter(sink, ["id", "cluster"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows())
    done = wirecopy("import", base / "rows.jsonl", "--corpus", base / "data")
    assert (done.returncode, done.stdout, done.stderr) == (0, "6 added, 0 already there\n", "")
    done = wirecopy("run", "--corpus", base / "data")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(
        r"extract: 6 articles; sign: 6 signatures; pair: \d+ pairs scored; cluster: 6 articles in clusters\n",
        done.stdout,
    )
    return base / "data"


def main(capsys: Captured, *arguments: object) -> tuple[int, str, str]:
    """Run a command in this process; return exit status, stdout and stderr."""
    try:
        status = cli.main(list(map(str, arguments)))
    except SystemExit as end:
        status = int(end.code or 0)
    told = capsys.readouterr()
    return status, told.out, told.err


def refused(capsys: Captured, *arguments: object) -> str:
    """Run a command that must fail in one sentence, and return it."""
    status, out, errors = main(capsys, *arguments)
    assert (status, out) == (1, "")
    assert errors.startswith("wirecopy: ") and errors.count("\n") == 1, errors
    assert "Traceback" not in errors
    return errors.removeprefix("wirecopy: ").strip()
