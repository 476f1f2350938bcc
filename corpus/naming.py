"""Names of clusters that last: an old one goes to the new cluster that holds most of its articles.

May import: pyarrow, corpus.engine.
"""

from datetime import UTC, datetime

import pyarrow as pa

from corpus.engine import Connection

GOES = """
WITH overlap AS (
    SELECT stale.before AS old, made.first, count(*) AS articles
    FROM made INNER JOIN stale USING (id)
    WHERE stale.before IS NOT NULL
    GROUP BY ALL
), goes AS (
    FROM overlap QUALIFY row_number() OVER (PARTITION BY old ORDER BY articles DESC, first) = 1
)
SELECT *, row_number() OVER (PARTITION BY first ORDER BY articles DESC, old) = 1 AS stays FROM goes
"""
"""Where each old name goes; where several go to one cluster that of most articles stays, the others are merges."""
FREE = """
WITH mine AS (FROM made ANTI JOIN (FROM goes WHERE stays) USING (first)),
borne AS MATERIALIZED (SELECT id, cluster_id FROM clusters WHERE cluster_id IN (SELECT id FROM mine)),
taken AS (
    SELECT cluster_id AS name FROM borne SEMI JOIN now USING (id) ANTI JOIN stale USING (id)
    UNION ALL SELECT old FROM goes WHERE stays
)
SELECT mine.first, min(mine.id) FILTER (taken.name IS NULL) AS name
FROM mine LEFT JOIN (SELECT DISTINCT name FROM taken) AS taken ON taken.name = mine.id
GROUP BY ALL
"""
"""The name of each cluster that gets no old one: the least article id that no other bears, or none."""
NAMES = """
SELECT first, old AS name FROM goes WHERE stays
UNION ALL SELECT first, name FROM free WHERE name IS NOT NULL
"""
ALIKE = """
WITH borne AS (
    SELECT cluster_id AS name FROM clusters SEMI JOIN now USING (id) ANTI JOIN stale USING (id)
    UNION ALL SELECT name FROM names
)
SELECT DISTINCT name FROM borne WHERE rtrim(name, 'x') IN (SELECT rtrim(first, 'x') FROM free WHERE name IS NULL)
"""
"""The names in use that may be made of the ids of those that still have none."""


def name_clusters(con: Connection) -> pa.Table:
    """Make the table `names` (first, name) of the clusters in `made`; return what merges that makes.

    The tables: `made` (id, first: its cluster's least article id), `stale` (id, before: the name its cluster had),
    `now` (the ids of all articles) and `clusters` as it was.
    """
    con.execute(f"CREATE TEMP TABLE goes AS {GOES}")
    con.execute(f"CREATE TEMP TABLE free AS {FREE}")
    con.execute(f"CREATE TEMP TABLE names AS {NAMES}")
    nameless = con.sql("SELECT first FROM free WHERE name IS NULL ORDER BY first").fetchall()
    if nameless:
        spoken_for = {name for (name,) in con.sql(ALIKE).fetchall()}
        for (first,) in nameless:
            con.execute("INSERT INTO names VALUES (?, ?)", [first, _made_up(first, spoken_for)])
    merges = con.sql(
        "SELECT g.old AS cluster_id, s.old AS into FROM goes AS g INNER JOIN goes AS s USING (first) "
        "WHERE NOT g.stays AND s.stays ORDER BY ALL"
    ).to_arrow_table()
    at = pa.array([datetime.now(UTC)] * len(merges), pa.timestamp("us", tz="UTC"))
    return merges.append_column("at", at)


def _made_up(first: str, spoken_for: set[str]) -> str:
    name = first
    while name in spoken_for:
        name += "x"
    spoken_for.add(name)
    return name
