"""Flapping: symptoms that come again and again, told by a score that halves with time."""

from __future__ import annotations

from collections.abc import Callable

HALF_LIFE_S = 300.0
FLAPPING = 3.0  # four times within a few minutes
CALM = 1.0


class Flaps:
    """The score of each symptom (`node:ID`, `link:ID`)."""

    def __init__(self) -> None:
        self._scores: dict[str, tuple[float, float]] = {}
        self._flapping: set[str] = set()
        self._here: set[str] = set()

    def gone(self, gone: Callable[[str], bool]) -> None:
        """Lets go of the symptoms that are over: only what was over can come again. That the
        verdict lost sight of one for a moment is no flapping."""
        self._here = {symptom for symptom in self._here if not gone(symptom)}

    def note(self, symptom: str, now: float, *, new: bool = True) -> None:
        """The symptom is here; it has come, or come again, unless it was here before or is not
        `new`, having been out of sight."""
        if symptom in self._here:
            return
        self._here.add(symptom)
        if not new:
            return
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
