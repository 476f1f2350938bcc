"""One sign of whose copy an article is. Imports the standard library."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signal:
    """One sign that an agency's copy stands here: what kind, how sure (0..1), the words that show it.

    `agency` is None for a credit that names no agency.
    """

    agency: str | None
    kind: str
    confidence: float
    words: str
