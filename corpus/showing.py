"""A comparison for a terminal: the figures, what was changed, then the passages with marks that need no colour.

May import: the standard library, regex, rich, corpus.plain, corpus.sides, corpus.passages, corpus.changes.
"""

import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import regex

from corpus.plain import dumps, visible

if TYPE_CHECKING:
    from corpus.compare import Similarity
    from corpus.passages import Passage

MARKS = {"same": "=", "altered": "~", "cut": "-", "added": "+", "moved": ">"}
_MEANING = {
    "same": "the same", "altered": "altered", "cut": "in A alone", "added": "in B alone", "moved": "moved in B",
}  # fmt: skip
_COLOURS = {"altered": "33", "cut": "31", "added": "32", "moved": "36"}
SIDE_BY_SIDE = 100
"""Cells that a terminal must have to show the two texts in columns."""
_SHOWN = 220
"""Characters that are shown of each end of a long passage that is the same."""
_RIGHT_TO_LEFT = regex.compile(r"[\p{Arabic}\p{Hebrew}\p{Syriac}\p{Thaana}\p{Nko}]")
_PIECE = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]\p{M}*[\p{P}]*|[^\s\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]+|\s+"
)
_GRAPHEME = regex.compile(r"\X")
Parts = Iterable[tuple[int, int]]


def render(found: "Similarity", form: str = "table", width: int | None = None, colour: bool | None = None) -> str:
    """Return the comparison as text for a terminal of that many cells, or as JSON (form `json`).

    Nothing in the texts acts on the terminal. Colour only where the output is a terminal, unless told.
    """
    if form == "json":
        return dumps(found.as_dict())
    cells = width or shutil.get_terminal_size().columns
    colour = (sys.stdout.isatty() and "NO_COLOR" not in os.environ) if colour is None else colour
    lines = [*summary(found).splitlines(), ""]
    beside = cells >= SIDE_BY_SIDE and not _RIGHT_TO_LEFT.search(found.text_a + found.text_b)
    for passage in found.passages:
        drawn = _beside(found, passage, cells) if beside else _below(found, passage, cells)
        lines += (_coloured(line, passage.kind) if colour else line for line in drawn)
    return "\n".join(line.rstrip() for line in lines)


def _coloured(line: str, kind: str) -> str:
    code = _COLOURS.get(kind)
    return f"\033[{code}m{line}\033[0m" if code else line


def summary(found: "Similarity") -> str:
    """Return what was compared, the verdict, the figures and the changes, without the passages."""
    copy = f"{found.kind} copy" if found.copy else f"independent (the nearest to a copy would be: {found.kind})"
    lines = [
        f"A  {found.language_a or '??'}  {visible(found.label_a)}",
        f"B  {found.language_b or '??'}  {visible(found.label_b)}",
        "",
        f"{copy}, score {found.score:.2f}",
        *_figures(found),
        *(f"altered {one.what}: {visible(one.before)} → {visible(one.after)}" for one in found.changes),
        "",
        _counts(found.passages) or "no passages",
    ]
    return "\n".join(lines)


def _figures(found: "Similarity") -> Iterator[str]:
    """Yield the figures; those of shared words tell nothing of two languages."""
    if found.language_a == found.language_b:
        yield (
            f"jaccard {found.jaccard:.2f} · A in B {found.containment_a:.2f} · B in A {found.containment_b:.2f} · "
            f"weighted {found.weighted:.2f} · aligned {found.aligned:.2f} · order {found.order:.2f}"
        )
    yield (
        f"passages found in the other: {found.covered_a:.0%} of A, {found.covered_b:.0%} of B · "
        f"numbers and names kept {found.numbers_kept:.0%}"
    )


def _counts(passages: "Sequence[Passage]") -> str:
    kinds = [passage.kind for passage in passages]
    return " · ".join(f"{mark} {_MEANING[kind]}: {kinds.count(kind)}" for kind, mark in MARKS.items() if kind in kinds)


