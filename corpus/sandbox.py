"""A room for SQL of strangers: one reading statement, in a process of its own that can write, fetch and spend nothing.

Three walls stand behind one another. The statement's syntax tree must hold nothing but SELECTs over the corpus's
views (DuckDB lets a WITH clause write, so the kind of the statement alone says too little). DuckDB itself is locked:
no files but the table folders, no network, no extensions, no settings. The process has no environment, may write no
file, and is ended when its time or memory is spent.

May import: the standard library, pyarrow, corpus.errors, corpus.places, corpus.query, corpus.tables; in the child
corpus.engine.
"""

import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import IO, TYPE_CHECKING, Any

import pyarrow as pa

from corpus import query, tables
from corpus.errors import UserError
from corpus.places import demand_local

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROWS_A_BATCH = 10_000
_MEBIBYTE = 1 << 20
_OVERHEAD = 1024 * _MEBIBYTE
"""Data memory that Python, Arrow and DuckDB's threads may take beside DuckDB's own limit."""
_READING_NODES = {"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"}
_TABLE_FUNCTIONS = {
    "range", "generate_series", "unnest", "repeat", "repeat_row", "json_each", "json_tree", "summary",
    "duckdb_columns", "duckdb_views", "duckdb_tables", "duckdb_functions", "duckdb_types", "duckdb_keywords",
    "duckdb_variables", "pragma_table_info", "pragma_show", "pragma_version", "pg_timezone_names",
    "test_all_types",
}  # fmt: skip
_EXPLAIN = re.compile(r"\s*EXPLAIN\s+(?:ANALYZE\s+)?(?:\(\s*FORMAT\s+\w+\s*\)\s*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Limits:
    """How much a query may spend. `seconds` counts the time waited for rows, not the time that their reader takes."""

    seconds: float = 60.0
    memory: int = 0
    """DuckDB's memory in MiB, 0 for half of the machine's; the process as a whole may take 1 GiB more."""
    threads: int = 0
    """0 for all cores."""

    def filled(self) -> "Limits":
        """Return the limits with the machine's figures in place of zeros."""
        half = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2 // _MEBIBYTE
        return Limits(self.seconds, self.memory or half, self.threads or os.cpu_count() or 1)


@contextmanager
def ask(
    folder: Path, asked: query.Query, values: Mapping[str, object] | None = None, limits: Limits | None = None
) -> Iterator[pa.RecordBatchReader]:
    """Answer the query in a locked process of its own; the rows stream, and leaving the block ends the process.

    Raises UserError where the query is refused, wrong, or spends too much - also while the rows are read.
    """
    limits = (limits or Limits()).filled()
    demand_local(folder, "ask in a locked room, without network (Corpus.sql in Python asks without one)")
    if not tables.exists(folder):
        raise UserError(f"{folder} holds no corpus yet; `wirecopy crawl` or `wirecopy import` makes one")
    request = {
        "folder": str(folder.absolute()),
        "name": asked.name,
        "text": asked.text,
        "variables": [v.name for v in asked.variables],
        "values": dict(values or {}),
        "seconds": limits.seconds,
        "memory": limits.memory,
        "threads": limits.threads,
    }
    with _child() as process:
        answer = _Answer(process, limits)
        try:
            answer.send(json.dumps(request))
            yield answer.reader()
        finally:
            process.kill()


def _child() -> "subprocess.Popen[bytes]":
    """Start the process: the parent's import path, none of its environment, and no module from the working folder."""
    path = os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path if entry)
    environment = {"PYTHONPATH": path, "PYTHONSAFEPATH": "1", "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "corpus.sandbox"]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment, cwd="/")


class _Answer:
    """Reads the child's rows and ends it when its time is up."""

    def __init__(self, process: "subprocess.Popen[bytes]", limits: Limits) -> None:
        self.process, self.limits = process, limits
        self.left = limits.seconds
        self.late = False

    def send(self, request: str) -> None:
        assert self.process.stdin
        try:
            with self.process.stdin as pipe:
                pipe.write(request.encode())
        except BrokenPipeError:
            raise self.failure() from None

    def reader(self) -> pa.RecordBatchReader:
        stream = self.timed(lambda: pa.ipc.open_stream(self.process.stdout))
        return pa.RecordBatchReader.from_batches(stream.schema, self.batches(stream))

    def batches(self, stream: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        while (batch := self.timed(lambda: next(stream, None))) is not None:
            yield batch
        if self.process.wait() != 0:
            raise self.failure()

    def timed(self, wait: Callable[[], Any]) -> Any:
        """Wait for the child, at most for the time that is left to it."""
        timer = Timer(max(self.left, 0.01), self.end)
        began = time.monotonic()
        timer.start()
        try:
            return wait()
        except (pa.ArrowInvalid, OSError):
            raise self.failure() from None
        finally:
            timer.cancel()
            self.left -= time.monotonic() - began

    def end(self) -> None:
        self.late = True
        self.process.kill()

    def failure(self) -> UserError:
        """Say in a sentence why the child ended."""
        self.process.kill()
        status = self.process.wait()
        if self.late:
            return UserError(
                f"the query took longer than {self.limits.seconds:g} seconds; narrow it or allow more time"
            )
        assert self.process.stderr
        told = self.process.stderr.read(100_000).decode("utf-8", "replace")
        if status == 1 and told.startswith("{"):
            return UserError(json.loads(told)["error"])
        return UserError(
            f"the query needs more memory or time than {self.limits.memory} MiB and {self.limits.seconds:g} seconds; "
            "narrow it or allow more"
        )


def check(con: "DuckDBPyConnection", text: str) -> None:
    """Refuse, with a UserError, all but one statement that reads the views.

    The test is on DuckDB's own syntax tree and lists what is allowed: query nodes that read, table functions that touch
    no file, plain names of tables.
    """
    body = text[found.end() :] if (found := _EXPLAIN.match(text)) else text
    ((told,),) = con.execute("SELECT json_serialize_sql(?::VARCHAR)", [body]).fetchall()
    tree = json.loads(told)
    if tree.get("error"):
        if tree.get("error_type") == "not implemented":
            raise UserError("the query may only read: a single SELECT (or FROM, WITH, DESCRIBE, SUMMARIZE, EXPLAIN)")
        told = str(tree.get("error_message", "syntax error")).split(". ")[0]
        raise UserError(f"the query cannot be read: {told}")
    if not tree["statements"]:
        raise UserError("the query is empty; try: SELECT publisher, count(*) FROM articles GROUP BY publisher")
    if len(tree["statements"]) != 1:
        raise UserError(f"ask one query at a time; this text holds {len(tree['statements'])}")
    _walk(tree["statements"])


def _walk(root: object) -> None:
    """Look at every node of the tree; without recursion, since the depth is the stranger's choice."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            _judge(node)
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _judge(node: dict[str, Any]) -> None:
    kind = node.get("type")
    if "info_type" in node or (isinstance(kind, str) and kind.endswith("_NODE") and kind not in _READING_NODES):
        raise UserError("the query may only read; it tries to change or write something inside a WITH clause")
    if kind == "TABLE_FUNCTION":
        name = str(node["function"].get("function_name", "")).lower()
        if name not in _TABLE_FUNCTIONS:
            raise UserError(f"{name}() is not allowed in a query; read the corpus's views instead")
    if kind == "BASE_TABLE" and re.search(r"[./\\:*?\[]", str(node.get("table_name", ""))):
        raise UserError(f"{node['table_name']!r} looks like a file; a query may read the corpus's views alone")


def lock(con: "DuckDBPyConnection", folder: Path) -> None:
    """Shut the connection: it reads the corpus's tables, and can do, load and change nothing else, for good."""
    folders = ", ".join("'" + str(folder.absolute() / name).replace("'", "''") + "/'" for name in query.tables_read())
    con.execute(f"""
        SET temp_directory = '';
        SET python_enable_replacements = false;
        SET autoload_known_extensions = false;
        SET autoinstall_known_extensions = false;
        SET allow_community_extensions = false;
        SET allow_persistent_secrets = false;
        SET allowed_directories = [{folders}];
        SET enable_external_access = false;
        SET lock_configuration = true;
    """)


def _demand_files(folder: Path, name: str) -> None:
    """Raise UserError where a part of the table is a link, which could lead anywhere."""
    for part in tables.parts(folder, name):
        if part.is_symlink():
            raise UserError(f"{part} is a symbolic link; put the file itself there, or ask without the sandbox")


def _limit(request: dict[str, Any]) -> None:
    """Take from this process the rights to write files, dump core and use more than its share."""
    memory = request["memory"] * _MEBIBYTE + _OVERHEAD
    seconds = int(request["seconds"] * request["threads"]) + 5
    for what, most in (
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_CPU, seconds),
    ):
        _, hard = resource.getrlimit(what)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, least))


