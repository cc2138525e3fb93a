"""Through apprise: its JSON service on loopback stands for the hundred others."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from exporters.alerts.access import ReceiverAccess
from exporters.alerts.relay import RelayChannel
from exporters.alerts.template import Templates
from exporters.errors import DeliveryError, RejectedError
from store.record import AlertStatus
from tests.alerts.hook import HANG, hook
from tests.alerts.material import alert, entry
from topology.outage import Severity

# One of apprise's hundred plugins imports it.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What reaches the log at its most talkative. (`caplog` would also show what does not.)"""
    handler = logging.StreamHandler(io.StringIO())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler.stream
    root.setLevel(before)
    root.removeHandler(handler)


def channel(port: int, timeout_s: float = 5.0) -> RelayChannel:
    url = f"json://noc:s3cret@127.0.0.1:{port}/t0ken"
    access = ReceiverAccess("oncall", "apprise", url, timeout_s=timeout_s)
    return RelayChannel(access, Templates(), external_url="")


async def test_an_alert_becomes_a_notification_of_its_kind() -> None:
    async with hook() as noc:
        relay = channel(noc.port)
        for given in (
            alert(),
            alert(severity=Severity.WARNING),
            alert(AlertStatus.RESOLVED),
        ):
            await relay.send(entry(given))
        messages = [call.json for call in noc.taken]
    assert [message["type"] for message in messages] == ["failure", "warning", "success"]
    assert messages[0]["title"] == "Hub Lào Cai ngừng hoạt động"
    assert messages[0]["message"] == "7 xã"


async def test_a_failure_is_told_with_its_reason_and_without_secrets(
    log: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    async with hook(lambda _call: 500) as noc:
        with pytest.raises(DeliveryError) as caught:
            await channel(noc.port).send(entry(alert()))
    assert "JSON" in str(caught.value)
    for text in (str(caught.value), log.getvalue(), *capfd.readouterr()):
        assert "s3cret" not in text
        assert "t0ken" not in text


async def test_who_has_taken_a_page_is_not_told_again_for_the_sake_of_another_service() -> None:
    async with hook() as well, hook(lambda _call: 500) as ill:
        urls = ", ".join(f"json://127.0.0.1:{one.port}/t0ken" for one in (well, ill))
        relay = RelayChannel(
            ReceiverAccess("oncall", "apprise", urls), Templates(), external_url=""
        )
        for _ in range(3):
            with pytest.raises(DeliveryError):
                await relay.send(entry(alert()))
        ill.behave = lambda _call: 200
        await relay.send(entry(alert()))
        assert (len(well.taken), len(ill.taken)) == (1, 1)
        await relay.send(entry(alert(AlertStatus.RESOLVED)))
        assert (len(well.taken), len(ill.taken)) == (2, 2)


async def test_a_service_that_hangs_is_given_up_on() -> None:
    async with hook(lambda _call: HANG) as noc:
        with pytest.raises(DeliveryError):
            await channel(noc.port, timeout_s=0.2).send(entry(alert()))


async def test_a_url_that_apprise_does_not_understand_is_rejected() -> None:
    access = ReceiverAccess("oncall", "apprise", "nonsense://x")
    relay = RelayChannel(access, Templates(), external_url="")
    with pytest.raises(RejectedError, match="does not understand"):
        await relay.send(entry(alert()))
