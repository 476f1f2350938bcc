"""The cluster stage on pairs made by hand: lasting ids, merges, originals, kinds."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus import tables
from corpus.cluster import cluster
from corpus.originals import choose, relation
from corpus.settings import Settings
from tests.made_news import Row, article, cluster_of, hours, partition, rows_of


def text(id: str, text_id: str | None = None, **more: object) -> Row:
    """Return an article whose text is named by hand."""
    return article(id, "", words=100, **more) | {"text_id": text_id or f"t-{id}", "text": f"The text of {id}."}


def pair(a: str, b: str, score: float = 0.95, **more: object) -> Row:
    a, b = sorted((f"t-{a}", f"t-{b}"))
    return {"a": a, "b": b, "score": score, "kind": "near", "containment_a": 0.9, "containment_b": 0.9} | more


def scored(*names: str) -> list[Row]:
    return [pair(a, b) for n, a in enumerate(names) for b in names[n + 1 :]]


def clustered(folder: Path, articles: list[Row], pairs: list[Row]) -> Path:
    """Put these articles and pairs in the place of all that the corpus has, and cluster them."""
    tables.create(folder)
    for name, rows in (("articles", articles), ("pairs", pairs)):
        tables.replace(folder, name, tables.rows_of(name, rows))
    assert cluster(folder, Settings()) == sum(row["outcome"] == "ok" for row in articles)
    return folder


def rows(folder: Path) -> dict[str, Row]:
    return {row["id"]: row for row in rows_of(folder, "clusters")}


def test_a_new_cluster_bears_its_least_articles_id(tmp_path: Path) -> None:
    clustered(tmp_path, [text(id) for id in "dbca"], scored("b", "c"))
    assert cluster_of(tmp_path) == {"a": "a", "b": "b", "c": "b", "d": "d"}


def test_a_growing_cluster_keeps_its_id(tmp_path: Path) -> None:
    clustered(tmp_path, [text(id) for id in "mn"], scored("m", "n"))
    clustered(tmp_path, [text(id) for id in "amnz"], scored("a", "m", "n", "z"))
    assert set(cluster_of(tmp_path).values()) == {"m"}
    assert rows_of(tmp_path, "merges") == []


def test_merged_clusters_take_the_id_of_the_larger_and_say_so(tmp_path: Path) -> None:
    everything = [text(id) for id in "abcdefg"]
    clustered(tmp_path, everything, [*scored("a", "b"), *scored("c", "d", "e")])
    assert set(cluster_of(tmp_path).values()) == {"a", "c", "f", "g"}
    clustered(tmp_path, everything, scored(*"abcdef"))
    assert {id: cluster_of(tmp_path)[id] for id in "abcdefg"} == dict.fromkeys("abcdef", "c") | {"g": "g"}
    assert {(row["cluster_id"], row["into"]) for row in rows_of(tmp_path, "merges")} == {("a", "c"), ("f", "c")}
    assert all(datetime.now(UTC) - row["at"] < timedelta(minutes=10) for row in rows_of(tmp_path, "merges"))
    clustered(tmp_path, everything, scored(*"abcdef"))
    assert len(rows_of(tmp_path, "merges")) == 2


def test_of_a_split_cluster_the_larger_part_keeps_the_id(tmp_path: Path) -> None:
    everything = [text(id) for id in "abcde"]
    clustered(tmp_path, everything, scored(*"abcde"))
    clustered(tmp_path, everything, [*scored("a", "b"), *scored("c", "d", "e")])
    assert cluster_of(tmp_path) == {"a": "b", "b": "b", "c": "a", "d": "a", "e": "a"}


def test_a_lone_article_whose_id_a_cluster_bears_gets_a_name_of_its_own(tmp_path: Path) -> None:
    everything = [text(id) for id in ("a", "ax", "b", "c")]
    clustered(tmp_path, everything, scored("a", "b", "c"))
    clustered(tmp_path, everything, scored("b", "c"))
    found = cluster_of(tmp_path)
    assert (found["b"], found["c"], found["ax"]) == ("a", "a", "ax")
    assert found["a"] not in {"a", "ax"}


steps = st.lists(st.lists(st.integers(0, 4), min_size=9, max_size=9), min_size=1, max_size=5)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_ids_part_the_clusters_whatever_comes(tmp_path_factory: pytest.TempPathFactory, steps: list[list[int]]) -> None:
    """Articles move between clusters at random: at each step one id a cluster, and unmoved clusters keep theirs."""
    folder, names = tmp_path_factory.mktemp("steps"), "abcdefghi"
    before: dict[frozenset[str], str] = {}
    for cells in steps:
        members = [[name for name, cell in zip(names, cells, strict=True) if cell == n] for n in range(5)]
        clustered(folder, [text(name) for name in names], [one for inside in members for one in scored(*inside)])
        found = rows(folder)
        after = {cell: {found[id]["cluster_id"] for id in cell} for cell in partition(folder)}
        assert set(after) == {frozenset(inside) for inside in members if inside}
        ids = [id for named in after.values() for id in named]
        assert len(ids) == len(set(ids)) == len(after)
        assert all(after[cell] == {id} for cell, id in before.items() if cell in after)
        before = {cell: next(iter(named)) for cell, named in after.items()}


def test_articles_that_are_not_ok_and_pairs_of_lost_texts_are_left_out(tmp_path: Path) -> None:
    lost = text("c") | {"outcome": "failed"}
    clustered(tmp_path, [text("a"), text("b"), lost], scored("a", "b", "c", "gone"))
    assert partition(tmp_path) == {frozenset("ab")}


def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    everything, pairs = (
        [text(id) for id in "abcdefgh"],
        [*scored("a", "b", "c"), *scored("d", "e"), pair("c", "d", 0.6)],
    )
    first = rows(clustered(tmp_path / "first", everything, pairs))
    draw = random.Random(2)
    shuffled = clustered(tmp_path / "second", draw.sample(everything, 8), draw.sample(pairs, len(pairs)))
    assert rows(shuffled) == first


def test_kinds_and_scores_tell_the_relation_to_the_original(tmp_path: Path) -> None:
    articles = [
        text("o", published_at=hours(0)), text("same", "t-o", published_at=hours(1)), text("n", published_at=hours(2)),
        text("x", published_at=hours(3)), text("de", published_at=hours(4), language="de"),
        text("far", published_at=hours(5)), text("alone"),
    ]  # fmt: skip
    pairs = [
        pair("o", "n", 0.97), pair("o", "x", 0.9, kind="excerpt"), pair("o", "de", 0.96, kind="translated"),
        pair("n", "de", 0.7, kind="translated"),
        pair("n", "far", 0.96), pair("x", "far", 0.96), pair("n", "x", 0.9),
    ]  # fmt: skip
    found = rows(clustered(tmp_path, articles, pairs))
    assert {id: (row["kind"], row["score"]) for id, row in found.items()} == {
        "o": ("original", None), "same": ("exact", 1.0), "n": ("near", 0.97), "x": ("excerpt", 0.9),
        "de": ("translated", 0.96), "far": ("reworded", None), "alone": ("alone", None),
    }  # fmt: skip
    assert {row["original"] for id, row in found.items() if id != "alone"} == {"o"}
    assert found["alone"]["original"] == "alone"
    assert found["alone"]["original_reason"] is found["alone"]["original_confidence"] is None


def test_the_agencys_own_article_is_the_original(tmp_path: Path) -> None:
    own = text("own", url="https://apnews.com/article/x", agency="AP", published_at=hours(9))
    early = text("early", agency="AP", published_at=hours(0))
    found = rows(clustered(tmp_path, [own, early], scored("early", "own")))
    assert {row["original"] for row in found.values()} == {"own"}
    assert {row["original_reason"] for row in found.values()} == {"published by the agency itself"}


def test_what_stands_on_an_agencys_site_with_anothers_credit_is_not_its_own() -> None:
    guest = text("a", url="https://apnews.com/article/x", agency="Reuters", published_at=hours(9))
    assert choose([guest, text("b", published_at=hours(0))], {}).article["id"] == "b"


@pytest.mark.parametrize(
    ("times", "first", "sure"),
    [((3, 0, 5), "b", True), ((0, 0, 5), "a", False), ((None, 4, 2), "c", False), ((None, 4, None), "b", False)],
)
def test_else_the_earliest_known_time_decides(times: tuple[float | None, ...], first: str, sure: bool) -> None:
    articles = [
        text(id, published_at=None if time is None else hours(time)) for id, time in zip("abc", times, strict=True)
    ]
    for order in (articles, articles[::-1]):
        found = choose(order, {})
        assert found.article["id"] == first
        assert ("known time" in str(found.reason)) and ((found.confidence or 0) > 0.8) is sure


def test_without_times_the_one_that_holds_the_others_is_the_original() -> None:
    articles = [text(id, published_at=None) for id in "abc"]
    pairs = {
        ("t-a", "t-b"): pair("a", "b", containment_a=0.3, containment_b=0.95),
        ("t-a", "t-c"): pair("a", "c", containment_a=0.2, containment_b=0.9),
    }
    for order in (articles, articles[::-1]):
        assert choose(order, pairs)[:2] == (articles[0], "contains most of the others")


def test_without_anything_to_tell_the_longest_is_the_original() -> None:
    articles = [text(id, published_at=None) | {"words": words} for id, words in (("a", 90), ("b", 200), ("c", None))]
    for order in (articles, articles[::-1]):
        found = choose(order, {})
        assert (found.article["id"], found.reason) == ("b", "longest of the cluster")
        assert 0 < (found.confidence or 0) < 0.5


def test_an_article_never_compared_with_the_original_is_told_by_its_language() -> None:
    original = text("a", language="en")
    assert relation(text("b", language="de"), original, {}, 3) == ("translated", None)
    assert relation(text("b", language="en"), original, {}, 3) == ("reworded", None)
