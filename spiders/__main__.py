"""The child process of a crawl: reads one line of JSON, crawls, writes one line of JSON for each event.

Scrapy's reactor runs once a process; the parent may crawl again and again. When the parent goes away, its end of the
pipe closes and the crawl stops politely. May import: scrapy, spiders.news, spiders.settings, corpus.errors.
"""

import json
import os
import signal
import sys
import threading
from typing import Any

from scrapy.crawler import CrawlerProcess
from scrapy.settings import Settings
from scrapy.utils.log import configure_logging
from twisted.python.failure import Failure

from corpus.errors import UserError


def main() -> int:
    """Crawl as the line on standard input says; return the exit status."""
    told = json.loads(sys.stdin.readline())
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever prints by itself must not come between the events
    failures: list[Failure] = []

    def tell(event: dict[str, Any]) -> None:
        try:
            events.write(json.dumps(event) + "\n")
            events.flush()
        except BrokenPipeError:  # the parent is gone; the crawl is about to be stopped
            return

    settings = Settings()
    settings.setmodule("spiders.settings", priority="project")
    settings.set("LOG_FILE", told.pop("log_file"), priority="cmdline")
    settings.set("LOG_LEVEL", told["options"].get("log_level", "WARNING"), priority="cmdline")
    configure_logging(settings)
    process = CrawlerProcess(settings)
    done = process.crawl("news", **told.pop("options"), **told, tell=tell)
    done.addErrback(failures.append)
    threading.Thread(target=_stop_with_parent, daemon=True).start()
    process.start()
    for failure in failures:
        if not isinstance(failure.value, UserError):
            failure.printTraceback(sys.stderr)
            return 2
        tell({"event": "error", "sentence": str(failure.value)})
    return 1 if failures else 0


def _stop_with_parent() -> None:
    """Wait for the parent to close the pipe, then ask for a polite stop."""
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGINT)


if __name__ == "__main__":
    sys.exit(main())
