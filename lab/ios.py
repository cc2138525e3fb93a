"""What a Cisco IOS router prints, and the dialogue at its prompt."""

from __future__ import annotations

import hmac
from collections.abc import Callable

from lab.device import IN, LOOPBACK, OUT, Device, Port
from lab.terminal import Terminal
from lab.traffic import Clock, Floats

INVALID = "                ^\n% Invalid input detected at '^' marker.\n\n"
AMBIGUOUS = '% Ambiguous command:  "{line}"\n'
HARDWARE = {6: "GigabitEthernet", LOOPBACK: "Loopback", 53: "Ethernet SVI"}
RATE_S = 300  # "5 minute input rate"


def show_version(device: Device, t: float) -> str:
    descr = device.model.descr.format(name=device.node.id, version=device.version)
    name = device.node.id
    up = _uptime(device.uptime(t) // 100)
    image = f"isr4400-universalk9.{device.version}.SPA.bin"
    return "\n".join(
        (
            f"Cisco IOS XE Software, Version {device.version}",
            descr.replace("\r\n", "\n"),
            "",
            "ROM: IOS-XE ROMMON",
            f"{name} uptime is {up}",
            f"Uptime for this control processor is {up}",
            "System returned to ROM by PowerOn",
            f'System image file is "bootflash:{image}"',
            "Last reload reason: PowerOn",
            "",
            f"cisco {device.model.part} (2RU) processor with 1795979K/6147K bytes of memory.",
            f"Processor board ID {device.serial}",
            f"{sum(port.type == 6 for port in device.ports)} Gigabit Ethernet interfaces",
            "32768K bytes of non-volatile configuration memory.",
            "4194304K bytes of physical memory.",
            "7341807K bytes of flash memory at bootflash:.",
            "",
            "Configuration register is 0x2102",
            "",
        )
    )


def _uptime(seconds: int) -> str:
    parts = []
    for unit, size in (("year", 31_536_000), ("week", 604_800), ("day", 86_400), ("hour", 3600)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}{'s' if count > 1 else ''}")
    minutes = seconds // 60
    parts.append(f"{minutes} minute{'' if minutes == 1 else 's'}")
    return ", ".join(parts)


def show_interfaces(device: Device, t: float) -> str:
    now, before = device.values(t), device.values(t - RATE_S)
    return "".join(_interface(device, port, now, before) for port in device.ports)


def _states(port: Port) -> tuple[str, str]:
    """(link, protocol) as IOS words them."""
    if not port.admin_up:
        return "administratively down", "down"
    return ("up", "up") if port.up else ("down", "down")


def _interface(device: Device, port: Port, now: Floats, before: Floats) -> str:
    def counter(row: int) -> int:
        return 0 if port.row is None else int(now[port.row + row])

    def rate(row: int) -> int:
        if port.row is None:
            return 0
        return max(0, int(now[port.row + row] - before[port.row + row])) // RATE_S

    link, protocol = _states(port)
    mac = device.mac_of(port).hex()
    dotted = f"{mac[:4]}.{mac[4:8]}.{mac[8:]}"
    lines = [f"{port.name} is {link}, line protocol is {protocol} "]
    hardware = HARDWARE[port.type]
    if port.type == LOOPBACK:
        lines += [f"  Hardware is {hardware}", f"  Internet address is {device.node.address}/32"]
    else:
        lines.append(f"  Hardware is {hardware}, address is {dotted} (bia {dotted})")
    if port.alias:
        lines.append(f"  Description: {port.alias}")
    lines += [
        f"  MTU 1500 bytes, BW {port.speed_bps // 1000} Kbit/sec, DLY 10 usec, ",
        "     reliability 255/255, txload 1/255, rxload 1/255",
        "  Encapsulation ARPA, loopback not set",
        "  Keepalive not supported ",
        f"  Full Duplex, {port.speed_bps // 1_000_000}Mbps, link type is auto, media type is RJ45",
        "  ARP type: ARPA, ARP Timeout 04:00:00",
        "  Last input 00:00:00, output 00:00:00, output hang never",
        '  Last clearing of "show interface" counters never',
        f"  Input queue: 0/375/{counter(IN + 5)}/0 (size/max/drops/flushes);"
        f" Total output drops: {counter(OUT + 5)}",
        "  Queueing strategy: fifo",
        "  Output queue: 0/40 (size/max)",
        f"  5 minute input rate {rate(IN) * 8} bits/sec, {rate(IN + 1)} packets/sec",
        f"  5 minute output rate {rate(OUT) * 8} bits/sec, {rate(OUT + 1)} packets/sec",
        f"     {counter(IN + 1)} packets input, {counter(IN)} bytes, 0 no buffer",
        f"     Received {counter(IN + 3)} broadcasts ({counter(IN + 2)} IP multicasts)",
        "     0 runts, 0 giants, 0 throttles ",
        f"     {counter(IN + 4)} input errors, {counter(IN + 4)} CRC,"
        " 0 frame, 0 overrun, 0 ignored",
        "     0 watchdog, 0 multicast, 0 pause input",
        f"     {counter(OUT + 1)} packets output, {counter(OUT)} bytes, 0 underruns",
        f"     {counter(OUT + 4)} output errors, 0 collisions, 1 interface resets",
        "     0 unknown protocol drops",
        "",
    ]
    return "\n".join(lines)


def show_ip_interface_brief(device: Device, t: float) -> str:
    del t  # as of now
    lines = [
        "Interface              IP-Address      OK? Method Status                Protocol",
    ]
    for port in device.ports:
        link, protocol = _states(port)
        address, method = "unassigned", "unset"
        if port.type == LOOPBACK:
            address, method = device.node.address, "NVRAM"
        lines.append(f"{port.name:<22} {address:<15} YES {method:<6} {link:<21} {protocol}")
    return "\n".join(lines)


def show_inventory(device: Device, t: float) -> str:
    del t  # nothing in it moves
    part = device.model.part
    return (
        f'NAME: "Chassis", DESCR: "{device.model.vendor} {part.partition("/")[0]} Chassis"\n'
        f"PID: {part:<18}, VID: V01  , SN: {device.serial}\n"
    )


Show = Callable[[Device, float], str]
SHOWS: dict[tuple[str, ...], Show] = {
    ("show", "version"): show_version,
    ("show", "interfaces"): show_interfaces,
    ("show", "ip", "interface", "brief"): show_ip_interface_brief,
    ("show", "inventory"): show_inventory,
}
SETTINGS = (("terminal", "length"), ("terminal", "width"))  # each followed by a number
WORDS: tuple[tuple[str, ...], ...] = (
    *SHOWS,
    *SETTINGS,
    ("enable",),
    ("disable",),
    ("exit",),
    ("quit",),
    ("logout",),
)


def understand(line: str) -> tuple[str, ...] | None:
    """The command that a line abbreviates, with its number if it takes one; () for one that
    could be several, None for none."""
    typed = line.split()
    number = typed.pop() if typed and typed[-1].isdigit() else None
    found = [
        words
        for words in WORDS
        if len(words) == len(typed)
        and all(map(str.startswith, words, typed))
        and (words in SETTINGS) == (number is not None)
    ]
    exact = [words for words in found if list(words) == typed]
    if len(found) > 1 and not exact:
        return ()
    if not found:
        return None
    words = (exact or found)[0]
    return (*words, number) if number is not None else words


async def dialogue(terminal: Terminal, device: Device, clock: Clock, enable_password: str) -> None:
    """Talk with a user until they leave."""
    privileged = False
    while True:
        terminal.write(f"{device.node.id}{'#' if privileged else '>'}")
        line = await terminal.line()
        if line is None:
            return
        words = understand(line)
        match words:
            case _ if not line.strip():
                continue
            case None:
                terminal.write(INVALID)
            case ():
                terminal.write(AMBIGUOUS.format(line=line.strip()))
            case ("exit" | "quit" | "logout",):
                return
            case ("disable",):
                privileged = False
            case ("enable",):
                privileged = privileged or await _enable(terminal, enable_password)
            case ("terminal", "length", number):
                terminal.length = int(number)
            case ("terminal", "width", _):
                continue
            case _:
                await terminal.page(SHOWS[words](device, clock.now()))


def command(terminal: Terminal, device: Device, line: str, t: float) -> int:
    """Write what one command given without a dialogue prints; its exit status."""
    words = understand(line)
    show = SHOWS.get(words or ())
    terminal.write(show(device, t) if show else INVALID)
    return 0 if show else 1


async def _enable(terminal: Terminal, password: str) -> bool:
    """Three tries, as IOS gives."""
    for _ in range(3):
        terminal.write("Password: ")
        typed = await terminal.line(echo=False)
        if typed is None:
            return False
        if hmac.compare_digest(typed.encode(), password.encode()):
            return True
    terminal.write("% Bad secrets\n\n")
    return False
