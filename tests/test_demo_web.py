"""The made-up web: its data are sound, and it answers over real HTTP on loopback."""

import csv
import gzip
import http.client
import io
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.demo import gold as truth
from corpus.demo import render
from corpus.demo.texts import COPIES, HERE, Article, articles, articles_of, labels, sites
from corpus.demo.web import Web, reply_to, serve

ROOT = Path(__file__).parents[1]
ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
LANGUAGES = {"en", "id", "ar", "he", "zh", "ja", "th", "hi", "ru", "tr", "de", "es"}
RSS1 = "{http://purl.org/rss/1.0/}"


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with serve(delay=0.05) as running:
        yield running


def get(web: Web, url: str, headers: dict[str, str] | None = None) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Fetch through the proxy, without following redirects."""
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=10)
    connection.request("GET", url, headers=headers or {})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.msg, body


def with_trait(name: str) -> Article:
    return next(article for article in articles() if name in article.traits)


def test_every_article_answers_with_its_own_text(web: Web) -> None:
    flaky = [article.url for article in articles() if "flaky" in article.traits]
    for url in flaky:
        get(web, url)
    for article in articles():
        status, _, body = get(web, article.url)
        page = body.decode(article.site.charset)
        assert status == 200, article.url
        shown = article.paragraphs[:2] if "paywall" in article.traits else article.paragraphs
        for paragraph in shown:
            fragment = max(paragraph.replace("'", '"').replace("&", '"').split('"'), key=len)
            assert fragment.encode(article.site.charset, "xmlcharrefreplace") in body, (article.url, fragment)
        assert "demonst" in page or labels()[article.site.language]["made_up"] in page


def test_host_header_chooses_the_site_without_a_proxy(web: Web) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=10)
    connection.request("GET", "/", headers={"Host": "al-mina.example"})
    assert sites()["al-mina.example"].publisher in connection.getresponse().read().decode()
    connection.close()


def test_the_servers_own_address_lists_the_sites(web: Web) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=10)
    connection.request("GET", "/")
    page = connection.getresponse().read().decode()
    connection.close()
    assert all(f"http://{host}/" in page for host in sites())


@given(host=st.sampled_from([*sites(), "x.example", ""]), path=st.text(max_size=40))
def test_any_path_has_a_reply(host: str, path: str) -> None:
    assert reply_to(host, f"/{path}").status in (200, 301, 404, 502)


def test_the_program_writes_the_crawlers_files(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "corpus.demo", "--write", str(tmp_path)], check=True, cwd=ROOT)
    with (tmp_path / "publishers.csv").open(encoding="utf-8") as lines:
        assert [row["domain"] for row in csv.DictReader(lines)] == list(sites())
    assert (tmp_path / "gold.csv").read_text(encoding="utf-8") == truth.gold_csv()


def test_a_taken_port_is_told_in_a_sentence(web: Web) -> None:
    command = [sys.executable, "-m", "corpus.demo", "--port", str(web.port)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=30)
    assert ended.returncode == 2
    assert "choose another --port" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_log_keeps_every_request_with_its_query(web: Web) -> None:
    get(web, "http://harbour-herald.example/private/archive?q=1")
    assert web.requests[-1] == "http://harbour-herald.example/private/archive?q=1"


def test_unknown_hosts_and_paths_are_refused(web: Web) -> None:
    assert get(web, "http://nowhere.example/")[0] == 502
    assert get(web, "http://harbour-herald.example/none")[0] == 404


def test_head_sends_no_body(web: Web) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=10)
    connection.request("HEAD", "http://harbour-herald.example/")
    answer = connection.getresponse()
    assert int(answer.headers["Content-Length"]) > 0
    assert answer.read() == b""
    connection.close()


def test_an_unchanged_page_is_not_sent_twice(web: Web) -> None:
    url = "http://harbour-herald.example/"
    tag = get(web, url)[1]["ETag"]
    status, _, body = get(web, url, {"If-None-Match": tag})
    assert (status, body) == (304, b"")


def test_gzip_only_where_the_client_takes_it(web: Web) -> None:
    url = "http://worldwire.example/"
    plain = get(web, url)
    squeezed = get(web, url, {"Accept-Encoding": "gzip"})
    assert plain[1]["Content-Encoding"] is None
    assert squeezed[1]["Content-Encoding"] == "gzip"
    assert gzip.decompress(squeezed[2]) == plain[2]


def test_redirect_leads_from_the_old_path_to_the_page(web: Web) -> None:
    article = with_trait("redirect")
    status, headers, _ = get(web, f"http://{article.site.host}{render.old_path(article)}")
    assert (status, headers["Location"]) == (301, article.url)


def test_flaky_page_answers_on_the_second_visit() -> None:
    article = with_trait("flaky")
    assert reply_to(article.site.host, article.path, 1).status == 503
    assert reply_to(article.site.host, article.path, 2).status == 200


def test_slow_page_takes_the_delay() -> None:
    article = with_trait("slow")
    assert reply_to(article.site.host, article.path).slow


def test_paywalled_page_shows_its_beginning_only(web: Web) -> None:
    article = with_trait("paywall")
    page = get(web, article.url)[2].decode()
    assert article.paragraphs[2] not in page
    assert '"isAccessibleForFree": false' in page


def test_amp_twin_names_its_canonical_page(web: Web) -> None:
    for twin, canonical in truth.twins().items():
        assert f'<link rel="canonical" href="{canonical}">' in get(web, twin)[2].decode()
        assert f'<link rel="amphtml" href="{twin.removeprefix("http://" + canonical.split("/")[2])}">' in get(
            web, canonical
        )[2].decode("utf-8", "replace")


@pytest.mark.parametrize("charset", ["windows-1251", "shift_jis"])
def test_old_charsets_are_named_in_a_meta_tag_only(web: Web, charset: str) -> None:
    site = next(site for site in sites().values() if site.charset == charset)
    article = articles_of(site)[0]
    _, headers, body = get(web, article.url)
    assert headers["Content-Type"] == "text/html"
    assert f"charset={charset}".encode() in body
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")
    assert article.title in body.decode(charset)


def test_robots_close_an_area_that_pages_link_to(web: Web) -> None:
    for site in sites().values():
        assert b"Disallow: /private/" in get(web, f"http://{site.host}/robots.txt")[2]
        assert b'href="/private/archive"' in get(web, f"http://{site.host}/")[2]


def links_of(body: bytes, media_type: str) -> list[str]:
    """Read the article links out of a feed or sitemap of any kind."""
    if media_type == "application/gzip":
        body = gzip.decompress(body)
    if media_type == "application/feed+json":
        return [entry["url"] for entry in json.loads(body)["items"]]
    tree = ET.fromstring(body)
    texts = [found.text or "" for found in (*tree.iter("link"), *tree.iter(f"{RSS1}link"))]
    texts += [found.attrib["href"] for found in tree.iter(f"{ATOM}link")]
    return texts + [found.text or "" for found in tree.iter(f"{MAP}loc")]


def test_every_site_tells_of_all_its_articles_where_the_list_of_publishers_says(web: Web) -> None:
    for row in csv.DictReader(io.StringIO(truth.publishers_csv())):
        site = sites()[row["domain"]]
        status, headers, body = get(web, row["url"])
        assert status == 200
        expected = {f"http://{site.host}{render.link_on_front(a)}" for a in articles_of(site)}
        if row["discovery"] == "front":
            assert all(f'href="{link.removeprefix("http://" + site.host)}"'.encode() in body for link in expected)
            continue
        found = set(links_of(body, headers["Content-Type"]))
        if body.startswith(b"<?xml") and b"<sitemapindex" in body:
            found = {link for part in found for link in links_of(get(web, part)[2], "application/xml")}
        if "sitemap" in row["discovery"]:
            expected = {article.url for article in articles_of(site)}
        assert expected <= found, row["publisher"]


def test_news_sitemap_gives_times_to_the_minute(web: Web) -> None:
    site = sites()["ganga-samachar.example"]
    tree = ET.fromstring(get(web, f"http://{site.host}{site.found_at}")[2])
    times = [found.text or "" for found in tree.iter(f"{NEWS}publication_date")]
    assert len(times) == len(articles_of(site))
    assert all(time.endswith("+05:30") and len(time) == len("2026-07-14T13:42+05:30") for time in times)


def test_a_feed_lists_a_page_that_is_gone(web: Web) -> None:
    site = next(site for site in sites().values() if site.dead)
    url = f"http://{site.host}{site.dead}"
    assert url.encode() in get(web, f"http://{site.host}{site.found_at}")[2]
    assert get(web, url)[0] == 404


def test_urls_are_unique_and_clean() -> None:
    counted = Counter(article.url for article in articles())
    assert max(counted.values()) == 1
    assert all(url.isascii() and "?" not in url and " " not in url for url in counted)


def test_gold_file_is_what_the_data_say() -> None:
    assert (HERE / "gold.csv").read_text(encoding="utf-8") == truth.gold_csv()


def test_gold_clusters_have_one_original_and_at_least_one_copy() -> None:
    for name in {article.cluster for article in articles()} - {""}:
        kinds = Counter(article.kind for article in articles() if article.cluster == name)
        assert kinds.pop("original") == 1, name
        assert set(kinds) <= set(COPIES), name
        assert kinds.total() >= 1, name


def test_copies_are_later_than_their_original() -> None:
    started = {article.cluster: article.published for article in articles() if article.kind == "original"}
    for article in articles():
        if article.kind in COPIES:
            assert article.published > started[article.cluster], article.url


def test_what_stands_alone_has_no_cluster() -> None:
    assert all(bool(a.cluster) == (a.kind in ("original", *COPIES)) for a in articles())


def test_the_made_up_web_is_as_varied_as_it_says() -> None:
    assert len({article.site.host for article in articles()}) >= 14
    assert {article.site.host for article in articles()} == set(sites())
    assert {a.language for a in articles()} >= LANGUAGES
    assert len({site.template for site in sites().values()}) >= 8
    assert {article.kind for article in articles()} >= {"original", *COPIES, "independent", "template"}
    traits = {trait for article in articles() for trait in article.traits}
    assert traits >= {"amp", "flaky", "paywall", "redirect", "slow", "tracking"}
    formats = {kind for site in sites().values() for kind in site.formats}
    assert formats >= {"rss", "rdf", "atom", "json", "sitemap", "news_sitemap"}


def test_originals_have_the_length_of_wire_copy() -> None:
    for article in articles():
        if article.kind == "original":
            letters = sum(map(len, article.paragraphs))
            assert letters >= (500 if article.language.startswith(("zh", "ja")) else 1400), article.url


def test_translations_follow_their_original_paragraph_by_paragraph() -> None:
    lengths = {a.cluster: len(a.paragraphs) for a in articles() if a.kind == "original"}
    for article in articles():
        if article.kind == "translated":
            assert abs(len(article.paragraphs) - lengths[article.cluster]) <= 2, article.url


def test_labels_have_the_same_words_in_every_language() -> None:
    assert len({frozenset(words) for words in labels().values()}) == 1
    assert {site.language for site in sites().values()} <= set(labels())
