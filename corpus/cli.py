"""The command line: parses, calls one method of Corpus, prints.

May import: the standard library, corpus.arguments, errors, places, plain and progress. Everything else is
imported inside the command that needs it, so that `wirecopy --help` is instant.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.arguments import know, parser
from corpus.errors import UserError
from corpus.places import place
from corpus.plain import counted
from corpus.progress import clear, lines_shown, rows_shown, visible

if TYPE_CHECKING:
    from corpus.api import Corpus

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status: 0 done, 1 the user can mend it, 2 wrong usage, 130 interrupted."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    top = parser()
    know(top, words)
    given = top.parse_args(words or ["--help"])
    try:
        given.corpus = place(given.corpus)
        status = _COMMANDS[given.command](given)
    except UserError as error:
        print(f"wirecopy: {visible(str(error))}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("wirecopy: interrupted; what was done is kept, the same command goes on from here", file=sys.stderr)
        return 130
    return status


def _demo(given: argparse.Namespace) -> int:
    from corpus.demo.run import run

    return run(given.corpus, rows_shown())


def _crawl(given: argparse.Namespace) -> int:
    from spiders.crawl import CrawlOptions

    told = {
        "since": given.since, "max_pages": given.max_pages, "contact": given.contact, "delay": given.delay,
        "proxy": given.proxy, "allow_private": given.allow_private or None,
        "frontier": given.frontier or os.environ.get("WIRECOPY_FRONTIER"),
        "warc": True if given.warc else None,
        "refresh": given.refresh,
        "refresh_window": timedelta(days=given.refresh_days) if given.refresh_days is not None else None,
    }  # fmt: skip
    options = CrawlOptions.of({name: value for name, value in told.items() if value is not None})
    account = _corpus(given).crawl(given.urls, given.publishers, options=options, progress=lines_shown())
    clear()
    _tell(account.problems)
    print(visible(str(account)))
    return 130 if account.stopped else int(account.failed)


def _publishers(given: argparse.Namespace) -> int:
    from spiders.options import CrawlOptions
    from spiders.publishers import add_publisher, check_publishers, find_publisher

    told = {"proxy": given.proxy, "allow_private": given.allow_private or None}
    options = CrawlOptions.of({name: value for name, value in told.items() if value is not None})
    if given.what == "check":
        checks = check_publishers(given.publishers, options=options)
        for one in checks:
            print(visible(str(one)))
        return 0 if all(one.ok for one in checks) else 1
    if not given.urls:
        raise UserError("name the sites: wirecopy publishers find URL …")
    for url in given.urls:
        row = find_publisher(url, options=options)
        added = add_publisher(given.publishers, row)
        print(visible(f"{'added' if added else 'already there'}: {row}"))
    return 0


def _import(given: argparse.Namespace) -> int:
    corpus = _corpus(given)
    if given.rebuild:
        options = {"proxy": given.proxy, "allow_private": given.allow_private or None}
        rebuilt = corpus.rebuild(given.rebuild, **{name: value for name, value in options.items() if value})
        _tell(rebuilt.sentences)
        print(visible(str(rebuilt)))
        return 0 if {"same", "changed", "gone"} & rebuilt.outcomes.keys() else 1
    if not given.files:
        raise UserError("name the files or folders to bring in: wirecopy import FILE …")
    account = corpus.import_files(*given.files, publisher=given.publisher)
    clear()
    _tell(account.sentences)
    print(visible(str(account)))
    return 1 if account.failed else 0


def _stage(given: argparse.Namespace) -> int:
    corpus = _corpus(given)
    if given.command == "run":
        done = corpus.run()
    elif given.command == "cluster":
        done = {"cluster": corpus.cluster(given.threshold)}
    else:
        done = {given.command: getattr(corpus, given.command)()}
    clear()
    print("; ".join(f"{stage}: {rows:,} {_OF_STAGE[stage]}" for stage, rows in done.items()))
    return 0


_OF_STAGE = {
    "extract": "articles", "sign": "signatures", "pair": "pairs scored", "cluster": "articles in clusters",
}  # fmt: skip


def _sql(given: argparse.Namespace) -> int:
    if given.name is not None and given.query is not None:
        raise UserError("give either the name of a query or -q SQL, not both")
    from corpus import output, query, sandbox

    if given.name is None and given.query is None:
        if given.format == "table":
            output.write_terms(query.described(), given.output)
        else:
            _write_rows(query.listing(), given.format, given.output)
        return 0
    asked = query.free(given.query) if given.query is not None else query.find(given.name)
    limits = sandbox.Limits(seconds=given.seconds, memory=given.memory)
    with sandbox.ask(given.corpus, asked, query.parse_variables(given.parameter), limits) as rows:
        written = output.write(rows, given.format, given.output, given.limit)
    if given.format == "table" and not written.rows and not written.more:
        print("no rows", file=sys.stderr)
    if more := output.left_out(written):
        print(more, file=sys.stderr)
    return 0


def _compare(given: argparse.Namespace) -> int:
    from corpus.compare import compare_named, render

    found = compare_named(given.corpus, given.a, given.b)
    print(render(found, given.format))
    return 0


def _evaluate(given: argparse.Namespace) -> int:
    hold = _corpus(given).calibrate if given.scores else _corpus(given).evaluate
    found = hold(given.gold, given.articles, unlisted=given.unlisted)
    if given.format == "table":
        print(found)
        return 0
    _write_rows(found.rows(), given.format)
    return 0


def _write_rows(rows: list[dict[str, Any]], form: str, to: Path | None = None) -> None:
    import pyarrow as pa

    from corpus import output

    output.write(pa.Table.from_pylist(rows).to_reader(), form, to, 0)


def _export(given: argparse.Namespace) -> int:
    rows = _corpus(given).export(given.out, form=given.form, format=given.format, text=not given.no_text)
    print(f"{counted(rows, 'article')} written to {visible(str(given.out))}")
    return 0


def _serve(given: argparse.Namespace) -> int:
    def ready(address: str) -> None:
        print(f"{visible(str(given.corpus))} is served on {address} (Ctrl-C ends it)", flush=True)

    _corpus(given).serve(given.host, given.port, given.allow_host, ready)
    return 0


def _report(given: argparse.Namespace) -> int:
    count = _corpus(given).report(given.out, text=not given.no_text, most=given.clusters)
    clear()
    print(f"{counted(count, 'page')} written; open {visible(str(given.out / 'index.html'))}")
    return 0


_COMMANDS: dict[str, Command] = {
    "demo": _demo, "crawl": _crawl, "publishers": _publishers, "import": _import, "sql": _sql, "compare": _compare,
    "evaluate": _evaluate, "export": _export, "serve": _serve, "report": _report,
    **dict.fromkeys(("run", *_OF_STAGE), _stage),
}  # fmt: skip


def _corpus(given: argparse.Namespace) -> "Corpus":
    from corpus.api import Corpus

    return Corpus(given.corpus, progress=rows_shown(), engine=getattr(given, "engine", "local"))


def _tell(sentences: Iterable[str]) -> None:
    for sentence in sentences:
        print(f"wirecopy: {visible(sentence)}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
