"""Reads a device whole, in order, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from collector.errors import MalformedError, SnmpError
from collector.recording.line import line
from collector.snmp import ber
from collector.snmp.engine import SnmpEngine
from collector.snmp.page import ENDLESS, Row
from collector.snmp.target import Target

# LLDP and what else IEEE 802.1 keeps below ISO's arcs, the internet with all enterprises.
ROOTS = ("1.0.8802", "1.2.840", "1.3.6", "1.3.111")
# What holds nothing but credentials (SNMP-COMMUNITY-MIB) is never recorded.
SECRET = ber.encode_oid(ber.parse_oid("1.3.6.1.6.3.18.1"))
SYS_UPTIME = "1.3.6.1.2.1.1.3.0"
MOST_TOLD = 100
MOST_OBJECTS = 10_000_000  # an agent that makes rows up as it is asked for them has no end
SPELT = 4  # octets from which on a community is found in an OID, and not by chance
HIDDEN = b"*"


@dataclass(frozen=True, slots=True)
class Gap:
    """What could not be read: `oid` is where, or behind which; `reason` is why."""

    oid: str
    reason: str


@dataclass(slots=True)
class Tally:
    """How it went; `gone` when the device stopped answering altogether, `enough` when it had no
    end; `gaps` are the first `MOST_TOLD`."""

    objects: int = 0
    pages: int = 0
    gone: bool = False
    enough: bool = False
    gaps: list[Gap] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        return not self.gone and not self.gaps


class Recorder:
    """`put` takes each row and its line, `told` is called after each page."""

    def __init__(
        self,
        engine: SnmpEngine,
        target: Target,
        put: Callable[[Row, bytes], object],
        told: Callable[[Tally], object] = lambda tally: None,
        most: int = MOST_OBJECTS,
    ) -> None:
        self.tally = Tally()
        self._engine = engine
        self._target = target
        self._put = put
        self._told = told
        self._most = most
        self._community = target.credential.community.encode()
        spelt = ber.encode_subids(self._community)
        self._spelt = spelt if len(spelt) >= SPELT else SECRET

    async def record(self, roots: Sequence[bytes]) -> Tally:
        """Reads these subtrees, which must be in order. Raises AddressError and QuestionError."""
        for root in roots:
            await self._subtree(root)
            if self.tally.gone or self.tally.enough:
                break
        return self.tally

    async def _subtree(self, root: bytes) -> None:
        after, most = root, ENDLESS
        while after:
            try:
                page = await self._engine.page(self._target, root, after, most)
            except SnmpError as error:
                if most == 1:
                    after = await self._beyond(root, after, error)
                most = 1  # what one row spoils must not cost the others
                continue
            most = min(most * 2, ENDLESS)
            for row in page.rows:
                self._take(row)
            self.tally.pages += 1
            self._told(self.tally)
            if self.tally.objects >= self._most:
                self._gap(ber.format_oid(ber.decode_oid(after)), f"{self._most} objects are enough")
                self.tally.enough = True
                return
            after = b"" if page.done else page.rows[-1].oid

    async def _beyond(self, root: bytes, after: bytes, error: SnmpError) -> bytes:
        """Where to go on when a page is not to be had, empty for nowhere: behind the row's
        siblings, and while that fails again behind those of its parent, and so on."""
        ids = ber.decode_oid(after)
        self._gap(ber.format_oid(ids), error.detail)
        try:
            await self._engine.get(self._target, [SYS_UPTIME])
        except SnmpError:
            self.tally.gone = True
            return b""
        above = ids[:-2] if ids[-1] == ber.MAX_SUBID else ids[:-1]
        if len(above) <= len(ber.decode_oid(root)):
            return b""
        return ber.encode_oid((*above, ber.MAX_SUBID))

    def _take(self, row: Row) -> None:
        if row.oid.startswith(SECRET) or self._spelt in row.oid:
            return
        if self._community and row.tag == ber.OCTET_STRING:
            blank = HIDDEN * len(self._community)
            row = row._replace(content=row.content.replace(self._community, blank))
        try:
            text = line(row)
        except MalformedError as error:
            self._gap(ber.format_oid(ber.decode_oid(row.oid)), str(error))
            return
        if text is not None:
            self.tally.objects += 1
            self._put(row, text)

    def _gap(self, oid: str, reason: str) -> None:
        if len(self.tally.gaps) < MOST_TOLD:
            self.tally.gaps.append(Gap(oid, reason))


def in_order(roots: Iterable[str]) -> list[bytes]:
    """OIDs in dotted decimals as content octets, in order, without those inside of another. Raises
    ValueError for one that is none."""
    found: list[ber.Oid] = []
    for oid in sorted(map(ber.parse_oid, roots)):
        if not found or oid[: len(found[-1])] != found[-1]:
            found.append(oid)
    return [ber.encode_oid(oid) for oid in found]
