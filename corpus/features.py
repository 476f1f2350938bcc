"""Compiled features of whole batches of texts: shingles, word pairs, letter runs, skeletons, names.

May import: numpy, pyarrow, corpus.kernels. Each feature is a 64-bit key whose top bits are its hash; its low BIN_BITS
bits name the bin that its rarity is learned in. Texts lie end to end in Arrow's own buffers; nothing is copied into
Python objects. Keys are sorted by numpy, whose vectorised sort of plain numbers is several times as fast as any sort
that carries a second array along: a key's high bits and its place share one number.
"""

from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa

from corpus.kernels import BINS, Array, jit, mix, word_starts

WORD_PAIRS, LETTERS, SKELETONS, NAMES = 0, 1, 2, 3
"""Feature classes: two neighbouring words; four letters of a romanised word; its consonants; numbers and names."""
CLASSES = 4


class Features(NamedTuple):
    """One class of features of many texts.

    keys (uint64): each text's distinct keys, sorted; ends (int64): where each text's begin and the last one's end;
    firsts (int64): where each key's places begin and the last one's end; places (int32), rising within a key.
    """

    keys: Array
    ends: Array
    firsts: Array
    places: Array


class Texts(NamedTuple):
    """What is compared of many texts: the four classes, sorted shingle sets, quotations, words and lengths (bytes)."""

    classes: tuple[Features, Features, Features, Features]
    shingles: Array
    shingle_ends: Array
    quoted: Array
    quoted_ends: Array
    words: Array
    lengths: Array


Rows: TypeAlias = pa.RecordBatch | pa.StructArray


def taken_apart(rows: Rows, size: int) -> Texts:
    """Return the features of signatures (columns words, normal, romanised, quoted, names, at), in order.

    `size` is the number of words in a shingle.
    """
    pairs, runs, consonants, named = (_sorted(*_found(rows, c)) for c in range(CLASSES))
    words = np.array(_column(rows, "words").to_numpy(zero_copy_only=False), np.int64)
    quoted, quoted_ends = in_quotations(*_listed(_column(rows, "quoted"), np.int32), words)
    lengths = np.diff(laid_out(_column(rows, "romanised"))[1])
    return Texts((pairs, runs, consonants, named), *shingle_sets(rows, size), quoted, quoted_ends, words, lengths)


def distinct_keys(rows: Rows, of_class: int) -> tuple[Array, Array]:
    """Return each text's sorted distinct keys of one class (uint64), and where each text's begin and the last end."""
    keys, _, ends = _found(rows, of_class)
    sort_each(keys, ends)
    return distinct(keys, ends)


def shingle_sets(rows: Rows, size: int) -> tuple[Array, Array]:
    """Return each text's sorted distinct shingles (uint64), and where each text's begin and the last one's end."""
    hashes, counts = shingles(*laid_out(_column(rows, "normal")), size)
    sort_each(hashes, counts)
    return distinct(hashes, counts)


def _column(rows: Rows, name: str) -> pa.Array:
    return rows.field(name) if isinstance(rows, pa.StructArray) else rows.column(name)


def _found(rows: Rows, of_class: int) -> tuple[Array, Array, Array]:
    """Return the keys and places of one class of features, repeats included, and where each text's begin."""
    if of_class == NAMES:
        return names(*_listed(_column(rows, "names"), np.int64), *_listed(_column(rows, "at"), np.int32))
    if of_class == WORD_PAIRS:
        return word_pairs(*laid_out(_column(rows, "normal")))
    find = letters if of_class == LETTERS else skeletons
    return find(*laid_out(_column(rows, "romanised")))


def laid_out(texts: pa.Array) -> tuple[Array, Array]:
    """Return the UTF-8 bytes (read-only) of an Arrow array of strings, and where each text begins and the last ends."""
    large = texts.cast(pa.large_string())
    _, ends, data = large.buffers()
    bounds = np.frombuffer(ends, np.int64) if ends else np.zeros(1, np.int64)
    data = np.frombuffer(data, np.uint8) if data and data.size else np.frombuffer(b" ", np.uint8)
    return data, np.array(bounds[large.offset : large.offset + len(large) + 1], np.int64)


