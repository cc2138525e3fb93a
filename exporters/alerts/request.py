"""One HTTP request to a receiver, and what its answer means."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import socket
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from exporters.alerts.access import ReceiverAccess
from exporters.errors import DeliveryError, RejectedError, ThrottledError

# What they write below WARNING holds URLs, and a webhook's URL is a secret.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"
PASSING = frozenset({408, 425})  # of the 4xx, those that a later attempt may pass
TOO_MANY = 429
UNREACHED: dict[type[BaseException], str] = {  # the words of the catalogue
    ConnectionRefusedError: "refused",
    socket.gaierror: "nameless",
    ssl.SSLCertVerificationError: "untrusted",
}
ANSWER_READ = 4096
ANSWER_SHOWN = 200


async def post(
    client: httpx.AsyncClient,
    access: ReceiverAccess,
    *,
    url: str,
    body: bytes,
    content_type: str,
    idempotency_key: str,
    now: datetime,
) -> None:
    """Returns when the receiver has taken the body. Raises DeliveryError, RejectedError,
    ThrottledError."""
    headers = {"Content-Type": content_type, "Idempotency-Key": idempotency_key}
    headers |= signature(access.hmac_secret, body, now)
    taken = False
    try:
        async with (
            asyncio.timeout(access.timeout_s),
            client.stream("POST", url, content=body, headers=headers) as response,
        ):
            taken = response.is_success  # whatever becomes of the rest of the answer
            answer = await _beginning(response)
    except TimeoutError:
        if taken:
            return
        raise DeliveryError(f"no answer within {access.timeout_s:g} s", cause="silent") from None
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        raise RejectedError("its URL is not an http:// or https:// URL") from None
    except (httpx.HTTPError, OSError) as error:
        if taken:
            return
        origin = _origin(error)
        reason = str(origin) or type(origin).__name__
        cause = next((word for kind, word in UNREACHED.items() if isinstance(origin, kind)), "")
        said = f"cannot be reached: {access.redact(reason)}"
        raise DeliveryError(said, cause=cause) from None
    if taken:
        return
    said = access.redact(f"HTTP {response.status_code} {answer}".strip())
    kind: type[DeliveryError] = RejectedError
    cause = "rejected"
    if response.status_code >= 500 or response.status_code in PASSING:
        kind, cause = DeliveryError, "troubled"
    elif response.status_code == TOO_MANY:
        kind, cause = ThrottledError, "throttled"
    raise kind(said, cause=cause, retry_after_s=retry_after_s(response.headers, now))


def signature(secret: str, body: bytes, now: datetime) -> dict[str, str]:
    """Headers that prove the body, and its time, to whoever knows the secret; none without."""
    if not secret:
        return {}
    stamp = str(int(now.timestamp()))
    return {
        "X-Wanwatch-Signature": f"sha256={_mac(secret, body)}",
        "X-Wanwatch-Timestamp": stamp,
        "X-Wanwatch-Timestamp-Signature": f"sha256={_mac(secret, stamp.encode() + b'.' + body)}",
    }


def retry_after_s(headers: httpx.Headers, now: datetime) -> float | None:
    """Seconds asked for by `Retry-After`, as a number or as a date (RFC 9110 §10.2.3)."""
    value = headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(0.0, (at - now).total_seconds())


def _origin(error: BaseException) -> BaseException:
    """The one of UNREACHED behind `error`, which httpx tells as "all connection attempts failed";
    `error` where there is none."""
    behind: BaseException | None = error
    while behind is not None and not isinstance(behind, tuple(UNREACHED)):
        if isinstance(behind, BaseExceptionGroup):  # an address each
            behind = behind.exceptions[0]
        else:
            behind = behind.__cause__ or behind.__context__
    return behind or error


async def _beginning(response: httpx.Response) -> str:
    """The first line of the answer, for the operator's eyes."""
    got = b""
    async for chunk in response.aiter_bytes():
        got += chunk
        if len(got) >= ANSWER_READ:
            break
    lines = got[:ANSWER_READ].decode("utf-8", "replace").split("\n", 1)
    return "".join(c for c in lines[0] if c.isprintable())[:ANSWER_SHOWN]


def _mac(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
