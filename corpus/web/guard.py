"""What stands before every page: known hosts alone, no requests made by other sites, a strict content policy.

May import: the standard library, starlette.
A page of another site that is open in the same browser must neither read this server (DNS rebinding) nor change what it
keeps (cross-site requests).
"""

import ipaddress
import socket
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
SAFE = frozenset(("GET", "HEAD"))


class Guard:
    """ASGI middleware that refuses what no reader of the pages asks for."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        """`hosts` are names, beside this machine's own, under which the server may be called."""
        self.app = app
        self.hosts = hosts | {"localhost", socket.gethostname().lower()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, refuse, or (what is no HTTP) close."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        refusal = self.refusal(scope["method"], Headers(scope=scope))

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        answer = PlainTextResponse(f"{refusal}\n", status_code=403) if refusal else self.app
        await answer(scope, receive, told)

    def refusal(self, method: str, headers: Headers) -> str | None:
        """Return why a request is refused, or None.

        An address in numbers cannot be taken over by another site's name, and so is always known.
        """
        host = headers.get("host", "")
        if not self._known(host):
            return "unknown host; start `wirecopy serve` with --allow-host NAME to use another name"
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if method in SAFE:
            strange = site in ("cross-site", "same-site") and headers.get("sec-fetch-mode") != "navigate"
            return "a page of another site may not load this" if strange else None
        strange = site not in (None, "same-origin") or (site is None and origin is None)
        if strange or (origin is not None and urlsplit(origin).netloc.lower() != host.lower()):
            return "only a page of this server may change what it keeps"
        return None

    def _known(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
            if "@" in host or "/" in host:
                return False
        except ValueError:
            return False
        if name in self.hosts:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True
