import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.language import identify, month_names, normal_language

SENTENCES = {
    "id": "Pemerintah mengumumkan pada hari Senin bahwa jembatan baru di atas sungai akan dibuka sebelum musim hujan.",
    "ar": "أعلنت الحكومة يوم الاثنين أن الجسر الجديد فوق النهر سيفتح أمام السيارات قبل حلول فصل الشتاء المقبل.",
    "he": "הממשלה הודיעה ביום שני כי הגשר החדש מעל הנהר ייפתח לתנועה לפני תחילת החורף הקרוב.",
    "zh": "政府星期一宣布，横跨这条河的新桥将在冬季到来之前通车，比原定计划提前了两个月。",
    "ja": "政府は月曜日、川にかかる新しい橋を冬が来る前に開通させると発表した。予定より二カ月早い。",
    "th": "รัฐบาลประกาศเมื่อวันจันทร์ว่าสะพานแห่งใหม่ข้ามแม่น้ำจะเปิดใช้งานก่อนฤดูฝนจะมาถึง",
    "hi": "सरकार ने सोमवार को घोषणा की कि नदी पर बना नया पुल सर्दियों से पहले यातायात के लिए खोल दिया जाएगा।",
    "ru": "Правительство объявило в понедельник, что новый мост через реку откроют для движения до наступления зимы.",
    "tr": "Hükümet pazartesi günü nehrin üzerindeki yeni köprünün kış gelmeden önce trafiğe açılacağını duyurdu.",
    "de": "Die Regierung kündigte am Montag an, dass die neue Brücke über den Fluss noch vor dem Winter eröffnet wird.",
    "en": "The government said on Monday that the new bridge across the river would open to traffic before winter.",
    "ko": "정부는 월요일 강을 가로지르는 새 다리를 겨울이 오기 전에 개통할 것이라고 밝혔다.",
    "uk": "Уряд оголосив у понеділок, що новий міст через річку відкриють для руху ще до початку зими.",
    "el": "Η κυβέρνηση ανακοίνωσε τη Δευτέρα ότι η νέα γέφυρα πάνω από τον ποταμό θα ανοίξει πριν τον χειμώνα.",
    "ha": "Gwamnati ta ce a ranar Litinin cewa za a bude sabuwar gada da ta ratsa kogin kafin lokacin damina ya fara, "
    "kuma ba za ta yi wani karin haraji ba domin aikin da shugaban ya ce an kammala shi cikin sauri daga yanzu.",
}


@pytest.mark.parametrize(("language", "sentence"), SENTENCES.items())
def test_a_sentence_is_enough_whatever_the_page_claims(language: str, sentence: str) -> None:
    assert identify(sentence)[0] == language
    assert identify(sentence, "fr")[0] == language
    assert identify(sentence.upper())[0] == language


def test_a_declaration_decides_between_neighbours_and_for_words_too_short_to_tell() -> None:
    assert identify(SENTENCES["id"], "ms-MY")[0] == "ms"
    assert identify("OK", "tr") == ("tr", 0.5)
    assert identify("", None) == (None, 0.0)


def test_standard_chinese_is_neither_cantonese_nor_japanese() -> None:
    assert identify("內政大臣要求兩家公司就不妥內容作出解釋，並表示將在下週公布調查結果。")[0] == "zh"


@pytest.mark.parametrize(
    ("code", "normal"),
    [
        ("eng", "en"), ("en-GB", "en"), ("EN_us", "en"), ("arb", "ar"), ("ind", "id"), ("in", "id"), ("cmn", "zh"),
        ("zho-CN", "zh"), ("zh-Hant", "zh"), ("iw", "he"), ("nb", "no"), ("swh", "sw"), ("pes", "fa"), ("yue", "yue"),
        ("hau", "ha"), ("fil", "tl"), ("und", None), ("english", None), ("", None), (None, None), ("x-default", None),
    ],
)  # fmt: skip
def test_codes_have_one_spelling(code: str | None, normal: str | None) -> None:
    assert normal_language(code) == normal


@given(st.text(max_size=400))
def test_any_text_gets_an_answer(text: str) -> None:
    language, sure = identify(text)
    assert language is None or language.islower()
    assert 0 <= sure <= 1


def test_arabic_months_of_all_three_traditions() -> None:
    assert {("تموز", 7), ("يوليو", 7), ("جويلية", 7), ("July", 7)} <= set(month_names("ar"))
