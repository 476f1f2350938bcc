import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus
from corpus.agencies import agency_names, named, whole
from corpus.wire import read_dateline, read_wire

SEED = Path(__file__).parents[2] / "shared" / "seed.txt"
BODY = (
    "The minister said on Tuesday that talks on the bridge would go on for another week in the capital of the country."
)

DATELINES = [
    ("WASHINGTON (AP) — The president", "AP"),
    ("LONDON (Reuters) - Shares fell", "Reuters"),
    ("(Reuters) - Shares fell", "Reuters"),
    ("Berlin (dpa) – Der Minister", "dpa"),
    ("Hamburg (dpa/lno) - Der Minister", "dpa"),
    ("Wien (APA) - Der Minister", "APA"),
    ("Paris (AFP) – Le ministre", "AFP"),
    ("(ANSA) - ROMA, 12 LUG - Il ministro", "ANSA"),
    ("Madrid, 12 jul (EFE).- El ministro", "EFE"),
    ("MADRID 12 Jul. (EUROPA PRESS) - El ministro", "Europa Press"),
    ("Lisboa, 12 jul 2022 (Lusa) - O ministro", "Lusa"),
    ("BEIJING, July 12 (Xinhua) -- The minister", "Xinhua"),
    ("新华社北京7月12日电（记者张三）国务院", "Xinhua"),
    ("据新华社北京7月12日电 国务院", "Xinhua"),
    ("中新网7月12日电 国务院", "China News Service"),
    ("（中央社記者台北12日電）行政院", "CNA"),
    ("【東京共同】政府は", "Kyodo"),
    ("【ワシントン時事】米国は", "Jiji"),
    ("【7月12日 AFP】ロシアは", "AFP"),
    ("［アンボン（インドネシア） ９日 ロイター］ - 東部の", "Reuters"),
    ("(서울=연합뉴스) 홍길동 기자 = 정부는", "Yonhap"),
    ("[서울=뉴시스] 홍길동 기자 = 정부는", "Newsis"),
    ("МОСКВА, 12 июля. /ТАСС/. Президент", "TASS"),
    ("МОСКВА, 12 июл — РИА Новости. Президент", "RIA Novosti"),
    ("Москва. 12 июля. INTERFAX.RU - Президент", "Interfax"),
    ("БАНГКОК, 8 июля (Рейтер) - Центральный банк", "Reuters"),
    ("КИЇВ, 12 липня – Укрінформ. Президент", "Ukrinform"),
    ("Jakarta (ANTARA) - Presiden", "Antara"),
    ("KUALA LUMPUR, July 12 (Bernama) -- Prime Minister", "Bernama"),
    ("New Delhi, Jul 12 (PTI) The government", "PTI"),
    ("New Delhi [India], July 12 (ANI): The government", "ANI"),
    ("New Delhi, July 12 (IANS) The government", "IANS"),
    ("नई दिल्ली, 12 जुलाई (भाषा) सरकार", "PTI"),
    ("जकार्ता, इंडोनेशिया (एपी) — रविवार", "AP"),
    ("กรุงเทพฯ (รอยเตอร์) - รัฐบาล", "Reuters"),
    ("กุ้ยหยาง 16 ก.ค. (ซินหัว) - สะพาน", "Xinhua"),
    ("القاهرة (رويترز) - قال الوزير", "Reuters"),
    ("واشنطن-(أ ف ب) قال الوزير", "AFP"),
    ("أنقرة/ الأناضول", "Anadolu"),
    ("طهران - إرنا - قال الوزير", "IRNA"),
    ("ירושלים (רויטרס) - השר אמר", "Reuters"),
    ("ISTANBUL (AA) - Bakan", "Anadolu"),
    ("İSTANBUL, (DHA)- Bakan", "DHA"),
    ("Ramallah, July 12, WAFA - The minister", "WAFA"),
    ("Brussel (Belga) - De minister", "Belga"),
    ("WARSZAWA (PAP) - Minister", "PAP"),
    ("Praha (ČTK) - Ministr", "ČTK"),
    ("ZAGREB, 12. srpnja 2022. (Hina) - Ministar", "HINA"),
    ("BEOGRAD, 12. jul (Tanjug) - Ministar", "Tanjug"),
    ("Bern (SDA) Der Bundesrat", "Keystone-SDA"),
    ("Paris (awp/afp) - Die Regierung", "AFP"),
    ("Jakarta (AP/ANTARA) - Presiden", "AP"),
    ("[도쿄=AP/뉴시스] 김철수 기자 = 일본", "AP"),
    ("【ニューヨークＡＰ＝共同】米国は", "AP"),
    ("تهران- ایرنا- وزیر گفت", "IRNA"),
    ("PARIGI, 12 LUG - (AGI) Il ministro", "AGI"),
    ("Roma, 12 lug. (askanews) - Il ministro", "askanews"),
    ("ACCRA, July 12, GNA - The minister", "Ghana News Agency"),
    ("Скопје, 12 јули (МИА) - Министерот", "MIA"),
    ("Frankfurt (epd). Die Kirche", "epd"),
]

