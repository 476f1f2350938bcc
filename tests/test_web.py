"""The explorer over a small corpus, asked over HTTP: what the pages say, who is refused, what hostile texts may do."""

import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import small_corpus
import web_corpus
from small_corpus import article
from web_corpus import EVIL
from web_server import Site, served

from corpus import tables
from corpus.errors import UserError
from corpus.web import searching
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
        for path, told in (
            ("/", "No article of this corpus has a readable text yet"),
            ("/clusters", "No two articles are copies of one another so far"),
            ("/clusters?q=x", "drop a filter or look for fewer words"),
            ("/publishers", "No publisher has a readable article yet"),
        ):
            assert told in words(site.get(path).text)
    with pytest.raises(UserError, match="holds no corpus yet"):
        Index(tmp_path / "nowhere")


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
