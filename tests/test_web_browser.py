"""The explorer in a real Chromium: what eye, keyboard and screen reader meet, and what hostile texts can do."""

import importlib.util
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import web_corpus
from web_server import Site, served

from corpus.web import reviewing
from corpus.web.report import report

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        CHROMIUM is None or importlib.util.find_spec("playwright") is None,
        reason="needs Playwright and Chromium (apt-get install chromium)",
    ),
]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = [
    "/", "/clusters", "/cluster/c1", "/cluster/ch", "/compare?a=ap1&b=de1", "/compare?a=h1&b=h3", "/publishers",
    "/publisher?name=Daily", "/sql", "/sql?name=kinds", "/review", "/nothing",
]  # fmt: skip
DESKTOP, PHONE = (1280, 900), (390, 844)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return web_corpus.make(tmp_path_factory.mktemp("browsed") / "corpus")


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[Site]:
    with served(folder) as site:
        yield site


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@contextmanager
def opened(browser: Any, size: tuple[int, int] = DESKTOP, **options: Any) -> Iterator[tuple[Any, list[str]]]:
    """A page and what went wrong on it: errors, refusals of the content policy, dialogs, requests elsewhere."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **options)
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda told: wrong.append(told.text) if told.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))

    def dismissed(dialog: Any) -> None:
        wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", dismissed)
    page.on(
        "request",
        lambda sent: None if "127.0.0.1" in sent.url or sent.url.startswith("file:") else wrong.append(sent.url),
    )
    try:
        yield page, wrong
    finally:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_pages_are_accessible_and_fit(site: Site, browser: Any, size: tuple[int, int], scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    with opened(browser, size, color_scheme=scheme) as (page, wrong):
        for path in PAGES:
            page.goto(site.url + path)
            found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
            told = [(one["id"], one["nodes"][0]["html"][:120]) for one in found]
            assert not told, (path, told)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is wider than {size}"
        assert [line for line in wrong if "404" not in line] == []


def test_hostile_texts_do_nothing_and_stay_in_their_place(site: Site, browser: Any) -> None:
    with opened(browser) as (page, wrong):
        page.goto(f"{site.url}/cluster/ch")
        assert page.locator("main script, main img, main iframe").count() == 0
        tall = page.locator("h1").bounding_box()
        assert tall and tall["height"] < 250
        page.goto(f"{site.url}/compare?a=h1&b=h2")
        assert page.locator(".pair").count() > 0
        assert page.evaluate("document.body.innerText.length") < 60_000
        page.wait_for_timeout(200)
        assert wrong == []


def test_everything_can_be_done_with_the_keyboard(site: Site, browser: Any) -> None:
    with opened(browser) as (page, wrong):
        page.goto(site.url)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.keyboard.press("/")
        page.keyboard.type("ferry sank")
        page.keyboard.press("Enter")
        page.wait_for_url("**/clusters?q=ferry+sank")
        page.locator(".card a").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/cluster/c1")
        page.get_by_role("link", name="compare the original with Zeitung").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/compare?a=ap1&b=de1")
        assert wrong == []


def test_pairs_are_judged_by_key(site: Site, folder: Path, browser: Any) -> None:
    with opened(browser) as (page, wrong):
        page.goto(f"{site.url}/review?sample=copies")
        first = page.locator("input[name=a]").input_value()
        page.keyboard.press("c")
        page.get_by_text("1 pair judged").wait_for()
        assert page.locator("input[name=a]").input_value() != first or page.locator("input[name=b]").count()
        page.keyboard.press("i")
        page.get_by_text("2 pairs judged").wait_for()
        assert [row["label"] for row in reviewing.labels(folder).values()] == ["copy", "independent"]
        assert wrong == []


def test_light_and_dark_can_be_chosen_and_are_remembered(site: Site, browser: Any) -> None:
    with opened(browser, color_scheme="light") as (page, _):
        page.goto(site.url)
        light = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.get_by_role("button", name="Light or dark").click()
        page.goto(f"{site.url}/clusters")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_the_editor_runs_on_ctrl_enter(site: Site, browser: Any) -> None:
    with opened(browser) as (page, wrong):
        page.goto(f"{site.url}/sql")
        page.locator("textarea").fill("SELECT 40 + 2 AS answer")
        page.keyboard.press("Control+Enter")
        page.get_by_role("cell", name="42").wait_for()
        assert wrong == []


def test_what_is_the_same_can_be_folded_away(site: Site, browser: Any) -> None:
    with opened(browser) as (page, _):
        page.goto(f"{site.url}/compare?a=r1&b=r2")
        assert page.locator(".p-same").first.is_visible()
        page.get_by_role("button", name="hide what is the same").click()
        assert not page.locator(".pair.p-same").first.is_visible()


@pytest.mark.parametrize(("path", "width", "open_"), [
    ("/clusters", 1200, True), ("/clusters", 390, False), ("/clusters?language=en", 390, True),
])  # fmt: skip
def test_filters_are_folded_away_on_a_phone_while_none_is_in_use(
    site: Site, browser: Any, path: str, width: int, open_: bool
) -> None:
    with opened(browser, (width, 800)) as (page, _):
        page.goto(site.url + path)
        assert page.get_by_label("Language").is_visible() is open_
        assert page.locator("summary", has_text="Filters").is_visible() is (width < 700)


def test_right_to_left_text_runs_from_the_right(site: Site, browser: Any) -> None:
    with opened(browser) as (page, _):
        page.goto(f"{site.url}/compare?a=h1&b=h3")
        assert page.locator(".pair .b").first.evaluate("node => getComputedStyle(node).direction") == "rtl"
        assert page.locator(".pair .a").first.evaluate("node => getComputedStyle(node).direction") == "ltr"


def test_paper_has_the_content_and_not_the_controls(site: Site, browser: Any) -> None:
    with opened(browser) as (page, _):
        page.goto(f"{site.url}/clusters")
        page.emulate_media(media="print")
        assert not page.locator(".filters").is_visible() and not page.locator(".find").is_visible()
        assert page.locator(".card").first.is_visible()


def test_a_report_opens_from_disk(folder: Path, tmp_path: Path, browser: Any) -> None:
    report(folder, tmp_path / "out")
    with opened(browser) as (page, wrong):
        page.goto((tmp_path / "out" / "index.html").as_uri())
        assert page.evaluate("getComputedStyle(document.querySelector('.top')).display") == "flex"
        page.locator(".card a").first.click()
        page.get_by_role("link", name="compare").first.click()
        assert page.locator(".verdict").is_visible()
        page.get_by_role("button", name="Light or dark").click()
        assert page.evaluate("document.documentElement.dataset.theme") in ("light", "dark")
        assert wrong == []
