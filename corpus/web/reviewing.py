"""Pairs judged by a person: which comes next, what was said, kept as a labelled file that `wirecopy evaluate` reads.

May import: the standard library, corpus.errors, corpus.gold, corpus.plain, corpus.tables, corpus.web.index.
"""

import json
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from corpus import tables
from corpus.errors import UserError
from corpus.gold import LABELS, Pair, ordered
from corpus.plain import dumps
from corpus.web.index import Index, Row

FILE = "labels.jsonl"
SAMPLES = {"uncertain": "uncertain", "copies": "judged copies", "others": "judged independent"}
"""Which pairs are drawn: around the threshold, above it, below it."""


def labels(folder: Path) -> dict[Pair, Row]:
    """Return what was said so far, the oldest first. Raises UserError for a file that was spoilt."""
    path = folder / FILE
    if not path.exists():
        return {}
    found: dict[Pair, Row] = {}
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                row = json.loads(line)
                found[ordered(row["a"], row["b"])] = row
            except (ValueError, KeyError, TypeError):
                raise UserError(f"line {number} of {path} is no label; mend or remove the line") from None
    return found


def keep(folder: Path, one: Row, other: Row, label: str) -> None:
    """Keep a label (copy, independent, unsure) of two articles, in place of an older one of theirs."""
    if label not in LABELS:
        raise UserError(f"{label[:40]!r} is no label; there are {', '.join(LABELS)}")
    if one["id"] == other["id"]:
        raise UserError("an article cannot be paired with itself")
    a, b = sorted((one, other), key=lambda row: str(row["id"]))
    said = {"a": a["id"], "b": b["id"], "label": label, "language_a": a["language"], "language_b": b["language"],
            "url_a": a["url"], "url_b": b["url"], "judged_at": datetime.now(UTC).replace(microsecond=0)}  # fmt: skip
    with tables.locked(folder, "labels"):
        held = labels(folder)
        held.pop((a["id"], b["id"]), None)
        _write(folder / FILE, [*held.values(), said])


def _write(path: Path, rows: list[Row]) -> None:
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        temporary.write_text("".join(f"{dumps(row)}\n" for row in rows), encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def upcoming(index: Index, sample: str, threshold: float) -> Pair | None:
    """Return the next pair of that sample that nobody judged, or None where all were."""
    judged = [f"{a} {b}" for pair in labels(index.folder) for a, b in (pair, pair[::-1])]
    row = index.row("to_judge", sample=sample, threshold=threshold, judged=judged)
    return (row["a"], row["b"]) if row else None


def progress(index: Index) -> dict[str, Any]:
    """Return how many labels there are of each, and the last few with their pairs."""
    held = list(labels(index.folder).values())
    counts = {label: sum(row["label"] == label for row in held) for label in LABELS}
    return {"judged": counts, "total": len(held), "last": held[:-9:-1], "file": FILE}
