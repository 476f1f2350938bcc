"""Datelines and bylines: where and by whom a report was filed, in the spellings of many scripts (pure).

May import: the standard library, regex, corpus.agencies.
"""

import regex

from corpus.agencies import in_parts, is_photographer, is_picture, mentioned, named, phrases, unglued, whole
from corpus.signals import Signal

_OPEN, _CLOSE = r"(（\[［【〔", r")）\]］】〕"
_NO_BRACKET = rf"[^{_OPEN}{_CLOSE}]"
# PLACE, DATE (AGENCY) —   PLACE [COUNTRY], DATE (AGENCY):   [PLACE DATE AGENCY]   the place may be missing.
_BRACKET = regex.compile(
    rf"(?P<place>[^{_OPEN}{_CLOSE}\"“”«»:;?!]{{0,70}}(?:\[[^\[\]]{{2,20}}\]{_NO_BRACKET}{{0,20}})?)"
    rf"[{_OPEN}](?P<inside>(?:{_NO_BRACKET}|（[^（）]{{1,20}}）|\([^()]{{1,20}}\)){{2,60}})[{_CLOSE}]\s*(?P<dash>\.?[-–—―−ー:|=.]{{1,3}})?"
)
# PLACE, DATE. /AGENCY/
_SLASHED = regex.compile(r"(?P<place>[^\"“”«»/()]{2,60})/\s?(?P<name>[^/\s][^/]{1,30})/")
# PLACE, DATE — AGENCY.   PLACE/ AGENCY —   PLACE - AGENCY -
_DASHED = regex.compile(
    r"(?P<place>[^\"“”«»()?!]{2,60}?)(?:\s+[-–—]\s*|(?<=\p{Arabic})[-–—]\s*|\s*[/,،.]\s+|/\s?)"
    r"(?P<name>\p{L}[^-–—/:,،()]{1,30}?)\s*(?:[-–—:]|\.(?!\p{L})|$)"
)
# PLACE DATE YEAR AGENCY -
_YEARED = regex.compile(
    r"(?P<place>[^\"“”«»()?!]{2,60}?\d{4})\s(?:م\s)?(?P<name>\p{L}[^\d\-–—/:,،()]{1,30}?)\s*(?:[-–—:]|$)"
)
# 新华社北京7月12日电 and its like: agency, place, day, then the character for "telegram".
_TELEGRAM = regex.compile(r"[（(【\[]?\s*(?P<inside>[^，。,；;]{2,40}?[电電讯訊])(?:[）)】\]]|[（(]|\s|[，,：:]|$)")
# A place in capitals and a dash: a dateline without an agency.
_PLACE = regex.compile(r"\p{Lu}[\p{Lu}\p{M} .,'’/-]{2,45}(?:\([^()]{2,30}\))?\s*(?:—|–|--|-)\s")
# Iranian sites open with whose report it is: "به گزارش خبرگزاری …،"
_REPORTED = regex.compile(r"به گزارش\s(?P<inside>[^،,.:؛]{2,45})[،,:؛]")
_NAME = regex.compile(r"\p{Lu}")
_BEGINS = regex.compile(r"\s?\p{Lu}\p{L}+\s")
_LABELLED = regex.compile(r"^\p{L}{2,12}[:：](?=\S)")
SHORT = 60
"""Characters within which a line that speaks of a picture speaks of nothing else."""
_PERSONAL = ("by", "von", "par", "oleh", "door")


def read_dateline(line: str, agencies: bool = True) -> tuple[str | None, Signal | None]:
    """Return the dateline that opens the line, and the agency's signal when it names one.

    Without `agencies` none is looked for: the caller knows that the text names none.
    """
    opening = line.strip()[:150]
    for read in (_telegram, _bracketed, _slashed, _reported) if agencies and mentioned(opening) else ():
        found = read(opening)
        if found:
            words, agency, confidence = found
            return words, Signal(agency, "dateline", confidence, words)
    place = _PLACE.match(opening)
    return (place.group().strip(), None) if place and not is_picture(opening[:40]) else (None, None)


