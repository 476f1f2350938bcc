"""Stage cluster: from scored pairs to clusters, their originals and their lasting ids.

May import: numpy, pyarrow, corpus.engine, corpus.linkage, corpus.originals, corpus.tables, corpus.settings.

Clusters are made anew from all pairs each time, which costs seconds and re-scores nothing; a cluster that did not
change keeps its id.
"""

from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from corpus import engine, tables
from corpus.linkage import link
from corpus.originals import Original, choose, relation
from corpus.settings import Settings

Row = dict[str, Any]


def cluster(folder: Path, settings: Settings) -> int:
    """Make the `clusters` table anew: one row an article, also where it is alone. Return the number of rows."""
    tables.demand(folder)
    # The lock of pairing too: learning may put other parts in the place of those that are about to be read here.
    with tables.locked(folder, "stage-cluster"), tables.locked(folder, "stage-pair"), engine.connect(folder) as con:
        articles = con.sql(
            "SELECT id, text_id, url, publisher, language, published_at, published_by_what, agency, "
            "agency_confidence, words FROM articles WHERE outcome = 'ok' ORDER BY id"
        ).to_arrow_table()
        pairs = con.sql(
            "SELECT a, b, score, kind, containment_a, containment_b FROM pairs ORDER BY score DESC, a, b"
        ).to_arrow_table()
        before = dict(con.execute("SELECT id, cluster_id FROM clusters").fetchall())
        rows = _rows(articles, pairs, settings)
        merges = _keep_ids(rows, before)
        if merges:
            tables.append(folder, "merges", tables.rows_of("merges", merges))
        return tables.replace(folder, "clusters", tables.rows_of("clusters", rows))


def _rows(articles: pa.Table, pairs: pa.Table, settings: Settings) -> list[Row]:
    texts = articles["text_id"].to_pylist()
    number = {text_id: i for i, text_id in enumerate(sorted(set(texts)))}
    known = [i for i, (a, b) in enumerate(zip(pairs["a"].to_pylist(), pairs["b"].to_pylist(), strict=True))
             if a in number and b in number]  # fmt: skip
    pairs = pairs.take(pa.array(known, pa.int64()))
    left = np.array([number[a] for a in pairs["a"].to_pylist()], np.int64)
    right = np.array([number[b] for b in pairs["b"].to_pylist()], np.int64)
    labels = link(len(number), left, right, pairs["score"].to_numpy(), settings.threshold)
    members: dict[int, list[int]] = defaultdict(list)
    for i, text_id in enumerate(texts):
        members[int(labels[number[text_id]])].append(i)
    evidence = _evidence(pairs, labels, left)
    return [
        row
        for label, of_cluster in sorted(members.items())
        for row in _of_cluster([_row(articles, i) for i in of_cluster], evidence.get(label, []))
    ]


def _row(articles: pa.Table, i: int) -> Row:
    return {name: articles[name][i].as_py() for name in articles.column_names}


def _evidence(pairs: pa.Table, labels: np.ndarray[Any, Any], left: np.ndarray[Any, Any]) -> dict[int, list[Row]]:
    """Return the scored pairs by the cluster of their first text; those between two clusters do no harm."""
    found: dict[int, list[Row]] = defaultdict(list)
    for label, row in zip(labels[left].tolist(), pairs.to_pylist(), strict=True):
        found[label].append(row)
    return found


def _of_cluster(articles: list[Row], pairs: list[Row]) -> list[Row]:
    """Return the `clusters` rows of one cluster; its id is for now the least of its articles' ids."""
    by_texts = {(row["a"], row["b"]): row for row in pairs}
    original = choose(articles, by_texts) if len(articles) > 1 else Original(articles[0], None, None)
    rows = []
    for article in articles:
        kind, score = relation(article, original.article, by_texts, len(articles))
        rows.append(
            {
                "id": article["id"],
                "cluster_id": articles[0]["id"],
                "size": len(articles),
                "original": original.article["id"],
                "original_reason": original.reason,
                "original_confidence": original.confidence,
                "kind": kind,
                "score": score,
            }
        )
    return rows


def _keep_ids(rows: list[Row], before: dict[str, str]) -> list[Row]:
    """Give each cluster the id that most of its articles had before; return the merges this makes.

    An old id goes to the new cluster that holds most of its articles; further old ids in that cluster are merges.
    """
    members: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        members[row["cluster_id"]].append(row)
    overlap = Counter((before[row["id"]], row["cluster_id"]) for row in rows if row["id"] in before)
    heir: dict[str, str] = {}
    taken: dict[str, str] = {}
    merges = []
    for (old, new), _ in sorted(overlap.items(), key=lambda one: (-one[1], one[0])):
        if old in heir:
            continue
        heir[old] = new
        if new not in taken:
            taken[new] = old
        else:
            merges.append({"cluster_id": old, "into": taken[new], "at": datetime.now(UTC)})
    spoken_for = set(taken.values())
    for new, of_cluster in members.items():
        name = taken.get(new) or _free(of_cluster, spoken_for)
        spoken_for.add(name)
        for row in of_cluster:
            row["cluster_id"] = name
    return merges


def _free(of_cluster: list[Row], spoken_for: set[str]) -> str:
    """Return the least article id that no other cluster bears as its name; where all are taken, one made of them."""
    name: str = next((row["id"] for row in of_cluster if row["id"] not in spoken_for), of_cluster[0]["id"])
    while name in spoken_for:
        name += "x"
    return name
