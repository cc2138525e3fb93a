"""Devices that one can meet, by what they say of themselves."""

from __future__ import annotations

import pytest

from collector.discovery.identity import identify
from collector.discovery.reading import Reading
from collector.portrait import Identity
from collector.snmp.ber import Value
from configs.devicerules import built_in_rules
from tests.discovery.recorded import HERE, Recorded

DESCR, OBJECT_ID = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.2.0"
LINUX = "8072.3.2.10"


async def identified(descr: str, object_id: str, more: dict[str, Value] | None = None) -> Identity:
    values: dict[str, Value] = {DESCR: descr.encode(), OBJECT_ID: f"1.3.6.1.4.1.{object_id}"}
    return await identify(Reading(Recorded(values | (more or {})), HERE), built_in_rules())


@pytest.mark.parametrize(
    ("descr", "object_id", "os", "vendor"),
    [
        ("Cisco Controller", "9.1.9999", "ciscowlc", "Cisco"),
        ("Cisco NX-OS(tm) n9000, Software, Version 9.3(5)", "9.12.3.1.3.1", "nxos", "Cisco"),
        ("Cisco IOS XR Software (Cisco NCS-5500), Version 7.3.2", "9.1.2384", "iosxr", "Cisco"),
        ("Cisco Adaptive Security Appliance Version 9.8(2)", "9.1.2114", "asa", "Cisco"),
        ("Cisco IOS Software, C2960 Software, Version 12.2(55)SE1", "9.1.716", "ios", "Cisco"),
        ("Huawei AR2220 Huawei Versatile Routing Platform", "2011.2.224.10", "vrp", "Huawei"),
        ("Huawei Integrated Access Software", "2011.2.248", "smartax", "Huawei"),
        ("ZXA10 C300", "3902.1082.1001", "zxa10", "ZTE"),
        ("H3C Comware Platform Software", "25506.1.1", "comware", "H3C"),
        ("Juniper Networks, Inc. qfx5100", "2636.1.1.1.2.82", "junos", "Juniper"),
        ("NetScreen-5GT version 5.4", "3224.1.14", "screenos", "Juniper"),
        ("RouterOS CCR1036-8G-2S+", "14988.1", "routeros", "MikroTik"),
        ("FortiMail", "12356.105", "fortimail", "Fortinet"),
        ("ProCurve J9147A Switch 2910al-48G", "11.2.3.7.11.86", "procurve", "HPE"),
        ("HP ETHERNET MULTI-ENVIRONMENT", "11.2.3.9.1", "jetdirect", "HPE"),
        ("Integrated Lights-Out 5 2.10", "232.9.4.11", "hpe-ilo", "HPE"),
        ("APC Web/SNMP Management Card", "318.1.3.27", "apc", "APC"),
        ("Eaton ATS 16", "534.10.2", "eaton-ats", "Eaton"),
        ("PX2", "13742.6", "raritan-pdu", "Raritan"),
        ("Watchdog 15", "21239.5.1", "geist-watchdog", "Geist"),
        ("BIG-IP", "3375.2.1.3.4.43", "f5", "F5"),
        ("Linux fw 3.10 x86_64", "2620.1.6.123.1.49", "gaia", "Check Point"),
        ("NetScaler NS11.1", "5951.1", "netscaler", "Citrix"),
        ("ExtremeXOS (X440) version 16.2.5.4 by release", "1916.2.174", "xos", "Extreme"),
        ("VSP-7254XSQ (8.0)", "1916.2.300", "voss", "Extreme"),
        ("Brocade ICX6450-48, IronWare Version 08.0.30", "1991.1.3.48", "ironware", "Brocade"),
        ("TiMOS-B-14.0.R5 Nokia 7750 SR Copyright", "6527.1.3.4", "timos", "Nokia"),
        (
            "AlliedWare Plus, Software (AlliedWare Plus) 5.4",
            "207.1.14.99",
            "awplus",
            "Allied Telesis",
        ),
        ("XGS1930-28", "890.1.15", "zynos", "ZyXEL"),
        ("JetStream 24-Port", "11863.5.40", "jetstream", "TP-Link"),
        ("Hillstone SG-6000", "28557.1.14", "stoneos", "Hillstone"),
        ("KONICA MINOLTA bizhub C258", "18334.1.1.1", "konica", "Konica Minolta"),
        ("RICOH MP C3004", "367.1.1", "ricoh", "Ricoh"),
        ("TrueNAS-13.0-U5", "50536.3", "truenas", "iXsystems"),
        ("NetApp Release 9.8P4: Mon", "789.2.5", "netapp", "NetApp"),
        ("VMware ESXi 7.0.3 build-1", "6876.4.1", "vmware-esxi", "VMware"),
        (
            "Hardware: Intel64 - Software: Windows Version 6.3",
            "311.1.1.3.1.2",
            "windows",
            "Microsoft",
        ),
        ("Linux host 6.1.0-18-amd64 x86_64", LINUX, "linux", ""),
        ("A box of nobody", "99999.1", "generic", ""),
        ("Ruckus Wireless Unleashed", "25053.3.1.5.20", "ruckuswireless-unleashed", "Ruckus"),
        ("Ruckus Wireless ZD1200", "25053.3.1.5.15", "ruckuswireless", "Ruckus"),
        ("S5860-20SQ", "52642.2.1.45.101", "fs-switch", "FS"),
        ("SR Linux 23.7", "6527.1.20.22", "srlinux", "Nokia"),
        ("Westermo WeOS", "16177.1.2.1", "weos", "Westermo"),
        ("UPS POWERALERT", "0.0", "poweralert", "Tripp Lite"),
    ],
)
async def test_a_device_is_known_by_its_words(
    descr: str, object_id: str, os: str, vendor: str
) -> None:
    found = await identified(descr, object_id)
    assert (found.os, found.vendor) == (os, vendor)


