"""The whole program at once: lab, daemon and pager as processes, a tenth of the nation."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from lab.control import request
from wanwatch.demo import Demo, DemoOptions, running

# Longer than other tests may take: the fixture starts everything.
pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.timeout(90)]

HUB, COMMUNES = "hub-24", 340


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    with running(DemoOptions(communes=COMMUNES, keep=folder, http_port=0)) as running_demo:
        yield running_demo


def until(found: Callable[[], Any], patience_s: float = 15.0) -> Any:
    """What `found` returns as soon as it is true, or the last of it when patience ends."""
    deadline = time.monotonic() + patience_s
    while not (value := found()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return value


def pages(demo: Demo) -> list[dict[str, Any]]:
    path = demo.folder / "pages.jsonl"
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return [json.loads(line)["body"] for line in lines]


def get(demo: Demo, path: str) -> Any:
    return httpx.get(f"{demo.url}{path}", timeout=5).raise_for_status().json()


def fail(demo: Demo, *what: str) -> None:
    request(demo.folder, {"do": "fail", "what": list(what)})


def heal(demo: Demo) -> None:
    request(demo.folder, {"do": "heal", "what": []})


def whole(demo: Demo) -> bool:
    return bool(get(demo, "/api/v1/coverage")["ratio"] == 1.0) and not get(demo, "/api/v1/outages")


@pytest.fixture(autouse=True)
def _everything_is_whole_before_each_test(demo: Demo) -> None:
    heal(demo)
    assert until(lambda: whole(demo))


def test_every_point_is_covered_and_its_values_are_polled(demo: Demo) -> None:
    coverage = get(demo, "/api/v1/coverage")
    assert coverage["up"] == coverage["total"] > COMMUNES
    node = until(lambda: get(demo, f"/api/v1/nodes/{HUB}-r1")["interfaces"])
    assert {port["oper_status"] for port in node} >= {"up"}


def test_a_hub_that_is_cut_is_one_page_that_names_it_and_its_recovery_is_one_more(
    demo: Demo,
) -> None:
    before = len(pages(demo))
    hurt = len(get(demo, f"/api/v1/sites?province={'bac-ninh'}"))
    fail(demo, f"site:{HUB}")
    assert until(lambda: len(pages(demo)) > before)
    heal(demo)
    assert until(lambda: len(pages(demo)) > before + 1)
    assert until(lambda: whole(demo))
    firing, resolved = pages(demo)[before:]
    assert (firing["status"], resolved["status"]) == ("firing", "resolved")
    summary = firing["commonAnnotations"]["summary"]
    assert "Bắc Ninh" in summary
    assert hurt > 5
    assert firing["alerts"][0]["fingerprint"] == resolved["alerts"][0]["fingerprint"]


def test_a_daemon_killed_during_an_outage_pages_once_and_resolves_once(demo: Demo) -> None:
    before = len(pages(demo))
    fail(demo, f"site:{HUB}")
    assert until(lambda: len(pages(demo)) > before)
    daemon = demo.parts["daemon"].process
    daemon.kill()
    daemon.wait()
    demo.start_daemon()

    def up_again() -> bool:
        try:
            return bool(get(demo, "/api/v1/coverage")["unknown"] == 0)
        except httpx.HTTPError:
            return False

    def told() -> list[str]:
        """Statuses; a page that was taken and not noted before the end is sent again."""
        sent = [(page["groupLabels"]["outage"], page["status"]) for page in pages(demo)[before:]]
        return [status for _, status in dict.fromkeys(sent)]

    assert until(up_again)
    assert told() == ["firing"]
    heal(demo)
    assert until(lambda: len(told()) > 1)
    assert told() == ["firing", "resolved"]


def test_a_broken_configuration_is_refused_and_the_old_one_stays(demo: Demo) -> None:
    config = demo.folder / "wanwatch.yaml"
    good = config.read_text("utf-8")
    log = demo.parts["daemon"].log
    config.write_text(good.replace("monitors:", "monitorz:"), "utf-8")
    try:
        demo.parts["daemon"].process.send_signal(signal.SIGHUP)
        assert until(lambda: "refused" in log.read_text("utf-8"))
    finally:
        config.write_text(good, "utf-8")
    assert "monitorz" in log.read_text("utf-8")
    assert whole(demo)
    rejected = "event.configuration.rejected"
    assert until(lambda: any(e["kind"] == rejected for e in get(demo, "/api/v1/events")))


def test_a_second_daemon_on_the_same_port_says_so(demo: Demo, tmp_path: Path) -> None:
    config = (demo.folder / "wanwatch.yaml").read_text("utf-8")
    other = demo.folder / "second.yaml"
    other.write_text(config.replace("wanwatch.db", "second.db"), "utf-8")
    try:
        second = demo.start("second", "run", "-c", str(other))
        assert second.process.wait(15) == 1
        last = second.log.read_text("utf-8").splitlines()[-1]
        assert "another program uses it" in last
    finally:
        del demo.parts["second"]
