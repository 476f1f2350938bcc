"""Compiles every kernel once, so that no first run waits for it: python -m corpus.warm. Nothing is read or written.

May import: numpy, pyarrow, corpus.sign, corpus.anchoring, corpus.pair, corpus.features, corpus.linkage, corpus.kernels,
corpus.near, corpus.settings. The machine code is kept beside the package (or in the user's cache
folder) and is used by all processes afterwards.
"""

import numpy as np
import pyarrow as pa

from corpus import anchoring, features, kernels, linkage, near, pair, sign
from corpus.kernels import BINS
from corpus.settings import Settings

TEXTS = (
    "The tower of Hirstby lost 14 of its 230 windows, said Ada Quill. “Nobody was hurt in the hall.” ",
    "Der Turm von Hirstby verlor 14 seiner 230 Fenster, sagt Ada Quill. „Niemand wurde verletzt.“ ",
)


def warm_up() -> None:
    """Put made-up texts through all stages: each kernel is compiled, or loaded where that was done before."""
    sign.warm_up()
    rows = {"text_id": ["a", "b", "c"], "language": ["en", "de", "en"], "text": [TEXTS[0], TEXTS[1], 2 * TEXTS[0]]}
    signed = sign.sign_batch(pa.RecordBatch.from_pydict(rows), Settings())
    for of_class in features.taken_apart(signed, Settings().shingle_words).classes:
        features.count_bins(of_class.keys, np.zeros(BINS, np.int32))
    anchoring.anchor_batch(signed, Settings())
    candidates = pa.RecordBatch.from_pydict({"a": ["a", "a", "b"], "b": ["b", "c", "c"], "view": ["anchors"] * 3})
    pair.pair_batch(candidates, Settings(), None, signed)
    near.near_copies([TEXTS[0], TEXTS[0] + TEXTS[1], TEXTS[1]])
    hashes = np.arange(3, dtype=np.uint64)
    kernels.numbers_of(hashes, *kernels.numbered(hashes)[:2])
    linkage.link(
        np.full(3, 100), np.array([0, 0]), np.array([1, 2]), np.array([0.9, 0.1]), np.array([True, False]), 0.5
    )


if __name__ == "__main__":
    warm_up()
