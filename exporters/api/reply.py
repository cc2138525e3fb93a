"""Answers as JSON, quickly, and errors as problem documents (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from isal import igzip
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from exporters.taken import takes_gzip
from store.errors import StoreError

log = logging.getLogger(__name__)

_OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_UTC_Z
_WORTH_COMPRESSING = 2_000
# What comes behind a body that is too large or too late is not read any more.
_CLOSE = {"connection": "close"}
_HEADERS = {401: {"www-authenticate": "Bearer"}, 408: _CLOSE, 413: _CLOSE}
_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")


def json_reply(request: Request, content: Any, *, status: int = 200, **headers: str) -> Response:
    """`content` as JSON, compressed when that helps and the client takes it."""
    body = orjson.dumps(content, option=_OPTIONS)
    sent = {"vary": "accept-encoding", "cache-control": "no-store"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    if len(body) > _WORTH_COMPRESSING and takes_gzip(request.headers.get("accept-encoding", "")):
        body = igzip.compress(body, compresslevel=1)
        sent["content-encoding"] = "gzip"
    return Response(body, status, sent, "application/json")


def problem(status: int, detail: str, **more: Any) -> Response:
    """A problem document: `detail` says what is wrong and what to do, without secrets."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    body |= {"detail": detail, **more}
    return Response(orjson.dumps(body), status, _HEADERS.get(status), "application/problem+json")


def not_allowed(method: str, allowed: Iterable[str]) -> Response:
    """405, with the methods that are allowed there (RFC 9110 §15.5.6)."""
    named = ", ".join(allowed)
    answer = problem(405, f"{method} cannot be done here; use {named}")
    answer.headers["allow"] = named
    return answer


def no_such(kind: str, id_: str) -> HTTPException:
    """404 for an id that is not known."""
    return HTTPException(404, f"there is no {kind} {id_!r}")


async def unforeseen(_: Request, __: Exception) -> Response:
    """500, without a word of what happened."""
    return problem(500, "an error of the program itself; its log has the details")


def install_problems(app: FastAPI) -> None:
    """Makes every error of `app` a problem document."""

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - the type below says so
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            return not_allowed(request.method, _methods_of(request))
        if error.detail == HTTPStatus.NOT_FOUND.phrase:  # the framework's: there is no such route
            path = request.url.path
            return problem(404, f"there is nothing at {path}; GET /openapi.json names every route")
        return problem(error.status_code, str(error.detail))

    async def invalid(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        errors = [
            {"place": ".".join(map(str, found["loc"])), "reason": found["msg"]}
            for found in error.errors()
        ]
        detail = "; ".join(f"{found['place']}: {found['reason']}" for found in errors)
        return problem(422, detail, errors=errors)

    async def unstored(request: Request, error: Exception) -> Response:
        log.warning("path=%s: %s", request.url.path, error)
        return problem(503, str(error))

    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(StoreError, unstored)
    app.add_exception_handler(Exception, unforeseen)


def _methods_of(request: Request) -> list[str]:
    """What the path of a request can be asked; HEAD wherever GET is."""

    def known(method: str) -> bool:
        scope = {**request.scope, "method": "GET" if method == "HEAD" else method}
        return any(r.matches(scope)[0] is Match.FULL for r in request.app.router.routes)

    return list(filter(known, _METHODS))
