"""Module files in snmp_exporter's format, old and new."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from configs.credentials import AuthProtocol, PrivProtocol, SnmpCredential, Version
from configs.errors import ConfigError
from configs.module import Filter, Index, Lookup, Metric, Module, RegexExtract
from configs.modulefile import built_in_modules, load_auths, load_modules
from tests.configs.conftest import Folder
from tests.realdata import realdata

EVERYTHING = """\
auths:
  v1: {version: 1, community: hunter2}
  plain: {community: hunter2, security_level: noAuthNoPriv, auth_protocol: MD5, version: 2}
  v3:
    version: 3
    username: noc
    security_level: authPriv
    password: hunter22
    auth_protocol: SHA256
    priv_protocol: AES256C
    priv_password: hunter23
    context_name: vrf
modules:
  all:
    walk: [1.3.6.1.2.1.2.2.1.2]
    get: [1.3.6.1.2.1.1.3.0]
    max_repetitions: 10
    retries: 0
    timeout: 1m2.5s
    allow_nonincreasing_oids: true
    use_unconnected_udp_socket: true
    filters:
    - {oid: 1.3.6.1.2.1.2.2.1.8, targets: [1.3.6.1.2.1.2.2.1.2], values: ["1", "2"]}
    metrics:
    - {name: sysUpTime, oid: 1.3.6.1.2.1.1.3, type: gauge, help: Up., scale: 0.01, offset: -1}
    - name: x
      oid: 1.3.6.1.2.1.2.2.1.2
      type: OctetString
      help: X.
      display_hint: 1x:1x
      datetime_pattern: "%Y"
      regex_extracts:
        Temp: [{regex: "(.*) C", value: $1}, {regex: "(.*)"}]
      enum_values: {1: up, 2: down}
      indexes:
      - {labelname: a, type: gauge}
      - {labelname: b, type: OctetString, fixed_size: 6, display_hint: 255a}
      - {labelname: c, type: DisplayString, implied: true, enum_values: {1: one}}
      lookups:
      - {labels: [a, b], labelname: d, oid: 1.3.6.1.2.1.31, type: EnumAsInfo, enum_values: {3: x}}
      - {labels: [], labelname: a}
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(text: str) -> Path:
    path = Path("snmp.yml")
    path.write_text(text, "utf-8")
    return path


def test_every_field_of_the_format_is_kept() -> None:
    assert load_modules([written(EVERYTHING)]) == {
        "all": Module(
            name="all",
            walk=("1.3.6.1.2.1.2.2.1.2",),
            get=("1.3.6.1.2.1.1.3.0",),
            metrics=(
                Metric("sysUpTime", "1.3.6.1.2.1.1.3", "gauge", "Up.", scale=0.01, offset=-1.0),
                Metric(
                    name="x",
                    oid="1.3.6.1.2.1.2.2.1.2",
                    type="OctetString",
                    help="X.",
                    indexes=(
                        Index("a", "gauge"),
                        Index("b", "OctetString", fixed_size=6, display_hint="255a"),
                        Index("c", "DisplayString", implied=True, enum_values={1: "one"}),
                    ),
                    lookups=(
                        Lookup(
                            ("a", "b"), "d", "1.3.6.1.2.1.31", "EnumAsInfo", enum_values={3: "x"}
                        ),
                        Lookup((), "a"),
                    ),
                    enum_values={1: "up", 2: "down"},
                    regex_extracts={"Temp": (RegexExtract("(.*) C", "$1"), RegexExtract("(.*)"))},
                    datetime_pattern="%Y",
                    display_hint="1x:1x",
                ),
            ),
            filters=(Filter("1.3.6.1.2.1.2.2.1.8", ("1.3.6.1.2.1.2.2.1.2",), ("1", "2")),),
            max_repetitions=10,
            retries=0,
            timeout_s=62.5,
            allow_nonincreasing_oids=True,
            use_unconnected_udp_socket=True,
        )
    }


def test_auths_become_credentials_that_do_not_show_their_secrets() -> None:
    auths = load_auths([written(EVERYTHING)])
    assert auths == {
        "v1": SnmpCredential("v1", Version.V1, "hunter2"),
        "plain": SnmpCredential("plain", Version.V2C, "hunter2"),
        "v3": SnmpCredential(
            id="v3",
            version=Version.V3,
            username="noc",
            auth_protocol=AuthProtocol.SHA256,
            auth_passphrase="hunter22",
            priv_protocol=PrivProtocol.AES256C,
            priv_passphrase="hunter23",
            context="vrf",
        ),
    }
    assert "hunter2" not in repr(auths)


