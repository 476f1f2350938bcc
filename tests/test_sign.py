"""Signatures: datasketch's own, the plain definitions, and whatever a text may hold."""

from collections.abc import Callable
from itertools import pairwise

import plain_sign
import pyarrow as pa
import pytest
from datasketch import MinHash, MinHashLSH
from hypothesis import given, settings
from hypothesis import strategies as st
from many_texts import HOSTILE, NEWS, languages, texts

from corpus import anchors, characters, sign, tables
from corpus.settings import Settings

ALL = {**NEWS, **HOSTILE}
DEFAULT = Settings()


def batch(rows: list[tuple[str | None, str | None]]) -> pa.RecordBatch:
    """Rows of (language, text) as the stage gets them."""
    return pa.RecordBatch.from_pydict(
        {
            "text_id": pa.array([f"t{n}" for n in range(len(rows))], pa.string()),
            "language": pa.array([language for language, _ in rows], pa.string()),
            "text": pa.array([body for _, body in rows], pa.string()),
        }
    )


def signed(rows: list[tuple[str | None, str | None]], chosen: Settings = DEFAULT) -> list[dict[str, object]]:
    return sign.sign_batch(batch(rows), chosen).to_pylist()


def plainly(language: str | None, body: str) -> dict[str, object]:
    """All of a row but its id and bands, by the plain definitions."""
    words, romanised = plain_sign.words(body), plain_sign.romanise(body)
    found = plain_sign.names_and_numbers(body, language)
    return {
        "language": language,
        "words": len(words),
        "normal": " ".join(words),
        "romanised": romanised,
        "quoted": plain_sign.quoted(body),
        "names": [plain_sign.key(name) for name, _ in found],
        "at": [int(place * len(romanised)) for _, place in found],
    }


def storable(body: str) -> str:
    """A text as Arrow can hold it: without lone surrogates."""
    return body.encode("utf-8", "replace").decode("utf-8")


def theirs(body: str, chosen: Settings = DEFAULT) -> MinHash:
    made = MinHash(num_perm=chosen.permutations, seed=chosen.seed)
    made.update_batch(plain_sign.shingles(body, chosen.shingle_words))
    return made


def test_rows_are_the_plain_definitions_in_every_language() -> None:
    rows = [
        *NEWS.items(),
        *((language, storable(body)) for language in ("en", "ar", None) for body in ALL.values()),
    ]
    for row, (language, body) in zip(signed(rows), rows, strict=True):
        expected = plainly(language, body)
        assert {name: row[name] for name in expected} == expected


@given(st.lists(st.tuples(languages, texts.map(storable)), max_size=6))
def test_rows_are_the_plain_definitions_on_any_strings(rows: list[tuple[str | None, str]]) -> None:
    for row, (language, body) in zip(signed([*rows]), rows, strict=True):
        expected = plainly(language, body)
        assert {name: row[name] for name in expected} == expected


BLOCKS = st.lists(
    st.sampled_from(["word ", "  ", "A", "7", ".", "-", " x" * 40, "y" * 63, "z" * 64, "é", "“", "ı", "ﬁ", "國"])
)


@given(st.lists(BLOCKS.map("".join), max_size=4))
def test_blocks_of_ascii_and_of_others_in_turn(bodies: list[str]) -> None:
    plain = [plain_sign.nfkc(body) for body in bodies]
    for spelling, expected in (
        (characters.NORMAL, [" ".join(plain_sign.words(body)) for body in bodies]),
        (anchors.ROMANISED, [plain_sign.romanise(body) for body in bodies]),
    ):
        data, ends = spelling.respell(*characters.code_points(plain))
        assert [data[i:j].tobytes().decode() for i, j in pairwise(ends.tolist())] == expected


@pytest.mark.parametrize("form", [str.upper, lambda c: c.lower(), lambda c: "-" if c == "\n" else c.lower()])
def test_a_spelling_must_be_one_that_blocks_of_ascii_can_have(form: Callable[[str], str]) -> None:
    with pytest.raises(ValueError, match="blocks of ASCII"):
        characters.Spelling(form)


@given(texts)
def test_quoted_words_are_the_plain_definitions(body: str) -> None:
    assert sign.quoted_words(body) == plain_sign.quoted(body)


@given(st.text(st.sampled_from('“”„«»「」"\n a1｢｣＂\u0301'), max_size=60))
def test_quotations_inside_and_beside_one_another(body: str) -> None:
    assert sign.quoted_words(body) == plain_sign.quoted(body)


