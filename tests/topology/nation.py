"""A small nation."""

from __future__ import annotations

from configs.inventory import (
    GroupKind,
    Inventory,
    Link,
    Node,
    Province,
    RiskGroup,
    Role,
    Site,
    SiteKind,
)


def nation(
    provinces: int = 2,
    communes: int = 6,
    power: bool = True,
    ducts: bool = False,
    access: bool = False,
) -> Inventory:
    """Two centres of one core each; hubs of two routers, one to each centre; communes of one CPE:
    the even ones on router a, the odd ones on router b, every third on both; the last one of a
    province hangs behind the first. With `access`, every second commune is on one power feed, the
    lines of three communes of each router are in one duct, and every third line is a carrier's
    Ethernet, whose ports stay up."""
    world = Inventory(monitors=("core-1",))
    world.provinces["00"] = Province("00", "Trung ương")
    for c in (1, 2):
        world.sites[f"dc-{c}"] = Site(f"dc-{c}", f"Trung tâm {c}", SiteKind.DATA_CENTRE, "00")
        world.nodes[f"core-{c}"] = Node(
            f"core-{c}", f"dc-{c}", f"127.0.0.{c}", Role.CORE, credential="v2c"
        )

    def link(a: str, b: str, follows: bool = True) -> None:
        name = f"{a}--{b}"
        world.links[name] = Link(name, a, b, f"to-{b}", f"to-{a}", oper_follows=follows)

    link("core-1", "core-2")
    for p in range(provinces):
        province = f"{p + 1:02}"
        world.provinces[province] = Province(province, f"Tỉnh {p + 1}")
        world.sites[f"hub-{p}"] = Site(
            f"hub-{p}", f"Trung tâm tỉnh {p + 1}", SiteKind.HUB, province
        )
        for c, side in ((1, "a"), (2, "b")):
            hub = f"hub-{p}{side}"
            world.nodes[hub] = Node(hub, f"hub-{p}", f"127.1.{p}.{c}", Role.HUB, credential="v2c")
            link(hub, f"core-{c}")
        link(f"hub-{p}a", f"hub-{p}b")
        if power:
            members = (f"node:hub-{p}a", f"node:hub-{p}b")
            world.groups[f"power-{p}"] = RiskGroup(f"power-{p}", GroupKind.POWER, members)
        if ducts:
            members = (f"link:hub-{p}a--core-1", f"link:hub-{p}b--core-2")
            world.groups[f"duct-{p}"] = RiskGroup(f"duct-{p}", GroupKind.DUCT, members)
        for c in range(communes):
            site = f"xa-{p}-{c}"
            world.sites[site] = Site(site, f"Xã {c}", SiteKind.COMMUNE, province)
            world.nodes[f"cpe-{p}-{c}"] = Node(
                f"cpe-{p}-{c}", site, f"127.2.{p}.{c}", Role.CPE, credential="v2c"
            )
            if c and c == communes - 1:
                link(f"cpe-{p}-{c}", f"cpe-{p}-0")
                continue
            link(f"cpe-{p}-{c}", f"hub-{p}{'ab'[c % 2]}", follows=not access or c % 3 > 0)
            if c % 3 == 0:
                link(f"cpe-{p}-{c}", f"hub-{p}{'ba'[c % 2]}")
        if access:
            fed = tuple(f"node:cpe-{p}-{c}" for c in range(1, communes) if c % 4 in (1, 2))
            world.groups[f"feed-{p}"] = RiskGroup(f"feed-{p}", GroupKind.POWER, fed)
            for side in (0, 1):
                lines = [f"link:cpe-{p}-{c}--hub-{p}{'ab'[side]}" for c in range(side, 6, 2)]
                duct = f"access-{p}{'ab'[side]}"
                world.groups[duct] = RiskGroup(duct, GroupKind.DUCT, tuple(lines))
    return world
