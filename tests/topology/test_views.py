"""What is told of a node while it is silent."""

from __future__ import annotations

from tests.topology.nation import nation
from tests.topology.world import World
from topology.state import NodeState


def test_a_node_that_does_not_answer_has_no_round_trip_time() -> None:
    world = World(nation())
    world.run(8)
    assert world.turn.snapshot.nodes["cpe-0-1"].rtt_s is not None
    world.fail("site:hub-0")
    world.run(10)
    silent = [view for view in world.turn.snapshot.nodes.values() if view.state is not NodeState.UP]
    assert {view.rtt_s for view in silent} == {None}
    assert {view.failure_kind for view in silent} == {"timeout"}
    world.heal("site:hub-0")
    world.run(10)
    assert world.turn.snapshot.nodes["cpe-0-1"].rtt_s is not None
    assert world.turn.snapshot.nodes["cpe-0-1"].failure_kind == ""
