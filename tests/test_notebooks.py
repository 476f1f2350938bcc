"""The notebooks of docs/ run in Jupyter's own kernel; results are tables and charts; the site is whole."""

import re
from pathlib import Path

import pyarrow as pa
import pytest
import small_corpus
from demo_session import ROOT, demo_folder, script

from corpus import Corpus, UserError, compare, notebook

EVIL = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return Corpus(small_corpus.make(tmp_path_factory.mktemp("noted") / "corpus", full=True))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_notebooks_run_and_show_what_they_say(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = demo_folder(tmp_path_factory, "notebooks")  # also loads docs/sessions.py, which the next one imports
    notebooks = script("notebooks")
    paths = notebooks.paths()
    assert len(paths) >= 2
    for path in paths:
        assert notebooks.differs(path, folder) is None
        kept = path.read_text("utf-8")
        assert '"text/html"' in kept and "Traceback" not in kept


def test_a_corpus_tells_what_it_holds(corpus: Corpus, tmp_path: Path) -> None:
    told = " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", corpus._repr_html_() or "", flags=re.DOTALL).split())
    assert "pages 15 articles 12 publishers 6 pairs 3 clusters 2 copies 6" in told
    assert Corpus(tmp_path / "none")._repr_html_() is None


def test_answers_are_tables(corpus: Corpus) -> None:
    page = notebook.table(corpus.sql("SELECT range AS n, '" + EVIL + "' AS said FROM range(60)"))
    assert page.count("<tr>") == notebook.MOST_ROWS + 1 and "The first 50 rows" in page
    assert EVIL not in page


def test_answers_are_charts(corpus: Corpus) -> None:
    assert repr(corpus.plot("kinds")) == "Chart(copies by kind, bars)"
    days = corpus.plot("SELECT published_at::DATE AS day, count(*) AS n FROM articles WHERE latest GROUP BY 1")
    assert repr(days) == "Chart(n by day, columns)" and "<svg" in days._repr_html_()
    dots = corpus.plot("SELECT words, original_words FROM copies", x="original_words")
    assert repr(dots) == "Chart(words by original_words, dots)"
    with pytest.raises(UserError, match="no column 'nothing'"):
        corpus.plot("kinds", x="nothing")
    with pytest.raises(UserError, match="nothing to draw"):
        notebook.Chart(pa.table({"n": [1]}))


def test_a_comparison_stands_side_by_side() -> None:
    one = f"The ferry sank on Sunday within 9 minutes, the harbour master said. {EVIL} Nobody was hurt in the harbour."
    page = compare(one, one.replace("9 minutes", "19 minutes"))._repr_html_()
    assert "<mark>9</mark>" in page and "<mark>19</mark>" in page
    assert EVIL not in page


def test_an_evaluation_is_a_table(corpus: Corpus, tmp_path: Path) -> None:
    gold = tmp_path / "gold.csv"
    gold.write_text("a,b,label\nap1,uk1,copy\nap1,own1,independent\n", encoding="utf-8")
    page = notebook.evaluation(corpus.evaluate(gold))
    assert "The gold names 3 articles" in page and "b-cubed" in page


def test_the_sites_links_lead_to_its_pages() -> None:
    pages = dict(script("website").pages())
    assert {"index.md", "readme.md", "explorer.md", "first-look.md", "changes.md"} <= pages.keys()
    for name, text in pages.items():
        for link in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text):
            assert link in pages or (ROOT / "docs" / link).is_file() or not link.endswith((".md", ".png")), (name, link)
    listed = set(re.findall(r": ([\w-]+\.md)$", (ROOT / "docs/mkdocs.yml").read_text("utf-8"), re.MULTILINE))
    assert listed == pages.keys()
