"""A nation for the console's tests: the real names, and faults put in by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from exporters.schema.log import EventOut, OutageDetail
from exporters.schema.model import State
from exporters.schema.node import History, IdentityOut, LinkOut, NodeDetail, NodeOut
from exporters.schema.picture import (
    CoverageOut,
    OutageOut,
    ProvinceOut,
    RootOut,
    SiteOut,
    SnapshotOut,
    StreamUpdate,
)
from exporters.schema.whatif import WhatIfOut
from tests.tui.pieces import NOON, interface, vitals
from tui.letters import folded, short_name

vietnam = pytest.importorskip("vietnam_provinces", reason="needs the lab extra")

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    id: str
    name: str
    kind: str
    province: str
    code: str
    state: State = "UP"
    maintenance: bool = False


def count(places: list[Place]) -> CoverageOut:
    up = sum(place.state == "UP" for place in places)
    return CoverageOut(
        total=len(places),
        up=up,
        down=sum(place.state == "DOWN" for place in places),
        unreachable=sum(place.state == "UNREACHABLE" for place in places),
        unknown=sum(place.state == "UNKNOWN" for place in places),
        maintenance=sum(place.maintenance for place in places),
        ratio=up / len(places) if places else 0.0,
    )


@dataclass
class Nation:
    """What a daemon would know. `changed` collects what the next update has to say."""

    started_at: datetime = START
    now: datetime = NOON
    sequence: int = 1
    cut_off: bool = False
    provinces: dict[str, tuple[str, str]] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    outages: dict[str, OutageDetail] = field(default_factory=dict)
    events: list[EventOut] = field(default_factory=list)
    changed: dict[str, tuple[State, bool]] = field(default_factory=dict)
    announced: int = 1

    def set(self, site: str, state: State, *, maintenance: bool = False) -> None:
        self.places[site] = replace(self.places[site], state=state, maintenance=maintenance)
        self.changed[site] = (state, maintenance)

    def communes(self, province: str) -> list[str]:
        return [
            p.id for p in self.places.values() if p.province == province and p.kind == "commune"
        ]

    def strike(self, outage: OutageDetail, *events: str) -> None:
        self.outages[outage.id] = outage
        for text in events:
            self.say(text, outage=outage.id, site=outage.site, at=outage.since)

    def say(
        self, text: str, *, outage: str = "", site: str = "", at: datetime | None = None
    ) -> None:
        self.events.insert(
            0,
            EventOut(
                id=len(self.events) + 1, at=at or self.now, kind="plain", node="", site=site,
                outage=outage, params={}, text=text,
            ),
        )  # fmt: skip

    def cut_hub(self, province: str, minutes: float = 4.2) -> OutageDetail:
        """Takes a province's hub down, with everything behind it."""
        name = self.provinces[province][0]
        hub = f"hub-{province}"
        self.set(hub, "DOWN")
        behind = self.communes(province)
        for site in behind:
            self.set(site, "UNREACHABLE")
        detail = self.outage(
            f"cut-{province}",
            RootOut(kind="group", id=f"duct-{province}", name=f"Tuyến cáp {name}"),
            hub, minutes, down=self.nodes_of(hub), shadowed=[f"{s}-r1" for s in behind],
        )  # fmt: skip
        self.strike(detail, f"Đứt tuyến cáp {name}: {len(behind)} xã, phường bị che khuất")
        return detail

    def outage(
        self, id_: str, root: RootOut, site: str, minutes: float, *, down: list[str],
        shadowed: list[str] | None = None, severity: str = "critical", hurt: int | None = None,
        maintenance: bool = False, silenced: bool = False, confidence: float = 1.0,
        alternatives: list[RootOut] | None = None,
    ) -> OutageDetail:  # fmt: skip
        place = self.places[site]
        shadowed = shadowed or []
        return OutageDetail.model_validate(
            {
                "id": id_, "root": root, "severity": severity,
                "since": self.now - timedelta(minutes=minutes), "ended": None, "down": down,
                "shadowed_count": len(shadowed),
                "sites_hurt": 1 + len(shadowed) if hurt is None else hurt,
                "province": place.province, "province_name": self.provinces[place.province][0],
                "site": site, "site_name": place.name, "alternatives": alternatives or [],
                "confidence": confidence, "maintenance": maintenance, "silenced": silenced,
                "revision": 1, "shadowed": shadowed,
            }
        )  # fmt: skip

    def nodes_of(self, site: str) -> list[str]:
        two = self.places[site].kind in ("hub", "data_centre")
        return [f"{site}-r1", f"{site}-r2"] if two else [f"{site}-r1"]

    @staticmethod
    def name_of(node: str, place: Place) -> str:
        if place.kind == "commune":
            return f"CPE {place.name}"
        return f"Bộ định tuyến {node[-1]} {place.name.removeprefix('Trung tâm ')}"

    # The API's shapes

    def coverage(self) -> CoverageOut:
        return count(list(self.places.values()))

    def provinces_out(self) -> list[ProvinceOut]:
        members: dict[str, list[Place]] = {id_: [] for id_ in self.provinces}
        for place in self.places.values():
            members[place.province].append(place)
        return [
            ProvinceOut(id=id_, name=name, code=code, coverage=count(members[id_]))
            for id_, (name, code) in self.provinces.items()
        ]

    def outages_out(self) -> list[OutageOut]:
        return [
            OutageOut.model_validate(outage.model_dump(exclude={"shadowed"}))
            for outage in self.outages.values()
        ]

    def site_out(self, place: Place) -> SiteOut:
        return SiteOut(
            id=place.id, name=place.name, kind=place.kind, province=place.province,
            code=place.code, state=place.state, maintenance=place.maintenance,
            nodes=self.nodes_of(place.id),
        )  # fmt: skip

    def snapshot(self) -> SnapshotOut:
        return SnapshotOut(
            sequence=self.sequence, at=self.now, started_at=self.started_at, version="0.1.0",
            cut_off=self.cut_off, coverage=self.coverage(), provinces=self.provinces_out(),
            sites=[self.site_out(place) for place in self.places.values()],
            outages=self.outages_out(),
        )  # fmt: skip

    def update(self) -> StreamUpdate:
        """Moves on by a tick and says what changed since the update before."""
        previous, self.sequence = self.announced, self.sequence + 1
        self.announced = self.sequence
        states, self.changed = self.changed, {}
        return StreamUpdate(
            sequence=self.sequence, previous=previous, at=self.now, started_at=self.started_at,
            cut_off=self.cut_off, coverage=self.coverage(), provinces=self.provinces_out(),
            states=states, outages=self.outages_out(),
        )  # fmt: skip

    def nodes(self, site: str = "", province: str = "") -> list[NodeOut]:
        chosen = [
            place
            for place in ([self.places[site]] if site else self.places.values())
            if province in ("", place.province)
        ]
        return [self.node_out(node, place) for place in chosen for node in self.nodes_of(place.id)]

    def node_out(self, node: str, place: Place) -> NodeOut:
        up = place.state == "UP"
        seed = sum(map(ord, node))
        return NodeOut(
            id=node, name=self.name_of(node, place), site=place.id,
            site_name=place.name, province=place.province,
            role="cpe" if place.kind == "commune" else "hub",
            address=f"127.{seed % 200 + 1}.{seed % 83}.{seed % 250 + 1}", state=place.state,
            since=self.started_at if up else self.now - timedelta(minutes=4),
            maintenance=place.maintenance, suspected=False,
            last_seen=self.now if up else self.now - timedelta(minutes=4), looked_at=self.now,
            rtt_s=(seed % 400) / 10_000 + 0.002 if up else None,
            jitter_s=0.0004 if up else None, loss_ratio=0.0 if up else 1.0,
            failure="" if up else "timeout", outage="",
        )  # fmt: skip

    def node_detail(self, node: str) -> NodeDetail:
        place = self.places[node.rpartition("-r")[0]]
        wave = [0.004 + 0.003 * ((i * 7919) % 97) / 97 for i in range(120)]
        traffic = [2e6 + 6e6 * ((i * 104_729) % 89) / 89 * (i / 120) for i in range(120)]
        return NodeDetail(
            **self.node_out(node, place).model_dump(),
            vendor="Cisco", os="iosxe", hardware="C1111-8P", version="17.9.4a",
            serial="FGL2548L0AB", description="Cisco IOS Software [Cupertino], ISR Software",
            uptime_s=1_083_600.0, polled_at=self.now, poll_failure="",
            interfaces=[interface(i) for i in range(1, 7)], vitals=vitals(),
            identities=[
                IdentityOut(
                    first_seen=self.started_at, last_seen=self.now, vendor="Cisco", os="iosxe",
                    hardware="C1111-8P", version="17.9.4a", serial="FGL2548L0AB",
                )
            ],
            rtt_history=History(end=self.now, step_s=30, values=list(wave)),
            in_history=History(end=self.now, step_s=30, values=list(traffic)),
            out_history=History(end=self.now, step_s=30, values=[v / 5 for v in traffic]),
            links=[
                LinkOut(
                    id=f"l-{node}", a=node, b=f"hub-{place.province}-r1", a_port="Gi0/0/0",
                    b_port="Te0/1/3", carrier="Viettel", capacity_bps=50_000_000,
                )
            ],
            events=[event for event in self.events if event.site == place.id][:20],
        )  # fmt: skip

    def what_if(self, province: str) -> WhatIfOut:
        """The hub's first router fails: every third commune is cut off, a few are weakened."""
        hub, communes = f"hub-{province}", self.communes(province)
        cut, weak = communes[::3], communes[1:13:3]

        def site(id_: str) -> dict[str, str]:
            name, home = self.places[id_].name, self.provinces[province][0]
            return {"id": id_, "name": name, "province": province, "province_name": home}

        thread = {"thread": f"node:{hub}-r2", "thread_name": f"Bộ định tuyến 2 {province}"}
        return WhatIfOut.model_validate(
            {
                "failed": [f"node:{hub}-r1"],
                "cut_off": False,
                "nodes": [f"{hub}-r1", *(f"{id_}-r1" for id_ in cut)],
                "sites": [site(id_) for id_ in cut],
                "weakened": [site(id_) | thread for id_ in weak],
            }
        )


