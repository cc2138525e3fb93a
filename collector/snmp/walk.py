"""The multi-column walk: what to ask next and what an answer adds, without sockets or time.

Scalars ride along as non-repeaters of the first GETBULK (in version 1 as further columns of a
GETNEXT): the successor of `X` is `X.0` if that exists, so asking for `X` is as good as a GET.
Columns known to be empty ride along in the same way, so that it is seen when they fill.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from collector.errors import AbandonedError, MalformedError, RefusedError
from collector.failure import Failure
from collector.refusal import Refusal
from collector.snmp import ber, message
from collector.snmp.ask import Ask
from collector.snmp.message import Bind, Pdu
from collector.snmp.room import SMALL, Room

EXCEPTIONS = frozenset((ber.NO_SUCH_OBJECT, ber.NO_SUCH_INSTANCE, ber.END_OF_MIB_VIEW))
ABOUT_ONE = frozenset(("noSuchName", "genErr"))  # errors that should name their object
FIRST_ROWS = 10  # repetitions where nothing is known of a table yet
MOST_REPETITIONS = 100
MOST_VALUES = 1_000_000  # of one walk; some 150 MB
WORTHLESS = 24  # variable bindings asked in vain that cost less than another round trip


@dataclass(slots=True, eq=False)
class Single:
    """One instance. `asked` is what is sent: the instance itself or what precedes it."""

    wanted: bytes
    asked: bytes
    tag: int = ber.NO_SUCH_INSTANCE
    value: ber.Value = None

    @property
    def here(self) -> bool:
        return self.tag not in ber.ABSENT


@dataclass(slots=True, eq=False)
class Column:
    """One subtree. `indexes[i]` are the octets of an OID behind `root`, of type `tags[i]` and
    with `values[i]`; `hint` is how many rows it had the last time, None if that is unknown. What is
    not behind `start` (octets behind `root`) is not asked for. `error` is what the agent could not
    go on for, "" where it could."""

    root: bytes
    hint: int | None = None
    indexes: list[bytes] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)
    values: list[ber.Value] = field(default_factory=list)
    last: ber.Oid = ()
    done: bool = False
    start: bytes = b""
    error: str = ""

    @property
    def asked(self) -> bytes:
        """The OID whose successor is the next row."""
        if self.indexes:
            return self.root + self.indexes[-1]
        return self.root + self.start or b"\x00"


@dataclass(frozen=True, eq=False)
class WalkAsk(Ask):
    """A request of a walk, with what its variable bindings are for."""

    singles: tuple[Single, ...] = ()
    columns: tuple[Column, ...] = ()


class Walk:
    """Reads `gets` (instances) and `roots` (subtrees) of one agent.

    `tables` are the positions of the roots that belong side by side; `rows` the number of rows
    that each root had the last time. `room` is copied and then learns from the answers. `exact`
    has instances asked for by GET, so that it is known in which way one is not there. No more than
    `repetitions` rows are asked for at once. Rows out of order are refused if `ordered`.

    `shrunk`: a request was lost; `too_large`: one that was larger than all that was answered.
    """

    def __init__(
        self,
        gets: Iterable[bytes],
        roots: Sequence[bytes],
        tables: Iterable[Sequence[int]],
        *,
        room: Room,
        bulk: bool = True,
        max_rows: int = 50_000,
        rows: Sequence[int] | None = None,
        exact: bool = False,
        repetitions: int = MOST_REPETITIONS,
        ordered: bool = True,
    ) -> None:
        self.room = replace(room)
        self.shrunk = False
        self.too_large = False
        self._largest = 0  # binds of an answer
        self._read = 0  # rows of all columns
        self._singly = False  # the agent does not say which of several objects it lacks
        self._bulk = bulk
        self._max_rows = max_rows
        self._repetitions = repetitions
        self._take = harvest if ordered else gather
        self.singles = [
            Single(oid, oid if exact or not ber.is_instance_zero(oid) else oid[:-1]) for oid in gets
        ]
        self.columns = [
            Column(root, None if rows is None else rows[i]) for i, root in enumerate(roots)
        ]
        self._exact = [single for single in self.singles if single.asked is single.wanted]
        self._nexts = [single for single in self.singles if single.asked is not single.wanted]
        self._peeks: list[Column] = []
        if rows is None:
            self._groups = [[self.columns[i] for i in table] for table in tables]
        else:
            self._peeks = [column for column in self.columns if not column.hint]
            self._groups = grouped(self.columns, room.binds - len(self._nexts))
        self.errors: list[str] = []

    @property
    def size(self) -> int:
        """How many values have been read."""
        return self._read + len(self.singles)

    def ask(self) -> WalkAsk:
        """The next request, one without OIDs when everything has been read.

        Raises AbandonedError if there was nothing but errors.
        """
        room = self.room.binds
        most = 1 if self._singly else room
        if self._exact:
            exact = tuple(self._exact[:most])
            return WalkAsk(message.GET, tuple(single.wanted for single in exact), singles=exact)
        nexts = tuple(self._nexts[:most])
        peeks = self._peeks[: most - len(nexts)]
        left = room - len(nexts) - len(peeks)
        columns = self._active()[: most - len(nexts) - len(peeks)]
        once = (*(single.asked for single in nexts), *(peek.asked for peek in peeks))
        oids = (*once, *(column.asked for column in columns))
        if not oids and self.errors and next(self.found(), None) is None:
            raise AbandonedError(Failure.DEVICE, self.errors[0])
        everyone = (*peeks, *columns)
        if not columns or not self._bulk:
            return WalkAsk(message.GET_NEXT, oids, singles=nexts, columns=everyone)
        wish = max(self._wish(column) for column in columns)
        repetitions = max(1, min(wish, left // len(columns), self._repetitions))
        return WalkAsk(message.GET_BULK, oids, len(once), repetitions, nexts, everyone)

    def shrink(self, lost: WalkAsk) -> None:
        """Asks for half as much from now on, after a request without an answer."""
        if lost.expected > SMALL:
            self.shrunk = True
            self.too_large |= lost.expected > self._largest
            self.room.too_big(lost.expected)

    def hear(self, ask: WalkAsk, pdu: Pdu, payload: bytes) -> None:
        """Takes an answer to `ask`. Raises RefusedError (nothing changed) and AbandonedError."""
        if pdu.error_status:
            self._hear_error(ask, pdu)
            return
        (self._hear_get if ask.tag == message.GET else self._hear_rows)(ask, pdu, payload)
        self._largest = max(self._largest, len(pdu.binds))

    def _active(self) -> list[Column]:
        """The columns still being read of the first group that has any."""
        while self._groups:
            active = [column for column in self._groups[0] if not column.done]
            if active:
                return active
            self._groups.pop(0)
        return []

    def _wish(self, column: Column) -> int:
        """How many rows to ask for: one more than known, so that a new one is seen."""
        seen = len(column.indexes)
        if column.hint is not None and column.hint >= seen:
            return column.hint + 1 - seen
        return max(FIRST_ROWS, seen)

    def _hear_get(self, ask: WalkAsk, pdu: Pdu, payload: bytes) -> None:
        if [bind[0] for bind in pdu.binds] != list(ask.oids):
            raise RefusedError(Refusal.OIDS, "a GET was answered with other objects")
        for single, bind in zip(ask.singles, pdu.binds, strict=True):
            single.tag, single.value = bind[1], value_of(bind, payload)
        self._drop_singles(ask.singles)

    def _hear_rows(self, ask: WalkAsk, pdu: Pdu, payload: bytes) -> None:
        binds = pdu.binds
        if len(binds) > ask.expected:
            raise RefusedError(Refusal.OIDS, "more variable bindings than were asked for")
        if not binds:
            self._too_big(ask)
            return
        once = len(ask.singles)
        heard = list(zip(ask.singles, binds, strict=False))
        for single, bind in heard:
            check_single(single, bind)
        peeks = ask.non_repeaters - once if ask.tag == message.GET_BULK else len(ask.columns)
        harvests = []
        for number, column in enumerate(ask.columns):
            if number < peeks:
                its = binds[once + number : once + number + 1]
            else:
                its = binds[once + number :: len(ask.columns) - peeks]
            harvests.append(self._take(column, its))
        # Nothing was changed up to here, so that a refused answer leaves no trace.
        for single, bind in heard:
            if bind[0] == single.wanted:
                single.tag, single.value = bind[1], value_of(bind, payload)
        self._drop_singles(ask.singles[: len(heard)])
        for column, (rows, last, done) in zip(ask.columns, harvests, strict=True):
            self._store(column, rows, last, done, payload)
        if len(binds) < ask.expected and self._active():
            self.room.truncated(len(binds))
        elif len(binds) == ask.expected:
            self.room.filled(ask.expected)

    def _store(
        self, column: Column, rows: list[Bind], last: ber.Oid, done: bool, payload: bytes
    ) -> None:
        if column in self._peeks and (rows or done):
            self._peeks.remove(column)
            if not done:
                self._groups.append([column])
        skip = len(column.root)
        column.indexes += [bind[0][skip:] for bind in rows]
        column.tags += [bind[1] for bind in rows]
        column.values += [value_of(bind, payload) for bind in rows]
        column.last = last
        column.done = done
        self._read += len(rows)
        if self._read > MOST_VALUES:
            at = dotted(column.root)
            raise AbandonedError(Failure.GARBAGE, f"more than {MOST_VALUES} values in all, at {at}")
        if len(column.indexes) > self._max_rows:
            raise AbandonedError(
                Failure.GARBAGE, f"more than {self._max_rows} rows under {dotted(column.root)}"
            )

    def _drop_singles(self, singles: Sequence[Single]) -> None:
        self._exact = [single for single in self._exact if single not in singles]
        self._nexts = [single for single in self._nexts if single not in singles]

    def _hear_error(self, ask: WalkAsk, pdu: Pdu) -> None:
        """Leaves out the one object that the agent cannot answer for, and goes on."""
        if pdu.error_status == message.TOO_BIG:
            self._too_big(ask)
            return
        name = message.error_name(pdu.error_status)
        index = pdu.error_index
        if not index and name in ABOUT_ONE:
            if len(ask.oids) > 1:
                self._singly = True
                return
            index = 1
        if not 1 <= index <= len(ask.oids):
            raise AbandonedError(Failure.DEVICE, f"{name} for the whole request")
        at = index - 1
        error = "" if name == "noSuchName" else name  # version 1's ordinary way to say "not here"
        if error:
            self.errors.append(f"{error} at {dotted(ask.oids[at])}")
        if at < len(ask.singles):
            self._drop_singles(ask.singles[at : at + 1])
            return
        column = ask.columns[at - len(ask.singles)]
        column.error = error
        self._store(column, [], column.last, True, b"")

    def _too_big(self, ask: WalkAsk) -> None:
        if ask.expected <= 1:
            raise AbandonedError(Failure.DEVICE, f"tooBig even for {dotted(ask.oids[0])} alone")
        self.room.too_big(ask.expected)

    def found(self) -> Iterator[tuple[bytes, ber.Value]]:
        """(OID octets, value) of all that is there, singles first."""
        for single in self.singles:
            if single.here:
                yield single.wanted, single.value
        for column in self.columns:
            for index, value in zip(column.indexes, column.values, strict=True):
                yield column.root + index, value


def grouped(columns: Sequence[Column], room: int) -> list[list[Column]]:
    """The columns that have rows, those of like length side by side."""
    groups: list[list[Column]] = []
    for column in sorted((c for c in columns if c.hint), key=lambda c: -(c.hint or 0)):
        rows = column.hint or 0
        if groups:
            group = groups[-1]
            longest = group[0].hint or 0
            fits = (len(group) + 1) * (longest + 1) <= room
            if rows == longest or (fits and longest - rows <= WORTHLESS // 4):
                group.append(column)
                continue
        groups.append([column])
    return groups


def check_single(single: Single, bind: Bind) -> None:
    oid, tag, _, _ = bind
    if oid == single.wanted or (oid == single.asked and tag in ber.ABSENT):
        return
    if ber.decode_oid(oid) <= ber.decode_oid(single.asked):
        raise RefusedError(Refusal.ORDER, f"{dotted(oid)} does not follow {dotted(single.asked)}")


def harvest(column: Column, binds: Iterable[Bind]) -> tuple[list[Bind], ber.Oid, bool]:
    """(new rows, index of the last one, whether the column has ended)."""
    root = column.root
    skip = len(root)
    last = column.last
    rows: list[Bind] = []
    done = False
    for bind in binds:
        oid, tag, _, _ = bind
        if tag in EXCEPTIONS:
            done = True
        elif not oid.startswith(root):
            if not done and ber.decode_oid(oid) <= ber.decode_oid(root):
                raise RefusedError(Refusal.ORDER, f"{dotted(oid)} does not follow {dotted(root)}")
            done = True
        else:
            index = ber.decode_subids(oid[skip:])
            if done or index <= last:
                raise RefusedError(Refusal.ORDER, f"{dotted(oid)} comes too late in its column")
            last = index
            rows.append(bind)
    return rows, last, done


def gather(column: Column, binds: Iterable[Bind]) -> tuple[list[Bind], ber.Oid, bool]:
    """As `harvest` of an agent that keeps no order: a row that comes again ends the column."""
    seen = set(column.indexes)
    rows: list[Bind] = []
    last = column.last
    for bind in binds:
        index = bind[0][len(column.root) :]
        if bind[1] in EXCEPTIONS or not bind[0].startswith(column.root) or index in seen:
            return rows, last, True
        last = ber.decode_subids(index)
        seen.add(index)
        rows.append(bind)
    return rows, last, False


def value_of(bind: Bind, payload: bytes) -> ber.Value:
    """The value, None where its octets make none: one odd value must not cost the others."""
    try:
        return ber.decode_value(bind[1], payload[bind[2] : bind[3]])
    except MalformedError:
        return None


def dotted(oid: bytes) -> str:
    return ber.format_oid(ber.decode_oid(oid)) if oid else "1"
