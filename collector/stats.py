"""What a collector counts."""

from __future__ import annotations

from dataclasses import dataclass, field

from collector.failure import Failure
from collector.icmp.engine import IcmpStats
from collector.schedule import ScheduleStats
from collector.snmp.stats import SnmpStats
from collector.ssh.poller import SshStats
from collector.surveyor import SurveyStats
from collector.traps.listener import TrapStats


@dataclass(slots=True)
class CollectorStats:
    """`spared`: polls left out because the node does not answer; `put_off`: second looks beyond
    LOOKS_PER_S; `lag_s`: how late the loop was, in sum, and `latest_lag_s` at worst; `refusing`:
    nodes that refuse our credential now; `unheard`: tables of neighbours that nodes could not be
    heard of the last time."""

    nodes: int = 0
    spared: int = 0
    put_off: int = 0
    batches: int = 0
    samples: int = 0
    lag_s: float = 0.0
    latest_lag_s: float = 0.0
    refusing: int = 0
    unheard: int = 0
    failures: dict[Failure, int] = field(default_factory=dict)
    schedule: ScheduleStats = field(default_factory=ScheduleStats)
    icmp: IcmpStats = field(default_factory=IcmpStats)
    snmp: SnmpStats = field(default_factory=SnmpStats)
    ssh: SshStats = field(default_factory=SshStats)
    surveys: SurveyStats = field(default_factory=SurveyStats)
    traps: TrapStats = field(default_factory=TrapStats)
