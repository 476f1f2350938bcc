"""The cluster stage run again: only what changed is made anew, and the result is that of making everything at once."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus import cluster as stage
from corpus import components, tables
from corpus.cluster import cluster
from corpus.settings import Settings
from tests.made_news import Row, article, cluster_of, hours, rows_of

TEXTS = [f"t{n}" for n in range(9)]
AGENCIES = (None, None, "AP", "Reuters")


@dataclass
class State:
    """What a corpus holds for the stage, and what is asked of it."""

    articles: dict[str, Row] = field(default_factory=dict)
    pairs: dict[tuple[str, str], Row] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)

    def put(self, folder: Path) -> Path:
        tables.create(folder)
        for name, rows in (("articles", self.articles), ("pairs", self.pairs)):
            tables.replace(folder, name, tables.rows_of(name, list(rows.values())))
        return folder


def told(folder: Path) -> dict[str, Row]:
    """Return the rows by article, the cluster's name left out."""
    return {row.pop("id"): row for row in rows_of(folder, "clusters") if row.pop("cluster_id")}


def cells(names: dict[str, str]) -> list[list[str]]:
    """Return the clusters' articles in order, the clusters in the order of their first ones."""
    return sorted([id for id in sorted(names) if names[id] == name] for name in set(names.values()))


def merges_of(folder: Path) -> Counter[tuple[str, str]]:
    return Counter((row["cluster_id"], row["into"]) for row in rows_of(folder, "merges"))


def made_article(draw: random.Random, id: str) -> Row:
    host = draw.choice(["apnews.com", "reuters.com", "paper.example"])
    return article(
        id, "", text_id=draw.choice(TEXTS), words=draw.choice([None, 60, 100, 300]), agency=draw.choice(AGENCIES),
        language=draw.choice(["en", "en", "de", None]), url=f"https://{host}/{id}", publisher=host,
        published_at=draw.choice([None, hours(draw.randrange(9))]), outcome=draw.choice(["ok"] * 8 + ["short"]),
    )  # fmt: skip


def made_pair(draw: random.Random, a: str, b: str) -> Row:
    kind = draw.choice(["near", "reworded", "translated"])
    score, *shares = (draw.choice([0.1, 0.3, 0.45, 0.55, 0.8, 0.95]) for _ in range(3))
    return {"a": a, "b": b, "score": score, "kind": kind, "containment_a": shares[0], "containment_b": shares[1]}


def more_articles(state: State, draw: random.Random) -> None:
    for id in draw.sample("abcdefghijklmnopqrst", 6):
        state.articles.setdefault(id, made_article(draw, id))


def other_articles(state: State, draw: random.Random) -> None:
    """Write articles anew, as stripping does: another text, other metadata; some go altogether."""
    for id in draw.sample(sorted(state.articles), min(3, len(state.articles))):
        state.articles[id] |= {key: made_article(draw, id)[key] for key in draw.sample(["text_id", "words", "url"], 2)}
    for id in draw.sample(sorted(state.articles), min(1, len(state.articles))):
        del state.articles[id]


def more_pairs(state: State, draw: random.Random) -> None:
    for a, b in draw.sample(list(combinations(TEXTS, 2)), 7):
        state.pairs.setdefault((a, b), made_pair(draw, a, b))


