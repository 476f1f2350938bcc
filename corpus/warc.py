"""WARC files: every HTML answer in them, and a counted word for everything else; the only module that imports fastwarc.

The framing is our own, so that a damaged gzip member, a lying length or a torn end costs its own entry and none of the
neighbours (both WARC libraries stop there or lose the rest, see benchmarks/warc_readers.py); FastWARC then reads the
headers and undoes chunks and content encodings. May import: fastwarc, corpus.streams and the standard library.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from fastwarc.warc import ArchiveIterator, WarcRecordType

from corpus.streams import READ, Damage, Refusal, damaged, pieces

BODY = 16 << 20
"""Bytes; longer answers are refused."""
_OPENING = b"WARC/1."
_ENTRY = re.compile(rb"WARC/1\.\d\r?\n[A-Za-z-]+[ \t]*:")
_ENTRY_SIZE = 64  # bytes within which _ENTRY shows
_HEADER = 64 << 10
_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,15})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_TYPE = re.compile(rb"^warc-type:[ \t]*(\w+)", re.IGNORECASE | re.MULTILINE)
_TAGS = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body|title|meta)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTML answer of a WARC file."""

    url: str
    fetched_at: datetime | None
    status: int
    content_type: str | None
    etag: str | None
    last_modified: str | None
    html: bytes


class _TornError(Exception):
    """The entry being read is broken or too long; says how."""

    def __init__(self, why: str, outcome: str = "broken_entry") -> None:
        super().__init__(why)
        self.outcome = outcome


class _DamagedError(Exception):
    """The packed file is damaged inside the entry being read."""

    def __init__(self, damage: Damage) -> None:
        self.damage = damage


class _Pull:
    """The unpacked bytes of a file, to be taken by length."""

    def __init__(self, path: Path) -> None:
        self.stream = _small(pieces(path, torn=False))
        self.held = b""
        self.offset = 0  # unpacked bytes taken so far
        self.coming: Damage | None = None

    def more(self) -> bool:
        """Hold another piece; False at the end of the file. Raises _DamagedError where a damage comes next."""
        piece = self.coming or next(self.stream, None)
        if isinstance(piece, Damage):
            self.held, self.coming = b"", None
            raise _DamagedError(piece)
        self.held += piece or b""
        return piece is not None

    def peek(self, size: int) -> bytes:
        """Return what comes next, without taking it: that many bytes or more, fewer before a damage or the end."""
        while len(self.held) < size and self.coming is None and (piece := next(self.stream, None)) is not None:
            if isinstance(piece, Damage):
                self.coming = piece
            else:
                self.held += piece
        return self.held

    def take(self, size: int) -> bytes:
        """Take that many bytes; raises _TornError, taking nothing, where the file has fewer or is damaged first."""
        waiting, have = [self.held], len(self.held)
        why = "the file ends in the middle of it"
        while have < size:
            self.held = b""
            try:
                more = self.more()
            except _DamagedError as error:
                self.coming, more, why = error.damage, False, "the file is damaged in the middle of it"
            if not more:
                self.held = b"".join(waiting)
                raise _TornError(why)
            waiting.append(self.held)
            have += len(self.held)
        whole = b"".join(waiting)
        self.held, self.offset = whole[size:], self.offset + size
        return whole[:size]

    def back(self, taken: bytes) -> None:
        """Put back what was taken last."""
        self.held, self.offset = taken + self.held, self.offset - len(taken)

    def header(self) -> bytes | None:
        """Take everything up to the next empty line, or return None, taking nothing, where none comes soon."""
        start = 0
        while (at := self.held.find(b"\r\n\r\n", start)) < 0:
            start = max(0, len(self.held) - 3)
            if len(self.held) > _HEADER or not self.more():
                return None
        return self.take(at + 4)

    def skip_to_entry(self) -> bool:
        """Let go of everything up to the next entry, or up to a damage; False where nothing more comes."""
        while (found := _ENTRY.search(self.held)) is None:
            self.take(max(0, len(self.held) - _ENTRY_SIZE))
            try:
                if not self.more():
                    return False
            except _DamagedError as error:
                self.coming = error.damage
                return True
        self.take(found.start())
        return True


def _small(stream: Iterator[bytes | Damage]) -> Iterator[bytes | Damage]:
    """Cut large pieces: what is held is copied for each entry taken from it."""
    for piece in stream:
        if isinstance(piece, Damage):
            yield piece
        else:
            yield from (piece[at : at + READ] for at in range(0, len(piece), READ))


