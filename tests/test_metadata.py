from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.bylines import names_in
from corpus.dates import parse_moment
from corpus.jsonld import resolved
from corpus.markup import decode, parse, refusal, repair_encoding
from corpus.metadata import Metadata, read_metadata

DATES = [
    ("2022-07-12T14:05:00+07:00", None, None, "2022-07-12 07:05", False, True),
    ("2022-07-12T14:05:00.000Z", None, None, "2022-07-12 14:05", False, True),
    ("Tue, 12 Jul 2022 14:05:00 +0700", "id", None, "2022-07-12 07:05", False, True),
    ("1657609500", None, None, "2022-07-12 07:05", False, True),
    ("2022-07-12", None, None, "2022-07-12 00:00", True, False),
    ("2022年7月12日 14時05分", "ja", "jp", "2022-07-12 05:05", False, False),
    ("2022年7月12日 午後2時5分", "ja", "jp", "2022-07-12 05:05", False, False),
    ("令和4年7月12日 14:05", "ja", "jp", "2022-07-12 05:05", False, False),
    ("2022年07月12日14:05", "zh", "cn", "2022-07-12 06:05", False, False),
    ("입력 2022.07.12. 오후 2:05", "ko", "kr", "2022-07-12 05:05", False, False),
    ("2022-07-12 오전 12:05", "ko", "kr", "2022-07-11 15:05", False, False),
    ("الثلاثاء ١٢ يوليو ٢٠٢٢ - ١٤:٠٥", "ar", "sa", "2022-07-12 11:05", False, False),
    ("12 تموز 2022، 02:05 م", "ar", "iq", "2022-07-12 11:05", False, False),
    ("12 كانون الثاني 2022", "ar", "lb", "2022-01-12 00:00", True, False),
    ("12 Temmuz 2022 14:05", "tr", "tr", "2022-07-12 11:05", False, False),
    ("Selasa, 12 Juli 2022 14:05 WIB", "id", "com", "2022-07-12 07:05", False, True),
    ("12 กรกฎาคม 2565 14:05 น.", "th", "th", "2022-07-12 07:05", False, False),
    ("12 जुलाई 2022, 14:05 IST", "hi", "in", "2022-07-12 08:35", False, True),
    ("१२ जुलाई २०२२", "hi", "in", "2022-07-12 00:00", True, False),
    ("12 ביולי 2022, 14:05", "he", "il", "2022-07-12 11:05", False, False),
    ("12 июля 2022, 14:05", "ru", "ru", "2022-07-12 11:05", False, False),
    ("12. Juli 2022, 14:05 Uhr", "de", "de", "2022-07-12 12:05", False, False),
    ("12. Januar 2022, 14.05 Uhr", "de", "de", "2022-01-12 13:05", False, False),
    ("le 12 juillet 2022 à 14h05", "fr", "fr", "2022-07-12 12:05", False, False),
    ("mar 12 jul 2022", "es", "es", "2022-07-12 00:00", True, False),
    ("July 12, 2022 2:05 p.m. EDT", "en", "com", "2022-07-12 18:05", False, True),
    ("12/07/2022 14:05", "pt", "br", "2022-07-12 17:05", False, False),
    ("07/12/2022", "en", "us", "2022-07-12 00:00", True, False),
    ("Thứ ba, 12/7/2022, 14:05 (GMT+7)", "vi", "vn", "2022-07-12 07:05", False, True),
    ("2022. július 12. 14:05", "hu", "hu", "2022-07-12 12:05", False, False),
]


@pytest.mark.parametrize("told", DATES, ids=[told[0] for told in DATES])
def test_dates_as_pages_write_them(told: tuple[str, str | None, str | None, str, bool, bool]) -> None:
    moment = parse_moment(*told[:3])
    assert moment is not None
    assert (f"{moment.time:%Y-%m-%d %H:%M}", moment.day_only, moment.zone_known) == told[3:]


@pytest.mark.parametrize("raw", ["", "hello", "99/99/2022", "2022-13-45", "12 Blorp 2022", "5 of 12"])
def test_what_is_no_date(raw: str) -> None:
    assert parse_moment(raw, "en") is None


