"""Where a corpus lies: a folder of this machine, or a prefix in an object store (s3://…, gs://…).

May import: the standard library, corpus.errors; universal_pathlib when a place is in an object store. A place in an
object store is a path like any other, as far as tables need it: they join, list, open and delete.
"""

import re
from pathlib import Path
from typing import Any, cast

from corpus.errors import UserError

_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]+)://.+")
STORES = {"s3": "s3", "gs": "gcs"}
"""Object stores, and the extra of wirecopy that reads each."""


def place(name: Path | str) -> Path:
    """Return the folder of that name or address. Raises UserError for an address of another kind."""
    if not isinstance(name, str):
        return name
    found = _ADDRESS.fullmatch(name)
    if found is None:
        return Path(name)
    if found[1] not in STORES:
        raise UserError(f"{name} is neither a folder nor an address that begins with {' or '.join(STORES)}://")
    try:
        from upath import UPath

        return cast(Path, UPath(name, use_listings_cache=False))  # others write there, too
    except ImportError as error:
        raise UserError(f"{name} needs more libraries: pip install 'wirecopy[{STORES[found[1]]}]'") from error


def remote(folder: Path) -> bool:
    """Say whether the folder is in an object store."""
    return not isinstance(folder, Path)


def filesystem(folder: Path) -> Any:
    """Return the fsspec filesystem that reads the folder; it must be in an object store."""
    return cast(Any, folder).fs


def demand_local(folder: Path, what: str) -> None:
    """Raise UserError where the folder is in an object store, for which there is no such thing as `what`."""
    if remote(folder):
        raise UserError(
            f"{folder} is in an object store, where wirecopy cannot {what}; copy the corpus to a folder first"
        )
