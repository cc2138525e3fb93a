"""Other addresses for addresses: one to one, and with the prefixes that they shared."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.recording.addresses import Addresses
from collector.recording.ordering import Ordering
from collector.recording.shuffle import Shuffle
from collector.recording.words import Words

KEY = b"a key of a test, and of nothing else"
OURS = Addresses(Shuffle(KEY))
V4, V6, MAC = (st.binary(min_size=size, max_size=size) for size in (4, 16, 6))


def shared(one: bytes, other: bytes) -> int:
    """How many leading bits two addresses share."""
    differ = int.from_bytes(one, "big") ^ int.from_bytes(other, "big")
    return 8 * len(one) - differ.bit_length()


def near(size: int) -> st.SearchStrategy[tuple[bytes, bytes]]:
    """Two addresses that share some bits."""

    def beside(one: bytes, bits: int, tail: int) -> tuple[bytes, bytes]:
        return one, (int.from_bytes(one, "big") ^ tail >> bits).to_bytes(size, "big")

    full = 8 * size
    numbers = st.integers(0, 2**full - 1)
    return st.builds(beside, st.binary(min_size=size, max_size=size), st.integers(0, full), numbers)


@given(st.one_of(near(4), near(16)))
def test_two_addresses_share_a_prefix_as_long_as_before(pair: tuple[bytes, bytes]) -> None:
    one, other = map(OURS.ip, pair)
    embedded = (bytes(10) + b"\xff\xff", bytes.fromhex("ff0200000000000000000001ff"))
    if pair[0].startswith(embedded) or pair[1].startswith(embedded):
        assert (one == other) == (pair[0] == pair[1])
    else:
        assert shared(one, other) == shared(*pair)


@given(st.one_of(near(4), near(16), near(6)))
def test_no_two_addresses_become_one(pair: tuple[bytes, bytes]) -> None:
    new = OURS.mac if len(pair[0]) == 6 else OURS.ip
    assert (new(pair[0]) == new(pair[1])) == (pair[0] == pair[1])


@given(MAC)
def test_the_maker_of_a_mac_address_stays(mac: bytes) -> None:
    assert OURS.mac(mac)[:3] == mac[:3]


@pytest.mark.parametrize(
    "block", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fe80::/64"]
)
@given(data=st.data())
def test_private_addresses_stay_private_ones(block: str, data: st.DataObject) -> None:
    network = ip_network(block)
    offset = data.draw(st.integers(0, network.num_addresses - 1))
    assert ip_address(OURS.ip(network[offset].packed)) in network


@pytest.mark.parametrize(
    "address",
    ["0.0.0.7", "255.255.255.0", "127.0.0.1", "224.0.0.5", "0.0.0.255", "::", "::1", "ff02::1"],
)
def test_what_is_no_ones_address_stays(address: str) -> None:
    packed = ip_address(address).packed
    assert OURS.ip(packed) == packed


def test_a_link_of_four_addresses_stays_one() -> None:
    hosts = [OURS.ip(ip_address(f"10.20.30.{n}").packed) for n in (4, 5, 6, 7)]
    assert [host[-1] % 4 for host in hosts] == [0, 1, 2, 3]
    assert len({host[:-1] for host in hosts}) == 1


def test_another_key_gives_other_addresses() -> None:
    others = Addresses(Shuffle(b"another key"))
    address = ip_address("10.20.30.40").packed
    assert OURS.ip(address) != others.ip(address) != address


@given(st.integers(1, 2000), st.binary(max_size=4))
def test_a_shuffle_is_a_permutation(size: int, purpose: bytes) -> None:
    shuffle = Shuffle(KEY)
    assert {shuffle.of(value, size, purpose) for value in range(min(size, 200))} <= set(range(size))
    assert len({shuffle.of(value, size, purpose) for value in range(min(size, 200))}) == min(
        size, 200
    )


@given(st.from_regex(r"[A-Za-z0-9]{1,12}", fullmatch=True))
def test_a_word_keeps_its_shape_and_does_not_heed_case(word: str) -> None:
    words = Words(Shuffle(KEY))
    other = words.word(word.encode()).decode()
    assert [(c.isdigit(), c.isupper()) for c in other] == [(c.isdigit(), c.isupper()) for c in word]
    assert words.word(word.lower().encode()).decode() == other.lower()


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2**32 - 1)), max_size=60))
def test_lines_are_sorted_in_runs_as_in_one(
    tmp_path_factory: pytest.TempPathFactory, oids: list[tuple[int, int]]
) -> None:
    with Ordering(tmp_path_factory.getbasetemp(), run=7) as ordering:
        for ids in oids:
            ordering.put((1, *ids), b"%d.%d\n" % ids)
        assert list(ordering.lines()) == [b"%d.%d\n" % ids for ids in sorted(oids)]
