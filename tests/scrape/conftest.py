from __future__ import annotations

from tests.exporters.conftest import daemon
from tests.snmp.conftest import snmpd

__all__ = ["daemon", "snmpd"]
