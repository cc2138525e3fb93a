"""Charts out of characters: sparklines of a history, bars of a share."""

from __future__ import annotations

from collections.abc import Sequence

BLOCKS = " ▁▂▃▄▅▆▇█"
GAP = "·"


def spark(values: Sequence[float | None], width: int, height: int = 1) -> list[str]:
    """Lines, top first, of a chart whose foot is 0 and whose top is the greatest value. Of
    values that share a column the greatest is drawn; a dot is where nothing was measured, and
    what lies before the first measurement is blank."""
    columns = _columns(values, width)
    top = max((value for value in columns if value is not None), default=0.0)
    steps = [
        None if value is None else round(value / top * height * 8) if top else 0
        for value in columns
    ]
    lines = []
    for level in reversed(range(height)):
        line, gap = "", " "
        for step in steps:
            if step is None:
                line += gap if level == 0 else " "
                continue
            gap, filled = GAP, min(8, max(0, step - level * 8))
            # What was measured shows, however small it is beside the rest.
            line += BLOCKS[max(filled, 1) if level == 0 else filled]
        lines.append(line)
    return lines


def bar(share: float | None, width: int) -> tuple[str, str]:
    """The filled and the empty part of a bar; anything above nothing fills at least one cell."""
    if share is None:
        return "", " " * width
    filled = min(width, max(1 if share > 0.005 else 0, round(share * width)))
    return "━" * filled, "─" * (width - filled)


def _columns(values: Sequence[float | None], width: int) -> list[float | None]:
    """The values brought to `width` columns; fewer values stand at the right end."""
    if len(values) <= width:
        return [None] * (width - len(values)) + list(values)
    columns: list[float | None] = []
    for i in range(width):
        part = values[i * len(values) // width : (i + 1) * len(values) // width]
        columns.append(max((value for value in part if value is not None), default=None))
    return columns
