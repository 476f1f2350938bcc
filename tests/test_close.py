"""The closure: copies of one text are compared with each other, and only where copies have come since the last time."""

import random
import shutil
from collections import defaultdict
from datetime import timedelta
from itertools import combinations
from pathlib import Path

import pyarrow as pa
import pytest

from corpus import stages, tables
from corpus.api import Corpus
from corpus.engine import connect, run_stage
from corpus.settings import Settings
from tests.made_news import Row, rows_of, web_rows, write_jsonl

SETTINGS = Settings()
Pairs = set[tuple[str, str]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    corpus = Corpus(folder / "corpus")
    corpus.import_files(write_jsonl(folder / "web.jsonl", web_rows()))
    corpus.run()
    return corpus.folder


def without(folder: Path, into: Path, share: float) -> list[Row]:
    """Copy a corpus without a share of its pairs, and as if nothing had been closed; return the pairs left out."""
    shutil.copytree(folder, into)
    draw, kept, gone = random.Random(3), [], []
    for row in sorted(rows_of(folder, "pairs"), key=lambda row: (row["a"], row["b"])):
        if row["view"] != "closure":
            (gone if draw.random() < share else kept).append(row)
    put(into, "pairs", kept)
    put(into, "closed", [])
    return gone


def put(folder: Path, name: str, rows: list[Row]) -> None:
    tables.replace(folder, name, pa.Table.from_batches([tables.rows_of(name, rows)]))


def close(folder: Path) -> Pairs:
    """Close, and return the pairs that this brought."""
    before = {(row["a"], row["b"]) for row in rows_of(folder, "pairs")}
    count = run_stage(folder, stages.CLOSE, SETTINGS)
    after = {(row["a"], row["b"]) for row in rows_of(folder, "pairs")}
    assert before < after or not count
    assert len(after) == len(before) + count
    return after - before


def fresh(folder: Path) -> int:
    """Return of how many texts the copies would be looked at now."""
    with connect(folder) as con:
        keys = stages.CLOSE.queries()["fresh"]
        return len(con.sql(keys, params=stages.CLOSE.values(SETTINGS, keys)).fetchall())


def expected(folder: Path) -> Pairs:
    """Work out in plain Python which pairs are to be brought."""
    words = {row["text_id"]: row["words"] for row in rows_of(folder, "signatures")}
    times, copies, known = defaultdict(list), defaultdict(set), set()
    for row in rows_of(folder, "articles"):
        times[row["text_id"]].append(row["published_at"])
    for row in rows_of(folder, "pairs"):
        known.add((row["a"], row["b"]))
        if row["score"] >= SETTINGS.threshold and row["view"] != "closure":
            copies[row["a"]].add(row["b"])
            copies[row["b"]].add(row["a"])
    window = timedelta(days=SETTINGS.window_days)

    def together(x: str, y: str) -> bool:
        if None in times[x] or None in times[y]:
            return True
        return min(times[x]) - window <= max(times[y]) and min(times[y]) - window <= max(times[x])

    return {
        (x, y)
        for third, of_third in copies.items()
        for x, y in combinations(sorted(of_third), 2)
        if (x, y) not in known
        and together(x, y)
        and not (words[third] >= 1.5 * words[x] and words[third] >= 1.5 * words[y])
    }


def test_copies_of_one_text_are_compared_with_each_other_once(run: Path, tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    without(run, folder, 0.4)
    wanted = expected(folder)
    assert len(wanted) > 20
    assert close(folder) == wanted
    assert fresh(folder) == 0
    assert close(folder) == set()


def test_what_comes_later_opens_its_own_neighbours_alone_and_the_result_is_that_of_one_run(
    run: Path, tmp_path: Path
) -> None:
    folder, whole = tmp_path / "corpus", tmp_path / "whole"
    gone = [row for row in without(run, folder, 0.4) if row["score"] >= SETTINGS.threshold]
    close(folder)
    closed = {(row["a"], row["b"]) for row in rows_of(folder, "pairs")}
    copied = {
        text
        for row in rows_of(folder, "pairs")
        if row["view"] != "closure" and row["score"] >= SETTINGS.threshold
        for text in (row["a"], row["b"])
    }
    late = next(row for row in gone if (row["a"], row["b"]) not in closed and {row["a"], row["b"]} & copied)
    tables.append(folder, "pairs", tables.rows_of("pairs", [late]))
    assert 1 <= fresh(folder) <= 2
    wanted = expected(folder)
    assert close(folder) == wanted

    shutil.copytree(folder, whole)
    put(whole, "pairs", [row for row in rows_of(folder, "pairs") if row["view"] != "closure"])
    put(whole, "closed", [])
    close(whole)
    assert {(row["a"], row["b"]) for row in rows_of(whole, "pairs")} == {
        (row["a"], row["b"]) for row in rows_of(folder, "pairs")
    }


def test_a_further_article_of_a_copy_opens_what_it_is_a_copy_of(run: Path, tmp_path: Path) -> None:
    """It may widen the time in which the copy was published."""
    folder = tmp_path / "corpus"
    without(run, folder, 0.4)
    close(folder)
    good = next(
        row for row in rows_of(folder, "pairs") if row["score"] >= SETTINGS.threshold and row["view"] != "closure"
    )
    article = next(row for row in rows_of(folder, "articles") if row["text_id"] == good["a"])
    tables.append(
        folder, "articles", tables.rows_of("articles", [article | {"id": "further", "url": "http://x.example/"}])
    )
    assert fresh(folder) >= 1
    assert close(folder) == set()
    assert fresh(folder) == 0
