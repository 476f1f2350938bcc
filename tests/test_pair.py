"""Which texts become candidates: against brute force and datasketch's own LSH; cost and recall on skewed corpora."""

import random
import shutil
from collections import Counter
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from datasketch import MinHashLSH

from corpus import tables
from corpus.settings import Settings
from corpus.sign import minhash
from corpus.text import shingles
from tests.made_news import (
    Prose,
    Row,
    add,
    article,
    edited,
    finish,
    made,
    paragraphs,
    partition,
    rows_of,
    scored,
    web_rows,
)

SETTINGS = Settings()
Pairs = set[tuple[str, str]]


@pytest.fixture(scope="module")
def alike() -> dict[str, str]:
    """Texts by text_id: forty families whose members differ in none to half of their words."""
    rows = []
    for n in range(40):
        text = Prose(f"alike {n}").text(10)
        rows += [article(f"p{n}.{k}", edited(text, share, (n, k))) for k, share in enumerate((0, 0.01, 0.03, 0.1, 0.5))]
    return {row["text_id"]: row["text"] for row in rows}


@pytest.fixture(scope="module")
def folder(alike: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [article(text_id, text) for text_id, text in alike.items()]
    return made(tmp_path_factory.mktemp("alike"), rows).folder


def brute_force(texts: dict[str, str], least: float) -> dict[tuple[str, str], float]:
    """Return every pair of texts whose jaccard is at least this."""
    sets = {text_id: shingles(text, SETTINGS.shingle_words) for text_id, text in texts.items()}
    found = {}
    for a, b in combinations(sorted(sets), 2):
        both = len(sets[a] & sets[b])
        if both and both / (len(sets[a]) + len(sets[b]) - both) >= least:
            found[a, b] = both / (len(sets[a]) + len(sets[b]) - both)
    return found


def by_datasketch(texts: dict[str, str]) -> Pairs:
    """Return the candidates of datasketch's MinHashLSH with the same signatures and bands."""
    bands = SETTINGS.bands, SETTINGS.permutations // SETTINGS.bands
    lsh = MinHashLSH(num_perm=SETTINGS.permutations, params=bands)
    signed = {text_id: minhash(text) for text_id, text in texts.items()}
    for text_id, signature in signed.items():
        lsh.insert(text_id, signature)
    found = ((text_id, other) for text_id, one in signed.items() for other in lsh.query(one))
    return {(a, b) for a, b in found if a < b}


def test_every_pair_of_a_jaccard_of_seven_tenths_is_a_candidate_of_the_words_view(
    folder: Path, alike: dict[str, str]
) -> None:
    expected = brute_force(alike, 0.7)
    pairs = scored(folder)
    assert len(expected) > 60
    assert {pair for pair in expected if pair not in pairs or pairs[pair]["view"] != "words"} == set()
    assert {pair: pairs[pair]["jaccard"] for pair in expected} == expected


def test_the_words_view_has_the_candidates_of_datasketchs_lsh(folder: Path, alike: dict[str, str]) -> None:
    theirs = by_datasketch(alike)
    ours = {pair for pair, row in scored(folder).items() if row["view"] == "words"}
    assert len(theirs) > 100
    assert ours == theirs


def test_equal_bands_in_other_places_make_no_candidates(folder: Path) -> None:
    """A bucket is a band's own: the same 64 bits in another band mean nothing."""
    bands = {row["text_id"]: row["bands"] for row in rows_of(folder, "signatures")}
    assert {len(row) for row in bands.values()} == {SETTINGS.bands}
    for (a, b), row in scored(folder).items():
        if row["view"] == "words":
            assert any(x == y for x, y in zip(bands[a], bands[b], strict=True))


def test_pairs_are_in_order_and_once_each(folder: Path) -> None:
    rows = rows_of(folder, "pairs")
    assert all(row["a"] < row["b"] for row in rows)
    assert max(Counter((row["a"], row["b"]) for row in rows).values()) == 1


def test_copies_that_share_no_band_are_found_by_their_anchors(folder: Path, alike: dict[str, str]) -> None:
    """Half of the words changed leaves next to no shingle whole; names and numbers lead there."""
    distant = [pair for pair in brute_force(alike, 0.001) if brute_jaccard(alike, *pair) < 0.1]
    pairs = scored(folder)
    found = [pair for pair in distant if pair in pairs]
    assert len(found) > 0.9 * len(distant) > 20


def brute_jaccard(texts: dict[str, str], a: str, b: str) -> float:
    x, y = (shingles(texts[one], SETTINGS.shingle_words) for one in (a, b))
    return len(x & y) / len(x | y)


def test_translations_are_candidates_of_the_anchors_view(tmp_path: Path) -> None:
    """Of the made-up web's articles in two languages about one text, nearly all pairs are looked at."""
    rows = web_rows()
    made(tmp_path, rows)
    found = {view for row in rows_of(tmp_path, "pairs") for view in [row["view"]]}
    assert {"words", "anchors"} <= found
    language = {row["text_id"]: row["language"] for row in rows}
    across = [row for row in rows_of(tmp_path, "pairs") if language[row["a"]] != language[row["b"]]]
    assert across and {row["kind"] for row in across} == {"translated"}
    good = [row["view"] for row in across if row["score"] > 0.5]
    assert good.count("anchors") > 0.95 * len(good)


def template(n: int, draw: random.Random) -> str:
    """Return one of many market reports from one mould: the same words, other figures and names."""
    name = Prose(f"company {n}").name()
    up = draw.choice(["rose", "fell"])
    return (
        f"Shares of {name} {up} {draw.randint(1, 99) / 10} percent to {draw.randint(10, 900)}.{draw.randint(10, 99)} "
        f"at the close of trading on Tuesday. The company has a market value of {draw.randint(1, 900)} million and "
        f"paid a dividend of {draw.randint(1, 99)} cents a share in the last quarter. Over the past twelve months the "
        f"shares {draw.choice(['gained', 'lost'])} {draw.randint(1, 80)} percent, while the index of the exchange "
        f"{draw.choice(['gained', 'lost'])} {draw.randint(1, 20)} percent. Trading volume was "
        f"{draw.randint(1000, 99999)} shares, against an average of {draw.randint(1000, 99999)} over fifty days. "
        "This report was made from data of the exchange without the help of a reporter. "
        "Prices are delayed by at least fifteen minutes."
    )


def skewed(near: int, templates: int) -> list[Row]:
    """Return near copies of one text, and reports from one mould."""
    text, draw = Prose("the one text").text(12), random.Random("templates")
    rows = [article(f"near{n:05}", edited(text, 0.02, n)) for n in range(near)]
    return rows + [article(f"mould{n:05}", template(n, draw)) for n in range(templates)]


@pytest.fixture(scope="module")
def skew(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("skew"), skewed(800, 800)).folder


def test_a_skewed_corpus_costs_pairs_near_linearly(skew: Path, tmp_path: Path) -> None:
    small = made(tmp_path, skewed(200, 200)).folder
    few, many = len(rows_of(small, "pairs")), len(rows_of(skew, "pairs"))
    assert many < 6 * few
    assert many < 100 * 1600


def test_a_skewed_corpus_keeps_its_recall(skew: Path) -> None:
    largest = max(partition(skew), key=len)
    near = {id for id in largest if id.startswith("near")}
    assert len(near) >= 0.99 * 800


def test_a_mould_of_many_reports_makes_no_cluster_of_them(skew: Path) -> None:
    cells = [cell for cell in partition(skew) if any(id.startswith("mould") for id in cell)]
    assert max(map(len, cells)) <= 5
    assert not any({id[:4] for id in cell} > {"near"} for cell in cells)


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Row]]:
    """Families whose texts all draw on the same few sentences: a corpus of most of them, and the rest."""
    stock, rows = Prose("stock").sentences(30), []
    for n in range(60):
        told = random.Random(f"crowd {n}").sample(stock, 5)
        text = paragraphs([*Prose(f"crowd {n}").sentences(9), *told])
        rows += [article(f"c{n}.{k}", edited(text, share, (n, k))) for k, share in enumerate((0, 0.03, 0.2))]
    folder = tmp_path_factory.mktemp("crowd")
    return made(folder, rows[:170], replace(SETTINGS, common_anchor=20)).folder, rows[170:]


