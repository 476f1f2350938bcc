"""Answers kept as WARC files, as archives and their tools read them. May import: scrapy (its responses), corpus.

WARC 1.1, one gzip member a record, written out record by record: a crawl that is killed leaves at most one cut record
at the end of its file, and every run has a file of its own.
"""

import base64
import gzip
import hashlib
import uuid
from datetime import UTC, datetime
from pathlib import Path

from scrapy.http import Response

from corpus import __version__
from corpus.errors import UserError

FOLDER = "warc"
_CHANGED = frozenset({b"content-encoding", b"transfer-encoding", b"content-length"})


class WarcFile:
    """One WARC file of one run, made with its first record."""

    def __init__(self, folder: Path, run: str, user_agent: str) -> None:
        self.path = folder / FOLDER / f"wirecopy-{datetime.now(UTC):%Y%m%d%H%M%S}-{run}.warc.gz"
        self.user_agent = user_agent

    def add(self, response: Response) -> None:
        """Append an answer as it came, but for its transfer and content encodings, which are undone."""
        block = http_block(response)
        fields = {
            "WARC-Target-URI": response.url,
            "Content-Type": "application/http; msgtype=response",
            "WARC-Payload-Digest": _digest(response.body),
            "WARC-Block-Digest": _digest(block),
        }
        if response.ip_address is not None:
            fields["WARC-IP-Address"] = str(response.ip_address)
        self._write(member("response", block, fields))

    def _write(self, data: bytes) -> None:
        try:
            if not self.path.exists():
                self.path.parent.mkdir(exist_ok=True)
                data = self._info() + data
            with self.path.open("ab") as file:
                file.write(data)
        except OSError as error:
            raise UserError(f"cannot write {self.path}: {error.strerror}; free some space and crawl again") from error

    def _info(self) -> bytes:
        lines = [f"software: wirecopy/{__version__}", "format: WARC File Format 1.1"]
        block = "\r\n".join([*lines, f"http-header-user-agent: {self.user_agent}", ""]).encode()
        return member("warcinfo", block, {"Content-Type": "application/warc-fields", "WARC-Filename": self.path.name})


def member(kind: str, block: bytes, fields: dict[str, str]) -> bytes:
    """Return one WARC record as a gzip member."""
    head = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{uuid.uuid4()}>",
        "WARC-Date": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        **fields,
        "Content-Length": str(len(block)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return gzip.compress(f"WARC/1.1\r\n{lines}\r\n".encode() + block + b"\r\n\r\n", mtime=0)


def http_block(response: Response) -> bytes:
    """Return status line, headers and body; the length is the plain body's."""
    lines = [b"HTTP/1.1 %d %s" % (response.status, _PHRASES.get(response.status, "Answer").encode())]
    for name, values in response.headers.items():
        if name.lower() not in _CHANGED:
            lines += [name + b": " + value.replace(b"\r", b" ").replace(b"\n", b" ") for value in values]
    lines.append(b"Content-Length: %d" % len(response.body))
    head: bytes = b"\r\n".join(lines)
    return head + b"\r\n\r\n" + bytes(response.body)


_PHRASES = {200: "OK", 301: "Moved Permanently", 302: "Found", 304: "Not Modified", 403: "Forbidden", 404: "Not Found",
            410: "Gone", 500: "Internal Server Error", 503: "Service Unavailable"}  # fmt: skip


def _digest(data: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()
