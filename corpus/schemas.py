"""The tables' columns, as Arrow schemas with their version. May import: pyarrow."""

import pyarrow as pa

from corpus import __version__

SCHEMA_VERSION = "4"
TIME = pa.timestamp("us", tz="UTC")
TEXTS = pa.list_(pa.string())


def _schema(**columns: pa.DataType) -> pa.Schema:
    fields = [pa.field(name, kind) for name, kind in columns.items()]
    metadata = {"wirecopy.schema": SCHEMA_VERSION, "wirecopy.version": __version__}
    return pa.schema(fields, metadata=metadata)


I32S, I64S = pa.list_(pa.int32()), pa.list_(pa.int64())
S, I32, I64, F64, B, BIN = pa.string(), pa.int32(), pa.int64(), pa.float64(), pa.bool_(), pa.binary()

SCHEMAS: dict[str, pa.Schema] = {
    # One fetched answer or one imported row. Exactly one of `html` (markup, as bytes) and `text` is filled when
    # outcome is ok. title, published_at, authors, language are what the feed, sitemap or imported file said.
    "pages": _schema(
        id=S, url=S, final_url=S, publisher=S, discovered_by=S, fetched_at=TIME, status=I32, content_type=S,
        etag=S, last_modified=S, html=BIN, text=S, title=S, published_at=TIME, published_by_what=S, authors=TEXTS,
        language=S, outcome=S, reason=S,
    ),
    # One revision of one article: exactly one row for each page, whatever became of it (outcome).
    "articles": _schema(
        id=S, url=S, publisher=S, fetched_at=TIME, published_at=TIME, published_by_what=S, title=S, authors=TEXTS,
        section=S, image=S, canonical_url=S, paywall=B, language=S, agency=S, agency_confidence=F64, credit=S, byline=S,
        dateline=S, evidence=TEXTS, removed=TEXTS, text=S, words=I32, text_id=S, outcome=S, reason=S,
    ),
    # One text (exact copies share it) as the later stages need it. `normal` is its normal form, `romanised` its words
    # in Latin letters; `quoted` holds first and past-last word of each quotation, in turn; `names` are hashes of
    # numbers and names with their places (`at`, characters of `romanised`); `bands` are the buckets of the words view.
    "signatures": _schema(
        text_id=S, language=S, words=I32, normal=S, romanised=S, quoted=I32S, names=I64S, at=I32S, bands=I64S,
    ),
    # In how many of a language's sampled texts each hashed feature occurs (`texts` of them sampled out of `of`).
    "rarity": _schema(language=S, feature=S, texts=I32, of=I32, bins=I32S, counts=I32S),
    # One text in the anchors view: the buckets of its rarest language-neutral features.
    "anchors": _schema(text_id=S, buckets=I64S),
    # The texts whose candidates have all been scored, and how many articles each had then: a further copy may widen
    # the time in which it was published, and so bring further candidates. In how many other texts of its language
    # (`room_within`) and of others (`room_across`) an anchor of it may lie to count.
    "paired": _schema(text_id=S, articles_then=I64, room_within=I32, room_across=I32),
    # The anchors that were found to be common: more texts have them than the setting `common_anchor` says.
    "common": _schema(bucket=I64),
    # The texts whose copies have been compared with each other, and how many articles these copies had then.
    "closed": _schema(text_id=S, copies_then=I64),
    # One scored candidate: two texts (a < b) with all the evidence, whatever its score.
    "pairs": _schema(
        a=S, b=S, view=S, jaccard=F64, containment_a=F64, containment_b=F64, weighted=F64, aligned=F64, order=F64,
        numbers_kept=F64, score=F64, kind=S,
    ),
    # One article in one cluster, articles alone in theirs included. `kind`: its relation to the original. `basis`: a
    # fingerprint of all that the cluster and those linked to it were made from.
    "clusters": _schema(
        id=S, cluster_id=S, size=I32, original=S, original_reason=S, original_confidence=F64, kind=S, score=F64,
        basis=I64,
    ),
    # Clusters that went into another one: links to the old id still lead somewhere.
    "merges": _schema(cluster_id=S, into=S, at=TIME),
    # The corpus's settings: one row, the dataclass as JSON.
    "settings": _schema(settings=S),
}  # fmt: skip
