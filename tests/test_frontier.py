"""The frontier's promises, held against both implementations: the file beside the corpus and Redis."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from corpus import tables
from corpus.errors import UserError
from spiders import urls
from spiders.frontier import Frontier, Task, open_frontier
from spiders.listings import Entry
from spiders.options import CrawlOptions, Publisher
from tests.redis_server import Server, needs_redis, redis_server

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
Opener = Callable[[], Frontier]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with redis_server() as running:
        yield running


@pytest.fixture(params=["file", pytest.param("redis", marks=needs_redis)])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    """Return what opens the frontier of one corpus, each time as another process would."""
    options = CrawlOptions()
    if request.param == "redis":
        found: Server = request.getfixturevalue("server")
        emptied(found)
        options = CrawlOptions(frontier=found.url, lease=1)
    tables.create(tmp_path)
    with ExitStack() as stack:

        def opener() -> Frontier:
            frontier = open_frontier(tmp_path, options)
            stack.callback(frontier.close)
            return frontier

        yield opener


def emptied(server: Server) -> Any:
    import redis

    client = redis.Redis.from_url(server.url)
    client.flushall()
    return client


def entry(path: str, hour: int | None = None, **more: Any) -> Entry:
    known = {"published_at": NOON.replace(hour=hour), "published_by_what": "feed"} if hour is not None else {}
    return Entry(f"https://a.example{path}", **(known | more))


def page(task: Task, outcome: str = "ok", body: bytes = b"<html>") -> dict[str, Any]:
    facts = {"id": tables.short_id(task.url, body.hex(), outcome), "url": task.url, "publisher": task.publisher}
    return facts | {"html": body if outcome == "ok" else None, "outcome": outcome, "etag": '"e1"', "status": 200}


def taken(frontier: Frontier, since: datetime | None = None, busy: tuple[str, ...] = (), limit: int = 9) -> list[Task]:
    return frontier.take("a.example", ["A"], since, busy, limit)


def keys(tasks: list[Task]) -> list[str]:
    return [task.key.rpartition("/")[2] for task in tasks]


def test_urls_come_newest_first_and_each_once(opened: Opener) -> None:
    frontier = opened()
    assert frontier.add([entry("/1", 8), entry("/2", 11), entry("/3")], "A", "feed") == 3
    assert frontier.add([entry("/2", 11), entry("/4", 9)], "A", "feed") == 1
    assert keys(taken(frontier)) == ["2", "4", "1", "3"]
    assert keys(taken(frontier, limit=2)) == ["2", "4"]
    assert keys(taken(frontier, busy=("a.example/2",))) == ["4", "1", "3"]
    assert set(keys(taken(frontier, since=NOON.replace(hour=9)))) == {"2", "4", "3"}
    assert frontier.hosts(["A"], None) == ["a.example"] and frontier.hosts(["B"], None) == []
    assert frontier.take("a.example", ["B"], None, (), 9) == []
    assert frontier.publishers() == ["A"] and frontier.left(["A", "B"]) == 4 and frontier.left([]) == 0


ODD = (
    "https://пример.example/новости/мост?id=1",
    "https://xn--e1afmkfd.example/%D0%BC?b=2&a=1",
    "http://a.example:8080/x|y/(z)?q=a%20b&q=c",
    "https://web.archive.org/web/20260701000000id_/http://www.a.example/b/?utm_source=x&z=1&a=2",
    "https://web.archive.org/web/20260701000000id_/http://a.example/日本/news",
    "https://web.archive.org/web/20260701000000id_/http://a.example/zero\u200bwidth\u00adhyphen/news",
    "http://[2001:db8::1]/2026/07/a-story-of-six",
)


@pytest.mark.parametrize("address", ODD)
def test_odd_addresses_come_back_as_they_are(opened: Opener, address: str) -> None:
    frontier = opened()
    url = address if "archive" in address else urls.canonical(address)
    assert url
    frontier.add([Entry(url, original=url, captured_at=NOON)], "Ж|b", "wayback")
    (host,) = frontier.hosts(["Ж|b"], None)
    (task,) = frontier.take(host, ["Ж|b"], None, (), 9)
    assert (task.url, task.original, task.captured_at) == (url, url, NOON.timestamp())
    assert frontier.finish(task, "ok", url=url, row=page(task), digest="d") == "ok"
    assert frontier.left(["Ж|b"]) == 0


def test_a_url_on_the_list_gains_what_it_lacked(opened: Opener) -> None:
    frontier = opened()
    frontier.add([entry("/1"), entry("/2", 8)], "A", "sitemap")
    told = entry("/1", 11, title="Мост", authors=("İpek Çınar", "山田"))
    frontier.add([told], "B", "feed", "tr")
    first = taken(frontier)[0]
    assert (first.title, json.loads(first.authors or ""), first.language) == ("Мост", ["İpek Çınar", "山田"], "tr")
    assert (first.publisher, first.discovered_by, first.published_by_what) == ("A", "feed", "feed")
    assert first.published_at == NOON.replace(hour=11).timestamp()
    frontier.add([entry("/1", 3, title="another")], "A", "front")
    assert taken(frontier)[0] == first


def test_a_finished_url_leaves_its_page_row_and_its_validators(opened: Opener) -> None:
    frontier = opened()
    frontier.add([entry("/1", 8), entry("/2", 9)], "A", "feed")
    second, first = taken(frontier)
    assert frontier.finish(second, "ok", url=second.url, row=page(second), digest="d") == "ok"
    assert frontier.finish(first, "http_error", row=page(first, "http_error")) == "http_error"
    assert frontier.state(second.url) == ("done", "ok") and frontier.state("https://a.example/9") == (None, None)
    assert taken(frontier) == [] and frontier.left(["A"]) == 0 and frontier.publishers() == []
    assert frontier.add([entry("/1"), entry("/2")], "A", "feed") == 0 and frontier.left(["A"]) == 0
    assert frontier.spool.size()[0] == 2
    batch = frontier.spool.take(10, 10_000_000)
    assert batch is not None and batch.column("url").to_pylist() == [second.url, first.url]
    frontier.spool.forget(batch.column("id").to_pylist())
    assert frontier.spool.take(10, 10_000_000) is None


def test_rows_are_taken_in_portions(opened: Opener) -> None:
    frontier = opened()
    frontier.add([entry(f"/{n}", n) for n in range(6)], "A", "feed")
    for task in taken(frontier):
        frontier.finish(task, "ok", url=task.url, row=page(task, body=b"x" * 1000), digest="d")
    batch = frontier.spool.take(4, 10_000_000)
    assert batch is not None and batch.num_rows == 4
    batch = frontier.spool.take(10, 1500)
    assert batch is not None and batch.num_rows < 4


def test_a_page_under_another_address_is_known_there_too(opened: Opener) -> None:
    frontier = opened()
    frontier.add([entry("/short", 9), entry("/other", 8), entry("/the-true-address", 7)], "A", "feed")
    short, other, _ = taken(frontier)
    true = "https://a.example/the-true-address"
    assert frontier.finish(short, "ok", url=true, row=page(short), digest="d") == "ok"
    assert frontier.state(true) == ("done", "ok") and keys(taken(frontier)) == ["other"]
    assert frontier.finish(other, "ok", url=true, row=page(other), digest="d") == "twin"
    batch = frontier.spool.take(10, 10_000_000)
    assert batch is not None and batch.column("outcome").to_pylist() == ["ok", "twin"]
    assert batch.column("html").to_pylist()[1] is None


def test_a_passing_failure_is_tried_again_later_and_not_for_ever(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    frontier = opened()
    frontier.add([entry("/1", 8)], "A", "feed")
    now = time.time()
    for tries in range(3):
        task = taken(frontier)[0]
        assert task.tries == tries
        frontier.postpone(task, "failed", page(task, "failed", str(tries).encode()), runs=3)
        assert taken(frontier) == [] and frontier.hosts(["A"], None) == []
        assert frontier.left(["A"]) == (tries < 2) and frontier.publishers() == ["A"] * (tries < 2)
        now += 3600 * 4**tries + 1
        monkeypatch.setattr(time, "time", lambda now=now: now)
        assert frontier.hosts(["A"], None) == ["a.example"] * (tries < 2)
    assert frontier.state("https://a.example/1") == ("failed", "failed")
    assert frontier.spool.size()[0] == 3


def test_stored_articles_are_put_back_for_a_refresh(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    frontier = opened()
    frontier.add([entry("/1", 8), entry("/2", 7)], "A", "feed")
    task, gone = taken(frontier)
    frontier.finish(task, "ok", url=task.url, row=page(task), digest="d1")
    frontier.finish(gone, "http_error", row=page(gone, "http_error"))
    frontier.refresh(timedelta(hours=6), timedelta(days=2))
    assert taken(frontier) == []
    start = time.time()
    monkeypatch.setattr(time, "time", lambda: start + 7 * 3600)
    frontier.refresh(timedelta(hours=6), timedelta(days=2))
    (again,) = taken(frontier)
    assert (again.key, again.digest, again.etag, again.tries) == (task.key, "d1", '"e1"', 0)
    assert frontier.finish(again, "ok", url=again.url, row=page(again), digest="d1") == "not_modified"
    monkeypatch.setattr(time, "time", lambda: start + 14 * 3600)
    frontier.refresh(timedelta(hours=6), timedelta(days=2))
    (third,) = taken(frontier)
    assert frontier.finish(third, "ok", url=third.url, row=page(third, body=b"new"), digest="d2") == "ok"
    batch = frontier.spool.take(10, 10_000_000)
    assert batch is not None and batch.num_rows == 3
    monkeypatch.setattr(time, "time", lambda: start + 72 * 3600)
    frontier.refresh(timedelta(hours=6), timedelta(days=2))
    assert taken(frontier) == []


def test_what_a_listing_says_was_changed_is_put_back(opened: Opener) -> None:
    frontier = opened()
    later = datetime.now(UTC) + timedelta(hours=1)
    every = [entry(f"/{n}") for n in range(30)]
    frontier.add(every, "A", "sitemap")
    for task in taken(frontier, limit=30):
        frontier.finish(task, "ok", url=task.url, row=page(task), digest="d")
    frontier.add([replace(one, modified_at=later) for one in every], "A", "sitemap", again=True)
    assert frontier.left(["A"]) == 0  # all of them at once: it tells the present time always
    old = NOON - timedelta(days=900)
    told = [replace(one, modified_at=later if n < 2 else old) for n, one in enumerate(every)]
    frontier.add(told, "A", "sitemap")
    assert frontier.left(["A"]) == 0
    frontier.add(told, "A", "sitemap", again=True)
    assert sorted(keys(taken(frontier))) == ["0", "1"]


def test_pages_in_the_table_are_learnt(opened: Opener, tmp_path: Path) -> None:
    frontier = opened()
    frontier.add([entry("/1", 8), entry("/2", 7)], "A", "feed")
    rows = [page(task) for task in taken(frontier)[:1]] + [
        {"id": "a" * 12, "url": "https://b.example/x", "outcome": "ok"}
    ]
    tables.append(tmp_path, "pages", tables.rows_of("pages", rows))
    frontier.learn()
    frontier.learn()
    assert frontier.state("https://a.example/1") == ("done", "ok") == frontier.state("https://b.example/x")
    assert keys(taken(frontier)) == ["2"]


def test_listings_places_and_browsers_are_remembered(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    frontier = opened()
    feed = "https://a.example/feed"
    frontier.note_listing((feed, "A", "feed", "ok", None, 3), ('"e"', None))
    assert opened().listing(feed) == ('"e"', None) and frontier.listing("https://a.example/") == (None, None)
    frontier.note_listing((feed, "A", "feed", "broken", "it is no feed", 0), (None, None))
    assert frontier.listing(feed) == (None, None)
    frontier.mark_rendered("A", True)
    frontier.mark_rendered("B", True)
    frontier.mark_rendered("B", False)
    assert opened().rendered() == {"A"}
    rows = [Publisher("Ж", "b.example", url="http://b.example/"), Publisher("A", "a.example", url=feed, max_pages=3)]
    for row in rows:
        frontier.remember(row.publisher, row.url, json.dumps(asdict(row)))
    assert frontier.places(timedelta(hours=1)) == []
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3601)
    assert [Publisher(**json.loads(row)) for row in frontier.places(timedelta(hours=1))] == rows[::-1]


def test_all_hosts_of_a_domain_have_one_owner(opened: Opener) -> None:
    one, two = opened(), opened()
    assert one.claims.claim("www.a.example") and one.claims.claim("a.example") and two.claims.claim("b.blogspot.com")
    assert one.claims.claim("c.blogspot.com")  # whose domain is its own
    assert not two.claims.claim("feeds.a.example:8080")
    one.claims.release("a.example")
    time.sleep(0.11)
    assert not two.claims.claim("a.example")
    one.claims.release("www.a.example")
    time.sleep(0.11)
    assert two.claims.claim("a.example")


def test_a_host_has_one_owner_and_rests_between_two(opened: Opener) -> None:
    one, two = opened(), opened()
    assert one.claims.claim("a.example") and one.claims.claim("a.example") and two.claims.claim("b.example")
    assert not two.claims.claim("a.example") and not one.claims.claim("b.example")
    one.claims.release("a.example", rest=0.3)
    assert not two.claims.claim("a.example")
    time.sleep(0.35)
    assert two.claims.claim("a.example")
    two.claims.release("b.example", rest=60)
    assert two.claims.claim("b.example")  # its own rest is Scrapy's to keep
    two.claims.close()
    time.sleep(0.11)
    assert one.claims.claim("a.example")


def test_another_process_finds_everything_there(opened: Opener) -> None:
    one = opened()
    one.add([entry("/1", 8), entry("/2", 7)], "A", "feed")
    task = taken(one)[0]
    one.finish(task, "ok", url=task.url, row=page(task), digest="d")
    two = opened()
    assert two.hosts(["A"], None) == ["a.example"]
    assert keys(taken(two)) == ["2"]
    batch = two.spool.take(10, 10_000_000)
    assert batch is not None and batch.num_rows == 1


@needs_redis
def test_only_the_first_to_end_a_url_stores_it(server: Server, tmp_path: Path) -> None:
    emptied(server)
    tables.create(tmp_path)
    one, two = (open_frontier(tmp_path, CrawlOptions(frontier=server.url, lease=1)) for _ in range(2))
    one.add([entry("/1", 8), entry("/2", 7)], "A", "feed")
    assert two.hosts(["A"], None) == ["a.example"]
    for late, task in zip(taken(one), taken(two), strict=True):
        assert two.finish(task, "ok", url=task.url, row=page(task), digest="d") == "ok"
        assert one.finish(late, "ok", url=late.url, row=page(late, body=b"later"), digest="e") == "known"
        one.postpone(late, "failed", page(late, "failed"), runs=4)
        assert one.state(task.url) == ("done", "ok")
    batch = one.spool.take(10, 10_000_000)
    assert batch is not None and batch.column("html").to_pylist() == [b"<html>"] * 2
    one.close()
    two.close()


@needs_redis
def test_a_silent_run_loses_its_hosts(server: Server, tmp_path: Path) -> None:
    emptied(server)
    tables.create(tmp_path)
    options = CrawlOptions(frontier=server.url, lease=1)
    one, two = (open_frontier(tmp_path, options) for _ in range(2))
    assert one.claims.claim("a.example")
    time.sleep(1.5)
    assert not two.claims.claim("a.example")  # it still renews its lease
    one.claims._closed.set()
    time.sleep(1.5)
    assert two.claims.claim("a.example")
    assert not one.claims.claim("a.example")
    two.close()


@needs_redis
def test_nobody_is_taken_for_dead_because_redis_was_away(tmp_path: Path) -> None:
    tables.create(tmp_path)
    with redis_server() as away:
        options = CrawlOptions(frontier=away.url, lease=1)
        one, two = (open_frontier(tmp_path, options) for _ in range(2))
        assert one.claims.claim("a.example")
        away.kill()
        time.sleep(1.5)
        away.start()  # every lease has lapsed
        end = time.monotonic() + 1.2
        while time.monotonic() < end:
            assert not two.claims.claim("a.example")
            time.sleep(0.02)
        assert one.claims.claim("a.example")
        one.close()
        two.close()


@needs_redis
def test_what_somebody_else_wrote_there_is_checked(server: Server, tmp_path: Path) -> None:
    client = emptied(server)
    tables.create(tmp_path)
    frontier = open_frontier(tmp_path, CrawlOptions(frontier=server.url, lease=1))
    frontier.add([entry(f"/{n}", n) for n in range(9)], "A", "feed")

    def spoil(n: int, **values: str) -> None:
        client.hset(f"wirecopy:url:{urls.key(f'https://a.example/{n}')}", mapping=values)

    spoil(0, url="file:///etc/passwd")
    spoil(1, url="https://b.example/1")
    spoil(2, url="http://127.0.0.1/2")
    spoil(3, title="a\x1b[31mb", published_at="1e300", authors="{}", tries="many", etag='"x"\r\nHost: b.example')
    client.delete(f"wirecopy:url:{urls.key('https://a.example/4')}")
    assert frontier.hosts(["A"], None) == ["a.example"] and len(taken(frontier, limit=1)) == 1
    found = {task.key: task for task in taken(frontier)}
    assert sorted(key[-1] for key in found) == ["3", "5", "6", "7", "8"]
    odd = found["a.example/3"]
    assert (odd.title, odd.published_at, odd.authors, odd.tries, odd.etag) == (
        "a[31mb",
        None,
        None,
        0,
        '"x"Host: b.example',
    )
    assert frontier.left(["A"]) == 5
    for name, value in {
        "x": b"no json",
        "y": json.dumps({"row": {"publisher": "A", "discovery": "urls", "url": "/etc/passwd"}, "planned_at": 0}),
        "z": json.dumps({"row": {"publisher": "A", "max_pages": -1}, "planned_at": 0}),
        "w": json.dumps({"row": ["A"], "planned_at": 0}),
    }.items():
        client.hset("wirecopy:places", name, value)
    client.hset("wirecopy:listings", "https://a.example/", b"\xff[1, 2, 3]")
    assert frontier.places(timedelta()) == [] and frontier.listing("https://a.example/") == (None, None)
    corpus = frontier.corpus
    client.hset(
        f"wirecopy:spool:{corpus}", mapping={"a" * 12: b"\x00" * 99, "../../x": b"\xff\xff\xff\xff\x10\x00\x00\x00"}
    )
    client.zadd(f"wirecopy:order:{corpus}", {"a" * 12: 0, "../../x": 1, "b" * 12: 2})
    assert frontier.spool.take(10, 10_000) is None
    frontier.close()


@needs_redis
def test_mistakes_are_told_in_a_sentence(server: Server, tmp_path: Path) -> None:
    tables.create(tmp_path)
    client = emptied(server)
    for address in ("http://h/0", "redis://", "redis://h/abc", "h:6379"):
        with pytest.raises(UserError, match="must look like redis://"):
            CrawlOptions(frontier=address)
    for address, told in {
        server.url.replace("127", "user:secret@127"): "refuses: invalid username-password",
        server.url.replace("/0", "/99"): "refuses: DB index is out of range",
        "redis://127.0.0.1:x/0": "cannot use redis://127.0.0.1:x/0",
    }.items():
        with pytest.raises(UserError, match=told) as caught:
            open_frontier(tmp_path, CrawlOptions(frontier=address))
        assert "secret" not in str(caught.value)
    client.set("wirecopy:queues", "something else")
    frontier = open_frontier(tmp_path, CrawlOptions(frontier=server.url, lease=1))
    with pytest.raises(UserError, match=r"refuses: .*WRONGTYPE"):
        frontier.publishers()
    client.flushall()
    client.config_set("maxmemory", "100mb")
    client.config_set("maxmemory-policy", "allkeys-lru")
    with pytest.raises(UserError, match="maxmemory-policy noeviction"):
        open_frontier(tmp_path, CrawlOptions(frontier=server.url))
    client.config_set("maxmemory-policy", "noeviction")
    client.config_set("maxmemory", "1mb")
    with pytest.raises(UserError, match=r"refuses: .*maxmemory"):
        open_frontier(tmp_path, CrawlOptions(frontier=server.url))
    client.config_set("maxmemory", "0")


@needs_redis
def test_a_corpus_keeps_its_own_page_rows(server: Server, tmp_path: Path) -> None:
    emptied(server)
    for name in ("one", "two"):
        tables.create(tmp_path / name)
    options = CrawlOptions(frontier=server.url, lease=1)
    one, two = (open_frontier(tmp_path / name, options) for name in ("one", "two"))
    one.add([entry("/1", 8)], "A", "feed")
    (task,) = taken(one)
    one.finish(task, "ok", url=task.url, row=page(task), digest="d")
    assert two.spool.take(10, 10_000) is None
    again = open_frontier(tmp_path / "one", options)
    assert again.spool.size()[0] == 1
    batch = again.spool.take(10, 10_000)
    assert batch is not None and batch.num_rows == 1
    for frontier in (one, two, again):
        frontier.close()
