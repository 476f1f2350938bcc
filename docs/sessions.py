"""Runs what README.md and the tutorials show, and holds their output against what really comes out.

    python docs/sessions.py            say where a page shows something else than the program
    python docs/sessions.py --write    put the real output into the pages

A ```console block holds commands (`$ `) with their output, a ```python block a script whose output is the ```text block
after it. A line `…` stands for any lines that a page leaves out. What a ```sh block holds is not run: it needs the
network. May import: the standard library and the program.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = (
    "README.md",
    "docs/tutorial-researcher.md",
    "docs/tutorial-journalist.md",
    "docs/tutorial-engineer.md",
    "docs/explorer.md",
)
DEMO_OUTPUT = "demo.txt"
_WIDTH = "110"
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
_CUT = "…"
_VARYING = (
    (re.compile(r"\b\d+(\.\d+)? s\b"), "N s"),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:PORT"),
    (re.compile(r"\b[\d,]+ pairs scored"), "N pairs scored"),  # most are candidates that come to nothing
)


@dataclass(frozen=True, slots=True)
class Step:
    """One command or script of a page, and what the page says comes out; start and stop are where that stands."""

    page: str
    command: str
    shown: str
    start: int
    stop: int
    python: bool = False

    @property
    def cut(self) -> bool:
        """Whether the page leaves lines out."""
        return _CUT in self.shown.splitlines()


def prepare(folder: Path) -> None:
    """Make the folder in which the pages' commands run: the demo's corpus and what it printed, and sql/."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sql").symlink_to(ROOT / "sql")
    (folder / DEMO_OUTPUT).write_text(_printed("wirecopy demo", folder), encoding="utf-8")


def blocks(page: str) -> Iterator[tuple[str, str, int]]:
    """Yield language, text and place of each fenced block of a page."""
    text = (ROOT / page).read_text(encoding="utf-8")
    yield from ((found[1], found[2], found.start(2)) for found in _FENCE.finditer(text))


def steps(page: str) -> Iterator[Step]:
    """Yield what a page runs, in order."""
    script: str | None = None
    for language, text, start in blocks(page):
        if language == "console":
            yield from _commands(page, text, start)
        elif language == "text" and script is not None:
            yield Step(page, script, text, start, start + len(text), python=True)
        script = text if language == "python" else None


def _commands(page: str, text: str, start: int) -> Iterator[Step]:
    for found in re.finditer(r"^\$ (.*(?:\n> .*)*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE):
        command = found[1].replace("\n> ", "\n")
        yield Step(page, command, found[2], start + found.start(2), start + found.end(2))


def real(step: Step, folder: Path) -> str:
    """Return what the step prints in the prepared folder."""
    if step.python:
        return _run([sys.executable, "-c", step.command], folder)
    if step.command == "make demo":  # it ran when the folder was prepared
        return (folder / DEMO_OUTPUT).read_text(encoding="utf-8")
    return _printed(step.command, folder)


def _printed(command: str, folder: Path) -> str:
    return _run(["bash", "-euo", "pipefail", "-c", command], folder)


def _run(command: list[str], folder: Path) -> str:
    tools = str(Path(sys.executable).parent)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WIRECOPY")}
    environment |= {"PATH": f"{tools}{os.pathsep}{environment['PATH']}", "COLUMNS": _WIDTH}
    environment |= {"PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
        stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{command[-1]}\nended with status {done.returncode}:\n{done.stdout}")
    return done.stdout


def agree(shown: str, printed: str) -> bool:
    """Say whether a page shows what was printed, apart from times, ports, the number of
    candidates and the lines that it leaves out."""
    pattern = "".join(r"(?:.*\n)*?" if line == _CUT else re.escape(line) + r"\n" for line in _plain(shown))
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in _plain(printed))) is not None


def _plain(text: str) -> list[str]:
    for varying, word in _VARYING:
        text = varying.sub(word, text)
    return [line.rstrip() for line in text.rstrip("\n").split("\n")] if text.strip() else []


def write(found: dict[Step, str]) -> list[Step]:
    """Put what was printed into the pages; return the steps that somebody must cut to size again."""
    for page in {step.page for step in found}:
        path = ROOT / page
        text = path.read_text(encoding="utf-8")
        for step in sorted((s for s in found if s.page == page and not s.cut), key=lambda s: -s.start):
            kept = "\n".join(line.rstrip() for line in found[step].rstrip("\n").split("\n"))
            text = text[: step.start] + (f"{kept}\n" if kept else "") + text[step.stop :]
        path.write_text(text, encoding="utf-8")
    return [step for step in found if step.cut]


def main() -> int:
    """Check or write all pages; exit status 1 where something is left to do."""
    differing: dict[Step, str] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "session"
        prepare(folder)
        for page in PAGES:
            for step in steps(page):
                printed = real(step, folder)
                if not agree(step.shown, printed):
                    differing[step] = printed
    left = write(differing) if sys.argv[1:] == ["--write"] else list(differing)
    for step in left:
        print(f"{step.page} shows something else than\n  {step.command}\nprints:\n{differing[step]}", file=sys.stderr)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
