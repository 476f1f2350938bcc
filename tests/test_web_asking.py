"""The explorer's SQL page and the review of pairs: what runs, what is refused, what is kept."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pyarrow.parquet as pq
import pytest
import small_corpus
import web_corpus
from web_server import Site, served

from corpus import Corpus, UserError, query
from corpus.web import asking, reviewing
from corpus.web.index import Index


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return web_corpus.make(tmp_path_factory.mktemp("asked"))


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[Site]:
    with served(folder) as site:
        yield site


def asked(question: str, **more: str) -> str:
    return f"/sql?{urlencode({'q': question, **more})}"


def test_every_named_query_can_be_opened(site: Site) -> None:
    page = site.get("/sql").text
    for one in query.queries():
        assert f'href="/sql?name={one.name}"' in page
    assert "<code>copies</code>" in page


def test_an_answer_is_a_table_and_a_chart(site: Site) -> None:
    page = site.get(asked("SELECT publisher, count(*) AS n FROM copies GROUP BY 1 ORDER BY 2 DESC, 1"))
    assert page.status == 200
    assert "<bdi>Daily</bdi>" in page.text and 'aria-label="n by publisher"' in page.text
    dots = site.get(asked("SELECT words, original_words FROM copies")).text
    assert dots.count('class="point"') == 11
    days = site.get(asked("SELECT published_at::DATE AS day, count(*) AS n FROM articles GROUP BY 1")).text
    assert 'aria-label="n by day"' in days


def test_variables_reach_the_query(site: Site) -> None:
    page = site.get(asked("SELECT getvariable('x') || '!' AS said", **{"p.x": "so"}))
    assert "so!" in page.text
    assert "2 rows" in site.get("/sql?name=clusters_by_reach&p.top=2").text
    assert site.get("/sql?name=clusters_by_reach&p.top=x").status == 400


@pytest.mark.parametrize(
    "question",
    ["DROP VIEW articles", "SELECT * FROM read_csv('/etc/passwd')", "COPY articles TO 'x.csv'", "SELECT 1; SELECT 2",
     "ATTACH 'x.duckdb'", "FROM explorer.facts", "SELECT nothing FROM articles", "SELEC", "SET memory_limit = '1TB'"],
)  # fmt: skip
def test_the_room_is_the_command_lines(site: Site, question: str) -> None:
    page = site.get(asked(question))
    assert page.status == 400
    assert 'role="alert"' in page.text


def test_a_link_on_another_site_runs_nothing(site: Site) -> None:
    page = site.get(asked("SELECT 40 + 2 AS n"), Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate")
    assert page.status == 200
    assert "SELECT 40 + 2" in page.text and "Another site" in page.text and 'aria-label="Answer"' not in page.text


def test_a_long_answer_is_cut_on_the_page_and_whole_in_the_file(site: Site) -> None:
    question = "SELECT range AS n FROM range(1200)"
    page = site.get(asked(question)).text
    assert page.count("<tr>") == asking.MOST_ROWS + 1
    told = site.get(f"/sql/export?{urlencode({'q': question, 'format': 'jsonl'})}")
    assert [json.loads(line)["n"] for line in told.text.splitlines()] == list(range(1200))
    assert "attachment" in told.headers["content-disposition"]


def test_formulas_are_harmless_in_a_csv(site: Site, tmp_path: Path) -> None:
    question = quote("SELECT title FROM articles WHERE id = 'h2'")
    told = site.get(f"/sql/export?q={question}&format=csv").text
    assert told.splitlines()[1].startswith("\"'=HYPERLINK(")
    assert site.get(f"/sql/export?q={question}&format=exe").status == 404
    index = Index(web_corpus.make(tmp_path / "corpus"))
    file, _, name = asking.export(index, {"name": "kinds"}, "parquet")
    with file:
        assert pq.read_table(file).num_rows >= 3
    assert name == "kinds.parquet"


def judge(site: Site, a: str, b: str, label: str, **headers: str) -> int:
    origin = {"Origin": site.url, "Content-Type": "application/x-www-form-urlencoded", **headers}
    return site.ask("POST", "/review", origin, urlencode({"a": a, "b": b, "label": label, "sample": "copies"})).status


def test_pairs_are_judged_and_evaluated(tmp_path: Path) -> None:
    folder = small_corpus.make(tmp_path / "corpus", full=True)
    with served(folder) as site:
        first = reviewing.upcoming(Index(folder), "copies", 0.5)
        assert first is not None
        page = site.get("/review?sample=copies").text
        assert f'name="a" value="{first[0]}"' in page
        assert "0.9" not in page, "the score would lead the reader"
        assert judge(site, *first, "copy") == 303
        assert reviewing.upcoming(Index(folder), "copies", 0.5) not in (first, first[::-1], None)
        assert judge(site, "uk1", "own1", "independent") == 303
        assert judge(site, first[1], first[0], "unsure") == 303, "the later label counts"
        assert judge(site, *first, "copy") == 303
        assert judge(site, "uk1", "uk1", "copy") == 404
        assert judge(site, "uk1", "own1", "perhaps") == 404
        assert judge(site, "uk1", "nobody", "copy") == 404
        assert judge(site, "uk1", "own1", "copy", Origin="http://evil.example") == 403
        assert "2 pairs judged" in site.get("/review").text
    kept = [json.loads(line) for line in (folder / reviewing.FILE).read_text("utf-8").splitlines()]
    assert [(row["label"], {row["a"], row["b"]}) for row in kept] == [
        ("independent", {"uk1", "own1"}), ("copy", set(first))
    ]  # fmt: skip
    found = Corpus(folder).evaluate(folder / reviewing.FILE, unlisted="ignored")
    assert (found.pairs.precision, found.pairs.recall, found.pairs.actual) == (1.0, 1.0, 1)


def test_when_all_pairs_are_judged(tmp_path: Path) -> None:
    folder = small_corpus.make(tmp_path / "corpus", full=True)
    index = Index(folder)
    for _ in range(3):
        pair = reviewing.upcoming(index, "uncertain", 0.5)
        assert pair is not None
        one, other = ({"id": name, "language": "en", "url": None} for name in pair)
        reviewing.keep(folder, one, other, "unsure")
    assert reviewing.upcoming(index, "uncertain", 0.5) is None
    with served(folder) as site:
        assert "Every pair of this sample is judged" in site.get("/review").text


def test_a_spoilt_file_is_told(tmp_path: Path) -> None:
    (tmp_path / reviewing.FILE).write_text('{"a": "x"}\n', encoding="utf-8")
    with pytest.raises(UserError, match="line 1"):
        reviewing.labels(tmp_path)
