"""What a SIGHUP takes of a new token, new certificates and other addresses: seen from outside."""

from __future__ import annotations

import signal
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.exporters.certificates import make_certificates
from tests.wanwatch.test_signals import CONFIG, daemon, until

TLS = (
    "http: {port: 0, tls_cert: server.pem, tls_key: server.key, client_ca: ca.pem, "
    "token: {file: token}}"
)
OLD, NEW = "the-old-token-of-many-letters", "the-new-token-of-many-letters"


class Running:
    """A daemon behind TLS and a token, with what is needed to talk with it."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes], log: Path) -> None:
        self.folder = folder
        self._process = process
        self._log = log
        until(lambda: log.exists() and "url=" in self.log)
        self.url = self.log.split("url=")[1].split()[0]

    @property
    def log(self) -> str:
        return self._log.read_text("utf-8")

    def client(self, trusted: Path) -> httpx.Client:
        """One that trusts the authority in `trusted`, and has a certificate of it."""
        context = ssl.create_default_context(cafile=trusted / "ca.pem")
        context.load_cert_chain(trusted / "client.pem", trusted / "client.key")
        return httpx.Client(base_url=self.url, verify=context)

    def reload(self, told: str) -> str:
        """Has the configuration read again; the line of the log with `told`."""
        before = self.log.count(told)
        self._process.send_signal(signal.SIGHUP)
        until(lambda: self._process.poll() is not None or self.log.count(told) > before)
        return next(line for line in reversed(self.log.splitlines()) if told in line)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    make_certificates(tmp_path)
    (tmp_path / "token").write_text(OLD, "utf-8")
    with daemon(tmp_path, CONFIG.replace("http: {port: 0}", TLS)) as (process, log):
        yield Running(tmp_path, process, log)


def asked(client: httpx.Client, token: str) -> int:
    headers = {"authorization": f"Bearer {token}"}
    return client.get("/api/v1/coverage", headers=headers).status_code


def renewed(folder: Path, *names: str) -> None:
    """Puts the files `names` of another authority in the place of those in `folder`, which are
    kept in `before`; all of the other's are in `after`."""
    (folder / "before").mkdir()
    (folder / "after").mkdir()
    make_certificates(folder / "after")
    for old in (*folder.glob("*.pem"), *folder.glob("*.key")):
        (folder / "before" / old.name).write_bytes(old.read_bytes())
    for name in names:
        (folder / name).write_bytes((folder / "after" / name).read_bytes())


def test_a_reload_takes_a_new_token_and_new_certificates_and_drops_nobody(
    running: Running,
) -> None:
    with running.client(running.folder) as early:
        assert asked(early, OLD) == 200
        renewed(running.folder, "server.pem", "server.key", "ca.pem")
        (running.folder / "token").write_text(NEW, "utf-8")
        running.reload("reloaded nodes=1")
        # Over its connection from before: another would not be trusted by either side.
        assert asked(early, OLD) == 401
        assert asked(early, NEW) == 200
    with running.client(running.folder / "after") as late:
        assert asked(late, NEW) == 200
    with running.client(running.folder / "before") as stranger, pytest.raises(httpx.ConnectError):
        asked(stranger, NEW)
    assert OLD not in running.log
    assert NEW not in running.log


def test_with_one_wrong_file_nothing_of_a_reload_is_taken_and_one_line_says_why(
    running: Running,
) -> None:
    folder = running.folder
    with running.client(folder) as early:
        assert asked(early, OLD) == 200
        renewed(folder)
        (folder / "token").write_text(NEW, "utf-8")
        wrong = {
            "server.key": ((folder / "client.key").read_bytes(), "the key is not that of the cert"),
            "server.pem": (None, "http.tls_cert"),
            "ca.pem": (b"no certificate", "http.client_ca"),
            "token": (None, "token"),
        }
        for tries, (name, (instead, why)) in enumerate(wrong.items(), 1):
            right = (folder / name).read_bytes()
            (folder / name).unlink()
            if instead is not None:
                (folder / name).write_bytes(instead)
            assert why in running.reload("the new configuration is refused")
            assert running.log.count("is refused") == tries
            (folder / name).write_bytes(right)
        assert (asked(early, OLD), asked(early, NEW)) == (200, 401)
    with running.client(folder / "before") as late:
        assert asked(late, OLD) == 200
    assert "Traceback" not in running.log


def test_what_takes_another_listener_is_for_the_next_start_and_is_told_each_time(
    running: Running,
) -> None:
    config = running.folder / "wanwatch.yaml"
    as_started = config.read_text("utf-8")
    (running.folder / "token").write_text(NEW, "utf-8")
    changes = {
        "http.port": as_started.replace("port: 0", "port: 1"),
        "http.host": as_started.replace("port: 0", "port: 0, host: localhost"),
        "http.client_ca": as_started.replace(", client_ca: ca.pem", ""),
        "http.tls_cert, http.client_ca": as_started.replace(TLS, "http: {token: {file: token}}"),
    }
    with running.client(running.folder) as client:
        for key, text in changes.items():
            config.write_text(text, "utf-8")
            for _ in range(2):
                line = running.reload("taken at the next start only")
                assert key in line
                assert asked(client, OLD) == 200
        config.write_text(as_started, "utf-8")
        running.reload("reloaded nodes=1")
        assert asked(client, NEW) == 200
    assert running.log.count("taken at the next start only") == 2 * len(changes)
