"""Texts as arrays of code points: respelt character by character, and cut into words, numbers and quotations.

What a character becomes is asked in Python once, when it is first met, and looked up by compiled code from then on.
May import: numpy, regex, corpus.kernels. Texts come in NFKC unless said otherwise.
"""

import unicodedata
from collections.abc import Callable

import numpy as np
import regex

from corpus.kernels import Array, jit

CHARACTERS = 0x110000
WORD, DIGIT, MET = 1, 2, 4
"""Classes of characters, one bit each: letters, marks and numbers; decimal digits; MET for any that was looked up."""
HEADS = 1 << 16
HEAD = 4
"""A name is looked for where its first HEAD characters, or all of a shorter one, hash to a bin that is set."""
LONGEST_QUOTATION = 2000
# The parts of a spelling's entry (64 bits): four bytes, then their number, the number of words, and three flags.
_INLINE, _LENGTH, _WORDS = 4, 32, 40
_BEFORE, _AFTER, _MET = 1 << 48, 1 << 49, 1 << 50
_WORD_CHARACTER = regex.compile(r"[\p{L}\p{M}\p{N}]")


def code_points(texts: list[str]) -> tuple[Array, Array]:
    """Return the texts' code points end to end (uint32) and where each begins and the last ends (int64)."""
    ends = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(text) for text in texts], out=ends[1:])
    return np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32), ends


class Spelling:
    """How each character is spelt in another form of a text, as UTF-8 bytes."""

    def __init__(self, form: Callable[[str], str]) -> None:
        """Take the function that says what a character becomes; a space in it parts words."""
        self.form = form
        self.entries = np.zeros(CHARACTERS, np.uint64)
        self.pool = np.zeros(1 << 12, np.uint8)
        self.used = 0

    def respell(self, codes: Array, ends: Array) -> tuple[Array, Array]:
        """Return the texts in the other form, UTF-8 end to end (uint8), single spaces between words, and their ends."""
        self._meet(codes)
        return _respell(codes, ends, self.entries, self.pool)

    def words_before_marks(self, codes: Array) -> Array:
        """Return for each quotation mark of one text how many words of the other form come before it (int32)."""
        self._meet(codes)
        return _words_before_marks(codes, self.entries)

    def _meet(self, codes: Array) -> None:
        for code in set(_unmet(codes, self.entries).tolist()):
            self.entries[code] = self._entry(self.form(chr(code)))

    def _entry(self, form: str) -> int:
        """Pack a form: its bytes, or where they are kept if more than four; their number; its words; its spaces."""
        words = form.split()
        spelt = " ".join(words).encode("utf-8")
        before, after = (_BEFORE * form.startswith(" ")), (_AFTER * form.endswith(" "))
        where = self._keep(spelt) if len(spelt) > _INLINE else int.from_bytes(spelt, "little")
        return where | len(spelt) << _LENGTH | len(words) << _WORDS | before | after | _MET

    def _keep(self, spelt: bytes) -> int:
        if self.used + len(spelt) > len(self.pool):
            self.pool = np.concatenate([self.pool, np.zeros_like(self.pool)])
        self.pool[self.used : self.used + len(spelt)] = np.frombuffer(spelt, np.uint8)
        self.used += len(spelt)
        return self.used - len(spelt)


class Classes:
    """Which characters make words and numbers."""

    def __init__(self) -> None:
        self.flags = np.zeros(CHARACTERS, np.uint8)

    def tokens(self, codes: Array) -> Array:
        """Return where each run of letters, marks and numbers begins and ends, in turn (int64)."""
        self._meet(codes)
        return _tokens(codes, self.flags)

    def numbers(self, codes: Array) -> Array:
        """Return where each number, thousands and decimals included, begins and ends, in turn (int64)."""
        self._meet(codes)
        return _numbers(codes, self.flags)

    def _meet(self, codes: Array) -> None:
        for code in set(_unmet(codes, self.flags).tolist()):
            character = chr(code)
            digit = DIGIT if unicodedata.category(character) == "Nd" else 0
            self.flags[code] = MET | digit | (WORD if _WORD_CHARACTER.match(character) else 0)


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
def _unmet(codes: Array, table: Array) -> Array:
    """Return the code points that have no entry in the table yet."""
    count = 0
    for code in codes:
        count += table[code] == 0
    found = np.empty(count, np.int64)
    count = 0
    for code in codes:
        if table[code] == 0:
            found[count] = code
            count += 1
    return found