def _listed(lists: pa.Array, kind: type) -> tuple[Array, Array]:
    return np.array(lists.values.to_numpy(zero_copy_only=False), kind), np.array(lists.offsets, np.int64)


def _sorted(keys: Array, places: Array, ends: Array) -> Features:
    """Bring each text's keys into order, equal ones by place, and tell each key once."""
    numbers = _packed(keys, ends)
    sort_each(numbers, ends)
    return Features(*_unpacked(numbers, keys, places, ends))


def sort_each(numbers: Array, ends: Array) -> None:
    """Sort each text's numbers where they lie; by numpy, whose sort is vectorised where numba's is not."""
    for start, stop in pairwise(ends.tolist()):
        numbers[start:stop].sort()


@jit
def _fnv(data: Array, start: int, stop: int, seed: int) -> Any:
    h = np.uint64(1469598103934665603) ^ np.uint64(seed)
    for i in range(start, stop):
        h = (h ^ np.uint64(data[i])) * np.uint64(1099511628211)
    return h


@jit
def _bits(count: int) -> int:
    bits = 0
    while (1 << bits) < count:
        bits += 1
    return bits


@jit
def _packed(keys: Array, ends: Array) -> Array:
    """Return numbers that sort as the keys do: a key's high bits, and in the low bits its number in its text."""
    numbers = np.empty(len(keys), np.uint64)
    for t in range(len(ends) - 1):
        mask = np.uint64((1 << _bits(ends[t + 1] - ends[t])) - 1)
        for i in range(ends[t], ends[t + 1]):
            numbers[i] = (keys[i] & ~mask) | np.uint64(i - ends[t])
    return numbers


@jit
def _settle(numbers: Array, keys: Array, mask: Any) -> None:
    """Let the low bits of keys decide where the high ones are equal; that is next to never."""
    for i in range(1, len(numbers)):
        k = i
        while (
            k
            and (numbers[k] ^ numbers[k - 1]) <= mask
            and keys[np.int64(numbers[k] & mask)] < keys[np.int64(numbers[k - 1] & mask)]
        ):
            numbers[k], numbers[k - 1] = numbers[k - 1], numbers[k]
            k -= 1


@jit
def _tell(
    numbers: Array, keys: Array, places: Array, mask: Any, told: Array, stops: Array, put: Array
) -> tuple[int, bool]:
    """Write one text's keys, how many places each and all before it have, and the places; return how many keys there
    are and whether they are in order. Without branches: whether a key is met again cannot be foretold."""
    n, in_order, before = np.uint64(0), True, ~keys[np.int64(numbers[0] & mask)]
    for i in range(len(numbers)):
        at = numbers[np.uint64(i)] & mask
        key = keys[at]
        put[np.uint64(i)] = places[at]
        n += np.uint64(key != before)
        told[n - np.uint64(1)] = key
        stops[n - np.uint64(1)] = i + 1
        in_order &= (i == 0) | (before <= key)
        before = key
    return int(n), in_order


@jit
def _unpacked(numbers: Array, keys: Array, places: Array, ends: Array) -> tuple[Array, Array, Array, Array]:
    told, new_ends = np.empty(len(keys), np.uint64), np.zeros(len(ends), np.int64)
    firsts, put = np.zeros(len(keys) + 1, np.int64), np.empty(len(keys), np.int32)
    n = 0
    for t in range(len(ends) - 1):
        start, stop = ends[t], ends[t + 1]
        if start < stop:
            mask = np.uint64((1 << _bits(stop - start)) - 1)
            mine = (numbers[start:stop], keys[start:stop], places[start:stop], mask)
            count, in_order = _tell(*mine, told[n:], firsts[n + 1 :], put[start:stop])
            if not in_order:
                _settle(mine[0], mine[1], mask)
                count, in_order = _tell(*mine, told[n:], firsts[n + 1 :], put[start:stop])
            for k in range(n + 1, n + count + 1):
                firsts[k] += start
            n += count
        new_ends[t + 1] = n
    return told[:n], new_ends, firsts[: n + 1], put


