"""Files as bytes, whatever they were packed with: damage is told and stepped over, lines and members stay bounded.

May import: the standard library and backports.zstd (part of the standard library from Python 3.14 on).
"""

import re
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

READ = 1 << 17
MEMBER = 32 << 20
"""Bytes: a member up to this length is handed over only when its checksum was right."""
LINE = 16 << 20
"""Bytes: longer lines are refused."""

GZIP, ZSTD, SKIPPABLE = b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")
_NEXT = {"gzip": re.compile(rb"\x1f\x8b\x08[\x00-\x1f]"), "zstd": re.compile(rb"\x28\xb5\x2f\xfd")}
_ERRORS = (zlib.error, zstd.ZstdError, EOFError)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Rows that did not come in: the outcome they are counted under, and a sentence for the user."""

    outcome: str
    sentence: str
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Damage:
    """A stretch of a packed file that cannot be unpacked; reading goes on behind it."""

    offset: int
    why: str


def packing(head: bytes) -> str:
    """Tell from a file's first bytes how it is packed: gzip, zstd or none."""
    if head.startswith(GZIP):
        return "gzip"
    return "zstd" if head.startswith(ZSTD) or SKIPPABLE.match(head) else "none"


def pieces(path: Path, torn: bool = True) -> Iterator[bytes | Damage]:
    """Yield the file's unpacked bytes, member by member, and a Damage in place of a member that cannot be unpacked.

    `torn`: where the file ends within a member, yield what there is of it before the Damage.
    """
    with path.open("rb") as file:
        kind = packing(file.read(4))
        file.seek(0)
        if kind == "none":
            while piece := file.read(READ):
                yield piece
        else:
            yield from _Unpacker(file, kind, torn).members()


def head(path: Path, size: int) -> bytes:
    """Return the first unpacked bytes of the file, as far as they can be unpacked."""
    found = b""
    for piece in pieces(path):
        if isinstance(piece, Damage) or len(found := found + piece) >= size:
            break
    return found[:size]


class _Unpacker:
    """Walks a file's gzip or zstd members."""

    def __init__(self, file: BinaryIO, kind: str, torn: bool) -> None:
        self.file, self.kind, self.torn = file, kind, torn
        self.held = b""  # read from the file, not yet unpacked
        self.at = 0  # offset of `held` in the file
        self.dictionary = self._dictionary() if kind == "zstd" else None

    def members(self) -> Iterator[bytes | Damage]:
        """Yield whole members, long ones in pieces, and one Damage for each stretch of broken ones."""
        whole = True
        while self._fill() and self._skip_padding():
            start = self.at
            try:
                yield from self._member()
                whole = True
            except _ERRORS as error:
                if whole:
                    yield Damage(start, str(error).rpartition(": ")[2] or "it ends too early")
                whole = False
                self._seek_next(start + 1)

    def _member(self) -> Iterator[bytes]:
        """Unpack one member; raises one of _ERRORS where it is broken. Nothing of a short broken one is yielded.

        What a member lacks at its end is no doubt about its beginning, so that a torn one is yielded where that helps.
        """
        unpacker, size = self._start(), 0
        parts: list[bytes] = []
        while not unpacker.eof:
            try:
                data = self._step(unpacker)
            except EOFError:
                if self.torn:
                    yield b"".join(parts)
                raise
            parts.append(data)
            size += len(data)
            if size > MEMBER:
                yield b"".join(parts)
                parts = []
        yield b"".join(parts)

    def _step(self, unpacker: Any) -> bytes:
        """Unpack at most READ bytes: a small member of a huge size must not fill the memory."""
        if self.kind == "zstd" and not unpacker.needs_input:
            data = unpacker.decompress(b"", READ)
        elif self._fill():
            held, self.held = self.held, b""
            self.at += len(held)
            data = unpacker.decompress(held, READ)
            self._keep(b"" if self.kind == "zstd" else unpacker.unconsumed_tail)
        else:
            data = unpacker.decompress(b"") if self.kind == "gzip" else b""
            if not data:
                raise EOFError
        if unpacker.eof:
            self._keep(unpacker.unused_data)
        return bytes(data)

    def _keep(self, rest: bytes) -> None:
        if rest:
            self.held, self.at = rest, self.at - len(rest)

    def _skip_padding(self) -> bool:
        """Step over the zero bytes that some writers put between members; False where the file ends with them."""
        while self.held.startswith(b"\0"):
            stripped = self.held.lstrip(b"\0")
            self.at, self.held = self.at + len(self.held) - len(stripped), stripped
            if not self._fill():
                return False
        return True

    def _start(self) -> Any:
        if self.kind == "gzip":
            return zlib.decompressobj(31)
        return zstd.ZstdDecompressor(self.dictionary)

    def _fill(self) -> bool:
        """Make sure that something is held; False at the end of the file."""
        while not self.held:
            self.at = self.file.tell()
            self.held = self.file.read(READ)
            if not self.held:
                return False
        return True

    def _seek_next(self, start: int) -> None:
        """Go to the next place from `start` on where a member seems to begin, or to the end."""
        self.file.seek(start)
        held, at = b"", start
        while chunk := self.file.read(READ):
            held += chunk
            if found := _NEXT[self.kind].search(held):
                self.held, self.at = held[found.start() :], at + found.start()
                return
            at, held = at + len(held) - 3, held[-3:]
        self.held = b""

    def _dictionary(self) -> zstd.ZstdDict | None:
        """Read the dictionary that a .warc.zst may open with, in a skippable frame."""
        opening = self.file.read(8)
        if not opening.startswith(b"\x5d\x2a\x4d\x18"):
            self.file.seek(0)
            return None
        content = self.file.read(min(int.from_bytes(opening[4:], "little"), MEMBER))
        try:
            return zstd.ZstdDict(zstd.decompress(content) if content.startswith(ZSTD) else content)
        except (zstd.ZstdError, ValueError):
            return None


def blocks(path: Path, size: int = 8 << 20) -> Iterator[tuple[int, bytes] | Refusal]:
    """Yield (number of its first line, some whole lines); lines too long and damaged stretches as refusals."""
    number, held, skipping = 1, b"", False
    for piece in pieces(path):
        if isinstance(piece, Damage):
            if cut := held.rfind(b"\n") + 1:
                yield number, held[:cut]
            yield damaged(path, piece)
            number, held, skipping = number + held.count(b"\n"), b"", False
            continue
        was_skipping = skipping
        if skipping:
            if b"\n" not in piece:
                continue
            number, skipping = number + 1, False
        held += piece.partition(b"\n")[2] if was_skipping else piece
        cut = held.rfind(b"\n") + 1
        if cut and len(held) >= size:
            yield number, held[:cut]
            number, held = number + held.count(b"\n", 0, cut), held[cut:]
        if not cut and len(held) > LINE:
            yield Refusal("too_large", f"line {number} of {path} is longer than {LINE >> 20} MB; it was left out")
            held, skipping = b"", True
    if held:
        yield number, held


def damaged(path: Path, damage: Damage) -> Refusal:
    """Put a damaged stretch into a sentence."""
    return Refusal(
        "damaged",
        f"{path} is damaged at byte {damage.offset:,} ({damage.why}); what could be read before and after it "
        "came in, fetch the file again for the rest",
    )
