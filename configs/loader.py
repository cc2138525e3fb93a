"""The whole configuration, read and checked at once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from configs.consistency import setting_problems
from configs.credentials import SnmpCredential, SshCredential
from configs.devicerules import DeviceFile, built_in_rules, load_device_rules
from configs.document import Document, Step, shown
from configs.entities import Entities
from configs.errors import ConfigError, DocumentError
from configs.inventory import Inventory
from configs.logins import login_problems, snmp_credentials, ssh_credentials
from configs.module import Module
from configs.modulefile import ModuleFiles, built_in_modules
from configs.problem import Problem, errors_in
from configs.references import coverage_warnings, reference_problems
from configs.secret import Vault
from configs.settings import Settings
from configs.tabular import read_csv
from configs.validation import schema_problems
from configs.yamltree import read_yaml

YAML_SUFFIXES = (".yaml", ".yml")
CSV_SUFFIX = ".csv"


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything that the operator wrote, checked. `path` is that of `wanwatch.yaml`.

    `modules`: the built-in ones and the operator's, which win over built-in ones of their name;
    `auths`: the credentials in the operator's module files; `devices`: the operator's rules about
    devices, before the built-in ones.
    """

    path: Path
    settings: Settings
    inventory: Inventory
    snmp: dict[str, SnmpCredential] = field(repr=False)
    ssh: dict[str, SshCredential] = field(repr=False)
    modules: dict[str, Module] = field(repr=False)
    auths: dict[str, SnmpCredential] = field(default_factory=dict, repr=False)
    devices: tuple[DeviceFile, ...] = field(default=(), repr=False)
    warnings: tuple[Problem, ...] = ()


def load(path: Path) -> Configuration:
    """The configuration whose `wanwatch.yaml` is at `path`.

    Raises ConfigError with every problem of all its files. Only references are not followed
    while a file of the inventory cannot be read: half the country would be missing.
    """
    problems: list[Problem] = []
    main = read_yaml(path)
    settings = _settings(main, path, problems)
    problems.extend(setting_problems(settings, main))
    vault = Vault(settings, main)
    problems.extend(vault.problems)
    problems.extend(login_problems(settings, vault, main))
    unread: list[Problem] = []
    entities = Entities()
    problems.extend(entities.read(_inventory(settings, main, unread)))
    if not unread:
        problems.extend(reference_problems(entities, settings, main))
    modules = ModuleFiles(expand=settings.expand_environment_variables)
    for file in _files(settings.modules, YAML_SUFFIXES, main, "modules", problems):
        modules.read(file)
    devices: tuple[DeviceFile, ...] = ()
    try:
        devices = load_device_rules(
            _files(settings.devices, YAML_SUFFIXES, main, "devices", problems)
        )
    except ConfigError as error:
        problems.extend(error.problems)
    problems.extend(unread + modules.problems)
    if errors_in(problems):
        raise ConfigError(in_order(problems, main))
    problems.extend(coverage_warnings(entities, settings, main))
    return Configuration(
        path=path.absolute(),
        settings=settings,
        inventory=entities.inventory(tuple(settings.monitors)),
        snmp=snmp_credentials(settings, vault),
        ssh=ssh_credentials(settings, vault),
        modules=built_in_modules() | modules.modules,
        auths=modules.auths,
        devices=(*devices, *built_in_rules()),
        warnings=in_order(problems, main),
    )


def load_settings(path: Path) -> Settings:
    """What `wanwatch.yaml` itself says, without the inventory and modules that it names.
    Raises ConfigError."""
    problems: list[Problem] = []
    settings = _settings(read_yaml(path), path, problems)
    if errors_in(problems):
        raise ConfigError(problems)
    return settings


def in_order(problems: list[Problem], main: Document) -> tuple[Problem, ...]:
    """The problems as one reads: the main file first, each file from its top."""
    files = dict.fromkeys([main.file, *(problem.file for problem in problems)])
    turn = {file: position for position, file in enumerate(files)}
    return tuple(sorted(problems, key=lambda problem: (turn[problem.file], problem.line)))


def _settings(main: Document, path: Path, problems: list[Problem]) -> Settings:
    """The settings, every path in them absolute; what is wrong is left at its default, so that
    all the rest can still be checked."""
    context = {"folder": path.absolute().parent}
    if main.data is None:
        raise DocumentError([main.problem((), "no_settings")])
    try:
        return Settings.model_validate(main.data, context=context)
    except ValidationError as error:
        problems.extend(schema_problems(error, main, Settings))
        wrong = {_section(detail["loc"]) for detail in error.errors()}
    rest = _without(main.data, wrong) if isinstance(main.data, dict) else {}
    return Settings.model_validate({"inventory": []} | rest, context=context)


def _section(loc: tuple[Step, ...]) -> tuple[Step, ...]:
    """The part of the settings that is useless when there is an error at `loc`: a credential,
    else a whole section."""
    return loc[:3] if loc[:1] == ("credentials",) else loc[:1]


def _without(data: dict[str, Any], wrong: set[tuple[Step, ...]], at: tuple[Step, ...] = ()) -> Any:
    return {
        key: _without(value, wrong, (*at, key)) if isinstance(value, dict) else value
        for key, value in data.items()
        if (*at, key) not in wrong
    }


def _inventory(settings: Settings, main: Document, unread: list[Problem]) -> Iterator[Document]:
    """The documents of the inventory; of those that cannot be read, the problems."""
    suffixes = (*YAML_SUFFIXES, CSV_SUFFIX)
    for file in _files(settings.inventory, suffixes, main, "inventory", unread):
        try:
            yield read_csv(file) if file.suffix.lower() == CSV_SUFFIX else read_yaml(file)
        except DocumentError as error:
            unread.extend(error.problems)


def _files(
    paths: list[Path],
    suffixes: tuple[str, ...],
    main: Document,
    key: str,
    problems: list[Problem],
) -> list[Path]:
    """The files that `paths` name, folders opened, in order and each once."""
    found: dict[Path, None] = {}
    for position, path in enumerate(paths):
        at = (key, position)
        inside = [path]
        try:
            if path.is_dir():
                inside = [file for file in sorted(path.iterdir()) if is_wanted(file, suffixes)]
                if not inside:
                    problems.append(main.problem(at, "empty_folder", folder=shown(path)))
            elif not path.exists():
                problems.append(main.problem(at, "no_file", file=shown(path)))
                continue
            elif path.suffix.lower() not in suffixes:
                problems.append(main.problem(at, "suffix", choices=", ".join(suffixes)))
                continue
        except OSError as error:
            problems.append(main.barred(at, path, error))
            continue
        # Not Path.resolve, which makes an exception of a link that leads to itself.
        found.update((Path(os.path.realpath(file)), None) for file in inside)
    return list(found)


def is_wanted(file: Path, suffixes: tuple[str, ...]) -> bool:
    """Whether a file of a folder is read."""
    return file.suffix.lower() in suffixes and not file.name.startswith(".")
