"""Stage cluster: from scored pairs to clusters, their originals and their lasting ids.

May import: numpy, pyarrow, corpus.components, corpus.engine, corpus.linkage, corpus.naming, corpus.originals,
corpus.tables, corpus.settings.

A component (see corpus.components) whose basis is what it was keeps its rows; the others are clustered anew, some
thousand articles at a time. That re-scores nothing, and nothing but the tables' content decides what is done: the
result is that of clustering everything at once.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus import engine, tables
from corpus.components import components
from corpus.kernels import Array
from corpus.linkage import link
from corpus.naming import name_clusters
from corpus.originals import Original, Pairs, choose, relation
from corpus.settings import Settings

Row = dict[str, Any]
BATCH = 50_000
"""So many articles are clustered at a time, or as many more as one component has."""
STEPS = {
    "moved": """
        SELECT DISTINCT now.component
        FROM now LEFT JOIN clusters USING (id)
        WHERE clusters.id IS NULL
            OR now.basis IS DISTINCT FROM clusters.basis
            OR now.basis IS NULL AND clusters.size > 1
    """,
    "stale": """
        SELECT now.*, clusters.cluster_id AS before
        FROM now SEMI JOIN moved USING (component) LEFT JOIN clusters USING (id)
    """,
    "company": """
        WITH batches AS (
            SELECT component, CAST(sum(count(*)) OVER (ORDER BY component) AS BIGINT) // $batch AS batch
            FROM stale WHERE basis IS NOT NULL GROUP BY component
        )
        SELECT
            batch, component, basis, id, text_id, url, publisher, language, published_at, agency,
            coalesce(words, 0) AS words
        FROM articles INNER JOIN stale USING (id) INNER JOIN batches USING (component)
        WHERE outcome = 'ok'
    """,
    "evidence": """
        WITH texts AS (SELECT DISTINCT batch, component, text_id FROM company)
        SELECT ta.batch, p.a, p.b, p.score, p.kind, p.containment_a, p.containment_b
        FROM pairs AS p INNER JOIN texts AS ta ON ta.text_id = p.a INNER JOIN texts AS tb ON tb.text_id = p.b
        WHERE ta.component = tb.component
    """,
    "made": """
        SELECT
            id, id AS first, 1 AS size, id AS original, NULL::VARCHAR AS original_reason,
            NULL::DOUBLE AS original_confidence, 'alone' AS kind, NULL::DOUBLE AS score, basis
        FROM stale WHERE basis IS NULL
    """,
}
"""What is made anew, one step after the other: `stale` are the articles of components that moved, with the name that
their cluster had, `company` those that are not alone, `evidence` the pairs between these. `made` has the rows of
`clusters` with their cluster's least article id in the place of its name; the first are those of articles alone."""
MADE = pa.schema(
    [("first", pa.string()), *((f.name, f.type) for f in tables.SCHEMAS["clusters"] if f.name != "cluster_id")]
)
RESULT = """
FROM clusters SEMI JOIN now USING (id) ANTI JOIN stale USING (id)
UNION ALL BY NAME SELECT made.* EXCLUDE (first), name AS cluster_id FROM made INNER JOIN names USING (first)
ORDER BY id
"""


def cluster(folder: Path, settings: Settings) -> int:
    """Bring the `clusters` table up to date: one row an article, also where it is alone. Return the number of rows."""
    tables.demand(folder)
    # The lock of pairing too: learning may put other parts in the place of those that are about to be read here.
    with (
        tables.locked(folder, "stage-cluster"),
        tables.locked(folder, "stage-pair"),
        engine.scratch_folder(folder, "cluster") as scratch,
        engine.connect(folder, scratch=scratch / "spilt") as con,
    ):
        now = components(con, settings)
        con.register("now", now)
        for name, query in STEPS.items():
            con.execute(f"CREATE TEMP TABLE {name} AS {query}", {"batch": BATCH} if "$batch" in query else None)
        if not len(con.table("moved")) and len(con.table("clusters")) == len(now):
            return len(now)
        for (batch,) in con.sql("SELECT DISTINCT batch FROM company ORDER BY batch").fetchall():
            con.register("rows", _clustered(con, batch, settings.threshold))
            con.execute("INSERT INTO made BY NAME FROM rows")
        merges = name_clusters(con)
        if len(merges):
            tables.append(folder, "merges", merges)
        return tables.replace(folder, "clusters", con.sql(RESULT).to_arrow_reader(tables.ROWS))


def _clustered(con: engine.Connection, batch: int, threshold: float) -> pa.Table:
    """Return the rows of `made` of one batch of components."""
    articles = con.sql("FROM company WHERE batch = $batch ORDER BY text_id, id", params={"batch": batch})
    told = articles.to_arrow_table().combine_chunks()
    pairs = con.sql("FROM evidence WHERE batch = $batch ORDER BY a, b", params={"batch": batch}).to_arrow_table()
    return _rows(told, _labels(told, pairs, threshold), pairs)


def _labels(articles: pa.Table, pairs: pa.Table, threshold: float) -> Array:
    """Return a label for each article, equal in the same cluster. The articles lie in the order of their texts."""
    runs = pc.run_end_encode(articles["text_id"].combine_chunks())
    ends = runs.run_ends.to_numpy()
    first = np.concatenate([[0], ends[:-1]]).astype(np.int64)
    left, right = (pc.index_in(pairs[side], runs.values).to_numpy().astype(np.int64) for side in ("a", "b"))
    language = articles["language"].fill_null("").combine_chunks().dictionary_encode().indices.to_numpy()[first]
    words = articles["words"].to_numpy()[first]
    labels = link(words, left, right, pairs["score"].to_numpy(), language[left] == language[right], threshold)
    return np.repeat(labels, np.diff(ends, prepend=0))


def _rows(articles: pa.Table, of: Array, pairs: pa.Table) -> pa.Table:
    """Return the rows of `made`; of: the label of each article's cluster."""
    by_texts = {(row["a"], row["b"]): row for row in pairs.to_pylist()}
    members: dict[int, list[Row]] = defaultdict(list)
    for row, label in zip(articles.to_pylist(), of.tolist(), strict=True):
        members[label].append(row)
    rows = [row for of_cluster in members.values() for row in _of_cluster(of_cluster, by_texts)]
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), MADE, strict=True)], schema=MADE
    )


def _of_cluster(articles: list[Row], by_texts: Pairs) -> Iterator[tuple[Any, ...]]:
    """Yield the row of `made` of each article of a cluster."""
    first, size = min(article["id"] for article in articles), len(articles)
    original = choose(articles, by_texts) if size > 1 else Original(articles[0], None, None)
    why = (original.article["id"], original.reason, original.confidence)
    for article in articles:
        yield first, article["id"], size, *why, *relation(article, original.article, by_texts, size), article["basis"]
