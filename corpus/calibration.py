"""Whether a score means what it says: reliability, Brier score, confusion of kinds.

Pure; may import: the standard library and corpus.gold. Sources: Brier 1950 (the score), Murphy & Winkler 1977
(reliability).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.gold import Gold

Scored = tuple[str, str, float, str]
"""Two articles by their names in the gold, the score of the pair, and its kind if it is a copy."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Scores held against a gold; print it, or take `rows()`."""

    curve: list[dict[str, Any]]
    """See reliability."""
    brier: float | None
    kinds: list[dict[str, str | int]]
    """See confusion; empty where the gold tells no kinds of pairs."""

    def rows(self) -> list[dict[str, Any]]:
        """Return the reliability curve, ready to print or to write."""
        return self.curve

    def __str__(self) -> str:
        """Return the curve, the Brier score and the kinds as lines of text."""
        if self.brier is None:
            return "No pair of the gold's articles was scored."
        lines = [f"{'score':<12}{'pairs':>10}{'mean score':>12}{'copies':>10}"]
        for row in self.curve:
            bounds = f"{row['low']:.1f} to {row['high']:.1f}"
            lines.append(f"{bounds:<12}{row['pairs']:>10,}{row['score']:>12.3f}{row['copies']:>10.3f}")
        lines.append(f"Brier score {self.brier:.4f} (0 = every score is the truth)")
        if self.kinds:
            names = [name for name in self.kinds[0] if name != "gold"]
            lines += ["", f"{'kind: gold, found':<22}" + "".join(f"{name:>12}" for name in names)]
            lines += [f"{row['gold']:<22}" + "".join(f"{row[name]:>12,}" for name in names) for row in self.kinds]
        return "\n".join(lines)


def calibration(
    gold: Gold, scored: Iterable[Scored], threshold: float, *, unlisted: bool | None = False
) -> Calibration:
    """Hold scored pairs against a gold; pairs that it is unsure of are left out.

    `unlisted` is what a pair is that a gold of labelled pairs does not list: False, or None to leave it out.
    """
    told = [(row, gold.copies(row[0], row[1], unlisted=unlisted)) for row in scored]
    judged = [(row, label) for row, label in told if label is not None]
    scores, labels = [row[2] for row, _ in judged], [label for _, label in judged]
    # Of copies only those whose kind the gold tells; of the others all, which have none.
    kinds = [
        (true, kind if score >= threshold else None)
        for (a, b, score, kind), label in judged
        if bool(true := gold.kind(a, b) if label else None) == label
    ]
    matrix = confusion([true for true, _ in kinds], [found for _, found in kinds]) if any(t for t, _ in kinds) else []
    return Calibration(reliability(scores, labels), brier(scores, labels), matrix)


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
