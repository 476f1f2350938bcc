"""Stage sign: a text becomes a signature: normal form, romanised words, names, MinHash band buckets.

The only module that imports datasketch (and only to hand a MinHash over). May import also: numpy, pyarrow,
corpus.text, corpus.anchors, corpus.characters, corpus.scanning, corpus.sha1, corpus.kernels, corpus.tables,
corpus.settings.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus import anchors, characters, kernels, scanning, sha1, tables, text
from corpus.kernels import Array
from corpus.settings import Settings

if TYPE_CHECKING:
    from datasketch import MinHash

CHARACTERS_AT_ONCE = 4_000_000
"""Texts are signed in portions of about this size, which bounds the memory whatever the batch holds."""
_WIDE_MARKS = "｢｣＂﹁﹂"
"""Quotation marks of other widths, which NFKC would turn into marks that the text as it stands does not have."""


def sign_batch(rows: pa.RecordBatch, settings: Settings, context: pa.Table | None = None) -> pa.RecordBatch:
    """Return one `signatures` row for each row (text_id, language, text), in order."""
    schema = tables.SCHEMAS["signatures"]
    signed = [_signed(portion, settings) for portion in _portions(rows)]
    table = pa.Table.from_batches([batch.select(schema.names).cast(schema) for batch in signed], schema)
    return next(iter(table.combine_chunks().to_batches()), tables.rows_of("signatures", []))


def warm_up() -> None:
    """Load every kernel that signing needs, and compile the first time: before workers start and clocks run."""
    bodies = ['On 3 May “five words in Iran”, "they said".', "ไทย"]
    rows = {"text_id": ["a", "b"], "language": ["en", "th"], "text": bodies}
    sign_batch(pa.RecordBatch.from_pydict(rows), Settings())


def _portions(rows: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Cut the rows into runs whose texts together have no more than CHARACTERS_AT_ONCE bytes, or one row."""
    sizes = pc.binary_length(rows.column("text")).fill_null(0).to_numpy(zero_copy_only=False)
    start = held = 0
    for row, size in enumerate(sizes.tolist()):
        if row > start and held + size > CHARACTERS_AT_ONCE:
            yield rows.slice(start, row - start)
            start, held = row, 0
        held += size
    yield rows.slice(start)


def _signed(rows: pa.RecordBatch, settings: Settings) -> pa.RecordBatch:
    bodies = [body or "" for body in rows.column("text").to_pylist()]
    plain = [text.nfkc(body) for body in bodies]
    codes, ends = characters.code_points(plain)
    normal, normal_ends = characters.NORMAL.respell(codes, ends)
    romanised, romanised_ends = anchors.ROMANISED.respell(codes, ends)
    each = [codes[start:stop] for start, stop in pairwise(ends.tolist())]
    found = [anchors.found(*one) for one in zip(plain, rows.column("language").to_pylist(), each, strict=True)]
    quoted = [quoted_words(*one) for one in zip(bodies, plain, each, strict=True)]
    return pa.RecordBatch.from_pydict(
        {
            "text_id": rows.column("text_id"),
            "language": rows.column("language"),
            "words": kernels.word_counts(normal, normal_ends),
            "normal": _strings(normal, normal_ends),
            "romanised": _strings(romanised, romanised_ends),
            "quoted": _lists([words for spans in quoted for words in spans], np.int32, quoted),
            "names": _lists([anchors.name_key(name) for hits in found for name, _ in hits], np.int64, found),
            "at": _lists(_places(found, np.diff(ends), np.diff(romanised_ends)), np.int32, found),
            "bands": _rows(_bands(normal, normal_ends, settings)),
        }
    )


def _places(found: list[list[tuple[str, int]]], lengths: Array, romanised_lengths: Array) -> Array:
    """Return where the names stand in the romanised texts, by their share of the way through the text."""
    counts = [len(hits) for hits in found]
    at: Array = np.array([at for hits in found for _, at in hits], np.float64)
    at /= np.repeat(lengths, counts)  # one after the other: what rounds decides which character it is
    at *= np.repeat(romanised_lengths, counts)
    return at


def _strings(data: Array, ends: Array) -> pa.StringArray:
    return pa.StringArray.from_buffers(len(ends) - 1, pa.py_buffer(ends.astype(np.int32)), pa.py_buffer(data))


def _lists(
    values: list[int] | Array, kind: type[np.generic], rows: list[list[int]] | list[list[tuple[str, int]]]
) -> pa.ListArray:
    """Return an Arrow list a row, as long as the row's own list, from the values of all."""
    ends = np.cumsum([0, *map(len, rows)], dtype=np.int32)
    return pa.ListArray.from_arrays(ends, pa.array(np.asarray(values).astype(kind)))


def _rows(values: Array) -> pa.ListArray:
    return pa.ListArray.from_arrays(
        np.arange(len(values) + 1, dtype=np.int32) * values.shape[1], pa.array(values.ravel())
    )


def quoted_words(body: str, plain: str | None = None, codes: Array | None = None) -> list[int]:
    """Return the first and the past-last word (numbers in the normal form) of each quotation, in turn.

    `plain` is the body in NFKC and `codes` are its code points, where they are known.
    """
    if plain is None or codes is None or any(mark in body for mark in _WIDE_MARKS):
        plain = text.nfkc(body.translate(dict.fromkeys(map(ord, _WIDE_MARKS), "(")))
        codes, _ = characters.code_points([plain])
    raw = codes if plain == body else characters.code_points([body])[0]
    marks = scanning.quotations(raw)
    return characters.NORMAL.words_before_marks(codes)[marks].tolist() if len(marks) else []


def bands(normal: list[str], settings: Settings) -> Array:
    """Return the band buckets of texts in normal form: int64, one row a text, zeros for a text without words."""
    return _bands(*laid_out(normal), settings)


def _bands(data: Array, ends: Array, settings: Settings) -> Array:
    a, b = kernels.permutations(settings.permutations, settings.seed)
    hashes, counts = sha1.shingle_hashes(data, ends, settings.shingle_words)
    return kernels.bucket_rows(hashes, counts, a, b, settings.bands)


def laid_out(texts: list[str]) -> tuple[Array, Array]:
    """Return the texts' UTF-8 bytes end to end (uint8) and where each begins and the last ends (int64)."""
    encoded = [one.encode("utf-8", "surrogatepass") for one in texts]
    ends = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum([len(one) for one in encoded], out=ends[1:])
    return np.frombuffer(bytearray(b"".join(encoded)), np.uint8), ends


def minhash(body: str, settings: Settings | None = None) -> "MinHash":
    """Return the text's signature as a datasketch.MinHash, ready for datasketch's MinHashLSH."""
    from datasketch import MinHash

    settings = settings or Settings()
    data, ends = laid_out([text.normalise(body)])
    hashes, _ = sha1.shingle_hashes(data, ends, settings.shingle_words)
    a, b = kernels.permutations(settings.permutations, settings.seed)
    return MinHash(seed=settings.seed, hashvalues=kernels.minhash(hashes, a, b), scheme="affine32")
