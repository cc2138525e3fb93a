"""Recordings of devices in snmpsim's `.snmprec` format: a line `OID|TAG|value` for each object.

TAG is the type's ASN.1 tag in decimals; `x` behind it says that the value is hexadecimal, `e` that
it has Python's backslash escapes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from configs.inventory import ID_PATTERN
from lab import ber
from lab.errors import Mistake, RecordingError
from lab.mib import Ids

SUFFIX = ".snmprec"
MOST_TOLD = 100  # mistakes of one file
OPAQUE = 0x44
EXCEPTIONS = frozenset(("5", "128", "129", "130"))  # NULL and what stands for no value: left out
UNSIGNED_BITS = {ber.COUNTER32: 32, ber.GAUGE32: 32, ber.TIME_TICKS: 32, ber.COUNTER64: 64}
LINE = re.compile(rb"\.?([0-9]+(?:\.[0-9]+)+)\|([0-9]+)([xe]?)\|(.*)", re.DOTALL)
ESCAPE = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|(.))", re.DOTALL)
LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"0": b"\0"}


class _WrongError(Exception):
    """`key` names the sentence in the catalogue."""


@dataclass(slots=True)
class Recording:
    """What a device said: `names` in lexicographic order, `values` encoded."""

    names: list[Ids]
    values: list[bytes]


def read(path: Path) -> Recording:
    """A file's objects, in order, of those that stand twice the first. Raises RecordingError that
    names each line that is none."""
    found: dict[Ids, bytes] = {}
    mistakes: list[Mistake] = []
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            text = line.rstrip(b"\r\n")
            if not text or text.startswith(b"#"):
                continue
            try:
                name, value = entry(text)
            except _WrongError as wrong:
                mistakes.append(Mistake(path.name, number, str(wrong)))
            else:
                if value is not None:
                    found.setdefault(name, value)
    if not found and not mistakes:
        mistakes.append(Mistake(path.name, 1, "nothing_recorded"))
    if mistakes:
        raise RecordingError(mistakes[:MOST_TOLD], len(mistakes))
    names = sorted(found)
    return Recording(names, [found[name] for name in names])


def entry(line: bytes) -> tuple[Ids, bytes | None]:
    """The name and the encoded value of a line, None for no value. Raises _WrongError."""
    match = LINE.fullmatch(line)
    if match is None:
        raise _WrongError(shape(line))
    dotted, tag, form, text = match.groups()
    name = _ids(dotted)
    if tag.decode() in EXCEPTIONS:
        return name, None
    if int(tag) not in ENCODERS:
        raise _WrongError("unknown_type")
    return name, _encoded(int(tag), octets(form, text), form == b"x")


def shape(line: bytes) -> str:
    """What is wrong with a line that is not of the form."""
    oid, bar, rest = line.partition(b"|")
    if not bar or b"|" not in rest:
        return "no_three_parts"
    if not re.fullmatch(rb"\.?[0-9]+(\.[0-9]+)+", oid):
        return "no_oid"
    return "variation" if b":" in rest.partition(b"|")[0] else "unknown_type"


def _ids(dotted: bytes) -> Ids:
    """Raises _WrongError."""
    ids = tuple(map(_number, dotted.split(b".")))
    if len(ids) > 128 or max(ids) > 0xFFFFFFFF or ids[0] > 2 or (ids[0] < 2 and ids[1] > 39):
        raise _WrongError("no_oid")
    return ids


_number = lru_cache(100_000)(int)  # the same few numbers recur, and are kept once


def octets(form: bytes, text: bytes) -> bytes:
    """The octets that a line's value stands for. Raises _WrongError."""
    if form == b"x":
        try:
            return bytes.fromhex(text.decode("ascii").removeprefix("0x"))
        except ValueError:
            raise _WrongError("no_hex") from None
    if form == b"e":
        return ESCAPE.sub(_unescaped, text)
    return text


def _unescaped(match: re.Match[bytes]) -> bytes:
    hexadecimal, letter = match.groups()
    return bytes.fromhex(hexadecimal.decode()) if hexadecimal else LETTERS.get(letter, letter)


def _integer(tag: int, value: bytes) -> bytes:
    try:
        number = int(value)
    except ValueError:
        raise _WrongError("no_number") from None
    bits = UNSIGNED_BITS.get(tag)
    if bits is None:
        if not -(2**31) <= number < 2**32:  # agents have been seen to put an unsigned one there
            raise _WrongError("too_large")
        return ber.integer(number, tag)
    if not -(2 ** (bits - 1)) <= number < 2**bits:
        raise _WrongError("too_large")
    return ber.integer(number & (1 << bits) - 1, tag)  # some recorders take it for a signed one


def _oid(tag: int, value: bytes) -> bytes:
    if value.strip(b".") in (b"", b"0"):
        return ber.oid((0, 0))
    if not re.fullmatch(rb"\.?[0-9]+(\.[0-9]+)+", value.strip()):
        raise _WrongError("no_oid_value")
    return ber.oid(_ids(value.strip().removeprefix(b".")))


def _address(tag: int, value: bytes) -> bytes:
    """An IP address in dotted decimals, or in four octets."""
    if len(value) == 4:
        return ber.tlv(tag, value)
    parts = value.strip().split(b".")
    if len(parts) != 4 or not all(part.isdigit() and int(part) < 256 for part in parts):
        raise _WrongError("no_address")
    return ber.tlv(tag, bytes(map(int, parts)))


ENCODERS: dict[int, Callable[[int, bytes], bytes]] = {
    ber.INTEGER: _integer,
    **dict.fromkeys(UNSIGNED_BITS, _integer),
    ber.OCTETS: ber.tlv,
    OPAQUE: ber.tlv,
    ber.OID: _oid,
    ber.IP_ADDRESS: _address,
}


@lru_cache(100_000)
def _encoded(tag: int, value: bytes, is_hex: bool) -> bytes:
    """The encoded value; cached, since most recur. Raises _WrongError."""
    if is_hex and tag in UNSIGNED_BITS | {ber.INTEGER: 32}:
        if len(value) > 8:
            raise _WrongError("too_large")
        value = b"%d" % int.from_bytes(value, "big", signed=tag == ber.INTEGER)
    if is_hex and tag == ber.OID:
        raise _WrongError("no_oid_value")
    return ENCODERS[tag](tag, value)


def recordings(directory: Path) -> list[Path]:
    """The recordings in a folder, by name."""
    return sorted(directory.glob(f"*{SUFFIX}"))


def read_all(paths: Iterable[Path]) -> dict[str, Recording]:
    """The recordings by node: a file's name without its suffix. Raises RecordingError that names
    every mistake of every file."""
    found: dict[str, Recording] = {}
    mistakes: list[Mistake] = []
    count = 0
    for path in paths:
        node = path.name.removesuffix(SUFFIX)
        if not re.fullmatch(ID_PATTERN, node):
            mistakes.append(Mistake(path.name, 0, "no_id"))
            count += 1
        try:
            found[node] = read(path)
        except RecordingError as error:
            mistakes += error.mistakes
            count += error.count
        except OSError:
            mistakes.append(Mistake(path.name, 0, "unreadable"))
            count += 1
    if mistakes:
        raise RecordingError(mistakes, count)
    return found
