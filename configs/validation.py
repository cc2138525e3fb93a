"""Data against a schema: what pydantic finds, said as problems of a document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import NoneType
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from configs.document import Document, Step
from configs.inventory import ID_PATTERN, TEXT_PATTERN
from configs.module import OID_PATTERN
from configs.problem import Problem
from configs.settings import Secret
from configs.suggestion import Vocabulary

# pydantic's error types, and the sentences of the catalogue that say them.
SENTENCES = {
    "missing": "missing",
    "missing_argument": "missing",
    "extra_forbidden": "unknown_key",
    "unexpected_keyword_argument": "unknown_key",
    "string_type": "text_wanted",
    "string_too_short": "empty",
    "string_too_long": "too_long",
    "string_pattern_mismatch": "text_pattern",
    "int_type": "integer_wanted",
    "int_parsing": "integer_wanted",
    "int_parsing_size": "integer_wanted",
    "int_from_float": "integer_wanted",
    "float_type": "number_wanted",
    "float_parsing": "number_wanted",
    "finite_number": "number_wanted",
    "bool_type": "truth_wanted",
    "bool_parsing": "truth_wanted",
    "list_type": "list_wanted",
    "tuple_type": "list_wanted",
    "too_short": "empty",
    "dict_type": "mapping_wanted",
    "model_type": "mapping_wanted",
    "dataclass_type": "mapping_wanted",
    "model_attributes_type": "mapping_wanted",
    "path_type": "path_wanted",
    "path": "path_wanted",
    "home": "no_home",
    "greater_than": "greater_than",
    "greater_than_equal": "at_least",
    "less_than_equal": "at_most",
    "literal_error": "choice",
    "enum": "choice",
    "metric_type": "choice",
    "oid": "oid_pattern",
    "duration": "duration",
    "ip_address": "ip_address",
    "host_address": "host_address",
}
PATTERNS = {ID_PATTERN: "id_pattern", TEXT_PATTERN: "text_pattern", OID_PATTERN: "oid_pattern"}
LONGEST_SHOWN = 60
BOUNDS = ("gt", "ge", "le", "max_length")


def schema_problems(
    error: ValidationError, document: Document, schema: Any, at: tuple[Step, ...] = ()
) -> Iterator[Problem]:
    """What is wrong with the part of `document` at `at`, which should be a `schema`."""
    for detail in error.errors(include_url=False):
        yield schema_problem(detail, detail["loc"], document, schema, at)


def schema_problem(
    detail: ErrorDetails,
    loc: tuple[Step, ...],
    document: Document,
    schema: Any,
    at: tuple[Step, ...],
) -> Problem:
    """One of pydantic's findings, at `loc` below `at`."""
    inner = tuple(step for step in loc if step != "[key]")
    path = (*at, *inner)
    owner = schema_at(schema, inner[:-1])
    if Secret in (owner, schema_at(schema, inner)):
        # Whatever stands here may be the secret itself, so it is not repeated.
        secret = at + (inner[:-1] if owner is Secret else inner)
        return document.problem(secret, "secret_form")
    if detail["input"] is None:
        return document.problem(path, "no_value")
    given = _shown(detail["input"])
    key = SENTENCES.get(detail["type"], "")
    if key == "missing":
        return document.problem(path, key)
    if key == "unknown_key":
        nearest = Vocabulary(field_names(owner)).nearest(str(inner[-1]))
        return document.problem(path, key).meaning(nearest)
    if key == "choice":
        choices = detail.get("ctx", {}).get("choices") or _choices(schema_at(schema, inner))
        nearest = Vocabulary(choices).nearest(given)
        listed = ", ".join(choices)
        return document.problem(path, key, given=given, choices=listed).meaning(nearest)
    if key == "text_pattern":
        key = PATTERNS[detail["ctx"]["pattern"]]
    params = {name: value for name, value in detail.get("ctx", {}).items() if name in BOUNDS}
    if not key:
        return document.problem(path, "invalid", reason=detail["msg"])
    return document.problem(path, key, given=given, **params)


def _shown(given: object) -> str:
    """What was written, short enough for a line."""
    if isinstance(given, dict | list):
        return "{…}" if isinstance(given, dict) else "[…]"
    text = str(given)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def schema_at(schema: Any, path: tuple[Step, ...]) -> Any:
    """The type that stands at `path` below `schema`, or None where there is none of ours."""
    for step in path:
        schema = _named(_fields(schema).get(str(step)) if _fields(schema) else _element(schema))
    return _named(schema)


def field_names(schema: Any) -> list[str]:
    """The keys that a mapping of this type may have."""
    return list(_fields(schema))


@cache
def _fields(schema: Any) -> dict[str, Any]:
    if not isinstance(schema, type):
        return {}
    if issubclass(schema, BaseModel):
        names = list(schema.model_fields)
    elif is_dataclass(schema):
        names = [field.name for field in fields(schema)]
    else:
        return {}
    hints = get_type_hints(schema)
    return {name: hints[name] for name in names}


def _element(schema: Any) -> Any:
    arguments = [part for part in get_args(schema) if part is not Ellipsis]
    return arguments[-1] if arguments else None


def _named(schema: Any) -> Any:
    """The type behind `X | None`."""
    choices = [part for part in get_args(schema) if part is not NoneType]
    if NoneType in get_args(schema) and len(choices) == 1:
        return choices[0]
    return schema


def _choices(schema: Any) -> list[str]:
    if isinstance(schema, type) and issubclass(schema, StrEnum):
        return [member.value for member in schema]
    return [str(choice) for choice in get_args(schema)]
