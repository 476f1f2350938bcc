import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.demo.render import article_page, front_page
from corpus.demo.texts import Article, articles, sites
from corpus.extract import extract_batch, extract_page, failed_batch
from corpus.secondlook import more_text
from corpus.settings import Settings
from corpus.tables import SCHEMAS, rows_of
from corpus.text import text_id, words
from tests.hostile_pages import BODY, HOSTILE, SENTENCE

SEED = Path(__file__).parents[2] / "shared" / "seed.txt"
TELLING_ALL = [a for a in articles() if a.kind not in ("paywall", "live")]


def extracted(html: str | bytes, /, **page: Any) -> dict[str, Any]:
    body = html if isinstance(html, bytes) else html.encode("utf-8", "surrogatepass")
    return extract_page({"id": "x", "url": "https://x.example/a", "html": body, "outcome": "ok"} | page, Settings())


def imported(text: str | None, **page: Any) -> dict[str, Any]:
    return extract_page({"id": "x", "url": None, "text": text, "outcome": "ok"} | page, Settings())


def recall_and_precision(text: str, wanted: str) -> tuple[float, float]:
    got, gold = words(text), words(wanted)
    both = sum((Counter(got) & Counter(gold)).values())
    return both / len(gold), both / max(1, len(got))


# The made-up web: thirteen languages, eleven templates, written without regard to the rules here ---------------------


@pytest.fixture(scope="module")
def made_up() -> list[tuple[Article, dict[str, Any]]]:
    return [
        (
            a,
            extracted(
                article_page(a).encode(a.site.charset, "xmlcharrefreplace"), url=a.url, publisher=a.site.publisher
            ),
        )
        for a in articles()
    ]


def test_texts_of_the_made_up_web(made_up: list[tuple[Article, dict[str, Any]]]) -> None:
    figures = [recall_and_precision(row["text"], "\n".join(a.paragraphs)) for a, row in made_up if a in TELLING_ALL]
    assert min(recall for recall, _ in figures) > 0.98
    assert sum(recall for recall, _ in figures) / len(figures) > 0.998
    assert sum(precision for _, precision in figures) / len(figures) > 0.99


def test_agencies_of_the_made_up_web(made_up: list[tuple[Article, dict[str, Any]]]) -> None:
    wrong = [
        (a.event, a.name, row["agency"])
        for a, row in made_up
        if (row["agency"] or "") != (a.agency if a.credited else "")
    ]
    assert wrong == []
    assert all(row["evidence"] for _, row in made_up if row["agency"])


def test_languages_and_outcomes_of_the_made_up_web(made_up: list[tuple[Article, dict[str, Any]]]) -> None:
    for a, row in made_up:
        assert row["language"] == a.language.split("-")[0], (a.event, a.name)
        assert row["outcome"] == ("paywall" if "paywall" in a.traits else "ok"), (a.event, a.name)
        assert words(row["title"]) == words(a.title)


def test_times_of_the_made_up_web_are_right_to_the_minute_where_the_page_tells_the_zone(
    made_up: list[tuple[Article, dict[str, Any]]],
) -> None:
    told = [(a, row) for a, row in made_up if row["published_by_what"] in ("json_ld", "meta", "time", "text")]
    assert len(told) > len(made_up) / 2
    for a, row in told:
        assert abs((row["published_at"] - a.published).total_seconds()) < 60, (a.event, a.name)


def test_fronts_of_the_made_up_web_are_no_articles() -> None:
    for host, site in sites().items():
        assert extracted(front_page(site), url=f"http://{host}/")["outcome"] == "not_article"


# The founding example ------------------------------------------------------------------------------------------------

