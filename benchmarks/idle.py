"""What the daemon and the console cost while nothing happens, on the whole national WAN.

With `--hour` it stays until an hour of history is in memory, and Prometheus' scrapes are made
meanwhile: a page of everything with gzip each 15 s, and each tenth time one without.
"""

from __future__ import annotations

import argparse
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
HOUR_S = 3600.0
SCRAPE_S = 15.0
PLAIN_EVERY = 10  # scrapes
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """CPU seconds of a process so far, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def rss_mb(pid: int, row: str = "VmRSS") -> float:
    """Resident megabytes of a process, now (`VmRSS`) or at most so far (`VmHWM`)."""
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith(f"{row}:"):
            return int(line.split()[1]) / 1024
    raise LookupError(f"no {row} for {pid}")


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


def scrape_until(url: str, end: float, terminal: int) -> int:
    """Scrapes everything as Prometheus does until then (monotonic s); how often it did."""
    made = 0
    with httpx.Client(timeout=60.0) as client:
        while time.monotonic() < end:
            made += 1
            coding = "identity" if made % PLAIN_EVERY == 0 else "gzip"
            headers = {"accept-encoding": coding}
            with client.stream("GET", f"{url}/metrics", headers=headers) as page:
                page.raise_for_status()
                for _ in page.iter_raw():
                    pass
            drain(terminal, min(SCRAPE_S, max(0.0, end - time.monotonic())))
    return made


def main(hour: bool = False) -> str:
    """A markdown table of idle costs; with `hour`, of the memory after one as well."""
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
        if hour:
            made = scrape_until(demo.url, began + HOUR_S, terminal)
            what = f"after an hour and {made} scrapes of everything"
            rows += [
                (f"daemon, resident {what}", f"{rss_mb(daemon):.0f} MB", "≤ 350 MB"),
                ("daemon, resident at most", f"{rss_mb(daemon, 'VmHWM'):.0f} MB", "≤ 350 MB"),
                ("console, resident after an hour", f"{rss_mb(console):.0f} MB", ""),
            ]
        os.kill(console, signal.SIGTERM)
        drain(terminal, 1)
        os.waitpid(console, 0)
    lines = ["| what | measured | aim |", "|---|---|---|"]
    return "\n".join(lines + [f"| {name} | {value} | {aim} |" for name, value, aim in rows])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hour", action="store_true", help="stay until an hour is over")
    print(main(parser.parse_args().hour))
