"""wirecopy's corpus: clean text, signatures, pairs and clusters over Parquet tables.

The public names load on first use, so that importing the package costs nothing.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Corpus", "Settings", "UserError", "compare", "near_copies"]

if TYPE_CHECKING:
    from corpus.api import Corpus
    from corpus.compare import compare
    from corpus.errors import UserError
    from corpus.near import near_copies
    from corpus.settings import Settings

_HOME = {
    "Corpus": "corpus.api",
    "Settings": "corpus.settings",
    "UserError": "corpus.errors",
    "compare": "corpus.compare",
    "near_copies": "corpus.near",
}


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first asked for."""
    if name not in _HOME:
        raise AttributeError(f"module 'corpus' has no attribute {name!r}")
    import gc
    from importlib import import_module

    collects = gc.isenabled()
    gc.disable()  # a hundred thousand objects are made, none of them garbage: each look at them all is in vain
    try:
        return getattr(import_module(_HOME[name]), name)
    finally:
        if collects:
            gc.enable()
