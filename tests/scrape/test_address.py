from __future__ import annotations

import pytest

from exporters.errors import QueryError, ScrapeError
from exporters.snmp.address import address_of, host_and_port


@pytest.mark.parametrize(
    ("target", "host", "port"),
    [
        ("10.0.0.1", "10.0.0.1", 161),
        ("10.0.0.1:1161", "10.0.0.1", 1161),
        ("router.example:1161", "router.example", 1161),
        ("udp://core-1.example:162", "core-1.example", 162),
        ("[2001:db8::1]:1161", "2001:db8::1", 1161),
        ("[2001:db8::1]", "2001:db8::1", 161),
        ("2001:db8::1", "2001:db8::1", 161),
        ("::1", "::1", 161),
    ],
)
def test_a_target_is_a_host_with_or_without_a_port(target: str, host: str, port: int) -> None:
    assert host_and_port(target) == (host, port)


@pytest.mark.parametrize(
    "target", ["10.0.0.1:0", "10.0.0.1:70000", "tcp://10.0.0.1", "a b", "[", ":"]
)
def test_a_target_that_cannot_be_is_refused_by_name(target: str) -> None:
    with pytest.raises(QueryError, match="target"):
        host_and_port(target)


async def test_a_name_that_leads_nowhere_says_so() -> None:
    with pytest.raises(ScrapeError, match=r"error connecting to target no-such-host\.invalid"):
        await address_of("no-such-host.invalid")
