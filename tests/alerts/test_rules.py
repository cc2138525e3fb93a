from __future__ import annotations

from datetime import datetime

import pytest

from configs.messages import messages
from configs.settings import Receiver
from exporters.alerts.pager import Pager
from exporters.alerts.rules import alerts_for
from exporters.alerts.wording import LABELS
from exporters.atlas import Atlas
from store.record import Alert, AlertStatus, Silence
from tests.alerts.material import (
    CPES,
    INVENTORY,
    START,
    later,
    outage,
    receiver,
    redundancy_lost,
    snapshot,
)
from topology.outage import Clue, Outage, Root, RootKind, Severity, Sign

ATLAS = Atlas(INVENTORY)


def fired(*opened: Outage, receivers: tuple[Receiver, ...] | None = None) -> tuple[Alert, ...]:
    return alerts_for(
        opened,
        (),
        (),
        snapshot=snapshot(*opened),
        receivers=receivers or (receiver(),),
        atlas=ATLAS,
        say=messages("vi"),
        external_url="http://noc.example/",
    )


def test_the_cut_of_a_hub_is_one_alert_that_names_the_hub_and_counts_its_communes() -> None:
    (alert,) = fired(outage())
    assert alert.status is AlertStatus.FIRING
    assert alert.labels == {
        "alertname": "WanOutage",
        "outage": "o1",
        "kind": "node",
        "root": "hub-lc",
        "root_name": "hub-lao-cai-1",
        "site": "hub",
        "site_name": "Trung tâm tỉnh Lào Cai",
        "province": "lc",
        "province_name": "Lào Cai",
        "severity": "critical",
    }
    assert set(alert.labels) == set(LABELS)
    assert alert.annotations["summary"] == (
        "hub-lao-cai-1 (Trung tâm tỉnh Lào Cai, Lào Cai) ngừng hoạt động: 8 điểm mất kết nối,"
        " trong đó có 7 xã, phường, đặc khu"
    )
    assert alert.annotations["communes"] == "7"
    assert "Xã Sa Pa" in alert.annotations["description"]
    assert "và 3 điểm khác" in alert.annotations["description"]
    assert alert.url == "http://noc.example/api/v1/outages/o1"


def test_every_receiver_is_told_what_it_wants_to_hear() -> None:
    urgent = receiver("boss", min_severity="critical")
    alerts = fired(outage("o1"), redundancy_lost("o2"), receivers=(receiver(), urgent))
    told = [(alert.receiver, alert.outage) for alert in alerts]
    assert told == [("noc", "o1"), ("boss", "o1"), ("noc", "o2")]


def test_lost_redundancy_and_a_blind_monitor_have_names_of_their_own() -> None:
    blind = outage(root=Root(RootKind.MONITOR, ""), down=(), shadowed=())
    alerts = fired(redundancy_lost("o2"), blind)
    assert [a.labels["alertname"] for a in alerts] == ["WanRedundancyLost", "WanMonitorCutOff"]
    assert alerts[0].labels["root_name"] == "core-hn-1 – hub-lao-cai-1"
    assert alerts[0].annotations["points"] == "0"
    assert "site" not in alerts[1].labels


@pytest.mark.parametrize("ended", [None, later(600)])
def test_lost_mains_are_told_before_anybody_is_hurt(ended: datetime | None) -> None:
    given = redundancy_lost(
        "o3", root=Root(RootKind.GROUP, "pwr"), clues=(Clue(Sign.BATTERY, "hub-lc"),), ended=ended
    )
    (alert,) = fired(given)
    assert alert.labels["alertname"] == "WanMainsLost"
    assert alert.labels["site"] == "hub"
    words = "Đã có điện lưới trở lại ở " if ended else "Mất điện lưới ở "
    assert alert.annotations["summary"].startswith(words + "Điện lưới Lào Cai (Trung tâm tỉnh")
    assert ("chưa điểm nào mất kết nối" in alert.annotations["summary"]) is not bool(ended)


@pytest.mark.parametrize(
    ("root", "says"),
    [
        ("site:hub", "Toàn bộ Trung tâm tỉnh Lào Cai (Lào Cai) ngừng hoạt động: 8 điểm"),
        ("pwr", "Sự cố chung Điện lưới Lào Cai (Trung tâm tỉnh Lào Cai, Lào Cai): 8 điểm"),
    ],
)
def test_a_shared_failure_names_the_hub_that_it_takes_down(root: str, says: str) -> None:
    (alert,) = fired(outage(root=Root(RootKind.GROUP, root)))
    assert alert.annotations["summary"].startswith(says)
    assert alert.labels["site"] == "hub"
    (alert,) = fired(outage(root=Root(RootKind.GROUP, root), down=(), shadowed=("hub-lc", *CPES)))
    assert alert.labels["site"] == "hub"


def test_an_ended_outage_is_resolved_for_who_wants_that() -> None:
    over = outage(ended=later(125))
    quiet = receiver("quiet", send_resolved=False)
    (alert,) = alerts_for(
        (),
        (),
        (over,),
        snapshot=snapshot(at=125),
        receivers=(receiver(), quiet),
        atlas=ATLAS,
        say=messages("en"),
    )
    assert (alert.status, alert.ends, alert.receiver) == ("resolved", later(125), "noc")
    assert alert.annotations["summary"] == (
        "hub-lao-cai-1 (Trung tâm tỉnh Lào Cai, Lào Cai) is back after 2 min 5 s"
    )
    assert alert.url == ""


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("ended", [None, later(200_000)])
@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize(
    "root", ["node:hub-lc", "link:trunk", "group:pwr", "monitor:", "node:gone", "group:site:hub"]
)
def test_there_are_words_for_every_outage(
    root: str, severity: Severity, ended: object, language: str
) -> None:
    kind, _, id_ = root.partition(":")
    given = outage(
        root=Root(RootKind(kind), id_),
        severity=severity,
        ended=ended,
        alternatives=(Root(RootKind.LINK, "trunk"), Root(RootKind.GROUP, "pwr")),
        confidence=0.8,
        clues=tuple(Clue(sign, "hub-lc") for sign in Sign),
    )
    (alert,) = alerts_for(
        (given,),
        (),
        (),
        snapshot=snapshot(given),
        receivers=(receiver(),),
        atlas=ATLAS,
        say=messages(language),
    )
    assert "{" not in "".join(alert.annotations.values())


