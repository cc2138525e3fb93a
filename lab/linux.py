"""What a Linux router with FRR, or a plain Linux server, prints for a command."""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Callable
from typing import Any

from lab.device import IN, LOOPBACK, OUT, Device, Port

KERNEL = "6.1.0-28-amd64"
Command = Callable[[Device, float], str]


def run(device: Device, line: str, t: float) -> tuple[str, int]:
    """(output, exit status) of a command line; commands may be joined by `;` or `&&`."""
    try:
        words = list(shlex.shlex(line, posix=True, punctuation_chars=True))
    except ValueError as error:
        return f"bash: -c: line 1: {error}\n", 2
    output, status, command = "", 0, list[str]()
    for word in [*words, ";"]:
        if word not in (";", "&&"):
            command.append(word)
            continue
        if command:
            text, status = _one(device, command, t)
            output += text
            command = []
            if word == "&&" and status:
                break
    return output, status


def _one(device: Device, words: list[str], t: float) -> tuple[str, int]:
    known = COMMANDS.get(" ".join(words))
    if known:
        return known(device, t), 0
    if words[0] == "vtysh" and device.model.id != "frr":
        return "bash: line 1: vtysh: command not found\n", 127
    if words[0] == "cat" and len(words) == 2:
        return f"cat: {words[1]}: No such file or directory\n", 1
    if any(command.split()[0] == words[0] for command in COMMANDS):
        return f"{words[0]}: unknown argument: {' '.join(words[1:])}\n", 1
    return f"bash: line 1: {words[0]}: command not found\n", 127


def _uptime(device: Device, t: float) -> str:
    days, rest = divmod(device.uptime(t) // 100, 86_400)
    hours, minutes = rest // 3600, rest % 3600 // 60
    since = f"{days} day{'s' if days != 1 else ''}, " if days else ""
    clock = f"{hours}:{minutes:02d}" if hours else f"{minutes} min"
    now = time.strftime("%H:%M:%S", time.gmtime(t))
    return f" {now} up {since}{clock},  0 users,  load average: 0.08, 0.03, 0.01\n"


def _proc_uptime(device: Device, t: float) -> str:
    seconds = device.uptime(t) / 100
    return f"{seconds:.2f} {seconds * 3.9:.2f}\n"


def _os_release(device: Device, t: float) -> str:
    del device, t
    return (
        'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\n'
        'VERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n'
    )


def _uname(device: Device, t: float) -> str:
    del t
    return (
        f"Linux {device.node.id} {KERNEL} #1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 (2024-11-22)"
        " x86_64 GNU/Linux\n"
    )


def _frr_version(device: Device, t: float) -> str:
    del t
    return (
        f"FRRouting {device.version} ({device.node.id}) on Linux({KERNEL}).\n"
        "Copyright 1996-2005 Kunihiro Ishiguro, et al.\n"
    )


def _flags(port: Port) -> str:
    flags = ["LOOPBACK"] if port.type == LOOPBACK else ["BROADCAST", "MULTICAST"]
    if port.admin_up and not port.up:
        flags.append("NO-CARRIER")
    if port.admin_up:
        flags.append("UP")
    return ",".join([*flags, "LOWER_UP"] if port.up else flags)


def _state(port: Port) -> str:
    if port.type == LOOPBACK:
        return "UNKNOWN"
    return "UP" if port.up else "DOWN"


def _mac(device: Device, port: Port) -> str:
    raw = bytes(6) if port.type == LOOPBACK else device.mac_of(port)
    return raw.hex(":")


def _ip_link(device: Device, t: float, statistics: bool = False) -> str:
    now = device.values(t)
    lines = []
    for port in device.ports:
        loopback = port.type == LOOPBACK
        kind, far = ("loopback", "00") if loopback else ("ether", "ff")
        lines += [
            f"{port.index}: {port.name}: <{_flags(port)}> mtu 1500 qdisc mq state {_state(port)}"
            " mode DEFAULT group default qlen 1000",
            f"    link/{kind} {_mac(device, port)} brd {':'.join([far] * 6)}",
        ]
        if port.alias:
            lines.append(f"    alias {port.alias}")
        for name, side in (("RX", IN), ("TX", OUT)) if statistics else ():
            values = [0] * 6
            if port.row is not None:
                values = [int(now[port.row + side + row]) for row in (0, 1, 4, 5, 4, 2)]
            lines.append(f"    {name}:  bytes packets errors dropped  missed   mcast")
            lines.append("    " + " ".join(map(str, values)))
    return "\n".join(lines) + "\n"


def _ip_brief(device: Device, t: float) -> str:
    del t
    return "".join(
        f"{port.name:<16} {_state(port):<14} {_mac(device, port)} <{_flags(port)}> \n"
        for port in device.ports
    )


def _ip_json(device: Device, t: float) -> str:
    """`ip -json`, with statistics as `-s` adds them and addresses as `address` does."""
    now = device.values(t)
    rows: list[dict[str, Any]] = []
    for port in device.ports:
        row: dict[str, Any] = {
            "ifindex": port.index,
            "ifname": port.name,
            "flags": _flags(port).split(","),
            "mtu": 1500,
            "operstate": _state(port),
            "link_type": "loopback" if port.type == LOOPBACK else "ether",
            "address": _mac(device, port),
            "addr_info": [],
        }
        if port.alias:
            row["ifalias"] = port.alias
        if port.type == LOOPBACK:
            row["addr_info"] = [{"family": "inet", "local": device.node.address, "prefixlen": 32}]
        if port.row is not None:
            row["stats64"] = {
                name: {
                    key: int(now[port.row + side + at])
                    for key, at in (("bytes", 0), ("packets", 1), ("errors", 4), ("dropped", 5))
                }
                for name, side in (("rx", IN), ("tx", OUT))
            }
        rows.append(row)
    return json.dumps(rows) + "\n"


def _ip_address(device: Device, t: float) -> str:
    loopback = f"    inet {device.node.address}/32 scope global lo\n"
    return _ip_link(device, t).replace(" mode DEFAULT", "") + loopback


COMMANDS: dict[str, Command] = {
    "uptime": _uptime,
    "cat /proc/uptime": _proc_uptime,
    "cat /etc/os-release": _os_release,
    "hostname": lambda device, t: f"{device.node.id}\n",
    "uname -a": _uname,
    "uname -r": lambda device, t: f"{KERNEL}\n",
    "uname -sr": lambda device, t: f"Linux {KERNEL}\n",
    "cat /sys/class/dmi/id/product_name": lambda device, t: f"{device.model.part}\n",
    "cat /sys/class/dmi/id/product_serial": lambda device, t: f"{device.serial}\n",
    "ip link": _ip_link,
    "ip link show": _ip_link,
    "ip -s link": lambda device, t: _ip_link(device, t, statistics=True),
    "ip -br link": _ip_brief,
    "ip -brief link": _ip_brief,
    "ip -j link": _ip_json,
    "ip -json link": _ip_json,
    "ip -j -s link": _ip_json,
    "ip -s -j link": _ip_json,
    "ip -j address": _ip_json,
    "ip address show": _ip_address,
    "ip addr": _ip_address,
    "show version": _frr_version,
    "show interface brief": _ip_brief,
    "vtysh -c show version": _frr_version,
    "vtysh -c show interface brief": _ip_brief,
}