def _telegram(opening: str) -> tuple[str, str, float] | None:
    found = _TELEGRAM.match(opening) if not opening.isascii() else None
    names = named(found["inside"]) if found else []
    return (found.group().rstrip(" （("), names[0].agency, 0.97) if found and names else None


def _bracketed(opening: str) -> tuple[str, str, float] | None:
    found = _BRACKET.match(opening)
    names = named(unglued(found["inside"])) if found else []
    if not found or not names or len(found["inside"].split()) > 8:
        return None
    place = found["place"].strip()
    alone = whole(found["inside"].rpartition("=")[2])  # AP/ANTARA: no picture's credit here
    if not _is_place(place) or is_picture(found.group().replace("/", " ") if alone else found.group()):
        return None
    if not found["dash"] and len(opening) <= SHORT and is_picture(opening[found.end() :]):
        return None
    # Without a dash only a date, capitals, a missing place, a script of its own or a sentence's start make it one.
    firm = found["dash"] or not place or place.isupper() or any(map(str.isdigit, place))
    firm = firm or (alone and len(place.split()) <= 2 and _BEGINS.match(opening, found.end()))
    if not (firm or not opening[:20].isascii()) or (not place and found.end() == len(opening)):
        return None
    return found.group().strip(), names[0].agency, 0.97 if found["dash"] else 0.9


def _reported(opening: str) -> tuple[str, str, float] | None:
    found = _REPORTED.match(opening)
    names = named(found["inside"]) if found else []
    return (found.group(), names[0].agency, 0.85) if found and names else None


def _slashed(opening: str) -> tuple[str, str, float] | None:
    for pattern, confidence in ((_SLASHED, 0.97), (_DASHED, 0.9), (_YEARED, 0.9)):
        found = pattern.match(opening)
        if not found or not (names := whole(found["name"])) or not _is_place(found["place"]):
            continue
        short = len(found["place"].split()) <= 3 or any(map(str.isdigit, found["place"]))
        if short and not is_picture(found.group()):
            return found.group().strip(), names[0].agency, confidence
    return None


def _is_place(place: str) -> bool:
    """Say whether the words could be PLACE, DATE: few, a capital first (where there are capitals), no verb to see."""
    place = place.strip()
    if not place:
        return True
    tokens = place.split()
    small = sum(token[0].islower() and len(token) > 3 for token in tokens)
    return len(tokens) <= 9 and not place[0].islower() and small <= 2 and not named(place, codes=False)


def _is_names(tokens: list[str]) -> bool:
    """Say whether a line without "By" could be names alone: nothing in small letters; few words in other scripts."""
    if len(tokens) > 6 and not any(token[0].isupper() for token in tokens):
        return False
    return not any(token[0].islower() and token.casefold() not in phrases()["fillers"] for token in tokens)


def read_byline(line: str) -> Signal | None:
    """Return the signal of a line that is a byline; its agency is None where it names people alone."""
    line = _LABELLED.sub(r"\g<0> ", line, count=1)
    tokens = line.split()
    if not 0 < len(tokens) <= 14 or line.endswith((".", "。", "!", "?", "؟", ":")):
        return None
    first = tokens[0].casefold().rstrip(":：")
    opened = first in phrases()["bylines"] and len(tokens) > 1
    rest = line[len(tokens[0]) :].strip(" :：") if opened else line
    names = in_parts(rest, anywhere=opened) if mentioned(rest) and (opened or _is_names(tokens)) else []
    personal = (
        opened and (first in _PERSONAL or tokens[0].endswith((":", "："))) and len(tokens) <= 10 and _NAME.match(rest)
    )
    if (
        not (names or personal)
        or is_picture(line)
        or is_photographer(line)
        or any(sign in line.casefold() for sign in phrases()["rights"])
    ):
        return None
    if not names:
        return Signal(None, "byline", 0.0, line)
    code_alone = len(tokens) == 1 and names[0].code
    return Signal(names[0].agency, "byline", 0.95 if opened else 0.6 if code_alone else 0.85, line)
