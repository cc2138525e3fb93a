"""Pieces of a nation that are the same wherever they stand: drift, interfaces, vital signs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from exporters.schema.network import DriftOut
from exporters.schema.node import InterfaceOut, VitalOut
from exporters.schema.planned import MaintenanceOut, SilenceOut

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)  # noon in Vietnam


def drift() -> list[DriftOut]:
    """One of each kind, and two that were decided upon."""

    def one(key: str, kind: str, a: str, b: str = "", **more: object) -> DriftOut:
        (a, _, a_port), (b, _, b_port) = a.partition(" "), b.partition(" ")
        told: dict[str, object] = {
            "key": key, "kind": kind, "link": "", "a": a, "a_port": a_port, "b": b,
            "b_port": b_port, "declared_a_port": "", "declared_b_port": "", "stranger": "",
            "sources": ["lldp"], "confidence": 0.9975, "seen_at": NOON - timedelta(minutes=12),
            "in_graph": kind == "undeclared", "verdict": "", "author": "", "comment": "",
            "decided_at": None,
        }  # fmt: skip
        return DriftOut.model_validate(told | more)

    unseen: dict[str, object] = {"sources": [], "confidence": None, "seen_at": None}
    decided: dict[str, object] = {"author": "Nguyễn Thị Lan", "decided_at": NOON}
    return [
        one("1", "undeclared", "hub-lao-cai-r1 Gi0/0/9", "hub-lai-chau-r1 Gi0/0/9"),
        one("2", "disagreeing", "dc-hn-core1 TenGigE0/0/0/7", "hub-lao-cai-r2 Gi0/0/1",
            link="dc-hn-core1--hub-lao-cai-r2", declared_a_port="TenGigE0/0/0/3",
            declared_b_port="Gi0/0/1", sources=["lldp", "ospf"]),
        one("3", "unseen", "hub-lai-chau-r1 eth3", "cpe-03388 Gi0/0/0",
            link="hub-lai-chau-r1--cpe-03388", **unseen),
        one("4", "stranger", "cpe-03391 ether4", stranger="máy in tầng 2", confidence=None,
            seen_at=None),
        one("5", "undeclared", "dc-hn-srv1 eth7", "dc-hn-srv2 eth7", verdict="accepted",
            seen_at=NOON - timedelta(hours=30), **decided),
        one("6", "undeclared", "cpe-03394 Gi0/1", "cpe-03397 Gi0/1", verdict="rejected",
            sources=["cdp"], confidence=0.95, **decided),
    ]  # fmt: skip


def windows() -> list[MaintenanceOut]:
    """About to end, with many targets; coming; ended; called off before it began."""

    def one(id_: int, starts_min: float, ends_min: float, sites: int, author: str, comment: str,
            **targets: str) -> MaintenanceOut:  # fmt: skip
        return MaintenanceOut(
            id=id_, targets=[target.replace("__", ":") for target in targets],
            names=list(targets.values()), sites=sites, author=author, comment=comment,
            starts=NOON + timedelta(minutes=starts_min), ends=NOON + timedelta(minutes=ends_min),
        )  # fmt: skip

    return [
        one(
            1,
            -50,
            7.5,
            100,
            "Nguyễn Thị Lan",
            "Thay bộ nguồn dự phòng của tủ mạng, có kỹ thuật viên VNPT tại chỗ đến khi xong việc",
            **{
                "site__hub-lao-cai": "Trung tâm Lào Cai",
                "group__duct-3": "Cống bể quốc lộ 4D",
                "link__l-1": "Bộ định tuyến lõi 1 – Bộ định tuyến 2 Lào Cai",
                "node__hub-son-la-r1": "Bộ định tuyến 1 Sơn La",
                "province__hue": "Thành phố Huế",
            },
        ),
        one(2, 600, 60 * 24 * 5, 1, "Trần Văn Đức", "Chuyển trụ sở", site__c02680="Xã Bảo Nhai"),
        one(3, -300, -12, 1, "Trần Văn Đức", "Nâng cấp phần mềm", site__c32044="Xã Cái Nước"),
        one(4, 90, -90, 42, "Lê Hoàng", "", **{"province__nghe-an": "Tỉnh Nghệ An"}),
    ]


def silences() -> list[SilenceOut]:
    """One of an outage, one of all warnings of a province."""
    told = (
        (1, {"outage": "cut-lao-cai"}, {"outage": "Trung tâm Lào Cai"}, 1, "Đã gọi điện lực"),
        (2, {"province": "ca-mau", "severity": "warning"},
         {"province": "Tỉnh Cà Mau", "severity": "warning"}, 0, "Bão số 5"),
    )  # fmt: skip
    return [
        SilenceOut(
            id=id_, matchers=matchers, names=names, outages=outages, comment=comment,
            author="Nguyễn Thị Lan", starts=NOON - timedelta(hours=1),
            ends=NOON + timedelta(hours=id_),
        )
        for id_, matchers, names, outages, comment in told
    ]  # fmt: skip


def vitals() -> list[VitalOut]:
    """A router's: a fan that does not turn, a processor, memory in bytes."""
    told: list[tuple[str, str, float | None, str, bool | None]] = [
        ("sensor_temperature_celsius", "Intake temperature", 41.5, "", True),
        ("sensor_fan_speed_rpm", "Fan 1", 0.0, "", False),
        ("sensor_voltage_volts", "Nguồn 12 V", 12.03, "", None),
        ("sensor_state", "Power supply 2", 3.0, "notPresent", None),
        ("sensor_power_watts", "Power supply 1", None, "", None),
        ("cpu_usage_ratio", "CPU", 0.37, "", None),
        ("memory_used_ratio", "Processor pool", 0.61, "", None),
        ("memory_used_bytes", "Processor pool", 1.21e9, "", None),
        ("memory_size_bytes", "Processor pool", 1.98e9, "", None),
    ]
    return [
        VitalOut(
            metric=f"wanwatch_{metric}",
            oid="1.3.6.1.4.1.9.1",
            name=name,
            value=value,
            state=state,
            ok=ok,
        )
        for metric, name, value, state, ok in told
    ]


def interface(index: int) -> InterfaceOut:
    wan = index == 1
    up = index != 4
    return InterfaceOut(
        if_index=index, name=f"GigabitEthernet0/0/{index - 1}",
        alias="WAN về trung tâm tỉnh" if wan else "", speed_bps=50e6 if wan else 1e9,
        admin_status="up", oper_status="up" if up else "down",
        in_bps=(38e6 if wan else 2e6 * index) if up else 0.0,
        out_bps=(6.1e6 if wan else 1.4e6 * index) if up else 0.0,
        in_errors_per_s=0.0, out_errors_per_s=0.3 if index == 3 else 0.0,
        in_discards_per_s=0.0, out_discards_per_s=0.0,
    )  # fmt: skip
