"""Language-neutral anchors of a text: romanised words, numbers with folded digits, names known to CLDR (pure).

May import: the standard library, regex, anyascii, babel. Babel's tables load when a language is first met.
"""

import re
import unicodedata
from functools import cache
from hashlib import blake2b

import regex
from anyascii import anyascii
from babel import Locale, UnknownLocaleError

_UNSPACED = frozenset({"zh", "yue", "ja", "th", "lo", "km", "my", "bo", "dz"})
_PROCLITICS = {"ar": "والبلكف", "fa": "وب", "ur": "و", "he": "והבלמשכ", "yi": "ד"}
_NUMBER = re.compile(r"[0-9]+(?:[.,٫٬\u00a0\u202f ][0-9]{3})*(?:[.,٫][0-9]+)?")
_TOKEN = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_CURRENCIES = ("USD", "EUR", "GBP", "JPY", "CNY", "RUB", "INR", "TRY", "CHF")


class _Romaniser(dict[int, str]):
    """What each character becomes in Latin letters; a space where it is no letter."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if unicodedata.category(character)[0] == "N" or character in "\n\r\t ":
            form = " "
        else:
            form = "".join(c if "a" <= c <= "z" else "" if c in "'`" else " " for c in anyascii(character).lower())
            if not form and unicodedata.category(character)[0] in "PSZ":
                form = " "
        self[code] = form
        return form


_ROMANISER = _Romaniser()
_FOREIGN_DIGIT = regex.compile(r"[\p{Nd}--[0-9]]", regex.V1)


def romanise(text: str) -> str:
    """Return the text's words in the letters a to z, single spaces between them, numbers and punctuation gone.

    Unspaced scripts give runs without spaces. Romanisation: anyascii, character by character, after NFKC.
    """
    return " ".join(unicodedata.normalize("NFKC", text).translate(_ROMANISER).split())


def key(kind: str, value: str) -> int:
    """Return the signed 64-bit hash that stands for a number or name."""
    return int.from_bytes(blake2b(f"{kind}{value}".encode(), digest_size=8).digest(), "little", signed=True)


def names_and_numbers(text: str, language: str | None) -> list[tuple[str, float]]:
    """Return the language-neutral name of each number and CLDR name with its place in the text (0..1), in order.

    Numbers: digits of all scripts, separators dropped ("n:1500"). Names: countries ("t:IR"), cities ("c:Asia/Tehran"),
    months ("m:9"), weekdays ("d:1") and currencies ("x:EUR"), in the text's own language, inflected forms included.
    """
    plain = unicodedata.normalize("NFKC", text)
    if not plain.isascii():
        plain = _FOREIGN_DIGIT.sub(lambda hit: str(unicodedata.digit(hit.group())), plain)
    length = max(1, len(plain))
    found = [(f"n:{re.sub('[^0-9]', '', hit.group())}", hit.start() / length) for hit in _NUMBER.finditer(plain)]
    found += [(name, at / length) for name, at in _lexicon(language or "").find(plain.casefold())]
    return sorted(found, key=lambda one: one[1])


class _Lexicon:
    """The names of one language, found in running text."""

    def __init__(self, language: str) -> None:
        self.unspaced = language in _UNSPACED
        self.head = 2 if language in _UNSPACED or language == "ko" else 3
        self.proclitics = _PROCLITICS.get(language, "")
        self.korean = language == "ko"
        self.words: dict[str, list[tuple[str, str]]] = {}
        self.phrases: dict[str, list[tuple[list[str], str]]] = {}
        self.met: dict[str, str] = {}
        for name, code in _cldr(language).items():
            self._add(name, code)

    def _add(self, name: str, code: str) -> None:
        tokens = [name] if self.unspaced else _TOKEN.findall(name)
        if len(tokens) == 1 and len(name) >= self.head:
            self.words.setdefault(tokens[0][: self.head], []).append((tokens[0], code))
        elif len(tokens) > 1:
            self.phrases.setdefault(tokens[0][: self.head], []).append((tokens, code))

    def find(self, text: str) -> list[tuple[str, int]]:
        """Return (name, place in characters) of each name in the case-folded text."""
        if not self.words and not self.phrases:
            return []
        return self._find_inside(text) if self.unspaced else self._find_words(text)

    def _find_inside(self, text: str) -> list[tuple[str, int]]:
        found, i = [], 0
        while i < len(text) - 1:
            hit = max(
                (pair for pair in self.words.get(text[i : i + 2], ()) if text.startswith(pair[0], i)),
                key=lambda pair: len(pair[0]),
                default=None,
            )
            if hit:
                found.append((hit[1], i))
            i += len(hit[0]) if hit else 1
        return found

    def _find_words(self, text: str) -> list[tuple[str, int]]:
        tokens = [(hit.group(), hit.start()) for hit in _TOKEN.finditer(text)]
        found, i = [], 0
        while i < len(tokens):
            word, at = tokens[i]
            phrase = self._phrase(tokens, i) if word[: self.head] in self.phrases else None
            code = phrase[1] if phrase else self._word(word)
            if code:
                found.append((code, at))
            i += len(phrase[0]) if phrase else 1
        return found

    def _phrase(self, tokens: list[tuple[str, int]], i: int) -> tuple[list[str], str] | None:
        for words, code in self.phrases[tokens[i][0][: self.head]]:
            if len(words) <= len(tokens) - i and all(self._inflected(tokens[i + k][0], w) for k, w in enumerate(words)):
                return words, code
        return None

    def _word(self, word: str) -> str:
        code = self.met.get(word)
        if code is None:
            if len(self.met) > 200_000:
                self.met.clear()
            code = self.met[word] = next(
                (
                    code
                    for form in self._forms(word)
                    for name, code in self.words.get(form[: self.head], ())
                    if self._inflected(form, name)
                ),
                "",
            )
        return code

    def _forms(self, word: str) -> list[str]:
        forms = [word]
        for cut in (1, 2, 3):
            if len(word) > cut + 2 and word[cut - 1] in self.proclitics:
                forms.append(word[cut:])
            else:
                break
        return forms

    def _inflected(self, word: str, name: str) -> bool:
        """Say whether the word is the name or a form of it: the same beginning and a short ending."""
        if word == name:
            return True
        if self.korean:
            return word.startswith(name) and len(word) <= len(name) + 3
        if len(name) < 4 or len(word) > len(name) + 4:
            return False
        stem = max(4, len(name) - 2)
        return word[:stem] == name[:stem]


@cache
def _lexicon(language: str) -> _Lexicon:
    return _Lexicon(language)


def _cldr(language: str) -> dict[str, str]:
    """Return the case-folded names of countries, cities, months, weekdays and currencies in a language, by CLDR."""
    try:
        locale = Locale.parse({"zh": "zh_Hans", "yue": "yue_Hans"}.get(language, language))
    except (UnknownLocaleError, ValueError):
        return {}
    found: dict[str, str] = {}

    def add(name: str, code: str) -> None:
        plain = re.sub(r"\s*\(.*?\)", "", unicodedata.normalize("NFKC", name).casefold()).strip()
        if len(plain) > 1:
            found.setdefault(plain, code)

    for code, name in locale.territories.items():
        if len(code) == 2:
            add(name, f"t:{code}")
    for form in ("format", "stand-alone"):
        for number, name in locale.months.get(form, {}).get("wide", {}).items():
            add(name, f"m:{number}")
        for number, name in locale.days.get(form, {}).get("wide", {}).items():
            add(name, f"d:{number}")
    for zone, about in locale.time_zones.items():
        if "city" in about:
            add(about["city"], f"c:{zone}")
    for code in _CURRENCIES:
        if code in locale.currencies:
            add(locale.currencies[code], f"x:{code}")
    return found
