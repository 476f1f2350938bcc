import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.clean import MOST_DROPPED, clean
from corpus.repeated import drop_repeated, repeated_paragraphs

BODY = [
    "The minister said on Tuesday that talks on the bridge would go on for another week in the capital of the country.",
    "Engineers have worked on the northern pier since spring, when a flood washed away the road that led to it.",
    "Nobody was hurt, but the people of two villages had to take the ferry to reach the market and the hospital.",
]

GO = [
    ("promo", "READ  Ministers meet again in the northern port"),
    ("promo", "Read more: Ministers meet again in the northern port"),
    ("promo", "Also Read Ministers meet again in the northern port"),
    ("promo", "Related: Ministers meet again in the northern port"),
    ("promo", "Baca juga: Menteri bertemu lagi di pelabuhan utara"),
    ("promo", "اقرأ أيضا: الوزراء يجتمعون مرة أخرى في الميناء"),
    ("promo", "קראו גם: השרים נפגשים שוב בנמל הצפוני"),
    ("promo", "延伸阅读：部长们再次在北方港口会面"),
    ("promo", "関連記事：閣僚らが北部の港で再び会談"),
    ("promo", "อ่านเพิ่มเติม: รัฐมนตรีพบกันอีกครั้งที่ท่าเรือ"),
    ("promo", "यह भी पढ़ें: मंत्री उत्तरी बंदरगाह में फिर मिले"),
    ("promo", "Читайте также: министры снова встретились в порту"),
    ("promo", "Ayrıca okuyun: Bakanlar kuzey limanında yeniden buluştu"),
    ("promo", "Lesen Sie auch: Minister treffen sich erneut im Hafen"),
    ("promo", "Lire aussi : les ministres se retrouvent au port"),
    ("sign-up", "Sign up for our newsletter and get the news at seven every morning."),
    ("sign-up", "Ikuti kami di Google News untuk berita terbaru."),
    ("sign-up", "Подпишитесь на наш канал, чтобы ничего не пропустить."),
    ("comment form", "Your email address will not be published. Required fields are marked *"),
    ("comment form", "Alamat email Anda tidak akan dipublikasikan."),
    ("comment form", "メールアドレスが公開されることはありません。"),
    ("comment form", "לא יפורסם: האימייל לא יוצג באתר."),
    ("caption", "FILE - In this May 3, 2021, file photo, the old bridge is seen from the air. (AP Photo/Ana Sosa)"),
    ("caption", "Image copyright Reuters Image caption The old bridge was built a century ago"),
    ("caption", "写真：北部の橋"),
    ("label", "Advertisement"),
    ("label", "広告"),
    ("label", "Scroll down for video"),
    ("label", "Facebook Twitter WhatsApp E-Mail"),
    ("label", "微博 微信 QQ"),
    ("label", "このニュースをシェア"),
    ("label", "【纠错】"),
    ("label", "Getty Images"),
    ("tags", "Tags: bridge, ferry, northern port"),
    ("tags", "Filed under: bridges, ferries"),
    ("tags", "Schlagwörter: Brücke, Fähre"),
    ("tags", "الوسوم: جسر، عبارة"),
    ("tags", "キーワード：橋、フェリー"),
    ("sign-up", "Ana Sosa writes about bridges. Follow her on Twitter @anasosa"),
    ("separator", "】"),
    ("separator", "___"),
    ("separator", "* * *"),
    ("address", "https://social.example/minister"),
]

STAY = [
    "Read the indictment carefully, the lawyer said, and you will see that nothing in it is new",
    "Read the indictment carefully, …",
    "READ THE INDICTMENT",
    "More than 200 people had to leave their homes",
    "More than 200 …",
    "Weitere Artikel der Verfassung betreffen die Länder",
    "Also ist die Lage ernst",
    "Live from the court: judges rule against the government today",
    "Watch how the river rises, the old people say",
    "Photos showed that the bridge had gone.",
    "Video showed the car turning over.",
    "See Paris and die",
    "Related to this, the minister resigned",
    "Q: What do you think?",
    "1. The bridge",
    "Leave a comment on the bill was his advice to the voters who came to the meeting on Sunday.",
    "“Sign up for our newsletter,” the flyer said, and nobody did.",
    "Topics ranged from the bridge to the ferry",
    "Themen: So heißt das Buch, das am Montag erscheint.",
    "On Facebook and Twitter people asked for a bridge",
    "Google and Facebook",
    "AP courses begin in autumn",
    "The villages of Reuters and Getty",
    "Updated plans for the bridge were shown to the people of the valley",
    "相关部门表示将继续调查此事",
    "関連法案は来週の国会に提出される見通しだ",
    "관련 법안은 다음 주 국회에 제출된다",
    "Lihat saja nanti apa yang terjadi",
    "The company's newsletter told investors little.",
    "12 July 2022 was the day on which everything changed for the people of the valley",
]


