from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from configs.settings import Secret
from exporters.alerts.access import PAGERDUTY, ReceiverAccess, access_to
from exporters.alerts.backoff import delay_s
from exporters.alerts.request import retry_after_s
from tests.alerts.material import receiver

NOW = datetime(2026, 3, 1, 0, 0, 30, tzinfo=UTC)


def reveal(secret: Secret) -> str:
    return f"revealed-{secret.env}"


def test_secrets_are_revealed_once_and_never_shown() -> None:
    given = receiver(
        url_secret=Secret(env="URL"), hmac_secret=Secret(env="MAC"), routing_key=Secret(env="KEY")
    )
    access = access_to(given, reveal)
    assert (access.url, access.hmac_secret) == ("revealed-URL", "revealed-MAC")
    assert access.routing_key == "revealed-KEY"
    assert "revealed" not in repr(access)


def test_pagerduty_needs_no_url() -> None:
    assert access_to(receiver(kind="pagerduty", url=None), reveal).url == PAGERDUTY


def test_what_is_told_of_a_receiver_names_its_host_and_nothing_secret() -> None:
    url = "https://user:pass-word@chat.example/hooks/T0KEN?sig=abcdef"
    access = ReceiverAccess("noc", "webhook", url, routing_key="R0UTE", hmac_secret="M4C-key")
    said = f"POST {url} for /hooks/T0KEN?sig=abcdef to chat.example with R0UTE, M4C-key, pass-word"
    shown = access.redact(said)
    for secret in ("pass-word", "T0KEN", "abcdef", "R0UTE", "M4C-key"):
        assert secret not in shown
    assert "chat.example" in shown


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("Sun, 01 Mar 2026 00:01:00 GMT", 30.0),
        ("Sun, 01 Mar 2026 00:00:00 GMT", 0.0),
        ("soon", None),
        ("Sun, 01 Mar 99999999999999999999 00:00:00 GMT", None),
        ("Sun, 01 Mar 2026 00:00:00 +99999999999999", None),
        ("-1", None),
        ("", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(value: str, seconds: float | None) -> None:
    assert retry_after_s(httpx.Headers({"Retry-After": value}), NOW) == seconds


def test_waits_double_up_to_a_minute_and_never_undercut_the_receiver() -> None:
    def waits(*failures: int, fraction: float, asked: float | None = None) -> list[float]:
        return [
            delay_s(n, rejected=False, retry_after_s=asked, fraction=lambda: fraction)
            for n in failures
        ]

    assert waits(1, 2, 3, 8, 99, fraction=1.0) == [0.5, 1.0, 2.0, 60.0, 60.0]
    assert waits(1, 8, fraction=0.0) == [0.25, 30.0]
    assert waits(1, fraction=0.0, asked=20.0) == [20.0]
    assert waits(1, fraction=0.0, asked=1e9) == [3600.0]
    assert delay_s(1, rejected=True, retry_after_s=None, fraction=lambda: 1.0) == 30.0
    assert delay_s(9, rejected=True, retry_after_s=None, fraction=lambda: 1.0) == 300.0
