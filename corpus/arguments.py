"""The words of the command line: commands, their arguments, what each may be, and what is said where it is not.

May import: the standard library and corpus (for its version), so that `wirecopy --help` is instant.
"""

import argparse
import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from corpus import __version__

FORMATS = ("table", "json", "jsonl", "csv", "parquet")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = argparse.ArgumentParser(
        prog="wirecopy",
        description="Finds the copies of agency stories in scraped news - verbatim, shortened, reworded, translated - "
        "and shows the evidence.",
    )
    top.add_argument("--version", action="version", version=f"wirecopy {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in (_add_demo, _add_crawl, _add_publishers, _add_import, _add_stages, _add_sql, _add_compare,
                _add_evaluate, _add_export, _add_serve, _add_report):  # fmt: skip
        add(commands)
    return top


def _command(commands: Any, name: str, help_: str, description: str = "") -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(name, help=help_, description=description or help_)
    made.set_defaults(command=name)
    made.add_argument("--corpus", default=os.environ.get("WIRECOPY_CORPUS") or "data", metavar="DIR", help="the "
                      "corpus's folder, or s3://… or gs://… (default: data, or variable WIRECOPY_CORPUS)")  # fmt: skip
    return made


def _add_format(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "--format",
        choices=FORMATS,
        default="table",
        help="how rows are printed (default: table, which shortens long values; the others have them whole)",
    )
    made.add_argument("--output", type=Path, metavar="FILE", help="write to this file instead of the screen")
    made.add_argument(
        "--limit", type=whole_number, metavar="N", help="at most N rows; 0: all (default: 100 in a table)"
    )


def _add_demo(commands: Any) -> None:
    made = _command(
        commands, "demo", "crawl a small made-up web, run every stage, show the clusters",
        "Starts a small made-up web of news sites on this machine, crawls it, finds the copies and prints them. "
        "Needs no network. The corpus stays in the folder and can be asked further questions.",
    )  # fmt: skip
    made.set_defaults(corpus=os.environ.get("WIRECOPY_CORPUS") or "demo-data")


def _add_crawl(commands: Any) -> None:
    made = _command(
        commands, "crawl", "fetch articles from sites, feeds, sitemaps or a list of URLs",
        "Fetches articles politely (robots.txt, one request a site at a time). A site's address is enough: its feeds "
        "and sitemaps are found. Interrupted or killed, the same command goes on where it stopped.",
    )  # fmt: skip
    made.add_argument("urls", nargs="*", metavar="URL", help="articles, sites, feeds or sitemaps")
    made.add_argument("--publishers", type=Path, metavar="FILE", help="CSV: publisher, domain, country, language, "
                      "discovery, url")  # fmt: skip
    made.add_argument(
        "--since", metavar="DATE", help="leave for another time what its feed, sitemap or page dates earlier (ISO date)"
    )
    made.add_argument("--max-pages", type=int, metavar="N", help="stop after so many pages")
    made.add_argument("--contact", metavar="ADDRESS", help="mail address or page told to the sites (WIRECOPY_CONTACT)")
    made.add_argument("--delay", type=float, metavar="SECONDS", help="least time between requests to a site")
    made.add_argument("--refresh", type=hours, metavar="HOURS", help="look again at articles fetched longer ago than "
                      "this (default: 6; `never`: not at all)")  # fmt: skip
    made.add_argument("--refresh-days", type=float, metavar="N", help="but not at those that were first fetched more "
                      "than N days ago, unless a listing says that they changed (default: 2)")  # fmt: skip
    made.add_argument("--warc", action="store_true", help="keep the answers as WARC files too")
    made.add_argument("--frontier", metavar="URL", help="share the crawl with other machines: the Redis database that "
                      "keeps its URLs, redis://host:6379/0 (WIRECOPY_FRONTIER)")  # fmt: skip
    made.add_argument("--proxy", metavar="URL", help="send every request through this HTTP proxy")
    made.add_argument("--allow-private", action="store_true", help="also fetch addresses of this machine and network")