@pytest.mark.parametrize(("reason", "line"), GO)
def test_lines_that_go_and_why(reason: str, line: str) -> None:
    cleaned = clean([BODY[0], BODY[1], line, BODY[2]])
    assert cleaned.lines == tuple(BODY)
    assert cleaned.removed == (f"{reason}: {' '.join(line.split())}",)


@pytest.mark.parametrize("line", STAY)
def test_lines_that_must_stay(line: str) -> None:
    assert clean([BODY[0], BODY[1], line, BODY[2]]).removed == ()


def test_the_title_goes_from_the_top_alone() -> None:
    title = "A bridge too late"
    assert clean([title.upper(), *BODY], title=title).lines == tuple(BODY)
    assert clean([*BODY, title], title=title).lines == (*BODY, title)


def test_a_title_with_a_word_over_it_goes_and_a_sentence_that_says_the_same_stays() -> None:
    title = "Minister says that the bridge will be late"
    assert clean([f"Transport {title}", *BODY], title=title).lines == tuple(BODY)
    said = f"NORTH PORT — {title}."
    assert clean([said, *BODY], title=title).lines == (said, *BODY)


@pytest.mark.parametrize(
    "line",
    [
        "Published: 12 July 2022 14:05",
        "12 July 2022",
        "Diterbitkan 12 Juli 2022, 14.05 WIB",
        "発売 2022年7月12日 14:05",
    ],
)
def test_a_date_alone_goes_from_the_top(line: str) -> None:
    assert clean([line, *BODY]).removed == (f"date: {line}",)


@pytest.mark.parametrize(
    ("reason", "line"),
    [
        ("contact", "Write to Ana Sosa at ana.sosa@paper.example"),
        ("contact", "홍길동 기자 gildong@paper.example"),
        ("contact", "Follow Ana Sosa on Twitter."),
        ("contact", "Ikuti Ana Sosa di Instagram"),
        ("contact", "Ana Sosa'yı Twitter'da takip edin"),
        ("contact", "関心のある方はTwitterでフォロー"),
        ("date", "Mis à jour le 29/10/2022 à 14h03"),
        ("date", "Zuletzt aktualisiert: 12.07.2022, 14:05 Uhr".removeprefix("Zuletzt ")),
        ("byline", "（编辑：王五 李四）"),
        ("byline", "編輯：王五"),
        ("cookies", "This website uses cookies; by reading on you agree to that."),
        ("date", "2 hours ago"),
        ("date", "il y a 2 heures"),
        ("date", "3시간 전"),
    ],
)
def test_lines_that_go_from_the_end_alone(reason: str, line: str) -> None:
    assert clean([*BODY, line]).removed == (f"{reason}: {line}",)
    assert clean([line, *BODY, *BODY[:2]]).removed in ((), (f"date: {line}",))


def test_a_dash_alone_goes() -> None:
    assert clean([*BODY, "-", "-"]).lines == tuple(BODY)


def test_an_address_in_the_text_and_quoted_stays() -> None:
    told = "“Write to ferry@port.example,” the minister said."
    assert clean([*BODY, told]).lines == (*BODY, told)
    kitchen = "A dozen cookies a day is what the captain of the ferry eats when the sea is calm."
    assert clean([*BODY, kitchen]).lines == (*BODY, kitchen)


def test_a_byline_with_place_and_date_goes_from_the_top() -> None:
    line = "Ana Sosa | Puerto Norte | 08/01/2022"
    assert clean([line, *BODY]).removed == (f"date: {line}",)
    assert clean(["Updated", *BODY]).removed == ("date: Updated",)


def test_lines_of_cards_and_forms_go_unless_they_are_much_of_the_text() -> None:
    lines = [BODY[0], "The old bridge in spring", *BODY[1:], "Enter your name"]
    apart = {"The old bridge in spring": "card", "Enter your name": "form"}
    assert clean(lines, apart=apart).lines == tuple(BODY)
    assert clean(BODY, apart=dict.fromkeys(BODY, "form")).lines == tuple(BODY)


def test_a_right_signed_after_the_last_sentence_is_cut_off_it_alone() -> None:
    text = [
        "大臣は火曜日、北部の橋の工事が来週も続くと述べた。",
        "技術者は春から北側の橋脚で作業を続けている。(c)AFP/Ana SOSA",
    ]
    cleaned = clean(text)
    assert cleaned.lines == (text[0], text[1].partition("(c)")[0])
    assert cleaned.removed == ("copyright: (c)AFP/Ana SOSA",)


def test_a_comment_form_goes_with_all_that_belongs_to_it() -> None:
    form = ["Leave a Reply", "Name", "Email", "Website", "Post Comment"]
    assert clean([*BODY, *form]).lines == tuple(BODY)
    assert clean([BODY[0], "Leave a Reply", *BODY[1:]]).lines == tuple(BODY)


