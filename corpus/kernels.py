"""Compiled kernels: words, MinHash and band buckets of whole batches. Arrays in, arrays out, no Python objects.

May import: numpy, numba, corpus.lanes. Everything is compiled once and cached: beside the package, or where that folder
is read-only in the user's own cache folder.

Texts come as UTF-8 bytes laid end to end: text t is data[ends[t]:ends[t + 1]], words separated by single spaces.
numba widens uint32 arithmetic to 64 bits; each np.uint32(...) below takes it back, so that LLVM can put as many numbers
in one register as go in.
"""

import importlib
from functools import cache
from typing import Any, TypeVar

import numba
import numpy as np
from numba.np import linalg

from corpus.lanes import BLOCK, lowest, spaces

F = TypeVar("F")


def _leave_linear_algebra() -> None:
    """Let numba load without looking for SciPy's BLAS, which it does at once and no kernel needs: 0.2 s a process.

    Who compiles a function that does need it has it looked for then.
    """
    look = linalg.ensure_blas
    linalg.ensure_blas = lambda: None
    importlib.import_module("numba.np.arraymath")
    linalg.ensure_blas = look


_leave_linear_algebra()


def jit(function: F) -> F:
    """Compile with numba at the first call; keep the machine code on disk where any cache folder can be written."""
    compiled: F
    try:
        compiled = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # neither the package's folder nor the user's cache folder takes a file
        compiled = numba.njit(nogil=True)(function)
    return compiled


Array = np.ndarray[Any, Any]
NO_SHINGLE = np.uint32(0xFFFFFFFF)
WIDE = 64
"""Numbers that LLVM takes up at once in four of the widest registers; what is left over goes one by one."""
BIN_BITS = 18
BINS = 1 << BIN_BITS
"""Rarity is learned for hashed features: this many bins a language and feature class."""


@jit
def word_starts(data: Array, start: int, stop: int) -> Array:
    """Return where each word of data[start:stop] begins, and past the last one stop + 1."""
    starts = np.empty(stop - start + 2, np.int64)
    starts[0], k, at = start, np.uint64(stop > start), start
    while at + BLOCK <= stop:
        bits = spaces(data, at)
        while bits:
            starts[k] = at + lowest(bits) + 1
            k += np.uint64(1)
            bits &= bits - np.uint64(1)
        at += BLOCK
    for i in range(at, stop):  # no branch, since words end where they like: what is no beginning is written over
        starts[k] = i + 1
        k += np.uint64(data[np.uint64(i)] == 32)
    starts[k] = stop + 1
    return starts[: k + np.uint64(1)]


@jit
def word_counts(data: Array, ends: Array) -> Array:
    """Return how many words each text has (int32)."""
    counts = np.zeros(len(ends) - 1, np.int32)
    for t in range(len(ends) - 1):
        counts[t] = ends[t + 1] > ends[t]
        for byte in data[ends[t] : ends[t + 1]]:
            counts[t] += byte == 32
    return counts


@jit
def shingle_places(data: Array, ends: Array, size: int) -> tuple[Array, Array, Array]:
    """Return where each run of `size` words begins and ends, repeats included, and each text's last one's number + 1.

    A text with fewer words than `size`, but at least one, is one run.
    """
    words = len(ends) - 1
    for byte in data:
        words += byte == 32
    starts, stops = np.empty(words, np.int64), np.empty(words, np.int64)
    counts = np.zeros(len(ends), np.int64)
    n = 0
    for t in range(len(ends) - 1):
        if ends[t + 1] > ends[t]:
            begins = word_starts(data, ends[t], ends[t + 1])
            count = max(1, len(begins) - size)
            for i in range(count):
                starts[n], stops[n] = begins[i], begins[min(len(begins) - 1, i + size)] - 1
                n += 1
        counts[t + 1] = n
    return starts[:n], stops[:n], counts


