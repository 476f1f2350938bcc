"""docs/: the references are what the program says, the tutorials' commands run, the method's figures are the code's."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from demo_session import ROOT, demo_folder, script

from corpus import anchoring, linkage, query, rarity, similarity, stages, tables
from corpus.features import LETTERS, NAMES, SKELETONS
from corpus.settings import Settings

sessions = script("sessions")
generate = script("generate")
DOCS = ROOT / "docs"
TUTORIALS = [page for page in sessions.PAGES if "tutorial" in page]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("page", TUTORIALS)
def test_a_tutorial_shows_what_the_program_prints(page: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = demo_folder(tmp_path_factory, Path(page).stem)
    steps = list(sessions.steps(page))
    assert len(steps) >= 4
    for step in steps:
        printed = sessions.real(step, folder)
        assert sessions.agree(step.shown, printed), (
            f"{page} shows something else than `{step.command}` prints; `python docs/sessions.py --write` puts it "
            f"right:\n{printed}"
        )


def test_the_references_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, DOCS / "generate.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_table_and_column_is_explained() -> None:
    page = (DOCS / "tables.md").read_text("utf-8")
    for name, schema in tables.SCHEMAS.items():
        part = page.partition(f"## table `{name}`\n")[2].partition("\n## ")[0]
        told, _, rows = part.strip().partition("\n")
        assert told.endswith("."), f"what one row of {name} is stands nowhere"
        found = dict(re.findall(r"^\| `(\w+)` \|[^|]*\| (.*) \|$", rows, re.MULTILINE))
        assert list(found) == schema.names
        assert all(len(meaning) > 5 for meaning in found.values())


def test_every_query_setting_and_page_is_listed() -> None:
    queries = (DOCS / "queries.md").read_text("utf-8")
    assert [one["name"] for one in query.listing() if f"## {one['name']}\n" not in queries] == []
    settings = (DOCS / "tables.md").read_text("utf-8")
    assert [name for name in Settings().as_dict() if f"| `{name}` |" not in settings] == []
    index = (DOCS / "index.md").read_text("utf-8")
    assert [p.name for p in DOCS.glob("*.md") if p.name != "index.md" and f"({p.name})" not in index] == []


def test_the_method_tells_the_constants_of_the_program() -> None:
    text = " ".join((DOCS / "method.md").read_text("utf-8").split())
    default = Settings()
    queries = stages.PAIR.query() + stages.PAIR.queries()["fresh"] + stages.sql("stages/repeated")
    limits = {name: int(number) for number, name in re.findall(r"(\d+) AS (\w+)", queries)}
    told = [
        f"runs of {default.shingle_words} words",
        f"{default.permutations} permutations",
        f"cut into {default.bands} **bands** of {default.permutations // default.bands} rows",
        f"under {default.min_words} words",
        f"the publisher's newest {limits['recent']} others",
        f"further apart than {default.window_days} days",
        f"more than {default.hubs} texts each is paired with the bucket's first {default.hub_members} alone",
        f"share {default.shared_anchors} anchors",
        f"the rarest {anchoring.MOST[LETTERS]} letter runs, {anchoring.MOST[NAMES]} names and numbers and "
        f"{anchoring.MOST[SKELETONS]} skeletons",
        f"An anchor of more than {default.common_anchor:,} texts proposes nothing",
        f"lie in {limits['met_within']:,} other texts of its language and in {limits['met_across']:,} of other",
        f"up to {limits['partners']} that share",
        f"down to the threshold ({default.threshold})",
        f"at least {linkage.MEAN_SHARE} of the threshold",
        f"count {linkage.MISSING_SCORE} in that mean",
        f"taken with {linkage.DOUBT} more that have the mean of all",
        f"ln((texts + {rarity.PRIOR_TEXTS:g}) / (texts with it + {rarity.PRIOR_TEXTS:g} · p))",
        f"at most {rarity.SAMPLE:,} of the language's texts",
        "(word pairs {}, letters {}, skeletons {}, names {})".format(*rarity.PRIOR_SHARE),
        f"({similarity.SPARE} less does no harm)",
        f"{similarity.EXCERPT_ODDS} times the share of the longer text that it does not cover",
    ]
    assert [phrase for phrase in told if phrase not in text] == []


def test_sessions_agree_apart_from_time_and_what_is_left_out() -> None:
    assert sessions.agree("pair: 1,124 pairs scored\n", "pair: 987 pairs scored\n")
    assert not sessions.agree("cluster: 104 articles\n", "cluster: 103 articles\n")
    printed = "up on http://127.0.0.1:4711\na\nb\nc\nDone in 42 s.\n"
    assert sessions.agree("up on http://127.0.0.1:5\na\n…\nDone in 7 s.\n", printed)
    assert sessions.agree(printed, printed)
    assert not sessions.agree("up on http://127.0.0.1:5\na\nb\nDone in 7 s.\n", printed)
    assert not sessions.agree("…\nx\n…\n", printed)
    assert not sessions.agree("", printed)


def test_the_figures_stand_on_both_pages() -> None:
    assert generate.figures() in (DOCS / "method.md").read_text("utf-8")
    assert generate.figures() in (ROOT / "README.md").read_text("utf-8")
