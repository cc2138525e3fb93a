"""A right configuration with anything changed in it loads or is told what is wrong: nothing
else ever comes out, and everything told has a file and a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from configs.errors import ConfigError
from configs.problem import Severity
from tests.configs.conftest import INVENTORY, MAIN, Folder

MODULES = """\
auths:
  a: {version: 3, username: u, security_level: authPriv, password: pppppppp, priv_password: qqqq}
modules:
  m:
    walk: [1.3.6.1.2.1.2.2.1.2]
    timeout: 5s
    filters: [{oid: 1.3.6.1, targets: [1.3.6.1], values: [x]}]
    metrics:
    - name: n
      oid: 1.3.6.1.2.1.2.2.1.2
      type: gauge
      indexes: [{labelname: i, type: gauge, enum_values: {1: one}}]
      lookups: [{labels: [i], labelname: l, oid: 1.3.6.1.2.1.31, type: DisplayString}]
      regex_extracts: {T: [{regex: "(.*)", value: $1}]}
"""
TEXTS = {
    "wanwatch.yaml": MAIN
    + "modules: [modules.yml]\nhttp: {port: 9464, token: {env: SSH_PASSWORD}}\n"
    + "receivers: [{name: r, url: 'http://r/', timeout_s: 3}]\n",
    "inventory.yaml": INVENTORY,
    "modules.yml": MODULES,
}
FILES = st.sampled_from(sorted(TEXTS))
VALUES = st.recursive(
    st.none()
    | st.text(max_size=10)
    | st.sampled_from(["core", "dc", "ha-noi", "-1", "1e999", "nan", "true", "node:", "::1", "."]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
many = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def fresh(folder: Folder) -> Folder:
    """The folder to be written anew for every example."""
    return folder


def survives(folder: Folder, name: str, text: str | bytes) -> None:
    """Loads the configuration with `text` in place of the file `name`."""
    for other, right in TEXTS.items():
        folder.write(other, text if other == name else right)
    try:
        folder.load()
    except ConfigError as error:
        problems = error.problems
    else:
        return
    assert any(problem.severity is Severity.ERROR for problem in problems)
    for problem in problems:
        assert problem.file
        assert problem.line > 0
        for language in ("en", "vi"):
            assert problem.line_of_text(language).startswith(f"{problem.file}:{problem.line}: ")


def paths(part: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where every part of `part` is."""
    yield at
    for step, inner in part.items() if isinstance(part, dict) else enumerate(part):
        if isinstance(inner, dict | list):
            yield from paths(inner, (*at, step))
        else:
            yield (*at, step)


def changed(part: Any, at: tuple[str | int, ...], value: Any, *, drop: bool) -> Any:
    """`part` with the part at `at` dropped or replaced."""
    if not at:
        return value
    step, *rest = at
    copy = part.copy()
    if drop and not rest:
        del copy[step]
    else:
        copy[step] = changed(part[step], tuple(rest), value, drop=drop)
    return copy


def test_the_unchanged_texts_are_right(fresh: Folder) -> None:
    for name, text in TEXTS.items():
        fresh.write(name, text)
    assert fresh.errors() == []


@many
@given(name=FILES, data=st.data())
def test_a_part_dropped_or_replaced(fresh: Folder, name: str, data: st.DataObject) -> None:
    tree = yaml.safe_load(TEXTS[name])
    at = data.draw(st.sampled_from(list(paths(tree))))
    value = data.draw(VALUES)
    drop = data.draw(st.booleans())
    survives(fresh, name, json.dumps(changed(tree, at, value, drop=drop), ensure_ascii=False))


@many
@given(name=FILES, cut=st.integers(0, 1000))
def test_a_file_cut_off(fresh: Folder, name: str, cut: int) -> None:
    survives(fresh, name, TEXTS[name].encode()[: cut % len(TEXTS[name])])


@many
@given(name=FILES, at=st.integers(0, 1000), length=st.integers(0, 5), junk=st.text(max_size=5))
def test_letters_exchanged(fresh: Folder, name: str, at: int, length: int, junk: str) -> None:
    text = TEXTS[name]
    at %= len(text)
    survives(fresh, name, (text[:at] + junk + text[at + length :]).encode("utf-8", "replace"))


@many
@given(name=FILES, junk=st.binary(max_size=50))
def test_bytes_of_any_kind(fresh: Folder, name: str, junk: bytes) -> None:
    survives(fresh, name, junk)
