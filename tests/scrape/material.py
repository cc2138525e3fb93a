"""A device that answers from memory, and small modules to ask it by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from collector.errors import SnmpTimeoutError
from collector.modules.request import Request
from collector.snmp import ber
from collector.snmp.engine import Found
from collector.snmp.repeat import Steps
from collector.snmp.target import Target
from configs.module import Index, Lookup, Metric, Module

UPTIME, DESCR, OCTETS = "1.3.6.1.2.1.1.3", "1.3.6.1.2.1.2.2.1.2", "1.3.6.1.2.1.2.2.1.10"


def octets(oid: str) -> bytes:
    return ber.encode_oid(ber.parse_oid(oid))


VALUES: dict[bytes, ber.Value] = {
    octets(f"{UPTIME}.0"): 4711,
    octets(f"{DESCR}.1"): b"lo",
    octets(f"{DESCR}.2"): 'Gi0/1 "Hà Nội"'.encode(),
    octets(f"{OCTETS}.1"): 2**53 + 5,
    octets(f"{OCTETS}.2"): 200,
}
INTERFACES = Module(
    "if_mib",
    walk=(DESCR, OCTETS),
    get=(f"{UPTIME}.0",),
    metrics=(
        Metric("sysUpTime", UPTIME, "gauge", "Hundredths of a second."),
        Metric(
            "ifInOctets",
            OCTETS,
            "counter",
            "Octets received.",
            indexes=(Index("ifIndex", "gauge"),),
            lookups=(Lookup(("ifIndex",), "ifDescr", DESCR, "DisplayString"),),
        ),
    ),
)
SILENT = Module("silent", walk=("1.3.6.1.4.1.9",), get=(), metrics=())
MODULES = {module.name: module for module in (INTERFACES, SILENT)}


@dataclass
class Device:
    """Answers every module but the silent one; `asked` are the targets it was asked as."""

    values: Mapping[bytes, ber.Value] = field(default_factory=lambda: VALUES)
    asked: list[Target] = field(default_factory=list)

    async def read(self, target: Target, request: Request, steps: Steps | None = None) -> Found:
        self.asked.append(target)
        if request.question.walks == (octets("1.3.6.1.4.1.9"),):
            raise SnmpTimeoutError(target.node, "read", "no answer to 4 requests, 5 s each")
        return Found(dict(self.values), 3, 1)
