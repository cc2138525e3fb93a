"""pysnmp as the receiver of notifications for one credential.

A receiver per credential, because then a notification that is accepted was sent with the
credential of the node that it comes from, and no other.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from pyasn1.error import PyAsn1Error
from pysnmp.carrier.asyncio.dgram.udp import DOMAIN_NAME, UdpTransportAddress
from pysnmp.entity import config
from pysnmp.entity.engine import SnmpEngine
from pysnmp.error import PySnmpError
from pysnmp.proto import rfc3411
from pysnmp.proto.api import v1, v2c
from pysnmp.proto.proxy import rfc2576

from collector.errors import MalformedError
from collector.traps.sender import Sender, Timeline, sender, version
from collector.traps.sieve import Drop
from configs.credentials import AuthProtocol, PrivProtocol, SnmpCredential, Version

_TICK_S = 0.1
_MOST_ENGINES = 64  # remembered senders: pysnmp's tables get slow when they grow
_MOST_VARBINDS = 64
_MOST_CHARACTERS = 256
_EPOCH = 1_700_000_000

_AUTH = {
    AuthProtocol.MD5: config.USM_AUTH_HMAC96_MD5,
    AuthProtocol.SHA: config.USM_AUTH_HMAC96_SHA,
    AuthProtocol.SHA224: config.USM_AUTH_HMAC128_SHA224,
    AuthProtocol.SHA256: config.USM_AUTH_HMAC192_SHA256,
    AuthProtocol.SHA384: config.USM_AUTH_HMAC256_SHA384,
    AuthProtocol.SHA512: config.USM_AUTH_HMAC384_SHA512,
}
_PRIV = {
    PrivProtocol.DES: config.USM_PRIV_CBC56_DES,
    PrivProtocol.AES: config.USM_PRIV_CFB128_AES,
    PrivProtocol.AES192: config.USM_PRIV_CFB192_AES_BLUMENTHAL,
    PrivProtocol.AES256: config.USM_PRIV_CFB256_AES_BLUMENTHAL,
    PrivProtocol.AES192C: config.USM_PRIV_CFB192_AES,
    PrivProtocol.AES256C: config.USM_PRIV_CFB256_AES,
}
_USM = "__SNMP-USER-BASED-SM-MIB"
_COUNTERS = (
    (Drop.MALFORMED, "__SNMPv2-MIB", "snmpInASNParseErrs"),
    (Drop.COMMUNITY, "__SNMPv2-MIB", "snmpInBadCommunityNames"),
    (Drop.USER, _USM, "usmStatsUnknownUserNames"),
    (Drop.DIGEST, _USM, "usmStatsWrongDigests"),
    (Drop.SECURITY_LEVEL, _USM, "usmStatsUnsupportedSecLevels"),
    (Drop.TIME_WINDOW, _USM, "usmStatsNotInTimeWindows"),
    (Drop.DECRYPTION, _USM, "usmStatsDecryptionErrors"),
)
# pysnmp lets these through from packets that are not what they seem.
_DEFECTS = (
    PyAsn1Error,
    PySnmpError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)

Varbinds = tuple[tuple[str, str], ...]


class Receiver:
    """Takes packets and tells what they notify of. Slow to make: a tenth of a second.

    `engine_id` is ours, for informs; `reply` sends a datagram back to the source of the packet
    that is being taken.
    """

    def __init__(
        self, credential: SnmpCredential, engine_id: bytes, reply: Callable[[bytes], None]
    ) -> None:
        self._credential = credential
        self._user = credential.username.encode()  # pysnmp takes texts for Latin-1
        self._reply = reply
        self._engine = SnmpEngine()
        self._engine_id = engine_id
        self._become(engine_id)
        self._receive: Callable[..., None] = _nothing
        self._tick: Callable[[float], None] = _nothing
        self._engine.register_transport_dispatcher(self)
        self._engine.message_dispatcher.register_context_engine_id(
            b"",
            (v1.TrapPDU.tagSet, v2c.SNMPv2TrapPDU.tagSet, v2c.InformRequestPDU.tagSet),
            self._process,
        )
        self._counters = [(drop, self._symbol(module, name)) for drop, module, name in _COUNTERS]
        self._notified: list[Varbinds] = []
        self._replied = False
        self._drop = Drop.OTHER
        self._ticked_at: float | None = None
        self._senders: dict[bytes, Timeline] = {}
        self._add_credential()

    def take(self, packet: bytes, now: float) -> Varbinds | Drop | None:
        """The variable bindings of a notification that may be believed, why it may not, or None
        for a question about our engine that was answered."""
        try:
            claimed = version(packet)
            if (claimed == 3) is not (self._credential.version is Version.V3):
                return Drop.VERSION
            said = sender(packet) if claimed == 3 else None
        except MalformedError:
            return Drop.MALFORMED
        self._pass_time(now)
        if said is None or said.engine_id == self._engine_id or not said.engine_id:
            return self._take(packet)
        return self._take_from(said, packet, now)

    def _pass_time(self, now: float) -> None:
        """Lets pysnmp forget what is old."""
        if self._ticked_at is None:
            self._ticked_at = now
        ticks = min(int((now - self._ticked_at) / _TICK_S), 600)
        for _ in range(ticks):
            self._tick(now)
        self._ticked_at += ticks * _TICK_S

    # What pysnmp wants of a transport dispatcher

    def register_recv_callback(self, callback: Callable[..., None], _: object = None) -> None:
        self._receive = callback

    def register_timer_callback(self, callback: Callable[[float], None]) -> None:
        self._tick = callback

    def get_timer_resolution(self) -> float:
        return _TICK_S

    def send_message(self, message: bytes, *_: object) -> None:
        self._replied = True
        self._reply(bytes(message))

    def _become(self, engine_id: bytes) -> None:
        """Our own id, the same after every start, with boots that always grow though nothing is
        written: a sender keeps believing us (RFC 3414 §2.2.2)."""
        mib = "__SNMP-FRAMEWORK-MIB"
        symbol = self._symbol(mib, "snmpEngineID")
        symbol.syntax = symbol.syntax.clone(engine_id)
        self._engine.snmpEngineID = symbol.syntax
        boots = self._symbol(mib, "snmpEngineBoots")
        boots.syntax = boots.syntax.clone(int(time.time()) - _EPOCH)

    def _symbol(self, module: str, name: str) -> Any:
        (symbol,) = self._engine.get_mib_builder().import_symbols(module, name)
        return symbol

    def _add_credential(self) -> None:
        credential = self._credential
        if credential.version is not Version.V3:
            config.add_v1_system(self._engine, "wanwatch", credential.community.encode())
            self._level = 1
            return
        auth = credential.auth_protocol
        priv = credential.priv_protocol
        self._auth = _AUTH[auth] if auth else config.USM_AUTH_NONE
        self._priv = _PRIV[priv] if auth and priv else config.USM_PRIV_NONE
        self._level = 1 + bool(auth) + bool(auth and priv)
        # Master keys once: to make one from a passphrase takes a megabyte of hashing.
        self._auth_key = self._priv_key = None
        if auth:
            hashed = config.AUTH_SERVICES[self._auth].hash_passphrase
            self._auth_key = hashed(credential.auth_passphrase.encode())
        if auth and priv:
            service = config.PRIV_SERVICES[self._priv]
            passphrase = credential.priv_passphrase.encode()
            self._priv_key = service.hash_passphrase(self._auth, passphrase)
        self._add_user(self._engine_id)

    def _add_user(self, engine_id: bytes) -> None:
        config.add_v3_user(
            self._engine,
            self._user,
            self._auth,
            self._auth_key,
            self._priv,
            self._priv_key,
            securityEngineId=v2c.OctetString(engine_id),
            authKeyType=config.USM_KEY_TYPE_MASTER,
            privKeyType=config.USM_KEY_TYPE_MASTER,
        )

    def _delete_user(self, engine_id: bytes) -> None:
        config.delete_v3_user(self._engine, self._user, v2c.OctetString(engine_id))

    def _take_from(self, said: Sender, packet: bytes, now: float) -> Varbinds | Drop | None:
        """Takes a message whose sender is its own authority. A stranger is remembered only once
        it has shown that it knows the passphrase."""
        if said.user != self._user:
            return Drop.USER
        if not 5 <= len(said.engine_id) <= 32:
            return Drop.MALFORMED
        # pysnmp believes whatever time an authenticated message tells: an old one sent again too.
        known = self._senders.get(said.engine_id)
        if known is not None and self._level > 1 and known.is_stale(said, now):
            return Drop.TIME_WINDOW
        if known is None:
            self._add_user(said.engine_id)
        taken = self._take(packet)
        if isinstance(taken, Drop):
            if known is None:
                self._delete_user(said.engine_id)
        elif known is not None:
            known.hear(said, now)
        else:
            self._senders[said.engine_id] = Timeline(said, now)
            if len(self._senders) > _MOST_ENGINES:
                oldest = next(iter(self._senders))
                del self._senders[oldest]
                self._delete_user(oldest)
        return taken

    def _take(self, packet: bytes) -> Varbinds | Drop | None:
        self._notified.clear()
        self._replied, self._drop = False, Drop.OTHER
        before = [int(counter.syntax) for _, counter in self._counters]
        try:
            self._receive(self, DOMAIN_NAME, UdpTransportAddress(("0.0.0.0", 0)), packet)  # noqa: S104
        except _DEFECTS:
            return Drop.MALFORMED
        if self._notified:
            return self._notified[0]
        for count, (drop, counter) in zip(before, self._counters, strict=True):
            if int(counter.syntax) != count:
                return drop
        return None if self._replied else self._drop

    def _process(
        self,
        engine: Any,
        model: int,
        security_model: int,
        security_name: Any,
        security_level: int,
        context_engine_id: Any,
        context_name: Any,
        pdu_version: Any,
        pdu: Any,
        largest_response: Any,
        state: Any,
    ) -> None:
        """pysnmp's application: called with what it has authenticated. That alone is not enough:
        it lets a user with a passphrase come without using it."""
        if int(security_level) < self._level:
            self._drop = Drop.SECURITY_LEVEL
            return
        notification = rfc2576.v1_to_v2(pdu) if model == 0 else pdu
        varbinds = v2c.apiPDU.get_varbinds(notification)
        if pdu.tagSet in rfc3411.CONFIRMED_CLASS_PDUS:
            response = v2c.apiPDU.get_response(pdu)
            v2c.apiPDU.set_varbinds(response, varbinds)
            engine.message_dispatcher.return_response_pdu(
                engine, model, security_model, security_name, security_level, context_engine_id,
                context_name, pdu_version, response, largest_response, state, {},
            )  # fmt: skip
        self._notified.append(
            tuple((str(oid), printable(value)) for oid, value in varbinds[:_MOST_VARBINDS])
        )


def receiver(
    credential: SnmpCredential, engine_id: bytes, reply: Callable[[bytes], None]
) -> Receiver | None:
    """A receiver, None where its MIBs cannot be read now."""
    try:
        return Receiver(credential, engine_id, reply)
    except (OSError, PySnmpError):
        return None


def printable(value: Any) -> str:
    """A value as a person reads it: text where it is text, else 0x…; cut at 256 characters."""
    if not isinstance(value, v2c.OctetString) or isinstance(value, v2c.IpAddress):
        text = str(value.prettyPrint())
    else:
        octets = bytes(value)
        try:
            text = octets.decode()
        except UnicodeDecodeError:
            text = ""
        if not text.isprintable() or (octets and not text):
            text = "0x" + octets.hex()
    return text[:_MOST_CHARACTERS]


def _nothing(*_: object) -> None:
    pass
