"""Compiled scanning of texts as code points: tokens, numbers, quotations, and where names may stand.

May import: numpy, corpus.kernels. `flags` and `entries` are the tables that corpus.characters fills as it meets
characters; each function that reads one says whether it met a character that the table does not have yet.
"""

import numpy as np

from corpus.kernels import Array, jit

WORD, DIGIT, MET = 1, 2, 4
"""Classes of characters, one bit each: letters, marks and numbers; decimal digits; MET for any that was looked up."""
# The parts of a spelling's entry (64 bits): four bytes, then their number, the number of words, and three flags.
INLINE, LENGTH, WORDS = 4, 32, 40
BEFORE, AFTER, SPELT = 1 << 48, 1 << 49, 1 << 50
HEADS = 1 << 16
HEAD = 4
"""A name is looked for where its first HEAD characters, or all of a shorter one, hash to a bin that is set."""
LONGEST_QUOTATION = 2000


def heads(names: list[str]) -> Array:
    """Return the bins (bool) that the beginnings of the names hash to."""
    bins = np.zeros(HEADS, np.bool_)
    for name in names:
        h = 0
        for character in name[:HEAD]:
            h = _next_bin(h, ord(character))
        bins[h] = True
    return bins


@jit
def _next_bin(h: int, code: int) -> int:
    return ((h ^ code) * 40503 + 1) & (HEADS - 1)


@jit
def _mark(code: int) -> bool:
    """Say whether the character is one of " « » “ ” „ 「 」."""
    if code < 0xAB:
        return code == 0x22
    return code in (0xAB, 0xBB, 0x201C, 0x201D, 0x201E, 0x300C, 0x300D)


@jit
def words_before_marks(codes: Array, entries: Array) -> tuple[Array, bool]:
    """Return how many words come before each quotation mark (int32), and whether every character was met before."""
    met = np.int64(SPELT)
    found = np.empty(len(codes), np.int32)
    count, words, parted = 0, np.int64(0), True
    for code in codes:
        if _mark(code):
            found[count] = words
            count += 1
        entry = np.int64(entries[code])
        met &= entry
        more = (entry >> WORDS) & 0xFF
        parted |= entry & BEFORE != 0
        words += more - (more > 0 and not parted)  # what is not parted goes on with the word before
        parted = entry & AFTER != 0 if more else parted
    return found[:count], met != 0


@jit
def _closed_by(opening: int, code: int) -> int:
    """Return 1 where the character closes a quotation so opened, -1 where none can go past it, else 0."""
    if opening == 0x22:
        return 1 if code == 0x22 else -1 if code == 0x0A else 0
    if opening == 0x201C:
        return 1 if code == 0x201D else -1 if code == 0x201C else 0
    if opening == 0x201E:
        return 1 if code in (0x201C, 0x201D) else -1 if code == 0x201E else 0
    if opening == 0xAB:
        return 1 if code == 0xBB else -1 if code == 0xAB else 0
    return 1 if code == 0x300D else -1 if code == 0x300C else 0


@jit
def quotations(codes: Array) -> Array:
    """Return the quotations of one text as it stands: the number of its opening and of its closing mark, in turn.

    Marks are counted through the text. A quotation holds 1 to LONGEST_QUOTATION characters.
    """
    found = np.empty(len(codes) + 1, np.int64)
    count, marks, i = 0, 0, 0
    while i < len(codes):
        opening = codes[i]
        if not _mark(opening):
            i += 1
            continue
        marks += 1
        i += 1
        if opening in (0xBB, 0x201D, 0x300D):
            continue
        inside = 0
        for k in range(i, min(i + LONGEST_QUOTATION + 1, len(codes))):
            closed = _closed_by(opening, codes[k])
            inside += _mark(codes[k])
            if closed == 1 and k > i:
                found[count], found[count + 1] = marks - 1, marks - 1 + inside
                count += 2
                marks += inside
                i = k + 1
            if closed:
                break
    return found[:count]


