"""What a client takes, as `Accept` and `Accept-Encoding` say it, each part with its weight."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Taken:
    """`name`: a media type or a coding, in lower case, as its `parameters` are; `weight`: 0 to 1,
    where 0 refuses it."""

    name: str
    parameters: Mapping[str, str]
    weight: float


def taken(header: str) -> Iterator[Taken]:
    """The parts in their order (RFC 9110 §12.4.2); one whose weight is none is left out."""
    for part in header.lower().split(","):
        name, *given = (each.strip() for each in part.split(";"))
        pairs = (each.partition("=") for each in given)
        parameters = {key.strip(): value.strip() for key, _, value in pairs}
        try:
            weight = float(parameters.pop("q", 1))
        except ValueError:
            continue
        if 0 <= weight <= 1:
            yield Taken(name, parameters, weight)


@lru_cache(maxsize=256)
def takes_gzip(accept_encoding: str) -> bool:
    """Whether a client names gzip, and would not rather have what is not compressed (RFC 9110
    §12.5.3)."""
    weights = {each.name: each.weight for each in taken(accept_encoding)}
    gzip = weights.get("gzip", 0)
    return gzip > 0 and gzip >= weights.get("identity", 0)
