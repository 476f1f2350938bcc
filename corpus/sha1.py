"""SHA-1 of many short byte strings side by side, as datasketch's MinHash hashes shingles (FIPS 180-4).

May import: numpy, corpus.kernels, corpus.lanes. Each string has a lane of its own, and what happens to one lane happens
to all: LLVM makes vectors of them. numba widens uint32 arithmetic to 64 bits; each np.uint32(...) below takes it back,
so that sixteen lanes fill one register where the processor has that large ones.
"""

from typing import Any

import numpy as np

from corpus.kernels import Array, jit, shingle_places
from corpus.lanes import BLOCK, LANES, lay_side_by_side


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


# After five rounds each of the five variables is back under its own name: nothing has to be moved. `w` holds the next
# sixteen words of the message schedule, which stay in registers.


@jit
def _further(w: Any) -> Any:
    """Return the words that the schedule has five rounds later."""
    a = _rotated(np.uint32(w[13] ^ w[8] ^ w[2] ^ w[0]), 1)
    b = _rotated(np.uint32(w[14] ^ w[9] ^ w[3] ^ w[1]), 1)
    c = _rotated(np.uint32(w[15] ^ w[10] ^ w[4] ^ w[2]), 1)
    d = _rotated(np.uint32(a ^ w[11] ^ w[5] ^ w[3]), 1)
    e = _rotated(np.uint32(b ^ w[12] ^ w[6] ^ w[4]), 1)
    return (*w[5:], a, b, c, d, e)


@jit
def _five(mixed: Any, s: Any, w: Any, k: Any) -> Any:
    """Do five rounds with one of the three functions above; return the variables and the schedule after them."""
    a, b, c, d, e = s
    e, b = _step(a, e, mixed(b, c, d), k, w[0]), _rotated(b, 30)
    d, a = _step(e, d, mixed(a, b, c), k, w[1]), _rotated(a, 30)
    c, e = _step(d, c, mixed(e, a, b), k, w[2]), _rotated(e, 30)
    b, d = _step(c, b, mixed(d, e, a), k, w[3]), _rotated(d, 30)
    a, c = _step(b, a, mixed(c, d, e), k, w[4]), _rotated(c, 30)
    return (a, b, c, d, e), _further(w)


@jit
def _eight(w: Array, at: int) -> Any:
    """Return the words of eight rounds; `at` is the first one's place, that of its lane among the first LANES words."""
    first = w[at], w[at + LANES], w[at + 2 * LANES], w[at + 3 * LANES]
    return (*first, w[at + 4 * LANES], w[at + 5 * LANES], w[at + 6 * LANES], w[at + 7 * LANES])


@jit
def _compress(words: Array, h: Array, live: Array) -> None:
    """Put one block of each lane through the 80 rounds and, where live is all ones, add the outcome to its state h."""
    k1, k2 = np.uint32(0x5A827999), np.uint32(0x6ED9EBA1)
    k3, k4 = np.uint32(0x8F1BBCDC), np.uint32(0xCA62C1D6)
    for j in range(LANES):  # straight-line code inside: LLVM makes vectors of the lanes
        w = _eight(words, j) + _eight(words, j + 8 * LANES)
        s = h[j], h[LANES + j], h[2 * LANES + j], h[3 * LANES + j], h[4 * LANES + j]
        s, w = _five(_choose, s, w, k1)
        s, w = _five(_choose, s, w, k1)
        s, w = _five(_choose, s, w, k1)
        s, w = _five(_choose, s, w, k1)
        s, w = _five(_parity, s, w, k2)
        s, w = _five(_parity, s, w, k2)
        s, w = _five(_parity, s, w, k2)
        s, w = _five(_parity, s, w, k2)
        s, w = _five(_majority, s, w, k3)
        s, w = _five(_majority, s, w, k3)
        s, w = _five(_majority, s, w, k3)
        s, w = _five(_majority, s, w, k3)
        s, w = _five(_parity, s, w, k4)
        s, w = _five(_parity, s, w, k4)
        s, w = _five(_parity, s, w, k4)
        s, w = _five(_parity, s, w, k4)
        h[j] = np.uint32(h[j] + np.uint32(s[0] & live[j]))
        h[LANES + j] = np.uint32(h[LANES + j] + np.uint32(s[1] & live[j]))
        h[2 * LANES + j] = np.uint32(h[2 * LANES + j] + np.uint32(s[2] & live[j]))
        h[3 * LANES + j] = np.uint32(h[3 * LANES + j] + np.uint32(s[3] & live[j]))
        h[4 * LANES + j] = np.uint32(h[4 * LANES + j] + np.uint32(s[4] & live[j]))