@pytest.mark.parametrize(
    ("more", "os"),
    [
        ({"1.3.6.1.4.1.6574.1.1.0": 1}, "dsm"),
        ({"1.3.6.1.2.1.25.1.4.0": b"root=/dev/md0 syno_hw_version=DS218"}, "dsm"),
        ({"1.3.6.1.4.1.24681.1.2.12.0": b"TS-453"}, "qnap"),
        ({"1.3.6.1.4.1.2620.1.6.1.0": b"SVN Foundation"}, "gaia"),
        ({"1.3.6.1.4.1.2620.1.6.5.1.0": b"SecurePlatform"}, "secureplatform"),
        ({"1.3.6.1.4.1.48690.1.2.0": b"RUTX11"}, "rutos-rutx"),
        ({"1.3.6.1.4.1.48690.1.3.0": b"RUT956000"}, "rutos-rutx"),
        ({"1.3.6.1.4.1.2021.7890.1.101.1": b"ASUSWRT-Merlin 386.7"}, "asuswrt-merlin"),
        ({"1.3.6.1.4.1.2021.7890.1.101.1": b"Tomato 1.28"}, "tomato"),
        ({"1.3.6.1.2.1.33.1.1.4.0": b"Net Vision v6.0"}, "netvision-rfc"),
        ({"1.3.6.1.4.1.9193.1.0": b"1"}, "cirpack"),
        ({"1.3.6.1.4.1.8962.2.1.2.1.1.6.0": b"NETWORK-SECURITY"}, "mlos-nsp"),
        ({"1.3.6.1.4.1.39324.1.1.48.1.1.5.1": b"Normal"}, "quantastor"),
        ({"1.3.6.1.4.1.9839.2.1.2.1.0": 215}, "pcoweb"),
        ({"1.3.6.1.4.1.21317.1.5.1.0": 3}, "supermicro-bmc"),
        ({}, "linux"),
    ],
)
async def test_a_maker_that_ships_net_snmp_is_known_by_its_own_objects(
    more: dict[str, Value], os: str
) -> None:
    assert (await identified("Linux host 5.4 x86_64", LINUX, more)).os == os


@pytest.mark.parametrize(
    ("descr", "object_id", "more", "said"),
    [
        (
            "Brocade Communications Systems, Inc. ICX6450-48, IronWare Version 08.0.30tT311 on",
            "1991.1.3.48",
            {"1.3.6.1.4.1.1991.1.1.1.1.2.0": b"BZT0001"},
            ("ICX6450-48", "08.0.30tT311", "BZT0001"),
        ),
        (
            "SonicWALL NSA 2600",
            "8741.1",
            {
                "1.3.6.1.4.1.8741.2.1.1.1.0": b"NSA 2600",
                "1.3.6.1.4.1.8741.2.1.1.2.0": b"18B1690000",
                "1.3.6.1.4.1.8741.2.1.1.3.0": b"SonicOS Enhanced 6.5.4.4-44n",
            },
            ("NSA 2600", "6.5.4.4-44n", "18B1690000"),
        ),
        (
            "HP ProCurve 1810G - 24 GE, P.2.12, eCos-2.0",
            "11.2.3.7.11.104",
            {},
            ("1810G - 24 GE", "P.2.12", ""),
        ),
        (
            "Huawei Versatile Routing Platform Software\r\nVRP (R) software, Version 8.180 "
            "(CE6850EI V200R005C10SPC800)",
            "2011.2.239.12",
            {},
            ("CE6850EI", "8.180 (CE6850EI V200R005C10SPC800)", ""),
        ),
        ("VSP-8404C (6.1.2.1)", "2272.202", {}, ("VSP-8404C", "6.1.2.1", "")),
        (
            "ISP-9 Gateway, Firmware Version 3.2.1, SN: AB12345",
            "99999.1",
            {},
            ("ISP-9 Gateway", "3.2.1", "AB12345"),
        ),
        ("Linux box 5.4.0-62 x86_64", "99999.1", {}, ("Generic x86 64-bit", "5.4.0-62", "")),
        ("NS-BSD SN2KXA16C086 amd64", "11256.2.0", {}, ("NS-BSD SN2KXA16C086 amd64", "", "")),
    ],
)
async def test_what_a_device_is_is_read_out_of_its_words(
    descr: str, object_id: str, more: dict[str, Value], said: tuple[str, str, str]
) -> None:
    found = await identified(descr, object_id, more)
    assert (found.hardware, found.version, found.serial) == said
