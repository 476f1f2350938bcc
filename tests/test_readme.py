"""The README, followed as a new user follows it: its commands run, and print what it shows."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from demo_session import ROOT, demo_folder, script

from corpus import arguments
from corpus.demo.web import serve

sessions = script("sessions")
README = "README.md"
SITE = ("https://news.example.org/", "http://harbour-herald.example/")
"""The README's site of one's own, and the made-up one that stands for it here."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_folder(tmp_path_factory, "readme")


def shell_lines(page: str) -> list[str]:
    """The commands of a page's sh blocks, which need the network or make a new environment."""
    joined = "".join(text for language, text, _ in sessions.blocks(page) if language == "sh").replace("\\\n", " ")
    lines = [re.sub(r"\s#.*", "", line) for line in joined.splitlines()]
    return [part.strip() for line in lines for part in line.split("&&") if part.strip()]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_sessions_are_real(folder: Path) -> None:
    steps = list(sessions.steps(README))
    assert any(step.command == "make demo" for step in steps) and any(step.python for step in steps)
    for step in steps:
        printed = sessions.real(step, folder)
        assert sessions.agree(step.shown, printed), (
            f"{README} shows something else than `{step.command}` prints; `python docs/sessions.py --write` "
            f"puts it right:\n{printed}"
        )


@pytest.mark.parametrize("page", sessions.PAGES)
def test_every_command_is_one(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for line in [*shell_lines(page), *(step.command for step in sessions.steps(page) if not step.python)]:
        words = shlex.split(line.replace("\\\n", " "))
        if words[0] == "wirecopy":
            arguments.parser().parse_args(words[1:])  # ends the program where it does not understand
        elif words[0] == "make":
            assert words[1] in targets
        else:
            assert words[0] in {"git", "cd", "find"}, f"{page} has an unknown command: {line}"


def test_the_two_commands_are_those_of_ci() -> None:
    lines = shell_lines(README)
    assert {"make demo", "make test"} <= set(lines)
    called = (ROOT / ".ci/run").read_text("utf-8")
    assert re.search(r"^make test$", called, re.MULTILINE)
    assert {"lint", "types", "docs-check"} <= set(called.split())


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_site_of_ones_own_is_crawled_and_asked_as_the_readme_says(folder: Path) -> None:
    told = [line for line in shell_lines(README) if line.startswith("wirecopy")]
    first = next(i for i, line in enumerate(told) if line.startswith(f"wirecopy crawl {SITE[0]}"))
    with serve() as web:
        for line in told[first : first + 3]:
            more = ["--proxy", web.proxy, "--delay", "0"] if " crawl " in line else []
            words = [*shlex.split(line.replace(*SITE))[1:], *more]
            done = subprocess.run(
                [sys.executable, "-m", "corpus.cli", *words],
                cwd=folder, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}, capture_output=True, text=True,
                check=False,
            )  # fmt: skip
            assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    stored = f"{sessions.sys.executable} -m corpus.cli sql --corpus data --format csv -q"
    count = sessions._printed(f"{stored} \"SELECT count(*) AS n FROM articles WHERE outcome = 'ok'\"", folder)
    assert int(count.split()[-1]) >= 5


def test_links_lead_somewhere() -> None:
    pages = [ROOT / README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
    broken = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in pages
        for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
        if not link.startswith(("http://", "https://")) and not (page.parent / link).exists()
    ]
    assert broken == []
