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
LETTERS, SKELETONS, NAMES = range(8, 13), range(13, 18), range(18, 23)
PARTS = {
    "everything": (),
    "without letters": LETTERS,
    "without skeletons": SKELETONS,
    "without numbers and names": (*NAMES, 26),
    "without places (what is shared counts, not where)": (9, 10, 11, 12, 14, 15, 16, 17, 19, 20, 21, 22, 23),
    "without the excess over chance": (11, 12, 16, 17, 21, 22),
    "without lengths": (23, 24, 25),
}
FOLDS = 3


def held_out(measures: Array, y: Array, groups: Array) -> Array:
    """Return each pair's score by a model that has seen none of its first text's story."""
    score = np.zeros(len(y))
    inputs = similarity.anchor_inputs(measures)
    for train, test in GroupKFold(FOLDS).split(y, groups=groups):
        score[test] = similarity._network(
            inputs[test], {k: np.asarray(v) for k, v in network(inputs[train], y[train]).items()}
        )
    return score


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("corpus", type=Path)
    given.add_argument("gold", type=Path, nargs="+")
    given.add_argument("--articles", type=Path, nargs="*", default=[])
    told = given.parse_args()
    sample = Sample(told.corpus, told.gold, told.articles)
    two = ~sample.same
    measures, y, groups = sample.measures[two], sample.y[two], sample.group[two]
    print(f"{int(y.sum()):,} copies in {len(y):,} pairs of texts in two languages, {FOLDS} folds by story")
    for name, columns in PARTS.items():
        kept = measures.copy()
        kept[:, list(columns)] = 0
        score = held_out(kept, y, groups)
        found = score >= 0.5
        f1 = 2 * (found & y).sum() / (found.sum() + y.sum())
        print(f"{name:<52} F1 {f1:.4f}", flush=True)
        if not columns:
            whole = score
    for row in reliability(whole, y, 10):
        print(row)


if __name__ == "__main__":
    main()
