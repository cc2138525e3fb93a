"""TLS of the API: a context from the files of `http`, and one that changes while it listens."""

from __future__ import annotations

import ssl
from pathlib import Path

from configs.document import content_of
from configs.settings import Http
from exporters.errors import AccessError

_ANOTHERS = "the key is not that of the certificate"
_WRONG = {
    "": "not in PEM form, or damaged",
    "KEY_VALUES_MISMATCH": _ANOTHERS,
    "NO_CERTIFICATE_ASSIGNED": _ANOTHERS,  # a key of another kind
    "NO_CERTIFICATE_OR_CRL_FOUND": "there is no certificate in it",
}


def tls_context(http: Http) -> ssl.SSLContext | None:
    """The context of `tls_cert`; it demands client certificates with `client_ca`. Raises
    AccessError for files that cannot be used."""
    if http.tls_cert is None or http.tls_key is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    for key in ("tls_cert", "tls_key", "client_ca"):
        _look_at(key, getattr(http, key))
    try:
        context.load_cert_chain(http.tls_cert, http.tls_key, _no_passphrase)
    except OSError as error:  # ssl.SSLError is one
        files = f"http.tls_cert {http.tls_cert}, http.tls_key {http.tls_key}"
        raise AccessError(f"{files}: {_reason(error)}") from None
    if http.client_ca is not None:
        try:
            context.load_verify_locations(http.client_ca)
        except OSError as error:
            raise AccessError(f"http.client_ca {http.client_ca}: {_reason(error)}") from None
        context.verify_mode = ssl.CERT_REQUIRED
    return context


class Renewable(ssl.SSLContext):
    """Makes each handshake with the context that it was given last; who is in stays in.

    The listener holds it for as long as it listens. Files loaded into one and the same context
    would have cost the old certificate when the new key is wrong; the old CA would still be
    trusted beside the new one, and sessions from before be resumed without a look at either.
    """

    current: ssl.SSLContext

    @classmethod
    def of(cls, first: ssl.SSLContext) -> Renewable:
        made = cls(ssl.PROTOCOL_TLS_SERVER)
        made.current = first
        return made

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        return self.current.wrap_bio(incoming, outgoing, server_side, server_hostname, session)


def _look_at(key: str, file: Path | None) -> None:
    """Raises AccessError, with the name that OpenSSL leaves out. It would wait for ever for a pipe
    that nobody writes to."""
    if file is None:
        return
    try:
        content = content_of(file, 1)
    except OSError as error:
        raise AccessError(f"http.{key} {file}: {_reason(error)}") from None
    if not content:
        raise AccessError(f"http.{key} {file}: it is empty")


def _no_passphrase() -> str:
    """Without it OpenSSL asks at the terminal, and the whole program waits."""
    raise AccessError("http.tls_key has a passphrase, which nobody can be asked for; take it off")


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return _WRONG.get(error.reason or "", str(error))
    return error.strerror or str(error) or type(error).__name__
