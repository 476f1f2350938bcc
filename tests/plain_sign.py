"""What signing a text means, written down without any thought for speed: the oracle of the compiled versions.

May import: the standard library, regex, anyascii, corpus.cldr.
"""

import hashlib
import re
import unicodedata
from functools import cache

import regex
from anyascii import anyascii

from corpus.cldr import names as told_by_cldr

UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]")
UNSPACED_LANGUAGES = {"zh", "yue", "ja", "th", "lo", "km", "my", "bo", "dz"}
PROCLITICS = {"ar": "والبلكف", "fa": "وب", "ur": "و", "he": "והבלמשכ", "yi": "ד"}
NUMBER = re.compile(r"[0-9]+(?:[.,٫٬\u00a0\u202f ][0-9]{3})*(?:[.,٫][0-9]+)?")
TOKEN = regex.compile(r"[\p{L}\p{M}\p{N}]+")
QUOTATION = regex.compile(
    '“([^“”]{1,2000})”|„([^„“”]{1,2000})[“”]|«([^«»]{1,2000})»|「([^「」]{1,2000})」|"([^"\n]{1,2000})"'
)
CURRENCIES = ("USD", "EUR", "GBP", "JPY", "CNY", "RUB", "INR", "TRY", "CHF")


def nfkc(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def words(text: str) -> list[str]:
    return "".join(map(form, nfkc(text).casefold())).split()


@cache
def form(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cf", "Cs") or character in "\u0640\u0307":
        return ""
    if UNSPACED.match(character):
        return f" {character} "
    if character == "ı":
        return "i"
    return character if category[0] in "LMN" else " "


def romanise(text: str) -> str:
    return " ".join("".join(map(romanised, nfkc(text))).split())


@cache
def romanised(character: str) -> str:
    category = unicodedata.category(character)[0]
    if category == "N" or character in "\n\r\t ":
        return " "
    letters = "".join(c if "a" <= c <= "z" else "" if c in "'`" else " " for c in anyascii(character).lower())
    return " " if not letters and category in "PSZ" else letters


def quoted(text: str) -> list[int]:
    spans: list[int] = []
    count = at = 0
    for hit in QUOTATION.finditer(text):
        count += len(words(text[at : hit.start()]))
        inside = len(words(hit.group()))
        spans += [count, count + inside]
        count += inside
        at = hit.end()
    return spans


def names_and_numbers(text: str, language: str | None) -> list[tuple[str, float]]:
    plain = nfkc(text)
    length = max(1, len(plain))
    folded = "".join(str(unicodedata.digit(c)) if unicodedata.category(c) == "Nd" else c for c in plain)
    found = [("n:" + re.sub("[^0-9]", "", hit.group()), hit.start() / length) for hit in NUMBER.finditer(folded)]
    found += [(code, at / length) for code, at in names(plain.casefold(), language or "")]
    return sorted(found, key=lambda one: one[1])


def names(text: str, language: str) -> list[tuple[str, int]]:
    known = cldr(language)
    if not known:
        return []
    return inside(text, known) if language in UNSPACED_LANGUAGES else whole(text, known, language)


def inside(text: str, known: dict[str, str]) -> list[tuple[str, int]]:
    """In a script without spaces: at each place the longest name that stands there."""
    found, i = [], 0
    while i < len(text) - 1:
        hit = max((name for name in known if text.startswith(name, i)), key=len, default=None)
        if hit:
            found.append((known[hit], i))
        i += len(hit) if hit else 1
    return found


def whole(text: str, known: dict[str, str], language: str) -> list[tuple[str, int]]:
    """In a script with spaces: a name of several words first, else one word, then without its proclitics."""
    tokens = [(hit.group(), hit.start()) for hit in TOKEN.finditer(text)]
    head = 2 if language == "ko" else 3
    several = [(found, code) for name, code in known.items() if len(found := TOKEN.findall(name)) > 1]
    single = [(TOKEN.findall(name), code, len(name)) for name, code in known.items()]
    single = [(found[0], code) for found, code, length in single if len(found) == 1 and length >= head]
    found, i = [], 0
    while i < len(tokens):
        word, at = tokens[i]
        begun = ((ws, code) for ws, code in several if ws[0][:head] == word[:head] and len(ws) <= len(tokens) - i)
        phrase = next(
            (p for p in begun if all(inflected(tokens[i + k][0], w, language) for k, w in enumerate(p[0]))), None
        )
        code = phrase[1] if phrase else one_word(word, single, language, head)
        if code:
            found.append((code, at))
        i += len(phrase[0]) if phrase else 1
    return found


def one_word(word: str, single: list[tuple[str, str]], language: str, head: int) -> str:
    forms = [word]
    for cut in (1, 2, 3):
        if len(word) <= cut + 2 or word[cut - 1] not in PROCLITICS.get(language, ""):
            break
        forms.append(word[cut:])
    hits = (
        code
        for form in forms
        for name, code in single
        if name[:head] == form[:head] and inflected(form, name, language)
    )
    return next(hits, "")


def inflected(word: str, name: str, language: str) -> bool:
    if word == name:
        return True
    if language == "ko":
        return word.startswith(name) and len(word) <= len(name) + 3
    stem = max(4, len(name) - 2)
    return len(name) >= 4 and len(word) <= len(name) + 4 and word[:stem] == name[:stem]


@cache
def cldr(language: str) -> dict[str, str]:
    told = told_by_cldr({"zh": "zh_Hans", "yue": "yue_Hans"}.get(language, language))
    if told is None:
        return {}
    named = [(name, f"t:{code}") for code, name in told["territories"].items() if len(code) == 2]
    for kind in ("format", "stand-alone"):
        named += [(name, f"m:{number}") for number, name in told["months"].get(kind, {}).get("wide", {}).items()]
        named += [(name, f"d:{number}") for number, name in told["days"].get(kind, {}).get("wide", {}).items()]
    named += [(about["city"], f"c:{zone}") for zone, about in told["time_zones"].items() if "city" in about]
    money = told["currency_names"]
    named += [(money[code], f"x:{code}") for code in CURRENCIES if code in money]
    known: dict[str, str] = {}
    for name, code in named:
        plain = re.sub(r"\s*\(.*?\)", "", nfkc(name).casefold()).strip()
        if len(plain) > 1:
            known.setdefault(plain, code)
    return known


def key(name: str) -> int:
    digest = hashlib.blake2b(f"{name[0]}{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def shingles(text: str, size: int) -> list[bytes]:
    tokens = words(text)
    runs = [tokens] if 0 < len(tokens) < size else [tokens[i : i + size] for i in range(len(tokens) - size + 1)]
    return [" ".join(run).encode() for run in runs]
