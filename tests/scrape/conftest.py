from __future__ import annotations

from tests.snmp.conftest import snmpd

__all__ = ["snmpd"]
