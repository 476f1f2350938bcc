"""Which addresses a crawl never asks."""

import pytest

from spiders.guard import ForbiddenAddress, guard_connections, is_forbidden, is_forbidden_host, unguard_connections

PRIVATE = ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "0.0.0.0", "0", "10.1.2.3",
           "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "[::1]",
           "[::]", "[fe80::1]", "[fd00:ec2::254]", "[::ffff:10.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::a9fe:a9fe]",
           "[2002:7f00:1::]", "[::7f00:1]", "localhost", "LOCALHOST.", "x.localhost", "metadata.google.internal",
           "999.1.1.1"]  # fmt: skip


@pytest.mark.parametrize("host", PRIVATE)
def test_private_hosts_in_any_spelling(host: str) -> None:
    assert is_forbidden_host(host)


@pytest.mark.parametrize(
    "host", ["example.org", "8.8.8.8", "134744072", "[2001:4860:4860::8888]", "10.example.org", "localhost.org"]
)
def test_public_hosts(host: str) -> None:
    assert not is_forbidden_host(host)


class Reactor:
    """Stands for Twisted's: notes where it was asked to connect to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def connectTCP(self, host: str, port: int, *_: object) -> str:  # noqa: N802
        self.asked.append((host, port))
        return "connector"


def test_connections_are_judged_by_the_address_they_go_to() -> None:
    reactor = Reactor()
    guard_connections(reactor, {("127.0.0.1", 3128)})
    guard_connections(reactor, {("127.0.0.1", 3128)})
    assert reactor.connectTCP("93.184.216.34", 80) == "connector"
    assert reactor.connectTCP("127.0.0.1", 3128) == "connector"
    for host, port in [("127.0.0.1", 80), ("10.0.0.1", 80), ("::1", 80), ("fe80::1%eth0", 80), ("no-address", 80)]:
        with pytest.raises(ForbiddenAddress):
            reactor.connectTCP(host, port)
    unguard_connections(reactor)
    assert reactor.connectTCP("10.0.0.1", 80) == "connector"
    assert reactor.asked == [("93.184.216.34", 80), ("127.0.0.1", 3128), ("10.0.0.1", 80)]


def test_what_is_no_address_is_forbidden() -> None:
    assert is_forbidden("nonsense")
