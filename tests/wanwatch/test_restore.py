"""A backup put in the place of a database that is lost, with the real daemon, lab and pager."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from lab.control import request
from store.backup import back_up
from tests.wanwatch.test_demo import fail, get, heal, pages, until, whole
from wanwatch.demo import Demo, DemoOptions, running

# Longer than other tests may take: the fixture starts everything.
pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.timeout(90)]

LASTS, HEALED_SINCE, CUT_SINCE = "hub-40", "hub-24", "hub-38"


@pytest.fixture
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("restore")
    with running(DemoOptions(communes=60, keep=folder, http_port=0)) as running_demo:
        yield running_demo


def told(demo: Demo) -> list[tuple[str, str]]:
    """(outage, status) of every page so far; the same page sent again counts once."""
    calls = [(page["groupLabels"]["outage"], page["status"]) for page in pages(demo)]
    return list(dict.fromkeys(calls))


def delivered(demo: Demo) -> bool:
    """Whether the daemon knows of every page that it arrived: else it sends it once more."""
    return all(alert["delivered"] for alert in get(demo, "/api/v1/alerts"))


def looked_at(demo: Demo) -> bool:
    try:
        return bool(get(demo, "/api/v1/coverage")["unknown"] == 0)
    except httpx.HTTPError:
        return False


def put_back(demo: Demo) -> None:
    """What docs/operations.md says, once the daemon is dead."""
    old = demo.folder / "old"
    old.mkdir()
    for part in ("", "-wal", "-shm"):
        (demo.folder / f"wanwatch.db{part}").rename(old / f"wanwatch.db{part}")
    (demo.folder / "copy.db").rename(demo.folder / "wanwatch.db")


def test_after_a_restore_only_what_happened_since_the_backup_is_told_again(demo: Demo) -> None:
    assert until(lambda: whole(demo))
    fail(demo, f"site:{LASTS}")
    assert until(lambda: len(told(demo)) == 1)
    fail(demo, f"site:{HEALED_SINCE}")
    assert until(lambda: len(told(demo)) == 2)
    assert until(lambda: delivered(demo))
    back_up(demo.folder / "wanwatch.db", demo.folder / "copy.db", lambda *_: None)
    request(demo.folder, {"do": "heal", "what": [f"site:{HEALED_SINCE}"]})
    assert until(lambda: len(told(demo)) == 3)
    fail(demo, f"site:{CUT_SINCE}")
    assert until(lambda: len(told(demo)) == 4)
    (lasts, _), (healed, _), (same, _), (cut, _) = told(demo)
    assert [status for _, status in told(demo)] == ["firing", "firing", "resolved", "firing"]
    assert healed == same

    daemon = demo.parts["daemon"].process
    daemon.kill()
    daemon.wait()
    put_back(demo)
    sent = len(pages(demo))
    demo.start_daemon()
    assert until(lambda: looked_at(demo))

    # What began since is found anew, and what ended since is resolved once more under its old name.
    assert until(lambda: len(pages(demo)) == sent + 2)
    heal(demo)
    assert until(lambda: whole(demo))
    assert until(lambda: len(pages(demo)) == sent + 4)
    after = [(page["groupLabels"]["outage"], page["status"]) for page in pages(demo)[sent:]]
    (again,) = {outage for outage, _ in after} - {healed, lasts}
    assert again != cut
    assert sorted(after) == sorted(
        [(healed, "resolved"), (again, "firing"), (again, "resolved"), (lasts, "resolved")]
    )
