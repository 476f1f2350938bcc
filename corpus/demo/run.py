"""`wirecopy demo`: serve the made-up web, crawl it, find its copies, show them, say what to try next.

May import: corpus.demo, corpus.api, corpus.output, spiders.crawl, the standard library.
"""

import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from corpus import output, query
from corpus.api import Corpus
from corpus.demo.gold import gold_csv, publishers_csv
from corpus.demo.web import serve
from spiders.crawl import CrawlOptions

NEXT = """Try next (the made-up web is gone, the corpus stays):
  {command} serve --corpus {folder}  # look at all this in a browser
  {command} sql --corpus {folder}
  {command} sql who_copies_whom --corpus {folder}
  {command} sql uncredited_copies --corpus {folder} --format csv
  {command} sql -q "SELECT agency, count(*) FROM copies GROUP BY ALL" --corpus {folder}
  {command} compare {a} {b} --corpus {folder}
  {command} evaluate {folder}/gold.csv --corpus {folder}
Your own sites:
  {command} crawl https://news.example.org/ --corpus data && {command} run --corpus data"""


def run(folder: Path, progress: Callable[[str, int], None] | None = None) -> int:
    """Do it all in the folder, print to stdout, and return 0."""
    begun = time.monotonic()
    corpus = Corpus(folder, progress=progress)
    corpus.create()
    (folder / "publishers.csv").write_text(publishers_csv(), encoding="utf-8")
    (folder / "gold.csv").write_text(gold_csv(), encoding="utf-8")
    with serve(delay=0.5) as web:
        print(f"A made-up web of news sites is up on {web.proxy}; crawling it …", flush=True)
        options = CrawlOptions(delay=0, timeout=10, proxy=web.proxy)
        print(f"  crawl: {corpus.crawl((), folder / 'publishers.csv', options=options)}", flush=True)
    for stage, unit in (("extract", "articles"), ("sign", "texts"), ("pair", "pairs scored"), ("cluster", "articles")):
        print(f"  {stage}: {getattr(corpus, stage)():,} {unit}", flush=True)
    print("\nClusters of two or more articles, by reach:\n", flush=True)
    _show(corpus, "clusters_by_reach")
    largest = _largest(corpus)
    if largest:
        cluster_id, a, b = largest
        print("\nThe copies of the one with most languages:\n", flush=True)
        _show(corpus, "cluster", id=cluster_id)
        print(f"\nHeld against the truth by construction ({folder}/gold.csv):\n")
        print(corpus.evaluate(folder / "gold.csv"))
        print(f"\nDone in {time.monotonic() - begun:.0f} s.\n")
        print(NEXT.format(command=_called(), folder=folder, a=a, b=b))
    return 0


def _show(corpus: Corpus, name: str, **values: object) -> None:
    rows = query.relation(corpus.connection(), query.find(name), values).to_arrow_reader(1000)
    output.write(rows, "table")
    sys.stdout.flush()


def _called() -> str:
    """Return what the user types for the program: its name where the shell finds it, else the path it was called by."""
    return "wirecopy" if shutil.which("wirecopy") or Path(sys.argv[0]).name != "wirecopy" else sys.argv[0]


def _largest(corpus: Corpus) -> tuple[str, str, str] | None:
    """Return the cluster in most languages, its original, and a translated copy."""
    rows = (
        corpus.connection()
        .sql(
            "SELECT cluster_id, any_value(original), coalesce(min(id) FILTER (WHERE kind = 'translated'), max(id)) "
            "FROM copies GROUP BY cluster_id ORDER BY count(DISTINCT language) DESC, count(*) DESC, cluster_id LIMIT 1"
        )
        .fetchall()
    )
    return rows[0] if rows else None
