"""Other keys for the API while it is served."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from configs.settings import Http, Secret
from exporters.api.app import Api
from exporters.api.door import Keys
from exporters.api.server import serve
from exporters.api.tls import tls_context
from exporters.errors import AccessError
from tests.exporters.certificates import make_certificates


@pytest.fixture
def http(tmp_path: Path) -> Http:
    make_certificates(tmp_path)
    return Http(port=0, tls_cert=tmp_path / "server.pem", tls_key=tmp_path / "server.key")


def with_clients(http: Http, folder: Path) -> Http:
    return http.model_copy(update={"client_ca": folder / "ca.pem"})


def client(folder: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=folder / "ca.pem")
    context.load_cert_chain(folder / "client.pem", folder / "client.key")
    context.maximum_version = ssl.TLSVersion.TLSv1_2  # whose sessions are there at once
    return context


async def handshake(
    port: int, context: ssl.SSLContext, session: ssl.SSLSession | None = None
) -> tuple[ssl.SSLSession | None, bool]:
    """The session, and whether it is the given one that goes on. Raises OSError."""

    def made() -> tuple[ssl.SSLSession | None, bool]:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1", session=session) as told,
        ):
            told.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            assert told.recv(99).startswith(b"HTTP/1.1 200 ")
            return told.session, bool(told.session_reused)

    return await asyncio.to_thread(made)


async def test_a_session_from_before_does_not_get_past_a_new_authority(
    app: Api, http: Http, tmp_path: Path
) -> None:
    http = with_clients(http, tmp_path)
    known = client(tmp_path)
    async with serve(app, http) as served:
        session, _ = await handshake(served.port, known)
        assert (await handshake(served.port, known, session))[1]  # as it may while nothing changes
        (tmp_path / "other").mkdir()
        make_certificates(tmp_path / "other")
        (tmp_path / "ca.pem").write_bytes((tmp_path / "other" / "ca.pem").read_bytes())
        assert served.door.use(Keys.read(http)) == []
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await handshake(served.port, known, session)


async def test_a_door_that_would_have_to_move_keeps_all_its_keys(
    app: Api, http: Http, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "a-token-of-many-letters")
    guarded = http.model_copy(update={"token": Secret(env="TOKEN")})
    plain = Http(port=http.port)
    async with serve(app, http) as served:
        assert served.door.use(Keys.read(plain)) == ["http.tls_cert"]
        assert served.door.use(Keys.read(with_clients(guarded, tmp_path))) == ["http.client_ca"]
        open_to_all = client(tmp_path)
        async with httpx.AsyncClient(base_url=served.url, verify=open_to_all) as asking:
            assert (await asking.get("/api/v1/coverage")).status_code == 200
            assert served.door.use(Keys.read(guarded)) == []
            assert (await asking.get("/api/v1/coverage")).status_code == 401
            assert served.door.use(Keys.read(http)) == []
            assert (await asking.get("/api/v1/coverage")).status_code == 200


def test_a_key_that_cannot_be_used_is_told_in_plain_words(http: Http, tmp_path: Path) -> None:
    key = tmp_path / "server.key"
    private = serialization.load_pem_private_key(key.read_bytes(), None)
    of_another_kind = rsa.generate_private_key(65537, 2048)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    nobody_knows = serialization.BestAvailableEncryption(b"xin chao")
    wrong = {
        "passphrase": private.private_bytes(*form, nobody_knows),
        "the key is not that of the certificate": (tmp_path / "client.key").read_bytes(),
        "key is not that": of_another_kind.private_bytes(*form, serialization.NoEncryption()),
        "not in PEM form": b"x",
        "it is empty": b"",
    }
    for why, content in wrong.items():
        key.write_bytes(content)
        with pytest.raises(AccessError, match=why):
            tls_context(http)
    key.unlink()
    os.mkfifo(key)
    with pytest.raises(AccessError, match=r"http\.tls_key .*server\.key: it is empty"):
        tls_context(http)
