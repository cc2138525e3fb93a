"""What all of the API's JSON is made of."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

State = Literal["UP", "DOWN", "UNREACHABLE", "UNKNOWN"]


class Model(BaseModel):
    model_config = ConfigDict(frozen=True)
