"""Labelled pages for the extraction benchmark: the made-up web's articles in other people's clothes.

Layouts in the manner of systems that news sites run on (layouts.toml) are filled with what sites put around and between
paragraphs: in words that the program's lists know (clutter.toml) or in words that they do not (unseen.toml). The text
of a page is known, since the page is made from it. May import: corpus.demo.texts and the standard library.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from random import Random
from string import Template

from corpus.demo.texts import Article, articles

HERE = Path(__file__).parent
FRAME = """<!doctype html><html><head><meta charset="utf-8"><title>$title | $site</title>
<meta property="og:title" content="$title"><meta name="description" content="$told">
<meta property="article:published_time" content="$iso"></head>$shell
<footer>© 2026 $site. $rights</footer></body></html>"""
AGENCIES = ("Getty Images", "AFP", "Reuters", "dpa", "AP")
AUTHORS = ("Ana Sosa", "John Roe", "Mia Lund", "Omar Said")


@dataclass(frozen=True, slots=True)
class Page:
    """A page, the text that a perfect extractor would give, and the article that both are made from.

    `seen` says whether the words around the text are ones that the program's lists know.
    """

    layout: str
    seen: bool
    article: Article
    markup: bytes
    text: str


def layouts() -> dict[str, dict[str, object]]:
    """Return every layout by name: its shell, how a paragraph is written, what may stand among and after them."""
    return _table("layouts.toml")


def pages(each: int = 4, seed: int = 7) -> Iterator[Page]:
    """Yield `each` pages of every article, every time in another layout, half of them in words of either kind."""
    dice = Random(seed)
    every = [article for article in articles() if article.kind not in ("paywall", "live")]
    for article in every:
        others = [other for other in every if other.language == article.language and other is not article]
        for number, layout in enumerate(dice.sample(sorted(layouts()), each)):
            yield _page(article, others, layout, number % 2 == 0, dice)


@cache
def _table(name: str) -> dict[str, dict[str, object]]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def _words(language: str, seen: bool) -> dict[str, object]:
    """Return the words around the text; where a list has none of a kind, those that it does not know."""
    code = language.split("-", maxsplit=1)[0]
    unseen = _table("unseen.toml")[code]
    return unseen | _table("clutter.toml")[code] if seen else unseen


def _page(article: Article, others: list[Article], layout: str, seen: bool, dice: Random) -> Page:
    made = layouts()[layout]
    words = _words(article.language, seen) | _facts(article, others, dice)
    lead, *rest = (
        article.paragraphs if "lead" in made and len(article.paragraphs) > 3 and seen else ("", *article.paragraphs)
    )
    body, text = _body(rest, made, words, dice)
    above = _paragraph(str(made["lead"]), lead) if lead else ""
    text = f"{lead}\n{text}" if lead else text
    shell = Template(str(made["shell"])).substitute(words, body=body, lead=above)
    markup = Template(FRAME).substitute(words, shell=shell)
    return Page(layout, seen, article, markup.encode(), text)


def _facts(article: Article, others: list[Article], dice: Random) -> dict[str, object]:
    """Return what the page tells of its article and of others."""
    titles = [escape(other.title) for other in dice.sample(others, min(6, len(others)))] or ["…"]
    teaser = escape(dice.choice(others).paragraphs[0]) if others else "…"
    one, two = dice.choice(titles), dice.choice(titles)
    return {
        "title": escape(article.title),
        "told": escape(article.paragraphs[0][:150]),
        "site": escape(article.site.publisher),
        "iso": article.published.isoformat(),
        "date": f"{article.published:%d.%m.%Y %H:%M}",
        "author": dice.choice(AUTHORS),
        "agency": dice.choice(AGENCIES),
        "initials": "abc/def",
        "word1": escape(article.title.split()[0][:12]),
        "word2": escape(article.title.split()[-1][:12]),
        "other1": one,
        "other2": two,
        "teaser": teaser,
        "menu": "".join(f'<a href="/{name}">{name}</a> ' for name in ("World", "News", "Sport", "TV")),
        "list": "".join(f'<li><a href="/{n}">{title}</a></li>' for n, title in enumerate(titles)),
        "cards": "".join(
            f'<div class="card"><h3><a href="/{n}">{title}</a></h3><p>{teaser[:120]}</p></div>'
            for n, title in enumerate(titles[:3])
        ),
    }


def _paragraph(template: str, text: str) -> str:
    return Template(template).substitute(text=escape(text))


def _body(told: list[str], made: dict[str, object], words: dict[str, object], dice: Random) -> tuple[str, str]:
    """Return the paragraphs with what the site put among them, and the text that is theirs."""
    parts = [_paragraph(str(made["p"]), paragraph) for paragraph in told]
    between = [str(piece) for piece in made["between"]]  # type: ignore[attr-defined]
    for piece in dice.sample(between, min(len(between), dice.randint(1, 3))):
        place = dice.randint(1, len(told) - 1) if len(told) > 1 else 1
        parts[place - 1] += _filled(piece, words, dice)
        if "$subhead" in piece:
            told[place - 1] += f"\n{words['subhead']}"
    after = [str(piece) for piece in made["after"]]  # type: ignore[attr-defined]
    parts += [_filled(piece, words, dice) for piece in dice.sample(after, min(len(after), dice.randint(0, 2)))]
    return "".join(parts), "\n".join(told)


def _filled(piece: str, words: dict[str, object], dice: Random) -> str:
    author = str(words["author"])
    return Template(re.sub(r"\$bio\b", f"{author} $bio", piece)).substitute(words)
