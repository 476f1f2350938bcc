"""Addresses on the way of a crawl: the key that all twins share, and what an article's address looks like.

Pure functions. May import: corpus.urls (the canonical spelling), courlan, tldextract and the standard library.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urljoin, urlsplit, urlunsplit

import courlan
import tldextract

from corpus import urls as spelling

_AMP_CACHE = re.compile(r"^/(?:c|v|r|i)(?:/s)?/([^/]+)(/.*)?$")
_PERCENT = re.compile(r"%[0-9A-F]{2}")
_DATED = re.compile(r"/(?:19|20)\d\d[/-]?(?:0?[1-9]|1[0-2]|[a-z]{3})(?:[/-]?\d{1,2})?[/-][^/]", re.IGNORECASE)
_NAVIGATION = re.compile(
    r"/(?:tags?|topics?|themen?|categor(?:y|ies|ia|ie)|kategorie?|label|author|autor|auteur|profile?|user|search|"
    r"suche|page|seite|feed|rss|login|signin|sign-in|register|subscribe|account|about|about-us|contact|contact-us|"
    r"kontakt|impressum|privacy|privacy-policy|terms|terms-of-(?:use|service)|terms-and-conditions|datenschutz|"
    r"newsletter|sitemap|wp-json|wp-admin|cart|shop|calendar)(?:/|\.[a-z]+$|$)",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|css|js|mjs|pdf|mp[34]|m4[av]|og[gv]|webm|mov|avi|zip|gz|tar|rar|7z|exe|"
    r"apk|dmg|iso|docx?|xlsx?|pptx?|epub|woff2?|ttf|eot|xml|rss|atom|json|txt|ics)$",
    re.IGNORECASE,
)
_SCRIPT = re.compile(r"\.(?:php\d?|aspx?|jsp|cgi|do|cfm|pl)$", re.IGNORECASE)
_SCHEME = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*:")

# The list inside the package, never fetched; private suffixes (blogspot.com) separate one blog from another.
_suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def canonical(url: str) -> str | None:
    """Return the address to fetch and to store, Google's AMP caches undone; None where it is no web address."""
    plain = spelling.canonical("".join(char for char in url if char >= " "))
    if plain is None:
        return None
    original = _out_of_amp_cache(plain)
    return spelling.canonical(original) if original else plain


def key(url: str) -> str:
    """Return what all twins of an address share: no scheme, no www., no closing slash, no likely tracking.

    Parameters that only may be tracking (courlan drops `source`, `cid`, `uid`, `eid`) are left out only where the
    path alone tells the article: `view.php?uid=8812` keeps its own.
    """
    parts = urlsplit(canonical(url) or url)
    pairs = parts.query.split("&") if parts.query else []
    if _identifies(parts.path):
        pairs = [pair for pair in pairs if not _courlan_drops(pair.split("=", 1)[0].lower())]
    host = parts.netloc.removeprefix("www.")
    return urlunsplit(("", "", host + parts.path.rstrip("/"), "&".join(sorted(pairs)), ""))


def with_scheme(address: str) -> str:
    """Return the address as a URL: `example.org/news` becomes `http://example.org/news`."""
    text = address.strip()
    bare = not _SCHEME.match(text) or re.match(r"^[^/?#]+:\d+(?:[/?#]|$)", text)
    return f"http://{text.lstrip('/')}" if bare else text


def host_of(url: str) -> str:
    """Return the host (with a port that is not the scheme's own), as it stands in a canonical URL."""
    return urlsplit(url).netloc


def site(url: str) -> str:
    """Return the registrable domain (`www.bbc.co.uk` gives `bbc.co.uk`), else the last two labels or the address."""
    return _site_of_host(urlsplit(url).hostname or "")


def absolute(base: str, links: Iterable[str]) -> list[str]:
    """Return the links made absolute and canonical, in order, each once; what is no web address is left out."""
    found: dict[str, None] = {}
    for link in links:
        try:
            url = canonical(urljoin(base, link.strip()))
        except ValueError:
            continue
        if url:
            found.setdefault(url)
    return list(found)


def is_front(url: str) -> bool:
    """Say whether the address is a site's own front page."""
    parts = urlsplit(url)
    return parts.path.rstrip("/") in ("", "/index.html", "/index.php") and not parts.query


def article_like(url: str) -> bool:
    """Say whether the address by itself looks like an article's: a slug, a number or a date, no section or file."""
    parts = urlsplit(url)
    path = parts.path
    if is_front(url) or _NAVIGATION.search(path) or _FILE.search(path):
        return False
    return bool(_identifies(path) or _DATED.search(path) or re.search(r"(?:^|=)\d{3,}", parts.query))


def _identifies(path: str) -> bool:
    """Say whether the path alone tells one article from all others: its last segment is a slug or a number."""
    last = path.rstrip("/").rsplit("/", 1)[-1]
    stem = _SCRIPT.sub("", last)
    if stem != last and not re.search(r"\d{4,}", stem):
        return False
    return bool(
        re.search(r"\d{5,}", stem)
        or len([word for word in re.split(r"[-_]", stem) if word]) >= 4
        or (stem.endswith((".html", ".htm", ".shtml")) and len(stem) > 14)
        or len(_PERCENT.findall(stem)) >= 12
    )


@lru_cache(maxsize=4096)
def _courlan_drops(name: str) -> bool:
    return f"{name}=" not in (courlan.clean_url(f"http://example.org/?{name}=1") or f"{name}=")


def _out_of_amp_cache(url: str) -> str | None:
    """Return the publisher's own address behind Google's AMP viewer and cache, else None."""
    parts = urlsplit(url)
    host, path = parts.netloc, parts.path
    if host.endswith(".cdn.ampproject.org"):
        found = _AMP_CACHE.match(path)
        query = f"?{parts.query}" if parts.query else ""
        return f"https://{found[1]}{found[2] or '/'}{query}" if found else None
    if re.fullmatch(r"(?:www\.)?google\.[a-z.]{2,6}", host) and path.startswith("/amp/"):
        return f"https://{path.removeprefix('/amp/').removeprefix('s/')}" if len(path) > 8 else None
    return None


@lru_cache(maxsize=65_536)
def _site_of_host(host: str) -> str:
    parts = _suffixes(host)
    if parts.domain and parts.suffix:
        return f"{parts.domain}.{parts.suffix}"
    return ".".join(host.split(".")[-2:]) if re.search(r"[a-z]$", host) and ":" not in host else host
