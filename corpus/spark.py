"""The cluster engine: the stages' own SQL and batch functions on Spark, over the same Parquet tables.

The only module that imports pyspark. May import also: numpy, pyarrow, corpus.cluster, corpus.dialect, corpus.engine,
corpus.errors, corpus.settings, corpus.stages, corpus.tables. Every machine of the cluster needs wirecopy installed and
sees the corpus under the same path.
"""

import re
import tempfile
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema
from pyspark.sql.types import StructType

from corpus import engine, tables
from corpus.cluster import cluster as cluster_local
from corpus.dialect import translated
from corpus.errors import UserError
from corpus.settings import Settings
from corpus.stages import Stage, by_part

OPTIONS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.parquet.compression.codec": "zstd",
    "mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
    "parquet.enable.summary-metadata": "false",
    # A step's plan holds those of all before it; written out in full, as Spark does, they fill the driver's memory.
    "spark.sql.maxPlanStringLength": "10000",
}
EDGES = """
    SELECT xxhash64(a) AS u, xxhash64(b) AS v FROM pairs WHERE score >= :threshold
    UNION ALL SELECT xxhash64(id), xxhash64(text_id) FROM articles WHERE outcome = 'ok'
    UNION ALL SELECT xxhash64(id), xxhash64(cluster_id) FROM clusters
"""
"""What has to be looked at together: texts of strong pairs, a text's articles, and what was one cluster before."""
LARGE_STAR = """
    SELECT DISTINCT e.v AS u, m.least AS v
    FROM both_ways AS e INNER JOIN (SELECT u, least(u, min(v)) AS least FROM both_ways GROUP BY u) AS m ON m.u = e.u
    WHERE e.v > e.u
"""
SMALL_STAR = """
    WITH m AS (SELECT u, min(v) AS least FROM stars GROUP BY u)
    SELECT u, least AS v FROM m
    UNION SELECT e.v, m.least FROM stars AS e INNER JOIN m ON m.u = e.u WHERE e.v <> m.least
"""
BUNDLES = (
    ("articles", "id", "* EXCEPT (text, evidence, removed)"), ("clusters", "id", "*"), ("pairs", "a", "*"),
)  # fmt: skip
"""What the stage cluster reads: each table, the column that tells its component, and the columns."""


def session(master: str | None = None) -> SparkSession:
    """Return the Spark session of this process, made by Spark's own configuration where there is none yet.

    Raises UserError where Spark does not start: no Java, or no such master.
    """
    builder = SparkSession.builder.appName("wirecopy")
    try:
        return (builder.master(master) if master else builder).getOrCreate()
    except (PySparkException, Py4JError) as error:
        first = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise UserError(
            f"Spark does not start: {first}; it needs Java 17 or newer and a master that can be reached"
        ) from error


def run_stage(spark: SparkSession, folder: Path, stage: Stage, settings: Settings) -> int:
    """Do what is outstanding of the stage, on all of Spark's workers, and return the number of rows written.

    Rows become visible when all are done; a worker that dies has its part done again by another. Raises UserError
    where there is no corpus.
    """
    tables.demand(folder)
    with tables.locked(folder, f"stage-{stage.name}"):
        own = _opened(spark, folder)
        for name in by_part(stage.asked()):
            rows = own.read.schema(_schema(name)).parquet(_path(folder / name))
            rows.select("*", rows["_metadata.file_path"].alias("part")).createOrReplaceTempView(f"{name}_by_part")
        context = own.sql(translated(stage.context)).toArrow() if stage.context else None
        steps = [_view(own, step, stage.values(settings, query), query) for step, query in stage.queries().items()]
        done = {table: own.table(step).toArrow() for table, step in stage.done.items()}
        query = stage.query()
        to_do = own.sql(translated(query), args=stage.values(settings, query))
        own.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", stage.rows)
        work = partial(_worked, stage=stage, work=engine.Work(stage.batch, settings, context))
        made = _spread(_with_texts(own, to_do, stage)).mapInArrow(work, _schema(stage.output))
        written = _append(folder, stage.output, made)
        for step in steps:
            step.unpersist()
        for table, found in done.items():
            tables.append(folder, table, found)
        return written


def _view(own: SparkSession, name: str, values: dict[str, Any], query: str) -> DataFrame:
    """Make a view of a query's rows, which are worked out once."""
    rows = own.sql(translated(query), args=values).persist()
    rows.createOrReplaceTempView(name)
    return rows


def _with_texts(own: SparkSession, to_do: DataFrame, stage: Stage) -> DataFrame:
    """Put beside each row the columns that the stage wants of its two texts, named after the sides a and b."""
    for side in "ab" if stage.texts else "":
        columns = ", ".join(f"s.{name} AS {name}_{side}" for name in stage.texts)
        texts = own.sql(f"SELECT {columns} FROM signatures AS s")
        to_do = to_do.join(texts, to_do[side] == texts[f"text_id_{side}"])
    return to_do


def cluster(spark: SparkSession, folder: Path, settings: Settings) -> int:
    """Bring the `clusters` table up to date: bundles of whole components, by the local engine's code on some worker.

    Return the number of rows.
    """
    tables.demand(folder)
    with tables.locked(folder, "stage-cluster"), tables.locked(folder, "stage-pair"):
        own = _opened(spark, folder)
        scratch = folder / f".components-{uuid.uuid4().hex}"
        try:
            _components(own, own.sql(EDGES, args={"threshold": settings.threshold}), scratch)
            made = _bundled(own, settings).toArrow()
        finally:
            tables.remove(scratch)
        merged = pc.is_valid(made["into"])
        if pc.any(merged).as_py():
            tables.append(folder, "merges", made.filter(merged).select(tables.SCHEMAS["merges"].names))
        return tables.replace(
            folder, "clusters", made.filter(pc.invert(merged)).select(tables.SCHEMAS["clusters"].names)
        )


