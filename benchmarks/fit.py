"""Fits the models behind the score (corpus/model.json) on labelled articles.

    python benchmarks/fit.py CORPUS GOLD… [--write]

CORPUS: imported, extracted, signed and learned (`wirecopy run`). GOLD: files as `wirecopy evaluate` reads them, each
with a name=weight of its articles if wanted. Prints grouped cross-validation (whole stories are held out together) and,
with --write, writes the model fitted on everything. The figures of docs/method.md come from here.
"""

import argparse
import json
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pyarrow as pa
from scipy.optimize import minimize
from sklearn.model_selection import GroupKFold
from sklearn.neural_network import MLPClassifier

from corpus import pair, rarity, similarity
from corpus.engine import connect
from corpus.evidence import in_one_language
from corpus.features import taken_apart
from corpus.gold import read_gold
from corpus.settings import Settings
from corpus.sign import sign_batch

Array = np.ndarray[Any, Any]
MODEL = Path(__file__).parent.parent / "corpus" / "model.json"
CANDIDATES = "SELECT a, b FROM pairs"
UNITS, RIDGE = 4, 1e-4
LEAST_LINES, PAIRS_OF_HALVES = 6, 200
"""Of texts of so many lines halves are compared, too; so many of a story, each with three others."""


class Sample:
    """Labelled pairs with their measures."""

    def __init__(self, folder: Path, golds: list[Path], articles: list[Path]) -> None:
        with connect(folder) as con:
            signed = con.sql("SELECT * FROM signatures ORDER BY text_id").to_arrow_table()
            lines = dict(con.execute("SELECT text_id, string_split(min(text), chr(10)) FROM articles "
                                     "WHERE outcome = 'ok' GROUP BY text_id").fetchall())  # fmt: skip
            of_article = dict(con.execute("SELECT id, text_id FROM articles WHERE outcome = 'ok'").fetchall())
            urls = dict(
                con.execute("SELECT url, text_id FROM articles WHERE outcome = 'ok' AND url IS NOT NULL").fetchall()
            )
            scored = con.execute(CANDIDATES).fetchall()
            known = rarity.Rarity(con.sql("SELECT * FROM rarity").to_arrow_table())
        number = {text_id: i for i, text_id in enumerate(signed["text_id"].to_pylist())}
        self.languages = signed["language"].to_pylist()
        self.label: dict[tuple[int, int], bool] = {}
        self.story: dict[int, str] = {}
        self.hard: set[tuple[int, int]] = set()
        place = {name: number[text] for name, text in {**urls, **of_article}.items() if text in number}
        for path in golds:
            self._take(read_gold(path, next((a for a in articles if a.stem in path.stem), None)), place, path.stem)
        candidates = [tuple(sorted((number[a], number[b]))) for a, b in scored if a in number and b in number]
        self._negatives(candidates)
        parts = self._halves({i: lines[text_id] for text_id, i in number.items()})
        signed = pa.concat_tables([signed, pa.Table.from_batches([parts])]).combine_chunks()
        pairs = np.array(sorted(self.label), np.int64)
        texts = taken_apart(signed.to_batches()[0], Settings().shingle_words)
        self.a, self.b = pairs[:, 0], pairs[:, 1]
        self.same = in_one_language(self.a, self.b, pair.said_to_be_one(self.languages, self.a, self.b), texts)
        self.measures = pair.measure(texts, self.languages, self.a, self.b, self.same, known)
        self.y = np.array([self.label[a, b] for a, b in pairs.tolist()])
        self.wild = np.array([(a, b) in self.hard for a, b in pairs.tolist()])
        self.weight = self._by_languages()
        self.group = np.array([crc32(self.story.get(a, str(a)).encode()) for a in self.a.tolist()])

    def _by_languages(self) -> Array:
        """Return weights by which copies in rare pairs of languages count more: one over the root of their number."""
        names = np.array([str(language) for language in self.languages])
        both = np.sort(np.column_stack([names[self.a], names[self.b]])[self.y], axis=1)
        _, of, counts = np.unique(both, axis=0, return_inverse=True, return_counts=True)
        weight = np.ones(len(self.y))
        weight[self.y] = counts[of] ** -0.5
        weight[self.y] /= weight[self.y].mean()
        return weight

    def _take(self, gold: Any, place: dict[str, int], name: str) -> None:
        """Add a gold's pairs: within a cluster positive; labelled ones as labelled, unlisted ones negative."""
        found = [one for one in gold.articles if one in place]
        if gold.labels:
            for i, one in enumerate(found):
                self.story[place[one]] = name
                for other in found[i + 1 :]:
                    label = gold.labels.get(tuple(sorted((one, other))), "independent")
                    key = tuple(sorted((place[one], place[other])))
                    if label != "unsure" and key[0] != key[1]:
                        self.label[key] = self.label.get(key, False) or label == "copy"
                        self.hard.add(key)
            return
        members = defaultdict(set)
        for one in found:
            if gold.clusters.get(one):
                members[gold.clusters[one]].add(place[one])
                self.story[place[one]] = f"{name}/{gold.clusters[one]}"
            else:
                self.story[place[one]] = f"{name}/{one}"
        draw = np.random.default_rng(0)
        for of_cluster in members.values():
            pairs = [(a, b) for a in of_cluster for b in of_cluster if a < b]
            chosen = draw.choice(len(pairs), min(len(pairs), 1500), replace=False) if pairs else []
            self.label.update({pairs[i]: True for i in chosen})

    def _negatives(self, candidates: list[tuple[int, int]]) -> None:
        """Add every candidate that no gold calls a copy, and pairs at random."""
        draw = np.random.default_rng(1)
        texts = list(self.story)
        chance = zip(draw.choice(texts, 60_000).tolist(), draw.choice(texts, 60_000).tolist(), strict=True)
        for a, b in [*candidates, *(tuple(sorted(one)) for one in chance)]:
            if a != b and a in self.story and b in self.story and self.story[a] != self.story[b]:
                self.label.setdefault((a, b), False)

    def _halves(self, lines: dict[int, list[str]]) -> pa.RecordBatch:
        """Cut texts into halves, for pairs in two languages; return the halves' signatures.

        Translations agree line by line. Two halves of one story have its names and its subject in common, as two
        reports of one event have, and are no copies; and halves are shorter than most articles.
        """
        draw = np.random.default_rng(2)
        stories = defaultdict(list)
        for i, story in sorted(self.story.items()):
            stories[story, len(lines[i])].append(i)
        cut: list[dict[str, Any]] = []
        firsts: list[list[int]] = []  # of each story: the numbers of its texts' first halves
        for (story, count), of_story in stories.items():
            if count < LEAST_LINES or len({self.languages[i] for i in of_story}) < 2:
                continue
            firsts.append([])
            for i in draw.choice(of_story, min(len(of_story), 42), replace=False).tolist():
                firsts[-1].append(len(self.languages))
                for half in (lines[i][: count // 2], lines[i][count // 2 :]):
                    cut.append({"text_id": "", "language": self.languages[i], "text": "\n".join(half)})
                    self.story[len(self.languages)] = story
                    self.languages.append(self.languages[i])
        for n, own in enumerate(firsts):
            for _ in range(PAIRS_OF_HALVES):
                other = firsts[(n + int(draw.integers(1, len(firsts)))) % len(firsts)]
                x, y, z = (of[int(draw.integers(len(of)))] for of in (own, own, other))
                half = int(draw.integers(2))
                for to, copy in ((y + half, True), (y + 1 - half, False), (z + half, False)):
                    if self.languages[x] != self.languages[to]:
                        self.label[min(x + half, to), max(x + half, to)] = copy
        return sign_batch(pa.RecordBatch.from_pylist(cut), Settings())


class Scaled:
    """Inputs within the range that the fit has seen, as deviations from their mean; and how to undo that."""

    def __init__(self, x: Array, low: Array, high: Array) -> None:
        self.range = {"low": low, "high": high}
        x = np.clip(x, low, high)
        self.mean, self.scale = x.mean(0), x.std(0) + 1e-9
        self.z = (x - self.mean) / self.scale

    def layer(self, hidden: Array, bias: Array, output: Array, output_bias: Any) -> dict[str, Any]:
        """Return the coefficients of a fitted hidden layer and its output for inputs as they are."""
        hidden = hidden / self.scale[:, None]
        told = {"hidden": hidden, "hidden_bias": bias - self.mean @ hidden}
        return self.range | told | {"output": output, "output_bias": output_bias}


def middle(x: Array) -> Scaled:
    """Scale inputs without the outermost thousandth."""
    return Scaled(x, np.quantile(x, 0.0005, axis=0), np.quantile(x, 0.9995, axis=0))


def logistic(x: Array, y: Array, weight: Array) -> dict[str, Any]:
    """Fit a logistic model whose weights may not be negative: more evidence never lowers the score."""
    scaled = Scaled(x, np.quantile(x, 0.001, axis=0), x.max(axis=0))
    z = scaled.z

    def loss(p: Array) -> tuple[float, Array]:
        t = z @ p[:-1] + p[-1]
        gradient = (1 / (1 + np.exp(-t)) - y) * weight
        return (
            float(((np.logaddexp(0, t) - y * t) * weight).sum() + (p[:-1] ** 2).sum()),
            np.r_[z.T @ gradient + 2 * p[:-1], gradient.sum()],
        )

    found = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B",
                     bounds=[(0, None)] * x.shape[1] + [(None, None)])  # fmt: skip
    weights = found.x[:-1] / scaled.scale
    return scaled.range | {"weights": weights, "bias": found.x[-1] - (weights * scaled.mean).sum()}


def network(x: Array, y: Array, weight: Array) -> dict[str, Any]:
    """Fit one hidden layer of tanh units whose weights may not be negative: more evidence never lowers the score."""
    scaled = middle(x)
    z, wide, share = np.c_[scaled.z, np.ones(len(x))], x.shape[1] * UNITS, weight / weight.sum()
    draw = np.random.default_rng(0)
    begin = np.r_[np.abs(draw.normal(0, 0.15, wide)), draw.normal(0, 0.5, UNITS), np.ones(UNITS), 0.0]

    def loss(p: Array) -> tuple[float, Array]:
        output = p[wide + UNITS : -1]
        hidden = np.tanh(z @ p[: wide + UNITS].reshape(-1, UNITS))
        t = hidden @ output + p[-1]
        gradient = (1 / (1 + np.exp(-t)) - y) * share
        into = z.T @ (gradient[:, None] * output * (1 - hidden**2))
        return (
            float(((np.logaddexp(0, t) - y * t) * share).sum() + RIDGE * (p[:-1] ** 2).sum()),
            np.r_[into.ravel(), hidden.T @ gradient, gradient.sum()] + 2 * RIDGE * np.r_[p[:-1], 0],
        )

    free, positive = [(None, None)], [(0, None)]
    bounds = positive * wide + free * UNITS + positive * UNITS + free
    found = minimize(loss, begin, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 250}).x
    hidden = found[:wide].reshape(-1, UNITS)
    return scaled.layer(hidden, found[wide : wide + UNITS], found[wide + UNITS : -1], found[-1])


