"""Module files in snmp_exporter's own format, the present one and that of 0.21."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from configs.credentials import SnmpCredential
from configs.document import Document, Step
from configs.errors import ConfigError, DocumentError
from configs.module import Module
from configs.moduleschema import AuthEntry, ModuleEntry
from configs.problem import Problem
from configs.suggestion import Vocabulary
from configs.validation import schema_problems
from configs.yamltree import read_yaml

BUILT_IN = Path(__file__).parent / "modules"
SECTIONS = ("auths", "modules", "version")
EXPANDED = ("community", "username", "password", "priv_password")
VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)\})", re.ASCII)
MODULE_KEYS = frozenset(ModuleEntry.model_fields)


def load_modules(paths: Iterable[Path]) -> dict[str, Module]:
    """The modules of these files, by name. Raises ConfigError with every problem of all."""
    return _load(paths).modules


def load_auths(paths: Iterable[Path], *, expand: bool = False) -> dict[str, SnmpCredential]:
    """The `auths:` of these files, by name; `expand` has environment variables put into them.
    Raises ConfigError with every problem of all."""
    return _load(paths, expand=expand).auths


def built_in_modules() -> dict[str, Module]:
    """The modules that come with the program."""
    return load_modules(sorted(BUILT_IN.glob("*.yml")))


def _load(paths: Iterable[Path], *, expand: bool = False) -> ModuleFiles:
    files = ModuleFiles(expand=expand)
    for path in paths:
        files.read(path)
    if files.problems:
        raise ConfigError(files.problems)
    return files


class ModuleFiles:
    """What several module files declare, and what is wrong with it in `problems`. `expand`:
    `$NAME` and `${NAME}` in the auths stand for environment variables."""

    def __init__(self, *, expand: bool = False) -> None:
        self._expand = expand
        self.modules: dict[str, Module] = {}
        self.auths: dict[str, SnmpCredential] = {}
        self.problems: list[Problem] = []
        self._places: dict[tuple[str, str], str] = {}

    def read(self, path: Path) -> None:
        """Takes the modules and auths of a file."""
        try:
            document = read_yaml(path)
        except DocumentError as error:
            self.problems.extend(error.problems)
            return
        data = document.data
        if not isinstance(data, dict):
            self._tell(document, (), "no_modules" if data is None else "mapping_wanted")
        elif is_old_format(data):
            self._modules(document, (), data)
        else:
            for key in data:
                if key not in SECTIONS:
                    nearest = Vocabulary(SECTIONS).nearest(key)
                    problem = document.problem((key,), "unknown_key")
                    self.problems.append(problem.meaning(nearest))
            if "modules" not in data and "auths" not in data:
                self._tell(document, (), "no_modules")
            self._modules(document, ("modules",), data.get("modules") or {})
            self._auths(document, data.get("auths") or {})

    def _modules(self, document: Document, at: tuple[Step, ...], entries: Any) -> None:
        for name, entry in self._checked(document, at, entries, ModuleEntry):
            module = entry.module(name)
            self.problems.extend(regex_problems(module, document, (*at, name)))
            self.modules[name] = module

    def _auths(self, document: Document, entries: Any) -> None:
        for name, entry in self._checked(document, ("auths",), entries, AuthEntry):
            complete = self._expanded(document, name, entry) if self._expand else entry
            self.auths[name] = complete.credential(name)

    def _expanded(self, document: Document, name: str, entry: AuthEntry) -> AuthEntry:
        """The entry with the values of environment variables; a missing one is a problem."""
        found: dict[str, str] = {}
        for key in EXPANDED:
            text = getattr(entry, key)
            for variable in dict.fromkeys(map(name_of, VARIABLE.finditer(text))):
                if variable not in os.environ:
                    path = ("auths", name, key)
                    self._tell(document, path, "secret_no_variable", name=variable)
            found[key] = VARIABLE.sub(lambda at: os.environ.get(name_of(at), ""), text)
        return entry.model_copy(update=found)

    def _checked(
        self, document: Document, at: tuple[Step, ...], entries: Any, schema: Any
    ) -> Iterator[tuple[str, Any]]:
        if not isinstance(entries, dict):
            self._tell(document, at, "mapping_wanted")
            return
        adapter = TypeAdapter(schema)
        for name, data in entries.items():
            path = (*at, name)
            place = f"{document.file}:{document.line(path)}"
            first = self._places.setdefault((schema.__name__, name), place)
            if first != place:
                self._tell(document, path, "duplicate_id", id=name, first=first)
            try:
                yield name, adapter.validate_python(data)
            except ValidationError as error:
                self.problems.extend(schema_problems(error, document, schema, path))

    def _tell(
        self, document: Document, path: tuple[Step, ...], key: str, /, **params: object
    ) -> None:
        self.problems.append(document.problem(path, key, **params))


def name_of(variable: re.Match[str]) -> str:
    return variable[1] or variable[2]


def is_old_format(data: dict[str, Any]) -> bool:
    """Whether modules stand at the top of the file, as up to snmp_exporter 0.21."""
    return not {"modules", "auths"} & data.keys() and all(
        isinstance(entry, dict) and MODULE_KEYS & entry.keys() for entry in data.values()
    )


def regex_problems(module: Module, document: Document, at: tuple[Step, ...]) -> Iterator[Problem]:
    """Regular expressions that cannot be used."""
    for path, text in regexes_in(module):
        try:
            re.compile(text)
        except re.error as error:
            yield document.problem((*at, *path), "regex", reason=str(error))


def regexes_in(module: Module) -> Iterator[tuple[tuple[Step, ...], str]]:
    """The regular expressions of a module, with their places in it."""
    for number, metric in enumerate(module.metrics):
        for suffix, extracts in metric.regex_extracts.items():
            for position, extract in enumerate(extracts):
                at = ("metrics", number, "regex_extracts", suffix, position, "regex")
                yield at, extract.regex
    for number, filter_ in enumerate(module.filters):
        for position, value in enumerate(filter_.values):
            yield ("filters", number, "values", position), value