BLOG = """<!DOCTYPE html><html lang="en-US"><head><meta charset="UTF-8"><title>{title} - Blog</title>
<link rel="canonical" href="https://blog.example/putin/">
<meta property="article:published_time" content="{time}"></head>
<body class="post-template-default single"><header><nav><ul><li><a href="/">Beranda</a></li></ul></nav></header>
<main><article class="post type-post"><header class="entry-header"><h1 class="entry-title">{title}</h1></header>
<div class="entry-content">{body}</div></article>
<div id="comments"><div id="respond"><h3 id="reply-title">{reply}</h3><form><p>{private}</p></form></div></div></main>
<aside class="widget"><h2>Pos-pos Terbaru</h2><ul><li><a href="/a">Satu</a></li></ul></aside></body></html>"""


@pytest.mark.skipif(not SEED.exists(), reason="the founding example is not beside this checkout")
def test_the_founding_example_in_a_blog() -> None:
    parts = SEED.read_text(encoding="utf-8").strip().split("\n\n")
    title, *body, reply, private = parts
    time = "2022-07-12T15:04:05+00:00"
    paragraphs = "".join(f"<p>{part}</p>" for part in body)
    page = BLOG.format(title=title, body=paragraphs, reply=reply, private=private, time=time)
    for row in (extracted(page), imported("\n\n".join(parts), title=title)):
        assert (row["language"], row["agency"], row["title"]) == ("id", "AP", title)
        assert 0.5 < row["agency_confidence"] < 0.9
        assert any("berkontribusi pada laporan ini" in sign for sign in row["evidence"])
        for gone in ("READ", "___", "berkontribusi pada laporan", reply, private):
            assert gone not in row["text"], gone
        assert row["text"].splitlines() == [
            " ".join(part.split()) for part in body if part[:4] not in ("READ", "___", "Zeke")
        ]


# Imported rows -------------------------------------------------------------------------------------------------------

LINES = [SENTENCE.format(n).strip() for n in range(4)]


def test_an_imported_text_is_cleaned_and_its_metadata_kept() -> None:
    when = datetime(2022, 7, 12, 14, 5, tzinfo=UTC)
    text = "\n\n".join([*LINES, "Read more: Ministers meet again", "(Reporting by Ana Sosa; Editing by John Roe)"])
    row = imported(
        text, title="A bridge", authors=["Ana Sosa"], language="eng", published_at=when, published_by_what="import",
        publisher="Paper", fetched_at=when,
    )  # fmt: skip
    assert row["text"] == "\n".join(LINES)
    assert row["removed"] == [
        "promo: Read more: Ministers meet again",
        "credit: (Reporting by Ana Sosa; Editing by John Roe)",
    ]
    assert (row["agency"], row["language"], row["title"], row["authors"]) == ("Reuters", "en", "A bridge", ["Ana Sosa"])
    assert (row["published_at"], row["published_by_what"], row["publisher"]) == (when, "import", "Paper")
    assert (row["outcome"], row["text_id"]) == ("ok", text_id(row["text"]))


def test_a_language_that_lies_is_corrected() -> None:
    assert imported("\n".join(LINES), language="fr")["language"] == "en"


@pytest.mark.parametrize(
    ("text", "outcome"), [("", "empty"), (" \n ", "empty"), ("Too few words.", "short"), ("a" * 5_000_001, "too_large")]
)
def test_imported_texts_that_are_no_articles(text: str, outcome: str) -> None:
    row = imported(text)
    assert row["outcome"] == outcome
    assert row["reason"]


def test_short_means_fewer_words_than_the_setting() -> None:
    page = {"id": "x", "text": LINES[0], "outcome": "ok"}
    count = len(words(LINES[0]))
    assert extract_page(page, Settings(min_words=count))["outcome"] == "ok"
    assert extract_page(page, Settings(min_words=count + 1))["outcome"] == "short"


# Outcomes and times --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["http_error", "blocked_robots", "not_modified", "failed"])
def test_a_page_that_was_not_fetched_keeps_its_outcome(outcome: str) -> None:
    row = extracted(b"x", outcome=outcome, reason="the server said 404", html=None, title="A bridge")
    assert (row["outcome"], row["reason"], row["title"]) == (outcome, "the server said 404", "A bridge")


