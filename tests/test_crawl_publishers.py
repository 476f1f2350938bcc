"""Rows of publishers.csv are tried, and written for a site."""

from dataclasses import replace
from pathlib import Path

import pytest

from corpus.errors import UserError
from spiders.options import CrawlOptions, read_publishers
from spiders.publishers import add_publisher, check_publishers, find_publisher
from tests.crawl_web import Answer, serve

QUICK = CrawlOptions(delay=0, timeout=3)
ROOT = Path(__file__).resolve().parent.parent


def test_every_row_is_tried_and_told(tmp_path: Path) -> None:
    with serve() as web:
        web.feed("good.example/feed.xml", [f"http://good.example/2026/07/story-{n}-of-the-day" for n in range(3)])
        for n in range(3):
            web.article(f"good.example/2026/07/story-{n}-of-the-day")
        web.feed("robots.example/feed.xml", ["http://robots.example/2026/07/story-of-the-day"])
        web.pages["robots.example/robots.txt"] = Answer("User-agent: *\nDisallow: /2026", type="text/plain")
        web.feed("empty.example/feed.xml", [])
        names = ["good", "missing", "robots", "empty"]
        file = tmp_path / "p.csv"
        lines = [f"{name.title()},{name}.example,feed,http://{name}.example/feed.xml" for name in names]
        file.write_text("publisher,domain,discovery,url\n" + "\n".join(lines))
        options = replace(QUICK, proxy=web.url, frontier="redis://127.0.0.1:1/0", warc=True)  # both have no part in it
        checks = check_publishers(file, options=options)
        assert [check.publisher for check in checks] == ["Good", "Missing", "Robots", "Empty"]
        assert [check.ok for check in checks] == [True, False, False, False]
        good, missing, robots, empty = (str(check) for check in checks)
        assert "3 entries from feed, and an article could be read" in good
        assert "http_error: the server answered 404" in missing
        assert "ended as blocked_robots" in robots
        assert "names no article" in empty or "holds no entries" in empty
        assert sum("/2026/" in path for path in web.asked) == 1


def test_a_row_is_found_for_a_site_and_written_once(tmp_path: Path) -> None:
    with serve() as web:
        web.pages["kabar.example/"] = Answer(
            "<html><head><link rel=alternate type='application/rss+xml' href='/rss'></head></html>"
        )
        web.feed("kabar.example/rss", ["http://kabar.example/2026/07/cerita-tentang-dermaga-utara"])
        head = "<meta property='og:site_name' content='Kabar  Kilat'>"
        web.article("kabar.example/2026/07/cerita-tentang-dermaga-utara", head=head)
        web.pages["bare.example/"] = Answer("<html><a href='/2026/07/a-story-by-link-alone'>x</a></html>")
        formula = "<meta property='og:site_name' content='=1+1'>"
        web.article("bare.example/2026/07/a-story-by-link-alone", head=formula)
        options = replace(QUICK, proxy=web.url)
        row = find_publisher("kabar.example/some/page", options=options)
        assert (row.publisher, row.discovery, row.url) == ("Kabar Kilat", "feed", "http://kabar.example/rss")
        assert str(row) == "Kabar Kilat: feed http://kabar.example/rss"
        file = tmp_path / "mine.csv"
        assert add_publisher(file, row)
        assert not add_publisher(file, row)
        assert add_publisher(file, find_publisher("bare.example", options=options))
        assert [(known.publisher, known.discovery, known.domain) for known in read_publishers(file)] == [
            ("Kabar Kilat", "feed", "kabar.example"),
            ("bare.example", "front", "bare.example"),
        ]
        with pytest.raises(UserError, match="gave no article"):
            find_publisher("nobody.example", options=options)
    with pytest.raises(UserError, match="no web address"):
        find_publisher("mailto:someone", options=QUICK)


def test_the_sample_file_is_sound() -> None:
    rows = read_publishers(ROOT / "spiders" / "publishers.csv")
    assert len(rows) >= 10
    assert len({row.language for row in rows}) >= 8
    assert len({row.url for row in rows}) == len(rows)