def free_network(x: Array, y: Array) -> dict[str, Any]:
    """Fit one hidden layer of 16 tanh units."""
    scaled = middle(x)
    fitted = MLPClassifier((16,), activation="tanh", alpha=0.03, max_iter=40, early_stopping=True, random_state=0)
    fitted.fit(scaled.z, y)
    return scaled.layer(fitted.coefs_[0], fitted.intercepts_[0], fitted.coefs_[1][:, 0], fitted.intercepts_[1][0])


def fit(s: Sample, rows: Array) -> dict[str, Any]:
    """Fit all models on the given rows of the sample."""
    m, y, same, wild = s.measures[rows], s.y[rows], s.same[rows], s.wild[rows]
    words = same & (wild | ~y)
    placed = same & (~wild | ~y)
    return {
        "words": logistic(similarity.word_inputs(m[words]), y[words].astype(float),
                          np.where(wild[words], 1.0, 0.05)),
        "placement": logistic(similarity.placement_inputs(m[placed]), y[placed].astype(float),
                              np.where(wild[placed], 20.0, 0.05)),
        "reports": free_network(similarity.report_inputs(m[~same]), y[~same]),
        "anchors": network(similarity.anchor_inputs(m[~same]), y[~same].astype(float), s.weight[rows][~same]),
    }  # fmt: skip


