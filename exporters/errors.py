"""Everything that can go wrong with what leaves the program.

ExportError
├── AccessError          the HTTP settings would let strangers in, or cannot be used
├── PortError            the HTTP port cannot be had
├── ClientError          the API's client got no usable answer; names what was asked
│   ├── UnreachableError     nobody answers there, or the daemon is in trouble (an OSError)
│   ├── UnauthorisedError    the token is missing or wrong
│   ├── NotWanwatchError     somebody answers, but it is not this API
│   ├── MissingError         the thing asked for does not exist (a LookupError)
│   └── OverdueError         an answer took too long (a TimeoutError)
├── ScrapeError          a device could not be asked; names it and says why
│   └── QueryError           what was asked for cannot be: no such module, auth or address
├── TemplateFault        an operator's template cannot be used; names file and line
└── DeliveryError        a receiver did not take an alert
    ├── RejectedError    it answered that it never will: the request is wrong, not the moment
    └── ThrottledError   it answered that it was asked too often, though it takes others
"""

from __future__ import annotations


class ExportError(Exception):
    """Message: what could not be done and what to do about it, without secrets."""


class TemplateFault(ExportError):  # noqa: N818  jinja2 has a TemplateError of its own
    """`path`, `line` (0 where it is not known) and the reason."""

    def __init__(self, path: str, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}" if line else f"{path}: {reason}")
        self.path = path
        self.line = line


class DeliveryError(ExportError):
    """`cause`: the last word of `event.receiver.failing.CAUSE` in the catalogue, "" where only the
    message says it. `retry_after_s`: when the receiver wants to be asked again, if it said so."""

    def __init__(self, reason: str, *, cause: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.cause = cause
        self.retry_after_s = retry_after_s


class RejectedError(DeliveryError):
    pass


class ThrottledError(DeliveryError):
    pass


class ScrapeError(ExportError):
    """Message as snmp_exporter's, for whoever scrapes."""


class QueryError(ScrapeError, ValueError): ...


class AccessError(ExportError):
    pass


class PortError(ExportError):
    pass


class ClientError(ExportError):
    """`url` is what was asked; `reason` is for a person to read and never holds the token."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason


class UnreachableError(ClientError, OSError): ...


class UnauthorisedError(ClientError): ...


class NotWanwatchError(ClientError): ...


class MissingError(ClientError, LookupError): ...


class OverdueError(ClientError, TimeoutError): ...
