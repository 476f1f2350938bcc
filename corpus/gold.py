"""Labelled files: which articles are copies of one another, as clusters or as labelled pairs.

May import: pyarrow (Parquet alone), the standard library and corpus.errors.
"""

import csv
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.errors import UserError

Pair = tuple[str, str]
NAMES = ("id", "url")
CLUSTERS = ("cluster", "cluster_id", "story", "event")
ENDS = (("a", "b"), ("id_a", "id_b"), ("url_a", "url_b"))
KINDS = ("kind", "subtype")
ORIGINAL = "original"
"""The kind of the article that the others of its cluster are copies of."""
LANGUAGES = ("language", "language_a", "language_b")
LABELS = ("copy", "independent", "unsure")
KNOWN = {*NAMES, *CLUSTERS, *KINDS, *LANGUAGES, "label", *(end for ends in ENDS for end in ends)}


@dataclass(frozen=True, slots=True)
class Gold:
    """What a labelled file says. Articles are named as the file names them: by id or by URL."""

    name: str
    """What to call it in a sentence: the file's name."""
    articles: tuple[str, ...]
    """Every article that it judges, once."""
    clusters: Mapping[str, str] = field(default_factory=dict)
    """Article → cluster; empty = alone. Without use in a gold of labelled pairs."""
    labels: Mapping[Pair, str] | None = None
    """Pair (in alphabetical order) → copy, independent or unsure; None in a gold of clusters."""
    kinds: Mapping[str, str] = field(default_factory=dict)
    """Article → kind, where told."""
    pair_kinds: Mapping[Pair, str] = field(default_factory=dict)
    """Pair → kind, where told."""
    languages: Mapping[str, str] = field(default_factory=dict)
    """Article → language, where told."""
    urls: Mapping[str, str] = field(default_factory=dict)
    """Article → URL, where the file has both id and URL."""

    def copies(self, a: str, b: str, *, unlisted: bool | None = False) -> bool | None:
        """Return whether the two are copies; None where the gold is unsure, `unlisted` where it lists no such pair."""
        if self.labels is None:
            return bool(self.clusters.get(a)) and self.clusters.get(a) == self.clusters.get(b)
        label = self.labels.get(ordered(a, b))
        return unlisted if label is None else {"copy": True, "independent": False, "unsure": None}[label]

    def kind(self, a: str, b: str) -> str | None:
        """Return the kind of a pair: its own, or that of the copy where the other one is its cluster's original."""
        if told := self.pair_kinds.get(ordered(a, b)):
            return told
        kinds = {self.kinds.get(a), self.kinds.get(b)} - {ORIGINAL}
        return kinds.pop() if len(kinds) == 1 and ORIGINAL in (self.kinds.get(a), self.kinds.get(b)) else None


def ordered(a: str, b: str) -> Pair:
    """Return the two in alphabetical order."""
    return (a, b) if a <= b else (b, a)


def read_gold(path: Path | str, articles: Path | str | None = None) -> Gold:
    """Read a labelled file (Parquet, CSV, TSV or JSONL, by its ending).

    Clusters: columns `id` or `url`, and `cluster` (or `cluster_id`, `story`, `event`); an empty cluster = alone.
    Labelled pairs: columns `a`, `b` (ids or URLs) and `label` (copy, independent or unsure). Both may have `kind`
    (or `subtype`) and languages (`language`; `language_a` and `language_b` in pairs). `articles`: a second file,
    with `id` or `url`, whose articles are judged too even where no pair names them. Raises UserError.
    """
    more = () if articles is None else _rows(Path(articles))
    return gold_of(_rows(Path(path)), more, name=Path(path).name)


def gold_of(
    rows: Iterable[Mapping[str, Any]], articles: Iterable[Mapping[str, Any]] = (), name: str = "the gold"
) -> Gold:
    """Make a Gold of rows; the columns tell clusters from labelled pairs. Raises UserError for wrong rows."""
    held = [{key: _text(row.get(key)) for key in KNOWN & row.keys()} for row in rows]
    columns = {key for row in held for key in row}
    if not held:
        raise UserError(f"{name} has no rows; give a file with labelled articles or pairs")
    ends = next((ends for ends in ENDS if columns.issuperset(ends)), None)
    if ends and "label" in columns:
        return _of_pairs(held, ends, list(articles), name)
    named = next((key for key in NAMES if key in columns), None)
    cluster = next((key for key in (*CLUSTERS, "label") if key in columns), None)
    if not named or not cluster:
        raise UserError(
            f"{name} has neither the columns a, b, label (pairs) nor id or url with cluster (clusters); "
            "rename its columns"
        )
    return _of_clusters(held, named, cluster, list(articles), name)


