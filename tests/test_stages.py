"""The stages as a whole: what is done stays done, and the result does not depend on when and in what order."""

import hashlib
import random
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from corpus import stages, tables
from corpus.api import Corpus
from corpus.errors import UserError
from corpus.settings import Settings
from tests.made_news import (
    NOON,
    Prose,
    Row,
    add,
    article,
    cluster_of,
    edited,
    finish,
    halves,
    hours,
    made,
    once,
    partition,
    rows_of,
    scored,
    told,
    web_rows,
    write_jsonl,
)

LITTLE = "Pictures of the day from all over the country."


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """The made-up web's articles, imported from a file and run: twelve languages, nine clusters, lone articles."""
    folder = tmp_path_factory.mktemp("imported")
    short = [{"url": f"http://s{n}.example/{n}", "text": LITTLE, "language": "en"} for n in range(6)]
    corpus = Corpus(folder / "corpus")
    corpus.import_files(write_jsonl(folder / "web.jsonl", [*map(told, web_rows()), *short]))
    corpus.run()
    return corpus


@pytest.fixture(scope="module")
def articles(imported: Corpus) -> list[Row]:
    """What extraction made of them: rows to put other corpora together from."""
    return sorted(rows_of(imported.folder, "articles"), key=lambda row: str(row["id"]))


def content(folder: Path) -> dict[str, str]:
    """Return every part file's digest by its place."""
    return {
        str(part.relative_to(folder)): hashlib.sha256(part.read_bytes()).hexdigest()
        for name in tables.SCHEMAS
        for part in tables.parts(folder, name)
    }


def same(one: Path, other: Path) -> None:
    """Fail unless both corpora have the same pairs with the same scores, and the same clusters."""
    left, right = scored(one), scored(other)
    assert left.keys() == right.keys()
    for pair, row in left.items():  # which pairs share a batch decides about the last bit of a matrix product
        assert row == {name: near(value) for name, value in right[pair].items()}
    assert partition(one) == partition(other)


def near(value: object) -> object:
    return pytest.approx(value, rel=1e-9) if isinstance(value, float) else value


def family(name: str, count: int = 3, **more: object) -> list[Row]:
    """Return an invented article and near copies of it."""
    text = Prose(name).text()
    texts = [text, *(edited(text, 0.04, f"{name} {n}") for n in range(1, count))]
    return [article(f"{name}{n}", one, **more) for n, one in enumerate(texts)]


def test_every_page_has_one_article_and_the_outcomes_add_up(imported: Corpus) -> None:
    pages, found = rows_of(imported.folder, "pages"), rows_of(imported.folder, "articles")
    assert sorted(row["id"] for row in pages) == sorted(row["id"] for row in found)
    assert sum(Counter(row["outcome"] for row in found).values()) == len(pages)
    once(imported.folder)


def test_every_readable_article_is_in_one_cluster_and_no_other_is(imported: Corpus) -> None:
    readable = {row["id"] for row in rows_of(imported.folder, "articles") if row["outcome"] == "ok"}
    assert set(cluster_of(imported.folder)) == readable
    assert {len(cell) for cell in partition(imported.folder)} > {1}


def test_cluster_rows_agree_with_one_another(imported: Corpus) -> None:
    cells = {
        cell: [r for r in rows_of(imported.folder, "clusters") if r["id"] in cell]
        for cell in partition(imported.folder)
    }
    for cell, rows in cells.items():
        assert {row["size"] for row in rows} == {len(cell)}
        assert len({row["cluster_id"] for row in rows}) == len({row["original"] for row in rows}) == 1
        assert rows[0]["original"] in cell
        if len(cell) == 1:
            assert [row["kind"] for row in rows] == ["alone"]
        else:
            assert Counter(row["kind"] for row in rows)["original"] == 1
            assert all(row["original_reason"] and 0 < row["original_confidence"] <= 1 for row in rows)
            assert {row["id"] for row in rows if row["kind"] == "original"} == {rows[0]["original"]}


