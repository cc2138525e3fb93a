"""What a text says about people and places, and what it may go on saying."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from ipaddress import AddressValueError, IPv6Address

from configs.redaction import Redaction

WORD = rb"[0-9A-Za-z\x80-\xff]"
COMPOUND = re.compile(WORD + rb"+(?:[-_]" + WORD + rb"+)*")
PART = re.compile(WORD + rb"+")
CAMEL = re.compile(rb"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
LETTERS, DIGITS = re.compile(rb"[A-Za-z\x80-\xff]+"), re.compile(rb"[0-9]+")
TOKEN = re.compile(
    rb"(?P<mac>(?<![0-9A-Za-z:.-])(?:[0-9A-Fa-f]{1,2}:){5}[0-9A-Fa-f]{1,2}(?![0-9A-Za-z:])"
    rb"|(?<![0-9A-Za-z-])(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}(?![0-9A-Za-z-])"
    rb"|(?<![0-9A-Za-z.])(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}(?![0-9A-Za-z.])"
    rb"|(?<![0-9A-Za-z])(?=[0-9]*[A-Fa-f])[0-9A-Fa-f]{12}(?![0-9A-Za-z]))"
    rb"|(?P<ip6>(?<![0-9A-Za-z:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![0-9A-Za-z:]))"
    rb"|(?P<ip4>(?<![0-9.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9.]))"
    rb"|(?P<word>" + COMPOUND.pattern + rb")"
)
PORT = re.compile(rb"([A-Za-z]+)[A-Za-z -]*[0-9][0-9/.:]*")
HOST = re.compile(rb"(?:Linux|FreeBSD|NetBSD|OpenBSD|Darwin|SunOS|HP-UX|AIX) (\S+) [0-9]")
CONTROLS = bytes((*range(9), 11, 12, *range(14, 32), 127))
MOST_DIGITS = 6  # of a number that is no serial or telephone number
MOST_RUNS = 4  # of letters and digits in a word that is no serial number
PLAIN_NUMBER = 4  # digits of a number that is looked for nowhere
SHORTEST = 3  # octets of a word that is looked for everywhere


class Kind(Enum):
    GIVEN = "given"
    LABEL = "labels"
    MAKER = "makers"
    MODEL = "models"
    OTHER = ""


class Vocabulary:
    """Which words tell nothing: those of the trade, and what the makers say of the device."""

    def __init__(self, rules: Redaction) -> None:
        self._words = {word.encode() for word in rules.words}
        self._trade = frozenset(self._words)
        self._ports = {word.encode() for word in rules.ports}

    def learn(self, text: bytes) -> None:
        """Knows the words of a maker's text from now on."""
        for part in PART.findall(text.lower()):
            self._words.add(part)
            self._words.update(LETTERS.findall(part))

    def knows(self, part: bytes) -> bool:
        """Whether a word tells nothing."""
        return part.lower() in self._words or self._consists_of(part, self._words)

    def is_of_trade(self, part: bytes) -> bool:
        return self._consists_of(part, self._trade)

    def _consists_of(self, part: bytes, words: set[bytes] | frozenset[bytes]) -> bool:
        letters, digits = LETTERS.findall(part), DIGITS.findall(part)
        return (
            len(letters) + len(digits) <= MOST_RUNS
            and max(map(len, digits), default=0) <= MOST_DIGITS
            and all(is_among(words, run) for run in letters)
        )

    def is_port(self, text: bytes) -> bool:
        """Whether a text is the name of an interface."""
        match = PORT.fullmatch(text.strip())
        return match is not None and match[1].lower() in self._ports

    def is_about_port(self, text: bytes) -> bool:
        """Whether a text says no more than the name of an interface, perhaps in a sentence."""
        compounds = COMPOUND.findall(text)
        return any(map(self.is_port, compounds)) and all(
            self.is_of_trade(part) for compound in compounds for part in PART.findall(compound)
        )


def is_among(words: set[bytes] | frozenset[bytes], letters: bytes) -> bool:
    """Whether letters are a known word, or several written as one."""
    if len(letters) == 1 or letters.lower() in words:
        return True
    pieces = CAMEL.findall(letters)
    return len(pieces) > 1 and all(piece.lower() in words for piece in pieces)


def is_text(content: bytes) -> bool:
    """Whether octets are meant to be read."""
    body = content.rstrip(b"\0")
    if not body or body.translate(None, CONTROLS) != body:
        return False
    if body.isascii():
        return True
    try:
        body.decode()
    except UnicodeDecodeError:  # an older code; then most of it is still ASCII
        return len(body) >= 4 and 10 * sum(octet < 0x80 for octet in body) >= 7 * len(body)
    return True


def addresses_in(text: bytes) -> Iterator[tuple[str, bytes]]:
    """`mac` or `ip` and its octets."""
    for match in TOKEN.finditer(text):
        kind = match.lastgroup or ""
        octets = octets_of(kind, match[0])
        if octets is not None:
            yield ("mac" if kind == "mac" else "ip"), octets


def octets_of(kind: str, text: bytes) -> bytes | None:
    """The address that a token is, None if it is none."""
    if kind == "mac":
        groups = re.split(rb"[:-]", text)
        if len(groups) == 6:
            return bytes(int(group, 16) for group in groups)
        return bytes.fromhex(text.replace(b".", b"").decode())
    if kind == "ip4":
        numbers = tuple(map(int, text.split(b".")))
        return bytes(numbers) if max(numbers) <= 0xFF else None
    if kind == "ip6" and (b"::" in text or text.count(b":") == 7):
        try:
            return IPv6Address(text.decode()).packed
        except AddressValueError:
            return None
    return None


def written(octets: bytes, like: bytes) -> bytes:
    """An address as text, in the style of another."""
    if len(octets) == 4:
        return b".".join(b"%d" % octet for octet in octets)
    if len(octets) == 16:
        return str(IPv6Address(octets)).encode()
    upper = like != like.lower()
    text = octets.hex().upper().encode() if upper else octets.hex().encode()
    if b"." in like:
        return b".".join((text[:4], text[4:8], text[8:]))
    mark = b":" if b":" in like else b"-" if b"-" in like else b""
    if mark and any(len(group) == 1 for group in like.split(mark)):
        form = b"%X" if upper else b"%x"
        return mark.join(form % octet for octet in octets)
    return mark.join(text[at : at + 2] for at in range(0, 12, 2))
