"""Stage cluster: from scored pairs to clusters, their originals and their lasting ids.

May import: numpy, pyarrow, corpus.engine, corpus.linkage, corpus.originals, corpus.tables, corpus.settings.

Clusters are made anew from all pairs each time, which costs seconds and re-scores nothing; a cluster that did not
change keeps its id.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from corpus import engine, tables
from corpus.linkage import link
from corpus.originals import choose, relation
from corpus.settings import Settings

Array = np.ndarray[Any, Any]
Row = dict[str, Any]
ARTICLES = """
SELECT id, text_id, url, publisher, language, published_at, published_by_what, agency, agency_confidence, words
FROM articles WHERE outcome = 'ok' ORDER BY id
"""
SCORED = """
WITH texts AS (SELECT unnest($texts) AS text_id, unnest(range(len($texts))) AS n)
SELECT ta.n AS a, tb.n AS b, p.score
FROM pairs AS p INNER JOIN texts AS ta ON ta.text_id = p.a INNER JOIN texts AS tb ON tb.text_id = p.b
"""
EVIDENCE = """
WITH texts AS (SELECT unnest($texts) AS text_id, unnest($labels) AS label)
SELECT ta.label, p.a, p.b, p.score, p.kind, p.containment_a, p.containment_b
FROM pairs AS p INNER JOIN texts AS ta ON ta.text_id = p.a INNER JOIN texts AS tb ON tb.text_id = p.b
WHERE ta.label = tb.label
ORDER BY p.a, p.b
"""


def cluster(folder: Path, settings: Settings) -> int:
    """Make the `clusters` table anew: one row an article, also where it is alone. Return the number of rows."""
    tables.demand(folder)
    # The lock of pairing too: learning may put other parts in the place of those that are about to be read here.
    with tables.locked(folder, "stage-cluster"), tables.locked(folder, "stage-pair"), engine.connect(folder) as con:
        articles = con.sql(ARTICLES).to_arrow_table().combine_chunks()
        of = _clusters(con, articles, settings)
        before = dict(con.execute("SELECT id, cluster_id FROM clusters").fetchall())
        names, merges = _keep_ids(articles["id"].to_pylist(), of, before)
        columns = _columns(articles, of, _evidence(con, articles["text_id"].to_numpy(), of))
        columns["cluster_id"] = [names[i] for i in of.tolist()]
        if merges:
            tables.append(folder, "merges", tables.rows_of("merges", merges))
        return tables.replace(folder, "clusters", pa.table(columns))


def _clusters(con: engine.Connection, articles: pa.Table, settings: Settings) -> Array:
    """Return the number of each article's cluster; clusters are numbered in the order of their least article id."""
    texts, first, of_text = np.unique(
        articles["text_id"].to_numpy().astype(str), return_index=True, return_inverse=True
    )
    lengths = articles["words"].fill_null(0).to_numpy()[first]
    scored = con.sql(SCORED, params={"texts": texts.tolist()}).to_arrow_table()
    left, right, score = (scored[name].to_numpy() for name in ("a", "b", "score"))
    language = np.unique(articles["language"].fill_null("").to_numpy().astype(str), return_inverse=True)[1][first]
    labels = link(lengths, left, right, score, language[left] == language[right], settings.threshold)[of_text]
    _, first, of = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.asarray(rank[of])


def _evidence(con: engine.Connection, text_ids: Array, of: Array) -> dict[int, list[Row]]:
    """Return the scored pairs within each cluster of two or more articles."""
    together = np.bincount(of)[of] > 1 if len(of) else np.empty(0, np.bool_)
    labels = dict(zip(text_ids[together].tolist(), of[together].tolist(), strict=True))
    found: dict[int, list[Row]] = defaultdict(list)
    if labels:
        asked = con.sql(EVIDENCE, params={"texts": list(labels), "labels": list(labels.values())})
        for row in asked.to_arrow_table().to_pylist():
            found[row["label"]].append(row)
    return found


def _columns(articles: pa.Table, of: Array, evidence: dict[int, list[Row]]) -> dict[str, Sequence[Any]]:
    """Return the columns of `clusters` but for cluster_id, in the articles' order.

    Only articles in company become Python rows: most of a large corpus is alone.
    """
    ids, count = articles["id"].to_pylist(), len(articles)
    sizes = np.bincount(of, minlength=1)[of] if count else np.empty(0, np.int64)
    columns: dict[str, Any] = {"id": ids, "size": sizes.astype(np.int32), "original": list(ids)}
    columns |= {"original_reason": [None] * count, "original_confidence": [None] * count}
    columns |= {"kind": ["alone"] * count, "score": [None] * count}
    together = np.flatnonzero(sizes > 1)
    members: dict[int, list[tuple[int, Row]]] = defaultdict(list)
    for place, row in zip(together.tolist(), articles.take(pa.array(together)).to_pylist(), strict=True):
        members[int(of[place])].append((place, row))
    for number, of_cluster in members.items():
        for (place, _), row in zip(
            of_cluster, _of_cluster([row for _, row in of_cluster], evidence[number]), strict=True
        ):
            for name, value in row.items():
                columns[name][place] = value
    return {name: pa.array(values, tables.SCHEMAS["clusters"].field(name).type) for name, values in columns.items()}


def _of_cluster(articles: list[Row], pairs: list[Row]) -> list[Row]:
    """Return what is told of each article of a cluster of two or more."""
    by_texts = {(row["a"], row["b"]): row for row in pairs}
    original = choose(articles, by_texts)
    rows = []
    for article in articles:
        kind, score = relation(article, original.article, by_texts, len(articles))
        rows.append(
            {
                "original": original.article["id"],
                "original_reason": original.reason,
                "original_confidence": original.confidence,
                "kind": kind,
                "score": score,
            }
        )
    return rows


def _keep_ids(ids: list[str], of: Array, before: dict[str, str]) -> tuple[list[str], list[Row]]:
    """Return each cluster's name, the one that most of its articles had before, and the merges this makes.

    An old id goes to the new cluster that holds most of its articles; further old ids in that cluster are merges.
    """
    members: list[list[str]] = [[] for _ in range(int(of.max()) + 1 if len(of) else 0)]
    for id_, number in zip(ids, of.tolist(), strict=True):
        members[number].append(id_)
    overlap = Counter((before[id_], new) for new, ids_ in enumerate(members) for id_ in ids_ if id_ in before)
    settled: set[str] = set()
    taken: dict[int, str] = {}
    merges = []
    for (old, new), _ in sorted(overlap.items(), key=lambda one: (-one[1], one[0])):
        if old in settled:
            continue
        settled.add(old)
        if new not in taken:
            taken[new] = old
        else:
            merges.append({"cluster_id": old, "into": taken[new], "at": datetime.now(UTC)})
    spoken_for = set(taken.values())
    names = []
    for new, ids_ in enumerate(members):
        names.append(taken.get(new) or _free(ids_, spoken_for))
        spoken_for.add(names[-1])
    return names, merges


def _free(ids: list[str], spoken_for: set[str]) -> str:
    """Return the least article id that no other cluster bears as its name; where all are taken, one made of them."""
    name: str = next((one for one in ids if one not in spoken_for), ids[0])
    while name in spoken_for:
        name += "x"
    return name
