"""Pin every dependency with the hashes of its files, for all machines at once: ``make requirements``.

Writes three lists without index addresses, so that plain pip installs them from wherever it is set up to look:

* ``demo.txt`` what ``make demo`` needs,
* ``dev.txt`` what ``make test`` needs, a superset with the same versions,
* ``node.txt`` Node as a wheel, installed only where the machine has none.

Then checks that every pinned version has a wheel for every Python and machine we support.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OLDEST = "3.11"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
MACHINES = ("x86_64-manylinux_2_28", "aarch64-manylinux_2_28", "aarch64-apple-darwin", "x86_64-apple-darwin")
NO_WHEELS = {("3.14", "x86_64-apple-darwin")}
"""Numba stopped making wheels for Macs with Intel processors before Python 3.14."""
MACOS = {"MACOSX_DEPLOYMENT_TARGET": "15.0"}
"""The oldest macOS that Apple still mends."""
HEADER = (
    "# {what}. Every file is pinned by its hash.\n# Written by `make requirements` from pyproject.toml; do not edit.\n"
)


def compile_list(source: str, target: str, what: str, *options: str) -> None:
    """Resolve one list for all platforms at once and write it under a header of ours."""
    command = [
        *(sys.executable, "-m", "uv", "pip", "compile", source, "--universal", "--python-version", OLDEST),
        *("--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--no-header", "--no-config", *options),
    ]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    if "--hash=" not in done.stdout:
        raise SystemExit(f"uv pinned nothing for {target}: {done.stderr}")
    (ROOT / target).write_text(HEADER.format(what=what) + done.stdout, encoding="utf-8")


def check_wheels(target: str) -> list[str]:
    """Name the machines on which something in the list would have to be compiled."""
    missing = []
    for python in PYTHONS:
        for machine in MACHINES:
            if (python, machine) in NO_WHEELS:
                continue
            command = [
                *(sys.executable, "-m", "uv", "pip", "compile", target, "--no-config", "--quiet"),
                *("--only-binary", ":all:", "--python-version", python, "--python-platform", machine),
            ]
            done = subprocess.run(
                command, cwd=ROOT, check=False, capture_output=True, text=True, env=os.environ | MACOS
            )
            if done.returncode:
                missing.append(f"{target}: Python {python} on {machine}\n{done.stderr}")
    return missing


def main() -> None:
    """Write the lists and check them."""
    everything = ("--all-extras", "--group", "dev", "--constraints", "requirements/constraints.in")
    compile_list("pyproject.toml", "requirements/dev.txt", "What `make test` installs", *everything)
    extras = tuple(word for extra in ("examples", "association", "report", "semantic") for word in ("--extra", extra))
    demo = (*extras, "--group", "build", "--constraints", "requirements/dev.txt")
    compile_list("pyproject.toml", "requirements/demo.txt", "What `make demo` installs", *demo)
    compile_list("requirements/node.in", "requirements/node.txt", "Node, where the machine has none")
    missing = [line for name in ("dev", "node") for line in check_wheels(f"requirements/{name}.txt")]
    if missing:
        raise SystemExit("No wheel for everything:\n" + "\n".join(missing))
    print(f"pinned, with wheels for Python {', '.join(PYTHONS)} on {', '.join(MACHINES)}, except {NO_WHEELS}")


if __name__ == "__main__":
    main()
