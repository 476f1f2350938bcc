"""A crawl that is killed, interrupted, or not alone: nothing lost that had come, nothing twice."""

import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest

from corpus.errors import UserError
from spiders import crawl as crawling
from spiders.crawl import CrawlAccount, CrawlOptions, crawl
from tests.crawl_web import LOREM, Web, serve

QUICK = CrawlOptions(delay=0, allow_private=True, flush_rows=7, flush_seconds=0.3)
ROOT = Path(__file__).resolve().parent.parent


def many(web: Web, count: int, wait: float = 0.0) -> list[str]:
    """Set up a feed of so many articles; return their paths."""
    paths = [f"/2026/07/story-number-{n}-of-many" for n in range(count)]
    for n, path in enumerate(paths):
        web.article(path, text=f"{LOREM} It was the story number {n} of that day.", wait=wait)
    web.feed("/feed-of-today.xml", [web.url + path for path in paths])
    return paths


def stored(folder: Path) -> list[str]:
    """Return the paths of the stored articles, sorted; one that is there twice is there twice."""
    table = ds.dataset(folder / "pages").to_table(columns=["url", "outcome"]).to_pylist()
    return sorted("/" + row["url"].split("/", 3)[3] for row in table if row["outcome"] == "ok")


def waiting(folder: Path) -> int:
    with sqlite3.connect(folder / "crawl.sqlite") as db:
        return int(db.execute("SELECT COUNT(*) FROM spool").fetchone()[0])


def done(folder: Path) -> int:
    with sqlite3.connect(folder / "crawl.sqlite") as db:
        return int(db.execute("SELECT COUNT(*) FROM urls WHERE outcome = 'ok'").fetchone()[0])


@pytest.mark.slow
def test_sigkill_at_twenty_moments_loses_and_doubles_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(20)
    start = crawling._child
    runs = iter(range(20))

    def doomed(errors: Any) -> "subprocess.Popen[bytes]":
        """Kill every fifth crawl while it starts, the others while they fetch, however slow the machine."""
        child, before, early = start(errors), len(web.asked), next(runs) % 5 == 4
        moment = chance.uniform(0.3, 1.2) if early else chance.uniform(0.0, 0.7)

        def kill() -> None:
            latest = time.monotonic() + 20
            while not early and len(web.asked) <= before and time.monotonic() < latest and child.poll() is None:
                time.sleep(0.01)
            time.sleep(moment)
            child.kill()

        threading.Thread(target=kill, daemon=True).start()
        return child

    with serve() as web:
        paths = many(web, 400)
        feed = [f"{web.url}/feed-of-today.xml"]
        monkeypatch.setattr(crawling, "_child", doomed)
        for _ in range(20):
            account = crawl(tmp_path, feed, options=QUICK)
            assert account.stopped or account.left == 0
            if (tmp_path / "crawl.sqlite").exists() and (tmp_path / "crawl.sqlite").stat().st_size:
                assert len(set(stored(tmp_path))) == len(stored(tmp_path))
                assert len(stored(tmp_path)) + waiting(tmp_path) >= done(tmp_path)
        monkeypatch.setattr(crawling, "_child", start)
        last = crawl(tmp_path, feed, options=QUICK)
        assert not last.stopped
        assert stored(tmp_path) == sorted(paths)
        asked = web.count()
        assert all(asked[path] >= 1 for path in paths)
        assert sum(asked[path] for path in paths) <= len(paths) + 20
        assert not list(tmp_path.glob(".crawl-*"))


def test_two_crawls_at_once_share_the_work(tmp_path: Path) -> None:
    accounts: list[CrawlAccount] = []
    with serve() as web, serve("127.0.0.2") as other:
        paths = many(web, 40, wait=0.01)
        many(other, 40, wait=0.01)
        feeds = [f"{web.url}/feed-of-today.xml", f"{other.url}/feed-of-today.xml"]
        both = [
            threading.Thread(target=lambda given=given: accounts.append(crawl(tmp_path, given, options=QUICK)))
            for given in (feeds, feeds[::-1])
        ]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()
        assert len(accounts) == 2 and not any(account.stopped for account in accounts)
        assert sum(account.stored for account in accounts) == 80
        assert stored(tmp_path) == sorted(paths * 2)
        for one in (web, other):
            assert all(one.count()[path] == 1 for path in paths)


