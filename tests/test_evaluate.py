"""The measures against brute force, scikit-learn and examples worked by hand; gold files as users write them."""

import csv
import json
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.calibration import brier, calibration, confusion, reliability
from corpus.errors import UserError
from corpus.evaluate import evaluate
from corpus.evaluation import Evaluation, Score
from corpus.gold import gold_of, ordered, read_gold

SHARED = Path(__file__).parents[2] / "shared" / "data"
LANGUAGES = ("ar", "de", "he", "hi", "id", "ja", "ru", "th", "tr", "zh")

cell = st.one_of(st.none(), st.sampled_from("KLMN"))
article = st.tuples(cell, cell, st.sampled_from(LANGUAGES), st.sampled_from(["original", "near", "translated"]))


def gold_rows(articles: list[tuple[str | None, str | None, str, str]]) -> list[dict[str, Any]]:
    return [
        {"id": f"a{n}", "cluster": gold, "language": language, "kind": kind}
        for n, (gold, _, language, kind) in enumerate(articles)
    ]


def same(left: str | None, right: str | None) -> bool:
    return left is not None and left == right


def count(pairs: list[tuple[bool, bool]]) -> Score:
    """Score (found, true) pairs by looking at each of them."""
    correct = sum(found and true for found, true in pairs)
    predicted, actual = sum(found for found, _ in pairs), sum(true for _, true in pairs)
    precision = correct / predicted if predicted else None
    recall = correct / actual if actual else None
    f1 = 2 * correct / (predicted + actual) if predicted + actual else None
    return Score(precision, recall, f1, correct, predicted, actual)


@given(st.lists(article, min_size=1, max_size=25))
def test_pair_scores_equal_those_of_every_pair_looked_at(articles: list[Any]) -> None:
    predicted = {f"a{n}": own[1] for n, own in enumerate(articles)}
    result = evaluate(gold_rows(articles), predicted)
    seen = [(same(a[1], b[1]), same(a[0], b[0]), a, b) for a, b in combinations(articles, 2)]
    assert result.pairs == count([(found, true) for found, true, _, _ in seen])
    for kind, score in result.kinds.items():
        assert score == count([(found, true) for found, true, a, b in seen if kind in (a[3], b[3])])
    languages = {ordered(a[2], b[2]) for found, true, a, b in seen if found or true}
    assert set(result.languages) == languages
    for pair, score in result.languages.items():
        assert score == count([(found, true) for found, true, a, b in seen if ordered(a[2], b[2]) == pair])


@given(st.lists(article, min_size=1, max_size=25))
def test_pairs_within_and_across_languages_add_up(articles: list[Any]) -> None:
    result = evaluate(gold_rows(articles), {f"a{n}": own[1] for n, own in enumerate(articles)})
    inside, outside = result.across().values() if result.languages else (count([]), count([]))
    assert [a + b for a, b in zip(inside[3:], outside[3:], strict=True)] == list(result.pairs[3:])
    same_language = [(a, b) for a, b in combinations(articles, 2) if a[2] == b[2]]
    assert inside == count([(same(a[1], b[1]), same(a[0], b[0])) for a, b in same_language])


@given(st.lists(article, min_size=2, max_size=25))
def test_adjusted_rand_index_equals_scikit_learns(articles: list[Any]) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    result = evaluate(gold_rows(articles), {f"a{n}": own[1] for n, own in enumerate(articles)})
    alone = [[own[side] or f"alone {n}" for n, own in enumerate(articles)] for side in (0, 1)]
    assert result.ari == pytest.approx(metrics.adjusted_rand_score(*alone), abs=1e-9)


@given(st.lists(article, min_size=1, max_size=25))
def test_bcubed_equals_its_definition(articles: list[Any]) -> None:
    result = evaluate(gold_rows(articles), {f"a{n}": own[1] for n, own in enumerate(articles)})
    names = range(len(articles))

    def cluster(n: int, side: int) -> set[int]:
        return {n} | {m for m in names if same(articles[n][side], articles[m][side])}

    shares = [(cluster(n, 0), cluster(n, 1)) for n in names]
    precision = sum(len(true & found) / len(found) for true, found in shares) / len(articles)
    recall = sum(len(true & found) / len(true) for true, found in shares) / len(articles)
    assert result.bcubed.precision == pytest.approx(precision)
    assert result.bcubed.recall == pytest.approx(recall)
    assert result.bcubed.f1 == pytest.approx(2 * precision * recall / (precision + recall))