def test_running_twice_adds_nothing(imported: Corpus) -> None:
    before, clusters = content(imported.folder), rows_of(imported.folder, "clusters")
    done = imported.run()
    assert done == {"extract": 0, "sign": 0, "pair": 0, "cluster": len(clusters)}
    assert content(imported.folder) == before
    assert rows_of(imported.folder, "merges") == []


def test_importing_and_running_twice_adds_nothing(imported: Corpus, tmp_path: Path) -> None:
    before = content(imported.folder)
    account = imported.import_files(write_jsonl(tmp_path / "again.jsonl", map(told, web_rows())))
    imported.run()
    assert (account.added, account.already_there) == (0, len(web_rows()))
    assert content(imported.folder) == before


def test_stages_one_by_one_are_a_run(imported: Corpus, articles: list[Row], tmp_path: Path) -> None:
    same(made(tmp_path, articles).folder, imported.folder)


@pytest.mark.parametrize("seed", [1, 2])
def test_two_halves_give_the_result_of_the_whole(
    imported: Corpus, articles: list[Row], tmp_path: Path, seed: int
) -> None:
    first, second = halves(articles, seed)
    made(tmp_path, first)
    assert partition(tmp_path) != partition(imported.folder)
    finish(add(tmp_path, second))
    same(tmp_path, imported.folder)
    once(tmp_path)


def test_one_article_after_the_other_gives_the_clusters_of_the_whole(tmp_path: Path) -> None:
    rows = [*family("a"), *family("b"), article("z0", Prose("z0").text())]
    random.Random(7).shuffle(rows)
    whole = made(tmp_path / "whole", rows)
    for row in rows:
        finish(add(tmp_path / "parts", [row]))
    assert partition(tmp_path / "parts") == partition(whole.folder)
    assert sorted(map(len, partition(whole.folder, 2))) == [3, 3]
    once(tmp_path / "parts")


def test_the_order_of_articles_does_not_matter(imported: Corpus, articles: list[Row], tmp_path: Path) -> None:
    shuffled = random.Random(3).sample(articles, len(articles))
    for start in range(0, len(shuffled), 17):
        add(tmp_path, shuffled[start : start + 17])
    finish(tmp_path)
    same(tmp_path, imported.folder)
    assert cluster_of(tmp_path) == cluster_of(imported.folder)


def test_removing_an_unrelated_article_changes_no_cluster(tmp_path: Path) -> None:
    lone = [article(f"z{n}", Prose(f"z{n}").text()) for n in range(12)]
    rows = [*family("a", 4), *family("b", 3), *family("c", 2), *lone]
    whole = partition(made(tmp_path / "whole", rows).folder, 2)
    for gone in lone[:4]:
        left = made(tmp_path / str(gone["id"]), [row for row in rows if row is not gone])
        assert partition(left.folder, 2) == whole


def test_exact_copies_share_a_text_and_make_no_pairs(tmp_path: Path) -> None:
    text = Prose("exact").text()
    shouted = text.upper().replace(",", " ").replace(".", " !")
    copies = [article(f"e{n:03}", shouted if n % 3 == 2 else text) for n in range(300)]
    folder = made(tmp_path, [*copies, *family("a", 2)]).folder
    assert len({row["text_id"] for row in copies}) == 1
    assert len(rows_of(folder, "signatures")) == 3
    assert copies[0]["text_id"] not in {text_id for pair in scored(folder) for text_id in pair}
    assert sorted(map(len, partition(folder))) == [2, 300]
    kinds = Counter(row["kind"] for row in rows_of(folder, "clusters") if row["size"] == 300)
    assert kinds == {"exact": 299, "original": 1}


def test_short_texts_never_cluster(imported: Corpus) -> None:
    short = [row for row in rows_of(imported.folder, "articles") if row["text"] == LITTLE]
    assert len(short) == 6 and {row["outcome"] for row in short} == {"short"}
    assert not {row["id"] for row in short} & set(cluster_of(imported.folder))
    assert not {row["text_id"] for row in short} & {row["text_id"] for row in rows_of(imported.folder, "signatures")}


