"""SNMP: thousands of agents polled from one asyncio loop, and no answer believed unseen.

engine     what others call: poll, probe, get, walk
transport  sockets, timeouts, retries; one conversation (flight) per device at a time
dialogue   conversations as pure state; course: polls that repeat what they have learnt
walk       the first reading of tables; template: the quick reading of the same again
community, usm   sessions: versions 1 and 2c, version 3 (keys, privacy, authority, envelope)
message, secured, ber   octets
"""