def test_a_day_that_two_countries_read_differently_is_not_guessed() -> None:
    assert parse_moment("03/04/2022", "en", "com") is None


@given(st.text(max_size=200), st.sampled_from(["en", "ar", "ja", "xx", None]))
def test_any_words_can_be_asked(raw: str, language: str | None) -> None:
    moment = parse_moment(raw, language)
    assert moment is None or moment.time.tzinfo is UTC


@given(st.datetimes(datetime(1995, 1, 1), datetime(2030, 1, 1)))
def test_iso_times_come_back_to_the_minute(when: datetime) -> None:
    moment = parse_moment(when.replace(tzinfo=UTC).isoformat())
    assert moment is not None
    assert moment.time == when.replace(second=0, microsecond=0, tzinfo=UTC)


def metadata(markup: str, url: str = "https://paper.example/a") -> Metadata:
    root = parse(markup)
    assert root is not None
    return read_metadata(root, url, datetime(2026, 1, 1, tzinfo=UTC))


def ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


FULL = """{"@context": "https://schema.org", "@graph": [
 {"@type": "WebPage", "url": "https://paper.example/a"},
 {"@type": ["NewsArticle"], "headline": "A bridge &amp; a ferry", "datePublished": "2022-07-12T14:05:00+07:00",
  "author": [{"@type": "Person", "name": "Ana Sosa"}, {"@type": "Organization", "name": "Reuters"}],
  "articleSection": ["World", "Asia"], "image": {"url": "/b.jpg"}, "inLanguage": "id",
  "isAccessibleForFree": "False", "publisher": {"name": "The Paper"},},
]}"""


def test_json_ld_goes_first_and_is_mended() -> None:
    found = metadata(f'<html lang="en"><head>{ld(FULL)}<meta name="author" content="admin"></head><body></body></html>')
    assert found.title == "A bridge & a ferry"
    assert found.authors == ("Ana Sosa", "Reuters")
    assert found.published_at == datetime(2022, 7, 12, 7, 5, tzinfo=UTC)
    assert found.published_by_what == "json_ld"
    assert (found.section, found.image, found.language) == ("World", "https://paper.example/b.jpg", "id")
    assert (found.paywall, found.site, found.listing) == (True, "The Paper", False)


def test_the_pages_own_article_wins_over_related_ones() -> None:
    nodes = ",".join(
        f'{{"@type": "NewsArticle", "url": "https://paper.example/{name}", "headline": "Title {name}"}}'
        for name in "bac"
    )
    assert metadata(ld(f"[{nodes}]") + "<p>x</p>").title == "Title a"


def test_meta_then_time_then_text_then_address() -> None:
    meta = '<meta property="article:published_time" content="2022-07-12T14:05:00Z">'
    time = '<time datetime="2022-07-11T10:00:00Z">x</time>'
    text = '<span class="post-date">10 July 2022 09:00 UTC</span>'
    url = "https://paper.example/2022/07/09/a"
    pages = [meta + time + text, time + text, text, ""]
    told = [metadata(f"<html><head></head><body>{page}<p>x</p></body></html>", url) for page in pages]
    assert [found.published_by_what for found in told] == ["meta", "time", "text", "address_day"]
    assert [found.published_at and found.published_at.day for found in told] == [12, 11, 10, 9]


def test_a_minute_completes_a_day_and_a_future_time_is_not_believed() -> None:
    both = '<meta name="pubdate" content="2022-07-12"><time datetime="2022-07-12T14:05:00Z">x</time>'
    assert metadata(f"<html><body>{both}</body></html>").published_by_what == "time"
    assert metadata('<html><meta name="pubdate" content="2031-07-12"><body>x</body></html>').published_at is None


def test_a_local_time_says_so() -> None:
    found = metadata(
        '<html lang="ja"><meta name="pubdate" content="2022-07-12 14:05"><p>x', "https://paper.example.jp/a"
    )
    assert (found.published_at, found.published_by_what) == (datetime(2022, 7, 12, 5, 5, tzinfo=UTC), "meta_local")


