"""A corpus in an object store: the same as in a folder, against servers on loopback."""

import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from corpus import Corpus, UserError, cli, places, tables
from tests.made_news import rows_of, web_rows, write_jsonl

pytestmark = pytest.mark.slow
KEYS = {"articles": "id", "signatures": "text_id", "pairs": "score", "clusters": "id"}


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of an empty bucket on an S3 server of this machine; the environment names the server and a key."""
    moto = pytest.importorskip("moto.server")
    s3fs = pytest.importorskip("s3fs")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = moto.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", "http://{}:{}".format(*server.get_host_and_port()))
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "made-up")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        s3fs.S3FileSystem().mkdir("news")
        yield "s3://news"
    server.stop()


@pytest.fixture(scope="module")
def gs() -> Iterator[str]:
    """The same on a server that speaks as Google Cloud Storage does."""
    emulator = pytest.importorskip("gcp_storage_emulator.server")
    with pytest.MonkeyPatch.context() as patch, socket.socket() as free:
        patch.setenv("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")  # it would ask in gRPC first, for a minute
        gcsfs = pytest.importorskip("gcsfs")
        patch.setitem(pytest.importorskip("fsspec.config").conf, "gcs", {"token": "anon"})
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        with emulator.create_server("127.0.0.1", port, in_memory=True):
            patch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{port}")
            gcsfs.GCSFileSystem().mkdir("news")
            yield "gs://news"


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> tuple[Corpus, dict[str, int]]:
    """A corpus in a folder, beside the file that it was imported from, and what its stages wrote."""
    folder = tmp_path_factory.mktemp("local")
    made = Corpus(folder)
    made.import_files(write_jsonl(folder.parent / "articles.jsonl", web_rows()[:40]))
    return made, made.run()


def content(folder: Path, table: str) -> list[dict[str, object]]:
    left_out = {"fetched_at"}
    rows = [{k: v for k, v in row.items() if k not in left_out} for row in read(folder, table)]
    return sorted(rows, key=lambda row: str(row[KEYS[table]]) + str(row))


def read(folder: Path, table: str) -> list[dict[str, object]]:
    if not places.remote(folder):
        return rows_of(folder, table)
    return [row for part in tables.parts(folder, table) for row in tables.read(part).to_pylist()]


@pytest.mark.parametrize("store", ["s3", "gs"])
def test_a_corpus_in_a_bucket_is_what_one_in_a_folder_is(
    store: str, local: tuple[Corpus, dict[str, int]], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    near, ran = local
    far = Corpus(f"{request.getfixturevalue(store)}/a corpus [1]")
    far.import_files(near.folder.parent / "articles.jsonl")
    assert far.run() == ran
    for table in KEYS:
        assert content(far.folder, table) == content(near.folder, table), table
    assert far.run() == {"extract": 0, "sign": 0, "pair": 0, "cluster": len(content(far.folder, "clusters"))}
    asked = "SELECT cluster_id, count(*) AS n FROM copies GROUP BY ALL ORDER BY ALL"
    assert far.sql(asked).fetchall() == near.sql(asked).fetchall()
    assert far.sql("clusters_by_reach", top=3).fetchall() == near.sql("clusters_by_reach", top=3).fetchall()
    assert far.export(tmp_path / "far.parquet") == near.export(tmp_path / "near.parquet")
    assert pq.read_table(tmp_path / "far.parquet").num_rows > 5


def test_new_articles_are_added_to_a_bucket(s3: str, tmp_path: Path) -> None:
    rows = web_rows()[:30]
    far = Corpus(f"{s3}/grows")
    for number, part in enumerate((rows[:18], rows[12:])):
        far.import_files(write_jsonl(tmp_path / f"{number}.jsonl", part))
        far.run()
    ids = [row["id"] for row in read(far.folder, "clusters")]
    assert sorted(ids) == sorted(row["id"] for row in rows)
    assert Corpus(f"{s3}/grows").settings == far.settings


def test_what_others_write_to_a_bucket_is_seen_and_looked_at(s3: str) -> None:
    far = Corpus(f"{s3}/shared")
    far.create()
    assert far.extract() == 0
    other = pytest.importorskip("s3fs").S3FileSystem(skip_instance_cache=True)
    other.pipe_file("news/shared/pages/part-of-another.parquet", b"PAR1, and the rest is yet to")
    with pytest.raises(UserError, match=r"part-of-another\.parquet is damaged"):
        far.extract()


def test_the_command_line_takes_an_address(
    s3: str, local: tuple[Corpus, dict[str, int]], capsys: pytest.CaptureFixture[str]
) -> None:
    told = ["--corpus", f"{s3}/by-command"]
    assert cli.main(["import", str(local[0].folder.parent / "articles.jsonl"), *told]) == 0
    assert cli.main(["extract", *told]) == 0
    assert cli.main(["sign", *told]) == 0
    capsys.readouterr()
    for command in (["crawl", "http://127.0.0.1:9/"], ["sql", "-q", "SELECT 1"]):
        assert cli.main([*command, *told]) == 1
        assert "is in an object store" in capsys.readouterr().err


def test_a_bucket_that_is_not_there_is_told_in_a_sentence(s3: str) -> None:
    with pytest.raises(UserError, match="cannot write s3://nowhere/"):
        Corpus("s3://nowhere/corpus").create()
    with pytest.raises(UserError, match="holds no corpus yet"):
        Corpus(f"{s3}/empty").sign()


def test_an_address_of_another_kind_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UserError, match="neither a folder nor an address"):
        Corpus("ftp://somewhere/corpus")
    assert cli.main(["run", "--corpus", "http://somewhere/corpus"]) == 1
    assert "begins with s3 or gs" in capsys.readouterr().err


def test_folders_are_folders(tmp_path: Path) -> None:
    assert places.place(str(tmp_path)) == tmp_path
    assert not places.remote(places.place("a:/b"))
    assert places.remote(places.place("gs://bucket/corpus"))
