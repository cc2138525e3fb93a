"""A terminal as a router's line driver sees it: typed lines, echo, and a pager."""

from __future__ import annotations

import asyncio

import asyncssh

INTERRUPT, END = "\x03", "\x04"
ERASE = ("\x7f", "\b")


class Terminal:
    """One logged-in user. `length` is the pager's page, 0 for none."""

    def __init__(self, process: asyncssh.SSHServerProcess[str]) -> None:
        self._process = process
        self._said: list[str] = []
        self._typed = ""
        self._after_return = False
        self.length = 24

    def write(self, text: str) -> None:
        """Adds what the user sees when we wait for the next key, or at the latest at `flush`."""
        self._said.append(text.replace("\n", "\r\n"))

    async def flush(self) -> None:
        """Sends what was written, at once and not bit by bit, and lets the loop notice whether the
        user is still there: asyncio complains of every bit that is sent to one who is not."""
        if self._said:
            said, self._said = "".join(self._said), []
            self._process.stdout.write(said)
            await self._process.stdout.drain()
            await asyncio.sleep(0)

    async def key(self) -> str:
        """The next character; empty at the end of the input."""
        while not self._typed:
            await self.flush()
            self._typed = await self._process.stdin.read(1024)
            if not self._typed:
                return ""
        key, self._typed = self._typed[0], self._typed[1:]
        if key == "\n" and self._after_return:  # CR LF is one key
            self._after_return = False
            return await self.key()
        self._after_return = key == "\r"
        return key

    async def line(self, echo: bool = True) -> str | None:
        """A line as typed; None when the user hung up. ^C gives it up."""
        line = ""
        while True:
            key = await self.key()
            if key in ("", END):
                return None
            if key in ("\r", "\n", INTERRUPT):
                self.write("\n")
                return "" if key == INTERRUPT else line
            if key in ERASE:
                if line:
                    line = line[:-1]
                    self.write("\b \b" if echo else "")
            elif key.isprintable():
                line += key
                self.write(key if echo else "")

    async def page(self, text: str) -> None:
        """Write text a page at a time: space goes on, Return gives a line more, q stops."""
        lines = text.splitlines()
        room = self.length - 1 if self.length else len(lines)
        for place, line in enumerate(lines):
            if room == 0 and place < len(lines):
                self.write(" --More-- ")
                key = await self.key()
                self.write("\r          \r")
                if key in ("", "q", "Q", INTERRUPT):
                    return
                room = 1 if key in ("\r", "\n") else self.length - 1
            self.write(line + "\n")
            room -= 1