def test_articles_with_unknown_times_cluster_with_any(tmp_path: Path) -> None:
    a0, a1, a2 = family("a")
    a0["published_at"], a2["published_at"] = None, NOON - timedelta(days=400)
    b0, b1 = family("b", 2, published_at=None)
    folder = made(tmp_path, [a0, a1, a2, b0, b1]).folder
    joined = {tuple(sorted(pair)) for pair in scored(folder)}
    assert tuple(sorted((a1["text_id"], a2["text_id"]))) not in joined
    for one in (a1, a2):
        assert tuple(sorted((a0["text_id"], one["text_id"]))) in joined
    assert frozenset({"b0", "b1"}) in partition(folder)
    assert any({"a0", "a1"} <= cell or {"a0", "a2"} <= cell for cell in partition(folder))


@pytest.mark.parametrize(("days", "together"), [(29, True), (31, False)])
def test_articles_further_apart_than_the_window_are_no_copies(tmp_path: Path, days: int, together: bool) -> None:
    first, second = family("a", 2)
    second["published_at"] = NOON + timedelta(days=days)
    folder = made(tmp_path, [first, second]).folder
    assert len(scored(folder)) == together
    assert (frozenset({"a0", "a1"}) in partition(folder)) is together


def test_a_setting_widens_the_window(tmp_path: Path) -> None:
    first, second = family("a", 2)
    second["published_at"] = NOON + timedelta(days=300)
    assert partition(made(tmp_path, [first, second], Settings(window_days=365)).folder) == {frozenset({"a0", "a1"})}


@pytest.mark.parametrize("when", [NOON + timedelta(days=40), None], ids=["later", "unknown"])
def test_a_later_copy_that_widens_a_texts_time_brings_its_candidates(tmp_path: Path, when: datetime | None) -> None:
    """An exact copy adds no text, but its time may bring two texts that were too far apart within the window."""
    first, second = family("a", 2)
    second["published_at"] = NOON + timedelta(days=60)
    bridge = first | {"id": "bridge", "published_at": when}
    whole = made(tmp_path / "whole", [first, second, bridge])
    finish(add(tmp_path / "parts", [first, second]))
    assert not scored(tmp_path / "parts")
    finish(add(tmp_path / "parts", [bridge]))
    assert len(scored(whole.folder)) == 1
    same(tmp_path / "parts", whole.folder)


def test_cluster_ids_stay_when_unrelated_articles_are_added(tmp_path: Path) -> None:
    rows = [*family("m"), *family("q", 2), article("n0", Prose("n").text())]
    before = cluster_of(made(tmp_path, rows).folder)
    # Ids both before and after those that are there.
    finish(add(tmp_path, [*family("a"), *(article(f"z{n}", Prose(f"z{n}").text()) for n in range(3))]))
    after = cluster_of(tmp_path)
    assert {id: after[id] for id in before} == before
    assert rows_of(tmp_path, "merges") == []
    assert not {after["a0"], after["z1"]} & set(before.values())


def test_a_cluster_keeps_its_id_when_copies_join_and_lone_ones_merge_into_it(tmp_path: Path) -> None:
    rows = family("m", 5)
    before = cluster_of(made(tmp_path, rows[1:4]).folder)
    assert len(set(before.values())) == 1
    finish(add(tmp_path, [rows[0], rows[4]]))
    after = cluster_of(tmp_path)
    assert set(after.values()) == set(before.values())


def test_clusters_that_become_one_are_recorded_as_a_merge(tmp_path: Path) -> None:
    whole = Prose("whole").sentences(24)
    left = [article(f"l{n}", "\n".join(whole[:12][: 12 - n])) for n in range(2)]
    right = [article(f"r{n}", "\n".join(whole[12:][: 12 - n])) for n in range(3)]
    before = cluster_of(made(tmp_path, [*left, *right]).folder)
    assert len(set(before.values())) == 2
    finish(add(tmp_path, [article(f"w{n}", "\n".join(whole[: 24 - n])) for n in range(4)]))
    after = cluster_of(tmp_path)
    if len(set(after.values())) > 1:
        pytest.skip("the two parts of one text stayed apart")
    assert set(after.values()) == {before["r0"]}
    (merge,) = rows_of(tmp_path, "merges")
    assert (merge["cluster_id"], merge["into"]) == (before["l0"], before["r0"])
    assert datetime.now(UTC) - merge["at"] < timedelta(hours=1)
    finish(tmp_path)
    assert len(rows_of(tmp_path, "merges")) == 1


