"""Feeds, sitemaps and front pages: what is read from good and from broken bytes."""

import contextlib
import gzip
import json
import time
import tracemalloc
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.listings import ListingError, parse_time, read_listing

BASE = "http://kabar.example/feed"
RSS = """<?xml version="1.0" encoding="{encoding}"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>x</title><language>id</language>
<item><title>Gempa di laut &amp; darat</title><link>/berita/1</link><dc:creator>Siti</dc:creator>
<pubDate>Tue, 14 Jul 2026 09:15:00 +0700</pubDate></item>
<item><title>{title}</title><guid>http://kabar.example/berita/2</guid><pubDate>2026-07-14</pubDate></item>
<item><title>no address at all</title><guid isPermaLink="false">77</guid></item>
</channel></rss>"""


def test_rss_keeps_times_titles_authors_and_language() -> None:
    found = read_listing(RSS.format(encoding="utf-8", title="Dua").encode(), BASE)
    first, second = found.entries
    assert found.kind == "feed"
    assert (first.url, first.title, first.authors) == (
        "http://kabar.example/berita/1",
        "Gempa di laut & darat",
        ("Siti",),
    )
    assert first.published_at == datetime(2026, 7, 14, 2, 15, tzinfo=UTC)
    assert (first.published_by_what, first.language) == ("feed", "id")
    assert second.published_by_what == "feed_day"


@pytest.mark.parametrize(
    "encoding, title", [("windows-1251", "Невский вестник"), ("shift_jis", "港湾新聞"), ("gb18030", "临江日报")]
)
def test_feeds_in_old_encodings(encoding: str, title: str) -> None:
    found = read_listing(RSS.format(encoding=encoding, title=title).encode(encoding), BASE)
    assert found.entries[1].title == title


def test_encoding_told_by_http_alone() -> None:
    text = RSS.format(encoding="", title="Boğaz Postası").replace(' encoding=""', "")
    assert read_listing(text.encode("iso-8859-9"), BASE, "iso-8859-9").entries[1].title == "Boğaz Postası"


def test_atom_json_feed_and_rdf() -> None:
    atom = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ar"><entry><title>t</title>
    <link rel="replies" href="/c"/><link href="/a/1"/><author><name>N. N.</name></author>
    <published>2026-07-14T10:00:00Z</published><updated>2026-07-14T12:00:00Z</updated></entry></feed>"""
    entry = read_listing(atom, BASE).entries[0]
    assert (entry.url, entry.authors, entry.language) == ("http://kabar.example/a/1", ("N. N.",), "ar")
    assert entry.modified_at == datetime(2026, 7, 14, 12, tzinfo=UTC)
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [
        {"url": "/b/1", "title": "海灣", "date_published": "2026-07-14T18:00:00+08:00", "authors": [{"name": "陳"}]},
        "nonsense", {"title": "no address"}]}  # fmt: skip
    (entry,) = read_listing(json.dumps(feed).encode(), BASE).entries
    assert (entry.title, entry.authors, entry.published_at) == ("海灣", ("陳",), datetime(2026, 7, 14, 10, tzinfo=UTC))
    rdf = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"><channel/><item><title>x</title><link>http://kabar.example/r/1</link>
    <dc:date>2026-07-14T18:00:00+09:00</dc:date></item></rdf:RDF>"""
    assert read_listing(rdf, BASE).entries[0].published_at == datetime(2026, 7, 14, 9, tzinfo=UTC)


