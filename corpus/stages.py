"""The stages as a table: a query of what is to do, a batch function, an output table.

Resuming and incremental runs are the anti-join in each stage's query; there is no other state. May import: pyarrow
for types; the batch functions' modules are imported when a stage runs.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow as pa

from corpus.settings import Settings

Batch = Callable[..., pa.RecordBatch]
"""Called with the rows, the settings, the context and, where the stage names columns of texts, the texts' rows."""
Failed = Callable[[pa.RecordBatch, str], pa.RecordBatch]


@dataclass(frozen=True)
class Stage:
    """One step of the line.

    `batch` turns `rows` rows at a time into rows of the table `output`; `context` is a query whose whole result every
    call of it gets; `texts` are columns of `signatures` that it gets of the texts its rows name (columns a and b), each
    text once. `steps` are queries that come first: each one's rows are a view of its name for those after it and for
    the stage's own query. With at most `small` batches to do no pool is started, unless the stage is `risky`: then the
    parser may hang or crash, and a row that does is given to `failed`. `threads` says that the batch function is
    compiled code beside which other threads can run; else it runs in processes. Each table of `done` gets the rows of
    its step once all rows are written: the keys that count as done, and what else a later run need not find out again.
    """

    name: str
    output: str
    batch: Batch
    rows: int = 1000
    small: int = 2
    risky: bool = False
    failed: Failed | None = None
    context: str | None = None
    done: Mapping[str, str] = field(default_factory=dict)
    threads: bool = False
    steps: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    def query(self) -> str:
        """Return the SQL text of what is still to do."""
        return sql(f"stages/{self.name}")

    def queries(self) -> dict[str, str]:
        """Return the SQL text of each step by its name, in order."""
        return {step: sql(f"stages/{self.name}/{step}") for step in self.steps}

    def asked(self) -> list[str]:
        """Return the SQL texts of the steps, in order, and that of what is still to do, the last."""
        return [*self.queries().values(), self.query()]

    def values(self, settings: Settings, text: str) -> dict[str, Any]:
        """Return the values of the $names in a query of the stage."""
        known = {
            "window": settings.window_days,
            "hubs": settings.hubs,
            "hub_members": settings.hub_members,
            "shared": settings.shared_anchors,
            "common": settings.common_anchor,
            "threshold": settings.threshold,
            "neighbours": NEIGHBOURS,
        }
        return {name: value for name, value in known.items() if f"${name}" in text}


def sql_folder() -> Path:
    """Return the folder of the .sql files: inside the installed package, or at the root of a checkout."""
    inside = Path(str(files("corpus"))) / "sql"
    return inside if inside.is_dir() else inside.parent.parent / "sql"


def sql(name: str) -> str:
    """Return the text of one .sql file."""
    return (sql_folder() / f"{name}.sql").read_text(encoding="utf-8")


def by_part(queries: Iterable[str]) -> list[str]:
    """Return the tables that queries want with a further column `part`, the file that a row lies in.

    A few rows of long texts are looked for by their keys first: then only files that hold some are read.
    """
    return sorted(set(re.findall(r"\b(\w+)_by_part\b", "\n".join(queries))))


def _call(path: str, rows: pa.RecordBatch, *more: Any) -> Any:
    """Call a function that is named as module:function, importing its module only now."""
    module, function = path.split(":")
    return getattr(import_module(module), function)(rows, *more)


def load(batch: Batch) -> None:
    """Import the module of a batch function and what its first row would, so that no row pays for that in time."""
    if isinstance(batch, partial) and batch.func is _call:
        module = import_module(batch.args[0].partition(":")[0])
        getattr(module, "warm_up", lambda: None)()


NEIGHBOURS = 48
"""Of a text with many copies so many are compared with each other where they are no candidates of their own."""
RARITY = "SELECT * FROM rarity"
EXTRACT = Stage(
    "extract",
    "articles",
    partial(_call, "corpus.extract:extract_batch"),
    rows=32,
    small=0,
    risky=True,
    failed=partial(_call, "corpus.extract:failed_batch"),
)
SIGN = Stage("sign", "signatures", partial(_call, "corpus.sign:sign_batch"), small=20)
ANCHOR = Stage("anchor", "anchors", partial(_call, "corpus.anchoring:anchor_batch"), threads=True, context=RARITY)
PAIR = Stage(
    "pair",
    "pairs",
    partial(_call, "corpus.pair:pair_batch"),
    threads=True,
    context=RARITY,
    done={"paired": "fresh", "common": "crowded"},
    steps=(
        "texts",
        "band_members",
        "word_pairs",
        "opened",
        "older",
        "counted",
        "crowded",
        "met",
        "fresh",
        "kept",
        "pairs_within",
        "pairs_across",
    ),
    texts=("text_id", "language", "words", "normal", "romanised", "quoted", "names", "at"),
)
CLOSE = replace(PAIR, name="close", done={"closed": "fresh"}, steps=("fresh", "good", "texts", "copies"))
