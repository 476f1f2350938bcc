"""How good a corpus's clusters are against labels: pair scores, B-cubed, adjusted Rand index.

Pure functions on what corpus.gold read. May import: the standard library, corpus.errors, corpus.evaluation and
corpus.gold.

Nothing here lists the pairs of a cluster: a cluster of n articles adds n(n-1)/2 to a count, so that a million
articles cost no more than a pass over them. Sources of the measures:
pair precision, recall, F1: over the pairs of articles that share a cluster (Manning, Raghavan, Schütze 2008, 16.3);
B-cubed: Bagga & Baldwin 1998, in the pairwise form of Amigó, Gonzalo, Artiles, Verdejo 2009;
adjusted Rand index: Hubert & Arabie 1985.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, Literal, NamedTuple

from corpus.errors import UserError
from corpus.evaluation import Evaluation, Score, tame, total
from corpus.gold import Gold, Pair, gold_of, ordered

UNKNOWN = "und"
"""The language tag (BCP 47) of an article whose language nobody told."""

Cells = Mapping[str, Hashable]
"""Article → its cell; two articles belong together when their cells are equal. An article may be left out."""
Together = Cells | frozenset[Pair]
"""Which articles belong together: as cells, or as the pairs themselves."""
Unlisted = Literal["independent", "ignored"]


class _Sides(NamedTuple):
    """Prediction and gold side by side: who belongs together, which pairs count nowhere, how many count."""

    found: Together
    actual: Together
    left_out: frozenset[Pair]
    judged: int


def evaluate(
    gold: Gold | Iterable[Mapping[str, Any]],
    predicted: Mapping[str, str | None] | Iterable[Pair],
    *,
    languages: Mapping[str, str] | None = None,
    urls: Mapping[str, str] | None = None,
    unlisted: Unlisted = "independent",
) -> Evaluation:
    """Compare predicted clusters (or pairs) with the gold; return the Evaluation.

    `predicted`: id → cluster_id of every article of the corpus (None = alone), or the pairs of ids that are held
    for copies. Only articles that the gold names count. `urls` (url → id) finds those that it names by URL.
    `languages` (id → language) serves where the gold tells none. `unlisted` says what a pair is that a gold of
    labelled pairs does not list: independent, or not counted at all. Raises UserError where the corpus has none
    of the gold's articles.
    """
    gold = gold if isinstance(gold, Gold) else gold_of(gold)
    ids = ids_of(gold, predicted, urls or {})
    found, missing = _predicted(ids, predicted)
    if gold.articles and len(missing) == len(gold.articles):
        raise UserError(
            f"none of the {len(missing):,} articles of {gold.name} is in the corpus (the first is "
            f"{tame(missing[0])}); import them first, or give a gold with this corpus's ids or URLs"
        )
    sides = _sides(gold, found, unlisted)
    marks = {name: gold.languages.get(name) or (languages or {}).get(ids[name]) or UNKNOWN for name in ids}
    by_language = _scores(sides, marks)
    pairs = total(by_language.values())
    return Evaluation(
        articles=len(gold.articles),
        missing=missing,
        unsure=len(sides.left_out),
        pairs=pairs,
        bcubed=_bcubed(gold.articles, sides),
        ari=_rand(pairs, sides.judged),
        kinds=_kinds(gold, sides),
        languages=by_language if set(marks.values()) != {UNKNOWN} else {},
    )


def ids_of(gold: Gold, predicted: object, urls: Mapping[str, str]) -> dict[str, str]:
    """Name in the gold → id in the corpus: the name itself where the corpus knows it, else by its URL."""
    known = predicted if isinstance(predicted, Mapping) else {}
    return {
        name: name if name in known else urls.get(gold.urls.get(name, name)) or urls.get(name) or name
        for name in gold.articles
    }


def _predicted(ids: Mapping[str, str], predicted: Any) -> tuple[Together, tuple[str, ...]]:
    """Return who is predicted to belong together, in the gold's names, and the names that the corpus lacks."""
    if not isinstance(predicted, Mapping):
        names = {own: name for name, own in ids.items()}
        inside = ((names[a], names[b]) for a, b in predicted if a in names and b in names)
        return frozenset(ordered(a, b) for a, b in inside if a != b), ()
    cells: dict[str, Hashable] = {}
    missing = []
    for name, own in ids.items():
        if own not in predicted:
            missing.append(name)
            continue
        cluster = predicted[own]
        cells[name] = ("alone", own) if cluster is None else ("cluster", cluster)
    return cells, tuple(missing)


