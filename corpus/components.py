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

from corpus import linkage
from corpus.engine import Connection
from corpus.kernels import Array, numbered, numbers_of
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
    texts, table, of_article = numbered(articles["text"].to_numpy().copy())
    pairs = con.sql(PAIRS, params={"threshold": settings.threshold}).to_arrow_table()
    left, right = (numbers_of(pairs[side].to_numpy().copy(), texts, table) for side in ("a", "b"))
    of_text, basis = _of_texts(len(texts), left, right, pairs)
    of = of_text[of_article]
    np.add.at(basis, of, articles["told"].to_numpy())
    alone = np.bincount(of, minlength=len(of_text))[of] < 2
    basis ^= _rules(settings.threshold)
    return pa.table({"id": articles["id"], "component": of, "basis": pa.array(basis[of].view(np.int64), mask=alone)})


def _of_texts(count: int, left: Array, right: Array, pairs: pa.Table) -> tuple[Array, Array]:
    """Return each text's component and, by component, the sum (uint64) of the hashes of the pairs in it.

    left, right: the numbers of the pairs' texts, -1 where no readable article has it.
    """
    known = (left >= 0) & (right >= 0)
    left, right = left[known], right[known]
    of = linkage.components(count, left, right, pairs["strong"].to_numpy()[known])
    inside = of[left] == of[right]
    basis = np.zeros(count, np.uint64)
    np.add.at(basis, of[left[inside]], pairs["told"].to_numpy()[known][inside])
    return of, basis


def _rules(threshold: float) -> np.uint64:
    """Return a number that is another one under another threshold, and where any of the rules was written anew."""
    told = hashlib.sha256(repr(threshold).encode())
    for name in RULES:
        told.update((files("corpus") / name).read_bytes())
    return np.uint64(int.from_bytes(told.digest()[:8]))