def test_the_feeds_minute_goes_before_the_pages_day() -> None:
    feed = {"published_at": datetime(2022, 7, 12, 14, 5, tzinfo=UTC), "published_by_what": "feed"}
    day = '<html><head><meta name="pubdate" content="2022-07-12"></head><body>' + BODY
    minute = day.replace("2022-07-12", "2022-07-12T14:00:00Z")
    assert extracted(day, **feed)["published_by_what"] == "feed"
    assert extracted(minute, **feed)["published_by_what"] == "meta"
    assert extracted(f"<html><body>{BODY}", **feed)["published_at"] == feed["published_at"]
    assert extracted(day)["published_by_what"] == "meta_day"


def test_titles_of_servers_answers_and_requests_to_pay() -> None:
    lost = "<html><head><title>404 - Page not found</title></head><body><p>Sorry, nothing is here.</p></body></html>"
    assert extracted(lost)["outcome"] == "not_article"
    locked = f"<html><body><article><p>{SENTENCE}</p></article><div>Subscribe to continue reading</div></body></html>"
    assert extracted(locked)["outcome"] == "paywall"
    told = "".join(f"<p>{SENTENCE.format(n)}</p>" for n in range(10))
    assert extracted(f"<html><body><article>{told}</article></body></html>")["outcome"] == "ok"
    page = f"<html><body><article>{told}<p>この記事は会員限定です。</p></article></body></html>"
    assert extracted(page)["outcome"] == "paywall"
    links = "".join(
        f'<p><a href="/{n}">Ministers meet for the {n}th time in the northern port</a></p>' for n in range(40)
    )
    assert extracted(f"<html><body><div>{links}</div></body></html>")["outcome"] == "not_article"


def test_a_second_body_container_is_found() -> None:
    from corpus.markup import parse

    halves = [[SENTENCE.format(n).strip() for n in range(start, start + 8)] for start in (0, 100)]
    parts = "".join(f'<div class="part">{"".join(f"<p>{line}</p>" for line in half)}</div>' for half in halves)
    others = f'<aside class="part"><p>{SENTENCE}</p></aside>'
    root = parse(f"<html><body><h1>x</h1>{parts}{others}</body></html>")
    assert root is not None
    assert more_text(root, "\n".join(halves[0]), None) == "\n".join(halves[0] + halves[1])
    assert more_text(root, "\n".join(halves[1]), None) == "\n".join(halves[0] + halves[1])
    assert more_text(root, "\n".join(halves[0] + halves[1]), None) is None
    row = extracted(f"<html><body><h1>x</h1>{parts}</body></html>")
    assert row["text"].splitlines() == halves[0] + halves[1]


def test_a_text_repeated_in_another_element_is_no_second_container() -> None:
    from corpus.markup import parse

    lines = [f"{SENTENCE.format(n).strip()} {n}" for n in range(8)]
    broken = "<br>".join(lines)
    root = parse(f'<html><body><div class="a"><p>{lines[0]}</p><p>{broken}</p></div></body></html>')
    assert root is not None
    assert more_text(root, "\n".join(lines), None) is None


def test_captions_and_forms_are_out_of_the_text() -> None:
    picture = (
        '<div class="photo"><img src="a.jpg"><p class="image-caption">The old bridge as it stood in spring</p></div>'
    )
    form = '<div class="box"><p>Get the morning letter from our desk.</p><input type="email"><button>Go</button></div>'
    halves = [SENTENCE.format(n).strip() for n in range(12)]
    paragraphs = "".join(f"<p>{half}</p>" for half in halves)
    row = extracted(
        f"<html><body><article><h1>A bridge too late</h1>{picture}{paragraphs}{form}</article></body></html>"
    )
    assert row["text"].splitlines() == halves


