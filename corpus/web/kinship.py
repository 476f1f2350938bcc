"""Which text of a cluster each text is closest to, and which passages the copies cut most often (pure).

May import: the standard library, corpus.passages, corpus.web.display.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from corpus.passages import Passage, passages
from corpus.web.display import short

Row = dict[str, Any]
Parents = dict[str, tuple[str, float | None]]
LEAST_SHARED = 0.2
"""Less shared wording than this says nothing about who is closest."""


def closest(members: Sequence[Row], edges: Iterable[Row]) -> Parents:
    """Return for each article but the first the earlier one whose text is closest, and the shared wording (0..1).

    `members` come with the original first, then by time. An article that shares no wording with an earlier one (most
    translations), or was never compared with one, hangs on the original with None.
    """
    shared = {}
    for edge in edges:
        if (edge["shared"] or 0.0) >= LEAST_SHARED:
            shared[edge["a"], edge["b"]] = shared[edge["b"], edge["a"]] = round(edge["shared"], 2)
    return {row["id"]: _parent(row, members[:at], shared) for at, row in enumerate(members) if at}


def _parent(row: Row, earlier: Sequence[Row], shared: dict[tuple[str, str], float]) -> tuple[str, float | None]:
    """Return the earlier article of the same text, else the first of those that share most, else the original."""
    same = next((one for one in earlier if one["text_id"] == row["text_id"]), None)
    if same:
        return same["id"], 1.0
    best = max(earlier, key=lambda one: shared.get((row["text_id"], one["text_id"]), 0.0))
    return best["id"], shared.get((row["text_id"], best["text_id"]))


def most_cut(original: str, copies: Sequence[str], language: str | None, most: int = 6) -> list[Row]:
    """Return the passages of the original that most of its copies in the same language left out."""
    cuts: Counter[tuple[int, int]] = Counter()
    for copy in copies:
        cuts.update((one.a_start, one.a_end) for one in _cut(passages(original, copy, language, language)))
    found = _spread(cuts)
    return [
        {"text": short(original[start:end], 280), "cut": count, "of": len(copies)}
        for (start, end), count in sorted(found.items(), key=lambda one: (-one[1], one[0]))[:most]
        if end - start > 20
    ]


def _cut(found: Iterable[Passage]) -> Iterable[Passage]:
    return (one for one in found if one.kind == "cut")


def _spread(cuts: Counter[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """Return the stretches between all places where a cut begins or ends, with the number of cuts that cover each."""
    changes: Counter[int] = Counter()
    for (start, end), count in cuts.items():
        changes[start] += count
        changes[end] -= count
    found, depth, last = {}, 0, 0
    for place in sorted(changes):
        if depth:
            found[last, place] = depth
        depth += changes[place]
        last = place
    return found


def kept_by_place(original: str, copies: Iterable[str], language: str | None, parts: int = 10) -> list[list[float]]:
    """Return for each copy what share of each tenth of the original it kept (the same, altered or moved)."""
    told = []
    for copy in copies:
        kept = [0.0] * parts
        for one in passages(original, copy, language, language):
            if one.kind in ("same", "altered", "moved"):
                _add(kept, one.a_start, one.a_end, max(len(original), 1))
        told.append([min(1.0, share) for share in kept])
    return told


def _add(kept: list[float], start: int, end: int, length: int) -> None:
    """Add a stretch to the parts that it covers, each in shares of its own length."""
    size = length / len(kept)
    for at in range(len(kept)):
        overlap = min(end, (at + 1) * size) - max(start, at * size)
        kept[at] += max(0.0, overlap) / size
