"""Install the wheel in dist/ into an empty environment without Node, start it, and ask it for a page.

``make wheel-test``. Dependencies come from ``requirements/demo.txt``, as a user who pins would install them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import urllib.request
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Do it, and say how long each part took."""
    (wheel,) = sorted((ROOT / "dist").glob("jiqun-*.whl"), key=lambda file: file.stat().st_mtime)[-1:]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        python = home / "venv" / "bin" / "python"
        venv.create(home / "venv", with_pip=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        timed("dependencies", [*pip, "--require-hashes", "-r", str(ROOT / "requirements" / "demo.txt")], home)
        timed("wheel", [*pip, "--no-deps", str(wheel)], home)
        jiqun = str(home / "venv" / "bin" / "jiqun")
        timed("jiqun --version", [jiqun, "--version"], home)
        timed("first jiqun demo", [jiqun, "demo", "--prepare-only", "--dir", str(home / "demo")], home)
        serve(jiqun, home)


def environment(home: Path) -> dict[str, str]:
    """Give a new home and a path on which there is no Node."""
    path = os.pathsep.join(p for p in os.environ["PATH"].split(os.pathsep) if not shutil.which("node", path=p))
    return {**os.environ, "HOME": str(home), "PATH": path, "PYTHONUTF8": "1"}


def timed(what: str, command: list[str], home: Path) -> None:
    """Run a command outside the working copy and say how long it took."""
    start = time.perf_counter()
    subprocess.run(command, cwd=home, env=environment(home), check=True)
    print(f"   {what}: {time.perf_counter() - start:.1f} s", flush=True)


def serve(jiqun: str, home: Path) -> None:
    """Start the demo a second time and measure the time to a page and to an answer."""
    start = time.perf_counter()
    command = [jiqun, "demo", "--no-browser", "--port", "0", "--dir", str(home / "demo")]
    with subprocess.Popen(
        command, cwd=home, env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        try:
            address = wait_for_address(server)
            page = urllib.request.urlopen(address, timeout=20).read().decode()  # noqa: S310
            print(f"   second start, to a page: {time.perf_counter() - start:.1f} s", flush=True)
            if '<div id="root"' not in page:
                raise SystemExit(f"{address} is not the web client:\n{page[:500]}")
            clusters = json.load(urllib.request.urlopen(f"{address}/api/clusters", timeout=60))  # noqa: S310
            print(f"   clusters: {', '.join(card['id'] for card in clusters)}")
            if not clusters:
                raise SystemExit("The demo serves no cluster.")
        finally:
            server.terminate()


def wait_for_address(server: subprocess.Popen[str]) -> str:
    """Read what the server prints until it says where it listens."""
    said = []
    for line in server.stdout or ():
        said.append(line)
        if found := re.search(r"http://[\w.]+:\d+", line):
            return found[0]
    raise SystemExit("jiqun demo ended without saying where it listens:\n" + "".join(said))


if __name__ == "__main__":
    main()
