"""The standfirst: the sentence or two that sites show between heading and text, and extraction leaves out (pure).

May import: lxml, regex, the standard library.
"""

from collections.abc import Iterator
from itertools import islice

import lxml.html
import regex

SHORTEST, SHORTEST_DENSE, LONGEST = 40, 18, 600
MOST_ELEMENTS = 400
"""So many elements after the heading are looked at."""
OPENING = 30
"""So many letters tell where the text begins, or that a description is the standfirst cut short."""
_HOLDERS = frozenset(("p", "h2", "h3", "h4", "div", "span", "strong", "b", "em", "section", "td", "li"))
_BLOCKS = ("p", "h1", "h2", "h3", "h4", "div", "ul", "ol", "table", "section", "article", "img", "time")
_NAMED = regex.compile(
    r"(?:^|[\s_-]|(?<=\p{Ll})(?=\p{Lu}))(?:stand-?first|sub-?title|sub-?head(?:line|ing)?|sub-?deck|dec?k|lede?|lead-?text|chapeau|chapo"
    r"|summary|excerpt|intro|introduction|sottotitolo|occhiello|catenaccio|spot|ozet|vorspann|entradilla|bajada|copete|sumario"
    r"|ingress|ingres|anleser|perex|lid|linha-?fina|gravata|subtitulo|sous-?titre|alternativeheadline|description)(?:$|[\s_-]|\d|(?<=\p{Ll})(?=\p{Lu}))",
    regex.I,
)
_APART = regex.compile(
    r"comment|relat|promo|footer|sidebar|recommend|newsletter|teaser|widget|social|share|caption|cookie|credit|author|byline"
    r"|bio|breadcrumb|menu|(?:^|[\s_-])tags?(?:$|[\s_-])|hidden|sr-only|paywall|subscri",
    regex.I,
)
_APART_TAGS = ("nav", "footer", "aside", "form", "figure", "figcaption", "a", "button", "li")
_DENSE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}]{2}")


def standfirst(root: lxml.html.HtmlElement, text: str, title: str | None, description: str | None) -> str | None:
    """Return the standfirst that the page shows between its heading and `text`, where `text` lacks it; else None.

    It is the page's own `description`, or stands in an element that is called one (class, id, itemprop).
    """
    if not (text and title):
        return None
    opening, told, called = _letters(text[: 4 * OPENING])[:OPENING], _letters(description or ""), _letters(title)
    for element in _after_heading(root, called):
        plain = " ".join(element.text_content().split())
        letters = _letters(plain[:LONGEST])
        if letters.startswith(opening):
            return None
        if not _fits(plain) or letters in called or not (_is_told(letters, told) or _is_named(element)):
            continue
        if not _stands_apart(element) and letters not in _letters(text):
            return plain
    return None


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _fits(plain: str) -> bool:
    shortest = SHORTEST_DENSE if _DENSE.search(plain) else SHORTEST
    return shortest <= len(plain) <= LONGEST


def _after_heading(root: lxml.html.HtmlElement, title: str) -> Iterator[lxml.html.HtmlElement]:
    """Yield the innermost blocks that follow the page's heading, in order."""
    heading = next((h for h in root.iter("h1", "h2") if _letters(h.text_content()).endswith(title)), None)
    heading = next(root.iter("h1"), None) if heading is None else heading
    if heading is None:
        return
    taken: set[lxml.html.HtmlElement] = set()
    for element in islice(heading.xpath("following::*"), MOST_ELEMENTS):
        if element.tag not in _HOLDERS or element.getparent() in taken:
            continue
        if next(element.iterdescendants(*_BLOCKS), None) is None:
            taken.add(element)
            yield element


def _is_told(letters: str, told: str) -> bool:
    """Say whether the page's description is these letters, or their beginning."""
    return len(told) >= OPENING and (letters == told or letters.startswith(told) or told.startswith(letters))


def _is_named(element: lxml.html.HtmlElement) -> bool:
    near = (element, *islice(element.iterancestors(), 1))
    return any(_NAMED.search(_marks(part)) for part in near)


def _marks(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.get(name) or "" for name in ("class", "id", "itemprop"))


def _stands_apart(element: lxml.html.HtmlElement) -> bool:
    """Say whether the element stands in a part of the page that is not the article's, or is mostly a link."""
    linked = sum(len(link.text_content()) for link in element.iter("a"))
    if linked > 0.4 * len(element.text_content()):
        return True
    return any(
        part.tag in _APART_TAGS or _APART.search(_marks(part))
        for part in (element, *islice(element.iterancestors(), 6))
        if part.tag not in ("body", "html", "main", "article")
    )
