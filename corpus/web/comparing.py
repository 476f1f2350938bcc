"""Two articles side by side: the passages aligned, what was cut, added and changed, and why the score is what it is.

May import: the standard library, corpus.errors, corpus.compare, corpus.passages, corpus.numbers, corpus.sides,
corpus.web.index, corpus.web.display.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from corpus.errors import UserError
from corpus.numbers import same_value
from corpus.sides import Side
from corpus.web.display import Mark, percent, pieces
from corpus.web.index import Index, Row

if TYPE_CHECKING:
    from corpus.compare import Similarity
    from corpus.passages import Passage

MOST_CHARACTERS = 60_000
"""What is compared of a longer text: its beginning."""
MOST_PASSAGES = 400
WORDS = {
    "same": "same", "altered": "altered", "cut": "only in A", "added": "only in B", "moved": "moved",
}  # fmt: skip


def comparison(index: Index, a: str, b: str, *, text: bool = True) -> dict[str, Any]:
    """Return the page that compares two articles, named by id or URL.

    Without `text` it has the figures alone. Raises UserError where one is not there or has no text.
    """
    one, other = article(index, a), article(index, b)
    found = _compared(index, one, other)
    return {
        "a": one,
        "b": other,
        "found": found,
        "rows": rows(found, MOST_PASSAGES) if text else [],
        "words": words(found),
        "left_out": max(0, len(found.passages) - MOST_PASSAGES) if text else 0,
        "kept": found.language_a != found.language_b,
        "counts": {kind: n for kind in WORDS if (n := sum(p.kind == kind for p in found.passages))},
        "reasons": list(reasons(found)),
        "clipped": [side for side in (one, other) if side["length"] > MOST_CHARACTERS],
        "most_characters": MOST_CHARACTERS,
        "changes": found.changes if text else (),
        "same_cluster": one["cluster_id"] is not None and one["cluster_id"] == other["cluster_id"],
        "text": text,
    }


def article(index: Index, name: str) -> Row:
    """Return an article, named by id or URL, with its text. Raises UserError where there is none."""
    found = index.row("article", id=name)
    if not found:
        raise UserError(f"there is no article {name[:100]!r} with a text; give an article's id or URL")
    told = index.texts([found["id"]], MOST_CHARACTERS).get(found["id"])
    if not told or not (told["text"] or "").strip():
        raise UserError(f"the article {name[:100]!r} has no text")
    return found | told


def _compared(index: Index, one: Row, other: Row) -> "Similarity":
    """Compare with the corpus's own rarities, so that the figures are those of its pairs; remember the last few."""
    from corpus.compare import compare

    rarity = index.kept("rarity", lambda: index.con.cursor().sql("FROM rarity").to_arrow_table())

    return compare(one["text"], other["text"], language_a=one["language"], language_b=other["language"], rarity=rarity)


def words(found: "Similarity") -> dict[str, str]:
    """Return what the kinds of passages are called."""
    return WORDS if found.language_a == found.language_b else WORDS | {"same": "in both"}


def rows(found: "Similarity", most: int) -> list[dict[str, Any]]:
    """Return the first passages as both sides show them."""
    sides = Side(found.text_a, found.language_a), Side(found.text_b, found.language_b)
    return [_row(found, passage, sides) for passage in found.passages[:most]]


def _row(found: "Similarity", passage: "Passage", sides: "tuple[Side, Side]") -> dict[str, Any]:
    """Return a passage as both sides show it: edits and changes are marked, and in two languages what both have."""
    changed_a = [(one.a_start, one.a_end, "mark") for one in passage.changes]
    changed_b = [(one.b_start, one.b_end, "mark") for one in passage.changes]
    kept = ([], []) if found.language_a == found.language_b else _kept(*sides, passage)
    edits_a = [(one.a_start, one.a_end, "del") for one in passage.edits] + kept[0]
    edits_b = [(one.b_start, one.b_end, "ins") for one in passage.edits] + kept[1]
    return {
        "kind": passage.kind,
        "a": pieces(found.text_a, passage.a_start, passage.a_end, changed_a + _beside(changed_a, edits_a)),
        "b": pieces(found.text_b, passage.b_start, passage.b_end, changed_b + _beside(changed_b, edits_b)),
    }


def _kept(a: Side, b: Side, passage: "Passage") -> tuple[list[Mark], list[Mark]]:
    """Return the numbers and known names that a passage has on both sides: what a reader of one language can check."""
    spans = (passage.a_start, passage.a_end), (passage.b_start, passage.b_end)
    numbers = a.numbers_between(*spans[0]), b.numbers_between(*spans[1])
    names = a.names_between(*spans[0]), b.names_between(*spans[1])
    kept_a, kept_b = (
        [(x.start, x.end, "both") for x in numbers[side] if any(same_value(x, y) for y in numbers[1 - side])]
        + [(x.start, x.end, "both") for x in names[side] if any(x.form == y.form for y in names[1 - side])]
        for side in (0, 1)
    )
    return kept_a, kept_b


def _beside(first: list[Mark], more: list[Mark]) -> list[Mark]:
    """Return the parts of the second list's stretches that no stretch of the first one covers."""
    for start, end, _ in first:
        split = []
        for one_start, one_end, kind in more:
            split += [(one_start, min(one_end, start), kind), (max(one_start, end), one_end, kind)]
        more = [one for one in split if one[0] < one[1]]
    return [one for one in more if one[0] < one[1]]


def reasons(found: "Similarity") -> Iterator[tuple[str, float, str]]:
    """Yield what speaks for and against a copy: (what, share in 0..1, in words)."""
    if found.language_a == found.language_b:
        yield "A's wording that B has, too", found.containment_a, percent(found.containment_a)
        yield "B's wording that A has, too", found.containment_b, percent(found.containment_b)
        yield "shared wording, rare words weighing more", found.weighted, percent(found.weighted)
        yield "words in the same order", found.aligned, percent(found.aligned)
    else:
        yield "A's passages that B tells, too", found.covered_a, percent(found.covered_a)
        yield "B's passages that A tells, too", found.covered_b, percent(found.covered_b)
    yield "numbers and names kept", found.numbers_kept, percent(found.numbers_kept)
