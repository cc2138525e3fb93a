"""Configuration for Prometheus: what to scrape, and when to raise an alarm."""

from __future__ import annotations

from functools import cache
from ipaddress import ip_address
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

import configs
from configs.inventory import Inventory
from configs.messages import messages
from configs.settings import Http, Settings

TEMPLATES = Path(configs.__file__).parent / "templates"
LONGEST_TIMEOUT_S = 10
POLLS_UNTIL_STALE = 5
TOKEN_FILE = "wanwatch.token"  # noqa: S105  (a name, in Prometheus' own folder)


def prometheus(settings: Settings, inventory: Inventory) -> str:
    """The text of a `prometheus.yml` that finds all targets at this daemon's `/sd`."""
    http = settings.http
    interval_s = _interval_s(settings)
    token = http.token
    return _render(
        "prometheus.yml.j2",
        base=settings.external_url.rstrip("/") or base_url(http),
        token_file=str(token.file or TOKEN_FILE) if token else "",
        token_env=token.env if token else None,
        client_certificate=http.client_ca is not None,
        tls=http.tls_cert is not None,
        interval_s=interval_s,
        timeout_s=min(LONGEST_TIMEOUT_S, interval_s),
        provinces=len(inventory.provinces),
        sites=len(inventory.sites),
    )


def rules(settings: Settings, inventory: Inventory) -> str:
    """The text of a `wanwatch.rules.yml`: wanwatch down, coverage below 1, data that is stale,
    sensors that are not well, power supplies on battery.

    Its sentences are in the language of `settings`.
    """
    interval_s = _interval_s(settings)
    stale_s = interval_s * POLLS_UNTIL_STALE
    say = messages(settings.language)
    fields = {
        "value": "{{ $value }}",
        "percent": "{{ $value | humanizePercentage }}",
        "province": "{{ $labels.province }}",
        "node": "{{ $labels.node }}",
        "stale": f"{stale_s} s",
    }

    def texts(alert: str) -> dict[str, str]:
        parts = ("summary", "description")
        return {part: say(f"rules.{alert}.{part}", **fields) for part in parts}

    return _render("rules.yml.j2", texts=texts, interval_s=interval_s, stale_s=stale_s)


def _interval_s(settings: Settings) -> int:
    """How often values change, in the whole seconds that Prometheus is told."""
    return max(1, round(settings.polling.counters_interval_s))


def base_url(http: Http) -> str:
    """The URL at which Prometheus on the same machine finds the daemon."""
    scheme = "https" if http.tls_cert else "http"
    host = http.host
    try:
        address = ip_address(host)
    except ValueError:
        return f"{scheme}://{host}:{http.port}"
    if address.is_unspecified:
        host = "::1" if address.version == 6 else "127.0.0.1"
    return f"{scheme}://[{host}]:{http.port}" if ":" in host else f"{scheme}://{host}:{http.port}"


@cache
def _environment() -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    return environment


def _render(template: str, **values: object) -> str:
    return _environment().get_template(template).render(values)
