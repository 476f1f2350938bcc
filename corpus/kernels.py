"""Compiled kernels: SHA-1, MinHash and band buckets of whole batches. Arrays in, arrays out, no Python objects.

May import: numpy and numba. Everything is compiled once and cached: beside the package, or where that folder is
read-only in the user's own cache folder.

Texts come as UTF-8 bytes laid end to end: text t is data[ends[t]:ends[t + 1]], words separated by single spaces.
numba widens uint32 arithmetic to 64 bits; each np.uint32(...) below takes it back, so that LLVM can put eight lanes
in one register.
"""

from typing import Any, TypeVar

import numba
import numpy as np

F = TypeVar("F")


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
BIN_BITS = 18
BINS = 1 << BIN_BITS
"""Rarity is learned for hashed features: this many bins a language and feature class."""

LANES = 32
"""So many shingles go through SHA-1 side by side."""


@jit
def _rotated(x: Any, n: int) -> Any:
    return np.uint32((x << np.uint32(n)) | (x >> np.uint32(32 - n)))


@jit
def _step(a: Any, e: Any, f: Any, k: Any, w: Any) -> Any:
    return np.uint32(np.uint32(_rotated(a, 5) + f) + np.uint32(np.uint32(e + k) + w))


@jit
def _choose(b: Any, c: Any, d: Any) -> Any:
    return np.uint32(d ^ np.uint32(b & np.uint32(c ^ d)))


@jit
def _parity(b: Any, c: Any, d: Any) -> Any:
    return np.uint32(b ^ c ^ d)


@jit
def _majority(b: Any, c: Any, d: Any) -> Any:
    return np.uint32(np.uint32(b & c) | np.uint32(d & np.uint32(b | c)))


# After five rounds each of the five variables is back under its own name: nothing has to be moved.


@jit
def _five_choose(a: Any, b: Any, c: Any, d: Any, e: Any, w: Array, at: int, k: Any) -> Any:
    e, b = _step(a, e, _choose(b, c, d), k, w[at]), _rotated(b, 30)
    d, a = _step(e, d, _choose(a, b, c), k, w[at + LANES]), _rotated(a, 30)
    c, e = _step(d, c, _choose(e, a, b), k, w[at + 2 * LANES]), _rotated(e, 30)
    b, d = _step(c, b, _choose(d, e, a), k, w[at + 3 * LANES]), _rotated(d, 30)
    a, c = _step(b, a, _choose(c, d, e), k, w[at + 4 * LANES]), _rotated(c, 30)
    return a, b, c, d, e


@jit
def _five_parity(a: Any, b: Any, c: Any, d: Any, e: Any, w: Array, at: int, k: Any) -> Any:
    e, b = _step(a, e, _parity(b, c, d), k, w[at]), _rotated(b, 30)
    d, a = _step(e, d, _parity(a, b, c), k, w[at + LANES]), _rotated(a, 30)
    c, e = _step(d, c, _parity(e, a, b), k, w[at + 2 * LANES]), _rotated(e, 30)
    b, d = _step(c, b, _parity(d, e, a), k, w[at + 3 * LANES]), _rotated(d, 30)
    a, c = _step(b, a, _parity(c, d, e), k, w[at + 4 * LANES]), _rotated(c, 30)
    return a, b, c, d, e


@jit
def _five_majority(a: Any, b: Any, c: Any, d: Any, e: Any, w: Array, at: int, k: Any) -> Any:
    e, b = _step(a, e, _majority(b, c, d), k, w[at]), _rotated(b, 30)
    d, a = _step(e, d, _majority(a, b, c), k, w[at + LANES]), _rotated(a, 30)
    c, e = _step(d, c, _majority(e, a, b), k, w[at + 2 * LANES]), _rotated(e, 30)
    b, d = _step(c, b, _majority(d, e, a), k, w[at + 3 * LANES]), _rotated(d, 30)
    a, c = _step(b, a, _majority(c, d, e), k, w[at + 4 * LANES]), _rotated(c, 30)
    return a, b, c, d, e


@jit
def _expand(w: Array) -> None:
    """Fill words 16 to 79 of each lane; word t of lane j is w[t * LANES + j]."""
    for t in range(16, 80):
        for j in range(LANES):
            x = w[(t - 3) * LANES + j] ^ w[(t - 8) * LANES + j] ^ w[(t - 14) * LANES + j] ^ w[(t - 16) * LANES + j]
            w[t * LANES + j] = _rotated(np.uint32(x), 1)