TAILS = [
    ("Copyright 2017 The Associated Press. All rights reserved. This material may not be published.", "AP"),
    ("(Quelle: APA)", "APA"),
    ("mit dpa", "dpa"),
    ("avec AFP", "AFP"),
    ("Sumber: Antara", "Antara"),
    ("Kaynak: AA", "Anadolu"),
    ("المصدر: رويترز", "Reuters"),
    ("Источник: ТАСС", "TASS"),
    ("出典：共同通信", "Kyodo"),
    ("来源：新华社", "Xinhua"),
    ("<저작권자(c) 연합뉴스, 무단 전재-재배포 금지>", "Yonhap"),
    ("With inputs from PTI", "PTI"),
    ("PTI SKL CJ", "PTI"),
    ("Lusa/fim", "Lusa"),
    ("© dpa-infocom, dpa:220712-99-123456/2", "dpa"),
    ("Associated Press writers Jane Doe and John Roe contributed to this report.", "AP"),
    ("(Reporting by Jane Doe; Editing by John Roe)", "Reuters"),
    ("Pelaporan oleh Jane Doe; Diedit oleh John Roe", "Reuters"),
    ("Our Standards: The Thomson Reuters Trust Principles.", "Reuters"),
    ("Jane Doe dari Pers Terkait berkontribusi pada laporan ini.", "AP"),
    ("Jane Doe de Prensa Asociada contribuyeron a este reportaje.", "AP"),
    ("Корреспондент Ассошиэйтед Пресс Джейн Доу участвовала в подготовке материала.", "AP"),
    ("AP通信記者ジェーン・ドウがこの記事に協力した。", "AP"),
    ("(Laporan oleh Jane Doe; Penyuntingan oleh John Roe)", "Reuters"),
    ("기사제공=연합뉴스", "Yonhap"),
    ("（报道：张三；编辑：李四）", "Reuters"),
    ("(تغطية صحفية علي حسن - تحرير ليلى حداد)", "Reuters"),
    ("(Raporlama Jane Doe; Düzenleme John Roe)", "Reuters"),
]

NEVER = [
    "Peskov told AFP that the talks would go on.",
    "According to Reuters, the talks would go on.",
    "A video obtained by (AP) shows the talks",
    "A woman walks in Paris on Tuesday. (AP Photo/Jane Doe)",
    "The Associated Press (AP) - a news agency - was founded in 1846",
    "FILE - In this photo (AP) — the bridge",
    "The Norwegian Refugee Council (NRC) said on Monday",
    "REUTERS/Carlos Barria",
    "Image copyright Reuters Image caption The bridge",
    "© AFP",
    "Foto: dpa",
    "(Photo: AFP)",
    "写真：共同通信",
    "图片来源：新华社",
    "The news was first reported by Reuters.",
    "IRNA reported that the talks would go on",
    "NPR's Jane Doe contributed to this report.",
    "قال الوزير لوكالة فرانس برس إن المحادثات ستستمر",
    "Juru bicara mengatakan kepada kantor berita IRNA bahwa pembicaraan akan berlanjut",
    "She spoke with Reuters.",
    "本报由读者每天出资支持，保持独立报道，欢迎您随时与编辑部联系并提出意见。",
    "그는 보도 내용을 편집부에 확인했다고 밝혔다.",
    "وتحدث تقرير صدر الأسبوع الماضي عن تحرير الرهائن قبل نهاية العام.",
    "Об этом сообщил главный редактор газеты.",
    "Le reportage sera diffusé dans sa version française dès lundi.",
    "“Ya basta”, dijo a EFE.",
    "Das sagte der Sprecher der dpa.",
    "“Sudah selesai,” kata Budi kepada AFP, Senin (12/7/2026).",
    "“Bitti” dedi AA muhabirine.",
    "他对新华社记者说。",
    "彼はＡＦＰ通信に「終わった」と話した。",
    "그는 로이터통신에 말했다.",
    "قال لوكالة رويترز إن كل شيء انتهى.",
    "«Всё», — сказал он РИА Новости.",
    "रॉयटर्स से उन्होंने कहा कि सब खत्म हो गया।",
    "เขากล่าวกับเอเอฟพี",
    "Ilustrasi (Reuters)",
    "Symbolbild (dpa)",
    "© РИА Новости / Иван Иванов",
    "© Сергей Иванов/ТАСС",
    "ТАСС/Иван Иванов",
    "Jane Doe/AFP",
    "Juan Perez / EFE",
    "- AFP pic",
    "Infografis: AFP",
    "图：新华社",
    "(圖/路透社)",
    "(資料照片/法新社)",
    "（共同通信社提供）写真",
    "ロイター/アフロ",
    "연합뉴스 제공",
    "(رويترز) صورة أرشيفية",
]


