"""Seconds from the command ``jiqun demo`` to the first byte of the page, and to the list of clusters, when prepared.

``python benchmarks/second_start.py [DIR] [RUNS]``: the examples in DIR (default: where ``jiqun demo`` keeps them)
must be prepared. Prints one JSON object with every run and the medians.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path


def free_port() -> int:
    """Give a port that no one listens on, so that no other server answers in our place."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(port: int, path: str, deadline: float) -> float:
    """Ask until the first byte of an answer is there, and give the time of that moment."""
    while time.perf_counter() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        with contextlib.suppress(ConnectionRefusedError, ConnectionResetError):
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read(1)
            if answer.status == 200:
                return time.perf_counter()
        connection.close()
        time.sleep(0.005)
    raise SystemExit(f"no answer to {path}")


def cpu_seconds(pid: int) -> float:
    """Give the processor time that a process has used: unlike the time on the clock, it does not depend on others."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def once(folder: Path) -> tuple[float, float, float]:
    """Start, ask for the page and the clusters, end; give both times and the processor time until the page."""
    command = [sys.executable, "-c", "from jiqun.serve.cli import main; main()"]
    port = free_port()
    started = time.perf_counter()
    process = subprocess.Popen(
        [*command, "demo", "--dir", str(folder), "--no-browser", "--port", str(port)],
        stdout=subprocess.DEVNULL,
    )
    try:
        page = get(port, "/", started + 60) - started
        used = cpu_seconds(process.pid)
        listed = get(port, "/api/clusters", started + 60) - started
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)
    return page, listed, used


def main() -> None:
    """Run it several times."""
    from jiqun.serve.demo import default_folder, is_ready

    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else default_folder()
    if not is_ready(folder):
        raise SystemExit(f"{folder} is not prepared: jiqun demo --prepare-only --dir {folder}")
    runs = [once(folder) for _ in range(int(sys.argv[2]) if len(sys.argv) > 2 else 5)]
    pages, lists, used = zip(*runs, strict=True)
    print(
        json.dumps(
            {
                "cores": os.cpu_count(),
                "load": os.getloadavg()[0],
                "page_s": [round(v, 3) for v in pages],
                "clusters_s": [round(v, 3) for v in lists],
                "cpu_until_page_s": [round(v, 3) for v in used],
                "median_page_s": round(statistics.median(pages), 3),
                "median_clusters_s": round(statistics.median(lists), 3),
                "median_cpu_until_page_s": round(statistics.median(used), 3),
            }
        )
    )


if __name__ == "__main__":
    main()
