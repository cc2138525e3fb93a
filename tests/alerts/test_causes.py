"""Why a receiver or the store fails, in the operator's language."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from configs.messages import messages
from exporters.alerts.access import ReceiverAccess
from store.database import Store
from store.errors import DiskFullError, StoreError
from store.record import Event, Record
from tests.alerts.delivering import delivering
from tests.alerts.hook import HANG, HANG_UP, Hook, hook
from tests.alerts.material import alert
from tests.exporters.certificates import make_certificates


async def said(store: Store, url: str, timeout_s: float = 5.0) -> tuple[str, str]:
    """What is told of a receiver that failed, in Vietnamese, and the reason in the log's words."""
    await store.commit(Record(alerts=(alert(),)))
    events: list[Event] = []
    access = ReceiverAccess("noc", "webhook", url, timeout_s=timeout_s)
    async with delivering(store, access, events=events) as it, asyncio.timeout(15):
        while not events:
            it.outbox.noted.clear()
            await it.outbox.noted.wait()
    return messages("vi").event(events[0].kind, events[0].params), events[0].params["error"]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (404, "từ chối, hãy xem lại URL và bí mật của nơi nhận: HTTP 404"),
        (429, "bị gửi quá dày: HTTP 429"),
        (503, "đang gặp sự cố nên không nhận: HTTP 503"),
        (HANG, "không trả lời kịp thời hạn"),
        (HANG_UP, "không nhận: cannot be reached: "),
    ],
)
async def test_an_answer_that_is_no_success_is_told(
    store: Store, answer: int | str, told: str
) -> None:
    async with hook(lambda _call: answer) as noc:
        assert told in (await said(store, noc.url, 0.2 if answer == HANG else 5.0))[0]


async def test_an_address_where_nothing_listens_is_told(store: Store) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/s3cret"
        text, error = await said(store, url)
    assert "không có chương trình nào lắng nghe" in text
    assert "Connect call failed" in error  # not "all connection attempts failed"
    assert "s3cret" not in error


async def test_a_name_without_an_address_is_told(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nothing)
    text, _ = await said(store, "http://noc.example.vn/hook")
    assert "không tìm được địa chỉ của tên máy" in text


@asynccontextmanager
async def stranger(folder: Path) -> AsyncIterator[str]:
    """The URL of a receiver whose certificate nobody vouches for."""
    make_certificates(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    server = await asyncio.start_server(Hook(lambda _: 200).serve, "127.0.0.1", 0, ssl=context)
    try:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    finally:
        server.close()
        await server.wait_closed()


async def test_a_certificate_that_cannot_be_trusted_is_told(store: Store, tmp_path: Path) -> None:
    async with stranger(tmp_path) as url:
        text, error = await said(store, url)
    assert "không thể tin chứng chỉ TLS" in text
    assert "certificate verify failed" in error


def test_every_cause_that_the_store_names_has_its_sentence_in_both_languages() -> None:
    def kinds(kind: type[StoreError]) -> list[type[StoreError]]:
        return [kind, *(each for below in kind.__subclasses__() for each in kinds(below))]

    causes = {kind.cause for kind in kinds(StoreError)} - {""}
    assert causes == {"full", "damaged", "locked", "unreachable", "barred"}
    for language in ("vi", "en"):
        known = messages(language).keys()
        assert {f"event.store.failing.{cause}" for cause in causes} <= known
    params = {"error": "database x: the disk is full", "cause": DiskFullError.cause}
    text = messages("vi").event("event.store.failing", params)
    assert text == (
        "Không ghi được cơ sở dữ liệu: đĩa đầy hoặc không cho ghi; hãy giải phóng chỗ trống"
    )


def test_an_event_of_before_or_of_a_cause_without_a_sentence_keeps_its_words() -> None:
    for params in ({}, {"cause": ""}, {"cause": "of another version"}):
        text = messages("vi").event("event.store.failing", {"error": "why", **params})
        assert text == "Không ghi được cơ sở dữ liệu: why"
