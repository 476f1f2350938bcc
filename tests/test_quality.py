"""How good the result is: floors on the made-up web and, where it is there, on the development data."""

import csv
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from corpus.api import Corpus
from corpus.evaluation import Evaluation, Score
from tests.demo_session import demo_folder
from tests.made_news import Row, rows_of, write_jsonl

ROOT = Path(__file__).parents[1]
FLOORS = tomllib.loads((ROOT / "tests" / "quality.toml").read_text(encoding="utf-8"))
SHARED = ROOT.parent / "shared"
DATA = SHARED / "data"
WITHIN = ("cs", "de", "ha", "is", "ja", "ru", "zh")

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the development data (../shared/data) are not here")
needs_seed = pytest.mark.skipif(not (SHARED / "seed.txt").exists(), reason="the seed (../shared/seed.txt) is not here")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """The made-up web, crawled and run by `wirecopy demo`."""
    return Corpus(demo_folder(tmp_path_factory, "quality") / "demo-data")


@pytest.fixture(scope="session")
def demo_figures(demo: Corpus) -> Evaluation:
    return demo.evaluate(demo.folder / "gold.csv")


@pytest.fixture(scope="session")
def truth(demo: Corpus) -> dict[str, dict[str, str]]:
    """The gold labels by URL, of the pages that became articles."""
    readable = {row["url"] for row in rows_of(demo.folder, "articles") if row["outcome"] == "ok"}
    with (demo.folder / "gold.csv").open(encoding="utf-8", newline="") as lines:
        return {row["url"]: row for row in csv.DictReader(lines) if row["url"] in readable}


def test_the_demo_finds_its_copies(demo_figures: Evaluation) -> None:
    assert (demo_figures.pairs.f1 or 0) >= FLOORS["demo"]["pair_f1"], str(demo_figures)
    assert (demo_figures.bcubed.f1 or 0) >= FLOORS["demo"]["bcubed_f1"], str(demo_figures)


@pytest.mark.parametrize("kind", FLOORS["demo"]["recall"])
def test_the_demo_finds_copies_of_every_kind(demo_figures: Evaluation, kind: str) -> None:
    assert (demo_figures.kinds[kind].recall or 0) >= FLOORS["demo"]["recall"][kind], str(demo_figures)


def test_the_demo_knows_whose_copies_they_are(demo: Corpus, truth: dict[str, dict[str, str]]) -> None:
    told = {row["url"]: row["agency"] for row in rows_of(demo.folder, "articles")}
    wrong = {
        url: (told[url], row["agency"])
        for url, row in truth.items()
        if (told[url] or "") != (row["agency"] if row["credited"] == "true" else "")
    }
    assert len(truth) > 80
    assert 1 - len(wrong) / len(truth) >= FLOORS["demo"]["agency"], wrong


def test_the_demo_knows_its_languages(demo: Corpus, truth: dict[str, dict[str, str]]) -> None:
    told = {row["url"]: row["language"] for row in rows_of(demo.folder, "articles")}
    wrong = {
        url: (told[url], row["language"])
        for url, row in truth.items()
        if primary(told[url]) != primary(row["language"])
    }
    assert 1 - len(wrong) / len(truth) >= FLOORS["demo"]["language"], wrong


def primary(language: str | None) -> str:
    """Return a tag without its script: zh-Hant is a way to write zh."""
    return (language or "").partition("-")[0]


def test_the_demos_clusters_are_led_by_their_originals(demo: Corpus, truth: dict[str, dict[str, str]]) -> None:
    """In a cluster that holds an agency's original, as nearly all do, that one is found to be it."""
    url = {row["id"]: row["url"] for row in rows_of(demo.folder, "articles")}
    clusters: dict[str, set[str]] = {}
    for row in rows_of(demo.folder, "clusters"):
        if row["size"] > 1 and url[row["original"]] in truth:
            clusters.setdefault(url[row["original"]], set()).add(url[row["id"]])
    led = [
        truth[original]["kind"] == "original"
        for original, members in clusters.items()
        if any(one in truth and truth[one]["kind"] == "original" for one in members)
    ]
    assert len(led) >= 8
    assert sum(led) >= 0.85 * len(led)


# The development data: all sets in one corpus, so that they are each other's distractors.


@pytest.fixture(scope="session")
def developed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    corpus = Corpus(tmp_path_factory.mktemp("development"))
    corpus.import_files(*(DATA / f"{name}.parquet" for name in ("translations", "languages", "wild")))
    corpus.run()
    yield corpus


def summed(scores: list[Score]) -> Score:
    correct, predicted, actual = (sum(one[place] or 0 for one in scores) for place in (3, 4, 5))
    return Score(correct / predicted, correct / actual, 2 * correct / (predicted + actual), correct, predicted, actual)


@pytest.fixture(scope="session")
def translations(developed: Corpus) -> dict[tuple[str, str], Score]:
    return dict(developed.evaluate(DATA / "translations.parquet").languages)


