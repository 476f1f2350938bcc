"""The tables: written wholly or not at all, once each, readable by all, also with several processes at it."""

import multiprocessing
import os
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import __version__, tables
from corpus.errors import UserError
from tests.made_news import rows_of

SPAWN = multiprocessing.get_context("spawn")


def pages(*ids: str) -> pa.RecordBatch:
    return tables.rows_of("pages", [{"id": id, "outcome": "ok"} for id in ids])


def ids(folder: Path, table: str = "pages", key: str = "id") -> list[str]:
    return sorted(row[key] for row in rows_of(folder, table))


def test_every_table_is_valid_from_the_start(tmp_path: Path) -> None:
    tables.create(tmp_path)
    assert tables.exists(tmp_path)
    for name, schema in tables.SCHEMAS.items():
        answer = duckdb.sql(f"FROM read_parquet('{tables.pattern(tmp_path, name)}')")
        assert answer.fetchall() == []
        assert answer.columns == schema.names
        told = pq.read_schema(tmp_path / name / tables.FIRST).metadata
        assert told[b"wirecopy.version"] == __version__.encode()


def test_making_a_corpus_again_leaves_it_as_it_is(tmp_path: Path) -> None:
    tables.create(tmp_path)
    tables.append(tmp_path, "pages", pages("a"))
    tables.keep_settings(tmp_path, "{}")
    tables.create(tmp_path)
    assert ids(tmp_path) == ["a"]
    assert tables.settings(tmp_path) == "{}"


def test_a_half_made_corpus_is_none_and_is_completed(tmp_path: Path) -> None:
    tables.create(tmp_path)
    (tmp_path / "pairs" / tables.FIRST).unlink()
    assert not tables.exists(tmp_path)
    tables.create(tmp_path)
    assert tables.exists(tmp_path)


def test_parts_sort_by_their_age_and_the_first_one_last(tmp_path: Path) -> None:
    tables.create(tmp_path)
    for n in range(5):
        tables.append(tmp_path, "closed", tables.rows_of("closed", [{"text_id": "t", "copies_then": n}]))
    rows = [tables.read(part)["copies_then"].to_pylist() for part in tables.parts(tmp_path, "closed")]
    assert rows == [[0], [1], [2], [3], [4], []]


def test_a_part_that_is_written_anew_keeps_no_checksum_of_spark(tmp_path: Path) -> None:
    """Spark holds what it reads against the checksum that it left beside its part, and refuses other rows."""
    tables.create(tmp_path)
    tables.append(tmp_path, "paired", tables.rows_of("paired", [{"text_id": "a"}, {"text_id": "b"}]))
    part = tables.parts(tmp_path, "paired")[0]
    checksum = part.with_name(f".{part.name}.crc")
    for left in (1, 0):
        checksum.write_bytes(b"crc")
        tables.rewrite(part, tables.read(part).slice(0, left))
        assert not checksum.exists()
        assert part.exists() == bool(left)


def test_a_corpus_of_another_version_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables.create(tmp_path)
    monkeypatch.setattr(tables, "SCHEMA_VERSION", "99")
    with pytest.raises(UserError, match="was written with table version 4, this program reads version 99; take the"):
        tables.create(tmp_path)


@pytest.mark.parametrize("inside", ["file", "file/deeper"])
def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path, inside: str) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(UserError, match=r"^cannot write .*; free some space or choose another --corpus folder$"):
        tables.create(tmp_path / inside)


def test_appending_adds_a_part_and_nothing_adds_none(tmp_path: Path) -> None:
    tables.create(tmp_path)
    assert tables.append(tmp_path, "pages", pages("a", "b")) == 2
    assert tables.append(tmp_path, "pages", pages()) == 0
    assert tables.append(tmp_path, "pages", pa.Table.from_batches([pages("c")])) == 1
    assert len(tables.parts(tmp_path, "pages")) == 3
    assert ids(tmp_path) == ["a", "b", "c"]


def test_columns_a_table_does_not_know_are_refused_and_missing_ones_are_null(tmp_path: Path) -> None:
    tables.create(tmp_path)
    with pytest.raises(ValueError, match="columns unknown to the table: colour"):
        tables.append(tmp_path, "pages", pa.table({"id": ["a"], "colour": ["red"]}))
    tables.append(tmp_path, "pages", pa.table({"status": pa.array([200], pa.int64()), "id": ["a"]}))
    (row,) = rows_of(tmp_path, "pages")
    assert (row["id"], row["status"], row["html"], row["text"]) == ("a", 200, None, None)


def test_replacing_puts_the_rows_in_place_of_all_parts(tmp_path: Path) -> None:
    tables.create(tmp_path)
    for id in "abc":
        tables.append(tmp_path, "pages", pages(id))
    assert tables.replace(tmp_path, "pages", pages("x", "y")) == 2
    assert ids(tmp_path) == ["x", "y"]
    assert [part.name for part in tables.parts(tmp_path, "pages")] == [tables.FIRST]
    tables.append(tmp_path, "pages", pages("z"))
    assert tables.replace(tmp_path, "pages", pages()) == 0
    assert ids(tmp_path) == []


