"""The sentences of the operators' log."""

from __future__ import annotations

import httpx

from configs.messages import messages
from store.record import Event, Record
from tests.exporters.daemon import NOW, Daemon


async def test_events_are_told_in_the_language_of_the_present_configuration(
    http: httpx.AsyncClient, daemon: Daemon
) -> None:
    await daemon.store.commit(Record(events=(Event(NOW, "event.monitor.opened"),)))
    said = []
    for daemon.language in ("en", "vi"):
        (told,) = (await http.get("/api/v1/events")).json()
        said.append(told["text"])
    assert said == [messages(each)("event.monitor.opened") for each in ("en", "vi")]


async def test_an_event_of_an_unknown_kind_still_says_what_it_knows(
    http: httpx.AsyncClient, daemon: Daemon
) -> None:
    event = Event(NOW, "from_the_future", "cpe-1", params={"who": "Ngân"})
    await daemon.store.commit(Record(events=(event,)))
    (told,) = (await http.get("/api/v1/events?node=cpe-1")).json()
    assert told["text"] == "from_the_future who=Ngân"
    assert (await http.get(f"/api/v1/events?before={told['id']}")).json() == []
