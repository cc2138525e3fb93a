"""SSH against a real sshd, and against servers that misbehave."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import asyncssh
import paramiko  # type: ignore[import-untyped]
import pytest

from collector.failure import Failure
from collector.roster import roster
from collector.sample import Facts, PollFailed, Reach
from collector.ssh.execution import run_commands
from collector.ssh.poller import SshPoller
from collector.ssh.trust import trusted
from collector.ssh.workers import Workers
from configs.inventory import CliStyle
from configs.loader import load
from lab.main import LabInfo
from tests.collector.descriptors import no_descriptor_left
from tests.collector.sshd import ADDRESS, Server, keygen, sshd, trust

both_styles = pytest.mark.parametrize("style", list(CliStyle))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with sshd(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that accepts connections and says nothing."""
    with socket.create_server((ADDRESS, 0)) as listener:
        yield listener.getsockname()[1]


async def poll(login: object, **options: float) -> Facts | PollFailed:
    outcome: asyncio.Future[Facts | PollFailed] = asyncio.get_running_loop().create_future()
    async with SshPoller(**options) as poller:  # type: ignore[arg-type]
        poller.poll(login, outcome.set_result)  # type: ignore[arg-type]
        return await outcome


async def probe(port: int, timeout_s: float = 2.0) -> Reach:
    outcome: asyncio.Future[Reach] = asyncio.get_running_loop().create_future()
    async with SshPoller() as poller:
        poller.probe("web1", ADDRESS, port, outcome.set_result, timeout_s)
        return await outcome


@both_styles
async def test_a_real_host_tells_its_facts(server: Server, style: CliStyle) -> None:
    found = await poll(server.login(style))
    assert isinstance(found, Facts), found
    assert found.version == os.uname().release
    assert found.uptime_s > 0
    assert found.interfaces is not None
    assert "lo" in found.interfaces


@both_styles
async def test_a_host_key_that_is_not_known_is_not_trusted(
    server: Server, style: CliStyle, tmp_path: Path
) -> None:
    (tmp_path / "empty").write_text("")
    failed = await poll(server.login(style, known_hosts=str(tmp_path / "empty")))
    assert isinstance(failed, PollFailed)
    assert failed.failure is Failure.AUTHENTICATION
    assert "web1: host key of [127.0.0.1]" in failed.detail
    assert f"is not in {tmp_path}/empty; compare what 'ssh-keyscan" in failed.detail


@both_styles
async def test_a_host_key_that_changed_is_not_trusted(
    server: Server, style: CliStyle, tmp_path: Path
) -> None:
    keygen(tmp_path / "other")
    trust(tmp_path / "known_hosts", server.port, tmp_path / "other.pub")
    failed = await poll(server.login(style, known_hosts=str(tmp_path / "known_hosts")))
    assert isinstance(failed, PollFailed)
    assert failed.failure is Failure.AUTHENTICATION
    assert "is not the one in" in failed.detail
    assert "if the device was replaced" in failed.detail


