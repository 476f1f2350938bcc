"""Whose id it is: two different articles that bear the same id must not pass for one.

Files often number their rows 1, 2, 3 …: the second file's article 1 is not the first's.
May import: pyarrow, corpus.columns, streams, tables and the standard library.
"""

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus import tables
from corpus.columns import Pages, Rows
from corpus.streams import Refusal

_WHOLE = ["id", "url", "text", "html"]


class Owners:
    """Knows which article bears an id, in the corpus and in the files read so far."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ids: dict[Path, pa.ChunkedArray] = {}
        self.seen: dict[str, bytes] = {}

    def screen(self, pages: Pages, rows: Rows) -> tuple[pa.RecordBatch, list[Refusal]]:
        """Return the rows whose ids are free or their own, and a refusal for those whose id another article bears."""
        self._load(pages.batch.column("id"))
        keep, odd = [], []
        for at, (name, mark) in enumerate(_marks(pages.batch)):
            if self.seen.setdefault(name, mark) == mark:
                keep.append(at)
            else:
                odd.append(name)
        if not odd:
            return pages.batch, []
        shown = ", ".join(odd[:5]) + (f" and {len(odd) - 5:,} more" if len(odd) > 5 else "")
        bears = "is the id of another article" if len(odd) == 1 else "are ids of other articles"
        sentence = f"{rows.file}: {shown} {bears}; give these rows other ids, or leave the id column out"
        return pages.batch.take(pa.array(keep, pa.int64())), [Refusal("id_taken", sentence, len(odd))]

    def _load(self, wanted: pa.Array) -> None:
        """Learn who bears the wanted ids in the corpus; their texts are read only where there is one."""
        for part in tables.parts(self.folder, "pages"):
            if part not in self.ids:
                self.ids[part] = tables.read(part, ["id"])["id"]
            if pc.any(pc.is_in(self.ids[part], value_set=wanted)).as_py():
                self._look(part, wanted)

    def _look(self, part: Path, wanted: pa.Array) -> None:
        with tables.opened(part) as file:
            for batch in pq.ParquetFile(file, pre_buffer=False).iter_batches(batch_size=2_000, columns=_WHOLE):
                for name, mark in _marks(batch.filter(pc.is_in(batch.column("id"), value_set=wanted))):
                    self.seen.setdefault(name, mark)


def _marks(batch: pa.RecordBatch) -> list[tuple[str, bytes]]:
    """Return each row's id, and a short digest of its URL or, without one, its body."""
    columns = [batch.column(name).to_pylist() for name in _WHOLE]
    return [
        (name, hashlib.sha256(url.encode() if url else html or (text or "").encode()).digest()[:8])
        for name, url, text, html in zip(*columns, strict=True)
    ]
