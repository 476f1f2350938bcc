"""`wirecopy report`: the explorer's pages as a folder of static files that opens from disk and can be published.

May import: the standard library, corpus.errors, corpus.export, corpus.web.*.
"""

import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from corpus.errors import UserError
from corpus.export import WORDS
from corpus.web import clusters, comparing, overview, pages, publisher
from corpus.web.index import Index, Row

MOST_CLUSTERS, MOST_COMPARISONS, MOST_PUBLISHERS = 100, 12, 200
"""Clusters in a report where nobody says, comparisons of each, and publishers."""
MARK = "wirecopy-report.txt"
"""A file that says that a folder is a report, and so may be replaced by the next one."""
_TOLD = """This folder was written by `wirecopy report`; index.html is its first page. The next report replaces it.
"""
Progress = Callable[[str, int], None]


class Wordless(Index):
    """An index that tells facts alone: nothing in the publishers' own words, no names of persons."""

    def answer(self, text: str, /, **values: object) -> list[Row]:
        """Answer as the index does, without the columns that an export without texts leaves out."""
        kept = set(WORDS) - {"text"}  # comparisons read it for their figures; no page of theirs shows it
        return [
            {name: None if name in kept else value for name, value in row.items()}
            for row in super().answer(text, **values)
        ]


def report(
    folder: Path, out: Path, *, text: bool = True, most: int = MOST_CLUSTERS, progress: Progress | None = None
) -> int:
    """Write the report and return its number of pages; an older report in that place is replaced as a whole.

    `most` is the number of clusters, the widest first. Without `text` no page has a word of an article. Raises
    UserError where there is no corpus, or where the place holds anything but a report.
    """
    if out.exists() and not (out / MARK).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise UserError(f"{out} is there already and is no report; choose a new folder")
    index = Index(folder) if text else Wordless(folder)
    temporary = out.parent / f".{out.name}.{uuid.uuid4().hex[:8]}.tmp"
    try:
        shutil.copytree(pages.HOME / "static", temporary / "static")
        written = 0
        for name, page in _pages(index, text, most):
            path = temporary / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(page, encoding="utf-8")
            written += 1
            if progress:
                progress("report", written)
        (temporary / MARK).write_text(_TOLD, encoding="utf-8")
        _put(temporary, out)
    except OSError as error:
        raise UserError(f"cannot write {out}: {error.strerror or error}; choose another folder") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return written


def _put(temporary: Path, out: Path) -> None:
    """Put the new folder in the place of the old one."""
    old = temporary.with_suffix(".old")
    if out.exists():
        out.replace(old)
    temporary.replace(out)
    shutil.rmtree(old, ignore_errors=True)


def _pages(index: Index, text: bool, most: int) -> Iterator[tuple[str, str]]:
    """Yield each page's file name and HTML."""
    chosen = index.answer("FROM explorer.reach LIMIT $most", most=most)
    models = {row["cluster_id"]: clusters.cluster(index, row["cluster_id"], text=text) for row in chosen}
    pairs = [pair for model in models.values() for pair in _pairs(model)]
    profiles = overview.publishers(index, "wire")["rows"][:MOST_PUBLISHERS]
    named = [row["publisher"] for row in profiles if row["publisher"]]
    names = [*map(pages.cluster_file, models), *map(pages.publisher_file, named)]
    written = frozenset([*names, *(pages.compare_file(*pair) for pair in pairs)])

    def show(name: str, template: str, path: str, model: dict[str, Any]) -> tuple[str, str]:
        links = pages.FileLinks(name.count("/"), written)
        return name, pages.render(template, links, path=path, corpus=index.folder.name, stale=False, **model)

    yield show("index.html", "overview.html", "/", overview.overview(index))
    yield show("clusters.html", "clusters.html", "/clusters", _list(index, chosen))
    yield show("publishers.html", "publishers.html", "/publishers", {"rows": profiles, "found": len(profiles)})
    for cluster_id, model in models.items():
        yield show(pages.cluster_file(cluster_id), "cluster.html", "/cluster", model)
    for name in named:
        yield show(
            pages.publisher_file(name), "publisher.html", "/publisher", publisher.publisher(index, name, text=text)
        )
    for a, b in pairs:
        yield show(pages.compare_file(a, b), "compare.html", "/compare", comparing.comparison(index, a, b, text=text))


def _pairs(model: dict[str, Any]) -> list[tuple[str, str]]:
    """Return which comparisons of a cluster are written: the original with its first copies of each text."""
    original, *copies = model["members"]
    texts = {row["text_id"]: row["id"] for row in reversed(copies)}
    return [(original["id"], one) for one in list(texts.values())[::-1][:MOST_COMPARISONS]]


def _list(index: Index, chosen: list[Row]) -> dict[str, Any]:
    found = index.answer("SELECT count(*) AS n FROM explorer.reach")[0]["n"]
    kinds = index.answer("FROM explorer.kinds")
    return {"rows": chosen, "found": found, "start": 0, "step": len(chosen), "chosen": {"q": ""}, "unread": 0,
            "kinds_found": kinds, "filtered": False}  # fmt: skip
