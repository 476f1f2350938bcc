"""Unrelated articles in several languages: however many there are, none is taken for a translation of another.

The larger a corpus, the more alike are the most alike of its unrelated texts, and these are what becomes a candidate.
"""

import importlib.util
from collections import defaultdict
from pathlib import Path

import pytest

from corpus.api import Corpus
from corpus.engine import connect
from tests.made_news import partition

COUNT = 2500
ACROSS = """
SELECT count(*), count(*) FILTER (p.score >= 0.5)
FROM pairs AS p
INNER JOIN signatures AS x ON x.text_id = p.a
INNER JOIN signatures AS y ON y.text_id = p.b
WHERE x.language <> y.language
"""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Articles in five made-up languages, whose names and numbers recur between events; no translations."""
    place = Path(__file__).parents[1] / "benchmarks" / "made_up.py"
    spec = importlib.util.spec_from_file_location("made_up_articles", place)
    assert spec and spec.loader
    made_up = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made_up)
    folder = tmp_path_factory.mktemp("unrelated")
    made_up.write(folder, made_up.articles(COUNT, seed=5))
    found = Corpus(folder)
    found.run()
    return found


def test_unrelated_texts_in_two_languages_are_no_copies(corpus: Corpus) -> None:
    with connect(corpus.folder) as con:
        ((pairs, copies),) = con.sql(ACROSS).fetchall()
    assert pairs > COUNT
    assert copies <= 0.002 * pairs


def test_clusters_hold_one_event_each(corpus: Corpus) -> None:
    with connect(corpus.folder) as con:
        event = dict(con.sql("SELECT id, split_part(url, '/', 4) FROM articles").fetchall())
    counts = []
    for cell in partition(corpus.folder):
        of: dict[str, int] = defaultdict(int)
        for article in cell:
            of[event[article]] += 1
        counts.append(of)
    together = sum(n * (n - 1) for of in counts for n in of.values())
    assert together / sum(sum(of.values()) * (sum(of.values()) - 1) for of in counts) >= 0.99
    assert max(map(len, counts)) <= 3
