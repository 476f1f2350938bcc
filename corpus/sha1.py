"""SHA-1 of many short byte strings side by side, as datasketch's MinHash hashes shingles (FIPS 180-4).

May import: numpy, corpus.kernels, corpus.lanes. Each string has a lane of its own, and what happens to one lane happens
to all: LLVM makes vectors of them. numba widens uint32 arithmetic to 64 bits; each np.uint32(...) below takes it back,
so that sixteen lanes fill one register where the processor has that large ones.
"""

from typing import Any

import numpy as np

from corpus.kernels import Array, jit, shingle_places
from corpus.lanes import BLOCK, LANES, compress, lay_side_by_side


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
def _by_blocks(starts: Array, stops: Array) -> tuple[Array, Array, Array]:
    """Return the strings' numbers, starts and lengths, those of one block first: long ones hold up no short ones.

    The last one is repeated until the lanes are full.
    """
    count = len(starts)
    full = (count + LANES - 1) // LANES * LANES
    numbers, begins, lengths = np.empty(full, np.int64), np.empty(full, np.int64), np.empty(full, np.int64)
    first, last = np.uint64(0), np.uint64(count - 1)
    for i in range(count):  # written at both ends: what is wrong there is written over
        start, length = starts[i], stops[i] - starts[i]
        numbers[first], begins[first], lengths[first] = i, start, length
        numbers[last], begins[last], lengths[last] = i, start, length
        long = np.uint64(length >= BLOCK - 8)
        first += np.uint64(1) - long
        last -= long
    for i in range(count, full):
        numbers[i], begins[i], lengths[i] = numbers[count - 1], begins[count - 1], lengths[count - 1]
    return numbers, begins, lengths


_BEGUN = np.repeat(np.array([0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0], np.uint32), LANES)


@jit
def _copy(data: Array, to: Array) -> None:
    """Copy in vectors, which numba's own assignment of a slice does not."""
    for i in range(len(data)):
        to[i] = data[i]


@jit
def _largest(numbers: Array) -> int:
    """Return the largest, in vectors; none is less than 0."""
    largest = 0
    for number in numbers:
        largest = max(largest, number)
    return largest


@jit
def _little_endian(x: Any) -> Any:
    middle = ((x & np.uint32(0xFF00)) << np.uint32(8)) | ((x >> np.uint32(8)) & np.uint32(0xFF00))
    return np.uint32((x << np.uint32(24)) | middle | (x >> np.uint32(24)))


@jit
def sha1_heads(data: Array, starts: Array, stops: Array) -> Array:
    """Return the first four bytes of the SHA-1 of each data[starts[i]:stops[i]] as a little-endian uint32 (FIPS 180-4).

    Equal to datasketch's sha1_hash32, which is MinHash's default hash function.
    """
    padded = np.empty(len(data) + BLOCK, np.uint8)
    _copy(data, padded)
    numbers, begins, lengths = _by_blocks(starts, stops)
    out, places, rows = np.empty(len(starts), np.uint32), np.empty(LANES, np.int64), np.empty(LANES, np.int64)
    words, h, live = np.empty(16 * LANES, np.uint32), np.empty(5 * LANES, np.uint32), np.empty(LANES, np.uint32)
    for first in range(0, len(numbers), LANES):
        lanes = slice(first, first + LANES)
        _copy(_BEGUN, h)
        for block in range(((_largest(lengths[lanes]) + 8) >> 6) + 1):
            _load(padded, begins[lanes], lengths[lanes], block, places, rows, words, live)
            compress(words, h, live)
        for j in range(LANES):
            out[np.uint64(numbers[first + j])] = _little_endian(h[j])
    return out


def shingle_hashes(data: Array, ends: Array, size: int) -> tuple[Array, Array]:
    """Return the SHA-1 head of each text's runs of `size` words, and where each text's begin and the last one's end."""
    starts, stops, counts = shingle_places(data, ends, size)
    return sha1_heads(data, starts, stops), counts
