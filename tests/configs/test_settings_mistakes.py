"""Every kind of mistake in wanwatch.yaml, with what is said about it."""

from __future__ import annotations

import pytest

from tests.configs.conftest import Folder

WEB = "must be a URL that begins with http:// or https://; a port is a number up to 65535"
FORM = "a secret is given as file: PATH or env: NAME, one of them, and never written here"

MISTAKES = {
    "an unknown section": (
        "pollin: {}",
        ['wanwatch.yaml:8: pollin: unknown key (did you mean "polling"?)'],
    ),
    "an unknown key in a section": (
        "polling: {retrys: 1}",
        ['wanwatch.yaml:8: polling.retrys: unknown key (did you mean "retries"?)'],
    ),
    "a text for a number": (
        "polling:\n  timeout_s: fast",
        ['wanwatch.yaml:9: polling.timeout_s: must be a number, not "fast"'],
    ),
    "a fraction for a whole number": (
        "polling: {retries: 1.5}",
        ['wanwatch.yaml:8: polling.retries: must be a whole number, not "1.5"'],
    ),
    "an interval of nothing": (
        "polling: {timeout_s: 0}",
        ["wanwatch.yaml:8: polling.timeout_s: must be greater than 0, not 0"],
    ),
    "an interval without end": (
        "polling: {timeout_s: inf}",
        ['wanwatch.yaml:8: polling.timeout_s: must be a number, not "inf"'],
    ),
    "too many retries": (
        "polling: {retries: 11}",
        ["wanwatch.yaml:8: polling.retries: must be at most 10, not 11"],
    ),
    "a list for a section": ("polling: [1]", ["wanwatch.yaml:8: polling: must be a mapping"]),
    "a text for a list": ("receivers: a", ["wanwatch.yaml:8: receivers: must be a list"]),
    "a language that there is not": (
        "language: vn",
        ['wanwatch.yaml:8: language: must be one of vi, en, not "vn"'],
    ),
    "more misses than looks": (
        "confirmation: {misses: 5}",
        ["wanwatch.yaml:8: confirmation.misses: cannot be more than confirmation.window, 4"],
    ),
    "a door open to everybody": (
        "http: {host: 0.0.0.0}",
        [
            "wanwatch.yaml:8: http.host: 0.0.0.0 is not loopback; anything else needs http.token"
            " or http.client_ca"
        ],
    ),
    "a certificate without its key": (
        "http: {tls_cert: community}",
        ["wanwatch.yaml:8: http.tls_cert: needs http.tls_key"],
    ),
    "a client CA without TLS": (
        "http: {client_ca: community}",
        ["wanwatch.yaml:8: http.client_ca: needs http.tls_cert"],
    ),
    "a file that there is not": (
        "http: {tls_cert: cert.pem, tls_key: community}",
        ["wanwatch.yaml:8: http.tls_cert: there is no file cert.pem"],
    ),
    "a password in the URL of the database": (
        "store: {url: 'postgresql://wanwatch:hunter2@db/wanwatch'}",
        [
            "wanwatch.yaml:8: store.url: a password in a URL; put the URL into a file or variable"
            " and name that in url_secret"
        ],
    ),
    "a database of another kind": (
        "store: {url: 'mysql://db/wanwatch'}",
        [
            "wanwatch.yaml:8: store.url: must be a database URL that begins with one of"
            " sqlite, postgresql, as sqlite:///FILE or postgresql://USER@HOST:5432/NAME"
        ],
    ),
    "a database at a port that is none": (
        "store: {url: 'postgresql://db:port/wanwatch'}",
        [
            "wanwatch.yaml:8: store.url: must be a database URL that begins with one of"
            " sqlite, postgresql, as sqlite:///FILE or postgresql://USER@HOST:5432/NAME"
        ],
    ),
    "a word that only begins like a database": (
        "store: {url: sqlite3}",
        [
            "wanwatch.yaml:8: store.url: must be a database URL that begins with one of"
            " sqlite, postgresql, as sqlite:///FILE or postgresql://USER@HOST:5432/NAME"
        ],
    ),
    "ports that are none in URLs": (
        "external_url: 'http://noc:99999/'\nreceivers: [{name: a, url: 'http://noc:port/'}]",
        [f"wanwatch.yaml:{where}: {WEB}" for where in ("8: external_url", "9: receivers[0].url")],
    ),
    "a receiver without a URL": (
        "receivers:\n- {name: a}",
        ["wanwatch.yaml:9: receivers[0]: a webhook receiver needs url or url_secret, one of them"],
    ),
    "a receiver with two": (
        "receivers:\n- {name: a, url: 'http://a/', url_secret: {file: community}}",
        ["wanwatch.yaml:9: receivers[0]: a webhook receiver needs url or url_secret, one of them"],
    ),
    "a receiver without a key": (
        "receivers:\n- {name: a, kind: pagerduty}",
        ["wanwatch.yaml:9: receivers[0]: a pagerduty receiver needs routing_key"],
    ),
    "a receiver's URL that is none": (
        "receivers:\n- {name: a, url: alerts.example.vn}",
        [f"wanwatch.yaml:9: receivers[0].url: {WEB}"],
    ),
    "two receivers of one name": (
        "receivers:\n- {name: a, url: 'http://a/'}\n- {name: a, url: 'http://b/'}",
        ['wanwatch.yaml:10: receivers[1].name: "a" is already at wanwatch.yaml:9'],
    ),
    "a path of its own that is none": (
        "external_url: wanwatch.example.vn",
        [f"wanwatch.yaml:8: external_url: {WEB}"],
    ),
    "a secret written down": (
        "http: {token: hunter2}",
        [f"wanwatch.yaml:8: http.token: {FORM}"],
    ),
    "a secret written down as a key": (
        "http: {token: {hunter2: hunter2}}",
        [f"wanwatch.yaml:8: http.token: {FORM}"],
    ),
    "a secret written down in a list": (
        "http: {token: {file: [hunter2]}}",
        [f"wanwatch.yaml:8: http.token: {FORM}"],
    ),
    "a secret from two places": (
        "http: {token: {file: community, env: HOME}}",
        [f"wanwatch.yaml:8: http.token: {FORM}"],
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told(mistake: str, folder: Folder) -> None:
    text, problems = MISTAKES[mistake]
    main = folder.path / "wanwatch.yaml"
    folder.write("wanwatch.yaml", main.read_text("utf-8") + text + "\n")
    errors = folder.errors()
    assert errors == problems
    assert "hunter2" not in "".join(errors)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the file is empty; at least inventory is needed"),
        ("- a\n", "must be a mapping"),
        ("inventory\n", "must be a mapping"),
        ("monitors: []\n", "inventory: is missing"),
    ],
)
def test_a_file_that_holds_no_settings_is_told(text: str, problem: str, folder: Folder) -> None:
    folder.write("wanwatch.yaml", text)
    assert folder.errors() == [f"wanwatch.yaml:1: {problem}"]


