"""What each part of the evidence brings: the anchors model fitted without it, on stories that it has not seen.

    python benchmarks/ablation.py CORPUS GOLD…

Takes the same arguments as benchmarks/fit.py. Prints pairwise F1 across languages (threshold 0.5), whole stories held
out together, for the full model and for the model without one part at a time; then the reliability of the score (ten
bins of predicted probability against the share of true copies, held out too) and its Brier score.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from fit import Sample, network
from sklearn.model_selection import GroupKFold

from corpus import similarity
from corpus.calibration import reliability

Array = np.ndarray[Any, Any]
CLASSES = (similarity.LETTERS, similarity.SKELETONS, similarity.NAMES)
LETTERS, SKELETONS, NAMES = (range(c, c + 7) for c in CLASSES)
KEPT = (similarity.NAMES_KEPT, similarity.NAMES_KEPT + 1)
SURE = [c + k for c in CLASSES for k in (similarity.SURE_NARROWLY, similarity.SURE_WIDELY)]
MORE = [c + k for c in CLASSES for k in (similarity.MORE_NARROWLY, similarity.MORE_WIDELY)]
PARTS = {
    "everything": (),
    "without letters": LETTERS,
    "without skeletons": SKELETONS,
    "without numbers and names": (*NAMES, *KEPT),
    "without the names that each side keeps": KEPT,
    "without places (only the names that each side keeps)": (*SURE, *MORE),
    "without how sure the excess over chance is": SURE,
    "without how much the excess over chance is": MORE,
    "without the narrow places": [c + k for c in CLASSES for k in (similarity.SURE_NARROWLY, similarity.MORE_NARROWLY)],
    "without the wide places": [c + k for c in CLASSES for k in (similarity.SURE_WIDELY, similarity.MORE_WIDELY)],
}
FOLDS = 3


def held_out(measures: Array, y: Array, groups: Array, weight: Array) -> Array:
    """Return each pair's score by a model that has seen none of its first text's story."""
    score = np.zeros(len(y))
    inputs = similarity.anchor_inputs(measures)
    for train, test in GroupKFold(FOLDS).split(y, groups=groups):
        score[test] = similarity._network(inputs[test], network(inputs[train], y[train].astype(float), weight[train]))
    return score


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("corpus", type=Path)
    given.add_argument("gold", type=Path, nargs="+")
    given.add_argument("--articles", type=Path, nargs="*", default=[])
    told = given.parse_args()
    sample = Sample(told.corpus, told.gold, told.articles)
    two = ~sample.same
    measures, y, groups, weight = (of[two] for of in (sample.measures, sample.y, sample.group, sample.weight))
    print(f"{int(y.sum()):,} copies in {len(y):,} pairs of texts in two languages, {FOLDS} folds by story")
    for name, columns in PARTS.items():
        kept = measures.copy()
        kept[:, list(columns)] = 0
        score = held_out(kept, y, groups, weight)
        found = score >= 0.5
        f1 = 2 * (found & y).sum() / (found.sum() + y.sum())
        print(f"{name:<52} F1 {f1:.4f}", flush=True)
        if not columns:
            whole = score
    for row in reliability(whole, y, 10):
        print(row)


if __name__ == "__main__":
    main()
