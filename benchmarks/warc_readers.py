"""WARC readers side by side: how fast they are on a sound file, and what they still find in a damaged one.

    python benchmarks/warc_readers.py [PAGES]

Needs warcio beside the project's own libraries (pip install warcio). Makes its files in a temporary folder.
"""

import contextlib
import io
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from corpus.streams import Refusal
from corpus.warc import answers


def make(path: Path, pages: int) -> None:
    """Write a WARC file of made-up pages of about 25 kB, a gzip member each, with a request beside every answer."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    noise = random.Random(1)
    words = ["".join(noise.choices("abcdefghijklmnopqrstuvwxyz", k=noise.randint(2, 9))) for _ in range(4_000)]
    with path.open("wb") as sink:
        writer = WARCWriter(sink, gzip=True)
        for n in range(pages):
            prose = "".join(f"<p class=x>{' '.join(noise.choices(words, k=60))}</p>\n" for _ in range(60))
            body = f"<html><head><title>{n}</title></head><body>{prose}</body></html>".encode()
            url = f"https://site{n % 50}.example/{n}"
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
            writer.write_record(writer.create_warc_record(url, "response", io.BytesIO(body), http_headers=head))
            ask = StatusAndHeaders("GET / HTTP/1.1", [("Host", "x")], is_http_request=True)
            writer.write_record(writer.create_warc_record(url, "request", io.BytesIO(b""), http_headers=ask))


def damage(sound: Path, broken: Path, places: int) -> None:
    """Overwrite 20 bytes at some places."""
    data, noise = bytearray(sound.read_bytes()), random.Random(3)
    for _ in range(places):
        at = noise.randrange(len(data) - 20)
        data[at : at + 20] = noise.randbytes(20)
    broken.write_bytes(data)


def by_fastwarc(path: Path) -> Iterator[bytes]:
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    with path.open("rb") as file:
        for found in ArchiveIterator(file, record_types=WarcRecordType.response, parse_http=True):
            yield found.reader.read()


def by_warcio(path: Path) -> Iterator[bytes]:
    from warcio.archiveiterator import ArchiveIterator

    with path.open("rb") as file:
        for found in ArchiveIterator(file):
            if found.rec_type == "response":
                yield found.content_stream().read()


def by_wirecopy(path: Path) -> Iterator[bytes]:
    for found in answers(path):
        if not isinstance(found, Refusal):
            yield found.html


def measure(reader: Callable[[Path], Iterator[bytes]], path: Path) -> str:
    from warcio.exceptions import ArchiveLoadFailed

    start, pages, size, end = time.process_time(), 0, 0, ""
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        try:
            for body in reader(path):
                pages, size = pages + 1, size + len(body)
        except (OSError, ValueError, ArchiveLoadFailed) as error:
            end = f", then {type(error).__name__}"
    seconds = time.process_time() - start
    return f"{pages:>7,} pages {pages / seconds:>9,.0f} pages/s {size / seconds / 1e6:>6,.0f} MB/s unpacked{end}"


def main() -> None:
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    with tempfile.TemporaryDirectory() as folder:
        sound, broken = Path(folder, "sound.warc.gz"), Path(folder, "broken.warc.gz")
        make(sound, pages)
        damage(sound, broken, 20)
        print(f"{pages:,} pages in {sound.stat().st_size / 1e6:.0f} MB; CPU time of one process")
        for path in (sound, broken):
            for reader in (by_fastwarc, by_warcio, by_wirecopy):
                print(f"{path.name:15} {reader.__name__[3:]:10} {measure(reader, path)}", flush=True)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
