from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from exporters.alerts.operator_text import OperatorText
from exporters.alerts.sandbox import check
from exporters.alerts.template import Templates
from exporters.errors import TemplateFault
from store.record import AlertStatus
from tests.alerts.material import alert, entry

SHIPPED = Path(__file__).parents[2] / "configs" / "templates" / "alerts"


@pytest.fixture
async def templates() -> AsyncIterator[Templates]:
    made = Templates(timeout_s=1.0)
    yield made
    await made.close()


def written(folder: Path, text: str) -> Path:
    path = folder / "page.j2"
    path.write_text(text, "utf-8")
    return path


async def fault(templates: Templates, path: Path) -> TemplateFault:
    with pytest.raises(TemplateFault) as caught:
        await templates.render(path, {"word": "x"})
    return caught.value


async def test_a_template_is_rendered_with_the_words_of_the_alert(
    templates: Templates, tmp_path: Path
) -> None:
    path = written(tmp_path, "{{ status }}: {{ labels.outage }} – {{ annotations.summary }}\n")
    text = await OperatorText(templates, path, "").of(entry(alert()))
    assert text == "firing: o1 – Hub Lào Cai ngừng hoạt động"


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("một\n{{ word", 2, "unexpected end of template"),
        ("một\n\n{% for %}", 3, "Expected an expression"),
        ("{{ word }}\n{{ worb }}", 2, "'worb' is undefined"),
        ("\n{{ 1 / 0 }}", 2, "division by zero"),
        ("\n{{ word + 1 }}", 2, "can only concatenate"),
        ("\n{{ ''.__class__.__mro__ }}", 2, "unsafe"),
        ("\n{% include 'other' %}", 2, "no loader"),
        ("{{ range(10 ** 9) | sum }}", 1, "Range too big"),
        ("{{ 'x' * 10 ** 6 }}", 0, "longer than"),
        ("\n{{ 'x' * 10 ** 10 }}", 2, "MemoryError"),
        ("\n{{ word | truncate(2) }}", 2, "expected length >= 3, got 2"),
        ("\n{{ cycler() }}", 2, "at least one item"),
        ("\n{{ '\\ud800' }}", 0, "surrogates not allowed"),
    ],
)
async def test_a_broken_template_is_named_with_its_line(
    templates: Templates, tmp_path: Path, source: str, line: int, reason: str
) -> None:
    path = written(tmp_path, source)
    found = await fault(templates, path)
    assert (found.path, found.line) == (str(path), line)
    assert reason in str(found)


def test_syntax_is_checked_without_rendering(tmp_path: Path) -> None:
    check(written(tmp_path, "{{ nothing }}"))
    for path in (written(tmp_path, "\n{% if %}"), tmp_path / "missing.j2"):
        with pytest.raises(TemplateFault, match=path.name):
            check(path)


async def test_a_template_that_is_not_there_or_not_text_is_named(
    templates: Templates, tmp_path: Path
) -> None:
    assert "No such file" in str(await fault(templates, tmp_path / "missing.j2"))
    path = tmp_path / "bytes.j2"
    path.write_bytes(b"\xff\xfe")
    assert "utf-8" in str(await fault(templates, path))


async def test_a_template_that_never_ends_is_stopped_and_the_next_one_is_rendered(
    tmp_path: Path,
) -> None:
    templates = Templates(timeout_s=0.3)
    long = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    assert "not finished after 0.3 s" in str(await fault(templates, written(tmp_path, long)))
    big = "{% set ns = namespace(s='x') %}{% for a in range(99) %}{% set ns.s = ns.s ~ ns.s %}"
    assert str(await fault(templates, written(tmp_path, big + "{% endfor %}"))) != ""
    path = written(tmp_path, "{{ word }}")
    assert await templates.render(path, {"word": "xã"}) == "xã"
    await templates.close()


async def test_a_sandbox_that_was_killed_meanwhile_costs_no_template(
    templates: Templates, tmp_path: Path
) -> None:
    good = tmp_path / "good.j2"
    good.write_text("{{ x }}", "utf-8")
    assert await templates.render(good, {"x": "một"}) == "một"
    assert templates._process is not None
    templates._process.kill()
    await templates._process.wait()
    assert await templates.render(good, {"x": "hai"}) == "hai"


async def test_a_broken_template_is_replaced_by_our_text_and_logged_once(
    templates: Templates, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = written(tmp_path, "{{ nothing }}")
    text = OperatorText(templates, path, "")
    assert [await text.of(entry(alert())) for _ in range(3)] == [None] * 3
    assert caplog.text.count("the default text is sent instead") == 1
    assert f"{path}:1: 'nothing' is undefined" in caplog.text


@pytest.mark.parametrize("status", list(AlertStatus))
async def test_the_templates_that_we_ship_work(templates: Templates, status: AlertStatus) -> None:
    chat = await OperatorText(templates, SHIPPED / "chat.json.j2", "").of(entry(alert(status)))
    sms = await OperatorText(templates, SHIPPED / "sms.txt.j2", "").of(entry(alert(status)))
    word = "OK" if status is AlertStatus.RESOLVED else "CRITICAL"
    assert "**Hub Lào Cai ngừng hoạt động**\n7 xã\nhttp://" in json.loads(chat or "")["text"]
    assert sms == f"{word}: Hub Lào Cai ngừng hoạt động"
