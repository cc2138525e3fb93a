"""Facts from recorded command lines."""

from __future__ import annotations

import math
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collector.errors import PlatformError
from collector.sample import Facts
from collector.ssh.answers import facts
from collector.ssh.platforms import platform, platforms, read_platforms
from collector.ssh.uptime import uptime_s
from tests.realdata import realdata

DAY_S = 86_400


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2 years, 31 weeks, 6 days, 9 hours, 55 minutes", 82_374_900),
        ("123 day(s), 5 hour(s), 15 minute(s), 19 second(s)", 10_646_119),
        ("266 days, 8 hours, 59 minutes", 23_014_740),
        ("1 hour and 5 minutes", 3_900),
        ("41 days 19 hours", 3_610_800),
        ("1d6h22m", 109_320),
        ("5w3d20m51s", 3_284_451),
        ("5 days,  2:03", 439_380),
        ("2:03", 7_380),
        ("2 min", 120),
        ("31 days, 3:02:11", 2_689_331),
        (" weeks  days  hours 12 min", 720),
    ],
)
def test_uptimes_are_read_as_devices_write_them(text: str, seconds: float) -> None:
    assert uptime_s(text) == seconds


@given(st.integers(0, 9), st.integers(0, 51), st.integers(0, 6), st.integers(0, 23))
def test_uptimes_add_up(years: int, weeks: int, days: int, hours: int) -> None:
    text = f"{years} years, {weeks} weeks, {days} days, {hours} hours"
    assert uptime_s(text) == ((years * 365 + weeks * 7 + days) * 24 + hours) * 3600


@given(st.text())
@example("9" * 400 + " d")
@example("9" * 5000 + " d")
@example("9" * 5000 + ":00")
def test_an_uptime_is_never_negative_and_never_an_error(text: str) -> None:
    seconds = uptime_s(text)
    assert math.isnan(seconds) or seconds >= 0


def recorded(name: str, *files: str) -> Facts:
    """Facts of a platform from recorded answers; "" stands for a command not recorded."""
    known = platform(name)
    texts = [
        realdata("ntc-templates", "tests", *file.split("/")).read_text("utf-8") if file else ""
        for file in files
    ]
    texts += [""] * (len(known.commands) - len(texts))
    found = facts("n", 5.0, known, texts)
    assert found is not None
    return found


def test_a_cisco_ios_router_is_understood() -> None:
    found = recorded("cisco_ios", "cisco_ios/show_version/cisco_ios_show_version.raw")
    assert (found.version, found.hardware, found.serial) == (
        "12.2(54)SG1", "WS-C4948E", "CAT1451S15C",
    )  # fmt: skip
    assert found.uptime_s == 82_374_900
    assert found.interfaces is None


def test_a_huawei_router_is_understood() -> None:
    found = recorded(
        "huawei",
        "huawei_vrp/display_version/huawei_vrp_display_version1.raw",
        "",
        "huawei_vrp/display_interface_brief/huawei_vrp_display_interface_brief.raw",
    )
    assert (found.version, found.hardware) == ("CX600 V800R007C10SPC100", "CX600-M2E")
    assert found.uptime_s == 23_014_740
    assert found.interfaces is not None
    assert found.interfaces["Aux0/0/1"] is False
    assert found.interfaces["GigabitEthernet8/1/16"] is True


def test_an_arista_switch_is_understood() -> None:
    found = recorded(
        "arista_eos",
        "arista_eos/show_version/arista_eos_show_version.raw",
        "arista_eos/show_interfaces_status/arista_eos_show_interfaces_status_port_channel.raw",
    )
    assert (found.version, found.hardware, found.uptime_s) == ("4.14.7M", "vEOS", 3900)
    assert found.interfaces


def test_a_mikrotik_router_is_understood() -> None:
    folder = "mikrotik_routeros/"
    found = recorded(
        "mikrotik_routeros",
        f"{folder}system_resource_print/mikrotik_routeros_system_resource_print_2.raw",
        f"{folder}system_routerboard_print/mikrotik_routeros_system_routerboard_print.raw",
        f"{folder}interface_print_detail/mikrotik_routeros_interface_print_detail_01.raw",
    )
    assert (found.version, found.hardware, found.serial, found.uptime_s) == (
        "6.48.7 (long-term)", "hEX PoE lite", "CC210E592C82", 109_320,
    )  # fmt: skip
    assert found.interfaces is not None
    assert found.interfaces["ether1"] is True


def test_a_fortigate_is_understood() -> None:
    found = recorded("fortinet", "fortinet/get_system_status/fortinet_get_system_status_6.2.raw")
    assert found.hardware == "FortiGate-600E"
    assert found.version.startswith("v6.2")
    assert math.isnan(found.uptime_s)