def test_anchors_found_to_be_common_are_those_of_more_texts_than_the_setting_says(
    crowd: tuple[Path, list[Row]],
) -> None:
    texts = Counter(bucket for row in rows_of(crowd[0], "anchors") for bucket in row["buckets"])
    common = rows_of(crowd[0], "common")
    assert Counter(row["bucket"] for row in common) == Counter({bucket: 1 for bucket, of in texts.items() if of > 20})
    assert len(common) > 50


def test_what_was_found_to_be_common_changes_no_candidate(crowd: tuple[Path, list[Row]], tmp_path: Path) -> None:
    folder, rest = crowd
    for name in ("told", "untold"):
        shutil.copytree(folder, tmp_path / name)
    tables.replace(tmp_path / "untold", "common", tables.rows_of("common", []))
    told, untold = (scored(finish(add(tmp_path / name, rest)).folder) for name in ("told", "untold"))
    assert told == untold
    common = [row["bucket"] for row in rows_of(tmp_path / "told", "common")]
    assert len(common) == len(set(common)), "what was told was looked for again"
    assert any(row["view"] == "anchors" for pair, row in told.items() if pair not in scored(folder))


def test_what_was_found_to_be_common_is_forgotten_when_rarity_is_learned_again(
    crowd: tuple[Path, list[Row]], tmp_path: Path
) -> None:
    """Other anchors are the rarest of a text then: what many texts had fewer may have."""
    folder, rest = crowd
    more = [article(f"d{n}", Prose(f"d{n}").text(9)) for n in range(30)]
    shutil.copytree(folder, tmp_path / "corpus")
    grown = finish(add(tmp_path / "corpus", [*rest, *more]))
    texts = Counter(bucket for row in rows_of(grown.folder, "anchors") for bucket in row["buckets"])
    assert {row["bucket"] for row in rows_of(grown.folder, "common")} == {b for b, of in texts.items() if of > 20}


