"""The schema of module files: snmp_exporter's words, as they stand in its `snmp.yml`."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from configs.credentials import AuthProtocol, PrivProtocol, SnmpCredential, Version
from configs.module import Filter, Metric, Module, Oid
from configs.settings import Section

UNITS_S = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
PART = re.compile(r"(\d+\.?\d*|\.\d+)(h|ms|m|s|us|µs|ns)")


def seconds(text: object) -> float:
    """The seconds of a Go duration such as `1m30s`."""
    if not isinstance(text, str) or not PART.match(text) or PART.sub("", text):
        raise PydanticCustomError("duration", "not a duration")
    return sum(float(number) * UNITS_S[unit] for number, unit in PART.findall(text))


Duration = Annotated[float, BeforeValidator(seconds), Field(gt=0)]


class AuthEntry(Section):
    """An entry of `auths:`, or a module's `auth:` in 0.21. Here snmp_exporter keeps secrets in
    the file itself."""

    community: str = Field(default="public", repr=False)
    security_level: Literal["noAuthNoPriv", "authNoPriv", "authPriv"] = "noAuthNoPriv"
    username: str = ""
    password: str = Field(default="", repr=False)
    auth_protocol: AuthProtocol = AuthProtocol.MD5
    priv_protocol: PrivProtocol = PrivProtocol.DES
    priv_password: str = Field(default="", repr=False)
    context_name: str = ""
    version: Literal["1", "2", "3"] = "2"

    def credential(self, name: str) -> SnmpCredential:
        """As the rest of the program knows it; `name` becomes its id."""
        if self.version != "3":
            version = Version.V1 if self.version == "1" else Version.V2C
            return SnmpCredential(name, version, self.community, context=self.context_name)
        authenticated = self.security_level != "noAuthNoPriv"
        private = self.security_level == "authPriv"
        return SnmpCredential(
            id=name,
            version=Version.V3,
            username=self.username,
            auth_protocol=self.auth_protocol if authenticated else None,
            auth_passphrase=self.password if authenticated else "",
            priv_protocol=self.priv_protocol if private else None,
            priv_passphrase=self.priv_password if private else "",
            context=self.context_name,
        )


class ModuleEntry(Section):
    """An entry of `modules:`. `version` and `auth` stand here up to 0.21."""

    walk: tuple[Oid, ...] = ()
    get: tuple[Oid, ...] = ()
    metrics: tuple[Metric, ...] = ()
    filters: tuple[Filter, ...] = ()
    max_repetitions: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    retries: Annotated[int, Field(ge=0, le=100)] | None = None
    timeout: Duration | None = None
    allow_nonincreasing_oids: bool = False
    use_unconnected_udp_socket: bool = False
    version: Literal["1", "2", "3"] | None = None
    auth: AuthEntry | None = None

    def module(self, name: str) -> Module:
        """As the rest of the program knows it."""
        auth = self.auth
        if auth is not None and self.version is not None:
            auth = auth.model_copy(update={"version": self.version})
        return Module(
            name=name,
            walk=self.walk,
            get=self.get,
            metrics=self.metrics,
            filters=self.filters,
            max_repetitions=self.max_repetitions,
            retries=self.retries,
            timeout_s=self.timeout,
            allow_nonincreasing_oids=self.allow_nonincreasing_oids,
            use_unconnected_udp_socket=self.use_unconnected_udp_socket,
            version=Version("2c" if self.version == "2" else self.version)
            if self.version
            else None,
            auth=auth.credential(name) if auth is not None else None,
        )
