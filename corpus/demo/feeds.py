"""Makes the made-up web's feeds, sitemaps and robots.txt. May import: the standard library, corpus.demo.texts, .render.

Formats: RSS 2.0, RSS 1.0 (RDF), Atom (RFC 4287), JSON Feed 1.1, sitemaps.org 0.9 and its news extension.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape

from corpus.demo.render import amp_path, link_on_front, local
from corpus.demo.texts import Article, Site, articles_of

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
PART = 4
"""Articles in one part of a sitemap index."""


def feed(site: Site) -> tuple[str, str]:
    """Return (media type, text) of the site's feed."""
    kind = next(kind for kind in site.formats if kind in _FEEDS)
    media_type, make = _FEEDS[kind]
    return media_type, make(site)


def has_feed(site: Site) -> bool:
    """Say whether the site offers a feed."""
    return any(kind in _FEEDS for kind in site.formats)


def sitemap(articles: list[Article]) -> str:
    """Return a plain sitemap of the articles; AMP twins are listed too, as careless sites do."""
    urls = [(article.url, article) for article in articles]
    urls += [(f"http://{a.site.host}{amp_path(a)}", a) for a in articles if "amp" in a.traits]
    rows = "".join(
        f"<url><loc>{escape(url)}</loc><lastmod>{local(article).isoformat()}</lastmod></url>\n" for url, article in urls
    )
    return f"{HEAD}<urlset {SITEMAP}>\n{rows}</urlset>\n"


def sitemap_index(site: Site) -> tuple[str, dict[str, str]]:
    """Return the sitemap index and its parts by path."""
    mine = articles_of(site)
    parts = {f"/sitemap-{n // PART + 1}.xml": sitemap(mine[n : n + PART]) for n in range(0, len(mine), PART)}
    if "news_sitemap" in site.formats:
        parts["/sitemap-news.xml"] = news_sitemap(site)
    rows = "".join(f"<sitemap><loc>http://{site.host}{path}</loc></sitemap>\n" for path in parts)
    return f"{HEAD}<sitemapindex {SITEMAP}>\n{rows}</sitemapindex>\n", parts


def news_sitemap(site: Site) -> str:
    """Return the site's news sitemap, with publication times to the minute and titles."""
    rows = "".join(
        f"<url><loc>{escape(article.url)}</loc><news:news><news:publication>"
        f"<news:name>{escape(site.publisher)}</news:name><news:language>{article.language}</news:language>"
        f"</news:publication><news:publication_date>{local(article).isoformat(timespec='minutes')}"
        f"</news:publication_date><news:title>{escape(article.title)}</news:title></news:news></url>\n"
        for article in articles_of(site)
    )
    news = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return f"{HEAD}<urlset {SITEMAP} {news}>\n{rows}</urlset>\n"


def robots(site: Site) -> str:
    """Return the site's robots.txt: one area is closed to everybody, and the sitemaps are named."""
    maps = [site.found_at] if "sitemap" in site.discovery else []
    lines = ["User-agent: *", "Disallow: /private/", *(f"Sitemap: http://{site.host}{path}" for path in maps)]
    return "\n".join(lines) + "\n"


def _summary(article: Article) -> str:
    return article.paragraphs[0][:200]


def _link(article: Article) -> str:
    return f"http://{article.site.host}{link_on_front(article)}"


def _rss(site: Site) -> str:
    rows = "".join(
        f"<item><title>{escape(a.title)}</title><link>{escape(_link(a))}</link>"
        f'<guid isPermaLink="false">{a.site.host}/{a.slug}</guid>'
        f"<pubDate>{format_datetime(local(a))}</pubDate><description>{escape(_summary(a))}</description></item>\n"
        for a in articles_of(site)
    )
    if site.dead:
        rows += f"<item><title>Taken down</title><link>http://{site.host}{site.dead}</link></item>\n"
    return (
        f'{HEAD}<rss version="2.0"><channel><title>{escape(site.publisher)}</title>'
        f"<link>http://{site.host}/</link><description>{escape(site.publisher)}</description>"
        f"<language>{site.language}</language>\n{rows}</channel></rss>\n"
    )


def _rdf(site: Site) -> str:
    rows = "".join(
        f'<item rdf:about="{a.url}"><title>{escape(a.title)}</title><link>{escape(_link(a))}</link>'
        f"<dc:date>{local(a).isoformat()}</dc:date><description>{escape(_summary(a))}</description></item>\n"
        for a in articles_of(site)
    )
    return (
        f'{HEAD}<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="http://{site.host}{site.found_at}">'
        f"<title>{escape(site.publisher)}</title><link>http://{site.host}/</link></channel>\n{rows}</rdf:RDF>\n"
    )


def _atom(site: Site) -> str:
    rows = "".join(
        f"<entry><title>{escape(a.title)}</title><id>{escape(a.url)}</id>"
        f'<link rel="alternate" type="text/html" href="{escape(_link(a))}"/>'
        f"<published>{local(a).isoformat()}</published><updated>{local(a).isoformat()}</updated>"
        f"<summary>{escape(_summary(a))}</summary></entry>\n"
        for a in articles_of(site)
    )
    newest = max((local(a) for a in articles_of(site)), default=EPOCH).isoformat()
    return (
        f'{HEAD}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{site.language}">'
        f"<title>{escape(site.publisher)}</title><id>http://{site.host}/</id><updated>{newest}</updated>\n"
        f"{rows}</feed>\n"
    )


def _json(site: Site) -> str:
    entries = [
        {
            "id": a.url,
            "url": _link(a),
            "title": a.title,
            "summary": _summary(a),
            "date_published": local(a).isoformat(),
            "language": a.language,
        }
        for a in articles_of(site)
    ]
    about = {"version": "https://jsonfeed.org/version/1.1", "title": site.publisher}
    return json.dumps(about | {"items": entries}, ensure_ascii=False)


_FEEDS: dict[str, tuple[str, Callable[[Site], str]]] = {
    "rss": ("application/rss+xml", _rss),
    "rdf": ("application/rdf+xml", _rdf),
    "atom": ("application/atom+xml", _atom),
    "json": ("application/feed+json", _json),
}