def _padding() -> tuple[Array, Array]:
    """Return, for -1 to 64 bytes of a string left in a block, which bits of it they fill, and the one after the last.

    End to end: 64 bytes for each number of bytes left.
    """
    kept, added = np.zeros((66, BLOCK), np.uint8), np.zeros((66, BLOCK), np.uint8)
    for left in range(65):
        kept[left + 1, :left] = 0xFF
        added[left + 1, left : left + 1] = 0x80
    return kept.ravel(), added.ravel()


_KEPT, _ADDED = _padding()


@jit
def _load(
    data: Array, starts: Array, lengths: Array, block: int, places: Array, rows: Array, words: Array, live: Array
) -> None:
    """Write one block of each padded string (FIPS 180-4, 5.1.1) to its lane, and all ones to live where it has one."""
    for j in range(LANES):  # no branches, here or below: lengths cannot be foretold
        left = lengths[j] - BLOCK * block
        places[j] = min(starts[j] + BLOCK * block, len(data) - BLOCK)
        rows[j] = BLOCK * (min(max(left, -1), BLOCK) + 1)
        live[j] = np.uint32(-(left >= -8))
    lay_side_by_side(data, places, rows, _KEPT, _ADDED, words)
    for j in range(LANES):
        last = np.uint32(-(lengths[j] - BLOCK * block < BLOCK - 8))
        words[14 * LANES + j] |= np.uint32(lengths[j] >> 29) & last
        words[15 * LANES + j] |= np.uint32(lengths[j] << 3) & last


@jit
def _by_blocks(starts: Array, stops: Array) -> Array:
    """Return the strings' numbers, those of one block first, so that long ones do not hold up many short ones."""
    order = np.empty(len(starts), np.uint64)
    first, last = np.uint64(0), np.uint64(len(starts) - 1)
    for i in range(len(starts)):
        long = np.uint64(stops[i] - starts[i] >= BLOCK - 8)
        order[first] = order[last] = i
        first += np.uint64(1) - long
        last -= long
    return order


@jit
def _begin(h: Array) -> None:
    for j in range(LANES):
        h[j], h[LANES + j] = np.uint32(0x67452301), np.uint32(0xEFCDAB89)
        h[2 * LANES + j], h[3 * LANES + j] = np.uint32(0x98BADCFE), np.uint32(0x10325476)
        h[4 * LANES + j] = np.uint32(0xC3D2E1F0)


@jit
def _little_endian(x: Any) -> Any:
    middle = ((x & np.uint32(0xFF00)) << np.uint32(8)) | ((x >> np.uint32(8)) & np.uint32(0xFF00))
    return np.uint32((x << np.uint32(24)) | middle | (x >> np.uint32(24)))


@jit
def sha1_heads(data: Array, starts: Array, stops: Array) -> Array:
    """Return the first four bytes of the SHA-1 of each data[starts[i]:stops[i]] as a little-endian uint32 (FIPS 180-4).

    Equal to datasketch's sha1_hash32, which is MinHash's default hash function.
    """
    padded, order = np.zeros(len(data) + BLOCK, np.uint8), _by_blocks(starts, stops)
    padded[: len(data)] = data
    out = np.empty(len(starts), np.uint32)
    chosen, begins, lengths = np.empty(LANES, np.uint64), np.empty(LANES, np.int64), np.empty(LANES, np.int64)
    places, rows = np.empty(LANES, np.int64), np.empty(LANES, np.int64)
    words, h, live = np.empty(16 * LANES, np.uint32), np.empty(5 * LANES, np.uint32), np.empty(LANES, np.uint32)
    for first in range(0, len(starts), LANES):
        for j in range(LANES):
            i = order[np.uint64(min(first + j, len(starts) - 1))]  # lanes that are left over repeat the last string
            chosen[j], begins[j], lengths[j] = i, starts[i], stops[i] - starts[i]
        _begin(h)
        for block in range(((lengths.max() + 8) >> 6) + 1):
            _load(padded, begins, lengths, block, places, rows, words, live)
            _compress(words, h, live)
        for j in range(LANES):
            out[chosen[j]] = _little_endian(h[j])
    return out


def shingle_hashes(data: Array, ends: Array, size: int) -> tuple[Array, Array]:
    """Return the SHA-1 head of each text's runs of `size` words, and where each text's begin and the last one's end."""
    starts, stops, counts = shingle_places(data, ends, size)
    return sha1_heads(data, starts, stops), counts
