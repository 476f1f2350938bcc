"""DuckDB's SQL in Spark's words: the stages' queries are written once. May import: sqlglot.

sqlglot knows most of both dialects; what it does not is told here. `$name` becomes `:name`, which spark.sql fills in.
"""

from functools import cache

import sqlglot
from sqlglot import exp


@cache
def translated(query: str) -> str:
    """Return a query of one statement as Spark understands it."""
    tree = sqlglot.parse_one(query, read="duckdb")
    for days in list(tree.find_all(exp.ToDays)):
        days.replace(exp.func("make_dt_interval", days.this.copy()))
    for one in tree.find_all(exp.CTE):
        one.set("materialized", None)  # a hint to DuckDB; Spark has no such word
    for select in list(tree.find_all(exp.Select)):
        _unnest_once(select)
    return str(tree.sql("spark", comments=False))


def _unnest_once(select: exp.Select) -> None:
    """Put one posexplode in the place of a list's members and their numbers, unnested side by side."""
    unnested = [one for one in select.expressions if isinstance(one.this, exp.Explode)]
    if len(unnested) < 2:
        return
    members, numbers = unnested
    both = exp.func("posexplode", members.this.this.copy())
    names = [exp.to_identifier(numbers.alias), exp.to_identifier(members.alias)]
    members.replace(exp.Aliases(this=both, expressions=names))
    numbers.pop()
