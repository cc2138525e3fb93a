"""Processors, memory and storage: how full or busy they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from collector.discovery import octets
from collector.discovery.naming import Names, columns_of, fits
from collector.discovery.reading import Reading
from collector.gauge import Filling, Gauge, Term
from collector.portrait import Processor, Space
from configs.devicerules import LoadTable

MOST_UNITS = 2.0**64  # what is more, as a text can be, is no size


async def processors(
    reading: Reading, tables: Sequence[LoadTable], names: Names
) -> tuple[Processor, ...]:
    """All that the tables find, each name once."""
    found = await spaces(reading, tables, names)
    return tuple(
        Processor(
            space.description, space.used_ratio, space.filling.ratio if space.filling else None
        )
        for space in found
    )


async def spaces(
    reading: Reading,
    tables: Sequence[LoadTable],
    names: Names,
    standard: Iterable[Space] = (),
) -> tuple[Space, ...]:
    """What the vendor's tables find, then `standard`, then the tables of last resort if there is
    nothing else. A name that is there already is not taken again."""
    await reading.want(columns_of(tables))
    found: dict[str, Space] = {}
    for last_resort in (False, True):
        if last_resort and found:
            break
        for table in tables:
            if table.last_resort == last_resort:
                for space in await _rows(reading, table, names):
                    found.setdefault(space.description, space)
        for space in standard:
            found.setdefault(space.description, space)
    return tuple(found.values())


async def _rows(reading: Reading, table: LoadTable, names: Names) -> list[Space]:
    indexes = await reading.column(table.percent or table.used or table.free)
    found = []
    for index, value in indexes.items():
        if octets.text(value) in table.skip or not re.search(table.index, index):
            continue
        if not await fits(reading, table, index):
            continue
        space = await _row(reading, table, index, await names.of(table.description, index))
        if space is not None:
            filling = _filling(table, index, space, textual=isinstance(value, bytes))
            found.append(replace(space, filling=filling))
    return found


def _filling(table: LoadTable, index: str, space: Space, *, textual: bool) -> Filling:
    """How a row that was found is read again; only what it was found to tell is asked for."""

    def term(oid: str, factor: float) -> Term:
        instance = oid if oid.endswith(".0") else f"{oid}.{index}"
        return Term(instance, factor, table.match, table.skip, textual=textual)

    total = None if space.total_bytes is None or not table.total else term(table.total, table.unit)
    whole = None if total is None else Gauge((total,))
    if table.percent:
        percent = term(table.percent, (-0.01 if table.idle else 0.01) / table.divisor)
        ratio = Gauge((percent,), 1.0 if table.idle else 0.0)
        return Filling(ratio, None if whole is None else replace(ratio, times=whole), whole)
    if table.used:
        taken = [term(table.used, table.unit)]
    else:
        taken = [term(table.free, -table.unit), term(table.total, table.unit)]
    if whole is None:
        whole = Gauge((term(table.used, table.unit), term(table.free, table.unit)))
    used = Gauge(tuple(taken))
    return Filling(replace(used, per=whole), used, whole)


async def _row(reading: Reading, table: LoadTable, index: str, name: str) -> Space | None:
    async def bytes_at(oid: str) -> float | None:
        rows = await reading.column(oid) if oid else {}
        said = octets.number(rows.get(index), table.match)
        return None if said is None or not 0 <= said <= MOST_UNITS else said * table.unit

    if table.percent:
        percent = octets.number((await reading.column(table.percent))[index], table.match)
        if percent is None or not 0 <= percent / table.divisor <= 100:
            return None
        percent /= table.divisor
        ratio = (100 - percent if table.idle else percent) / 100
        total = await bytes_at(table.total)
        return Space(name, ratio, None if total is None else ratio * total, total)
    used, free, total = [await bytes_at(oid) for oid in (table.used, table.free, table.total)]
    if total is None and used is not None and free is not None:
        total = used + free
    if used is None and total is not None and free is not None:
        used = total - free
    if used is None or not total or not 0 <= used <= total:
        return None
    return Space(name, used / total, used, total)
