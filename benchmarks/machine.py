"""Prints what this machine does as tables in Markdown, and draws time and memory against size: make bench-all.

    python benchmarks/machine.py [--articles 100k] [--sizes 10k 30k 100k 300k 1M] [--stages 10k 100k]
        [--skewed 75k] [--repeat 1] [--folder DIR]

Four parts, each in one run: near copies beside other tools (peers.py), near copies of growing numbers of texts, near
copies of a skewed corpus, and each stage of the whole line (stages.py). The plots are drawn by matplotlib in an
environment of its own. `--sizes`, `--stages` without any size and `--skewed 0` leave their part out.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parent))
import made_up
import peers
from stages import number

from corpus.text import shingles

HERE = Path(__file__).parent
IMAGE = HERE.parent / "docs" / "images" / "scale.svg"
PLOTS = {"packages": ["matplotlib"]}
FIRST = 100_000
"""So many texts are made; larger sizes have them once more for each further letter that stands for A."""
Row = dict[str, Any]


def main() -> None:
    """Measure part after part; print each as it is done."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--articles", default="100k", help="how many texts each tool gets (default: 100k)")
    asked.add_argument("--sizes", nargs="*", default=["10k", "30k", "100k", "300k", "1M"], help="sizes of the curve")
    asked.add_argument("--stages", nargs="*", default=["10k", "100k"], help="sizes for the whole line")
    asked.add_argument("--skewed", default="75k", help="how many articles the skewed corpus has (default: 75k)")
    asked.add_argument("--repeat", type=int, default=1, help="rounds for each tool (see peers.py)")
    asked.add_argument("--folder", type=Path, default=peers.HOME, help="environments and texts are kept here")
    told = asked.parse_args()
    told.folder.mkdir(parents=True, exist_ok=True)
    print(f"<!-- {peers.machine()} -->\n\n{told.articles} articles, near copies at a threshold of 0.7\n", flush=True)
    _table("tool", "CPU s", "times wirecopy", "wall s", "peak MB", "ARI")
    for row in peers.measured(told.articles, None, told.folder, told.repeat):
        _row(row["tool"], *_figures(row))
    if told.sizes:
        _curve(told.folder, told.sizes)
    skewed = ["--skewed", told.skewed] if number(told.skewed) else []
    if skewed:
        _skewed(told.folder, number(told.skewed))
    for sizes in filter(None, (told.stages, skewed)):
        print("\nThe whole line, stage by stage\n\n```text", flush=True)
        subprocess.run([sys.executable, str(HERE / "stages.py"), *sizes], check=True)
        print("```", flush=True)


def _figures(row: Row) -> Iterator[str]:
    if "error" in row:
        yield row["error"]
        return
    yield from (f"{row['cpu']:.1f}", f"{row['ratio']:.1f}", f"{row['wall']:.1f}", f"{row['peak']:,.0f}")
    yield f"{row['exact']:.3f}"


def _curve(home: Path, sizes: list[str]) -> None:
    """Measure near copies of the first so many of the same texts, and draw the curve."""
    largest = max(sizes, key=number)
    texts = _written(home / f"plain-{largest}.parquet", _many(home, number(largest)))
    print("\nNear copies of growing numbers of articles\n")
    _table("articles", "CPU s", "µs an article", "wall s", "peak MB")
    found = []
    for size in sizes:
        one = peers.run([sys.executable, "-c", peers.OWN], texts, str(number(size)))
        found.append({"articles": number(size), "cpu": one["cpu"], "peak": one["peak"]})
        each = 1e6 * one["cpu"] / number(size)
        _row(f"{number(size):,}", f"{one['cpu']:.1f}", f"{each:.0f}", f"{one['wall']:.1f}", f"{one['peak']:,.0f}")
    _drawn(home, found)


def _drawn(home: Path, found: list[Row]) -> None:
    refused = peers.installed(home / "plots", PLOTS)
    if refused:
        print(f"no plot: matplotlib {refused}")
        return
    command = [str(home / "plots" / "bin" / "python"), str(HERE / "plot.py"), str(IMAGE), peers.machine()]
    subprocess.run(command, input=json.dumps(found), text=True, check=True)


def _many(home: Path, count: int) -> Iterator[list[Row]]:
    """Yield texts by the million in no time: the first ones, then the same ones in other letters again and again."""
    first = home / f"plain-{FIRST}.parquet"
    _written(first, made_up.articles(FIRST))
    for turn in range(-(-count // FIRST)):
        letters = ascii_lowercase[turn:] + ascii_lowercase[:turn]
        spelt = str.maketrans(ascii_lowercase + ascii_uppercase, letters + letters.upper())
        for batch in pq.ParquetFile(first).iter_batches(1000):
            yield [{"text": text.translate(spelt)} for text in batch.column(0).to_pylist()]


def _skewed(home: Path, count: int) -> None:
    """Measure near copies of one text many thousand times over, and of a template filled in anew as often."""
    verbatim, near, filled = made_up.parts(count)
    texts = _written(home / f"plain-skewed-{count}.parquet", made_up.skewed(count))
    one = peers.run([sys.executable, "-c", peers.OWN], texts)
    copies, others = np.split(one["labels"] == 0, [verbatim + near])
    bodies = pq.read_table(texts)["text"].take(pa.array([0, *np.flatnonzero(~copies)])).to_pylist()
    first, *outside = (shingles(body, 5) for body in bodies)
    missed = sum(len(first & body) >= peers.THRESHOLD * len(first | body) for body in outside)
    print(f"\n{verbatim:,} verbatim and {near:,} near copies of one text, one template {filled:,} times\n")
    _table("CPU s", "wall s", "peak MB", "copies in one cluster", "near enough and not in it", "others in it")
    cost = f"{one['cpu']:.1f}", f"{one['wall']:.1f}", f"{one['peak']:,.0f}"
    _row(*cost, f"{copies.sum():,} of {verbatim + near:,}", f"{missed:,}", f"{others.sum():,}")


def _written(path: Path, portions: Iterable[list[Row]]) -> Path:
    """Write the articles' texts to a Parquet file where it is missing."""
    if not path.exists():
        scratch = path.with_suffix(".tmp")
        with pq.ParquetWriter(scratch, pa.schema({"text": pa.string()}), use_dictionary=False) as file:
            for rows in portions:
                file.write_table(pa.table({"text": [row["text"] for row in rows]}, file.schema))
        scratch.replace(path)
    return path


def _table(*names: str) -> None:
    _row(*names)
    _row(*("---" for _ in names))


def _row(*cells: str) -> None:
    print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
