"""The words that sites put around articles, in many languages, and the rules that know such a line by itself (pure).

Data: boilerplate.toml, read at first use. May import: the standard library, regex, corpus.phrasebook.
"""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import regex

from corpus.phrasebook import Phrasebook

LONGEST_PROMO, LONGEST_LABEL, LONGEST_INVITATION, LONGEST_CAPTION, LONGEST_TAGS = 35, 20, 45, 90, 40

BULLET = " \t\u00a0-–—*•·▶►▪■◆★☆>»›→|【「[（(“\"'"
_SEPARATOR = regex.compile(r"[\s\p{P}\p{S}]{2,}|[_*•·—–~=#【】\[\]()（）|-]")
_WORDS = regex.compile(r"[^\W_]+")
_DELIMITER = regex.compile(r"\s*[:：|>»›–—→\-】\]）)”\"]|\s*$|\s*\.{3}|\s*…")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
_THAI = regex.compile(r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_ENDS, _CLOSERS = tuple(".!?。！？؟।…"), "\"'”’»」』)）]"
_PERIOD = (".", "。", "।", ".”", '."', ".»")
_ADDRESS = regex.compile(r"(?:(?:https?://|www\.)\S+|@\w+|pic\.twitter\.com\S+)(?:\s+(?:(?:https?://|www\.)\S+|@\w+))*")
_PICTURE_SIGNS = ("REUTERS/", "AFP/", "Getty")
_PICTURE_END = regex.compile(
    r"(?:\((?:AP Photo|Photo|Photos|Foto|Bild|Fotoğraf|Фото|Image|Getty|REUTERS/|Reuters/|AFP/|EPA/|dpa/)[^()]{0,80}\)"
    r"|\bREUTERS/[\p{L} .'-]{3,60}|\bAFP/[\p{Lu}][\p{L} .'-]{3,60}|\bGetty Images)\.?$"
)


@cache
def _table() -> dict[str, tuple[str, ...]]:
    table = tomllib.loads((files("corpus") / "boilerplate.toml").read_text(encoding="utf-8"))
    return {use: tuple(word.casefold().replace("：", ":") for word in words) for use, words in table.items()}


def phrases(use: str) -> tuple[str, ...]:
    """Return the phrases of a use (a name in boilerplate.toml), in lower case."""
    return _table()[use]


@cache
def _openings(use: str) -> dict[str, tuple[str, ...]]:
    """Return the phrases of a use by their first two characters, the longest first: a line asks only a few of them."""
    found: dict[str, list[str]] = {}
    for phrase in sorted(phrases(use), key=len, reverse=True):
        found.setdefault(phrase[:2], []).append(phrase)
    return {start: tuple(openings) for start, openings in found.items()}


@cache
def _alone() -> frozenset[str]:
    return frozenset(phrases("alone"))


@cache
def list_headings() -> frozenset[str]:
    """Return the headings of lists of other articles, in lower case."""
    return frozenset(phrases("lists"))


@cache
def book(use: str) -> Phrasebook:
    """Return the phrases of a use, ready to be looked for in a text."""
    return Phrasebook(phrases(use))


def opens(low: str, use: str) -> str | None:
    """Return the longest phrase of the use that the line opens with, as words of their own."""
    for phrase in _openings(use).get(low[:2], ()):
        after = low[len(phrase) : len(phrase) + 1]
        if low.startswith(phrase) and not (
            after.isalpha() and phrase[-1:].isalpha() and not _UNSPACED.match(after) and not _THAI.match(after)
        ):
            return phrase
    return None


def tokens(line: str) -> int:
    """Return the number of words, roughly: two characters of Chinese or Korean, or four of Thai, count as one."""
    words = len(line.split())
    # Nothing below U+0E00 is written without spaces.
    if line.isascii() or max(line) < "\u0e00":
        return words
    return max(words, len(_UNSPACED.findall(line)) // 2, len(_THAI.findall(line)) // 4)


def ends_sentence(line: str) -> bool:
    """Say whether the line ends as sentences do, closing quotation marks and brackets aside."""
    return line.rstrip(_CLOSERS).endswith(_ENDS)


def is_sentence(line: str) -> bool:
    """Say whether the line has at least eight words and ends as sentences do."""
    return ends_sentence(line) and tokens(line) >= 8


@cache
def _first_two() -> frozenset[str]:
    return frozenset(start for use in ("promos", "labels", "captions") for start in _openings(use))


def reason_to_drop(line: str, low: str, present: Mapping[str, Sequence[str]]) -> str | None:
    """Return why the line goes, or None. `present` are the phrases that occur in the text at all, by use.

    Most lines are dismissed by their first two letters, their length and their end.
    """
    low = low.replace("：", ":")
    bare = low.strip(BULLET)
    if len(line) <= 80 and (why := _nothing_but(line, bare)):
        return why
    if any(phrase in low for phrase in present["comment_lines"]) and tokens(line) <= 45:
        return "comment form"
    opening = bare[:2] in _first_two() or low[:2] in _first_two()
    if opening and _is_promo(line, bare):
        return "promo"
    if _lists_topics(line, bare):
        return "tags"
    if present["invitations"] and _is_invitation(line, low, present["invitations"]):
        return "sign-up"
    return "caption" if _is_caption(line, bare if opening else "", low, present["caption_words"]) else None


def _nothing_but(line: str, bare: str) -> str | None:
    """Return what a short line is alone, if anything: a separator, a label, an address."""
    if _SEPARATOR.fullmatch(line):
        return "separator"
    if bare.rstrip(" .:：|…]】") in _alone() or _only_shares(bare):
        return "label"
    return "address" if _ADDRESS.fullmatch(line) else None


def _only_shares(bare: str) -> bool:
    words = _WORDS.findall(bare)
    return len(words) >= 2 and _networks().issuperset(words)


@cache
def _networks() -> frozenset[str]:
    return frozenset(phrases("networks"))


def _lists_topics(line: str, bare: str) -> bool:
    """Say whether the line names what the article is about: `Tags: bridge, ferry`."""
    phrase = opens(bare, "tags")
    return (
        phrase is not None
        and bare[len(phrase) :].lstrip()[:1] in (":", "|", "»", "#")
        and tokens(line) <= LONGEST_TAGS
        and not line.endswith(_PERIOD)
    )


def _is_promo(line: str, bare: str) -> bool:
    """Say whether the line points elsewhere: an opening from the lists, and then a colon or no period at the end."""
    phrase = opens(bare, "promos")
    if phrase and tokens(line) <= LONGEST_PROMO:
        return bool(_DELIMITER.match(bare, len(phrase))) or phrase.endswith(":") or not line.endswith(_PERIOD)
    label = opens(bare, "labels")
    if not label or tokens(line) > LONGEST_LABEL or line.endswith(_PERIOD):
        return False
    rest = bare[len(label) :].strip()
    if bare[len(label) : len(label) + 2].lstrip()[:1] in (":", "：", "|", "»", "›"):
        return bool(rest.strip(":：|»› "))
    # READ  Some other headline: the label shouts, what follows does not.
    written = line.lstrip(BULLET)
    shouted, after = written[: len(label)], written[len(label) :].strip()
    return shouted.isupper() and len(label) > 3 and bool(after) and not after.isupper() and after[0].isalpha()


def _is_invitation(line: str, low: str, present: Sequence[str]) -> bool:
    # Quoted speech may ask for the same things.
    asks = any(phrase in low for phrase in present) and not line.startswith(("“", '"', "«", "„", "「"))
    return asks and tokens(line) <= LONGEST_INVITATION


def _is_caption(line: str, bare: str, low: str, present: Sequence[str]) -> bool:
    opened = bare and (opens(bare, "captions") or opens(low, "captions"))
    if not opened and not any(word in low for word in present):
        tail = line[-120:]
        closed = tail.endswith((")", ").")) or any(sign in tail for sign in _PICTURE_SIGNS)
        if not closed or not _PICTURE_END.search(tail):
            return False
    return tokens(line) <= LONGEST_CAPTION