def test_updates_are_no_time_of_publication() -> None:
    page = '<html><body><time class="updated" datetime="2022-07-13T14:05:00Z">x</time><p>x</p></body></html>'
    assert metadata(page).published_at is None


def test_titles_lose_the_sites_name_alone() -> None:
    site = '<meta property="og:site_name" content="The Paper">'
    assert metadata(f"<html><title>A bridge - The Paper</title>{site}<p>x").title == "A bridge"
    assert metadata(f"<html><title>A bridge - and a ferry</title>{site}<p>x").title == "A bridge - and a ferry"


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Ana Sosa and John Roe", ("Ana Sosa", "John Roe")),
        ("Von Max Müller, dpa", ("Max Müller", "dpa")),
        ("Oleh: Budi Santoso", ("Budi Santoso",)),
        ("Автор: Анна Иванова", ("Анна Иванова",)),
        ("بقلم: أحمد علي", ("أحمد علي",)),
        ("By Ana Sosa, John Roe, and Jane Doe", ("Ana Sosa", "John Roe", "Jane Doe")),
        ("By Ana Sosa July 12, 2022", ("Ana Sosa",)),
        ("Ana Sosa on Jul 12", ("Ana Sosa",)),
        ("Ana Sosa | 08/01", ("Ana Sosa",)),
        ("admin", ()),
        ("https://social.example/ana", ()),
    ],
)
def test_authors_are_a_list(byline: str, names: tuple[str, ...]) -> None:
    assert metadata(f'<html><body><div class="byline">{byline}</div><p>x</p></body></html>').authors == names
    assert metadata(f'<html><head><meta name="author" content="{byline}"></head><body>x</body></html>').authors == names


def test_fronts_and_lists_are_told_apart_from_articles() -> None:
    assert metadata("<html><body><p>x</p></body></html>", "https://paper.example/").listing
    assert metadata(ld('{"@type": "CollectionPage"}') + "<p>x</p>").listing
    assert not metadata(ld('{"@type": "CollectionPage", "mainEntity": {"@type": "NewsArticle"}}') + "<p>x").listing


@pytest.mark.parametrize("charset", ["utf-8", "windows-1251", "koi8-r", "utf-16"])
def test_charsets_declared_or_not(charset: str) -> None:
    text = "<html><head></head><p>Президент провёл переговоры о поставках зерна через порты страны.</p></html>"
    declared = text.replace("<head>", f'<head><meta charset="{charset}">')
    assert "переговоры" in decode(declared.encode(charset))
    assert "переговоры" in decode(text.encode(charset), f"text/html; charset={charset}")


def test_utf8_that_reads_is_utf8_whatever_is_declared() -> None:
    assert "橋" in decode("<meta charset='iso-8859-1'><p>橋</p>".encode(), "text/html; charset=windows-1252")
    assert decode("<meta charset='utf-8'><p>橋</p>".encode()[:-6]).startswith("<meta")


def test_wrong_decodings_are_undone() -> None:
    russian = "Президент провёл во вторник переговоры о поставках зерна."
    assert repair_encoding(russian.encode("cp1251").decode("latin-1")) == russian
    assert repair_encoding("It’s a café".encode().decode("cp1252")) == "It’s a café"
    for text in ("Ça alors, été à Paris", "Größe über Öl", "Ø æ å", russian, "plain"):
        assert repair_encoding(text) == text


def test_control_characters_and_surrogates_never_come_through() -> None:
    text = decode(b"<p>a\x1b[31mb\x00c&#xD800;d\x9b</p>", "text/html")
    assert not any(ord(character) < 32 or 0xD800 <= ord(character) < 0xE000 for character in text)


def test_refusals_say_why() -> None:
    assert refusal(b"<p>x</p>" * 10) is None
    assert "bytes" in (refusal(b"x" * 5_000_001) or "")
    assert "tags" in (refusal(b"<b>" * 160_000) or "")
    attributes = b" ".join(b"a%d='1'" % n for n in range(6000))
    assert "attributes" in (refusal(b"<p " + attributes + b">x") or "")
    assert refusal(b"<script>if (a<b" + b" x" * 9000 + b">1)</script>") is None


