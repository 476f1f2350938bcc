"""The settings of a corpus: one frozen dataclass. May import: the standard library and corpus.errors."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from corpus.errors import UserError


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides a corpus's result; kept in its `settings` table. The defaults serve all languages at once."""

    shingle_words: int = 5
    """Words in a shingle of the `words` view (characters of scripts without spaces count as words)."""
    permutations: int = 128
    """MinHash permutations; the signature equals datasketch's for the same shingles and seed."""
    bands: int = 32
    """LSH bands; rows in a band = permutations // bands."""
    seed: int = 1
    """Seed of the MinHash permutations."""
    min_words: int = 20
    """Texts with fewer words get the outcome `short` and take no part in pairing."""
    window_days: int = 30
    """Two articles published further apart are not copies; unknown times match every time."""
    hubs: int = 64
    """In a bucket of more texts than this, each is paired with the bucket's first few alone."""
    hub_members: int = 8
    """How many these few are."""
    shared_anchors: int = 3
    """Least number of rare anchors that make two texts candidates."""
    common_anchor: int = 1000
    """An anchor of more texts than this proposes no candidates."""
    threshold: float = 0.5
    """Least score (probability of being a copy) that joins two texts in a cluster."""

    def __post_init__(self) -> None:
        """Refuse impossible values with a sentence."""
        if self.permutations % self.bands:
            raise UserError(f"bands ({self.bands}) must divide permutations ({self.permutations})")
        if not 0 < self.threshold <= 1:
            raise UserError(f"threshold must lie in 0..1, not {self.threshold}")

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as a plain dictionary."""
        return asdict(self)

    @classmethod
    def of(cls, values: dict[str, Any]) -> Self:
        """Make settings from a dictionary; unknown names raise UserError."""
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise UserError(f"unknown setting {unknown[0]!r}; known are: {', '.join(sorted(known))}")
        return cls(**values)
