"""Settings that are each right and together wrong."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel

from configs.document import Document, Step, shown
from configs.problem import Problem
from configs.settings import Receiver, Secret, Settings

DATABASES = ("sqlite", "postgresql")
READ_BY_LOADER = ("inventory", "modules", "devices")


def setting_problems(settings: Settings, main: Document) -> Iterator[Problem]:
    """What would keep the daemon from starting, or from doing what the operator expects."""
    confirmation = settings.confirmation
    for name in ("misses", "answers"):
        if getattr(confirmation, name) > confirmation.window:
            window = confirmation.window
            yield main.problem(("confirmation", name), "more_than_window", window=window)
    yield from _http_problems(settings, main)
    if not is_database(settings.store.url):
        yield main.problem(("store", "url"), "database_form", choices=", ".join(DATABASES))
    if has_password(settings.store.url):
        yield main.problem(("store", "url"), "password_in_url")
    if settings.external_url and not is_web_address(settings.external_url):
        yield main.problem(("external_url",), "url_form")
    names: dict[str, int] = {}
    for position, receiver in enumerate(settings.receivers):
        first = names.setdefault(receiver.name, position)
        if first != position:
            line = main.line(("receivers", first, "name"))
            at = ("receivers", position, "name")
            place = f"{main.file}:{line}"
            yield main.problem(at, "duplicate_id", id=receiver.name, first=place)
        yield from _receiver_problems(receiver, ("receivers", position), main)
    for where, path in files_in(settings):
        try:
            if not path.is_file():
                yield main.problem(where, "no_file", file=shown(path))
        except OSError as error:
            yield main.barred(where, path, error)


def _http_problems(settings: Settings, main: Document) -> Iterator[Problem]:
    http = settings.http
    if not is_loopback(http.host) and http.token is None and http.client_ca is None:
        yield main.problem(("http", "host"), "http_open", host=http.host)
    if (http.tls_cert is None) != (http.tls_key is None):
        given, other = ("cert", "key") if http.tls_cert else ("key", "cert")
        yield main.problem(("http", f"tls_{given}"), "needs_other", other=f"http.tls_{other}")
    if http.client_ca is not None and http.tls_cert is None:
        yield main.problem(("http", "client_ca"), "needs_other", other="http.tls_cert")


def _receiver_problems(
    receiver: Receiver, at: tuple[Step, ...], main: Document
) -> Iterator[Problem]:
    if receiver.kind == "pagerduty":
        if receiver.routing_key is None:
            yield main.problem(at, "receiver_needs", kind=receiver.kind, needed="routing_key")
    elif (receiver.url is None) == (receiver.url_secret is None):
        yield main.problem(at, "receiver_url", kind=receiver.kind)
    if receiver.url is not None:
        if has_password(receiver.url):
            yield main.problem((*at, "url"), "password_in_url")
        if receiver.kind != "apprise" and not is_web_address(receiver.url):
            yield main.problem((*at, "url"), "url_form")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens on `host`."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_web_address(url: str) -> bool:
    """Whether `url` is an absolute http(s) URL."""
    parts = _parts(url)
    return parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)


def is_database(url: str) -> bool:
    """Whether `url` is that of a database that we can use."""
    parts = _parts(url)
    return parts is not None and parts.scheme.partition("+")[0] in DATABASES and "://" in url


def _parts(url: str) -> SplitResult | None:
    """None for a URL with a port that is none."""
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    except ValueError:  # no number, or too large a one
        return None


def has_password(url: str) -> bool:
    """Whether a password is written in `url`."""
    try:
        return bool(urlsplit(url).password)
    except ValueError:
        return False


def files_in(part: Any, path: tuple[Step, ...] = ()) -> Iterator[tuple[tuple[Step, ...], Path]]:
    """The files that settings name, apart from secrets and from what the loader reads itself."""
    if isinstance(part, Path):
        yield path, part
    elif isinstance(part, BaseModel) and not isinstance(part, Secret):
        for name in type(part).model_fields:
            if path or name not in READ_BY_LOADER:
                yield from files_in(getattr(part, name), (*path, name))
    elif isinstance(part, dict):
        for name, value in part.items():
            yield from files_in(value, (*path, name))
    elif isinstance(part, list):
        for position, value in enumerate(part):
            yield from files_in(value, (*path, position))
