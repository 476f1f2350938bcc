"""A corpus made by hand: two clusters of seven publishers, lone articles, a revised URL, failed pages.

May import: pyarrow's tables through corpus.tables.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from corpus import tables

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

LONG = "The ferry sank within minutes off the southern coast, the harbour master told a crowded room on Sunday."
OWN = "Readers of this page have asked for the full passenger list, which the company has so far refused to give."


def article(id: str, publisher: str, host: str, **more: Any) -> dict[str, Any]:
    defaults = {
        "id": id, "publisher": publisher, "url": f"https://www.{host}/{id}", "fetched_at": NOON + timedelta(days=1),
        "published_at": NOON, "title": "Ferry sinks", "language": "en", "words": 100, "text": f"{LONG}\nLocal {id}.",
        "text_id": f"t-{id}", "outcome": "ok",
    }  # fmt: skip
    return defaults | more


def hours(number: float) -> datetime:
    return NOON + timedelta(hours=number)


ARTICLES = [
    # An agency's text: the original, an exact copy with credit, one that credits another, a silent translation, an
    # excerpt without a time and a name that the original lacks.
    article("ap1", "Associated Press", "apnews.com", agency="AP", text_id="t1", authors=["A. Reporter"]),
    article("uk1", "Daily", "daily.co.uk", agency="AP", text_id="t1", published_at=hours(1)),
    article("de1", "Zeitung", "zeitung.de", agency="AFP", text_id="t2", published_at=hours(2), title="Ferry lost"),
    article("id1", "Blog", "blog.id", language="id", published_at=hours(5), title="Feri tenggelam",
            text="Feri itu tenggelam.", text_id="t3", words=80),
    article("no1", "Mail", "mail.example", published_at=None, text_id="t4", words=40, authors=["B. Staffer"],
            text=LONG),
    # A publisher's own text, copied by another and printed a second time on its own site.
    article("own1", "Daily", "daily.co.uk", text=OWN, text_id="t5", published_at=hours(-24)),
    article("own2", "Daily", "daily.co.uk", text=OWN, text_id="t5", published_at=hours(-23)),
    article("own3", "Mail", "mail.example", text=OWN, text_id="t5", published_at=hours(-14)),
    # Alone: one agency article, one of another script, one import without a URL.
    article("lone", "Daily", "daily.co.uk", agency="Reuters", text="Markets fell.", text_id="t6"),
    article("ja1", "新聞", "shimbun.jp", language="ja", title="フェリー沈没", text="船が沈んだ。", text_id="t7"),
    article("bare", None, "", url=None, text="No address.", text_id="t8", published_at=None),  # type: ignore[arg-type]
    # One URL read twice, with another text and title the second time; and pages that gave nothing.
    article("r1", "Mail", "mail.example", url="https://mail.example/live", text="First.\nSecond.", text_id="t9",
            words=2),
    article("r2", "Mail", "mail.example", url="https://mail.example/live", text="First.\nThird.\nFourth.",
            text_id="t10", words=3, fetched_at=NOON + timedelta(days=2), title="Ferry: live"),
    article("x1", "Mail", "mail.example", outcome="http_error", reason="status 404", text=None, text_id=None),
    article("x2", "Mail", "mail.example", outcome="empty", reason="no text", text=None, text_id=None),
]  # fmt: skip
PAIRS = [
    {"a": "t1", "b": "t2", "jaccard": 0.8, "containment_a": 0.9, "containment_b": 0.85, "score": 0.9, "kind": "near"},
    {"a": "t1", "b": "t4", "jaccard": 0.4, "containment_a": 0.4, "containment_b": 1.0, "score": 0.9, "kind": "excerpt"},
    {"a": "t1", "b": "t3", "jaccard": 0.0, "containment_a": 0.0, "containment_b": 0.0, "score": 0.8,
     "kind": "translated"},
]  # fmt: skip


def member(cluster: str, size: int, original: str, id: str, kind: str) -> dict[str, Any]:
    return {"id": id, "cluster_id": cluster, "size": size, "original": original, "kind": kind}


CLUSTERS = [
    *(member("c1", 5, "ap1", *one) for one in [
        ("ap1", "original"), ("uk1", "exact"), ("de1", "near"), ("id1", "translated"), ("no1", "excerpt")]),
    *(member("c2", 3, "own1", *one) for one in [("own1", "original"), ("own2", "exact"), ("own3", "exact")]),
    *(member(f"c-{id}", 1, id, id, "original") for id in ("lone", "ja1", "bare", "r1", "r2")),
]  # fmt: skip
MERGES = [{"cluster_id": "old2", "into": "c2", "at": NOON}, {"cluster_id": "older", "into": "old2", "at": NOON}]


def make(folder: Path, full: bool) -> Path:
    tables.create(folder)
    pages = [{k: row.get(k) for k in ("id", "url", "publisher", "outcome", "reason")} for row in ARTICLES]
    content = {"pages": pages, "articles": ARTICLES, "pairs": PAIRS, "clusters": CLUSTERS, "merges": MERGES}
    for name, rows in content.items():
        if full:
            tables.append(folder, name, tables.rows_of(name, rows))
    return folder
