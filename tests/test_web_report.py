"""Static reports: complete, linked, safe, and without a word of the articles where that is asked."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
import small_corpus
import web_corpus

from corpus import UserError
from corpus.web.report import MARK, report


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return web_corpus.make(tmp_path_factory.mktemp("reported") / "corpus")


@pytest.fixture(scope="module")
def folder(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("report") / "out"
    assert report(corpus, out) == len(list(out.rglob("*.html")))
    return out


def test_every_cluster_and_copy_has_its_page(folder: Path) -> None:
    assert {path.stem for path in (folder / "cluster").iterdir()} == {"c1", "c2", "ch"}
    compared = {path.stem for path in (folder / "compare").iterdir()}
    assert {"ap1-uk1", "ap1-de1", "ap1-id1", "ap1-no1", "h1-h2"} <= compared
    assert "Passage by passage" in (folder / "compare/ap1-de1.html").read_text("utf-8")


def test_all_links_lead_to_files_of_the_report(folder: Path) -> None:
    for page in folder.rglob("*.html"):
        text = page.read_text("utf-8")
        for link in re.findall(r'(?:href|src)="([^"]*)"', text):
            if link.startswith("#") or re.match("https?://", link):
                continue
            assert (page.parent / unquote(unescape(link))).is_file(), (page.name, link)
        assert not re.search(r"<form|fetch\(|href=\"/", text), page


def test_a_report_may_do_nothing_but_show(folder: Path) -> None:
    for page in folder.rglob("*.html"):
        text = page.read_text("utf-8")
        assert "Content-Security-Policy" in text and "default-src 'none'" in text
        assert web_corpus.EVIL not in text
        assert not re.search(r"<script(?! src=\"[./]*static/wirecopy.js\" defer)", text)


def test_without_texts_no_word_of_an_article_is_left(corpus: Path, tmp_path: Path) -> None:
    report(corpus, tmp_path / "facts", text=False)
    whole = " ".join(path.read_text("utf-8") for path in (tmp_path / "facts").rglob("*.html"))
    for row in [*small_corpus.ARTICLES, *web_corpus.HOSTILE[1:]]:
        for name in ("text", "title", "byline", "dateline", "credit"):
            words = row.get(name)
            assert not words or words[:80] not in unescape(whole), (row["id"], name)
    assert "This report leaves out the texts" in whole
    assert "Associated Press" in whole and "https://www.daily.co.uk/uk1" in whole


def test_a_report_replaces_a_report_and_nothing_else(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    report(corpus, out, most=1)
    (out / "cluster" / "old.html").write_text("old", encoding="utf-8")
    report(corpus, out, most=1)
    assert not (out / "cluster" / "old.html").exists() and (out / MARK).exists()
    assert len(list((out / "cluster").iterdir())) == 1
    other = tmp_path / "mine"
    other.mkdir()
    (other / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(UserError, match="is no report"):
        report(corpus, other)
    assert (other / "thesis.txt").read_text(encoding="utf-8") == "years of work"
    assert not list(tmp_path.glob(".*"))


def test_an_empty_corpus_makes_an_empty_report(tmp_path: Path) -> None:
    small_corpus.make(tmp_path / "corpus", full=False)
    assert report(tmp_path / "corpus", tmp_path / "out") == 3
