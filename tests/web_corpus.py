"""The small corpus with hostile articles beside its own: markup, turned direction, piled-up marks, endless paragraphs.

May import: corpus.tables, corpus.text, corpus.anchors.
"""

from pathlib import Path
from typing import Any

import small_corpus
from small_corpus import article, hours, member

from corpus import tables
from corpus.anchors import romanise
from corpus.text import normalise

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"
RLO, ZALGO = "\u202egnp.exe\u202c", "H" + "\u0335\u0321\u0489\u0300" * 40 + "e"
FORMULA = '=HYPERLINK("http://evil.example","x")'
LONG = "word " * 1_000_000
HOSTILE = [
    article("h1", f"{EVIL} News", "evil.example", title=f"{EVIL} {RLO} {ZALGO}", text=LONG, text_id="h-1", words=10**6,
            language="en", agency=EVIL, byline=EVIL, dateline=EVIL, credit=EVIL, evidence=[EVIL],
            url="https://evil.example/h1"),
    article("h2", f"{EVIL} News", "evil.example", title=FORMULA, text=f"{EVIL} {RLO} {ZALGO} " * 40, text_id="h-2",
            url="javascript:alert(3)", published_at=hours(3)),
    article("h3", '"><b>x', "evil.example", title='" onmouseover="alert(4)', text=LONG + "end", text_id="h-3",
            url="data:text/html,<script>alert(5)</script>", published_at=hours(4), language="ar"),
]  # fmt: skip
HOSTILE_CLUSTER = [member("ch", 3, "h1", *one) for one in [("h1", "original"), ("h2", "near"), ("h3", "translated")]]


HOSTILE_PAIRS = [{"a": "h-1", "b": "h-2", "score": 0.55, "kind": "near", "containment_a": 0.6, "containment_b": 0.5}]


def signed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What search reads of each text."""
    texts = {row["text_id"]: row["text"][:20_000] for row in rows if row["text"]}
    return [{"text_id": key, "normal": normalise(text), "romanised": romanise(text)} for key, text in texts.items()]


def make(folder: Path) -> Path:
    made = small_corpus.make(folder, full=True)
    for name, rows in {"articles": HOSTILE, "clusters": HOSTILE_CLUSTER, "pairs": HOSTILE_PAIRS}.items():
        tables.append(made, name, tables.rows_of(name, rows))
    tables.append(made, "signatures", tables.rows_of("signatures", signed([*small_corpus.ARTICLES, *HOSTILE])))
    return made
