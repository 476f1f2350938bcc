"""Measures each stage on a made-up corpus: articles a second of CPU time, peak memory, candidates an article.

    python benchmarks/stages.py [10k 100k 1M] [--skewed [75k]] [--folder DIR]

Each stage runs in a process of its own. CPU seconds and memory count all its processes together; memory is what lies
resident, looked at ten times a second. `words` is pair, close and cluster of the words view alone, on the same
signatures; `query` is the named query clusters_by_reach. Then 1 % more articles come, and all stages run again, in one
process as `wirecopy run` has them: the memory in their rows is the whole process's. A query costs what it costs,
whatever came: it is in neither side of what 1 % more is told to cost.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing import get_context
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import made_up

BEFORE = ("import", "extract")
"""Measured on a corpus of their own, into which the articles are imported from one Parquet file."""
EXTRACTED = 100_000
"""Larger corpora are not extracted: that is a page at a time, whatever their number."""
STAGES = ("sign", "learn", "anchor", "pair", "close", "cluster")
WORDS = ("pair", "close", "cluster")
"""What `words` does; its rows are those of the first two."""
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
NO_ANCHORS = "SELECT text_id, [CAST(hash(text_id) >> 1 AS BIGINT)] AS buckets FROM signatures"


def main() -> None:
    """Parse, make, measure, print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("sizes", nargs="*", default=["100k"], help="numbers of articles, such as 10k or 1M")
    asked.add_argument("--skewed", nargs="?", const="75k", help="so many of one text and one template")
    asked.add_argument("--folder", type=Path, help="keep the corpora here")
    asked.add_argument("--one", nargs=2, metavar=("STAGE", "DIR"), help=argparse.SUPPRESS)
    told = asked.parse_args()
    if told.one:
        print(json.dumps(list(_done(told.one[0].split(), Path(told.one[1])))))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = told.folder or Path(temporary)
        if told.skewed:
            _all("skewed", folder / "skewed", lambda: made_up.skewed(number(told.skewed)))
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
    print(f"{'stage':10} {'rows':>11} {'CPU s':>8} {'µs an article':>13} {'wall s':>7} {'MB':>6}")
    imported = folder.with_name(f"{folder.name}-imported")
    if not imported.exists():
        _as_file(folder, imported.with_suffix(".parquet"))
        for stage in BEFORE[: 2 if count <= EXTRACTED else 1]:
            _print(stage, count, *_child([stage], imported))
        shutil.rmtree(imported)
    costs = {stage: _print(stage, count, *_child([stage], folder)) for stage in STAGES}
    whole = sum(costs.values())
    _print("query", count, *_child(["query"], folder))
    _result(folder, count)
    alone = costs["sign"] + costs["learn"] + _words(folder, count)
    print(f"all stages cost {whole / alone:.1f} times those of the words view alone (sign, learn, words)")
    if name != "skewed":
        more = _written(folder, made_up.articles(max(1, count // 100), seed=count))
        found = zip(STAGES, _child(STAGES, folder), strict=True)
        again = sum(_print(f"{stage}+1%", more, one) for stage, one in found)
        print(f"1 % more articles cost {again:.1f} of {whole:.1f} CPU s, {100 * again / whole:.1f} %")


def _words(folder: Path, count: int) -> float:
    """Measure the words view alone on the same signatures: each text has one anchor, which no other text has.

    Return its CPU seconds.
    """
    from corpus import tables
    from corpus.engine import connect

    alone = folder.with_name(f"{folder.name}-words")
    shutil.rmtree(alone, ignore_errors=True)
    tables.create(alone)
    for name in ("articles", "signatures", "rarity"):
        shutil.rmtree(alone / name)
        (alone / name).symlink_to((folder / name).absolute())
    with connect(alone) as con:
        tables.append(alone, "anchors", con.sql(NO_ANCHORS).to_arrow_table())
    cost = _print("words", count, *_child(["words"], alone))
    shutil.rmtree(alone)
    return cost


def _written(folder: Path, portions: Iterable[Any]) -> int:
    """Write articles in a process of its own: the peak of memory of this one would pass to each stage's process."""
    child = get_context("fork").Process(target=made_up.write, args=(folder, portions))
    before = _asked(folder, "articles") if folder.exists() else 0
    child.start()
    child.join()
    if child.exitcode:
        sys.exit("the made-up articles could not be written")
    return _asked(folder, "articles") - before


def _print(stage: str, count: int, found: dict[str, float]) -> float:
    """Print a stage's row; return its CPU seconds."""
    each = 1e6 * found["cpu"] / count
    time_and_space = f"{found['cpu']:>8.1f} {each:>13,.0f} {found['wall']:>7.1f} {found['peak']:>6.0f}"
    print(f"{stage:10} {found['rows']:>11,} {time_and_space}", flush=True)
    return found["cpu"]


def _child(stages: Sequence[str], folder: Path) -> list[dict[str, float]]:
    """Do stages in a process; return rows, cpu (s), wall (s) of each, and the peak of memory (MB) of it and its own."""
    command = [sys.executable, __file__, "--one", " ".join(stages), str(folder)]
    peak = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        while child.poll() is None:
            peak = max(peak, _resident(child.pid))
            time.sleep(0.1)
        told = child.stdout.read() if child.stdout else ""
    if child.returncode:
        sys.exit(f"the stage {' '.join(stages)} came to nothing")
    return [one | {"peak": peak / 1e6} for one in json.loads(told.splitlines()[-1])]


def _resident(pid: int | str) -> int:
    """Return the bytes of memory that a process and those it started hold."""
    of = Path(f"/proc/{pid}")
    try:
        own = int((of / "statm").read_text().split()[1]) * resource.getpagesize()
        return own + sum(_resident(one) for thread in (of / "task").iterdir() for one in _started(thread))
    except (FileNotFoundError, ProcessLookupError):  # it has ended
        return 0


def _started(thread: Path) -> list[str]:
    return (thread / "children").read_text().split()


def _done(asked: Sequence[str], folder: Path) -> Iterator[dict[str, float]]:
    """Do the stages; yield rows, cpu and wall of each, the first one's with what the process needed to begin."""
    cpu, begun = 0.0, time.time()
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
        "pair": lambda: run_stage(folder, stages.PAIR, settings),
        "close": lambda: run_stage(folder, stages.CLOSE, settings),
        "cluster": Corpus(folder).cluster,
        "query": lambda: len(Corpus(folder).sql("clusters_by_reach").fetchall()),
    }
    for stage in asked:
        rows = [work[one]() for one in (WORDS if stage == "words" else (stage,))]
        used, now = _used(), time.time()
        yield {"rows": sum(rows[:2]), "cpu": used - cpu, "wall": now - begun}
        cpu, begun = used, now


def _used() -> float:
    """Return the CPU seconds of this process and of those that it started and that have ended."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in both)


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
        largest = con.sql("SELECT max(size) FROM clusters").fetchall()[0][0]
    print(f"candidates an article: {pairs / count:.2f}; scored as copies: {copies / count:.2f} an article")
    print(
        f"pairs of articles: recall {both / max(of_event, 1):.4f}, precision {both / max(of_cluster, 1):.4f}; "
        f"largest cluster: {largest}",
        flush=True,
    )


if __name__ == "__main__":
    main()