@given(st.lists(article, min_size=2, max_size=20))
def test_clusters_and_their_pairs_give_the_same_scores(articles: list[Any]) -> None:
    predicted = {f"a{n}": own[1] for n, own in enumerate(articles)}
    pairs = [(a, b) for a, b in combinations(sorted(predicted), 2) if same(predicted[a], predicted[b])]
    by_pairs, by_clusters = evaluate(gold_rows(articles), pairs), evaluate(gold_rows(articles), predicted)
    assert by_pairs.rows() == by_clusters.rows()


@st.composite
def labelled(draw: st.DrawFn) -> tuple[list[dict[str, Any]], dict[str, str | None]]:
    names = [f"a{n}" for n in range(draw(st.integers(2, 10)))]
    everything = list(combinations(names, 2))
    chosen = draw(st.lists(st.sampled_from(everything), unique=True, min_size=1))
    label = st.sampled_from(["copy", "copy", "independent", "unsure"])
    rows = [{"a": b, "b": a, "label": draw(label), "kind": draw(st.sampled_from("xyz"))} for a, b in chosen]
    return rows, {name: draw(cell) for name in names}


@given(labelled(), st.sampled_from(["independent", "ignored"]))
def test_labelled_pairs_equal_every_pair_looked_at(
    drawn: tuple[list[dict[str, Any]], dict[str, str | None]], unlisted: Any
) -> None:
    rows, predicted = drawn
    result = evaluate(rows, predicted, unlisted=unlisted)
    labels = {ordered(row["a"], row["b"]): row["label"] for row in rows}
    named = sorted({name for pair in labels for name in pair})
    default = "independent" if unlisted == "independent" else "unsure"
    judged = [(a, b) for a, b in combinations(named, 2) if labels.get((a, b), default) != "unsure"]
    seen = [(same(predicted[a], predicted[b]), labels.get((a, b)) == "copy") for a, b in judged]
    assert result.pairs == count(seen)
    assert result.ari == pytest.approx(brute_ari(seen))
    assert result.articles == len(named)
    assert result.bcubed.precision == pytest.approx(brute_bcubed(named, judged, seen)[0])
    assert result.bcubed.recall == pytest.approx(brute_bcubed(named, judged, seen)[1])
    for kind, score in result.kinds.items():
        copies = [row for row in rows if row["kind"] == kind and row["label"] == "copy"]
        assert score.actual == len(copies)
        assert score.correct == sum(same(predicted[row["a"]], predicted[row["b"]]) for row in copies)


def brute_ari(seen: list[tuple[bool, bool]]) -> float:
    """Hubert and Arabie's index of pair counts, as (index - expected) / (maximum - expected)."""
    if not seen:
        return 1.0
    index, found, true = (sum(column) for column in ([f and t for f, t in seen], *zip(*seen, strict=True)))
    expected = found * true / len(seen)
    most = (found + true) / 2
    return 1.0 if most == expected else (index - expected) / (most - expected)


def brute_bcubed(names: list[str], judged: list[Any], seen: list[Any]) -> tuple[float, float]:
    """B-cubed over the judged pairs, each article with itself."""
    precision = recall = 0.0
    for name in names:
        own = [told for pair, told in zip(judged, seen, strict=True) if name in pair]
        correct = 1 + sum(found and true for found, true in own)
        precision += correct / (1 + sum(found for found, _ in own))
        recall += correct / (1 + sum(true for _, true in own))
    return precision / len(names), recall / len(names)


def test_an_example_worked_by_hand() -> None:
    gold = [{"id": name, "story": label} for name, label in zip("abcdefg", "xxxxyy", strict=False)]
    gold.append({"id": "g", "story": ""})
    result = evaluate(gold, {"a": "1", "b": "1", "c": "1", "d": None, "e": "1", "f": None, "g": None})
    assert result.pairs[3:] == (3, 6, 7)
    assert result.bcubed.precision == pytest.approx((3 * 3 / 4 + 1 / 4 + 1 + 1 + 1) / 7)
    assert result.bcubed.recall == pytest.approx((3 * 3 / 4 + 1 / 4 + 1 / 2 + 1 / 2 + 1) / 7)


