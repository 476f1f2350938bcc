"""Which chart an answer asks for: bars over words, columns over days, dots over numbers.

May import: the standard library, pyarrow, corpus.web.charts, corpus.web.display.
"""

from typing import Any

import pyarrow as pa

from corpus.web import charts, display

MOST_BARS = 40
Row = list[Any]


def is_number(kind: pa.DataType) -> bool:
    """Say whether values of that type can be drawn as lengths."""
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def rows(answer: pa.Table) -> list[Row]:
    """Return the rows as lists of values; columns may bear the same name."""
    return [[column[at].as_py() for column in answer.columns] for at in range(answer.num_rows)]


def chart(answer: pa.Table, x: str | None = None, y: str | None = None) -> dict[str, Any] | None:
    """Return the chart of two columns (kind, x, y, drawn, and which columns are numeric), None where it says nothing.

    Without `x` the first column that is no number counts, without `y` the first number that is not `x`.
    """
    names, kinds = answer.column_names, answer.schema.types
    numbers = [at for at, kind in enumerate(kinds) if is_number(kind)]
    words = [at for at in range(len(kinds)) if at not in numbers]
    of_x = names.index(x) if x in names else next((at for at in [*words, *numbers] if names[at] != y), None)
    of_y = names.index(y) if y in names else next((at for at in numbers if at != of_x), None)
    if answer.num_rows < 2 or of_x is None or of_y not in numbers or of_x == of_y:
        return None
    kind = "columns" if pa.types.is_temporal(kinds[of_x]) else "dots" if of_x in numbers else "bars"
    given = rows(answer)
    labels = words[:2] if x not in names and kind == "bars" and _repeats(given, of_x) else [of_x]
    points = [(row, float(row[of_y])) for row in given if row[of_y] is not None and row[of_x] is not None]
    drawn = _drawn(kind, [([row[at] for at in labels], value) for row, value in points])
    told = {"kind": kind, "x": names[of_x], "y": names[of_y], "numeric": [names[at] for at in numbers]}
    return told | {"drawn": drawn} if drawn else None


def _repeats(given: list[Row], column: int) -> bool:
    return len({str(row[column]) for row in given}) < len(given)


def _drawn(kind: str, points: list[tuple[Row, float]]) -> Any:
    if kind == "columns":
        return charts.series([(display.cell(x, 40), y) for (x,), y in sorted(points, key=lambda one: str(one[0][0]))])
    if kind == "dots":
        return charts.dots([(float(x), y) for (x,), y in points])
    most = max((abs(y) for _, y in points), default=0.0)
    named = [(" · ".join(display.cell(one, 60) for one in x), y) for x, y in points[:MOST_BARS]]
    return [(label, y, abs(y) / most if most else 0.0) for label, y in named]
