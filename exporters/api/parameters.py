"""What requests may say: every parameter that several routes share, within bounds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, TypeAlias

from fastapi import Path, Query
from pydantic import AfterValidator, AwareDatetime
from starlette.exceptions import HTTPException

from exporters.schema.model import Named
from topology.state import NodeState

# No database is asked for what none can hold.
_TEXT = r"^[^\x00]*$"
_LARGEST_ID = 2**63 - 1
_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def in_our_time(at: datetime) -> datetime:
    """`at` in UTC, when it can be meant."""
    if not _FIRST <= at < _LAST:
        raise ValueError("a time between the years 2000 and 2200 is wanted")
    return at.astimezone(UTC)


def check_text(*texts: str) -> None:
    """Raises 422 for what is no text that a store can hold: JSON may name half a character."""
    for text in texts:
        if "\0" in text or any("\ud800" <= character < "\ue000" for character in text):
            raise HTTPException(
                422, "the body holds a character of code 0 or half a character; leave it out"
            )


Id: TypeAlias = Annotated[Named, Path(alias="id", max_length=200, pattern=_TEXT)]
NumberedId: TypeAlias = Annotated[int, Path(alias="id", ge=1, le=_LARGEST_ID)]
Name: TypeAlias = Annotated[Named | None, Query(max_length=200, pattern=_TEXT)]
Author: TypeAlias = Annotated[str, Query(max_length=200, pattern=_TEXT)]
Search: TypeAlias = Annotated[
    str, Query(max_length=200, description="words that must all occur; accents and case ignored")
]
Before: TypeAlias = Annotated[
    int | None, Query(ge=1, le=_LARGEST_ID, description="only what has a lower id")
]
Limit: TypeAlias = Annotated[int, Query(ge=1, le=100_000)]
Offset: TypeAlias = Annotated[int, Query(ge=0, le=_LARGEST_ID)]
Page: TypeAlias = Annotated[int, Query(ge=1, le=1_000)]
Moment: TypeAlias = Annotated[Annotated[AwareDatetime, AfterValidator(in_our_time)] | None, Query()]
Provinces: TypeAlias = Annotated[list[Named], Query(default_factory=list)]
States: TypeAlias = Annotated[list[NodeState], Query(default_factory=list)]
