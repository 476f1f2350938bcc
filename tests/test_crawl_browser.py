"""Pages that only JavaScript fills, in a real Chromium: what it may ask for, and what it may not."""

import importlib.util
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest

from corpus.errors import UserError
from corpus.warc import Answer as WarcAnswer
from corpus.warc import answers
from spiders.crawl import CrawlAccount, CrawlOptions, crawl
from tests.crawl_web import LOREM, Answer, Web, serve

QUICK = CrawlOptions(delay=0, timeout=5, retries=0, max_bytes=300_000, warc=True)
HOME = "http://herald.example"
HEAD = "publisher,domain,discovery,url,render"
ROW = f"Herald,herald.example,feed,{HOME}/feed.xml,browser"

needs_browser = pytest.mark.skipif(
    importlib.util.find_spec("scrapy_playwright") is None or not shutil.which("chromium"),
    reason="needs the extra `browser` and Chromium (apt-get install chromium)",
)


def shell(script: str, more: str = "") -> str:
    """Return a page without text whose script writes it."""
    return (
        "<!doctype html><html><head><title>Pier</title><meta property='og:type' content='article'>"
        f"</head><body><div id='app'></div>{more}<script>{script}</script></body></html>"
    )


def fetching(path: str) -> str:
    """Return a script that puts the data of a path on the page."""
    return f"""fetch('{path}').then(r => r.json()).then(d => {{
        document.getElementById('app').innerHTML = '<article><h1>Pier</h1><p>' + d.text + '</p></article>'; }})"""


WRITES = f"document.getElementById('app').innerHTML = '<article><p>{LOREM * 3}</p></article>';"


def fill(web: Web) -> list[str]:
    data = '{"text": "' + LOREM * 3 + '"}'
    pages = {
        "/news/story-filled-by-its-data": shell(fetching("/api/pier.json")),
        "/news/story-of-another-host-with-data": shell(fetching("http://data.example/pier.json")),
        "/news/story-by-a-script-of-its-own": shell("", "<script src='/app.js'></script>"),
        "/news/story-that-looks-into-the-private-net": shell(
            f"{WRITES} fetch('http://10.1.2.3/secret'); fetch('http://169.254.169.254/latest/meta-data/');"
            "fetch('/hop-inwards'); new Image().src = 'http://127.0.0.1/pixel';"
            "window.open('http://192.168.1.1/'); new WebSocket('ws://10.1.2.3/');",
            "<iframe src='http://10.0.0.1/frame'></iframe><img src='/big.jpg'><video src='/film.mp4'></video>"
            "<link rel=prefetch href='http://10.9.9.9/next'><link rel=preconnect href='http://10.9.9.8'>",
        ),
        "/news/story-that-sends-and-asks-what-robots-forbid": shell(
            f"{WRITES} fetch('/count', {{method: 'POST', body: 'x'}}); navigator.sendBeacon('/beacon', 'x');"
            "fetch('/private/numbers.json');"
        ),
        "/news/story-that-never-stops-its-script": shell(f"{WRITES} setTimeout(() => {{ while (true) {{}} }}, 50);"),
        "/news/story-that-grows-without-end": shell(
            "const app = document.getElementById('app'); for (let i = 0; i < 8000; i++) {"
            f"const p = document.createElement('p'); p.textContent = '{LOREM}'; app.append(p); }}"
        ),
        "/news/story-that-leads-elsewhere-by-script": shell("location.href = 'http://10.7.7.7/login';"),
    }
    for path, body in pages.items():
        web.pages[f"herald.example{path}"] = Answer(body)
    web.pages["herald.example/robots.txt"] = Answer("User-agent: *\nDisallow: /private/", type="text/plain")
    web.pages["herald.example/api/pier.json"] = Answer(data, type="application/json")
    web.pages["data.example/pier.json"] = Answer(
        data, type="application/json", headers={"Access-Control-Allow-Origin": "*"}
    )
    web.pages["herald.example/app.js"] = Answer(WRITES, type="text/javascript")
    web.pages["herald.example/hop-inwards"] = Answer(status=302, headers={"Location": "http://10.4.4.4/inner"})
    web.feed("herald.example/feed.xml", [HOME + path for path in pages])
    # The same empty page of a publisher that is not marked.
    web.pages["plain.example/news/story-filled-by-its-data"] = Answer(shell(fetching("/api/pier.json")))
    web.feed("plain.example/feed.xml", ["http://plain.example/news/story-filled-by-its-data"])
    return list(pages)


