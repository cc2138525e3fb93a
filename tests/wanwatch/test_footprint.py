from __future__ import annotations

import subprocess
import sys

CHILD = """
import resource
from wanwatch.footprint import settle_descriptors
resource.setrlimit(resource.RLIMIT_NOFILE, (256, 300))
settle_descriptors()
print(resource.getrlimit(resource.RLIMIT_NOFILE))
"""


def test_as_many_descriptors_are_asked_for_as_the_system_grants() -> None:
    said = subprocess.run(
        [sys.executable, "-c", CHILD], check=True, capture_output=True, text=True, timeout=15
    )
    assert said.stdout == "(300, 300)\n"