def test_modules_at_the_top_of_the_file_are_the_format_of_0_21() -> None:
    modules = load_modules(
        [
            written(
                "old:\n  walk: [1.3.6.1]\n  version: 1\n  timeout: 500ms\n"
                "  auth: {community: hunter2}\n"
                "v3:\n  walk: [1.3.6.1]\n  version: 3\n"
                "  auth: {username: noc, security_level: authNoPriv, password: hunter22}\n"
            )
        ]
    )
    assert modules["old"].auth == SnmpCredential("old", Version.V1, "hunter2")
    assert modules["old"].timeout_s == 0.5
    assert modules["v3"].auth == SnmpCredential(
        id="v3",
        version=Version.V3,
        username="noc",
        auth_protocol=AuthProtocol.MD5,
        auth_passphrase="hunter22",
    )


@pytest.mark.parametrize(
    ("name", "modules", "metrics"), [("snmp.yml", 53, 4802), ("snmp-0.21.0.yml", 22, 2926)]
)
def test_published_files_load_whole_within_a_second(name: str, modules: int, metrics: int) -> None:
    path = realdata("snmp_exporter", name)
    start = time.process_time()
    found = load_modules([path])
    assert time.process_time() - start < 1.0
    assert len(found) == modules
    assert sum(len(module.metrics) for module in found.values()) == metrics


def test_a_lookup_of_the_published_modules_is_kept_as_it_is() -> None:
    metrics = load_modules([realdata("snmp_exporter", "snmp.yml")])["if_mib"].metrics
    octets = next(metric for metric in metrics if metric.name == "ifHCInOctets")
    assert octets.indexes == (Index("ifIndex", "gauge"),)
    assert [lookup.labelname for lookup in octets.lookups] == ["ifAlias", "ifDescr", "ifName"]


METRIC = "modules.m.metrics[0]"


