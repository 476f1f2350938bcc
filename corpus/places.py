"""Where a corpus lies: a folder of this machine, or a prefix in an object store (s3://…, gs://…).

May import: the standard library, corpus.errors; universal_pathlib when a place is in an object store. A place in an
object store is a path like any other, as far as tables need it: they join, list, open and delete.
"""

import re
from functools import partial
from pathlib import Path
from typing import Any, cast

from corpus.errors import UserError

_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]+)://.+")
STORES = {"s3": "s3", "gs": "gcs"}
"""Object stores, and the extra of wirecopy that reads each."""
LISTED_SECONDS = 10.0
"""How long a listing of objects is believed: others write there, too, but to ask about each object anew costs most of
the time."""
AHEAD = "readahead"
"""The fsspec cache through which an object is read."""


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

        return cast(Path, UPath(name, listings_expiry_time=LISTED_SECONDS))
    except ImportError as error:
        raise UserError(f"{name} needs more libraries: pip install 'wirecopy[{STORES[found[1]]}]'") from error


def remote(folder: Path) -> bool:
    """Say whether the folder is in an object store."""
    return not isinstance(folder, Path)


def listed(folder: Path) -> set[str]:
    """Return what there is now below a folder in an object store, relative to it: one request for 1,000 objects."""
    store, root = filesystem(folder), cast(Any, folder).path.rstrip("/")
    store.invalidate_cache()
    return {name[len(root) + 1 :] for name in store.find(root)}


def octets(path: Path, start: int, end: int) -> bytes:
    """Return the bytes of an object from `start` to before `end`, and fetch no others."""
    return cast(bytes, filesystem(path).cat_file(cast(Any, path).path, start=start, end=end))


def filesystem(folder: Path) -> Any:
    """Return the fsspec filesystem that reads the folder; it must be in an object store."""
    return cast(Any, folder).fs


def opened(path: Path) -> Any:
    """Open an object for reading, with the plain kind of reading ahead.

    What gcsfs does else goes on in the background when nobody reads any more, and Python complains on the terminal.
    """
    return cast(Any, path).open("rb", cache_type=AHEAD)


def reader(folder: Path) -> Any:
    """Return the filesystem of a folder in an object store for those who open files with it; they do as `opened`."""
    store = filesystem(folder)
    store.open = partial(type(store).open, store, cache_type=AHEAD)
    return store


def demand_local(folder: Path, what: str) -> None:
    """Raise UserError where the folder is in an object store, for which there is no such thing as `what`."""
    if remote(folder):
        raise UserError(
            f"{folder} is in an object store, where wirecopy cannot {what}; copy the corpus to a folder first"
        )
