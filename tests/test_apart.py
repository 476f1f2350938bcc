"""What stands apart on a page, told by structure alone: captions, forms, cards, links; paragraphs between breaks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.apart import set_apart, take_out_captions
from corpus.comments import take_out_comments
from corpus.markup import parse, part_paragraphs

LONG = (
    "The minister told parliament on Tuesday that the new bridge across the river would open before winter, number {}."
)
PROSE = "".join(f"<p>{LONG.format(n)}</p>" for n in range(12))


def tree(body: str):  # type: ignore[no-untyped-def]
    root = parse(f"<html><body>{body}</body></html>")
    assert root is not None
    return root


def text(root) -> str:  # type: ignore[no-untyped-def]
    return " ".join(root.text_content().split())


CAPTIONS = [
    "<figure><img src=a><figcaption>In spring</figcaption></figure>",
    '<div class="photo"><img src=a><div class="photo__caption">In spring</div></div>',
    '<div class="wp-caption"><img src=a><p class="wp-caption-text">In spring</p></div>',
    '<div><img src=a><span class="image-caption">In spring</span></div>',
    '<em class="img_desc">In spring</em>',
    '<blockquote class="image-field-caption"><p>In spring</p></blockquote>',
    '<p align="center"><img src=a></p><p align="center">In spring</p>',
    '<p><img src=a></p><p style="text-align: center">In spring</p>',
    "<table><tr><td><img src=a></td></tr><tr><td>In spring</td></tr></table>",
]


@pytest.mark.parametrize("caption", CAPTIONS)
def test_captions_go_and_what_follows_stays(caption: str) -> None:
    root = tree(f"<div>{PROSE}{caption}tail {PROSE}</div>")
    assert take_out_captions(root) == 1
    assert "In spring" not in text(root)
    assert text(root).count("The minister") == 24 and "tail" in text(root)


@pytest.mark.parametrize(
    "body",
    [
        f"<div class=caption>{PROSE}</div>",
        "".join(f"<figure><img src=a><figcaption>{LONG.format(n)}</figcaption></figure>" for n in range(9)),
        f"<p align=center>A poem</p><p align=center>of two lines</p>{PROSE}",
        f"<table><tr><td>Wheat</td><td>12</td></tr></table>{PROSE}",
    ],
)
def test_what_only_looks_like_a_caption_or_is_all_there_is_stays(body: str) -> None:
    root = tree(body)
    before = text(root)
    assert take_out_captions(root) == 0
    assert text(root) == before


def card(n: int, teaser: str = "Two trains met.") -> str:
    return f'<div class="card"><a href="/{n}"><h3>Another headline of number {n}</h3></a><p>{teaser}</p></div>'


def test_small_cards_go_and_larger_ones_are_told() -> None:
    root = tree(f"<article>{PROSE}</article><div>{card(1)}{card(2)}</div>")
    assert set_apart(root)["Two trains met."] == "card"
    assert "Another headline" not in text(root)
    long = "Two trains met, and the people in them talked about the weather for an hour. " * 4
    root = tree(f"<article>{PROSE}</article><div>{card(1, long)}{card(2, long)}</div>")
    assert set_apart(root)[long.strip()] == "card"
    assert "Another headline" in text(root)


def test_one_card_alone_and_a_page_of_cards_stay() -> None:
    root = tree(f"<article>{PROSE}{card(1)}</article>")
    assert "card" not in set_apart(root).values()
    root = tree("<main>" + "".join(card(n) for n in range(20)) + "</main>")
    set_apart(root)
    assert text(root).count("Another headline") == 20


def test_headings_that_are_no_links_make_no_cards() -> None:
    parts = "".join(f'<div class="part"><h3>Part number {n} of it</h3><p>It was late.</p></div>' for n in range(4))
    assert "card" not in set_apart(tree(f"<article>{PROSE}{parts}</article>")).values()


def test_forms_go_but_not_what_the_article_says_too() -> None:
    first = LONG.format(0)
    form = f"<div><p>Send this to a friend</p><p>{first}</p><input type=email><button>Send</button></div>"
    found = set_apart(tree(f"<article>{PROSE}</article>{form}"))
    assert found["Send this to a friend"] == "form" and first not in found
    whole = f"<form><input type=hidden name=a>{PROSE}<input type=text></form>"
    assert set_apart(tree(whole)) == {}


@pytest.mark.parametrize(
    "block",
    [
        "<p><a href=/a>Another headline of the day</a></p>",
        "<p>From the archive: <a href=/a>Another headline of the day</a></p>",
        "<div>One line.<br><a href=/a>Another headline of the day</a><br>Another line.</div>",
    ],
)
def test_links_alone_are_told(block: str) -> None:
    found = set_apart(tree(f"<div>{PROSE}{block}</div>"))
    assert any("Another headline of the day" in line and why == "link" for line, why in found.items())


def test_links_in_sentences_are_not() -> None:
    root = tree(f"<p>The <a href=/a>minister</a> said so.</p><div>He said<br><a href=/a>so</a> again.<br></div>{PROSE}")
    assert set_apart(root) == {}


def test_double_breaks_part_paragraphs() -> None:
    lines = [LONG.format(n) for n in range(4)]
    for markup in (
        f"<div>{'<br><br>'.join(lines)}</div>",
        f"<p>{'<br /><br />'.join(lines)}</p>",
        f"<p><span>{'<br> <br>'.join(lines)}</span></p>",
        f"<td>{'<br><br><br>'.join(lines)}</td>",
    ):
        root = tree(markup)
        part_paragraphs(root)
        assert [" ".join(p.text_content().split()) for p in root.iter("p") if p.text_content().strip()] == lines


def test_single_breaks_and_blocks_between_them_stay_as_they_are() -> None:
    poem = "A line<br>and one more<br>and a last one"
    root = tree(f"<div>{poem}</div>")
    part_paragraphs(root)
    assert next(root.iter("p"), None) is None
    lines = [LONG.format(n) for n in range(4)]
    root = tree(
        f"<div>{lines[0]}<br><br><ul><li>one</li></ul>{lines[1]}<br>{lines[2]}<br><br><b>bold</b> {lines[3]}</div>"
    )
    before = text(root)
    part_paragraphs(root)
    assert text(root) == before and len(list(root.iter("br"))) == 1


@given(st.recursive(st.text("ab \n", max_size=300), lambda inner: st.lists(inner, max_size=6), max_leaves=30))
def test_no_character_is_lost_between_breaks(nested: object) -> None:
    def markup(part: object) -> str:
        return f"<div>{'<br><br>'.join(map(markup, part))}</div>" if isinstance(part, list) else str(part)

    root = tree(f"<div>{markup(nested)}</div><p>end</p>")
    before = "".join(root.text_content().split())
    part_paragraphs(root)
    assert "".join(root.text_content().split()) == before


# What readers wrote --------------------------------------------------------------------------------------------------

SAID = "<p>My grandfather built the old bridge and it did not fall once in eighty years.</p>"


@pytest.mark.parametrize(
    "mark",
    [
        'class="comments"', 'id="comments"', 'class="box sf_comment_list"', 'class="comments-area"', 'class="yorumlar"',
        'class="comentarios-lista"', 'class="kommentarer"', 'id="disqus_thread"',
        'class="user-comments"', 'class="reacties"', 'id="sf_comment_1073"',
    ],
)  # fmt: skip
def test_what_readers_wrote_goes(mark: str) -> None:
    root = tree(f"<h1>A bridge</h1><div>{PROSE}</div><div {mark}>{SAID * 3}</div>")
    assert take_out_comments(root) == 1
    assert "grandfather" not in text(root)
    assert text(root).count("The minister told parliament") == 12


@pytest.mark.parametrize(
    "body",
    [
        f'<div class="comments-open"><h1>A bridge</h1>{PROSE}</div>',
        f'<h1>A bridge</h1><div class="has-comments">{PROSE}</div>',
        f'<h1>A bridge</h1><div>{PROSE}</div><div class="commentary">{PROSE}</div>',
        f'<h1>A bridge</h1><div>{PROSE}</div><div class="kommentar">{PROSE}</div>',  # an opinion
        f'<h1>A bridge</h1><div>{PROSE}</div><div class="tone-comment comment">{PROSE}</div>',
        f'<h1>A bridge</h1><div class="comments">{PROSE}</div>',  # nothing before it: the text itself
        f'<h1>A bridge</h1><div>{PROSE}</div><div class="comments">{PROSE * 3}</div>',  # most of the page
    ],
)
def test_a_page_that_may_be_commented_on_stays(body: str) -> None:
    root = tree(body)
    before = text(root)
    assert take_out_comments(root) == 0
    assert text(root) == before


def test_lists_of_other_articles_are_links() -> None:
    titles = [
        "The <a href=/1>council meets again</a>",
        "<a href=/2>Who paid for the pier?</a>",
        "<a href=/3>Ferry stops</a> today",
    ]
    others = "".join(f"<li>{title}</li>" for title in titles)
    found = set_apart(tree(f"{PROSE}<ul>{others}</ul>"))
    assert {found.get(line) for line in ("The council meets again", "Who paid for the pier?", "Ferry stops today")} == {
        "link"
    }
    told = "".join(
        f"<li><a href=/{n}>Pier {n}</a> was closed on Monday after the storm had broken it.</li>" for n in range(4)
    )
    plain = "".join(f"<li>Pier {n}</li>" for n in range(4))
    assert "link" not in set_apart(tree(f"{PROSE}<ul>{told}</ul><ul>{plain}</ul>")).values()


def test_text_that_stands_bare_among_paragraphs_becomes_a_paragraph() -> None:
    root = tree(f"<div>{LONG.format(1)} <b>Today</b> it rained.{PROSE}<img src=a>{LONG.format(99)}<p>End.</p></div>")
    part_paragraphs(root)
    paragraphs = [told for p in root.iter("p") if (told := " ".join(p.text_content().split()))]
    assert paragraphs[0] == f"{LONG.format(1)} Today it rained."
    assert LONG.format(99) in paragraphs
    assert len(paragraphs) == 12 + 3
    mixed = tree("<div>Photo: Ana Sosa<p>One.</p></div>")
    part_paragraphs(mixed)
    assert len(list(mixed.iter("p"))) == 1
