"""What the explorer's pages are read from: small tables of the corpus, made once for each state of it and kept.

May import: the standard library, corpus.engine, corpus.query, corpus.stages, corpus.tables, corpus.errors.
The tables (sql/web/index.sql) lie in one DuckDB file in the corpus's folder, so that a page's time does not grow with
the texts; the texts themselves are read from the corpus when a page shows one.
"""

import contextlib
import hashlib
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from corpus import __version__, engine, query, tables
from corpus.errors import UserError
from corpus.stages import sql

FOLDER = ".explorer"
READ = ("pages", "articles", "pairs", "clusters", "signatures")
"""The tables whose change makes a new index."""
LOOK_SECONDS = 2.0
"""How long one look at the corpus's part files holds."""
_TEXT = "id, left(text, $most) AS text, length(text) AS length, evidence"
_KEPT_TEXTS = "SELECT {columns} FROM explorer.texts WHERE cluster_id IN ({cluster}) AND id IN ({id})"
_LONE_TEXTS = "SELECT {columns} FROM explorer.texts WHERE cluster_id IS NULL AND id IN ({id})"
_OTHER_TEXTS = """
SELECT {columns}
FROM read_parquet([{part}], file_row_number = true)
WHERE file_row_number IN ({place}) AND id IN ({id})
"""
Row = dict[str, Any]


class Index:
    """One state of the corpus, to be asked. Any number of threads may ask at once."""

    def __init__(self, folder: Path) -> None:
        """Open the index of the corpus's state, or make it. Raises UserError where there is no corpus."""
        tables.demand(folder)
        self.folder, self.state = folder, state_of(folder)
        self.con = engine.connect(folder)
        self._kept: dict[str, Any] = {}
        self._lock = threading.Lock()
        try:
            path = _file(folder, self.state)
        except UserError:  # a folder that may only be read: the tables live as long as the program
            _fill(folder, self.con, ":memory:")
            return
        self.con.execute(f"ATTACH '{_quoted(path)}' AS explorer (READ_ONLY)")

    def rows(self, name: str, /, **values: object) -> list[Row]:
        """Answer sql/web/NAME.sql; its parameters are `$name`."""
        return self.answer(sql(f"web/{name}"), **values)

    def row(self, name: str, /, **values: object) -> Row | None:
        """Answer with the first row, or None."""
        found = self.rows(name, **values)
        return found[0] if found else None

    def answer(self, text: str, /, **values: object) -> list[Row]:
        """Answer SQL of the explorer's own; never give it text from outside other than as a value."""
        with self.con.cursor() as cursor:
            rows: list[Row] = cursor.sql(text, params=values or None).to_arrow_table().to_pylist()
        return rows

    def texts(self, ids: Iterable[str], most: int) -> dict[str, Row]:
        """Return `text` (cut to so many characters), its whole `length` and `evidence` of articles, by id.

        Most are in the index; the others get read from the part files where the index says that they are, and left
        out where these have gone meanwhile.
        """
        rows = self.answer(
            "SELECT id, cluster_id AS cluster, part, place FROM explorer.facts WHERE list_contains($ids, id)",
            ids=list(ids),
        )
        found = self._texts(_KEPT_TEXTS, [row for row in rows if row["cluster"]], most)
        found |= self._texts(_LONE_TEXTS, [row for row in rows if row["id"] not in found], most)
        for row in rows:
            row["part"] = str(tables.part(self.folder, "articles", row["part"]))
        return found | self._texts(_OTHER_TEXTS, [row for row in rows if row["id"] not in found], most)

    def _texts(self, text: str, rows: list[Row], most: int) -> dict[str, Row]:
        """Answer with the texts of these rows; each of their values is a parameter, so that DuckDB skips the rest."""
        if not rows:
            return {}
        names = [name for name in rows[0] if f"{{{name}}}" in text]
        values = {f"{name}{at}": row[name] for name in names for at, row in enumerate(rows)}
        listed = {name: ", ".join(f"${name}{at}" for at in range(len(rows))) for name in names}
        return {row["id"]: row for row in self.answer(text.format(columns=_TEXT, **listed), most=most, **values)}

    def kept(self, name: str, make: Any) -> Any:
        """Return what `make()` gave the first time it was asked for under that name."""
        with self._lock:
            if name not in self._kept:
                self._kept[name] = make()
            return self._kept[name]


class Current:
    """The index of the corpus as it is now: while a new state is being read, the one before answers."""

    def __init__(self, folder: Path, then: Callable[[Index], None] = lambda index: None) -> None:
        """Read the corpus's index; `then` is called with it, and with each later one, in a thread of its own."""
        self.folder, self.then = folder, then
        self.index = Index(folder)
        self.following = threading.Thread(target=then, args=(self.index,), daemon=True)
        self.following.start()
        self.stale = False
        self.renewing: threading.Thread | None = None
        self._looked = time.monotonic()
        self._lock = threading.Lock()

    def get(self) -> Index:
        """Return the index, and begin to make the next one where the corpus has changed."""
        with self._lock:
            if not self.stale and time.monotonic() - self._looked > LOOK_SECONDS:
                self._looked = time.monotonic()
                if state_of(self.folder) != self.index.state:
                    self.stale = True
                    self.renewing = threading.Thread(target=self._renew, daemon=True)
                    self.renewing.start()
        return self.index

    def _renew(self) -> None:
        try:
            self.index = Index(self.folder)
        except (UserError, engine.Error):  # half written or away: the old one stays, the next look tries again
            time.sleep(LOOK_SECONDS)
            self.stale = False
            return
        self.stale = False
        self.then(self.index)


def state_of(folder: Path) -> str:
    """Return a name for what the corpus holds and how the explorer reads it; another part file gives another name."""
    told = hashlib.sha256(f"{__version__} {sql('web/index')} {sql(query.VIEWS)}".encode())
    for name in READ:
        for part in tables.parts(folder, name):
            with contextlib.suppress(FileNotFoundError):  # replaced this moment
                held = part.stat()
                told.update(f"{name}/{part.name} {held.st_size} {held.st_mtime_ns}\n".encode())
    return told.hexdigest()[:16]


def _file(folder: Path, state: str) -> Path:
    """Return the DuckDB file of that state, made where it is missing; files of other states go."""
    place = folder.absolute() / FOLDER
    path = place / f"{state}.duckdb"
    try:
        place.mkdir(exist_ok=True)
        with tables.locked(folder, "explorer"):
            if path.exists():
                return path
            temporary = place / f"{uuid.uuid4().hex}.tmp"
            try:
                with engine.connect(folder) as con:
                    _fill(folder, con, _quoted(temporary))
                    con.execute("DETACH explorer")  # writes what is still in its log
                temporary.replace(path)
            finally:
                temporary.unlink(missing_ok=True)
            for other in place.glob("*.duckdb"):
                if other != path:
                    other.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(f"cannot write {place}: {error.strerror or os.strerror(error.errno or 0)}") from error
    return path


def _fill(folder: Path, con: engine.Connection, place: str) -> None:
    query.install_views(con, folder)
    con.execute(f"ATTACH '{place}' AS explorer")
    con.execute(query.located(sql("web/index"), folder))


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
