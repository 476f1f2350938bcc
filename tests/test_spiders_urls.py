"""The key that twins share, and what an article's address looks like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders import urls


@pytest.mark.parametrize(
    "one, other",
    [
        ("http://example.org/a-story-of-the-sea", "https://www.example.org/a-story-of-the-sea/"),
        ("https://example.org/a?id=7&utm_source=x&fbclid=y#top", "https://example.org/a?id=7"),
        (
            "https://example.org/2026/a-story-of-the-sea?uid=88&source=rss",
            "https://example.org/2026/a-story-of-the-sea",
        ),
        ("https://example.org/a?b=1&c=2", "https://example.org/a?c=2&b=1"),
        ("https://münchen.example/straße", "https://xn--mnchen-3ya.example/stra%C3%9Fe"),
        ("https://example.org/%d8%a7%D9%84", "https://example.org/ال"),
        ("https://example.org/story;jsessionid=1FA", "https://example.org/story"),
        (
            "https://www-example-org.cdn.ampproject.org/c/s/www.example.org/news/1234567",
            "https://example.org/news/1234567",
        ),
        ("https://www.google.com/amp/s/example.org/news/1234567", "https://example.org/news/1234567"),
        ("http://a.example/news/42;jsessionid=0A1B", "http://a.example/news/42"),
        ("http://a.example/(S(abc12xyz9q))/news/42.aspx", "http://a.example/news/42.aspx"),
        ("http://a.example/n.php?id=4&sid=0123456789abcdef0123", "http://a.example/n.php?id=4"),
        ("http://a.example/news/42?replytocom=7", "http://a.example/news/42"),
    ],
)
def test_twins_share_a_key(one: str, other: str) -> None:
    assert urls.key(one) == urls.key(other)


@pytest.mark.parametrize(
    "one, other",
    [
        ("https://example.org/view.php?uid=1", "https://example.org/view.php?uid=2"),
        ("https://example.org/news?cid=1", "https://example.org/news?cid=2"),
        ("https://example.org/?11", "https://example.org/?12"),
        ("https://example.org/A", "https://example.org/a"),
        ("https://a.example.org/x", "https://b.example.org/x"),
        ("https://example.org:8080/x", "https://example.org/x"),
        ("http://a.example/?s=bridge", "http://a.example/?s=ferry"),
        ("http://a.example/n.php?sid=41", "http://a.example/n.php?sid=42"),
    ],
)
def test_different_articles_keep_different_keys(one: str, other: str) -> None:
    assert urls.key(one) != urls.key(other)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/world/2026/07/harbour-strike-ends",
        "https://example.org/news/1234567",
        "https://example.org/berita/738195/presiden-ke-teheran-pekan-depan",
        "https://example.org/n1/2026/0709/c261008.html",
        "https://example.org/articleView.html?idxno=20457",
        "https://example.org/politik/tarifstreit-im-hafen-spitzt-sich-zu-100.html",
        "https://example.org/" + "".join(f"%{byte:02X}" for byte in "総理大臣が港を視察".encode()),
    ],
)
def test_article_addresses(url: str) -> None:
    assert urls.article_like(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/",
        "https://example.org/politics",
        "https://example.org/tag/harbour-strike-of-the-north",
        "https://example.org/author/a-long-name-of-somebody",
        "https://example.org/2026/07/picture-of-the-day-today.jpg",
        "https://example.org/privacy-policy",
        "https://example.org/rss.xml",
        "https://example.org/calendar/2026/07/14",
    ],
)
def test_other_addresses(url: str) -> None:
    assert not urls.article_like(url)


def test_site_separates_blogs_and_joins_subdomains() -> None:
    assert urls.site("https://news.bbc.co.uk/x") == urls.site("https://www.bbc.co.uk/") == "bbc.co.uk"
    assert urls.site("https://one.blogspot.com/") != urls.site("https://two.blogspot.com/")
    assert urls.site("http://made-up.example/") == "made-up.example"
    assert urls.site("http://127.0.0.1:80/") == "127.0.0.1"


def test_with_scheme() -> None:
    assert urls.with_scheme("example.org/x") == "http://example.org/x"
    assert urls.with_scheme("localhost:8000/x") == "http://localhost:8000/x"
    assert urls.with_scheme("https://example.org") == "https://example.org"
    assert urls.canonical(urls.with_scheme("javascript:alert(1)")) is None


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_none(text: str) -> None:
    found = urls.canonical(urls.with_scheme(text))
    assert found is None or (urls.canonical(found) == found and urls.key(found) == urls.key(found + "#x"))


@given(st.lists(st.sampled_from(["id=1", "p=2", "utm_medium=x", "gclid=3", "seite=4"]), max_size=5), st.randoms())
def test_key_does_not_depend_on_the_order_of_parameters(pairs: list[str], random: object) -> None:
    other = list(pairs)
    random.shuffle(other)  # type: ignore[attr-defined]
    base = "https://example.org/view"
    assert urls.key(f"{base}?{'&'.join(pairs)}") == urls.key(f"{base}?{'&'.join(other)}")
