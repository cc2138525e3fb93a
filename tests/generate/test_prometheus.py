"""What Prometheus is told, checked by Prometheus' own tool."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from configs.inventory import Inventory, Province
from configs.settings import Http, Polling, Secret, Settings
from exporters import families, program
from exporters.generate import base_url, prometheus, rules
from exporters.vitals import VITALS

INVENTORY = Inventory(provinces={"ha-noi": Province("ha-noi", "Hà Nội")})


def settings(http: Http | None = None, **rest: object) -> Settings:
    return Settings.model_validate({"inventory": [], "http": http or Http(), **rest})


def promtool(*arguments: str | Path) -> str:
    """What promtool says; skips the test where it is not installed."""
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is not installed (Debian package prometheus)")
    done = subprocess.run(
        [program, *arguments], check=False, capture_output=True, text=True, timeout=15
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("http", "url"),
    [
        (Http(), "http://127.0.0.1:9464"),
        (Http(host="0.0.0.0"), "http://127.0.0.1:9464"),  # noqa: S104
        (Http(host="::", port=1), "http://[::1]:1"),
        (Http(host="2001:db8::1"), "http://[2001:db8::1]:9464"),
        (Http(host="wan.example.vn", tls_cert=Path("a"), tls_key=Path("b")), None),
    ],
)
def test_the_daemon_is_found_where_it_listens(http: Http, url: str | None) -> None:
    assert base_url(http) == (url or "https://wan.example.vn:9464")


def test_without_a_token_nothing_is_said_of_access() -> None:
    job = yaml.safe_load(prometheus(settings(), INVENTORY))["scrape_configs"][0]
    assert job == {
        "job_name": "wanwatch",
        "http_sd_configs": [{"url": "http://127.0.0.1:9464/sd", "refresh_interval": "1m"}],
        "honor_labels": False,
        "honor_timestamps": False,
    }


def test_the_address_that_others_use_is_preferred() -> None:
    text = prometheus(settings(external_url="https://wan.example.vn/"), INVENTORY)
    job = yaml.safe_load(text)["scrape_configs"][0]
    assert job["http_sd_configs"][0]["url"] == "https://wan.example.vn/sd"


def test_the_token_is_named_by_its_file_for_discovery_and_scrapes() -> None:
    http = Http(token=Secret(file=Path("/etc/wanwatch/token")))
    job = yaml.safe_load(prometheus(settings(http), INVENTORY))["scrape_configs"][0]
    access = {"type": "Bearer", "credentials_file": "/etc/wanwatch/token"}
    assert job["authorization"] == job["http_sd_configs"][0]["authorization"] == access


def test_a_token_from_the_environment_is_asked_for_as_a_file() -> None:
    text = prometheus(settings(Http(token=Secret(env="TOKEN"))), INVENTORY)
    assert text.count("What $TOKEN holds for wanwatch has to be in this file") == 2
    job = yaml.safe_load(text)["scrape_configs"][0]
    assert job["authorization"] == {"type": "Bearer", "credentials_file": "wanwatch.token"}


def test_a_scrape_never_takes_longer_than_its_interval() -> None:
    fast = prometheus(settings(polling=Polling(counters_interval_s=4.6)), INVENTORY)
    told = yaml.safe_load(fast)["global"]
    assert told == {"scrape_interval": "5s", "scrape_timeout": "5s", "evaluation_interval": "5s"}


@pytest.mark.parametrize(
    "http",
    [
        Http(),
        Http(
            token=Secret(env="TOKEN"),
            tls_cert=Path("/c"),
            tls_key=Path("/k"),
            client_ca=Path("/a"),
        ),
    ],
    ids=["open", "with token and TLS"],
)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_promtool_accepts_the_configuration_and_the_rules(
    http: Http, language: str, tmp_path: Path
) -> None:
    told = settings(http, language=language)
    for name in ("prometheus.crt", "prometheus.key", "wanwatch.token"):
        (tmp_path / name).touch()
    (tmp_path / "prometheus.yml").write_text(prometheus(told, INVENTORY), "utf-8")
    (tmp_path / "wanwatch.rules.yml").write_text(rules(told, INVENTORY), "utf-8")
    said = promtool("check", "config", tmp_path / "prometheus.yml")
    assert "SUCCESS: 9 rules found" in said
    assert "WARN" not in said


CASES = """\
rule_files: [wanwatch.rules.yml]
evaluation_interval: 30s
tests:
- interval: 30s
  input_series:
  - {series: 'up{job="wanwatch", instance="a"}', values: '1x20 0x20'}
  - {series: 'up{job="wanwatch", instance="b"}', values: '1x40'}
  - {series: 'wanwatch_ticks_total{job="wanwatch"}', values: '0+30x40'}
  - {series: 'wanwatch_outbox_pending{job="wanwatch"}', values: '3x40'}
  - {series: 'wanwatch_coverage_ratio{province="p"}', values: '0.75x40'}
  - {series: 'wanwatch_coverage_ratio{province="q"}', values: '0.75x40'}
  - {series: 'wanwatch_sites{province="p", state="UP"}', values: '3x40'}
  - {series: 'wanwatch_sites{province="p", state="DOWN"}', values: '1x40'}
  - {series: 'wanwatch_sites{province="q", state="DOWN"}', values: '1x40'}
  - {series: 'wanwatch_sites_in_maintenance{province="p"}', values: '0x40'}
  - {series: 'wanwatch_sites_in_maintenance{province="q"}', values: '1x40'}
  - {series: 'wanwatch_node_up{province="p", node="n"}', values: '1x40'}
  - {series: 'wanwatch_node_up{province="p", node="down"}', values: '0x40'}
  - series: 'wanwatch_node_poll_age_seconds{province="p", node="n", module="wan"}'
    values: '1000x40'
  - series: 'wanwatch_node_poll_age_seconds{province="p", node="n", module="vitals"}'
    values: '10x40'
  - {series: 'wanwatch_sensor_status{province="p", node="n", sensor="Fan 1"}', values: '0x40'}
  - {series: 'wanwatch_sensor_status{province="p", node="n", sensor="Fan 2"}', values: '1x40'}
  - {series: 'upsOutputSource{province="p", node="ups-1"}', values: '5x40'}
  - {series: 'upsBasicOutputStatus{province="p", node="ups-1"}', values: '3x40'}
  - {series: 'upsOutputSource{province="p", node="ups-2"}', values: '3x40'}
  - {series: 'wanwatch_node_poll_age_seconds{province="p", node="down"}', values: '1000x40'}
  alert_rule_test:
  - {alertname: WanwatchDown, eval_time: 19m}
  - {alertname: WanwatchStandsStill, eval_time: 19m}
  - alertname: WanwatchScrapeFailing
    eval_time: 19m
    exp_alerts:
    - exp_labels: {severity: warning}
      exp_annotations:
        summary: 1 of wanwatch's targets cannot be scraped
        description: Some provinces are missing in Prometheus; see its page of targets.
  - alertname: WanCoverageIncomplete
    eval_time: 10m
    exp_alerts:
    - exp_labels: {severity: warning, province: p}
      exp_annotations:
        summary: Coverage of p is 75%
        description: Sites of p that are not in maintenance have been without coverage for five
          minutes.
  - alertname: WanDataStale
    eval_time: 10m
    exp_alerts:
    - exp_labels: {severity: warning, province: p}
      exp_annotations:
        summary: 1 nodes of p give no fresh values
        description: They answer, but no poll of them succeeded for 150 s; `wanwatch poll
          NODE` names the reason.
  - alertname: WanSensorUnwell
    eval_time: 10m
    exp_alerts:
    - exp_labels: {severity: warning, province: p, node: n}
      exp_annotations:
        summary: 1 sensors of n are not well
        description: By the thresholds of the device or by a rule someone has to look; the console
          shows them first among the health of n.
  - alertname: WanOnBattery
    eval_time: 10m
    exp_alerts:
    - exp_labels: {severity: warning, province: p, node: ups-1}
      exp_annotations:
        summary: ups-1 runs on battery
        description: The power supply of a site of p has been without mains for a minute.
  - alertname: WanwatchPagesWaiting
    eval_time: 15m
    exp_alerts:
    - exp_labels: {severity: critical, job: wanwatch}
      exp_annotations:
        summary: 3 pages cannot be delivered
        description: Pages have been waiting for minutes; see the log of wanwatch for the
          receiver and the reason.