def _add_publishers(commands: Any) -> None:
    made = _command(commands, "publishers", "check a list of publishers, or find a site's feeds for it")
    made.add_argument("what", choices=("check", "find"), help="check every row, or write a row for each URL")
    made.add_argument("urls", nargs="*", metavar="URL", help="sites, for find")
    made.add_argument("--publishers", type=Path, default=Path("publishers.csv"), metavar="FILE", help="the list "
                      "(default: publishers.csv)")  # fmt: skip
    made.add_argument("--proxy", metavar="URL", help="send every request through this HTTP proxy")
    made.add_argument("--allow-private", action="store_true", help="also fetch addresses of this machine and network")


def _add_import(commands: Any) -> None:
    made = _command(
        commands, "import", "bring in articles from Parquet, JSONL, CSV, WARC or HTML files",
        "Brings in files or folders of articles. Text files need the columns url (or id) and text; title, "
        "published_at, language, publisher and authors are used where they are there, also under the names that "
        "trafilatura, news-please and Hugging Face's cc_news give them.",
    )  # fmt: skip
    made.add_argument("files", nargs="*", type=Path, metavar="FILE", help="files or folders")
    made.add_argument("--publisher", metavar="NAME", help="the publisher of rows that name none")
    made.add_argument("--rebuild", type=Path, metavar="FILE", help="fetch the texts of a text-free export again")
    made.add_argument("--proxy", metavar="URL", help="with --rebuild: send every request through this HTTP proxy")
    made.add_argument("--allow-private", action="store_true", help="with --rebuild: also fetch private addresses")


def _add_stages(commands: Any) -> None:
    for name, help_ in (
        ("extract", "give every page its article: text, title, time, language, agency"),
        ("sign", "sign every new text"),
        ("pair", "score every new candidate pair"),
        ("cluster", "bring the clusters in step with the scored pairs"),
        ("run", "do all that is outstanding: extract, sign, pair, cluster"),
    ):
        made = _command(commands, name, help_)
        made.add_argument("--engine", default="local", metavar="ENGINE", help="local (default), spark (as Spark's own "
                          "configuration says), or the address of a Spark master")  # fmt: skip
        if name == "cluster":
            made.add_argument("--threshold", type=float, metavar="P", help="least mean score inside a cluster (0..1)")


def _add_sql(commands: Any) -> None:
    made = _command(
        commands, "sql", "ask a named query or SQL of your own",
        "Asks the corpus a question. Without a name it lists the named queries. Read-only, without network or other "
        "files, bounded in memory and time.",
    )  # fmt: skip
    made.add_argument("name", nargs="?", metavar="NAME", help="a named query")
    made.add_argument("-q", "--query", metavar="SQL", help="SQL of your own")
    made.add_argument("-p", "--parameter", action="append", default=[], metavar="name=value", help="a query's variable")
    made.add_argument("--seconds", type=positive_number, default=60, metavar="S", help="time limit (default: 60)")
    made.add_argument(
        "--memory", type=whole_number, default=0, metavar="MB", help="memory limit (default: half of the memory)"
    )
    _add_format(made)


def _add_compare(commands: Any) -> None:
    made = _command(
        commands, "compare", "show what two texts share, and what was cut, added and changed",
        "Compares two articles of the corpus (by id or URL) or two files, in one language or two.",
    )  # fmt: skip
    made.add_argument("a", metavar="A", help="an id, a URL or a file")
    made.add_argument("b", metavar="B", help="an id, a URL or a file")
    made.add_argument("--format", choices=("table", "json"), default="table", help="text to read, or JSON")


