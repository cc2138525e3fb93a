"""`wanwatch whatif`: asked of an inventory, and of a running daemon."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeAlias
from unicodedata import normalize

import pytest

from configs.settings import Http
from exporters.api.access import Access
from exporters.api.app import create_app
from exporters.api.server import serve
from exporters.program import program_registry
from store.database import Store
from tests.exporters.daemon import Daemon, all_up, country, hub_cut
from wanwatch.cli import main

INVENTORY = """
provinces: [{id: "66", name: Đắk Lắk}]
sites:
  - {id: dc, name: Trung tâm dữ liệu, kind: data_centre, province: "66"}
  - {id: hub, name: Trung tâm tỉnh, kind: hub, province: "66"}
  - {id: c-1, name: Xã Ea Súp, kind: commune, province: "66"}
nodes:
  - {id: core, site: dc, address: 127.1.0.1, role: core}
  - {id: hub-r1, site: hub, address: 127.1.0.2, role: hub, name: Bộ định tuyến 1}
  - {id: hub-r2, site: hub, address: 127.1.0.3, role: hub, name: Bộ định tuyến 2}
  - {id: cpe-1, site: c-1, address: 127.1.0.4, role: cpe}
links:
  - {id: l-1, a: core, b: hub-r1}
  - {id: l-2, a: core, b: hub-r2}
  - {id: l-3, a: hub-r1, b: cpe-1}
  - {id: l-4, a: hub-r2, b: cpe-1}
groups: [{id: duct, kind: duct, members: ["link:l-1", "link:l-2"], name: Cống bể}]
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "inventory.yaml").write_text(INVENTORY, "utf-8")
    path = tmp_path / "wanwatch.yaml"
    path.write_text("inventory: [inventory.yaml]\nmonitors: [core]\n", "utf-8")
    return path


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    """An API whose hub is cut off."""
    store = await Store.open("sqlite:///t.db", folder=tmp_path)
    source = Daemon(store)
    source.publish(hub_cut(all_up(country())))
    app = create_app(source, access=Access(), registry=program_registry([]))
    async with serve(app, Http(port=0)) as served:
        yield served.url
    app.state.scraper.close()
    await store.close()


Said: TypeAlias = tuple[int, str, str]
Asked: TypeAlias = Callable[..., Said]


@pytest.fixture
def whatif(capsys: pytest.CaptureFixture[str]) -> Asked:
    """(exit code, stdout, stderr) of the command."""

    def run(*arguments: object) -> Said:
        with pytest.raises(SystemExit) as ended:
            main(["whatif", "--language", "en", *map(str, arguments)])
        said = capsys.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return code, said.out, said.err

    return run


def test_a_failure_is_answered_with_whom_it_cuts_off_and_exit_code_1(
    whatif: Asked, config: Path
) -> None:
    code, out, _ = whatif("-c", config, "--fail", "hub-r1", "hub-r2")
    assert code == 1
    assert "sites cut off: 2, nodes: 3" in out
    assert "Xã Ea Súp (c-1)" in out


def test_a_failure_that_cuts_nobody_off_tells_what_redundancy_is_gone(
    whatif: Asked, config: Path
) -> None:
    code, out, _ = whatif("-c", config, "--fail", "node:hub-r1")
    assert code == 0
    assert "Bộ định tuyến 2 – cpe-1 (link:l-4)" in out


def test_an_id_is_found_however_its_letters_are_composed(whatif: Asked, tmp_path: Path) -> None:
    accented = INVENTORY.replace("hub-r1", "bộ-1")
    for form in ("NFC", "NFD"):
        (tmp_path / "inventory.yaml").write_text(normalize(form, accented), "utf-8")
        (tmp_path / "w.yaml").write_text("inventory: [inventory.yaml]\nmonitors: [core]\n", "utf-8")
        for typed in ("NFC", "NFD"):
            fails = ("--fail", normalize(typed, "node:bộ-1"), normalize(typed, "l-2"))
            code, out, err = whatif("-c", tmp_path / "w.yaml", *fails, "--json")
            assert (code, err) == (1, "")
            assert json.loads(out)["failed"] == ["node:bộ-1", "link:l-2"]


def test_the_same_is_told_as_json(whatif: Asked, config: Path) -> None:
    code, out, _ = whatif("-c", config, "--fail", "duct", "--json")
    said = json.loads(out)
    assert code == 1
    assert said["failed"] == ["link:l-1", "link:l-2"]
    assert [site["id"] for site in said["sites"]] == ["hub", "c-1"]


def test_the_loss_of_where_the_monitor_stands_is_said_to_blind_it(
    whatif: Asked, config: Path
) -> None:
    assert "The monitor itself stands there" in whatif("-c", config, "--fail", "core")[1]


def test_the_weak_points_of_the_country_are_ranked(whatif: Asked, config: Path) -> None:
    code, out, _ = whatif("-c", config, "--spof")
    assert code == 1
    assert "No single point of failure." in out
    assert "Cống bể" in out
    assert "Bộ định tuyến 1 + Bộ định tuyến 2" in out
    code, out, _ = whatif("-c", config, "--spof", "--json")
    assert json.loads(out)["groups"][0]["group"] == "duct"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--fail", "hub-r9"], "did you mean node:hub-r"),
        ([], "say what fails with --fail"),
        (["hub-r1"], "say what fails with --fail"),
        (["--spof", "--fail", "hub-r1"], "say what fails with --fail"),
    ],
)
def test_a_question_that_makes_no_sense_is_a_mistake_of_use(
    whatif: Asked, config: Path, arguments: list[str], complaint: str
) -> None:
    code, out, err = whatif("-c", config, *arguments)
    assert (code, out) == (2, "")
    assert complaint in err


def test_a_wrong_configuration_is_told_line_by_line(whatif: Asked, tmp_path: Path) -> None:
    wrong = tmp_path / "wanwatch.yaml"
    wrong.write_text("inventory: [nowhere]\n", "utf-8")
    code, _, err = whatif("-c", wrong, "--spof")
    assert code == 1
    assert "nowhere" in err


async def test_the_daemon_counts_what_is_broken_now_as_broken(whatif: Asked, url: str) -> None:
    code, out, _ = await asyncio.to_thread(whatif, "--url", url, "--fail", "cpe-1", "--json")
    assert (code, json.loads(out)["sites"]) == (0, [])
    code, out, _ = await asyncio.to_thread(whatif, "--url", url, "--spof")
    assert code == 1
    assert "Lõi 1 – Bộ định tuyến A" in out


async def test_an_id_that_the_daemon_does_not_know_is_a_mistake_of_use(
    whatif: Asked, url: str
) -> None:
    code, _, err = await asyncio.to_thread(whatif, "--url", url, "--fail", "hub-66-b")
    assert code == 2
    assert "did you mean node:hub-66-a" in err


def test_a_daemon_that_is_not_there_is_named(whatif: Asked) -> None:
    code, _, err = whatif("--url", "http://127.0.0.1:1", "--fail", "x")
    assert code == 1
    assert "127.0.0.1:1" in err
