"""What comes back from Redis, checked value by value: whoever can write there is not trusted more than a web page.

Pure functions. May import: pyarrow, spiders.frontier, spiders.options, spiders.spool, spiders.urls and the standard
library.
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import pyarrow as pa

from spiders import urls
from spiders.frontier import Task
from spiders.options import DISCOVERIES, RENDERINGS, Publisher
from spiders.spool import unpacked

_LATEST = 253_402_300_799.0  # the end of the year 9999
_ID = re.compile(r"[a-z2-7]{12}")
_LONGEST = 2_000


def task_of(key: bytes, queue: bytes, flat: Sequence[bytes]) -> Task | None:
    """Return the task that a URL's hash (name, value, name, value …) tells; None where it cannot be one.

    Host and key are worked out from the URL, and must be those under which it stood.
    """
    told = {_text(name): value for name, value in zip(flat[::2], flat[1::2], strict=True)}
    url, publisher = _address(told.get("url")), _text(told.get("publisher", b""))
    if url is None or urls.key(url) != _text(key):
        return None
    if f"{urls.host_of(url)}|{publisher}" != _text(queue) or not publisher.isprintable():
        return None
    return Task(
        key=urls.key(url),
        url=url,
        host=urls.host_of(url),
        publisher=publisher,
        discovered_by=_word(told.get("discovered_by")) or "urls",
        original=_address(told.get("original")),
        captured_at=_number(told.get("captured_at")),
        title=_word(told.get("title")),
        published_at=_number(told.get("published_at")),
        published_by_what=_word(told.get("published_by_what")),
        authors=_names(told.get("authors")),
        language=_word(told.get("language")),
        tries=int(min(max(_number(told.get("tries")) or 0, 0), 99)),
        etag=_word(told.get("etag")),
        last_modified=_word(told.get("last_modified")),
        digest=_word(told.get("digest")),
    )


def page_of(name: bytes, data: bytes) -> pa.RecordBatch | None:
    """Return the page row that waited under an id; None where it is none."""
    try:
        batch = unpacked(data)
        batch.validate(full=True)
        rows = batch.to_pylist()
    except (pa.ArrowException, OSError, ValueError, EOFError, OverflowError):  # the last: a time that no calendar has
        return None
    known = len(rows) == 1 and rows[0]["id"] == _text(name) and _ID.fullmatch(_text(name))
    return batch if known else None


def publisher_of(data: bytes) -> tuple[float, Publisher] | None:
    """Return (when its listing was last planned, the row) of a remembered place; None where it cannot be one.

    A list of URLs in a file is not read again: the file is another machine's, and its name could be any file's.
    """
    told = _json(data)
    row, planned_at = (told.get("row"), told.get("planned_at")) if isinstance(told, dict) else (None, None)
    if not isinstance(row, dict) or not isinstance(planned_at, int | float):
        return None
    texts = {field.name: row.get(field.name, "") for field in fields(Publisher) if field.name != "max_pages"}
    most = row.get("max_pages")
    if not all(isinstance(text, str) and text.isprintable() and len(text) <= _LONGEST for text in texts.values()):
        return None
    known = texts["discovery"] in DISCOVERIES and texts["render"] in RENDERINGS and texts["publisher"]
    whole = most is None or (isinstance(most, int) and most > 0)
    local = texts["discovery"] == "urls" and not texts["url"].startswith(("http://", "https://"))
    return (planned_at, Publisher(**texts, max_pages=most)) if known and whole and not local else None


def validators_of(data: bytes | None) -> tuple[str | None, str | None]:
    """Return a listing's (etag, last_modified)."""
    told = _json(data or b"")
    if not isinstance(told, list) or len(told) != 2:
        return None, None
    first, second = (_word(value.encode()) if isinstance(value, str) else None for value in told)
    return first, second


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _address(value: bytes | None) -> str | None:
    """Return a web address; None where it is none. Whether it may be asked is for spiders.guard to say."""
    url = _text(value or b"")
    plain = url.startswith(("http://", "https://")) and min(url) > " " and urls.canonical(url)
    return url if plain else None


def _word(value: bytes | None) -> str | None:
    """Return text without control characters; None where there is none."""
    text = "".join(char for char in _text(value or b"")[:_LONGEST] if char.isprintable())
    return text or None


def _number(value: bytes | None) -> float | None:
    try:
        number = float(value or b"nan")
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) <= _LATEST else None


def _names(value: bytes | None) -> str | None:
    """Return a JSON list of texts as it came; None where it is none."""
    told = _json(value or b"")
    return json.dumps(told) if isinstance(told, list) and all(isinstance(name, str) for name in told) else None


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None
