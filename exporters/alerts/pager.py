"""From a turn of the engine to its record: the log, the alerts, and who is yet to be told."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from configs.inventory import Inventory
from configs.messages import messages
from configs.settings import Receiver
from exporters.alerts.rules import alerts_for, is_silenced
from exporters.alerts.wording import labels_of
from exporters.atlas import Atlas
from exporters.events import events_for, returned_events
from store.record import Event, Record, Silence
from topology.outage import Outage
from topology.snapshot import Snapshot
from topology.state import Returned, StateChange


class Pager:
    """`held`: the outages that the store says are suppressed (`Store.suppressed`), at start;
    `known`: whoever it has alerts for (`Store.receivers`). Those of them that are no receivers now
    may be so again, and would be told of no end."""

    def __init__(
        self,
        receivers: Sequence[Receiver],
        *,
        language: str,
        external_url: str = "",
        held: Collection[str] = (),
        known: Collection[str] = (),
    ) -> None:
        self._held = set(held)
        self._known = set(known)
        self._silenced: frozenset[str] = frozenset()
        self._atlas = Atlas(Inventory())
        self.use(receivers, language=language, external_url=external_url)

    def use(self, receivers: Sequence[Receiver], *, language: str, external_url: str) -> None:
        """Takes what a new configuration says: a new receiver is told of what is open already."""
        self._review = True
        self._receivers = tuple(receivers)
        names = {receiver.name for receiver in receivers}
        self._absent = sorted(self._known - names)
        self._known -= names
        self._known |= {receiver.name for receiver in receivers if receiver.send_resolved}
        self._say = messages(language)
        self._external_url = external_url

    @property
    def atlas(self) -> Atlas:
        """The inventory of the last turn, indexed."""
        return self._atlas

    @property
    def silenced(self) -> frozenset[str]:
        """Open outages that a silence covers, whether or not somebody was told of them before."""
        return self._silenced

    def record(
        self,
        changes: Sequence[StateChange],
        opened: Sequence[Outage],
        revised: Sequence[Outage],
        ended: Sequence[Outage],
        snapshot: Snapshot,
        *,
        silences: Sequence[Silence] = (),
        events: Sequence[Event] = (),
        returned: Sequence[Returned] = (),
    ) -> Record:
        """What the store is to keep of a turn; `events` are those from elsewhere."""
        if self._atlas.inventory is not snapshot.inventory:
            self._atlas = Atlas(snapshot.inventory)
        log = (
            *events,
            *events_for(
                changes,
                opened,
                revised,
                ended,
                at=snapshot.at,
                sites=snapshot.sites,
                atlas=self._atlas,
            ),
            *returned_events(returned, self._atlas),
        )
        alerts = alerts_for(
            opened,
            [*revised, *self._for_review(snapshot)],
            ended,
            snapshot=snapshot,
            receivers=self._receivers,
            absent=self._absent,
            silences=silences,
            held=self._held,
            atlas=self._atlas,
            say=self._say,
            external_url=self._external_url,
        )
        self._silenced = frozenset(
            outage.id
            for outage in (snapshot.outages if silences else ())
            if is_silenced(labels_of(outage, self._atlas), silences, snapshot.at)
        )
        self._held -= {alert.outage for alert in alerts} | {outage.id for outage in ended}
        self._held |= {alert.outage for alert in alerts if alert.suppressed}
        self._review = False
        return Record(tuple(changes), (*opened, *revised, *ended), log, alerts)

    def _for_review(self, snapshot: Snapshot) -> Sequence[Outage]:
        """All open outages after a start or a reload; the outbox tells nobody twice."""
        return snapshot.outages if self._review else ()