def whole_nation() -> Nation:
    """34 provinces with their hubs and 3,321 communes, and two data centres; all up."""
    nation = Nation()
    for province in vietnam.Province.iter_all():
        id_ = (
            folded(province.name).removeprefix("thanh pho ").removeprefix("tinh ").replace(" ", "-")
        )
        nation.provinces[id_] = (province.name, f"{int(province.code):02}")
        add(nation, f"hub-{id_}", f"Trung tâm {short_name(province.name)}", "hub", id_)
        for ward in vietnam.Ward.iter_by_province(province.code):
            add(nation, f"c{int(ward.code):05}", ward.name, "commune", id_)
    for i in range(1, 66):
        kind, name = (
            ("agency", "Cơ quan trung ương") if i < 45 else ("committee", "Đảng ủy trực thuộc")
        )
        add(nation, f"central-{i:02}", f"{name} {i}", kind, "ha-noi")
    add(nation, "dc-1", "Trung tâm dữ liệu quốc gia 1", "data_centre", "ha-noi")
    add(nation, "dc-2", "Trung tâm dữ liệu quốc gia 2", "data_centre", "ho-chi-minh")
    nation.changed.clear()
    return nation


def add(nation: Nation, id_: str, name: str, kind: str, province: str) -> None:
    nation.places[id_] = Place(id_, name, kind, province, id_)


