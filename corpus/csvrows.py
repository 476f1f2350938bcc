"""CSV and TSV as rows, in whatever encoding and with whatever delimiter; a broken row costs its own line.

May import: pyarrow, charset_normalizer, corpus.columns, names, plain, streams and the standard library.
"""

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from corpus.columns import Rows
from corpus.names import known
from corpus.plain import unescape_formula
from corpus.streams import LINE, READ, Damage, Refusal, damaged, head, pieces

BATCH_ROWS, BATCH_SIZE = 2_000, 16 << 20
ROW = 16 << 20
"""Characters; a row that does not end within them has a quotation mark too many."""
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ESCAPED = re.compile("[\udc80-\udcff]")


def rows(path: Path) -> Iterator[Rows | Refusal | str]:
    """Yield the rows of a CSV or TSV file; a line that breaks the table is refused, the lines after it are not."""
    csv.field_size_limit(LINE)
    encoding, remark = encoding_of(path)
    lines = _Lines(path, encoding)
    line = next((line for line in lines if line.strip() and not line.lower().startswith("sep=")), "")
    if "\0" in line:
        yield Refusal("broken_file", f"{path} is no CSV file: its first line holds bytes that no text has")
        return
    if remark:
        yield remark
    delimiter = _delimiter(line)
    header = _alone(line, delimiter)
    held: list[tuple[int, list[str]]] = []
    size = 0
    for found in _parsed(path, lines, delimiter, header):
        if isinstance(found, Refusal):
            yield found
            continue
        held.append(found)
        size += sum(map(len, found[1]))
        if len(held) >= BATCH_ROWS or size >= BATCH_SIZE:
            yield _batch(path, header, held)
            held, size = [], 0
    if held:
        yield _batch(path, header, held)


def encoding_of(path: Path) -> tuple[str, str]:
    """Return the file's encoding and, where it is not plainly UTF-8 or UTF-16, a sentence about it.

    What the byte order mark says, UTF-8 where that holds or all but holds, else the likeliest.
    """
    start = head(path, 256 << 10)
    for mark, name in _BOMS:
        if start.startswith(mark):
            return name, ""
    broken = _first_broken(path)
    if broken is None:
        return "utf-8", ""
    text = broken.decode("utf-8", "surrogateescape")
    odd = len(_ESCAPED.findall(text))
    if odd < len(text) - len(text.encode("ascii", "ignore")) - odd:  # sequences that are right by chance are rare
        return "utf-8", f"{path} has bytes that are no UTF-8; they were replaced by U+FFFD"
    import charset_normalizer

    best = charset_normalizer.from_bytes(broken).best()
    encoding = best.encoding if best else "latin-1"
    return encoding, f"{path} is not UTF-8; it was read as {encoding}, convert it to UTF-8 if letters are wrong"


def _first_broken(path: Path) -> bytes | None:
    """Return the first stretch of the file that is not UTF-8; None where there is none."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for piece in pieces(path):
        try:
            decoder.decode(b"" if isinstance(piece, Damage) else piece)
        except UnicodeDecodeError:
            return piece if isinstance(piece, bytes) else None
    return None


class _Lines:
    """The file's lines as text, numbered from 1; lines can be put back."""

    def __init__(self, path: Path, encoding: str) -> None:
        self.path, self.stream = path, pieces(path)
        self.decoder = codecs.getincrementaldecoder(encoding)("replace")
        start = head(path, READ)
        self.old_mac = b"\r" in start and b"\n" not in start
        self.ready: deque[str] = deque()
        self.rest = ""
        self.number = 0
        self.taken: list[str] = []
        self.size = 0
        self.refusals: list[Refusal] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        while not self.ready:
            self._fill()
            if self.refusals and self.taken:
                raise csv.Error("the file is damaged in the middle of it")
        line = self.ready.popleft()
        self.number += 1
        self.taken.append(line)
        self.size += len(line)
        if self.size > ROW:
            raise csv.Error(f"it does not end within {ROW >> 20} MB")
        return line

    def begin(self) -> int:
        """Begin a row; return the number of its first line."""
        self.taken, self.size = [], 0
        return self.number + 1

    def back(self, keep: int) -> None:
        """Put back all lines of the row but the first `keep`."""
        self.number -= len(self.taken) - keep
        self.ready.extendleft(reversed(self.taken[keep:]))

    def _fill(self) -> None:
        piece = next(self.stream, None)
        if isinstance(piece, Damage):
            self.refusals.append(damaged(self.path, piece))
            self.rest = ""
            return
        text = self.rest + self.decoder.decode(piece or b"", piece is None)
        if piece is None and not text:
            raise StopIteration
        complete = (text.replace("\r", "\n") if self.old_mac else text).split("\n")
        # A line too long is let through in parts: it is refused as a row that does not end.
        self.rest = complete.pop() if piece is not None and len(complete[-1]) <= ROW else ""
        self.ready.extend(line + "\n" for line in complete if line or piece is not None)


def _delimiter(header: str) -> str:
    counts = {sign: header.count(sign) for sign in ",;\t|"}
    return max(counts, key=lambda sign: counts[sign])


def _parsed(path: Path, lines: _Lines, delimiter: str, header: list[str]) -> Iterator[tuple[int, list[str]] | Refusal]:
    """Yield (line number, fields) of each row, and refusals."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    width = len(header)
    while True:
        number, why = lines.begin(), ""
        try:
            fields = next(reader)
            why = _misfit(fields, width)
        except StopIteration:
            yield from lines.refusals
            return
        except csv.Error as error:
            fields, why = _alone("".join(lines.taken[:1]), delimiter), str(error)
            why = why if len(lines.taken) > 1 or not fields else _misfit(fields, width)
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
        yield from lines.refusals
        lines.refusals.clear()
        if not why and fields:
            yield number, fields[:width]
        if why:
            yield Refusal("broken_row", f"line {number:,} of {path} is broken: {why}")
            lines.back(_next_row(lines.taken, delimiter, header))


def _alone(line: str, delimiter: str) -> list[str]:
    """Parse one line by itself, leniently: `"a "b" c"` loses its inner quotation marks and nothing more."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _misfit(fields: list[str], width: int) -> str:
    """Say what is wrong with the number of fields; empty fields at the end do no harm."""
    if not fields or len(fields) == width or (len(fields) > width and not any(fields[width:])):
        return ""
    return f"it has {len(fields)} fields where the header has {width}"


def _next_row(taken: list[str], delimiter: str, header: list[str]) -> int:
    """Return which of a broken row's lines begins the next row: one with a URL where URLs belong.

    A quotation mark too many swallows the rows after it; this gives them back. A text's own lines stay with it.
    """
    at = next((at for at, name in enumerate(header) if known(name) == "url"), None)
    for number, line in enumerate(taken[1:], 1):
        fields = _alone(line, delimiter)
        if at is None and len(fields) == len(header):
            return number
        if at is not None and len(fields) > at and fields[at].lower().startswith(("http://", "https://")):
            return number
    return len(taken)


def _batch(path: Path, header: list[str], held: list[tuple[int, list[str]]]) -> Rows:
    wanted = [at for at, name in enumerate(header) if known(name)] or list(range(min(20, len(header))))
    columns = [pa.array([unescape_formula(fields[at]) for _, fields in held], pa.string()) for at in wanted]
    batch = pa.RecordBatch.from_arrays(columns, [header[at] for at in wanted])
    return Rows(batch, [number for number, _ in held], "line", str(path))