def _of_pairs(rows: list[dict[str, str]], ends: Pair, articles: list[Mapping[str, Any]], name: str) -> Gold:
    kind = next((key for key in KINDS if any(key in row for row in rows)), "kind")
    labels: dict[Pair, str] = {}
    kinds: dict[Pair, str] = {}
    languages: dict[str, str] = {}
    names: dict[str, None] = {}
    for number, row in enumerate(rows, 1):
        pair, label = _labelled(row, ends, f"row {number} of {name}")
        if labels.setdefault(pair, label) != label:
            raise UserError(
                f"row {number} of {name} labels the pair {pair[0]}, {pair[1]} {label}, "
                f"an earlier row {labels[pair]}; keep one of them"
            )
        if row.get(kind):
            kinds[pair] = row[kind]
        for end, language in zip(ends, ("language_a", "language_b"), strict=True):
            names[row[end]] = None
            if row.get(language):
                languages[row[end]] = row[language]
    told = _more(articles, names, languages, name)
    return Gold(name, tuple(names), labels=labels, pair_kinds=kinds, languages=languages, urls=told)


def _labelled(row: Mapping[str, str], ends: Pair, where: str) -> tuple[Pair, str]:
    """Return a row's pair and label, or say what is wrong with it."""
    a, b, label = row.get(ends[0], ""), row.get(ends[1], ""), row.get("label", "").lower()
    if not a or not b:
        raise UserError(f"{where} names no two articles; fill {ends[0]} and {ends[1]} or remove the row")
    if a == b:
        raise UserError(f"{where} pairs {a} with itself; remove the row")
    if label not in LABELS:
        raise UserError(f"{where} has the label {label!r}; use copy, independent or unsure")
    return ordered(a, b), label


def _of_clusters(
    rows: list[dict[str, str]], named: str, cluster: str, articles: list[Mapping[str, Any]], name: str
) -> Gold:
    clusters: dict[str, str] = {}
    held: dict[str, dict[str, str]] = {"kind": {}, "language": {}, "url": {}}
    for number, row in enumerate(rows, 1):
        own = row.get(named, "")
        if not own:
            raise UserError(f"row {number} of {name} has no {named}; fill it or remove the row")
        if clusters.setdefault(own, row.get(cluster, "")) != row.get(cluster, ""):
            raise UserError(
                f"row {number} of {name} puts {own} into {row.get(cluster) or 'no cluster'}, an earlier row into "
                f"{clusters[own] or 'no cluster'}; keep one of them"
            )
        for column, values in held.items():
            if column != named and row.get(column):
                values[own] = row[column]
    names = dict.fromkeys(clusters)
    held["url"].update(_more(articles, names, held["language"], name))
    return Gold(name, tuple(names), clusters, kinds=held["kind"], languages=held["language"], urls=held["url"])


def _more(
    articles: list[Mapping[str, Any]], names: dict[str, None], languages: dict[str, str], name: str
) -> dict[str, str]:
    """Add further articles to the names and their languages; return the URLs of those that have one.

    An article that the gold names by its URL is the same article.
    """
    urls = {}
    for number, row in enumerate(articles, 1):
        own, url = _text(row.get("id")), _text(row.get("url"))
        known = url if url in names or not own else own
        if not known:
            raise UserError(f"row {number} of the articles of {name} has neither id nor url; remove the row")
        names[known] = None
        if url and known != url:
            urls[known] = url
        if row.get("language"):
            languages.setdefault(known, _text(row["language"]))
    return urls


def _text(value: object) -> str:
    """Return a cell as text; null and NaN are empty, and 7.0 is the 7 that a spreadsheet made of it."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    readers = {
        ".parquet": _parquet,
        ".csv": _separated,
        ".tsv": _separated,
        ".jsonl": _json_lines,
        ".ndjson": _json_lines,
    }
    if path.suffix.lower() not in readers:
        raise UserError(f"{path} is not a labelled file; give one that ends in .parquet, .csv, .tsv or .jsonl")
    try:
        yield from readers[path.suffix.lower()](path)
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}; check its name and rights") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not in UTF-8; save it in UTF-8") from error


def _parquet(path: Path) -> Iterator[Mapping[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            columns = [name for name in file.schema_arrow.names if name in KNOWN]
            for batch in file.iter_batches(columns=columns):
                yield from batch.to_pylist()
    except pa.ArrowException as error:
        raise UserError(f"{path} is not a whole Parquet file; write or fetch it again") from error


def _separated(path: Path) -> Iterator[Mapping[str, Any]]:
    separator = "\t" if path.suffix.lower() == ".tsv" else ","
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, delimiter=separator, restkey="", strict=True)
        try:
            for number, row in enumerate(reader, 1):
                if row.get(""):
                    raise UserError(f"row {number} of {path} has more cells than the first line has names; quote it")
                yield row
        except csv.Error as error:
            raise UserError(f"line {reader.reader.line_num} of {path} is not CSV ({error}); mend the line") from error


def _json_lines(path: Path) -> Iterator[Mapping[str, Any]]:
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise UserError(f"line {number} of {path} is not JSON ({error.msg}); mend the line") from error
            if not isinstance(row, dict):
                raise UserError(f"line {number} of {path} is not a JSON object; write one object a line")
            yield row
