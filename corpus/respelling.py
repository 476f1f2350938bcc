"""Texts written in another form, character by character, single spaces between words: compiled passes over code points.

May import: numpy, corpus.kernels, corpus.lanes, corpus.scanning. What each character becomes stands in the tables of
characters.Spelling.
"""

from typing import Any

import numpy as np

from corpus.kernels import Array, jit
from corpus.lanes import BLOCK, copy_block, lowest, spaces
from corpus.scanning import AFTER, BEFORE, INLINE, LENGTH

SHORT, LONG = 0x2100, 0xFF
"""Texts of characters below the first alone with forms of one byte have a quick way; no form begins with the second."""


@jit
def short_ones(codes: Array, ends: Array, short: Array, digits: Any) -> tuple[Array, Array, int]:
    """Write each text's form after the one before it up to a text with a longer form; return that text's number."""
    out, out_ends = np.empty(len(codes) + BLOCK, np.uint8), np.zeros(len(ends), np.int64)
    at, block = np.uint64(0), np.empty(2 * BLOCK, np.uint8)
    for t in range(len(ends) - 1):
        end = _short(codes[ends[t] : ends[t + 1]], short, digits, block, out, at)
        if end < 0:
            return out[:at], out_ends, t
        at = np.uint64(end)
        out_ends[t + 1] = at
    return out[:at], out_ends, len(ends) - 1


@jit
def the_rest(
    codes: Array,
    ends: Array,
    done: int,
    begun: Array,
    out_ends: Array,
    short: Array,
    digits: Any,
    entries: Array,
    pool: Array,
) -> tuple[Array, Array]:
    """Write the forms of the texts from number `done` on after those that are there."""
    size = len(begun) + BLOCK
    for code in codes[ends[done] :]:
        size += ((entries[code] >> LENGTH) & 0xFF) + 1
    out, at, block = np.empty(size, np.uint8), np.uint64(len(begun)), np.empty(2 * BLOCK, np.uint8)
    out[:at] = begun
    for t in range(done, len(ends) - 1):
        text = codes[ends[t] : ends[t + 1]]
        end = _short(text, short, digits, block, out, at)
        at = np.uint64(end) if end >= 0 else _long(text, entries, pool, out, at)
        out_ends[t + 1] = at
    return out[:at], out_ends


@jit
def _long(text: Array, entries: Array, pool: Array, out: Array, at: Any) -> Any:
    """Write a text's forms from `at` on; return where they end. No branches but for long forms: words end anywhere."""
    begin, parted = at, False
    for code in text:
        entry = np.int64(entries[code])
        length = (entry >> LENGTH) & 0xFF
        parted |= entry & BEFORE != 0
        out[at] = 32
        at += np.uint64(parted and length > 0 and at != begin)
        if length <= INLINE:
            for k in range(INLINE):
                out[at + np.uint64(k)] = (entry >> 8 * k) & 0xFF
        else:
            for k in range(length):
                out[at + np.uint64(k)] = pool[(entry & 0xFFFFFFFF) + k]
        at += np.uint64(length)
        parted = entry & AFTER != 0 if length else parted
    return at


@jit
def _short(text: Array, short: Array, digits: Any, block: Array, out: Array, at: Any) -> int:
    """Write a text's forms from `at` on where each is one byte; return where they end, -1 where some form is longer.

    A tenth to a third of the time of other texts. A space after a space is written over by what follows. Up to BLOCK
    bytes more are written.
    """
    begin, before, i = at, np.uint64(1), 0  # before: 1 after a space
    while i + BLOCK <= len(text):
        if not _ascii_block(text[i : i + BLOCK], digits, block) and not _short_block(text[i : i + BLOCK], short, block):
            return -1
        at, before = _write_block(block, before, out, at)
        i += BLOCK
    if not _short_block(text[i:], short, block):
        return -1
    for byte in block[: len(text) - i]:  # no branches: each is written, and counts unless it is a space after a space
        out[at] = byte
        at += np.uint64((byte != 32) | (before == 0))
        before = np.uint64(byte == 32)
    return int(at - (before & np.uint64(at > begin)))


@jit
def _ascii_block(codes: Array, digits: Any, block: Array) -> bool:
    """Write the form of each ASCII character, in vectors: a small letter, a digit or a space; say if all were ASCII."""
    all_bits = np.uint32(0)
    for k in range(BLOCK):
        all_bits |= codes[k]
        byte = np.uint8(codes[k])
        small = np.uint8(byte | np.uint8(0x20))
        rest = byte if np.uint8(byte - np.uint8(48)) < digits else np.uint8(32)
        block[k] = small if np.uint8(small - np.uint8(97)) < np.uint8(26) else rest
    return bool(np.uint32(all_bits) < np.uint32(128))


@jit
def _short_block(codes: Array, short: Array, block: Array) -> bool:
    """Write the form of each character; say if all are one byte."""
    longest = np.uint8(0)
    for k in range(len(codes)):
        byte = short[min(codes[k], np.uint32(SHORT - 1))]
        block[k] = byte
        longest = max(longest, byte)
    return bool(longest != LONG)


@jit
def _write_block(block: Array, before: Any, out: Array, at: Any) -> tuple[Any, Any]:
    """Write a block's runs without the spaces that follow a space; return where they end and if the last is a space."""
    found = spaces(block, 0)
    left_out = found & ((found << np.uint64(1)) | before)
    start = 0
    while left_out:
        stop = lowest(left_out)
        copy_block(block, start, out, at)
        at += np.uint64(stop - start)
        start = stop + 1
        left_out &= left_out - np.uint64(1)
    copy_block(block, start, out, at)
    return at + np.uint64(BLOCK - start), found >> np.uint64(BLOCK - 1)