def answers(path: Path) -> Iterator[Answer | Refusal]:
    """Yield the file's HTML answers in order, and a refusal for every other entry and damaged stretch.

    Entries that are no answers by nature (requests, metadata, warcinfo) are passed over without a word.
    """
    pull = _Pull(path)
    while True:
        try:
            entry = _next_entry(pull)
        except _DamagedError as error:
            yield damaged(path, error.damage)
            continue
        except _TornError as error:
            yield Refusal(error.outcome, f"{path} has a bad entry near unpacked byte {pull.offset:,}: {error}")
            if pull.skip_to_entry():
                continue
            return
        if entry is None:
            return
        if entry:
            yield _answer(entry, f"the entry before unpacked byte {pull.offset:,} of {path}")


def _next_entry(pull: _Pull) -> bytes | None:
    """Take the next entry, header and body; None at the end, empty bytes for one that is passed over."""
    while not pull.held.strip(b"\r\n"):
        pull.take(len(pull.held))  # the empty lines between entries
        if not pull.more():
            return None
    pull.take(len(pull.held) - len(pull.held.lstrip(b"\r\n")))
    if not pull.peek(len(_OPENING)).startswith(_OPENING):
        raise _TornError("it does not begin with WARC/1.")
    header = _header(pull)
    length, kind = _LENGTH.search(header), _TYPE.search(header)
    if length is None:
        raise _TornError("it does not say its Content-Length")
    wanted = kind is not None and kind[1].lower() in {b"response", b"resource", b"revisit"}
    if int(length[1]) <= BODY + _HEADER:
        body = _body(pull, int(length[1]))
        return header + body if wanted else b""
    if wanted:
        raise _TornError(f"it is longer than {BODY >> 20} MB", "too_large")
    pull.skip_to_entry()
    return b""


def _header(pull: _Pull) -> bytes:
    header = pull.header()
    if header is None:
        pull.take(len(_OPENING))
        raise _TornError("its header does not end")
    if inner := _ENTRY.search(header, len(_OPENING)):
        pull.back(header[inner.start() :])
        raise _TornError("its header does not end before the next entry")
    return header


def _body(pull: _Pull, size: int) -> bytes:
    """Take a body of that size and check that an empty line, the next entry or the end of the file comes after it."""
    body = pull.take(size)
    after = pull.peek(len(_OPENING) + 4)
    if after and not after.startswith((b"\r\n", b"\n", _OPENING)):
        pull.back(body)
        raise _TornError("its Content-Length is wrong")
    return body


def _answer(entry: bytes, place: str) -> Answer | Refusal:
    """Read one entry's headers and body; a refusal where it is no HTML page with status 200."""
    for decode in ("all", "transfer", "none"):  # some archives keep an encoding's header but not the encoding
        try:
            for found in ArchiveIterator(
                io.BytesIO(entry), record_types=WarcRecordType.any_type, parse_http=True, auto_decode=decode
            ):
                return _judge(found, place)
        except OSError:
            continue
    return Refusal("broken_entry", f"{place} has headers that cannot be read")


def _judge(found: Any, place: str) -> Answer | Refusal:
    """Make an answer of the entry if it is a page; the body is read up to the limit, whatever it unpacks to."""
    http = found.http_headers
    status = int(http.status_code or 0) if http else 200
    kind = (http.get("Content-Type") if http else found.headers.get("Content-Type")) or ""
    if found.record_type == WarcRecordType.revisit:
        return Refusal("revisit", "")
    if status != 200:
        return Refusal("http_error", "")
    html = found.reader.read(BODY + 1)
    if len(html) > BODY:
        return Refusal("too_large", f"{place} unpacks to more than {BODY >> 20} MB; it was left out")
    if not ("html" in kind.lower() or (not kind.strip() and _TAGS.match(html))):
        return Refusal("not_html", "")
    if not html.strip():
        return Refusal("no_text", f"{place} has an empty body")
    return Answer(
        url=(found.headers.get("WARC-Target-URI") or "").strip().strip("<>"),
        fetched_at=found.record_date,
        status=status,
        content_type=kind or None,
        etag=http.get("ETag") if http else None,
        last_modified=http.get("Last-Modified") if http else None,
        html=html,
    )
