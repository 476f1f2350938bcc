"""The figures of an evaluation: what they are, as rows, and as lines of text (pure).

May import: the standard library, corpus.gold, corpus.plain.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from corpus.gold import Pair
from corpus.plain import counted

SHOWN = 12
"""So many pairs of languages are printed; rows() has all."""


class Score(NamedTuple):
    """Precision, recall and F1 (0..1; None where there is nothing to divide by), and the pairs behind them."""

    precision: float | None
    recall: float | None
    f1: float | None
    correct: int | None = None
    predicted: int | None = None
    actual: int | None = None

    @classmethod
    def of(cls, correct: int, predicted: int | None, actual: int) -> "Score":
        """Make a Score of counts; `predicted` None = not known (then no precision)."""
        recall = correct / actual if actual else None
        if predicted is None:
            return cls(None, recall, None, correct, None, actual)
        precision = correct / predicted if predicted else None
        f1 = 2 * correct / (predicted + actual) if predicted + actual else None
        return cls(precision, recall, f1, correct, predicted, actual)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures of one comparison with a gold; print it, or take `rows()`."""

    articles: int
    """Articles that the gold names."""
    missing: tuple[str, ...]
    """Those of them that the corpus lacks; they count as alone, so that a lost copy is a copy not found."""
    unsure: int
    """Pairs that the gold calls unsure; they count nowhere."""
    pairs: Score
    bcubed: Score
    ari: float
    """Adjusted Rand index: 1 = the same clusters, 0 = no better than chance."""
    kinds: Mapping[str, Score] = field(default_factory=dict)
    """Per kind. Cluster gold: the pairs with at least one article of that kind. Labelled pairs: recall alone,
    because a pair that is wrongly found has no kind in the gold."""
    languages: Mapping[Pair, Score] = field(default_factory=dict)
    """Per pair of languages, in alphabetical order."""

    def rows(self) -> list[dict[str, Any]]:
        """Return one dictionary a line of the result, all with the same keys, ready to print or to write."""
        return [
            _row("overall", "pairs", self.pairs, ari=self.ari),
            _row("overall", "b-cubed", self.bcubed),
            *(_row(scope, "pairs", score) for scope, score in self.across().items()),
            *(_row("kind", "pairs", score, kind=kind) for kind, score in self.kinds.items()),
            *(
                _row("languages", "pairs", score, language_a=first, language_b=second)
                for (first, second), score in self.languages.items()
            ),
        ]

    def notes(self) -> list[str]:
        """Return the sentences that belong beside the figures."""
        articles, pairs = counted(self.articles, "article"), counted(self.pairs.actual or 0, "pair")
        told = [f"The gold names {articles} and {pairs} of copies."]
        if self.missing:
            lacks = f"The corpus lacks {len(self.missing):,} of its articles, which count as not found"
            told.append(f"{lacks}; the first is {tame(self.missing[0])}.")
        if self.unsure:
            told.append(f"{self.unsure:,} pairs are labelled unsure and count nowhere.")
        return told

    def across(self) -> dict[str, Score]:
        """Return the scores of all pairs within one language, and of all across two."""
        inside = total(score for (a, b), score in self.languages.items() if a == b)
        outside = total(score for (a, b), score in self.languages.items() if a != b)
        return {"within a language": inside, "across languages": outside} if self.languages else {}

    def __str__(self) -> str:
        """Return the notes and the figures as lines of text; of many pairs of languages those with most errors."""
        head = f"{'':<24}" + "".join(f"{name:>10}" for name in ("precision", "recall", "F1"))
        head += "".join(f"{name:>11}" for name in ("correct", "predicted", "actual"))
        overall = {"pairs": self.pairs, "B-cubed": self.bcubed, **self.across()}
        kinds = {f"kind {kind}": score for kind, score in self.kinds.items()}
        wrong = sorted(self.languages, key=lambda pair: -_errors(self.languages[pair]))[:SHOWN]
        worst = {f"{a} - {b}": self.languages[a, b] for a, b in wrong}
        lines = [_line(tame(name), score) for name, score in {**overall, **kinds, **worst}.items()]
        lines.insert(2, f"{'adjusted Rand index':<24}{self.ari:>10.3f}")
        if more := len(self.languages) - len(worst):
            lines.append(f"and {more} more pairs of languages with no more errors than these (in the rows, all are)")
        return "\n".join([*self.notes(), "", head, *lines])


def total(scores: Iterable[Score]) -> Score:
    """Return the score of all these pairs together."""
    counts = [(s.correct or 0, s.predicted or 0, s.actual or 0) for s in scores]
    return Score.of(sum(c for c, _, _ in counts), sum(p for _, p, _ in counts), sum(a for _, _, a in counts))


def _row(scope: str, measure: str, score: Score, **more: Any) -> dict[str, Any]:
    named = {"kind": None, "language_a": None, "language_b": None, "ari": None, **more}
    ari = named.pop("ari")
    return {"scope": scope, "measure": measure, **named, **score._asdict(), "ari": ari}


def _errors(score: Score) -> int:
    return (score.predicted or 0) + (score.actual or 0) - 2 * (score.correct or 0)


def _line(name: str, score: Score) -> str:
    shares = "".join(f"{' -' if value is None else f'{value:.3f}':>10}" for value in score[:3])
    counts = "".join(f"{'' if value is None else f'{value:,}':>11}" for value in score[3:])
    return f"{name[:23]:<24}{shares}{counts}".rstrip()


def tame(text: str) -> str:
    """Return the text without anything that a terminal might obey."""
    return "".join(sign if sign.isprintable() else "�" for sign in text)[:80]
