"""JSON as rows: one object a line, an array of objects, or one object.

Lines go through Arrow's parser in blocks; only a block with something odd in it is read line by line.
May import: pyarrow, corpus.columns, names, streams and the standard library.
"""

import codecs
import io
import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import json as arrow_json

from corpus.columns import Rows
from corpus.names import known
from corpus.streams import LINE, Damage, Refusal, blocks, damaged, head, pieces

BATCH = 2_000
_SURROGATES = re.compile("[\ud800-\udfff]")
_GAP = re.compile(r"[\s,]*")
_NEXT = re.compile(r"\}\s*,\s*(?=\{)")
_DECODER = json.JSONDecoder()


def lines(path: Path) -> Iterator[Rows | Refusal]:
    """Yield the rows of a file with one JSON object on each line."""
    for block in blocks(path):
        if isinstance(block, Refusal):
            yield block
            continue
        number, data = block
        data = _as_utf8(data) if number == 1 else data
        yield from _quick(path, number, data) or _line_by_line(path, number, data)


def _as_utf8(data: bytes) -> bytes:
    return data.removeprefix(codecs.BOM_UTF8)


def _quick(path: Path, number: int, data: bytes) -> list[Rows]:
    """Parse all lines at once; nothing where Arrow cannot or would change what they say."""
    data = data.rstrip()
    first = _object(data.partition(b"\n")[0])
    if not isinstance(first, dict) or not any(known(name) for name in first):
        return []
    # What is a string stays one: Arrow would make times of strings that look like times.
    schema = pa.schema([(name, pa.string()) for name, value in first.items() if isinstance(value, str)])
    try:
        table = arrow_json.read_json(
            io.BytesIO(data),
            arrow_json.ReadOptions(block_size=4 << 20),
            arrow_json.ParseOptions(explicit_schema=schema),
        )
    except (pa.ArrowException, UnicodeError):
        return []
    if len(table) != data.count(b"\n") + 1 or any(pa.types.is_timestamp(kind) for kind in table.schema.types):
        return []
    table = table.select([name for name in table.column_names if known(name)] or table.column_names[:20])
    found, at = [], number
    for batch in table.to_batches():
        found.append(Rows(batch, range(at, at + len(batch)), "line", str(path)))
        at += len(batch)
    return found


def _line_by_line(path: Path, number: int, data: bytes) -> Iterator[Rows | Refusal]:
    good: list[dict[str, Any]] = []
    numbers: list[int] = []
    for at, line in enumerate(data.split(b"\n"), number):
        if not line.strip():
            continue
        value = _object(line)
        if isinstance(value, dict):
            good.append(value)
            numbers.append(at)
        else:
            yield Refusal("broken_row", f"line {at:,} of {path} {value}")
    yield from _batched(good, numbers, "line", path)


def _object(line: bytes) -> dict[str, Any] | str:
    """Return the line's object, or what is wrong with it."""
    try:
        value = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        return "is not UTF-8"
    except RecursionError:
        return "is nested too deeply"
    except ValueError as error:
        return f"is not JSON: {str(error)[:80]}"
    return value if isinstance(value, dict) else "is not a JSON object"


def whole(path: Path) -> Iterator[Rows | Refusal]:
    """Yield the rows of a JSON file: an array of objects, an object that holds one, or one object that is a row.

    A file of that name that in truth has an object on each line is read as such.
    """
    start = head(path, 1 << 20).removeprefix(codecs.BOM_UTF8).lstrip()
    if start.startswith(b"["):
        yield from _array(path)
    elif isinstance(_object(start.partition(b"\n")[0]), dict) and start.partition(b"\n")[2].strip():
        yield from lines(path)
    else:
        yield from _single(path)


def _single(path: Path) -> Iterator[Rows | Refusal]:
    data = head(path, LINE + 1)
    if len(data) > LINE:
        yield Refusal("too_large", f"{path} is one JSON object of more than {LINE >> 20} MB; write one object a line")
        return
    value = _object(_as_utf8(data))
    if isinstance(value, dict):
        rows = _unwrapped(value)
        yield from _batched(rows, range(1, len(rows) + 1), "row", path)
    else:
        yield Refusal("broken_file", f"{path} {value}")


