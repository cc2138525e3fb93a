"""What `/openapi.json` says beyond what the framework knows of the routes."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from exporters.schema.model import Model


class Problem(Model):
    """A problem document (RFC 9457): `detail` says what is wrong and what to do. `errors`: each
    parameter or part of the body that is wrong, as `place` and `reason`."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] = Field(default=[])


def with_problems(told: dict[str, Any]) -> dict[str, Any]:
    """`told`, in which every route tells its errors as they are; the framework would tell of its
    own form."""
    schemas = told["components"]["schemas"]
    for foreign in ("HTTPValidationError", "ValidationError"):
        schemas.pop(foreign, None)
    schemas["Problem"] = Problem.model_json_schema()
    shape = {"schema": {"$ref": "#/components/schemas/Problem"}}
    refusal = {
        "description": "What is wrong and what to do",
        "content": {"application/problem+json": shape},
    }
    for methods in told["paths"].values():
        for operation in methods.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = refusal
    return told
