"""The first page, and the list of publishers: what is in the corpus, how much of it is copy.

May import: corpus.web.index, corpus.web.charts.
"""

from typing import Any

from corpus.web import charts
from corpus.web.index import Index

BIGGEST, SHOWN_PUBLISHERS, SHOWN_LANGUAGES, SHOWN_FLOWS = 8, 12, 12, 8
PUBLISHERS_A_PAGE = 200
SORTS = {
    "articles": "most articles", "wire": "largest share of wire copy", "uncredited": "most copies without credit",
    "fast": "fastest", "originals": "most originals", "name": "name",
}  # fmt: skip


def overview(index: Index) -> dict[str, Any]:
    """Return the totals, the volume by day, kinds, publishers, languages, agencies, biggest clusters and outcomes."""
    model: dict[str, Any] = index.kept("overview", lambda: _read(index))
    return model


def _read(index: Index) -> dict[str, Any]:
    totals = index.answer("FROM explorer.totals")[0]
    days = index.answer("FROM explorer.days")
    for row in days:
        row["own"] = row["articles"] - row["wire"]
    biggest = index.answer("FROM explorer.reach LIMIT $most", most=BIGGEST)
    outcomes = index.answer("FROM explorer.outcomes")
    return {
        "totals": totals,
        "days": charts.columns(days, (("wire", "wire"), ("own", "own"))),
        "undated": sum(row["articles"] for row in days if row["day"] is None),
        "kinds_found": index.answer("FROM explorer.kinds"),
        "languages": index.answer("FROM explorer.languages LIMIT $most", most=SHOWN_LANGUAGES),
        "agencies": index.answer("FROM explorer.agencies LIMIT $most", most=SHOWN_LANGUAGES),
        "publishers": index.answer("FROM explorer.profiles LIMIT $most", most=SHOWN_PUBLISHERS),
        "flows": index.answer("FROM explorer.flows LIMIT $most", most=SHOWN_FLOWS),
        "clusters": biggest,
        "outcomes": [(step, [row for row in outcomes if row["step"] == step]) for step in ("page", "article")],
    }


def publishers(index: Index, sort: str = "articles", start: int = 0) -> dict[str, Any]:
    """Return a page of the publishers' profiles in the wanted order."""
    sort = sort if sort in SORTS else "articles"
    rows = index.rows("publishers", sort=sort, most=PUBLISHERS_A_PAGE, start=start)
    found = rows[0]["found"] if rows else 0
    return {"rows": rows, "sort": sort, "sorts": SORTS, "found": found, "start": start, "step": PUBLISHERS_A_PAGE}
