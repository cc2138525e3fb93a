"""Prometheus text and OpenMetrics, written fast: cached label sets, numbers by the column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import compress
from typing import Any, TypeAlias

import numpy as np
import orjson
from numpy.typing import NDArray


class Format(StrEnum):
    """Prometheus' text format 0.0.4 and OpenMetrics 1.0."""

    TEXT = "text"
    OPENMETRICS = "openmetrics"


class Kind(StrEnum):
    GAUGE = "gauge"
    COUNTER = "counter"
    HISTOGRAM = "histogram"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Family:
    """Samples of one name; it stands once in an exposition, with all its samples behind it."""

    name: str
    kind: Kind
    help: str

    def head(self, form: Format) -> bytes:
        """HELP and TYPE, each *behind* a line feed.

        OpenMetrics wants counters to end in `_total`. A device's counter that doesn't keeps its
        name, because dashboards ask for it, and is `unknown` there, as in Go's client library.
        """
        name, kind, text = self.name, str(self.kind), self.help.replace("\\", r"\\")
        text = text.replace("\n", r"\n")
        if form is Format.OPENMETRICS:
            text = text.replace('"', r"\"")
            if self.kind is Kind.COUNTER:
                kind = "counter" if name.endswith("_total") else "unknown"
                name = name.removesuffix("_total")
        elif self.kind is Kind.UNKNOWN:
            kind = "untyped"
        return f"\n# HELP {name} {text}\n# TYPE {name} {kind}".encode()


Block: TypeAlias = tuple[Family, bytes]


def escaped(value: str) -> str:
    """A label value as it stands between the quotes. What is no Unicode becomes `?`."""
    if "\\" in value or '"' in value or "\n" in value:
        value = value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
    return value


def label_pairs(pairs: Iterable[tuple[str, str]]) -> str:
    """`a="x",b="y"`."""
    return ",".join(f'{name}="{escaped(value)}"' for name, value in pairs)


def label_set(*parts: str) -> bytes:
    """What stands between a name and its value, of parts made by `label_pairs`."""
    inner = ",".join(part for part in parts if part)
    return f"{{{inner}}} ".encode(errors="replace") if inner else b" "


def numbers(values: NDArray[np.float64]) -> list[bytes]:
    """Each value as text, whole numbers as integers to the last digit. No NaN, no infinity."""
    least, most = values.min(), values.max()
    if least > -(2.0**63) and most < 2.0**63:
        whole: NDArray[Any] = values.astype(np.int64)
    elif least >= 0 and most < 2.0**64:
        whole = values.astype(np.uint64)
    else:
        whole = values
    chosen = whole if (whole == values).all() else values
    return orjson.dumps(chosen, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].split(b",")


def lines(name: str, labels: Sequence[bytes], values: NDArray[np.float64]) -> bytes:
    """A line per known value, each *behind* a line feed; `labels[i]` belongs to `values[i]`."""
    known = np.isfinite(values)
    if not known.all():
        labels = list(compress(labels, known.tolist()))
        values = values[known]
    if not labels:
        return b""
    parts = [b"\n" + name.encode()] * (3 * len(labels))
    parts[1::3] = labels
    parts[2::3] = numbers(values)
    return b"".join(parts)
