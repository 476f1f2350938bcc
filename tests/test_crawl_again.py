"""Crawling again: only what changed, revisions kept; archives in and out; endless sites bounded."""

import gzip
import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
from fastwarc.warc import ArchiveIterator, WarcRecordType
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from spiders.crawl import CrawlOptions, crawl
from tests.crawl_web import LOREM, Answer, article, rss, serve

QUICK = CrawlOptions(delay=0, timeout=5, retries=0, allow_private=True)
AGAIN = replace(QUICK, refresh=timedelta(0))


def pages(folder: Path) -> list[dict[str, Any]]:
    return ds.dataset(folder / "pages").to_table().sort_by("fetched_at").to_pylist()


def etagged(body: str | bytes, etag: str) -> Callable[[dict[str, str]], Answer]:
    """Return a page that says 304 to those who know it."""

    def answer(headers: dict[str, str]) -> Answer:
        if headers.get("If-None-Match") == etag:
            return Answer(status=304, headers={"ETag": etag})
        return Answer(body, headers={"ETag": etag})

    return answer


def test_a_refresh_asks_conditionally_and_keeps_what_changed(tmp_path: Path) -> None:
    with serve() as web:
        names = ["same", "edited", "ads", "gone", "twin"]
        paths = {name: f"/2026/07/story-that-is-{name}-later" for name in names}
        for path in paths.values():
            web.pages[path] = etagged(article(text=f"{LOREM} {path} {LOREM}"), '"one"')
        real = "/2026/07/the-real-address-of-the-twin"
        web.article(paths["twin"], head=f"<link rel=canonical href='{real}'>", text=LOREM + "Twin.")
        web.article(real, head=f"<link rel=canonical href='{real}'>", text=LOREM + "Twin.")
        web.pages["/feed.xml"] = etagged(rss([web.url + path for path in paths.values()]), '"feed"')
        feed = [f"{web.url}/feed.xml"]
        first = crawl(tmp_path, feed, options=QUICK)
        assert first.stored == 5
        web.pages[paths["edited"]] = etagged(article(text=f"{LOREM} corrected the next day by its editors"), '"two"')
        ads = article(text=f"{LOREM} {paths['ads']} {LOREM}", head="<script>ad</script>")
        web.pages[paths["ads"]] = etagged(ads, '"two"')
        web.pages[paths["gone"]] = Answer("gone", 410)
        web.asked.clear()
        plain = crawl(tmp_path, feed, options=QUICK)
        assert (plain.pages, dict(plain.listings)) == (0, {"not_modified": 1})
        again = crawl(tmp_path, feed, options=AGAIN)
        assert dict(again.outcomes) == {"not_modified": 3, "ok": 1, "http_error": 1}
        assert web.count()[paths["twin"]] == 0 and web.count()[real] == 1
        texts = [row["html"] for row in pages(tmp_path) if row["url"].endswith(paths["edited"])]
        assert len(texts) == 2 and b"corrected" in texts[1] and b"corrected" not in texts[0]
        assert dict(crawl(tmp_path, feed, options=AGAIN).outcomes) == {"not_modified": 4}
        assert len(pages(tmp_path)) == 7


def later(folder: Path, hours: float) -> None:
    """Make all that the crawl remembers so many hours older."""
    with sqlite3.connect(folder / "crawl.sqlite") as db:
        db.execute(
            "UPDATE urls SET fetched_at = fetched_at - ?1, first_fetched_at = first_fetched_at - ?1", (hours * 3600,)
        )
        db.execute("UPDATE places SET planned_at = planned_at - ?", (hours * 3600,))
    db.close()


def test_the_plain_command_twice_a_day_finds_what_is_new_and_what_changed(tmp_path: Path) -> None:
    with serve() as web:
        paths = [f"/2026/07/story-number-{n}-of-many" for n in range(4)]
        for n, path in enumerate(paths):
            web.pages[path] = etagged(article(text=f"{LOREM} {path} {LOREM}"), f'"{n}"')
        web.pages["/feed.xml"] = etagged(rss([web.url + path for path in paths[:3]]), '"feed"')
        assert crawl(tmp_path, [f"{web.url}/feed.xml"], options=QUICK).stored == 3
        web.asked.clear()
        assert crawl(tmp_path, options=QUICK).pages == 0 and web.asked == []  # a minute later: nothing
        web.pages["/feed.xml"] = etagged(rss([web.url + path for path in paths]), '"more"')
        web.pages[paths[1]] = etagged(article(text=f"{LOREM} corrected by its editors {LOREM}"), '"new"')
        later(tmp_path, 12)
        half_a_day = crawl(tmp_path, options=QUICK)
        assert dict(half_a_day.outcomes) == {"ok": 2, "not_modified": 2}
        assert half_a_day.listings["ok"] == 1
        later(tmp_path, 60)
        old = crawl(tmp_path, options=QUICK)  # the articles are older than two days now
        assert (old.pages, dict(old.listings)) == (0, {"not_modified": 1})
        later(tmp_path, 12)
        web.asked.clear()
        assert crawl(tmp_path, options=replace(QUICK, refresh=None)).pages == 0 and web.asked == []
        versions = [row["html"] for row in pages(tmp_path) if row["url"].endswith(paths[1])]
        assert len(versions) == 2 and b"corrected" in versions[1]


