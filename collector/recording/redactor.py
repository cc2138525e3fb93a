"""Rewrites a recording so that it tells of a kind of device, and of nobody's network.

First everything is seen, which tells what was given by people; then everything is rewritten.
Whatever is the same before is the same afterwards, also in another recording with the same key.
"""

from __future__ import annotations

import re
from functools import lru_cache

from collector.recording.addresses import OUI, Addresses, is_special
from collector.recording.indexes import Indexes, Segment, is_address
from collector.recording.shuffle import Shuffle
from collector.recording.texts import (
    COMPOUND,
    HOST,
    PART,
    PLAIN_NUMBER,
    SHORTEST,
    TOKEN,
    Kind,
    Vocabulary,
    addresses_in,
    is_text,
    octets_of,
    written,
)
from collector.recording.words import Words
from collector.snmp import ber
from collector.snmp.page import Row
from configs.redaction import Ids, Redaction

MAC, IPV4, IPV6 = 6, 4, 16
ENGINE_ID = ber.parse_oid("1.3.6.1.6.3.10.2.1.1")  # RFC 3411: five octets, then what it is made of
KINDS = {kind.value: kind for kind in Kind}


class Redactor:
    """`see` every row, then `ready`, then `rewrite` every row."""

    def __init__(self, key: bytes, rules: Redaction) -> None:
        shuffle = Shuffle(key)
        self._addresses = Addresses(shuffle)
        self._words = Words(shuffle)
        self._vocabulary = Vocabulary(rules)
        self._indexes = Indexes(rules.indexes)
        self._classes = rules.classes
        self._sizes = sorted({len(oid) for oid in rules.classes}, reverse=True)
        self._maker_texts: set[bytes] = set()
        self._given: set[bytes] = set()
        self._labels: set[bytes] = set()
        self._models: set[bytes] = set()
        self._secret: set[bytes] = set()
        self._known: set[bytes] = set()  # addresses, of any kind
        self._compound = lru_cache(1 << 16)(self._new_compound)

    # Seeing

    def see(self, row: Row) -> None:
        ids = ber.decode_oid(row.oid)
        for part in self._indexes.segments(ids)[0]:
            if part.kind != "text":
                self._meet(bytes(ids[part.start : part.stop]))
        if row.tag == ber.IP_ADDRESS:
            self._meet(row.content)
        elif row.tag == ber.OCTET_STRING:
            self._see_octets(ids, row.content)

    def _see_octets(self, ids: Ids, content: bytes) -> None:
        name = self._class(ids)
        address = self._address_in(ids, name, content)
        if address is not None:
            self._meet(address)
        if address is not None or not is_text(content):
            return
        kind = KINDS.get(name, Kind.OTHER)
        if kind is Kind.MAKER:
            self._maker_texts.add(content)
            self._given.update(HOST.findall(content))
        elif kind is Kind.MODEL:
            self._maker_texts.add(content)
            self._models.update(COMPOUND.findall(content.lower()))
            self._models.update(PART.findall(content.lower()))
        elif kind is Kind.GIVEN:
            self._given.add(content)
        elif kind is Kind.LABEL:
            self._labels.add(content)
        if kind not in (Kind.MAKER, Kind.MODEL):
            for _, octets in addresses_in(content):
                if len(octets) != IPV4 or is_address(tuple(octets)):  # else it may be a version
                    self._meet(octets)

    def _meet(self, address: bytes) -> None:
        if len(address) == MAC or (len(address) in (IPV4, IPV6) and not is_special(address)):
            self._known.add(address)

    def ready(self) -> None:
        """Everything has been seen."""
        labels = {label for label in self._labels if not self._vocabulary.is_about_port(label)}
        for text in self._given | labels:
            for compound in COMPOUND.findall(text.lower()):
                if text not in labels or not self._vocabulary.is_port(compound):
                    self._keep_secret(compound)
        for text in self._maker_texts:
            for compound in COMPOUND.findall(text.lower()):
                if not self._tells(compound):
                    self._vocabulary.learn(compound)

    def _keep_secret(self, compound: bytes) -> None:
        """Looks for a given word everywhere from now on, unless it could be anyone's."""
        parts = PART.findall(compound)
        known = self._vocabulary.is_of_trade
        plain = compound.isdigit() and len(compound) <= PLAIN_NUMBER
        plain |= compound.isalpha() and known(compound)
        if len(compound) >= SHORTEST and not plain and compound not in self._models:
            self._secret.add(compound)
        for part in parts:
            if len(part) >= SHORTEST and not known(part) and part not in self._models:
                self._secret.add(part)

    # Rewriting

    def rewrite(self, row: Row) -> Row:
        ids = ber.decode_oid(row.oid)
        oid = ber.encode_oid(self._ids(ids))
        content = row.content
        if row.tag == ber.IP_ADDRESS and len(content) == IPV4:
            content = self._addresses.ip(content)
        elif row.tag == ber.OBJECT_ID and content:
            content = ber.encode_oid(self._ids(ber.decode_oid(content)))
        elif row.tag == ber.OCTET_STRING:
            content = self._octets(ids, content)
        return Row(oid, row.tag, content)

    def _ids(self, ids: Ids) -> Ids:
        segments, rest = self._indexes.segments(ids)
        out: list[int] = []
        at = 0
        for part in [*segments, Segment("", len(ids), len(ids))]:
            out += self._known_runs(ids, at, part.start, rest)
            octets = bytes(ids[part.start : part.stop])
            if part.kind == "text":
                text = self._text(octets, Kind.OTHER)
                if part.start and ids[part.start - 1] == len(octets) and out:
                    out[-1] = len(text)
                out += text
            elif part.kind:
                out += self._of_address(octets)
            at = part.stop
        return tuple(out)

    def _known_runs(self, ids: Ids, start: int, stop: int, rest: int) -> list[int]:
        """Sub-identifiers of which nothing is known, but for addresses that are."""
        out = list(ids[start:stop])
        at = max(start, rest)
        while at <= stop - IPV4:
            for size in (IPV6, MAC, IPV4):
                run = ids[at : min(at + size, stop)]
                if len(run) == size and self._is_known(run):
                    out[at - start : at - start + size] = self._of_address(bytes(run))
                    at += size - 1
                    break
            at += 1
        return out

    def _is_known(self, run: Ids) -> bool:
        """Whether numbers are an address that is known, and not a MIB's own by chance."""
        if max(run) > 0xFF or bytes(run) not in self._known:
            return False
        return len(run) != IPV4 or is_address(run)

    def _of_address(self, octets: bytes) -> bytes:
        return self._addresses.mac(octets) if len(octets) == MAC else self._addresses.ip(octets)

    def _octets(self, ids: Ids, content: bytes) -> bytes:
        name = self._class(ids)
        address = self._address_in(ids, name, content)
        if address is not None:
            return content.replace(address, self._of_address(address), 1)
        if is_text(content):
            return self._text(content, KINDS.get(name, Kind.OTHER))
        for at in range(len(content) - MAC + 1):
            if content[at : at + MAC] in self._known:
                own = self._addresses.mac(content[at : at + MAC])
                content = content[:at] + own + content[at + MAC :]
        return content

    def _address_in(self, ids: Ids, name: str, content: bytes) -> bytes | None:
        """The address that octets are, or that is behind their first ones."""
        size = len(content)
        if size == MAC and (name == "macs" or not is_text(content)):
            return content if any(content[OUI:]) or name == "macs" else None
        if name == "addresses" and size in (IPV4, IPV6):
            return content
        if size in (IPV4, IPV6) and content in self._known:
            return content
        if size == 1 + IPV4 and content[0] == 1 and content[1:] in self._known:
            return content[1:]  # LLDP's network address: IANA's family number before it
        if ids[: len(ENGINE_ID)] == ENGINE_ID and size > 5 and content[4] in (1, 2, 3):
            return content[5:] if size - 5 == {1: IPV4, 2: IPV6, 3: MAC}[content[4]] else None
        return None

    def _text(self, text: bytes, kind: Kind) -> bytes:
        if kind is Kind.LABEL:
            if self._vocabulary.is_about_port(text):
                return text
            kind = Kind.GIVEN

        def other(match: re.Match[bytes]) -> bytes:
            token, what = match[0], match.lastgroup or ""
            octets = octets_of(what, token)
            if octets is not None and (
                kind not in (Kind.MAKER, Kind.MODEL) or octets in self._known
            ):
                return written(self._of_address(octets), token)
            if what == "word":
                return self._compound(token, kind)
            return COMPOUND.sub(lambda word: self._compound(word[0], kind), token)

        return TOKEN.sub(other, text)

    def _new_compound(self, compound: bytes, kind: Kind) -> bytes:
        low = compound.lower()
        keep = kind is not Kind.GIVEN and not self._tells(low)
        if keep and kind is Kind.OTHER:
            keep = all(map(self._vocabulary.knows, PART.findall(compound)))
        return compound if keep else self._words.compound(compound)

    def _tells(self, compound: bytes) -> bool:
        """Whether a secret is in it."""
        ends = [match.span() for match in PART.finditer(compound)]
        return any(
            compound[first[0] : last[1]] in self._secret
            for place, first in enumerate(ends)
            for last in ends[place:]
        )

    def _class(self, ids: Ids) -> str:
        for size in self._sizes:
            found = self._classes.get(ids[:size])
            if found is not None:
                return found
        return ""
