"""What all of the API's JSON is made of."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias
from unicodedata import normalize

from pydantic import AfterValidator, BaseModel, ConfigDict

State = Literal["UP", "DOWN", "UNREACHABLE", "UNKNOWN"]
# What names something of the inventory, composed as the loader does: macOS takes accents apart.
Named: TypeAlias = Annotated[str, AfterValidator(lambda text: normalize("NFC", text))]


class Model(BaseModel):
    model_config = ConfigDict(frozen=True)
