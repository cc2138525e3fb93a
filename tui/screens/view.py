"""A view: masthead, banner, a body, a filter that comes with `/`, and the keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from tui.desk import Desk
from tui.widgets.keybar import Keybar
from tui.widgets.masthead import Banner, Masthead


class View(Screen[None]):
    """Subclasses give `body` and `show`; `show` is called once a second while the view is seen,
    and never while it is not."""

    TAB: ClassVar[str] = ""
    KEYS: ClassVar[Sequence[tuple[str, str]]] = ()
    FILTERS: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.next_tab(1)", show=False),
        Binding("shift+tab", "app.next_tab(-1)", show=False),
        Binding("slash", "filter", show=False),
        Binding("escape", "back", show=False),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.wanted = ""

    def compose(self) -> ComposeResult:
        yield Masthead(self.desk, self.TAB)
        yield Banner(self.desk)
        yield from self.body()
        if self.FILTERS:
            yield Input(id="filter", compact=True, classes="-hidden")
        yield Keybar(self.desk, self.KEYS)

    def body(self) -> Iterable[Widget]:
        """The widgets between banner and keys."""
        raise NotImplementedError

    def show(self) -> None:
        """Gives the body the desk's present picture."""
        raise NotImplementedError

    def tick(self) -> None:
        """Shows the present second."""
        if not self.is_mounted:
            return
        self.query_one(Masthead).show()
        self.query_one(Banner).show()
        self.show()

    def speak(self) -> None:
        """Shows everything in the language that the desk now has."""
        for widget in self.query(Widget):
            widget.refresh()
        self.tick()

    def on_screen_resume(self) -> None:
        self.tick()

    def action_filter(self) -> None:
        if self.FILTERS:
            entry = self.query_one("#filter", Input)
            entry.placeholder = self.desk.say("console.filter.hint")
            entry.remove_class("-hidden")
            entry.focus()

    def action_back(self) -> None:
        """Undoes the last step: first the filter, then the view itself."""
        if self.wanted or self._filtering():
            self._end_filter()
        elif len(self.app.screen_stack) > 1:
            self.app.pop_screen()

    def _filtering(self) -> bool:
        try:
            return self.query_one("#filter", Input).has_focus
        except NoMatches:
            return False

    def _end_filter(self) -> None:
        entry = self.query_one("#filter", Input)
        entry.value = ""
        entry.add_class("-hidden")
        self.focus_body()

    def focus_body(self) -> None:
        """Gives the keys back to the body."""
        for widget in self.query(Widget):
            if widget.focusable and widget.id != "filter":
                widget.focus()
                return

    @on(Input.Changed, "#filter")
    def _filter_typed(self, event: Input.Changed) -> None:
        self.wanted = event.value.strip()
        self.show()

    @on(Input.Submitted, "#filter")
    def _filter_kept(self) -> None:
        if not self.wanted:
            self._end_filter()
        self.focus_body()
