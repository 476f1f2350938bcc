"""Paragraphs that a site repeats on page after page: its boilerplate, told by counting (pure).

Safe from three addresses of a publisher on, harmful at two. A running story repeats sentences, too: they count as the
site's only at its tail and where they stand at half of all its addresses, of which there are six or more.
May import: the standard library, corpus.boilerplate, corpus.clean.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

from corpus.boilerplate import is_sentence, tokens
from corpus.clean import Cleaned

LEAST_ADDRESSES, LEAST_SHARE, LEAST_SITE = 3, 0.5, 6
LONGEST, LONGEST_LABEL = 60, 25
MARK = "repeated: "
"""What opens such a paragraph in `articles.removed`."""
MOST_REPEATED = 0.3
"""The share of a text's characters that may go: where more is repeated, the text itself is."""


def repeated_paragraphs(counts: Iterable[tuple[str, str, int, int]]) -> Iterator[tuple[str, str]]:
    """Yield (publisher, paragraph) for those of (publisher, paragraph, addresses, all addresses) that are boilerplate.

    `addresses` is how many of the publisher's addresses have the paragraph. Count addresses, not revisions or texts:
    an article fetched three times repeats all it says.
    """
    for publisher, paragraph, addresses, of in counts:
        enough = _is_label(paragraph) or (of >= LEAST_SITE and addresses >= LEAST_SHARE * of)
        if enough and addresses >= LEAST_ADDRESSES and 0 < tokens(paragraph) <= LONGEST:
            yield publisher, paragraph


def drop_repeated(lines: Sequence[str], repeated: Collection[str]) -> Cleaned:
    """Return the text's lines without the publisher's repeated paragraphs, and what went, as the cleaner does.

    Short lines that are no sentences go wherever they stand, others from the end inwards up to the first line that is
    not repeated. Nothing goes where more than 30 % of the characters would.
    """
    tail = next((number for number in range(len(lines) - 1, -1, -1) if lines[number] not in repeated), -1)
    dropped = {number for number, line in enumerate(lines) if line in repeated and (number > tail or _is_label(line))}
    if sum(len(lines[number]) for number in dropped) > MOST_REPEATED * sum(map(len, lines)):
        return Cleaned(tuple(lines), ())
    kept = tuple(line for number, line in enumerate(lines) if number not in dropped)
    return Cleaned(kept, tuple(f"{MARK}{lines[number]}" for number in sorted(dropped)))


def _is_label(line: str) -> bool:
    return tokens(line) <= LONGEST_LABEL and not is_sentence(line)
