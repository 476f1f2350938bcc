"""Stage learn: keeps the `rarity` table in step with the corpus, and has dependent rows made again where it moved.

May import: pyarrow, corpus.engine, corpus.features, corpus.rarity, corpus.tables, corpus.settings.
"""

from collections import Counter
from contextlib import ExitStack
from functools import reduce
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus import engine, features, rarity, tables
from corpus.kernels import BINS
from corpus.settings import Settings

SAMPLE = """
WITH numbered AS (
    SELECT text_id, row_number() OVER (PARTITION BY coalesce(language, '') ORDER BY text_id) AS place
    FROM signatures
    WHERE coalesce(language, '') IN (SELECT unnest($languages))
)
SELECT coalesce(s.language, '') AS language, s.normal, s.romanised, s.names, s.at
FROM signatures AS s
WHERE s.text_id IN (SELECT text_id FROM numbered WHERE place <= $most)
"""
GROWTH = 1.1
"""A language's rarity is learned again when its texts have grown by more than this factor."""


def learn(folder: Path, settings: Settings) -> list[str]:
    """Learn the rarity of every language that has grown by more than a tenth; return these languages.

    Their texts' anchors and pairs are dropped and so become outstanding again: a corpus that grew by as much as that
    gives the same result as one that was made at once. Smaller growth keeps the old weights and costs nothing.
    """
    tables.demand(folder)
    with ExitStack() as held:
        for stage in ("close", "pair", "anchor"):
            held.enter_context(tables.locked(folder, f"stage-{stage}"))
        con = held.enter_context(engine.connect(folder))
        stale = [
            (language, of)
            for language, of, before in con.execute(
                "SELECT language, of, coalesce(before, 0) FROM "
                "(SELECT coalesce(language, '') AS language, count(*) AS of FROM signatures GROUP BY ALL) AS now "
                "LEFT JOIN (SELECT language, any_value(of) AS before FROM rarity GROUP BY ALL) AS r USING (language) "
                "ORDER BY language"
            ).fetchall()
            if of > GROWTH * before or of < before / GROWTH
        ]
        if not stale:
            return []
        sizes = dict(stale)
        names = list(sizes)
        kept = con.sql(
            "SELECT * FROM rarity WHERE language NOT IN (SELECT unnest($names))", params={"names": names}
        ).to_arrow_table()
        learned = [_plain(pa.Table.from_batches([one])) for one in _learn(con, sizes)]
        _forget(con, folder, names)
        tables.replace(folder, "rarity", pa.concat_tables([_plain(kept), *learned]))
        return names


def _learn(con: engine.Connection, sizes: dict[str, int]) -> list[pa.RecordBatch]:
    """Return the `rarity` rows of each language; sizes: how many texts each has."""
    counts = {language: [np.zeros(BINS, np.int32) for _ in rarity.NAMES_OF_CLASSES] for language in sizes}
    texts: Counter[str] = Counter()
    sample = con.sql(SAMPLE, params={"languages": list(sizes), "most": rarity.SAMPLE})
    for batch in sample.to_arrow_reader(1000):
        for language in batch.column("language").unique().to_pylist():
            of_language = batch.filter(pc.equal(batch.column("language"), language))
            texts[language] += of_language.num_rows
            for c, of_class in enumerate(counts[language]):
                features.count_bins(features.distinct_keys(of_language, c)[0], of_class)
    return [rarity.learned(language, counts[language], texts[language], of) for language, of in sizes.items()]


def _forget(con: engine.Connection, folder: Path, languages: list[str]) -> None:
    """Drop what was made with the old weights. Keys of what is done go first: a crash in between means more to do."""
    for name in ("closed", "common"):  # what many texts had fewer may have now
        tables.replace(folder, name, tables.rows_of(name, []))
    moved = con.sql(
        "SELECT text_id FROM signatures WHERE coalesce(language, '') IN (SELECT unnest($languages))",
        params={"languages": languages},
    ).to_arrow_table()["text_id"]
    for name, keys in (("paired", ("text_id",)), ("pairs", ("a", "b")), ("anchors", ("text_id",))):
        for part in tables.parts(folder, name):  # one after the other: anchors are many
            rows = tables.read(part)
            stale = reduce(pc.or_, (pc.is_in(rows[key], moved) for key in keys))
            if pc.any(stale).as_py():
                tables.rewrite(part, rows.filter(pc.invert(stale)))


def _plain(table: pa.Table) -> pa.Table:
    return table.cast(tables.SCHEMAS["rarity"].remove_metadata())
