"""Message catalogues: every sentence a person reads, per language, kept as data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

CATALOGUE = Path(__file__).parent / "catalogue"
SWAPPED = str.maketrans(",.", ".,")


class Messages:
    """The sentences of one language, from every `catalogue/*.LANGUAGE.yml`.

    Raises LookupError for a language without a catalogue.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts: dict[str, str] = {}
        for path in sorted(CATALOGUE.glob(f"*.{language}.yml")):
            self._texts.update(yaml.safe_load(path.read_text("utf-8")) or {})
        if not self._texts:
            raise LookupError(f"no message catalogue for language {language!r}")

    def __call__(self, key: str, **params: object) -> str:
        """The sentence `key` with its `{name}` fields filled in. Raises KeyError when the key
        or a field is missing."""
        return self._texts[key].format(**params)

    def event(self, kind: str, params: Mapping[str, object]) -> str:
        """The sentence of an event: that of the `cause` among `params` where it has one of its own,
        else that of the kind. Raises KeyError when a field is missing, or the kind."""
        caused = f"{kind}.{params.get('cause', '')}"
        return self(caused if caused in self._texts else kind, **params)

    def figure(self, written: str) -> str:
        """A number that is written as in English (3,421 and 99.97), as this language writes it."""
        return written.translate(SWAPPED) if self.language == "vi" else written

    def keys(self) -> frozenset[str]:
        return frozenset(self._texts)


@cache
def messages(language: str) -> Messages:
    """The catalogue of a language, read once."""
    return Messages(language)
