"""What became of a page: an article, or why not (pure). May import: corpus.boilerplate, corpus.metadata."""

from collections.abc import Sequence

from corpus.boilerplate import phrases
from corpus.metadata import Metadata

PAID_WORDS, LOST_WORDS = 150, 120
TOLD_WORDS = 300
MOST_LINKED = 0.7


def judge(
    words: int,
    title: str | None,
    told: Metadata,
    least_words: int,
    *,
    shown: str = "",
    lines: Sequence[str] = (),
    linked: float = 0.0,
) -> tuple[str, str | None]:
    """Return the outcome of a page, and one sentence of why where it is not `ok`.

    `words` is the number of words of the cleaned text; `shown` all that a page with little text shows; `lines`
    those of the text;
    `linked` the share of the text that is in lines that are links alone.
    """
    if words < LOST_WORDS and title and _names_any(title[:200], "lost"):
        return "not_article", f"the page says that there is no article: {title[:80]}"
    if told.listing or linked >= MOST_LINKED:
        return "not_article", "the page is a list of articles"
    if _is_locked(words, told, shown, lines):
        return "paywall", f"the page shows {words} words and asks readers to pay or to log in for the rest"
    if words < max(1, least_words):
        return (
            ("short", f"the text has {words} words; at least {least_words} make an article")
            if words
            else ("empty", "no text was found on the page")
        )
    return "ok", None


def _is_locked(words: int, told: Metadata, shown: str, lines: Sequence[str]) -> bool:
    """Say whether readers must pay for the rest: there is little text, or a line of the text says so itself."""
    if words < PAID_WORDS:
        return bool(told.paywall) or _names_any(shown[:20_000], "locked")
    return words < TOLD_WORDS and any(len(line) <= 120 and _names_any(line, "locked") for line in lines[-12:])


def _names_any(text: str, use: str) -> bool:
    low = text.casefold()
    return any(phrase in low for phrase in phrases(use))
