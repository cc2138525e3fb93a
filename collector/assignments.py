"""Assignments: which modules each node is asked for, by what its survey found."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

from collector.portrait import Portrait
from collector.snmp.plan import Plan
from collector.vitals import MODULE as VITALS
from configs.module import Module

_log = logging.getLogger(__name__)


class Assignments:
    """Plans are made once for each module that any node has; like nodes share their tuple."""

    def __init__(self, modules: Mapping[str, Module]) -> None:
        self._modules = modules
        self._plans: dict[str, Plan] = {}
        self._shared: dict[tuple[str, ...], tuple[Plan, ...]] = {}
        self._of: dict[str, tuple[Plan, ...]] = {}

    def plans(self, node: str) -> tuple[Plan, ...]:
        return self._of.get(node, ())

    def learn(self, node: str, portrait: Portrait) -> tuple[Plan, ...]:
        """The plans that a node is no longer asked for. What a device that did not answer to the
        end left out stays as it was."""
        names = portrait.modules
        before = self._of.get(node, ())
        if portrait.missing and before:
            return ()
        self._of.pop(node, None)
        wanted = self._shared.get(names)
        if wanted is None:
            plans = (self._plan(name) for name in names)
            wanted = self._shared[names] = tuple(plan for plan in plans if plan is not None)
        if wanted:
            self._of[node] = wanted
        return tuple(plan for plan in before if plan not in wanted)

    def forget(self, nodes: Iterable[str]) -> None:
        for node in nodes:
            self._of.pop(node, None)

    def _plan(self, name: str) -> Plan | None:
        plan = self._plans.get(name)
        if plan is None:
            module = self._modules.get(name) if name != VITALS else None  # that name is taken
            if module is None:
                _log.warning("module=%s is named by a device rule, but there is none", name)
                return None
            plan = self._plans[name] = Plan.of(module)
        return plan
