"""Short ids for pages, articles, texts and clusters (pure). May import: the standard library."""

import hashlib
from base64 import b32encode


def short_id(*parts: str) -> str:
    """Return 12 lower-case base32 characters of the SHA-256 of the parts (joined by newlines).

    Twelve characters (60 bits) stay inline in DuckDB's strings and are safe in URLs and file names.
    """
    digest = hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).digest()
    return b32encode(digest[:8]).decode("ascii")[:12].lower()