@jit
def _compress(w: Array, h: Array, live: Array) -> None:
    """Put one block of each lane through the 80 rounds and, where live is all ones, add the outcome to its state h."""
    _expand(w)
    k1, k2 = np.uint32(0x5A827999), np.uint32(0x6ED9EBA1)
    k3, k4 = np.uint32(0x8F1BBCDC), np.uint32(0xCA62C1D6)
    for j in range(LANES):  # straight-line code inside: LLVM makes vectors of the lanes
        a, b, c, d, e = h[j], h[LANES + j], h[2 * LANES + j], h[3 * LANES + j], h[4 * LANES + j]
        a, b, c, d, e = _five_choose(a, b, c, d, e, w, j, k1)
        a, b, c, d, e = _five_choose(a, b, c, d, e, w, j + 5 * LANES, k1)
        a, b, c, d, e = _five_choose(a, b, c, d, e, w, j + 10 * LANES, k1)
        a, b, c, d, e = _five_choose(a, b, c, d, e, w, j + 15 * LANES, k1)
        a, b, c, d, e = _five_parity(a, b, c, d, e, w, j + 20 * LANES, k2)
        a, b, c, d, e = _five_parity(a, b, c, d, e, w, j + 25 * LANES, k2)
        a, b, c, d, e = _five_parity(a, b, c, d, e, w, j + 30 * LANES, k2)
        a, b, c, d, e = _five_parity(a, b, c, d, e, w, j + 35 * LANES, k2)
        a, b, c, d, e = _five_majority(a, b, c, d, e, w, j + 40 * LANES, k3)
        a, b, c, d, e = _five_majority(a, b, c, d, e, w, j + 45 * LANES, k3)
        a, b, c, d, e = _five_majority(a, b, c, d, e, w, j + 50 * LANES, k3)
        a, b, c, d, e = _five_majority(a, b, c, d, e, w, j + 55 * LANES, k3)
        a, b, c, d, e = _five_parity(a, b, c, d, e, w, j + 60 * LANES, k4)
        a, b, c, d, e = _five_parity(a, b, c, d, e, w, j + 65 * LANES, k4)
        a, b, c, d, e = _five_parity(a, b, c, d, e, w, j + 70 * LANES, k4)
        a, b, c, d, e = _five_parity(a, b, c, d, e, w, j + 75 * LANES, k4)
        h[j] = np.uint32(h[j] + np.uint32(a & live[j]))
        h[LANES + j] = np.uint32(h[LANES + j] + np.uint32(b & live[j]))
        h[2 * LANES + j] = np.uint32(h[2 * LANES + j] + np.uint32(c & live[j]))
        h[3 * LANES + j] = np.uint32(h[3 * LANES + j] + np.uint32(d & live[j]))
        h[4 * LANES + j] = np.uint32(h[4 * LANES + j] + np.uint32(e & live[j]))


def _kept() -> Array:
    """Return, for -1 to 64 bytes of a message left in a block, which bits of its 16 words they fill."""
    kept = np.zeros((66, 64), np.uint8)
    for left in range(65):
        kept[left + 1, :left] = 0xFF
    return kept.view(">u4").astype(np.uint32).ravel()


_KEPT = _kept()


@jit
def _big_endian(data: Array) -> Array:
    """Return the four bytes from each place of data on as a big-endian word, and then zeros for two blocks."""
    words = np.zeros(len(data) + 128, np.uint32)
    for i in range(len(data) - 3):
        high = np.uint32((np.uint32(data[i]) << np.uint32(24)) | (np.uint32(data[i + 1]) << np.uint32(16)))
        words[i] = np.uint32(high | np.uint32(np.uint32(data[i + 2]) << np.uint32(8)) | np.uint32(data[i + 3]))
    for i in range(max(0, len(data) - 3), len(data)):
        for k in range(len(data) - i):
            words[i] = np.uint32(words[i] | np.uint32(np.uint32(data[i + k]) << np.uint32(24 - 8 * k)))
    return words


@jit
def _load(words: Array, start: int, stop: int, block: int, w: Array, lane: int) -> None:
    """Write one 64-byte block of a padded message (FIPS 180-4, 5.1.1) to a lane.

    No branch that lengths decide, since they cannot be foretold; unsigned places spare numba's check for negative ones.
    """
    at = start + 64 * block
    left = min(max(stop - at, -1), 64)
    row = np.uint64(16 * (left + 1))
    for i in range(16):
        k = np.uint64(i)
        w[k * np.uint64(LANES) + np.uint64(lane)] = words[np.uint64(at) + np.uint64(4) * k] & _KEPT[row + k]
    if 0 <= left < 64:  # a one bit after the message
        bit = np.uint32(np.uint32(0x80) << np.uint32(24 - 8 * (left & 3)))
        w[np.uint64((left >> 2) * LANES + lane)] |= bit
    if at + 64 >= stop + 9:
        w[14 * LANES + lane] = np.uint32((stop - start) >> 29)
        w[15 * LANES + lane] = np.uint32((stop - start) << 3)


@jit
def _blocks(length: int) -> int:
    return ((length + 8) >> 6) + 1


