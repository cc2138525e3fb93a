"""SNMPv3 towards one target, with the user-based security model (RFC 3414)."""

from __future__ import annotations

import hmac
from collections.abc import Container

from collector.errors import AbandonedError, MalformedError, QuestionError, RefusedError
from collector.failure import Failure
from collector.refusal import Refusal
from collector.snmp import ber, message, secured
from collector.snmp.authority import Authority
from collector.snmp.envelope import Envelope
from collector.snmp.keys import Keyring
from collector.snmp.message import Pdu
from collector.snmp.room import Room
from collector.snmp.secured import AUTH, PRIV, REPORTABLE, Secured
from collector.snmp.session import Halves
from collector.snmp.stats import SnmpStats
from collector.snmp.target import Target

MOST_ENVELOPES = 4
SHORTEST_PASSPHRASE = 8  # RFC 3414 §11.2
DISCOVERY = message.encode_pdu(message.GET, ())
NOTHING = ber.encode(ber.OCTET_STRING, b"")

USM_STATS = ber.encode_oid((1, 3, 6, 1, 6, 3, 15, 1, 1))
NOT_IN_TIME, UNKNOWN_ENGINE = "usmStatsNotInTimeWindows", "usmStatsUnknownEngineIDs"
UNKNOWN_CONTEXT = "snmpUnknownContexts"
REPORTS = {
    USM_STATS + b"\x01": "usmStatsUnsupportedSecLevels",
    USM_STATS + b"\x02": NOT_IN_TIME,
    USM_STATS + b"\x03": "usmStatsUnknownUserNames",
    USM_STATS + b"\x04": UNKNOWN_ENGINE,
    USM_STATS + b"\x05": "usmStatsWrongDigests",
    USM_STATS + b"\x06": "usmStatsDecryptionErrors",
    ber.encode_oid((1, 3, 6, 1, 6, 3, 12, 1, 5)): UNKNOWN_CONTEXT,
}
ADVICE = {
    "usmStatsUnsupportedSecLevels": "the agent does not allow user {user!r} this security level",
    "usmStatsUnknownUserNames": "the agent knows no user {user!r}",
    "usmStatsWrongDigests": "wrong authentication passphrase or protocol for user {user!r}",
    "usmStatsDecryptionErrors": "wrong privacy passphrase or protocol for user {user!r}",
    UNKNOWN_CONTEXT: "the agent knows no context {context!r}; check the credential's context",
}


