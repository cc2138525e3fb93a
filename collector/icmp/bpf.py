"""Kernel filters: of all the ICMP that reaches this machine, only what concerns us wakes us."""

from __future__ import annotations

import ctypes
import socket
import struct
from collections.abc import Sequence

from collector.icmp.packet import V4, Dialect

SO_ATTACH_FILTER = 26

_INSTRUCTION = struct.Struct("HBBI")
# The few instructions of linux/filter.h that are needed here.
_LOAD_BYTE, _LOAD_HALF = 0x30, 0x28
_LOAD_BYTE_X, _LOAD_HALF_X = 0x50, 0x48
_X_IS_IP_HEADER_LENGTH, _X_IS_A, _A_IS_X = 0xB1, 0x07, 0x87
_ADD, _ADD_X, _AND, _SHIFT_LEFT = 0x04, 0x0C, 0x54, 0x64
_JUMP, _JUMP_IF, _RETURN = 0x05, 0x15, 0x06

_Code = tuple[int, int, int, int]


def attach(sock: socket.socket, dialect: Dialect, identifier: int) -> None:
    """Lets only replies to, and errors about, requests with this identifier into a raw socket."""
    code = _ipv4(identifier) if dialect is V4 else _ipv6(identifier)
    program = ctypes.create_string_buffer(b"".join(_INSTRUCTION.pack(*line) for line in code))
    fprog = struct.pack("HL", len(code), ctypes.addressof(program))
    sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, fprog)


def _ipv4(identifier: int) -> Sequence[_Code]:
    """A raw IPv4 socket sees the IP header too, and in an error a second one."""
    return (
        (_X_IS_IP_HEADER_LENGTH, 0, 0, 0),
        (_LOAD_BYTE_X, 0, 0, 0),  # ICMP type
        (_JUMP_IF, 12, 0, 0),  # echo reply: to the identifier
        (_JUMP_IF, 1, 0, 3),
        (_JUMP_IF, 0, 12, 11),
        (_A_IS_X, 0, 0, 0),  # an error: step over its header ...
        (_ADD, 0, 0, 8),
        (_X_IS_A, 0, 0, 0),
        (_LOAD_BYTE_X, 0, 0, 9),
        (_JUMP_IF, 0, 7, socket.IPPROTO_ICMP),
        (_LOAD_BYTE_X, 0, 0, 0),  # ... and over the quoted IP header
        (_AND, 0, 0, 15),
        (_SHIFT_LEFT, 0, 0, 2),
        (_ADD_X, 0, 0, 0),
        (_X_IS_A, 0, 0, 0),
        (_LOAD_HALF_X, 0, 0, 4),
        (_JUMP_IF, 1, 0, identifier),
        (_RETURN, 0, 0, 0),
        (_RETURN, 0, 0, 0xFFFF),
    )


def _ipv6(identifier: int) -> Sequence[_Code]:
    """A raw IPv6 socket sees the ICMPv6 message only."""
    return (
        (_LOAD_BYTE, 0, 0, 0),  # ICMPv6 type
        (_JUMP_IF, 4, 0, 129),  # echo reply
        (_JUMP_IF, 1, 0, 1),
        (_JUMP_IF, 0, 4, 3),
        (_LOAD_HALF, 0, 0, 52),  # an error: 8 of its own, 40 of IPv6, then our request
        (_JUMP, 0, 0, 1),
        (_LOAD_HALF, 0, 0, 4),
        (_JUMP_IF, 1, 0, identifier),
        (_RETURN, 0, 0, 0),
        (_RETURN, 0, 0, 0xFFFF),
    )
