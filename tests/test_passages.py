"""Sentences, numbers, alignment and changes: what became of each passage, in eleven languages and between them."""

import time
from collections.abc import Iterator
from itertools import pairwise, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.alignment import heaviest_chain
from corpus.language import normal_language
from corpus.numbers import may_be_same, numbers, same_value
from corpus.passages import Passage, passages
from corpus.sentences import LONGEST, sentences
from tests.parallel import ENGLISH, OWN, REPORTS, TRANSLATIONS, digits_like, joined

DATA = Path(__file__).parents[2] / "shared" / "data"


def split(text: str, language: str | None = None) -> list[str]:
    return [text[start:end] for start, end in sentences(text, language)]


@pytest.mark.parametrize("language", [language for language in REPORTS if language != "th"])
def test_sentences_end_where_the_language_ends_them(language: str) -> None:
    assert split(joined(REPORTS[language], language), language) == list(REPORTS[language])


def test_thai_has_no_full_stop_and_ends_at_lines_and_between_clauses() -> None:
    assert split(joined(REPORTS["th"], "th"), "th")[0] == REPORTS["th"][0]
    long = "รัฐบาลประกาศมาตรการใหม่เพื่อช่วยเหลือผู้ประสบภัยในจังหวัดภาคเหนือ"
    assert split(f"{long} {long}", "th") == [long, long]


@pytest.mark.parametrize(
    ("text", "language", "count"),
    [
        ("Mr. J. Smith of the U.S. Army met Dr. Lee. They spoke.", "en", 2),
        ("“Why?” he asked. “No.” She left.", "en", 3),
        ("Am 21. Juli kam Dr. Meier z.B. nach Köln. Er blieb.", "de", 2),
        ("He came in 21. Then he left.", "en", 2),
        ("Prices rose 2.4 percent, to 1.500 in all. Then they fell.", "en", 2),
        ("One line\nthat goes on here. And another", "en", 2),
        ("A heading\nThe text begins here.", "en", 2),
        ("Hm... well. Yes!! No?! End", "en", 4),
        ("他说：“好。”然后走了。完", "zh", 3),
        ("قال نعم؟ ثم ذهب. انتهى", "ar", 3),
        ("", None, 0),
        (" \n\t ", None, 0),
    ],
)
def test_what_only_looks_like_an_end_is_none(text: str, language: str | None, count: int) -> None:
    assert len(split(text, language)) == count, split(text, language)


@given(st.text(alphabet='aB1.?!。 \n"”।กข', max_size=200), st.sampled_from([None, "de", "th"]))
def test_every_character_but_white_space_lies_in_one_sentence(text: str, language: str | None) -> None:
    spans = sentences(text, language)
    assert [text[i] for start, end in spans for i in range(start, end) if text[i].strip()] == list(
        "".join(text.split())
    )
    assert all(text[start:end].strip() == text[start:end] != "" for start, end in spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


@pytest.mark.parametrize("text", ["x" * 300_000, "word " * 60_000, "." * 200_000, ". " * 20_000, "字" * 100_000,
                                  "." + '"' * 200_000, " " * 500_000 + "x", "ก" * 100_000])  # fmt: skip
def test_hostile_texts_are_split_in_bounded_time_and_pieces(text: str) -> None:
    begun = time.process_time()
    assert all(end - start <= LONGEST for start, end in sentences(text))
    assert time.process_time() - begun < 10


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ("1,500", {1500, 1.5}), ("1.500", {1500, 1.5}), ("1 500", {1500}), ("12,34,567", {1234567}), ("2.4", {2.4}),
        ("2.4 million", {2.4e6}), ("2,4 juta", {2.4e6}), ("2億", {2e8}), ("5億2800万", {5.28e8}), ("240万", {2.4e6}),
        ("२४ लाख", {2.4e6}), ("٢٫٤ مليون", {2.4e6}), ("3 billion", {3e9, 3e12}), ("2.4 ล้าน", {2.4e6}),
        ("2,4 миллиона", {2.4e6}), ("1.234.567,89", {1234567.89}), ("3 מיליארד", {3e9}), ("9", {9}),
    ],
)  # fmt: skip
def test_a_number_has_the_values_that_it_can_have(written: str, values: set[float]) -> None:
    (number,) = numbers(f"etwa {written}; und")
    assert set(number.values) == values


def test_dates_clocks_decades_and_codes_are_no_counts() -> None:
    told = "at 10:30 (0930GMT), a man in his 20s, the '80s, on 21.07.2026 the F-16 and COVID-19 in 7月, 19 people"
    assert [one.form for one in numbers(told) if one.is_count] == ["n:19"]


