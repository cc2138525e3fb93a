"""The console: a Textual application over one daemon's API. It only looks, unless it is given an
author to decide in whose name."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual import events, on
from textual.app import App
from textual.binding import Binding, BindingType

from exporters.client import ApiClient
from exporters.schema.planned import MaintenanceOut, SilenceOut
from tui.desk import LANGUAGES, Clock, Desk
from tui.feed import Feed
from tui.look import PLAIN, THEME
from tui.screens.coverage import CoverageView
from tui.screens.drift import DriftView
from tui.screens.events import EventsView
from tui.screens.help import Help
from tui.screens.node import NodeView
from tui.screens.nodes import NodesView
from tui.screens.outage import OutageView
from tui.screens.outages import OutagesView
from tui.screens.palette import Command, Palette
from tui.screens.planform import PlanForm
from tui.screens.planned import PlannedView
from tui.screens.province import ProvinceView
from tui.screens.question import Question
from tui.screens.site import SiteView
from tui.screens.toosmall import TooSmall, too_small
from tui.screens.view import Open, Plan, View, WhatIf
from tui.screens.whatif import WhatIfView
from tui.widgets.masthead import TABS, Masthead

TICK_S = 1.0
REST_S = 0.1


class Console(App[int]):
    """`author`: who decides, "" when the console only looks. `clock` is given by tests only."""

    CSS_PATH = "console.tcss"
    TITLE = "wanwatch"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,ctrl+c", "quit", show=False),
        Binding("question_mark", "help", show=False),
        Binding("colon,ctrl+p", "palette", show=False),
        Binding("L", "language", show=False),
        Binding("d", "drift", show=False),
        Binding("p", "planned", show=False),
        *(Binding(str(i), f"tab('{tab}')", show=False) for i, tab in enumerate(TABS, 1)),
    ]

    def __init__(
        self, client: ApiClient, language: str, clock: Clock | None = None, *, author: str = ""
    ) -> None:
        super().__init__()
        self._resting = self._missed = False
        clock = clock or Clock()
        feed = Feed(client, self._arrived, clock.monotonic)
        self.desk = Desk(client, feed, clock, language, author)
        for tab, view in zip(TABS, (CoverageView, OutagesView, NodesView, EventsView), strict=True):
            self.add_mode(tab, partial(view, self.desk))

    async def on_mount(self) -> None:
        self.register_theme(THEME)
        self.theme = THEME.name
        await self.switch_mode(TABS[0])
        self.set_interval(TICK_S, self._tick)
        self.run_worker(self.desk.feed.run(), name="feed", exclusive=True)

    def on_resize(self, event: events.Resize) -> None:
        if too_small(event.size) and not isinstance(self.screen, TooSmall):
            self.push_screen(TooSmall(self.desk))

    def _tick(self) -> None:
        """Also behind a dialog the age of the data goes on."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, View):
                screen.tick()
                return

    def _arrived(self) -> None:
        """Shows what has changed now rather than up to a second later, but no more often than
        an eye can follow."""
        if self._resting:
            self._missed = True
            return
        self._resting, self._missed = True, False
        self.set_timer(REST_S, self._rested)
        self._tick()

    def _rested(self) -> None:
        self._resting = False
        if self._missed:
            self._arrived()

    # Going places

    @on(Open)
    def _open(self, open_: Open) -> None:
        """Puts a screen on top of the present one; a site with one node is that node."""
        desk, picture = self.desk, self.desk.picture
        if open_.kind == "node":
            self.push_screen(NodeView(desk, open_.id))
        elif open_.kind == "province":
            self.push_screen(ProvinceView(desk, open_.id))
        elif open_.kind == "outage":
            self.push_screen(OutageView(desk, open_.id))
        else:
            point = picture.point(open_.id) if picture else None
            if point is not None and len(point.nodes) == 1:
                self.push_screen(NodeView(desk, point.nodes[0]))
            else:
                self.push_screen(SiteView(desk, open_.id))

    @on(WhatIf)
    def _ask(self, ask: WhatIf) -> None:
        self.push_screen(WhatIfView(self.desk, ask.subject))

    @on(Plan)
    def _plan(self, plan: Plan) -> None:
        """Shows what was planned, once it has been."""
        if self.desk.author:
            self.push_screen(PlanForm(self.desk, plan.kind, plan.subject), self._planned)
        else:
            words = self.desk.say("console.planned.only_looks")
            self.push_screen(Question(self.desk, [[(words, PLAIN)]]))

    def _planned(self, made: MaintenanceOut | SilenceOut | None) -> None:
        if made is not None:
            self.push_screen(PlannedView(self.desk, made))

    @on(Masthead.Chosen)
    def _tab_clicked(self, chosen: Masthead.Chosen) -> None:
        self.action_tab(chosen.tab)

    def action_tab(self, tab: str) -> None:
        """Shows a screen; from within the one that is asked for, it goes back to its beginning."""
        if tab == self.current_mode:
            self.screen_stack[0].pop_until_active()
        self.switch_mode(tab)

    def action_next_tab(self, step: int) -> None:
        place = TABS.index(self.current_mode) + step
        self.switch_mode(TABS[place % len(TABS)])

    def action_drift(self) -> None:
        if not isinstance(self.screen, DriftView):
            self.push_screen(DriftView(self.desk))

    def action_planned(self) -> None:
        if not isinstance(self.screen, PlannedView):
            self.push_screen(PlannedView(self.desk))

    def action_help(self) -> None:
        self.push_screen(Help(self.desk))

    def action_palette(self) -> None:
        self.push_screen(Palette(self.desk, self._commands()), self._follow)

    def action_language(self) -> None:
        """The next language."""
        place = LANGUAGES.index(self.desk.language) + 1
        self.desk.speak(LANGUAGES[place % len(LANGUAGES)])
        self._tick()

    def _commands(self) -> list[Command]:
        say = self.desk.say
        return [
            *(Command(say(f"console.tab.{tab}"), partial(self.action_tab, tab)) for tab in TABS),
            Command(say("console.command.drift"), self.action_drift),
            Command(say("console.planned.title"), self.action_planned),
            Command(say("console.command.language"), self.action_language),
            Command(say("console.command.help"), self.action_help),
            Command(say("console.command.quit"), self.exit),
        ]

    def _follow(self, chosen: Open | Command | None) -> None:
        if isinstance(chosen, Open):
            self._open(chosen)
        elif chosen is not None:
            chosen.run()