@pytest.mark.parametrize(("line", "agency"), DATELINES)
def test_datelines(line: str, agency: str) -> None:
    dateline, signal = read_dateline(line)
    assert signal is not None
    assert signal.agency == agency
    assert dateline is not None
    assert line.startswith(dateline)
    wire = read_wire(["A headline", line, BODY])
    assert (wire.agency, wire.dateline is not None) == (agency, True)
    assert wire.confidence >= 0.9


@pytest.mark.parametrize(("line", "agency"), TAILS)
def test_credits_in_the_tail_are_taken_whole(line: str, agency: str) -> None:
    wire = read_wire([BODY, BODY, BODY, line])
    assert wire.agency == agency
    assert wire.spent == {3: wire.spent[3]}
    assert wire.credit is not None
    assert wire.evidence


@pytest.mark.parametrize("line", NEVER)
@pytest.mark.parametrize("place", [0, 2, 4])
def test_pictures_and_mentions_never_count(line: str, place: int) -> None:
    lines = [BODY] * 4
    lines.insert(place, line)
    assert read_wire(lines).agency is None


@pytest.mark.parametrize(
    ("author", "agency"),
    [
        ("Associated Press", "AP"), ("Zeke Doe, Associated Press", "AP"), ("dpa/Max Müller", "dpa"),
        ("Reuters Staff", "Reuters"), ("Agence France-Presse (AFP)", "AFP"), ("Por EFE", "EFE"), ("新华社", "Xinhua"),
        ("Ani Rahman", None), ("ANI RAHMAN", None), ("Tass Ahmad", None), ("Staff", None), ("", None),
    ],
)  # fmt: skip
def test_authors(author: str, agency: str | None) -> None:
    assert read_wire([BODY], authors=[author]).agency == agency


def test_addresses_and_publishers() -> None:
    assert read_wire([BODY], url="https://apnews.com/article/1").agency == "AP"
    assert read_wire([BODY], url="https://paper.example/a", canonical="https://www.reuters.com/b").agency == "Reuters"
    assert read_wire([BODY], url="https://paper.example/wires/afp/article-1").agency == "AFP"
    assert read_wire([BODY], publishers=["ANTARA News"]).agency == "Antara"
    assert read_wire([BODY], url="https://notapnews.com/x", publishers=["The Evening Post"]).agency is None
    assert read_wire([BODY], url="http://[broken", canonical="http://[too").agency is None


def test_a_sentence_may_be_signed_and_stays() -> None:
    for end, agency in ((" (AFP)", "AFP"), (" —AP", "AP"), ("（新华社）", "Xinhua")):
        wire = read_wire([BODY, BODY, BODY + end])
        assert (wire.agency, wire.spent) == (agency, {})


def test_independent_signals_make_surer_and_never_certain() -> None:
    one = read_wire(["LONDON (Reuters) - Shares fell", BODY])
    two = read_wire(["LONDON (Reuters) - Shares fell", BODY, "(Reporting by A B; Editing by C D)"])
    assert one.confidence < two.confidence <= 0.99


def test_a_contributor_line_without_a_name_is_evidence_and_only_after_a_separator_points_to_ap() -> None:
    line = "Jane Doe dan John Roe berkontribusi pada laporan ini di Washington."
    after, alone = read_wire([BODY, "___", line]), read_wire([BODY, BODY, line])
    assert (after.agency, after.credit) == ("AP", line)
    assert 0.6 <= after.confidence <= 0.8
    assert (alone.agency, alone.confidence, alone.credit) == (None, 0.0, line)


def test_picture_galleries_credit_pictures() -> None:
    gallery = [f"{n}/30 A lake seen from far above the country on a clear day" for n in range(1, 9)]
    assert read_wire([*gallery, "Reuters"]).agency is None


@pytest.mark.skipif(not SEED.exists(), reason="the founding example is not beside this checkout")
def test_the_founding_example() -> None:
    wire = read_wire(SEED.read_text(encoding="utf-8").splitlines())
    assert wire.agency == "AP"
    assert 0.5 < wire.confidence < 0.9
    assert any("separator" in sign for sign in wire.evidence)


def test_the_table_of_agencies_is_sound() -> None:
    table = tomllib.loads((Path(corpus.__file__).parent / "agencies.toml").read_text(encoding="utf-8"))
    names = [agency["name"] for agency in table["agency"]]
    assert len(names) == len(set(names)) == len(agency_names()) >= 25
    owners: dict[str, str] = {}
    for agency in table["agency"]:
        for name in (*agency["names"], *agency.get("garbled", ())):
            assert named(name, codes=False), name
            assert owners.setdefault(name.casefold(), agency["name"]) == agency["name"], name
        for code in agency["codes"]:
            assert [found.agency for found in whole(code)] == [agency["name"]], code


@given(st.lists(st.text(max_size=200), max_size=12), st.lists(st.text(max_size=40), max_size=3))
def test_any_lines_give_an_answer(lines: list[str], authors: list[str]) -> None:
    wire = read_wire(lines, authors=authors, publishers=authors)
    assert (wire.agency is None) == (wire.confidence == 0)
    assert set(wire.spent) <= set(range(len(lines)))
