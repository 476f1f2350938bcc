"""Measures each stage on a made-up corpus: articles a second of CPU time, peak memory, candidates an article.

    python benchmarks/stages.py [10k 100k 1M] [--skewed] [--folder DIR]

Each stage runs in a process of its own, so that its peak memory is its own. `more` adds 1 % more articles and does all
stages again. CPU seconds count all processes; peak memory is that of the largest one.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from multiprocessing import get_context
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import made_up

BEFORE = ("import", "extract")
"""Measured on a corpus of their own, into which the articles are imported from one Parquet file."""
STAGES = ("sign", "learn", "anchor", "pair", "cluster")
SCALES = {"k": 1_000, "M": 1_000_000}
TOGETHER = """
    WITH e AS (SELECT id, split_part(url, '/', 4) AS event, cluster_id FROM articles JOIN clusters USING (id)),
    c AS (SELECT event, cluster_id, count(*)::DOUBLE AS n FROM e GROUP BY ALL)
    SELECT
        sum(n * (n - 1) / 2),
        (SELECT sum(n * (n - 1) / 2) FROM (SELECT sum(n) AS n FROM c GROUP BY event)),
        (SELECT sum(n * (n - 1) / 2) FROM (SELECT sum(n) AS n FROM c GROUP BY cluster_id))
    FROM c
"""
"""Pairs of articles that are in one event and one cluster; in one event; in one cluster."""


def main() -> None:
    """Parse, make, measure, print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("sizes", nargs="*", default=["100k"], help="numbers of articles, such as 10k or 1M")
    asked.add_argument("--skewed", action="store_true", help="one text 25,000 times and one template 50,000 times")
    asked.add_argument("--folder", type=Path, help="keep the corpora here")
    asked.add_argument("--one", nargs=2, metavar=("STAGE", "DIR"), help=argparse.SUPPRESS)
    told = asked.parse_args()
    if told.one:
        print(json.dumps(_measured(told.one[0], Path(told.one[1]))))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = told.folder or Path(temporary)
        if told.skewed:
            _all("skewed", folder / "skewed", lambda: made_up.skewed(20_000, 5_000, 50_000))
        for size in [] if told.skewed else told.sizes:
            _all(size, folder / size, lambda size=size: made_up.articles(number(size)))


def _as_file(folder: Path, file: Path) -> None:
    from corpus.engine import connect

    with connect(folder) as con:
        con.sql("SELECT url, publisher, title, text, language, published_at FROM articles").write_parquet(str(file))


def number(size: str) -> int:
    return int(size[:-1]) * SCALES[size[-1]] if size[-1] in SCALES else int(size)


def _all(name: str, folder: Path, portions: Callable[[], Any]) -> None:
    count = _asked(folder, "articles") if folder.exists() else _written(folder, portions())
    print(f"{name}: {count:,} articles")
    print(f"{'stage':8} {'rows':>10} {'CPU s':>8} {'articles/CPU s':>14} {'wall s':>7} {'MB':>6}")
    imported = folder.with_name(f"{folder.name}-imported")
    if not imported.exists():
        _as_file(folder, imported.with_suffix(".parquet"))
        for stage in BEFORE:
            _print(stage, count, _child(stage, imported))
    for stage in STAGES:
        _print(stage, count, _child(stage, folder))
    _result(folder, count)
    if name != "skewed":
        more = _written(folder, made_up.articles(max(1, count // 100), seed=count))
        for stage in STAGES:
            _print(f"{stage}+1%", more, _child(stage, folder))


def _written(folder: Path, portions: Iterable[Any]) -> int:
    """Write articles in a process of its own: the peak of memory of this one would pass to each stage's process."""
    child = get_context("fork").Process(target=made_up.write, args=(folder, portions))
    before = _asked(folder, "articles") if folder.exists() else 0
    child.start()
    child.join()
    if child.exitcode:
        sys.exit("the made-up articles could not be written")
    return _asked(folder, "articles") - before


def _print(stage: str, count: int, found: dict[str, float]) -> None:
    speed = count / max(found["cpu"], 1e-9)
    time_and_space = f"{found['cpu']:>8.1f} {speed:>14,.0f} {found['wall']:>7.1f} {found['peak']:>6.0f}"
    print(f"{stage:8} {found['rows']:>10,} {time_and_space}", flush=True)


def _child(stage: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--one", stage, str(folder)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[str, float] = json.loads(told.splitlines()[-1])
    return found


def _measured(stage: str, folder: Path) -> dict[str, float]:
    from corpus import Corpus, stages
    from corpus.engine import run_stage
    from corpus.learning import learn

    settings = Corpus(folder).settings
    work: dict[str, Callable[[], int]] = {
        "import": lambda: Corpus(folder).import_files(folder.with_suffix(".parquet")).added,
        "extract": Corpus(folder).extract,
        "sign": lambda: run_stage(folder, stages.SIGN, settings),
        "learn": lambda: len(learn(folder, settings)),
        "anchor": lambda: run_stage(folder, stages.ANCHOR, settings),
        "pair": lambda: run_stage(folder, stages.PAIR, settings) + run_stage(folder, stages.CLOSE, settings),
        "cluster": Corpus(folder).cluster,
    }
    begun, rows = time.time(), work[stage]()
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "rows": rows,
        "wall": time.time() - begun,
        "cpu": sum(one.ru_utime + one.ru_stime for one in used),
        "peak": max(one.ru_maxrss for one in used) / 1000,
    }


def _asked(folder: Path, table: str) -> int:
    from corpus.engine import connect

    with connect(folder) as con:
        return int(con.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # type: ignore[index]


def _result(folder: Path, count: int) -> None:
    """Print candidates an article, and what share of the pairs within an event was found together."""
    from corpus.engine import connect

    with connect(folder) as con:
        counted = con.sql("SELECT count(*), count(*) FILTER (score >= 0.5) FROM pairs").fetchall()
        pairs, copies = counted[0]
        both, of_event, of_cluster = con.sql(TOGETHER).fetchall()[0]
    print(f"candidates an article: {pairs / count:.2f}; scored as copies: {copies / count:.2f} an article")
    print(
        f"pairs of articles: recall {both / max(of_event, 1):.4f}, precision {both / max(of_cluster, 1):.4f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
