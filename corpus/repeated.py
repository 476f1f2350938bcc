"""Paragraphs that a site repeats on page after page: its boilerplate, told by counting (pure).

Safe from three addresses of a publisher on, harmful at two. What a paragraph's neighbours are does not matter; where
it stands does: only paragraphs at the head and the tail of a text go, and short lines in between. May import: the
standard library, corpus.boilerplate.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

from corpus.boilerplate import is_sentence, tokens
from corpus.clean import MOST_DROPPED, Cleaned

LEAST_ADDRESSES = 3
LONGEST = 60
LONGEST_BETWEEN = 25


def repeated_paragraphs(counts: Iterable[tuple[str, str, int]]) -> Iterator[tuple[str, str]]:
    """Yield (publisher, paragraph) for those of (publisher, paragraph, number of addresses) that are boilerplate.

    Count addresses, not revisions or texts: an article fetched three times repeats all it says.
    """
    for publisher, paragraph, addresses in counts:
        if addresses >= LEAST_ADDRESSES and 0 < tokens(paragraph) <= LONGEST:
            yield publisher, paragraph


def drop_repeated(lines: Sequence[str], repeated: Collection[str]) -> Cleaned:
    """Return the text's lines without the publisher's repeated paragraphs, and what went, as the cleaner does.

    They go from both ends inwards up to the first line that is not repeated; between, only lines of at most 25 words
    that are no sentences go. Nothing goes where more than 60 % of the characters would: then the text itself repeats.
    """
    head = next((number for number, line in enumerate(lines) if line not in repeated), len(lines))
    tail = next((number for number in range(len(lines) - 1, -1, -1) if lines[number] not in repeated), -1)
    dropped = {
        number
        for number, line in enumerate(lines)
        if line in repeated and (number < head or number > tail or _is_short_label(line))
    }
    if sum(len(lines[number]) for number in dropped) > MOST_DROPPED * sum(map(len, lines)):
        return Cleaned(tuple(lines), ())
    kept = tuple(line for number, line in enumerate(lines) if number not in dropped)
    return Cleaned(kept, tuple(f"repeated: {lines[number]}" for number in sorted(dropped)))


def _is_short_label(line: str) -> bool:
    return tokens(line) <= LONGEST_BETWEEN and not is_sentence(line)