def figures(name: str, score: Array, y: Array) -> str:
    """Return F1 at 0.5 and at the best threshold."""
    order = np.argsort(-score)
    hits = np.cumsum(y[order])
    f1 = 2 * hits / (np.arange(1, len(y) + 1) + y.sum())
    at = score >= 0.5
    here = 2 * (at & y).sum() / max(1, at.sum() + y.sum())
    best = f"best {f1.max():.4f} at {score[order][f1.argmax()]:.2f}"
    return f"{name}: {int(y.sum())} copies of {len(y)} pairs, F1 {here:.4f} ({best})"


def report(how: str, s: Sample, score: Array) -> None:
    """Print the figures of each part of the sample."""
    for name, rows in (("labelled pairs", s.wild), ("one language", s.same & ~s.wild), ("two languages", ~s.same)):
        if rows.any():
            print(f"{how},", figures(name, score[rows], s.y[rows]), flush=True)


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("corpus", type=Path)
    given.add_argument("gold", type=Path, nargs="+")
    given.add_argument("--articles", type=Path, nargs="*", default=[])
    given.add_argument("--folds", type=int, default=0, help="cross-validate with so many folds")
    given.add_argument("--write", action="store_true")
    told = given.parse_args()
    s = Sample(told.corpus, told.gold, told.articles)
    if told.folds:
        score = np.zeros(len(s.y))
        for train, test in GroupKFold(told.folds).split(s.y, groups=s.group):
            fitted = fit(s, train)
            similarity.model = partial(dict, fitted)  # type: ignore[assignment]
            score[test] = similarity.scores(s.measures[test], s.same[test])
        report("held out", s, score)
    whole = fit(s, np.arange(len(s.y)))
    similarity.model = partial(dict, whole)  # type: ignore[assignment]
    score = similarity.scores(s.measures, s.same)
    report("fitted", s, score)
    if told.write:
        rounded = {n: {k: np.round(v, 5).tolist() for k, v in part.items()} for n, part in whole.items()}
        MODEL.write_text(json.dumps(rounded) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
