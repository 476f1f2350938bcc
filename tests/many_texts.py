"""Short news in ten languages, and strings made to do harm. May import: hypothesis."""

from hypothesis import strategies as st

NEWS = {
    "en": 'GENEVA — "We will not stop," the minister said on Monday, '
    '3 October 2022. Iran sent 1,500 tents to Turkey.',
    "id": "Menteri itu berkata di Jakarta pada Selasa bahwa “bantuan "
    "akan tiba” di Jepang dalam 12 hari, 1.500 tenda.",
    "ar": "قال الوزير يوم الاثنين إن «المساعدات في الطريق» إلى تركيا وإيران، وبلغ عددها ١٬٥٠٠ خيمة في أكتوبر ٢٠٢٢.",
    "he": "השר אמר ביום שני כי “הסיוע בדרך” לטורקיה ולאיראן, ובאוקטובר 2022 נשלחו 1,500 אוהלים מגרמניה.",
    "zh": "部长星期一在日内瓦表示，“援助正在路上”。２０２２年１０"
    "月，伊朗向土耳其运送了1500顶帐篷，德国也派出了队伍。",
    "ja": "大臣は月曜日、「支援は途中だ」と述べた。２０２２年１０月、"
    "イランはトルコに1500張のテントを送り、ドイツも続いた。",
    "th": "รัฐมนตรีกล่าวเมื่อวันจันทร์ว่า “ความช่วยเหลือกำลังมา” "
    "อิหร่านส่งเต็นท์ ๑,๕๐๐ หลังไปตุรกีในเดือนตุลาคม 2022",
    "hi": "मंत्री ने सोमवार को कहा कि “मदद रास्ते में है”। ईरान ने अक्टूबर "
    "२०२२ में तुर्किये को १,५०० तंबू भेजे, जर्मनी ने भी।",
    "ru": "Министр заявил в понедельник, что «помощь уже в пути». В октябре "
    "2022 года Иран отправил в Германию 1 500 палаток.",
    "tr": "Bakan pazartesi günü “yardım yolda” dedi. İran Ekim 2022'de "
    "Almanya'ya 1.500 çadır gönderdi; ISPARTA ılık, İzmir sıcak.",
    "de": "Der Minister sagte am Montag: „Die Hilfe ist unterwegs.“ Der "
    "Iran schickte im Oktober 2022 1.500 Zelte in die Türkei.",
    "ko": "장관은 월요일 “지원이 오고 있다”고 말했다. 이란은 2022년 10월 독일에 1,500개의 텐트를 보냈다.",
    "vi": "Bộ trưởng nói hôm thứ Hai rằng “viện trợ đang đến”. Iran gửi 1.500 lều tới Đức vào tháng 10 năm 2022.",
}  # fmt: skip

HOSTILE = {
    "nothing": "",
    "spaces": " \t\n\u00a0\u2003\u200b ",
    "lone surrogates": "be\ud800fore \udfff after 12\ud83d",
    "nul": "one\x00two \x00\x00 three 1\x0000",
    "right to left override": "\u202eIran\u202c 1\u2066500\u2069 \u200fTurkey\u200e",
    "zalgo": "".join(c + "\u0301\u0323\u0489\u036f" * 20 for c in "Iran will not stop"),
    "a mark first": "\u0301\u0307 a\u0338 =\u0338 \u3099か\u3099",
    "open quotations": "“" * 50 + '„«「"' * 200 + "a",
    "quotation too long": '"' + "a " * 1100 + '" "b" “' + "c" * 2001 + "” “d”",
    "wide marks": "｢支援｣＂は＂﹁途中﹂「だ」",
    "odd numbers": "1,2345 1.234,5 1 234 567 ٣٫١٤ ١٬٠٠٠ 1,,2 .5 5. 12,34,567 ²³ ½ Ⅷ ①",
    "new digits": "\U00011f50\U00011f51 \U0001e4f0 \U0001d7d8",
    "formulas": '=HYPERLINK("http://x") \x1b[31mred\x07 <script>"a"</script>',
    "Turkish i": "İIıi İSTANBUL ısı",
    "folds to more": "ﬃ ß ŉ ǰ ΐ և ẚ İ ﷺ ㍿ ㎏",
    "jamo": "\u1100\u1161\u11a8 \u1112\u1161\u11ab",
}

PIECES = [
    *(word for text in NEWS.values() for word in text.split()), *HOSTILE.values(),
    "south", "Korea", "United", "Arab", "Emirates", "New", "Zealand", "Papua", "Guinea", "may", "MAY", "Irans",
    "Iranian", "우즈베키스탄에서", "남", "والعراق", "وبالعراق", "לישראל", "Москве", "Россией", "ญี่ปุ่น", "日本国",
    "美国", " ", "\n", "-", "“", "”", "„", "«", "»", "「", "」", '"', ",", ".", "1", "٣", "00", "000",
    "e\u0301", "\u0301", "\u0307", "\u200d", "ำ", "\ud800",
]  # fmt: skip

anything = st.text(st.characters(exclude_categories=()), max_size=60)
made_up = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=40).flatmap(
    lambda pieces: st.sampled_from(["", " "]).map(lambda space: space.join(pieces))
)
texts = st.one_of(anything, made_up)
languages = st.sampled_from([*NEWS, "fa", "ur", "yi", "yue", "sw", "pl", "xx", "", None])
