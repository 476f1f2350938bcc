"""Numbers and names in running text: ten languages, and the plain definitions on any string."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from many_texts import HOSTILE, NEWS, languages, texts
from plain_sign import key as plain_key
from plain_sign import names_and_numbers as plain_names
from plain_sign import romanise as plain_romanise

from corpus import anchors

ALL = {**NEWS, **HOSTILE}


def names(body: str, language: str | None) -> list[str]:
    return [name for name, _ in anchors.names_and_numbers(body, language)]


@pytest.mark.parametrize("language", [*NEWS, None])
@pytest.mark.parametrize("body", ALL.values(), ids=ALL)
def test_names_are_the_plain_definitions(body: str, language: str | None) -> None:
    assert anchors.names_and_numbers(body, language) == plain_names(body, language)


@given(texts, languages)
def test_names_are_the_plain_definitions_on_any_string(body: str, language: str | None) -> None:
    assert anchors.names_and_numbers(body, language) == plain_names(body, language)


@given(texts)
def test_romanised_words_are_the_plain_definitions(body: str) -> None:
    romanised = anchors.romanise(body)
    assert romanised == plain_romanise(body)
    assert set(romanised) <= set("abcdefghijklmnopqrstuvwxyz ") and romanised == " ".join(romanised.split())


@pytest.mark.parametrize("language", NEWS)
def test_the_same_facts_have_the_same_names_in_every_language(language: str) -> None:
    found = names(NEWS[language], language)
    assert "n:1500" in found
    assert {"n:2022", "n:12"} & set(found)
    assert {"t:IR", "t:JP"} & set(found)


@pytest.mark.parametrize(
    ("language", "body", "expected"),
    [
        ("en", "on Monday in October", ["d:0", "m:10"]),
        ("en", "the United Arab Emirates, then New Zealand's", ["t:AE", "t:NZ"]),
        ("en", "from Papua New Guinea to Guinea", ["t:PG", "t:GN"]),
        ("id", "pada hari Senin di Jepang, bulan Oktober", ["d:0", "t:JP", "m:10"]),
        ("ru", "в Москве, в России и в Германию, в октябре", ["c:Europe/Moscow", "t:RU", "t:DE", "m:10"]),
        ("tr", "Almanya'ya, Irak'ta, Ekim ayında salı günü, ILIK", ["t:DE", "t:IQ", "m:10", "d:1"]),
        ("he", "מאיראן לישראל ובגרמניה", ["t:IR", "t:IL", "t:DE"]),
        ("ar", "وبالعراق ومن تركيا في أكتوبر", ["t:IQ", "t:TR", "m:10"]),
        ("th", "ประเทศญี่ปุ่นและเยอรมนี", ["t:JP", "t:DE"]),
        ("zh", "美国和日本", ["t:US", "t:JP"]),
        ("ja", "アメリカ合衆国とドイツ", ["t:US", "t:DE"]),
        ("hi", "भारत और जर्मनी में सोमवार को", ["t:IN", "t:DE", "d:0"]),
        ("ko", "독일에서 이란으로", ["t:DE", "t:IR"]),
        ("de", "in der Türkei und im Oktober", ["t:TR", "m:10"]),
    ],
)
def test_countries_cities_months_and_days_are_known_with_their_endings(
    language: str, body: str, expected: list[str]
) -> None:
    assert names(body, language) == expected


@pytest.mark.parametrize(
    "written",
    ["1,500", "1.500", "1 500", "1\u00a0500", "1\u202f500", "١٬٥٠٠", "१,५००", "๑,๕๐๐", "１，５００", "۱٬۵۰۰", "1500"],
)
def test_a_number_has_one_name_however_it_is_written(written: str) -> None:
    assert names(f"x {written} y", None) == ["n:1500"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [("1,234.5", ["n:12345"]), ("3,5", ["n:35"]), ("1,2345", ["n:1234", "n:5"]), ("10.10.2022", ["n:1010", "n:2022"])],
)
def test_decimals_and_dates(written: str, expected: list[str]) -> None:
    assert names(written, "en") == expected


def test_ordinary_words_are_no_names() -> None:
    assert names("The minister said that they would go on and have a chat about irony.", "en") == []


@given(texts, languages)
def test_places_lie_in_the_text_and_in_order(body: str, language: str | None) -> None:
    places = [place for _, place in anchors.names_and_numbers(body, language)]
    assert places == sorted(places) and all(0 <= place <= 2 for place in places)


@given(st.text(max_size=30))
def test_any_string_may_stand_for_a_language(language: str) -> None:
    assert "n:7" in names("Iran 7", language)


@pytest.mark.parametrize("language", ["../../etc", "en\0", "x" * 10_000, "en_US.UTF-8", "-", "zh-CN", "root"])
def test_odd_languages_do_no_harm(language: str) -> None:
    assert "n:7" in names("Iran 7", language)


@given(st.text(min_size=1, max_size=20))
def test_keys_are_the_plain_hashes(value: str) -> None:
    assert anchors.name_key(f"n:{value}") == plain_key(f"n:{value}")
    assert -(2**63) <= anchors.name_key(value) < 2**63


@pytest.mark.parametrize(
    ("piece", "language"),
    [
        ("Iran ", "en"),
        ("new ", "en"),
        ("papua new ", "en"),
        ("1", "en"),
        ("1,", "ar"),
        ("1,234", "ru"),
        ("a", "tr"),
        ("ا", "ar"),
        ("وب ", "ar"),
        ("日本", "ja"),
        ("日", "zh"),
        ("ก", "th"),
        ("\u0301", "hi"),
    ],
)
def test_a_long_run_of_anything_is_searched(piece: str, language: str) -> None:
    body = piece * (200_000 // len(piece))
    assert len(anchors.names_and_numbers(body, language)) <= len(body)
    assert anchors.romanise(body) == anchors.romanise(body + " ")


def test_what_is_remembered_stays_bounded() -> None:
    body = " ".join(f"iran{n}" for n in range(60_000))
    anchors.names_and_numbers(body, "en")
    assert len(anchors._lexicon("en").met) <= anchors._REMEMBERED


READ = """
import sys
from corpus import anchors, language
order = sys.argv[1].split()
if sys.argv[2] == "months":
    for one in reversed(order):
        language.month_names(one)
print(sorted((one, *name) for one in order for name in anchors._cldr(one).items()))
"""


def test_names_do_not_depend_on_what_a_process_read_before() -> None:
    languages = "zh ja ko ar he th hi ru tr de id en es sw is ha"
    told = [
        subprocess.run(
            [sys.executable, "-c", READ, languages, first], capture_output=True, text=True, check=True
        ).stdout
        for first in ("names", "months")
    ]
    assert told[0] == told[1]
    assert "'t:IS'" in told[0]
