"""The door of the API: what opens it can be changed, where it is cannot."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import dataclass

from configs.settings import Http
from exporters.api.access import Access, Gate, access_of
from exporters.api.tls import Renewable, tls_context


@dataclass(frozen=True, slots=True)
class Keys:
    """What opens the door, as the files that `http` names say it. `context`: None without TLS."""

    http: Http
    access: Access
    context: ssl.SSLContext | None

    @classmethod
    def read(cls, http: Http) -> Keys:
        """Reads the files. Raises SecretError, and AccessError for what cannot be used."""
        return cls(http, access_of(http), tls_context(http))


class Door:
    """Where `http` says. `context`: what handshakes are made with, None without TLS."""

    def __init__(self, gate: Gate, http: Http) -> None:
        """Raises AccessError for TLS files that cannot be used."""
        context = tls_context(http)
        self.context = Renewable.of(context) if context else None
        self._gate = gate
        self._http = http

    def use(self, keys: Keys) -> Sequence[str]:
        """Requests and handshakes need `keys` from now on; whatever is under way goes on.

        Returns the settings for which all that cannot be: they take another listener, or would
        leave in who came before client certificates were demanded. Then nothing is changed, since
        what is safe at the new address may open the old one to all.
        """
        old, new = _place(self._http), _place(keys.http)
        moved = [key for key, value in old.items() if new[key] != value]
        if not moved:
            self._gate.use(keys.access)
            if self.context is not None and keys.context is not None:
                self.context.current = keys.context
        return moved


def _place(http: Http) -> dict[str, object]:
    """What stands as long as the door does, by the setting that says it."""
    return {
        "http.host": http.host,
        "http.port": http.port,
        "http.tls_cert": http.tls_cert is not None,
        "http.client_ca": http.client_ca is not None,
    }
