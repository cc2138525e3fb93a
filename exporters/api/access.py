"""Who may ask: loopback freely, anything else with a token or a client certificate."""

from __future__ import annotations

import asyncio
import hmac
import logging
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from configs.secret import reveal
from configs.settings import Http
from exporters.api.reply import problem
from exporters.errors import AccessError

log = logging.getLogger(__name__)

BODY_LIMIT = 64 * 1024
BODY_TIMEOUT_S = 10.0
SHORT_TOKEN = 16
_OPEN_PATHS = ("/healthz",)
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")  # RFC 9110 §9.2.1; we know the first two


@dataclass(frozen=True, slots=True)
class Access:
    """`token`: "" when none is asked for. `loopback_only`: requests must be addressed to
    this machine by a name that no foreign page can take (DNS rebinding)."""

    token: str = field(default="", repr=False)
    loopback_only: bool = True


@lru_cache(maxsize=64)
def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an address without brackets, can only mean this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def access_of(http: Http) -> Access:
    """The access that the settings and the files that they name allow. Raises SecretError, and
    AccessError as `access_for` does."""
    return access_for(http, reveal(http.token) if http.token else "")


def access_for(http: Http, token: str) -> Access:
    """The access that the settings allow; `token` is the secret that `http.token` names.
    Raises AccessError when others could reach the API without proving who they are."""
    if http.token is not None and not token:
        raise AccessError("http.token is empty; write a long random text into its file")
    if http.client_ca and not (http.tls_cert and http.tls_key):
        raise AccessError("http.client_ca needs http.tls_cert and http.tls_key beside it")
    if bool(http.tls_cert) != bool(http.tls_key):
        raise AccessError("http.tls_cert and http.tls_key only work together; give both or neither")
    if is_loopback(http.host):
        return Access(token, loopback_only=not token)
    if not token and not http.client_ca:
        raise AccessError(
            f"http.host {http.host} can be reached by others: give http.token, or http.client_ca "
            "for client certificates, or use 127.0.0.1"
        )
    if token and not http.tls_cert:
        log.warning("http.host=%s without http.tls_cert: the token is sent in the clear", http.host)
    if token and len(token) < SHORT_TOKEN:
        log.warning("http.token has under %d characters and could be guessed", SHORT_TOKEN)
    return Access(token, loopback_only=False)


class Gate:
    """ASGI middleware: turns away whoever may not ask, and bodies that are too large."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self.use(access)

    def use(self, access: Access) -> None:
        """From now on `access` is what a request needs."""
        self._access = access
        self._expected = f"Bearer {access.token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None and scope["method"] not in _SAFE_METHODS:
            try:
                async with asyncio.timeout(BODY_TIMEOUT_S):
                    body = await _body(receive)
            except TimeoutError:
                refusal = 408, f"a body has to be there within {BODY_TIMEOUT_S:g} s"
            else:
                receive = _Replayed(body, receive)
                if len(body) > BODY_LIMIT:
                    refusal = 413, f"a body may have {BODY_LIMIT} bytes at most"
        if refusal is not None:
            await problem(*refusal)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers: dict[bytes, bytes] = dict(reversed(scope["headers"]))  # the first of each counts
        host = headers.get(b"host", b"").decode("latin-1")
        if self._access.loopback_only and not is_loopback(_without_port(host)):
            return 421, f"this API answers on this machine only, not as {host!r}; use localhost"
        needed = self._access.token and scope["path"] not in _OPEN_PATHS
        given = headers.get(b"authorization", b"")
        if needed and not hmac.compare_digest(given, self._expected):
            return 401, "send the token of http.token as Authorization: Bearer ..."
        if scope["method"] in _SAFE_METHODS:
            return None
        # A form or a script of a foreign page cannot send these without being asked first.
        kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        if scope["method"] != "DELETE" and kind != b"application/json":
            return 415, "send the body as Content-Type: application/json"
        return None


async def _body(receive: Receive) -> bytes:
    """The body of a request; what is beyond the limit is not read any further."""
    body, more = b"", True
    while more and len(body) <= BODY_LIMIT:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


class _Replayed:
    """A `receive` that gives a body that was read already, then waits for what comes."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]
