"""An inventory written as YAML, as CSV, or by a program is read back as the same."""

from __future__ import annotations

import csv
import json
import random
import time
from dataclasses import MISSING, asdict, fields
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from configs.document import Document
from configs.entities import Entities
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
from configs.loader import load
from configs.tabular import read_csv
from configs.yamltree import read_yaml
from tests.configs.conftest import Folder

IDS = st.from_regex(r"[a-z0-9][a-z0-9.:@+_-]{0,10}", fullmatch=True)
TEXTS = st.text(st.characters(categories=["L", "M", "N", "P", "S", "Zs"]), max_size=20)
NAMES = TEXTS.filter(str.strip)
PORTS = st.integers(1, 65535)
SSH = st.builds(SshAccess, IDS, st.sampled_from(CliStyle), st.just("cisco_ios"), PORTS)
ENTITIES: dict[str, st.SearchStrategy[Any]] = {
    "provinces": st.builds(Province, IDS, NAMES, TEXTS),
    "sites": st.builds(Site, IDS, NAMES, st.sampled_from(SiteKind), IDS, TEXTS),
    "nodes": st.builds(
        Node,
        IDS,
        IDS,
        st.ip_addresses().filter(lambda a: not a.is_multicast and not a.is_unspecified).map(str),
        st.sampled_from(Role),
        TEXTS,
        st.none() | IDS,
        PORTS,
        st.sampled_from(Reachability),
        st.none() | SSH,
    ),
    "links": st.builds(
        Link, IDS, IDS, IDS, TEXTS, TEXTS, TEXTS, st.integers(0, 10**12), st.booleans()
    ),
    "groups": st.builds(
        RiskGroup,
        IDS,
        st.sampled_from(GroupKind),
        st.lists(IDS.map("node:{}".format), min_size=1).map(tuple),
        TEXTS,
    ),
}


def plain(entity: Any) -> dict[str, Any]:
    """The fields of an entity that differ from their defaults."""
    defaults = {field.name: field.default for field in fields(entity)}
    return {
        key: value
        for key, value in asdict(entity).items()
        if defaults[key] is MISSING or value != defaults[key]
    }


def write_csv(path: Path, entities: list[Any]) -> None:
    """The entities as a table with every column."""
    rows = []
    for entity in entities:
        row = plain(entity)
        ssh = row.pop("ssh", None) or {}
        row |= {f"ssh.{key}": value for key, value in ssh.items()}
        if "members" in row:
            row["members"] = " ".join(row["members"])
        rows.append(row)
    columns = list(dict.fromkeys(key for row in rows for key in row)) or ["id"]
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, columns)
        table.writeheader()
        table.writerows(rows)


def read(document: Document) -> Inventory:
    entities = Entities()
    assert [str(problem) for problem in entities.read([document])] == []
    return entities.inventory(())


def normal(entity: Any) -> dict[str, Any]:
    """The fields, texts in composed form and without space around them."""
    return {
        key: normalize("NFC", value).strip() if isinstance(value, str) else value
        for key, value in asdict(entity).items()
    }


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), kind=st.sampled_from(sorted(ENTITIES)))
def test_yaml_and_csv_are_read_as_what_was_written(
    data: st.DataObject, kind: str, tmp_path: Path
) -> None:
    entities = data.draw(st.lists(ENTITIES[kind], max_size=5, unique_by=lambda e: e.id))
    rows = json.dumps({kind: [plain(entity) for entity in entities]}, ensure_ascii=False)
    (tmp_path / "a.yaml").write_text(rows, "utf-8")
    write_csv(tmp_path / f"{kind}.csv", entities)
    yaml = read(read_yaml(tmp_path / "a.yaml"))
    assert yaml == read(read_csv(tmp_path / f"{kind}.csv"))
    found = getattr(yaml, kind).values()
    assert [asdict(entity) for entity in found] == [normal(entity) for entity in entities]


@pytest.fixture
def nation(folder: Folder) -> Folder:
    """A configuration of a whole country: 3,500 sites and nodes, 4,500 links."""
    chance = random.Random(1)
    lines = ["provinces:"]
    lines += [f"- {{id: p{n}, name: Tỉnh {n}, code: {n:02}}}" for n in range(34)]
    lines.append("sites:")
    for n in range(3500):
        lines += [f"- id: s{n}", f"  name: Xã {n}", "  kind: commune", f"  province: p{n % 34}"]
    lines.append("nodes:")
    for n in range(3500):
        address = f"127.1.{n // 250}.{n % 250 + 1}"
        lines += [f"- id: n{n}", f"  site: s{n}", f"  address: {address}", "  credential: field"]
    lines.append("links:")
    for n in range(4500):
        a, b = (n % 3499, n % 3499 + 1) if n < 3499 else chance.sample(range(3500), 2)
        lines += [f"- id: l{n}", f"  a: n{a}", f"  b: n{b}", "  carrier: VNPT"]
    folder.write("inventory.yaml", "\n".join(lines))
    folder.change("wanwatch.yaml", "[core]", "[n0]")
    return folder


def test_a_country_loads_in_about_a_second(nation: Folder) -> None:
    start = time.process_time()
    configuration = load(nation.path / "wanwatch.yaml")
    assert time.process_time() - start < 2.0
    assert configuration.warnings == ()
    assert len(configuration.inventory.links) == 4500


def test_a_country_in_which_everything_is_wrong_is_told_in_seconds(nation: Folder) -> None:
    text = (nation.path / "inventory.yaml").read_text("utf-8")
    nation.write("inventory.yaml", text.replace("  site: s", "  site: S-").replace(": n", ": nn"))
    start = time.process_time()
    errors = nation.errors()
    assert time.process_time() - start < 6.0
    assert len(errors) > 3500