def sitemap(entries: dict[str, str]) -> str:
    urls = "".join(f"<url><loc>{url}</loc><lastmod>{time}</lastmod></url>" for url, time in entries.items())
    return f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>"


def test_what_a_sitemap_says_was_changed_is_asked_for_again_unless_it_says_so_of_all(tmp_path: Path) -> None:
    with serve() as web:
        paths = [f"/2026/07/story-number-{n}-of-many" for n in range(24)]
        for path in paths:
            web.article(path, text=f"{LOREM} {path} {LOREM}")
        entries = {web.url + path: "2026-07-01T10:00:00Z" for path in paths}
        web.pages["/map.xml"] = Answer(sitemap(entries))
        given = [f"{web.url}/map.xml"]
        assert crawl(tmp_path, given, options=QUICK).stored == 24
        later(tmp_path, 24 * 20)
        now = datetime.now(UTC).isoformat()
        web.asked.clear()
        web.pages["/map.xml"] = Answer(sitemap(entries | dict.fromkeys(list(entries)[:2], now)))
        assert crawl(tmp_path, given, options=QUICK).pages == 2
        assert {path for path in web.asked if path.startswith("/2026")} == set(paths[:2])
        web.pages["/map.xml"] = Answer(sitemap(dict.fromkeys(entries, now)))
        later(tmp_path, 24)
        assert crawl(tmp_path, given, options=QUICK).pages == 0


def test_failures_that_may_pass_are_tried_in_later_runs_and_then_no_more(tmp_path: Path) -> None:
    with serve() as web:
        path = "/2026/07/story-of-a-server-in-need"
        web.pages[path] = Answer("oh", 503)
        for run in range(4):
            account = crawl(tmp_path, [web.url + path], options=replace(QUICK, runs=3))
            assert account.pages == (1 if run < 3 else 0), run
            with sqlite3.connect(tmp_path / "crawl.sqlite") as db:
                db.execute("UPDATE urls SET not_before = 0")
        assert web.count()[path] == 3
        assert [row["outcome"] for row in pages(tmp_path)] == ["http_error"]


def test_a_server_that_fails_again_and_again_is_left_alone(tmp_path: Path) -> None:
    with serve() as web:
        paths = [f"/2026/07/story-number-{n}-of-many" for n in range(30)]
        web.feed("/feed.xml", [web.url + path for path in paths])
        web.pages.update({path: Answer("oh", 500) for path in paths})
        account = crawl(tmp_path, [f"{web.url}/feed.xml"], options=QUICK)
        assert 5 <= account.outcomes["http_error"] <= 7
        assert account.left == 30
        assert any("failed again and again" in problem for problem in account.problems)


def test_endless_indexes_and_lists_are_bounded(tmp_path: Path) -> None:
    def index(_: dict[str, str]) -> Answer:
        number = len(web.asked)
        links = "".join(f"<sitemap><loc>{web.url}/map{number}-{n}.xml</loc></sitemap>" for n in range(9))
        for n in range(9):
            web.pages[f"/map{number}-{n}.xml"] = index
        return Answer(f"<sitemapindex>{links}</sitemapindex>")

    with serve() as web:
        web.pages["/map.xml"] = index
        options = replace(QUICK, max_listings_per_publisher=25)
        account = crawl(tmp_path, [f"{web.url}/map.xml"], options=options)
        assert account.listings["ok"] == 25 + 1
        assert len(web.asked) <= 25 + 2


