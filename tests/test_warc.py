"""WARC files as archives have them: packed three ways, damaged, torn and lying; no entry is lost with its neighbour."""

import gzip
import io
import random
import zlib
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus import tables, warc
from corpus.importing import import_files
from corpus.streams import Damage, Refusal, pieces
from corpus.streams import zstd as codec
from corpus.warc import Answer, answers

HTML = "<html><title>{n}</title><p>Žluťoučký kůň, 地震, نبأ number {n}.</p></html>"


def http(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    head = "".join(f"{header}\r\n" for header in headers or ("Content-Type: text/html; charset=utf-8",))
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body


def entry(body: bytes, kind: str = "response", url: str = "https://a.example/1", length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-11-23T10:00:00Z\r\n"
        "WARC-Record-ID: <urn:uuid:12345678-1234-1234-1234-123456789abc>\r\n"
        f"Content-Type: application/http\r\nContent-Length: {size}\r\n\r\n"
    ).encode() + body + b"\r\n\r\n"  # fmt: skip


def page(n: int) -> bytes:
    return entry(http(HTML.format(n=n).encode()), url=f"https://a.example/{n}")


def read(path: Path, content: bytes) -> tuple[list[Answer], Counter[str]]:
    path.write_bytes(content)
    found = list(answers(path))
    refused = Counter(one.outcome for one in found if isinstance(one, Refusal))
    return [one for one in found if isinstance(one, Answer)], refused


def zstd(data: bytes) -> bytes:
    return codec.compress(data, options={codec.CompressionParameter.checksum_flag: 1})


PACKINGS: dict[str, Callable[[list[bytes]], bytes]] = {
    "x.warc": b"".join,
    "x.warc.gz": lambda entries: b"".join(gzip.compress(one) for one in entries),
    "x.whole.warc.gz": lambda entries: gzip.compress(b"".join(entries)),
    "x.padded.warc.gz": lambda entries: b"\0\0".join(gzip.compress(one) for one in entries) + b"\0" * 100,
    "x.warc.zst": lambda entries: b"".join(zstd(one) for one in entries),
}


@pytest.mark.parametrize("name", PACKINGS)
def test_every_packing_gives_every_page(tmp_path: Path, name: str) -> None:
    entries = [entry(b"software: x\r\n", "warcinfo")]
    for n in range(50):
        entries += [entry(b"GET / HTTP/1.1\r\n\r\n", "request"), page(n), entry(b"x: y\r\n", "metadata")]
    found, refused = read(tmp_path / name, PACKINGS[name](entries))
    assert [one.html.decode() for one in found] == [HTML.format(n=n) for n in range(50)]
    assert [one.url for one in found] == [f"https://a.example/{n}" for n in range(50)]
    assert found[0].fetched_at == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert refused == {}


def test_a_dictionary_before_the_frames(tmp_path: Path) -> None:
    words = codec.train_dict([page(n) for n in range(500)], 4_000)
    frames = b"".join(codec.compress(page(n), zstd_dict=words) for n in range(20))
    content = b"\x5d\x2a\x4d\x18" + len(words.dict_content).to_bytes(4, "little") + words.dict_content + frames
    found, refused = read(tmp_path / "x.warc.zst", content)
    assert (len(found), refused) == (20, {})


def test_only_html_answers_come_in_and_the_rest_is_counted(tmp_path: Path) -> None:
    body = b"<!doctype html><p>x"
    entries = [
        entry(http(body)),
        entry(http(body, "Content-Type: application/xhtml+xml")),
        entry(http(body, "X-No-Type: 1")),
        entry(http(b"\x89PNG", "Content-Type: image/png")),
        entry(http(b"plain words", "X-No-Type: 1")),
        entry(http(body, status="404 Not Found")),
        entry(http(b"", status="301 Moved")),
        entry(http(b"  ")),
        entry(http(body), "revisit"),
    ]
    found, refused = read(tmp_path / "x.warc", b"".join(entries))
    assert len(found) == 3
    assert refused == {"not_html": 2, "http_error": 2, "no_text": 1, "revisit": 1}


def test_encodings_are_undone_and_lies_about_them_forgiven(tmp_path: Path) -> None:
    body = b"<html><p>" + b"A sentence of some length. " * 20
    kind = "Content-Type: text/html"
    chunked = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
    entries = [
        entry(http(gzip.compress(body), kind, "Content-Encoding: gzip")),
        entry(http(zlib.compress(body), kind, "Content-Encoding: deflate")),
        entry(http(chunked, kind, "Transfer-Encoding: chunked")),
        entry(http(body, kind, "Content-Encoding: gzip")),
        entry(http(body, kind, "Content-Encoding: br")),
        entry(http(body, kind, "Transfer-Encoding: chunked")),
    ]
    found, refused = read(tmp_path / "x.warc", b"".join(entries))
    assert [one.html for one in found] == [body] * 6
    assert refused == {}


def test_an_answer_that_unpacks_to_a_giant_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc, "BODY", 1 << 20)
    bomb = gzip.compress(b"<p>" + b" " * (50 << 20))
    kind = ("Content-Type: text/html", "Content-Encoding: gzip")
    long = entry(http(b"<p>" + b"x" * (2 << 20)))
    found, refused = read(tmp_path / "x.warc", page(1) + entry(http(bomb, *kind)) + page(2) + long + page(3))
    assert len(found) == 3
    assert refused == {"too_large": 2}


