"""The small cleaner: takes out of an extracted text what the site put there, and says what and why (pure).

Each rule looks at one line and its place. What must stay, because sentences look like it: `Read the indictment
carefully, …`, `More than 200 …`, `Weitere Artikel der Verfassung …`, lists, interviews with repeated questions,
paragraphs that two articles share. May import: the standard library, regex, corpus.boilerplate, corpus.dates,
corpus.phrasebook.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import regex

from corpus.boilerplate import BULLET, book, ends_sentence, is_sentence, list_headings, opens, reason_to_drop, tokens
from corpus.dates import parse_moment
from corpus.phrasebook import searched

MOST_DROPPED, MOST_LINKED = 0.6, 0.25
LONGEST_CLOSING, LONGEST_NOTICE = 20, 60
_QUOTES = ("“", '"', "«", "„", "「")
# What goes even where the rest would be more than may go.
_SURE = ("title", "separator", "credit", "copyright", "byline", "comment form")

_YEAR_OR_CLOCK = regex.compile(r"(?:19|20)\d\d|[٠-٩]{4}|25[5-9]\d|\d{1,2}[:.h時시]\d\d")
SITE_TAIL = regex.compile(r"\s+(?:[|–—·•-]|::|--)\s+[^|–—·•]{2,40}$")
_MAIL = regex.compile(r"[\w.+-]{2,}@[\w-]{2,}(?:\.[\w-]{2,})+")
_EDITOR = regex.compile(
    r"[（(【\[［]?\s*(?:责任编辑|責任編輯|责编|責編|编辑|編輯|校对|校對|审核|審核|监制|翻译|翻譯|核稿|編集)\s*[:：/｜|]"
)
# How long ago, as lists of articles and comments say it: 2 hours ago, il y a 2 heures, hace una hora.
_AGO = regex.compile(
    r"(?:\d+|an?|one) (?:second|minute|min|hour|hr|day|week|month|year)s? ago"
    r"|(?:hace|il y a|vor|há|fa|för|for|za|منذ|قبل|לפני) (?:\S+ ){0,2}\S+(?: siden| sedan)?"
    r"|\d+ \S+ (?:fa|geleden|siden|sedan|sitten|temu|yang lalu|lalu|önce|назад|тому|trước|पहले|atrás)"
    r"|\d+\s?(?:秒|分|分钟|分鐘|小时|小時|時間|天|日|か月|ヶ月|年)前|\d+\s?(?:초|분|시간|일|개월|년) ?전"
    r"|\d+\s?(?:วินาที|นาที|ชั่วโมง|วัน)ที่แล้ว"
)
_CONSENT = regex.compile(
    r"\b(?:web)?site|\bportal|p[aá]gina|privac|consent|datenschutz|browser|navegador|сайт|موقع|网站|サイト"
)
_DIGIT = regex.compile(r"\d")
_TAIL_RIGHTS = regex.compile(
    r"(?<=[.!?”\"'。」）])\s*(?:©|\(c\)|Copyright)\s?(?:©\s?|\(c\)\s?)?(?:(?:19|20)\d\d)?[^.]{0,120}"
    r"(?:\.\s*All rights reserved)?[^\n]{0,160}$",
    regex.I,
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The lines that stay, and what went as `reason: line`."""

    lines: tuple[str, ...]
    removed: tuple[str, ...]


def clean(
    lines: Sequence[str],
    *,
    title: str | None = None,
    headings: Sequence[str] = (),
    spent: Mapping[int, str] | None = None,
    linked: Collection[str] = (),
    apart: Mapping[str, str] | None = None,
) -> Cleaned:
    """Return the text's lines without what the site put between them; never more than 60 % of the characters go.

    `headings` are further titles that the page goes by; `spent` the numbers of lines that are nothing but credits (see
    wire.read_wire); `linked` the page's lines that are nothing but links, `apart` those that stand in captions and
    forms, with the reason, where they are known. Empty lines go without mention.
    """
    plain = [" ".join(line.split()) for line in lines]
    filled = [number for number, line in enumerate(plain) if line]
    last = filled[-1] if filled else -1
    rights = _TAIL_RIGHTS.search(plain[last], max(0, len(plain[last]) - 300)) if filled else None
    seen = list(plain)
    if rights and not plain[last].isascii():  # elsewhere a caption may end so
        seen[last] = plain[last][: rights.start()]
    drops = _find_drops(seen, filled, [title or "", *headings], linked)
    drops = _placed(plain, filled, apart or {}) | drops
    drops.update(spent or {})
    drops = _bounded(drops, plain)
    kept, removed = [], []
    for number in filled:
        line = plain[number]
        if number in drops:
            removed.append(f"{drops[number]}: {line}")
            continue
        if rights and number == last:
            removed.append(f"copyright: {rights.group().strip()}")
            line = line[: rights.start()]
        kept.append(line)
    return Cleaned(tuple(kept), tuple(removed))


def _bounded(drops: dict[int, str], lines: Sequence[str]) -> dict[int, str]:
    """Take back the unsure drops, then all, where more than 60 % of the characters would go."""
    whole = sum(map(len, lines))
    for chosen in (drops, {number: why for number, why in drops.items() if why in _SURE}):
        if sum(len(lines[number]) for number in chosen) <= MOST_DROPPED * whole:
            return chosen
    return {}


