"""The crawl as a user meets it: real Scrapy, real HTTP on loopback, real Parquet."""

import gzip
import socket
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import brotli
import pyarrow.dataset as ds
import pytest

from corpus.errors import UserError
from spiders.crawl import CrawlAccount, CrawlOptions, crawl
from spiders.guard import is_forbidden, is_forbidden_host
from tests.crawl_web import LOREM, Answer, Web, article, rss, serve

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

QUICK = CrawlOptions(
    delay=0, timeout=1.5, retries=1, max_bytes=300_000, max_redirects=4, contact="mailto:me@example.org"
)
RUSSIAN = "Совет портового города во вторник после трёх часов заседания решил восстановить северный пирс. " * 5
HOME = "http://herald.example"


def rows(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the pages rows by their URL; an URL twice fails the test."""
    found: dict[str, dict[str, Any]] = {}
    for row in ds.dataset(folder / "pages").to_table().to_pylist():
        assert row["url"] not in found, row["url"]
        found[row["url"]] = row
    return found


def publishers(folder: Path, lines: list[str]) -> Path:
    path = folder / "publishers.csv"
    path.write_text("publisher,domain,country,language,discovery,url\n" + "\n".join(lines), encoding="utf-8")
    return path


def gone_wrong(web: Web) -> list[str]:
    """Set up pages that go wrong in every way; return their addresses."""
    pages: dict[str, Answer] = {
        "/gone-for-good-says-the-server": Answer("gone", 410),
        "/forbidden-to-all-who-ask-it": Answer("no", 403),
        "/down-for-the-moment-come-again": Answer("oh", 500),
        "/pay-to-read-this-long-story": Answer("pay", 402),
        "/slow-story-of-a-tortoise-race": Answer(article(), wait=4),
        "/dripping-story-of-a-leaky-roof": Answer(article(), drip=1.0),
        "/much-too-large-story-of-the-whale": Answer("<html>" + "x" * 400_000),
        "/bomb-of-a-story-that-unpacks": Answer(
            gzip.compress(b"<html>" + b"0" * 9_000_000), headers={"Content-Encoding": "gzip"}
        ),
        "/bomb-of-brotli-that-unpacks-too": Answer(
            brotli.compress(b"<html>" + b"0" * 9_000_000), headers={"Content-Encoding": "br"}
        ),
        "/bomb-of-zstandard-that-unpacks": Answer(
            zstd.compress(b"<html>" + b"0" * 9_000_000), headers={"Content-Encoding": "zstd"}
        ),
        "/bomb-of-deflate-that-unpacks-too": Answer(
            zlib.compress(b"<html>" + b"0" * 9_000_000), headers={"Content-Encoding": "deflate"}
        ),
        "/bomb-in-a-bomb-that-unpacks": Answer(
            gzip.compress(brotli.compress(b"<html>" + b"0" * 9_000_000)), headers={"Content-Encoding": "br, gzip"}
        ),
        "/story-whose-headers-never-end": Answer(article(), headers={f"X-{n}": "y" * 1000 for n in range(600)}),
        "/story-with-one-endless-header": Answer(article(), headers={"X-Y": "y" * 600_000}),
        "/walk-of-five-hops-that-is-long": Answer(status=302, headers={"Location": "/walk-1"}),
        "/report-of-the-year-as-a-file": Answer(b"%PDF-1.4", type="application/pdf"),
        "/empty-page-of-an-empty-mind": Answer(""),
        "/cut-off-in-the-middle-of-it": Answer(article(), cut=True),
        "/circle-of-the-endless-walk": Answer(status=301, headers={"Location": "/circle-of-the-endless-walk"}),
        "/moved-to-the-front-page-now": Answer(status=302, headers={"Location": "/"}),
        "/moved-into-the-private-net": Answer(status=302, headers={"Location": "http://127.0.0.1:9/secret"}),
        "/moved-into-the-metadata-net": Answer(status=302, headers={"Location": "http://169.254.169.254/latest"}),
        "/moved-to-a-file-of-the-disk": Answer(status=302, headers={"Location": "file:///etc/passwd"}),
        "/moved-behind-the-login-wall": Answer(status=302, headers={"Location": "/login?next=x"}),
        "/login?next=x": Answer("<html><p>Sign in</p><input type=password></html>"),
        "/secret/story-that-robots-forbid": Answer(article()),
    }
    pages |= {f"/walk-{n}": Answer(status=302, headers={"Location": f"/walk-{n + 1}"}) for n in range(1, 5)}
    web.pages.update({f"herald.example{path}": answer for path, answer in pages.items()})
    return [HOME + path for path in pages if not path.startswith(("/login", "/walk-"))] + [
        f"{HOME}/walk-of-five-hops-that-is-long"
    ]


def gone_right(web: Web) -> list[str]:
    """Set up pages that are articles in spite of something; return their addresses."""
    web.article("herald.example/world/first-story-of-the-day")
    web.article(
        "herald.example/world/second-story-of-the-day",
        head="<meta charset=windows-1251>",
        text=RUSSIAN,
    )
    page = web.pages["herald.example/world/second-story-of-the-day"]
    assert isinstance(page, Answer) and isinstance(page.body, str)
    page.body, page.type = page.body.encode("windows-1251"), "text/html; charset=windows-1251"
    web.pages["herald.example/world/third-story-of-the-day"] = Answer(
        gzip.compress(article(text=LOREM * 2).encode()), headers={"Content-Encoding": "gzip"}
    )
    web.pages["herald.example/old/fourth-story-of-the-day"] = Answer(
        status=301, headers={"Location": "/hop/fourth-story-of-the-day"}
    )
    web.pages["herald.example/hop/fourth-story-of-the-day"] = Answer(
        status=302, headers={"Location": "https2/fourth-story-of-the-day"}
    )
    web.article("herald.example/hop/https2/fourth-story-of-the-day", text=LOREM + "Fourth.")
    amp = "<link rel='canonical' href='/world/first-story-of-the-day'>"
    web.article("herald.example/amp/first-story-of-the-day", head=amp)
    return [
        f"{HOME}/world/first-story-of-the-day",
        f"{HOME}/world/first-story-of-the-day/?utm_source=feed&fbclid=1",
        "http://www.herald.example/world/first-story-of-the-day#comments",
        f"{HOME}/world/second-story-of-the-day",
        f"{HOME}/world/third-story-of-the-day",
        f"{HOME}/old/fourth-story-of-the-day",
        f"{HOME}/amp/first-story-of-the-day",
    ]


@dataclass
class Crawled:
    """One web, crawled twice."""

    web: Web
    folder: Path
    first: CrawlAccount
    asked: list[str]
    second: CrawlAccount
    asked_again: list[str]
    lines: list[str]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("crawl")
    with serve() as web:
        links = gone_right(web) + gone_wrong(web)
        web.pages["herald.example/robots.txt"] = Answer("User-agent: *\nDisallow: /secret/\n", type="text/plain")
        web.feed("herald.example/feed.xml", links)
        web.pages["herald.example/"] = Answer("<html><p>Front page</p></html>")
        web.pages["down.example/robots.txt"] = Answer("oh", 503)
        web.pages["junk.example/feed.xml"] = Answer(article())
        web.pages["junk.example/robots.txt"] = Answer(b"\xff\xfe\x00 <html> not robots")
        web.pages["junk.example/sitemap.xml"] = Answer(gzip.compress(b"<urlset>" + b" " * 60_000_000), type="x/y")
        web.pages["auto.example/robots.txt"] = Answer("Sitemap: http://auto.example/map.xml", type="text/plain")
        web.pages["auto.example/"] = Answer("<html><head></head><a href='/politics'>x</a></html>")
        web.pages["auto.example/map.xml"] = Answer(
            "<sitemapindex><sitemap><loc>http://auto.example/map1.xml.gz</loc></sitemap></sitemapindex>"
        )
        web.pages["auto.example/map1.xml.gz"] = Answer(
            gzip.compress(
                b"<urlset><url><loc>http://auto.example/one-story-of-four-words</loc></url>"
                b"<url><loc>http://else.example/not-ours-to-fetch-here</loc></url>"
                b"<url><loc>http://auto.example/about-us-and-our-team</loc></url></urlset>"
            ),
            type="application/gzip",
        )
        web.article("auto.example/one-story-of-four-words")
        web.pages["auto.example/about-us-and-our-team"] = Answer(f"<html><p>{LOREM[:160]}</p></html>")
        web.pages["links.example/"] = Answer(
            "<html><a href='/2026/07/a-story-by-link-alone'>x</a><a href='/tag/x'>t</a></html>"
        )
        web.article("links.example/2026/07/a-story-by-link-alone")
        file = publishers(
            folder,
            [
                "Herald,herald.example,GB,en,feed,http://herald.example/feed.xml",
                "Down,down.example,,,feed,http://down.example/feed.xml",
                "Junk,junk.example,,,feed,http://junk.example/feed.xml",
                "Junk,junk.example,,,sitemap,http://junk.example/sitemap.xml",
                "Auto,auto.example,,,auto,",
            ],
        )
        lines: list[str] = []
        arguments: dict[str, Any] = {"publishers": file, "proxy": web.url, "options": QUICK}
        first = crawl(folder, ["links.example"], progress=lines.append, **arguments)
        asked = list(web.asked)
        web.asked.clear()
        second = crawl(folder, ["links.example"], **arguments)
        yield Crawled(web, folder, first, asked, second, list(web.asked), lines)


OUTCOMES = {
    "/world/first-story-of-the-day": "ok",
    "/world/second-story-of-the-day": "ok",
    "/world/third-story-of-the-day": "ok",
    "/hop/https2/fourth-story-of-the-day": "ok",
    "/gone-for-good-says-the-server": "http_error",
    "/forbidden-to-all-who-ask-it": "http_error",
    "/down-for-the-moment-come-again": "http_error",
    "/pay-to-read-this-long-story": "paywall",
    "/slow-story-of-a-tortoise-race": "failed",
    "/dripping-story-of-a-leaky-roof": "failed",
    "/much-too-large-story-of-the-whale": "too_large",
    "/bomb-of-a-story-that-unpacks": "too_large",
    "/bomb-of-brotli-that-unpacks-too": "too_large",
    "/bomb-of-zstandard-that-unpacks": "too_large",
    "/bomb-of-deflate-that-unpacks-too": "too_large",
    "/bomb-in-a-bomb-that-unpacks": "too_large",
    "/story-whose-headers-never-end": "too_large",
    "/story-with-one-endless-header": "failed",
    "/walk-of-five-hops-that-is-long": "failed",
    "/report-of-the-year-as-a-file": "not_article",
    "/empty-page-of-an-empty-mind": "not_article",
    "/cut-off-in-the-middle-of-it": "failed",
    "/circle-of-the-endless-walk": "failed",
    "/moved-to-the-front-page-now": "not_article",
    "/moved-into-the-private-net": "private_address",
    "/moved-into-the-metadata-net": "private_address",
    "/moved-to-a-file-of-the-disk": "http_error",
    "/moved-behind-the-login-wall": "paywall",
    "/secret/story-that-robots-forbid": "blocked_robots",
}


@pytest.mark.parametrize("path, outcome", OUTCOMES.items())
def test_every_page_has_its_outcome(crawled: Crawled, path: str, outcome: str) -> None:
    row = rows(crawled.folder)[HOME + path]
    assert row["outcome"] == outcome, row["reason"]
    assert (row["html"] is not None) == (row["outcome"] == "ok")
    assert (row["reason"] is None) == (row["outcome"] == "ok")


def test_nothing_is_left_out_and_nothing_doubled(crawled: Crawled) -> None:
    herald = {url for url, row in rows(crawled.folder).items() if row["publisher"] == "Herald"}
    assert herald - {HOME + path for path in OUTCOMES} <= {f"{HOME}/amp/first-story-of-the-day"}
    stored = ds.dataset(crawled.folder / "pages").to_table(columns=["id", "outcome"]).to_pylist()
    assert len({row["id"] for row in stored}) == len(stored)
    told = sum(crawled.first.outcomes.values())
    assert told == len(stored)
    assert sum(sum(counts.values()) for counts in crawled.first.publishers.values()) == told


def test_tracking_and_amp_twins_are_one_article(crawled: Crawled) -> None:
    found = [row for row in rows(crawled.folder).values() if row["outcome"] == "ok"]
    assert sum("first-story" in row["url"] for row in found) == 1
    plain = [path for path in crawled.asked if path.rstrip("/").endswith("/world/first-story-of-the-day")]
    assert len(plain) <= 1


def test_what_feeds_tell_is_kept(crawled: Crawled) -> None:
    row = rows(crawled.folder)[f"{HOME}/world/second-story-of-the-day"]
    assert row["title"] == "Number 3"
    assert row["published_at"] == datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
    assert (row["published_by_what"], row["discovered_by"], row["language"]) == ("feed", "feed", "en")
    assert row["html"].decode("windows-1251").count("северный пирс") == 10
    assert row["content_type"] == "text/html; charset=windows-1251"


def test_sites_are_discovered_by_themselves(crawled: Crawled) -> None:
    found = rows(crawled.folder)
    assert found["http://auto.example/one-story-of-four-words"]["discovered_by"] == "sitemap"
    assert found["http://auto.example/about-us-and-our-team"]["outcome"] == "not_article"
    assert found["http://links.example/2026/07/a-story-by-link-alone"]["discovered_by"] == "front"
    assert not any("else.example" in path for path in crawled.asked)


def test_broken_listings_and_robots_are_told_in_sentences(crawled: Crawled) -> None:
    told = "\n".join(crawled.first.problems)
    assert "it is a web page, not a feed" in told
    assert "it unpacks to more than" in told
    assert "robots.txt of down.example answered 503" in told
    assert not any(path.startswith("down.example/feed") for path in crawled.asked)
    assert crawled.first.listings["broken"] == 2


def test_forbidden_pages_are_never_asked_for(crawled: Crawled) -> None:
    assert not any("/secret/" in path or path.startswith(("127.", "169.")) for path in crawled.asked)


def test_the_user_agent_is_honest(crawled: Crawled) -> None:
    agents = {headers["User-Agent"] for headers in crawled.web.headers}
    assert len(agents) == 1
    assert agents.pop().startswith("wirecopy/") and "(+mailto:me@example.org)" in crawled.web.headers[0]["User-Agent"]


def test_a_second_crawl_asks_for_no_page_again(crawled: Crawled) -> None:
    pages = {path for path in crawled.asked_again if "story" in path or path.count("-") > 2}
    assert pages == set()
    assert crawled.second.pages == 0
    assert crawled.second.left == crawled.first.left > 0


def test_account_and_progress_are_plain_lines(crawled: Crawled) -> None:
    line = str(crawled.first)
    assert "\n" not in line and "6 ok" in line and "Herald" in line
    assert len(crawled.lines) >= crawled.first.pages
    assert all(text.isprintable() for text in crawled.lines)


def test_an_article_and_a_feed_given_by_address(tmp_path: Path) -> None:
    with serve() as web:
        web.article("/2026/07/one-story-alone-here")
        web.feed("/feed-of-today.xml", [f"{web.url}/2026/07/two-stories-in-feed"])
        web.article("/2026/07/two-stories-in-feed")
        given = [f"{web.url}/2026/07/one-story-alone-here", f"{web.url}/feed-of-today.xml", "ftp://nowhere/"]
        account = crawl(tmp_path, given, allow_private=True, options=QUICK)
        assert dict(account.outcomes) == {"ok": 2, "listing": 1, "failed": 1}
        again = crawl(tmp_path, given, allow_private=True, options=QUICK)
        assert dict(again.outcomes) == {"known": 1, "failed": 1}
        assert web.count()["/feed-of-today.xml"] == 2


def test_private_addresses_are_refused_without_a_request(tmp_path: Path) -> None:
    with serve() as web:
        web.article("/2026/07/one-story-alone-here")
        path = f":{web.port}/2026/07/one-story-alone-here"
        given = [
            f"http://{host}{path}" for host in ("127.0.0.1", "2130706433", "0x7f.1", "localhost", "[::ffff:127.0.0.1]")
        ]
        account = crawl(tmp_path, given, options=QUICK)
        assert dict(account.outcomes) == {"private_address": 5}
        assert web.asked == []
        assert all("not a public address" in row["reason"] for row in rows(tmp_path).values())


def test_a_name_that_leads_to_a_private_address_is_refused_when_it_connects(tmp_path: Path) -> None:
    name = socket.gethostname()
    try:
        address = socket.gethostbyname(name)
    except OSError:
        pytest.skip("this machine's name leads nowhere")
    if is_forbidden_host(name) or not is_forbidden(address):
        pytest.skip("this machine's name leads to no private address")
    with serve(address) as web:
        web.article("/2026/07/one-story-alone-here")
        given = [f"http://{name}:{web.port}/2026/07/one-story-alone-here"]
        account = crawl(tmp_path, given, options=QUICK)
        assert dict(account.outcomes) == {"private_address": 1}
        assert web.asked == []
        assert crawl(tmp_path / "allowed", given, options=QUICK, allow_private=True).stored == 1


def test_limits_since_and_resume(tmp_path: Path) -> None:
    with serve() as web:
        links = [f"{web.url}/2026/07/story-number-{n}-of-many" for n in range(6)]
        for n, link in enumerate(links):
            web.article(link.removeprefix(web.url), text=f"{LOREM} Number {n}.")
        web.feed("/feed.xml", links)
        file = publishers(tmp_path, [f"Port,127.0.0.1,,,feed,{web.url}/feed.xml"])
        arguments: dict[str, Any] = {"allow_private": True, "options": QUICK}
        late = crawl(tmp_path, publishers=file, since=datetime(2026, 11, 23, 3, 0, tzinfo=UTC), **arguments)
        assert (late.stored, late.left) == (2, 4)
        some = crawl(tmp_path, publishers=file, max_pages=3, **arguments)
        assert (some.stored, some.left) == (3, 1)
        rest = crawl(tmp_path, **arguments)
        assert (rest.stored, rest.left) == (1, 0)
        assert max(web.count()[link.removeprefix(web.url)] for link in links) == 1
        assert web.asked.index("/2026/07/story-number-5-of-many") < web.asked.index("/2026/07/story-number-0-of-many")


def dated(stamp: str) -> str:
    return f"<meta property='article:published_time' content='{stamp}'>"


def test_older_articles_of_a_front_page_are_counted_and_left_for_another_time(tmp_path: Path) -> None:
    with serve() as web:
        told = {"old": dated("2026-05-01T09:00:00Z"), "same-day": dated("2026-07-01"), "new": dated("2026-07-02"),
                "undated": "", "alt": '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": '
                '"2026-06-30T23:59:00+03:00"}</script>'}  # fmt: skip
        paths = {name: f"/2026/07/the-{name}-story-of-the-pier" for name in told}
        for name, path in paths.items():
            web.article(path, head=told[name], text=f"{LOREM} Die Geschichte {name}.")
        web.pages["/"] = Answer("<html><body>" + "".join(f"<p><a href='{p}'>{n * 9}</a>" for n, p in paths.items()))
        file = publishers(tmp_path, [f"Port,127.0.0.1,,,front,{web.url}/"])
        since = {"since": datetime(2026, 7, 1, tzinfo=UTC)}
        arguments: dict[str, Any] = {"publishers": file, "allow_private": True, "options": QUICK}
        first = crawl(tmp_path / "c", **since, **arguments)
        assert dict(first.outcomes) == {"ok": 3, "older": 2} and first.left == 2
        stored = ds.dataset(tmp_path / "c" / "pages").to_table(columns=["url"])["url"].to_pylist()
        assert sorted(stored) == sorted(web.url + paths[name] for name in ("same-day", "new", "undated"))
        again = crawl(tmp_path / "c", **since, **arguments)
        assert not again.outcomes and again.left == 2
        rest = crawl(tmp_path / "c", **arguments)
        assert (rest.stored, rest.left) == (2, 0)
        assert [web.count()[path] for path in paths.values()] == [2, 1, 1, 1, 2]


@pytest.mark.parametrize(
    "text, told",
    [
        ("", "lacks the column publisher"),
        ("publisher,domain\n", "has no rows"),
        ("publisher,domain,discovery\nA,a.example,magic", "line 2: unknown discovery 'magic'"),
        ("publisher,domain,discovery\nA,a.example,feed", "needs a url"),
        ("publisher,domain\nA,not a domain", "is no domain"),
    ],
)
def test_wrong_publishers_files_are_explained(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(text)
    with pytest.raises(UserError, match=r"mine\.csv") as caught:
        crawl(tmp_path / "corpus", publishers=file)
    assert told in str(caught.value)
    assert not (tmp_path / "corpus").exists()


def test_nothing_to_crawl_is_explained(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nothing to crawl"):
        crawl(tmp_path)
    with pytest.raises(UserError, match="as a list"):
        crawl(tmp_path, "http://a.example/")
    with pytest.raises(UserError, match="must look like"):
        crawl(tmp_path, ["http://a.example/"], proxy="socks5://x")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"allow_private": "x"}, r"allow_private cannot be 'x'; it must be yes or no \(True or False\)"),
        ({"allow_private": 2}, "allow_private cannot be 2"),
        ({"max_pages": "many"}, "max_pages cannot be 'many'; it must be a whole number"),
        ({"max_pages": True}, "max_pages cannot be True"),
        ({"max_pages": 0}, "max_pages must be above 0, not 0"),
        ({"since": "yesterday"}, "since cannot be 'yesterday'; it must be a date or time such as 2026-07-31"),
    ],
)
def test_wrong_options_are_explained_and_never_taken_for_no(tmp_path: Path, wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(UserError, match=told):
        crawl(tmp_path / "new", ["http://127.0.0.1:9/"], **wrong)
    with pytest.raises(UserError, match=told):
        CrawlOptions(**wrong)
    assert not (tmp_path / "new").exists()


def test_options_in_words_are_read() -> None:
    assert CrawlOptions(allow_private="yes", warc="no", refresh="never", since="2026-07-01") == CrawlOptions(  # type: ignore[arg-type]
        allow_private=True, refresh=None, since=datetime(2026, 7, 1, tzinfo=UTC)
    )
    assert CrawlOptions.of(CrawlOptions(refresh=None, delay=2).as_json()) == CrawlOptions(refresh=None, delay=2)


def test_rss_helper_is_a_feed() -> None:
    assert rss(["http://a.example/1"]).count("<item>") == 1