@jit
def distinct(hashes: Array, ends: Array) -> tuple[Array, Array]:
    """Return each text's sorted hashes without repeats, and where each text's begin and the last one's end."""
    told, new_ends = np.empty_like(hashes), np.zeros(len(ends), np.int64)
    n = 0
    for t in range(len(ends) - 1):
        for i in range(ends[t], ends[t + 1]):
            if i == ends[t] or hashes[i] != hashes[i - 1]:
                told[n] = hashes[i]
                n += 1
        new_ends[t + 1] = n
    return told[:n], new_ends


@jit
def _room(data: Array, ends: Array) -> int:
    """Return how many words all texts have at most."""
    words = len(ends)
    for byte in data[ends[0] : ends[len(ends) - 1]]:
        words += byte == 32
    return words


@jit
def shingles(data: Array, ends: Array, size: int) -> tuple[Array, Array]:
    """Return the 64-bit hashes of each text's runs of `size` words, repeats included, and where each text's begin."""
    hashes, counts = np.empty(_room(data, ends), np.uint64), np.zeros(len(ends), np.int64)
    n = 0
    for t in range(len(ends) - 1):
        starts = word_starts(data, ends[t], ends[t + 1])
        words = len(starts) - 1
        for i in range(max(1, words - size + 1) if words else 0):
            hashes[n] = mix(_fnv(data, starts[i], starts[min(words, i + size)] - 1, 7))
            n += 1
        counts[t + 1] = n
    return hashes[:n], counts


@jit
def word_pairs(data: Array, ends: Array) -> tuple[Array, Array, Array]:
    """Return keys and places (word numbers) of each two neighbouring words, and where each text's begin."""
    room = _room(data, ends)
    keys, places, counts = np.empty(room, np.uint64), np.empty(room, np.int32), np.zeros(len(ends), np.int64)
    n = 0
    for t in range(len(ends) - 1):
        starts = word_starts(data, ends[t], ends[t + 1])
        for i in range(len(starts) - 2):
            keys[n] = mix(_fnv(data, starts[i], starts[i + 2] - 1, 11))
            places[n] = i
            n += 1
        counts[t + 1] = n
    return keys[:n], places[:n], counts


@jit
def letters(data: Array, ends: Array) -> tuple[Array, Array, Array]:
    """Return keys and places (bytes) of each run of four letters of the romanised words, their ends marked.

    The marks before and behind a word may be one of the four, its inner two are letters.
    """
    room = ends[len(ends) - 1] - ends[0] + len(ends) + 1
    keys, places, counts = np.empty(room, np.uint64), np.empty(room, np.int32), np.zeros(len(ends), np.int64)
    n = np.uint64(0)
    for t in range(len(ends) - 1):
        text = data[ends[t] : ends[t + 1]]
        run, size = np.uint64(0x20202020), len(text)
        for last in range(size + 1 if size > 1 else 0):  # what is no run is written too, and then written over
            byte = text[np.uint64(last)] if last < size else np.uint8(32)
            run = ((run << np.uint64(8)) | np.uint64(byte)) & np.uint64(0xFFFFFFFF)
            keys[n] = mix(np.uint64(13 << 32) | run)
            places[n] = max(last - 3, 0)
            inner = (run & np.uint64(0xFF0000)) != np.uint64(0x200000) and (run & np.uint64(0xFF00)) != np.uint64(
                0x2000
            )
            n += np.uint64(inner and last > 1)
        counts[t + 1] = n
    return keys[:n], places[:n], counts