@both_styles
async def test_keys_of_other_hosts_are_not_read_at_a_login(
    server: Server, style: CliStyle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To read those of a nation takes paramiko a second, and asyncssh 20 ms of the loop."""
    read: list[str] = []

    def noted(read_line: Callable[..., object]) -> Callable[..., object]:
        def reading(line: str, *rest: object) -> object:
            read.append(line)
            return read_line(line, *rest)

        return reading

    entry = paramiko.hostkeys.HostKeyEntry
    monkeypatch.setattr(entry, "from_line", noted(entry.from_line))
    imported = noted(asyncssh.import_public_key)
    monkeypatch.setattr("asyncssh.known_hosts.import_public_key", imported)
    own = (server.folder / "known_hosts").read_text()
    _, key = own.split(" ", 1)
    others = "".join(f"10.1.{n // 250}.{n % 250} {key}" for n in range(500))
    (tmp_path / "known_hosts").write_text(f"# all\n{others}{own}{others}")
    found = await poll(server.login(style, known_hosts=str(tmp_path / "known_hosts")))
    assert isinstance(found, Facts), found
    assert len(read) == 1


@pytest.mark.parametrize(
    "written", ["{0}\t{1}", "{0},10.0.0.1 {1}", "@revoked {0} {1}", "[127.*]:* {1}"]
)
def test_a_line_is_found_however_its_host_is_written(
    server: Server, tmp_path: Path, written: str
) -> None:
    host, key = (server.folder / "known_hosts").read_text().split(" ", 1)
    (tmp_path / "known_hosts").write_text(written.format(host, key))
    login = server.login(CliStyle.EXEC, known_hosts=str(tmp_path / "known_hosts"))
    assert trusted(login) == (tmp_path / "known_hosts").read_text()


@both_styles
async def test_without_a_known_hosts_file_nobody_is_connected_to(
    server: Server, style: CliStyle
) -> None:
    failed = await poll(server.login(style, known_hosts="/nowhere/known_hosts"))
    assert isinstance(failed, PollFailed)
    assert "'/nowhere/known_hosts' cannot be read" in failed.detail


@both_styles
async def test_a_refused_key_is_told_with_the_credentials_name(
    server: Server, style: CliStyle, tmp_path: Path
) -> None:
    keygen(tmp_path / "stranger")
    failed = await poll(server.login(style, key_file=str(tmp_path / "stranger")))
    assert isinstance(failed, PollFailed)
    assert failed.failure is Failure.AUTHENTICATION
    assert "refuses credential 'linux-key'" in failed.detail


@both_styles
async def test_a_password_never_shows_in_an_error(server: Server, style: CliStyle) -> None:
    failed = await poll(server.login(style, key_file="", password="hunter2-secret"))
    assert isinstance(failed, PollFailed)
    assert failed.failure is Failure.AUTHENTICATION
    assert "hunter2" not in repr(failed)


@both_styles
async def test_a_closed_port_is_refused(server: Server, style: CliStyle) -> None:
    with socket.socket() as unused:
        unused.bind((ADDRESS, 0))
        failed = await poll(replace(server.login(style), port=unused.getsockname()[1]))
    assert isinstance(failed, PollFailed)
    assert failed.failure is Failure.REFUSED


@both_styles
async def test_a_server_that_says_nothing_ends_at_the_deadline(
    server: Server, style: CliStyle, silent: int
) -> None:
    started = time.monotonic()
    failed = await poll(replace(server.login(style), port=silent), deadline_s=0.3)
    assert isinstance(failed, PollFailed)
    assert failed.failure is Failure.TIMEOUT
    assert time.monotonic() - started < 5


@both_styles
async def test_a_platform_that_nobody_knows_is_told(server: Server, style: CliStyle) -> None:
    failed = await poll(server.login(style, platform="acme_os"))
    assert isinstance(failed, PollFailed)
    assert failed.failure is Failure.DEVICE
    assert "acme_os" in failed.detail


async def test_answers_of_another_platform_are_not_believed(server: Server) -> None:
    failed = await poll(server.login(CliStyle.EXEC, platform="cisco_ios"))
    assert isinstance(failed, PollFailed)
    assert failed.failure is Failure.GARBAGE


async def test_an_ssh_server_is_reachable(server: Server) -> None:
    reach = await probe(server.port)
    assert reach.answered
    assert reach.rtt_s is not None


async def test_a_closed_port_is_not_reachable() -> None:
    with socket.socket() as unused:
        unused.bind((ADDRESS, 0))
        reach = await probe(unused.getsockname()[1])
    assert (reach.answered, reach.failure) == (False, Failure.REFUSED)


async def test_where_no_file_can_be_opened_any_more_nobody_was_looked_at(server: Server) -> None:
    async with SshPoller() as poller:
        outcome: asyncio.Future[Reach] = asyncio.get_running_loop().create_future()
        poller.probe("web1", ADDRESS, server.port, outcome.set_result, 2.0)
        with no_descriptor_left():
            reach = await outcome
    assert "too many open files" in reach.detail
    assert reach.refused


async def test_a_silent_port_is_not_reachable(silent: int) -> None:
    reach = await probe(silent, timeout_s=0.1)
    assert (reach.answered, reach.failure) == (False, Failure.TIMEOUT)


@pytest.mark.parametrize("says", [b"HTTP/1.1 400 Bad Request\r\n" * 30, b"x" * 5000, b""])
async def test_a_port_that_speaks_something_else_is_not_reachable(says: bytes) -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(says)
        writer.close()

    server = await asyncio.start_server(serve, ADDRESS, 0)
    async with server:
        reach = await probe(server.sockets[0].getsockname()[1])
    assert (reach.answered, reach.failure) == (False, Failure.GARBAGE)


async def test_a_hung_thread_holds_no_place_and_is_counted_until_it_comes_back() -> None:
    workers, release, aborted = Workers(1), threading.Event(), threading.Event()
    with pytest.raises(TimeoutError):
        await workers.run(release.wait, 0.05, aborted.set)
    assert aborted.is_set()
    assert workers.hung == 1
    with pytest.raises(TimeoutError, match="too many sessions hang"):
        await workers.run(lambda: True, 1.0, aborted.set)
    release.set()
    while workers.hung:  # noqa: ASYNC110  (a thread has no event of ours to wait for)
        await asyncio.sleep(0)
    assert await workers.run(lambda: 5, 1.0, aborted.set) == 5


async def test_what_a_worker_raises_is_raised_here() -> None:
    def work() -> None:
        raise LookupError("from the thread")

    with pytest.raises(LookupError, match="from the thread"):
        await Workers(1).run(work, 1.0, lambda: None)


@both_styles
async def test_the_labs_hubs_tell_their_facts(lab: LabInfo, style: CliStyle) -> None:
    wan = load(lab.config)
    members = roster(wan.inventory, wan.settings.polling, wan.snmp, wan.ssh)
    login = next(m.login for m in members.values() if m.login and m.login.style is style)
    found = await poll(login)
    assert isinstance(found, Facts), found
    assert found.version
    assert found.uptime_s > 0
    assert found.interfaces


async def test_an_answer_that_comes_in_pieces_is_read_to_its_end(server: Server) -> None:
    login = server.login(CliStyle.EXEC)
    answers = await run_commands(login, ["printf one; sleep 0.2; printf two", "printf three"])
    assert answers == ["onetwo", "three"]
