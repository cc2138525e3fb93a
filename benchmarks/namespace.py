"""A network namespace with six interfaces, so that figures do not hang on the machine's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

INSIDE = "WANWATCH_BENCH_INSIDE"  # set in the process that runs in the namespace
INTERFACES = 6


def inside(module: str, options: Sequence[str]) -> bool:
    """Whether the module was run in a namespace, its output on our own; False if it is to go on
    where it is: there already, or because it may not have one."""
    if INSIDE in os.environ:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        for number in range(1, INTERFACES):
            add_interface(f"wan{number}")
        return False
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        return False
    command = ["unshare", "--net", sys.executable, "-m", module, *options]
    subprocess.run(command, env={**os.environ, INSIDE: "1"}, check=True)
    return True


def add_interface(name: str) -> None:
    """Adds an interface of whatever kind this kernel can make, where that is allowed."""
    for kind in ("dummy", "ifb", "veth"):
        command = ["ip", "link", "add", name, "type", kind]
        if subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode == 0:
            subprocess.run(["ip", "link", "set", name, "up"], check=True)
            return
