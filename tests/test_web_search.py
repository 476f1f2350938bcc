"""The explorer's search: words in every script, phrases, and what is shown around them."""

import re
from pathlib import Path

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st
from small_corpus import article, member
from web_corpus import signed

from corpus import tables
from corpus.text import text_id
from corpus.web import searching, snippets
from corpus.web.index import Index
from corpus.web.report import Wordless


def test_search_terms_are_words_and_phrases() -> None:
    assert searching.terms('Ferry “southern coast” 北京 "" !') == ["ferry", "southern coast", "北 京"]
    assert len(searching.terms("a " * 500)) == searching.MOST_TERMS


TEXTS = {
    "ru1": "Президент Путин прибыл в Стамбул.", "ru2": "Путин прибыл в Стамбул.", "tr1": "Kışın İSTANBUL ıssız.",
    "tr2": "İstanbul ıssız", "ar1": "وصل الوفد والصحفيون إلى طهران", "ar2": "وصل الوفد إلى طهران",
    "he1": "הנשיא ביקר בטהרן", "he2": "הנשיא בטהרן", "zh1": "总统访问北京。", "zh2": "访问北京",
    "hi1": "राष्ट्रपति दिल्ली पहुंचे", "hi2": "राष्ट्रपति दिल्ली", "de1": "Größe 7,5 Meter", "de2": "GRÖSSE 7,5",
    "th1": "ธนาคารกลางลดดอกเบี้ย", "th2": "ธนาคารกลาง",
}  # fmt: skip


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("scripts") / "corpus"
    tables.create(folder)
    rows = [article(key, "P", "p.example", text=text, text_id=text_id(text), title=None) for key, text in TEXTS.items()]
    clustered = [member(key[:2], 2, f"{key[:2]}1", key, "original" if key.endswith("1") else "near") for key in TEXTS]
    for name, added in {"articles": rows, "clusters": clustered, "signatures": signed(rows)}.items():
        tables.append(folder, name, tables.rows_of(name, added))
    return Index(folder)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("putin", "ru"), ("ПУТИН", "ru"), ("istanbul", "tr"), ("ISSIZ", "tr"), ("صحفيون", "ar"), ("طهران", "ar"),
        ("טהרן", "he"), ("نشيا", ""), ("北京", "zh"), ("访问北京", "zh"), ("京北", ""), ("दिल्ली", "hi"), ("กลาง", "th"),
        ("größe", "de"), ("grosse", "de"), ("7,5", "de"), ("röße", ""), ('"прибыл в"', "ru"), ('"в прибыл"', ""),
        ("путин стамбул", "ru"), ("путин istanbul", ""), ('") OR x', ""), ("NEAR(a b)", ""), ("*", ""), ("a:b", ""),
    ],
)  # fmt: skip
def test_words_are_found_in_every_script(scripts: Index, asked: str, found: str) -> None:
    search = searching.Search(scripts.folder)
    search.fill(scripts)
    assert search.find(scripts, asked).clusters == ([found] if found else [])


@pytest.mark.parametrize(
    ("asked", "marked", "shown"),
    [
        ("Путин", ["Путин"], "Президент Путин прибыл в Стамбул."), ("стамбул", ["Стамбул"], "Президент Путин прибыл в"),
        ('"访问北京"', ["访问北京"], "总统访问北京。"), ("طهران الوفد", ["الوفد", "طهران"], "وصل الوفد والصحفيون إلى"),
        ("putin", [], ""), ("тури", None, ""),
    ],
)  # fmt: skip
def test_the_words_around_what_was_found_are_shown(
    scripts: Index, asked: str, marked: list[str] | None, shown: str
) -> None:
    search = searching.Search(scripts.folder)
    search.fill(scripts)
    found = search.find(scripts, asked)
    hits = snippets.hits(scripts, asked, found.texts, found.clusters)
    if marked is None:
        assert hits == {}
        return
    (hit,) = hits.values()
    assert hit.publisher == "P"
    assert [piece.text for piece in hit.pieces if piece.kind == "mark"] == marked
    assert shown in "".join(piece.text for piece in hit.pieces)


@given(st.text("ab \n", max_size=400), st.text("ab", min_size=1, max_size=3))
def test_a_snippet_is_a_stretch_of_the_text_around_a_word(text: str, word: str) -> None:
    row = {"publisher": None, "language": "en"}
    told = snippets._hit(row, text, regex.compile(word)).pieces
    if word not in text:
        assert told == []
        return
    line = "".join(piece.text for piece in told).removeprefix("… ").removesuffix(" …")
    assert line in re.sub(r"\s+", " ", text) and word in line
    assert len(line) <= snippets.BEFORE + len(word) + snippets.BEHIND


def test_an_article_without_a_title_is_called_by_its_first_words(scripts: Index) -> None:
    rows = scripts.answer("SELECT id, title FROM explorer.facts WHERE id IN ('zh1', 'ar1') ORDER BY id")
    assert [row["title"] for row in rows] == ["وصل الوفد والصحفيون إلى طهران…", "总统访问北京。…"]
    assert {row["title"] for row in Wordless(scripts.folder).answer("SELECT title FROM explorer.facts")} == {None}


def test_the_search_goes_on_where_it_stopped(scripts: Index, tmp_path: Path) -> None:
    tables.create(tmp_path)
    search = searching.Search(tmp_path)
    search.fill(scripts, go_on=lambda: False)
    assert search.find(scripts, "putin").clusters == ["ru"] and search.left == 0
    again = searching.Search(tmp_path)
    again.fill(scripts)
    again.fill(scripts)
    assert again.find(scripts, "putin").clusters == ["ru"]
