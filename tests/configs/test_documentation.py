"""`docs/configuration.md` names every key, with its default, and no other."""

from __future__ import annotations

import dataclasses
import re
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from configs import inventory as declared
from configs import settings

SECTIONS = {
    "wanwatch.yaml": settings.Settings,
    "credentials": settings.Credentials,
    "credentials.snmp": settings.SnmpAuth,
    "credentials.ssh": settings.SshAuth,
    "polling": settings.Polling,
    "confirmation": settings.Confirmation,
    "http": settings.Http,
    "traps": settings.Traps,
    "store": settings.Store,
    "receivers": settings.Receiver,
    "provinces": declared.Province,
    "sites": declared.Site,
    "nodes": declared.Node,
    "nodes.ssh": declared.SshAccess,
    "links": declared.Link,
    "groups": declared.RiskGroup,
}
TEXT = Path("docs/configuration.md").read_text("utf-8")
ROW = re.compile(r"^\| `(\w+)` \| (.*?) \|", re.MULTILINE)


def documented(section: str) -> dict[str, str]:
    """The keys below a heading with their defaults."""
    body = re.split(rf"^##+ {re.escape(section)}$", TEXT, flags=re.MULTILINE)[1]
    return dict(ROW.findall(re.split(r"^#", body, maxsplit=1, flags=re.MULTILINE)[0]))


def shown(default: Any) -> str:
    if default is None or default == "":
        return "none"
    if isinstance(default, BaseModel):
        default = {}
    if isinstance(default, bool):
        default = str(default).lower()
    if isinstance(default, float):
        default = f"{default:g}"
    if isinstance(default, StrEnum):
        default = default.value
    return f"`{default}`"


def fields(schema: Any) -> dict[str, str]:
    """The keys of a type with their defaults, as they should be shown."""
    if issubclass(schema, BaseModel):
        return {
            name: "required" if field.is_required() else shown(field.default)
            for name, field in schema.model_fields.items()
        }
    return {
        field.name: "required" if field.default is dataclasses.MISSING else shown(field.default)
        for field in dataclasses.fields(schema)
    }


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_is_documented_with_its_default(section: str) -> None:
    assert documented(section) == fields(SECTIONS[section])


def test_every_section_of_the_schema_is_documented() -> None:
    sections = {
        value
        for value in vars(settings).values()
        if isinstance(value, type) and issubclass(value, settings.Section)
    }
    assert sections - {settings.Section, settings.Secret} <= set(SECTIONS.values())


def test_the_sources_of_a_secret_are_documented() -> None:
    introduction = TEXT.split("## wanwatch.yaml", maxsplit=1)[0]
    assert {key for key, _ in ROW.findall(introduction)} == set(settings.Secret.model_fields)
