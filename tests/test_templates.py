"""Texts that are alike without being copies: results, weather, markets, obituaries, live updates, digests.

None of them may chain: whatever is in a cluster must be explicable by one text.
"""

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.made_news import NOON, Prose, Row, article, edited, made, paragraphs, partition

Mould = Callable[[int, random.Random], str]
COUNT = 80


def weather(n: int, draw: random.Random) -> str:
    town = Prose(f"town {n % 20}").name()
    low, sky = draw.randint(-5, 18), draw.choice(["cloudy", "sunny", "rainy", "foggy", "windy"])
    return (
        f"Weather for {town}: mostly {sky} in the morning, {draw.choice(['clear', 'showers', 'dry'])} later on. "
        f"Highs between {low + 5} and {low + 9} degrees, lows around {low}. Wind from the "
        f"{draw.choice(['north', 'south', 'west', 'east'])} at {draw.randint(4, 60)} kilometres an hour. Humidity "
        f"{draw.randint(30, 99)} percent. Sunrise at {draw.randint(5, 8)}:{draw.randint(10, 59)}, sunset at "
        f"{draw.randint(16, 21)}:{draw.randint(10, 59)}. The forecast is updated every six hours by the weather office."
    )


def match_report(n: int, draw: random.Random) -> str:
    home, away, scorer = (Prose(f"side {n} {k}").name() for k in range(3))
    goals = draw.randint(1, 5)
    return (
        f"{home} beat {away} {goals}-{draw.randint(0, goals)} at home on Saturday in the national league. {scorer} "
        f"opened the scoring in the {draw.randint(2, 44)}th minute with a shot from outside the box. The visitors had "
        f"{draw.randint(30, 60)} percent of the ball and {draw.randint(1, 15)} shots at goal. {home} stay in "
        f"{draw.choice(['third', 'fifth', 'eighth'])} place with {draw.randint(10, 60)} points, {away} have "
        f"{draw.randint(5, 60)} points from {draw.randint(10, 30)} games. {draw.randint(800, 45000)} people watched. "
        f"Next week {home} travel to {Prose(f'next {n}').name()} while {away} play at home again."
    )


def market_table(n: int, draw: random.Random) -> str:
    lines = [
        f"{name} {draw.randint(10, 9000)}.{draw.randint(10, 99)} {draw.choice('+-')}{draw.randint(0, 99) / 10}"
        for name in ("Wheat", "Maize", "Soya", "Copper", "Gold", "Silver", "Crude oil", "Gas", "Coffee", "Cocoa")
    ]
    return f"Closing prices of the exchange, day {n}, in dollars:\n" + "\n".join(draw.sample(lines, len(lines)))


def obituary(n: int, draw: random.Random) -> str:
    prose = Prose(f"late {n}")
    age = draw.randint(41, 99)
    return (
        f"{prose.name()}, {age}, of {prose.name()}, passed away peacefully at home surrounded by family on "
        f"{draw.choice(['Monday', 'Friday', 'Sunday'])}. Born in {2026 - age} in {prose.name()}, a graduate of the "
        f"{prose.name()} school, {draw.choice(['he', 'she'])} worked for {draw.randint(5, 40)} years "
        f"at {prose.name()}. Survivors include {draw.randint(1, 6)} children and {draw.randint(1, 12)} grandchildren. "
        f"A service will be held at {draw.randint(9, 15)} o'clock at the chapel of {prose.name()}. "
        "In lieu of flowers the family asks for donations to the hospice. Condolences may be left on this page."
    )


def quake(n: int, draw: random.Random) -> str:
    prose = Prose(f"quake {n}")
    return (
        f"A shallow earthquake of magnitude {draw.randint(30, 62) / 10} was reported {draw.randint(2, 90)} miles from "
        f"{prose.name()} at {draw.randint(1, 12)}:{draw.randint(10, 59)} a.m., the survey said. The quake had a depth "
        f"of {draw.randint(1, 40)} miles. It was {draw.randint(5, 200)} miles from {prose.name()} and "
        f"{draw.randint(5, 300)} miles from {prose.name()}. In the past ten days there have been {draw.randint(0, 9)} "
        "earthquakes of magnitude three or greater nearby. "
        "This report comes from an automatic service and was checked by an editor. "
        "Read more about what to do in an earthquake on our pages."
    )


