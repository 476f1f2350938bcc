"""The compiled kernels against hashlib and datasketch, and their cache on disk."""

import hashlib
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import llvmlite.binding
import numba
import numpy as np
import plain_sign
import pytest
from datasketch import MinHash
from datasketch.hashfunc import sha1_hash32
from hypothesis import given
from hypothesis import strategies as st
from many_texts import texts

from corpus import kernels, sha1
from corpus.kernels import Array

ROOT = Path(__file__).parents[1]
A, B = kernels.permutations(128, 1)


def laid(messages: list[bytes]) -> tuple[Array, Array]:
    ends = np.cumsum([0, *map(len, messages)], dtype=np.int64)
    return np.frombuffer(bytearray(b"".join(messages)), np.uint8), ends


def heads(messages: list[bytes]) -> list[int]:
    data, ends = laid(messages)
    return sha1.sha1_heads(data, ends[:-1], ends[1:]).tolist()


def buckets(texts: list[bytes]) -> Array:
    hashes, counts = sha1.shingle_hashes(*laid(texts), 5)
    return kernels.bucket_rows(hashes, counts, A, B, 32)


@given(st.lists(st.binary(max_size=200), max_size=80))
def test_sha1_of_many_messages_at_once(messages: list[bytes]) -> None:
    assert heads(messages) == [sha1_hash32(message) for message in messages]


def test_sha1_at_every_length_around_the_blocks() -> None:
    messages = [bytes(range(256))[:length] for length in range(256)] + [b"x" * 100_001, b"", b"y" * 64]
    assert heads(messages) == [int.from_bytes(hashlib.sha1(m).digest()[:4], "little") for m in messages]


@given(st.binary(max_size=150), st.integers(0, 20))
def test_sha1_of_parts(data: bytes, start: int) -> None:
    start = min(start, len(data))
    found = sha1.sha1_heads(laid([data])[0], np.array([start, 0]), np.array([len(data), start]))
    assert found.tolist() == [sha1_hash32(data[start:]), sha1_hash32(data[:start])]


@given(st.lists(texts, max_size=5), st.integers(1, 8))
def test_shingle_hashes_are_datasketchs_hashes_of_the_shingles(bodies: list[str], size: int) -> None:
    data, ends = laid([" ".join(plain_sign.words(body)).encode() for body in bodies])
    hashes, counts = sha1.shingle_hashes(data, ends, size)
    assert counts.tolist()[0] == 0 and len(hashes) == counts[-1]
    for t, body in enumerate(bodies):
        expected = [sha1_hash32(shingle) for shingle in plain_sign.shingles(body, size)]
        assert hashes[counts[t] : counts[t + 1]].tolist() == expected


@given(st.lists(texts, max_size=5))
def test_word_starts_and_counts(bodies: list[str]) -> None:
    tokens = [[word.encode() for word in plain_sign.words(body)] for body in bodies]
    data, ends = laid([b" ".join(one) for one in tokens])
    assert kernels.word_counts(data, ends).tolist() == [len(one) for one in tokens]
    for t, one in enumerate(tokens):
        starts = kernels.word_starts(data, ends[t], ends[t + 1]).tolist()
        found = [data[i : j - 1].tobytes() for i, j in pairwise(starts)]
        assert found == one and starts[-1] == ends[t + 1] + 1


def test_word_starts_at_every_length_around_the_blocks() -> None:
    for size in range(1, 7):
        whole = b" ".join([b"wxyz \xc3"[:size].replace(b" ", b"-")] * 60)
        for stop in range(len(whole) + 1):
            starts = kernels.word_starts(laid([whole])[0], min(stop, 3), stop).tolist()
            spaces = [i + 1 for i in range(min(stop, 3), stop) if whole[i] == 32]
            assert starts == ([min(stop, 3)] if stop > 3 else []) + spaces + [stop + 1]


@given(st.sets(st.binary(max_size=60), max_size=50), st.integers(1, 2**31), st.sampled_from([16, 128, 256]))
def test_minhash_is_datasketchs(shingles: set[bytes], seed: int, count: int) -> None:
    theirs = MinHash(num_perm=count, seed=seed)
    theirs.update_batch(list(shingles))
    hashes = np.array([sha1_hash32(shingle) for shingle in shingles], np.uint32)
    ours = kernels.minhash(hashes, *kernels.permutations(count, seed))
    assert ours.tolist() == theirs.hashvalues.tolist()


