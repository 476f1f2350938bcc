"""Two crawlers, one frontier in a real Redis: they share the work, lose and double nothing, and each host has peace."""

import itertools
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import pyarrow.dataset as ds
import pytest

from corpus import cli, tables
from corpus.errors import UserError
from spiders import crawl as crawling
from spiders.crawl import CrawlAccount, CrawlOptions, crawl
from spiders.frontier import open_frontier
from spiders.listings import Entry
from tests.crawl_web import LOREM, Answer, Web, article, rss, serve
from tests.redis_server import Server, needs_redis, redis_server

pytestmark = needs_redis
QUICK = CrawlOptions(delay=0, allow_private=True, flush_rows=7, flush_seconds=0.3, lease=1, at_once=4)
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def server() -> Iterator[Server]:
    with redis_server() as running:
        yield running


class Sites:
    """Some sites with so many articles each, which read differently each time, so that two fetches are two revisions.

    `hold` keeps their feeds back until it is set.
    """

    def __init__(self, stack: ExitStack, hosts: int, articles: int, wait: float = 0.01) -> None:
        self.webs = [stack.enter_context(serve(f"127.0.0.{n + 1}")) for n in range(hosts)]
        self.paths = [f"/2026/07/story-number-{n}-of-many" for n in range(articles)]
        self.hold = threading.Event()
        self.hold.set()
        self.answers = itertools.count()
        for web in self.webs:
            for n, path in enumerate(self.paths):
                web.pages[path] = lambda _, web=web, n=n: self.article(web, n, wait)
            web.pages["/feed-of-today.xml"] = lambda _, web=web: self.feed(web)

    def article(self, web: Web, n: int, wait: float) -> Answer:
        told = f"It was the story number {n} of {web.host}, and the reader number {next(self.answers)}."
        return Answer(article(text=f"{LOREM} {told}"), wait=wait)

    def feed(self, web: Web) -> Answer:
        self.hold.wait(30)
        return Answer(rss([web.url + path for path in self.paths]), type="application/rss+xml")

    @property
    def feeds(self) -> list[str]:
        return [f"{web.url}/feed-of-today.xml" for web in self.webs]

    @property
    def urls(self) -> list[str]:
        return sorted(web.url + path for web in self.webs for path in self.paths)

    def asked(self, path: str = "/story-") -> int:
        return sum(path in one for web in self.webs for one in list(web.asked))

    def once(self) -> bool:
        return all(web.count()[path] == 1 for web in self.webs for path in self.paths)

    def in_peace(self) -> bool:
        return max(web.most_under_way for web in self.webs) == 1


def stored(folder: Path) -> list[str]:
    """Return the addresses of the stored articles, sorted; one that is there twice is there twice."""
    table = ds.dataset(folder / "pages").to_table(columns=["url", "outcome"]).to_pylist()
    return sorted(row["url"] for row in table if row["outcome"] == "ok")


