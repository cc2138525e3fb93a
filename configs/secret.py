"""Secrets: fetched from the files and variables that the configuration names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, TypeAlias

from pydantic import BaseModel

from configs.document import Document, Step, content_of, shown
from configs.errors import SecretError
from configs.problem import Problem
from configs.settings import Secret, Settings, Store

MAX_BYTES = 64 * 1024
OTHERS = 0o077  # the permissions of everybody but the owner

Path: TypeAlias = tuple[Step, ...]


def reveal(secret: Secret) -> str:
    """The first line of the secret's file, or its variable, without space around it.

    Raises SecretError, which names the file or variable and never the content.
    """
    if secret.env is not None:
        source, content = f"${secret.env}", os.environ.get(secret.env)
        if content is None:
            raise _error(source, "secret_no_variable", name=secret.env)
    elif secret.file is not None:
        source = shown(secret.file)
        try:
            content = content_of(secret.file, MAX_BYTES).decode("utf-8-sig")
        except OSError as error:
            reason = error.strerror or str(error)
            raise _error(source, "secret_unreadable", file=source, reason=reason) from None
        except UnicodeDecodeError:
            raise _error(source, "secret_not_text", source=source) from None
    else:
        raise _error("", "secret_form")
    value = content.partition("\n")[0].strip()
    if not value:
        raise _error(source, "secret_empty", source=source)
    return value


def store_url(where: Store) -> str:
    """The URL of the database. Raises SecretError."""
    return reveal(where.url_secret) if where.url_secret else where.url


def _error(source: str, key: str, /, **params: object) -> SecretError:
    return SecretError([Problem(source, 1, "", key, params)])


class Vault:
    """Every secret of `settings`, by its path in the configuration; never printed.

    `problems`: what could not be had, and files that others may read (warnings).
    """

    def __init__(self, settings: Settings, document: Document) -> None:
        self._values: dict[Path, str] = {}
        self.problems: list[Problem] = []
        for path, secret in secrets_in(settings):
            try:
                self._values[path] = reveal(secret)
            except SecretError as error:
                for problem in error.problems:
                    self.problems.append(document.problem(path, problem.key, **problem.params))
                continue
            if secret.file is not None and secret.file.stat().st_mode & OTHERS:
                file = shown(secret.file)
                self.problems.append(document.problem(path, "secret_open", file=file).as_warning())

    def __contains__(self, path: Path) -> bool:
        return path in self._values

    def get(self, *path: Step) -> str:
        """The secret at `path`, "" where there is none."""
        return self._values.get(path, "")


def secrets_in(part: Any, path: Path = ()) -> Iterator[tuple[Path, Secret]]:
    """Every reference to a secret below `part`, with its path."""
    if isinstance(part, Secret):
        yield path, part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from secrets_in(getattr(part, name), (*path, name))
    elif isinstance(part, dict):
        for name, value in part.items():
            yield from secrets_in(value, (*path, name))
    elif isinstance(part, list):
        for position, value in enumerate(part):
            yield from secrets_in(value, (*path, position))
