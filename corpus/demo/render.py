"""Makes the made-up web's HTML pages from their data. May import: jinja2, corpus.demo.texts.

Every function is pure: data in, markup out as text. Jinja escapes every value.
"""

from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from corpus.demo.texts import HERE, Article, Site, articles_of, labels, sites

SECTIONS = ("world", "business", "science", "sport", "weather")
FREE_PARAGRAPHS = 2
FEED_TYPES = {
    "rss": "application/rss+xml",
    "rdf": "application/rdf+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}


@cache
def environment() -> Environment:
    """Return the template environment: autoescape on, unknown names refused."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=False
    )


def local(article: Article) -> datetime:
    """Return the time of publication on the publisher's own clock."""
    sign = -1 if article.site.offset.startswith("-") else 1
    hours, minutes = article.site.offset[1:].split(":")
    return article.published.astimezone(timezone(sign * timedelta(hours=int(hours), minutes=int(minutes))))


def article_page(article: Article) -> str:
    """Return the article's page in its publisher's template."""
    name = "live.html" if article.kind == "live" else f"{article.site.template}.html"
    return environment().get_template(name).render(_of_article(article))


def amp_page(article: Article) -> str:
    """Return the article's AMP twin, whose canonical link names the article's own page."""
    return environment().get_template("amp.html").render(_of_article(article))


def front_page(site: Site, section: str = "") -> str:
    """Return the site's front page, or a section's: headlines and teasers, no article."""
    shown = [a for a in articles_of(site) if section in ("", a.section)]
    words = labels()[site.language]
    values = _of_site(site) | {
        "heading": f"{words[section]} - {site.publisher}" if section else site.publisher,
        "teasers": [(article, link_on_front(article)) for article in shown],
        "feeds": [] if section else feeds_of(site),
    }
    return environment().get_template("front.html").render(values)


def index_page() -> str:
    """Return the page that the server shows under its own address: all sites, and how to reach them."""
    return environment().get_template("index.html").render(sites=sites().values(), w=labels()["en"])


def link_on_front(article: Article) -> str:
    """Return the link to the article that front pages carry: with tracking parameters, or by its old path."""
    if "tracking" in article.traits:
        return f"{article.path}?utm_source=front&utm_medium=teaser&fbclid=demo"
    return old_path(article) if "redirect" in article.traits else article.path


def old_path(article: Article) -> str:
    """Return the path under which the article stood before it moved."""
    return f"/old/{article.slug}"


def amp_path(article: Article) -> str:
    """Return the path of the article's AMP twin."""
    return f"/amp{article.path}"


def feeds_of(site: Site) -> list[tuple[str, str]]:
    """Return (media type, path) of the feeds that the site's front page names."""
    return [(FEED_TYPES[kind], site.found_at) for kind in site.formats if kind in FEED_TYPES]


def _of_site(site: Site) -> dict[str, Any]:
    words = labels()[site.language]
    present = {article.section for article in articles_of(site)}
    menu = [(words["home"], "/")]
    menu += [(words[name], f"/section/{name}/") for name in SECTIONS if name in present]
    return {
        "site": site,
        "w": words,
        "lang": site.html_lang or site.language,
        "dir": "rtl" if site.template == "rtl" else "ltr",
        "menu": [*menu, (words["about"], "/about.html")],
    }


def _of_article(article: Article) -> dict[str, Any]:
    when = local(article)
    others = [other for other in articles_of(article.site) if other.name != article.name]
    return _of_site(article.site) | {
        "a": article,
        "iso": when.isoformat(),
        "shown": when.strftime(labels()[article.site.language]["date"]),
        "related": others[:5],
        "teaser": article.paragraphs[0][:150],
        "body": _body(article),
        "amp": amp_path(article) if "amp" in article.traits else "",
        "paywall": "paywall" in article.traits,
        "ld": {"@context": "https://schema.org"} | _news_article(article),
        "graph": _graph(article),
    }


def _body(article: Article) -> list[tuple[str, str]]:
    """Return (what, text) of the lines in the text column; a paywalled page shows its first paragraphs only."""
    lines = [("p", text) for text in article.paragraphs]
    if "paywall" in article.traits:
        return lines[:FREE_PARAGRAPHS]
    if article.promo:
        lines.insert((len(lines) + 1) // 2, ("promo", article.promo))
    return lines


def _news_article(article: Article) -> dict[str, Any]:
    kind = "LiveBlogPosting" if article.kind == "live" else "NewsArticle"
    found: dict[str, Any] = {
        "@type": kind,
        "headline": article.title,
        "url": article.url,
        "datePublished": local(article).isoformat(),
        "inLanguage": article.language,
        "publisher": {"@type": "Organization", "name": article.site.publisher},
        "isAccessibleForFree": "paywall" not in article.traits,
    }
    if article.byline:
        found["author"] = [{"@type": "Person", "name": article.byline}]
    return found


def _graph(article: Article) -> dict[str, Any]:
    host = f"http://{article.site.host}"
    steps = [("1", article.site.publisher, host), ("2", article.section, f"{host}/section/{article.section}/")]
    crumbs = [{"@type": "ListItem", "position": n, "name": name, "item": url} for n, name, url in steps]
    return {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "Organization", "@id": f"{host}/#org", "name": article.site.publisher, "url": host},
            {"@type": "BreadcrumbList", "itemListElement": crumbs},
            {"@type": "WebPage", "@id": article.url, "name": article.title},
            _news_article(article),
        ],
    }