def _unwrapped(value: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows in an object: in a list that it holds, in columns as pandas writes them, or the object itself."""
    inner = [part for part in value.values() if isinstance(part, list) and part and isinstance(part[0], dict)]
    columns = {name: part for name, part in value.items() if isinstance(part, dict)}
    if any(isinstance(part, str) and known(name) in {"text", "html"} for name, part in value.items()):
        return [value]
    if inner:
        return [part for part in max(inner, key=len) if isinstance(part, dict)]
    if columns and any(known(name) for name in columns):
        return [{name: part.get(key) for name, part in columns.items()} for key in max(columns.values(), key=len)]
    return [value]


def _array(path: Path) -> Iterator[Rows | Refusal]:
    """Read an array element by element, so that its length does not matter."""
    numbered = _elements(path)
    while batch := list(islice(numbered, BATCH)):
        rows = [(number, value) for number, value in batch if isinstance(value, dict)]
        yield from (value for _, value in batch if isinstance(value, Refusal))
        yield from _batched([value for _, value in rows], [number for number, _ in rows], "element", path)


def _elements(path: Path) -> Iterator[tuple[int, dict[str, Any] | Refusal]]:
    """Yield (number, element); for broken ones a refusal, and on behind the next `},{`."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    held, at, number, begun = "", 0, 0, False
    for piece in chain(pieces(path), [None]):
        if isinstance(piece, Damage):
            yield number, damaged(path, piece)
            continue
        held, at = held[at:] + decoder.decode(piece or b"", piece is None), 0
        if not begun:
            at = held.find("[") + 1
            begun = at > 0
        for found, end in _complete(held, at, piece is None) if begun else ():
            number, at = number + 1, end
            broken = Refusal("broken_row", f"element {number:,} of {path} {found}")
            yield number, found if isinstance(found, dict) else broken


def _complete(held: str, at: int, last: bool) -> Iterator[tuple[dict[str, Any] | str, int]]:
    """Yield the elements that are held to their end: (the element or what is wrong with it, where it ends)."""
    while (at := _GAP.match(held, at).end()) < len(held) and held[at] != "]":  # type: ignore[union-attr]
        try:
            value, at = _DECODER.raw_decode(held, at)
            yield (value if isinstance(value, dict) else "is not a JSON object"), at
            continue
        except json.JSONDecodeError as error:
            torn = not last and (error.pos > len(held) - 64 or "Unterminated" in error.msg)
            if torn and len(held) - at < LINE:
                return
            where, why = error.pos, f"is not JSON: {str(error)[:80]}"
        except (RecursionError, ValueError) as error:
            where, why = at, f"cannot be read: {str(error)[:80]}"
        following = _NEXT.search(held, max(where - 1, at))
        if following is None and not last and len(held) - at < LINE:
            return
        at = following.end() if following else len(held)
        yield why, at


def _batched(rows: Iterable[dict[str, Any]], numbers: Iterable[int], unit: str, path: Path) -> Iterator[Rows]:
    pairs = zip(rows, numbers, strict=True)
    while some := list(islice(pairs, BATCH)):
        values = [row for row, _ in some]
        names = list(dict.fromkeys(name for row in values for name in row if known(name)))
        names = names or [_clean(name) for name in islice(values[0], 20)]
        columns = [pa.array([_flat(row.get(name), name) for row in values], pa.string()) for name in names]
        batch = pa.RecordBatch.from_arrays(columns, names) if names else pa.RecordBatch.from_pydict({})
        yield Rows(batch, [number for _, number in some], unit, str(path))


def _flat(value: Any, name: str) -> str | None:
    """Return the value as a string: paragraphs joined, names as JSON, other nested values not at all."""
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if known(name) == "authors":
        return _clean(json.dumps(value))
    if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        return _clean("\n".join(value))
    return None


def _clean(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATES.sub("\ufffd", text)
    return text
