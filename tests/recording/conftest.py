from __future__ import annotations

from tests.snmp.conftest import engine, snmpd

__all__ = ["engine", "snmpd"]