@pytest.mark.parametrize("language", ["en", "id", "ar", "he", "ru", "de", "ja", "tr", "hi", "ko", "vi", "zh", "th"])
def test_a_quotation_is_found_in_every_language(language: str) -> None:
    first, past = sign.quoted_words(NEWS[language])
    normal = plain_sign.words(NEWS[language])
    assert 0 < past - first < len(normal)
    assert "".join(normal[first:past]) in "".join(plain_sign.words(NEWS[language].replace(" ", "")))


@given(texts, st.integers(1, 2**31), st.sampled_from([(128, 32), (64, 16), (256, 64)]), st.integers(1, 7))
@settings(max_examples=60)
def test_signatures_are_datasketchs(body: str, seed: int, size: tuple[int, int], words: int) -> None:
    chosen = Settings(seed=seed, permutations=size[0], bands=size[1], shingle_words=words)
    assert sign.minhash(body, chosen) == theirs(body, chosen)


def test_signatures_work_in_datasketchs_lsh() -> None:
    index = MinHashLSH(threshold=0.5, num_perm=128)
    for language, body in NEWS.items():
        index.insert(language, sign.minhash(body * 3))
    for language, body in NEWS.items():
        assert index.query(sign.minhash(body * 3 + "!")) == [language]
        assert index.query(theirs(body * 3)) == [language]
    assert sign.minhash(NEWS["en"]).jaccard(theirs(NEWS["en"])) == 1


def test_texts_share_a_bucket_where_datasketchs_values_share_a_band() -> None:
    bodies = [NEWS["en"], NEWS["en"] + " And more.", NEWS["en"].replace("minister", "president"), NEWS["de"]]
    rows = [row["bands"] for row in signed([("en", body) for body in bodies])]
    values = [theirs(body).hashvalues.reshape(32, 4) for body in bodies]
    for one in range(len(bodies)):
        for other in range(one):
            shared = [bool((x == y).all()) for x, y in zip(values[one], values[other], strict=True)]
            assert [x == y for x, y in zip(rows[one], rows[other], strict=True)] == shared
    assert rows == sign.bands([row["normal"] for row in signed([("en", body) for body in bodies])], DEFAULT).tolist()


def test_rows_have_the_tables_schema_and_order() -> None:
    made = sign.sign_batch(batch([("en", body) for body in NEWS.values()]), DEFAULT)
    assert made.schema.equals(tables.SCHEMAS["signatures"], check_metadata=True)
    assert made.column("text_id").to_pylist() == [f"t{n}" for n in range(len(NEWS))]
    made.validate(full=True)


def test_no_rows_and_texts_without_words() -> None:
    assert sign.sign_batch(batch([]), DEFAULT).num_rows == 0
    assert sign.sign_batch(batch([]), DEFAULT).schema.equals(tables.SCHEMAS["signatures"])
    for row in signed([("en", ""), (None, None), ("zz", " \n… \x00")]):
        assert (row["words"], row["normal"], row["romanised"], row["quoted"], row["names"]) == (0, "", "", [], [])
        assert set(row["bands"]) == {0}


def test_slices_of_a_batch_are_signed_like_the_whole() -> None:
    whole = batch([("en", body) for body in NEWS.values()])
    parts = [sign.sign_batch(whole.slice(at, 3), DEFAULT) for at in range(0, whole.num_rows, 3)]
    assert pa.Table.from_batches(parts).combine_chunks().to_batches()[0].equals(sign.sign_batch(whole, DEFAULT))


@pytest.mark.parametrize("size", [1, 50, 500])
def test_portions_change_nothing(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    rows = batch([(language, body) for language, body in NEWS.items()] * 3 + [(None, None), ("en", "")])
    expected = sign.sign_batch(rows, DEFAULT)
    monkeypatch.setattr(sign, "CHARACTERS_AT_ONCE", size)
    assert sign.sign_batch(rows, DEFAULT).equals(expected)


@pytest.mark.parametrize("piece", ["a", "word ", "中", "“a” ", '"', "e\u0301", "ก็", "1,234 ", "\u202e", "\x00", "Ⅷ"])
def test_a_megabyte_of_anything_is_signed(piece: str) -> None:
    body = piece * (1_000_000 // len(piece))
    big, small = signed([("en", body), ("en", NEWS["en"])])
    assert big["words"] == len(str(big["normal"]).split())
    assert small["bands"] == signed([("en", NEWS["en"])])[0]["bands"]
