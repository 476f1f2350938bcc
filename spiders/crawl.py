"""Starts Scrapy in a process of its own, follows it, and gives the account. May import: the other modules of spiders
that do not import scrapy, corpus.tables, corpus.errors and the standard library.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from corpus import tables
from corpus.errors import UserError
from spiders.account import CrawlAccount, Tally
from spiders.frontier import NAME
from spiders.options import CrawlOptions, read_publishers

__all__ = ["CrawlAccount", "CrawlOptions", "crawl"]

Progress = Callable[[str], None]
LOG = "crawl.log"


def crawl(
    folder: Path,
    urls: Sequence[str] = (),
    publishers: Path | None = None,
    *,
    since: datetime | None = None,
    max_pages: int | None = None,
    proxy: str | None = None,
    allow_private: bool | None = None,
    options: CrawlOptions | None = None,
    progress: Progress | None = None,
    make: Callable[[Path], None] = tables.create,
) -> CrawlAccount:
    """Fetch articles into the corpus folder's pages table, and give an account of every URL.

    `publishers` is a CSV file (publisher, domain, country, language, discovery, url). A URL given by itself is
    fetched if it is an article's; a site's front page is searched for feeds and sitemaps. Without either, a crawl
    that was stopped goes on. `progress` gets one line for each page and listing. The named options here win over
    those in `options`. `make` makes the corpus where it is missing, once nothing speaks against the crawl. May be
    called again and again in one process.

    The first Ctrl-C lets the requests under way end and returns the account (stopped is True); the second ends at
    once, and still nothing that was fetched is lost. Raises UserError with a sentence for a file that cannot be read
    or written, for wrong options, and when there is nothing to crawl.
    """
    given: dict[str, Any] = {"since": since, "max_pages": max_pages, "proxy": proxy, "allow_private": allow_private}
    options = replace(options or CrawlOptions(), **{name: value for name, value in given.items() if value is not None})
    folder = Path(folder)
    _check(folder, urls, publishers, options)
    make(folder)
    told = {
        "folder": str(folder.absolute()),
        "urls": list(urls),
        "publishers": str(Path(publishers).absolute()) if publishers else "",
        "options": options.as_json(),
        "log_file": str((folder / LOG).absolute()),
    }
    return _follow(told, progress)


def _check(folder: Path, urls: Sequence[str], publishers: Path | None, options: CrawlOptions) -> None:
    """Refuse at once what cannot work."""
    if isinstance(urls, str):
        raise UserError("give the URLs as a list, for example crawl(folder, ['https://example.org/'])")
    if publishers is not None:
        read_publishers(Path(publishers))
    if not urls and publishers is None and not options.frontier and not (folder / NAME).exists():
        raise UserError("nothing to crawl: give a URL, or --publishers FILE with one line for each publisher")


def _follow(told: dict[str, Any], progress: Progress | None) -> CrawlAccount:
    """Run the child to its end and count its events."""
    start = time.monotonic()
    tally = Tally()
    with tempfile.TemporaryFile() as errors, _child(errors) as child:
        assert child.stdin is not None and child.stdout is not None
        child.stdin.write((json.dumps(told) + "\n").encode())
        child.stdin.flush()
        try:
            _count(child.stdout, tally, progress)
        except KeyboardInterrupt:
            _stop(child, tally, progress)
        child.stdin.close()
        status = child.wait()
        if tally.error:
            raise UserError(tally.error)
        if tally.bug:
            raise RuntimeError(f"the crawl stopped at a mistake of this program:\n{tally.bug}")
        if status not in (0, -signal.SIGKILL, -signal.SIGTERM):
            raise RuntimeError(f"the crawl's process ended with status {status}: {_tail(errors)}")
    return tally.account(time.monotonic() - start)


def _child(errors: IO[bytes]) -> "subprocess.Popen[bytes]":
    """Start Python with this very package, in a session of its own, so that Ctrl-C reaches only the parent.

    -P keeps the working folder out of the import path: a folder called `spiders` there is somebody else's.
    """
    home = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH", "")])])
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "spiders"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env={**os.environ, "PYTHONPATH": path},
        start_new_session=True,
    )


def _count(lines: IO[bytes], tally: Tally, progress: Progress | None) -> None:
    for line in lines:
        with contextlib.suppress(ValueError):  # a last line cut short by a kill
            shown = tally.add(json.loads(line))
            if shown and progress:
                progress(shown)


def _stop(child: "subprocess.Popen[bytes]", tally: Tally, progress: Progress | None) -> None:
    """Ask the child to end what is under way and to store it; a second Ctrl-C ends it at once."""
    if progress:
        progress("stopping: the requests under way are ended and stored; Ctrl-C again ends at once")
    try:
        child.send_signal(signal.SIGINT)
        assert child.stdout is not None
        _count(child.stdout, tally, progress)
    except KeyboardInterrupt:
        child.kill()


def _tail(errors: IO[bytes]) -> str:
    """Return the last lines that the child wrote to its standard error."""
    errors.seek(0)
    lines = errors.read().decode("utf-8", "replace").strip().splitlines()
    return " | ".join(lines[-3:]) or "it said nothing"
