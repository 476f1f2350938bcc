"""Rows by their key from a scratch file, held against the same rows in memory."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.lookup import Lookup

SCHEMA = pa.schema([("key", pa.string()), ("text", pa.string()), ("numbers", pa.list_(pa.int32()))])
KEYS = st.lists(st.text("abc123", min_size=1, max_size=13), unique=True, min_size=1, max_size=40)


def batches(keys: list[str], size: int) -> list[pa.RecordBatch]:
    rows = [{"key": key, "text": f"ไทย {key} 中文", "numbers": list(range(len(key)))} for key in keys]
    return pa.Table.from_pylist(rows, SCHEMA).to_batches(max_chunksize=size)


@given(KEYS, st.integers(1, 9), st.data())
def test_rows_are_found_by_their_keys_in_the_order_of_the_file(keys: list[str], size: int, data: st.DataObject) -> None:
    wanted = data.draw(st.lists(st.sampled_from(keys), unique=True))
    with TemporaryDirectory() as folder:
        found = Lookup(Path(folder) / "rows", batches(keys, size), SCHEMA, "key").take(pa.array(wanted, pa.string()))
    expected = [row for batch in batches(keys, size) for row in batch.to_pylist() if row["key"] in wanted]
    assert found.to_pylist() == expected


@pytest.mark.parametrize("stranger", ["zzz", "", "a-long-key-that-begins-as-another"])
def test_a_key_that_no_row_has_is_an_error(tmp_path: Path, stranger: str) -> None:
    rows = Lookup(tmp_path / "rows", batches(["a", "b"], 1), SCHEMA, "key")
    with pytest.raises(KeyError):
        rows.take(pa.array(["a", stranger]))


def test_what_was_taken_is_taken_again(tmp_path: Path) -> None:
    rows = Lookup(tmp_path / "rows", batches(["a", "b", "c"], 2), SCHEMA, "key")
    first = rows.take(pa.array(["c", "a"]))
    assert rows.take(pa.array(["a", "c"])).equals(first)


def test_no_rows_at_all(tmp_path: Path) -> None:
    rows = Lookup(tmp_path / "rows", [], SCHEMA, "key")
    assert rows.take(pa.array([], pa.string())).to_pylist() == []
