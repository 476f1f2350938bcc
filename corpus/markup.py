"""A page's bytes to a tree of elements: what is refused before parsing, the encoding, the parser.

May import: lxml, charset_normalizer, the standard library.
"""

import codecs
import re
from itertools import islice

import charset_normalizer
import lxml.etree
import lxml.html

MOST_BYTES = 5_000_000
MOST_ATTRIBUTES = 5_000
MOST_TAGS = 150_000
DEEPEST = 250
LEAST_BROKEN, LEAST_BARE = 200, 60
SHOWN = "//body//text()[not(parent::script or parent::style or parent::noscript)]"
"""XPath of the texts that a page shows."""

_LONG_TAG = re.compile(rb"<[a-zA-Z][^<>]{10000,}>?")
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,30})", re.I)
_XML_CHARSET = re.compile(rb"^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]{2,30})")
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,30})", re.I)
_XML_HEAD = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
# Surrogates written as entities would cut the text where they stand.
_SURROGATE = re.compile(
    r"&#(?:x0*d[89a-f][0-9a-f]{2}|0*5(?:529[6-9]|5[3-9]\d\d|6\d{3}|7[0-2]\d\d|73[0-3]\d|734[0-3]));?", re.I
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
# What browsers read where a page names an older, smaller set of characters. Source: WHATWG Encoding.
_WIDER = {
    "iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs",
}  # fmt: skip
_PICTURE = re.compile(
    r"(?:^|[\s_-])(?:image|img|photo|foto|bild|figure|caption|picture|media|gallery|slideshow|thumb|imagen)s?(?:$|[\s_-])",
    re.I,
)
_STANDING = frozenset(
    "p div table ul ol dl h1 h2 h3 h4 h5 h6 blockquote figure article section aside form pre hr iframe video".split()
)
_INLINE = frozenset(("span", "font", "b", "strong", "i", "em", "u"))
_TWICE = re.compile(r"â€[™œ“”\x9d\x99\x9c˜¦]|Ã[©¨¡³±¼¶¤§ª­]|Ð[°¾µ¸½]|Ã\xad")
_ACCENTED = re.compile(r"[\xc0-\xff]")
_DEEP = lxml.etree.XPath(f"boolean(self::*{'/*' * (DEEPEST - 1)})")


def refusal(body: bytes) -> str | None:
    """Return one sentence that says why the page is not to be parsed, or None.

    The parser is quadratic in the attributes of a tag, takes seconds and gigabytes for millions of tags, and silently
    loses what is nested deeper than 254.
    """
    if len(body) > MOST_BYTES:
        return f"the page has {len(body):,} bytes; at most {MOST_BYTES:,} are read"
    if (tags := body.count(b"<")) > MOST_TAGS:
        return f"the page has {tags:,} tags; at most {MOST_TAGS:,} are read"
    for found in _LONG_TAG.finditer(body):
        attributes = len(_QUOTED.sub(b"", found.group()).split())
        if attributes > MOST_ATTRIBUTES and body.rfind(b"<script", 0, found.start()) <= body.rfind(
            b"</script", 0, found.start()
        ):
            return f"a tag of the page has some {attributes:,} attributes; at most {MOST_ATTRIBUTES:,} are read"
    return None


def decode(body: bytes, content_type: str | None = None) -> str:
    """Return the page's characters, without those that no text may have.

    UTF-8 that reads without fault is UTF-8, whatever is declared; then the charset of the HTTP header and of the page
    itself are tried; then a guess from the bytes.
    """
    for mark, name in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if body.startswith(mark):
            return clean_characters(body.decode(name, "replace").removeprefix("\ufeff"))
    declared = [*_charsets(body, content_type)]
    for name in ("utf-8", *declared):
        try:
            return clean_characters(body.decode(name))
        except UnicodeDecodeError as error:
            # A body cut in the middle of a character, or a few bad bytes in a page that says what it is.
            if name in declared and (error.start > len(body) - 5 or name == "utf-8"):
                return clean_characters(body.decode(name, "replace"))
    best = charset_normalizer.from_bytes(body[:50_000]).best()
    return clean_characters(body.decode(best.encoding if best else "cp1252", "replace"))


def _charsets(body: bytes, content_type: str | None) -> list[str]:
    told = [found[1] for found in [_HEADER_CHARSET.search(content_type or "")] if found]
    head = body[:4096]
    told += [
        found[1].decode("ascii", "ignore") for found in (_META_CHARSET.search(head), _XML_CHARSET.search(head)) if found
    ]
    names = []
    for name in told:
        try:
            known = codecs.lookup(name).name
            "".encode(known)
        except (LookupError, TypeError, ValueError):
            continue
        names.append(_WIDER.get(known, known))
    return names


def clean_characters(text: str) -> str:
    """Take out control characters (terminal escapes with them) and lone surrogates, also those written as entities."""
    if "&#" in text:
        text = _SURROGATE.sub("\ufffd", text)
    return text if text.isascii() and text.isprintable() else _CONTROLS.sub("", text)


def parse(markup: str) -> lxml.html.HtmlElement | None:
    """Return the page's root element, or None where there is no element at all."""
    text = _XML_HEAD.sub("", markup).strip()
    if "<" not in text:
        return None
    parser = lxml.html.HTMLParser(
        collect_ids=False, default_doctype=False, encoding="utf-8", remove_comments=True, remove_pis=True
    )
    try:
        root = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (lxml.etree.LxmlError, ValueError, AssertionError):
        return None
    return root if isinstance(root.tag, str) else None


def too_deep(root: lxml.html.HtmlElement) -> bool:
    """Say whether the tree is nested so deeply that the parser may have lost what lay below."""
    return bool(_DEEP(root))


def repair_encoding(text: str) -> str:
    """Return the text as it was meant where one wrong decoding can be undone: UTF-8 or Cyrillic read as Latin-1."""
    if text.isascii():
        return text
    if _TWICE.search(text, 0, 20_000):
        return _undone(text, ("cp1252", "latin-1"), "utf-8")
    sample = text[:500]
    accented = len(_ACCENTED.findall(sample))
    if accented > 20 and accented > 0.7 * sum(map(str.isalpha, sample)):
        return _undone(text, ("latin-1", "cp1252"), "cp1251")
    return text


def _undone(text: str, wrong: tuple[str, ...], right: str) -> str:
    for name in wrong:
        try:
            return text.encode(name).decode(right)
        except UnicodeError:
            continue
    return text


def unwrap_layout(root: lxml.html.HtmlElement) -> None:
    """Make the tables that only lay the page out into plain divisions, in place: text in them is no table's."""
    for table in list(root.iter("table")):
        if any(_holds_text(cell) for cell in table.iter("td")):
            for part in table.iter("table", "tbody", "thead", "tr", "td", "th", "center", "font"):
                part.tag = "div" if part.tag != "font" else "span"


def _holds_text(cell: lxml.html.HtmlElement) -> bool:
    """Say whether a cell is a part of the page: it holds a heading, or breaks and paragraphs of running text."""
    if next(cell.iter("h1"), None) is not None:
        return True
    blocks = sum(1 for _ in cell.iter("p", "br", "div"))
    return blocks >= 3 and len(cell.text_content()) > 600


def in_picture(element: lxml.html.HtmlElement) -> bool:
    """Say whether the element stands with a picture: what it credits is the picture."""
    near = [element, *islice(element.iterancestors(), 4)]
    return any(
        part.tag in ("figure", "figcaption", "picture")
        or _PICTURE.search(f"{part.get('class') or ''} {part.get('id') or ''}")
        for part in near
        if part.tag not in ("body", "html", "main", "article")
    )


def part_paragraphs(root: lxml.html.HtmlElement) -> None:
    """Make paragraphs, in place, of what stands between double line breaks or bare among paragraphs: both get lost."""
    for holder in list(root.iter("div", "td", "article", "section", "p", "font", "span")):
        breaks = [child for child in holder.iterchildren("br") if _is_double(child)]
        if (len(breaks) >= 2 and _running(holder) >= LEAST_BROKEN) or _mixes(holder):
            _rebuild(holder)


def _mixes(holder: lxml.html.HtmlElement) -> bool:
    """Say whether text stands bare between the holder's paragraphs: extraction would take the paragraphs alone."""
    if holder.tag not in ("div", "article", "section", "td") or next(holder.iterchildren("p"), None) is None:
        return False
    return any(len((bare or "").strip()) >= LEAST_BARE for bare in (holder.text, *(child.tail for child in holder)))


def _running(holder: lxml.html.HtmlElement) -> int:
    """Return the characters of text that stand in no block of the holder's."""
    inline = (len(child.text_content()) for child in holder if child.tag in _INLINE)
    return len(holder.text or "") + sum(len(child.tail or "") for child in holder) + sum(inline)


def _is_double(br: lxml.html.HtmlElement) -> bool:
    after = br.getnext()
    return after is not None and after.tag == "br" and not (br.tail or "").strip()


def _rebuild(holder: lxml.html.HtmlElement) -> None:
    """Put the holder's children and texts into paragraphs: a new one at each double break and around each block."""
    children, text = list(holder), holder.text
    for child in children:
        holder.remove(child)
    holder.text = None
    for around in (holder, *holder.iterancestors()):  # no paragraph stands in another one
        if around.tag not in ("p", "font", "span"):
            break
        around.tag = "div"
    paragraph = _paragraph(holder, text)
    for number, child in enumerate(children):
        tail, child.tail = child.tail, None
        after = children[number + 1] if number + 1 < len(children) else None
        if child.tag == "br" and (
            (after is not None and after.tag == "br" and not (tail or "").strip())
            or (not len(paragraph) and not paragraph.text)
        ):
            paragraph = _paragraph(holder, tail)
        elif child.tag in _STANDING:
            holder.append(child)
            paragraph = _paragraph(holder, tail)
        else:
            child.tail = tail
            paragraph.append(child)


def _paragraph(holder: lxml.html.HtmlElement, text: str | None) -> lxml.html.HtmlElement:
    paragraph: lxml.html.HtmlElement = lxml.html.Element("p")
    paragraph.text = text if text and text.strip() else None
    holder.append(paragraph)
    return paragraph


def heads(root: lxml.html.HtmlElement) -> list[str]:
    """Return the short texts that follow the page's heading: where date, byline and agency stand in any template."""
    heading = next(root.iter("h1"), None)
    heading = next(root.iter("h2"), None) if heading is None else heading
    texts: list[str] = []
    if heading is None:
        return texts
    for element in heading.xpath("following::*[position() <= 14]"):
        words = (
            " ".join(element.xpath("string()").split()) if len(element) <= 4 and isinstance(element.tag, str) else ""
        )
        if (
            1 < len(words) <= 80
            and element.tag not in ("script", "style", "button", "option", "a")
            and words not in texts
            and not in_picture(element)
            and next(element.iter("img", "figure", "picture"), None) is None
        ):
            texts.append(words)
    return texts[:6]
