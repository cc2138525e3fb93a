"""What the daemon does when it is signalled, however early."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

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


def test_a_reload_that_is_asked_for_during_the_start_is_made_after_it(tmp_path: Path) -> None:
    (tmp_path / "wanwatch.yaml").write_text(CONFIG, "utf-8")
    (tmp_path / "nodes.yaml").write_text(NODES, "utf-8")
    (tmp_path / "community").write_text("public", "utf-8")
    log = tmp_path / "log"
    command = [sys.executable, "-m", "wanwatch", "run", "-c", str(tmp_path / "wanwatch.yaml")]
    with subprocess.Popen([*command, "--log-file", str(log)]) as daemon:
        until(lambda: (tmp_path / "wanwatch.db.lock").exists() or daemon.poll() is not None)
        daemon.send_signal(signal.SIGHUP)
        until(lambda: daemon.poll() is not None or "reloaded" in log.read_text("utf-8"))
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(10) == 0
