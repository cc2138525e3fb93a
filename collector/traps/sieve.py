"""The sieve before the decoder, cheap enough for ten thousand datagrams a second."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from collector.bucket import Bucket
from configs.credentials import SnmpCredential

SOURCE_RATE_PER_S = 20.0
SOURCE_BURST = 50.0


class Drop(StrEnum):
    """Why a datagram was not taken."""

    SOURCE = "source"  # no node has this address
    CREDENTIAL = "credential"  # the node has no SNMP credential to check it with
    SOURCE_RATE = "source_rate"  # this node sends too many
    RATE = "rate"  # all together send too many
    BUSY = "busy"  # the decoder is behind
    MALFORMED = "malformed"
    VERSION = "version"
    COMMUNITY = "community"
    USER = "user"
    DIGEST = "digest"
    SECURITY_LEVEL = "security_level"
    TIME_WINDOW = "time_window"
    DECRYPTION = "decryption"
    OTHER = "other"  # whatever else the decoder did not believe


@dataclass(frozen=True, slots=True)
class Source:
    """Who sends from an address."""

    node: str
    credential: SnmpCredential | None


class Sieve:
    """Lets through what known nodes send at a bearable rate; `drops` counts the rest."""

    def __init__(self, rate_per_s: float) -> None:
        self._whole = Bucket(rate_per_s, rate_per_s)
        self._sources: Mapping[str, Source] = {}
        self._buckets: dict[str, Bucket] = {}
        self.drops: Counter[Drop] = Counter()

    def replace(self, sources: Mapping[str, Source]) -> None:
        """Other sources by address from now on."""
        self._sources = sources
        self._buckets = {at: bucket for at, bucket in self._buckets.items() if at in sources}

    def admit(self, address: str, now: float) -> Source | None:
        """Whoever sends from this address, if it may be listened to now."""
        source = self._sources.get(address)
        if source is None:
            self.drops[Drop.SOURCE] += 1
            return None
        if source.credential is None:
            self.drops[Drop.CREDENTIAL] += 1
            return None
        bucket = self._buckets.get(address)
        if bucket is None:
            bucket = self._buckets[address] = Bucket(SOURCE_RATE_PER_S, SOURCE_BURST)
        # A node's own limit comes first, so that one that storms does not use up everybody's.
        if not bucket.take(now):
            self.drops[Drop.SOURCE_RATE] += 1
            return None
        if not self._whole.take(now):
            self.drops[Drop.RATE] += 1
            return None
        return source