def _serve() -> None:
    """Be the child: read the request, answer it on stdout as an Arrow stream, or complain on stderr."""
    from corpus import engine

    request = json.load(sys.stdin)
    _limit(request)
    asked = query.Query(
        request["name"], "", tuple(query.Variable(name, "", "") for name in request["variables"]), request["text"]
    )
    folder = Path(request["folder"])
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        for name in query.tables_read():
            _demand_files(folder, name)  # before the first part of any table is opened
        con = engine.connect(folder, threads=request["threads"], memory=f"{request['memory']}MiB")
        query.install_views(con, folder)
        query.set_variables(con, asked, request["values"])
        lock(con, folder)
        check(con, asked.text)
        _stream(con, asked.text, out)
    except UserError as error:
        _complain(error)
    except (engine.duckdb.Error, pa.ArrowException) as error:  # type: ignore[attr-defined]
        _complain(query.explain(error))


def _stream(con: "DuckDBPyConnection", text: str, out: IO[bytes]) -> None:
    answer = con.sql(text)
    if answer is None:
        raise UserError("the query answers nothing; it must be a single SELECT")
    rows = answer.to_arrow_reader(ROWS_A_BATCH)
    with out, pa.ipc.new_stream(out, rows.schema) as sink:
        for batch in rows:
            sink.write_batch(batch)
            out.flush()


def _complain(error: UserError) -> None:
    sys.stderr.write(json.dumps({"error": str(error)}))
    sys.stderr.flush()
    os._exit(1)


if __name__ == "__main__":
    _serve()