MOULDS: dict[str, Mould] = {
    "weather": weather, "match": match_report, "market": market_table, "obituary": obituary, "quake": quake,
}  # fmt: skip


def moulded(name: str) -> list[Row]:
    draw = random.Random(f"mould {name}")
    when = [NOON + timedelta(hours=6 * n) for n in range(COUNT)]
    return [article(f"{name}{n:03}", MOULDS[name](n, draw), published_at=when[n]) for n in range(COUNT)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All moulds in one corpus, among ordinary articles, of which some are copied."""
    rows = [row for name in MOULDS for row in moulded(name)]
    for n in range(40):
        text = Prose(f"ordinary {n}").text(12)
        rows += [article(f"ordinary{n:03}{k}", edited(text, 0.03 * k, (n, k))) for k in range(3)]
    return made(tmp_path_factory.mktemp("templates"), rows).folder


@pytest.mark.parametrize("name", MOULDS)
def test_texts_from_one_mould_do_not_chain(folder: Path, name: str) -> None:
    cells = [cell for cell in partition(folder) if any(id.startswith(name) for id in cell)]
    sizes = Counter(map(len, cells))
    assert max(sizes) <= 4, sizes
    # Weather of one town and obituaries of one age share most of their few figures by chance: twos and threes remain.
    assert sum(size * count for size, count in sizes.items() if size > 1) <= 0.2 * COUNT, sizes


def test_texts_from_one_mould_that_bear_several_languages_do_not_chain(tmp_path: Path) -> None:
    """A short text is easily taken for another language; that must not hide what gives templates away."""
    rows = [row | {"language": ("en", "id", "nl")[n % 3]} for name in MOULDS for n, row in enumerate(moulded(name))]
    sizes = Counter(map(len, partition(made(tmp_path, rows).folder)))
    assert max(sizes) <= 4, sizes


def test_moulds_do_not_mix_and_ordinary_copies_are_found(folder: Path) -> None:
    cells = partition(folder, 2)
    assert all(len({id.rstrip("0123456789") for id in cell}) == 1 for cell in cells)
    assert sum({f"ordinary{n:03}{k}" for k in range(3)} in cells for n in range(40)) >= 39


@pytest.mark.parametrize("whole", [True, False], ids=["whole texts", "beginnings"])
def test_a_digest_of_many_texts_welds_nothing(tmp_path: Path, whole: bool) -> None:
    """A page with ten texts one after the other is a copy of each, but these are no copies of one another."""
    rows, parts = [], []
    for n in range(10):
        sentences = Prose(f"digested {n}").sentences(14)
        rows += [article(f"f{n}.{k}", edited(paragraphs(sentences), 0.03, (n, k))) for k in range(4)]
        parts += sentences if whole else sentences[:5]
    made(tmp_path, [*rows, article("digest", paragraphs(parts))])
    families = [{f"f{n}.{k}" for k in range(4)} for n in range(10)]
    cells = partition(tmp_path)
    assert all(any(family <= cell for cell in cells) for family in families)
    assert max(map(len, cells)) <= 5


def test_a_live_page_that_grows_through_the_day_is_one_cluster_of_itself_alone(tmp_path: Path) -> None:
    """Each revision holds all that was there before; another page of the same form and day stays apart."""
    rows = []
    for page in range(6):
        updates = [f"{8 + n}:{10 + n} {sentence}" for n, sentence in enumerate(Prose(f"live {page}").sentences(24))]
        head = "Live updates: all that you need to know today. Refresh this page for the latest. "
        for n in range(6, 25, 3):
            rows.append(article(f"live{page}.{n:02}", head + " ".join(reversed(updates[:n]))))
    cells = partition(made(tmp_path, rows).folder)
    assert all(len({id.partition(".")[0] for id in cell}) == 1 for cell in cells)
    assert sum(len(cell) > 1 for cell in cells) >= 6
