"""How many requests a client may send: buckets as tables, and the real server behind a proxy of this machine."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hct_kg.api.rate import Buckets, counted_as
from serving import Server, problem

StartServer = Callable[..., Server]


def test_a_bucket_gives_its_burst_and_then_one_token_at_a_time() -> None:
    now = [100.0]
    buckets = Buckets(rate=2, burst=3, clock=lambda: now[0])
    waits = []
    for now[0] in (100.0, 100.0, 100.0, 100.0, 100.25, 100.5, 100.5, 200.0, 200.0, 200.0, 200.0):
        waits.append(buckets.take("a"))
    assert waits == [0, 0, 0, 0.5, 0.25, 0, 0.5, 0, 0, 0, 0.5]


def test_each_client_has_a_bucket_of_its_own() -> None:
    buckets = Buckets(rate=1, burst=1, clock=lambda: 0.0)
    assert [buckets.take(client) for client in ("a", "b", "a", "b")] == [0, 0, 1, 1]


def test_there_are_never_more_buckets_than_the_bound_and_the_one_longest_unused_goes() -> None:
    buckets = Buckets(rate=1, burst=1, most=3, clock=lambda: 0.0)
    for number in range(1000):
        buckets.take(str(number))
    assert len(buckets) == 3
    assert [buckets.take(client) for client in ("997", "998", "999", "0")] == [1, 1, 1, 0]


@pytest.mark.parametrize(
    ("host", "client"),
    [
        ("127.0.0.1", None),
        ("127.8.8.8", None),
        ("::1", None),
        ("::ffff:127.0.0.1", None),
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2::3", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::3", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
        ("x" * 1000, "x" * 100),
    ],
)
def test_a_client_is_counted_by_its_address(host: str, client: str | None) -> None:
    assert counted_as(host) == client


def forwarded(*addresses: str) -> dict[str, str]:
    """Return the header with which a proxy tells whose request it passes on."""
    return {"X-Forwarded-For": ", ".join(addresses)}


@pytest.fixture
def limited(start_server: StartServer) -> Server:
    """A server that refills a bucket in a thousand seconds."""
    return start_server(rate=0.001, burst=2)


def test_a_client_that_sends_too_much_is_told_when_to_try_again(limited: Server) -> None:
    client = forwarded("203.0.113.9")
    responses = [limited.client.get("/v1/queries", headers=client) for _ in range(4)]
    assert [response.status_code for response in responses] == [200, 200, 429, 429]
    assert problem(responses[2]) == (429, "too-many-requests")
    assert responses[2].headers["access-control-allow-origin"] == "*"
    seconds = int(responses[2].headers["retry-after"])
    assert 900 < seconds <= 1000
    assert responses[2].json()["detail"] == f"This client sends too many requests; try again in {seconds} s."


def test_other_clients_and_this_machine_and_the_health_routes_are_not_refused(limited: Server) -> None:
    def statuses(path: str, headers: dict[str, str], times: int) -> list[int]:
        return [limited.client.get(path, headers=headers).status_code for _ in range(times)]

    assert statuses("/v1/queries", forwarded("203.0.113.9"), 3) == [200, 200, 429]
    assert statuses("/v1/queries", forwarded("203.0.113.10"), 1) == [200]
    assert statuses("/v1/queries", {}, 5) == [200] * 5
    for path in ("/healthz", "/readyz"):
        assert statuses(path, forwarded("203.0.113.9"), 3) == [200] * 3


def test_a_network_of_ipv6_is_one_client(limited: Server) -> None:
    hosts = ("2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1")
    statuses = [limited.client.get("/v1/queries", headers=forwarded(host)).status_code for host in hosts]
    assert statuses == [200, 200, 429, 200]


def test_what_a_client_writes_before_the_address_that_the_proxy_adds_is_passed_over(limited: Server) -> None:
    invented = ("127.0.0.1", "198.51.100.1", "198.51.100.2")
    statuses = [
        limited.client.get("/v1/queries", headers=forwarded(first, "203.0.113.9")).status_code for first in invented
    ]
    assert statuses == [200, 200, 429]
