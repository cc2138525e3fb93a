"""What each platform is asked over SSH: `configs/platforms/ssh.yml`, read strictly."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import AfterValidator, BeforeValidator, TypeAdapter, model_validator

import configs
from collector.errors import PlatformError
from configs.settings import Section

BUILT_IN = Path(configs.__file__).parent / "platforms" / "ssh.yml"


def _alternatives(pattern: object) -> object:
    return "|".join(pattern) if isinstance(pattern, list) else pattern


def _compiles(pattern: str) -> str:
    re.compile(pattern)
    return pattern


Pattern = Annotated[str, BeforeValidator(_alternatives), AfterValidator(_compiles)]


class Command(Section):
    """One command and what its answer's columns mean, as the file's own head describes."""

    command: str
    pattern: Pattern | None = None
    version: str = ""
    uptime: str = ""
    hardware: str = ""
    serial: str = ""
    interface: str = ""
    up: str = ""
    up_when: Pattern = "up"


class Platform(Section):
    """`templates` is filled in when the file is read."""

    templates: str = ""
    same_as: str = ""
    commands: tuple[Command, ...] = ()

    @model_validator(mode="after")
    def _either(self) -> Platform:
        if bool(self.same_as) == bool(self.commands):
            raise ValueError("give either commands or same_as")
        return self


_FILE = TypeAdapter(dict[str, Platform])


def read_platforms(path: Path) -> dict[str, Platform]:
    """The platforms of a file, by name. Raises pydantic's ValidationError, and PlatformError for
    a `same_as` that leads nowhere."""
    platforms = _FILE.validate_python(yaml.safe_load(path.read_text("utf-8")))
    resolved = {}
    for name, platform in platforms.items():
        original = platform.same_as or name
        if original not in platforms or platforms[original].same_as:
            raise PlatformError(
                f"{path}: {name}: same_as names {original!r}, which has no commands"
            )
        twin = platforms[original]
        resolved[name] = twin.model_copy(update={"templates": twin.templates or original})
    return resolved


@cache
def platforms() -> dict[str, Platform]:
    """The built-in platforms, read once."""
    return read_platforms(BUILT_IN)


def platform(name: str) -> Platform:
    """A platform by netmiko's name. Raises PlatformError when nothing is known of it."""
    known = platforms()
    if name not in known:
        raise PlatformError(
            f"nothing is known of SSH platform {name!r}; known are {', '.join(sorted(known))}"
        )
    return known[name]