@jit
def tokens(codes: Array, flags: Array) -> tuple[Array, bool]:
    """Return where tokens begin and end, in turn (int64), and whether every character was met before."""
    met = np.uint8(MET)
    edges = np.empty(len(codes) + 2, np.int64)
    count, inside = np.uint64(0), np.uint8(0)
    for i in range(len(codes)):
        met &= flags[codes[i]]
        word = np.uint8(flags[codes[i]] & np.uint8(WORD))
        edges[count] = i
        count += np.uint64(word ^ inside)
        inside = word
    edges[count] = len(codes)
    count += np.uint64(inside)
    return edges[:count], met != 0


@jit
def _digits(codes: Array, flags: Array, i: int) -> int:
    """Return how many digits stand at a place."""
    n = 0
    while i + n < len(codes) and flags[codes[i + n]] & DIGIT:
        n += 1
    return n


@jit
def _number(codes: Array, flags: Array, i: int) -> int:
    """Return where the number ends that begins at a place."""
    i += _digits(codes, flags, i)
    # Thousands are parted by a stop, a comma, their Arabic kin or a space; decimals by the first three of them.
    while i < len(codes) and codes[i] in (0x2E, 0x2C, 0x66B, 0x66C, 0x20) and _digits(codes, flags, i + 1) >= 3:
        i += 4
    if i < len(codes) and codes[i] in (0x2E, 0x2C, 0x66B):
        decimals = _digits(codes, flags, i + 1)
        i += decimals + 1 if decimals else 0
    return i


@jit
def numbers(codes: Array, flags: Array) -> tuple[Array, bool]:
    """Return where numbers begin and end, in turn (int64), and whether every character was met before."""
    met = np.uint8(MET)
    edges = np.empty(len(codes) + 1, np.int64)
    count, free = 0, 0
    for i in range(len(codes)):
        met &= flags[codes[i]]
        if flags[codes[i]] & DIGIT and i >= free:
            free = _number(codes, flags, i)
            edges[count], edges[count + 1] = i, free
            count += 2
    return edges[:count], met != 0


@jit
def _begins_like_a_name(codes: Array, start: int, stop: int, bins: Array, whole: bool) -> bool:
    """Say whether a name's beginning stands at a place; a shorter name must be all that stands there where `whole`."""
    h, last = 0, min(stop, start + HEAD) - 1
    for i in range(start, last + 1):
        h = _next_bin(h, codes[i])
        if bins[h] and (i == last or not whole):
            return True
    return False


@jit
def candidates(codes: Array, edges: Array, bins: Array, proclitics: Array, whole: bool) -> Array:
    """Return the tokens that begin like a name, up to three proclitics before it left out.

    One row a token: its number, where it begins and ends, where the next one begins (the text's end without one).
    """
    found = np.empty((len(edges) // 2, 4), np.int64)
    count = 0
    for i in range(len(edges) // 2):
        start, stop = edges[2 * i], edges[2 * i + 1]
        like = _begins_like_a_name(codes, start, stop, bins, whole)
        for cut in range(1, 4):
            if like or stop - start <= cut + 2 or codes[start + cut - 1] not in proclitics:
                break
            like = _begins_like_a_name(codes, start + cut, stop, bins, whole)
        if like:
            found[count, 0], found[count, 1], found[count, 2] = i, start, stop
            found[count, 3] = edges[2 * i + 2] if 2 * i + 2 < len(edges) else len(codes)
            count += 1
    return found[:count]


@jit
def places_like_names(codes: Array, bins: Array) -> Array:
    """Return the places in a text, of a script without spaces, where a name may begin."""
    found = np.empty(len(codes), np.int64)
    count = 0
    for i in range(len(codes)):
        if _begins_like_a_name(codes, i, len(codes), bins, False):
            found[count] = i
            count += 1
    return found[:count]
