"""Clusters near copies with wirecopy and with other tools, on the same texts: time, memory and quality in one table.

    python benchmarks/peers.py [--articles 100k] [--only datasketch …] [--repeat 1]

The texts are made up (made_up.py), so that it is known which ones were made from one another; what is near is also
worked out exactly, without hashing tricks: every pair of texts whose word 5-grams have a Jaccard similarity of 0.7 or
more, and what such pairs link. Each tool runs in a process of its own, in an environment of its own (peers.toml, made
in build/peers). CPU seconds are those of the whole process and its children, start and reading included; peak memory
is that of the largest process. ARI: adjusted Rand index (Hubert and Arabie 1985), 1 is perfect.

Each tool has its rounds, --repeat in number. A round is a run of wirecopy and then, at once, one of the tool; the ratio
is that of their CPU times in this round, since other work on a machine slows both. Told of a tool is the round whose
ratio is the median (the lower of two), of wirecopy, in the last line, the run of median CPU time among all its runs.
wirecopy's kernels are compiled before (python -m corpus.warm).
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parent))
import made_up
from stages import number

HERE = Path(__file__).parent
HOME = HERE.parent / "build" / "peers"
TOOLS = tomllib.loads((HERE / "peers.toml").read_text("utf-8"))
THRESHOLD = 0.7
Row = dict[str, Any]
OWN = """
import sys
from itertools import islice
import numpy, pyarrow.parquet
from corpus import near_copies
file = pyarrow.parquet.ParquetFile(sys.argv[1], pre_buffer=False, buffer_size=1 << 20)
batches = file.iter_batches(1000, columns=["text"])
texts = (text for batch in batches for text in batch.column(0).to_pylist())
numpy.save(sys.argv[2], near_copies(islice(texts, int(sys.argv[3]) if sys.argv[3:] else None), 0.7))
"""
"""What wirecopy is measured with: texts of a Parquet file (the first ones, where told how many), labels to a file."""
MEASURED = """
import json, os, sys
child = os.spawnv(os.P_NOWAIT, sys.argv[1], sys.argv[1:])
_, status, used = os.wait4(child, 0)
print(json.dumps([status, used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""
"""A small process in between: a child is told to be as large as its parent was when it began."""
NEAR_ENOUGH = """
    WITH rare AS (SELECT shingle, count(*) AS met FROM shingles GROUP BY shingle),
    ranked AS (
        SELECT n, size, shingle, row_number() OVER (PARTITION BY n ORDER BY met, shingle) AS place
        FROM shingles JOIN rare USING (shingle) WHERE met > 1
    ),
    head AS (SELECT n, shingle, size FROM ranked WHERE place <= size - ceil($t * size) + 1)
    SELECT DISTINCT x.n AS a, y.n AS b
    FROM head AS x JOIN head AS y ON x.shingle = y.shingle AND x.n < y.n
    WHERE least(x.size, y.size) >= $t * greatest(x.size, y.size)
"""
"""All pairs of sets that may have at least that Jaccard similarity: two that do share one of their rarest few members
(prefix filtering: Chaudhuri, Ganti and Kaushik 2006). What no other set has need not be looked at, but counts."""


def main() -> None:
    """Make the texts, let each tool have them, print a row for each."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--articles", default="100k", help="how many texts (default: 100k)")
    asked.add_argument("--only", nargs="*", choices=list(TOOLS), help="these tools alone")
    asked.add_argument("--repeat", type=int, default=1, help="rounds for each tool; that of the median ratio is told")
    asked.add_argument("--folder", type=Path, default=HOME, help="environments and texts are kept here")
    told = asked.parse_args()
    print(f"{told.articles} articles, {machine()}")
    print(f"{'':12} {'CPU s':>7} {'ratio':>6} {'wall s':>7} {'MB':>6} {'ARI exact':>9} {'ARI made':>8}", flush=True)
    for row in measured(told.articles, told.only, told.folder.absolute(), told.repeat):
        if "error" in row:
            print(f"{row['tool']:12} {row['error']}", flush=True)
            continue
        quality = f"{row['exact']:>9.3f} {row['made']:>8.3f}"
        cost = f"{row['cpu']:>7.1f} {row['ratio']:>6.1f} {row['wall']:>7.1f} {row['peak']:>6.0f}"
        print(f"{row['tool']:12} {cost} {quality}", flush=True)


def measured(articles: str, only: list[str] | None, home: Path, repeat: int) -> Iterator[Row]:
    """Yield a row for each tool, then for wirecopy: its name, and cpu, ratio, wall, peak, exact and made, or error."""
    subprocess.run([sys.executable, "-m", "corpus.warm"], cwd=HERE.parent, check=True)
    home.mkdir(parents=True, exist_ok=True)
    texts = home / f"texts-{articles}.parquet"
    made, linked = _texts(texts, number(articles))
    own: list[Row] = []
    for name in TOOLS if only is None else only:
        rounds = list(_rounds(name, home, texts, own, repeat))
        yield {"tool": name, **_judged(_median(rounds, "ratio"), made, linked)}
    if not own:
        own = [_own(texts) for _ in range(repeat)]
    yield {"tool": "wirecopy", **_judged(_median(own, "cpu"), made, linked)}


def _rounds(name: str, home: Path, texts: Path, own: list[Row], repeat: int) -> Iterator[Row]:
    """Yield what each round tells of a tool, or once why there is none; wirecopy's own rows are added to `own`."""
    refused = installed(home / name, TOOLS[name])
    if refused:
        yield {"error": refused}
        return
    for _ in range(repeat):
        own.append(_own(texts))
        row = run([str(home / name / "bin" / "python"), str(HERE / "peer.py"), name], texts)
        yield row if "error" in row else {**row, "ratio": row["cpu"] / own[-1]["cpu"]}


def _own(texts: Path) -> Row:
    row = run([sys.executable, "-c", OWN], texts)
    if "error" in row:
        raise SystemExit(f"wirecopy {row['error']}")
    return {**row, "ratio": 1.0}


def _median(rows: list[Row], name: str) -> Row:
    """Return the row in the middle, the lower of two; or one that tells of an error."""
    failed = [row for row in rows if "error" in row]
    return failed[0] if failed else sorted(rows, key=lambda row: row[name])[(len(rows) - 1) // 2]


def _judged(row: Row, made: np.ndarray, linked: np.ndarray) -> Row:
    """Hold the labels of a row against both truths."""
    if "error" in row:
        return row
    labels = row.pop("labels")
    return {**row, "exact": _ari(labels, linked), "made": _ari(labels, made)}


def machine() -> str:
    """Say what was measured on, and when."""
    python, today = platform.python_version(), f"{datetime.now(UTC):%Y-%m-%d}"
    return f"{os.cpu_count()} cores ({platform.machine()}), Python {python}, {today}"


def _texts(path: Path, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Make the texts where they are missing; return of each the event it was made from, and its exact cluster."""
    if not path.exists():
        from corpus.text import normalise

        rows = [row for portion in made_up.articles(count) for row in portion]
        texts = [row["text"] for row in rows]
        events = [int(row["url"].split("/")[3]) for row in rows]
        table = pa.table({"text": texts, "normal": [normalise(text) for text in texts], "event": events})
        pq.write_table(table.append_column("exact", [_exact(table)]), path)
    known = pq.read_table(path, columns=["event", "exact"])
    return known["event"].to_numpy(), known["exact"].to_numpy()


def _exact(table: pa.Table) -> np.ndarray:
    """Return the cluster of each text, from all pairs that are near enough."""
    import duckdb
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    shingles, ends = _shingles(table["normal"])
    sizes = np.diff(ends)
    rows = {"n": np.repeat(np.arange(len(sizes)), sizes), "size": np.repeat(sizes, sizes), "shingle": shingles}
    con = duckdb.connect()
    con.register("shingles", pa.table(rows))
    found = con.execute(NEAR_ENOUGH, {"t": THRESHOLD}).fetchnumpy()
    near = []
    for a, b in zip(found["a"].tolist(), found["b"].tolist(), strict=True):
        x, y = shingles[ends[a] : ends[a + 1]], shingles[ends[b] : ends[b + 1]]
        both = len(np.intersect1d(x, y, assume_unique=True))
        if both >= THRESHOLD * (len(x) + len(y) - both):
            near.append((a, b))
    left, right = np.array(near, np.int64).reshape(-1, 2).T
    return connected_components(coo_array((np.ones(len(left)), (left, right)), (len(sizes),) * 2), directed=False)[1]


def _shingles(texts: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """Return each text's distinct runs of five words, as 64-bit hashes of the words' numbers, and their ends."""
    words = pc.split_pattern(texts, " ").combine_chunks()
    starts = words.offsets.to_numpy()
    numbers = words.flatten().dictionary_encode().indices.to_numpy().astype(np.uint64)
    draw = np.random.default_rng(1)
    hashed = np.zeros(len(numbers) - 4, np.uint64)
    for place in range(5):
        mixed = (
            (numbers[place : len(numbers) - 4 + place] + np.uint64(1))
            * draw.integers(1, 1 << 63, dtype=np.uint64)
            * np.uint64(2)
        )
        hashed = (hashed ^ (mixed >> np.uint64(29)) ^ mixed) * np.uint64(0x9E3779B97F4A7C15)
    each = [
        np.unique(hashed[i : max(i + 1, j - 4)]) for i, j in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)
    ]
    return np.concatenate(each), np.concatenate([[0], np.cumsum([len(one) for one in each])])


def installed(folder: Path, tool: Row) -> str | None:
    """Make an environment with a tool in it where there is none; return why that does not go, if so."""
    if (folder / "ready").exists():
        return None
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--only-binary", ":all:"]
    for more in ([*tool["packages"], "pyarrow", "numpy"], ["--no-deps", *tool.get("bare", [])]):
        if more != ["--no-deps"]:
            done = subprocess.run([*pip, *more], capture_output=True, text=True, check=False)
            if done.returncode:
                return f"does not install: {_last(done.stderr)}"
    (folder / "ready").touch()
    return None


def _last(told: str) -> str:
    return next((line for line in reversed(told.splitlines()) if line.strip()), "it says nothing")[:120]


def run(command: list[str], texts: Path, *more: str) -> Row:
    """Run one tool; return seconds, megabytes and labels, or the error it ended with."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+") as told:
        labels, begun = Path(folder) / "labels.npy", time.monotonic()
        whole = [sys.executable, "-I", "-S", "-c", MEASURED, *command, str(texts), str(labels), *more]
        done = subprocess.run(whole, stdout=subprocess.PIPE, stderr=told, text=True, cwd=folder, check=False)
        wall = time.monotonic() - begun
        status, cpu, peak = json.loads(done.stdout.splitlines()[-1])
        if status or not labels.exists():
            told.seek(0)
            return {"error": f"fails: {_last(told.read())}"}
        return {"cpu": cpu, "wall": wall, "peak": peak / 1000, "labels": np.load(labels)}


def _ari(labels: np.ndarray, truth: np.ndarray) -> float:
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(truth, labels))


if __name__ == "__main__":
    main()
