"""One outcome for each answer or failure, and the page row that keeps it.

Words: ok, not_article, paywall, twin, http_error, too_large, blocked_robots, private_address, failed; without a row
of their own also not_modified (nothing new), listing (it was a feed or a section page), older (from before `since`,
left for another time). May import: scrapy (its response types), corpus.tables, spiders.failures, spiders.frontier,
spiders.pages, spiders.polite, spiders.urls and the standard library.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from scrapy.http import Response, TextResponse

from corpus import tables
from spiders import urls
from spiders.failures import words_for
from spiders.frontier import Task, as_time
from spiders.guard import PRIVATE, TOO_LARGE
from spiders.pages import read_page, told_time
from spiders.polite import Refused

_PASSING_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 530})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a URL: outcome, one sentence, whether it may pass.

    For an article its address and digest; for one that is older than asked for, when it was published and what says so.
    """

    outcome: str
    reason: str | None = None
    passing: bool = False
    url: str | None = None
    digest: str | None = None
    published_at: datetime | None = None
    published_by_what: str | None = None


def of_failure(error: BaseException) -> Verdict:
    """Judge why no answer came."""
    text = str(error)
    name = type(error).__name__
    if isinstance(error, Refused):
        return Verdict(error.outcome, text, error.passing)
    if PRIVATE in text or name == "ForbiddenAddress":
        return Verdict("private_address", "the host's name leads to a private address")
    if "max redirections" in text:
        return Verdict("failed", "its redirects never end")
    if TOO_LARGE in text or "MAXSIZE" in text or "max size" in text:
        return Verdict(
            "too_large", f"its headers {TOO_LARGE}" if TOO_LARGE in text else "the answer is larger than allowed"
        )
    if name in ("UnsupportedURLSchemeError", "InvalidURI", "ValueError", "UnicodeError"):
        return Verdict("failed", "it is no address that can be asked")
    return Verdict("failed", words_for(error), passing=True)


def of_response(response: Response, task: Task) -> Verdict:
    """Judge an answer: its status, its type, then the page itself."""
    status = response.status
    if status == 304 and task.digest:
        return Verdict("not_modified")
    if status in (401, 402):
        return Verdict("paywall", f"the server answered {status}")
    if status != 200:
        return Verdict("http_error", f"the server answered {status}", status in _PASSING_STATUS)
    final = urls.canonical(response.url) or task.url
    if not _is_page(response):
        kind = printable(content_type(response).split(";")[0], 60) or "no type"
        return Verdict("not_article", f"it is no web page, the server calls it {kind}")
    found = task.original or final
    facts = read_page(response.body, encoding_of(response), found, task.discovered_by)
    if facts.outcome != "ok":
        return Verdict(facts.outcome, facts.reason)
    return Verdict("ok", url=facts.canonical or found, digest=facts.digest)


def in_time(verdict: Verdict, response: Response, task: Task, since: datetime | None) -> Verdict:
    """Return the verdict; for an article that no listing dated and that says it is from before `since`, `older`.

    One that names only a day counts as of the day's end.
    """
    if since is None or verdict.outcome != "ok" or task.digest or task.published_at or task.captured_at:
        return verdict
    told, by_what = told_time(response.body, encoding_of(response), verdict.url or task.url)
    if told is None or told + timedelta(days=(by_what or "").endswith("_day")) >= since:
        return verdict
    reason = f"it says that it is from {told:%Y-%m-%d}, before {since:%Y-%m-%d}"
    return Verdict("older", reason, published_at=told, published_by_what=by_what)


def page_row(task: Task, verdict: Verdict, response: Response | None) -> dict[str, Any]:
    """Return the pages row of a judged answer; html only where the outcome is ok."""
    ok = verdict.outcome == "ok"
    url = verdict.url or task.original or task.url
    body = response.body if response is not None and ok else None
    status = response.status if response is not None else None
    digest = hashlib.sha256(body).hexdigest() if body is not None else f"{verdict.outcome} {status}"
    return {
        "id": tables.short_id(url, digest),
        "url": url,
        "final_url": (urls.canonical(response.url) if response is not None else None),
        "publisher": task.publisher,
        "discovered_by": task.discovered_by,
        "fetched_at": as_time(task.captured_at) or datetime.now(UTC),
        "status": status,
        "content_type": content_type(response) if response is not None else None,
        "etag": header(response, "ETag"),
        "last_modified": header(response, "Last-Modified"),
        "html": body,
        "title": task.title,
        "published_at": as_time(task.published_at),
        "published_by_what": task.published_by_what,
        "authors": json.loads(task.authors) if task.authors else None,
        "language": task.language,
        "outcome": verdict.outcome,
        "reason": verdict.reason,
    }


def content_type(response: Response) -> str:
    """Return the Content-Type header as text, possibly empty."""
    return header(response, "Content-Type") or ""


def header(response: Response | None, name: str) -> str | None:
    """Return a header's value as printable text, or None."""
    value = response.headers.get(name) if response is not None else None
    return printable(value.decode("latin-1"), 500) if value else None


def encoding_of(response: Response) -> str:
    """Return the encoding that HTTP, the page or its bytes tell."""
    return str(response.encoding) if isinstance(response, TextResponse) else "utf-8"


def printable(text: str, longest: int) -> str:
    """Return the text without control characters, cut to a length: safe for a terminal."""
    return "".join(char if char.isprintable() else " " for char in text)[:longest]


def _is_page(response: Response) -> bool:
    """Say whether the answer is HTML, by its first bytes and its type; feeds are often called HTML."""
    start = response.body[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")) or b"<html" in start[:500]:
        return True
    kind = content_type(response).split(";")[0].strip().lower()
    return "html" in kind and not start.startswith((b"<?xml", b"<rss", b"<feed", b"<rdf", b"<urlset", b"<sitemapindex"))
