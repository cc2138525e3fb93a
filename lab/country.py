"""The national WAN, built from the official table of places and a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from configs.inventory import (
    CliStyle,
    GroupKind,
    Inventory,
    Link,
    Node,
    Province,
    Reachability,
    RiskGroup,
    Role,
    Site,
    SiteKind,
    SshAccess,
)
from lab.models import models
from lab.nation import SSH, V2C, V3, Line, Nation
from lab.places import Area, Body, Commune, areas, bodies, carriers, centres, chosen, distance_km

DUAL_HOMED = 0.2  # of the communes
CHAINED = 0.06
DUCT_SPAN, POWER_SPAN = 10, 14  # communes beside each other that share a duct, a feeder
SHARED_ENTRY = 5  # one hub in so many has all its trunks in one duct at its door
ACCESS_BPS = (50_000_000, 100_000_000, 200_000_000)
TRUNK_BPS, CORE_BPS, SATELLITE_BPS = 10_000_000_000, 100_000_000_000, 8_000_000
MS_PER_KM = 0.02  # there and back, with the detours that cables make


@dataclass(frozen=True, slots=True)
class Access:
    """How nodes are reached: first octet of every address, the ports that all share, and the
    share of nodes that speak SNMPv3."""

    network: int = 127
    snmp_port: int = 161
    ssh_port: int = 22
    reachability: Reachability = Reachability.SNMP
    v3_share: float = 0.2


def build(seed: int = 1, communes: int | None = None, access: Access | None = None) -> Nation:
    """The whole nation, or one with `communes` commune offices; the same for the same seed."""
    builder = _Builder(random.Random(seed), access or Access())
    builder.centres()
    here = chosen(communes)
    for area in areas():
        builder.hub(area)
        builder.communes(area, here[area.code])
    for body in bodies():
        builder.body(body)
    inventory = builder.inventory()
    return Nation(seed, inventory, builder.lines, builder.models)


@dataclass
class _Builder:
    rng: random.Random
    access: Access
    provinces: dict[str, Province] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    groups: dict[str, tuple[GroupKind, str, list[str]]] = field(default_factory=dict)
    models: dict[str, str] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)  # link ports taken, by node
    hosts: dict[tuple[int, int], int] = field(default_factory=dict)

    def inventory(self) -> Inventory:
        return Inventory(
            self.provinces,
            self.sites,
            self.nodes,
            self.links,
            {
                key: RiskGroup(key, kind, tuple(members), name)
                for key, (kind, name, members) in self.groups.items()
            },
            (f"{centres()[0].id}-core1",),
        )

    # -- parts that everything is made of

    def _node(
        self,
        node: str,
        site: str,
        model: str,
        role: Role,
        name: str,
        block: tuple[int, int],
        ssh: SshAccess | None = None,
    ) -> None:
        """Add a node. One without SNMP (model `linux`) is looked at over SSH."""
        host = self.hosts[block] = self.hosts.get(block, 0) + 1
        snmp = model != "linux"
        over_snmp = V3 if self.rng.random() < self.access.v3_share else V2C
        reachability = self.access.reachability
        if reachability is Reachability.SNMP and not snmp:
            reachability = Reachability.SSH
        self.nodes[node] = Node(
            node,
            site,
            f"{self.access.network}.{block[0]}.{block[1]}.{host}",
            role,
            name,
            over_snmp if snmp else None,
            self.access.snmp_port,
            reachability,
            ssh,
        )
        self.models[node] = model

    def _ssh(self, style: CliStyle, platform: str) -> SshAccess:
        return SshAccess(SSH, style, platform, self.access.ssh_port)

    def _link(
        self, a: str, b: str, carrier: str, bps: int, line: Line, follows: bool = True
    ) -> str:
        """Add a link from the next free port of `a`, the upper end, to that of `b`."""
        key = f"{a}--{b}"
        ports = []
        for node in (a, b):
            place = self.used.get(node, 0)
            self.used[node] = place + 1
            ports.append(models()[self.models[node]].port(place))
        self.links[key] = Link(key, a, b, ports[0], ports[1], carrier, bps, follows)
        self.lines[key] = line
        return key

    def _share(self, group: str, kind: GroupKind, name: str, member: str) -> None:
        self.groups.setdefault(group, (kind, name, []))[2].append(member)

    def _fibre(self, km: float, load: float) -> Line:
        rtt = (1.0 + km * MS_PER_KM + self.rng.uniform(0.0, 1.5)) / 1000
        loss = self.rng.choice((0.0, 0.0, 0.0, 0.0001, 0.001))
        return Line(rtt, rtt * self.rng.uniform(0.01, 0.06), loss, load, load * 0.3)

    # -- the pieces of the nation

    def centres(self) -> None:
        """Two data centres: two core routers and a Linux server each, all four cores joined."""
        at = {area.code: area for area in areas()}
        for place, body in enumerate(centres()):
            area = at[body.province]
            self.sites[body.id] = Site(body.id, body.name, SiteKind.DATA_CENTRE, area.id)
            for n in (1, 2):
                self._node(
                    f"{body.id}-core{n}",
                    body.id,
                    "asr9901",
                    Role.CORE,
                    f"Bộ định tuyến lõi {n} {area.name}",
                    (64, 100 + place),
                )
            server = f"{body.id}-srv1"
            self._node(
                server,
                body.id,
                "linux",
                Role.SERVER,
                f"Máy chủ quản trị {area.name}",
                (64, 100 + place),
                self._ssh(CliStyle.EXEC, "linux"),
            )
            power = f"power-{body.id}"
            for node in (f"{body.id}-core1", f"{body.id}-core2", server):
                self._share(power, GroupKind.POWER, f"Nguồn điện {body.name}", f"node:{node}")
            inside = Line(0.0003, 0.00002, 0.0, 2e9, 2e9)
            self._link(f"{body.id}-core1", f"{body.id}-core2", "", CORE_BPS, inside)
            for n in (1, 2):
                self._link(f"{body.id}-core{n}", server, "", TRUNK_BPS, inside)
        north, south = (body.id for body in centres())
        km = distance_km(*(at[body.province].at for body in centres()))
        for n, carrier in ((1, "VNPT"), (2, "Viettel")):
            link = self._link(
                f"{north}-core{n}", f"{south}-core{n}", carrier, CORE_BPS, self._fibre(km, 9e9)
            )
            self._corridor(n, link)

    def _corridor(self, n: int, link: str) -> None:
        name = {1: "Trục cáp Bắc - Nam ven biển", 2: "Trục cáp Bắc - Nam đường Hồ Chí Minh"}[n]
        self._share(f"duct-backbone-{n}", GroupKind.DUCT, name, f"link:{link}")

    def hub(self, area: Area) -> None:
        """A province's hub: r1 trunked to the first core of both centres, r2 to the second."""
        code = f"{area.code:02d}"
        site = f"hub-{code}"
        self.provinces[area.id] = Province(area.id, area.name, code)
        self.sites[site] = Site(site, f"Trung tâm {area.name}", SiteKind.HUB, area.id, code)
        for n, model, ssh in (
            (1, "frr", self._ssh(CliStyle.EXEC, "linux")),
            (2, "isr4451", self._ssh(CliStyle.PROMPT, "cisco_ios")),
        ):
            name = f"Bộ định tuyến {n} {area.name}"
            self._node(f"{site}-r{n}", site, model, Role.HUB, name, (64, area.code), ssh)
            self._share(
                f"power-{site}",
                GroupKind.POWER,
                f"Nguồn điện trung tâm {area.name}",
                f"node:{site}-r{n}",
            )
        inside = Line(0.0003, 0.00002, 0.0, 5e7, 5e7)
        self._link(f"{site}-r1", f"{site}-r2", "", TRUNK_BPS, inside)
        load = 1.5e6 * len(area.communes)
        at = {other.code: other.at for other in areas()}
        for n, carrier in ((1, "VNPT"), (2, "Viettel")):
            for centre in centres():
                km = distance_km(at[centre.province], area.at)
                link = self._link(
                    f"{centre.id}-core{n}",
                    f"{site}-r{n}",
                    carrier,
                    TRUNK_BPS,
                    self._fibre(km, load),
                )
                if km > 500:
                    self._corridor(n, link)
                if area.code % SHARED_ENTRY == 0:
                    self._share(
                        f"duct-{site}",
                        GroupKind.DUCT,
                        f"Cống cáp vào trung tâm {area.name}",
                        f"link:{link}",
                    )

    def communes(self, area: Area, communes: tuple[Commune, ...]) -> None:
        """The commune offices of a province: one CPE each on one hub router, a fifth on both,
        a few behind a neighbour."""
        cabled = [commune for commune in communes if not commune.satellite]
        dual = set(self.rng.sample(range(len(cabled)), round(DUAL_HOMED * len(cabled))))
        mix = self.rng.choice(((6, 3, 1), (2, 7, 1), (3, 2, 5), (5, 5, 1)))  # a province's tenders
        free: Commune | None = None  # the neighbour whose CPE has a port left
        for place, commune in enumerate(cabled):
            self._cpe(area, commune, self.rng.choices(("isr4321", "ar169f", "rb5009"), mix)[0])
            self._feeder(area, place, commune)
            chained = self.rng.random() < CHAINED / (1 - DUAL_HOMED)
            if chained and free and place not in dual and not commune.urban:
                self._access(area, f"cpe-{free.code:05d}", commune, place, None)
                free = None
                continue
            carrier = self._carrier()
            first = 1 + place % 2
            self._access(area, f"hub-{area.code:02d}-r{first}", commune, place, carrier)
            if place in dual:
                other = self._carrier(carrier)
                self._access(area, f"hub-{area.code:02d}-r{3 - first}", commune, place, other)
            free = commune
        for commune in communes:
            if commune.satellite:
                self._cpe(area, commune, "isr4321")
                line = Line(0.6, 0.02, 0.005, 1.2e6, 4e5)
                cpe = f"cpe-{commune.code:05d}"
                self._link(
                    f"hub-{area.code:02d}-r1", cpe, "VINASAT", SATELLITE_BPS, line, follows=False
                )

    def _carrier(self, other_than: str = "") -> str:
        shares = {name: share for name, share in carriers().items() if name != other_than}
        return self.rng.choices(list(shares), list(shares.values()))[0]

    def _cpe(self, area: Area, commune: Commune, model: str) -> None:
        code = f"{commune.code:05d}"
        site = f"commune-{code}"
        self.sites[site] = Site(site, commune.name, SiteKind.COMMUNE, area.id, code)
        block = (64, area.code)
        self._node(f"cpe-{code}", site, model, Role.CPE, f"CPE {commune.name}", block)

    def _feeder(self, area: Area, place: int, commune: Commune) -> None:
        n = place // POWER_SPAN + 1
        self._share(
            f"power-{area.code:02d}-{n:02d}",
            GroupKind.POWER,
            f"Lộ điện {n:02d} {area.name}",
            f"node:cpe-{commune.code:05d}",
        )

    def _access(
        self, area: Area, upper: str, commune: Commune, place: int, carrier: str | None
    ) -> None:
        """Link a commune's CPE to `upper`; without a carrier it is the province's own fibre."""
        bps = self.rng.choice(ACCESS_BPS)
        load = bps * min(0.6, self.rng.lognormvariate(-2.6, 0.6))
        line = self._fibre(self.rng.uniform(5, 150), load)
        follows = carrier is None or self.rng.random() < 0.5
        link = self._link(upper, f"cpe-{commune.code:05d}", carrier or "", bps, line, follows)
        if carrier is None:
            return
        code = f"{area.code:02d}"
        self._share(
            f"pop-{carrier.lower()}-{code}",
            GroupKind.CARRIER,
            f"Điểm hiện diện {carrier} {area.name}",
            f"link:{link}",
        )
        n = place // DUCT_SPAN + 1
        side = upper[-1]  # the two routers of a hub are entered from different streets
        self._share(
            f"duct-{code}-{n:02d}-{side}",
            GroupKind.DUCT,
            f"Cống cáp {n:02d}/{side} {area.name}",
            f"link:{link}",
        )

    def body(self, body: Body) -> None:
        """An agency or committee: dual-homed to both cores of its centre, or to the hub of its
        province."""
        area = next(area for area in areas() if area.code == body.province)
        kind = SiteKind(body.kind)
        site = f"{kind}-{body.id}"
        self.sites[site] = Site(site, body.name, kind, area.id)
        node = f"{site}-r1"
        linux = body.agent == "ssh"
        self._node(
            node,
            site,
            "linux" if linux else self.rng.choice(("isr4321", "ar169f")),
            Role.CPE,
            f"Bộ định tuyến {body.name}",
            (65, area.code),
            self._ssh(CliStyle.EXEC, "linux") if linux else None,
        )
        at_centre = {centre.province: centre.id for centre in centres()}
        carrier = ""
        for n in (1, 2):
            upper = (
                f"{at_centre[area.code]}-core{n}"
                if area.code in at_centre
                else f"hub-{area.code:02d}-r{n}"
            )
            carrier = self._carrier(carrier)
            line = self._fibre(self.rng.uniform(2, 20), self.rng.uniform(1e7, 8e7))
            self._link(upper, node, carrier, 1_000_000_000, line)
