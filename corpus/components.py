"""Which articles have to be clustered together, and a fingerprint of all that their clusters are made from.

May import: numpy, pyarrow, corpus.engine, corpus.kernels, corpus.linkage, corpus.settings.

A component is what strong pairs and common texts link; no cluster reaches beyond one. Its fingerprint (`basis`) is the
sum of its rows' hashes: where it is what it was, so are the clusters. DuckDB's hash may be another one in another
version, and the rules of clustering too; then everything is made once more.
"""

import hashlib
from importlib.resources import files

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus import linkage
from corpus.engine import Connection
from corpus.kernels import Array
from corpus.settings import Settings

ARTICLES = """
SELECT id, hash(text_id) AS text, hash(id, text_id, url, publisher, language, published_at, agency, words) AS told
FROM articles WHERE outcome = 'ok'
"""
PAIRS = """
SELECT
    hash(a) AS a, hash(b) AS b, score >= $threshold AS strong,
    hash(a, b, score, kind, containment_a, containment_b) AS told
FROM pairs
"""
RULES = ("agencies.py", "agencies.toml", "cluster.py", "components.py", "linkage.py", "originals.py")
"""The files in which it is written what becomes of a component."""


def components(con: Connection, settings: Settings) -> pa.Table:
    """Return for each readable article its id, the number of its component and its basis, null where it is alone.

    Texts go by their hashes: two of one hash share a component, which does no harm.
    """
    articles = con.sql(ARTICLES).to_arrow_table()
    texts = articles["text"].combine_chunks().dictionary_encode()
    of_text, basis = _of_texts(con, texts.dictionary, settings.threshold)
    of = of_text[texts.indices.to_numpy()]
    np.add.at(basis, of, articles["told"].to_numpy())
    alone = np.bincount(of, minlength=len(of_text))[of] < 2
    basis ^= _rules(settings.threshold)
    return pa.table({"id": articles["id"], "component": of, "basis": pa.array(basis[of].view(np.int64), mask=alone)})


def _of_texts(con: Connection, texts: pa.Array, threshold: float) -> tuple[Array, Array]:
    """Return each text's component and, by component, the sum (uint64) of the hashes of the pairs in it."""
    pairs = con.sql(PAIRS, params={"threshold": threshold}).to_arrow_table()
    left, right = (pc.index_in(pairs[side], texts).fill_null(-1).to_numpy() for side in ("a", "b"))
    known = (left >= 0) & (right >= 0)
    left, right = left[known].astype(np.int64), right[known].astype(np.int64)
    of = linkage.components(len(texts), left, right, pairs["strong"].to_numpy()[known])
    inside = of[left] == of[right]
    basis = np.zeros(len(texts), np.uint64)
    np.add.at(basis, of[left[inside]], pairs["told"].to_numpy()[known][inside])
    return of, basis


def _rules(threshold: float) -> np.uint64:
    """Return a number that is another one under another threshold, and where any of the rules was written anew."""
    told = hashlib.sha256(repr(threshold).encode())
    for name in RULES:
        told.update((files("corpus") / name).read_bytes())
    return np.uint64(int.from_bytes(told.digest()[:8]))