@pytest.mark.parametrize(
    ("one", "other", "may"),
    [
        ("9", "19", False), ("9", "90", False), ("38", "48", False), ("14", "15", False), ("100", "212", False),
        ("2,400", "2.400", True), ("2億", "200 million", True), ("2569", "2026", True), ("577 miles", "928 km", True),
        ("577 miles", "628 miles", False), ("9", "21", True), ("21,000 acres", "85 km²", True),
        ("90 degrees", "30 Grad", True), ("19", "1800", True),
        ("2.4 million", "2.6 million", False),
        ("24 लाख", "2.4 million", True), ("200 unknownwords", "200,000,000", True), ("3 billion", "3 Milliarden", True),
    ],
)  # fmt: skip
def test_numbers_differ_only_beyond_doubt(one: str, other: str, may: bool) -> None:
    (x,), (y,) = numbers(one), numbers(other)
    assert may_be_same(x, y) is may_be_same(y, x) is may


@given(st.integers(0, 10**9))
def test_separators_do_not_change_a_number(value: int) -> None:
    written = [f"{value}", f"{value:,}", f"{value:,}".replace(",", "."), f"{value:,}".replace(",", " ")]
    found = [numbers(one) for one in written]
    assert all(len(one) == 1 and same_value(one[0], found[0][0]) for one in found)


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(1, 9)), max_size=9))
def test_the_heaviest_chain_is_the_one_that_brute_force_finds(pairs: list[tuple[int, int, int]]) -> None:
    def heaviest(least: tuple[int, int]) -> int:
        return max((w + heaviest((i, j)) for i, j, w in pairs if i > least[0] and j > least[1]), default=0)

    chain = heaviest_chain([(i, j, float(w)) for i, j, w in pairs])
    weights = {(i, j): max(w for x, y, w in pairs if (x, y) == (i, j)) for i, j, _ in pairs}
    assert all(p[0] < q[0] and p[1] < q[1] for p, q in pairwise(chain))
    assert sum(weights[one] for one in chain) == heaviest((-1, -1))


def cover(found: list[Passage], text: str, side: str) -> None:
    """Each character but white space lies in exactly one passage, and no passage reaches out of the text."""
    spans = sorted((getattr(one, f"{side}_start"), getattr(one, f"{side}_end")) for one in found)
    assert all(0 <= start <= end <= len(text) for start, end in spans)
    told = [i for start, end in spans for i in range(start, end)]
    assert len(told) == len(set(told))
    assert {i for i, character in enumerate(text) if character.strip()} <= set(told)


WORDS = st.sampled_from(
    "the The ferry left 9 19 1,500 people in Iran Tuesday Wednesday 星期二 ไทย 。 . ? ! \n ___ «x» É".split(" ")
)
TEXTS = st.lists(WORDS, max_size=60).map(" ".join)


@given(TEXTS, TEXTS, st.sampled_from([("en", "en"), ("en", "de"), (None, None), ("zh", "th")]))
def test_passages_cover_both_texts_once(a: str, b: str, languages: tuple[str | None, str | None]) -> None:
    found = passages(a, b, *languages)
    cover(found, a, "a")
    cover(found, b, "b")
    for one in found:
        assert one.kind in ("same", "altered", "cut", "added", "moved")
        assert (one.kind == "added") == (one.a_start == one.a_end)
        assert (one.kind == "cut") == (one.b_start == one.b_end)
        for change in one.changes:
            assert a[change.a_start : change.a_end] == change.before
            assert b[change.b_start : change.b_end] == change.after
        assert all(one.a_start <= edit.a_start <= edit.a_end <= one.a_end for edit in one.edits)
        assert all(one.b_start <= edit.b_start <= edit.b_end <= one.b_end for edit in one.edits)


@given(TEXTS)
def test_a_text_is_the_same_as_itself(text: str) -> None:
    assert {one.kind for one in passages(text, text, "en", "en")} <= {"same"}


def kinds(found: list[Passage]) -> list[str]:
    return [one.kind for one in found]


@pytest.mark.parametrize("language", REPORTS)
def test_a_sentence_cut_and_one_added_are_told_in_every_language(language: str) -> None:
    told = list(REPORTS[language])
    a, b = joined(told, language), joined([*told[:2], *told[3:], OWN[language]], language)
    found = passages(a, b, language, language)
    assert kinds(found) == ["same", "cut", "same", "added"]
    assert a[found[1].a_start : found[1].a_end] == told[2]
    assert b[found[3].b_start : found[3].b_end] == OWN[language]


