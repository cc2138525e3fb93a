"""What a node said before of the tables that it cannot be heard of now."""

from __future__ import annotations

from dataclasses import replace

from collector.speaker import TABLES, Speaker, Unheard


def carried(said: Speaker, before: Speaker, fresh_after: float) -> Speaker:
    """What a node says, with its words of before in place of each table that was not heard to its
    end. What was read of one counts where those are older than `fresh_after`."""
    if not said.unheard or _renumbered(said, before):
        return said
    fields: dict[str, object] = {}
    unheard = []
    for lack in said.unheard:
        told_at, whole = before.told_at(lack.table), was_whole(before, lack.table)
        read = any(getattr(said, field) for field in TABLES[lack.table])
        if read and not (whole and told_at >= fresh_after):
            unheard.append(lack)
            continue
        fields |= {field: getattr(before, field) for field in TABLES[lack.table]}
        unheard.append(Unheard(lack.table, lack.reason, told_at, whole))
    return replace(said, unheard=tuple(unheard), **fields)  # type: ignore[arg-type]


def was_whole(said: Speaker, table: str) -> bool:
    """Whether what stands in a table was heard to its end when it was told."""
    return all(lack.whole for lack in said.unheard if lack.table == table)


def all_told_since(said: Speaker, fresh_after: float) -> bool:
    """Whether every table was heard to its end not longer ago."""
    return said.heard_at >= fresh_after and all(
        lack.whole and said.told_at(lack.table) >= fresh_after for lack in said.unheard
    )


def _renumbered(said: Speaker, before: Speaker) -> bool:
    """Whether some interface is another one by now: words of before would be of that."""
    names = {port.index: port.name for port in said.interfaces}
    return any(names.get(port.index, port.name) != port.name for port in before.interfaces)
