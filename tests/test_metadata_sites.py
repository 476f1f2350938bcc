"""What pages of many countries say of themselves, in the manner of their sites: the minute, the zone, authors, section.

The markup is made up after the habits of such sites; each page tells its facts where those sites do.
"""

# ruff: noqa: E501 - markup as sites write it
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from corpus.language import normal_language
from corpus.markup import parse
from corpus.metadata import Metadata, read_metadata


@dataclass(frozen=True)
class Told:
    url: str
    markup: str
    at: str
    by_what: str
    authors: tuple[str, ...]
    section: str | None
    language: str
    image: str | None = None
    paywall: bool | None = None


def ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


PAGES = {
    "japan, portal": Told(
        "https://news.port.example.jp/articles/abc123",
        '<html lang="ja"><head><meta property="og:image" content="https://i.example/1.jpg">'
        + ld('{"@context":"https://schema.org","@type":"NewsArticle","headline":"港の桟橋、再建へ",'
             '"datePublished":"2026-07-14T19:05:00+09:00","author":{"@type":"Organization","name":"港新聞"},'
             '"articleSection":"国内"}')
        + "</head><body><h1>港の桟橋、再建へ</h1><time>7/14(火) 19:05</time></body></html>",
        "2026-07-14T10:05", "json_ld", ("港新聞",), "国内", "ja", "https://i.example/1.jpg",
    ),
    "japan, newspaper in text": Told(
        "https://www.minato.example.jp/a/20260714/k00",
        '<html lang="ja"><body><h1>港の桟橋、再建へ</h1><p class="date">2026年7月14日 19時05分</p>'
        '<p class="author">記者 山田太郎</p></body></html>',
        "2026-07-14T10:05", "text_local", ("山田太郎",), None, "ja",
    ),
    "japan, paid": Told(
        "https://www.minato.example.jp/a/2",
        '<html lang="ja"><head>'
        + ld('{"@type":"NewsArticle","headline":"港の桟橋、再建へ","datePublished":"2026-07-14T19:05:00+0900",'
             '"isAccessibleForFree":false}')
        + "</head><body></body></html>",
        "2026-07-14T10:05", "json_ld", (), None, "ja", None, True,
    ),
    "korea, portal": Told(
        "https://n.port.example.kr/mnews/article/001/0000001",
        '<html lang="ko"><body><h2 id="title_area">부두 재건</h2><span class="media_end_head_info_datestamp_time '
        '_ARTICLE_DATE_TIME" data-date-time="2026-07-14 19:05:00">2026.07.14. 오후 7:05</span>'
        '<em class="media_end_head_journalist_name">김철수 기자</em></body></html>',
        "2026-07-14T10:05", "text_local", ("김철수",), None, "ko",
    ),
    "korea, meta": Told(
        "https://www.hangu.example.kr/1",
        '<html lang="ko"><head><meta property="article:published_time" content="2026-07-14T19:05:00+09:00">'
        '<meta property="article:section" content="사회"><meta property="dable:author" content="김철수"></head><body></body></html>',
        "2026-07-14T10:05", "meta", ("김철수",), "사회", "ko",
    ),
    "china, agency": Told(
        "http://www.gangkou.example.cn/2026-07/14/c_1.htm",
        '<html lang="zh-CN"><head><meta name="publishdate" content="2026-07-14"></head><body><div class="header">'
        '<h1>码头重建</h1><span class="h-time">2026-07-14 19:05:00</span><span>来源：港口日报</span></div></body></html>',
        "2026-07-14T11:05", "text_local", (), None, "zh",
    ),
    "china, agency, the day in pieces": Told(
        "https://www.gangkou.example.cn/20260714/0d/c.html",
        '<html lang="zh-CN"><body><div class="header"><div class="header-time left"><span class="year"><em>2026</em></span>'
        '<span class="day"><em>07</em>/<em>14</em></span><span class="time">19:05:33</span></div><h1>码头重建</h1></div></body></html>',
        "2026-07-14T11:05", "text_local", (), None, "zh",
    ),
    "lebanon": Told(
        "https://www.marfa.example.lb/1",
        '<html lang="ar"><body><h1>إعادة بناء الرصيف</h1><div class="date">14 تموز 2026 | 19:05</div></body></html>',
        "2026-07-14T16:05", "text_local", (), None, "ar",
    ),
    "taiwan": Told(
        "https://www.gang.example.tw/news/1",
        '<html lang="zh-Hant"><head><meta name="pubdate" content="2026-07-14T19:05:00+08:00">'
        '<meta name="section" content="社會"><meta name="author" content="王小明"></head><body></body></html>',
        "2026-07-14T11:05", "meta", ("王小明",), "社會", "zh",
    ),
    "qatar": Told(
        "https://www.mina.example.qa/news/2026/7/14/x",
        '<html lang="ar" dir="rtl"><head>'
        + ld('[{"@type":"NewsArticle","headline":"إعادة بناء الرصيف","datePublished":"2026-07-14T16:05:00Z",'
             '"author":[{"@type":"Person","name":"ليلى حداد"},{"@type":"Person","name":"عمر سعيد"}],"articleSection":"أخبار"}]')
        + "</head><body></body></html>",
        "2026-07-14T16:05", "json_ld", ("ليلى حداد", "عمر سعيد"), "أخبار", "ar",
    ),
    "egypt, text": Told(
        "https://www.marsa.example.eg/1",
        '<html lang="ar"><body><h1>إعادة بناء الرصيف</h1><div class="date">الثلاثاء 14 يوليو 2026 - 07:05 م</div>'
        '<div class="writer">كتب: عمر سعيد</div></body></html>',
        "2026-07-14T16:05", "text_local", ("عمر سعيد",), None, "ar",
    ),
    "egypt, winter": Told(
        "https://www.marsa.example.eg/2",
        '<html lang="ar"><body><h1>إعادة بناء الرصيف</h1><div class="date">14 يناير 2026 - 07:05 م</div></body></html>',
        "2026-01-14T17:05", "text_local", (), None, "ar",
    ),
    "turkey": Told(
        "https://www.liman.example.tr/gundem/iskele-1",
        '<html lang="tr"><head><meta itemprop="datePublished" content="2026-07-14T19:05:00+03:00">'
        '<meta name="articleSection" content="Gündem"><meta name="articleAuthor" content="Ali Veli"></head><body></body></html>',
        "2026-07-14T16:05", "meta", ("Ali Veli",), "Gündem", "tr",
    ),
    "turkey, text": Told(
        "https://www.liman.example.tr/gundem/2",
        '<html lang="tr"><body><h1>İskele yeniden yapılacak</h1><div class="news-date">Oluşturulma Tarihi: 14 Temmuz 2026 '
        '19:05</div></body></html>',
        "2026-07-14T16:05", "text_local", (), None, "tr",
    ),
    "indonesia, detik": Told(
        "https://news.dermaga.example.id/berita/d-1/x",
        '<html lang="id"><head><meta name="author" content="Budi Santoso"><meta name="dtk:publishdate" '
        'content="2026/07/14 19:05:00"><meta name="dtk:kanalname" content="Nasional"></head><body><h1>Dermaga dibangun lagi</h1>'
        '<div class="detail__date">Selasa, 14 Jul 2026 19:05 WIB</div></body></html>',
        "2026-07-14T12:05", "text", ("Budi Santoso",), "Nasional", "id",
    ),
    "indonesia, kompas": Told(
        "https://regional.dermaga.example.com/read/2026/07/14/190500578/x",
        '<html lang="id"><head><meta name="content_PublishedDate" content="2026-07-14 19:05:00">'
        '<meta name="content_author" content="Budi Santoso"><meta name="content_category" content="Regional"></head><body>'
        '<h1>Dermaga dibangun lagi</h1><div class="read__time">Dermaga.com, 14/07/2026, 19:05 WIB</div></body></html>',
        "2026-07-14T12:05", "text", ("Budi Santoso",), "Regional", "id",
    ),
    "germany": Told(
        "https://www.hafen.example.de/ausland/a-1.html",
        '<html lang="de"><head><meta name="date" content="2026-07-14T18:05:00+02:00"><meta name="last-modified" '
        'content="2026-07-14T21:00:00+02:00"><meta name="author" content="Mia Lund, HAFENBLATT"></head><body></body></html>',
        "2026-07-14T16:05", "meta", ("Mia Lund", "HAFENBLATT"), None, "de",
    ),
    "france": Told(
        "https://www.quai.example.fr/international/article/2026/07/14/x_1.html",
        '<html lang="fr"><head><meta property="og:article:published_time" content="2026-07-14T16:05:00+00:00">'
        '<meta property="og:article:section" content="International"><meta property="og:article:author" content="Anne Roy">'
        '<meta property="og:article:content_tier" content="locked"></head><body></body></html>',
        "2026-07-14T16:05", "meta", ("Anne Roy",), "International", "fr", None, True,
    ),
    "russia": Told(
        "https://prichal.example.ru/20260714/x.html",
        '<html lang="ru"><head><meta property="article:published_time" content="20260714T1905"></head><body><h1>Причал</h1>'
        '<div class="article__info-date"><a>19:05 14.07.2026</a></div></body></html>',
        "2026-07-14T16:05", "meta_local", (), None, "ru",
    ),
}  # fmt: skip


def read(page: Told) -> Metadata:
    root = parse(page.markup)
    assert root is not None
    return read_metadata(root, page.url, datetime(2026, 7, 20, tzinfo=UTC))


@pytest.mark.parametrize("name", PAGES)
def test_the_minute_and_where_it_is_told(name: str) -> None:
    page, told = PAGES[name], read(PAGES[name])
    assert told.published_at == datetime.fromisoformat(page.at).replace(tzinfo=UTC)
    assert told.published_by_what == page.by_what


@pytest.mark.parametrize("name", PAGES)
def test_authors_section_language_image_and_paywall(name: str) -> None:
    page, told = PAGES[name], read(PAGES[name])
    assert told.authors == page.authors
    assert told.section == page.section
    assert normal_language(told.language) == page.language
    assert told.image == page.image
    assert told.paywall == page.paywall
