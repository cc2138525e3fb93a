"""The inventory's entities out of its documents, each with the place that it came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from configs.document import Document, Step
from configs.inventory import Inventory, Link, Node, Province, RiskGroup, Site
from configs.problem import Problem
from configs.suggestion import Vocabulary
from configs.validation import schema_problem

Entity = TypeVar("Entity", Province, Site, Node, Link, RiskGroup)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entity is written."""

    document: Document
    path: tuple[Step, ...]

    def __str__(self) -> str:
        return f"{self.document.file}:{self.document.line(self.path)}"

    def problem(self, step: tuple[Step, ...], key: str, /, **params: object) -> Problem:
        """An error of the entity, or of the part of it at `step`."""
        return self.document.problem((*self.path, *step), key, **params)


class Catalogue(Generic[Entity]):
    """All entities of one kind, in the order of the files.

    `entities`: the first of each id that is right in itself. `written`: every one that is right
    in itself, duplicates too. `places`: by id, also of those that are wrong, so that whoever
    refers to a wrong one is not told that there is none.
    """

    def __init__(self, kind: str, schema: type[Entity]) -> None:
        self.kind = kind
        self.entities: dict[str, Entity] = {}
        self.written: list[tuple[Place, Entity]] = []
        self.places: dict[str, Place] = {}
        self._schema: Any = schema
        self._list: TypeAdapter[list[Entity]] = TypeAdapter(list[schema])  # type: ignore[valid-type]

    def read(self, document: Document) -> Iterator[Problem]:
        """Takes the entities of `document`; what is wrong with them is returned."""
        items = document.data.get(self.kind)
        if items is None:
            return
        if not isinstance(items, list):
            yield document.problem((self.kind,), "list_wanted")
            return
        places = [Place(document, (self.kind, position)) for position in range(len(items))]
        for place, item in zip(places, items, strict=True):
            name = item.get("id") if isinstance(item, dict) else None
            if not isinstance(name, str):
                continue
            first = self.places.setdefault(name, place)
            if first is not place:
                yield place.problem(("id",), "duplicate_id", id=name, first=first)
        try:
            found = self._list.validate_python(items)
        except ValidationError as error:
            wrong = set()
            for detail in error.errors(include_url=False):
                at, *inner = detail["loc"]
                wrong.add(at)
                place = places[int(at)]
                yield schema_problem(detail, tuple(inner), document, self._schema, place.path)
            right = [at for at in range(len(items)) if at not in wrong]
            places = [places[at] for at in right]
            found = self._list.validate_python([items[at] for at in right])
        for place, entity in zip(places, found, strict=True):
            self.written.append((place, entity))
            self.entities.setdefault(entity.id, entity)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The ids, to guess which one was meant."""
        return Vocabulary(self.places)


class Entities:
    """The five catalogues, filled from documents."""

    def __init__(self) -> None:
        self.provinces = Catalogue("provinces", Province)
        self.sites = Catalogue("sites", Site)
        self.nodes = Catalogue("nodes", Node)
        self.links = Catalogue("links", Link)
        self.groups = Catalogue("groups", RiskGroup)

    def read(self, documents: Iterable[Document]) -> Iterator[Problem]:
        """Takes what the documents declare; what is wrong with each entity by itself is
        returned."""
        catalogues: tuple[Catalogue[Any], ...] = (
            self.provinces,
            self.sites,
            self.nodes,
            self.links,
            self.groups,
        )
        kinds = [catalogue.kind for catalogue in catalogues]
        for document in documents:
            if not isinstance(document.data, dict):
                key = "no_inventory" if document.data is None else "inventory_form"
                yield document.problem((), key, kinds=", ".join(kinds))
                continue
            for key in document.data:
                if key not in kinds:
                    nearest = Vocabulary(kinds).nearest(key)
                    yield document.problem((key,), "unknown_key").meaning(nearest)
            for catalogue in catalogues:
                yield from catalogue.read(document)

    def inventory(self, monitors: tuple[str, ...]) -> Inventory:
        """What was declared; only to be used when no problem was an error."""
        return Inventory(
            self.provinces.entities,
            self.sites.entities,
            self.nodes.entities,
            self.links.entities,
            self.groups.entities,
            monitors,
        )
