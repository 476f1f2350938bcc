"""After extraction: what a site repeats on page after page goes out of its new articles.

Told from all articles at once, so that it does not matter in which order pages came. Articles that are signed stay as
they are: their texts have pairs. May import: pyarrow, corpus.engine, corpus.repeated, corpus.settings, corpus.stages,
corpus.tables, corpus.text.
"""

from collections import defaultdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from corpus import tables
from corpus.engine import Connection, connect, view_by_part
from corpus.repeated import drop_repeated, repeated_paragraphs
from corpus.settings import Settings
from corpus.stages import EXTRACT, sql
from corpus.text import count_words, text_id

Row = dict[str, Any]
UNSIGNED = """
SELECT part, list(id) FROM articles_by_part ANTI JOIN signatures USING (text_id)
WHERE list_contains($publishers, publisher) GROUP BY part ORDER BY part
"""
"""The articles of some publishers whose texts have no signature, by their part."""


def strip_repeated(folder: Path, settings: Settings) -> int:
    """Take the paragraphs that their publishers repeat out of the unsigned articles; return how many changed.

    A part file is replaced as a whole under its own name: killed at any moment, no row is lost or doubled, and the
    next extraction does what is left.
    """
    with tables.locked(folder, f"stage-{EXTRACT.name}"):
        with connect(folder) as con:
            view_by_part(con, folder, [sql("stages/repeated")])
            repeated = _repeated(con)
            if not repeated:
                return 0
            unsigned = con.execute(UNSIGNED, {"publishers": list(repeated)}).fetchall()
        parts = ((tables.part(folder, "articles", part), set(ids)) for part, ids in unsigned)
        return sum(_strip_part(part, repeated, ids, settings) for part, ids in parts)


def _repeated(con: Connection) -> dict[str, set[str]]:
    """Return the boilerplate of each publisher that has unsigned articles."""
    found: dict[str, set[str]] = defaultdict(set)
    for publisher, paragraph in repeated_paragraphs(con.sql(sql("stages/repeated")).fetchall()):
        found[publisher].add(paragraph)
    return found


def _strip_part(part: Path, repeated: dict[str, set[str]], unsigned: set[str], settings: Settings) -> int:
    """Strip these articles of one part file; write it anew where any of them changed."""
    rows = tables.read(part)
    changed = 0
    articles = rows.to_pylist()
    for article in articles:
        if article["id"] in unsigned and article["outcome"] == "ok":
            changed += _strip(article, repeated[article["publisher"]], settings)
    if changed:
        tables.rewrite(part, pa.Table.from_pylist(articles, schema=rows.schema))
    return changed


def _strip(article: Row, repeated: set[str], settings: Settings) -> bool:
    """Take the repeated paragraphs out of one article, in place, unless too few words would stay."""
    cleaned = drop_repeated((article["text"] or "").split("\n"), repeated)
    text = "\n".join(cleaned.lines)
    words = count_words(text)
    if not cleaned.removed or words < max(1, settings.min_words):
        return False
    article |= {
        "text": text,
        "words": words,
        "text_id": text_id(text),
        "removed": [*(article["removed"] or ()), *cleaned.removed],
    }
    return True
