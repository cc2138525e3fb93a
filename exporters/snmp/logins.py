"""Which credential a scrape may use, and for whom."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address

from configs.credentials import SnmpCredential, Version
from configs.inventory import Inventory
from exporters.errors import QueryError

DEFAULT = "public_v2"
PUBLIC = SnmpCredential(DEFAULT, Version.V2C, "public")


class Logins:
    """`auths` stand in module files and are used for any target, as by snmp_exporter. `reserved`
    are the credentials of the inventory's nodes: they are sent to those nodes and to nobody else,
    so that no target of a stranger's choice gets to know them."""

    def __init__(
        self,
        auths: Mapping[str, SnmpCredential],
        reserved: Mapping[str, SnmpCredential] | None = None,
        inventory: Inventory | None = None,
    ) -> None:
        self._auths = {DEFAULT: PUBLIC} | dict(auths)
        self._reserved = reserved or {}
        self._nodes = {
            (str(ip_address(node.address)), node.port): node.credential
            for node in (inventory.nodes.values() if inventory else ())
            if node.credential is not None
        }

    def require(self, name: str) -> None:
        """Raises QueryError for a name that nobody has."""
        if name and name not in self._auths and name not in self._reserved:
            raise QueryError(f"Unknown auth '{name}'")

    def credential(
        self, name: str, own: SnmpCredential | None, address: str, port: int
    ) -> SnmpCredential:
        """The credential of that name; without one the node's, the module's `own`, or the default.
        Raises QueryError."""
        self.require(name)
        nodes = self._nodes.get((address, port))
        if name in self._auths:
            return self._auths[name]
        if name and name != nodes:
            raise QueryError(
                f"auth '{name}' is only used for the nodes that have it in the inventory; "
                "put one for other targets into the auths: of a module file"
            )
        if nodes is not None:
            return self._reserved[nodes]
        return own or self._auths[DEFAULT]
