"""The local engine: DuckDB selects what is to do, a pool of processes or threads does it, the rows are appended.

The only module that imports duckdb. May import also: pyarrow, pebble, corpus.lookup, corpus.places, corpus.tables,
corpus.stages, corpus.query.
"""

import os
import re
import resource
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import TypeVar
from uuid import uuid4

import duckdb
import pyarrow as pa
from pebble import ProcessExpired, ProcessPool

from corpus import places, tables
from corpus.errors import UserError
from corpus.lookup import Lookup
from corpus.settings import Settings
from corpus.stages import Batch, Stage, by_part, load

Connection = duckdb.DuckDBPyConnection
Error = duckdb.Error
T = TypeVar("T")

SECONDS = 10.0
"""How long a batch of a risky stage may take; then it is taken apart, and each of its rows has as long."""
WORKER_BYTES = 1_000_000_000
"""How much memory a worker of a risky stage may hold, with some 150 MB that the interpreter and its libraries take."""
MEMORY_BYTES = 2_000_000_000
"""How much DuckDB may hold before it spills to disk: less costs little time, more is no faster."""
PLACES = """
SELECT filename, list(file_row_number ORDER BY file_row_number) AS places
FROM {signatures}
WHERE text_id IN (SELECT a FROM named UNION SELECT b FROM named)
GROUP BY filename
ORDER BY filename
"""
"""Where the named texts lie: DuckDB would read all columns of all row groups for a few texts in each."""
FLUSH_ROWS, FLUSH_SECONDS = 20_000, 20.0

Progress = Callable[[str, int], None]
"""Told (stage, rows done) after each batch."""


