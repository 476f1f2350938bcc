"""What a word of the command line may be, and what is said where it is something else.

May import: the standard library.
"""

import argparse
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from difflib import get_close_matches


def know(top: argparse.ArgumentParser, words: Sequence[str]) -> None:
    """End with the nearest commands where the first word is none; argparse would list them all."""
    known = [name for action in top._actions for name in action.choices or ()]
    if not words or words[0].startswith("-") or words[0] in known:
        return
    near = get_close_matches(words[0], known, 2, 0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "`wirecopy --help` lists the commands"
    top.error(f"there is no command {words[0]!r}; {hint}")


def whole_number(text: str) -> int:
    """Read a number from 0 up. Raises ArgumentTypeError for anything else."""
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"it must be a whole number from 0 up, not {text!r}")
    return int(text)


def positive_number(text: str) -> float:
    """Read a number above 0. Raises ArgumentTypeError for anything else."""
    with suppress(ValueError):
        if (number := float(text)) > 0:
            return number
    raise argparse.ArgumentTypeError(f"it must be a number above 0, not {text!r}")


def hours(text: str) -> timedelta | str:
    """Read a number of hours, or `never`. Raises ArgumentTypeError for anything else."""
    try:
        return text if text == "never" else timedelta(hours=float(text))
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"it must be a number of hours or `never`, not {text!r}") from None
