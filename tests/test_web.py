"""The explorer over a small corpus, asked over HTTP: what the pages say, who is refused, what hostile texts may do."""

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import regex
import small_corpus
import web_corpus
from hypothesis import given
from hypothesis import strategies as st
from small_corpus import NOON, article, member
from web_corpus import EVIL, signed
from web_server import Site, served

from corpus import tables
from corpus.compare import compare
from corpus.errors import UserError
from corpus.text import text_id
from corpus.web import charts, comparing, display, kinship, searching, snippets
from corpus.web.guard import POLICY, Guard
from corpus.web.index import Current, Index, state_of

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return web_corpus.make(tmp_path_factory.mktemp("web"))


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[Site]:
    searching.Search(folder).fill(Index(folder))
    with served(folder) as site:
        yield site


class Markup(HTMLParser):
    """A page taken apart: its tags with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


PAGES = [
    "/", "/clusters", "/clusters?q=ferry", "/cluster/c1", "/cluster/c2", "/cluster/ch", "/publishers",
    "/publisher?name=Daily", f"/publisher?name={quote(EVIL)}%20News", "/compare?a=ap1&b=de1", "/compare?a=ap1&b=id1",
    "/compare?a=h1&b=h2", "/compare?a=h2&b=h3", f"/clusters?q={quote(EVIL)}", "/nothing", "/review?a=h1&b=h3",
    f"/sql?q={quote(EVIL)}", f"/sql?name={quote(EVIL)}",
    "/sql?q=SELECT+*+FROM+copies", "/sql?name=headlines", f"/cluster/{quote(EVIL)}",
]  # fmt: skip


def words(page: str) -> str:
    return " ".join(Markup(page).text.split())


def test_the_overview_adds_up(site: Site) -> None:
    told = words(site.get("/").text)
    assert "Of 15 articles by" in told
    assert "8 are copies of another article" in told  # 4 of ap1, 2 of own1, 2 hostile
    for kind in ("word for word", "lightly edited", "shortened", "translated"):
        assert kind in told


def test_a_cluster_tells_original_copies_and_why(site: Site) -> None:
    page = site.get("/cluster/c1")
    told = words(page.text)
    assert page.status == 200
    assert "Associated Press" in told and "5 articles" in told
    assert "✓ AP" in told and "none, but AFP" in told
    assert "+1 h" in told and "+5 h" in told
    compared = re.findall(r'href="(/compare\?[^"]+)"', page.text)
    assert {link.replace("&amp;", "&") for link in compared} == {
        f"/compare?a=ap1&b={other}" for other in ("uk1", "de1", "id1", "no1")
    }


def test_a_comparison_shows_what_differs(site: Site) -> None:
    page = site.get("/compare?a=ap1&b=uk1").text
    assert "Passage by passage" in page and "<del>" in page and "<ins>" in page
    told = words(page)
    assert "Local" in told and "ap1" in told and "uk1" in told


def test_a_merged_cluster_an_article_and_a_url_lead_to_the_cluster(site: Site) -> None:
    assert site.get("/cluster/older").headers["location"] == "/cluster/c2"
    assert site.get("/cluster/uk1").headers["location"] == "/cluster/c1"
    assert site.get(f"/clusters?q={quote('https://www.daily.co.uk/uk1', safe='')}").headers["location"] == "/cluster/c1"


@pytest.mark.parametrize(
    ("asked", "clusters"),
    [
        ("", {"c1", "c2", "ch"}), ("agency=AP", {"c1"}), ("publisher=Daily", {"c1", "c2"}), ("language=id", {"c1"}),
        ("kind=excerpt", {"c1"}), ("credit=missing", {"c1", "ch"}), ("least=3", {"c1"}), ("least=99", set()),
        ("until=2026-02-28", {"c2"}), ("since=2026-03-01", {"c1", "ch"}), ("q=sank+minutes", {"c1"}),
        ("q=passenger", {"c2"}), ("q=tenggelam", {"c1"}), ("q=assenger", set()), ("q=%22minutes+sank%22", set()),
        ("q=%22sank+within%22", {"c1"}), ("q=alert", {"ch"}), ("q=nowhere", set()), ("q=%22%22", set()),
    ],
)  # fmt: skip
def test_search_and_filters(site: Site, asked: str, clusters: set[str]) -> None:
    page = site.get(f"/clusters?{asked}")
    assert page.status == 200
    assert set(re.findall(r'href="/cluster/(\w+)"', page.text)) == clusters


@pytest.mark.parametrize("asked", ["since=yesterday", "least=-1", "start=x", "least=9" * 20])
def test_a_filter_that_cannot_be_read_is_told(site: Site, asked: str) -> None:
    assert site.get(f"/clusters?{asked}").status == 404


def test_every_order_holds_the_same_clusters(site: Site) -> None:
    for sort in ("reach", "speed", "altered", "uncredited", "newest", "oldest", "unknown"):
        page = site.get(f"/clusters?sort={sort}").text
        assert set(re.findall(r'href="/cluster/(\w+)"', page)) == {"c1", "c2", "ch"}, sort
    oldest = re.findall(r'href="/cluster/(\w+)"', site.get("/clusters?sort=oldest").text)
    assert oldest[0] == "c2"


@pytest.mark.parametrize("path", PAGES)
def test_nothing_from_an_article_becomes_markup(site: Site, path: str) -> None:
    page = site.get(path)
    assert page.headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY
    assert len(page.text) < 400_000
    for tag, attributes in Markup(page.text).tags:
        assert not any(name.startswith("on") or name == "style" for name in attributes), (tag, attributes)
        assert tag not in ("iframe", "object", "embed", "base", "style")
        if tag == "script":
            assert (attributes["src"] or "").startswith("/static/")
        if tag == "img":
            raise AssertionError("an article's markup is on the page")
        if "href" in attributes:
            assert re.match(r"(/|#|https?://)", attributes["href"] or ""), attributes
    turning = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(page.text)
    assert not turning
    assert not re.search("[\u0300-\u036f\u0489]{7}", page.text)


def test_links_outwards_tell_the_other_side_nothing(site: Site) -> None:
    page = site.get("/cluster/c1")
    assert page.headers["referrer-policy"] == "same-origin"
    outwards = [a for _, a in Markup(page.text).tags if (a.get("href") or "").startswith("http")]
    assert outwards and all("noopener" in (a["rel"] or "") for a in outwards)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8123", "[::1]:80", "192.0.2.7", "papers.example:9"])
def test_known_hosts(host: str) -> None:
    assert refused("GET", {"host": host}) is None


@pytest.mark.parametrize(
    "host", ["", "evil.example", "127.0.0.1.evil.example", "a@127.0.0.1", "localhost.evil", "[::1"]
)
def test_a_page_that_took_over_a_name_is_refused(site: Site, host: str) -> None:
    assert refused("GET", {"host": host})
    if host:
        assert site.get("/", Host=host).status == 403


def refused(method: str, headers: dict[str, str]) -> str | None:
    from starlette.datastructures import Headers

    async def nothing(*_: Any) -> None: ...

    return Guard(nothing, frozenset({"papers.example"})).refusal(method, Headers(headers))


@pytest.mark.parametrize(
    ("method", "headers", "allowed"),
    [
        ("GET", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, True),
        ("GET", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}, False),
        ("GET", {"sec-fetch-site": "none", "sec-fetch-mode": "navigate"}, True),
        ("GET", {"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}, True),
        ("POST", {}, False),
        ("POST", {"origin": "http://localhost"}, True),
        ("POST", {"origin": "http://localhost:81"}, False),
        ("POST", {"origin": "null"}, False),
        ("POST", {"origin": "http://evil.example", "sec-fetch-site": "cross-site"}, False),
        ("POST", {"origin": "http://localhost", "sec-fetch-site": "same-site"}, False),
        ("POST", {"sec-fetch-site": "same-origin"}, True),
        ("DELETE", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, False),
    ],
)
def test_other_sites_may_not_reach_in(method: str, headers: dict[str, str], allowed: bool) -> None:
    assert (refused(method, {"host": "localhost", **headers}) is None) is allowed


def test_assets_are_our_own_and_cannot_be_left(site: Site) -> None:
    for name in ("wirecopy.css", "wirecopy.js", "icon.svg"):
        assert site.get(f"/static/{name}").status == 200
    assert site.get("/static/../app.py").status == 404
    assert site.get("/static/%2e%2e/app.py").status == 404
    for path in (ROOT / "corpus/web").rglob("*.*"):
        if path.suffix in (".css", ".js", ".html"):
            outside = set(re.findall(r"https?://[\w.]+", path.read_text("utf-8"))) - {"http://www.w3.org"}
            assert not outside, path


def test_the_index_follows_the_corpus(tmp_path: Path) -> None:
    folder = small_corpus.make(tmp_path / "corpus", full=True)
    first = Index(folder)
    assert Index(folder).state == first.state
    assert [path.stem for path in (folder / ".explorer").glob("*.duckdb")] == [first.state]
    tables.append(folder, "articles", tables.rows_of("articles", [article("new", "Daily", "daily.co.uk")]))
    second = Index(folder)
    assert second.state == state_of(folder) != first.state
    assert second.answer("SELECT count(*) AS n FROM explorer.facts WHERE id = 'new'") == [{"n": 1}]
    assert first.answer("SELECT count(*) AS n FROM explorer.facts WHERE id = 'new'") == [{"n": 0}]
    assert [path.stem for path in (folder / ".explorer").glob("*.duckdb")] == [second.state]


def test_while_a_new_state_is_read_the_old_one_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.web.index.LOOK_SECONDS", 0.0)
    folder = small_corpus.make(tmp_path / "corpus", full=True)
    current = Current(folder)
    before = current.get()
    assert not current.stale
    tables.append(folder, "articles", tables.rows_of("articles", [article("new", "Daily", "daily.co.uk")]))
    assert current.get() is before and current.stale
    assert current.renewing
    current.renewing.join(30)
    assert not current.stale and current.get().state == state_of(folder)


def test_an_empty_corpus_and_none(tmp_path: Path) -> None:
    empty = small_corpus.make(tmp_path / "empty", full=False)
    with served(empty) as site:
        for path in ("/", "/clusters", "/publishers", "/clusters?q=x"):
            page = site.get(path)
            assert page.status == 200, page.text
        assert "No article of this corpus has a readable text yet" in words(site.get("/").text)
    with pytest.raises(UserError, match="holds no corpus yet"):
        Index(tmp_path / "nowhere")


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


def test_the_search_goes_on_where_it_stopped(scripts: Index, tmp_path: Path) -> None:
    tables.create(tmp_path)
    search = searching.Search(tmp_path)
    search.fill(scripts, go_on=lambda: False)
    assert search.find(scripts, "putin").clusters == ["ru"] and search.left == 0
    again = searching.Search(tmp_path)
    again.fill(scripts)
    again.fill(scripts)
    assert again.find(scripts, "putin").clusters == ["ru"]


def test_who_is_closest() -> None:
    rows = [
        {"id": name, "text_id": text} for name, text in [("o", "1"), ("x", "2"), ("y", "2"), ("z", "3"), ("t", "4")]
    ]
    edges = [
        {"a": "1", "b": "2", "shared": 0.6, "score": 0.9}, {"a": "2", "b": "3", "shared": 0.9, "score": 0.8},
        {"a": "1", "b": "3", "shared": 0.5, "score": 0.99}, {"a": "2", "b": "4", "shared": 0.0, "score": 1.0},
    ]  # fmt: skip
    assert kinship.closest(rows, edges) == {"x": ("o", 0.6), "y": ("x", 1.0), "z": ("x", 0.9), "t": ("o", None)}


def test_what_most_copies_cut() -> None:
    sentences = [f"The {word} sentence of this report tells about the harbour of {word}port." for word in
                 ("first", "second", "third", "fourth")]  # fmt: skip
    whole = " ".join(sentences)
    copies = [" ".join(sentences[:3]), " ".join(sentences[:2]), " ".join(sentences[:3])]
    found = kinship.most_cut(whole, copies, "en")
    assert [(row["text"], row["cut"], row["of"]) for row in found] == [(sentences[3], 3, 3), (sentences[2], 1, 3)]
    kept = kinship.kept_by_place(whole, copies, "en", 4)
    assert [round(share) for share in kept[1]] == [1, 1, 0, 0]


def test_charts_place_days_weeks_and_months() -> None:
    def rows(days: int, step: int = 1) -> list[dict[str, Any]]:
        return [{"day": (NOON + timedelta(days=n)).date(), "wire": 1, "own": 2} for n in range(0, days, step)]

    layers = (("wire", "wire"), ("own", "own"))
    for days, step in ((10, "day"), (300, "week"), (2000, "month"), (30_000, "year")):
        chart = charts.columns(rows(days, max(1, days // 100)), layers)
        assert chart and chart.step == step
        assert len(chart.bars) <= charts.MOST_BARS * 2
        assert all(bar.x >= 0 and bar.x + bar.width <= 100.01 for bar in chart.bars)
        assert all(0 <= top <= chart.height for bar in chart.bars for _, top, _ in bar.parts)
    assert charts.columns([{"day": None, "wire": 1, "own": 1}], layers) is None
    assert [charts.nice(n) for n in (0, 1, 3, 7, 11, 101)] == [1, 1, 5, 10, 20, 200]


def test_a_strip_shows_every_kind_in_a_fixed_order() -> None:
    parts = charts.strip([("translated", 6), ("near", 1), ("exact", 1)], list(display.KINDS))
    assert parts == [("exact", 0.0, 12.5, 1), ("near", 12.5, 12.5, 1), ("translated", 25.0, 75.0, 6)]
    assert charts.strip(None, list(display.KINDS)) == []


def test_a_graph_lays_branches_below_what_they_hang_on() -> None:
    rows = [{"id": name, "at": at} for name, at in (("o", 0.0), ("b", 10.0), ("c", 40.0), ("d", None), ("e", 5.0))]
    drawn = charts.graph(rows, {"b": ("o", 0.9), "c": ("o", None), "d": ("b", 0.4), "e": ("c", None)})
    assert [node.row["id"] for node in drawn.nodes] == ["o", "b", "d", "c", "e"]
    assert [node.y for node in drawn.nodes] == sorted(node.y for node in drawn.nodes)
    assert drawn.nodes[-1].y < drawn.height
    by_id = {node.row["id"]: node for node in drawn.nodes}
    assert by_id["d"].x == 100.0 and by_id["d"].parent == (10.0, by_id["b"].y)
    assert by_id["b"].bend > 0 and by_id["e"].bend == 0  # it is earlier than what it hangs on


def test_numbers_and_names_of_both_languages_are_marked() -> None:
    a = "Iran will open the 928-kilometer line on July 21, said Ada Quill. Nobody else spoke that day."
    b = "إيران ستفتح الخط الذي يبلغ طوله 928 كيلومترا في 21 يوليو، قالت آدا كويل. لم يتحدث أحد غيرها في ذلك اليوم."
    found = compare(a, b, language_a="en", language_b="ar")
    rows = comparing.rows(found, 10)
    for side, wanted in (("a", {"Iran", "928", "July", "21"}), ("b", {"إيران", "928", "يوليو", "21"})):
        told = {piece.text for row in rows for piece in row[side] if piece.kind == "both"}
        assert wanted <= told
        told = " ".join("".join(piece.text for piece in row[side]) for row in rows)
        assert told.split() == (a if side == "a" else b).split()
    alike = comparing.rows(compare(a, a.replace("928", "982"), language_a="en", language_b="en"), 10)
    assert not [piece for row in alike for piece in row["a"] if piece.kind == "both"]


def test_values_in_words() -> None:
    assert [display.duration(h) for h in (None, 0.5, 4.75, 47, 72, -2)] == [
        "",
        "30 min",
        "4.8 h",
        "47 h",
        "3 days",
        "−2 h",
    ]
    assert [display.percent(s) for s in (None, 0, 0.001, 0.5, 0.999, 1)] == [
        "",
        "0\u202f%",
        "<\u202f1\u202f%",
        "50\u202f%",
        ">\u202f99\u202f%",
        "100\u202f%",
    ]
    assert display.number(1234567) == "1\u202f234\u202f567"
    assert (
        display.link("https://a.example/x") and not display.link("javascript:alert(1)") and not display.link("http://[")
    )
    parts = display.pieces("abcdefghij" * 1000, 0, 10_000, [(2, 4, "del")], most=100)
    assert parts[0] == ("", "ab") and parts[1] == ("del", "cd") and parts[3] == ("gap", "9,896 characters")
    assert [part.kind for part in display.pieces("abcdefghij" * 14, 0, 140, [], most=100)] == [""]


def test_the_command_serves_and_stops(folder: Path) -> None:
    command = [sys.executable, "-m", "corpus.cli", "serve", "--corpus", str(folder), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
        assert found, line
        assert Site(int(found[1])).get("/").status == 200
        process.terminate()
        assert process.wait(20) in (0, -15)