def _sounds() -> tuple[Array, Array]:
    """Return the consonant class of each letter, and of each two letters that are one consonant (0: none)."""
    one, two = np.zeros(256, np.uint8), np.zeros((256, 256), np.uint8)
    for number, of_class in enumerate(("bp", "dt", "", "gkqcx", "szj", "fvw", "l", "m", "n", "r"), start=1):
        for letter in of_class:
            one[ord(letter)] = number
    for letters_, number in (("sh", 5), ("ts", 5), ("cz", 5), ("ch", 4), ("ph", 6)):
        two[ord(letters_[0]), ord(letters_[1])] = number
    return one, two


_ONE, _TWO = _sounds()


@jit
def skeletons(data: Array, ends: Array) -> tuple[Array, Array, Array]:
    """Return keys and places of the consonant skeletons (3 to 12 consonants) of the romanised words.

    Vowels and h, y are dropped, voiced and voiceless consonants folded, doubles folded, so that a name written in two
    scripts has one skeleton more often than not.
    """
    room = _room(data, ends)
    keys, places, counts = np.empty(room, np.uint64), np.empty(room, np.int32), np.zeros(len(ends), np.int64)
    n = 0
    for t in range(len(ends) - 1):
        starts = word_starts(data, ends[t], ends[t + 1])
        for w in range(len(starts) - 1):
            i, end = starts[w], starts[w + 1] - 1
            h, size, last = np.uint64(17), 0, 0
            while i < end:
                sound, step = int(_TWO[data[i], data[i + 1]]) if i + 1 < end else 0, 2
                if not sound:
                    sound, step = int(_ONE[data[i]]), 1
                if sound and sound != last:
                    h = (h << np.uint64(4)) ^ (h >> np.uint64(60)) ^ np.uint64(sound)
                    size += 1
                last = sound
                i += step
            if 3 <= size <= 12:
                keys[n] = mix(h ^ np.uint64(0x5EED))
                places[n] = starts[w] - ends[t]
                n += 1
        counts[t + 1] = n
    return keys[:n], places[:n], counts


@jit
def names(hashes: Array, ends: Array, at: Array, at_ends: Array) -> tuple[Array, Array, Array]:
    """Return keys and places of the numbers and names that were found when the texts were signed."""
    count = ends[len(ends) - 1] - ends[0]
    keys, places = np.empty(count, np.uint64), np.empty(count, np.int32)
    for t in range(len(ends) - 1):
        for i in range(ends[t + 1] - ends[t]):
            keys[ends[t] - ends[0] + i] = mix(np.uint64(hashes[ends[t] + i]))
            places[ends[t] - ends[0] + i] = at[at_ends[t] + i]
    return keys, places, ends - ends[0]


@jit
def in_quotations(bounds: Array, ends: Array, words: Array) -> tuple[Array, Array]:
    """Return for each word of each text, and one past its last, whether it stands in a quotation; and the ends."""
    new_ends = np.zeros(len(ends), np.int64)
    for t in range(len(words)):
        new_ends[t + 1] = new_ends[t] + words[t] + 1
    quoted = np.zeros(new_ends[len(words)], np.bool_)
    for t in range(len(words)):
        for k in range(ends[t], ends[t + 1] - 1, 2):
            for word in range(bounds[k], min(np.int64(bounds[k + 1]), words[t] + 1)):
                quoted[new_ends[t] + word] = True
    return quoted, new_ends


@jit
def count_bins(keys: Array, counts: Array) -> None:
    """Add one to the bin of each key."""
    for key in keys:
        counts[np.int64(key & np.uint64(BINS - 1))] += 1


@jit
def weigh(features: Features, texts: Array, of_bins: Array, steps: float, weights: Array) -> None:
    """Write the weight (float32) of each key of these texts, which share a language, to `weights`."""
    for t in texts:
        for i in range(features.ends[t], features.ends[t + 1]):
            weights[i] = np.float32(of_bins[np.int64(features.keys[i] & np.uint64(BINS - 1))]) / np.float32(steps)
