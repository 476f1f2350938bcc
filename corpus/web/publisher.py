"""A publisher's profile: how much is wire copy, what is credited, how late, what it cuts, whom it copies.

May import: the standard library, corpus.errors, corpus.web.index, corpus.web.kinship.
"""

from typing import Any

from corpus.errors import UserError
from corpus.web import kinship
from corpus.web.index import Index, Row

MOST_FLOWS, MOST_CHARACTERS = 12, 30_000
SPANS = ("earlier", "under 1 h", "1–3 h", "3–6 h", "6–12 h", "12–24 h", "1–3 days", "later")


def publisher(index: Index, name: str, *, text: bool = True) -> dict[str, Any]:
    """Return the profile. Raises UserError where the corpus has no such publisher."""
    profile = index.row("publisher", publisher=name)
    if not profile:
        raise UserError(f"there is no publisher {name[:100]!r} with a readable article; the list of publishers has all")
    delays = {row["span"]: row["copies"] for row in index.rows("publisher_delays", publisher=name)}
    return {
        "profile": profile,
        "kinds_found": index.rows("publisher_kinds", publisher=name),
        "agencies": index.rows("publisher_agencies", publisher=name),
        "delays": [(told, delays.get(span, 0)) for span, told in enumerate(SPANS)] if delays else [],
        "copies_from": index.rows("publisher_givers", publisher=name, most=MOST_FLOWS),
        "copied_by": index.rows("publisher_takers", publisher=name, most=MOST_FLOWS),
        "copies": index.rows("publisher_copies", publisher=name),
        "kept": _kept(index, name) if text else None,
    }


def _kept(index: Index, name: str) -> dict[str, Any] | None:
    """Return what share of each tenth of the originals this publisher's edited copies kept, on average."""

    def find() -> dict[str, Any] | None:
        copies = index.rows("publisher_altered", publisher=name)
        texts = index.texts({one for row in copies for one in (row["id"], row["original"])}, MOST_CHARACTERS)
        told = [_one(texts, row) for row in copies]
        whole = [one for one in told if one]
        if not whole:
            return None
        return {"copies": len(whole), "parts": [sum(column) / len(whole) for column in zip(*whole, strict=True)]}

    found: dict[str, Any] | None = index.kept(f"kept {name}", find)
    return found


def _one(texts: dict[str, Row], row: Row) -> list[float] | None:
    original, copy = texts.get(row["original"]), texts.get(row["id"])
    if not original or not copy or not original["text"] or not copy["text"]:
        return None
    return kinship.kept_by_place(original["text"], [copy["text"]], row["language"])[0]