def _add_evaluate(commands: Any) -> None:
    made = _command(commands, "evaluate", "hold the clusters against a labelled file")
    made.add_argument("gold", type=Path, metavar="GOLD", help="rows of id or url and cluster, or of a, b and label")
    made.add_argument("--articles", type=Path, metavar="FILE", help="with labelled pairs: the articles they are about")
    made.add_argument("--unlisted", choices=("independent", "ignored"), default="independent", help="what a pair is "
                      "that labelled pairs do not list (default: independent)")  # fmt: skip
    made.add_argument("--scores", action="store_true", help="whether scores mean what they say: the reliability curve, "
                      "the Brier score and the kinds that were found")  # fmt: skip
    made.add_argument("--format", choices=FORMATS, default="table", help="how the figures are printed")


def _add_export(commands: Any) -> None:
    made = _command(
        commands, "export", "write the articles with their clusters to a file or folder",
        "Writes one article a cluster, or all with their clusters' columns. --no-text leaves the texts out, so that "
        "the file may be shared; `wirecopy import --rebuild` fetches them again.",
    )  # fmt: skip
    made.add_argument("out", type=Path, metavar="FILE", help="ending in .parquet, .jsonl or .csv, or a new folder")
    made.add_argument("--form", choices=("one-a-cluster", "all"), default="one-a-cluster", help="which articles")
    made.add_argument("--format", choices=("parquet", "jsonl", "csv", "hf"), help="hf: a folder for load_dataset")
    made.add_argument("--no-text", action="store_true", help="facts and links alone")


def _add_serve(commands: Any) -> None:
    made = _command(
        commands, "serve", "look at the corpus in a browser",
        "Serves the explorer on this machine until interrupted: overview, clusters with full-text search, comparisons, "
        "publishers, SQL, and the review of pairs. It answers this machine alone, unless --host says otherwise.",
    )  # fmt: skip
    made.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS", help="address to listen on (default: 127.0.0.1)"
    )
    made.add_argument("--port", type=int, metavar="N", help="port (default: 8123, or a free one)")
    made.add_argument("--allow-host", action="append", default=[], metavar="NAME", help="a further name under which "
                      "browsers may call it; addresses, localhost and this machine's name always may")  # fmt: skip


def _add_report(commands: Any) -> None:
    made = _command(
        commands, "report", "write overview, clusters and comparisons as static pages",
        "Writes a folder of static pages that opens from disk and can be published: overview, clusters, comparisons "
        "and publishers. --no-text leaves out all that is in the publishers' own words.",
    )  # fmt: skip
    made.add_argument("out", type=Path, metavar="FOLDER", help="a new folder, or an older report, which is replaced")
    made.add_argument("--clusters", type=whole_number, default=100, metavar="N", help="at most so many clusters, the "
                      "widest first (default: 100)")  # fmt: skip
    made.add_argument("--no-text", action="store_true", help="facts, figures and links alone")


def know(top: argparse.ArgumentParser, words: Sequence[str]) -> None:
    """End with the nearest commands where the first word is none; argparse would list them all."""
    known = [name for action in top._actions for name in action.choices or ()]
    if not words or words[0].startswith("-") or words[0] in known:
        return
    near = get_close_matches(words[0], known, 2, 0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "`wirecopy --help` lists the commands"
    top.error(f"there is no command {words[0]!r}; {hint}")


def whole_number(text: str) -> int:
    """Read a number from 0 up. Raises ArgumentTypeError for anything else."""
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"it must be a whole number from 0 up, not {text!r}")
    return int(text)


def positive_number(text: str) -> float:
    """Read a number above 0. Raises ArgumentTypeError for anything else."""
    with suppress(ValueError):
        if (number := float(text)) > 0:
            return number
    raise argparse.ArgumentTypeError(f"it must be a number above 0, not {text!r}")


def hours(text: str) -> timedelta | str:
    """Read a number of hours, or `never`. Raises ArgumentTypeError for anything else."""
    try:
        return text if text == "never" else timedelta(hours=float(text))
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"it must be a number of hours or `never`, not {text!r}") from None
