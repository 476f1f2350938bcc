import io
import sys

import pytest

from corpus import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_one_line_that_renews_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    show = progress.rows_shown()
    show("extract", 999)
    show("extract", 12_345)
    progress.clear()
    assert screen.getvalue() == "\r\x1b[Kextract: 999\r\x1b[Kextract: 12,345\r\x1b[K"


def test_elsewhere_a_plain_line_comes_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    file, clock = io.StringIO(), [0.0]
    monkeypatch.setattr(sys, "stderr", file)
    monkeypatch.setattr(progress.time, "monotonic", lambda: clock[0])
    show = progress.rows_shown()
    for second in range(0, 150, 10):
        clock[0] = float(second)
        show("import", 100 * second)
    progress.clear()
    assert file.getvalue() == "import: 6,000\nimport: 12,000\n"


def test_what_sites_say_cannot_steer_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    progress.lines_shown()("ok \x1b[2J橋\r\n\u202eاخبار" + "x" * 200)
    shown = screen.getvalue().removeprefix("\r\x1b[K")
    assert shown.startswith("ok  [2J橋   اخبار") and len(shown) == progress.WIDEST
