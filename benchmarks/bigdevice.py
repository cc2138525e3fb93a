"""A recording of a device with very many interfaces, made by code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

INTERFACES = 20_000
BPS = 1_000_000_000
UP, ETHERNET = 1, 6

# Columns of ifTable and ifXTable: type's tag, and the value of the nth interface.
IF_TABLE: dict[int, tuple[str, Callable[[int], object]]] = {
    1: ("2", lambda n: n),
    2: ("4", lambda n: f"GigabitEthernet{n // 1000}/{n // 48 % 21}/{n % 48}"),
    3: ("2", lambda n: ETHERNET),
    4: ("2", lambda n: 1500),
    5: ("66", lambda n: BPS),
    6: ("4x", lambda n: f"00005E{n:06X}"),
    7: ("2", lambda n: UP),
    8: ("2", lambda n: UP),
    9: ("67", lambda n: 100 * n),
    10: ("65", lambda n: 3_000_017 * n % 2**32),
    11: ("65", lambda n: 4_013 * n % 2**32),
    13: ("65", lambda n: n % 7),
    14: ("65", lambda n: n % 5),
    15: ("65", lambda n: 0),
    16: ("65", lambda n: 2_000_003 * n % 2**32),
    17: ("65", lambda n: 3_011 * n % 2**32),
    19: ("65", lambda n: n % 3),
    20: ("65", lambda n: n % 2),
}
IF_X_TABLE: dict[int, tuple[str, Callable[[int], object]]] = {
    1: ("4", lambda n: f"Gi{n // 1000}/{n // 48 % 21}/{n % 48}"),
    **{column: ("65", lambda n: 17 * n) for column in (2, 3, 4, 5)},
    **{column: ("70", lambda n: 2**33 + 3_000_017 * n) for column in range(6, 14)},
    14: ("2", lambda n: UP),
    15: ("66", lambda n: BPS // 1_000_000),
    16: ("2", lambda n: 2),
    17: ("2", lambda n: UP),
    18: ("4", lambda n: f"customer {n}"),
    19: ("67", lambda n: 0),
}
SYSTEM = (
    "1.3.6.1.2.1.1.1.0|4|A device with very many interfaces",
    "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.1",
    "1.3.6.1.2.1.1.3.0|67|360000",
    "1.3.6.1.2.1.1.5.0|4|big",
)


def lines(interfaces: int) -> Iterator[str]:
    yield from SYSTEM
    yield f"1.3.6.1.2.1.2.1.0|2|{interfaces}"
    for entry, columns in (("1.3.6.1.2.1.2.2.1", IF_TABLE), ("1.3.6.1.2.1.31.1.1.1", IF_X_TABLE)):
        for column, (tag, value) in columns.items():
            for n in range(1, interfaces + 1):
                yield f"{entry}.{column}.{n}|{tag}|{value(n)}"


def write(path: Path, interfaces: int = INTERFACES) -> int:
    """Writes the recording; gives how many objects it holds."""
    count = 0
    with path.open("w", encoding="ascii") as file:
        for line in lines(interfaces):
            file.write(f"{line}\n")
            count += 1
    return count
