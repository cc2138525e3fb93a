"""No more requests at a time than the daemon can bear."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from exporters.api.reply import problem

MOST_REQUESTS = 512


class Crowd:
    """ASGI: has `app` answer MOST_REQUESTS at a time and turns away what comes beyond them. What
    waits for devices is not among them: when a network falls silent that is thousands, and it is
    then that people ask."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._here = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._here >= MOST_REQUESTS:
            refusal = problem(503, f"{MOST_REQUESTS} requests are under way; ask again in a moment")
            await refusal(scope, receive, send)
            return
        self._here += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._here -= 1