def test_a_large_bucket_that_grows_pairs_its_new_texts(tmp_path: Path) -> None:
    """More texts than `hubs` in a bucket: those that come later must find the ones that stand for all."""
    settings = Settings(hubs=12, hub_members=3)
    rows, others = skewed(50, 0), [article(f"z{n}", Prose(f"z{n}").text(6)) for n in range(150)]
    made(tmp_path, [*rows[:46], *others], settings)
    finish(add(tmp_path, rows[46:]), settings)
    assert max(map(len, partition(tmp_path))) == 50


@pytest.mark.parametrize("count", [30, 200])
def test_near_copies_that_make_up_the_whole_corpus_are_copies_too(tmp_path: Path, count: int) -> None:
    """What occurs in every article of a corpus is not rare in it, and yet its articles may be copies of one another."""
    made(tmp_path, skewed(count, 0))
    assert max(map(len, partition(tmp_path))) >= 0.99 * count


def test_an_excerpt_finds_its_original_among_many_articles(tmp_path: Path) -> None:
    rows = []
    for n in range(60):
        sentences = Prose(f"excerpt {n}").sentences(24)
        rows += [article(f"whole{n}", paragraphs(sentences)), article(f"part{n}", paragraphs(sentences[:5]))]
    made(tmp_path, rows)
    together = sum({f"whole{n}", f"part{n}"} in partition(tmp_path) for n in range(60))
    assert together >= 58