def other_pairs(state: State, draw: random.Random) -> None:
    """Score pairs anew, as learning does; some of them are no candidates any more."""
    for key in draw.sample(sorted(state.pairs), len(state.pairs) // 2):
        state.pairs[key] = made_pair(draw, *key)
    for key in draw.sample(sorted(state.pairs), len(state.pairs) // 4):
        del state.pairs[key]


def other_threshold(state: State, draw: random.Random) -> None:
    state.settings = replace(state.settings, threshold=draw.choice([0.2, 0.5, 0.7]))


def nothing(_state: State, _draw: random.Random) -> None:
    """Let all be as it is."""


STEPS = (more_articles, more_pairs, other_articles, other_pairs, other_threshold, nothing)


def named_by_the_rule(
    new: Sequence[Sequence[str]], before: dict[str, str]
) -> tuple[dict[str, str], set[tuple[str, str]]]:
    """Name clusters one after the other: an old name goes where most of its articles are; return names and merges."""
    overlap = Counter((before[id], ids[0]) for ids in new for id in ids if id in before)
    goes: dict[str, str] = {}
    taken: dict[str, str] = {}
    for (old, first), _ in sorted(overlap.items(), key=lambda one: (-one[1], one[0])):
        if old not in goes:
            goes[old] = first
            taken.setdefault(first, old)
    used = set(taken.values())
    for ids in new:
        taken.setdefault(ids[0], next((id for id in ids if id not in used), ""))
    merges = {(old, taken[first]) for old, first in goes.items() if taken[first] != old}
    return {id: taken[ids[0]] for ids in new for id in ids}, merges


@pytest.fixture
def few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Cluster a handful of articles at a time."""
    monkeypatch.setattr(stage, "BATCH", 4)
    yield


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.sampled_from(STEPS), min_size=2, max_size=6), st.integers(0, 10**6))
@pytest.mark.usefixtures("few_at_a_time")
def test_step_by_step_is_as_all_at_once(
    tmp_path_factory: pytest.TempPathFactory, steps: Sequence[Any], seed: int
) -> None:
    state, draw, folder = State(), random.Random(seed), tmp_path_factory.mktemp("steps")
    before: dict[str, str] = {}
    for change in (more_articles, more_pairs, *steps):
        change(state, draw)
        merged = merges_of(folder) if before else Counter()
        cluster(state.put(folder), state.settings)
        fresh = state.put(tmp_path_factory.mktemp("fresh"))
        cluster(fresh, state.settings)
        assert told(folder) == told(fresh)
        new = cells(cluster_of(folder))
        assert new == cells(cluster_of(fresh))
        names, merges = named_by_the_rule(new, before)
        found = cluster_of(folder)
        assert all(found[id] == name for id, name in names.items() if name)
        assert len(set(found.values())) == len(new), "two clusters bear one name"
        assert merges_of(folder) - merged == Counter(merges)
        before = found


@pytest.fixture
def touched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that tells the articles whose cluster has its original chosen."""
    seen: list[str] = []
    choose = stage.choose

    def telling(articles: list[Row], pairs: Any) -> Any:
        seen.extend(row["id"] for row in articles)
        return choose(articles, pairs)

    monkeypatch.setattr(stage, "choose", telling)
    return seen


def two_clusters() -> State:
    """Two clusters of two texts each, one of which has a copy, and an article alone."""
    draw = random.Random(1)
    state = State({id: made_article(draw, id) | {"text_id": f"t-{id}", "outcome": "ok"} for id in "abcde"})
    state.articles["f"] = state.articles["a"] | {"id": "f"}
    for a, b in ("ab", "cd"):
        state.pairs[a, b] = made_pair(draw, f"t-{a}", f"t-{b}") | {"score": 0.9}
    return state


def test_nothing_is_written_where_nothing_changed(tmp_path: Path, touched: list[str]) -> None:
    state = two_clusters()
    assert cluster(state.put(tmp_path), state.settings) == 6
    assert sorted(touched) == list("abcdf")
    touched.clear()
    first = (tmp_path / "clusters" / tables.FIRST).stat()
    assert cluster(state.put(tmp_path), state.settings) == 6
    assert (tmp_path / "clusters" / tables.FIRST).stat().st_ino == first.st_ino
    assert touched == []


CHANGES = {
    "text_id": "t-c", "url": "https://other.example/1", "publisher": "other.example", "language": "xx",
    "published_at": hours(70), "agency": "AAP", "words": 999,
}  # fmt: skip


@pytest.mark.parametrize("column", CHANGES)
def test_a_cluster_is_made_anew_where_an_articles_column_changed(
    tmp_path: Path, touched: list[str], column: str
) -> None:
    state = two_clusters()
    cluster(state.put(tmp_path), state.settings)
    touched.clear()
    state.articles["f"][column] = CHANGES[column]
    cluster(state.put(tmp_path), state.settings)
    assert sorted(touched) == list("abcdf" if column == "text_id" else "abf")


@pytest.mark.parametrize("column", ["score", "kind", "containment_a", "containment_b"])
def test_a_cluster_is_made_anew_where_a_pairs_column_changed(tmp_path: Path, touched: list[str], column: str) -> None:
    state = two_clusters()
    cluster(state.put(tmp_path), state.settings)
    touched.clear()
    state.pairs["c", "d"][column] = "translated" if column == "kind" else 0.75
    cluster(state.put(tmp_path), state.settings)
    assert sorted(touched) == ["c", "d"]


def test_an_article_that_came_makes_its_own_cluster_anew(tmp_path: Path, touched: list[str]) -> None:
    state = two_clusters()
    cluster(state.put(tmp_path), state.settings)
    touched.clear()
    state.articles |= {"g": state.articles["d"] | {"id": "g"}, "h": state.articles["e"] | {"id": "h", "text_id": "t-h"}}
    assert cluster(state.put(tmp_path), state.settings) == 8
    assert sorted(touched) == ["c", "d", "g"]
    assert {row["size"] for id, row in told(tmp_path).items() if id in "cdg"} == {3}


def test_a_row_that_got_lost_comes_back(tmp_path: Path) -> None:
    state = two_clusters()
    cluster(state.put(tmp_path), state.settings)
    whole = rows_of(tmp_path, "clusters")
    for lost in "ae":
        tables.replace(tmp_path, "clusters", tables.rows_of("clusters", [row for row in whole if row["id"] != lost]))
        cluster(tmp_path, state.settings)
        assert rows_of(tmp_path, "clusters") == whole


def test_other_rules_make_everything_anew(tmp_path: Path, touched: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    state = two_clusters()
    cluster(state.put(tmp_path), state.settings)
    before = cluster_of(tmp_path)
    touched.clear()
    monkeypatch.setattr(components, "RULES", components.RULES[1:])
    cluster(state.put(tmp_path), state.settings)
    assert sorted(touched) == list("abcdf")
    assert cluster_of(tmp_path) == before