def until(what: Any, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:
        time.sleep(0.02)
    assert what()


CODE = """
import json, sys
from spiders.crawl import crawl, CrawlOptions
folder, options, *urls = sys.argv[1:]
account = crawl(folder, urls, options=CrawlOptions.of(json.loads(options)))
print(json.dumps([account.stored, account.stopped]))
"""


def start(folder: Path, sites: Sites, options: CrawlOptions) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", CODE, str(folder), json.dumps(options.as_json()), *sites.feeds]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def test_two_processes_share_the_work_each_in_a_folder_of_its_own(tmp_path: Path, server: Server) -> None:
    with ExitStack() as stack:
        sites = Sites(stack, hosts=6, articles=6)
        sites.hold.clear()
        options = replace(QUICK, frontier=server.url)
        both = [start(tmp_path / name, sites, replace(options, contact=name)) for name in ("one", "two")]
        agents: set[str] = set()

        def are_there() -> bool:
            agents.update(told["User-Agent"] for web in sites.webs for told in list(web.headers))
            return len(agents) == 2

        until(are_there)
        sites.hold.set()
        accounts = [json.loads(process.communicate(timeout=60)[0]) for process in both]
        assert [process.returncode for process in both] == [0, 0]
        assert all(count > 0 and not stopped for count, stopped in accounts)
        assert sum(count for count, _ in accounts) == len(sites.urls)
        assert sites.once() and sites.in_peace()
        for part in (tmp_path / "two" / "pages").glob("*.parquet"):
            if not (target := tmp_path / "one" / "pages" / part.name).exists():
                part.rename(target)
        assert stored(tmp_path / "one") == sites.urls
        assert not (tmp_path / "two" / "crawl.sqlite").exists()


class Crawlers:
    """Two crawls in threads, whose processes can be killed; one that was killed starts again while `again` is true."""

    def __init__(self, folders: list[Path], sites: Sites, options: CrawlOptions, patch: pytest.MonkeyPatch) -> None:
        self.children: list[subprocess.Popen[bytes]] = []
        self.accounts: list[CrawlAccount] = []
        self.again = True
        begin = crawling._child

        def child(errors: Any) -> "subprocess.Popen[bytes]":
            self.children.append(begin(errors))
            return self.children[-1]

        def work(folder: Path) -> None:
            while True:
                self.accounts.append(crawl(folder, sites.feeds, options=options))
                if not (self.again and self.accounts[-1].stopped):
                    return

        patch.setattr(crawling, "_child", child)
        self.threads = [threading.Thread(target=work, args=[folder], daemon=True) for folder in folders]

    def __enter__(self) -> Self:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.again = False
        for child in self.alive:
            child.kill()

    @property
    def alive(self) -> list["subprocess.Popen[bytes]"]:
        return [child for child in self.children if child.poll() is None]

    def join(self) -> None:
        for thread in self.threads:
            thread.join(90)
            assert not thread.is_alive()


@pytest.mark.slow
def test_sigkill_at_random_moments_loses_and_doubles_nothing(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(4)
    with ExitStack() as stack:
        sites = Sites(stack, hosts=6, articles=16, wait=0.02)
        options = replace(QUICK, frontier=server.url)
        crawlers = stack.enter_context(Crawlers([tmp_path] * 2, sites, options, monkeypatch))
        killed, seen = 0, 0
        while killed < 6:
            seen += chance.randint(
                1, 10
            )  # requests, not seconds: on a fast machine, too, the kills fall into the crawl
            until(lambda least=seen: sites.asked() >= least)
            time.sleep(chance.uniform(0, 0.2))
            for child in chance.sample(crawlers.alive, min(1, len(crawlers.alive))):
                child.kill()
                killed += 1
        crawlers.join()
        assert stored(tmp_path) == sites.urls
        assert sites.in_peace()
        assert sites.asked() <= len(sites.urls) + 4 * killed
        assert sum(account.stopped for account in crawlers.accounts) <= killed


def test_after_both_were_killed_another_goes_on(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as stack:
        sites = Sites(stack, hosts=4, articles=12, wait=0.02)
        options = replace(QUICK, frontier=server.url)
        crawlers = stack.enter_context(Crawlers([tmp_path] * 2, sites, options, monkeypatch))
        crawlers.again = False
        until(lambda: sites.asked() > 15)
        for child in crawlers.alive:
            child.kill()
        crawlers.join()
        assert all(account.stopped for account in crawlers.accounts)
        before = sites.asked()
        last = crawl(tmp_path, options=options)  # names nothing: what was found is enough
        assert not last.stopped and last.left == 0
        assert stored(tmp_path) == sites.urls and sites.in_peace()
        assert before < len(sites.urls) <= sites.asked() <= len(sites.urls) + 8


def test_a_process_that_was_frozen_doubles_nothing(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as stack:
        sites = Sites(stack, hosts=4, articles=10, wait=0.02)
        folders, options = [tmp_path / "one", tmp_path / "two"], replace(QUICK, frontier=server.url)
        crawlers = stack.enter_context(Crawlers(folders, sites, options, monkeypatch))
        until(lambda: sites.asked() > 10)
        frozen = crawlers.children[0]
        frozen.send_signal(signal.SIGSTOP)
        until(lambda: any(not thread.is_alive() for thread in crawlers.threads))  # the other one did it all
        assert frozen.poll() is None
        frozen.send_signal(signal.SIGCONT)
        crawlers.join()
        assert not any(account.stopped for account in crawlers.accounts)
        assert sorted([*stored(folders[0]), *stored(folders[1])]) == sites.urls
        assert sites.asked() <= len(sites.urls) + 8


def test_a_redis_that_comes_back_is_waited_for(tmp_path: Path, server: Server) -> None:
    accounts = []
    with ExitStack() as stack:
        sites = Sites(stack, hosts=4, articles=8, wait=0.02)
        options = replace(QUICK, frontier=server.url, lease=5)
        thread = threading.Thread(target=lambda: accounts.append(crawl(tmp_path, sites.feeds, options=options)))
        thread.start()
        until(lambda: sites.asked() > 8)
        server.kill()
        time.sleep(1)
        assert sites.asked() < len(sites.urls)
        server.start()
        thread.join(60)
        assert [account.stopped for account in accounts] == [False]
        assert stored(tmp_path) == sites.urls and sites.once() and sites.in_peace()


def test_a_redis_that_stays_away_is_told_in_a_sentence_and_nothing_is_lost(tmp_path: Path, server: Server) -> None:
    told = []
    with ExitStack() as stack:
        sites = Sites(stack, hosts=4, articles=8, wait=0.02)
        options = replace(QUICK, frontier=server.url)

        def work() -> None:
            with pytest.raises(UserError) as caught:
                crawl(tmp_path, sites.feeds, options=options)
            told.append(str(caught.value))

        thread = threading.Thread(target=work)
        thread.start()
        until(lambda: sites.asked() > 8)
        server.kill()
        thread.join(30)
        away = f"redis://127.0.0.1:{server.port}/0 did not answer for"
        assert len(told) == 1 and away in told[0] and "crawl again, it goes on where it stopped" in told[0]
        with pytest.raises(UserError, match=away):
            open_frontier(tmp_path, options)
        server.start()
        crawl(tmp_path, sites.feeds, options=options)
        assert stored(tmp_path) == sites.urls and sites.in_peace()


def test_a_private_address_in_redis_is_not_fetched(tmp_path: Path, server: Server) -> None:
    tables.create(tmp_path)
    options = CrawlOptions(delay=0, frontier=server.url, lease=1)
    with serve() as web:
        frontier = open_frontier(tmp_path, options)
        frontier.add([Entry(f"{web.url}/2026/07/a-story-of-the-inner-net")], "A", "feed")
        frontier.close()
        assert crawl(tmp_path, options=options).outcomes == {"private_address": 1}
        assert web.asked == []


def test_the_command_takes_the_frontier_from_the_environment(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with ExitStack() as stack:
        sites = Sites(stack, hosts=2, articles=3)
        command = ["crawl", *sites.feeds, "--corpus", str(tmp_path), "--delay", "0", "--allow-private"]
        monkeypatch.setenv("WIRECOPY_FRONTIER", server.url)
        assert cli.main(command) == 0, capsys.readouterr().err
        assert stored(tmp_path) == sites.urls and not (tmp_path / "crawl.sqlite").exists()
        monkeypatch.setenv("WIRECOPY_FRONTIER", server.url.replace("127", "me:secret@127"))
        assert cli.main(command) == 1
        told = capsys.readouterr()
        assert "refuses: " in told.err
        assert "secret" not in told.err + told.out + (tmp_path / "crawl.log").read_text("utf-8")
