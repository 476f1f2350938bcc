"""Whose copy an article is: dateline, byline and credit lines to an agency, with a confidence and the evidence (pure).

Only places where a newsroom credits copy are looked at: the opening (datelines.py), the author and the address
(here), the tail (credits.py). What a text says *about* an agency ("told AFP", "according to Reuters") and whose picture
it shows never count. May import: the standard library, regex, and the modules of agencies, datelines and credits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

import regex

from corpus.agencies import any_mentioned, domain_agency, in_parts, is_photographer, is_picture, named, whole
from corpus.credits import AS_AP, read_tail
from corpus.datelines import read_byline, read_dateline
from corpus.phrasebook import searched
from corpus.signals import Signal

HEAD = 7
LEAST = 0.5
_PATH = regex.compile(r"/wires?/([a-z]+)(?:/|$)|/(afp|reuters|dpa|xinhua|efe|ansa|tass|lusa|ritzau|belga)/")


@dataclass(frozen=True, slots=True)
class Wire:
    """Whose copy an article is. `spent` gives, for each line that is nothing but a credit, what it is."""

    agency: str | None = None
    confidence: float = 0.0
    credit: str | None = None
    byline: str | None = None
    dateline: str | None = None
    evidence: tuple[str, ...] = ()
    spent: dict[int, str] = field(default_factory=dict)


def read_wire(
    lines: Sequence[str],
    *,
    authors: Iterable[str] = (),
    credits: Iterable[str] = (),
    publishers: Iterable[str] = (),
    url: str | None = None,
    canonical: str | None = None,
) -> Wire:
    """Return whose copy the article is, from its lines (as extracted, before any cleaning) and what is known of it.

    The confidence joins the kinds of signals as 1 - Π(1 - c), since they are written by different hands; below 0.5
    `agency` is None and the evidence is kept all the same. `authors` are the page's, `credits` its short texts that
    say where the copy comes from, `publishers` the names that the site goes by, `canonical` the address that the page
    calls its own.
    """
    signals: list[Signal] = []
    spent: dict[int, str] = {}
    filled = [number for number, line in enumerate(lines) if line.strip()]
    dateline = _read_head(lines, _opening(lines, filled), signals, spent)
    byline = next((signal.words for signal in signals if signal.kind == "byline"), None)
    names = [author for author in authors if author]
    signals += [signal for author in names if (signal := _author(author))]
    signals += [signal for words in credits if (signal := _author(words, "page credit"))]
    signals += _address(list(publishers), _split(url), _split(canonical))
    read_tail(lines, filled, signals, spent)
    agency, confidence = _verdict(signals)
    return Wire(
        agency=agency if confidence >= LEAST else None,
        confidence=round(confidence, 3) if confidence >= LEAST else 0.0,
        credit=_credit(signals, agency),
        byline=byline or ", ".join(names) or None,
        dateline=dateline,
        evidence=tuple(f"{s.kind}: {s.words[:200]}" for s in signals if s.agency or s.kind != "byline"),
        spent=spent,
    )


def _credit(signals: Sequence[Signal], agency: str | None) -> str | None:
    credits = [s for s in signals if s.kind in ("credit", "copyright", "contributors", AS_AP, "house style")]
    first = next((s for s in credits if s.agency == agency), None) or next(iter(credits), None)
    return first.words if first else None


def _verdict(signals: Sequence[Signal]) -> tuple[str | None, float]:
    """Return the agency with the strongest evidence; signals of one kind count once."""
    best: dict[str, dict[str, float]] = {}
    for signal in signals:
        if signal.agency:
            kinds = best.setdefault(signal.agency, {})
            kinds[signal.kind] = max(kinds.get(signal.kind, 0.0), signal.confidence)
    verdict: tuple[str | None, float] = None, 0.0
    for agency, kinds in best.items():
        doubt = 1.0
        for confidence in kinds.values():
            doubt *= 1 - confidence
        if 1 - doubt > verdict[1]:
            verdict = agency, min(0.99, 1 - doubt)
    return verdict


def _opening(lines: Sequence[str], filled: Sequence[int]) -> list[int]:
    """Return the numbers of the first lines, up to and with the second one that is a paragraph."""
    paragraphs = 0
    for count, number in enumerate(filled[:HEAD], start=1):
        paragraphs += len(lines[number]) >= (80 if lines[number].isascii() else 40)
        if paragraphs == 2:
            return list(filled[:count])
    return list(filled[:HEAD])


def _read_head(
    lines: Sequence[str], numbers: Sequence[int], signals: list[Signal], spent: dict[int, str]
) -> str | None:
    """Look through the opening lines for bylines and a dateline; return the dateline as it is written."""
    dateline = None
    somewhere = any_mentioned(searched(lines))
    for number in numbers:
        line = lines[number].strip()
        if is_photographer(line):
            continue
        words, signal = read_dateline(line, agencies=somewhere) if dateline is None else (None, None)
        if signal is None and len(line) <= 120 and (byline := read_byline(line)):
            signals.append(byline)
            spent.setdefault(number, "byline")
            continue
        dateline = dateline or words
        signals += [signal] if signal else []
        if signal and words == line:
            spent.setdefault(number, "byline")
    return dateline


def _author(author: str, kind: str = "author") -> Signal | None:
    names = in_parts(author, anywhere=kind == "author")
    if not names or is_picture(author):
        return None
    return Signal(names[0].agency, kind, 0.95 if whole(author) else 0.9, author)


def _split(url: str | None) -> SplitResult:
    try:
        return urlsplit(url or "")
    except ValueError:
        return urlsplit("")


def _address(publishers: Sequence[str], url: SplitResult, canonical: SplitResult) -> list[Signal]:
    """Read the publisher's names, the page's host and path, and where its canonical link points."""
    signals = []
    hosts = [url.hostname or "", *(publisher.strip() for publisher in publishers)]
    own = next((agency for host in hosts if (agency := domain_agency(host))), None)
    named_so = next((names[0].agency for publisher in publishers if (names := whole(publisher))), None)
    if own or named_so:
        signals.append(Signal(own or named_so, "publisher", 0.97 if own else 0.95, ", ".join(filter(None, hosts))))
    if (origin := domain_agency(canonical.hostname)) and origin != own:
        signals.append(Signal(origin, "canonical link", 0.95, canonical.geturl()))
    found = _PATH.search(url.path.lower())
    segment = (found[1] or found[2]) if found else ""
    if found and (names := named(segment.upper()) or named(segment)):
        signals.append(Signal(names[0].agency, "address", 0.9 if found[1] else 0.7, url.path))
    return signals
