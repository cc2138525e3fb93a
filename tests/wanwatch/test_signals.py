"""What the daemon does when it is signalled, however early."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

CONFIG = """
inventory: [nodes.yaml]
monitors: [noc]
credentials: {snmp: {c: {version: 2c, community: {file: community}}}}
http: {port: 0}
store: {url: sqlite:///wanwatch.db}
"""
NODES = """
provinces: [{id: hn, name: Hà Nội, code: "01"}]
sites: [{id: noc, name: NOC, kind: data_centre, province: hn}]
nodes: [{id: noc, site: noc, address: 127.0.0.1, credential: c, reachability: snmp}]
"""


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 15
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


@contextmanager
def daemon(folder: Path, config: str = CONFIG) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A daemon that is starting, and its log. It is to end well."""
    (folder / "wanwatch.yaml").write_text(config, "utf-8")
    (folder / "nodes.yaml").write_text(NODES, "utf-8")
    (folder / "community").write_text("public", "utf-8")
    log = folder / "log"
    command = [sys.executable, "-m", "wanwatch", "run", "-c", str(folder / "wanwatch.yaml")]
    with subprocess.Popen([*command, "--log-file", str(log)]) as started:
        try:
            yield started, log
        finally:
            started.terminate()
        assert started.wait(10) == 0


def test_a_reload_that_is_asked_for_during_the_start_is_made_after_it(tmp_path: Path) -> None:
    with daemon(tmp_path) as (started, log):
        until(lambda: (tmp_path / "wanwatch.db.lock").exists() or started.poll() is not None)
        started.send_signal(signal.SIGHUP)
        until(lambda: started.poll() is not None or "reloaded" in log.read_text("utf-8"))


def test_what_an_operator_did_just_before_the_end_is_among_the_events(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    times = {"starts": now.isoformat(), "ends": (now + timedelta(hours=1)).isoformat()}
    silence = times | {"matchers": {"site": "noc"}, "author": "Lan", "comment": "works"}
    with daemon(tmp_path) as (_, log):
        until(lambda: log.exists() and "url=" in log.read_text("utf-8"))
        url = log.read_text("utf-8").split("url=")[1].split()[0]
        made = httpx.post(f"{url}/api/v1/silences", json=silence)
        assert made.status_code == 201
    with closing(sqlite3.connect(tmp_path / "wanwatch.db")) as store:
        assert ("event.silence.added",) in store.execute("SELECT kind FROM event").fetchall()