def test_a_list_at_the_end_goes_with_its_heading() -> None:
    assert clean([*BODY, "Related articles", "Ministers meet again", "The ferry is late"]).lines == tuple(BODY)
    listed = [BODY[0], "The plan has three parts", "A road", "A bridge", "A ferry"]
    assert clean(listed).lines == tuple(listed)


def test_authors_and_site_alone_go_and_the_end_may_tell_about_a_person() -> None:
    about = "Ana Sosa covers rivers and harbours for the Daily Port and lives by the sea."
    cleaned = clean(["Words Ana Sosa", *BODY, "Daily Port", about], authors=["Ana Sosa"], site="Daily Port")
    assert cleaned.lines == tuple(BODY)
    assert [line.partition(":")[0] for line in cleaned.removed] == ["byline", "byline", "about the author"]
    asked = "Daily Port has asked the minister for an answer."
    assert clean([*BODY, asked], authors=["Ana Sosa"], site="Daily Port").lines == (*BODY, asked)
    assert clean([about, *BODY], authors=["Ana Sosa"]).lines == (about, *BODY)


def test_a_promo_has_at_most_35_words_and_a_colon_or_no_period() -> None:
    words = " ".join(["word"] * 33)
    assert clean([*BODY, *BODY, f"Read more: {words}"]).removed
    assert not clean([*BODY, *BODY, f"Read more: {words} word"]).removed
    assert not clean([*BODY, "Read more about the bridge than about the ferry, he said."]).removed


def test_links_alone_go_unless_they_are_much_of_the_text() -> None:
    link = "Ministers meet again in the port"
    assert clean([*BODY, link], apart={link: "link"}).removed == (f"link: {link}",)
    assert clean([*BODY, "One two three"], apart={"One two three": "link"}).removed == ()
    links = [f"Ministers meet again in the port for talks, number {n}" for n in range(9)]
    assert clean([*BODY, *links], apart=dict.fromkeys(links, "link")).removed == ()


def test_copyright_at_the_end_of_the_last_sentence_goes() -> None:
    cleaned = clean([*BODY[:2], BODY[2] + " Copyright 2022 The Daily Bridge. All rights reserved."])
    assert cleaned.lines == tuple(BODY)
    assert cleaned.removed == ("copyright: Copyright 2022 The Daily Bridge. All rights reserved.",)


def test_never_more_than_the_limit_goes() -> None:
    promos = [f"Read more: Ministers meet again in the northern port, part {n}" for n in range(20)]
    assert clean([BODY[0], *promos]).lines == (BODY[0], *promos)
    assert clean(["___", BODY[0], *promos]).lines == (BODY[0], *promos)


@given(st.lists(st.sampled_from([*BODY, *(line for _, line in GO), *STAY, ""]) | st.text(max_size=120), max_size=30))
def test_nothing_is_lost_without_a_word(lines: list[str]) -> None:
    cleaned = clean(lines, title="A bridge too late", apart=dict.fromkeys(STAY[:3], "link"))
    plain = [" ".join(line.split()) for line in lines if line.strip()]
    assert len(cleaned.lines) + sum(not r.startswith("copyright: ") or r[11:] in plain for r in cleaned.removed) == len(
        plain
    )
    assert sum(map(len, cleaned.lines)) >= (1 - MOST_DROPPED) * sum(map(len, plain)) - 1e-9 - 300
    again = clean(cleaned.lines, title="A bridge too late", apart=dict.fromkeys(STAY[:3], "link"))
    assert set(again.lines) <= set(cleaned.lines)


def test_repeated_paragraphs_go_from_three_addresses_on() -> None:
    counts = [("post", "Follow the Post.", 3, 90), ("post", "Twice.", 2, 2), ("mail", "Follow the Post.", 1, 9)]
    assert list(repeated_paragraphs(counts)) == [("post", "Follow the Post.")]
    assert drop_repeated([*BODY, "Follow the Post."], {"Follow the Post."}).removed == ("repeated: Follow the Post.",)


def test_a_repeated_sentence_is_the_sites_only_at_half_of_its_addresses_and_in_the_tail() -> None:
    said = "The war began two years ago when troops crossed the river at night."
    assert list(repeated_paragraphs([("post", said, 9, 20)])) == []
    assert list(repeated_paragraphs([("post", said, 10, 20)])) == [("post", said)]
    assert list(repeated_paragraphs([("post", said, 5, 5)])) == []
    assert drop_repeated([*BODY, said], {said}).lines == tuple(BODY)
    assert drop_repeated([said, *BODY], {said}).lines == (said, *BODY)
    assert drop_repeated([*BODY, said, "Follow the Post."], {"Follow the Post."}).lines == (*BODY, said)


def test_repeated_paragraphs_between_others_stay_when_they_are_sentences() -> None:
    assert drop_repeated(BODY, {BODY[1]}).lines == tuple(BODY)
    assert drop_repeated([BODY[0], "Daily Post", BODY[1]], {"Daily Post"}).lines == tuple(BODY[:2])
    assert drop_repeated(BODY, set(BODY)).lines == tuple(BODY)
