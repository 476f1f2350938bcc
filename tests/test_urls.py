"""The canonical form of URLs: a table of spellings, and properties that hold for all."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import urls
from corpus.urls import canonical, publisher_of

SPELLINGS = [
    ("HTTP://News.Example.COM:80/a/./b/../c", "http://news.example.com/a/c"),
    ("https://example.com", "https://example.com/"),
    ("https://example.com:8443/x", "https://example.com:8443/x"),
    ("https://example.com./x#part", "https://example.com/x"),
    ("https://reader:secret@example.com/x", "https://example.com/x"),
    ("https://bücher.example/straße?q=ü", "https://xn--bcher-kva.example/stra%C3%9Fe?q=%C3%BC"),
    ("https://xn--bcher-kva.example/stra%c3%9fe", "https://xn--bcher-kva.example/stra%C3%9Fe"),
    ("https://مثال.إختبار/خبر", "https://xn--mgbh0fb.xn--kgbechtv/%D8%AE%D8%A8%D8%B1"),
    ("https://example.jp/記事/1", "https://example.jp/%E8%A8%98%E4%BA%8B/1"),
    ("https://example.in/समाचार", "https://example.in/%E0%A4%B8%E0%A4%AE%E0%A4%BE%E0%A4%9A%E0%A4%BE%E0%A4%B0"),
    ("https://example.com/x?b=2&a=1&utm_source=rss&fbclid=I", "https://example.com/x?a=1&b=2"),
    ("https://example.com/x?a=1&amp;b=2", "https://example.com/x?a=1&b=2"),
    ("https://example.com/x?ref=home", "https://example.com/x"),
    ("https://example.com/x?ref=4711", "https://example.com/x?ref=4711"),
    ("https://example.com/view.asp?4711", "https://example.com/view.asp?4711"),
    ("https://example.com/view?cid=12&gallery=3&uid=9", "https://example.com/view?cid=12&gallery=3&uid=9"),
    ("https://example.com/x;jsessionid=A1?PHPSESSID=2", "https://example.com/x"),
    ("https://example.com/a%2Fb", "https://example.com/a%2Fb"),
    ("https://example.com/100%", "https://example.com/100%"),
    ("  https://example.com/x\n", "https://example.com/x"),
    ("http://[::1]:80/x", "http://[::1]/x"),
    ("http://127.0.0.1:8000/x", "http://127.0.0.1:8000/x"),
]
NO_PAGE = [
    "", "x", "//example.com/x", "ftp://example.com/x", "mailto:a@example.com", "javascript:alert(1)", "http:///x",
    "http://[bad/x", "http://example.com:99999/", "http://exa mple.com/", "http://a..b/", "https://example.com/\ud800",
    "http://<script>/", "https://example.com/" + "x" * 2_000, "file:///etc/passwd", "data:text/html,x",
]  # fmt: skip


@pytest.mark.parametrize(("spelling", "expected"), SPELLINGS)
def test_spellings_of_one_page_become_one(spelling: str, expected: str) -> None:
    assert canonical(spelling) == expected


@pytest.mark.parametrize("text", NO_PAGE)
def test_what_is_no_web_address_is_none(text: str) -> None:
    assert canonical(text) is None


@pytest.mark.parametrize(
    ("url", "publisher"),
    [
        ("https://www.example.co.uk/x", "example.co.uk"),
        ("https://news.example.co.id/x", "example.co.id"),
        ("https://writer.blogspot.com/x", "writer.blogspot.com"),
        ("https://daily.test/x", "daily.test"),
        ("http://en.daily.test:8080/x", "daily.test"),
        ("http://127.0.0.1:8000/x", "127.0.0.1:8000"),
        ("http://[::1]:8000/x", "[::1]:8000"),
        ("https://xn--bcher-kva.de/x", "xn--bcher-kva.de"),
        ("no url", None),
        ("http://[bad/", None),
    ],
)
def test_publisher_is_the_registered_domain(url: str, publisher: str | None) -> None:
    assert publisher_of(url) == publisher


PATHS = st.text(string.ascii_letters + string.digits + "/._-~%?&=;#:@ éя新म'\"<", max_size=40)
HOSTS = st.from_regex(r"[a-z0-9-]{1,8}(\.[a-z0-9-]{1,8}){0,2}", fullmatch=True)


@given(st.sampled_from(["http", "https"]), HOSTS, PATHS)
def test_the_canonical_form_is_stable_ascii_and_safe_to_print(scheme: str, host: str, path: str) -> None:
    form = canonical(f"{scheme}://{host}/{path}")
    if form is not None:
        assert canonical(form) == form
        assert re.fullmatch(r"[!-~]+", form)
        assert not set('"<>#') & set(form)


@given(st.sampled_from(["http", "https"]), HOSTS, st.text(string.ascii_letters + "0123456789/._-", max_size=30))
def test_the_short_way_gives_what_the_long_way_gives(scheme: str, host: str, path: str) -> None:
    url = f"{scheme}://{host}/{path}"
    if urls._PLAIN.fullmatch(url):
        try:
            assert urls._rebuild(url) == url
        except (ValueError, UnicodeError):
            assert "xn--" in host or any(label[2:4] == "--" for label in host.split("."))


@given(st.text(max_size=60))
def test_any_text_at_all_gives_an_answer(text: str) -> None:
    for url in (text, f"http://{text}", f"https://example.com/{text}", f"https://example.com/?{text}"):
        assert canonical(url) is None or publisher_of(url) is not None or "@" in url
