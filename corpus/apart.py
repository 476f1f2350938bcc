"""What on a page stands apart from the article's text, told by structure alone, in any language (pure).

Links that fill a block, captions of pictures, forms, rows of cards that lead to other articles. One pass over the tree
measures every element; what it finds is bounded by the cleaner. May import: lxml, the standard library, corpus.markup.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement as Element

from corpus.markup import SHOWN

LONGEST_LINK, LONGEST_CAPTION, LONGEST_FORM, LONGEST_CARD, LONGEST_BELOW = 400, 600, 500, 500, 200
MOST_BESIDE = 8
LEAST_LISTED, LONGEST_LIST = 3, 2000
_ENDS = (".", "。", "।", ".”", '."')
MOST_CAPTIONS, LEAST_TEXT, LONGEST_SMALL_CARD = 0.25, 600, 300
_BLOCKS = frozenset(
    "p li div h2 h3 h4 h5 td blockquote section article aside dd ul ol table tr main figure form header footer".split()
)
_HEADINGS = frozenset(("h2", "h3", "h4", "h5"))
_FIELDS = frozenset(("text", "email", "search", ""))
_LABELLED = re.compile(r"[^:：»|]{1,40}[:：»|]\s*")
_CAPTION = re.compile(
    r"(?:^|[\s_-])(?:caption|captiontext|photocaption|imagecaption|imgcaption|pictext|picdesc|imgdesc|img[_-]desc|"
    r"image[_-]description|photo[_-]?credit|image[_-]?credit|bildunterschrift|bildtext|legend|legende|figcaption|"
    r"photographer|fotograf)(?:$|[\s_-])",
    re.I,
)


@dataclass(slots=True)
class _Size:
    """Characters of text in an element, and of those in links; whether blocks are in it; a heading that is a link."""

    text: int = 0
    linked: int = 0
    blocks: bool = False
    headed: bool = False


def take_out_captions(root: Element) -> int:
    """Take the captions of pictures out of the tree, in place; return how many.

    A caption is a `figcaption`, or a short element whose class or id calls it one. None goes where they hold over a
    quarter of all that the page shows: then the captions are the article.
    """
    found = [element for element in root.iter() if isinstance(element.tag, str) and _is_caption(element)]
    within = set(found)
    outer = [element for element in found if within.isdisjoint(element.iterancestors())]
    captions = sum(len(element.text_content()) for element in outer)
    prose = sum(len(text.strip()) for text in root.xpath(SHOWN))
    if not outer or captions > MOST_CAPTIONS * max(prose, 1):
        return 0
    for element in outer:
        if element.getparent() is not None:
            element.drop_tree()
    return len(outer)


def _is_caption(element: Element) -> bool:
    if element.tag in ("html", "body", "main", "article", "img", "figure"):
        return False
    if element.tag == "table":  # a picture in one cell, its caption in another
        pictured = next(element.iter("img"), None) is not None
        return pictured and 0 < len(element.text_content().strip()) <= LONGEST_BELOW
    if element.tag in ("p", "div") and _is_below_picture(element):
        return True
    marks = f"{element.get('class') or ''} {element.get('id') or ''}"
    if element.tag != "figcaption" and (len(marks) < 6 or not _CAPTION.search(marks)):
        return False
    return len(element.text_content()) <= LONGEST_CAPTION


def _is_below_picture(element: Element) -> bool:
    """Say whether it is a short centred line right below a block that holds a picture and no text."""
    above = element.getprevious()
    if above is None or not isinstance(above.tag, str) or next(above.iter("img"), None) is None:
        return False
    centred = "center" in f"{element.get('align') or ''} {element.get('style') or ''} {element.get('class') or ''}"
    return centred and not above.text_content().strip() and 0 < len(element.text_content().strip()) <= LONGEST_BELOW


def set_apart(root: Element) -> dict[str, str]:
    """Return the text of blocks that are no part of the article, as extraction may give it, and why.

    link: a block that is links alone, or a short label and links; form: little text that stands with a field to fill
    in; card: one of two or more like containers with a heading that is a link. Small cards are taken out of the tree,
    in place, where the page tells more than they do.
    """
    sizes = _measure(root)
    cards, forms = dict.fromkeys(_cards(sizes)), dict.fromkeys(_forms(root, sizes))
    found = {text: "card" for card in cards for text in _texts(card)}
    found |= {text: "form" for form in forms for text in _texts(form) if len(text) <= 300}
    if found:  # what the article says, too, is the article's: forms to share it quote its beginning
        apart = cards.keys() | forms.keys()
        own = {_plain(p) for p in root.iter("p") if apart.isdisjoint(p.iterancestors())}
        found = {text: why for text, why in found.items() if text not in own}
    found |= dict.fromkeys((*_links(root, sizes), *_listed(root, sizes)), "link")
    _take_out(cards, sizes, root)
    return found


def _take_out(cards: Collection[Element], sizes: dict[Element, _Size], root: Element) -> None:
    """Take small cards out of the tree, unless the page has no text of its own but theirs."""
    small = {card for card in cards if sizes[card].text <= LONGEST_SMALL_CARD}
    texts = (text for text in root.xpath(SHOWN) if len(text) >= 40) if small else ()
    if sum(len(text) for text in texts if small.isdisjoint(text.getparent().iterancestors())) < LEAST_TEXT:
        return
    for card in small:
        if card.getparent() is not None:
            card.drop_tree()


def _measure(root: Element) -> dict[Element, _Size]:
    """Measure every element, the inner ones first."""
    sizes: dict[Element, _Size] = defaultdict(_Size)
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    for element in reversed(elements):
        size = sizes[element]
        if element.tag in ("script", "style", "noscript"):
            continue
        size.text += len((element.text or "").strip())
        if element.tag == "a":
            size.linked = size.text
        if element.tag in _HEADINGS and size.text >= 12 and size.linked >= 0.9 * size.text:
            size.headed = True
        parent = element.getparent()
        if parent is not None:
            _add(sizes[parent], size, element)
    return sizes


def _add(parent: _Size, size: _Size, element: Element) -> None:
    tail = len((element.tail or "").strip())
    parent.text += size.text + tail
    parent.linked += size.linked
    parent.blocks = parent.blocks or size.blocks or element.tag in _BLOCKS
    # A link around the heading makes it one, too.
    parent.headed = parent.headed or size.headed or (element.tag == "a" and _holds_heading(element))


def _holds_heading(link: Element) -> bool:
    return next(link.iter(*_HEADINGS), None) is not None


def _plain(element: Element) -> str:
    return " ".join(element.text_content().split())


def _texts(element: Element) -> list[str]:
    """Return the element's text, that of each part of it, and each piece."""
    parts = (_plain(part) for part in element.iter() if isinstance(part.tag, str))
    pieces = (" ".join(piece.split()) for piece in element.itertext())
    return [text for text in dict.fromkeys((*parts, *pieces)) if text]


