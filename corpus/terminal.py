"""Rows drawn for a terminal: a table where the columns fit, else each row as a block of lines.

Widths are terminal cells, so that Chinese, Japanese, Thai and Arabic stand in line.
May import: the standard library, rich.
"""

CELL_WIDTH = 60
"""Cells that one value may take in a table; in a block it may take the rest of the line."""
LEAST_WIDTH = 10
"""A table whose columns would have to shrink below this becomes blocks."""


def draw(names: list[str], rows: list[list[str]], numeric: list[bool], width: int) -> str:
    """Return the rows as text of at most `width` cells a line. The values must be free of control characters."""
    if not names:
        return ""
    natural = [max([_cells(name), *(_cells(row[i]) for row in rows)]) for i, name in enumerate(names)]
    wanted = [min(cells, CELL_WIDTH) for cells in natural]
    least = sum(min(cells, LEAST_WIDTH) for cells in wanted) + 3 * len(names)
    if least > width and rows:
        return _blocks(names, rows, width)
    return _table(names, rows, numeric, _shrunk(wanted, width - 3 * len(names)))


def _cells(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)


def _shrunk(widths: list[int], room: int) -> list[int]:
    """Take cells from the widest columns until all fit into the room."""
    widths = list(widths)
    while sum(widths) > room and max(widths) > 1:
        widths[widths.index(max(widths))] -= 1
    return widths


def _table(names: list[str], rows: list[list[str]], numeric: list[bool], widths: list[int]) -> str:
    rule = "─".join("─" * (cells + 2) for cells in widths)
    lines = [_line(names, numeric, widths), rule, *(_line(row, numeric, widths) for row in rows)]
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


def _blocks(names: list[str], rows: list[list[str]], width: int) -> str:
    label = max(map(_cells, names))
    lines = []
    for number, row in enumerate(rows, 1):
        lines.append(f"── {number} ".ljust(min(width, 40), "─"))
        for name, text in zip(names, row, strict=True):
            if text:
                lines.append(f"{_fit(name, label)}  {_fit(text, max(width - label - 2, LEAST_WIDTH)).rstrip()}")
    return "\n".join(lines) + "\n"