@pytest.mark.parametrize("language", REPORTS)
def test_a_wrong_figure_is_called_out_in_every_language(language: str) -> None:
    told = REPORTS[language]
    a = joined(told, language)
    b = a.replace(digits_like(214, told[0]), digits_like(241, told[0]))
    changes = [change for one in passages(a, b, language, language) for change in one.changes]
    assert [(change.what, change.before_form, change.after_form) for change in changes] == [
        ("number", "n:214", "n:241")
    ]


@pytest.mark.parametrize(
    ("language", "before", "after", "forms"),
    [
        ("en", "Tuesday", "Wednesday", ("d:1", "d:2")), ("de", "Dienstag", "Mittwoch", ("d:1", "d:2")),
        ("id", "Selasa", "Rabu", ("d:1", "d:2")), ("ru", "вторник", "среду", ("d:1", "d:2")),
        ("tr", "salı", "cuma", ("d:1", "d:4")), ("ar", "الثلاثاء", "الخميس", ("d:1", "d:3")),
        ("zh", "星期二", "星期五", ("d:1", "d:4")), ("ja", "火曜日", "金曜日", ("d:1", "d:4")),
        ("hi", "मंगलवार", "शुक्रवार", ("d:1", "d:4")), ("en", "Greece", "Egypt", ("t:GR", "t:EG")),
        ("en", "September", "October", ("m:9", "m:10")), ("en", "Markov", "Markow", ("markov", "markow")),
    ],
)  # fmt: skip
def test_a_changed_name_is_called_out(language: str, before: str, after: str, forms: tuple[str, str]) -> None:
    a = joined(REPORTS[language], language)
    changes = [c for one in passages(a, a.replace(before, after), language, language) for c in one.changes]
    assert [(c.before_form, c.after_form) for c in changes] == [forms]


def test_a_moved_sentence_is_moved_and_not_cut_and_added() -> None:
    told = list(ENGLISH)
    found = passages(joined(told, "en"), joined([told[5], *told[:5]], "en"), "en", "en")
    assert sorted(kinds(found)) == ["moved", "same"]


def test_a_rewording_is_aligned_and_its_own_words_are_no_findings() -> None:
    reworded = [
        "With 214 people on it, the Calypso ferry sailed from Izmir on Tuesday, says the office of the harbour.",
        "Three hours later, near the island of Samos and 14 kilometres from the coast, it struck the ground.",
        "Nobody has been hurt, Elena Markov, its captain, said to journalists.",
        "27 ships belong to the company, whose 1500 employees work in Greece and Turkey.",
        "In Athens, the transport ministry will open an inquiry on September 9.",
        "Built in 1998, the Calypso was in repair last winter, which cost 2,400,000 euros.",
    ]
    a, b = joined(ENGLISH, "en"), joined(reworded, "en")
    found = passages(a, b, "en", "en")
    assert kinds(found) == ["altered"] * 6
    assert [(a[one.a_start : one.a_end], b[one.b_start : one.b_end]) for one in found] == list(
        zip(ENGLISH, reworded, strict=True)
    )
    assert [one.changes for one in found] == [()] * 6
    assert all(one.edits for one in found)


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_is_aligned_sentence_by_sentence_without_false_findings(language: str) -> None:
    a, b = joined(ENGLISH, "en"), joined(TRANSLATIONS[language], language)
    found = passages(a, b, "en", language)
    pairs = {(a[one.a_start : one.a_end], b[one.b_start : one.b_end]) for one in found}
    right = set(zip(ENGLISH, TRANSLATIONS[language], strict=True))
    assert len(pairs & right) >= 5, sorted(pairs)
    assert [change for one in found for change in one.changes] == []


def test_marks_and_numbers_as_words_find_what_no_name_does() -> None:
    a = 'She waited. Was nobody at home? He laughed. "We never saw them," she said. Three boats left. It rained.'
    b = "彼女は待った。誰も家にいなかったのか？彼は笑った。雨が降った。"
    asked = next(one for one in passages(a, b, "en", "ja") if "home" in a[one.a_start : one.a_end])
    assert b[asked.b_start : asked.b_end].endswith("？")


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_wrong_figure_in_a_translation_is_called_out(language: str) -> None:
    told = TRANSLATIONS[language]
    b = joined(told, language).replace(digits_like(214, told[0]), digits_like(341, told[0]))
    changes = [change for one in passages(joined(ENGLISH, "en"), b, "en", language) for change in one.changes]
    assert [(change.before_form, change.after_form) for change in changes] == [("n:214", "n:341")]


