"""Nodes without SNMP: what they say of themselves over SSH."""