- interval: 30s
  input_series:
  - {series: 'up{job="wanwatch"}', values: '0x10'}
  - {series: 'wanwatch_monitor_cut_off', values: '1x10'}
  - {series: 'wanwatch_ticks_total{job="wanwatch"}', values: '7x10'}
  alert_rule_test:
  - alertname: WanwatchDown
    eval_time: 5m
    exp_alerts:
    - exp_labels: {severity: critical}
      exp_annotations:
        summary: wanwatch does not answer
        description: "Nobody watches the WAN: no target of wanwatch could be scraped for a minute."
  - alertname: WanMonitorCutOff
    eval_time: 5m
    exp_alerts:
    - exp_labels: {severity: critical}
      exp_annotations:
        summary: wanwatch is cut off from the WAN
        description: "Everything vanished at once: look at the monitor's own uplink first."
  - alertname: WanwatchStandsStill
    eval_time: 5m
    exp_alerts:
    - exp_labels: {severity: critical, job: wanwatch}
      exp_annotations:
        summary: wanwatch answers, but its engine stands still
        description: "No tick lately: what it shows is old and no page will be sent."
- interval: 30s
  alert_rule_test:
  - alertname: WanwatchDown
    eval_time: 5m
    exp_alerts:
    - exp_labels: {severity: critical, job: wanwatch}
      exp_annotations:
        summary: wanwatch does not answer
        description: "Nobody watches the WAN: no target of wanwatch could be scraped for a minute."
"""


def test_the_rules_fire_when_they_should_and_not_for_what_is_planned(tmp_path: Path) -> None:
    (tmp_path / "wanwatch.rules.yml").write_text(rules(settings(language="en"), INVENTORY), "utf-8")
    (tmp_path / "cases.yml").write_text(CASES, "utf-8")
    assert "SUCCESS" in promtool("test", "rules", tmp_path / "cases.yml")


def test_the_rules_speak_vietnamese() -> None:
    text = rules(settings(), INVENTORY)
    assert "Độ phủ của {{ $labels.province }} là {{ $value | humanizePercentage }}" in text
    assert re.findall(r"\{\{(?! \$)", text) == []


def test_the_rules_ask_for_series_that_the_program_exports() -> None:
    ours = {family.name for family in (*families.COUNTRY_FAMILIES, *families.PROVINCE_FAMILIES)}
    ours |= {f"wanwatch_{figure.name}" for figure in program.DAEMON}
    ours |= VITALS.keys()
    expressions = [
        rule["expr"]
        for group in yaml.safe_load(rules(settings(), INVENTORY))["groups"]
        for rule in group["rules"]
    ]
    asked = set(re.findall(r"\bwanwatch_\w+", " ".join(expressions)))
    assert len(asked) == 9
    assert asked <= ours