@jit
def _respell(codes: Array, ends: Array, entries: Array, pool: Array) -> tuple[Array, Array]:
    """Write each form after the one before it; no branches but for long forms, since words end where they like."""
    size = _INLINE
    for code in codes:
        size += ((entries[code] >> _LENGTH) & 0xFF) + 1
    out, out_ends = np.empty(size, np.uint8), np.zeros(len(ends), np.int64)
    at = np.uint64(0)
    for t in range(len(ends) - 1):
        text, begin, parted = codes[ends[t] : ends[t + 1]], at, False
        for code in text:
            entry = np.int64(entries[code])
            length = (entry >> _LENGTH) & 0xFF
            parted |= entry & _BEFORE != 0
            out[at] = 32
            at += np.uint64(parted and length > 0 and at != begin)
            if length <= _INLINE:
                for k in range(_INLINE):
                    out[at + np.uint64(k)] = (entry >> 8 * k) & 0xFF
            else:
                for k in range(length):
                    out[at + np.uint64(k)] = pool[(entry & 0xFFFFFFFF) + k]
            at += np.uint64(length)
            parted = entry & _AFTER != 0 if length else parted
        out_ends[t + 1] = at
    return out[:at], out_ends


@jit
def _mark(code: int) -> bool:
    """Say whether the character is one of " « » “ ” „ 「 」."""
    if code < 0xAB:
        return code == 0x22
    return code in (0xAB, 0xBB, 0x201C, 0x201D, 0x201E, 0x300C, 0x300D)


@jit
def _words_before_marks(codes: Array, entries: Array) -> Array:
    found = np.empty(len(codes), np.int32)
    count, words, parted = 0, np.int64(0), True
    for code in codes:
        if _mark(code):
            found[count] = words
            count += 1
        entry = np.int64(entries[code])
        more = (entry >> _WORDS) & 0xFF
        parted |= entry & _BEFORE != 0
        words += more - (more > 0 and not parted)  # what is not parted goes on with the word before
        parted = entry & _AFTER != 0 if more else parted
    return found[:count]


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
def _tokens(codes: Array, flags: Array) -> Array:
    edges = np.empty(len(codes) + 2, np.int64)
    count, inside = np.uint64(0), np.uint8(0)
    for i in range(len(codes)):
        word = np.uint8(flags[codes[i]] & np.uint8(WORD))
        edges[count] = i
        count += np.uint64(word ^ inside)
        inside = word
    edges[count] = len(codes)
    count += np.uint64(inside)
    return edges[:count]


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
def _numbers(codes: Array, flags: Array) -> Array:
    edges = np.empty(len(codes) + 1, np.int64)
    count, free = 0, 0
    for i in range(len(codes)):
        if flags[codes[i]] & DIGIT and i >= free:
            free = _number(codes, flags, i)
            edges[count], edges[count + 1] = i, free
            count += 2
    return edges[:count]


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
    """Return the numbers of the tokens that begin like a name, up to three proclitics before it left out."""
    found = np.empty(len(edges) // 2, np.int64)
    count = 0
    for i in range(len(edges) // 2):
        start, stop = edges[2 * i], edges[2 * i + 1]
        like = _begins_like_a_name(codes, start, stop, bins, whole)
        for cut in range(1, 4):
            if like or stop - start <= cut + 2 or codes[start + cut - 1] not in proclitics:
                break
            like = _begins_like_a_name(codes, start + cut, stop, bins, whole)
        if like:
            found[count] = i
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