def module(metric: str) -> str:
    return f"modules:\n  m:\n    metrics:\n    - {metric}\n"


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", ["1: there are no modules in it; write modules: or auths:"]),
        ("- a\n", ["1: must be a mapping"]),
        (
            "moduls: {}\n",
            [
                '1: moduls: unknown key (did you mean "modules"?)',
                "1: there are no modules in it; write modules: or auths:",
            ],
        ),
        ("modules: [a]\n", ["1: modules: must be a mapping"]),
        ("modules:\n  m: [a]\n", ["2: modules.m: must be a mapping"]),
        (
            "modules:\n  m: {walks: []}\n",
            ['2: modules.m.walks: unknown key (did you mean "walk"?)'],
        ),
        (
            "modules:\n  m: {walk: [ifXTable]}\n",
            ['2: modules.m.walk[0]: "ifXTable" is not a dotted OID such as 1.3.6.1.2.1.1.3.0'],
        ),
        (
            "modules:\n  m: {walk: [1.3.٦]}\n",
            ['2: modules.m.walk[0]: "1.3.٦" is not a dotted OID such as 1.3.6.1.2.1.1.3.0'],
        ),
        (
            "modules:\n  m: {timeout: soon}\n",
            ['2: modules.m.timeout: "soon" is not a duration such as 5s or 1m30s'],
        ),
        (
            module("{name: a, oid: 1.3, typ: gauge}"),
            [
                f"4: {METRIC}.type: is missing",
                f'4: {METRIC}.typ: unknown key (did you mean "type"?)',
            ],
        ),
        (
            module("{name: a, oid: 1.3, type: gauge, enum_values: {up: 1}}"),
            [f'4: {METRIC}.enum_values.up: must be a whole number, not "up"'],
        ),
        (
            module("{name: a, oid: 1.3, type: gauge, regex_extracts: {A: [{regex: '('}]}}"),
            [
                f"4: {METRIC}.regex_extracts.A[0].regex: not a regular expression:"
                " missing ), unterminated subpattern at position 0"
            ],
        ),
        (
            "modules:\n  m: {filters: [{oid: 1.3, targets: [1.3], values: [up, '(']}]}\n",
            [
                "2: modules.m.filters[0].values[1]: not a regular expression:"
                " missing ), unterminated subpattern at position 0"
            ],
        ),
        (
            "modules:\n  m: {walk: [1.3.6.1.4.1.4294967296, 1.40, 3.1, 1, 2.999.4294967295]}\n",
            [
                f'2: modules.m.walk[{at}]: "{oid}" is not a dotted OID such as 1.3.6.1.2.1.1.3.0'
                for at, oid in enumerate(("1.3.6.1.4.1.4294967296", "1.40", "3.1"))
            ],
        ),
        (
            "auths:\n  a: {version: 4, pasword: hunter2}\nmodules: {}\n",
            [
                '2: auths.a.version: must be one of 1, 2, 3, not "4"',
                '2: auths.a.pasword: unknown key (did you mean "password"?)',
            ],
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, problems: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        load_modules([written(text)])
    assert [str(problem) for problem in caught.value.problems] == [
        f"snmp.yml:{problem}" for problem in problems
    ]


def test_a_type_that_there_is_not_is_told_with_the_one_that_was_meant() -> None:
    with pytest.raises(ConfigError) as caught:
        load_modules([written(module("{name: a, oid: 1.3, type: guage}"))])
    assert caught.value.problems[0].suggestion == "gauge"


def test_our_own_module_asks_ten_scalars_and_twelve_columns() -> None:
    wan = built_in_modules()["wan"]
    assert len(wan.get) == 10
    assert len(wan.walk) == 12
    assert {metric.oid for metric in wan.metrics} == {*wan.get, *wan.walk}
    columns = [metric for metric in wan.metrics if metric.indexes]
    assert all(metric.indexes == (Index("ifIndex", "gauge"),) for metric in columns)
    polled = {lookup.oid for metric in columns for lookup in metric.lookups}
    assert polled <= set(wan.walk)


def test_the_operators_modules_join_ours_and_win_over_them(folder: Folder) -> None:
    folder.write("modules/a.yml", EVERYTHING.replace("  all:", "  wan:"))
    folder.write("modules/b.yml", "modules: {other: {get: [1.3.6.1.2.1.1.5.0]}}\n")
    folder.change("wanwatch.yaml", "monitors: [core]", "monitors: [core]\nmodules: [modules]")
    modules = folder.load().modules
    assert modules["wan"].get == ("1.3.6.1.2.1.1.3.0",)
    assert modules["other"].get == ("1.3.6.1.2.1.1.5.0",)
    assert "sensors" in modules


def test_a_module_given_in_two_files_is_told_with_both_places(folder: Folder) -> None:
    folder.write("modules/a.yml", "modules:\n  m: {get: [1.3]}\n")
    folder.write("modules/b.yml", "modules:\n  m: {get: [1.3]}\n")
    folder.change("wanwatch.yaml", "monitors: [core]", "monitors: [core]\nmodules: [modules]")
    assert folder.errors() == ['modules/b.yml:2: modules.m: "m" is already at modules/a.yml:2']


WITH_VARIABLES = """\
auths:
  noc:
    version: 3
    username: $NOC_USER
    security_level: authPriv
    password: "a-${NOC_PASSWORD}-z"
    priv_password: ${NOC_PRIVATE}
  plain: {community: "${NOC_COMMUNITY}"}
modules: {}
"""


def test_environment_variables_are_put_into_auths_where_that_is_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("USER", "PASSWORD", "PRIVATE", "COMMUNITY"):
        monkeypatch.setenv(f"NOC_{name}", f"the {name.lower()}")
    path = written(WITH_VARIABLES)
    auths = load_auths([path], expand=True)
    noc = auths["noc"]
    assert (noc.username, noc.auth_passphrase) == ("the user", "a-the password-z")
    assert noc.priv_passphrase == "the private"
    assert auths["plain"].community == "the community"
    assert "the password" not in repr(auths)
    assert load_auths([path])["plain"].community == "${NOC_COMMUNITY}"


def test_a_variable_that_is_not_set_is_named_with_its_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NOC_USER", "noc")
    monkeypatch.setenv("NOC_PASSWORD", "hunter2")
    monkeypatch.delenv("NOC_PRIVATE", raising=False)
    monkeypatch.setenv("NOC_COMMUNITY", "hunter3")
    with pytest.raises(ConfigError) as raised:
        load_auths([written(WITH_VARIABLES)], expand=True)
    (problem,) = raised.value.problems
    assert (problem.line, problem.path) == (7, "auths.noc.priv_password")
    assert problem.params == {"name": "NOC_PRIVATE"}