def test_another_threshold_scores_nothing_anew_and_splits_only(
    imported: Corpus, articles: list[Row], tmp_path: Path
) -> None:
    corpus = made(tmp_path, articles)
    loose, pairs = partition(tmp_path), content(tmp_path)
    corpus.cluster(threshold=1.0)
    strict = partition(tmp_path)
    assert {name: one for name, one in content(tmp_path).items() if name.startswith("pairs")} == {
        name: one for name, one in pairs.items() if name.startswith("pairs")
    }
    assert all(any(small <= large for large in loose) for small in strict)
    assert len(strict) >= len(loose)
    with pytest.raises(UserError, match=r"threshold must lie in 0\.\.1, not 1\.5"):
        corpus.cluster(threshold=1.5)


STAGES = ("extract", "sign", "pair", "cluster")


@pytest.mark.parametrize("verb", STAGES)
def test_every_stage_works_on_an_empty_corpus(tmp_path: Path, verb: str) -> None:
    corpus = Corpus(tmp_path)
    corpus.create()
    assert getattr(corpus, verb)() == 0
    assert not any(rows_of(tmp_path, name) for name in ("articles", "signatures", "pairs", "clusters"))


@pytest.mark.parametrize("verb", STAGES)
def test_a_folder_without_a_corpus_is_told_and_left_alone(tmp_path: Path, verb: str) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(UserError, match=r"holds no corpus yet; `wirecopy crawl` or `wirecopy import` makes one"):
            getattr(Corpus(folder), verb)()
    assert list(tmp_path.iterdir()) == []


def test_articles_without_a_text_cost_nothing(tmp_path: Path) -> None:
    lost = [article(f"x{n}", "") | {"outcome": "http_error", "text": None, "text_id": None} for n in range(5)]
    folder = made(tmp_path, [*lost, *family("a", 2)]).folder
    assert partition(folder) == {frozenset({"a0", "a1"})}


def test_a_text_of_one_word_over_and_over_is_no_trouble(tmp_path: Path) -> None:
    rows = [article(f"o{n}", " ".join(["word"] * (30 + n))) for n in range(5)]
    rows += [article("dots", "…" * 200, words=20), article("digits", " ".join(str(n) for n in range(200)))]
    folder = made(tmp_path, [*rows, *family("a", 2)]).folder
    assert {"a0", "a1"} in partition(folder)
    assert all(0 <= row["score"] <= 1 for row in scored(folder).values())


def test_the_original_is_chosen_for_a_stated_reason(tmp_path: Path) -> None:
    timed = family("t")
    for n, row in enumerate(timed):
        row["published_at"] = hours(5 - n)
    own = family("p", agency="AP")
    own[1] |= {"url": "https://apnews.com/article/1", "published_at": hours(9), "publisher": "Associated Press"}
    untimed = family("u", published_at=None)
    untimed[0]["text"] = untimed[0]["text"].split("\n")[0]
    chosen = {row["id"]: row for row in rows_of(made(tmp_path, [*timed, *own, *untimed]).folder, "clusters")}
    assert (chosen["t0"]["original"], chosen["t0"]["original_reason"]) == ("t2", "earliest known time")
    assert (chosen["p0"]["original"], chosen["p0"]["original_reason"]) == ("p1", "published by the agency itself")
    assert (
        chosen["p0"]["original_confidence"] > chosen["t0"]["original_confidence"] > chosen["u2"]["original_confidence"]
    )


def test_the_stages_name_sql_files_that_are_there_and_batch_functions_that_load() -> None:
    for stage in (stages.EXTRACT, stages.SIGN, stages.ANCHOR, stages.PAIR, stages.CLOSE):
        for query in (stage.query(), *stage.queries().values()):
            assert query.startswith("--")
            assert set(stage.values(Settings(), query)) == set(re.findall(r"\$(\w+)", query))
        assert stage.output in tables.SCHEMAS and isinstance(stage.batch, partial)
        stages.load(stage.batch)
