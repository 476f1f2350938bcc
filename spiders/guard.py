"""No crawl reaches a private address: by name, by number in any spelling, after a redirect or a changing DNS answer.

Two lines of defence. `is_forbidden_host` judges the host in a URL before anything is sent. `guard_connections` judges
the very address that each TCP connection is about to be made to, after the name was resolved; so a name server that
answers first with a public and then with a private address gains nothing. `bound_headers` refuses endless headers.
May import: twisted, the standard library.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Collection
from typing import Any

PRIVATE = "is not a public address"
TOO_LARGE = "are larger than allowed"
MOST_HEADER_BYTES = 256_000
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_METADATA_NAMES = frozenset({"metadata", "metadata.google.internal", "instance-data"})


class ForbiddenAddress(Exception):  # noqa: N818 - it is what was asked for, not an error of the program
    """The address is loopback, private, link-local, reserved or a metadata service's."""


class HeadersTooLarge(Exception):  # noqa: N818 - it is the server's doing, not an error of the program
    """An answer's headers are larger than allowed."""


def is_forbidden(address: str) -> bool:
    """Say whether the IP address is not one of the public internet's; also inside IPv6 (mapped, 6to4, NAT64)."""
    try:
        found: Address = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return True
    inner = _embedded(found)
    if inner is not None:
        return is_forbidden(str(inner))
    return not found.is_global or found.is_multicast or found.is_reserved


def is_forbidden_host(host: str) -> bool:
    """Say whether a URL's host is forbidden by itself: `localhost`, or an address however spelt (127.1, 0x7f000001)."""
    name = host.lower().strip("[]").rstrip(".")
    if name == "localhost" or name.endswith((".localhost", ".internal")) or name in _METADATA_NAMES:
        return True
    literal = literal_address(name)
    return literal is not None and is_forbidden(literal)


def literal_address(host: str) -> str | None:
    """Return the address that a host spells in numbers, the way operating systems read it; None for a name."""
    if ":" in host:
        return host
    if not re.fullmatch(r"(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+)){0,3}", host, re.IGNORECASE):
        return None
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return host


def guard_connections(reactor: Any, allowed: Collection[tuple[str, int]] = ()) -> None:
    """Make the reactor refuse TCP connections to forbidden addresses, but for the allowed (host, port)."""
    connect: Callable[..., Any] = getattr(reactor, "_unguarded_connect", reactor.connectTCP)

    def guarded(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        if (host, port) not in allowed and is_forbidden(host):
            raise ForbiddenAddress(f"{host} {PRIVATE}")
        return connect(host, port, *args, **kwargs)

    reactor._unguarded_connect = connect
    reactor.connectTCP = guarded


def bound_headers(most: int = MOST_HEADER_BYTES) -> None:
    """Make Twisted's HTTP client give up an answer whose headers, all together, are larger than so many bytes."""
    from twisted.web import _newclient

    parser = _newclient.HTTPClientParser
    receive: Callable[[Any, bytes], None] = getattr(parser, "_unbounded", parser.dataReceived)

    def bounded(self: Any, data: bytes) -> None:
        if self.state in (_newclient.STATUS, _newclient.HEADER):
            self._header_bytes = getattr(self, "_header_bytes", 0) + len(data)
            if self._header_bytes > most:
                raise HeadersTooLarge(f"the headers {TOO_LARGE}")
        receive(self, data)

    parser._unbounded = receive
    parser.dataReceived = bounded


def unguard_connections(reactor: Any) -> None:
    """Undo guard_connections."""
    if hasattr(reactor, "_unguarded_connect"):
        reactor.connectTCP = reactor._unguarded_connect


def _embedded(address: Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 address carries, if it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address.sixtofour:
        return address.sixtofour
    if any(address in network for network in _NAT64):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if int(address) >> 32 == 0 and int(address) > 1:
        return ipaddress.IPv4Address(int(address))
    return None
