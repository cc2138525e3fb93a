"""What to ask of a device for any module of snmp_exporter's format."""
