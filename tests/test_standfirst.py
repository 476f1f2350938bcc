import pytest

from corpus.extract import extract_page
from corpus.settings import Settings

BODY = "".join(
    f"<p>The harbour board heard on Tuesday why pier number {n} will stay closed until the storms are over.</p>"
    for n in range(9)
)
LEAD = "A pier that two storms broke is not to be mended this year, and the ferry to the island stays where it is."
TITLE = "Pier closed until spring"


def page(above: str, description: str = "", body: str = BODY, title: str = TITLE) -> str:
    return (
        f'<html><head><title>{title}</title><meta name="description" content="{description}"></head><body>'
        f'<nav>Home News</nav><main><header class="top"><h1>{title}</h1>{above}<time>3 July 2026 10:15</time></header>'
        f'<div class="article-body">{body}</div></main></body></html>'
    )


def lines(html: str) -> list[str]:
    row = extract_page({"id": "x", "url": "https://x.example/a", "html": html.encode(), "outcome": "ok"}, Settings())
    return str(row["text"]).splitlines()


@pytest.mark.parametrize(
    ("above", "description"),
    [
        (f"<p>{LEAD}</p>", LEAD),
        (f"<h2>{LEAD}</h2>", LEAD[:60] + "…"),
        (f'<p class="article__standfirst">{LEAD}</p>', ""),
        (f'<div class="ArticleSubtitle"><span>{LEAD}</span></div>', ""),
        (f'<h2 itemprop="alternativeHeadline">{LEAD}</h2>', "Something else that the page tells of itself to others."),
    ],
)
def test_what_stands_between_heading_and_text_opens_the_text(above: str, description: str) -> None:
    found = lines(page(above, description))
    assert found[0] == LEAD
    assert len(found) == 10


@pytest.mark.parametrize(
    ("above", "description"),
    [
        ("", LEAD),  # told to others, not shown
        (f"<p>{LEAD}</p>", ""),  # nothing says what it is
        (f'<div class="newsletter intro"><p>{LEAD}</p></div>', ""),
        (f'<p class="intro"><a href="/other">{LEAD}</a></p>', ""),
        (f'<figure><p class="summary">{LEAD}</p></figure>', LEAD),
        ('<p class="subtitle">By Ana Sosa</p>', ""),
        (f'<p class="subtitle">{TITLE}</p>', TITLE),
    ],
)
def test_other_lines_above_the_text_stay_out(above: str, description: str) -> None:
    found = lines(page(above, description))
    assert found[0].startswith("The harbour board")
    assert len(found) == 9


def test_what_the_text_has_is_not_told_twice() -> None:
    found = lines(page(f'<p class="intro">{LEAD}</p>', LEAD, f"<p>{LEAD}</p>{BODY}"))
    assert found.count(LEAD) == 1


@pytest.mark.parametrize(
    ("title", "lead", "sentence"),
    [
        (
            "冬まで桟橋を閉鎖",
            "二度の嵐で壊れた桟橋は今年は修理されず、島への渡し船も止まったままになる。",
            "港湾局は火曜日、{}番桟橋を春まで閉鎖する理由を説明した。",
        ),
        (
            "부두 봄까지 폐쇄",
            "두 차례 폭풍에 부서진 부두는 올해 고쳐지지 않으며 섬으로 가는 배도 멈춘다.",
            "항만청은 화요일 {}번 부두를 봄까지 닫는 이유를 설명했다.",
        ),
        (
            "إغلاق الرصيف حتى الربيع",
            "لن يُصلح الرصيف الذي حطمته عاصفتان هذا العام، وتبقى العبّارة إلى الجزيرة متوقفة.",
            "أوضحت هيئة الميناء يوم الثلاثاء سبب إغلاق الرصيف رقم {} حتى الربيع.",
        ),
        (
            "Dermaga ditutup sampai musim semi",
            "Dermaga yang dirusak dua badai tidak diperbaiki tahun ini dan feri ke pulau tetap berhenti.",
            "Dewan pelabuhan pada Selasa menjelaskan mengapa dermaga {} tetap ditutup.",
        ),
        (
            "İskele bahara kadar kapalı",
            "İki fırtınanın kırdığı iskele bu yıl onarılmayacak, adaya giden vapur da çalışmayacak.",
            "Liman kurulu salı günü {} numaralı iskelenin neden kapalı kaldığını anlattı.",
        ),
    ],
)
def test_standfirsts_in_other_scripts(title: str, lead: str, sentence: str) -> None:
    body = "".join(f"<p>{sentence.format(n) * 2}</p>" for n in range(11, 20))
    found = lines(page(f"<div>{lead}</div>", lead, body, title))
    assert found[0] == lead
    assert len(found) == 10
