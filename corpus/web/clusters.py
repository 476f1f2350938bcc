"""The list of clusters (search, filters, order), and one cluster's page.

May import: the standard library, corpus.errors, corpus.web.index, corpus.web.searching, corpus.web.charts,
corpus.web.kinship, corpus.web.snippets.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from corpus.errors import UserError
from corpus.web import charts, kinship, snippets
from corpus.web.index import Index, Row
from corpus.web.searching import Search

A_PAGE = 40
MOST_MEMBERS = 500
"""Articles of a cluster that its page lists."""
MOST_DRAWN = 60
"""Articles that the timeline and the graph draw."""
MOST_READ, MOST_CHARACTERS = 24, 60_000
"""Copies that are read to find what was cut, and how much of each."""
SORTS = {
    "reach": "widest reach", "speed": "fastest", "altered": "most altered", "uncredited": "most without credit",
    "newest": "newest", "oldest": "oldest",
}  # fmt: skip
FILTERS = ("agency", "publisher", "language", "kind", "credit", "since", "until", "least")


def clusters(index: Index, search: Search, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return a page of the clusters that a search and filters let through, with the choices of each filter.

    Raises UserError for a filter that cannot be read.
    """
    chosen = {name: (asked.get(name) or "").strip()[:200] for name in ("q", "sort", *FILTERS)}
    chosen["sort"] = chosen["sort"] if chosen["sort"] in SORTS else "reach"
    start = whole(asked.get("start"), "start") or 0
    found = search.find(index, chosen["q"]) if chosen["q"] else None
    values = {name: chosen[name] or None for name in FILTERS}
    values |= {name: _date(chosen[name]) for name in ("since", "until")}
    values["least"] = whole(chosen["least"], "least")  # type: ignore[assignment]
    rows = index.rows(
        "clusters", **values, among=found.clusters if found else None, sort=chosen["sort"], most=A_PAGE, start=start
    )
    hits = snippets.hits(index, chosen["q"], found.texts, [row["cluster_id"] for row in rows]) if found else {}
    return {
        "rows": [row | {"hit": hits.get(row["cluster_id"])} for row in rows],
        "found": rows[0]["found"] if rows else 0,
        "chosen": chosen,
        "filtered": any(chosen[name] for name in FILTERS),
        "unread": search.left if chosen["q"] else 0,
        "sorts": SORTS,
        "start": start,
        "step": A_PAGE,
        "agencies": index.answer("SELECT agency FROM explorer.agencies ORDER BY agency"),
        "languages": index.answer("SELECT language FROM explorer.languages WHERE language IS NOT NULL ORDER BY 1"),
        "kinds_found": index.answer("SELECT kind FROM explorer.kinds ORDER BY copies DESC"),
        "publishers": index.answer("SELECT publisher FROM explorer.profiles WHERE publisher IS NOT NULL LIMIT 500"),
    }


def whole(value: str | None, name: str) -> int | None:
    """Return a whole number, None for nothing. Raises UserError for anything else."""
    if not value:
        return None
    if not value.isascii() or not value.isdigit() or len(value) > 12:
        raise UserError(f"{name} must be a whole number, not {value[:40]!r}")
    return int(value)


def _date(value: str) -> str | None:
    try:
        return date.fromisoformat(value).isoformat() if value else None
    except ValueError:
        raise UserError(f"{value[:40]!r} is no date; write it as 2026-07-31") from None


def place(index: Index, name: str) -> str | None:
    """Return the cluster that a name stands for (its id, also a merged one's, an article's id or URL), or None."""
    found = index.row("place", id=name)
    return found["cluster_id"] if found else None


def cluster(index: Index, cluster_id: str, *, text: bool = True) -> dict[str, Any]:
    """Return one cluster's page: original and why, timeline, graph, languages, copies, what was cut most often.

    Without `text` nothing is quoted from the articles. Raises UserError where there is no such cluster.
    """
    members = index.rows("members", id=cluster_id)
    if not members:
        raise UserError(f"there is no cluster {cluster_id!r}; the list of clusters has a search")
    parents = kinship.closest(members[:MOST_MEMBERS], index.rows("edges", id=cluster_id))
    reach = index.row("reach", id=cluster_id) or {}
    names = {row["id"]: row["publisher"] for row in members}
    for row in members:
        parent, share = parents.get(row["id"], (None, None))
        row["closest"], row["closest_publisher"], row["shared"] = parent, names.get(parent or ""), share
    return {
        "id": cluster_id,
        "reach": reach,
        "original": members[0],
        "members": members[:MOST_MEMBERS],
        "left_out": max(0, len(members) - MOST_MEMBERS),
        "timeline": _timeline(members),
        "graph": _graph(members, parents),
        "languages": Counter(row["language"] for row in members).most_common(),
        "kinds_found": Counter(row["kind"] for row in members[1:]).most_common(),
        "cut": _cut(index, members) if text else None,
    }


def _timeline(members: list[Row]) -> dict[str, Any] | None:
    """Return the dated articles by time with their places on the axis; None where fewer than two have a time."""
    timed = sorted((row for row in members if row["published_at"]), key=lambda row: row["published_at"])[:MOST_DRAWN]
    if len(timed) < 2:
        return None
    axis = charts.axis(row["published_at"] for row in timed)
    assert axis
    return {
        "rows": [row | {"at": axis.place(row["published_at"])} for row in timed],
        "ticks": axis.ticks,
        "first": axis.first,
        "untimed": sum(row["published_at"] is None for row in members),
        "left_out": max(0, sum(row["published_at"] is not None for row in members) - MOST_DRAWN),
    }


def _graph(members: list[Row], parents: kinship.Parents) -> charts.Graph | None:
    drawn = members[:MOST_DRAWN]
    axis = charts.axis(row["published_at"] for row in drawn if row["published_at"])
    if axis is None or len(drawn) < 3:
        return None
    rows = [row | {"at": axis.place(row["published_at"]) if row["published_at"] else None} for row in drawn]
    return charts.graph(rows, parents)


def _cut(index: Index, members: list[Row]) -> list[Row]:
    """Return what the copies in the original's language left out most often."""
    original = members[0]
    copies = [
        row
        for row in members[1:]
        if row["language"] == original["language"] and row["kind"] in ("near", "excerpt", "reworded")
    ][:MOST_READ]
    if not copies:
        return []
    ids = [original["id"], *(row["id"] for row in copies)]

    def find() -> list[Row]:
        texts = {name: row["text"] or "" for name, row in index.texts(ids, MOST_CHARACTERS).items()}
        own = [texts[one] for one in ids[1:] if one in texts]
        return kinship.most_cut(texts.get(ids[0], ""), own, original["language"])

    found: list[Row] = index.kept(f"cut {original['id']}", find)
    return found
