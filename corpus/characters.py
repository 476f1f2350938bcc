"""Texts as arrays of code points, and the tables of what each character is and becomes.

What a character becomes is asked in Python once, when it is first met, and looked up by compiled code from then on.
May import: numpy, regex, corpus.kernels, corpus.respelling, corpus.scanning, corpus.text. Texts come in NFKC unless
said otherwise.
"""

import unicodedata
from collections.abc import Callable
from threading import Lock

import numpy as np
import regex

from corpus import respelling, scanning
from corpus.kernels import Array, jit
from corpus.respelling import LONG, SHORT
from corpus.scanning import AFTER, BEFORE, DIGIT, INLINE, LENGTH, MET, SPELT, WORD, WORDS
from corpus.text import form as normal_form

CHARACTERS = 0x110000
_WORD_CHARACTER = regex.compile(r"[\p{L}\p{M}\p{N}]")


def code_points(texts: list[str]) -> tuple[Array, Array]:
    """Return the texts' code points end to end (uint32) and where each begins and the last ends (int64)."""
    ends = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(text) for text in texts], out=ends[1:])
    return np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32), ends


class Spelling:
    """How each character is spelt in another form of a text, as UTF-8 bytes."""

    def __init__(self, form: Callable[[str], str]) -> None:
        """Take the function that says what a character becomes; a space in it parts words.

        Of ASCII, letters become small ones, digits either stay or part words, and all else parts words: ValueError if
        not. Blocks of ASCII are then spelt in vectors.
        """
        self.form, self.digits = form, np.uint8(10 * (form("0") == "0"))
        self.entries = np.zeros(CHARACTERS, np.uint64)
        self.short = np.full(SHORT, LONG, np.uint8)
        self.pool = np.zeros(1 << 12, np.uint8)
        self.used = 0
        self.meeting = Lock()
        for code in range(128):
            character = chr(code).lower()
            kept = character.isalpha() or (character.isdigit() and self.digits > 0)
            self.short[code] = ord(character if kept else " ")
            if self.short[code] != _short_form(form(chr(code))):
                raise ValueError(f"not a form that blocks of ASCII can have: {form(chr(code))!r} for {chr(code)!r}")

    def respell(self, codes: Array, ends: Array) -> tuple[Array, Array]:
        """Return the texts in the other form, UTF-8 end to end (uint8), single spaces between words, and their ends."""
        out, out_ends, done = respelling.short_ones(codes, ends, self.short, self.digits)
        if done == len(ends) - 1:
            return out, out_ends
        self._meet(codes)  # before the pool is asked for, since threads share it
        return respelling.the_rest(codes, ends, done, out, out_ends, self.short, self.digits, self.entries, self.pool)

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


NORMAL = Spelling(normal_form)
"""The normal form, in which words are compared."""


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