def _opened(spark: SparkSession, folder: Path) -> SparkSession:
    """Return a session of its own beside the user's, with every table of the corpus as a view of its own name."""
    own = spark.newSession()
    for name, value in OPTIONS.items():
        own.conf.set(name, value)
    for name in tables.SCHEMAS:
        rows = own.read.schema(_schema(name)).parquet(_path(folder / name))
        rows.createOrReplaceTempView(name)
    return own


def _path(folder: Path) -> str:
    """Return the folder's name as Spark takes it: Hadoop's own reader of S3 has another scheme."""
    return re.sub("^s3://", "s3a://", str(folder))


def _schema(name: str) -> StructType:
    return from_arrow_schema(tables.SCHEMAS[name])


def _spread(to_do: DataFrame) -> DataFrame:
    """Deal the rows out by their first column, neighbours together: pairs of one text share what is read of it."""
    first = to_do.columns[0]
    count = int(to_do.sparkSession.conf.get("spark.sql.shuffle.partitions") or 200)
    return to_do.repartition(count, first).sortWithinPartitions(first)


def _worked(batches: Iterator[pa.RecordBatch], stage: Stage, work: engine.Work) -> Iterator[pa.RecordBatch]:
    """Run the batch function in one of Spark's Python workers; a risky one in a process that can be ended."""
    if stage.risky:
        yield from engine.pooled(stage, work, batches, workers=1)
        return
    for batch in batches:
        if stage.texts:
            texts = _distinct_texts(batch, stage)
            yield work.batch(batch.select(["a", "b", "view"]), work.settings, work.context, texts)
        else:
            yield work(batch)


def _distinct_texts(rows: pa.RecordBatch, stage: Stage) -> pa.RecordBatch:
    """Return each text that stands beside the rows once."""
    sides = [
        pa.RecordBatch.from_arrays([rows.column(f"{name}_{side}") for name in stage.texts], names=list(stage.texts))
        for side in "ab"
    ]
    ids = pa.concat_arrays([side.column("text_id") for side in sides]).to_numpy(zero_copy_only=False)
    _, first = np.unique(ids.astype("S"), return_index=True)
    of_a, of_b = pa.array(first[first < len(rows)]), pa.array(first[first >= len(rows)] - len(rows))
    return pa.concat_batches([sides[0].take(of_a), sides[1].take(of_b)])


def _append(folder: Path, name: str, made: DataFrame) -> int:
    """Add the rows to a table, each exactly once whatever happens to workers; return their number."""
    table = made.sparkSession.table(name)
    before = table.count()
    made.write.mode("append").parquet(_path(folder / name))
    after = made.sparkSession.read.schema(_schema(name)).parquet(_path(folder / name)).count()
    return int(after - before)


def _components(own: SparkSession, edges: DataFrame, scratch: Path) -> None:
    """Make the view `components` (u, v): each node and the least one of those it is linked to, itself included.

    Method: large star and small star in turn, Kiveris et al. 2014. Each round is written down, which keeps Spark from
    working out all earlier ones again.
    """
    before, round_ = None, 0
    while True:
        edges.createOrReplaceTempView("edges")
        own.sql("SELECT u, v FROM edges UNION SELECT v, u FROM edges").createOrReplaceTempView("both_ways")
        own.sql(LARGE_STAR).createOrReplaceTempView("stars")
        own.sql(SMALL_STAR).write.parquet(_path(scratch / str(round_)))
        edges = own.read.parquet(_path(scratch / str(round_)))
        now = edges.selectExpr("count(*)", "sum(CAST(v AS DECIMAL(38)))").first()
        if now == before:
            break
        before, round_ = now, round_ + 1
    edges.union(edges.selectExpr("v", "v").distinct()).createOrReplaceTempView("components")


def _bundled(own: SparkSession, settings: Settings) -> DataFrame:
    """Return rows of `clusters` and of `merges`, in one table with the columns of both."""
    count = int(own.conf.get("spark.sql.shuffle.partitions") or 200)
    rows = None
    for name, key, columns in BUNDLES:
        part = own.sql(
            f"SELECT t.*, '{name}' AS of_table, pmod(c.v, {count}) AS bundle FROM (SELECT {columns} FROM {name}) AS t "
            f"INNER JOIN components AS c ON c.u = xxhash64(t.{key})"
        )
        rows = part if rows is None else rows.unionByName(part, allowMissingColumns=True)
    assert rows is not None
    both = pa.unify_schemas([tables.SCHEMAS[name].remove_metadata() for name in ("clusters", "merges")])
    work = partial(_clustered, settings=settings, schema=both)
    return rows.groupBy("bundle").applyInArrow(work, from_arrow_schema(both))


def _clustered(rows: pa.Table, settings: Settings, schema: pa.Schema) -> pa.Table:
    """Cluster one bundle in a small corpus of its own; return its rows of `clusters` and `merges`."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        tables.create(folder)
        for name, _, _ in BUNDLES:
            of_table = rows.filter(pc.equal(rows["of_table"], name))
            tables.append(
                folder, name, of_table.select([n for n in tables.SCHEMAS[name].names if n in rows.schema.names])
            )
        cluster_local(folder, settings)
        made = [pq.read_table(folder / name).replace_schema_metadata(None) for name in ("clusters", "merges")]
    whole = pa.concat_tables(made, promote_options="default")
    return whole.select(schema.names).cast(schema)