@dataclass(frozen=True)
class Work:
    """What is done with each batch of a stage's rows."""

    batch: Batch
    settings: Settings
    context: pa.Table | None
    texts: Lookup | None = None

    def __call__(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """Return what the batch function makes of the rows; the texts that they name go with them."""
        if self.texts is None:
            return self.batch(rows, self.settings, self.context)
        named = pa.concat_arrays([rows.column("a"), rows.column("b")]).unique()
        return self.batch(rows, self.settings, self.context, self.texts.take(named))


def connect(
    folder: Path, *, threads: int | None = None, memory: str | None = None, scratch: Path | None = None
) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB connection (in memory) in which every table of the corpus is a view of its own name.

    What exceeds MEMORY_BYTES (or 60 % of the machine's memory where that is less) goes to the folder `scratch`, or to
    one of its own among the system's temporary files; what exceeds a `memory` that is given ends the query. Raises
    UserError where the folder holds no corpus.
    """
    tables.demand(folder)
    threads = threads or os.cpu_count() or 1
    con = duckdb.connect(
        config={"threads": threads, "memory_limit": memory or "60%", "temp_directory": _spilt(memory, scratch)}
    )
    if memory is None and _may_hold(con) > MEMORY_BYTES:
        con.execute(f"SET memory_limit = '{MEMORY_BYTES}B'")
    if places.remote(folder):
        con.register_filesystem(places.reader(folder))
    con.execute("SET TimeZone = 'UTC'")
    # Asked first: in a notebook without ipywidgets the bar is off, and DuckDB refuses to hear of it.
    if con.execute("SELECT current_setting('enable_progress_bar')").fetchall()[0][0]:
        con.execute("SET enable_progress_bar = false")
    con.execute("SET preserve_insertion_order = false")
    for name in tables.SCHEMAS:
        con.execute(f"CREATE VIEW {name} AS FROM {_parquet(folder, name)}")
    return con


def _parquet(folder: Path, name: str) -> str:
    pattern = tables.pattern(folder, name).replace("'", "''")
    return f"read_parquet('{pattern}')"


def _spilt(memory: str | None, scratch: Path | None) -> str:
    """Return the folder that DuckDB makes when it needs it and removes with the connection."""
    if memory:  # a locked-in process: it may not write, not even to find out where it could
        return ""
    return str(scratch or Path(gettempdir()) / f"wirecopy-{uuid4().hex}")


def run_stage(folder: Path, stage: Stage, settings: Settings, progress: Progress | None = None) -> int:
    """Do what is outstanding of the stage and return the number of rows written.

    One process at a time works on a stage of a corpus; another waits and then finds less to do. A row whose batch
    function crashes, hangs or needs too much memory is given to the stage's `failed`; its neighbours are not lost.
    Raises UserError where there is no corpus, the disk is full, or the system ends a worker of a stage that has no
    `failed`.
    """
    tables.demand(folder)
    with (
        tables.locked(folder, f"stage-{stage.name}"),
        scratch_folder(folder, stage.name) as scratch,
        connect(folder, scratch=scratch / "spilt") as con,
    ):
        view_by_part(con, folder, stage.asked())
        context = con.sql(stage.context).to_arrow_table() if stage.context else None
        _steps(con, stage, settings)
        done = {table: con.table(step).to_arrow_table() for table, step in stage.done.items()}
        query = stage.query()
        asked = partial(con.sql, query, params=stage.values(settings, query))
        work = Work(stage.batch, settings, context)
        if not stage.texts:
            to_do = asked().to_arrow_reader(stage.rows)
        else:
            rows = _roomy(con, lambda: asked().to_arrow_table())
            for step in stage.steps:
                con.execute(f"DROP TABLE IF EXISTS {step}")
            work = replace(work, texts=_texts_of(con, folder, rows, stage, scratch))
            to_do = rows.to_reader(stage.rows)
        written = _drain(folder, stage, _map(stage, work, _sized(to_do, stage.rows)), progress)
        for table, found in done.items():
            tables.append(folder, table, found)
        return written


def view_by_part(con: Connection, folder: Path, queries: Iterable[str]) -> None:
    """Make the views of the tables that queries want with the file that each row lies in."""
    for name in by_part(queries):
        con.execute(f"CREATE VIEW {name}_by_part AS SELECT *, filename AS part FROM {_parquet(folder, name)}")


def _steps(con: Connection, stage: Stage, settings: Settings) -> None:
    """Make a table of each step's rows; one goes as soon as nothing that follows names it.

    What a join is built from stands last in the steps: DuckDB, which counts an unnested list as one row, would choose
    all texts' anchors.
    """
    con.execute("SET disabled_optimizers = 'build_side_probe_side'")
    queries = stage.asked()
    for number, step in enumerate(stage.steps):
        made = f"CREATE TEMP TABLE {step} AS {queries[number]}"
        _roomy(con, partial(con.execute, made, stage.values(settings, queries[number])))
        wanted = set(re.findall(r"\b(?:FROM|JOIN) (\w+)", "\n".join(queries[number + 1 :])))
        for past in set(stage.steps[: number + 1]) - wanted - set(stage.done.values()):
            con.execute(f"DROP TABLE IF EXISTS {past}")
    con.execute("SET disabled_optimizers = ''")


def _roomy(con: Connection, work: Callable[[], T]) -> T:
    """Do the work; as long as DuckDB cannot in what it may hold, it may hold twice as much, up to 60 % of the machine.

    Not all that a join holds can be spilled. Raises UserError where the machine is too small.
    """
    while True:
        try:
            return work()
        except duckdb.OutOfMemoryException as error:
            held = _may_hold(con)
            con.execute("SET memory_limit = '60%'")
            most = _may_hold(con)
            if held > 0.9 * most:  # DuckDB tells both in round numbers
                raise UserError(
                    f"this corpus needs more memory than the {most / 1e9:.1f} GB that DuckDB may hold here; "
                    "a larger machine can go on, or several with --engine spark: what was done is kept"
                ) from error
            con.execute(f"SET memory_limit = '{min(2 * held, most)}B'")


def _may_hold(con: Connection) -> int:
    return int(con.execute("SELECT parse_formatted_bytes(current_setting('memory_limit'))").fetchall()[0][0])


@contextmanager
def scratch_folder(folder: Path, stage: str) -> Iterator[Path]:
    """Make a folder for what of a stage does not fit into memory: on the corpus's own disk, where there is most room.

    Nobody else works on the stage: an older such folder is what a sudden end left behind.
    """
    prefix, place = f".scratch-{stage}-", None if places.remote(folder) else folder
    for left in place.glob(f"{prefix}*") if place else ():
        tables.remove(left)
    with TemporaryDirectory(prefix=prefix, dir=place) as scratch:
        yield Path(scratch)


def _texts_of(con: Connection, folder: Path, rows: pa.Table, stage: Stage, scratch: Path) -> Lookup:
    """Return the stage's columns of the texts that the rows name."""
    con.register("named", rows.select(["a", "b"]))
    places = con.sql(PLACES.format(signatures=_parquet(folder, "signatures"))).to_arrow_table()
    texts = (
        batch
        for part, at in zip(places["filename"].to_pylist(), places["places"], strict=True)
        for batch in tables.read_at(tables.part(folder, "signatures", part), at.as_py(), stage.texts)
    )
    schema = pa.schema([tables.SCHEMAS["signatures"].field(name) for name in stage.texts])
    return Lookup(scratch / "texts.arrow", texts, schema, "text_id")


def _drain(folder: Path, stage: Stage, results: Iterator[pa.RecordBatch], progress: Progress | None) -> int:
    """Append the results to the stage's table in parts that are neither tiny nor long in coming."""
    held: list[pa.RecordBatch] = []
    written, since = 0, time.monotonic()
    for rows in results:
        held.append(rows)
        if sum(map(len, held)) >= FLUSH_ROWS or time.monotonic() - since > FLUSH_SECONDS:
            written += tables.append(folder, stage.output, pa.Table.from_batches(held))
            held, since = [], time.monotonic()
        if progress:
            progress(stage.name, written + sum(map(len, held)))
    if held:
        written += tables.append(folder, stage.output, pa.Table.from_batches(held))
    return written


def _sized(reader: pa.RecordBatchReader, rows: int) -> Iterator[pa.RecordBatch]:
    for batch in reader:
        for start in range(0, batch.num_rows, rows):
            yield batch.slice(start, rows)


def _map(stage: Stage, work: Work, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Run the stage's batch function over the batches: in this process where the work is small and safe."""
    first = list(islice(batches, stage.small + 1))
    if len(first) <= stage.small and not stage.risky:
        yield from map(work, first)
    elif stage.threads:
        yield from threaded(work, chain(first, batches))
    else:
        yield from pooled(stage, work, chain(first, batches))


def threaded(work: Work, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Run the batches in threads (one a core), in order, with a bounded number under way: nothing has to be copied."""
    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        under_way: deque[Future[pa.RecordBatch]] = deque()
        for batch in batches:
            under_way.append(pool.submit(work, batch))
            if len(under_way) > workers:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()


def pooled(
    stage: Stage, work: Work, batches: Iterator[pa.RecordBatch], workers: int | None = None
) -> Iterator[pa.RecordBatch]:
    """Run the batches in worker processes (one a core unless told), in order, with a bounded number under way."""
    workers = workers or os.cpu_count() or 1
    setup = (work, WORKER_BYTES if stage.risky else None)
    seconds = SECONDS if stage.failed else None
    with (
        _main_set_aside(),
        _stopped(
            ProcessPool(max_workers=workers, context=get_context("spawn"), initializer=_set_up, initargs=setup)
        ) as pool,
    ):
        under_way: deque[tuple[pa.RecordBatch, object]] = deque()
        for batch in batches:
            under_way.append((batch, pool.schedule(_work, args=(batch,), timeout=seconds)))
            if len(under_way) > 3 * workers:
                yield from _finished(stage, pool, *under_way.popleft())
        while under_way:
            yield from _finished(stage, pool, *under_way.popleft())


@contextmanager
def _stopped(pool: ProcessPool) -> Iterator[ProcessPool]:
    """End the pool's workers in any case: nothing is left to do, or nobody waits for it any more."""
    try:
        yield pool
    finally:
        pool.stop()
        pool.join()


@contextmanager
def _main_set_aside() -> Iterator[None]:
    """Keep new workers from running the user's own script, as they would: it may be what asks for this very stage."""
    script = sys.modules["__main__"]
    told: dict[str, object] = {
        name: script.__dict__[name] for name in ("__file__", "__spec__") if name in script.__dict__
    }
    script.__dict__.pop("__file__", None)
    script.__dict__["__spec__"] = None
    try:
        yield
    finally:
        script.__dict__.update(told)


def _finished(stage: Stage, pool: ProcessPool, batch: pa.RecordBatch, future: object) -> Iterator[pa.RecordBatch]:
    """Yield the batch's result; after a crash or a hang try its rows one by one, so that one bad row costs itself."""
    try:
        done = future.result()  # type: ignore[attr-defined]
    except Exception as error:  # whatever one row does to a risky stage, its neighbours go on
        if stage.failed is None:
            raise _refusal(stage, error) from error
        reason = _reason(error)
    else:
        yield done
        return
    if batch.num_rows == 1:
        yield stage.failed(batch, reason)
        return
    # One after the other: while the pool ends a worker that hangs, all others wait, and their time runs on.
    for row in _rows(batch):
        yield from _finished(stage, pool, row, pool.schedule(_work, args=(row,), timeout=SECONDS))


def _rows(batch: pa.RecordBatch) -> list[pa.RecordBatch]:
    return [batch.slice(i, 1) for i in range(batch.num_rows)]


def _reason(error: BaseException) -> str:
    if isinstance(error, TooLate):
        return f"took longer than {SECONDS:.0f} seconds"
    if isinstance(error, MemoryError):
        return "needed too much memory"
    return "crashed the parser" if isinstance(error, ProcessExpired) else f"broke the parser ({type(error).__name__})"


def _refusal(stage: Stage, error: Exception) -> Exception:
    """Return what to raise when a batch of a stage without `failed` comes to nothing: the error itself is a bug."""
    if isinstance(error, ProcessExpired | MemoryError):
        return UserError(
            f"the system ended a worker of the stage {stage.name}, most likely for want of memory; "
            "free some memory and run it again, what was done is kept"
        )
    return error


_job: Work | None = None  # a worker's own copy, set when the worker starts


def _set_up(work: Work, most_bytes: int | None) -> None:
    global _job  # noqa: PLW0603 - the initializer of a worker has no other way to hand things over
    _job = work
    load(work.batch)
    if most_bytes:
        resource.setrlimit(resource.RLIMIT_DATA, (most_bytes, most_bytes))


def _work(rows: pa.RecordBatch) -> pa.RecordBatch:
    assert _job is not None
    return _job(rows)