def test_a_perfect_result_and_a_result_without_any_cluster() -> None:
    gold = [{"id": str(n), "cluster": str(n // 3)} for n in range(9)]
    perfect = evaluate(gold, {str(n): f"c{n // 3}" for n in range(9)})
    assert (perfect.pairs.f1, perfect.bcubed.f1, perfect.ari) == (1, 1, 1)
    nothing = evaluate(gold, {str(n): None for n in range(9)})
    assert (nothing.pairs.precision, nothing.pairs.recall, nothing.pairs.f1, nothing.ari) == (None, 0, 0, 0)


def test_a_large_cluster_is_counted_and_not_listed() -> None:
    size = 200_000
    gold = [{"id": str(n), "cluster": "one", "language": LANGUAGES[n % 10]} for n in range(size)]
    result = evaluate(gold, {str(n): "x" for n in range(size)})
    assert result.pairs.correct == size * (size - 1) // 2
    assert len(result.languages) == 55


def test_articles_outside_the_gold_do_not_count_and_missing_ones_are_told() -> None:
    gold = [{"id": name, "cluster": "x"} for name in "abc"]
    result = evaluate(gold, {"a": "1", "b": "1", "stranger": "1", "other": None})
    assert result.missing == ("c",)
    assert result.pairs[3:] == (1, 1, 3)
    assert "The corpus lacks 1 of its articles" in str(result)


def test_a_gold_that_the_corpus_knows_nothing_of_is_refused() -> None:
    with pytest.raises(UserError, match="none of the 2 articles"):
        evaluate([{"id": "a", "cluster": "x"}, {"id": "b", "cluster": "x"}], {"c": "1"})


def test_a_gold_by_url_finds_its_articles_also_where_two_urls_lead_to_one() -> None:
    rows = [{"url": f"https://example.org/{n}", "cluster": "x"} for n in range(3)]
    urls = {"https://example.org/0": "a", "https://example.org/1": "b", "https://example.org/2": "b"}
    assert evaluate(rows, {"a": None, "b": None}, urls=urls).pairs[3:] == (1, 1, 3)
    pairs = [{"a": "https://example.org/0", "b": "https://example.org/1", "label": "copy"}]
    assert evaluate(pairs, {"a": "1", "b": "1"}, urls=urls).pairs.f1 == 1


def test_languages_come_from_the_corpus_where_the_gold_is_silent() -> None:
    rows = [{"id": "a", "cluster": "x", "language": "id"}, {"id": "b", "cluster": "x", "language": None}]
    result = evaluate(rows, {"a": "1", "b": "1"}, languages={"a": "zz", "b": "en"})
    assert set(result.languages) == {("en", "id")}
    assert {row["scope"] for row in result.rows()} == {"overall", "languages", *result.across()}
    assert not evaluate([{"id": "a", "cluster": "x"}], {"a": None}).languages


def test_rows_have_the_same_columns_and_the_text_shows_no_control_characters() -> None:
    rows = [{"id": name, "cluster": "x", "language": "\x1b[31mde", "kind": "near"} for name in "ab"]
    result = evaluate(rows, {"a": "1", "b": "1"})
    assert len({tuple(row) for row in result.rows()}) == 1
    assert "\x1b" not in str(result)
    assert "adjusted Rand index" in str(result)


Writer = Callable[[Path, list[dict[str, Any]]], None]


def write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0], delimiter="\t" if path.suffix == ".tsv" else ",")
        writer.writeheader()
        writer.writerows(rows)


def write_jsonl(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


def write_parquet(path: Path, rows: list[dict[str, Any]]) -> None:
    pq.write_table(pa.Table.from_pylist(rows), path)


FILES = [("g.csv", write_csv), ("g.tsv", write_csv), ("g.jsonl", write_jsonl), ("g.parquet", write_parquet)]


@pytest.mark.parametrize(("name", "write"), FILES)
def test_every_kind_of_file_gives_the_same_gold(tmp_path: Path, name: str, write: Writer) -> None:
    rows = [
        {"id": "satu", "cluster_id": "гроза", "language": "id", "kind": "original", "text": "x, y"},
        {"id": "二", "cluster_id": "гроза", "language": "zh", "kind": "translated", "text": "“quoted”"},
        {"id": "שלוש", "cluster_id": None, "language": "he", "kind": None, "text": ""},
    ]
    write(tmp_path / name, rows)
    gold = read_gold(tmp_path / name)
    assert gold.articles == ("satu", "二", "שלוש")
    assert dict(gold.clusters) == {"satu": "гроза", "二": "гроза", "שלוש": ""}
    assert dict(gold.languages) == {"satu": "id", "二": "zh", "שלוש": "he"}
    assert dict(gold.kinds) == {"satu": "original", "二": "translated"}


@pytest.mark.parametrize(("name", "write"), FILES)
def test_labelled_pairs_in_every_kind_of_file(tmp_path: Path, name: str, write: Writer) -> None:
    write(tmp_path / name, [{"a": "y", "b": "x", "label": "Copy", "subtype": "edited", "language_b": "tr"}])
    write_csv(tmp_path / "articles.csv", [{"id": "x", "language": "de"}, {"id": "z", "language": "th"}])
    gold = read_gold(tmp_path / name, tmp_path / "articles.csv")
    assert gold.articles == ("y", "x", "z")
    assert gold.labels == {("x", "y"): "copy"}
    assert gold.pair_kinds == {("x", "y"): "edited"}
    assert gold.languages == {"x": "tr", "z": "th"}


def test_articles_beside_labelled_pairs_count_as_independent() -> None:
    rows = [{"a": "x", "b": "y", "label": "copy"}]
    predicted = {"x": "1", "y": "1", "z": "1"}
    assert evaluate(gold_of(rows, [{"id": "z"}]), predicted).pairs[3:] == (1, 3, 1)
    assert evaluate(gold_of(rows), predicted).pairs[3:] == (1, 1, 1)


def test_numbers_that_a_spreadsheet_made_floats_are_the_same_names(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": [7, 8], "cluster": [1.0, float("nan")]}), tmp_path / "g.parquet")
    assert dict(read_gold(tmp_path / "g.parquet").clusters) == {"7": "1", "8": ""}


WRONG = [
    ("g.csv", "id,cluster\na,x\na,y\n", "row 2 of g.csv puts a into y, an earlier row into x"),
    ("g.csv", "id,cluster\n,x\n", "row 1 of g.csv has no id"),
    ("g.csv", "a,b,label\nx,y,copy\ny,x,unsure\n", "row 2 of g.csv labels the pair x, y unsure"),
    ("g.csv", "a,b,label\nx,y,maybe\n", "row 1 of g.csv has the label 'maybe'"),
    ("g.csv", "a,b,label\nx,x,copy\n", "pairs x with itself"),
    ("g.csv", "a,b,label\nx,,copy\n", "names no two articles"),
    ("g.csv", "id,cluster\na,x,surplus\n", "row 1 of .*more cells"),
    ("g.csv", 'id,cluster\n"a"b,x\n', "line 2 of .* is not CSV"),
    ("g.csv", "id,cluster\n", "no rows"),
    ("g.csv", "name,colour\na,red\n", "neither the columns"),
    ("g.jsonl", '{"id": "a", "cluster": "x"}\n{"id": \n', "line 2 of .* is not JSON"),
    ("g.jsonl", "[1]\n", "line 1 of .* is not a JSON object"),
    ("g.parquet", "PAR1 not really", "not a whole Parquet file"),
    ("g.xlsx", "x", "not a labelled file"),
]


@pytest.mark.parametrize(("name", "content", "sentence"), WRONG)
def test_a_wrong_file_is_told_in_one_sentence(tmp_path: Path, name: str, content: str, sentence: str) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(UserError, match=sentence) as caught:
        read_gold(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_a_file_in_another_encoding_or_absent_is_told(tmp_path: Path) -> None:
    (tmp_path / "g.csv").write_bytes("id,cluster\nMünchen,x\n".encode("latin-1"))
    with pytest.raises(UserError, match="not in UTF-8"):
        read_gold(tmp_path / "g.csv")
    with pytest.raises(UserError, match="cannot read"):
        read_gold(tmp_path / "absent.csv")


scored = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


@given(scored, st.integers(1, 20))
def test_reliability_puts_each_pair_into_one_bin(pairs: list[tuple[float, bool]], bins: int) -> None:
    rows = reliability([s for s, _ in pairs], [t for _, t in pairs], bins)
    assert sum(row["pairs"] for row in rows) == len(pairs)
    assert sum(row["pairs"] * row["copies"] for row in rows) == pytest.approx(sum(t for _, t in pairs))
    for row in rows:
        assert row["low"] - 1e-9 <= row["score"] <= row["high"] + 1e-9


@given(scored)
def test_brier_equals_scikit_learns(pairs: list[tuple[float, bool]]) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    scores, labels = [s for s, _ in pairs], [t for _, t in pairs]
    expected = metrics.brier_score_loss(labels, scores, labels=[False, True])
    assert brier(scores, labels) == pytest.approx(expected, abs=1e-12)


def test_calibration_refuses_what_is_no_probability() -> None:
    with pytest.raises(ValueError, match=r"0\.\.1"):
        reliability([1.2], [True])
    with pytest.raises(ValueError, match=r"shorter|longer"):
        brier([0.5, 0.5], [True])
    assert brier([], []) is None


def test_a_calibration_leaves_out_what_the_gold_is_unsure_of() -> None:
    labels = [("a", "b", "copy", "near"), ("a", "c", "independent", ""), ("b", "c", "unsure", "")]
    gold = gold_of([{"a": a, "b": b, "label": label, "kind": kind} for a, b, label, kind in labels])
    scored = [("b", "a", 0.9, "near"), ("a", "c", 0.7, "reworded"), ("b", "c", 0.1, "near"), ("a", "x", 0.2, "near")]
    found = calibration(gold, scored, 0.5, unlisted=None)
    assert [(row["low"], row["pairs"], row["copies"]) for row in found.rows()] == [(0.7, 1, 0.0), (0.9, 1, 1.0)]
    assert found.brier == pytest.approx((0.1**2 + 0.7**2) / 2)
    assert found.kinds == [
        {"gold": "near", "near": 1, "reworded": 0, "none": 0},
        {"gold": "none", "near": 0, "reworded": 1, "none": 0},
    ]
    assert "0.7 to 0.8" in str(found)
    assert [row["pairs"] for row in calibration(gold, scored, 0.5).rows()] == [
        1,
        1,
        1,
    ]  # unlisted
    assert "No pair" in str(calibration(gold, [], 0.5))


def test_of_a_cluster_each_copy_has_a_kind_beside_its_original() -> None:
    kinds = {"a": "original", "b": "near", "c": "translated"}
    gold = gold_of([{"id": name, "cluster": "1", "kind": kind} for name, kind in kinds.items()])
    assert (gold.copies("a", "b"), gold.kind("a", "b"), gold.kind("c", "a"), gold.kind("b", "c")) == (
        True, "near", "translated", None,
    )  # fmt: skip
    found = calibration(gold, [("a", "b", 0.9, "near"), ("a", "c", 0.2, "near"), ("b", "c", 0.9, "near")], 0.5)
    assert found.kinds == [
        {"gold": "near", "near": 1, "translated": 0, "none": 0},
        {"gold": "translated", "near": 0, "translated": 0, "none": 1},
    ]


def test_confusion_counts_kinds_side_by_side() -> None:
    rows = confusion(["near", "near", "translated", None], ["near", None, "reworded", "near"])
    assert rows == [
        {"gold": "near", "near": 1, "reworded": 0, "translated": 0, "none": 1},
        {"gold": "translated", "near": 0, "reworded": 1, "translated": 0, "none": 0},
        {"gold": "none", "near": 1, "reworded": 0, "translated": 0, "none": 0},
    ]


@pytest.mark.skipif(not SHARED.exists(), reason="the development data is not beside the repository")
def test_the_development_labels_are_read_and_perfect_against_themselves() -> None:
    gold = read_gold(SHARED / "wild_labels.parquet", SHARED / "wild.parquet")
    labels = gold.labels or {}
    result: Evaluation = evaluate(gold, [pair for pair, label in labels.items() if label == "copy"])
    assert result.pairs.f1 == 1 and result.bcubed.f1 == pytest.approx(1) and result.ari == 1
    assert len(gold.articles) == pq.read_metadata(SHARED / "wild.parquet").num_rows
    clusters = read_gold(SHARED / "translations.parquet")
    assert evaluate(clusters, dict(clusters.clusters)).pairs.f1 == 1
