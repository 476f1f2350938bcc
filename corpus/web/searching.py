"""Full-text search in every script, on the normal forms that the pairs were made of.

May import: the standard library, regex, corpus.text, corpus.tables, corpus.web.index.
The texts of clusters are kept in an index of SQLite's FTS5 beside the explorer's tables; it only ever grows, since a
text never changes, and is filled while the pages answer already. A word is found at the beginnings of words - in Arabic
and Hebrew also behind the article and the prepositions that are written together with it - and one in plain Latin
letters in every script that it can be spelt from (putin, Путин). Words between quotation marks must follow one another.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from itertools import count
from pathlib import Path
from typing import NamedTuple

import regex

from corpus import tables
from corpus.text import normalise
from corpus.web.index import FOLDER, Index

MOST_TERMS = 8
ROWS = 1_000
_FILE = "search-1.sqlite"
_TERM = regex.compile(r'["“„«](?P<phrase>[^"“”„«»]+)["”“»]|(?P<word>[^\s"“”„«»]+)')
_TABLES = """
CREATE TABLE IF NOT EXISTS texts (number INTEGER PRIMARY KEY, text_id TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(
    body, content = '', columnsize = 0, tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'"
);
"""
_WANTED = "SELECT DISTINCT text_id FROM explorer.facts WHERE latest AND cluster_id IS NOT NULL"
_TEXTS = f"SELECT text_id, normal, romanised FROM signatures WHERE text_id IN ({_WANTED})"
_FOUND = """
SELECT DISTINCT cluster_id
FROM explorer.facts
WHERE latest AND cluster_id IS NOT NULL AND (text_id IN (SELECT unnest($texts::VARCHAR[])) OR titled AND {in_title})
"""
_ARABIC = ("", "و", "ف", "ب", "ك", "ل", "ال", "وال", "فال", "بال", "كال", "لل", "ول", "وب", "ولل", "وبال")
_HEBREW = ("", "ה", "ו", "ב", "ל", "מ", "ש", "כ", "וה", "וב", "ול", "ומ", "שה", "מה", "כש", "של")
"""What these languages write together with the word behind it: and, in, for, from, as, the."""
_memories = count()


class Found(NamedTuple):
    """What a search found: clusters, and the texts (text_id) that have all its words."""

    clusters: list[str]
    texts: list[str]


class Search:
    """The words of a corpus's clusters. Any number of threads may ask while one fills it."""

    def __init__(self, folder: Path) -> None:
        """Open the index of words, or make it; in memory where the folder may only be read.

        Raises UserError where there is no corpus.
        """
        tables.demand(folder)
        self.folder = folder
        self.left = 0
        """How many texts are still to be taken in."""
        place = folder.absolute() / FOLDER / _FILE
        try:
            place.parent.mkdir(exist_ok=True)
            self._open(place.as_uri())
        except (OSError, sqlite3.Error):
            self._open(f"file:wirecopy-{next(_memories)}?mode=memory&cache=shared")

    def _open(self, uri: str) -> None:
        self.uri = uri
        self._held = sqlite3.connect(uri, uri=True, check_same_thread=False)  # one in memory lives as long as this
        self._held.execute("PRAGMA journal_mode = WAL")
        self._held.executescript(_TABLES)

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.uri, uri=True, timeout=60)

    def _alone(self) -> AbstractContextManager[None]:
        """Let one process at a time write a file; memory is this process's own."""
        return nullcontext() if "mode=memory" in self.uri else tables.locked(self.folder, "explorer-search")

    def fill(self, index: Index, go_on: Callable[[], bool] = lambda: True) -> None:
        """Take in the texts of the index's clusters that are missing, until `go_on` says no."""
        with self._alone(), closing(self._connect()) as con:
            con.execute("PRAGMA synchronous = NORMAL")
            known = {row[0] for row in con.execute("SELECT text_id FROM texts")}
            missing = {row["text_id"] for row in index.answer(_WANTED)} - known
            self.left = len(missing)
            if not missing:
                return
            for batch in index.con.cursor().sql(_TEXTS).to_arrow_reader(ROWS):
                fresh = [row for row in batch.to_pylist() if row["text_id"] in missing]
                for row in fresh:
                    missing.discard(row["text_id"])
                    number = con.execute("INSERT INTO texts (text_id) VALUES (?)", [row["text_id"]]).lastrowid
                    con.execute("INSERT INTO words (rowid, body) VALUES (?, ?)", [number, _body(**row)])
                con.commit()
                self.left = len(missing)
                if not go_on():
                    return
        self.left = 0

    def find(self, index: Index, asked: str) -> Found:
        """Return the clusters in which one article has all the words, in its text or in its title."""
        sought = terms(asked)
        if not sought:
            return Found([], [])
        with closing(self._connect()) as con:
            rows = con.execute(
                "SELECT text_id FROM texts WHERE number IN (SELECT rowid FROM words WHERE words MATCH ?)",
                [" AND ".join(_expression(form) for form in sought)],
            )
            texts = [row[0] for row in rows]
        titles = {f"title{at}": given for at, given in enumerate(given(asked))}
        in_title = " AND ".join(f"contains(lower(title), ${name})" for name in titles) or "false"
        found = index.answer(_FOUND.format(in_title=f"({in_title})"), texts=texts, **titles)
        return Found([row["cluster_id"] for row in found], texts)


def _body(text_id: str, normal: str | None, romanised: str | None) -> str:
    """Return what is searched of a text: its words, and their spelling in Latin letters where that is another."""
    normal = normal or ""
    return normal if normal.isascii() else f"{normal}\n{romanised or ''}"


def given(asked: str) -> Iterator[str]:
    """Yield the words and phrases of a search as they were written, in small letters."""
    for hit in list(_TERM.finditer(asked[:500]))[:MOST_TERMS]:
        if normalise(hit[0]):
            yield (hit["phrase"] or hit["word"]).lower()


def terms(asked: str) -> list[str]:
    """Return the normal forms of a search's words and phrases, at most MOST_TERMS of them."""
    forms = (normalise(hit["phrase"] or hit["word"]) for hit in _TERM.finditer(asked[:500]))
    return [form for form in forms if form][:MOST_TERMS]


def _expression(form: str) -> str:
    """Return FTS5's expression for a word or phrase; nothing in a normal form can end its quotation marks."""
    before = _ARABIC if regex.match(r"\p{Arabic}", form) else _HEBREW if regex.match(r"\p{Hebrew}", form) else ("",)
    return "(" + " OR ".join(f'"{prefix}{form}" *' for prefix in before) + ")"