def test_calendars_session_ids_and_pages_without_end_lead_nowhere(tmp_path: Path) -> None:
    def front(_: dict[str, str]) -> Answer:
        visit = f"{len(web.asked):032x}9"
        story = f"<a href='/2026/07/story-of-the-old-pier?sid={visit}'>Story</a>"
        story += f"<a href='/(S({visit}))/a/tale-of-the-new-pier-20260714.aspx'>Tale</a>"
        calendar = "".join(
            f"<a href='/calendar/{year}/{month}/'>.</a>" for year in range(2026, 2036) for month in range(1, 13)
        )
        more = "".join(f"<a href='/page/{n}'>{n}</a><a href='/tag/pier?page={n}'>{n}</a>" for n in range(2, 99))
        return Answer(f"<html><body>{story}{calendar}{more}</body></html>")

    with serve() as web:
        web.pages["/"] = front
        web.article("/2026/07/story-of-the-old-pier")
        web.article("/a/tale-of-the-new-pier-20260714.aspx", text=LOREM + "New.")
        for hours in (0, 12):
            later(tmp_path, hours) if hours else None
            account = crawl(tmp_path, [f"{web.url}/"], options=replace(QUICK, refresh=None))
        assert account.pages == 0 and len(pages(tmp_path)) == 2
        assert not [path for path in web.asked if "calendar" in path or "page" in path or "sid" in path or "S(" in path]


def test_answers_are_kept_as_warc(tmp_path: Path) -> None:
    with serve() as web:
        path = "/2026/07/story-for-the-archive-now"
        web.pages[path] = Answer(gzip.compress(article().encode()), headers={"Content-Encoding": "gzip", "X-Y": "ü"})
        web.pages[f"{path}-2"] = Answer("gone", 404)
        given = [web.url + path, f"{web.url}{path}-2"]
        crawl(tmp_path, given, options=replace(QUICK, warc=True))
    (file,) = (tmp_path / "warc").glob("*.warc.gz")
    with file.open("rb") as stream:
        read = {
            record.headers["WARC-Target-URI"]: (record.http_headers.status_code, record.reader.read())
            for record in ArchiveIterator(stream, record_types=WarcRecordType.response, verify_digests=True)
        }
    assert read == {given[0]: (200, article().encode()), given[1]: (404, b"gone")}
    with file.open("rb") as stream:
        kinds = []
        for record in WarcioIterator(stream, check_digests="raise"):
            kinds.append(record.rec_type)
            record.content_stream().read()
    assert kinds == ["warcinfo", "response", "response"]


def test_captures_of_the_past_come_through_cdx(tmp_path: Path) -> None:
    with serve() as web:
        original = "http://old.example/2019/05/story-of-the-old-pier"
        rows = [["timestamp", "original"], ["20190502101500", original], ["20200101000000", original], ["broken"]]

        def cdx(_: dict[str, str]) -> Answer:
            return Answer(json.dumps(rows), type="application/json")

        query = "url=old.example%2F%2A&output=json&fl=timestamp%2Coriginal%2Cmimetype%2Cstatuscode%2Cdigest"
        web.pages[f"/cdx?{query}&filter=statuscode%3A200&collapse=digest"] = cdx
        web.article(f"/web/20190502101500id_/{original}")
        web.article(f"/web/20200101000000id_/{original}", text=LOREM + "Corrected in the year after.")
        file = tmp_path / "p.csv"
        file.write_text("publisher,domain,discovery,url\nOld,old.example,wayback,old.example/*\n")
        options = replace(QUICK, cdx=f"{web.url}/cdx")
        account = crawl(tmp_path, publishers=file, options=options)
        assert account.stored == 2, (account.problems, web.asked)
        stored = pages(tmp_path)
        assert [row["url"] for row in stored] == [original, original]
        assert stored[0]["fetched_at"] == datetime(2019, 5, 2, 10, 15, tzinfo=UTC)
        assert {row["discovered_by"] for row in stored} == {"wayback"}
        assert crawl(tmp_path, publishers=file, options=options).pages == 0


def test_one_host_is_asked_slowly_and_crawl_delay_is_kept(tmp_path: Path) -> None:
    with serve() as web:
        paths = [f"/2026/07/story-number-{n}-of-many" for n in range(4)]
        web.feed("/feed.xml", [web.url + path for path in paths])
        for path in paths:
            web.article(path, text=LOREM + path)
        web.pages["/robots.txt"] = Answer("User-agent: *\nCrawl-delay: 0.8", type="text/plain")
        crawl(tmp_path, [f"{web.url}/feed.xml"], options=replace(QUICK, delay=0.4))
        gaps = [later - sooner for sooner, later in zip(web.times, web.times[1:], strict=False)]
        assert web.asked[:2] == ["/robots.txt", "/feed.xml"] and len(gaps) == 5
        assert min(gaps) > 0.34
        assert sum(gaps[1:]) > 0.75 * len(gaps[1:])  # on a busy machine one answer is late and the next gap short
        assert min(gaps[1:]) > 0.5
