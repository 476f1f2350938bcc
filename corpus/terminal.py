"""Rows drawn for a terminal: a table where the columns fit, else each row as a block of lines; and lists of terms.

Widths are terminal cells, so that Chinese, Japanese, Thai and Arabic stand in line.
May import: the standard library, rich.
"""

import re
import textwrap
from collections.abc import Iterable, Iterator

CELL_WIDTH = 60
"""Cells that one value may take in a table."""
MOST_LINES = 6
"""Lines that one value may take in a block; a URL takes one line, however long, so that it can be opened."""
LONGEST_URL = 2_000
LEAST_WIDTH = 12
"""A table whose columns would have to shrink below this becomes blocks: an id is never cut."""
_WHOLE = re.compile(r"[-+]?\d[-+:.,TZe %\d]{,39}")
"""A number, date or time: one that lost its end would be read as another, so that it is never cut."""
LEAST_MEANING = 40
"""A list whose meanings would have fewer cells than this beside the terms has them below."""


def draw(names: list[str], rows: list[list[str]], numeric: list[bool], width: int) -> str:
    """Return the rows as text of at most `width` cells a line. The values must be free of control characters."""
    if not names:
        return ""
    room = width - 3 * len(names)
    inside = [max((_cells(row[i]) for row in rows), default=0) for i in range(len(names))]
    headings = _headings(names, inside, room)
    wanted = [
        min(max(cells, *map(_cells, heading)), CELL_WIDTH) for cells, heading in zip(inside, headings, strict=True)
    ]
    cut_to = LEAST_WIDTH if rows else 1
    least = [max(min(cells, cut_to), _whole(row[i] for row in rows)) for i, cells in enumerate(wanted)]
    if rows and sum(least) > room:
        return _blocks(names, rows, width)
    return _table(headings, rows, numeric, _shrunk(wanted, least, room))


def terms(rows: Iterable[tuple[str, str]], width: int) -> str:
    """Return a list of terms with their meanings beside them, or below where the lines are short; no term is cut.

    The texts must be free of control characters and of letters that are wider than one cell.
    """
    told = list(rows)
    label = max((len(term) for term, _ in told), default=0) + 2
    beside = width - label >= LEAST_MEANING
    indent = label if beside else 4
    lines = []
    for term, meaning in told:
        wrapped = textwrap.wrap(meaning, max(width - indent, LEAST_WIDTH)) or [""]
        first = [term.ljust(label) + wrapped.pop(0)] if beside else [term]
        lines += [*first, *(" " * indent + line for line in wrapped)]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _cells(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)


def _whole(texts: Iterable[str]) -> int:
    """Return the cells of the longest of the texts that must not be cut."""
    return max((len(text) for text in texts if _WHOLE.fullmatch(text)), default=0)


def _headings(names: list[str], inside: list[int], room: int) -> list[list[str]]:
    """Return each column's heading in one line; where the columns do not fit so, in lines broken behind `_`."""
    if sum(min(max(cells, _cells(name)), CELL_WIDTH) for cells, name in zip(inside, names, strict=True)) <= room:
        return [[name] for name in names]
    return [list(_broken(name, max(cells, LEAST_WIDTH))) for cells, name in zip(inside, names, strict=True)]


def _broken(name: str, width: int) -> Iterator[str]:
    line = ""
    for part in name.replace("_", "_\n").split("\n"):
        if line and _cells(line + part) > width:
            yield line
            line = ""
        line += part
    yield line


def _shrunk(widths: list[int], least: list[int], room: int) -> list[int]:
    """Take cells from the widest columns that may lose some until all fit into the room."""
    widths = list(widths)
    while sum(widths) > room and widths != least:
        widest = max((i for i, cells in enumerate(widths) if cells > least[i]), key=widths.__getitem__)
        widths[widest] -= 1
    return widths


def _table(headings: list[list[str]], rows: list[list[str]], numeric: list[bool], widths: list[int]) -> str:
    rule = "─".join("─" * (cells + 2) for cells in widths)
    height = max(map(len, headings))
    above = [list(line) for line in zip(*([""] * (height - len(one)) + one for one in headings), strict=True)]
    lines = [*(_line(row, numeric, widths) for row in above), rule, *(_line(row, numeric, widths) for row in rows)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _line(row: list[str], numeric: list[bool], widths: list[int]) -> str:
    cells = [_fit(text, width, right) for text, width, right in zip(row, widths, numeric, strict=True)]
    return " " + "   ".join(cells)


def _fit(text: str, width: int, right: bool = False) -> str:
    """Pad or shorten the text to exactly so many cells."""
    from rich.cells import set_cell_size

    cells = _cells(text)
    if cells > width:
        return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width)
    return " " * (width - cells) + text if right else text + " " * (width - cells)


def _is_url(text: str) -> bool:
    return text.startswith(("http://", "https://")) and " " not in text and len(text) <= LONGEST_URL


def _blocks(names: list[str], rows: list[list[str]], width: int) -> str:
    label = max(map(_cells, names))
    lines = []
    for number, row in enumerate(rows, 1):
        lines.append(f"── {number} ".ljust(min(width, 40), "─"))
        for name, text in zip(names, row, strict=True):
            if text:
                heads = [_fit(name, label), *[" " * label] * (MOST_LINES - 1)]
                wrapped = _wrapped(text, max(width - label - 2, LEAST_WIDTH))
                lines += [f"{head}  {line}" for head, line in zip(heads, wrapped, strict=False)]
    return "\n".join(lines) + "\n"


def _wrapped(text: str, width: int) -> list[str]:
    """Return the text in at most MOST_LINES lines of so many cells; the last one ends in … where more was left out."""
    from rich.console import Console
    from rich.text import Text

    if _is_url(text):
        return [text]
    begin = text[: width * MOST_LINES + 1]  # no letter takes less than a cell, but for marks on others
    lines = [line.plain.rstrip() for line in Text(begin).wrap(Console(width=width), width)]
    whole = len(begin) == len(text) and len(lines) <= MOST_LINES
    return lines if whole else [*lines[: MOST_LINES - 1], _fit(lines[MOST_LINES - 1] + " " * width, width).rstrip()]
