"""A module: what to ask a kind of device and how to name the answers (snmp_exporter's words)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from configs.credentials import SnmpCredential, Version

# What the loader demands of a file; in the program these are plain str.
STRICT = ConfigDict(extra="forbid")

# Not \d, which is the digits of every script, at a megabyte a field.
OID_PATTERN = r"^[0-9]{1,10}(\.[0-9]{1,10}){0,127}$"
MAX_SUBID = 2**32 - 1
TYPES = (
    "gauge",
    "counter",
    "Float",
    "Double",
    "OctetString",
    "DisplayString",
    "PhysAddress48",
    "InetAddress",
    "InetAddressIPv4",
    "InetAddressIPv6",
    "InetAddressMissingSize",
    "IpAddr",
    "LldpPortId",
    "DateAndTime",
    "ParseDateAndTime",
    "NTPTimeStamp",
    "Bits",
    "EnumAsInfo",
    "EnumAsStateSet",
)


def encodable(text: str) -> str:
    """`text` when it is an OID that a message can carry (X.690 §8.19.4, RFC 2578 §3.5)."""
    arcs = [int(arc) for arc in text.split(".")]
    if arcs[0] > 2 or (arcs[0] < 2 and max(arcs[1:2], default=0) > 39) or max(arcs) > MAX_SUBID:
        raise PydanticCustomError("oid", "not an OID")
    return text


def known_type(text: str) -> str:
    """`text` when it is one of snmp_exporter's types."""
    if text not in TYPES:
        raise PydanticCustomError("metric_type", "not a type", {"choices": TYPES})
    return text


Oid: TypeAlias = Annotated[str, Field(pattern=OID_PATTERN), AfterValidator(encodable)]
Type: TypeAlias = Annotated[str, AfterValidator(known_type)]


@dataclass(frozen=True, slots=True)
class Index:
    """One part of a table's index: `type` as in snmp_exporter (gauge, InetAddress, ...).

    `fixed_size`: octets of a text that always has as many, else 0; `implied`: the last part, a
    text that is not led by its length (RFC 2578 §7.7).
    """

    __pydantic_config__ = STRICT

    labelname: str
    type: Type
    fixed_size: int = 0
    implied: bool = False
    enum_values: dict[int, str] = field(default_factory=dict)
    display_hint: str = ""


@dataclass(frozen=True, slots=True)
class Lookup:
    """A label read from another column of the same table: `labels` are the index parts that
    select its row. Without `labels` (and `oid`) the label is dropped."""

    __pydantic_config__ = STRICT

    labels: tuple[str, ...]
    labelname: str
    oid: Oid = ""
    type: Type = ""
    enum_values: dict[int, str] = field(default_factory=dict)
    display_hint: str = ""


@dataclass(frozen=True, slots=True)
class RegexExtract:
    """A number taken out of a text: `value` may refer to groups of `regex`, which has to match
    the whole text."""

    __pydantic_config__ = STRICT

    regex: str
    value: str = "$1"


@dataclass(frozen=True, slots=True)
class Metric:
    """A column (with `indexes`) or a scalar (without; in our own modules `oid` then ends in its
    instance, `.0`, in published ones it is often left out).

    A value is multiplied by `scale`, then `offset` is added. `regex_extracts`: by the suffix of
    the metric's name, the first that matches counts. `datetime_pattern`: strptime's words.
    """

    __pydantic_config__ = STRICT

    name: str
    oid: Oid
    type: Type
    help: str = ""
    indexes: tuple[Index, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    enum_values: dict[int, str] = field(default_factory=dict)
    regex_extracts: dict[str, tuple[RegexExtract, ...]] = field(default_factory=dict)
    datetime_pattern: str = ""
    scale: float = 1.0
    offset: float = 0.0
    display_hint: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """Only rows of `targets` whose value in the column `oid` is one of `values` are asked for."""

    __pydantic_config__ = STRICT

    oid: Oid
    targets: tuple[Oid, ...] = ()
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Module:
    """OIDs are dotted decimals without a leading dot. `walk`: subtrees; `get`: instances.

    What is None is left to the daemon's own settings. `version` and `auth` come only from files
    in the format of snmp_exporter 0.21 and older.
    """

    name: str
    walk: tuple[str, ...]
    get: tuple[str, ...]
    metrics: tuple[Metric, ...]
    filters: tuple[Filter, ...] = ()
    max_repetitions: int | None = None
    retries: int | None = None
    timeout_s: float | None = None
    allow_nonincreasing_oids: bool = False
    use_unconnected_udp_socket: bool = False
    version: Version | None = None
    auth: SnmpCredential | None = None
