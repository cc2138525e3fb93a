"""The schema of `wanwatch.yaml`, with every default in one place."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError


def from_folder(path: Path, info: ValidationInfo) -> Path:
    """`path` as seen from the configuration's folder (the validation context's `folder`)."""
    if "\0" in str(path):
        raise PydanticCustomError("path", "not a path")
    if not info.context:
        return path
    try:
        return Path(info.context["folder"]) / path.expanduser()
    except RuntimeError:
        raise PydanticCustomError("home", "no such home folder") from None


Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]
Location = Annotated[Path, AfterValidator(from_folder)]


class Section(BaseModel):
    """Strict: an unknown key is an error, and nothing is changed after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def nothing_is_default(cls, data: Any) -> Any:
        """A known key without a value is as if it were not there."""
        if not isinstance(data, dict):
            return data
        return {
            key: value
            for key, value in data.items()
            if value is not None or key not in cls.model_fields
        }


class Secret(Section):
    """A reference to a secret; the secret itself is never written in a configuration."""

    file: Location | None = None
    env: str | None = None

    @model_validator(mode="after")
    def one_source(self) -> Self:
        """Exactly one of them is given."""
        if (self.file is None) == (self.env is None):
            raise PydanticCustomError("secret_form", "either file or env")
        return self


class SnmpAuth(Section):
    """An SNMP credential, in the words of snmp_exporter's `auths:`."""

    version: Literal["1", "2c", "3"] = "2c"
    community: Secret | None = None
    username: str = ""
    auth_protocol: Literal["MD5", "SHA", "SHA224", "SHA256", "SHA384", "SHA512"] | None = None
    auth_passphrase: Secret | None = None
    priv_protocol: Literal["DES", "AES", "AES192", "AES256", "AES192C", "AES256C"] | None = None
    priv_passphrase: Secret | None = None
    context: str = ""


class SshAuth(Section):
    username: str
    known_hosts: Location
    password: Secret | None = None
    key_file: Location | None = None
    enable_password: Secret | None = None


class Credentials(Section):
    snmp: dict[str, SnmpAuth] = {}
    ssh: dict[str, SshAuth] = {}


class Polling(Section):
    """How often and how patiently the network is asked."""

    reachability_interval_s: Seconds = 2.0
    counters_interval_s: Seconds = 30.0
    ssh_interval_s: Seconds = 300.0
    survey_interval_s: Seconds = 86_400.0
    neighbours_interval_s: Seconds = 1_800.0
    vitals_interval_s: Seconds = 60.0
    timeout_s: Seconds = 2.0
    reachability_timeout_s: Seconds = 1.0
    retries: Annotated[int, Field(ge=0, le=10)] = 1
    max_rows: Count = 50_000
    ssh_workers: Count = 8


class Confirmation(Section):
    """A node changes state when `misses` (or `answers`) of its last `window` looks say so; where
    looks are lost by chance, more misses are needed, of as many more looks.

    After a first miss the node and its upstream path are looked at again every `reprobe_s`.
    """

    misses: Count = 3
    answers: Count = 2
    window: Count = 4
    reprobe_s: Seconds = 0.5
    unknown_after_s: Seconds = 60.0
    hold_down_s: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.5


class Http(Section):
    """Anything but loopback needs `token`, or `client_ca` (mutual TLS), or it refuses to start."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 9464
    token: Secret | None = None
    tls_cert: Location | None = None
    tls_key: Location | None = None
    client_ca: Location | None = None


class Traps(Section):
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 9162
    rate_limit_per_s: Count = 2_000


class Store(Section):
    """`url` is SQLAlchemy's; a relative SQLite path is taken from the configuration's folder.
    `url_secret` takes its place where the URL holds a password."""

    url: str = "sqlite:///wanwatch.db"
    url_secret: Secret | None = None
    keep_events_days: Count = 400


class Receiver(Section):
    """Who is paged. `hmac_secret` signs the body (X-Wanwatch-Signature: sha256=...)."""

    name: str
    kind: Literal["webhook", "alertmanager", "pagerduty", "apprise"] = "webhook"
    url: str | None = None
    url_secret: Secret | None = None
    hmac_secret: Secret | None = None
    routing_key: Secret | None = None
    timeout_s: Seconds = 5.0
    template: Location | None = None
    send_resolved: bool = True
    min_severity: Literal["warning", "critical"] = "warning"


class Settings(Section):
    """The whole of `wanwatch.yaml`. Relative paths are taken from the file's own folder.

    `inventory`: YAML or CSV files, or folders of them.
    `monitors`: ids of the nodes where this monitor is attached to the WAN.
    `expand_environment_variables`: in the secrets of `auths:` in module files.
    """

    inventory: list[Location]
    monitors: list[str] = []
    credentials: Credentials = Credentials()
    polling: Polling = Polling()
    confirmation: Confirmation = Confirmation()
    http: Http = Http()
    traps: Traps | None = None
    store: Store = Store()
    receivers: list[Receiver] = []
    modules: list[Location] = []
    expand_environment_variables: bool = False
    devices: list[Location] = []
    language: Literal["vi", "en"] = "vi"
    external_url: str = ""
    history_s: Seconds = 3600.0
