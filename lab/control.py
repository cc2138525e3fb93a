"""The running lab's remote control: JSON lines over a Unix socket in its folder."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from lab.errors import BadRequestError, NotRunningError, RefusedError

SOCKET = "lab.sock"
TIMEOUT_S = 10.0
Answer = Callable[[dict[str, Any]], dict[str, Any]]


def _reachable(directory: Path) -> tuple[int, str]:
    """(descriptor to close, path): a socket's path may have 107 bytes only, a folder's more."""
    folder = os.open(directory, os.O_PATH | os.O_DIRECTORY)
    return folder, f"/proc/self/fd/{folder}/{SOCKET}"


@asynccontextmanager
async def control(directory: Path, answer: Answer) -> AsyncIterator[None]:
    """Answer requests while the body runs. Raises RefusedError when another lab runs there."""
    try:
        request(directory, {"do": "status"})
    except NotRunningError:
        (directory / SOCKET).unlink(missing_ok=True)
    else:
        raise RefusedError("another_runs", directory=directory)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(json.dumps(_answered(answer, line)).encode())
                writer.write(b"\n")
                await writer.drain()
        except (ConnectionError, ValueError):
            pass  # the client went away, or sent a line longer than any request
        finally:
            writer.close()

    folder, path = _reachable(directory)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(path)
        (directory / SOCKET).chmod(0o600)
        server = await asyncio.start_unix_server(serve, sock=listener)
        async with server:
            yield
    finally:
        listener.close()
        os.close(folder)
        (directory / SOCKET).unlink(missing_ok=True)


def _answered(answer: Answer, line: bytes) -> dict[str, Any]:
    """The answer to one request; a refusal is its key and fields, for the client to word."""
    try:
        asked = json.loads(line)
        if not isinstance(asked, dict):
            raise BadRequestError("request_form")
        return answer(asked)
    except json.JSONDecodeError as error:
        return {"error": "not_json", "params": {"reason": str(error)}}
    except RefusedError as error:
        return {"error": error.key, "params": error.params}


def request(directory: Path, asked: dict[str, Any]) -> dict[str, Any]:
    """What the lab running in `directory` answers. Raises NotRunningError when there is none, and
    RefusedError when it refuses."""
    try:
        folder, path = _reachable(directory)
    except OSError as error:
        raise NotRunningError("no_folder", directory=directory, reason=error.strerror) from error
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(TIMEOUT_S)
            client.connect(path)
            with client.makefile("rwb") as stream:
                stream.write(json.dumps(asked).encode() + b"\n")
                stream.flush()
                line = stream.readline()
        if not line:  # it went away, or had nothing to say
            raise NotRunningError("not_running", directory=directory)
        reply: dict[str, Any] = json.loads(line)
    except TimeoutError as error:
        raise RefusedError("no_answer", directory=directory, seconds=TIMEOUT_S) from error
    except OSError as error:
        raise NotRunningError("not_running", directory=directory) from error
    finally:
        os.close(folder)
    if "error" in reply:
        raise RefusedError(reply["error"], **reply["params"])
    return reply
