"""What a device's metric is: a gauge or a counter of a width, and whether its past is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from configs.module import Module

GAUGE = 0

# IF-MIB, RFC 2863; for some of them the name alone does not tell the width.
_COUNTED = ("Octets", "UcastPkts", "NUcastPkts", "MulticastPkts", "BroadcastPkts")
_IF_COUNTERS = {
    f"if{high}{way}{what}": 64 if high else 32
    for way in ("In", "Out")
    for high, counted in (
        ("HC", _COUNTED),
        ("", (*_COUNTED, "Errors", "Discards", "UnknownProtos")),
    )
    for what in counted
}

# An hour of everything is 163 MB and mostly constants: only what a person looks back at.
KEPT = frozenset(
    {"ifHCInOctets", "ifHCOutOctets", "ifInOctets", "ifOutOctets", "ifInErrors", "ifOutErrors"}
    | {"ifOperStatus"}
    | {"entPhySensorValue", "hrProcessorLoad", "hrStorageUsed"}
    | {f"wanwatch_{what}_ratio" for what in ("cpu_usage", "memory_used", "storage_used")}
    | {f"wanwatch_sensor_{what}" for what in ("temperature_celsius", "load_ratio", "charge_ratio")}
)

# An octet counter of the 32-bit table says nothing that its 64-bit twin does not.
TWINS = {"ifInOctets": "ifHCInOctets", "ifOutOctets": "ifHCOutOctets"}


@dataclass(frozen=True, slots=True)
class Kinds:
    """`widths`: bits of each counter; a metric that is not in it is a gauge.

    `kept`: metrics whose history is kept, counters as rates per second.
    """

    widths: Mapping[str, int]
    kept: frozenset[str] = KEPT


def kinds_of(modules: Iterable[Module] = (), kept: frozenset[str] = KEPT) -> Kinds:
    """The kinds of IF-MIB's metrics and of those that `modules` declare as counters. A module
    does not tell widths; a name with HC or 64 in it is taken for 64 bits, others for 32."""
    widths = {
        metric.name: 64 if "HC" in metric.name or "64" in metric.name else 32
        for module in modules
        for metric in module.metrics
        if metric.type == "counter"
    }
    return Kinds(widths | _IF_COUNTERS, kept)


IF_MIB = kinds_of()
