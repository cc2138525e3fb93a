"""The SNMP polling engine: BER, messages, USM and one socket for the whole fleet."""
