"""Dates and times as news pages write them, in any language, to an instant (pure).

Understood: ISO 8601, RFC 2822, epoch seconds, 2022年7月12日 14時5分, 2022. 7. 12. 오후 2:05, ١٢ يوليو ٢٠٢٢,
12 Temmuz 2022 14:05, Selasa, 12 Juli 2022 14.05 WIB, 12 กรกฎาคม 2565, July 12, 2022 2:05 p.m. EDT.
Not understood: Persian and Hijri years.
May import: the standard library, regex, corpus.language (names of months).
"""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache

import regex

from corpus.language import month_names

# Hours from UTC of the zones that news pages abbreviate; those of daylight saving have names of their own.
_ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "wib": 7, "wita": 8, "wit": 9, "jst": 9, "kst": 9, "hkt": 8, "sgt": 8, "myt": 8,
    "pht": 8, "ict": 7, "ist": 5.5, "pkt": 5, "npt": 5.75, "msk": 3, "мск": 3, "trt": 3, "tsi": 3, "eet": 2, "eest": 3,
    "cet": 1, "cest": 2, "mez": 1, "mesz": 2, "bst": 1, "wet": 0, "west": 1, "est": -5, "edt": -4, "cst": -6, "cdt": -5,
    "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13, "brt": -3, "art": -3,
    "eat": 3, "cat": 2, "wat": 1, "sast": 2, "gst": 4, "irst": 3.5,
}  # fmt: skip
# Countries and languages whose clock never changes, hours from UTC; then those on European summer time.
_FIXED = {
    "id": 7, "jp": 9, "kr": 9, "cn": 8, "tw": 8, "hk": 8, "sg": 8, "my": 8, "ph": 8, "th": 7, "vn": 7, "in": 5.5,
    "lk": 5.5, "bd": 6, "np": 5.75, "pk": 5, "ir": 3.5, "tr": 3, "ru": 3, "by": 3, "sa": 3, "ae": 4, "qa": 3, "kw": 3,
    "iq": 3, "ke": 3, "tz": 3, "ng": 1, "ar": -3, "br": -3, "co": -5, "pe": -5, "kz": 5, "jo": 3, "sy": 3, "bh": 3,
    "ye": 3, "om": 4, "dz": 1, "tn": 1, "ma": 1, "ly": 2, "sd": 2, "et": 3, "ug": 3, "za": 2, "gh": 0, "az": 4, "ge": 4,
    "am": 4, "uz": 5, "af": 4.5, "mm": 6.5, "kh": 7, "la": 7, "mn": 8, "bn": 8, "mx": -6, "ec": -5, "bo": -4, "ve": -4,
    "uy": -3, "py": -3,
}  # fmt: skip
_LANGUAGES = {"ja": 9, "ko": 9, "zh": 8, "th": 7, "vi": 7, "id": 7, "hi": 5.5, "tr": 3, "ru": 3}
_SUMMER = {
    country: hours
    for hours, countries in (
        (0, "uk pt ie"),
        (1, "de at ch fr it es nl be lu pl cz sk hu dk se no hr rs si ba mk al mt"),
        (2, "fi gr ro bg ua ee lv lt cy md il lb"),
    )
    for country in countries.split()
}
# Where a language of the summer-time countries is mostly spoken.
_SPOKEN_IN = {
    "de": "de", "fr": "fr", "it": "it", "nl": "nl", "pl": "pl", "cs": "cz", "sk": "sk", "hu": "hu", "da": "dk",
    "sv": "se", "no": "no", "hr": "hr", "sr": "rs", "sl": "si", "fi": "fi", "el": "gr", "ro": "ro", "bg": "bg",
    "uk": "ua", "he": "il",
}  # fmt: skip

