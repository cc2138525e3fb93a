"""An authoritative engine as we know it: its id, its clock, our keys there (RFC 3414 §2)."""

from __future__ import annotations

from collector.snmp import ber
from collector.snmp.keys import Keyring, Mac, localised, privacy_key
from collector.snmp.privacy import Privacy, privacy
from collector.snmp.secured import LATEST
from configs.credentials import SnmpCredential

WINDOW_S = 150


class Authority:
    """`boots` and `time` are those of the last message that was believed, heard at `heard_at`.
    `scope` is the beginning of every scoped PDU, after its header; the `context_engine` in it is
    another one where this engine answers for it."""

    __slots__ = (
        "boots",
        "context_engine",
        "engine_id",
        "heard_at",
        "mac",
        "privacy",
        "scope",
        "time",
    )

    def __init__(self, engine_id: bytes, credential: SnmpCredential, keyring: Keyring) -> None:
        self.engine_id = engine_id
        self.context_engine = credential.context_engine or engine_id
        self.scope = ber.encode(ber.OCTET_STRING, self.context_engine) + ber.encode(
            ber.OCTET_STRING, credential.context.encode()
        )
        self.boots = 0
        self.time = 0
        self.heard_at = 0.0
        self.mac: Mac | None = None
        self.privacy: Privacy | None = None
        auth, priv = credential.auth_protocol, credential.priv_protocol
        if auth is not None:
            master = keyring.master(auth, credential.auth_passphrase)
            self.mac = Mac(auth, localised(auth, master, engine_id))
            if priv is not None:
                master = keyring.master(auth, credential.priv_passphrase)
                self.privacy = privacy(priv, privacy_key(auth, priv, master, engine_id))

    def now(self, now: float) -> int:
        """What the engine's clock should show."""
        return min(self.time + int(now - self.heard_at), LATEST)

    def set_clock(self, boots: int, time: int, now: float) -> None:
        self.boots, self.time, self.heard_at = boots, time, now

    def in_window(self, boots: int, time: int, now: float) -> bool:
        """Whether an authentic message is recent; it also sets the clock if it is newer than any
        before. RFC 3414 §3.2 step 7b."""
        if boots > self.boots or (boots == self.boots and time > self.time):
            self.set_clock(boots, time, now)
        return self.boots != LATEST and boots == self.boots and time >= self.now(now) - WINDOW_S
