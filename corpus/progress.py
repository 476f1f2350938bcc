"""How far long work is: on a terminal one line that renews itself, elsewhere a plain line a minute, on standard error.

May import: the standard library.
"""

import sys
import time
from collections.abc import Callable

EVERY = 60.0
"""Seconds between two plain lines: short work says nothing."""
WIDEST = 100


def rows_shown() -> Callable[[str, int], None]:
    """Return what shows the rows that a stage has done so far."""
    show = lines_shown()
    return lambda stage, rows: show(f"{stage}: {rows:,}")


def lines_shown() -> Callable[[str], None]:
    """Return what shows the last of many lines."""
    if sys.stderr.isatty():
        return lambda line: print(f"\r\x1b[K{visible(line)[:WIDEST]}", end="", file=sys.stderr, flush=True)
    since = [time.monotonic()]

    def show(line: str) -> None:
        if time.monotonic() - since[0] >= EVERY:
            since[0] = time.monotonic()
            print(visible(line)[:WIDEST], file=sys.stderr, flush=True)

    return show


def clear() -> None:
    """Take away the line that renews itself."""
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def visible(text: str) -> str:
    """Take out what could steer a terminal."""
    return "".join(c if c.isprintable() else " " for c in text)