@pytest.mark.parametrize(
    ("language", "right", "wrong"),
    [("de", "Dienstag", "Freitag"), ("id", "Selasa", "Jumat"), ("ru", "вторник", "пятницу"),
     ("zh", "星期二", "星期五"), ("ja", "火曜日", "金曜日"), ("hi", "मंगलवार", "शुक्रवार")],
)  # fmt: skip
def test_a_wrong_weekday_in_a_translation_is_called_out(language: str, right: str, wrong: str) -> None:
    b = joined(TRANSLATIONS[language], language).replace(right, wrong)
    changes = [change for one in passages(joined(ENGLISH, "en"), b, "en", language) for change in one.changes]
    assert [change.before for change in changes] == ["Tuesday"]


def test_an_excerpt_of_a_translation_loses_its_tail() -> None:
    a = joined(ENGLISH, "en")
    found = passages(a, joined(TRANSLATIONS["de"][:3], "de"), "en", "de")
    assert kinds(found) == ["same", "same", "same", "cut"]
    assert a[found[3].a_start : found[3].a_end] == " ".join(ENGLISH[3:])


def many(count: int) -> str:
    """A text of so many different sentences."""
    return " ".join(
        f"Speaker {i} of {i * i % 997} said {i % 89} and word{i % 613} or term{i % 401}." for i in range(count)
    )


def test_five_thousand_sentences_take_seconds() -> None:
    a = many(5000)
    b = (
        a[: len(a) // 3]
        + " A sentence that stands in the second text alone. "
        + a[len(a) // 2 :].replace(" 88 ", " 86 ")
    )
    begun = time.process_time()
    found = passages(a, b, "en", "en")
    assert time.process_time() - begun < 30
    cover(found, b, "b")
    assert {"same", "cut", "altered"} <= set(kinds(found))
    assert {(c.before, c.after) for one in found for c in one.changes} == {("88", "86")}


@pytest.mark.slow
@pytest.mark.parametrize("languages", [("en", "en"), ("en", "id")])
def test_paragraphs_of_megabytes_without_any_stop_take_seconds(languages: tuple[str, str]) -> None:
    a = many(20_000).lower().replace(".", "")
    b = a[:400_000] + " words that were put in " + a[500_000:]
    begun = time.process_time()
    found = passages(a, b, *languages)
    assert time.process_time() - begun < 60
    kept = sum(one.a_end - one.a_start for one in found if one.kind == "same")
    assert kept > 0.85 * len(b)


def parallel_lines(name: str, source: tuple[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield an original, a translation that has as many lines as it, and the translation's language."""
    import pyarrow.parquet as pq

    by_story: dict[str, dict[tuple[str, str], str]] = {}
    for row in pq.read_table(DATA / name).to_pylist():
        texts = by_story.setdefault(row["story"], {})
        texts[row["language"], row["system"]] = row["text"].replace("\r\n", "\n")
    for texts in by_story.values():
        a = texts[source]
        for (language, system), b in texts.items():
            if language != source[0] and system in ("ref-A", "ref") and a.count("\n") == b.count("\n"):
                yield a, b, language


@pytest.mark.skipif(not DATA.exists(), reason="no development data beside the checkout")
@pytest.mark.parametrize(
    ("name", "source"), [("translations.parquet", ("en", "source")), ("languages.parquet", ("eng", "ref"))]
)
def test_real_translations_align_line_by_line_and_findings_are_few(name: str, source: tuple[str, str]) -> None:
    """A line of a translation that has as many lines as its original is that of the same number.

    Where the numbers of lines differ, nothing tells which line is whose.
    """
    right = told = true = findings = 0
    for a, b, language in parallel_lines(name, source):
        found = passages(a, b, "en", normal_language(language))
        pairs = {
            pair
            for one in found
            if one.kind not in ("cut", "added")
            for pair in product(lines(a, one.a_start, one.a_end), lines(b, one.b_start, one.b_end))
        }
        right, told = right + sum(i == j for i, j in pairs), told + len(pairs)
        true += a.count("\n") + 1
        findings += sum(len(one.changes) for one in found)
    assert right / told > 0.98
    assert right / true > 0.95
    assert findings <= 0.002 * told


def lines(text: str, start: int, end: int) -> range:
    return range(text.count("\n", 0, start), text.count("\n", 0, end) + 1)
