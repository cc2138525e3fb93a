"""Child processes of the demo: started together, watched, and never left behind."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from wanwatch.errors import DemoError

PR_SET_PDEATHSIG = 1
STOP_TIMEOUT_S = 8.0


def _die_with_parent() -> None:
    """Asks the kernel for SIGTERM when the parent dies, even from kill -9 (Linux, prctl(2))."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    os.setpgid(0, 0)  # Ctrl-C at the terminal is the console's, not theirs


class Child:
    """`python -m wanwatch ARGUMENTS`, its output in `log`; stopped when the block is left."""

    def __init__(self, name: str, arguments: Sequence[str], log: Path) -> None:
        self.name = name
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
                [sys.executable, "-m", "wanwatch", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=_die_with_parent,
            )

    def check(self) -> None:
        """Raises DemoError when the child has ended, with the last line that it wrote."""
        code = self.process.poll()
        if code is not None:
            lines = self.log.read_text("utf-8", "replace").strip().splitlines()
            last = lines[-1] if lines else "it wrote nothing"
            raise DemoError(f"the {self.name} stopped (exit code {code}): {last} (see {self.log})")

    def stop(self) -> None:
        """Asks the child to end, and ends it if it does not."""
        if self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    async def until(self, ready: asyncio.Task[None]) -> None:
        """Waits for `ready` while the child lives. Raises DemoError when it ends first."""
        while not ready.done():
            self.check()
            await asyncio.wait({ready}, timeout=0.1)
        await ready

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