def troubled_nation() -> Nation:
    """A nation on a bad day: a cut hub, single faults, work that was planned, and unknowns."""
    nation = whole_nation()
    nation.cut_hub("lao-cai")
    for province, places in (("ca-mau", (3, 17)), ("nghe-an", (40,)), ("thanh-hoa", (7,))):
        for place in places:
            site = nation.communes(province)[place]
            nation.set(site, "DOWN")
            name = nation.places[site].name
            nation.strike(
                nation.outage(
                    f"node-{site}", RootOut(kind="node", id=f"{site}-r1", name=f"CPE {name}"), site,
                    31.0 + place, down=[f"{site}-r1"], silenced=province == "nghe-an",
                ),
                f"{name} mất liên lạc",
            )  # fmt: skip
    for site in nation.communes("son-la")[:6]:
        nation.set(site, "UP", maintenance=True)
    site = nation.communes("son-la")[8]
    name = nation.places[site].name
    nation.set(site, "DOWN", maintenance=True)
    nation.strike(
        nation.outage(
            f"node-{site}", RootOut(kind="node", id=f"{site}-r1", name=f"CPE {name}"), site, 95.0,
            down=[f"{site}-r1"], maintenance=True,
        )
    )  # fmt: skip
    for site in nation.communes("dong-thap")[20:25]:
        nation.set(site, "UNKNOWN")
    hub = "hub-gia-lai"
    nation.strike(
        nation.outage(
            "link-gia-lai", RootOut(kind="link", id="l-gia-lai-2", name="Gia Lai r2 ↔ dc-2"), hub,
            1_640.0, down=[], severity="warning", hurt=0, confidence=0.8,
            alternatives=[RootOut(kind="node", id="hub-gia-lai-r2", name="hub-gia-lai-r2")],
        ),
        "Gia Lai mất dự phòng",
    )  # fmt: skip
    nation.changed.clear()
    return nation
