"""What all of the API's JSON is made of."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict

from configs.composition import composed

State = Literal["UP", "DOWN", "UNREACHABLE", "UNKNOWN"]
# What names something of the inventory.
Named: TypeAlias = Annotated[str, AfterValidator(composed)]


class Model(BaseModel):
    model_config = ConfigDict(frozen=True)