CODE = """
import sys
from spiders.crawl import crawl, CrawlOptions
options = CrawlOptions(delay=0, allow_private=True, flush_rows=7, flush_seconds=60)
print(crawl(sys.argv[1], sys.argv[2:], options=options, progress=lambda line: print(line, flush=True)), flush=True)
"""


def start(folder: Path, url: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", CODE, str(folder), url]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=folder)


def until_pages(web: Web, count: int) -> None:
    end = time.monotonic() + 60
    while sum("/story-" in path for path in list(web.asked)) < count and time.monotonic() < end:
        time.sleep(0.02)


def test_ctrl_c_ends_what_is_under_way_and_gives_the_account(tmp_path: Path) -> None:
    with serve() as web:
        paths = many(web, 300, wait=0.02)
        process = start(tmp_path, f"{web.url}/feed-of-today.xml")
        until_pages(web, 10)
        process.send_signal(signal.SIGINT)
        output = process.communicate(timeout=60)[0]
        assert process.returncode == 0
        assert "stopping: " in output and "stopped early" in output.splitlines()[-1]
        assert 9 <= len(stored(tmp_path)) < len(paths)
        assert len(stored(tmp_path)) == done(tmp_path)
        assert waiting(tmp_path) == 0


def test_a_killed_parent_takes_the_crawl_along_politely(tmp_path: Path) -> None:
    with serve() as web:
        many(web, 300, wait=0.02)
        process = start(tmp_path, f"{web.url}/feed-of-today.xml")
        until_pages(web, 10)
        process.kill()
        process.wait()
        end = time.monotonic() + 30
        while list(tmp_path.glob(".crawl-*")) and time.monotonic() < end:
            time.sleep(0.1)
        assert not list(tmp_path.glob(".crawl-*"))
        assert len(stored(tmp_path)) == done(tmp_path) >= 9
        before = len(web.asked)
        time.sleep(0.5)
        assert len(web.asked) == before


def test_a_full_disk_is_told_in_a_sentence_and_the_next_crawl_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = crawling._child

    def cramped(errors: Any) -> "subprocess.Popen[bytes]":
        child = begin(errors)
        resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (600_000, 600_000))
        return child

    with serve() as web:
        paths = many(web, 60)
        noise = random.Random(1)
        for path in paths:
            letters = "".join(noise.choices("abcdefghijklmnopqrstuvwxyz     ", k=40_000))
            web.article(path, text=letters)
        feed = [f"{web.url}/feed-of-today.xml"]
        monkeypatch.setattr(crawling, "_child", cramped)
        with pytest.raises(UserError, match=r"cannot write .*; free some space"):
            crawl(tmp_path, feed, options=QUICK)
        monkeypatch.setattr(crawling, "_child", begin)
        crawl(tmp_path, feed, options=QUICK)
        assert stored(tmp_path) == sorted(paths)


def test_a_damaged_list_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "crawl.sqlite").write_text("this is no database " * 100)
    with pytest.raises(UserError, match="move it away"):
        crawl(tmp_path, ["http://a.example/"], options=QUICK)


def test_a_folder_named_spiders_nearby_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "spiders").mkdir()
    (tmp_path / "spiders" / "__init__.py").write_text("raise SystemExit('wrong package')")
    monkeypatch.chdir(tmp_path)
    with serve() as web:
        many(web, 1)
        assert crawl(tmp_path / "corpus", [f"{web.url}/feed-of-today.xml"], options=QUICK).stored == 1


def test_pages_land_while_the_crawl_runs_and_a_lost_list_is_learnt_again(tmp_path: Path) -> None:
    with serve() as web:
        paths = many(web, 30, wait=0.05)
        feed = [f"{web.url}/feed-of-today.xml"]
        seen: list[int] = []
        crawl(tmp_path, feed, options=QUICK, progress=lambda _: seen.append(len(stored(tmp_path))))
        assert 0 < seen[len(seen) // 2] < 30
        for path in tmp_path.glob("crawl.sqlite*"):
            path.unlink()
        again = crawl(tmp_path, feed, options=QUICK)
        assert again.pages == 1  # the feed's own address
        assert all(web.count()[path] == 1 for path in paths)
        assert stored(tmp_path) == sorted(paths)