def _beside(found: "Similarity", passage: "Passage", width: int) -> Iterator[str]:
    """Yield the passage in two columns, the mark between them."""
    half = (width - 3) // 2
    left = list(wrapped(_marked_a(found, passage), half)) or [""]
    right = list(wrapped(_marked_b(found, passage), half)) or [""]
    for row in range(max(len(left), len(right))):
        mark = MARKS[passage.kind] if row == 0 else " "
        yield f"{_padded(left[row] if row < len(left) else '', half)} {mark} {right[row] if row < len(right) else ''}"


def _below(found: "Similarity", passage: "Passage", width: int) -> Iterator[str]:
    """Yield the passage below the one before: both wordings in one where they differ in words, else one by one."""
    mark = MARKS[passage.kind]
    if passage.edits:
        sides = [_inline(found, passage)]
    elif passage.kind == "added":
        sides = [_marked_b(found, passage)]
    elif found.language_a != found.language_b and passage.b_end > passage.b_start:
        sides = [_marked_a(found, passage), _marked_b(found, passage)]
    else:
        sides = [_marked_a(found, passage)]
    for place, side in enumerate(sides):
        for row, line in enumerate(wrapped(side, width - 4)):
            yield f"{mark if row == place == 0 else ' '} {'AB'[place] if len(sides) > 1 and row == 0 else ' '} {line}"


def _marked_a(found: "Similarity", passage: "Passage") -> str:
    parts = [(one.a_start, one.a_end) for one in (passage.edits or passage.changes)]
    return _marked(found.text_a, passage.a_start, passage.a_end, parts, "[-", "-]")


def _marked_b(found: "Similarity", passage: "Passage") -> str:
    parts = [(one.b_start, one.b_end) for one in (passage.edits or passage.changes)]
    return _marked(found.text_b, passage.b_start, passage.b_end, parts, "{+", "+}")


def _marked(text: str, start: int, end: int, parts: Parts, opening: str, closing: str) -> str:
    """Return a stretch of a text on one line, some of its parts in marks."""
    out, at = [], start
    for part_start, part_end in sorted(part for part in parts if part[0] < part[1]):
        out += [text[at:part_start], opening, text[part_start:part_end], closing]
        at = part_end
    return _shortened(visible("".join([*out, text[at:end]]))) if not out else visible("".join([*out, text[at:end]]))


def _inline(found: "Similarity", passage: "Passage") -> str:
    """Return both wordings in one: [-what A alone has-]{+what B alone has+}."""
    out, at = [], passage.a_start
    for edit in passage.edits:
        out.append(found.text_a[at : edit.a_start])
        if edit.a_start < edit.a_end:
            out += ["[-", found.text_a[edit.a_start : edit.a_end], "-]"]
        if edit.b_start < edit.b_end:
            space = " " if edit.a_start == edit.a_end and out[-1][-1:].strip() else ""
            out += [space, "{+", found.text_b[edit.b_start : edit.b_end], "+}"]
        at = edit.a_end
    return visible("".join([*out, found.text_a[at : passage.a_end]]))


def _shortened(line: str) -> str:
    if len(line) <= 2.5 * _SHOWN:
        return line
    return f"{line[:_SHOWN].rstrip()} […{len(line) - 2 * _SHOWN:,} characters…] {line[-_SHOWN:].lstrip()}"


def wrapped(line: str, width: int) -> Iterator[str]:
    """Yield the line in rows of at most `width` cells, broken at spaces, or anywhere in scripts without spaces."""
    from rich.cells import cell_len

    row, cells = "", 0
    for piece in (part for word in _PIECE.findall(line) for part in _chopped(word, width)):
        taken = cell_len(piece)
        if cells + taken > width:
            yield row.rstrip()
            row, cells = "", 0
        if row or piece.strip():
            row, cells = row + piece, cells + taken
    if row.strip():
        yield row.rstrip()


def _chopped(word: str, width: int) -> Iterator[str]:
    """Yield a word that is longer than a row in parts, no character taken apart from its marks."""
    from rich.cells import cell_len

    if cell_len(word) <= width:
        yield word
        return
    part = ""
    for character in _GRAPHEME.findall(word):
        if part and cell_len(part + character) > width:
            yield part
            part = ""
        part += character
    yield part


def _padded(line: str, width: int) -> str:
    from rich.cells import cell_len

    return line + " " * (width - cell_len(line))