def _links(root: Element, sizes: dict[Element, _Size]) -> Iterator[str]:
    """Yield the text of blocks, and of runs between line breaks, that are links but for a short label."""
    seen: set[Element] = set()
    for link in root.iter("a"):
        block = next((parent for parent in link.iterancestors() if parent.tag in _BLOCKS), None)
        if block is None or sizes[block].blocks:
            continue
        if block not in seen and sizes[block].text <= LONGEST_LINK:
            seen.add(block)
            whole = _plain(block)
            if whole and _is_linked(whole, sum(len(_plain(inner)) for inner in block.iter("a"))):
                yield whole
                continue
        if link.getparent() is block and (run := _run(link)):
            yield run


def _listed(root: Element, sizes: dict[Element, _Size]) -> Iterator[str]:
    """Yield the lines of lists of other articles: each line with a link in it, none a sentence, half of it linked."""
    for row in root.iter("ul", "ol"):
        size, lines = sizes[row], [line for line in row if line.tag == "li"]
        if len(lines) < LEAST_LISTED or size.text > LONGEST_LIST or 2 * size.linked < size.text:
            continue
        texts = [_plain(line) for line in lines]
        if all(
            text and sizes[line].linked and not text.endswith(_ENDS) for text, line in zip(texts, lines, strict=True)
        ):
            yield from texts


def _is_linked(whole: str, linked: int) -> bool:
    label = _LABELLED.match(whole)
    return linked >= 0.95 * (len(whole) - (label.end() if label else 0))


def _run(link: Element) -> str | None:
    """Return the text between the line breaks around a link where it is that link but for a short label."""
    before, after = "", link.tail or ""
    for number, sibling in enumerate(link.itersiblings(preceding=True)):
        before = (sibling.tail or "") + before
        if sibling.tag == "br":
            break
        if number == MOST_BESIDE or len(before) > LONGEST_LINK:  # no short label, and pages may hold 70,000 links
            return None
        before = sibling.text_content() + before
    else:
        before = (link.getparent().text or "") + before
    follows = next(link.itersiblings(), None)
    if after.strip() or (follows is not None and follows.tag != "br"):
        return None
    text = _plain(link)
    whole = " ".join(f"{before} {text}".split())
    return whole if text and len(whole) <= LONGEST_LINK and _is_linked(whole, len(text)) else None


def _forms(root: Element, sizes: dict[Element, _Size]) -> Iterator[Element]:
    """Yield the largest part of the page around each field, at most five levels up, that holds little text."""
    for field in root.iter("input", "textarea"):
        if field.tag == "input" and (field.get("type") or "").lower() not in _FIELDS:
            continue
        around = None
        for level, part in enumerate(field.iterancestors()):
            if level == 5 or part.tag in ("body", "html") or sizes[part].text > LONGEST_FORM:
                break
            around = part
        if around is not None and sizes[around].text:
            yield around


def _cards(sizes: dict[Element, _Size]) -> Iterator[Element]:
    """Yield containers that stand beside others of their kind, each with a heading that is a link and little else."""
    rows: dict[tuple[Element, object, object], list[Element]] = defaultdict(list)
    for element, size in sizes.items():
        if size.headed and size.text <= LONGEST_CARD and element.tag in ("div", "li", "article", "section", "a"):
            rows[element.getparent(), element.tag, element.get("class")].append(element)
    for row in rows.values():
        if len(row) > 1:
            yield from row
