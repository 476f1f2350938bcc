"""Files to be imported, and what came of them: for the tests of corpus.importing.

May import: the standard library, corpus.importing, corpus.tables.
"""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from corpus import tables
from corpus.importing import ImportAccount, import_files

ROOT = Path(__file__).parents[1]
URL = "https://news.example.co.uk/2026/11/23/bridge.html"
TEXTS = [
    "Gempa bumi mengguncang pulau itu.",
    "هزّ زلزال الجزيرة صباح الاثنين.",
    "רעידת אדמה הורגשה באי.",
    "地震袭击了该岛。",
    "地震が島を襲った。",
    "แผ่นดินไหวเขย่าเกาะ",
    "भूकंप ने द्वीप को हिला दिया।",
    "Землетрясение потрясло остров.",
    "Deprem adayı sarstı, İstanbul’da hissedildi.",
    "Ein Erdbeben erschütterte die Insel – „heftig“.",
]


def rows_of(folder: Path) -> list[dict[str, Any]]:
    return [row for part in tables.parts(folder, "pages") for row in pq.read_table(part).to_pylist()]


def imported(folder: Path, *paths: Path, publisher: str | None = None) -> tuple[ImportAccount, list[dict[str, Any]]]:
    account = import_files(folder, paths, publisher=publisher)
    assert all("\n" not in sentence and "Traceback" not in sentence for sentence in account.sentences)
    return account, rows_of(folder)


def jsonl(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path
