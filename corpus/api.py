"""The Python face of a corpus: class Corpus, one method a verb.

May import: the standard library, corpus.places, corpus.tables, corpus.settings, corpus.errors; each method imports what
it needs.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus import tables
from corpus.errors import UserError
from corpus.places import demand_local, place
from corpus.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection, DuckDBPyRelation
    from pyspark.sql import SparkSession

    from corpus.calibration import Calibration
    from corpus.evaluation import Evaluation
    from corpus.importing import ImportAccount
    from corpus.notebook import Chart
    from corpus.stages import Stage
    from spiders.account import CrawlAccount

Progress = Callable[[str, int], None]
STAGES = ("extract", "sign", "pair", "cluster")
SCORED = """
    WITH named AS (SELECT id, text_id FROM articles WHERE id IN (SELECT unnest($ids)))
    SELECT x.id, y.id, p.score, p.kind
    FROM pairs AS p JOIN named AS x ON x.text_id = p.a JOIN named AS y ON y.text_id = p.b
"""


class Corpus:
    """A folder of Parquet tables. Every method may be called again: what is done already is not done twice."""

    def __init__(
        self,
        folder: Path | str = "data",
        settings: Settings | None = None,
        progress: Progress | None = None,
        engine: "SparkSession | str" = "local",
    ):
        """Open the folder, or make it when something is first written; s3://… and gs://… are folders, too.

        `settings` hold for a new corpus; an old one keeps its own, and other ones raise UserError. `progress` is told
        (stage, rows done) while a stage runs. `engine` does the stages: `local` is this machine; `spark`, the address
        of a Spark master or a Spark session of yours is a cluster. Raises UserError where PySpark or Java is missing.
        """
        self.folder = place(folder)
        self.progress = progress
        self.engine = _session(engine)
        self._given = settings

    @property
    def settings(self) -> Settings:
        """The corpus's settings: those it was made with."""
        kept = tables.settings(self.folder) if tables.exists(self.folder) else None
        if kept is None:
            return self._given or Settings()
        settings = Settings.of(json.loads(kept))
        if self._given is not None and self._given != settings:
            raise UserError(
                f"{self.folder} was made with other settings; open it without settings, or import into a new folder"
            )
        return settings

    def create(self) -> None:
        """Make the folder and its empty tables where they are missing, and keep the settings."""
        tables.create(self.folder)
        if tables.settings(self.folder) is None:
            tables.keep_settings(self.folder, json.dumps(self.settings.as_dict()))

    def _make(self, _: Path) -> None:
        self.create()

    def crawl(self, urls: Sequence[str] = (), publishers: Path | str | None = None, **options: Any) -> "CrawlAccount":
        """Fetch articles into the pages table (see spiders.crawl.crawl for the options)."""
        from spiders.crawl import crawl

        demand_local(self.folder, "keep the list of URLs of a crawl")
        return crawl(self.folder, urls, Path(publishers) if publishers else None, make=self._make, **options)

    def import_files(self, *paths: Path | str, publisher: str | None = None) -> "ImportAccount":
        """Bring files or folders of articles into the pages table (see corpus.importing.import_files)."""
        from corpus.importing import import_files

        told = partial(self.progress, "import") if self.progress else None
        named = [Path(path) for path in paths]
        return import_files(self.folder, named, publisher=publisher, progress=told, make=self._make)

    def extract(self) -> int:
        """Give every page its article row, then take what its site repeats out of it; return how many were to do."""
        from corpus import stages
        from corpus.stripping import strip_repeated

        done = self._stage(stages.EXTRACT)
        strip_repeated(self.folder, self.settings)
        return done

    def sign(self) -> int:
        """Sign every text that has no signature yet; return their number."""
        from corpus import stages

        return self._stage(stages.SIGN)

    def pair(self) -> int:
        """Learn what is rare, choose anchors, score every candidate pair that has no score, and every two copies of one
        text that were no candidates; return the number of pairs."""
        from corpus import stages
        from corpus.learning import learn

        learn(self.folder, self.settings)
        self._stage(stages.ANCHOR)
        return self._stage(stages.PAIR) + self._stage(stages.CLOSE)

    def _stage(self, stage: "Stage") -> int:
        """Do what is outstanding of a stage on the engine that was asked for."""
        if self.engine is not None:
            from corpus import spark

            return spark.run_stage(self.engine, self.folder, stage, self.settings)
        from corpus.engine import run_stage

        return run_stage(self.folder, stage, self.settings, self.progress)

    def cluster(self, threshold: float | None = None) -> int:
        """Bring the clusters in step with articles and scored pairs; return the number of articles."""
        from dataclasses import replace

        from corpus.cluster import cluster

        settings = self.settings if threshold is None else replace(self.settings, threshold=threshold)
        if self.engine is not None:
            from corpus import spark

            return spark.cluster(self.engine, self.folder, settings)
        return cluster(self.folder, settings)

    def run(self) -> dict[str, int]:
        """Do all that is outstanding; return the number of rows that each stage wrote."""
        return {stage: getattr(self, stage)() for stage in STAGES}

    def sql(self, question: str, **values: object) -> "DuckDBPyRelation":
        """Answer a named query or SQL text with a DuckDB relation; `values` are its variables."""
        from corpus import query

        asked = query.find(question) if question.isidentifier() else query.free(question)
        answer = query.relation(self.connection(), asked, values)
        _shown_in_notebooks(answer)
        return answer

    def plot(self, question: str, x: str | None = None, y: str | None = None, **values: object) -> "Chart":
        """Draw two columns of an answer: bars over words, columns over days, dots over numbers (in a notebook)."""
        from corpus.notebook import MOST_DRAWN, Chart

        return Chart(self.sql(question, **values).limit(MOST_DRAWN).to_arrow_table(), x, y)

    def connection(self) -> "DuckDBPyConnection":
        """Return a DuckDB connection of your own with all tables and views of the corpus."""
        from corpus import query
        from corpus.engine import connect

        con = connect(self.folder)
        query.install_views(con, self.folder)
        return con

    @contextmanager
    def ask(
        self, question: str, values: Mapping[str, object] | None = None, **limits: int
    ) -> "Iterator[pa.RecordBatchReader]":
        """Answer a stranger's question: locked in, read-only, bounded in memory and time. Yields a batch reader."""
        from corpus import query, sandbox

        asked = query.find(question) if question.isidentifier() else query.free(question)
        with sandbox.ask(self.folder, asked, values or {}, sandbox.Limits(**limits)) as rows:
            yield rows

    def compare(self, a: str, b: str) -> Any:
        """Compare two articles (ids or URLs) or files; return the Similarity with aligned passages."""
        from corpus.compare import compare_named

        return compare_named(self.folder, a, b)

    def evaluate(self, gold: Path | str, articles: Path | str | None = None, **options: Any) -> "Evaluation":
        """Hold the clusters against a labelled file (see corpus.evaluate.evaluate)."""
        from corpus.engine import connect
        from corpus.evaluate import evaluate
        from corpus.gold import read_gold

        labelled = read_gold(gold, articles)
        with connect(self.folder) as con:
            rows = con.execute(
                "SELECT a.id, c.cluster_id, a.language, a.url FROM articles AS a LEFT JOIN clusters AS c USING (id)"
            ).fetchall()
        found = evaluate(
            labelled,
            {row[0]: row[1] for row in rows},
            languages={row[0]: row[2] for row in rows if row[2]},
            urls={row[3]: row[0] for row in rows if row[3]},
            **options,
        )
        _shown_in_notebooks(found)
        return found

    def calibrate(
        self, gold: Path | str, articles: Path | str | None = None, *, unlisted: str = "independent"
    ) -> "Calibration":
        """Hold the scores of the pairs against a labelled file (see corpus.calibration.calibration)."""
        from corpus.calibration import calibration
        from corpus.engine import connect
        from corpus.evaluate import ids_of
        from corpus.gold import read_gold

        labelled = read_gold(gold, articles)
        with connect(self.folder) as con:
            rows = con.execute("SELECT id, url FROM articles").fetchall()
            ids = ids_of(labelled, dict.fromkeys(row[0] for row in rows), {row[1]: row[0] for row in rows if row[1]})
            names = {own: name for name, own in ids.items()}
            scored = con.execute(SCORED, {"ids": list(names)}).fetchall()
        pairs = ((names[a], names[b], score, kind) for a, b, score, kind in scored)
        unlisted_is = None if unlisted == "ignored" else False
        return calibration(labelled, pairs, self.settings.threshold, unlisted=unlisted_is)

    def export(self, out: Path | str, **options: Any) -> int:
        """Write the articles with their clusters to a file or folder (see corpus.export.export); return the rows."""
        from corpus.export import export

        return export(self.folder, Path(out), **options)

    def rebuild(self, path: Path | str, **options: Any) -> Any:
        """Fetch the texts of a text-free export again (see corpus.rebuilding.rebuild)."""
        from corpus.rebuilding import rebuild

        demand_local(self.folder, "keep the list of URLs of a crawl")
        return rebuild(self.folder, Path(path), make=self._make, **options)

    def serve(
        self,
        host: str = "127.0.0.1",
        port: int | None = None,
        hosts: Sequence[str] = (),
        ready: Callable[[str], None] | None = None,
    ) -> None:
        """Serve the explorer until interrupted (see corpus.web.serving.serve)."""
        from corpus.web.serving import serve

        demand_local(self.folder, "keep what the explorer remembers")
        serve(self.folder, host, port, hosts, ready)

    def report(self, out: Path | str, **options: Any) -> int:
        """Write the explorer's pages as static files (see corpus.web.report.report); return their number."""
        from corpus.web.report import report

        return report(self.folder, Path(out), progress=self.progress, **options)

    def __repr__(self) -> str:
        """Name the folder."""
        return f"Corpus({str(self.folder)!r})"

    def _repr_html_(self) -> str | None:
        """Tell a notebook what the corpus holds."""
        from corpus import notebook

        return notebook.corpus(self) if tables.exists(self.folder) else None


def _shown_in_notebooks(result: object) -> None:
    """Let IPython, where this runs in it, show results of this type as tables."""
    if "IPython" in sys.modules:
        from corpus.notebook import show_tables

        show_tables(type(result))


def _session(engine: "SparkSession | str") -> "SparkSession | None":
    """Return the Spark session of that name; None for the local engine."""
    if not isinstance(engine, str):
        return engine
    if engine == "local":
        return None
    try:
        from corpus import spark
    except ImportError as error:
        raise UserError("the engine spark needs PySpark and Java 17: pip install 'wirecopy[spark]'") from error
    return spark.session(None if engine == "spark" else engine)
