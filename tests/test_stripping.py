"""What a site repeats goes out of its articles; what a newsroom says again about a running story stays."""

import os
import random
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from corpus import tables
from corpus.api import Corpus
from tests.made_news import rows_of

ROOT = Path(__file__).parents[1]
Row = dict[str, Any]
SITES = {
    "Pier Post": (
        "Minister number {} told the council on Tuesday that pier {} would open before winter comes.",
        "The Pier Post is an independent paper that its readers pay for every single day.",
        "Listen in the app",
    ),
    "Kabar Kilat": (
        "Menteri nomor {} mengatakan kepada dewan pada Selasa bahwa dermaga {} dibuka sebelum musim hujan.",
        "Kabar Kilat adalah media independen yang dibiayai oleh para pembacanya setiap hari.",
        "Dengarkan artikel di aplikasi",
    ),
    "港口日报": (
        "第{}号部长星期二对市议会说，第{}号码头将在冬天到来之前重新开放，渔民们表示欢迎。",
        "本报由读者每天出资支持，保持独立报道，欢迎您随时与编辑部联系并提出意见。",
        "请在客户端收听本文",
    ),
    "الميناء": (
        "قال الوزير رقم {} للمجلس يوم الثلاثاء إن الرصيف رقم {} سيفتح أبوابه قبل حلول فصل الشتاء.",
        "الميناء صحيفة مستقلة يدفع ثمنها قراؤها كل يوم من أيام السنة بلا استثناء.",
        "استمع إلى المقال في التطبيق",
    ),
}
PAGES = 6
NOW = datetime(2026, 11, 1, tzinfo=UTC)
LEAD = "The storm broke the northern pier on Monday and forced two hundred people out of their homes."
BACKGROUND = "The pier was built a hundred years ago and has been mended after every great storm since."


def row(publisher: str, number: int, lines: list[str]) -> Row:
    return {
        "id": f"{publisher} {number}",
        "url": f"https://{sorted(SITES).index(publisher) if publisher in SITES else publisher}.example/{number}",
        "publisher": publisher,
        "text": "\n".join(lines),
        "outcome": "ok",
    }


def own(publisher: str, number: int) -> list[str]:
    return [SITES[publisher][0].format(number, 100 * number + line) for line in range(6)]


def site(publisher: str, numbers: range) -> list[Row]:
    _, sentence, label = SITES[publisher]
    rows = []
    for number in numbers:
        lines = own(publisher, number)
        rows.append(row(publisher, number, [*lines[:2], label, *lines[2:], sentence]))
    return rows


def running(updates: int, others: int) -> list[Row]:
    """A publisher that updates one story under new addresses, among other stories."""
    said = SITES["Pier Post"][0]
    rows = [
        row("desk", n, [LEAD, *(said.format(n, 100 * n + line) for line in range(6)), BACKGROUND])
        for n in range(updates)
    ]
    return rows + [
        row("desk", n, [said.format(n, 100 * n + line) for line in range(7)]) for n in range(50, 50 + others)
    ]


def filled(folder: Path, rows: list[Row]) -> Corpus:
    tables.create(folder)
    tables.append(folder, "pages", tables.rows_of("pages", rows))
    return Corpus(folder)


def found(folder: Path) -> dict[str, Row]:
    articles = rows_of(folder, "articles")
    assert len({article["id"] for article in articles}) == len(articles)
    return {article["id"]: article for article in articles}


@pytest.mark.parametrize("seed", [1, 2])
def test_what_a_site_repeats_goes_in_any_script_and_order(tmp_path: Path, seed: int) -> None:
    rows = [one for publisher in SITES for one in site(publisher, range(PAGES))]
    random.Random(seed).shuffle(rows)
    assert filled(tmp_path, rows).extract() == len(rows)
    for article in found(tmp_path).values():
        _, sentence, label = SITES[article["publisher"]]
        number = int(article["id"].split()[-1])
        assert article["text"].splitlines() == own(article["publisher"], number)
        assert article["removed"][-2:] == [f"repeated: {label}", f"repeated: {sentence}"]


def test_two_addresses_and_a_running_story_stay_as_they_are(tmp_path: Path) -> None:
    rows = [*site("Pier Post", range(2)), *running(4, 8)]
    filled(tmp_path, rows).extract()
    assert {name: article["text"] for name, article in found(tmp_path).items()} == {
        one["id"]: one["text"] for one in rows
    }


def test_a_page_that_comes_later_is_stripped_too_and_signed_ones_stay(tmp_path: Path) -> None:
    corpus = filled(tmp_path, site("Pier Post", range(PAGES)))
    corpus.extract()
    corpus.sign()
    before = found(tmp_path)
    tables.append(tmp_path, "pages", tables.rows_of("pages", site("Pier Post", range(7, 8))))
    assert corpus.extract() == 1
    after = found(tmp_path)
    assert {name: after[name] for name in before} == before
    assert after["Pier Post 7"]["text"].splitlines() == own("Pier Post", 7)
    assert after["Pier Post 7"]["text_id"] not in {article["text_id"] for article in before.values()}


def test_a_site_of_long_standing_is_told_by_its_newest_pages(tmp_path: Path) -> None:
    """A sentence that came with a new design stands on few of all pages, and on all new ones."""
    said, sentence, _ = SITES["Pier Post"]
    older = [
        row("Pier Post", n, [said.format(n, 100 * n + line) for line in range(3)])
        | {"fetched_at": datetime(2024, 1, 1, tzinfo=UTC)}
        for n in range(1000)
    ]
    newer = [row("Pier Post", n, [*own("Pier Post", n), sentence]) | {"fetched_at": NOW} for n in range(1000, 1400)]
    filled(tmp_path, older)
    tables.append(
        tmp_path, "articles", tables.rows_of("articles", [one | {"text_id": one["id"]} for one in older + newer])
    )
    tables.append(
        tmp_path, "signatures", tables.rows_of("signatures", [{"text_id": one["id"]} for one in older + newer])
    )
    tables.append(
        tmp_path,
        "pages",
        tables.rows_of("pages", [row("Pier Post", 1, [*own("Pier Post", 1), sentence]) | {"id": "new"}]),
    )
    assert Corpus(tmp_path).extract() == 1
    assert found(tmp_path)["new"]["text"].splitlines() == own("Pier Post", 1)
    assert found(tmp_path)["Pier Post 1399"]["text"].endswith(sentence)


KILLED = """
import os, signal, sys
from pathlib import Path
from corpus import tables
from corpus.api import Corpus

write = tables._write

def doomed(path, rows):
    again = path.parent.name == "articles" and path.exists()
    if again and sys.argv[2] == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    if again and sys.argv[2] == "midway":
        path.with_name(f".{path.name}.1.tmp").write_bytes(b"PAR1 half a part")
        os.kill(os.getpid(), signal.SIGKILL)
    write(path, rows)
    if again:
        os.kill(os.getpid(), signal.SIGKILL)

tables._write = doomed
Corpus(Path(sys.argv[1])).extract()
"""


@pytest.mark.parametrize("moment", ["before", "midway", "after"])
def test_killed_while_a_part_is_replaced_it_loses_and_doubles_nothing(tmp_path: Path, moment: str) -> None:
    filled(tmp_path, site("Pier Post", range(PAGES)))
    command = [sys.executable, "-c", KILLED, str(tmp_path), moment]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert len(found(tmp_path)) == PAGES
    assert Corpus(tmp_path).extract() == 0
    assert [len(article["text"].splitlines()) for article in found(tmp_path).values()] == [6] * PAGES