def test_a_replacement_that_was_cut_short_is_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables.create(tmp_path)
    for id in "abc":
        tables.append(tmp_path, "pages", pages(id))
    monkeypatch.setattr(tables, "_remove_replaced", lambda *_: None)
    tables.replace(tmp_path, "pages", pages("x"))
    monkeypatch.undo()
    tables.append(tmp_path, "pages", pages("later"))
    assert len(ids(tmp_path)) == 5
    tables.demand(tmp_path)
    assert ids(tmp_path) == ["later", "x"]


def test_what_fails_while_being_written_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables.create(tmp_path)
    before = sorted(tmp_path.rglob("*"))

    def full(table: pa.Table, sink: Any, **options: object) -> None:
        sink.write(b"PAR1 some of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tables.pq, "write_table", full)
    with pytest.raises(UserError, match="No space left on device; free some space or choose another"):
        tables.append(tmp_path, "pages", pages("a"))
    assert sorted(tmp_path.rglob("*")) == before


@settings(max_examples=20)
@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=6), max_size=6))
def test_appending_new_rows_keeps_each_key_once(
    tmp_path_factory: pytest.TempPathFactory, runs: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("new")
    tables.create(folder)
    seen: list[str] = []
    for run in runs:
        added = list(tables.append_new(folder, "pages", [pages(*run)]))
        fresh = set(run) - set(seen)
        seen += sorted(fresh)
        assert added == [(len(fresh), len(run) - len(fresh))]
    assert ids(folder) == sorted(seen)


def append_many(folder: Path, first: int) -> None:
    batches = [pages(*(f"p{n:03}" for n in range(start, start + 10))) for start in range(first, first + 100, 10)]
    for _ in tables.append_new(folder, "pages", batches):
        pass


def test_processes_that_append_the_same_rows_at_once_double_none(tmp_path: Path) -> None:
    tables.create(tmp_path)
    both = [SPAWN.Process(target=append_many, args=(tmp_path, first)) for first in (0, 50, 0)]
    for one in both:
        one.start()
    for one in both:
        one.join(100)
    assert [one.exitcode for one in both] == [0, 0, 0]
    assert ids(tmp_path) == [f"p{n:03}" for n in range(150)]


def make(folder: Path) -> None:
    tables.create(folder)
    tables.append(folder, "pages", pages(str(os.getpid())))


def test_processes_that_make_a_corpus_at_once_lose_nothing(tmp_path: Path) -> None:
    both = [SPAWN.Process(target=make, args=(tmp_path / "new",)) for _ in range(3)]
    for one in both:
        one.start()
    for one in both:
        one.join(100)
    assert ids(tmp_path / "new") == sorted(str(one.pid) for one in both)


def test_a_lock_is_free_again_when_its_holder_is_gone(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), tables.locked(tmp_path, "one"):
        raise ZeroDivisionError
    with tables.locked(tmp_path, "one"), tables.locked(tmp_path, "other"):
        pass


ids_of = st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=8), min_size=1, max_size=3)


@given(ids_of, ids_of)
def test_short_ids_are_short_and_tell_apart(one: list[str], other: list[str]) -> None:
    for parts in (one, other):
        assert len(tables.short_id(*parts)) == 12
        assert set(tables.short_id(*parts)) <= set("abcdefghijklmnopqrstuvwxyz234567")
    assert (tables.short_id(*one) == tables.short_id(*other)) == ("\n".join(one) == "\n".join(other))


def test_short_ids_do_not_collide_in_a_large_corpus() -> None:
    assert max(Counter(tables.short_id(f"https://example.org/{n}") for n in range(100_000)).values()) == 1


def test_a_lone_surrogate_has_an_id() -> None:
    assert tables.short_id("a\ud800") != tables.short_id("a")


def test_a_newer_version_and_a_damaged_part_are_told_before_anything_is_done(tmp_path: Path) -> None:
    tables.create(tmp_path / "c")
    broken = tmp_path / "c" / "articles" / "part-x.parquet"
    broken.write_bytes(b"PAR1 copied in part")
    with pytest.raises(UserError, match=r"part-x\.parquet is damaged; move it out of the folder"):
        tables.demand(tmp_path / "c")
    broken.write_bytes(b"")
    with pytest.raises(UserError, match="is damaged"):
        tables.demand(tmp_path / "c")
    broken.unlink()
    tables.demand(tmp_path / "c")
    first = tmp_path / "c" / "clusters" / tables.FIRST
    pq.write_table(pq.read_table(first).replace_schema_metadata({"wirecopy.schema": "99"}), first)
    with pytest.raises(UserError, match="table version 99"):
        tables.demand(tmp_path / "c")
