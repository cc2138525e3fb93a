"""`wanwatch drift`: listed, accepted, rejected, and told what to declare."""

from __future__ import annotations

import asyncio
import json
import re
import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import pytest
import yaml

from configs.messages import messages
from configs.settings import Http
from exporters.api.access import Access
from exporters.api.app import create_app
from exporters.api.server import serve
from exporters.program import program_registry
from store.database import Store
from tests.exporters.daemon import Daemon, Wiring, rewired
from topology.discovered import Findings
from topology.drift import Drift, DriftKind
from topology.fusion import End
from wanwatch.cli import main

Said: TypeAlias = tuple[int, str, str]
Asked: TypeAlias = Callable[..., Awaitable[Said]]


@pytest.fixture
async def source(tmp_path: Path) -> AsyncIterator[Daemon]:
    store = await Store.open("sqlite:///t.db", folder=tmp_path)
    yield Daemon(store, wiring=Wiring(rewired()))
    await store.close()


@pytest.fixture
async def url(source: Daemon) -> AsyncIterator[str]:
    app = create_app(source, access=Access(), registry=program_registry([]))
    async with serve(app, Http(port=0)) as served:
        yield served.url
    app.state.scraper.close()


@pytest.fixture
async def drift(url: str, capsys: pytest.CaptureFixture[str]) -> Asked:
    """(exit code, stdout, stderr) of the command, run beside the daemon."""

    def run(*arguments: str) -> Said:
        with pytest.raises(SystemExit) as ended:
            main(["drift", "--language", "en", "--url", url, *arguments])
        said = capsys.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return code, said.out, said.err

    async def beside(*arguments: str) -> Said:
        return await asyncio.to_thread(run, *arguments)

    return beside


def key_of(source: Daemon, kind: str) -> str:
    return next(one.key for one in source.wiring.findings.drifts if one.kind == kind)


async def test_drift_is_listed_and_the_exit_code_says_that_there_is_some(
    drift: Asked,
) -> None:
    code, out, _ = await drift()
    assert code == 1
    for told in ("cpe-1 Gi0/9 – cpe-2 Gi0/9", "lldp", "99 %", "(l-hub)", "unseen", "máy in"):
        assert told in out
    code, out, _ = await drift("--json")
    assert [one["kind"] for one in json.loads(out)] == [
        "undeclared", "disagreeing", "unseen", "stranger",
    ]  # fmt: skip


async def test_before_everybody_was_heard_no_drift_is_no_proof(
    drift: Asked, source: Daemon
) -> None:
    source.wiring.findings = Findings()
    code, out, err = await drift()
    assert code == 0
    assert "as declared" not in out
    assert "not be whole" in err


async def test_the_list_and_the_exit_code_can_be_of_one_kind(drift: Asked, source: Daemon) -> None:
    code, out, _ = await drift("--kind", "unseen")
    assert (code, "unseen" in out, "stranger" in out) == (1, True, False)
    code, out, _ = await drift("--reject", key_of(source, "unseen"), "--kind", "unseen")
    assert (code, out) == (0, "The network is as declared.\n")


async def test_what_was_accepted_is_printed_for_the_inventory(drift: Asked, source: Daemon) -> None:
    kinds = ("undeclared", "disagreeing", "unseen", "stranger")
    accept = [word for kind in kinds for word in ("--accept", key_of(source, kind))]
    code, out, _ = await drift(*accept, "--author", "Lan")
    assert code == 0
    assert "The network is as declared." in out
    (link,) = yaml.safe_load(out.partition("links:")[2])
    assert link == {
        "id": "cpe-1--cpe-2", "a": "cpe-1", "b": "cpe-2", "a_port": "Gi0/9", "b_port": "Gi0/9",
    }  # fmt: skip
    assert "# link l-hub: its ports are a_port: Gi0/7, b_port: Gi0/1" in out
    assert "# remove link l-1" in out
    assert {decision.author for decision in source.wiring.decisions.values()} == {"Lan"}


async def test_what_was_rejected_is_gone_from_the_list_until_it_is_undone(
    drift: Asked, source: Daemon
) -> None:
    key = key_of(source, "undeclared")
    code, out, _ = await drift("--reject", key)
    assert code == 1
    assert key not in out
    assert "rejected by" in (await drift("--all"))[1]
    assert key in (await drift("--undo", key))[1]


async def test_a_key_that_nothing_has_is_used_wrongly(drift: Asked) -> None:
    code, _, err = await drift("--accept", "0123456789")
    assert code == 2
    assert "0123456789" in err


def test_both_languages_say_the_same_things() -> None:
    texts = {
        language: {
            key: messages(language)._texts[key]
            for key in messages(language).keys()  # noqa: SIM118
            if key.startswith("drift.")
        }
        for language in ("vi", "en")
    }
    assert texts["vi"].keys() == texts["en"].keys()
    for key, text in texts["vi"].items():
        assert unicodedata.is_normalized("NFC", text)
        assert re.findall(r"{\w+}", text) == re.findall(r"{\w+}", texts["en"][key])


async def test_ports_with_control_characters_in_their_names_are_printed_as_text(
    source: Daemon, drift: Asked
) -> None:
    odd = "Gi0/9\x9b2J\n- {id: forged}"
    moved, cable = (
        replace(one.edge, a=End(one.edge.a.node, odd))
        for kind in ("disagreeing", "undeclared")
        for one in source.wiring.findings.drifts
        if one.kind == kind and one.edge is not None
    )
    drifts = (Drift(DriftKind.DISAGREEING, "l-hub", moved), Drift(DriftKind.UNDECLARED, edge=cable))
    source.wiring.findings = replace(source.wiring.findings, drifts=drifts)
    keys = [part for one in drifts for part in ("--accept", one.key)]
    _, out, _ = await drift(*keys, "--all")
    assert all(map(str.isprintable, out.splitlines()))
    assert "forged" in out
    (link,) = yaml.safe_load(out[out.index("\nlinks:") :])["links"]
    assert link["a_port"] == odd
