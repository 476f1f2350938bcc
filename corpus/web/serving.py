"""`wirecopy serve`: the explorer on a port of this machine.

May import: the standard library, uvicorn, corpus.errors, corpus.web.app; corpus.compare, to be ready for the first
comparison.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import uvicorn

from corpus.errors import UserError
from corpus.web.app import application

PORT = 8123
"""The port that is tried first where none is asked for."""


def serve(
    folder: Path, host: str = "127.0.0.1", port: int | None = None, hosts: Iterable[str] = (),
    ready: Callable[[str], None] | None = None,
) -> None:  # fmt: skip
    """Serve the pages until interrupted; `ready` is told the address. Raises UserError for a port that is taken."""
    app = application(folder, hosts)
    listening = _listen(host, port)
    bound = listening.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    threading.Thread(target=_warm_up, daemon=True).start()
    if ready:
        ready(f"http://{shown}:{bound}/")
    told = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=2)
    uvicorn.Server(told).run(sockets=[listening])


def _listen(host: str, port: int | None) -> socket.socket:
    """Return a listening socket: on the port asked for, else on PORT or, where that is taken, any free one."""
    for one in (port,) if port is not None else (PORT, 0):
        listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, one))
            listening.listen(64)
        except (OSError, OverflowError) as error:
            listening.close()
            reason = getattr(error, "strerror", None) or str(error)
            continue
        return listening
    raise UserError(f"cannot listen on {host}:{port or PORT} ({reason}); choose another --port or --host")


def _warm_up() -> None:
    """Load what the first comparison would wait for; the first page comes before."""
    time.sleep(1)
    from corpus.compare import compare

    compare("The mayor of Hirstby left on 9 May for the port. " * 3, "The mayor of Hirstby left on 8 May. " * 3)
