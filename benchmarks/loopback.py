"""A web on loopback that is quick to answer, in a process of its own: one site an address, each with a sitemap.

    python benchmarks/loopback.py PAGES        prints its port, then serves until its input ends

May import: benchmarks' pages and the standard library.
"""

import asyncio
import sys
from urllib.parse import urlsplit

from pages import pages


def host(site: int) -> str:
    """Return a site's address: Linux answers all of 127.0.0.0/8."""
    return f"127.0.0.{site + 1}"


def _sitemap(site: int, port: int, count: int) -> bytes:
    told = "".join(f"<url><loc>http://{host(site)}:{port}/2026/07/article-number-{n}</loc></url>" for n in range(count))
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{told}</urlset>'.encode()


class Web:
    """Answers from memory: the benchmark's made-up articles, under as many addresses as are wanted."""

    def __init__(self, count: int) -> None:
        self.count = count
        # Every page its own: what is the same under another address would be its twin.
        self.markups = [
            page.markup.replace(b"<head>", b'<head><meta property="og:type" content="article">', 1) for page in pages(3)
        ]

    def answer(self, place: str, path: str) -> tuple[str, str, bytes]:
        address, _, port = place.partition(":")
        site = int(address.rpartition(".")[2]) - 1
        if path == "/sitemap.xml":
            return "200 OK", "application/xml", _sitemap(site, int(port), self.count)
        number = path.rpartition("-")[2]
        if not number.isdigit():
            return "404 Not Found", "text/plain", b"nothing here"
        at = site * self.count + int(number)
        markup = self.markups[at % len(self.markups)]
        return "200 OK", "text/html; charset=utf-8", markup.replace(b"</body>", f"<p>Edition {at}</p></body>".encode())

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection's requests."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                line, *headers = head.decode("latin-1").split("\r\n")
                place = next(value[5:].strip() for value in headers if value.lower().startswith("host:"))
                status, kind, body = self.answer(place, urlsplit(line.split()[1]).path)
                writer.write(
                    f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


async def main(count: int) -> None:
    server = await asyncio.start_server(Web(count).serve, "0.0.0.0", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
