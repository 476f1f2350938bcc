"""The truth about the made-up web, from the data that its pages are made of.

May import: the standard library, corpus.demo.texts and .render.

One row of the gold labels is one article page. `cluster` is the same for an agency's original and its copies and
empty for an article alone; `kind` is its relation to the original, or why it stands alone.
"""

import csv
import io

from corpus.demo.render import amp_path
from corpus.demo.texts import HERE, Article, articles, sites

COLUMNS = ("url", "cluster", "kind", "language", "agency", "credited", "published_at", "publisher", "event")


def gold() -> list[dict[str, str]]:
    """Return one row of text values for each article page (columns: COLUMNS; times in UTC, to the minute)."""
    return [_row(article) for article in articles()]


def gold_csv() -> str:
    """Return the gold labels as CSV with a header."""
    return _csv(COLUMNS, gold())


def twins() -> dict[str, str]:
    """Return the canonical URL of every AMP twin by the twin's own URL."""
    return {f"http://{a.site.host}{amp_path(a)}": a.url for a in articles() if "amp" in a.traits}


def publishers_csv() -> str:
    """Return the text of a publishers.csv for the crawler: one row for each made-up publisher."""
    rows = [
        {
            "publisher": site.publisher,
            "domain": site.host,
            "country": site.country,
            "language": site.language,
            "discovery": site.discovery,
            "url": f"http://{site.host}{site.found_at}",
        }
        for site in sites().values()
    ]
    return _csv(("publisher", "domain", "country", "language", "discovery", "url"), rows)


def _row(article: Article) -> dict[str, str]:
    return {
        "url": article.url,
        "cluster": article.cluster,
        "kind": article.kind,
        "language": article.language,
        "agency": article.agency,
        "credited": str(article.credited).lower(),
        "published_at": f"{article.published:%Y-%m-%dT%H:%MZ}",
        "publisher": article.site.publisher,
        "event": article.event,
    }


def _csv(columns: tuple[str, ...], rows: list[dict[str, str]]) -> str:
    sink = io.StringIO()
    writer = csv.DictWriter(sink, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return sink.getvalue()


if __name__ == "__main__":
    (HERE / "gold.csv").write_text(gold_csv(), encoding="utf-8")
