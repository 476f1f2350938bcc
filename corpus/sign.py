"""Stage sign: a text becomes a signature: normal form, romanised words, names, MinHash band buckets.

The only module that imports datasketch (and only to hand a MinHash over). May import also: numpy, pyarrow,
corpus.text, corpus.anchors, corpus.kernels, corpus.tables, corpus.settings.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import regex

from corpus import anchors, kernels, tables, text
from corpus.kernels import Array
from corpus.settings import Settings

if TYPE_CHECKING:
    from datasketch import MinHash

_QUOTATION = regex.compile(
    '“([^“”]{1,2000})”|„([^„“”]{1,2000})[“”]|«([^«»]{1,2000})»|「([^「」]{1,2000})」|"([^"\n]{1,2000})"'
)


def sign_batch(rows: pa.RecordBatch, settings: Settings, context: pa.Table | None = None) -> pa.RecordBatch:
    """Return one `signatures` row for each row (text_id, language, text), in order."""
    signed = [
        sign_text(*row)
        for row in zip(*(rows.column(c).to_pylist() for c in ("text_id", "language", "text")), strict=True)
    ]
    buckets = bands([row["normal"] for row in signed], settings)
    for row, of_row in zip(signed, buckets, strict=True):
        row["bands"] = of_row.tolist()
    return tables.rows_of("signatures", signed)


def sign_text(text_id: str, language: str | None, body: str) -> dict[str, Any]:
    """Return all of a text's `signatures` row but the bands."""
    normal = text.normalise(body)
    romanised = anchors.romanise(body)
    found = anchors.names_and_numbers(body, language)
    return {
        "text_id": text_id,
        "language": language,
        "words": normal.count(" ") + 1 if normal else 0,
        "normal": normal,
        "romanised": romanised,
        "quoted": quoted_words(body),
        "names": [anchors.key(name[0], name) for name, _ in found],
        "at": [int(place * len(romanised)) for _, place in found],
    }


def quoted_words(body: str) -> list[int]:
    """Return the first and the past-last word (numbers in the normal form) of each quotation, in turn."""
    spans: list[int] = []
    words = at = 0
    for hit in _QUOTATION.finditer(body):
        words += len(text.words(body[at : hit.start()]))
        inside = len(text.words(hit.group()))
        spans += [words, words + inside]
        words += inside
        at = hit.end()
    return spans


def bands(normal: list[str], settings: Settings) -> Array:
    """Return the band buckets of texts in normal form: int64, one row a text, zeros for a text without words."""
    data, ends = laid_out(normal)
    a, b = permutations(settings.permutations, settings.seed)
    return kernels.sign_texts(data, ends, settings.shingle_words, a, b, settings.bands)


def laid_out(texts: list[str]) -> tuple[Array, Array]:
    """Return the texts' UTF-8 bytes end to end (uint8) and where each begins and the last ends (int64)."""
    encoded = [one.encode("utf-8", "surrogatepass") for one in texts]
    ends = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum([len(one) for one in encoded], out=ends[1:])
    return np.frombuffer(b"".join(encoded), np.uint8), ends


@cache
def permutations(count: int, seed: int) -> tuple[Array, Array]:
    """Return the multipliers (odd) and addends, uint32, that datasketch 2.0 draws for this count and seed."""
    draw = np.random.RandomState(seed)
    a = draw.randint(0, 1 << 31, count, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return a, draw.randint(0, 1 << 32, count, dtype=np.uint32)


def minhash(body: str, settings: Settings | None = None) -> "MinHash":
    """Return the text's signature as a datasketch.MinHash, ready for datasketch's MinHashLSH."""
    from datasketch import MinHash

    settings = settings or Settings()
    data, ends = laid_out([text.normalise(body)])
    hashes = kernels.shingle_hashes(data, 0, ends[1], settings.shingle_words)
    a, b = permutations(settings.permutations, settings.seed)
    return MinHash(seed=settings.seed, hashvalues=kernels.minhash(hashes, a, b), scheme="affine32")
