"""The demo: lab, daemon, a stand-in pager and the console in one process tree."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from lab.control import request
from lab.errors import NotRunningError
from wanwatch.children import Child
from wanwatch.errors import DemoError

START_TIMEOUT_S = 90.0


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """`communes` None means all 3,321; `keep` is a folder that outlives the demo; another port
    than `http_port` is taken when that one is in use, or 0."""

    communes: int | None = None
    seed: int = 1
    story: bool = False
    keep: Path | None = None
    language: str = "vi"
    http_port: int = 9464


class Demo:
    """A running demo: its folder, where its API answers, and its parts by name."""

    def __init__(self, folder: Path, url: str, stack: contextlib.ExitStack) -> None:
        self.folder = folder
        self.url = url
        self.parts: dict[str, Child] = {}
        self._stack = stack

    def start(self, name: str, *arguments: str) -> Child:
        """Starts a part, or starts it again; it is stopped when the demo ends."""
        child = Child(name, arguments, self.folder / f"{name}.log")
        self.parts[name] = self._stack.enter_context(child)
        return child

    def start_daemon(self) -> Child:
        """Starts the daemon, or starts it again."""
        return self.start("daemon", "run", "-c", str(self.folder / "wanwatch.yaml"))

    def check(self) -> None:
        """Raises DemoError when a part of it has ended."""
        for child in self.parts.values():
            child.check()


def free_port(kind: socket.SocketKind, wanted: int = 0) -> int:
    """A free loopback port, `wanted` itself if nobody has it."""
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def running(options: DemoOptions) -> Iterator[Demo]:
    """Starts everything and stops it again; raises DemoError when a part does not start."""
    folder = options.keep or Path(tempfile.mkdtemp(prefix="wanwatch-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    http_port = free_port(socket.SOCK_STREAM, options.http_port)
    pager_port = free_port(socket.SOCK_STREAM)
    url = f"http://127.0.0.1:{http_port}"
    ports = ["--http-port", str(http_port), "--trap-port", str(free_port(socket.SOCK_DGRAM))]
    size = ["--communes", str(options.communes)] if options.communes is not None else []
    with contextlib.ExitStack() as stack:
        if options.keep is None:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        demo = Demo(folder, url, stack)
        demo.start("pager", "lab", "pager", "--dir", str(folder), "--port", str(pager_port))
        page = ["--page", f"http://127.0.0.1:{pager_port}/", "--language", options.language]
        lab = demo.start(
            "lab", "lab", "up", "--dir", str(folder), "--seed", str(options.seed),
            *size, *ports, *page,
        )  # fmt: skip
        with progress() as bar:
            wait_for_lab(folder, lab, bar)
            wait_for_daemon(url, demo.start_daemon(), bar)
        if options.story:
            demo.start("story", "lab", "story", "--dir", str(folder))
        yield demo


def progress() -> Progress:
    """A progress bar on stderr that leaves nothing behind."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def wait_for_lab(folder: Path, lab: Child, bar: Progress) -> None:
    """Returns when the lab's control socket answers. Raises DemoError."""
    task = bar.add_task("the simulated WAN comes up", total=None)
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        lab.check()
        with contextlib.suppress(NotRunningError):
            request(folder, {"do": "status"})
            break
        if time.monotonic() > deadline:
            raise DemoError(f"the lab is not up after {START_TIMEOUT_S:.0f} s (see {lab.log})")
        time.sleep(0.05)
    bar.remove_task(task)


def wait_for_daemon(url: str, daemon: Child, bar: Progress) -> None:
    """Returns when every point has been looked at and polled. Raises DemoError."""
    task = bar.add_task("first look at every point", total=None)
    deadline = time.monotonic() + START_TIMEOUT_S
    with httpx.Client(base_url=url, timeout=2.0) as client:
        while True:
            daemon.check()
            with contextlib.suppress(httpx.TransportError):
                if client.get("/readyz").status_code == httpx.codes.OK:
                    coverage = client.get("/api/v1/coverage").json()
                    total, known = coverage["total"], coverage["total"] - coverage["unknown"]
                    bar.update(task, total=total, completed=known)
                    if known == total:
                        return
            if time.monotonic() > deadline:
                raise DemoError(f"no answer from {url}/readyz (see {daemon.log})")
            time.sleep(0.1)


async def report(demo: Demo, every_s: float, out: Console) -> None:
    """Prints a status line every few seconds until cancelled."""
    async with httpx.AsyncClient(base_url=demo.url, timeout=5.0) as client:
        while True:
            demo.check()
            try:
                out.print(await status_line(client, demo.folder))
            except httpx.TransportError as error:  # it is busy, or has just ended
                out.print(f"no answer from {demo.url}: {type(error).__name__}")
            await asyncio.sleep(every_s)


async def status_line(client: httpx.AsyncClient, folder: Path) -> str:
    """One line: coverage, outages, pages sent, age of the picture."""
    snapshot = (await client.get("/api/v1/snapshot")).json()
    coverage = snapshot["coverage"]
    pages = folder / "pages.jsonl"
    sent = len(pages.read_text("utf-8").splitlines()) if pages.exists() else 0
    roots = ", ".join(outage["root"]["name"] for outage in snapshot["outages"][:3])
    return (
        f"{snapshot['at'][11:19]}Z coverage {coverage['ratio']:.2%} "
        f"({coverage['up']}/{coverage['total']} points, {len(snapshot['provinces'])} provinces) "
        f"outages {len(snapshot['outages'])}{f' ({roots})' if roots else ''} pages {sent}"
    )


def play(options: DemoOptions) -> int:
    """Runs the demo: the console on a terminal, status lines elsewhere. Returns the exit code."""
    with running(options) as demo:
        if all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
            from tui.main import run

            return run(demo.url, token=None, language=options.language)
        out = Console(soft_wrap=True, highlight=False, markup=False)
        out.print(f"API at {demo.url}, logs in {demo.folder}")
        asyncio.run(report(demo, 5.0, out))
        return 0