class UsmSession:
    """A `Session`; the payload is the scoped PDU in plain text.

    Engine id, boots and time come at first from a report that anybody could have sent, and serve
    only to ask again; they are kept (`_trusted`) when a message that they explain has been
    authenticated. Until then `_candidate` holds them.
    """

    __slots__ = (
        "_candidate", "_context", "_envelopes", "_keyring", "_level", "_stats", "_trusted", "_user",
        "room", "target",
    )  # fmt: skip

    bulk = True

    def __init__(self, target: Target, keyring: Keyring, stats: SnmpStats) -> None:
        check(target)
        credential = target.credential
        self.target = target
        self.room = Room()
        self._keyring = keyring
        self._stats = stats
        self._user = credential.username.encode()
        self._context = credential.context.encode()
        self._level = (AUTH if credential.auth_protocol else 0) | (
            PRIV if credential.priv_protocol else 0
        )
        self._trusted: Authority | None = None
        self._candidate: Authority | None = None
        self._envelopes: dict[int, Envelope] = {}  # by length of the packet

    def prepare(self, pdu: Halves) -> Halves:
        return pdu

    def seal(self, prepared: Halves, request_id: bytes, now: float) -> bytes:
        authority = self._candidate or self._trusted
        if authority is None:
            scoped = ber.encode(
                ber.SEQUENCE, NOTHING + NOTHING + DISCOVERY[0] + request_id + DISCOVERY[1]
            )
            parts = secured.write_secured(request_id, REPORTABLE, (b"", 0, 0, b""), 0, b"", scoped)
            return b"".join(parts)
        data = ber.encode(
            ber.SEQUENCE,
            authority.scope + prepared[0] + request_id + prepared[1],
        )
        boots, time, salt = authority.boots, authority.now(now), b""
        if authority.privacy is not None:
            data, salt = authority.privacy.encrypt(data, boots, time)
            data = ber.encode(ber.OCTET_STRING, data)
        mac = authority.mac
        length = mac.length if mac else 0
        before, after = secured.write_secured(
            request_id,
            self._level | REPORTABLE,
            (authority.engine_id, boots, time, self._user),
            length,
            salt,
            data,
        )
        code = mac(before, bytes(length), after) if mac else b""
        return before + code + after

    def lost(self) -> None:
        self._candidate = None

    def suspicion(self) -> str | None:
        """Agents drop what they cannot decrypt, or is for a context that they do not know, many
        without a report."""
        if self._trusted is None and self._candidate is not None:
            credential = self.target.credential
            doubtful = ["priv_passphrase"] if credential.priv_protocol else []
            if credential.context:
                doubtful.append(f"context {credential.context!r}")
            check = " and ".join(doubtful) or "username"
            user = credential.username
            return f"tells its engine id, but gives user {user!r} no answer; check {check}"
        return None

    def open(self, packet: bytes, ids: Container[bytes], now: float) -> bytes | None:
        envelope = self._envelopes.get(len(packet))
        known = envelope.open(packet) if envelope else None
        heard = known or secured.read_secured(packet)
        if heard.message_id not in ids:
            raise RefusedError(Refusal.REQUEST_ID, "answered with another message id")
        if not heard.flags & AUTH:
            return self._open_unauthenticated(packet, heard, now)
        authority = self._authority(heard)
        self._check_mac(packet, heard, authority)
        payload = packet[heard.data_at : heard.data_end]
        if heard.flags & PRIV:
            if authority.privacy is None:
                raise RefusedError(Refusal.SECURITY_LEVEL, "encrypted, which was not asked for")
            payload = authority.privacy.decrypt(payload, heard.salt, heard.boots, heard.time)
            report = None if is_answer(payload, authority.scope) else decrypted_report(payload)
        else:
            report = report_in(payload)
        # A report to our random message id is fresh whatever time it tells, and agents that lose
        # their boots in a power cut would otherwise stay refused for as long as they were up.
        fresh = report == NOT_IN_TIME
        if not fresh and not authority.in_window(heard.boots, heard.time, now):
            raise RefusedError(Refusal.TIME_WINDOW, "authentic, but of another time")
        self._trust(authority)
        if fresh:
            self._count(NOT_IN_TIME)
            authority.set_clock(heard.boots, heard.time, now)
            return None
        if report is not None:
            self._count(report)
            raise AbandonedError(Failure.AUTHENTICATION, self._advice(report))
        if heard.flags & (AUTH | PRIV) != self._level:
            raise RefusedError(
                Refusal.SECURITY_LEVEL, "answered in plain text where that is not allowed"
            )
        if known is None and len(heard.message_id) == 4:
            if len(self._envelopes) >= MOST_ENVELOPES:
                self._envelopes.clear()
            self._envelopes[len(packet)] = Envelope(packet, heard)
        return payload

    def read(self, payload: bytes) -> Pdu:
        engine_id, context, start, stop = secured.read_scope(payload)
        if (
            context != self._context
            or self._trusted is None
            or engine_id != self._trusted.context_engine
        ):
            raise RefusedError(Refusal.CONTEXT, "answered for another context")
        return message.read_pdu(payload, start, stop)

    def _authority(self, heard: Secured) -> Authority:
        """The engine that a message is from. Raises RefusedError."""
        for authority in (self._candidate, self._trusted):
            if authority is not None and authority.engine_id == heard.engine_id:
                if heard.user != self._user:
                    raise RefusedError(Refusal.USER, "answered for another user")
                return authority
        raise RefusedError(Refusal.ENGINE, "answered by another engine")

    def _check_mac(self, packet: bytes, heard: Secured, authority: Authority) -> None:
        mac = authority.mac
        if mac is None:
            raise RefusedError(Refusal.SECURITY_LEVEL, "authenticated, which was not asked for")
        if len(heard.mac) != mac.length:
            raise RefusedError(Refusal.MAC_MISSING, "answered without a full MAC")
        code = mac(packet[: heard.mac_at], bytes(mac.length), packet[heard.mac_at + mac.length :])
        if not hmac.compare_digest(code, heard.mac):
            raise RefusedError(
                Refusal.MAC_WRONG, "answered with a wrong MAC", Failure.AUTHENTICATION
            )

    def _trust(self, authority: Authority) -> None:
        if authority is self._candidate:
            self._trusted, self._candidate = authority, None

    def _open_unauthenticated(self, packet: bytes, heard: Secured, now: float) -> bytes | None:
        """A report, or an answer if no more was asked for. Only the id of an unknown engine is
        used, to ask there; whatever else a report says counts when the time to answer is over."""
        payload = packet[heard.data_at : heard.data_end]
        report = report_in(payload)
        if report is None:
            if self._level:
                raise RefusedError(Refusal.MAC_MISSING, "answered without authentication")
            self._trust(self._authority(heard))
            return payload
        self._count(report)
        if report == UNKNOWN_ENGINE and heard.engine_id:
            known = self._candidate or self._trusted
            if known is not None and known.engine_id == heard.engine_id:
                raise RefusedError(Refusal.ENGINE, "denies the engine id that it tells")
            self._candidate = Authority(heard.engine_id, self.target.credential, self._keyring)
            self._candidate.set_clock(heard.boots, heard.time, now)
            return None
        # Whoever knows no context has authenticated the request first, and would so its report.
        if report in ADVICE and not (report == UNKNOWN_CONTEXT and self._level):
            raise RefusedError(
                Refusal.REPORT, self._advice(report), Failure.AUTHENTICATION, final=True
            )
        raise RefusedError(Refusal.REPORT, f"unauthenticated report {report}")

    def _count(self, report: str) -> None:
        self._stats.reports[report] = self._stats.reports.get(report, 0) + 1

    def _advice(self, report: str) -> str:
        credential = self.target.credential
        return ADVICE.get(report, "the agent reports {report}").format(
            user=credential.username, context=credential.context, report=report
        )


