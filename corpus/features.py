"""Compiled features of a text for the comparison of two: shingles, word pairs, letter runs, skeletons, names.

May import: numpy, corpus.kernels. Each feature is a 64-bit key whose top bits are its hash, with its place in the text;
its low BIN_BITS bits name the bin that its rarity is learned in.
"""

from typing import Any

import numpy as np

from corpus.kernels import BINS, Array, jit, mix, sha1_32, word_starts

WORD_PAIRS, LETTERS, SKELETONS, NAMES = 0, 1, 2, 3
"""Feature classes: two neighbouring words; four letters of a romanised word; its consonants; numbers and names."""
CLASSES = 4


@jit
def _fnv(data: Array, start: int, stop: int, seed: int) -> int:
    h = np.uint64(1469598103934665603) ^ np.uint64(seed)
    for i in range(start, stop):
        h = (h ^ np.uint64(data[i])) * np.uint64(1099511628211)
    return h


@jit
def _sorted(keys: Array, places: Array, count: int) -> tuple[Array, Array]:
    """Sort by key, then by place."""
    order = np.argsort(keys[:count], kind="mergesort")
    return keys[:count][order], places[:count][order]


@jit
def shingle_set(data: Array, start: int, stop: int, size: int) -> Array:
    """Return the sorted distinct 64-bit hashes of the runs of `size` words."""
    starts = word_starts(data, start, stop)
    words = len(starts) - 1
    if words == 0:
        return np.empty(0, np.uint64)
    count = max(1, words - size + 1)
    hashes = np.empty(count, np.uint64)
    for i in range(count):
        hashes[i] = mix(_fnv(data, starts[i], starts[min(words, i + size)] - 1, 7))
    return np.unique(hashes)


@jit
def word_pairs(data: Array, start: int, stop: int) -> tuple[Array, Array]:
    """Return keys and places (word numbers) of each two neighbouring words, sorted by key."""
    starts = word_starts(data, start, stop)
    count = max(0, len(starts) - 2)
    keys, places = np.empty(count, np.uint64), np.empty(count, np.int32)
    for i in range(count):
        keys[i] = mix(_fnv(data, starts[i], starts[i + 2] - 1, 11))
        places[i] = i
    return _sorted(keys, places, count)


@jit
def letters(data: Array, start: int, stop: int) -> tuple[Array, Array]:
    """Return keys and places (bytes) of each run of four letters of a romanised word, its ends marked; sorted."""
    length = stop - start
    keys, places = np.empty(length + 4, np.uint64), np.empty(length + 4, np.int32)
    count = 0
    for i in range(-1, length - 2):
        h = np.uint64(13)
        whole = True
        for k in range(4):
            at = i + k
            byte = data[start + at] if 0 <= at < length else np.uint8(32)
            if byte == 32 and k in (1, 2):
                whole = False
            h = (h << np.uint64(8)) | np.uint64(byte)
        if whole:
            keys[count] = mix(h)
            places[count] = max(i, 0)
            count += 1
    return _sorted(keys, places, count)


@jit
def _sound(data: Array, at: int, stop: int) -> tuple[int, int]:
    """Return the consonant class at a place of a romanised word (0: none) and how many letters it takes."""
    c = data[at]
    n = data[at + 1] if at + 1 < stop else np.uint8(0)
    if (c == 115 and n == 104) or (c == 116 and n == 115) or (c == 99 and n == 122):  # sh ts cz
        return 5, 2
    if c == 99 and n == 104:  # ch
        return 4, 2
    if c == 112 and n == 104:  # ph
        return 6, 2
    if c in (98, 112):  # b p
        return 1, 1
    if c in (100, 116):  # d t
        return 2, 1
    if c in (103, 107, 113, 99, 120):  # g k q c x
        return 4, 1
    if c in (115, 122, 106):  # s z j
        return 5, 1
    if c in (102, 118, 119):  # f v w
        return 6, 1
    if c == 108:
        return 7, 1
    if c == 109:
        return 8, 1
    if c == 110:
        return 9, 1
    if c == 114:
        return 10, 1
    return 0, 1


@jit
def skeletons(data: Array, start: int, stop: int) -> tuple[Array, Array]:
    """Return keys and places of the consonant skeletons (3 to 12 consonants) of the romanised words, sorted.

    Vowels and h, y are dropped, voiced and voiceless consonants folded, doubles folded, so that a name written in two
    scripts has one skeleton more often than not.
    """
    starts = word_starts(data, start, stop)
    words = len(starts) - 1
    keys, places = np.empty(words, np.uint64), np.empty(words, np.int32)
    count = 0
    for w in range(words):
        i, end = starts[w], starts[w + 1] - 1
        h, size, last = np.uint64(17), 0, 0
        while i < end:
            sound, step = _sound(data, i, end)
            if sound and sound != last:
                h = (h << np.uint64(4)) ^ (h >> np.uint64(60)) ^ np.uint64(sound)
                size += 1
            last = sound
            i += step
        if 3 <= size <= 12:
            keys[count] = mix(h ^ np.uint64(0x5EED))
            places[count] = starts[w] - start
            count += 1
    return _sorted(keys, places, count)


@jit
def names(hashes: Array, at: Array) -> tuple[Array, Array]:
    """Return keys and places of the numbers and names that were found when the text was signed, sorted."""
    keys, places = np.empty(len(hashes), np.uint64), np.empty(len(hashes), np.int32)
    for i in range(len(hashes)):
        keys[i] = mix(np.uint64(hashes[i]))
        places[i] = at[i]
    return _sorted(keys, places, len(hashes))


@jit
def count_bins(keys: Array, counts: Array) -> None:
    """Add one to the bin of each distinct key (sorted keys)."""
    for i in range(len(keys)):
        if i == 0 or keys[i] != keys[i - 1]:
            counts[np.int64(keys[i] & np.uint64(BINS - 1))] += 1


@jit
def sampled(key: int, place: int) -> int:
    """Return a value that orders features at random but the same in every text."""
    return mix(np.uint64(key) + np.uint64(place))


__all__ = ["CLASSES", "LETTERS", "NAMES", "SKELETONS", "WORD_PAIRS", "count_bins", "letters", "names", "sha1_32"]


class Text:
    """A text's features: for each class keys (uint64, sorted) and places (int32), and its sorted shingle set."""

    __slots__ = ("keys", "length", "places", "quoted", "shingles", "words")

    def __init__(self, row: dict[str, Any], size: int) -> None:
        normal = np.frombuffer(row["normal"].encode("utf-8", "surrogatepass"), np.uint8)
        romanised = np.frombuffer(row["romanised"].encode("utf-8", "surrogatepass"), np.uint8)
        found = names(np.array(row["names"], np.int64), np.array(row["at"], np.int32))
        classes = (
            word_pairs(normal, 0, len(normal)),
            letters(romanised, 0, len(romanised)),
            skeletons(romanised, 0, len(romanised)),
            found,
        )
        self.keys = [keys for keys, _ in classes]
        self.places = [places for _, places in classes]
        self.shingles = shingle_set(normal, 0, len(normal), size)
        self.words = int(row["words"])
        self.length = len(romanised)
        self.quoted = np.zeros(self.words + 1, np.bool_)
        for start, stop in zip(row["quoted"][::2], row["quoted"][1::2], strict=True):
            self.quoted[start:stop] = True