def test_both_languages_have_the_same_sentences() -> None:
    assert messages("vi").keys() == messages("en").keys()


def test_a_silence_holds_back_what_matches_while_it_lasts() -> None:
    silence = Silence({"province": "lc", "severity": "critical"}, START, later(60), "Lan", "")
    other = Silence({"province": "hn"}, START, later(600), "Lan", "")
    pager = Pager([receiver()], language="vi")
    now = outage()

    def suppressed(at: float) -> list[str]:
        opened = (now,) if at == 0 else ()
        silences = (silence, other)
        record = pager.record((), opened, (), (), snapshot(now, at=at), silences=silences)
        return [alert.suppressed for alert in record.alerts]

    assert suppressed(0) == ["silence"]
    assert suppressed(59) == []
    assert suppressed(60) == [""]
    assert suppressed(61) == []


def test_an_outage_that_was_paged_before_is_silenced_while_a_silence_covers_it() -> None:
    silence = Silence({"province": "lc"}, later(10), later(60), "Lan", "")
    pager = Pager([receiver()], language="vi")
    now = outage()
    (paged,) = pager.record((), (now,), (), (), snapshot(now), silences=[silence]).alerts
    assert (paged.suppressed, pager.silenced) == ("", frozenset())
    for at, silenced in ((9, set()), (10, {now.id}), (59, {now.id}), (60, set())):
        pager.record((), (), (), (), snapshot(now, at=at), silences=[silence])
        assert pager.silenced == silenced


def test_an_outage_that_outlives_its_maintenance_pages_then() -> None:
    pager = Pager([receiver()], language="vi")
    planned, unplanned = outage(maintenance=True), outage(maintenance=False)
    first = pager.record((), (planned,), (), (), snapshot(planned))
    assert [alert.suppressed for alert in first.alerts] == ["maintenance"]
    assert pager.record((), (), (), (), snapshot(planned)).alerts == ()
    then = pager.record((), (), (), (), snapshot(unplanned))
    assert [alert.suppressed for alert in then.alerts] == [""]


def test_a_receiver_that_is_new_is_told_of_what_is_open_already() -> None:
    pager = Pager([receiver()], language="vi")
    now = outage()
    assert len(pager.record((), (now,), (), (), snapshot(now)).alerts) == 1
    assert pager.record((), (), (), (), snapshot(now)).alerts == ()
    pager.use([receiver(), receiver("boss")], language="vi", external_url="")
    record = pager.record((), (), (), (), snapshot(now))
    assert [alert.receiver for alert in record.alerts] == ["noc", "boss"]
    assert record.outages == ()
    assert record.events == ()
    assert pager.record((), (), (), (), snapshot(now)).alerts == ()


def test_what_was_held_back_before_a_restart_pages_after_it() -> None:
    pager = Pager([receiver()], language="vi", held={"o1", "long-gone"})
    record = pager.record((), (), (), (), snapshot(outage()))
    assert [alert.suppressed for alert in record.alerts] == [""]


def test_an_end_waits_for_who_was_told_of_its_beginning_and_is_no_receiver_now() -> None:
    mute = receiver("mute", send_resolved=False)
    pager = Pager([receiver(), receiver("old"), mute], language="vi", known={"older"})
    now = outage()
    pager.record((), (now,), (), (), snapshot(now))
    pager.use([receiver(), receiver("quiet", send_resolved=False)], language="vi", external_url="")
    over = outage(ended=later(60))
    record = pager.record((), (), (), (over,), snapshot(at=60))
    assert [alert.receiver for alert in record.alerts] == ["noc", "old", "older"]


@pytest.mark.parametrize("root", ["node:gone", "link:gone", "group:gone", "group:site:gone"])
def test_who_left_the_network_is_not_said_to_be_back(root: str) -> None:
    kind, _, id_ = root.partition(":")
    over = outage(root=Root(RootKind(kind), id_), down=(), shadowed=(), ended=later(125))
    (alert,) = alerts_for(
        (), (), (over,),
        snapshot=snapshot(at=125), receivers=(receiver(),), atlas=ATLAS, say=messages("en"),
    )  # fmt: skip
    assert alert.annotations["summary"] == (
        f"{id_} is no longer part of the network; its outage is closed after 2 min 5 s"
    )


def test_an_outage_that_became_part_of_another_is_not_said_to_be_over() -> None:
    merged = outage("o2", ended=later(60), merged_into="o1")
    (alert,) = alerts_for(
        (), (), (merged,),
        snapshot=snapshot(outage(), at=60), receivers=(receiver(),), atlas=ATLAS,
        say=messages("en"),
    )  # fmt: skip
    assert alert.status == "resolved"
    assert alert.annotations["summary"] == (
        "hub-lao-cai-1 (Trung tâm tỉnh Lào Cai, Lào Cai): part of another outage now, which goes on"
    )
    assert "Ended" not in alert.annotations["description"]
