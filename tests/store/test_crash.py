from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

from store.database import Store

CHILD = """
import asyncio, os, sys
from pathlib import Path
from store.database import Store
from store.record import AlertStatus, Record
from tests.store.material import alert, later, outage

async def main():
    store = await Store.open("sqlite:///wanwatch.db", folder=Path(os.environ["FOLDER"]))
    for n in range(int(os.environ["FROM"]), 1_000_000):
        id_ = f"o{n}"
        await store.commit(Record(outages=(outage(id_),), alerts=(alert(outage=id_),)))
        print("opened", id_, flush=True)
        (waiting,) = [a for a in await store.pending() if a.alert.outage == id_]
        await store.delivered(waiting, later(1))
        ended = Record(
            outages=(outage(id_, ended=later(2)),),
            alerts=(alert(AlertStatus.RESOLVED, outage=id_),),
        )
        await store.commit(ended)
        print("ended", id_, flush=True)

asyncio.run(main())
"""


def killed(folder: Path, lines: int, first: int) -> list[tuple[str, str]]:
    """What a daemon acknowledged, (word, outage), before it was killed after so many lines."""
    with subprocess.Popen(
        [sys.executable, "-c", CHILD],
        env={"FOLDER": str(folder), "FROM": str(first)},
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        said = [child.stdout.readline().split() for _ in range(lines)]
        child.kill()
    return [(word, id_) for word, id_ in said]


async def test_whatever_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    rng = random.Random(7)
    acknowledged = [
        said
        for round_ in range(4)
        for said in killed(tmp_path, rng.randrange(1, 40), round_ * 10_000)
    ]
    opened = {id_ for word, id_ in acknowledged if word == "opened"}
    ended = {id_ for word, id_ in acknowledged if word == "ended"}

    store = await Store.open("sqlite:///wanwatch.db", folder=tmp_path)
    kept = {outage.id: outage for outage in await store.outages(limit=100_000)}
    alerts = await store.alerts(limit=100_000)
    await store.close()
    assert opened <= kept.keys()
    assert all(kept[id_].ended is not None for id_ in ended)
    assert {a.alert.outage for a in alerts if a.alert.status == "firing"} == kept.keys()
    assert {a.alert.outage for a in alerts if a.alert.status == "resolved"} == {
        id_ for id_, outage in kept.items() if outage.ended is not None
    }