@cache
def permutations(count: int, seed: int) -> tuple[Array, Array]:
    """Return the multipliers (odd) and addends, uint32, that datasketch 2.0 draws for this count and seed."""
    draw = np.random.RandomState(seed)
    a = draw.randint(0, 1 << 31, count, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return a, draw.randint(0, 1 << 32, count, dtype=np.uint32)


@jit
def minhash(hashes: Array, a: Array, b: Array) -> Array:
    """Return the MinHash values (uint32) of a set of 32-bit hashes: min over (a * fmix32(h) + b) mod 2^32.

    Source: Broder 1997; the permutations are datasketch 2.0's scheme "affine32", bit for bit.
    """
    mixed = np.empty((len(hashes) + WIDE - 1) // WIDE * WIDE, np.uint32)
    for i in range(len(hashes)):
        x = np.uint32(hashes[i])
        x = np.uint32(x ^ (x >> np.uint32(16)))
        x = np.uint32(x * np.uint32(0x85EBCA6B))
        x = np.uint32(x ^ (x >> np.uint32(13)))
        x = np.uint32(x * np.uint32(0xC2B2AE35))
        mixed[i] = np.uint32(x ^ (x >> np.uint32(16)))
    mixed[len(hashes) :] = mixed[0] if len(hashes) else np.uint32(0)  # once more: no minimum changes
    values = np.empty(len(a), np.uint32)
    for p in range(len(a)):
        least, times, plus = NO_SHINGLE, a[p], b[p]
        for x in mixed:
            least = min(least, np.uint32(times * x + plus))
        values[p] = least
    return values


@jit
def mix(x: Any) -> Any:
    """Return a well-mixed 64-bit value (the finaliser of SplitMix64, Steele et al. 2014)."""
    x = np.uint64(x)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@jit
def root_of(parent: Array, i: int) -> int:
    """Return the root of i in a union-find forest, and halve the path to it (Tarjan and van Leeuwen 1984)."""
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@jit
def place_of(key: Any, distinct: Array, table: Array) -> Any:
    """Return where a hash's number is in the table of `numbered`, or would be."""
    place = key & np.uint64(len(table) - 1)
    while table[place] >= 0 and distinct[table[place]] != key:
        place = (place + np.uint64(1)) & np.uint64(len(table) - 1)
    return place


@jit
def band_buckets(values: Array, bands: int) -> Array:
    """Return one 64-bit bucket a band (int64): equal where all of the band's MinHash values are."""
    rows = len(values) // bands
    buckets = np.empty(bands, np.int64)
    for band in range(bands):
        h = np.uint64(band + 1)
        for r in range(rows):
            h = mix(h ^ np.uint64(values[band * rows + r])) + np.uint64(0x9E3779B97F4A7C15)
        buckets[band] = np.int64(mix(h))
    return buckets


@jit
def bucket_rows(hashes: Array, counts: Array, a: Array, b: Array, bands: int) -> Array:
    """Return the band buckets of each text's hashes: int64, one row a text. A text without any gets a row of zeros."""
    out = np.zeros((len(counts) - 1, bands), np.int64)
    for t in range(len(counts) - 1):
        if counts[t + 1] > counts[t]:
            buckets = band_buckets(minhash(hashes[counts[t] : counts[t + 1]], a, b), bands)
            for band in range(bands):
                out[t, band] = buckets[band]
    return out


@jit
def numbered(hashes: Array) -> tuple[Array, Array, Array]:
    """Number 64-bit hashes (uint64) from 0 in the order in which each first comes.

    Return the distinct ones in that order, the place of each in a table that is at most half full (see `place_of`), and
    each hash's number. Method: open addressing with linear probing, as in Knuth 1973, 6.4.
    """
    size = 2
    while size < 2 * len(hashes):
        size *= 2
    table, distinct, numbers = np.full(size, -1, np.int32), np.empty_like(hashes), np.empty(len(hashes), np.int64)
    count = 0
    for i in range(len(hashes)):
        place = place_of(hashes[i], distinct, table)
        if table[place] < 0:
            table[place], distinct[count] = count, hashes[i]
            count += 1
        numbers[i] = table[place]
    return distinct[:count], table, numbers


@jit
def numbers_of(hashes: Array, distinct: Array, table: Array) -> Array:
    """Return the number (int64) that `numbered` gave each hash, -1 where it has none."""
    numbers = np.empty(len(hashes), np.int64)
    for i in range(len(hashes)):
        numbers[i] = table[place_of(hashes[i], distinct, table)]
    return numbers
