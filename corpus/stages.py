"""The stages as a table: a query of what is to do, a batch function or none, an output table.

Resuming and incremental runs are the anti-join in each stage's query; there is no other state. May import: pyarrow
for types; the batch functions' modules are imported when a stage runs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.resources import files
from pathlib import Path

import pyarrow as pa

from corpus.settings import Settings

Batch = Callable[[pa.RecordBatch, Settings, pa.Table | None], pa.RecordBatch]


@dataclass(frozen=True)
class Stage:
    """One step of the line. `rows` is the size of a batch; `small` batches or fewer run without a process pool."""

    name: str
    output: str
    batch: Batch | None = None
    failed: Callable[[pa.RecordBatch, str], pa.RecordBatch] | None = None
    context: str | None = None
    rows: int = 1000
    small: int = 4
    risky: bool = False

    def query(self, settings: Settings) -> str:
        """Return the SQL text of what is still to do, the settings put in for its $names."""
        return sql(f"stages/{self.name}")


def sql_folder() -> Path:
    """Return the folder of the .sql files: inside the installed package, or at the root of a checkout."""
    inside = Path(str(files("corpus"))) / "sql"
    return inside if inside.is_dir() else inside.parent.parent / "sql"


def sql(name: str) -> str:
    """Return the text of one .sql file."""
    return (sql_folder() / f"{name}.sql").read_text(encoding="utf-8")


def _call(path: str, rows: pa.RecordBatch, settings: Settings, context: pa.Table | None) -> pa.RecordBatch:
    module, function = path.split(":")
    return getattr(import_module(module), function)(rows, settings, context)


def _batch(path: str) -> Batch:
    return partial(_call, path)
