"""Objects as lines of snmpsim's `.snmprec` format, `OID|TAG|value`: TAG is the type's ASN.1 tag in
decimals, with an `x` behind it when the value is hexadecimal."""

from __future__ import annotations

from collector.snmp import ber
from collector.snmp.page import Row

NUMBERS = {**{tag: tag for tag in (*ber.UNSIGNED, ber.INTEGER)}, ber.UINTEGER32: ber.GAUGE32}
PLAIN = bytes(range(0x20, 0x7F))


def line(row: Row) -> bytes | None:
    """The line, with its end; None for NULL, which is no value. Raises MalformedError."""
    oid, tag, content = row
    if tag in ber.ABSENT:
        return None
    return b"%s|%s\n" % (ber.format_oid(ber.decode_oid(oid)).encode(), _value(tag, content))


def _value(tag: int, content: bytes) -> bytes:
    if tag in NUMBERS:
        number = ber.decode_integer if tag == ber.INTEGER else ber.decode_unsigned
        return b"%d|%d" % (NUMBERS[tag], number(content))
    if tag == ber.OBJECT_ID or (tag == ber.IP_ADDRESS and len(content) == 4):
        return b"%d|%s" % (tag, str(ber.decode_value(tag, content)).encode())
    if tag == ber.NSAP_ADDRESS:
        tag = ber.OCTET_STRING  # the format's readers know no such type
    if tag == ber.OCTET_STRING and is_plain(content):
        return b"%d|%s" % (tag, content)
    if tag not in (ber.OCTET_STRING, ber.OPAQUE, ber.IP_ADDRESS):
        ber.decode_value(tag, content)  # says that there is no such type
    return b"%dx|%s" % (tag, content.hex().upper().encode())


def is_plain(content: bytes) -> bool:
    """Whether every reader takes these octets as they are: some cut blanks off."""
    return not content.translate(None, PLAIN) and content == content.strip()