@jit
def _by_blocks(starts: Array, stops: Array) -> Array:
    """Return the messages' numbers, those of one block first, so that long ones do not hold up many short ones."""
    order = np.empty(len(starts), np.int64)
    first, last = 0, len(starts)
    for i in range(len(starts)):
        if _blocks(stops[i] - starts[i]) == 1:
            order[first] = i
            first += 1
        else:
            last -= 1
            order[last] = i
    return order


@jit
def _begin(h: Array) -> None:
    for j in range(LANES):
        h[j], h[LANES + j] = np.uint32(0x67452301), np.uint32(0xEFCDAB89)
        h[2 * LANES + j], h[3 * LANES + j] = np.uint32(0x98BADCFE), np.uint32(0x10325476)
        h[4 * LANES + j] = np.uint32(0xC3D2E1F0)


@jit
def sha1_heads(data: Array, starts: Array, stops: Array) -> Array:
    """Return the first four bytes of the SHA-1 of each data[starts[i]:stops[i]] as a little-endian uint32 (FIPS 180-4).

    Equal to datasketch's sha1_hash32, which is MinHash's default hash function.
    """
    words, order = _big_endian(data), _by_blocks(starts, stops)
    out = np.empty(len(starts), np.uint32)
    w, h, live = np.empty(80 * LANES, np.uint32), np.empty(5 * LANES, np.uint32), np.zeros(LANES, np.uint32)
    for first in range(0, len(starts), LANES):
        count, blocks = min(LANES, len(starts) - first), 1
        _begin(h)
        for j in range(count):
            blocks = max(blocks, _blocks(stops[order[first + j]] - starts[order[first + j]]))
        for block in range(blocks):
            for j in range(count):
                i = order[first + j]
                live[j] = np.uint32(0xFFFFFFFF) if block < _blocks(stops[i] - starts[i]) else np.uint32(0)
                if live[j]:
                    _load(words, starts[i], stops[i], block, w, j)
            _compress(w, h, live)
        for j in range(count):
            x = h[j]
            middle = ((x & np.uint32(0xFF00)) << np.uint32(8)) | ((x >> np.uint32(8)) & np.uint32(0xFF00))
            out[order[first + j]] = np.uint32((x << np.uint32(24)) | middle | (x >> np.uint32(24)))
    return out


def sha1_32(data: Array, start: int, stop: int) -> int:
    """Return the first four bytes of the SHA-1 of data[start:stop] as a little-endian number."""
    return int(sha1_heads(data[start:stop], np.zeros(1, np.int64), np.full(1, stop - start))[0])


@jit
def word_starts(data: Array, start: int, stop: int) -> Array:
    """Return where each word of data[start:stop] begins, and past the last one stop + 1."""
    text = data[start:stop]  # places in it are never negative, which spares numba's check
    count = 1 if len(text) else 0
    for byte in text:
        count += byte == 32
    starts = np.empty(count + 1, np.int64)
    starts[0] = start
    k = np.uint64(1)
    for i in range(len(text)):  # no branch, since words end where they like: what is no beginning is written over
        starts[k] = start + i + 1
        k += np.uint64(text[i] == 32)
    starts[count] = stop + 1
    return starts


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


def shingle_hashes(data: Array, ends: Array, size: int) -> tuple[Array, Array]:
    """Return sha1_32 of each run of `size` words of each text, and where each text's begin and the last one's end."""
    starts, stops, counts = shingle_places(data, ends, size)
    return sha1_heads(data, starts, stops), counts


@jit
def minhash(hashes: Array, a: Array, b: Array) -> Array:
    """Return the MinHash values (uint32) of a set of 32-bit hashes: min over (a * fmix32(h) + b) mod 2^32.

    Source: Broder 1997; the permutations are datasketch 2.0's scheme "affine32", bit for bit.
    """
    mixed = np.empty(len(hashes), np.uint32)
    for i in range(len(hashes)):
        x = np.uint32(hashes[i])
        x = np.uint32(x ^ (x >> np.uint32(16)))
        x = np.uint32(x * np.uint32(0x85EBCA6B))
        x = np.uint32(x ^ (x >> np.uint32(13)))
        x = np.uint32(x * np.uint32(0xC2B2AE35))
        mixed[i] = np.uint32(x ^ (x >> np.uint32(16)))
    values = np.empty(len(a), np.uint32)
    for p in range(len(a)):
        least, times, plus = NO_SHINGLE, a[p], b[p]
        for i in range(len(mixed)):
            least = min(least, np.uint32(times * mixed[i] + plus))
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


def sign_texts(data: Array, ends: Array, size: int, a: Array, b: Array, bands: int) -> Array:
    """Return the band buckets of every text: int64, one row a text. A text without words gets a row of zeros."""
    hashes, counts = shingle_hashes(data, ends, size)
    return bucket_rows(hashes, counts, a, b, bands)
