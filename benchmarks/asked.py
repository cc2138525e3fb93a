"""What `/snmp` is asked in its measurement, in the format of snmp_exporter 0.21."""

from __future__ import annotations

from typing import Any

from benchmarks.agents import PASSPHRASE, PRIV_PASSPHRASE, PRIVATE, module

PUBLIC_AUTH = {"version": 2, "auth": {"community": "public"}}
PRIVATE_AUTH = {
    "version": 3,
    "auth": {
        "username": PRIVATE.username,
        "security_level": "authPriv",
        "password": PASSPHRASE,
        "auth_protocol": "SHA",
        "priv_protocol": "AES",
        "priv_password": PRIV_PASSPHRASE,
    },
}
IF_TABLE = [
    "Index",
    "Descr",
    "Type",
    "Mtu",
    "Speed",
    "PhysAddress",
    "AdminStatus",
    "OperStatus",
    "LastChange",
    "InOctets",
    "InUcastPkts",
    "InNUcastPkts",
    "InDiscards",
    "InErrors",
    "InUnknownProtos",
    "OutOctets",
    "OutUcastPkts",
    "OutNUcastPkts",
    "OutDiscards",
    "OutErrors",
    "OutQLen",
]
IF_X_TABLE = [
    "Name",
    "InMulticastPkts",
    "InBroadcastPkts",
    "OutMulticastPkts",
    "OutBroadcastPkts",
    "HCInOctets",
    "HCInUcastPkts",
    "HCInMulticastPkts",
    "HCInBroadcastPkts",
    "HCOutOctets",
    "HCOutUcastPkts",
    "HCOutMulticastPkts",
    "HCOutBroadcastPkts",
    "LinkUpDownTrapEnable",
    "HighSpeed",
    "PromiscuousMode",
    "ConnectorPresent",
    "Alias",
    "CounterDiscontinuityTime",
]
IF_INDEX = [{"labelname": "ifIndex", "type": "gauge"}]
LOOKUPS = [
    {"labels": ["ifIndex"], "labelname": name, "oid": oid, "type": "DisplayString"}
    for name, oid in (
        ("ifAlias", "1.3.6.1.2.1.31.1.1.1.18"),
        ("ifDescr", "1.3.6.1.2.1.2.2.1.2"),
        ("ifName", "1.3.6.1.2.1.31.1.1.1.1"),
    )
]


def modules() -> dict[str, dict[str, Any]]:
    """`scalars` is ten values; `v2c` and `v3` are 82 of six interfaces; `if_mib` is the one that
    snmp_exporter publishes."""
    scalars = [metric(m.name, m.oid, m.type) for m in module().metrics if not m.indexes]
    columns = [
        metric(m.name, m.oid, m.type, indexes=IF_INDEX) for m in module().metrics if m.indexes
    ]
    gets, walks = list(module().get), list(module().walk)
    whole = {"get": gets, "walk": walks, "metrics": scalars + columns}
    return {
        "scalars": {"get": gets, "metrics": scalars} | PUBLIC_AUTH,
        "v2c": whole | PUBLIC_AUTH,
        "v3": whole | PRIVATE_AUTH,
        "if_mib": if_mib() | PUBLIC_AUTH,
    }


def if_mib() -> dict[str, Any]:
    """Both tables of the interfaces whole, with name, alias and description as labels."""
    tables = (("1.3.6.1.2.1.2.2.1", IF_TABLE), ("1.3.6.1.2.1.31.1.1.1", IF_X_TABLE))
    columns = [
        metric(f"if{name}", f"{table}.{n}", type_of(name), indexes=IF_INDEX, lookups=LOOKUPS)
        for table, names in tables
        for n, name in enumerate(names, 1)
    ]
    return {
        "get": ["1.3.6.1.2.1.1.3.0"],
        "walk": ["1.3.6.1.2.1.2", "1.3.6.1.2.1.31.1.1"],
        "metrics": [
            metric("sysUpTime", "1.3.6.1.2.1.1.3", "gauge"),
            metric("ifNumber", "1.3.6.1.2.1.2.1", "gauge"),
            *columns,
        ],
    }


def metric(name: str, oid: str, type_: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "oid": oid, "type": type_, "help": f"{name} - {oid}", **more}


def type_of(name: str) -> str:
    """The type of an object of IF-MIB, by its name."""
    if name == "PhysAddress":
        return "PhysAddress48"
    if name in ("Descr", "Name", "Alias"):
        return "DisplayString"
    return "counter" if name.endswith(("Octets", "Pkts", "Errors", "Discards")) else "gauge"