def test_a_zte_switch_is_understood() -> None:
    found = recorded(
        "zte_zxros",
        "zte_zxros/show_version/zte_zxros_show_version.raw",
        "zte_zxros/show_interface_brief/zte_zxros_show_interface_brief.raw",
    )
    assert (found.version, found.hardware) == ("6120H-S V5.10.00.50", "6120H-S")
    assert found.uptime_s == 23 * DAY_S + 10 * 3600 + 59 * 60
    assert found.interfaces is not None
    assert found.interfaces["xgei-1/1/0/1"] is True


def test_an_aruba_switch_is_understood() -> None:
    found = recorded("aruba_aoscx", "aruba_aoscx/show_system/show_system.raw")
    assert (found.version, found.uptime_s) == ("FL.10.11.1021", 720)


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("cisco_ios", "cisco_ios/show_version"),
        ("cisco_nxos", "cisco_nxos/show_version"),
        ("cisco_xr", "cisco_xr/show_version"),
        ("cisco_asa", "cisco_asa/show_version"),
        ("arista_eos", "arista_eos/show_version"),
        ("huawei", "huawei_vrp/display_version"),
        ("juniper_junos", "juniper_junos/show_version"),
        ("mikrotik_routeros", "mikrotik_routeros/system_resource_print"),
        ("fortinet", "fortinet/get_system_status"),
        ("zte_zxros", "zte_zxros/show_version"),
        ("checkpoint_gaia", "checkpoint_gaia/show_version_all"),
        ("hp_procurve", "hp_procurve/show_system"),
        ("aruba_aoscx", "aruba_aoscx/show_system"),
    ],
)
def test_every_recorded_version_is_found(name: str, folder: str) -> None:
    recordings = sorted(realdata("ntc-templates", "tests", *folder.split("/")).glob("*.raw"))
    assert recordings
    for recording in recordings:
        assert recorded(name, f"{folder}/{recording.name}").version, recording.name


LINUX = (
    "cat: /sys/class/dmi/id/product_name: No such file or directory\n",
    "cat: /sys/class/dmi/id/product_serial: Permission denied\n",
    "Linux web1 6.1.0-13-amd64 #1 SMP Debian 6.1.55-1 (2023-09-29) x86_64 GNU/Linux\n",
    "439380.12 1710000.50\n",
    "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN\n    link/loopback 00\n"
    "2: eth0@if7: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 state UP\n    link/ether 02:42\n"
    "3: eth1: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 state DOWN\n    link/ether 02:43\n",
)


def test_a_linux_host_is_understood() -> None:
    found = facts("n", 5.0, platform("linux"), LINUX)
    assert found == Facts(
        "n", 5.0, "6.1.0-13-amd64", 439_380, "x86_64", "",
        {"lo": True, "eth0": True, "eth1": False},
    )  # fmt: skip


def test_a_linux_host_tells_its_model_where_it_knows_it() -> None:
    found = facts("n", 5.0, platform("linux"), ("PowerEdge R650\n", "7XK2M93\n", *LINUX[2:]))
    assert found is not None
    assert (found.hardware, found.serial) == ("PowerEdge R650", "7XK2M93")


@pytest.mark.parametrize(
    "line", ["Linux a b " + "x" * 200_000 + " ", "9" * 200_000, " up ," * 50_000]
)
@pytest.mark.parametrize("name", ["linux", "checkpoint_gaia", "vyos", "mikrotik_routeros"])
def test_a_line_without_end_does_not_stop_the_daemon(name: str, line: str) -> None:
    known = platform(name)
    began = time.process_time()
    facts("n", 5.0, known, [line] * len(known.commands))
    assert time.process_time() - began < 5


@pytest.mark.parametrize("name", sorted(platforms()))
def test_nonsense_is_not_understood_and_breaks_nothing(name: str) -> None:
    known = platform(name)
    answers = ["% Invalid input detected at '^' marker.\r\n"] * len(known.commands)
    assert facts("n", 5.0, known, answers) is None


def test_an_unknown_platform_is_named_with_those_that_are_known() -> None:
    with pytest.raises(PlatformError, match=r"'acme_os'.*cisco_ios"):
        platform("acme_os")


def test_a_platform_that_is_the_same_as_nothing_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "ssh.yml"
    file.write_text("a: {same_as: b}\n")
    with pytest.raises(PlatformError, match="a: same_as names 'b'"):
        read_platforms(file)


def test_netmiko_knows_every_platform() -> None:
    from netmiko import platforms as netmiko_platforms

    assert set(platforms()) <= set(netmiko_platforms)
