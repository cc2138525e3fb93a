from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from configs.settings import Http, Secret
from exporters.api import access
from exporters.api.access import BODY_LIMIT, Access, access_for, is_loopback
from exporters.api.app import create_app
from exporters.api.server import serve
from exporters.api.tls import tls_context
from exporters.errors import AccessError
from exporters.program import program_registry
from tests.exporters.certificates import make_certificates
from tests.exporters.daemon import Daemon

TOKEN = "a-token-of-many-letters"
BY_ENVIRONMENT = Secret(env="TOKEN")


def client_of(app: FastAPI, host: str = "localhost:9464") -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://{host}")


@pytest.fixture
async def guarded(daemon: Daemon) -> AsyncIterator[FastAPI]:
    allowed = access_for(Http(host="0.0.0.0", token=BY_ENVIRONMENT), TOKEN)  # noqa: S104
    made = create_app(daemon, access=allowed, registry=program_registry([]))
    yield made
    made.state.scraper.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
def test_loopback_needs_no_token(host: str) -> None:
    assert access_for(Http(host=host), "") == Access()


@pytest.mark.parametrize("host", ["0.0.0.0", "10.1.2.3", "::", "monitor.example.vn"])  # noqa: S104
def test_anything_else_without_a_token_refuses_to_start(host: str) -> None:
    with pytest.raises(AccessError, match=r"http\.token.*http\.client_ca.*127\.0\.0\.1"):
        access_for(Http(host=host), "")


def test_an_empty_token_refuses_to_start_even_on_loopback() -> None:
    with pytest.raises(AccessError, match=r"http\.token is empty"):
        access_for(Http(token=BY_ENVIRONMENT), "")


def test_half_of_the_tls_files_refuse_to_start(tmp_path: Path) -> None:
    with pytest.raises(AccessError, match="give both or neither"):
        access_for(Http(tls_cert=tmp_path), "")
    with pytest.raises(AccessError, match=r"client_ca needs http\.tls_cert"):
        access_for(Http(host="10.0.0.1", client_ca=tmp_path), "")


def test_a_token_in_the_clear_and_a_short_one_are_warned_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        access_for(Http(host="10.0.0.1", token=BY_ENVIRONMENT), "s3cr3t")
    assert "in the clear" in caplog.text
    assert "under 16 characters" in caplog.text
    assert "s3cr3t" not in caplog.text


def test_a_token_is_never_printed() -> None:
    assert TOKEN not in repr(Access(TOKEN))


def test_tls_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("no certificate", "utf-8")
    with pytest.raises(AccessError, match=r"broken\.pem"):
        tls_context(Http(tls_cert=broken, tls_key=broken))
    with pytest.raises(AccessError, match="No such file"):
        tls_context(Http(tls_cert=tmp_path / "none", tls_key=broken))
    make_certificates(tmp_path)
    pair = {"tls_cert": tmp_path / "server.pem", "tls_key": tmp_path / "server.key"}
    with pytest.raises(AccessError, match=r"client_ca .*broken\.pem"):
        tls_context(Http(**pair, client_ca=broken))


@pytest.mark.parametrize(
    "given", [None, "", "Bearer", "Bearer wrong", TOKEN, f"bearer {TOKEN}", f"Bearer {TOKEN} "]
)
async def test_without_the_token_nothing_is_told(guarded: FastAPI, given: str | None) -> None:
    headers = {} if given is None else {"authorization": given}
    async with client_of(guarded) as client:
        for path in ("/metrics", "/api/v1/snapshot", "/sd", "/openapi.json", "/readyz", "/nothing"):
            answer = await client.get(path, headers=headers)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"
            assert TOKEN not in answer.text
        assert (await client.get("/healthz")).status_code == 200


async def test_the_token_opens_everything(guarded: FastAPI) -> None:
    headers = {"authorization": f"Bearer {TOKEN}"}
    async with client_of(guarded, "monitor.example.vn") as client:
        for path in ("/metrics", "/api/v1/snapshot", "/sd", "/openapi.json", "/readyz"):
            assert (await client.get(path, headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:9464", 200),
        ("127.0.0.1", 200),
        ("127.9.9.9:80", 200),
        ("[::1]:9464", 200),
        ("evil.example:9464", 421),
        ("127.0.0.1.evil.example", 421),
        ("10.0.0.1", 421),
    ],
)
async def test_a_foreign_page_cannot_reach_loopback_under_a_name_of_its_own(
    app: FastAPI, host: str, status: int
) -> None:
    async with client_of(app) as client:
        assert (await client.get("/healthz", headers={"host": host})).status_code == status


async def test_a_form_of_a_foreign_page_cannot_write(app: FastAPI, daemon: Daemon) -> None:
    async with client_of(app) as client:
        for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
            answer = await client.post(
                "/api/v1/nodes/cpe-1/poll", content=b"{}", headers={"content-type": kind}
            )
            assert answer.status_code == 415
    assert daemon.asked == []


async def test_a_body_has_a_limit_also_without_a_length(app: FastAPI, daemon: Daemon) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 8192

    async with serve(app, Http(port=0)) as served, httpx.AsyncClient(base_url=served.url) as client:
        headers = {"content-type": "application/json"}
        announced = await client.post(
            "/api/v1/silences", content=b" " * (BODY_LIMIT + 1), headers=headers
        )
        assert announced.status_code == 413
        # Cut off in the midst of sending, it may see the answer or not; it must not go on for ever.
        with suppress(httpx.TransportError):
            refused = await client.post("/api/v1/silences", content=endless(), headers=headers)
            assert refused.status_code == 413
    assert not daemon.told


async def test_a_body_that_does_not_come_is_not_waited_for(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "BODY_TIMEOUT_S", 0.01)
    async with serve(app, Http(port=0)) as served:
        reader, writer = await asyncio.open_connection(served.host, served.port)
        writer.write(
            b"POST /api/v1/silences HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"
            b"Content-Type: application/json\r\n\r\n{"
        )
        assert (await reader.read()).startswith(b"HTTP/1.1 408 ")
        writer.close()


async def test_mutual_tls_lets_in_who_has_a_certificate_and_nobody_else(
    daemon: Daemon, tmp_path: Path
) -> None:
    make_certificates(tmp_path)
    http = Http(
        port=0,
        tls_cert=tmp_path / "server.pem",
        tls_key=tmp_path / "server.key",
        client_ca=tmp_path / "ca.pem",
    )
    app = create_app(daemon, access=access_for(http, ""), registry=program_registry([]))
    trusting = ssl.create_default_context(cafile=tmp_path / "ca.pem")
    known = ssl.create_default_context(cafile=tmp_path / "ca.pem")
    known.load_cert_chain(tmp_path / "client.pem", tmp_path / "client.key")
    async with serve(app, http) as served:
        assert served.scheme == "https"
        async with httpx.AsyncClient(base_url=served.url, verify=known) as client:
            assert (await client.get("/api/v1/coverage")).status_code == 200
            assert (await client.get("/sd")).json()[0]["labels"]["__scheme__"] == "https"
        async with httpx.AsyncClient(base_url=served.url, verify=trusting) as client:
            with pytest.raises(httpx.TransportError):
                await client.get("/api/v1/coverage")


@pytest.mark.parametrize(
    ("host", "loopback"), [("127.0.0.1", True), ("LOCALHOST", True), ("::1", True), ("", False)]
)
def test_loopback_is_told_by_address_or_the_one_name(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
