from __future__ import annotations

from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.openapi.models import OpenAPI

from exporters.api.described import Problem

PROMISED = {
    "/metrics", "/sd", "/healthz", "/readyz", "/api/v1/stream",
    "/api/v1/snapshot", "/api/v1/coverage", "/api/v1/provinces",
    "/api/v1/nodes", "/api/v1/nodes/{id}", "/api/v1/nodes/{id}/interfaces",
    "/api/v1/nodes/{id}/history", "/api/v1/nodes/{id}/poll",
    "/api/v1/sites", "/api/v1/sites/{id}", "/api/v1/links",
    "/api/v1/outages", "/api/v1/outages/{id}", "/api/v1/events", "/api/v1/alerts",
    "/api/v1/whatif", "/api/v1/spof", "/api/v1/report",
    "/api/v1/topology", "/api/v1/topology/drift", "/api/v1/topology/drift/{key}",
    "/api/v1/silences", "/api/v1/silences/{id}",
    "/api/v1/maintenance", "/api/v1/maintenance/{id}",
}  # fmt: skip


async def document(http: httpx.AsyncClient) -> dict[str, Any]:
    answer = await http.get("/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def test_the_document_is_valid_and_names_every_route(http: httpx.AsyncClient) -> None:
    told = await document(http)
    OpenAPI.model_validate(told)
    assert set(told["paths"]) == PROMISED


async def test_every_route_says_what_it_does_and_what_it_answers(http: httpx.AsyncClient) -> None:
    told = await document(http)
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            assert operation["description"], (method, path)
            good = [status for status in operation["responses"] if status.startswith("2")]
            assert len(good) == 1, (method, path)
            if method == "get" and path.startswith("/api/v1/"):
                assert operation["responses"]["200"]["content"], path


async def test_every_reference_in_the_document_leads_somewhere(http: httpx.AsyncClient) -> None:
    told = await document(http)

    def references(part: Any) -> list[str]:
        if isinstance(part, dict):
            own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
            return own + [r for value in part.values() for r in references(value)]
        return [r for value in part for r in references(value)] if isinstance(part, list) else []

    for reference in references(told):
        part: Any = told
        for step in reference.removeprefix("#/").split("/"):
            part = part[step]


async def test_errors_are_described_as_they_are_told(http: httpx.AsyncClient) -> None:
    told = await document(http)
    assert "HTTPValidationError" not in told["components"]["schemas"]
    for methods in told["paths"].values():
        for operation in methods.values():
            (shape,) = operation["responses"]["default"]["content"].values()
            assert shape["schema"]["$ref"].endswith("/Problem")
    for path in ("nodes?limit=0", "nodes/nobody", "nothing"):
        answer = await http.get(f"/api/v1/{path}")
        assert answer.headers["content-type"] in operation["responses"]["default"]["content"]
        assert Problem.model_validate(answer.json()).status == answer.status_code


def test_nothing_is_loaded_from_the_internet(app: FastAPI) -> None:
    assert app.docs_url is None
    assert app.redoc_url is None
