"""The explorer as a web application: addresses, answers, errors in a sentence.

May import: the standard library, starlette, corpus.errors, corpus.web.*.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import IO, Any
from urllib.parse import parse_qsl, urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from corpus.errors import UserError
from corpus.gold import LABELS, ordered
from corpus.settings import Settings
from corpus.web import asking, clusters, comparing, overview, pages, publisher, reviewing
from corpus.web.guard import Guard
from corpus.web.index import Current, Index
from corpus.web.searching import Search

LINKS = pages.ServerLinks()
MOST_BODY = 10_000
Page = Callable[[Index, Request], Response]


class Explorer:
    """The pages over one corpus. Starlette runs each in a thread of its own."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        """Read the corpus's index, or make it. Raises UserError where there is no corpus."""
        self.folder, self.settings = folder, settings
        self.search = Search(folder)
        self.current = Current(folder, self.search.fill)
        overview.overview(self.current.index)  # what the first reader would wait for
        pages.environment()

    def routes(self) -> list[Route | Mount]:
        """List every address."""
        found = {
            "/": self.home, "/clusters": self.clusters, "/cluster/{id:path}": self.cluster,
            "/compare": self.compare, "/publishers": self.publishers, "/publisher": self.publisher,
            "/sql": self.sql, "/sql/export": self.export, "/review": self.review,
        }  # fmt: skip
        static = Mount("/static", StaticFiles(directory=pages.HOME / "static"))
        judge = Route("/review", self.judge, methods=["POST"])
        return [judge, *(Route(path, self._page(page)) for path, page in found.items()), static]

    def _page(self, page: Page) -> Callable[[Request], Response]:
        """Answer with the page; what the user can mend is a page with the sentence."""

        def answer(request: Request) -> Response:
            try:
                return page(self.current.get(), request)
            except UserError as error:
                return self.show("error.html", request, 404, title="Not found", sentence=str(error))

        return answer

    def show(self, template: str, request: Request, status: int = 200, /, **model: Any) -> Response:
        """Render a page."""
        shared = {"path": request.url.path, "corpus": self.folder.name, "stale": self.current.stale}
        return HTMLResponse(pages.render(template, LINKS, **shared, **model), status)

    def home(self, index: Index, request: Request) -> Response:
        """Show what is in the corpus."""
        return self.show("overview.html", request, **overview.overview(index))

    def clusters(self, index: Index, request: Request) -> Response:
        """Show the list of clusters; an id or URL in the search leads to its cluster."""
        asked = dict(request.query_params)
        q = (asked.get("q") or "").strip()
        if q and " " not in q and (found := clusters.place(index, q)):
            return RedirectResponse(LINKS.cluster(found) or "/", 303)
        found_clusters = clusters.clusters(index, self.search, asked)
        next_page = partial(LINKS.clusters, **{n: v for n, v in found_clusters["chosen"].items() if v})
        return self.show("clusters.html", request, next_page=next_page, **found_clusters)

    def cluster(self, index: Index, request: Request) -> Response:
        """Show a cluster; one that was merged away leads to where it went."""
        asked = request.path_params["id"]
        found = clusters.place(index, asked)
        if found and found != asked:
            return RedirectResponse(LINKS.cluster(found) or "/", 303)
        return self.show("cluster.html", request, **clusters.cluster(index, asked))

    def compare(self, index: Index, request: Request) -> Response:
        """Show two articles side by side."""
        a, b = request.query_params.get("a", ""), request.query_params.get("b", "")
        if not a or not b:
            raise UserError("a comparison needs two articles: /compare?a=ID&b=ID")
        return self.show("compare.html", request, **comparing.comparison(index, a, b))

    def publishers(self, index: Index, request: Request) -> Response:
        """Show the list of publishers."""
        start = clusters.whole(request.query_params.get("start"), "start") or 0
        model = overview.publishers(index, request.query_params.get("sort", ""), start)
        next_page = partial(LINKS.publishers, sort=model["sort"])
        return self.show("publishers.html", request, next_page=next_page, **model)

    def publisher(self, index: Index, request: Request) -> Response:
        """Show a publisher's profile."""
        return self.show("publisher.html", request, **publisher.publisher(index, request.query_params.get("name", "")))

    def sql(self, index: Index, request: Request) -> Response:
        """Show the editor and an answer; a link on another site's page fills the editor and runs nothing."""
        asked = dict(request.query_params)
        run = request.headers.get("sec-fetch-site") in (None, "same-origin", "none")
        model = asking.page(index, asked, run)
        return self.show("sql.html", request, 400 if model["error"] else 200, asked=asked, **model)

    def export(self, index: Index, request: Request) -> Response:
        """Send a whole answer as a file."""
        asked = dict(request.query_params)
        file, media, name = asking.export(index, asked, asked.get("format", "csv"))
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingResponse(_blocks(file), media_type=media, headers=headers)

    def review(self, index: Index, request: Request) -> Response:
        """Show a pair to be judged: the one in the address, else the next of the sample."""
        asked = request.query_params
        sample = asked.get("sample", "")
        sample = sample if sample in reviewing.SAMPLES else "uncertain"
        pair = (asked["a"], asked["b"]) if "a" in asked and "b" in asked else None
        pair = pair or reviewing.upcoming(index, sample, self.settings.threshold)
        found = comparing.comparison(index, *pair) if pair else None
        said = reviewing.labels(index.folder).get(ordered(*pair)) if pair else None
        shared = {"sample": sample, "samples": reviewing.SAMPLES, "labels": LABELS, "said": said}
        return self.show("review.html", request, pair=pair, **shared, **reviewing.progress(index), **(found or {}))

    async def judge(self, request: Request) -> Response:
        """Keep a label and go on to the next pair."""
        said = dict(parse_qsl((await request.body()).decode("utf-8", "replace")[:MOST_BODY]))
        return await run_in_threadpool(self._page(partial(self._keep, said)), request)

    def _keep(self, said: dict[str, str], index: Index, request: Request) -> Response:
        one, other = (comparing.article(index, said.get(name, "")) for name in ("a", "b"))
        reviewing.keep(index.folder, one, other, said.get("label", ""))
        return RedirectResponse(f"/review?{urlencode({'sample': said.get('sample', '')})}", 303)


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while block := file.read(1 << 16):
            yield block


def application(folder: Path, hosts: Iterable[str] = ()) -> ASGIApp:
    """Return the ASGI application over a corpus. Raises UserError where there is none."""
    from corpus.api import Corpus

    explorer = Explorer(folder, Corpus(folder).settings)

    def failed(request: Request, error: Exception) -> Response:
        sentence = "the page could not be made; the terminal where wirecopy runs says why"
        return explorer.show("error.html", request, 500, title="Something broke", sentence=sentence)

    def missing(request: Request, error: Exception) -> Response:
        return explorer.show("error.html", request, 404, title="Not found", sentence="there is no such page")

    app = Starlette(
        routes=explorer.routes(),
        middleware=[Middleware(GZipMiddleware, minimum_size=2000)],
        exception_handlers={404: missing, 405: missing, 500: failed},
    )
    return Guard(app, frozenset(name.lower() for name in hosts))  # outside all else, so that errors pass it, too
