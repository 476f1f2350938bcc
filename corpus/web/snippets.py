"""Where a search found its words: in whose article of a cluster, and the words around them.

May import: the standard library, regex, corpus.web.display, corpus.web.index, corpus.web.searching.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import regex

from corpus.web.display import Piece, pieces
from corpus.web.index import Index
from corpus.web.searching import given

MOST_CHARACTERS = 60_000
"""How much of an article is read to find the words."""
BEFORE, BEHIND = 70, 110
"""Characters shown before and behind the first word that is found."""
_BOUNDARY = regex.compile(r"\s+")


class Hit(NamedTuple):
    """The article of a cluster in which all words are, and the stretch of it around one of them."""

    publisher: str | None
    language: str | None
    pieces: list[Piece]


def hits(index: Index, asked: str, texts: Sequence[str], clusters: Sequence[str]) -> dict[str, Hit]:
    """Return for each of these clusters its first article among the texts; no pieces where no word stands as asked.

    A word is found in other scripts and behind prepositions, too, so that it need not stand there as it was asked.
    """
    rows = index.rows("hits", texts=list(texts), clusters=list(clusters)) if texts and clusters else []
    bodies = index.texts([row["id"] for row in rows], MOST_CHARACTERS)
    word = regex.compile("|".join(map(regex.escape, given(asked))) or "(?!)", regex.IGNORECASE)
    return {row["cluster_id"]: _hit(row, (bodies.get(row["id"]) or {}).get("text") or "", word) for row in rows}


def _hit(row: dict[str, Any], text: str, word: "regex.Pattern[str]") -> Hit:
    found = word.search(text, timeout=1)
    if not found:
        return Hit(row["publisher"], row["language"], [])
    start, end = _around(text, *found.span())
    marks = [(one.start(), one.end(), "mark") for one in word.finditer(text, start, end)]
    told = [Piece(one.kind, _BOUNDARY.sub(" ", one.text)) for one in pieces(text, start, end, marks)]
    before, behind = [Piece("", "… ")] * (start > 0), [Piece("", " …")] * (end < len(text))
    return Hit(row["publisher"], row["language"], [*before, *told, *behind])


def _around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the stretch around a word begins and ends: at spaces where there are some near."""
    first, last = max(0, start - BEFORE), min(len(text), end + BEHIND)
    if first and (space := _BOUNDARY.search(text, first, start)):
        first = space.end()
    if last < len(text) and (spaces := list(_BOUNDARY.finditer(text, end, last))):
        last = spaces[-1].start()
    return first, last
