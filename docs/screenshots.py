"""Takes the pictures of the explorer that the documentation shows, of the demo's corpus, in a real Chromium.

    python docs/screenshots.py     writes docs/images

May import: the standard library, playwright, the program's docs/sessions.py.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import sessions
from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).resolve().parent / "images"
QUESTION = """
SELECT cluster_id, original, id FROM copies
WHERE publisher = 'Morning Digest' AND original_title LIKE 'Strong quake%'
    OR language = 'he' AND original_title LIKE 'Kazakh president%'
ORDER BY language
"""
"""A copy that changed a figure, and one in another language that is written from the right."""
DESKTOP, WIDE, PHONE = (1240, 800), (1240, 700), (390, 800)
Shot = tuple[str, str, tuple[int, int], str, str]


def shots(edited: list[str], translated: list[str]) -> list[Shot]:
    """Return the pictures: name, address, size, light or dark, and what to scroll to."""
    cluster = f"/cluster/{translated[0]}"
    return [
        ("overview", "/", DESKTOP, "light", "body"),
        ("cluster", cluster, (1240, 850), "light", "body"),
        ("compare", "/compare?a={1}&b={2}".format(*translated), WIDE, "light", ".passages"),
        ("changes", "/compare?a={1}&b={2}".format(*edited), WIDE, "dark", ".why"),
        ("sql", "/sql?name=who_copies_whom", DESKTOP, "light", "body"),
        ("review", "/review", WIDE, "light", "body"),
        ("phone", cluster, PHONE, "dark", "body"),
    ]


def main() -> None:
    """Run the demo, serve it, take the pictures."""
    IMAGES.mkdir(exist_ok=True)
    program = [sys.executable, "-m", "corpus.cli"]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "shots"
        sessions.prepare(folder)
        ask = [*program, "sql", "--corpus", "demo-data", "--format", "csv", "-q", QUESTION]
        told = subprocess.run(ask, cwd=folder, check=True, capture_output=True, text=True).stdout
        edited, translated = (line.split(",") for line in told.splitlines()[1:])
        serve = [*program, "serve", "--corpus", "demo-data", "--port", "0"]
        with subprocess.Popen(serve, cwd=folder, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout
            found = re.search(r"http://[\d.:]+", server.stdout.readline())
            assert found
            take(found[0], shots(edited, translated))
            server.terminate()


def take(address: str, wanted: list[Shot]) -> None:
    """Write each picture."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        for name, path, (width, height), scheme, place in wanted:
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            page.goto(address + path)
            page.locator(place).evaluate(
                "node => scrollTo(0, node.closest('section, body').getBoundingClientRect().top - 80)"
            )
            page.screenshot(path=IMAGES / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
