"""The small cleaner: takes out of an extracted text what the site put there, and says what and why (pure).

Each rule looks at one line and its place. What must stay, because sentences look like it: `Read the indictment
carefully, …`, `More than 200 …`, `Weitere Artikel der Verfassung …`, lists, interviews with repeated questions,
paragraphs that two articles share. May import: the standard library, regex, corpus.boilerplate, corpus.dates,
corpus.phrasebook.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import regex

from corpus.boilerplate import BULLET, book, ends_sentence, is_sentence, list_headings, opens, reason_to_drop, tokens
from corpus.dates import parse_moment
from corpus.phrasebook import searched

MOST_DROPPED, MOST_OVER = 0.6, 25
MOST_APART = {"card": 0.4, "form": 0.5, "link": 0.25}
"""The share of the text that lines of a kind may have where they go."""
LONGEST_CLOSING, LONGEST_NOTICE = 20, 60
_QUOTES = ("“", '"', "«", "„", "「")
_ATTRIBUTES = ("—", "―", "–")
# What goes even where the rest would be more than may go.
_SURE = ("title", "separator", "credit", "copyright", "byline", "comment form")

_YEAR_OR_CLOCK = regex.compile(r"(?:19|20)\d\d|[٠-٩]{4}|25[5-9]\d|\d{1,2}[:.h時시]\d\d")
SITE_TAIL = regex.compile(r"\s+(?:[|–—·•:-]|::|--)\s+[^|–—·•]{2,40}?$")
_MAIL = regex.compile(r"[\w.+-]{2,}@[\w-]{2,}(?:\.[\w-]{2,})+")
# Follow Ana Sosa on Twitter, Ikuti Ana Sosa di Instagram, Aná Sosa'yı Twitter'da takip edin.
_FOLLOW = regex.compile(
    r"(?:(?:follow|sigue|siga|síguenos|suivez|folgen sie|segui|seguite|volg|följ|følg|ikuti|obserwuj|подписывайтесь"
    r"|читайте|تابع|עקבו)\b|关注|關注).{0,60}(?:twitter|facebook|instagram|telegram|whatsapp|tiktok|youtube|threads"
    r"|bluesky|linkedin|微博|微信).{0,25}"
    r"|.{0,60}(?:twitter|facebook|instagram|telegram|youtube).{0,12}(?:takip|フォロー|팔로우|подпис).{0,12}",
    regex.I,
)
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
_TRAIL = regex.compile(r"[^>›»«]{1,30}(?:\s?[>›»]\s?[^>›»«.!?。]{1,40}){2,6}")
_INITIALS = regex.compile(r"\(?\p{L}{2,5}(?:/\p{L}{2,5}){1,3}\)?|\([A-Z]{2,4}\)")
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
    authors: Sequence[str] = (),
    site: str | None = None,
    spent: Mapping[int, str] | None = None,
    apart: Mapping[str, str] | None = None,
) -> Cleaned:
    """Return the text's lines without what the site put between them; never more than 60 % of the characters go.

    `headings` are further titles that the page goes by, `authors` the people who wrote it, `site` its publisher;
    `spent` the numbers of lines that are nothing but credits (see wire.read_wire); `apart` the lines that stand apart
    on the page, with the reason (see apart.py). Empty lines go without mention.
    """
    plain = [" ".join(line.split()) for line in lines]
    filled = [number for number, line in enumerate(plain) if line]
    last = filled[-1] if filled else -1
    rights = _TAIL_RIGHTS.search(plain[last], max(0, len(plain[last]) - 300)) if filled else None
    seen = list(plain)
    if rights and not plain[last].isascii():  # elsewhere a caption may end so
        seen[last] = plain[last][: rights.start()]
    drops = _find_drops(seen, filled, [title or "", *headings])
    drops |= _named(plain, filled, authors, site)
    drops = _placed(plain, [number for number in filled if number not in drops], apart or {}) | drops
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


def _find_drops(lines: Sequence[str], filled: Sequence[int], titles: Sequence[str]) -> dict[int, str]:
    text = searched(lines)
    present = {use: book(use).present(text) for use in ("invitations", "comment_lines", "caption_words")}
    low = {number: lines[number].casefold() for number in filled if len(lines[number]) <= 600}
    drops = {number: why for number in low if (why := reason_to_drop(lines[number], low[number], present))}
    drops |= _titles(lines, filled, titles)
    ends = [*filled[:5], *filled[5:][-3:]]
    drops |= {number: "date" for number in ends if number in low and _is_date(lines[number], low[number])}
    drops |= {number: why for number in filled[-4:] if number in low and (why := _closes(lines[number], low[number]))}
    later = filled[len(filled) // 2 :]
    drops |= {number: "date" for number in later if number in low and _AGO.fullmatch(low[number])}
    drops |= {number: "way here" for number in filled[:3] if _TRAIL.fullmatch(lines[number])}
    drops |= _comment_form(lines, filled, low, drops)
    return _list_after_heading(lines, filled, low) | drops


def _titles(lines: Sequence[str], filled: Sequence[int], titles: Sequence[str]) -> dict[int, str]:
    """The title once more among the first three lines, also with a short word over it."""
    # The page's title may still carry the site's name.
    wanted = {_letters(form) for title in titles for form in (title, SITE_TAIL.sub("", title))}
    longest = max(map(len, titles), default=0)
    found = {}
    for number in filled[:3]:
        letters = _letters(lines[number]) if len(lines[number]) <= 2 * longest + 20 else ""
        over = tuple(form for form in wanted if len(form) >= 20 and len(letters) - len(form) <= MOST_OVER)
        if len(letters) >= 6 and (letters in wanted or (letters.endswith(over) and not ends_sentence(lines[number]))):
            found[number] = "title"
    return found


def _named(lines: Sequence[str], filled: Sequence[int], authors: Sequence[str], site: str | None) -> dict[int, str]:
    """An author's or the site's name alone, a byline of a word and a name, what the end tells about an author."""
    wanted = {letters for name in (*authors, site) if len(letters := _letters(name or "")) >= 5}
    people = tuple(_letters(name) for name in authors if len(name.split()) >= 2)
    if not wanted:
        return {}
    ends = {*filled[:5], *filled[-4:]}
    longest = 2 * max(map(len, wanted)) + 20
    found = {}
    for number in filled:
        if number not in ends and len(lines[number]) > longest:
            continue
        letters = _letters(lines[number][:200])
        if letters in wanted or (number in ends and tokens(lines[number]) <= 8 and _is_byline(letters, wanted)):
            found[number] = "byline"
        elif number in filled[-2:] and letters.startswith(people) and tokens(lines[number]) <= LONGEST_NOTICE:
            found[number] = "about the author"
    return found


def _is_byline(letters: str, wanted: Collection[str]) -> bool:
    return any(letters.endswith(name) and len(letters) - len(name) <= 12 for name in wanted if len(name) >= 7)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _closes(line: str, low: str) -> str | None:
    """Return what one of the last lines is nothing but: when it was changed, whom to write to, who edited it."""
    if "cookie" in low and tokens(line) <= LONGEST_NOTICE and _CONSENT.search(low):
        return "cookies"
    if tokens(line) > LONGEST_CLOSING:
        return None
    if opens(low, "dated") and _YEAR_OR_CLOCK.search(line) and not ends_sentence(line):
        return "date"
    if (_MAIL.search(line) or _FOLLOW.fullmatch(low)) and line[:1] not in _QUOTES:
        return "contact"
    return "byline" if _EDITOR.match(line) or _INITIALS.fullmatch(line) else None


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


def _placed(lines: Sequence[str], filled: Sequence[int], apart: Mapping[str, str]) -> dict[int, str]:
    """Lines that stand apart on the page, kind by kind; none of a kind that is over its share of the text.

    Links count from four words on, and not where a dash tells whose words are quoted above. A label goes with the
    links that it announces.
    """
    if not apart:
        return {}
    found: dict[int, str] = {}
    whole = sum(map(len, lines)) or 1
    for kind, most in MOST_APART.items():
        these = [n for n in filled if n not in found and apart.get(lines[n].strip("-| ")) == kind]
        these = [n for n in these if kind != "link" or (tokens(lines[n]) >= 4 and not lines[n].startswith(_ATTRIBUTES))]
        if sum(len(lines[number]) for number in these) <= most * whole:
            found |= dict.fromkeys(these, kind)
    for number, after in pairwise(filled):
        if (
            found.get(after) == "link"
            and number not in found
            and tokens(lines[number]) <= 5
            and not ends_sentence(lines[number])
        ):
            found[number] = "label"
    return found


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
