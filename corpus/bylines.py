"""The names of people in what a page tells as its authors (pure). May import: regex, the standard library."""

import html
from collections.abc import Iterable, Iterator

import regex

_BY = regex.compile(
    r"^(?:(?:by|von|par|por|de|di|door|av|af|oleh|przez|автор|بقلم|كتب|كتبت|إعداد|מאת|โดย|reporter|penulis|wartawan"
    r"|autor(?:a|es)?|text|haber|haberi|muhabir|theo|記者|记者)\s*[:：]?\s+|(?:文|撰文|记者|記者|作者|執筆|글|كتب|بقلم)\s*[/／|｜:：]\s*)",
    regex.I,
)
_ROLE = regex.compile(
    r"(?<=\p{Hangul}{2})\s*(?:기자|특파원|인턴기자|선임기자)$|(?<=[\p{Han}\p{Katakana}]{2})\s*(?:記者|记者|編集委員)$"
)
_AND = regex.compile(r"\s*(?:[,;|、،/]|\s(?:and|und|et|y|e|dan|ve|og|och|i|и|en|&)\s)\s*")
# What stands after a name: a post, a date, a clock.
_AFTER_NAME = regex.compile(
    r"\s*(?:[-–—|•·]\s.*|\bon\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\b.*"
    r"|\b(?:jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec|januar|february|march|april|june|july|august|september|october"
    r"|november|december)\w*\.?\s+\d.*|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b.*|\d{1,2}[:.]\d\d.*)$",
    regex.I,
)
_DATED = regex.compile(r"\d{1,2}|\d{1,2}\.? \p{L}+|\p{L}{3,9}\.? \d{1,2}")
_AND_FIRST = regex.compile(r"^(?:and|und|et|y|e|dan|ve|og|och|и)\s+", regex.I)
_NO_NAME = regex.compile(
    r"https?:|www\.|@|^\W*$|\d{4}|^(?:editor|penyunting|redaktur|责任编辑|責任編輯|编辑|編輯|編集|editör)\s*[:：]|^(?:admin|staff|editor|redaksi|redaktion|webmaster|none|null|undefined|authors?|autor(?:es|en)?|by)$",
    regex.I,
)


# 記者王小明／台北報導, (東京＝山田太郎), 김철수 기자 kim@paper.kr: what stands around a name in scripts without spaces.
_REPORTER = regex.compile(r"^(?:本報記者|本报记者|記者|记者)(?=\p{Han}{2,4}(?:$|[\s／/]))")
_REPORTED_FROM = regex.compile(r"[／/].{1,10}(?:報導|报道|報道|綜合報導|综合报道)$")
_AT_PLACE = regex.compile(r"^[(（]?[\p{Han}\p{Katakana}ー\p{Hangul}]{1,8}\s?[=＝]\s?(?=[\p{Han}\p{Hangul}])")
_MAIL = regex.compile(r"\s*[<(（]?[\w.+-]+@[\w-]+(?:\.[\w-]+)+[>)）]?")
_NAMES_ALONE = regex.compile(r"\p{Hangul}{2,4}(?:\s\p{Hangul}{2,4}){1,5}")
_NAMES_IN_CHINESE = regex.compile(r"\p{Han}{2,4}(?:\s\p{Han}{2,4}){1,5}")  # in Japanese a space parts one name


# Posts that stand after a name without a comma.
_POST = regex.compile(
    r"\s(?:(?:senior|chief|staff|special|associate|deputy|national|political|foreign|business|science|health|sports|white|"
    r"house|washington|world|media)\s)+(?:correspondent|reporter|editor|writer|columnist)s?\b.*$"
    r"|\s(?:envoyée?s?\s(?:spécial|spéciaux)e?s?|enviad[oa]s?\sespecial|inviat[oa]\b|correspondant|corresponsal)\b.*$",
    regex.I,
)


def names_in(told: Iterable[str], language: str | None = None) -> Iterator[str]:
    """Yield the single names in what was told as authors, on a page in the language (a code) if it is known."""
    several = _NAMES_IN_CHINESE if (language or "").lower().startswith("zh") else _NAMES_ALONE
    for text in told:
        plain = " ".join(html.unescape(text).split())
        plain = _BY.sub("", _REPORTED_FROM.sub("", _MAIL.sub("", plain) if len(plain) <= 200 else plain))
        for part in _AND.split(plain) if len(plain) <= 200 and "://" not in plain else ():
            yield from _names_of(part, several)


def _names_of(part: str, several: regex.Pattern[str]) -> Iterator[str]:
    """Yield the names in one part of a byline; some scripts part them by spaces alone."""
    name = _REPORTER.sub("", _AT_PLACE.sub("", _AND_FIRST.sub("", part)))
    name = _ROLE.sub("", _POST.sub("", _AFTER_NAME.sub("", name))).strip(" .:-–—()（）")
    for single in name.split() if several.fullmatch(name) else (name,):
        if 1 < len(single) <= 80 and not _NO_NAME.search(single) and not _DATED.fullmatch(single):
            yield single
