"""How fast texts are signed: microseconds a text for each step, on news made up in several languages.

    python -m benchmarks.sign [--texts 200] [--characters 2300]

Words are drawn by Zipf's law from vocabularies of random syllables, with numbers, quotations and names of countries
among them. The best of several runs counts; the first line is what a fresh process pays before its first text.
"""

import argparse
import time
from collections.abc import Callable
from itertools import accumulate, pairwise
from random import Random

import pyarrow as pa
from babel import Locale

from corpus import anchors, characters, sign, text
from corpus.settings import Settings

SYLLABLES = {
    "en": ("b c d f g h l m n p r s t th st ch w", "a e i o u ea ou", "n s t r l d ng"),
    "id": ("b d g h k l m n p r s t ber meng", "a e i o u", "n k ng r h"),
    "de": ("b d f g h k l m n p r s sch st w z", "a e i o u ä ö ü ei", "n r t ch ß l"),
    "tr": ("b c ç d g k l m n p r s ş t y z", "a e ı i o ö u ü", "n r k l m z"),
    "vi": ("b c d đ g h kh l m n ng ph th tr v", "a ă ơ ư ê ộ ế ả ạ ì", "n ng t c m"),
    "ru": ("б в г д ж з к л м н п р с т ч ш", "а е и о у ы я", "н р т л й сь"),
    "ar": ("ب ت ج ح د ر س ش ع ف ق ك ل م ن ه", "ا و ي", "ن ر ت ة م"),
    "he": ("ב ג ד ה ח ט כ ל מ נ ס ע פ צ ק ר ש ת", "א ו י", "ר ת ל נ מ"),
    "hi": ("क ख ग च ज ट त द न प ब भ म य र ल व स ह", "ा ि ी े ो ु ं", "क न र ल त"),
    "th": ("ก ข ค ง จ ช ด ต ท น บ ป พ ม ย ร ล ว ส ห", "า ิ ี ู ้ ่ ั ำ", "น ง ม ก"),
    "zh": ("经 济 政 府 国 家 人 民 报 道 表 示 会 议 中 心 发 展", "的 在 了 和 是", "年 月 日 部 长"),
    "ja": ("政 府 国 民 日 本 大 会 発 表 東 京 報 道", "の は を に と が", "た す る い ん"),
    "ko": ("가 나 다 라 마 바 사 아 자 정 국 대 회 경", "는 이 을 에 의", "다 고 서 며"),
}
UNSPACED = {"zh", "ja", "th"}
VOCABULARY = 8000
SETTINGS = Settings()
RUNS = 7


def vocabulary(language: str, random: Random) -> list[str]:
    first, middle, last = (part.split() for part in SYLLABLES[language])

    def word() -> str:
        syllables = (random.choice(first) + random.choice(middle) for _ in range(random.randint(1, 3)))
        return "".join(syllables) + random.choice(last)

    return [word() for _ in range(VOCABULARY)]


def news(language: str, count: int, length: int) -> list[str]:
    random = Random(language)
    words = vocabulary(language, random)
    weights = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))
    countries = [name for code, name in Locale(language).territories.items() if len(code) == 2]

    def piece() -> str:
        chance = random.random()
        if chance < 0.015:
            return random.choice(countries)
        if chance < 0.03:
            return random.choice([f"{random.randint(1, 99_999):,}", str(random.randint(1, 2030))])
        return random.choices(words, cum_weights=weights)[0]

    def sentence() -> str:
        body = ("" if language in UNSPACED else " ").join(piece() for _ in range(random.randint(8, 24)))
        ended = body.capitalize() + ("。" if language in ("zh", "ja") else ". ")
        return f"“{ended}” " if random.random() < 0.15 else ended

    return ["".join(sentences(sentence, length)) for _ in range(count)]


def sentences(sentence: Callable[[], str], length: int) -> list[str]:
    made: list[str] = []
    while sum(map(len, made)) < length:
        made.append(sentence())
    return made


def best(work: Callable[[], object], texts: int) -> float:
    """Return microseconds a text."""
    spent = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return min(spent) / texts * 1e6


def steps(language: str, texts: list[str]) -> dict[str, float]:
    columns = {"text_id": ["x"] * len(texts), "language": [language] * len(texts), "text": texts}
    batch = pa.RecordBatch.from_pydict(columns)
    plain = [text.nfkc(body) for body in texts]
    codes, ends = characters.code_points(plain)
    each = [codes[start:stop] for start, stop in pairwise(ends.tolist())]
    normal = [text.normalise(body) for body in texts]
    work: dict[str, Callable[[], object]] = {
        "sign_batch": lambda: sign.sign_batch(batch, SETTINGS),
        "nfkc": lambda: [text.nfkc(body) for body in texts],
        "normal": lambda: characters.NORMAL.respell(*characters.code_points(plain)),
        "romanised": lambda: anchors.ROMANISED.respell(*characters.code_points(plain)),
        "names": lambda: [anchors.found(one, language, its) for one, its in zip(plain, each, strict=True)],
        "quoted": lambda: [sign.quoted_words(*one) for one in zip(texts, plain, each, strict=True)],
        "bands": lambda: sign.bands(normal, SETTINGS),
        "text_id": lambda: [text.text_id(body) for body in texts],
    }
    return {name: best(one, len(texts)) for name, one in work.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description="Microseconds a text for each step of signing.")
    parser.add_argument("--texts", type=int, default=200)
    parser.add_argument("--characters", type=int, default=2300)
    chosen = parser.parse_args()
    start = time.perf_counter()
    sign.sign_batch(pa.RecordBatch.from_pydict({"text_id": ["x"], "language": ["en"], "text": ['"1 a" b']}), SETTINGS)
    print(f"before the first text: {time.perf_counter() - start:.2f} s (kernels loaded, or compiled the first time)")
    for row, language in enumerate(SYLLABLES):
        measured = steps(language, news(language, chosen.texts, chosen.characters))
        if row == 0:
            print("µs a text  ", *(f"{name:>10}" for name in measured), "   texts/s")
        print(
            f"{language:11}",
            *(f"{spent:10.0f}" for spent in measured.values()),
            f"{1e6 / measured['sign_batch']:10.0f}",
        )


if __name__ == "__main__":
    main()
