from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from store.database import Store
from store.errors import AlreadyOpenError, NotWritableError, StoreError, UnreachableError
from store.record import Record
from tests.store.material import alert, outage
from tests.store.postgres import PASSWORD, Server


async def test_a_second_daemon_on_the_same_database_is_refused(
    postgres_url: str, tmp_path: Path
) -> None:
    first = await Store.open(postgres_url, folder=tmp_path)
    with pytest.raises(AlreadyOpenError, match="used by another daemon") as caught:
        await Store.open(postgres_url, folder=tmp_path)
    assert PASSWORD not in str(caught.value)
    await first.close()
    second = await Store.open(postgres_url, folder=tmp_path)
    await second.close()


async def test_a_daemon_that_lost_its_session_cannot_write_until_it_has_the_claim_again(
    postgres_url: str, tmp_path: Path
) -> None:
    first = await Store.open(postgres_url, folder=tmp_path)
    kill = text(
        "SELECT pg_terminate_backend(pid) FROM pg_locks"
        " WHERE locktype = 'advisory' AND database ="
        " (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    await first._backend.read(lambda connection: connection.execute(kill))
    record = Record(outages=(outage(),), alerts=(alert(),))
    with pytest.raises(UnreachableError, match="does not answer"):
        await first.commit(record)
    second = await Store.open(postgres_url, folder=tmp_path)
    with pytest.raises(AlreadyOpenError):
        await first.commit(record)
    await second.close()
    assert await first.commit(record) == [alert()]
    await first.close()


async def test_a_wrong_password_a_missing_database_and_a_dead_server_are_named(
    postgres: Server, postgres_url: str, tmp_path: Path
) -> None:
    name = postgres_url.rpartition("/")[2]
    with pytest.raises(NotWritableError, match="refuses the password") as caught:
        await Store.open(postgres.url(name, "wr0ng-secret"), folder=tmp_path)
    assert "wr0ng" not in str(caught.value)
    with pytest.raises(NotWritableError, match="does not exist"):
        await Store.open(postgres.url("nowhere"), folder=tmp_path)
    with pytest.raises(StoreError, match="is it running"):
        await Store.open("postgresql://wan:x@127.0.0.1:1/wan", folder=tmp_path)
