"""Full-text search in every script, on the normal forms that the pairs were made of.

May import: the standard library, regex, corpus.text, corpus.web.index.
A word is looked for at the beginnings of words, in Arabic and Hebrew, which write articles and prepositions together
with it, anywhere; one in plain Latin letters is found in every script that it can be spelt from (putin, Путин).
Words between quotation marks must follow one another.
"""

from typing import NamedTuple

import regex

from corpus.text import normalise
from corpus.web.index import Index

MOST_TERMS = 8
_TERM = regex.compile(r'["“„«](?P<phrase>[^"“”„«»]+)["”“»]|(?P<word>[^\s"“”„«»]+)')
_PLAIN = regex.compile(r"[a-z]+(?: [a-z]+)*")
_ANYWHERE = regex.compile(r"[\p{Arabic}\p{Hebrew}\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")


class Term(NamedTuple):
    """What is looked for: its normal form, its spelling as given, and whether it may begin inside a word."""

    form: str
    given: str
    anywhere: bool

    @property
    def column(self) -> str:
        """The column that it is looked for in."""
        return "romanised" if _PLAIN.fullmatch(self.form) else "normal"


def terms(asked: str) -> list[Term]:
    """Return the words and phrases of a search, at most MOST_TERMS of them."""
    found = []
    for hit in _TERM.finditer(asked[:500]):
        given = hit["phrase"] or hit["word"]
        if form := normalise(given):
            found.append(Term(form, given.casefold(), bool(_ANYWHERE.search(form))))
    return found[:MOST_TERMS]


def clusters_with(index: Index, asked: str) -> list[str]:
    """Return the clusters in which an article's text, or its title, has all the words."""
    sought = terms(asked)
    if not sought:
        return []
    values: dict[str, object] = {}
    in_text, in_title = [], []
    for at, term in enumerate(sought):
        values |= {f"form{at}": term.form, f"inner{at}": f" {term.form}", f"given{at}": term.given}
        inside = f"contains({term.column}, $form{at})" if term.anywhere else (
            f"(starts_with({term.column}, $form{at}) OR contains({term.column}, $inner{at}))"
        )  # fmt: skip
        in_text.append(inside)
        in_title.append(f"contains(lower(title), $given{at})")
    rows = index.answer(
        f"""
        SELECT DISTINCT cluster_id FROM explorer.facts
        WHERE latest AND cluster_id IS NOT NULL AND (
            text_id IN (SELECT text_id FROM signatures WHERE {" AND ".join(in_text)}) OR ({" AND ".join(in_title)})
        )
        """,
        **{name: value for name, value in values.items() if f"${name}" in " ".join([*in_text, *in_title])},
    )
    return [row["cluster_id"] for row in rows]