@dataclass
class Shown:
    web: Web
    rows: dict[str, dict[str, Any]]
    account: CrawlAccount
    folder: Path


def write(folder: Path, *lines: str) -> Path:
    path = folder / "publishers.csv"
    path.write_text("\n".join([HEAD, *lines]), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    folder = tmp_path_factory.mktemp("browser")
    with serve() as web:
        fill(web)
        file = write(folder, ROW, "Plain,plain.example,feed,http://plain.example/feed.xml,")
        account = crawl(folder, publishers=file, proxy=web.url, options=QUICK)
        found = {row["url"]: row for row in ds.dataset(folder / "pages").to_table().to_pylist()}
        yield Shown(web, found, account, folder)


def page(shown: Shown, path: str) -> dict[str, Any]:
    return shown.rows[HOME + path]


@needs_browser
@pytest.mark.parametrize(
    "path",
    [
        "/news/story-filled-by-its-data",
        "/news/story-of-another-host-with-data",
        "/news/story-by-a-script-of-its-own",
        "/news/story-that-looks-into-the-private-net",
        "/news/story-that-sends-and-asks-what-robots-forbid",
    ],
)
def test_the_text_that_scripts_write_is_stored(shown: Shown, path: str) -> None:
    row = page(shown, path)
    assert row["outcome"] == "ok", row["reason"]
    text = row["html"].decode()
    assert "<p>" + LOREM.split(".", maxsplit=1)[0] in text
    assert (row["status"], row["publisher"], row["title"] is not None) == (200, "Herald", True)


@needs_browser
def test_publishers_that_are_not_marked_meet_no_browser(shown: Shown) -> None:
    assert LOREM[:40].encode() not in shown.rows["http://plain.example/news/story-filled-by-its-data"]["html"]
    assert "plain.example/api/pier.json" not in shown.web.asked


@needs_browser
def test_every_request_of_a_page_passes_the_guard(shown: Shown) -> None:
    hosts = {path.partition("/")[0] for path in shown.web.asked}
    assert hosts == {"herald.example", "data.example", "plain.example"}
    assert "herald.example/hop-inwards" in shown.web.asked


@needs_browser
def test_only_scripts_styles_and_data_are_asked_for_and_only_by_get(shown: Shown) -> None:
    asked = set(shown.web.asked)
    assert not asked & {f"herald.example/{name}" for name in ("big.jpg", "film.mp4", "count", "beacon", "favicon.ico")}
    assert not any("/private/" in path for path in asked)


@needs_browser
def test_every_request_carries_the_honest_name(shown: Shown) -> None:
    assert {headers["User-Agent"] for headers in shown.web.headers} == {QUICK.user_agent}


@needs_browser
@pytest.mark.parametrize(
    "path, outcome",
    [
        ("/news/story-that-never-stops-its-script", "failed"),
        ("/news/story-that-grows-without-end", "too_large"),
        ("/news/story-that-leads-elsewhere-by-script", "not_article"),
    ],
)
def test_pages_that_misbehave_end_with_an_outcome(shown: Shown, path: str, outcome: str) -> None:
    row = page(shown, path)
    assert row["outcome"] == outcome, row["reason"]
    assert row["html"] is None and row["reason"]


@needs_browser
def test_the_archive_keeps_the_answers_as_they_came(shown: Shown) -> None:
    found = {
        answer.url: answer.html
        for path in (shown.folder / "warc").iterdir()
        for answer in answers(path)
        if isinstance(answer, WarcAnswer)
    }
    kept = found[f"{HOME}/news/story-filled-by-its-data"]
    assert b"fetch('/api/pier.json')" in kept and LOREM[:40].encode() not in kept


def test_a_missing_browser_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("WIRECOPY_BROWSER", "")
    told = "Chromium" if importlib.util.find_spec("scrapy_playwright") else r"wirecopy\[browser\]"
    with pytest.raises(UserError, match=told):
        crawl(tmp_path, publishers=write(tmp_path, ROW), options=QUICK)


def test_an_unknown_way_to_render_is_explained(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="unknown render 'ie6'"):
        crawl(tmp_path, publishers=write(tmp_path, ROW.replace("browser", "ie6")), options=QUICK)
