"""What a device is and has: asked over SNMP, told by standard MIBs and by rules kept as data."""