_ISO = regex.compile(
    r"(?P<y>\d{4})-?(?P<m>\d\d)-?(?P<d>\d\d)(?:[T ]+(?P<H>\d\d):?(?P<M>\d\d)(?::?\d\d(?:[.,]\d+)?)?)?"
    r"(?P<rest>\s*(?:[+-]\d.*|[A-Za-z]{1,5})?)"
)
_NUMBERS = (
    regex.compile(r"(?P<y>\d{4})\s*[年년]\s*(?P<m>\d{1,2})\s*[月월]\s*(?P<d>\d{1,2})\s*[日일]?"),
    regex.compile(r"令和\s*(?P<era>\d{1,2}|元)\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*日?"),
    regex.compile(r"(?<!\d)(?P<y>\d{4})\s?[./-]\s?(?P<m>\d{1,2})\s?[./-]\s?(?P<d>\d{1,2})(?!\d)\.?"),
    regex.compile(r"(?<!\d)(?P<y>20\d\d)\s(?P<m>\d{1,2})\s?/\s?(?P<d>\d{1,2})(?![\d/])"),
    regex.compile(r"(?<!\d)(?P<d>\d{1,2})\s+tháng\s+(?P<m>\d{1,2}),?\s+(?:năm\s+)?(?P<y>\d{4})"),
)
_EITHER = regex.compile(r"(?<!\d)(?P<a>\d{1,2})\s?(?P<sep>[./-])\s?(?P<b>\d{1,2})\s?[./-]\s?(?P<y>\d{4})(?!\d)")
_LINK = r"[\s.,،'’ʼ-]{0,3}(?:de|del|da|di|of|י|ב|ל|th|st|nd|rd|er|º)?[\s.,،'’-]{0,3}"
_NAMED = tuple(
    regex.compile(pattern.replace("~", _LINK))
    for pattern in (
        r"(?<!\d)(?P<d>\d{1,2})~\uE000(?P<m>\d+)\uE001~(?P<y>\d{4})(?!\d)",
        r"\uE000(?P<m>\d+)\uE001~(?P<d>\d{1,2})~(?P<y>\d{4})(?!\d)",
        r"(?<!\d)(?P<y>\d{4})~\uE000(?P<m>\d+)\uE001~(?P<d>\d{1,2})(?!\d)",
    )
)
_CLOCK = regex.compile(
    r"(?<![\d.:])(?P<H>[01]?\d|2[0-4])\s?(?:[:.h：]|[時时點点시]\s?)\s?(?P<M>[0-5]\d|[0-5]?\d(?=[分분]))(?![\d%])"
    r"(?:[:.][0-5]\d)?[分분]?\s?(?P<half>[ap]\.?\s?m\b\.?|[صم](?!\p{L})|μ\.?μ\.?|π\.?μ\.?)?(?P<rest>.{0,14})"
)
_LATER = regex.compile(r"午後|下午|晚上|오후|مساء|م\b|p\.?\s?m\b|μ\.?μ|บ่าย|אחה")
_ZONE = regex.compile(
    r"\s*(?:Uhr|น\.|uur|klo)?\s*\(?(?:(?P<name>utc|gmt|z)?\s*(?P<sign>[+-])(?P<h>\d{1,2}):?(?P<m>\d\d)?|(?P<word>\p{L}{1,4})\b)"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant in UTC; `day_only` where no time of day was told, `zone_known` where the zone was."""

    time: datetime
    day_only: bool
    zone_known: bool


def parse_moment(raw: str, language: str | None = None, country: str | None = None) -> Moment | None:
    """Return the instant that the words tell, or None.

    `language` (its names of months) and `country` (a top-level domain) also settle what the words leave open: whether
    3/4/2022 is in March or April, and the zone of a time that tells none.
    """
    text = _fold(raw[:160])
    if text.isdigit() and len(text) in (10, 13):
        return Moment(datetime.fromtimestamp(int(text[:10]), UTC), False, True)
    iso = _ISO.fullmatch(text)
    if iso and (day := _day(iso["y"], iso["m"], iso["d"])):
        if iso["H"] is None:
            return _moment(day, None, None, language, country)
        return _moment(day, (int(iso["H"]), int(iso["M"])), _zone(iso["rest"], language), language, country)
    found = _find_day(text, language, country)
    if found is None:
        return None
    day, rest = found
    clock, zone = _find_clock(rest, language)
    return _moment(day, clock, zone, language, country)


def _fold(text: str) -> str:
    """Turn every script's digits into ASCII ones, drop marks of direction, squeeze spaces."""
    text = unicodedata.normalize("NFKC", text)
    folded = [str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in text]
    return " ".join("".join(c for c in folded if unicodedata.category(c) != "Cf").split())


def _day(year: str | int, month: str | int, day: str | int) -> date | None:
    # Thai pages count from the Buddha: 2565 is 2022.
    number = int(year) - 543 if 2400 < int(year) < 2700 else int(year)
    try:
        return date(number, int(month), int(day)) if 1900 <= number <= 2200 else None
    except ValueError:
        return None


def _find_day(text: str, language: str | None, country: str | None) -> tuple[date, str] | None:
    """Return the day and the words without it."""
    low = _mark_months(text.casefold(), language)
    for pattern in (*_NUMBERS[:2], *_NAMED, *_NUMBERS[2:]):
        if found := pattern.search(low):
            parts = found.groupdict()
            year = parts.get("y") or 2018 + int((parts["era"] or "1").replace("元", "1"))
            day = _day(year, parts["m"], parts["d"])
            return (day, low[: found.start()] + " " + low[found.end() :]) if day else None
    either = _EITHER.search(low)
    if not either:
        return None
    a, b = int(either["a"]), int(either["b"])
    american = either["sep"] == "/" and (country in ("us", "ph") or (country in (None, "com") and language == "en"))
    if american and a <= 12 and b <= 12 and a != b and country not in ("us", "ph"):
        return None
    day = _day(either["y"], a, b) if (american and a <= 12) or b > 12 else _day(either["y"], b, a)
    return (day, low[: either.start()] + " " + low[either.end() :]) if day else None


def _mark_months(low: str, language: str | None) -> str:
    """Put the month's number, between two private marks, in place of each name of a month."""
    for name, month in _months(language or "en"):
        start = low.find(name)
        while start >= 0:
            end = start + len(name)
            # Arabic and Hebrew join short words to the name; elsewhere a name stands alone.
            joined = low[start - 1 : start].isalpha() and low[start - 1 : start] not in "בו"
            if not joined and not low[end : end + 1].isalpha():
                low = f"{low[:start]}\ue000{month}\ue001{low[end:].removeprefix('.')}"
            start = low.find(name, start + 1)
    return low


@cache
def _months(language: str) -> tuple[tuple[str, int], ...]:
    """Return (name in lower case, number) of the months in the language and in English, longest first."""
    names: dict[str, int] = {}
    for name, number in month_names(language):
        word = _fold(name).casefold().rstrip(".")
        if word and not any(map(str.isdigit, word)):
            names.setdefault(word, number)
    return tuple(sorted(names.items(), key=lambda pair: -len(pair[0])))


def _find_clock(text: str, language: str | None) -> tuple[tuple[int, int] | None, timezone | None]:
    found = _CLOCK.search(text)
    if not found:
        return None, None
    hour, minute = int(found["H"]), int(found["M"])
    half = (found["half"] or "").replace(" ", "").replace(".", "")
    before = text[max(0, found.start() - 6) : found.start()]
    later = half in ("pm", "م", "μμ") or bool(_LATER.search(before))
    early = half in ("am", "ص", "πμ") or any(word in before for word in ("午前", "上午", "오전", "صباح"))
    if later and hour < 12:
        hour += 12
    elif early and hour == 12:
        hour = 0
    return (hour % 24, minute), _zone(found["rest"], language)


def _zone(words: str, language: str | None) -> timezone | None:
    found = _ZONE.match(words.casefold())
    if not found:
        return None
    if found["sign"]:
        minutes = int(found["h"]) * 60 + int(found["m"] or 0)
        return timezone(timedelta(minutes=minutes if found["sign"] == "+" else -minutes)) if minutes <= 840 else None
    hours = _ZONES.get(found["word"])
    if found["word"] == "cst" and language == "zh":
        hours = 8
    return None if hours is None else timezone(timedelta(hours=hours))


def _moment(
    day: date, clock: tuple[int, int] | None, zone: timezone | None, language: str | None, country: str | None
) -> Moment:
    if clock is None:
        return Moment(datetime(day.year, day.month, day.day, tzinfo=UTC), True, False)
    usual = zone or timezone(timedelta(hours=_usual_hours(day, language, country)))
    return Moment(datetime(day.year, day.month, day.day, *clock, tzinfo=usual).astimezone(UTC), False, zone is not None)


def _usual_hours(day: date, language: str | None, country: str | None) -> float:
    """Return the hours from UTC that clocks show in the country, else where the language is spoken, else 0."""
    if country in _FIXED:
        return _FIXED[country]
    if country == "eg":  # since 2023 from the last Friday of April to the last Thursday of October
        return 2 + (day.year >= 2023 and _last(day.year, 4, 30, 4) <= day <= _last(day.year, 10, 31, 3))
    if country in _SUMMER:
        return _SUMMER[country] + (_last_sunday(day.year, 3) <= day < _last_sunday(day.year, 10))
    if language in _SPOKEN_IN:
        return _usual_hours(day, None, _SPOKEN_IN[language])
    return _LANGUAGES.get(language or "", 0)


def _last_sunday(year: int, month: int) -> date:
    return _last(year, month, 31, 6)


def _last(year: int, month: int, days: int, weekday: int) -> date:
    """Return the month's last Monday (0) … Sunday (6)."""
    end = date(year, month, days)
    return end - timedelta(days=(end.weekday() - weekday) % 7)