def _sides(gold: Gold, found: Together, unlisted: Unlisted) -> _Sides:
    """Put the prediction and the gold side by side, and say which pairs count."""
    everything = len(gold.articles) * (len(gold.articles) - 1) // 2
    if gold.labels is None:
        clusters = {name: cluster for name, cluster in gold.clusters.items() if cluster}
        return _Sides(found, clusters, frozenset(), everything)
    copies = frozenset(pair for pair, label in gold.labels.items() if label == "copy")
    unsure = frozenset(pair for pair, label in gold.labels.items() if label == "unsure")
    if unlisted == "ignored":
        listed = frozenset(gold.labels)
        return _Sides(_both(listed, found), copies, unsure, len(listed) - len(unsure))
    return _Sides(found, copies, unsure, everything - len(unsure))


def _both(left: Together, right: Together) -> Together:
    """Return who belongs together according to both."""
    if isinstance(left, frozenset):
        return frozenset(pair for pair in left if _joined(right, pair))
    if isinstance(right, frozenset):
        return _both(right, left)
    return {name: (cell, right[name]) for name, cell in left.items() if name in right}


def _joined(together: Together, pair: Pair) -> bool:
    if isinstance(together, frozenset):
        return pair in together
    return pair[0] in together and pair[1] in together and together[pair[0]] == together[pair[1]]


def _tally(together: Together, marks: Mapping[str, str]) -> Counter[Pair]:
    """Count the pairs that belong together by the (ordered) marks of their two articles."""
    if isinstance(together, frozenset):
        return Counter(ordered(marks.get(a, UNKNOWN), marks.get(b, UNKNOWN)) for a, b in together)
    cells: defaultdict[Hashable, list[str]] = defaultdict(list)
    for name, cell in together.items():
        cells[cell].append(marks.get(name, UNKNOWN))
    tally: Counter[Pair] = Counter()
    for inside in cells.values():
        if len(inside) > 1:
            sizes = Counter(inside)
            for mark, n in sizes.items():
                tally[mark, mark] += n * (n - 1) // 2
            for a, b in combinations(sorted(sizes), 2):
                tally[a, b] += sizes[a] * sizes[b]
    return tally


def _scores(sides: _Sides, marks: Mapping[str, str]) -> dict[Pair, Score]:
    """Score the pairs by the marks of their two articles; marks without any pair are left out."""
    correct = _tally(_both(sides.found, sides.actual), marks)
    predicted = _tally(sides.found, marks)
    predicted.subtract(_tally(_both(sides.left_out, sides.found), marks))
    truth = _tally(sides.actual, marks)
    keys = sorted(key for key in predicted.keys() | truth.keys() if predicted[key] or truth[key])
    return {key: Score.of(correct[key], predicted[key], truth[key]) for key in keys}


def _kinds(gold: Gold, sides: _Sides) -> dict[str, Score]:
    """Score by kind: see Evaluation.kinds."""
    if gold.labels is None:
        scores = _scores(sides, gold.kinds)
        kinds = sorted(set(gold.kinds.values()))
        by_kind = {kind: total(score for pair, score in scores.items() if kind in pair) for kind in kinds}
        return {kind: score for kind, score in by_kind.items() if score.predicted or score.actual}
    copies = {pair: kind for pair, kind in gold.pair_kinds.items() if gold.labels[pair] == "copy"}
    correct = Counter(kind for pair, kind in copies.items() if _joined(sides.found, pair))
    return {kind: Score.of(correct[kind], None, n) for kind, n in sorted(Counter(copies.values()).items())}


def _partners(together: Together) -> Counter[str]:
    """Count for each article the others that belong with it."""
    if isinstance(together, frozenset):
        return Counter(name for pair in together for name in pair)
    sizes = Counter(together.values())
    return Counter({name: sizes[cell] - 1 for name, cell in together.items()})


def _bcubed(names: Sequence[str], sides: _Sides) -> Score:
    """Return B-cubed: each article's own precision and recall over its cluster (itself in it), averaged."""
    correct, truth = _partners(_both(sides.found, sides.actual)), _partners(sides.actual)
    predicted = _partners(sides.found)
    predicted.subtract(_partners(_both(sides.left_out, sides.found)))
    precision = sum((correct[name] + 1) / (predicted[name] + 1) for name in names) / len(names)
    recall = sum((correct[name] + 1) / (truth[name] + 1) for name in names) / len(names)
    return Score(precision, recall, 2 * precision * recall / (precision + recall))


def _rand(pairs: Score, judged: int) -> float:
    """Return the adjusted Rand index of pair counts (1.0 where both sides agree for want of a choice)."""
    correct, predicted, actual = pairs.correct or 0, pairs.predicted or 0, pairs.actual or 0
    chance = 2 * predicted * actual
    room = (predicted + actual) * judged - chance
    return (2 * correct * judged - chance) / room if room else 1.0
