"""Other addresses for addresses: two that share a prefix share one just as long afterwards, so
that subnets, routes and longest matches hold (J. Xu et al., Prefix-Preserving IP Address
Anonymization, ICNP 2002)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network

from collector.recording.shuffle import Shuffle

# Stay what they are, as do netmasks: nothing about a network is in them.
STILL = (
    *("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4"),
    *("::/96", "ff00::/8"),
)
# Keep these prefixes; what is behind them is changed.
BLOCKS = (
    *("10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"),
    *("2000::/3", "fc00::/8", "fd00::/8", "fe80::/64"),
)
LAST_BITS = 2  # stay: a network of four addresses keeps its network and broadcast address
SOLICITED = bytes.fromhex("ff0200000000000000000001ff")  # RFC 4291 §2.7.1; then 24 bits of a host
MAPPED = bytes(10) + b"\xff\xff"  # ::ffff:0:0/96
OUI = 3
GROUP = 1  # bit of a MAC address's first octet
VRRP = b"\x00\x00\x5e"


class Addresses:
    """IPv4, IPv6 and MAC addresses as octets; each method is one to one."""

    def __init__(self, shuffle: Shuffle) -> None:
        self._shuffle = shuffle
        self.ip = lru_cache(1 << 16)(self._ip)
        self.mac = lru_cache(1 << 16)(self._mac)

    def _ip(self, address: bytes) -> bytes:
        """An address of four or sixteen octets."""
        if len(address) == 16 and address.startswith(MAPPED):
            return MAPPED + self.ip(address[12:])
        if len(address) == 16 and address.startswith(SOLICITED):
            return SOLICITED + self._own(address[13:], SOLICITED)
        width = 8 * len(address)
        bits = f"{int.from_bytes(address, 'big'):0{width}b}"
        if bits.startswith(still(width)):
            return address
        fixed = paths(width)
        changed = 0
        for at in range(width - LAST_BITS):
            before = bits[:at]
            if before not in fixed:
                changed |= (
                    self._shuffle.bit(b"ip%d %s" % (width, before.encode())) << width - 1 - at
                )
        return (int(bits, 2) ^ changed).to_bytes(len(address), "big")

    def _mac(self, address: bytes) -> bytes:
        """Keeps the maker's half. Addresses of groups and of VRRP belong to nobody, and stay."""
        maker, own = address[:OUI], address[OUI:]
        if address[0] & GROUP or maker == VRRP or not any(address):
            return address
        return maker + self._own(own, maker)

    def _own(self, octets: bytes, before: bytes) -> bytes:
        """Three octets for three."""
        number = self._shuffle.of(int.from_bytes(octets, "big"), 2**24, b"own" + before)
        return number.to_bytes(3, "big")


@lru_cache
def still(width: int) -> tuple[str, ...]:
    return tuple(map(prefix, _networks(STILL, width)))


@lru_cache
def paths(width: int) -> frozenset[str]:
    """Prefixes behind which a bit must stay, so that the blocks are where they were."""
    ends = [prefix(network) for network in _networks((*STILL, *BLOCKS), width)]
    return frozenset(end[:at] for end in ends for at in range(len(end)))


def _networks(texts: Iterable[str], width: int) -> list[IPv4Network | IPv6Network]:
    return [network for network in map(ip_network, texts) if network.max_prefixlen == width]


def prefix(network: IPv4Network | IPv6Network) -> str:
    """The bits of a network's prefix."""
    width = network.max_prefixlen
    return f"{int(network.network_address):0{width}b}"[: network.prefixlen]


def is_special(address: bytes) -> bool:
    """Whether an address stands for itself, and tells nothing."""
    width = 8 * len(address)
    return f"{int.from_bytes(address, 'big'):0{width}b}".startswith(still(width))
