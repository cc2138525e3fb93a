"""Whatever is typed wrongly is answered with one clear line, and never with a traceback."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.exporters.certificates import make_certificates
from tests.wanwatch.test_signals import CONFIG, NODES
from wanwatch.cli import cli, main

NOBODY = "http://127.0.0.1:1"
DEVICE = "127.0.0.1:1"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a `bin`ary file, an `empty` and a `short` one, and another `folder`."""
    for name in [name for name in os.environ if name.startswith("WANWATCH_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bin").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "empty").touch()
    (tmp_path / "short").write_text("short\n")
    (tmp_path / "folder").mkdir()
    return tmp_path


WRONG = [
    # arguments, exit code, words of the answer
    (f"outages --url {NOBODY}", 1, "nobody answers at http://127.0.0.1:1: is `wanwatch run`"),
    (f"whatif --spof --url {NOBODY}", 1, "nobody answers"),
    ("coverage --url http://127.0.0.1:99999", 2, "no address of an API"),
    ("coverage --url nonsense", 2, "no address of an API"),
    ("drift --url ftp://x", 2, "no address of an API"),
    ("tui --url http://", 2, "no address of an API"),
    (f"outages --token-file bin --url {NOBODY}", 2, "bin"),
    (f"outages --token-file empty --url {NOBODY}", 2, "empty"),
    ("run -c nofile", 1, "nofile:1: cannot be read"),
    ("generate prometheus -c nofile", 1, "nofile:1: cannot be read"),
    ("generate rules -c bin", 1, "bin:1: not UTF-8"),
    ("whatif --fail x -c nofile", 1, "nofile:1: cannot be read"),
    ("poll x -c nofile", 1, "nofile:1: cannot be read"),
    (f"scrape {DEVICE} --modules bin --module x", 1, "bin:1: not UTF-8"),
    (f"discover {DEVICE} --rules bin", 1, "bin:1: not UTF-8"),
    (f"discover {DEVICE} --user u --auth-file bin", 2, "not UTF-8"),
    (f"discover {DEVICE} --user u --auth-file empty", 2, "empty"),
    (f"discover {DEVICE} --user u --auth-file folder", 2, "is a directory"),
    (f"discover {DEVICE} --user u --auth-protocol SHA", 2, "nothing without --auth-file"),
    (f"discover {DEVICE} --auth-protocol SHA", 2, "give --user too"),
    (f"discover {DEVICE} --user u --community c", 2, "give one of them"),
    (f"discover {DEVICE} --timeout nan", 2, "above 0"),
    (f"record {DEVICE} -o x --timeout -1", 2, "above 0"),
    (f"record {DEVICE} -o nowhere/x", 1, "nowhere/x.partial cannot be written: No such file"),
    (f"discover {DEVICE} --community \udcff", 2, "not UTF-8 text"),
    ("lab up --communes -5", 2, "--communes"),
    ("lab up --port 99999", 2, "--port"),
    ("lab pager --dir folder --port 99999", 2, "--port"),
    ("lab story --dir folder", 1, "cannot be read"),
    ("demo --keep short", 2, "is a file"),
    ("demo --communes 0", 2, "--communes"),
]


@pytest.mark.parametrize(("arguments", "code", "words"), WRONG, ids=[wrong[0] for wrong in WRONG])
@pytest.mark.usefixtures("folder")
def test_wrong_use_is_told_in_words(
    arguments: str, code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:  # anything else would be a traceback
        main(arguments.split())
    assert stop.value.code == code
    assert words in capsys.readouterr().err


def test_a_node_that_is_not_in_the_inventory_is_answered_with_the_likely_one(folder: Path) -> None:
    (folder / "inventory.yaml").write_text(
        "provinces: [{id: p, name: P}]\n"
        "sites: [{id: s, name: S, kind: hub, province: p}]\n"
        "nodes: [{id: hub-r1, site: s, address: 127.0.0.1, role: hub}]\n"
    )
    (folder / "wanwatch.yaml").write_text("inventory: [inventory.yaml]\n")
    with pytest.raises(SystemExit) as stop:
        main(["poll", "hub-r2"])
    assert stop.value.code == 2


def test_check_tells_of_a_key_that_is_not_that_of_the_certificate(folder: Path) -> None:
    make_certificates(folder)
    (folder / "nodes.yaml").write_text(NODES, "utf-8")
    (folder / "community").write_text("public", "utf-8")
    config = folder / "wanwatch.yaml"
    config.write_text(CONFIG.replace("port: 0", "tls_cert: server.pem, tls_key: server.key"))
    assert CliRunner().invoke(cli, ["check"]).exit_code == 0
    config.write_text(CONFIG.replace("port: 0", "tls_cert: server.pem, tls_key: client.key"))
    result = CliRunner().invoke(cli, ["check"])
    assert result.exit_code == 1
    assert "client.key: the key is not that of the certificate" in result.output


def test_a_wrong_configuration_is_told_by_a_command_as_by_the_program(folder: Path) -> None:
    result = CliRunner().invoke(cli, ["generate", "rules", "-c", str(folder / "empty")])
    assert result.exit_code == 1
    assert "the file is empty" in result.output