def test_the_heading_goes_from_the_top_where_the_page_has_another_title() -> None:
    head = '<meta property="og:title" content="Minister: bridge will open before winter">'
    lines = [SENTENCE.format(n).strip() for n in range(12)]
    paragraphs = "".join(f"<p>{line}</p>" for line in lines)
    page = f"<html><head>{head}</head><body><article><h1>A bridge too late</h1>{paragraphs}</article></body></html>"
    row = extracted(page)
    assert row["title"] == "Minister: bridge will open before winter"
    assert row["text"].splitlines() == lines


def test_text_in_tables_that_lay_the_page_out() -> None:
    cell = "<br><br>".join(SENTENCE.format(n).strip() for n in range(12))
    menu = "<a href='/'>Home</a><br><a href='/w'>World</a>"
    row = extracted(
        f"<html><body><table><tr><td>{menu}</td><td><h1>A bridge</h1>{cell}</td></tr></table></body></html>"
    )
    assert row["text"].splitlines() == [SENTENCE.format(n).strip() for n in range(12)]


# Answers that are no pages (test_hostile.py has the hostile ones)


def test_an_address_that_is_none_and_an_answer_of_another_kind() -> None:
    assert extracted(BODY, final_url="http://[bad")["outcome"] == "ok"
    assert extracted(b'{"a": 1}', content_type="application/json")["outcome"] == "not_article"


# The batch -----------------------------------------------------------------------------------------------------------


def test_a_batch_has_one_row_a_page_in_the_same_order_whatever_its_neighbours() -> None:
    rows = [
        {
            "id": f"p{n}",
            "html": html if isinstance(html, bytes) else html.encode("utf-8", "surrogatepass"),
            "outcome": "ok",
        }
        for n, (html, _) in enumerate(HOSTILE.values())
        if len(html) < 100_000
    ]
    rows += [{"id": "text", "text": "\n".join(LINES), "outcome": "ok"}, {"id": "lost", "outcome": "http_error"}]
    random.Random(3).shuffle(rows)
    whole = extract_batch(rows_of("pages", rows), Settings())
    assert whole.schema == SCHEMAS["articles"]
    assert whole.column("id").to_pylist() == [row["id"] for row in rows]
    halves = [extract_batch(rows_of("pages", part), Settings()) for part in (rows[:9], rows[9:])]
    assert pa.Table.from_batches(halves).to_pylist() == whole.to_pylist()


def test_pages_that_the_engine_gives_up_have_rows_too() -> None:
    pages = rows_of("pages", [{"id": "a", "url": "https://x.example/a", "title": "A bridge", "outcome": "ok"}])
    row = failed_batch(pages, "the page took longer than 10 seconds").to_pylist()[0]
    assert (row["id"], row["title"], row["outcome"]) == ("a", "A bridge", "failed")
    assert row["reason"] == "the page took longer than 10 seconds"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.text(max_size=60) | st.none(), st.lists(st.text(max_size=30), max_size=2))
def test_any_row_becomes_a_row(text: str, title: str | None, authors: list[str]) -> None:
    clean = {"id": "x", "outcome": "ok", "authors": authors, "title": title, "language": title}
    for row in (clean | {"text": text}, clean | {"html": text.encode("utf-8", "replace")}):
        article = extract_page(row, Settings())
        assert article["outcome"]
        assert rows_of("articles", [article]).num_rows == 1


def test_the_address_that_a_page_calls_its_own_is_kept() -> None:
    link = '<link rel="canonical" href="https://agency.example/original-article">'
    row = extracted(
        f"<html><head>{link}</head><body>{BODY}</body></html>", url="https://paper.example/copy?utm_source=x"
    )
    assert (row["url"], row["canonical_url"]) == (
        "https://paper.example/copy?utm_source=x",
        "https://agency.example/original-article",
    )
    assert extracted(BODY)["canonical_url"] is None
