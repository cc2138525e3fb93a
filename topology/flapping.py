"""Flapping: symptoms that come again and again, told by a score that halves with time."""

from __future__ import annotations

HALF_LIFE_S = 300.0
FLAPPING = 3.0  # four times within a few minutes
CALM = 1.0


class Flaps:
    """The score of each symptom (`node:ID`, `link:ID`)."""

    def __init__(self) -> None:
        self._scores: dict[str, tuple[float, float]] = {}
        self._flapping: set[str] = set()

    def note(self, symptom: str, now: float) -> None:
        """The symptom has come, or come again."""
        score = self._score(symptom, now) + 1.0
        self._scores[symptom] = score, now
        if score > FLAPPING:
            self._flapping.add(symptom)

    def active(self, symptom: str, now: float) -> bool:
        """Whether the symptom flaps: its score was high and has not yet calmed down."""
        if symptom in self._flapping and self._score(symptom, now) < CALM:
            self._flapping.discard(symptom)
        return symptom in self._flapping

    def _score(self, symptom: str, now: float) -> float:
        score, at = self._scores.get(symptom, (0.0, now))
        return float(score * 0.5 ** ((now - at) / HALF_LIFE_S))