def test_a_wrong_section_does_not_hide_what_is_wrong_elsewhere(folder: Folder) -> None:
    folder.change("wanwatch.yaml", "{community: {file: community}}", "{comunity: x}")
    folder.change("wanwatch.yaml", "monitors: [core]", "monitors: [core]\nhttp: {host: 9, prt: 1}")
    folder.change("inventory.yaml", "127.0.0.3", "none")
    assert folder.errors() == [
        'wanwatch.yaml:3: http.prt: unknown key (did you mean "port"?)',
        'wanwatch.yaml:6: credentials.snmp.field.comunity: unknown key (did you mean "community"?)',
        'inventory.yaml:10: nodes[1].address: "none" is not an IP address',
    ]


def test_a_section_without_anything_in_it_is_the_default(folder: Folder) -> None:
    main = (folder.path / "wanwatch.yaml").read_text("utf-8")
    folder.write("wanwatch.yaml", main + "polling:\nreceivers:\n# - name: later\n")
    assert folder.load().settings.polling.retries == 1


def test_paths_are_seen_from_the_folder_of_the_file(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    settings = folder.load().settings
    assert settings.inventory == [folder.path / "inventory.yaml"]
    assert settings.credentials.ssh["admin"].known_hosts == folder.path / "known_hosts"
