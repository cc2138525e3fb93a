"""Every kind of mistake in an inventory, with what is said about it."""

from __future__ import annotations

import pytest

from tests.configs.conftest import Folder

CORE = "- {id: core, site: dc, address: 127.0.0.2, role: core, credential: field}"
CPE = "  ssh: {credential: admin, style: exec, platform: linux}"
UP = "- {id: up, a: core, b: cpe, capacity_bps: 1000000}"
KINDS = "data_centre, agency, committee, hub, commune"

MISTAKES = {
    "a missing key": (
        "address: 127.0.0.3\n",
        "name: x\n",
        ["inventory.yaml:8: nodes[1].address: is missing"],
    ),
    "an unknown key": (
        "address: 127.0.0.3",
        "adress: 127.0.0.3",
        [
            "inventory.yaml:8: nodes[1].address: is missing",
            'inventory.yaml:10: nodes[1].adress: unknown key (did you mean "address"?)',
        ],
    ),
    "an unknown key like no other": (
        "address: 127.0.0.3",
        "address: 127.0.0.3\n  zzz: 1",
        ["inventory.yaml:11: nodes[1].zzz: unknown key"],
    ),
    "an unknown kind of thing": (
        "links:",
        "link: []\nlinks:",
        ['inventory.yaml:14: link: unknown key (did you mean "links"?)'],
    ),
    "a key without a value": (
        "address: 127.0.0.3",
        "address:",
        ["inventory.yaml:10: nodes[1].address: has no value; write one or leave the key out"],
    ),
    "a list for a text": (
        "address: 127.0.0.3",
        "address: [127.0.0.3]",
        ["inventory.yaml:10: nodes[1].address: must be a text"],
    ),
    "a mapping for a list": (
        UP,
        "  up: {a: core, b: cpe}",
        [
            "inventory.yaml:14: links: must be a list",
            'inventory.yaml:17: groups[0].members[1]: no link "up"',
        ],
    ),
    "a text for a mapping": (
        CPE,
        "  ssh: admin",
        ["inventory.yaml:13: nodes[1].ssh: must be a mapping"],
    ),
    "a list of texts for entities": (
        "- {id: ha-noi, name: Hà Nội}",
        "- Hà Nội",
        [
            "inventory.yaml:2: provinces[0]: must be a mapping",
            'inventory.yaml:4: sites[0].province: no province "ha-noi"',
            'inventory.yaml:5: sites[1].province: no province "ha-noi"',
        ],
    ),
    "an id with a space": (
        "{id: ha-noi, name: Hà Nội}",
        "{id: hà nội, name: Hà Nội}",
        [
            'inventory.yaml:2: provinces[0].id: "hà nội" cannot be an id; letters, digits and'
            " . : @ + - _ can, beginning with a letter or digit",
            'inventory.yaml:4: sites[0].province: no province "ha-noi" (did you mean "hà nội"?)',
            'inventory.yaml:5: sites[1].province: no province "ha-noi" (did you mean "hà nội"?)',
        ],
    ),
    "an empty name": (
        "name: Trung tâm",
        'name: ""',
        ["inventory.yaml:4: sites[0].name: must not be empty"],
    ),
    "a name that is too long": (
        "name: Trung tâm",
        f"name: {'x' * 201}",
        ["inventory.yaml:4: sites[0].name: longer than 200 characters"],
    ),
    "a name with an escape sequence": (
        "name: Trung tâm",
        r'name: "\e[31mTrung tâm"',
        ["inventory.yaml:4: sites[0].name: must be one line without control characters"],
    ),
    "a kind that there is not": (
        "kind: commune",
        "kind: comune",
        [
            f'inventory.yaml:5: sites[1].kind: must be one of {KINDS}, not "comune"'
            ' (did you mean "commune"?)'
        ],
    ),
    "an address that is none": (
        "127.0.0.3",
        "127.0.0.300",
        ['inventory.yaml:10: nodes[1].address: "127.0.0.300" is not an IP address'],
    ),
    "a name for an address": (
        "127.0.0.3",
        "cpe.example.vn",
        ['inventory.yaml:10: nodes[1].address: "cpe.example.vn" is not an IP address'],
    ),
    "the address of many": (
        "127.0.0.3",
        "224.0.0.1",
        ['inventory.yaml:10: nodes[1].address: "224.0.0.1" is not the address of a host'],
    ),
    "an address that only this machine understands": (
        "127.0.0.3",
        "fe80::1%eth0",
        ['inventory.yaml:10: nodes[1].address: "fe80::1%eth0" is not the address of a host'],
    ),
    "a port out of range": (
        CPE,
        "  port: 70000",
        ["inventory.yaml:13: nodes[1].port: must be at most 65535, not 70000"],
    ),
    "a port that is no number": (
        CPE,
        "  port: snmp",
        ['inventory.yaml:13: nodes[1].port: must be a whole number, not "snmp"'],
    ),
    "a list for a port": (
        CPE,
        "  port: [161]",
        ['inventory.yaml:13: nodes[1].port: must be a whole number, not "[…]"'],
    ),
    "a novel for a port": (
        CPE,
        f"  port: {'x' * 1000}",
        [f'inventory.yaml:13: nodes[1].port: must be a whole number, not "{"x" * 60}…"'],
    ),
    "a port of nought": (
        CPE,
        "  port: 0",
        ["inventory.yaml:13: nodes[1].port: must be at least 1, not 0"],
    ),
    "a truth value that is none": (
        "capacity_bps: 1000000",
        "oper_follows: perhaps",
        ['inventory.yaml:15: links[0].oper_follows: must be true or false, not "perhaps"'],
    ),
    "an id given twice": (
        UP,
        f"{UP}\n- {{id: up, a: cpe, b: core}}",
        ['inventory.yaml:16: links[1].id: "up" is already at inventory.yaml:15'],
    ),
    "an address given twice": (
        "127.0.0.3",
        "127.0.0.2",
        [
            "inventory.yaml:10: nodes[1].address: 127.0.0.2 port 161 is already the address of"
            ' "core" at inventory.yaml:7'
        ],
    ),
    "a province that there is not": (
        "kind: data_centre, province: ha-noi",
        "kind: data_centre, province: ha-nio",
        [
            'inventory.yaml:4: sites[0].province: no province "ha-nio" (did you mean "ha-noi"?)',
        ],
    ),
    "a site that there is not": (
        "site: dc",
        "site: ba-dnih",
        ['inventory.yaml:7: nodes[0].site: no site "ba-dnih" (did you mean "ba-dinh"?)'],
    ),
    "a link to nowhere": (
        "b: cpe",
        "b: cep",
        ['inventory.yaml:15: links[0].b: no node "cep" (did you mean "cpe"?)'],
    ),
    "a link to itself": (
        "b: cpe",
        "b: core",
        ['inventory.yaml:15: links[0].b: the link leads from "core" to itself'],
    ),
    "a member that there is not": (
        "link:up",
        "link:upp",
        ['inventory.yaml:17: groups[0].members[1]: no link "upp" (did you mean "link:up"?)'],
    ),
    "a member of no kind": (
        "link:up",
        "up",
        ['inventory.yaml:17: groups[0].members[1]: "up" must be written node:ID or link:ID'],
    ),
    "a group of nobody": (
        '["node:core", "link:up"]',
        "[]",
        ["inventory.yaml:17: groups[0].members: must not be empty"],
    ),
    "a credential that there is not": (
        CORE,
        CORE.replace("field", "feild"),
        [
            'inventory.yaml:7: nodes[0].credential: no SNMP credential "feild"'
            ' (did you mean "field"?)'
        ],
    ),
    "an SSH credential that there is not": (
        "credential: admin",
        "credential: amdin",
        [
            'inventory.yaml:13: nodes[1].ssh.credential: no SSH credential "amdin"'
            ' (did you mean "admin"?)'
        ],
    ),
    "reachability by SNMP without a credential": (
        CORE,
        CORE.replace("credential: field", "reachability: snmp"),
        ["inventory.yaml:7: nodes[0].reachability: reachability snmp needs a credential"],
    ),
    "reachability by SSH without ssh": (
        CORE,
        CORE.replace("}", ", reachability: ssh}"),
        ["inventory.yaml:7: nodes[0].reachability: reachability ssh needs ssh"],
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told(mistake: str, folder: Folder) -> None:
    old, new, problems = MISTAKES[mistake]
    folder.change("inventory.yaml", old, new)
    assert folder.errors() == problems


def test_an_id_given_twice_in_two_files_is_told_with_both_places(folder: Folder) -> None:
    folder.change("wanwatch.yaml", "[inventory.yaml]", "[inventory.yaml, more]")
    folder.write("more/sites.csv", "id,name,kind,province\ndc,Another,hub,ha-noi\n")
    assert folder.errors() == ['more/sites.csv:2: sites[0].id: "dc" is already at inventory.yaml:4']


def test_an_empty_or_wrong_file_is_told(folder: Folder) -> None:
    folder.change("wanwatch.yaml", "[inventory.yaml]", "[inventory.yaml, more]")
    folder.write("more/a.yaml", "# nothing yet\n")
    folder.write("more/b.yaml", "- id: a\n")
    kinds = "provinces, sites, nodes, links, groups"
    assert folder.errors() == [
        f"more/a.yaml:1: the file is empty; write one of {kinds}, or take the file away",
        f"more/b.yaml:1: must be a mapping of {kinds}",
    ]


def test_references_are_not_followed_while_a_file_cannot_be_read(folder: Folder) -> None:
    folder.change("wanwatch.yaml", "[inventory.yaml]", "[inventory.yaml, sites.csv]")
    folder.write("sites.csv", 'id,name\n"half')
    folder.change("inventory.yaml", "site: dc", "site: only-in-the-other-file")
    assert folder.errors() == ["sites.csv:2: not CSV: unexpected end of data"]


def test_the_path_of_an_inventory_may_be_wrong_in_four_ways(folder: Folder) -> None:
    folder.change("wanwatch.yaml", "[inventory.yaml]", "[none.yaml, empty, README.md, sub]")
    folder.write("README.md", "")
    folder.write("sub/.hidden.yaml", "")
    (folder.path / "empty").mkdir()
    assert folder.errors() == [
        "wanwatch.yaml:1: inventory[0]: there is no file none.yaml",
        "wanwatch.yaml:1: inventory[1]: there is nothing to read in the folder empty",
        "wanwatch.yaml:1: inventory[2]: the file's name must end in one of .yaml, .yml, .csv",
        "wanwatch.yaml:1: inventory[3]: there is nothing to read in the folder sub",
    ]


def test_a_file_named_twice_is_read_once(folder: Folder) -> None:
    folder.change("wanwatch.yaml", "[inventory.yaml]", "[inventory.yaml, ./inventory.yaml]")
    assert folder.errors() == []


def test_a_site_without_nodes_is_a_warning(folder: Folder) -> None:
    site = "- {id: empty, name: Empty, kind: agency, province: ha-noi}"
    folder.change("inventory.yaml", "nodes:\n", f"{site}\nnodes:\n")
    assert folder.warnings() == [
        'inventory.yaml:6: warning: sites[2]: site "empty" has no node, so it can never be covered'
    ]


def test_a_node_that_no_link_leads_to_is_a_warning(folder: Folder) -> None:
    folder.change("inventory.yaml", UP, "- {id: up, a: core, b: other}")
    folder.change("inventory.yaml", CORE, f"{CORE}\n- {{id: other, site: dc, address: '::1'}}")
    assert folder.warnings() == [
        'inventory.yaml:9: warning: nodes[2]: node "cpe" has no way to any monitor over the'
        " declared links"
    ]


def test_no_monitor_is_a_warning(folder: Folder) -> None:
    folder.change("wanwatch.yaml", "monitors: [core]\n", "")
    assert folder.warnings() == [
        "wanwatch.yaml:1: warning: monitors names no node, so nobody can tell what is behind what"
    ]
