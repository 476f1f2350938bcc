"""Language-neutral anchors of a text: romanised words, numbers with folded digits, names known to CLDR (pure).

Compiled code finds where a number or name may stand; what stands there is decided here, in plain Python. May import:
the standard library, numpy, regex, anyascii, corpus.characters, corpus.cldr, corpus.scanning, corpus.text. CLDR's
tables load when a language is first met.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from operator import itemgetter
from typing import Any

import numpy as np
import regex
from anyascii import anyascii

from corpus import characters, cldr, scanning, text
from corpus.kernels import Array

_UNSPACED = frozenset({"zh", "yue", "ja", "th", "lo", "km", "my", "bo", "dz"})
_PROCLITICS = {"ar": "والبلكف", "fa": "وب", "ur": "و", "he": "והבלמשכ", "yi": "ד"}
_TOKEN = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_CURRENCIES = ("USD", "EUR", "GBP", "JPY", "CNY", "RUB", "INR", "TRY", "CHF")
_ENDING = 4
Phrase = tuple[list[str], str]
"""The words of a name of several words, and what it stands for."""
_REMEMBERED, _LONGEST = 50_000, 40


def _romanised(character: str) -> str:
    """Return what a character becomes in Latin letters; a space where it is no letter."""
    category = unicodedata.category(character)[0]
    if category == "N" or character in "\n\r\t ":
        return " "
    form = "".join(c if "a" <= c <= "z" else "" if c in "'`" else " " for c in anyascii(character).lower())
    return form or " " * (category in "PSZ")


ROMANISED = characters.Spelling(_romanised)
CLASSES = characters.Classes()


def romanise(body: str) -> str:
    """Return the text's words in the letters a to z, single spaces between them, numbers and punctuation gone.

    Unspaced scripts give runs without spaces. Romanisation: anyascii, character by character, after NFKC.
    """
    spelt, _ = ROMANISED.respell(*characters.code_points([text.nfkc(body)]))
    return spelt.tobytes().decode("ascii")


def key(kind: str, value: str) -> int:
    """Return the signed 64-bit hash that stands for a number or name."""
    return int.from_bytes(blake2b(f"{kind}{value}".encode(), digest_size=8).digest(), "little", signed=True)


@lru_cache(_REMEMBERED)
def name_key(name: str) -> int:
    """Return the key of a number or name as `found` gives it, such as "n:1500" or "t:IR"."""
    return key(name[0], name)


def names_and_numbers(body: str, language: str | None) -> list[tuple[str, float]]:
    """Return the language-neutral name of each number and CLDR name with its place in the text (0..1), in order.

    Numbers: digits of all scripts, separators dropped ("n:1500"). Names: countries ("t:IR"), cities ("c:Asia/Tehran"),
    months ("m:9"), weekdays ("d:1") and currencies ("x:EUR"), in the text's own language, inflected forms included.
    """
    plain = text.nfkc(body)
    length = max(1, len(plain))
    return [(name, at / length) for name, at in found(plain, language)]


def found(plain: str, language: str | None, codes: Array | None = None) -> list[tuple[str, int]]:
    """Return the name and the place, in characters, of each number and CLDR name of a text in NFKC, in order.

    `codes` are the text's code points where they are known.
    """
    hits = _numbers(plain, characters.code_points([plain])[0] if codes is None else codes)
    hits += _lexicon(language or "").find(plain.casefold())
    hits.sort(key=itemgetter(1))
    return hits


def _numbers(plain: str, codes: Array) -> list[tuple[str, int]]:
    edges = CLASSES.numbers(codes).tolist()
    written = [(plain[start:stop], start) for start, stop in zip(edges[::2], edges[1::2], strict=True)]
    return [(_number(one) if len(one) <= _LONGEST else _number.__wrapped__(one), start) for one, start in written]


@lru_cache(_REMEMBERED)
def _number(written: str) -> str:
    if written.isascii():
        return "n:" + "".join(filter(str.isdigit, written))
    return "n:" + "".join(str(unicodedata.digit(c)) for c in written if unicodedata.category(c) == "Nd")


class _Lexicon:
    """The names of one language, found in running text."""

    def __init__(self, language: str) -> None:
        self.unspaced = language in _UNSPACED
        self.korean = language == "ko"
        self.head = 2 if self.unspaced or self.korean else 3
        self.proclitics = _PROCLITICS.get(language, "")
        self.words: dict[str, list[tuple[str, str]]] = {}
        self.phrases: dict[str, list[Phrase]] = {}
        self.met: dict[str, tuple[str, list[Phrase]]] = {}
        for name, code in _cldr(language).items():
            self._add(name, code)
        if self.unspaced:
            for names in self.words.values():
                names.sort(key=lambda one: -len(one[0]))
        singles = [name for names in self.words.values() for name, _ in names]
        phrases = [words for names in self.phrases.values() for words, _ in names]
        self.longest = (
            max(map(len, [*singles, *(words[0] for words in phrases)]), default=0) + _ENDING + 3
        )  # an ending behind, three proclitics before
        self.bins = scanning.heads(singles + [words[0] for words in phrases])
        self.proclitic_codes: Array = np.array([ord(c) for c in self.proclitics], np.uint32)

    def _add(self, name: str, code: str) -> None:
        tokens = [name] if self.unspaced else _TOKEN.findall(name)
        if len(tokens) == 1 and len(name) >= self.head:
            self.words.setdefault(tokens[0][: self.head], []).append((tokens[0], code))
        elif len(tokens) > 1:
            self.phrases.setdefault(tokens[0][: self.head], []).append((tokens, code))

    def find(self, folded: str) -> list[tuple[str, int]]:
        """Return (name, place in characters) of each name in the case-folded text."""
        if not self.words and not self.phrases:
            return []
        codes, _ = characters.code_points([folded])
        return self._find_inside(folded, codes) if self.unspaced else self._find_words(folded, codes)

    def _find_inside(self, folded: str, codes: Array) -> list[tuple[str, int]]:
        hits, free = [], 0
        for i in scanning.places_like_names(codes, self.bins).tolist():
            if i < free:
                continue
            for name, code in self.words.get(folded[i : i + self.head], ()):  # the longest first
                if folded.startswith(name, i):
                    hits.append((code, i))
                    free = i + len(name)
                    break
        return hits

    def _find_words(self, folded: str, codes: Array) -> list[tuple[str, int]]:
        edges = CLASSES.tokens(codes)
        likely = scanning.candidates(codes, edges, self.bins, self.proclitic_codes, not self.korean)
        hits, free = [], 0
        for i, start, stop, following in likely.tolist():
            word = folded[start:stop]
            code, phrases = self.met.get(word) or self._meet(word)
            if i < free or not (code or phrases):
                continue
            begun = [one for one in phrases if folded.startswith(one[0][1][: scanning.HEAD], following)]
            phrase = self._phrase(begun, folded, edges, i) if begun else None
            if phrase or code:
                hits.append((phrase[1] if phrase else code, start))
            free = i + (len(phrase[0]) if phrase else 1)
        return hits

    def _phrase(self, phrases: list[Phrase], folded: str, edges: Array, i: int) -> Phrase | None:
        """Return the first of the phrases whose other words follow its first one, token i."""
        bounds = edges[2 * i + 2 : 2 * (i + max(len(words) for words, _ in phrases))].tolist()
        tokens = [folded[start:stop] for start, stop in zip(bounds[::2], bounds[1::2], strict=True)]
        for words, code in phrases:
            if len(words) <= len(tokens) + 1 and all(map(self._inflected, tokens, words[1:])):
                return words, code
        return None

    def _meet(self, word: str) -> tuple[str, list[Phrase]]:
        """Return the code of a word, if it has one, and the phrases that it may begin."""
        if len(word) > self.longest:
            return "", []
        phrases = [one for one in self.phrases.get(word[: self.head], ()) if self._inflected(word, one[0][0])]
        if len(self.met) >= _REMEMBERED:
            self.met.clear()
        self.met[word] = next(self._codes(word), ""), phrases
        return self.met[word]

    def _codes(self, word: str) -> Iterator[str]:
        for form in self._forms(word):
            for name, code in self.words.get(form[: self.head], ()):
                if self._inflected(form, name):
                    yield code

    def _forms(self, word: str) -> list[str]:
        forms = [word]
        for cut in (1, 2, 3):
            if len(word) <= cut + 2 or word[cut - 1] not in self.proclitics:
                break
            forms.append(word[cut:])
        return forms

    def _inflected(self, word: str, name: str) -> bool:
        """Say whether the word is the name or a form of it: the same beginning and a short ending."""
        if word == name:
            return True
        if self.korean:
            return word.startswith(name) and len(word) <= len(name) + 3
        if len(name) < 4 or len(word) > len(name) + _ENDING:
            return False
        stem = max(4, len(name) - 2)
        return word[:stem] == name[:stem]


@lru_cache(256)
def _lexicon(language: str) -> _Lexicon:
    return _Lexicon(language)


def _cldr(language: str) -> dict[str, str]:
    """Return the case-folded names of countries, cities, months, weekdays and currencies in a language, by CLDR."""
    known = cldr.names({"zh": "zh_Hans", "yue": "yue_Hans"}.get(language, language))
    if known is None:
        return {}
    found: dict[str, str] = {}
    for name, code in _named(known):
        plain = re.sub(r"\s*\(.*?\)", "", unicodedata.normalize("NFKC", name).casefold()).strip()
        if len(plain) > 1:
            found.setdefault(plain, code)
    return found


def _named(known: Any) -> Iterator[tuple[str, str]]:
    """Yield each name with what it stands for; where two are spelt alike, the first one holds."""
    yield from ((name, f"t:{code}") for code, name in known["territories"].items() if len(code) == 2)
    for form in ("format", "stand-alone"):
        for letter, what in (("m", "months"), ("d", "days")):
            wide = known[what].get(form, {}).get("wide", {})
            yield from ((name, f"{letter}:{number}") for number, name in wide.items())
    yield from ((about["city"], f"c:{zone}") for zone, about in known["time_zones"].items() if "city" in about)
    names = known["currency_names"]
    yield from ((names[code], f"x:{code}") for code in _CURRENCIES if code in names)