# Names ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "language", "names"),
    [
        ("Jane Doe, John Roe and Ana Sosa", "en", ["Jane Doe", "John Roe", "Ana Sosa"]),
        ("Jane Doe Senior Washington Correspondent", "en", ["Jane Doe"]),
        ("Anne Roy Envoyée spéciale à Toulouse", "fr", ["Anne Roy"]),
        ("김철수 기자 kim@paper.example.kr", "ko", ["김철수"]),
        ("김철수 이영희 기자", "ko", ["김철수", "이영희"]),
        ("도쿄=김철수 특파원", "ko", ["김철수"]),
        ("记者：张三 李四", "zh-CN", ["张三", "李四"]),
        ("記者王小明／台北報導", "zh-TW", ["王小明"]),
        ("山田 太郎", "ja", ["山田 太郎"]),
        ("東京＝山田太郎、ソウル＝鈴木花子", "ja", ["山田太郎", "鈴木花子"]),
        ("Penulis: Budi Santoso | Editor: Siti Aminah", "id", ["Budi Santoso"]),
        ("Haber: Ayşe Kaya", "tr", ["Ayşe Kaya"]),
        ("بقلم: ليلى حداد", "ar", ["ليلى حداد"]),
    ],
)
def test_names_in_a_byline(told: str, language: str, names: list[str]) -> None:
    assert list(names_in([told], language)) == names


def test_an_author_that_is_only_referred_to_is_looked_up() -> None:
    graph = (
        '{"@context":"https://schema.org","@graph":[{"@type":"NewsArticle","headline":"X","author":[{"@id":"#p1"},'
        '{"@id":"#gone"}],"publisher":{"@id":"#o"}},{"@type":"Person","@id":"#p1","name":"Jane Doe"},'
        '{"@type":"Organization","@id":"#o","name":"The Pier Post"}]}'
    )
    root = parse(f'<html><head><script type="application/ld+json">{graph}</script></head><body><p>x</p></body></html>')
    assert root is not None
    told = read_metadata(root, "https://x.example/a")
    assert (told.authors, told.site) == (("Jane Doe",), "The Pier Post")


def test_references_in_a_circle_end() -> None:
    nodes = [{"@type": "NewsArticle", "@id": "#a", "author": {"@id": "#a"}, "image": [{"@id": "#a"}] * 99}]
    assert resolved(nodes[0], nodes)["author"] == nodes[0]


@pytest.mark.parametrize(
    ("title", "heading", "wanted"),
    [
        ("부두 재건 : 뉴스 : 항구닷컴", "부두 재건", "부두 재건"),
        ("Pier closed - World - The Post", "Pier closed", "Pier closed"),
        ("The Post | Pier closed", "Pier closed", "Pier closed"),
        ("Storm : 200 homes lost", "Storm : 200 homes lost", "Storm : 200 homes lost"),
        ("Storm - and then - a calm", "Weather", "Storm - and then - a calm"),
    ],
)
def test_the_sites_name_is_cut_off_the_title(title: str, heading: str, wanted: str) -> None:
    root = parse(f"<html><head><title>{title}</title></head><body><h1>{heading}</h1><p>x</p></body></html>")
    assert root is not None
    found = root.find(".//h1")
    assert found is not None
    found.drop_tree() if heading == "Weather" else None
    assert read_metadata(root, "https://x.example/a").title == wanted


def test_a_page_with_a_heading_and_a_long_text_is_no_front() -> None:
    links = "".join(f"<h3><a href='/{n}'>Another article {n}</a></h3>" for n in range(8))
    title = "<meta property='og:title' content='Shovel review: history'>"
    head = f"<head><meta property='og:type' content='website'>{title}</head>"
    text = f"<p>{'The game is a letter to old games that were hard. ' * 6}</p>" * 7
    front = parse(f"<html>{head}<body>{links}<p>Teaser.</p></body></html>")
    story = parse(f"<html>{head}<body><h1>Shovel review: history</h1>{text}{links}</body></html>")
    assert front is not None and story is not None
    assert read_metadata(front, "https://x.example/games").listing
    assert not read_metadata(story, "https://x.example/games/shovel").listing
