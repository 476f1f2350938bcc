"""A second look at a page whose text is spread over several containers, of which the first look kept one (pure).

May import: lxml, regex, the standard library.
"""

from collections.abc import Iterator

import lxml.etree
import lxml.html
import regex

FAR_MORE, LEAST_MORE = 1.8, 400
_APART = regex.compile(
    r"comment|relat|promo|footer|sidebar|recommend|newsletter|teaser|widget|social|share|caption|cookie|disclaimer",
    regex.I,
)
_APART_TAGS = ("nav", "footer", "aside", "form", "figure", "header", "table")
_PARAGRAPH = regex.compile(r"</p\s*>|<br\s*/?>\s*<br\s*/?>|\n+", regex.I)
_TAG = regex.compile(r"<[^<>]{1,2000}>")


def more_text(root: lxml.html.HtmlElement, text: str, body: str | None) -> str | None:
    """Return the fuller text of the article where the second look finds far more than `text`, else None.

    `body` is the text that the page's JSON-LD gives. Paragraphs count when they stand in containers like those that
    the first look took text from, inside the same article element.
    """
    spread = _spread(root, text)
    best = max(filter(None, (spread, _plain_body(body))), key=len, default=None)
    return best if best and len(best) >= max(FAR_MORE * len(text), len(text) + LEAST_MORE) else None


def _plain_body(body: str | None) -> str | None:
    """Return the JSON-LD body as lines, without the markup that some sites leave in."""
    if not body or len(body) < LEAST_MORE:
        return None
    root = lxml.html.fromstring(f"<div>{body}</div>") if "&" in body and "<" not in body else None
    plain = root.text_content() if root is not None else body
    return "\n".join(line for part in _PARAGRAPH.split(plain) if (line := " ".join(_TAG.sub(" ", part).split())))


def _spread(root: lxml.html.HtmlElement, text: str) -> str | None:
    lines = [" ".join(line.split()) for line in text.splitlines()]
    known = {line for line in lines if len(line) >= 40}
    paragraphs = [(p, plain) for p in root.iter("p") if len(plain := " ".join(p.text_content().split())) >= 40]
    taken = [p for p, plain in paragraphs if plain in known]
    if not taken:
        return None
    # What the first look found in other pieces is nothing new.
    held = _letters(text)
    likes = {mark for p in taken if (mark := _mark(p))}
    around = {_article_of(p) for p in taken}
    before: list[str] = []
    after: list[str] = []
    passed = False
    for p, plain in paragraphs:
        passed = passed or plain in known
        if (
            plain not in known
            and _letters(plain) not in held
            and _mark(p) in likes
            and _article_of(p) in around
            and not _is_apart(p)
        ):
            (after if passed else before).append(plain)
    return "\n".join([*before, *lines, *after]) if before or after else None


def _letters(text: str) -> str:
    return "".join(text.split())


def _mark(p: lxml.html.HtmlElement) -> tuple[str, str] | None:
    """Return what makes a container alike to another: its tag and class; None where it has no class."""
    parent = p.getparent()
    marks = (parent.get("class") or "").split() if parent is not None else []
    return (str(parent.tag), " ".join(sorted(marks))) if marks else None


def _article_of(p: lxml.html.HtmlElement) -> lxml.html.HtmlElement | None:
    return next(iter(p.iterancestors("article")), None)


def _is_apart(p: lxml.html.HtmlElement) -> bool:
    """Say whether the paragraph is mostly links, or stands in a part of the page that is not the article's."""
    whole = len(p.text_content()) or 1
    if sum(len(link.text_content()) for link in p.iter("a")) > 0.4 * whole:
        return True
    return any(element.tag in _APART_TAGS or _APART.search(marks) for element, marks in _ancestors(p))


def _ancestors(p: lxml.html.HtmlElement) -> Iterator[tuple[lxml.html.HtmlElement, str]]:
    for element in p.iterancestors():
        if element.tag in ("body", "html"):
            return
        yield element, f"{element.get('class') or ''} {element.get('id') or ''}"
