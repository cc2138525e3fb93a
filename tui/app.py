"""The console: a Textual application over one daemon's API. It only looks; nothing in it writes."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType

from exporters.client import ApiClient
from tui.desk import Clock, Desk
from tui.feed import Feed
from tui.look import THEME
from tui.screens.coverage import CoverageView
from tui.screens.view import View
from tui.widgets.masthead import TABS

TICK_S = 1.0


class Console(App[int]):
    """`clock` is given by tests only."""

    CSS_PATH = "console.tcss"
    TITLE = "wanwatch"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", show=False),
        *(Binding(str(i), f"tab('{tab}')", show=False) for i, tab in enumerate(TABS, 1)),
    ]

    def __init__(self, client: ApiClient, language: str, clock: Clock | None = None) -> None:
        super().__init__()
        clock = clock or Clock()
        self.desk = Desk(client, Feed(client, self._arrived, clock.monotonic), clock, language)
        for tab, view in {"coverage": CoverageView}.items():
            self.add_mode(tab, partial(view, self.desk))

    async def on_mount(self) -> None:
        self.register_theme(THEME)
        self.theme = THEME.name
        await self.switch_mode(TABS[0])
        self.set_interval(TICK_S, self._tick)
        self.run_worker(self.desk.feed.run(), name="feed", exclusive=True)

    def _tick(self) -> None:
        if isinstance(self.screen, View):
            self.screen.tick()

    def _arrived(self) -> None:
        """A picture has come, or the line is lost: shown now rather than up to a second later."""
        self._tick()

    def action_tab(self, tab: str) -> None:
        self.switch_mode(tab)

    def action_next_tab(self, step: int) -> None:
        place = TABS.index(self.current_mode) + step
        self.switch_mode(TABS[place % len(TABS)])
