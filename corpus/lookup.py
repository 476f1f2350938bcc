"""Rows of a table by their key, kept in a scratch file: a stage takes those it needs, however large the table is.

May import: numpy, pyarrow.
"""

import mmap
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import numpy as np
import pyarrow as pa


class Lookup:
    """The rows of `batches` by the values of their column `key`: ASCII and distinct. The caller removes the file."""

    def __init__(self, file: Path, batches: Iterable[pa.RecordBatch], schema: pa.Schema, key: str) -> None:
        """Write the batches to the file, as Arrow lays them out in memory."""
        keys = [np.empty(0, "S1")]
        with pa.OSFile(str(file), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
            for batch in batches:
                writer.write_batch(batch)
                keys.append(batch.column(key).to_numpy(zero_copy_only=False).astype("S"))
        with file.open("rb") as written:
            self._map = mmap.mmap(written.fileno(), 0, access=mmap.ACCESS_READ)
        reader = pa.ipc.open_file(pa.py_buffer(self._map))
        self._batches = [reader.get_batch(i) for i in range(reader.num_record_batches)]
        self._begins = np.cumsum([0, *(batch.num_rows for batch in self._batches)])
        keys_of_all = np.concatenate(keys)
        self._order = np.argsort(keys_of_all)
        self._keys = keys_of_all[self._order]
        self._schema = schema

    def take(self, keys: pa.Array) -> pa.RecordBatch:
        """Return the rows of these distinct keys, in the file's order. Raises KeyError where one has none."""
        wanted = keys.to_numpy(zero_copy_only=False).astype("S")
        at = np.searchsorted(self._keys, wanted)
        if (at == len(self._keys)).any() or (self._keys[at] != wanted).any():
            raise KeyError("a key of none of the rows")
        rows = np.sort(self._order[at])
        batches = np.searchsorted(self._begins, rows, "right") - 1
        within = zip(batches.tolist(), (rows - self._begins[batches]).tolist(), strict=True)
        found = [
            self._batches[i].take(pa.array([row for _, row in of])) for i, of in groupby(within, lambda place: place[0])
        ]
        taken = pa.Table.from_batches(found, self._schema).combine_chunks()
        # What was read counts as this process's memory, some 64 KB for each value; the system's cache keeps it anyway.
        self._map.madvise(mmap.MADV_DONTNEED)
        return next(iter(taken.to_batches()), pa.RecordBatch.from_pylist([], self._schema))
