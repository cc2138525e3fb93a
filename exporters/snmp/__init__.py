"""Prometheus text of any device, by any module, as snmp_exporter makes it."""
