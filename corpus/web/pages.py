"""Pages as HTML: the templates, their filters, and links that lead to the same place in the server and in files.

May import: the standard library, jinja2, corpus.ids, corpus.web.display, corpus.web.charts.
Everything is escaped by the templates; nothing here marks a text as safe.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from corpus import __version__
from corpus.ids import short_id
from corpus.web import charts, display

HOME = Path(__file__).parent
_PLAIN = re.compile(r"[a-z0-9_-]{1,40}")


class ServerLinks:
    """Links of the server: each page has one address, which stays the same."""

    interactive = True
    """Whether there is a server that can search, ask and keep labels."""

    def home(self) -> str:
        """Return the first page."""
        return "/"

    def asset(self, name: str) -> str:
        """Return a file of the pages' own; another version of the program has another address for it."""
        return f"/static/{name}?v={__version__}"

    def clusters(self, **filters: object) -> str:
        """Return the list of clusters with these filters."""
        return _with("/clusters", filters)

    def cluster(self, cluster_id: str) -> str | None:
        """Return a cluster's page."""
        return f"/cluster/{display.quoted(cluster_id)}"

    def publishers(self, **filters: object) -> str:
        """Return the list of publishers."""
        return _with("/publishers", filters)

    def publisher(self, name: str | None) -> str | None:
        """Return a publisher's page; articles without one have none."""
        return _with("/publisher", {"name": name}) if name else None

    def compare(self, a: str, b: str) -> str | None:
        """Return the page that compares two articles."""
        return _with("/compare", {"a": a, "b": b})


class FileLinks:
    """Links between files of one folder, relative to the page's depth in it; None for a page that is not written."""

    interactive = False

    def __init__(self, depth: int, written: frozenset[str]) -> None:
        self.up = "../" * depth
        self.written = written

    def home(self) -> str:
        """Return the first page."""
        return f"{self.up}index.html"

    def asset(self, name: str) -> str:
        """Return a file of the pages' own."""
        return f"{self.up}static/{name}"

    def clusters(self, **filters: object) -> str:
        """Return the list of clusters; files know no filters."""
        return f"{self.up}clusters.html"

    def cluster(self, cluster_id: str) -> str | None:
        """Return a cluster's page."""
        return self._if_written(cluster_file(cluster_id))

    def publishers(self, **filters: object) -> str:
        """Return the list of publishers."""
        return f"{self.up}publishers.html"

    def publisher(self, name: str | None) -> str | None:
        """Return a publisher's page."""
        return self._if_written(publisher_file(name)) if name else None

    def compare(self, a: str, b: str) -> str | None:
        """Return the page that compares two articles."""
        return self._if_written(compare_file(a, b))

    def _if_written(self, name: str) -> str | None:
        return f"{self.up}{name}" if name in self.written else None


Links = ServerLinks | FileLinks


def cluster_file(cluster_id: str) -> str:
    """Return the name of a cluster's file."""
    return f"cluster/{_name(cluster_id)}.html"


def publisher_file(name: str) -> str:
    """Return the name of a publisher's file."""
    return f"publisher/{short_id(name)}.html"


def compare_file(a: str, b: str) -> str:
    """Return the name of a comparison's file."""
    return f"compare/{_name(a)}-{_name(b)}.html"


def _name(one: str) -> str:
    """Return an id as a part of a file's name; one that is more than small letters and digits gives its hash."""
    return one if _PLAIN.fullmatch(one) else f"x{short_id(one)}"


def _with(path: str, values: dict[str, Any]) -> str:
    told = {name: value for name, value in values.items() if value not in (None, "")}
    return f"{path}?{urlencode(told)}" if told else path


@cache
def environment() -> Environment:
    """Return the templates with their filters."""
    made = Environment(
        loader=FileSystemLoader(HOME / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    for name in ("short", "duration", "percent", "number", "moment", "day", "language", "direction", "link", "cell"):
        made.filters[name] = getattr(display, name)
    made.filters["strip"] = lambda counts: charts.strip(counts, list(display.KINDS))
    made.globals.update(kinds=display.KINDS, version=__version__)
    for name in ("parts", "beside"):
        made.globals[name] = made.get_template(f"{name}.html").module
    return made


def render(template: str, links: Links, **model: Any) -> str:
    """Return a page."""
    return environment().get_template(template).render(links=links, **model)
