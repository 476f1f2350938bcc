"""Hostile pages on the way that every page goes: through a worker that can be killed, beside innocent neighbours."""

import random
import subprocess
import sys
from typing import Any
from unicodedata import category

import pytest

from corpus import engine, tables
from corpus.api import Corpus
from tests.hostile_pages import BODY, HOSTILE, SENTENCE

INNOCENT = 40
Row = dict[str, Any]


def hostile_rows() -> list[Row]:
    return [
        {"id": name, "url": f"https://hostile.example/{n}", "html": _bytes(html), "outcome": "ok"}
        for n, (name, (html, _)) in enumerate(HOSTILE.items())
    ]


def _bytes(html: str | bytes) -> bytes:
    return html if isinstance(html, bytes) else html.encode("utf-8", "surrogatepass")


def innocent_rows() -> list[Row]:
    return [
        {
            "id": f"innocent {n}",
            "url": f"https://innocent.example/{n}",
            "html": f"<html><body><h1>Bridge {n}</h1>{BODY}</body></html>".encode(),
            "outcome": "ok",
        }
        for n in range(INNOCENT)
    ]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Row]:
    """Extract all of them in one corpus, shuffled; return the rows of `articles`, of which no page has two."""
    folder = tmp_path_factory.mktemp("hostile")
    tables.create(folder)
    rows = [*hostile_rows(), *innocent_rows()]
    random.Random(5).shuffle(rows)
    tables.append(folder, "pages", tables.rows_of("pages", rows))
    corpus = Corpus(folder)
    assert corpus.extract() == len(rows)
    articles = corpus.connection().sql("FROM articles").to_arrow_table().to_pylist()
    assert len(articles) == len({row["id"] for row in articles}) == len(rows)
    assert corpus.extract() == 0
    return {row["id"]: row for row in articles}


def test_a_page_has_ten_seconds_and_a_gigabyte() -> None:
    assert (engine.SECONDS, engine.WORKER_BYTES) == (10.0, 1_000_000_000)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.timeout(200)
def test_a_hostile_page_has_one_outcome(found: dict[str, Row], name: str) -> None:
    row, outcome = found[name], HOSTILE[name][1]
    assert (row["outcome"], bool(row["reason"])) == (outcome, outcome != "ok"), row["reason"]
    if outcome == "ok":
        assert "The minister told parliament" in row["text"] or "mini" in row["text"]
        shown = "".join(v if isinstance(v, str) else "".join(v) for v in row.values() if isinstance(v, str | list))
        assert not any(category(character) in ("Cc", "Cs") for character in shown.replace("\n", ""))


def test_their_neighbours_are_extracted(found: dict[str, Row]) -> None:
    wanted = [SENTENCE.format(n).strip() for n in range(12)]
    for n in range(INNOCENT):
        row = found[f"innocent {n}"]
        assert (row["outcome"], row["reason"]) == ("ok", None)
        assert row["text"].splitlines() == wanted


def test_a_worker_has_loaded_everything_before_the_first_page_has_its_seconds() -> None:
    code = (
        "import sys; from corpus.stages import EXTRACT, load; load(EXTRACT.batch); "
        "assert {'trafilatura', 'fasttext_pybind'} <= set(sys.modules), sorted(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=100)
    assert (done.returncode, done.stderr) == (0, "")
