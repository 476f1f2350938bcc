"""Pages a second: extraction in all cores beside trafilatura alone in a loop, the crawl beside plain Scrapy.

    python benchmarks/throughput.py [--pages 1600] [--sites 16] [--redis redis://localhost:6379/9]

Both crawls ask the same web on loopback (loopback.py) for the same pages, one request a site at a time and without
delay, and keep what they got. Besides pages a second of wall time it prints pages a second of CPU time, over whole
processes with their start, and how many cores a run had on average: on a busy machine the latter two tell more. With
--redis also crawls whose frontier is in a Redis server, by one process (in the database that the address names) and by
two (in the next one); the server's own CPU time is not counted.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow.parquet as pq

HERE = Path(__file__).parent
TRAFILATURA = """
import sys
sys.path.insert(0, sys.argv[1])
import pyarrow.parquet as pq, trafilatura
from pathlib import Path
for part in sorted(Path(sys.argv[2], "pages").glob("*.parquet")):
    for markup in pq.read_table(part, columns=["html"]).column(0).to_pylist():
        trafilatura.bare_extraction(markup, include_comments=False, with_metadata=True)
"""
CRAWL = """
import sys
from pathlib import Path
from spiders.crawl import CrawlOptions, crawl
options = CrawlOptions(delay=0, allow_private=True, frontier=sys.argv[3], at_once=int(sys.argv[4]))
account = crawl(Path(sys.argv[1]), publishers=Path(sys.argv[2]), options=options)
if account.left:
    sys.exit(f"not all pages were fetched: {account}")
"""


def timed(what: str, count: int, *commands: list[str]) -> None:
    """Run commands at once, each as a process of its own, and print how many pages they did a second."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    running = [subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=HERE.parent) for command in commands]
    codes = [process.wait() for process in running]
    if any(codes):
        sys.exit(f"{what} failed")
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"{what:34} {count / wall:6.0f} pages/s  {count / cpu:6.0f} a CPU second  {cpu / wall:4.1f} cores", flush=True
    )


@contextmanager
def web(per_site: int) -> Iterator[int]:
    """Yield the port of the web, for as long as it is up."""
    command = [sys.executable, str(HERE / "loopback.py"), str(per_site)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield int(server.stdout.readline())
        server.communicate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1600)
    parser.add_argument("--sites", type=int, default=16)
    parser.add_argument("--redis", help="a database that is empty, and so is the next one")
    options = parser.parse_args()
    per_site = options.pages // options.sites
    count = per_site * options.sites
    with tempfile.TemporaryDirectory() as folder, web(per_site) as port:
        hosts = [f"127.0.0.{n + 1}:{port}" for n in range(options.sites)]
        rows = [f"Site {n},{name},,,sitemap,http://{name}/sitemap.xml" for n, name in enumerate(hosts)]
        publishers, corpus = Path(folder, "publishers.csv"), Path(folder, "corpus")
        publishers.write_text("publisher,domain,country,language,discovery,url\n" + "\n".join(rows), encoding="utf-8")
        python = [sys.executable, "-c"]
        sitemaps = [f"http://{name}/sitemap.xml" for name in hosts]
        timed(
            "plain Scrapy", count, [sys.executable, str(HERE / "plain_scrapy.py"), f"{folder}/plain.jsonl", *sitemaps]
        )
        timed("wirecopy crawl", count, [*python, CRAWL, str(corpus), str(publishers), "", "48"])
        if options.redis:
            server, _, number = options.redis.rpartition("/")
            for n, what in enumerate(["wirecopy crawl, Redis", "two of them, Redis"]):
                shared = [
                    *python,
                    CRAWL,
                    f"{folder}/shared-{n}",
                    str(publishers),
                    f"{server}/{int(number) + n}",
                    f"{48 // (n + 1)}",
                ]
                timed(what, count, *[shared] * (n + 1))
                stored = sum(pq.read_metadata(part).num_rows for part in Path(folder, f"shared-{n}", "pages").iterdir())
                assert stored == count, f"{stored} pages are stored, not {count}"
        timed("trafilatura alone, in a loop", count, [*python, TRAFILATURA, str(HERE), str(corpus)])
        timed(
            "wirecopy extract, all cores",
            count,
            [sys.executable, "-m", "corpus.cli", "extract", "--corpus", str(corpus)],
        )


if __name__ == "__main__":
    main()
