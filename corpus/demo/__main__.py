"""Starts the made-up web for a look: `python -m corpus.demo`. May import: corpus.demo."""

import argparse
import threading
from pathlib import Path

from corpus.demo.gold import gold_csv, publishers_csv
from corpus.demo.web import serve


def main() -> None:
    """Serve until Ctrl-C, having said how to look; or write publishers.csv and gold.csv into a folder."""
    parser = argparse.ArgumentParser(prog="python -m corpus.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: any free one)")
    parser.add_argument("--write", type=Path, metavar="DIR", help="write publishers.csv and gold.csv and stop")
    args = parser.parse_args()
    if args.write:
        args.write.mkdir(parents=True, exist_ok=True)
        (args.write / "publishers.csv").write_text(publishers_csv(), encoding="utf-8")
        (args.write / "gold.csv").write_text(gold_csv(), encoding="utf-8")
        return
    try:
        _serve(args.port)
    except OSError as error:
        parser.error(f"cannot serve on port {args.port}: {error.strerror}; choose another --port")


def _serve(port: int) -> None:
    """Serve until Ctrl-C."""
    with serve(port=port) as web:
        print(f"the made-up web is a proxy at {web.proxy}; look at it with, for example:")
        print(f"  curl -x {web.proxy} http://harbour-herald.example/", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print("stopped")


if __name__ == "__main__":
    main()
