"""What readers wrote below an article, told by what its container is called (pure).

May import: lxml, the standard library, corpus.markup.
"""

import re

from lxml.html import HtmlElement as Element

from corpus.markup import SHOWN

# Where readers write: comments, sf_comment_list, kommentarer; not comments-open, which says that they may, nor comment
# and kommentar alone, which many newsrooms call their opinion pages.
_COMMENTS = re.compile(
    r"(?<!\S)(?!(?:has|no|with|show|hide|tone|type|tag|cat|format)[_-])(?:[a-z0-9]{1,8}[_-])?"
    r"(?:user|reader|post|article|entry)?[_-]?"
    r"(?:(?:comments|comentarios|comentários|kommentare|kommentarer|commentaires|commenti|reacties|yorumlar|komentarze)"
    r"(?![_-]?(?:open|enabled|closed|disabled|on|off|allowed|status))(?:[_-][\w-]*)?"
    r"|(?:comment|comentario|kommentar|commentaire|komentar|yorum)[_-]?"
    r"(?:list|form|area|section|wrap|box|container|thread|reply|respond|body|text|item|\d)[\w-]*"
    r"|disqus[_-]thread)(?!\S)",
    re.I,
)
MOST_COMMENTS, LEAST_BEFORE = 0.6, 400


def take_out_comments(root: Element) -> int:
    """Take what readers wrote, and the forms to write more, out of the tree, in place; return how many parts.

    They stand in containers that are called so, below the page's text and without its heading. None goes where they
    hold over 60 % of all that the page shows.
    """
    found: list[Element] = []
    before = within = 0
    for element in root.iter():
        if not isinstance(element.tag, str) or element.tag in ("script", "style", "noscript", "head"):
            continue
        if found and found[-1] in element.iterancestors():
            continue
        if before >= LEAST_BEFORE and element.tag not in ("body", "main", "article") and _is_for_readers(element):
            found.append(element)
            within += len(element.text_content())
        elif element.tag == "p":
            before += len((element.text_content() or "").strip())
    if within > MOST_COMMENTS * max(1, sum(len(text.strip()) for text in root.xpath(SHOWN))):
        return 0
    for element in found:
        element.drop_tree()
    return len(found)


def _is_for_readers(element: Element) -> bool:
    marks = f"{element.get('class') or ''} {element.get('id') or ''}"
    return len(marks) > 6 and _COMMENTS.search(marks) is not None and next(element.iter("h1"), None) is None