@pytest.mark.parametrize("name", ["x.warc.gz", "x.warc.zst"])
def test_members_damaged_in_the_middle_are_counted_and_stepped_over(tmp_path: Path, name: str) -> None:
    noise = random.Random(3)
    members = [PACKINGS[name]([page(n)]) for n in range(200)]
    broken = set(noise.sample(range(200), 20))
    for n in broken:
        at = noise.randrange(8, len(members[n]) - 8)
        members[n] = members[n][:at] + noise.randbytes(8) + members[n][at + 8 :]
    found, refused = read(tmp_path / name, b"".join(members))
    numbers = {int(one.url.rsplit("/", 1)[1]) for one in found}
    assert numbers == set(range(200)) - broken
    assert refused == {"damaged": sum(n - 1 not in broken for n in broken)}  # neighbours are one stretch


def test_a_single_gzip_stream_gives_what_comes_before_the_damage(tmp_path: Path) -> None:
    noise = random.Random(5)
    entries = [entry(http(b"<p>" + noise.randbytes(5_000).hex().encode())) for _ in range(8_000)]
    data = bytearray(gzip.compress(b"".join(entries), 1))
    data[len(data) * 3 // 4] ^= 0xFF
    found, refused = read(tmp_path / "x.warc.gz", bytes(data))
    assert 0 < len(found) < 8_000
    assert refused["damaged"] == 1


@pytest.mark.parametrize(
    "bad",
    [
        b"garbage that is no entry\r\n\r\n",
        entry(http(b"<p>x"), length=5),
        entry(http(b"<p>x"), length=10_000_000),
        entry(http(b"<p>x"), length=999_999_999_999),
        entry(http(b"<p>x")).replace(b"Content-Length", b"Content-Lemgth"),
        entry(http(b"<p>x")).replace(b"WARC/1.0", b"WURC/1.0"),
        b"WARC/1.0\r\nno colon and no end ",
        b"WARC/1.0\r\n\r\n",
        entry(b"no http at all"),
        entry(http(b"<p>x"))[:-20],
    ],
)
@pytest.mark.parametrize("name", ["x.warc", "x.warc.gz"])
def test_a_bad_entry_costs_itself_alone(tmp_path: Path, name: str, bad: bytes) -> None:
    found, refused = read(tmp_path / name, PACKINGS[name]([page(1), page(2), bad, page(3), page(4)]))
    assert [one.url[-1] for one in found] == ["1", "2", "3", "4"]
    assert sum(refused.values()) == 1


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_wherever_it_is_torn_all_before_comes_in(tmp_path: Path, data: st.DataObject) -> None:
    entries = [page(n) for n in range(6)]
    name = data.draw(st.sampled_from(["x.warc", "x.warc.gz", "x.warc.zst"]))
    packed = [PACKINGS[name]([one]) for one in entries]
    cut = data.draw(st.integers(0, sum(map(len, packed))))
    whole = sum(sum(map(len, packed[: n + 1])) <= cut for n in range(6))
    found, refused = read(tmp_path / name, b"".join(packed)[:cut])
    assert len(found) in {whole, whole + 1}  # the next may lack no more than its closing line ends
    assert sum(refused.values()) <= 1


def test_pieces_are_whole_members_and_huge_ones_in_bounded_parts(tmp_path: Path) -> None:
    path = tmp_path / "x.gz"
    path.write_bytes(gzip.compress(b"a" * 1_000) + gzip.compress(b"") + gzip.compress(b"b" * (200 << 20)))
    sizes = [len(piece) for piece in pieces(path) if not isinstance(piece, Damage)]
    assert sizes[0] == 1_000
    assert sum(sizes) == 1_000 + (200 << 20)
    assert max(sizes) <= 34 << 20


def test_warc_pages_reach_the_table(tmp_path: Path) -> None:
    body = HTML.format(n=1).encode()
    kind = ("Content-Type: text/html", 'ETag: "x"', "Last-Modified: Mon, 23 Nov 2026 09:00:00 GMT")
    content = b"".join(
        gzip.compress(entry(http(body, *kind), url=url))
        for url in ("<https://www.a.example/1?utm_source=x>", "https://www.a.example/2", "dns:a.example")
    )
    (tmp_path / "x.warc.gz").write_bytes(content)
    account = import_files(tmp_path / "c", [tmp_path / "x.warc.gz"])
    assert (account.added, account.refused) == (3, {})
    rows = [row for part in tables.parts(tmp_path / "c", "pages") for row in pq.read_table(part).to_pylist()]
    row = next(row for row in rows if row["url"] == "https://www.a.example/1")
    assert (row["publisher"], row["html"], row["text"], row["status"]) == ("a.example", body, None, 200)
    assert (row["etag"], row["discovered_by"], row["outcome"]) == ('"x"', "archive", "ok")
    assert row["fetched_at"] == datetime(2026, 11, 23, 10, tzinfo=UTC)
    again = import_files(tmp_path / "c", [tmp_path / "x.warc.gz"])
    assert (again.added, again.already_there) == (0, 3)


def test_what_warcio_writes_is_read(tmp_path: Path) -> None:
    writer = pytest.importorskip("warcio.warcwriter", reason="the package warcio is not installed")
    headers = pytest.importorskip("warcio.statusandheaders").StatusAndHeaders
    for packed in (True, False):
        with (tmp_path / "x").open("wb") as sink:
            out = writer.WARCWriter(sink, gzip=packed)
            for n in range(5):
                head = headers("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
                body = io.BytesIO(HTML.format(n=n).encode())
                url = f"https://a.example/{n}"
                out.write_record(out.create_warc_record(url, "response", payload=body, http_headers=head))
        assert [one.html.decode() for one in answers(tmp_path / "x")] == [HTML.format(n=n) for n in range(5)]
