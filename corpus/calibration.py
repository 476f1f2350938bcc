"""Whether a score means what it says: reliability, Brier score, confusion of kinds.

Pure; may import: the standard library. Sources: Brier 1950 (the score), Murphy & Winkler 1977 (reliability).
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any


def reliability(scores: Sequence[float], labels: Sequence[bool], bins: int = 10) -> list[dict[str, Any]]:
    """Return how far scores mean what they say: one row for each bin of equal width that holds a pair.

    A row: low, high (the bin's bounds), pairs, score (their mean score), copies (share of true copies). For a
    calibrated score the last two are equal. Raises ValueError where the lengths differ or a score is not in 0..1.
    """
    held: defaultdict[int, list[tuple[float, bool]]] = defaultdict(list)
    for score, label in _checked(scores, labels):
        held[min(int(score * bins), bins - 1)].append((score, label))
    return [
        {
            "low": place / bins,
            "high": (place + 1) / bins,
            "pairs": len(inside),
            "score": sum(score for score, _ in inside) / len(inside),
            "copies": sum(label for _, label in inside) / len(inside),
        }
        for place, inside in sorted(held.items())
    ]


def brier(scores: Sequence[float], labels: Sequence[bool]) -> float | None:
    """Return the Brier score: the mean square of score minus truth (0 = perfect; None without any pair)."""
    checked = _checked(scores, labels)
    return sum((score - label) ** 2 for score, label in checked) / len(checked) if checked else None


def _checked(scores: Sequence[float], labels: Sequence[bool]) -> list[tuple[float, bool]]:
    if strange := [score for score in scores if not 0 <= score <= 1]:
        raise ValueError(f"a score must lie in 0..1, not {strange[0]}")
    return [(score, bool(label)) for score, label in zip(scores, labels, strict=True)]


def confusion(gold_kinds: Sequence[str | None], predicted_kinds: Sequence[str | None]) -> list[dict[str, str | int]]:
    """Return the confusion matrix of kinds: a row each kind of the gold, a column each predicted kind.

    The two sequences run side by side; None (not a copy, not found) is shown as `none`.
    """
    counts = Counter((a or "none", b or "none") for a, b in zip(gold_kinds, predicted_kinds, strict=True))
    kinds = sorted({kind for pair in counts for kind in pair}, key=lambda kind: (kind == "none", kind))
    given = {kind for kind, _ in counts}
    return [{"gold": a, **{b: counts[a, b] for b in kinds}} for a in kinds if a in given]
