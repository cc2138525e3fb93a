"""The real agent and the lab that other folders' tests run on."""

from __future__ import annotations

from tests.lab.conftest import lab
from tests.snmp.conftest import engine, snmpd

__all__ = ["engine", "lab", "snmpd"]
