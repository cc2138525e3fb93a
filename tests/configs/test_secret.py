"""Secrets come from files and the environment, and are never told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from configs.credentials import AuthProtocol, PrivProtocol, SnmpCredential, Version
from configs.errors import SecretError
from configs.secret import reveal
from configs.settings import Secret
from tests.configs.conftest import Folder

V3 = (
    "{version: 3, username: noc, auth_protocol: SHA256, auth_passphrase: {file: auth},"
    " priv_protocol: AES256C, priv_passphrase: {env: PRIV}}"
)
FIELD = "{community: {file: community}}"


@pytest.fixture
def v3(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A right configuration with a version 3 credential."""
    folder.change("wanwatch.yaml", FIELD, V3)
    folder.write("auth", "mật khẩu dài\n# since May\n")
    monkeypatch.setenv("PRIV", "another long one")
    return folder


def test_a_version_3_credential_gets_its_passphrases(v3: Folder) -> None:
    assert v3.load().snmp["field"] == SnmpCredential(
        id="field",
        version=Version.V3,
        username="noc",
        auth_protocol=AuthProtocol.SHA256,
        auth_passphrase="mật khẩu dài",
        priv_protocol=PrivProtocol.AES256C,
        priv_passphrase="another long one",
    )


def test_only_the_first_line_of_a_file_counts(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("\ufeffs3cret \r\nnot this\n", "utf-8")
    assert reveal(Secret(file=tmp_path / "s")) == "s3cret"


def test_a_pipe_that_nobody_writes_to_holds_no_secret_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SecretError, match="is empty"):
        reveal(Secret(file=tmp_path / "pipe"))


def test_a_file_that_others_may_read_is_a_warning(folder: Folder) -> None:
    (folder.path / "community").chmod(0o640)
    assert folder.warnings() == [
        "wanwatch.yaml:5: warning: credentials.snmp.field.community: others may read community;"
        " chmod 600 it"
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\n", "the secret in community is empty"),
        (b"\xff\xfe", "the secret in community is not UTF-8 text"),
        (None, "the secret's file community cannot be read: No such file or directory"),
    ],
)
def test_a_secret_that_cannot_be_had_is_told(
    content: bytes | None, problem: str, folder: Folder
) -> None:
    if content is None:
        (folder.path / "community").unlink()
    else:
        folder.write("community", content)
    assert folder.errors() == [f"wanwatch.yaml:5: credentials.snmp.field.community: {problem}"]


def test_a_folder_for_a_secret_is_told(folder: Folder) -> None:
    folder.change("wanwatch.yaml", "{file: community}", "{file: .}")
    assert folder.errors() == [
        "wanwatch.yaml:5: credentials.snmp.field.community:"
        " the secret's file . cannot be read: Is a directory"
    ]


def test_a_variable_that_is_not_set_is_told(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSH_PASSWORD")
    problem = "the environment variable SSH_PASSWORD is not set"
    assert folder.errors() == [f"wanwatch.yaml:7: credentials.ssh.admin.password: {problem}"]
    with pytest.raises(SecretError, match=r"^\$SSH_PASSWORD:1: the environment variable"):
        reveal(Secret(env="SSH_PASSWORD"))


MISTAKES = {
    "a short passphrase": (
        "{env: PRIV}",
        "{env: SHORT}",
        [".priv_passphrase: the passphrase has fewer than 8 characters"],
    ),
    "a username longer than any agent takes": (
        "username: noc",
        "username: giám-sát-mạng-miền-núi-Tây-Bắc",
        [".username: takes 40 bytes, and version 3 allows no more than 32"],
    ),
    "no username": ("username: noc, ", "", [": version 3 needs a username"]),
    "a protocol without a passphrase": (
        ", priv_passphrase: {env: PRIV}",
        "",
        [": priv_protocol and priv_passphrase need each other"],
    ),
    "a passphrase without a protocol": (
        "auth_protocol: SHA256, ",
        "",
        [
            ": auth_protocol and auth_passphrase need each other",
            ".priv_protocol: encryption needs authentication: auth_protocol and auth_passphrase",
        ],
    ),
    "encryption without authentication": (
        "auth_protocol: SHA256, auth_passphrase: {file: auth}, ",
        "",
        [".priv_protocol: encryption needs authentication: auth_protocol and auth_passphrase"],
    ),
    "a protocol that there is not": (
        "SHA256",
        "SHA1",
        [
            ".auth_protocol: must be one of MD5, SHA, SHA224, SHA256, SHA384, SHA512,"
            ' not "SHA1" (did you mean "SHA"?)'
        ],
    ),
    "the words of another version": (
        "version: 3, ",
        "",
        [
            ": version 2c needs a community",
            ".username: is of version 3 only, and this is version 2c",
            ".auth_protocol: is of version 3 only, and this is version 2c",
            ".auth_passphrase: is of version 3 only, and this is version 2c",
            ".priv_protocol: is of version 3 only, and this is version 2c",
            ".priv_passphrase: is of version 3 only, and this is version 2c",
        ],
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_version_3_credential_is_told(
    mistake: str, v3: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new, problems = MISTAKES[mistake]
    monkeypatch.setenv("SHORT", "hunter2")
    v3.change("wanwatch.yaml", old, new)
    assert v3.errors() == [f"wanwatch.yaml:5: credentials.snmp.field{p}" for p in problems]


def test_an_ssh_login_needs_a_password_or_a_key(folder: Folder) -> None:
    folder.change("wanwatch.yaml", ", password: {env: SSH_PASSWORD}", "")
    assert folder.errors() == ["wanwatch.yaml:7: credentials.ssh.admin: needs password or key_file"]
