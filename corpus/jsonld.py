"""The JSON-LD of a page: the node that describes its article (pure).

May import: lxml, the standard library.
"""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import lxml.html

Node = dict[str, Any]
MOST_CHARACTERS = 1_000_000
_COMMA = re.compile(r",\s*([\]}])")
_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*.*?\*/)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$", re.S)
_ARTICLE = re.compile(r"(?:Article|BlogPosting|Report|NewsStory)$|^LiveBlogPosting$|^OpinionNewsArticle$")
_LISTING = ("CollectionPage", "SearchResultsPage", "ProfilePage", "ItemList", "WebSite", "ContactPage", "AboutPage")


def read_nodes(root: lxml.html.HtmlElement) -> list[Node]:
    """Return every typed node of the page's JSON-LD, outer ones first. Broken blocks are mended or passed over."""
    nodes: list[Node] = []
    for script in root.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            nodes += _walk(_load((script.text or "")[:MOST_CHARACTERS]))
    return nodes


def _load(text: str) -> Any:
    text = _WRAPPING.sub("", text).strip().rstrip(";")
    for attempt in (text, _COMMA.sub(r"\1", text), html.unescape(text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _walk(value: Any, depth: int = 0) -> Iterator[Node]:
    if depth > 6:
        return
    if isinstance(value, list):
        for part in value[:200]:
            yield from _walk(part, depth + 1)
    elif isinstance(value, dict):
        if value.get("@type"):
            yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "hasPart"):
            if isinstance(value.get(key), (list, dict)):
                yield from _walk(value[key], depth + 1)


def kinds(node: Node) -> list[str]:
    """Return the node's types without their vocabulary."""
    types = node.get("@type")
    return [str(kind).rsplit("/", 1)[-1] for kind in (types if isinstance(types, list) else [types]) if kind]


def article_node(nodes: list[Node], addresses: set[str]) -> Node:
    """Return the node of the page's own article, else an empty one.

    Where several articles are described (a list of related ones), the one whose address is among the page's wins.
    """
    articles = [node for node in nodes if any(_ARTICLE.search(kind) for kind in kinds(node))]
    own = [node for node in articles if addresses & set(_addresses(node))]
    pages = [node for node in nodes if "WebPage" in kinds(node) and node.get("datePublished")]
    return next(iter(own or articles or pages), {})


def resolved(node: Node, nodes: list[Node]) -> Node:
    """Return the node with the nodes that its values only refer to (`{"@id": …}`) in their place."""
    known = {name: other for other in nodes if isinstance(name := other.get("@id"), str)}

    def whole(value: Any) -> Any:
        if isinstance(value, list):
            return [whole(part) for part in value[:50]]
        name = value.get("@id") if isinstance(value, dict) and not value.get("name") else None
        return known.get(name, value) if isinstance(name, str) else value

    return {key: whole(value) for key, value in node.items()}


def _addresses(node: Node) -> Iterator[str]:
    page = node.get("mainEntityOfPage")
    for value in (node.get("url"), node.get("@id"), page, page.get("@id") if isinstance(page, dict) else None):
        if isinstance(value, str):
            yield value.split("#")[0].rstrip("/")


def is_listing(nodes: list[Node]) -> bool:
    """Say whether the page calls itself a list, a search or a profile and describes no article."""
    types = {kind for node in nodes for kind in kinds(node)}
    return bool(types & set(_LISTING[:4])) and not any(_ARTICLE.search(kind) for kind in types)


def text_of(value: Any) -> str | None:
    """Return one plain line from a JSON-LD value: a string, a node's name, or the first of a list."""
    if isinstance(value, list):
        return next((text for part in value if (text := text_of(part))), None)
    if isinstance(value, dict):
        return text_of(value.get("name") or value.get("@value") or value.get("url"))
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        return None
    return " ".join(html.unescape(html.unescape(str(value))).split()) or None


def texts_of(value: Any) -> list[str]:
    """Return the plain lines of a JSON-LD value, one for each part of a list."""
    parts = value if isinstance(value, list) else [value]
    return [text for part in parts if (text := text_of(part))]