@given(st.lists(st.integers(0, 2**32 - 1), min_size=128, max_size=128), st.integers(0, 127))
def test_a_bucket_changes_with_any_of_its_bands_values(values: list[int], changed: int) -> None:
    one, other = np.array(values, np.uint32), np.array(values, np.uint32)
    other[changed] ^= np.uint32(1)
    differs = kernels.band_buckets(one, 32) != kernels.band_buckets(other, 32)
    assert differs.nonzero()[0].tolist() == [changed // 4]


def test_equal_bands_at_different_places_are_different_buckets() -> None:
    buckets = kernels.band_buckets(np.full(128, 7, np.uint32), 32)
    assert len(set(buckets.tolist())) == 32


def test_texts_are_signed_one_by_one_whatever_their_neighbours() -> None:
    bodies = [b"a b c d e f g", b"", b"a", b"a b c d e f g", "привет ".encode() * 40 + b"x"]
    together = buckets(bodies)
    alone = [buckets([body])[0] for body in bodies]
    assert (together == np.array(alone)).all()
    assert not together[1].any() and (together[0] == together[3]).all() and (together[0] != together[2]).all()


def test_no_texts_give_no_rows() -> None:
    assert buckets([]).shape == (0, 32)


def test_kernels_compile_without_a_cache_where_no_folder_takes_one(monkeypatch: pytest.MonkeyPatch) -> None:
    real = numba.njit

    def refuses(**options: object) -> object:
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return real(**options)

    monkeypatch.setattr(numba, "njit", refuses)
    assert kernels.jit(lambda x: x + 1)(2) == 3


COMPILES = """
import sys
from numba.core import event
class Listener(event.Listener):
    names = []
    def on_start(self, e): self.names.append(e.data["dispatcher"].py_func.__name__)
    def on_end(self, e): pass
import numpy as np
from corpus import kernels, sha1, sign
with event.install_listener("numba:compile", Listener()):
    {call}
print(sum(values), *Listener.names)
"""
SMALL = COMPILES.format(
    call="values = kernels.minhash(np.arange(9, dtype=np.uint32), *kernels.permutations(16, 1)).tolist()"
)


def start(code: str, cache: Path | None = None) -> "subprocess.Popen[str]":
    more = {"NUMBA_CACHE_DIR": str(cache)} if cache else {}
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, **more}, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.slow
def test_two_processes_may_fill_the_cache_at_once(tmp_path: Path) -> None:
    first = [start(SMALL, tmp_path) for _ in range(2)]
    printed = [process.communicate()[0].split() for process in first]
    assert all(process.returncode == 0 for process in first)
    after = start(SMALL, tmp_path).communicate()[0].split()
    assert after == printed[0][:1] == printed[1][:1], "the third process compiles again"


OLDER = """
import hashlib
import numpy as np
from corpus import characters, sha1
messages = [bytes(range(256))[:length] for length in range(256)] + [b"x" * 100_001, b"", b"y" * 64]
data = np.frombuffer(b"".join(messages) + bytes(64), np.uint8)
ends = np.cumsum([0, *map(len, messages)])
expected = [int.from_bytes(hashlib.sha1(one).digest()[:4], "little") for one in messages]
assert sha1.sha1_heads(data, ends[:-1], ends[1:]).tolist() == expected
body = "The Minister, aged 61, said:  no comment - " * 9
spelt, _ = characters.NORMAL.respell(*characters.code_points([body]))
assert bytes(spelt).decode() == " ".join("the minister aged 61 said no comment".split() * 9)
"""


@pytest.mark.slow
@pytest.mark.parametrize("processor", ["haswell", "x86-64"])
def test_processors_of_narrower_vectors_find_the_same(processor: str, tmp_path: Path) -> None:
    """Sixteen lanes go through SHA-1 in one vector, in two, or in four."""
    if "avx2" not in str(llvmlite.binding.get_host_cpu_features().flatten()):
        pytest.skip("this machine has no wide vectors")
    told = {"NUMBA_CPU_NAME": processor, "NUMBA_CPU_FEATURES": "", "NUMBA_CACHE_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", OLDER], cwd=ROOT, env={**os.environ, **told}, check=True)


hashes = st.one_of(st.integers(0, 2**64 - 1), st.integers(0, 9).map(lambda n: n << 40), st.just(2**64 - 1))


@given(st.lists(hashes), st.lists(hashes))
def test_hashes_are_numbered_as_a_dictionary_does_it(known: list[int], asked: list[int]) -> None:
    """Many of them fall on one place of the table: their low bits are zeros."""
    numbers = {key: n for n, key in enumerate(dict.fromkeys(known))}
    distinct, table, found = kernels.numbered(np.array(known, np.uint64))
    assert distinct.tolist() == list(numbers)
    assert found.tolist() == [numbers[key] for key in known]
    again = kernels.numbers_of(np.array(asked + known, np.uint64), distinct, table)
    assert again.tolist() == [numbers.get(key, -1) for key in asked + known]


@pytest.mark.slow
def test_a_fresh_process_loads_what_another_compiled() -> None:
    call = "values = sign.bands(['a b c d e f'], sign.Settings()).ravel().tolist()"
    first, second = (start(COMPILES.format(call=call)).communicate()[0].split() for _ in range(2))
    assert second == first[:1], "it compiles again"


@pytest.mark.slow
def test_after_warming_up_nothing_is_compiled_or_loaded_any_more() -> None:
    code = """
from corpus import sign
sign.warm_up()
import pyarrow as pa
texts = ["«وبالعراق» ١٬٥٠٠", "「日本」 5", "new york"]
news = {"text_id": ["a", "b", "c"], "language": ["ar", "ja", None], "text": texts}
""" + COMPILES.format(call="values = sign.sign_batch(pa.RecordBatch.from_pydict(news), sign.Settings())[2].to_pylist()")
    words, *compiled = start(code).communicate()[0].split()
    assert int(words) == 3 + 3 + 2 and compiled == []
