"""Labelled pages for the extraction benchmark: the made-up web's articles in other people's clothes.

Eight layouts that news sites use, filled with what they put around and between paragraphs (clutter.toml). The text of a
page is known, since the page is made from it. May import: corpus.demo.texts and the standard library.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from random import Random
from string import Template

from corpus.demo.texts import Article, articles

FRAME = """<!doctype html><html><head><meta charset="utf-8"><title>$title | $site</title>
<meta property="article:published_time" content="$iso"></head>$shell
<footer>© 2026 $site. $rights</footer></body></html>"""
SHELLS = {
    "wordpress": """<body class="single"><header>$menu</header>
<article class="post"><h1 class="entry-title">$title</h1><div class="entry-content">$body</div>
<footer class="entry-meta">$tags: <a href="/t">x</a></footer></article>
<div id="comments">$form</div><aside>$list</aside>""",
    "modern": """<body><nav>$menu</nav><main><article>
<header><h1>$title</h1><time datetime="$iso">$iso</time></header>
<section>$body</section></article><section class="more">$list</section></main>""",
    "divs": """<body><div class="top">$menu</div><div class="w"><div class="c1"><div class="t1">$title</div>
<div class="txt">$body $list</div></div><div class="c2">$links</div></div>$form""",
    "old": "<body><table><tr><td>$menu</td><td><h1>$title</h1>$body<hr>$list</td></tr></table>",
    "breaks": '<body><div>$menu</div><h1>$title</h1><div class="news-text">$body</div><div>$list</div>',
    "lists": '<body><div>$menu</div><div id="main"><h1>$title</h1><div id="body">$body $form</div></div>',
    "split": '<body><nav>$menu</nav><main><h1>$title</h1>$body</main><div class="rel">$list</div>',
    "bare": "<body><h1>$title</h1>$body $list",
}
LAYOUTS = tuple(SHELLS)


@dataclass(frozen=True, slots=True)
class Page:
    """A page, the text that a perfect extractor would give, and the article that both are made from."""

    layout: str
    article: Article
    markup: bytes
    text: str


def pages(each: int = 4, seed: int = 7) -> Iterator[Page]:
    """Yield `each` pages of every article, every time in another layout with other clutter."""
    dice = Random(seed)
    every = [article for article in articles() if article.kind not in ("paywall", "live")]
    for article in every:
        others = [other for other in every if other.language == article.language and other is not article]
        for layout in dice.sample(LAYOUTS, each):
            markup = _page(article, others, layout, dice)
            yield Page(layout, article, markup.encode(), "\n".join(article.paragraphs))


@cache
def _clutter() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("clutter.toml").read_text(encoding="utf-8"))


def _page(article: Article, others: list[Article], layout: str, dice: Random) -> str:
    words = _clutter()[article.language.split("-", maxsplit=1)[0]]
    title, iso = escape(article.title), article.published.isoformat()
    links = "".join(f'<li><a href="/{n}">{escape(other.title)}</a></li>' for n, other in enumerate(others[:5]))
    filled = Template(SHELLS[layout]).substitute(
        words,
        title=title,
        iso=iso,
        links=links,
        site=escape(article.site.publisher),
        body=_body(article, others, layout, dice, words),
        menu="".join(f'<a href="/{name}">{name}</a> ' for name in ("World", "News", "Sport", "TV")),
        form=f"<h3>{words['comment']}</h3><form><p>{words['private']}</p><textarea></textarea></form>",
        list=f"<h3>{words['related']}</h3><ul>{links}</ul>",
    )
    return Template(FRAME).substitute(words, title=title, iso=iso, site=escape(article.site.publisher), shell=filled)


def _body(article: Article, others: list[Article], layout: str, dice: Random, words: dict[str, str]) -> str:
    """Return the article's paragraphs with what sites put between them."""
    parts = [f"<p>{escape(paragraph)}</p>" for paragraph in article.paragraphs]
    other = escape(dice.choice(others).title) if others else "…"
    picture = dice.choice(("Ana Sosa", "Getty Images", "AFP", "Reuters"))
    clutter = [
        f"<p>{words['read_also']}: {other}</p>",
        f'<p><strong>{words["read_also"]}:</strong> <a href="/o">{other}</a></p>',
        f'<p><a href="/o">{other}</a></p>',
        f"<p>{words['sign_up']}</p>",
        f"<p>{words['picture']}: {picture}</p>",
        f'<div class="x"><p>{words["share"]}</p></div>',
        "<p>Advertisement</p>",
    ]
    for piece in dice.sample(clutter, dice.randint(1, 4)):
        parts.insert(dice.randint(1, len(parts)), piece)
    endings = ["<p>___</p>", f"<p>{words['read_also']}: {other}</p>", f"<p>© 2026 {words['rights']}</p>"]
    parts += dice.sample(endings, dice.randint(0, 2))
    if dice.random() < 0.3:
        parts.insert(0, f"<p>{escape(article.title)}</p>")
    if layout == "breaks":
        return "".join(part.replace("<p>", "").replace("</p>", "<br><br>") for part in parts)
    if layout == "split":
        halves = parts[: len(parts) // 2], parts[len(parts) // 2 :]
        return '<div class="ad"></div>'.join(f'<div class="part">{"".join(half)}</div>' for half in halves)
    return "".join(parts)
