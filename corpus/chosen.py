"""What a user means by a name: a file with a text or a web page, an article's id, or an article's URL.

May import: corpus.settings, corpus.errors, corpus.urls, corpus.markup; corpus.extract where a file is a web page.
DuckDB's connection comes from outside.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from corpus.errors import UserError
from corpus.settings import Settings
from corpus.urls import canonical

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_BYTES = 20_000_000
"""A longer file is refused: no article is so long."""
_PAGE = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|\?xml|head|body|!--|article)", re.IGNORECASE)
_PAGES = frozenset((".html", ".htm", ".xhtml"))
_ARTICLE = """
SELECT id, url, title, text, language, outcome, reason
FROM articles
WHERE id = ? OR list_contains(?, url)
ORDER BY text IS NULL, fetched_at DESC NULLS LAST, id
LIMIT 1
"""


class Chosen(NamedTuple):
    """A text, the language that is told of it (none: not known), and what it is called."""

    text: str
    language: str | None
    label: str


def texts_of(con: "DuckDBPyConnection | None", name: str) -> Chosen:
    """Return the text that a name stands for: an existing file, else an article's id, else its URL.

    Of several revisions of a URL the newest counts. `con` is a connection in which `articles` is a table or view;
    without one only files are known. Raises UserError where there is no such text.
    """
    if file := _file(name):
        return _read(file)
    rows = con.execute(_ARTICLE, [name, _spellings(name)]).fetchall() if con else []
    row = rows[0] if rows else None
    if row is None:
        raise UserError(
            f"there is no file and no article {name!r}; give a file, or an article's id or URL as "
            "`wirecopy sql headlines` lists them"
        )
    article, url, title, text, language, outcome, reason = row
    if not text:
        raise UserError(f"the article {name!r} has no text ({reason or outcome}); choose another one")
    return Chosen(text, language, " · ".join(str(part) for part in (article, title, url) if part))


def _file(name: str) -> Path | None:
    try:
        path = Path(name)
        return path if path.exists() else None
    except (OSError, ValueError):  # too long for a file's name, or a zero byte in it
        return None


def _spellings(url: str) -> list[str]:
    """Return the spellings under which the corpus may hold a URL: with another scheme, and with or without a last /."""
    found = [url, canonical(url) or url]
    bare = [one.rstrip("/") for one in found]
    other = [re.sub("^http(s?):", lambda hit: "http:" if hit[1] else "https:", one) for one in (*found, *bare)]
    return [*dict.fromkeys([*found, *bare, *(f"{one}/" for one in bare), *other])]


def _read(path: Path) -> Chosen:
    try:
        if path.is_file() and path.stat().st_size > MOST_BYTES:
            raise UserError(f"{path} has more than {MOST_BYTES // 1_000_000} MB; give a file with one article")
        body = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}); give a file with an article's text") from error
    if path.suffix.lower() in _PAGES or _PAGE.match(body):
        return _page(path, body)
    from corpus.markup import decode

    if b"\0" in body[:4096] and not body.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UserError(f"{path} is no text; give a file with an article's text or a saved web page")
    text = _utf8(body)
    return _filled(path, decode(body) if text is None else text, None)


def _utf8(body: bytes) -> str | None:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _page(path: Path, body: bytes) -> Chosen:
    from corpus.extract import extract_page

    article = extract_page({"html": body, "outcome": "ok", "content_type": "text/html"}, Settings())
    if not article.get("text"):
        raise UserError(f"{path} is a web page without an article ({article.get('reason') or article.get('outcome')})")
    return _filled(path, str(article["text"]), article.get("language"))


def _filled(path: Path, text: str, language: str | None) -> Chosen:
    if not text.strip():
        raise UserError(f"{path} is empty; give a file with an article's text")
    return Chosen(text, language, str(path))
