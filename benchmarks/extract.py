"""How good extraction is beside trafilatura alone, on pages whose text is known (see pages.py).

    python benchmarks/extract.py [--each 4]

Prints precision, recall and F1 over words (characters of scripts without spaces), the share of pages that come out
exactly right, the difference with its 95 % interval (bootstrap over articles, 2,000 draws), and pages a second of CPU
time in one process (throughput.py has the whole command in all cores).
"""

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from random import Random
from statistics import fmean

import trafilatura
from pages import Page, layouts, pages

from corpus.extract import extract_page
from corpus.settings import Settings
from corpus.text import words

Extractor = Callable[[Page], str]


def plain(page: Page) -> str:
    """Return trafilatura's text, with its metadata found too, as anyone would call it."""
    found = trafilatura.bare_extraction(page.markup, include_comments=False, with_metadata=True)
    return (found.text if found else "") or ""


def ours(page: Page) -> str:
    row = {"id": "x", "url": page.article.url, "html": page.markup, "outcome": "ok"}
    return extract_page(row, Settings())["text"] or ""


def scores(text: str, wanted: str) -> tuple[float, float, float, bool]:
    """Return precision, recall, F1 over the multisets of words, and whether the words are the same in order."""
    got, gold = words(text), words(wanted)
    both = sum((Counter(got) & Counter(gold)).values())
    precision, recall = both / max(1, len(got)), both / max(1, len(gold))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall), got == gold


def interval(differences: dict[str, list[float]], draws: int = 2000) -> tuple[float, float]:
    """Return the 95 % interval of the mean difference; pages of one article are drawn together."""
    dice, names = Random(1), list(differences)
    drawn = (dice.choices(names, k=len(names)) for _ in range(draws))
    means = sorted(fmean(value for name in chosen for value in differences[name]) for chosen in drawn)
    return means[int(0.025 * draws)], means[int(0.975 * draws)]


def told(differences: dict[str, list[float]]) -> str:
    low, high = interval(differences)
    mean = fmean(value for values in differences.values() for value in values)
    return f"{mean:+.4f} (95 % interval {low:+.4f} to {high:+.4f})"


def timed(extract: Extractor, every: list[Page]) -> tuple[list[str], float]:
    """Return every page's text and the CPU seconds that all took, after a warm-up."""
    list(map(extract, every[:20]))
    start = time.process_time()
    return list(map(extract, every)), time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=4, help="pages of each article")
    options = parser.parse_args()
    every = list(pages(options.each))
    languages = {page.article.language for page in every}
    print(f"{len(every)} pages, {len(languages)} languages, {len(layouts())} layouts")
    found: dict[str, list[tuple[float, float, float, bool]]] = {}
    for name, extract in (("trafilatura", plain), ("wirecopy", ours)):
        texts, seconds = timed(extract, every)
        found[name] = [scores(text, page.text) for text, page in zip(texts, every, strict=True)]
        precision, recall, f1, exact = (fmean(row[n] for row in found[name]) for n in range(4))
        print(
            f"{name:12} P {precision:.4f}  R {recall:.4f}  F1 {f1:.4f}  exactly right {exact:.2f}  "
            f"{len(every) / seconds:.0f} pages a CPU second"
        )
    differences: dict[str, list[float]] = defaultdict(list)
    by_layout: dict[str, list[float]] = defaultdict(list)
    by_words: dict[bool, dict[str, list[float]]] = {True: defaultdict(list), False: defaultdict(list)}
    for page, before, after in zip(every, found["trafilatura"], found["wirecopy"], strict=True):
        differences[page.article.url].append(after[2] - before[2])
        by_layout[page.layout].append(after[2] - before[2])
        by_words[page.seen][page.article.url].append(after[2] - before[2])
    print(f"difference   F1 {told(differences)}")
    for seen, values in by_words.items():
        print(f"             F1 {told(values)} around them words that the lists {'know' if seen else 'do not know'}")
    print("by layout    " + ", ".join(f"{layout} {fmean(values):+.4f}" for layout, values in sorted(by_layout.items())))


if __name__ == "__main__":
    main()
