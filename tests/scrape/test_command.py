"""`wanwatch scrape` and the engine behind it, at a real agent."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.snmp.conftest import PASSPHRASE, PRIV_PASSPHRASE, Snmpd
from wanwatch.cli import cli

MODULES = """
auths:
  lab: {community: public, version: 2}
modules:
  system:
    get: [1.3.6.1.2.1.1.5.0, 1.3.6.1.2.1.1.6.0]
    walk: [1.3.6.1.2.1.2.2.1.1, 1.3.6.1.2.1.2.2.1.2]
    metrics:
    - {name: sysName, oid: 1.3.6.1.2.1.1.5, type: DisplayString, help: Name}
    - {name: sysLocation, oid: 1.3.6.1.2.1.1.6, type: DisplayString, help: Place}
    - name: ifIndex
      oid: 1.3.6.1.2.1.2.2.1.1
      type: gauge
      help: Number of the interface
      indexes: [{labelname: ifIndex, type: gauge}]
      lookups:
      - {labels: [ifIndex], labelname: ifDescr, oid: 1.3.6.1.2.1.2.2.1.2, type: DisplayString}
  loopback:
    walk: [1.3.6.1.2.1.2.2.1.1]
    metrics:
    - name: ifIndex
      oid: 1.3.6.1.2.1.2.2.1.1
      type: gauge
      help: Number of the interface
      indexes: [{labelname: ifIndex, type: gauge}]
    filters:
    - {oid: 1.3.6.1.2.1.2.2.1.2, targets: [1.3.6.1.2.1.2.2.1.1], values: ["^lo$"]}
"""


@pytest.fixture
def modules(tmp_path: Path) -> str:
    path = tmp_path / "snmp.yml"
    path.write_text(MODULES, "utf-8")
    return str(path)


def scrape(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["scrape", *arguments])
    return result.exit_code, result.output


def test_a_device_is_scraped_by_community(snmpd: Snmpd, modules: str) -> None:
    code, text = scrape(
        f"127.0.0.1:{snmpd.port}", "--modules", modules, "--module", "system",
        "--community", "public",
    )  # fmt: skip
    assert code == 0, text
    lines = text.split("\n")
    assert 'sysName{sysName="snmpd-under-test"} 1' in lines
    assert 'sysLocation{sysLocation="Hà Nội"} 1' in lines
    assert 'ifIndex{ifDescr="lo",ifIndex="1"} 1' in lines


def test_a_filter_has_only_its_rows_asked_for(snmpd: Snmpd, modules: str) -> None:
    code, text = scrape(
        f"127.0.0.1:{snmpd.port}", "--modules", modules, "--module", "loopback", "--auth", "lab"
    )
    assert code == 0, text
    series = [line for line in text.split("\n") if line.startswith("ifIndex")]
    assert series == ['ifIndex{ifIndex="1"} 1']
    assert 'snmp_scrape_pdus_returned{module="loopback"} 1\n' in text


def test_a_device_is_scraped_over_v3(snmpd: Snmpd, modules: str, tmp_path: Path) -> None:
    auth, priv = tmp_path / "auth", tmp_path / "priv"
    auth.write_text(f"{PASSPHRASE}\n")
    priv.write_text(PRIV_PASSPHRASE)
    code, text = scrape(
        f"127.0.0.1:{snmpd.port}", "--modules", modules, "--module", "system",
        "--user", "SHA256-AES", "--auth-file", str(auth), "--priv-file", str(priv),
    )  # fmt: skip
    assert code == 0, text
    assert 'sysName{sysName="snmpd-under-test"} 1' in text


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (["127.0.0.1", "--module", "nonsense"], 2, "Unknown module 'nonsense'"),
        (["127.0.0.1", "--auth", "nonsense", "--module", "wan"], 2, "Unknown auth 'nonsense'"),
        (["127.0.0.1:0", "--module", "wan"], 2, "port 0"),
        (["127.0.0.1", "--snmp-version", "3"], 2, "SNMPv3 needs --user"),
        (["no-such-host.invalid", "--module", "wan"], 1, "no-such-host.invalid"),
    ],
)
def test_what_cannot_be_asked_ends_in_one_line(
    arguments: list[str], code: int, reason: str
) -> None:
    found, text = scrape(*arguments)
    assert found == code
    assert reason in text