@needs_data
@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_real_copies_are_told_from_independent_reports(developed: Corpus) -> None:
    figures = developed.evaluate(DATA / "wild_labels.parquet", DATA / "wild.parquet")
    assert (figures.pairs.f1 or 0) >= FLOORS["wild"]["pair_f1"], str(figures)


@needs_data
@pytest.mark.slow
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("language", WITHIN)
def test_renderings_in_one_language_are_found(translations: dict[tuple[str, str], Score], language: str) -> None:
    score = translations[language, language]
    assert (score.f1 or 0) >= FLOORS["translations"]["within_f1"], score


@needs_data
@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_translations_are_found_across_languages(translations: dict[tuple[str, str], Score]) -> None:
    score = summed([one for (a, b), one in translations.items() if a != b])
    assert (score.f1 or 0) >= FLOORS["translations"]["across_f1"], score


@needs_data
@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_many_languages_without_times_are_found(developed: Corpus) -> None:
    figures = developed.evaluate(DATA / "languages.parquet")
    assert (figures.pairs.f1 or 0) >= FLOORS["languages"]["pair_f1"], str(figures)
    recall = {pair: score.recall for pair, score in figures.languages.items() if "eng" in pair}
    assert len(recall) >= 20
    weak = {pair: one for pair, one in recall.items() if (one or 0) < FLOORS["languages"]["recall_with_english"]}
    assert not weak


@needs_data
@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_the_largest_cluster_of_the_development_data_is_one_text(developed: Corpus) -> None:
    of_text = {
        row["id"]: row["story"] for name in ("translations", "languages") for row in pq_rows(DATA / f"{name}.parquet")
    }
    cells: dict[str, list[str]] = {}
    for row in rows_of(developed.folder, "clusters"):
        cells.setdefault(row["cluster_id"], []).append(of_text.get(row["id"], "wild"))
    assert len(set(max(cells.values(), key=len))) == 1


def pq_rows(path: Path) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    found: list[dict[str, Any]] = pq.read_table(path, columns=["id", "story"]).to_pylist()
    return found


# The founding example: an Indonesian machine translation of an English agency text on a blog.

FOUNDING = ROOT / "tests" / "data" / "founding"

RIVALS = {"https://www.ledger.example/putin-tehran": "en", "https://www.warta.example/kunjungan-teheran": "id"}


def written(name: str) -> str:
    return (FOUNDING / name).read_text(encoding="utf-8")


def seeded(folder: Path, more: list[Row]) -> Corpus:
    when = datetime(2022, 7, 12, 12, tzinfo=UTC)
    rows = [
        {"url": "https://apnews.com/article/putin-tehran", "text": written("original.en.txt"), "published_at": when},
        {
            "url": "https://blog.example/2022/07/putin-dijadwalkan-mengunjungi-iran",
            "text": (SHARED / "seed.txt").read_text(encoding="utf-8"),
            "published_at": when + timedelta(hours=9),
        },
        *(
            {"url": url, "text": written(f"rival.{language}.txt"), "published_at": when + timedelta(days=1)}
            for url, language in RIVALS.items()
        ),
        *more,
    ]
    corpus = Corpus(folder / "corpus")
    corpus.import_files(write_jsonl(folder / "rows.jsonl", rows))
    corpus.run()
    return corpus


@needs_seed
@pytest.mark.parametrize("among", ["alone", "others"])
def test_the_founding_example(tmp_path: Path, demo: Corpus, among: str) -> None:
    """One cluster of two: the translation and its original, the agency with its evidence; the rivals stay apart."""
    others = [
        {name: row[name] for name in ("url", "text", "language", "published_at", "title")}
        for row in rows_of(demo.folder, "articles")
        if row["outcome"] == "ok" and among == "others"
    ]
    corpus = seeded(tmp_path, others)
    articles = {row["url"]: row for row in rows_of(corpus.folder, "articles")}
    original = articles["https://apnews.com/article/putin-tehran"]
    copy = articles["https://blog.example/2022/07/putin-dijadwalkan-mengunjungi-iran"]
    clusters = {row["id"]: row for row in rows_of(corpus.folder, "clusters")}
    assert copy["language"] == "id"
    assert (original["agency"], bool(original["evidence"])) == ("AP", True)
    for url in RIVALS:
        assert clusters[articles[url]["id"]]["kind"] == "alone"
    assert clusters[copy["id"]]["cluster_id"] == clusters[original["id"]]["cluster_id"]
    assert (clusters[copy["id"]]["kind"], clusters[copy["id"]]["size"]) == ("translated", 2)
    assert clusters[copy["id"]]["original"] == original["id"]
    shown = corpus.sql("SELECT cluster_agency, original_url FROM copies WHERE kind = 'translated' AND language = 'id' "
                       "AND url LIKE 'https://blog.example/%'").fetchall()  # fmt: skip
    assert shown == [("AP", "https://apnews.com/article/putin-tehran")]
