"""Results as a notebook shows them: answers as tables and charts, comparisons side by side, evaluations.

May import: the standard library, pyarrow, jinja2, corpus.errors, corpus.web.pages,
corpus.web.charting, corpus.web.comparing.
DuckDB's relations and evaluations are shown by `show_tables`; all else brings `_repr_html_`.
"""

import sys
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from corpus.errors import UserError

if TYPE_CHECKING:
    from corpus.api import Corpus
    from corpus.compare import Similarity
    from corpus.evaluation import Evaluation

MOST_ROWS, MOST_PASSAGES, MOST_DRAWN = 50, 80, 5_000


class Chart:
    """A chart of two columns of an answer; a notebook draws it."""

    def __init__(self, answer: pa.Table, x: str | None = None, y: str | None = None) -> None:
        """Choose bars (over words), columns (over days) or dots (over numbers) by the type of `x`.

        Raises UserError where there is no such column, or nothing to draw.
        """
        from corpus.web.charting import chart

        for name in (x, y):
            if name is not None and name not in answer.column_names:
                raise UserError(f"the answer has no column {name!r}; it has {', '.join(answer.column_names)}")
        drawn = chart(answer, x, y)
        if drawn is None:
            raise UserError("there is nothing to draw; a chart needs two rows, a column of numbers, and another column")
        self.drawn = drawn

    def _repr_html_(self) -> str:
        return _rendered("chart", chart=self.drawn)

    def __repr__(self) -> str:
        """Say what is drawn."""
        return f"Chart({self.drawn['y']} by {self.drawn['x']}, {self.drawn['kind']})"


def table(answer: Any) -> str:
    """Return the first rows of a DuckDB relation or an Arrow table as an HTML table."""
    from corpus.web import charting

    held = answer.limit(MOST_ROWS + 1).to_arrow_table() if hasattr(answer, "limit") else answer
    return _rendered(
        "rows",
        names=held.column_names,
        numeric=[charting.is_number(one) for one in held.schema.types],
        rows=charting.rows(held.slice(0, MOST_ROWS)),
        more=held.num_rows > MOST_ROWS,
        most=MOST_ROWS,
    )


def corpus(of: "Corpus") -> str:
    """Return what a corpus holds: its folder, and how many rows its views have."""
    with of.connection() as con:
        counts = con.execute(
            "SELECT (SELECT count(*) FROM pages) AS pages, (SELECT count(*) FROM articles WHERE latest) AS articles, "
            "(SELECT count(DISTINCT publisher) FROM articles WHERE latest) AS publishers, "
            "(SELECT count(*) FROM pairs) AS pairs, "
            "(SELECT count(DISTINCT cluster_id) FROM clusters WHERE size >= 2) AS clusters, "
            "(SELECT count(*) FROM clusters WHERE size >= 2 AND id <> original) AS copies"
        ).fetchone()
        names = [column[0] for column in con.description or ()]
    return _rendered("figures", title=repr(of), figures=dict(zip(names, counts or (), strict=True)))


def comparison(found: "Similarity") -> str:
    """Return two texts side by side, passage by passage."""
    from corpus.web import comparing

    return _rendered(
        "comparison",
        found=found,
        reasons=list(comparing.reasons(found)),
        rows=comparing.rows(found, MOST_PASSAGES),
        words=comparing.words(found),
        left_out=max(0, len(found.passages) - MOST_PASSAGES),
    )


def evaluation(found: "Evaluation") -> str:
    """Return the figures of an evaluation as a table, with its notes."""
    return _rendered("notes", notes=found.notes()) + table(pa.Table.from_pylist(found.rows()))


def show_tables(*kinds: type) -> None:
    """In IPython, show values of these types (DuckDB's relations, evaluations) as tables; elsewhere do nothing."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is None:
        return
    for kind in kinds:
        shown = evaluation if kind.__name__ == "Evaluation" else table
        shell.display_formatter.formatters["text/html"].for_type(kind, shown)


def _rendered(part: str, **model: Any) -> str:
    from corpus.web.pages import environment

    return environment().get_template("notebook.html").render(part=part, **model)
