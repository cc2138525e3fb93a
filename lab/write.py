"""The lab's folder: everything that `wanwatch run -c DIR/wanwatch.yaml` needs, as a user has it."""

from __future__ import annotations

import json
import secrets as random_secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, asdict, fields
from pathlib import Path
from typing import Any

import yaml

from configs.inventory import Inventory
from lab.message import Secrets
from lab.nation import SSH, V2C, V3

KNOWN_HOSTS = "known_hosts"


def secrets(directory: Path) -> Secrets:
    """The secrets in `directory/secrets`, made where they are missing; readable by us alone."""
    folder = directory / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def secret(name: str) -> str:
        path = folder / name
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(random_secrets.token_urlsafe(18), "utf-8")
        return path.read_text("utf-8").strip()

    return Secrets(
        community=secret("community"),
        username="wanwatch",
        auth_passphrase=secret("auth_passphrase"),
        priv_passphrase=secret("priv_passphrase"),
        ssh_username="wanwatch",
        ssh_password=secret("ssh_password"),
        enable_password=secret("enable_password"),
        host_key_seed=secret("host_key_seed"),
    )


def write_inventory(directory: Path, inventory: Inventory) -> None:
    """Write `inventory/*.yaml`: a file per province, `network.yaml` for what belongs to none.

    One entity a line, in YAML's flow style that is also JSON, so that it loads quickly either way.
    """
    folder = directory / "inventory"
    folder.mkdir(exist_ok=True)
    for stale in folder.glob("*.yaml"):
        stale.unlink()
    for province in inventory.provinces.values():
        sites = [site for site in inventory.sites.values() if site.province == province.id]
        here = {site.id for site in sites}
        nodes = [node for node in inventory.nodes.values() if node.site in here]
        _write_entities(
            folder / f"{province.code}-{province.id}.yaml",
            {
                "provinces": [province],
                "sites": sites,
                "nodes": nodes,
                "links": [
                    link
                    for link in inventory.links.values()
                    if inventory.nodes[link.b].site in here
                ],
                "groups": [
                    group
                    for group in inventory.groups.values()
                    if _home(inventory, group.members[0]) == province.id
                ],
            },
        )


def _home(inventory: Inventory, member: str) -> str:
    """Province of a group's member, a link's being that of its lower end."""
    kind, _, key = member.partition(":")
    return inventory.province_of(key if kind == "node" else inventory.links[key].b)


def _write_entities(path: Path, sections: Mapping[str, Iterable[Any]]) -> None:
    lines: list[str] = []
    for name, entities in sections.items():
        rows = [f"- {json.dumps(_plain(entity), ensure_ascii=False)}\n" for entity in entities]
        if rows:
            lines += [f"{name}:\n", *rows]
    path.write_text("".join(lines), "utf-8")


def _plain(entity: Any) -> dict[str, Any]:
    """Fields that differ from their defaults."""
    defaults = {field.name: field.default for field in fields(entity)}
    return {
        key: value
        for key, value in asdict(entity).items()
        if defaults[key] is MISSING or value != defaults[key]
    }


def write_settings(
    directory: Path,
    inventory: Inventory,
    credentials: Secrets,
    *,
    http_port: int,
    traps_to: tuple[str, int] | None,
    receivers: Sequence[Mapping[str, object]],
    language: str,
) -> Path:
    """Write `wanwatch.yaml`; secrets are named by file. Gives its path."""

    def file(name: str) -> dict[str, str]:
        return {"file": f"secrets/{name}"}

    settings: dict[str, object] = {
        "inventory": ["inventory"],
        "monitors": list(inventory.monitors),
        "credentials": {
            "snmp": {
                V2C: {"version": "2c", "community": file("community")},
                V3: {
                    "version": "3",
                    "username": credentials.username,
                    "auth_protocol": "SHA",
                    "auth_passphrase": file("auth_passphrase"),
                    "priv_protocol": "AES",
                    "priv_passphrase": file("priv_passphrase"),
                },
            },
            "ssh": {
                SSH: {
                    "username": credentials.ssh_username,
                    "known_hosts": KNOWN_HOSTS,
                    "password": file("ssh_password"),
                    "enable_password": file("enable_password"),
                }
            },
        },
        "http": {"port": http_port},
        "store": {"url": "sqlite:///wanwatch.db"},
        "receivers": [dict(receiver) for receiver in receivers],
        "language": language,
    }
    if traps_to:
        settings["traps"] = {"host": traps_to[0], "port": traps_to[1]}
    path = directory / "wanwatch.yaml"
    path.write_text(yaml.safe_dump(settings, allow_unicode=True, sort_keys=False), "utf-8")
    return path