NEWS = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>http://kabar.example/n/1</loc>
 <lastmod>2026-07-15</lastmod><news:news><news:publication><news:name>K</news:name><news:language>hi</news:language>
 </news:publication><news:publication_date>2026-07-14T08:00:00+05:30</news:publication_date>
 <news:title>\xe0\xa4\xad\xe0\xa5\x82\xe0\xa4\x95\xe0\xa4\x82\xe0\xa4\xaa</news:title></news:news></url></urlset>"""


def test_news_sitemap_keeps_date_and_title_also_gzipped() -> None:
    for body in (NEWS, gzip.compress(NEWS)):
        found = read_listing(body, BASE)
        (entry,) = found.entries
        assert (found.kind, entry.title, entry.language) == ("news_sitemap", "भूकंप", "hi")
        assert entry.published_at == datetime(2026, 7, 14, 2, 30, tzinfo=UTC)
        assert entry.published_by_what == "news_sitemap"


def test_sitemap_index_plain_list_and_front_page() -> None:
    index = b"<sitemapindex><sitemap><loc>/s1.xml</loc><lastmod>2026-07-01</lastmod></sitemap></sitemapindex>"
    found = read_listing(index, BASE)
    assert (found.kind, found.children[0].url) == ("sitemap_index", "http://kabar.example/s1.xml")
    lines = read_listing(b"# mine\nhttp://a.example/1\n\nhttp://a.example/1#x\nmailto:x@y\n", BASE)
    assert (lines.kind, [entry.url for entry in lines.entries]) == ("urls", ["http://a.example/1"])
    front = read_listing(
        b"<!doctype html><head><link rel='alternate' type='application/rss+xml' href='rss'>"
        b"<link rel='alternate' type='application/rss+xml' href='/comments/feed/'></head>"
        b"<a href='/2026/a-story-of-the-sea'>x</a><a href='/tag/sea-and-more-of-it'>t</a>"
        b"<a href='http://else.example/2026/a-story-of-the-sea'>e</a>",
        "http://kabar.example/",
    )
    assert [entry.url for entry in front.children] == ["http://kabar.example/rss"]
    assert [entry.url for entry in front.entries] == ["http://kabar.example/2026/a-story-of-the-sea"]


def test_broken_xml_is_mended() -> None:
    body = RSS.format(encoding="utf-8", title="Dua &nbsp; tiga").replace("</channel></rss>", "").encode()
    assert len(read_listing(b"\n\n" + body, BASE).entries) == 2


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(20))
    + b"]><rss><channel><item><title>&u;</title><link>http://kabar.example/1</link></item></channel></rss>"
)
FILE = (
    b'<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    b"<rss><channel><item><title>&f;</title><link>http://a.example/1</link></item></channel></rss>"
)


def test_xml_bombs_stay_small_and_files_stay_closed() -> None:
    tracemalloc.start()
    begin = time.monotonic()
    found = read_listing(BOMB, BASE)
    assert time.monotonic() - begin < 2
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()
    assert len(found.entries) <= 1
    assert all("root:" not in (entry.title or "") for entry in read_listing(FILE, BASE).entries)


def test_gzip_bomb_is_refused_and_cut_gzip_is_read() -> None:
    with pytest.raises(ListingError, match="unpacks to more than"):
        read_listing(gzip.compress(b"<" * 3_000_000), BASE, max_bytes=1_000_000)
    many = NEWS.replace(b"</url>", b"</url>" + b"<url><loc>http://kabar.example/n/2</loc></url>" * 50)
    assert read_listing(gzip.compress(many)[:-12], BASE).entries[0].title == "भूकंप"


@pytest.mark.parametrize(
    "body", [b"", b"   ", b"hello", b"{", b"[]", b'{"items": 3}', b"<rss/>", b"<svg><g/></svg>", b"\x1f\x8b junk"]
)
def test_what_is_no_listing_says_so(body: bytes) -> None:
    with pytest.raises(ListingError):
        read_listing(body, BASE)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(junk: bytes) -> None:
    for body in (junk, b"<rss>" + junk, b"<urlset><url><loc>" + junk, b'{"items": [' + junk, b"<html>" + junk):
        with contextlib.suppress(ListingError):
            read_listing(body, BASE)


@pytest.mark.parametrize(
    "text, hour",
    [("2026-07-14T10:00:00Z", 10), ("2026-07-14T10:00:00+02:00", 8), ("Tue, 14 Jul 2026 10:00:00 GMT", 10),
     ("Tue, 14 Jul 2026 10:00:00 EST", 15), ("2026-07-14 10:00:00", 10), ("2026-07-14 10:00:00 UTC", 10)],
)  # fmt: skip
def test_times(text: str, hour: int) -> None:
    assert parse_time(text) == datetime(2026, 7, 14, hour, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", None, "yesterday", "14.07.2026", "0000-00-00", "9999-12-31T23:59:59-12:00"])
def test_no_times(text: str | None) -> None:
    assert parse_time(text) is None
