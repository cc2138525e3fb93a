from __future__ import annotations

import getpass
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from wanwatch.cli import COMMANDS, cli


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    result = CliRunner().invoke(cli, [name, "--help"])
    assert result.exit_code == 0, result.output
    assert "Usage:" in result.output


def test_a_misspelt_command_is_answered_with_the_likely_one_and_exit_code_2() -> None:
    result = CliRunner().invoke(cli, ["covrage"])
    assert result.exit_code == 2
    assert "Did you mean 'coverage'?" in result.output


def test_help_imports_neither_the_daemon_nor_the_console() -> None:
    heavy = ["numpy", "textual", "fastapi", "networkx", "pysnmp", "netmiko"]
    code = (
        "import sys; from wanwatch.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        f"print('LOADED', [m for m in {heavy} if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip().endswith("LOADED []")


def test_check_lists_every_error_and_exits_1(tmp_path: Path) -> None:
    config = tmp_path / "wanwatch.yaml"
    config.write_text("inventory: [nowhere]\nhtttp: {}\nlanguage: fr\n", "utf-8")
    result = CliRunner().invoke(cli, ["check", "-c", str(config)])
    assert result.exit_code == 1
    for word in ("nowhere", "htttp", "did you mean", "language"):
        assert word in result.output


def test_check_speaks_vietnamese_too(tmp_path: Path) -> None:
    config = tmp_path / "wanwatch.yaml"
    config.write_text("inventory: []\nhtttp: {}\n", "utf-8")
    wrong = CliRunner().invoke(cli, ["check", "-c", str(config), "--language", "vi"])
    assert (wrong.exit_code, "có phải ý là" in wrong.output) == (1, True)
    examples = Path(__file__).parents[2] / "docs" / "examples"
    environment = {
        "WANWATCH_LANGUAGE": "vi",
        **dict.fromkeys(
            ("WANWATCH_AUTH", "WANWATCH_HMAC", "WANWATCH_PRIV"), "correct horse battery"
        ),
    }
    good = CliRunner().invoke(
        cli, ["check", "-c", str(examples / "wanwatch.yaml")], env=environment
    )
    assert (good.exit_code, "tỉnh" in good.output) == (0, True), good.output


@pytest.mark.parametrize("command", ["tui", "drift"])
def test_who_has_no_name_on_this_machine_is_called_by_number(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr(getpass, "getuser", nameless)
    result = CliRunner().invoke(cli, [command, "--url", "http://127.0.0.1:1", "--help"])
    assert result.exit_code == 0
    result = CliRunner().invoke(cli, [command, "--url", "http://127.0.0.1:1"])
    assert isinstance(result.exception, SystemExit), result.exception


def test_lab_commands_without_a_lab_say_so(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["lab", "truth", "--dir", str(tmp_path)])
    assert result.exit_code == 1
    assert "no lab" in result.output
