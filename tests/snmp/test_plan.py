"""What a module makes the engine ask, and under which names the answers stand."""

from __future__ import annotations

import pytest

from collector.snmp import ber
from collector.snmp.plan import Kind, Plan, Shape, kind_of, text
from collector.snmp.room import Room
from collector.snmp.walk import Walk
from configs.module import Index, Lookup, Metric, Module

INDEXES = (Index("ifIndex", "gauge"),)


def plan(
    metrics: tuple[Metric, ...], walk: tuple[str, ...] = (), get: tuple[str, ...] = ()
) -> Plan:
    return Plan.of(Module("test", walk, get, metrics))


def dotted(oids: tuple[bytes, ...]) -> list[str]:
    return [ber.format_oid(ber.decode_oid(oid)) for oid in oids]


def column(name: str, oid: str, **more: object) -> Metric:
    return Metric(name, oid, "counter", indexes=INDEXES, **more)  # type: ignore[arg-type]


def test_of_a_walked_table_only_what_metrics_name_is_asked() -> None:
    made = plan((column("in", "1.3.6.1.2.1.2.2.1.10"),), walk=("1.3.6.1.2.1.2",))
    assert dotted(made.roots) == ["1.3.6.1.2.1.2.2.1.10"]
    assert made.gets == ()


def test_what_lies_outside_of_walk_and_get_is_not_asked() -> None:
    made = plan((column("in", "1.3.6.1.2.1.2.2.1.10"),), walk=("1.3.6.1.2.1.31",))
    assert (made.roots, made.gets) == ((), ())


@pytest.mark.parametrize("oid", ["1.3.6.1.2.1.1.3", "1.3.6.1.2.1.1.3.0"])
@pytest.mark.parametrize("how", ["walk", "get"])
def test_a_scalar_is_got_whether_or_not_its_oid_ends_in_its_instance(oid: str, how: str) -> None:
    metric = Metric("sysUpTime", oid, "gauge")
    asked = {"walk": ("1.3.6.1.2.1.1",)} if how == "walk" else {"get": ("1.3.6.1.2.1.1.3.0",)}
    assert dotted(plan((metric,), **asked).gets) == ["1.3.6.1.2.1.1.3.0"]


def test_single_rows_of_a_column_are_asked_and_keep_their_index() -> None:
    metric = column("in", "1.3.6.1.2.1.2.2.1.10")
    made = plan((metric,), walk=("1.3.6.1.2.1.2.2.1.10.7",), get=("1.3.6.1.2.1.2.2.1.10.300",))
    assert dotted(made.gets) == ["1.3.6.1.2.1.2.2.1.10.300"]
    assert dotted(made.roots) == ["1.3.6.1.2.1.2.2.1.10.7"]
    (get,) = made._gets
    assert get.series(made.gets[0]).index == (300,)
    (root,) = made._columns
    assert root.series(made.roots[0] + b"\x05").index == (7, 5)


def test_columns_of_lookups_are_asked_once_and_named_by_their_oid() -> None:
    lookup = Lookup(("ifIndex",), "ifName", "1.3.6.1.2.1.31.1.1.1.1", "DisplayString")
    made = plan(
        (
            column("in", "1.3.6.1.2.1.2.2.1.10", lookups=(lookup,)),
            column("out", "1.3.6.1.2.1.2.2.1.16", lookups=(lookup, Lookup((), "ifIndex"))),
        ),
        walk=("1.3.6.1.2.1.2", "1.3.6.1.2.1.31"),
    )
    names = {object_.name: object_.kind for object_ in made._columns}
    assert names == {"1.3.6.1.2.1.31.1.1.1.1": Kind.TEXT, "in": Kind.NUMBER, "out": Kind.NUMBER}


def test_a_metric_that_is_also_a_lookup_keeps_its_name() -> None:
    lookup = Lookup(("ifIndex",), "ifName", "1.3.6.1.2.1.31.1.1.1.1", "DisplayString")
    name = Metric("ifName", "1.3.6.1.2.1.31.1.1.1.1", "DisplayString", indexes=INDEXES)
    made = plan(
        (name, column("in", "1.3.6.1.2.1.2.2.1.10", lookups=(lookup,))), walk=("1.3.6.1.2.1",)
    )
    assert sorted(object_.name for object_ in made._columns) == ["ifName", "in"]


def test_columns_of_one_table_go_side_by_side() -> None:
    made = plan(
        tuple(
            column(f"c{n}", oid)
            for n, oid in enumerate(
                ("1.3.6.1.2.1.2.2.1.10", "1.3.6.1.2.1.31.1.1.1.6", "1.3.6.1.2.1.2.2.1.16")
            )
        ),
        walk=("1.3.6.1.2.1",),
    )
    assert made.tables == ((0, 2), (1,))


def test_tables_of_other_lengths_share_the_series_of_their_common_rows() -> None:
    made = plan((column("in", "1.3.6.1.2.1.2.2.1.10"),), walk=("1.3.6.1.2.1.2",))

    def walked(rows: int) -> Walk:
        walk = Walk(made.gets, made.roots, made.tables, room=Room())
        walk.columns[0].indexes = [bytes((row,)) for row in range(1, rows + 1)]
        return walk

    large = made.shape(walked(5))
    small = made.shape(walked(3))
    assert [series.index for series in small.layout.numbers] == [(1,), (2,), (3,)]
    assert all(a is b for a, b in zip(small.layout.numbers, large.layout.numbers, strict=False))


@pytest.mark.parametrize("oid", ["1.3.6.x", "9.9", ""])
def test_an_oid_that_is_none_is_a_value_error(oid: str) -> None:
    with pytest.raises(ValueError, match="not an OID"):
        plan((Metric("bad", oid, "gauge"),), walk=("1.3",))


def test_values_become_texts_by_their_kind() -> None:
    assert text("Hà Nội".encode(), Kind.TEXT) == "Hà Nội"
    assert text(b"\xff\xfe", Kind.TEXT) == "0xfffe"
    assert text(b"ABCDEF", Kind.OCTETS) == "0x414243444546"  # a MAC address that looks like text
    assert text("10.0.0.1", Kind.OCTETS) == "10.0.0.1"
    assert text(7, Kind.TEXT) == "7"
    assert text(None, Kind.TEXT) == ""


def test_kinds_follow_snmp_exporters_types() -> None:
    assert {kind_of(t) for t in ("gauge", "counter", "Float", "EnumAsInfo")} == {Kind.NUMBER}
    assert {kind_of(t) for t in ("DisplayString", "ParseDateAndTime")} == {Kind.TEXT}
    assert {kind_of(t) for t in ("PhysAddress48", "Bits", "DateAndTime")} == {Kind.OCTETS}


def test_a_thread_may_find_a_shape_while_another_looks_through_those_known() -> None:
    made = plan((column("in", "1.3.6.1.2.1.2.2.1.10"),), walk=("1.3.6.1.2.1.2",))

    def shape(*rows: int) -> Shape:
        walk = Walk((), made.roots, made.tables, room=Room())
        walk.columns[0].indexes = [bytes([row]) for row in rows]
        return made.shape(walk)

    rows, kept = [7], list[Shape]()

    class Meanwhile(dict[bytes, int]):
        def __len__(self) -> int:
            while rows:
                kept.append(shape(rows.pop()))
            return super().__len__()

    first = shape(1)
    object.__setattr__(first, "slots", Meanwhile(first.slots))
    other = shape(1, 2)
    assert other.series(made.roots[0] + b"\x01") is first.series(made.roots[0] + b"\x01")
