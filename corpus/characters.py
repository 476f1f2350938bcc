"""Texts as arrays of code points, and the tables of what each character is and becomes.

What a character becomes is asked in Python once, when it is first met, and looked up by compiled code from then on.
May import: numpy, regex, corpus.kernels, corpus.scanning. Texts come in NFKC unless said otherwise.
"""

import unicodedata
from collections.abc import Callable
from threading import Lock
from typing import Any

import numpy as np
import regex

from corpus import scanning
from corpus.kernels import Array, jit
from corpus.scanning import AFTER, BEFORE, DIGIT, INLINE, LENGTH, MET, SPELT, WORD, WORDS

CHARACTERS = 0x110000
SHORT, LONG = 0x2100, 0xFF
"""Texts of characters below the first alone with forms of one byte have a quick way; no form begins with the second."""
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
        self.short = np.full(SHORT, LONG, np.uint8)
        self.pool = np.zeros(1 << 12, np.uint8)
        self.used = 0
        self.meeting = Lock()

    def respell(self, codes: Array, ends: Array) -> tuple[Array, Array]:
        """Return the texts in the other form, UTF-8 end to end (uint8), single spaces between words, and their ends."""
        out, out_ends, done = _respell_short_ones(codes, ends, self.short)
        if done == len(ends) - 1:
            return out, out_ends
        self._meet(codes)  # before the pool is asked for, since threads share it
        return _respell_rest(codes, ends, done, out, out_ends, self.short, self.entries, self.pool)

    def words_before_marks(self, codes: Array) -> Array:
        """Return for each quotation mark of one text how many words of the other form come before it (int32)."""
        found, met = scanning.words_before_marks(codes, self.entries)
        if not met:
            self._meet(codes)
            found, _ = scanning.words_before_marks(codes, self.entries)
        return found

    def _meet(self, codes: Array) -> None:
        unmet = set(_unmet(codes, self.entries).tolist())
        if unmet:
            with self.meeting:  # threads sign side by side
                for code in unmet:
                    if not self.entries[code]:  # an entry never changes: a kernel may be reading it with an older pool
                        form = self.form(chr(code))
                        self.entries[code] = self._entry(form)
                        if code < SHORT - 1:
                            self.short[code] = _short_form(form)

    def _entry(self, form: str) -> int:
        """Pack a form: its bytes, or where they are kept if more than four; their number; its words; its spaces."""
        words = form.split()
        spelt = " ".join(words).encode("utf-8")
        before, after = (BEFORE * form.startswith(" ")), (AFTER * form.endswith(" "))
        where = self._keep(spelt) if len(spelt) > INLINE else int.from_bytes(spelt, "little")
        return where | len(spelt) << LENGTH | len(words) << WORDS | before | after | SPELT

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
        edges, met = scanning.tokens(codes, self.flags)
        if not met:
            self._meet(codes)
            edges, _ = scanning.tokens(codes, self.flags)
        return edges

    def numbers(self, codes: Array) -> Array:
        """Return where each number, thousands and decimals included, begins and ends, in turn (int64)."""
        edges, met = scanning.numbers(codes, self.flags)
        if not met:
            self._meet(codes)
            edges, _ = scanning.numbers(codes, self.flags)
        return edges

    def _meet(self, codes: Array) -> None:
        for code in set(_unmet(codes, self.flags).tolist()):
            character = chr(code)
            digit = DIGIT if unicodedata.category(character) == "Nd" else 0
            self.flags[code] = MET | digit | (WORD if _WORD_CHARACTER.match(character) else 0)


def _short_form(form: str) -> int:
    """Return the byte that a form is, a space where it parts words alone, LONG for other forms."""
    if form.startswith(" ") and form.endswith(" ") and not form.split():
        return ord(" ")
    return ord(form) if len(form) == 1 and form.isascii() and not form.isspace() else LONG


@jit
def _unmet(codes: Array, table: Array) -> Array:
    """Return the code points that have no entry in the table yet."""
    count = 0
    for code in codes:
        count += table[code] == 0
    found = np.empty(count, np.int64)
    if count == 0:  # nearly always
        return found
    count = 0
    for code in codes:
        if table[code] == 0:
            found[count] = code
            count += 1
    return found


@jit
def _respell_short_ones(codes: Array, ends: Array, short: Array) -> tuple[Array, Array, int]:
    """Write each text's form after the one before it up to a text with a longer form; return that text's number."""
    out, out_ends = np.empty(len(codes) + 1, np.uint8), np.zeros(len(ends), np.int64)
    at = np.uint64(0)
    for t in range(len(ends) - 1):
        end = _respell_short(codes[ends[t] : ends[t + 1]], short, out, at)
        if end < 0:
            return out[:at], out_ends, t
        at = np.uint64(end)
        out_ends[t + 1] = at
    return out[:at], out_ends, len(ends) - 1


@jit
def _respell_rest(
    codes: Array, ends: Array, done: int, begun: Array, out_ends: Array, short: Array, entries: Array, pool: Array
) -> tuple[Array, Array]:
    """Write the forms of the texts from number `done` on after those that are there."""
    size = len(begun) + INLINE
    for code in codes[ends[done] :]:
        size += ((entries[code] >> LENGTH) & 0xFF) + 1
    out, at = np.empty(size, np.uint8), np.uint64(len(begun))
    out[:at] = begun
    for t in range(done, len(ends) - 1):
        text = codes[ends[t] : ends[t + 1]]
        end = _respell_short(text, short, out, at)
        at = np.uint64(end) if end >= 0 else _respell_long(text, entries, pool, out, at)
        out_ends[t + 1] = at
    return out[:at], out_ends


@jit
def _respell_long(text: Array, entries: Array, pool: Array, out: Array, at: Any) -> Any:
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
def _respell_short(text: Array, short: Array, out: Array, at: Any) -> int:
    """Write a text's forms from `at` on where each is one byte; return where they end, -1 where some form is longer.

    A third of the time of other texts. No branches: each character is written, and counts unless it is a space after a
    space.
    """
    begin, before, longest = at, np.uint8(32), np.uint8(0)
    for code in text:
        byte = short[min(code, np.uint32(SHORT - 1))]
        longest = max(longest, byte)
        out[at] = byte
        at += np.uint64((byte != 32) | (before != 32))
        before = byte
    end: int = at - np.uint64((before == 32) & (at > begin))
    return -1 if longest == LONG else int(end)
