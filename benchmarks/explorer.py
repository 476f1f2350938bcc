"""Measures the explorer on a corpus, or on one many times as large: the index, the first page, the others.

    python benchmarks/explorer.py DIR [--times 10 --into DIR]

`--times` copies every table so often under new ids, which gives a large corpus without the hours of pairing one; what
pages cost depends on rows alone. Each page is asked over HTTP: the first time, then the median of five.
"""

import argparse
import re
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import quote

from corpus import engine, tables
from corpus.web.index import FOLDER, Index
from corpus.web.searching import Search

IDS = {
    "articles": ("id", "text_id", "url"),
    "pages": ("id", "url"),
    "signatures": ("text_id",),
    "pairs": ("a", "b"),
    "clusters": ("id", "cluster_id", "original"),
}


def main() -> None:
    """Parse, copy, measure, print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--times", type=int, default=1)
    asked.add_argument("--into", type=Path, help="where the larger corpus goes")
    told = asked.parse_args()
    folder = told.folder if told.times == 1 else told.into
    if told.times > 1 and not folder.exists():
        multiply(told.folder, folder, told.times)
    shutil.rmtree(folder / FOLDER, ignore_errors=True)
    began = time.perf_counter()
    index = Index(folder)
    row = index.answer("FROM explorer.totals")[0]
    print(
        f"{row['articles']:,} articles, {row['clusters']:,} clusters; index made in {time.perf_counter() - began:.1f} s"
    )
    began = time.perf_counter()
    Search(folder).fill(index)
    print(f"words taken in for the search in {time.perf_counter() - began:.1f} s")
    measure(folder, paths(index))


def multiply(folder: Path, into: Path, times: int) -> None:
    """Write a corpus whose every row is there so many times, each time under other ids."""
    tables.create(into)
    with engine.connect(folder) as con:
        for name, ids in IDS.items():
            for n in range(times):
                renamed = ", ".join(f"'{n:05}' || {column} AS {column}" for column in ids)
                part = into / name / f"part-{n:08x}.parquet"
                con.execute(f"COPY (SELECT * REPLACE ({renamed}) FROM {name}) TO '{part}' (COMPRESSION zstd)")


def paths(index: Index) -> list[str]:
    """Return what to ask for: each kind of page, the search for a word that some texts have."""
    widest = index.answer("FROM explorer.reach LIMIT 1")[0]["cluster_id"]
    members = index.rows("members", id=widest)
    text = index.texts([members[0]["id"]], 2000)[members[0]["id"]]["text"]
    word = max(re.findall(r"\w+", text.lower()), key=len)
    publisher = members[-1]["publisher"]
    compared = f"/compare?a={members[0]['id']}&b={members[-1]['id']}"
    return ["/", "/clusters", "/clusters?sort=altered&kind=near", f"/clusters?q={quote(word)}", f"/cluster/{widest}",
            compared, "/publishers", f"/publisher?name={quote(publisher)}", "/review"]  # fmt: skip


def measure(folder: Path, asked: list[str]) -> None:
    """Start the command, ask for each page, print milliseconds."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "corpus.cli", "serve", "--corpus", str(folder), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            found = re.search(r"http://[\d.:]+", process.stdout.readline())
            assert found
            print(f"ready after {time.perf_counter() - began:.1f} s")
            print(f"{'first ms':>9} {'then ms':>8}  page")
            for path in asked:
                spent = [one(found[0] + path) for _ in range(6)]
                print(f"{spent[0]:>9.0f} {statistics.median(spent[1:]):>8.0f}  {path}", flush=True)
        finally:
            process.terminate()


def one(url: str) -> float:
    """Return the milliseconds until a page was there."""
    began = time.perf_counter()
    with urllib.request.urlopen(url) as answer:
        answer.read()
    return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    main()
