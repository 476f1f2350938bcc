"""What a page says of itself."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.pages import hostile, read_page, site_of
from tests.crawl_web import LOREM, article

URL = "http://herald.example/2026/07/pier-to-be-rebuilt"
TEXTS = {
    "id": "Dewan kota pelabuhan sepakat pada Selasa untuk membangun kembali dermaga utara setelah tiga jam rapat. " * 3,
    "ar": "اتفق مجلس المدينة يوم الثلاثاء على إعادة بناء الرصيف الشمالي بعد اجتماع دام ثلاث ساعات. " * 4,
    "he": "מועצת עיר הנמל החליטה ביום שלישי לבנות מחדש את המזח הצפוני אחרי דיון של שלוש שעות. " * 4,
    "zh": "港口城市议会周二经过三小时的会议，同意重建北码头，工程将于春季开始。" * 4,
    "ja": "港町の議会は火曜日、三時間の審議の末、北埠頭の再建で合意した。工事は春に始まる。" * 4,
    "th": "สภาเมืองท่าเห็นชอบเมื่อวันอังคารให้สร้างท่าเรือด้านเหนือขึ้นใหม่หลังประชุมสามชั่วโมง" * 3,
    "hi": "बंदरगाह शहर की परिषद ने मंगलवार को तीन घंटे की बैठक के बाद उत्तरी घाट फिर से बनाने पर सहमति दी। " * 4,
    "ru": "Совет портового города во вторник после трёх часов заседания решил восстановить северный пирс. " * 4,
    "tr": "Liman kentinin meclisi salı günü üç saatlik toplantının ardından kuzey iskelesini yenilemeye karar verdi. "
    * 4,
    "de": "Der Rat der Hafenstadt hat am Dienstag nach drei Stunden beschlossen, die Nordmole neu zu bauen. " * 4,
}


def read(html: str, discovered_by: str = "front", url: str = URL) -> tuple[str, str | None]:
    facts = read_page(html.encode(), "utf-8", url, discovered_by)
    return facts.outcome, facts.reason


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("discovered_by", ["front", "feed"])
def test_articles_in_every_script(language: str, discovered_by: str) -> None:
    assert read(article(text=TEXTS[language]), discovered_by) == ("ok", None)


def test_an_article_that_declares_nothing_is_known_by_address_and_text() -> None:
    plain = f"<html><body><h1>x</h1><p>{LOREM}</p><p>{LOREM}</p></body></html>"
    assert read(plain)[0] == "ok"
    assert read(plain, url="http://herald.example/politics")[0] == "not_article"


def test_section_pages_are_no_articles() -> None:
    teasers = "".join(
        f"<p><a href='/{n}'>A long teaser that is a link to a story number {n} of today</a></p>" for n in range(40)
    )
    head = "<meta property='og:type' content='article'>"
    outcome, reason = read(f"<html><head>{head}</head><body><p>{LOREM}</p>{teasers}</body></html>")
    assert (outcome, reason) == ("not_article", "it is mostly links")


def test_furniture_is_no_text() -> None:
    page = f"<html><body><nav>{LOREM}</nav><script>{LOREM}</script><footer>{LOREM}</footer><p>Short.</p></body></html>"
    assert read(page, "feed") == ("not_article", "it has no running text")


def test_login_pages() -> None:
    page = "<html><body><p>Please sign in to go on reading this.</p><form><input type='password'></form></body></html>"
    assert read(page, "feed")[0] == "paywall"


@pytest.mark.parametrize(
    "head, canonical",
    [
        ("<link rel='canonical' href='/a/1?utm_source=x'>", "http://herald.example/a/1"),
        ("<link rel='canonical' href='https://www.herald.example/a/1'>", "https://www.herald.example/a/1"),
        ("<link rel='canonical' href='http://agency.example/the/original'>", None),
        ("<link rel='canonical' href='/'>", None),
        ("<link rel='canonical' href='http://[broken'>", None),
        ("<meta property='og:url' content='http://herald.example/a/2'>", "http://herald.example/a/2"),
    ],
)
def test_canonical_is_believed_only_on_the_same_site(head: str, canonical: str | None) -> None:
    assert read_page(article(head=head).encode(), "utf-8", URL, "feed").canonical == canonical


def test_digest_is_of_the_text_alone() -> None:
    one = read_page(article(head="<script>ad=1</script>").encode(), "utf-8", URL, "feed")
    other = read_page(article(head="<script>ad=2</script>").replace("Home", "Start").encode(), "utf-8", URL, "feed")
    changed = read_page(
        article(text=LOREM + "The vote was corrected on Wednesday afternoon.").encode(), "utf-8", URL, "feed"
    )
    assert one.digest == other.digest != changed.digest


def test_a_tag_with_very_many_attributes_is_refused_at_once() -> None:
    many = b"<html><body><p " + b" ".join(b"a%d" % n for n in range(20_000)) + b">x</p></body></html>"
    begin = time.monotonic()
    assert read_page(many, "utf-8", URL, "feed").outcome == "too_large"
    assert time.monotonic() - begin < 1
    assert not hostile(b"<img src='data:image/png;base64," + b"A" * 400_000 + b"'>")


@given(st.binary(max_size=400), st.sampled_from(["utf-8", "nonsense", "utf-16", "shift_jis", ""]))
def test_any_bytes_get_an_outcome(body: bytes, encoding: str) -> None:
    facts = read_page(body, encoding, URL, "feed")
    assert facts.outcome in ("ok", "not_article", "paywall", "too_large")


def test_deep_and_flat_pages_end_soon() -> None:
    for body in (b"<div>" * 100_000, b"<b>x</b>" * 200_000, b"<a href=x>y" * 50_000):
        begin = time.monotonic()
        read_page(b"<html><body>" + body, "utf-8", URL, "front")
        assert time.monotonic() - begin < 10


def test_what_a_page_calls_its_site_and_its_language() -> None:
    named = (
        "<html lang='id-ID'><head><meta property='og:site_name' content=' Kabar\n Kilat '></head><body>x</body></html>"
    )
    assert site_of(named.encode()) == ("Kabar Kilat", "id")
    assert site_of("<html lang='中文'><meta name='application-name' content='港口日报'>x".encode()) == ("港口日报", "")
    for odd in ("=HYPERLINK(1)", "@x", "#x", "a\u202eb", "x" * 100):
        assert site_of(f"<html><meta property='og:site_name' content='{odd}'>x".encode())[0] == ""
    assert site_of(b"") == ("", "")