def _find_drops(
    lines: Sequence[str], filled: Sequence[int], titles: Sequence[str], linked: Collection[str]
) -> dict[int, str]:
    text = searched(lines)
    present = {use: book(use).present(text) for use in ("invitations", "comment_lines", "caption_words")}
    low = {number: lines[number].casefold() for number in filled if len(lines[number]) <= 600}
    drops = {number: why for number in low if (why := reason_to_drop(lines[number], low[number], present))}
    drops |= _titles(lines, filled, titles)
    drops |= {number: "date" for number in filled[:5] if number in low and _is_date(lines[number], low[number])}
    drops |= {number: why for number in filled[-4:] if number in low and (why := _closes(lines[number], low[number]))}
    later = filled[len(filled) // 2 :]
    drops |= {number: "date" for number in later if number in low and _AGO.fullmatch(low[number])}
    drops |= _comment_form(lines, filled, low, drops)
    drops = _list_after_heading(lines, filled, low) | drops
    return _links(lines, [number for number in filled if number not in drops], linked) | drops


def _titles(lines: Sequence[str], filled: Sequence[int], titles: Sequence[str]) -> dict[int, str]:
    """The title once more among the first three lines."""
    # The page's title may still carry the site's name.
    wanted = {_letters(form) for title in titles for form in (title, SITE_TAIL.sub("", title))}
    longest = max(map(len, titles), default=0)
    near = [number for number in filled[:3] if len(lines[number]) <= 2 * longest + 20]
    return {n: "title" for n in near if len(letters := _letters(lines[n])) >= 6 and letters in wanted}


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _closes(line: str, low: str) -> str | None:
    """Return what one of the last lines is nothing but: when it was changed, whom to write to, who edited it."""
    if "cookie" in low and tokens(line) <= LONGEST_NOTICE and _CONSENT.search(low):
        return "cookies"
    if tokens(line) > LONGEST_CLOSING:
        return None
    if opens(low, "dated") and _YEAR_OR_CLOCK.search(line) and not ends_sentence(line):
        return "date"
    if _MAIL.search(line) and line[:1] not in _QUOTES:
        return "contact"
    return "byline" if _EDITOR.match(line) else None


def _is_date(line: str, low: str) -> bool:
    """Say whether a line among the first is the date: told by its opening, or little else but numbers."""
    if tokens(line) <= 2 and opens(low, "dated") and not ends_sentence(line):
        return True
    if len(line) > 110 or not _DIGIT.search(line) or (ends_sentence(line) and not opens(low, "dated")):
        return False
    if opens(low, "dated"):
        return tokens(line) <= 16 and bool(_YEAR_OR_CLOCK.search(line))
    if tokens(line) > 12 or not _YEAR_OR_CLOCK.search(line):
        return False
    words = [token for token in line.split() if not _DIGIT.search(token)]
    # Where bars part it, a name and a place may stand beside the date.
    return len(words) <= (8 if " | " in line else 4) and (
        len(_YEAR_OR_CLOCK.findall(line)) >= 2 or parse_moment(line) is not None
    )


def _links(lines: Sequence[str], filled: Sequence[int], linked: Collection[str]) -> dict[int, str]:
    """Lines of four words and more that are links alone; not where they are over a quarter of the text."""
    if not linked:
        return {}
    found = [number for number in filled if lines[number].lstrip("- ") in linked and tokens(lines[number]) >= 4]
    share = sum(len(lines[number]) for number in found) / (sum(map(len, lines)) or 1)
    return dict.fromkeys(found, "link") if share <= MOST_LINKED else {}


def _placed(lines: Sequence[str], filled: Sequence[int], apart: Mapping[str, str]) -> dict[int, str]:
    """Lines that stand in captions and forms; not where they are over a quarter of the text."""
    found = {number: why for number in filled if (why := apart.get(lines[number].lstrip("- ")))} if apart else {}
    share = sum(len(lines[number]) for number in found) / (sum(map(len, lines)) or 1)
    return found if share <= MOST_LINKED else {}


def _comment_form(
    lines: Sequence[str], filled: Sequence[int], low: Mapping[int, str], drops: Mapping[int, str]
) -> dict[int, str]:
    """A heading such as `Leave a Reply`, and what follows it: to the end, or to the next sentence."""
    for position, number in enumerate(filled):
        heading = low[number].strip(BULLET + ".:：×") if len(lines[number]) <= 80 else ""
        phrase = opens(heading, "comment_headings") if heading else None
        if not phrase or len(heading) > len(phrase) + 30 or is_sentence(lines[number]):
            continue
        rest = filled[position + 1 :]
        stays = next((later for later in rest if later not in drops and is_sentence(lines[later])), None)
        return dict.fromkeys([number, *(later for later in rest if stays is None or later < stays)], "comment form")
    return {}


def _list_after_heading(lines: Sequence[str], filled: Sequence[int], low: Mapping[int, str]) -> dict[int, str]:
    """A heading such as `Related articles` in the tail, and the lines after it, where no sentence comes any more."""
    for position in range(len(filled) - 1, max(0, len(filled) // 3), -1):
        number = filled[position]
        if is_sentence(lines[number]):
            return {}
        if low.get(number, "").strip(BULLET + ".:：…") in list_headings():
            return dict.fromkeys(filled[position:], "promo")
    return {}
