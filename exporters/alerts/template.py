"""Operators' templates, rendered in the sandbox process with a deadline."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import orjson

from exporters.errors import TemplateFault

START_TIMEOUT_S = 20.0
RENDER_TIMEOUT_S = 2.0
LONGEST_LINE = 4 * 1024 * 1024


class Templates:
    """One sandbox process, started when it is first needed and again after it had to be killed."""

    def __init__(self, *, timeout_s: float = RENDER_TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None

    async def render(self, path: Path, values: dict[str, Any]) -> str:
        """The template's text. Raises TemplateFault, which names file and line."""
        request = orjson.dumps({"path": str(path), "values": values}) + b"\n"
        async with self._turn:
            try:
                answer = await self._ask(request)
            except TimeoutError:
                reason = f"not finished after {self._timeout_s:g} s; is a loop too long?"
                raise TemplateFault(str(path), 0, reason) from None
            except (OSError, EOFError):
                reason = "the sandbox ended while rendering it; does it need too much memory?"
                raise TemplateFault(str(path), 0, reason) from None
        if "text" not in answer:
            raise TemplateFault(str(path), answer["line"], answer["reason"])
        return str(answer["text"])

    async def close(self) -> None:
        if self._process is not None:
            if self._process.returncode is None:
                self._process.kill()
            await self._process.communicate()
            self._process = None

    async def _ask(self, request: bytes) -> dict[str, Any]:
        finished = False
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                if self._process is not None and self._process.returncode is not None:
                    await self.close()  # somebody ended it meanwhile, which is no fault of this one
                process = self._process or await self._start()
            async with asyncio.timeout(self._timeout_s):
                answer = await _exchange(process, request)
            finished = True
        finally:
            if not finished:  # it may still be busy, or answer the wrong question later
                await self.close()
        return answer

    async def _start(self) -> asyncio.subprocess.Process:
        self._process = process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "exporters.alerts.sandbox"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LONGEST_LINE,
            env={name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ},
        )
        await _exchange(process, b"")
        return process


async def _exchange(process: asyncio.subprocess.Process, request: bytes) -> dict[str, Any]:
    """The next line of the process. Raises EOFError."""
    if process.stdin is None or process.stdout is None:
        raise EOFError
    process.stdin.write(request)
    await process.stdin.drain()
    line = await process.stdout.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    answer: dict[str, Any] = orjson.loads(line)
    return answer