def check(target: Target) -> None:
    """Raises QuestionError for a credential that makes no security level."""
    credential = target.credential
    where = f"{target.node}: SNMP credential {credential.id!r}"
    if not credential.username:
        raise QuestionError(f"{where} is for version 3 and needs a username")
    if credential.priv_protocol and not credential.auth_protocol:
        raise QuestionError(f"{where} has privacy but no auth_protocol; add one")
    for protocol, passphrase, name in (
        (credential.auth_protocol, credential.auth_passphrase, "auth_passphrase"),
        (credential.priv_protocol, credential.priv_passphrase, "priv_passphrase"),
    ):
        if protocol and len(passphrase) < SHORTEST_PASSPHRASE:
            raise QuestionError(f"{where} needs {name} of {SHORTEST_PASSPHRASE} characters or more")


def is_answer(payload: bytes, scope: bytes) -> bool:
    """Whether a payload is plainly a response in this scope; a False must be looked into."""
    at = 2 if payload[1:2] < b"\x80" else 2 + (payload[1] & 0x7F)
    return payload.startswith(scope, at) and payload[at + len(scope) :][:1] == b"\xa2"


def decrypted_report(payload: bytes) -> str | None:
    """As `report_in`, but RefusedError for what cannot have been encrypted with our key."""
    try:
        return report_in(payload)
    except MalformedError:
        raise RefusedError(
            Refusal.DECRYPTION, "cannot be decrypted; check priv_passphrase", Failure.AUTHENTICATION
        ) from None


def report_in(payload: bytes) -> str | None:
    """The name (or OID) of the counter that a scoped PDU reports, None if it is no report."""
    _, _, at, end = secured.read_scope(payload)
    if at >= end or payload[at] != message.REPORT:
        return None
    binds = message.read_pdu(payload, at, end).binds
    if not binds:
        return "nothing"
    oid = ber.parent(binds[0][0])
    return REPORTS.get(oid) or ber.format_oid(ber.decode_oid(binds[0][0]))
