"""A process of its own in which operators' templates are rendered.

Run as `python -m exporters.alerts.sandbox`; one JSON object per line comes in, `{"path": …,
"values": {…}}`, and one goes out, `{"text": …}` or `{"line": …, "reason": …}`. A template that
never ends or eats memory takes only this process with it, and nobody else needs Jinja2.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from typing import Any

import orjson
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from exporters.errors import TemplateFault

MEMORY_BYTES = 512 * 1024 * 1024
LONGEST_TEXT = 256 * 1024
# What the expressions of a template may raise.
FAULTS = (
    TemplateError,
    ArithmeticError,
    AssertionError,  # filters check their arguments by it
    AttributeError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
)


def environment() -> ImmutableSandboxedEnvironment:
    """A name that does not exist is an error, not an empty text."""
    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False
    )


def check(path: Path) -> None:
    """Nothing, if the template can be read and has no error of syntax. Raises TemplateFault."""
    try:
        environment().parse(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateFault(str(path), 0, getattr(error, "strerror", None) or str(error)) from None
    except TemplateSyntaxError as error:
        raise TemplateFault(str(path), error.lineno, error.message or "syntax error") from None


def render(path: str, values: dict[str, Any]) -> dict[str, Any]:
    try:
        source = Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return {"line": 0, "reason": getattr(error, "strerror", None) or str(error)}
    try:
        made = environment()
        code = made.compile(source, filename=path)
        text = made.template_class.from_code(made, code, made.globals).render(values)
        text.encode()  # half a character could not be sent
    except TemplateSyntaxError as error:
        return {"line": error.lineno, "reason": error.message or "syntax error"}
    except FAULTS as error:
        return {"line": _line(error, path), "reason": str(error) or type(error).__name__}
    if len(text) > LONGEST_TEXT:
        return {"line": 0, "reason": f"the text is longer than {LONGEST_TEXT} characters"}
    return {"text": text}


def _line(error: BaseException, path: str) -> int:
    """The last line of the template that was being rendered."""
    line = 0
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    answers.write(b"{}\n")  # ready
    answers.flush()
    for line in requests:
        request = orjson.loads(line)
        answers.write(orjson.dumps(render(request["path"], request["values"])) + b"\n")
        answers.flush()


if __name__ == "__main__":
    main()
