"""A corpus to take away: Parquet, JSON lines, CSV or a folder for Hugging Face, with the texts or without.

May import: pyarrow, corpus.engine, output, tables, errors and the standard library.
"""

import re
import shutil
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from corpus import __version__, output
from corpus.engine import connect
from corpus.errors import UserError

FORMS = ("one-a-cluster", "all")
FORMATS = ("parquet", "jsonl", "csv", "hf")
_ENDINGS = {".parquet": "parquet", ".pq": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", "": "hf"}

FACTS = ("id", "url", "publisher", "published_at", "published_by_what", "language", "agency", "words", "text_id")
"""Columns of `articles` that hold facts and links alone; they go into every export."""
WORDS = ("title", "authors", "section", "byline", "dateline", "credit", "text")
"""Columns of `articles` in the publishers' own words or about persons; they stay out of an export without texts."""
CLUSTER = ("cluster_id", "size", "original", "original_reason", "original_confidence", "kind", "score")
SHARD_ROWS = 100_000
READ_ROWS = 5_000


def export(
    folder: Path, out: Path, *, form: str = "one-a-cluster", format: str | None = None, text: bool = True
) -> int:
    """Write the corpus's readable articles, with their cluster's columns, and return the number of rows.

    `form` one-a-cluster: the original of each cluster, articles alone included; `all`: every article. `format` is
    parquet, jsonl, csv or hf (a folder that Hugging Face's load_dataset opens); without it the name's ending decides.
    Without `text` only facts and links go out: no text, title or name of a person, so that the file may be shared; the
    text_id (a hash) lets others fetch the texts again and check them. The result appears wholly or not at all; a file
    of that name is replaced, a folder is not. Raises UserError for a path, form or format that will not do, and where
    the articles are not clustered yet.
    """
    kind = _format(out, format)
    if form not in FORMS:
        raise UserError(f"unknown form {form!r}; there are {', '.join(FORMS)}")
    if not out.parent.is_dir():
        raise UserError(f"cannot write {out}: the folder {out.parent} does not exist; make it or choose another")
    with connect(folder) as con:
        if con.execute(_OUTSTANDING).fetchall()[0][0]:
            raise UserError(f"the articles in {folder} are not clustered yet; `wirecopy run` does it")
        rows = con.sql(_query(form, text)).to_arrow_reader(READ_ROWS)
        if kind == "hf":
            return _to_folder(rows, out, form, text)
        return output.write(rows, kind, out, limit=0).rows


def _format(out: Path, given: str | None) -> str:
    if given is not None and given not in FORMATS:
        raise UserError(f"unknown format {given!r}; there are {', '.join(FORMATS)}")
    kind = given or _ENDINGS.get(out.suffix.lower())
    if kind is None:
        raise UserError(f"cannot tell the format of {out.name}; name it .parquet, .jsonl or .csv, or say --format")
    if kind == "hf" and out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UserError(f"{out} exists already; choose a new folder, or delete it first")
    if kind != "hf" and out.is_dir():
        raise UserError(f"{out} is a folder; give the name of a file, or --format hf and a new folder")
    return kind


_OUTSTANDING = """
    SELECT
        (SELECT count(*) FROM pages) > 0 AND NOT EXISTS (FROM articles)
        OR EXISTS (FROM articles WHERE outcome = 'ok') AND NOT EXISTS (FROM clusters)
"""


def _query(form: str, text: bool) -> str:
    """Return the SQL of the rows: facts, cluster and, if wanted, the publishers' words, the text last."""
    columns = [f"articles.{name}" for name in FACTS] + [f"clusters.{name}" for name in CLUSTER]
    columns += [f"articles.{name}" for name in WORDS] if text else []
    one = "AND (clusters.original IS NULL OR clusters.original = articles.id)" if form == "one-a-cluster" else ""
    # An article that came in after the last clustering has no cluster yet: it goes out by itself.
    return f"""
        SELECT {", ".join(columns)}
        FROM articles LEFT JOIN clusters ON clusters.id = articles.id
        WHERE articles.outcome = 'ok' {one}
    """


def _to_folder(rows: pa.RecordBatchReader, out: Path, form: str, text: bool) -> int:
    """Write the folder under another name first, so that it appears whole."""
    temporary = out.with_name(f".{out.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        (temporary / "data").mkdir(parents=True)
        count, languages = _shards(rows, temporary / "data")
        (temporary / "README.md").write_text(_card(out.name, count, languages, form, text), encoding="utf-8")
        if out.exists():
            out.rmdir()
        temporary.rename(out)
    except OSError as error:
        raise UserError(f"cannot write {out}: {error.strerror or error}; choose another folder") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return count


def _shards(rows: pa.RecordBatchReader, folder: Path) -> tuple[int, set[str]]:
    """Write Parquet files of at most SHARD_ROWS rows, one at least; return the number of rows, and their languages."""
    count, languages = 0, set[str]()
    batches: Iterator[pa.RecordBatch] = iter(rows)
    batch = next(batches, None)
    shard = 0
    while batch is not None or shard == 0:
        with pq.ParquetWriter(folder / f"train-{shard:05d}.parquet", rows.schema, compression="zstd") as writer:
            room = SHARD_ROWS
            while batch is not None and room > 0:
                writer.write_batch(batch)
                count, room = count + len(batch), room - len(batch)
                languages.update(language for language in batch.column("language").to_pylist() if language)
                batch = next(batches, None)
        shard += 1
    return count, languages


def _card(name: str, count: int, languages: Sequence[str] | set[str], form: str, text: bool) -> str:
    """Return the folder's README.md: what Hugging Face reads in its head, and what people should know."""
    codes = sorted(code for code in languages if re.fullmatch(r"[a-z]{2,3}", code))
    listed = "".join(f"  - {code}\n" for code in codes)
    title = re.sub(r"[^\w .-]", " ", name)
    what = "the original of each cluster and every article alone" if form == FORMS[0] else "every readable article"
    return f"""---
pretty_name: "{title}"
{"language:" if codes else "language: []"}
{listed}license: other
license_name: publishers-own
size_categories:
  - {_size(count)}
tags:
  - news
  - deduplication
  - text-reuse
configs:
  - config_name: default
    data_files:
      - split: train
        path: data/*.parquet
---

# {title}

{count:,} news articles: {what}. Made with wirecopy {__version__}.

{_TEXTS if text else _NO_TEXTS}

Columns: {", ".join((*FACTS, *CLUSTER, *(WORDS if text else ())))}. `kind` is the article's relation to its cluster's
`original` (original, exact, near, excerpt, reworded, translated); `text_id` is a hash of the normalised text, the same
for exact copies; `size` counts the cluster's articles.
"""


_TEXTS = """The texts belong to their publishers and agencies. Research on them is lawful in many countries, passing
them on often is not: share an export without texts instead."""
_NO_TEXTS = """This set holds facts and links alone: no text, no title, no author. `wirecopy import --rebuild` fetches
the pages again from their publishers and tells which texts are still the same."""


def _size(count: int) -> str:
    bounds = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
    names = ("n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M")
    return names[sum(count >= bound for bound in bounds)]
