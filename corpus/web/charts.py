"""Where the parts of a chart lie: places in per cent of its width and in pixels of its height (pure).

May import: the standard library. The templates draw them as SVG without script or style, so that a chart is the same in
the server's page, in a file and on paper, and its text keeps its size on a phone.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from math import isfinite
from typing import Any, NamedTuple

MOST_BARS = 92
"""More days than this are drawn as weeks, more weeks as months."""


Layers = Sequence[tuple[str, str]]
_STEPS = (0.25, 0.5, 1, 2, 3, 6, 12, 24, 48, 72, 168, 336, 720, 2160, 8760)
"""Hours between the ticks of an axis."""


class Tick(NamedTuple):
    """A mark on an axis: its place and what it says."""

    at: float
    label: str


class Bar(NamedTuple):
    """A column of a chart: left edge and width in per cent, its parts (class, top, height in pixels), what it says."""

    x: float
    width: float
    parts: list[tuple[str, float, float]]
    label: str


class Columns(NamedTuple):
    """A chart of columns: height, bars, ticks below and beside, and in what step of time."""

    height: float
    bars: list[Bar]
    below: list[Tick]
    beside: list[Tick]
    step: str


def columns(days: Sequence[dict[str, Any]], layers: Layers, height: float = 170.0) -> Columns | None:
    """Return the chart of rows with a `day` and counts; `layers` are (column, class), each drawn above the one before.

    Days without a row are gaps. None where there is no row with a day.
    """
    dated = [row for row in days if row["day"]]
    if not dated:
        return None
    step, begins = _steps(dated[0]["day"], dated[-1]["day"])
    sums: dict[date, dict[str, int]] = {begin: {name: 0 for name, _ in layers} for begin in begins}
    for row in dated:
        into = sums[_begin(row["day"], step)]
        for name, _ in layers:
            into[name] += row[name]
    most = nice(max(sum(counts.values()) for counts in sums.values()))
    width = 100 / len(begins)
    bars = [
        _bar(at * width, width, counts, layers, most, height, f"{begin:%Y-%m-%d}")
        for at, (begin, counts) in enumerate(sums.items())
    ]
    every = max(1, len(begins) // 6)
    years = begins[0].year != begins[-1].year
    told = enumerate(begins)
    below = [Tick((at + 0.5) * width, _day(begin, step, years)) for at, begin in told if at % every == every // 2]
    beside = [Tick(height * (1 - share), f"{most * share:,.0f}") for share in (0.5, 1.0)]
    return Columns(height, bars, below, beside, step)


def _bar(
    x: float,
    width: float,
    counts: dict[str, int],
    layers: Sequence[tuple[str, str]],
    most: float,
    height: float,
    at: str,
) -> Bar:
    parts, top = [], height
    for name, css in layers:
        size = counts[name] / most * height
        top -= size
        if size:
            parts.append((css, round(top, 2), round(size, 2)))
    gap = min(0.35, width / 5)
    told = ", ".join(f"{counts[name]:,} {name.replace('_', ' ')}" for name, _ in layers)
    return Bar(round(x + gap / 2, 3), round(width - gap, 3), parts, f"{at}: {told}")


def _steps(first: date, last: date) -> tuple[str, list[date]]:
    for step, days in (("day", 1), ("week", 7)):
        begin = _begin(first, step)
        count = (last - begin).days // days + 1
        if count <= MOST_BARS:
            return step, [begin + timedelta(days=days * at) for at in range(count)]
    step = "month" if (last.year - first.year) * 12 <= MOST_BARS * 2 else "year"
    begin, begins = _begin(first, step), []
    while begin <= last:
        begins.append(begin)
        begin = _begin(begin + timedelta(days=32 if step == "month" else 367), step)
    return step, begins


def _begin(one: date, step: str) -> date:
    if step == "week":
        return one - timedelta(days=one.weekday())
    return one.replace(day=1) if step == "month" else one.replace(month=1, day=1) if step == "year" else one


def _day(one: date, step: str, years: bool) -> str:
    """Return the label of a step of time; weeks of several years are told by their month."""
    if step == "year":
        return f"{one.year}"
    return f"{one:%b %Y}" if step == "month" or (years and step == "week") else f"{one.day} {one:%b}"


def series(points: Sequence[tuple[str, float]], height: float = 170.0) -> Columns | None:
    """Return columns of any labelled values in the order given; what is below zero has no height."""
    if not points:
        return None
    most = nice(max(value for _, value in points))
    width = 100 / len(points)
    gap = min(0.35, width / 5)
    bars = []
    for at, (label, value) in enumerate(points):
        size = round(max(value, 0.0) / most * height, 2)
        told = f"{label}: {value:g}"
        bars.append(Bar(round(at * width + gap / 2, 3), round(width - gap, 3), [("wire", height - size, size)], told))
    every = max(1, len(points) // 6)
    below = [Tick((at + 0.5) * width, label[:10]) for at, (label, _) in enumerate(points) if at % every == every // 2]
    beside = [Tick(height * (1 - share), f"{most * share:,.6g}") for share in (0.5, 1.0)]
    return Columns(height, bars, below, beside, "value")


class Dots(NamedTuple):
    """A chart of points: height, places (per cent, pixels) with what each says, ticks below and beside."""

    height: float
    points: list[tuple[float, float, str]]
    below: list[Tick]
    beside: list[Tick]


def dots(points: Sequence[tuple[float, float]], height: float = 260.0) -> Dots | None:
    """Return the chart of points; None where all lie on one spot."""
    finite = [(x, y) for x, y in points if isfinite(x) and isfinite(y)]
    if len(set(finite)) < 2:
        return None
    xs, ys = _ends([x for x, _ in finite]), _ends([y for _, y in finite])
    placed = [
        (
            round(2 + 96 * (x - xs[0]) / (xs[1] - xs[0]), 2),
            round(height * (1 - (y - ys[0]) / (ys[1] - ys[0])), 1),
            f"{x:g}, {y:g}",
        )
        for x, y in finite
    ]
    below = [Tick(2 + 96 * share, f"{xs[0] + share * (xs[1] - xs[0]):.4g}") for share in (0, 0.25, 0.5, 0.75, 1)]
    beside = [Tick(height * (1 - share), f"{ys[0] + share * (ys[1] - ys[0]):.4g}") for share in (0, 0.5, 1)]
    return Dots(height, placed, below, beside)


def _ends(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    return (low, high) if low < high else (low - 1, high + 1)


def nice(most: float) -> float:
    """Return the next round figure (1, 2, 5, 10, 20 …) that is not below."""
    size = 1.0
    while True:
        for step in (1, 2, 5):
            if size * step >= most:
                return size * step
        size *= 10


class Axis(NamedTuple):
    """A stretch of time: where it begins, how many hours it has, and its ticks in per cent."""

    first: datetime
    hours: float
    ticks: list[Tick]

    def place(self, when: datetime) -> float:
        """Return where a time lies, 0 to 100."""
        return round(100 * (when - self.first).total_seconds() / 3600 / self.hours, 2)


def axis(times: Iterable[datetime]) -> Axis | None:
    """Return the axis that holds all times, with about five ticks that count from the first; None without times."""
    held = sorted(times)
    if not held:
        return None
    hours = max((held[-1] - held[0]).total_seconds() / 3600, 1.0)
    step = next(
        (s for s in (0.25, 0.5, 1, 2, 3, 6, 12, 24, 48, 72, 168, 336, 720, 2160, 8760) if hours / s <= 6), 87600
    )
    ticks = [Tick(round(100 * at * step / hours, 2), _after(at * step)) for at in range(int(hours / step) + 1)]
    return Axis(held[0], hours, ticks)


def _after(hours: float) -> str:
    if not hours:
        return "0"
    if hours < 1:
        return f"+{hours * 60:.0f} min"
    return f"+{hours:g} h" if hours < 48 else f"+{hours / 24:g} d"


def strip(counts: Iterable[tuple[str, int]] | None, order: Sequence[str]) -> list[tuple[str, float, float, int]]:
    """Return the parts of a whole side by side, in that order: (name, left edge and width in per cent, count)."""
    held = dict(counts or ())
    whole = sum(held.values())
    parts, at = [], 0.0
    for name in order:
        if size := held.get(name, 0):
            parts.append((name, round(at, 2), round(100 * size / whole, 2), size))
            at += 100 * size / whole
    return parts


class Node(NamedTuple):
    """A point of the graph: its place (per cent, pixels), the row that it stands for, the place of what it hangs on."""

    x: float
    y: float
    row: dict[str, Any]
    parent: tuple[float, float] | None
    share: float | None

    @property
    def bend(self) -> float:
        """Return how far the line from the parent turns to the right (pixels); it has no corner where it goes left."""
        return BEND if self.parent and self.x > self.parent[0] else 0.0


class Graph(NamedTuple):
    """A tree drawn along time: its height in pixels, its nodes."""

    height: float
    nodes: list[Node]


ROW_HEIGHT, TOP, BEND = 34.0, 14.0, 10.0
ASIDE = 2.5
"""How far to the right of its parent a node stands at least (per cent)."""


def graph(rows: Sequence[dict[str, Any]], parents: dict[str, tuple[str, float | None]]) -> Graph:
    """Return the tree of rows (`id`, `at` in per cent or None) that hang on their parents (id → parent, share).

    A row comes below its parent, its own branches next to it; a row without a time is drawn at the right end.
    """
    order = _in_order(rows, parents)
    at: dict[str, tuple[float, float]] = {}
    nodes = []
    for n, row in enumerate(order):
        above, share = parents.get(row["id"], (None, None))
        parent = at.get(above) if above else None
        x = row["at"] if row["at"] is not None else 100.0
        if parent and x >= parent[0]:  # a line that goes straight down would run into the lines of the parent's others
            x = min(100.0, max(x, parent[0] + ASIDE))
        at[row["id"]] = x, TOP + ROW_HEIGHT * n
        nodes.append(Node(*at[row["id"]], row, parent, share))
    return Graph(ROW_HEIGHT * len(order), nodes)


def _in_order(rows: Sequence[dict[str, Any]], parents: dict[str, tuple[str, float | None]]) -> list[dict[str, Any]]:
    """Return the rows so that each is followed by those that hang on it, depth first."""
    below: dict[str | None, list[dict[str, Any]]] = {}
    for row in rows:
        below.setdefault(parents.get(row["id"], (None, None))[0], []).append(row)
    order, waiting = [], list(reversed(below.get(None, [])))
    while waiting:
        row = waiting.pop()
        order.append(row)
        waiting.extend(reversed(below.get(row["id"], [])))
    return order
