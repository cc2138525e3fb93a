"""What the daemon and the console cost while nothing happens, on the whole national WAN."""

from __future__ import annotations

import os
import pty
import re
import signal
import statistics
import struct
import sys
import termios
import time
from fcntl import ioctl
from pathlib import Path

import httpx

from configs.loader import load
from wanwatch.demo import DemoOptions, running

SURVEYED_S = 1200.0  # by then every device has been looked at whole, and asked for its neighbours
ROUNDS = 5
ROUND_S = 30.0
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """CPU seconds of a process so far, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def rss_mb(pid: int) -> float:
    """Resident megabytes of a process."""
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise LookupError(f"no VmRSS for {pid}")


def open_console(url: str) -> tuple[int, int]:
    """A console on a pseudo-terminal of 160×50; returns its pid and the terminal's descriptor."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execv(sys.executable, [sys.executable, "-m", "wanwatch", "tui", "--url", url])  # noqa: S606
    ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
    return pid, terminal


def drain(terminal: int, seconds: float) -> None:
    """Reads what the console draws, as a terminal would, for `seconds` or until it ends."""
    os.set_blocking(terminal, False)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.read(terminal, 65536)
        except BlockingIOError:
            time.sleep(0.05)
        except OSError:  # EIO: the console has closed its terminal
            return


def surveys(url: str) -> int:
    """How many surveys of either kind have been made so far."""
    text = httpx.get(f"{url}/metrics?scope=country", timeout=10.0).raise_for_status().text
    found = re.search(r"^wanwatch_surveys_total (\d+)", text, re.MULTILINE)
    if found is None:
        raise LookupError("no wanwatch_surveys_total")
    return int(found[1])


def main() -> str:
    """A markdown table of idle costs."""
    with running(DemoOptions()) as demo:
        daemon = demo.parts["daemon"].process.pid
        nodes = load(demo.folder / "wanwatch.yaml").inventory.nodes.values()
        wanted = 2 * sum(node.credential is not None for node in nodes)
        console, terminal = open_console(demo.url)
        drain(terminal, ROUND_S)
        began, cpu_began = time.monotonic(), cpu_s(daemon)
        while surveys(demo.url) < wanted and time.monotonic() < began + SURVEYED_S:
            drain(terminal, ROUND_S)
        first_s = time.monotonic() - began
        first_cpu = (cpu_s(daemon) - cpu_began) / first_s
        daemon_cpu, console_cpu = [], []
        for _ in range(ROUNDS):
            before = cpu_s(daemon), cpu_s(console)
            drain(terminal, ROUND_S)
            daemon_cpu.append((cpu_s(daemon) - before[0]) / ROUND_S)
            console_cpu.append((cpu_s(console) - before[1]) / ROUND_S)
        rows = [
            ("daemon, CPU of one core", f"{statistics.median(daemon_cpu):.1%}", "≤ 15 %"),
            (
                f"at first, while it surveys every device ({first_s / 60:.0f} min)",
                f"{first_cpu:.1%}",
                "",
            ),
            ("console, CPU of one core", f"{statistics.median(console_cpu):.1%}", "≤ 5 %"),
            ("daemon, resident", f"{rss_mb(daemon):.0f} MB", "≤ 350 MB"),
            ("console, resident", f"{rss_mb(console):.0f} MB", ""),
        ]
        os.kill(console, signal.SIGTERM)
        drain(terminal, 1)
        os.waitpid(console, 0)
    lines = ["| what | measured | aim |", "|---|---|---|"]
    return "\n".join(lines + [f"| {name} | {value} | {aim} |" for name, value, aim in rows])


if __name__ == "__main__":
    print(main())
