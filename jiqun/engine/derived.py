"""Results kept beside the data they came from, so that a second start need not compute them again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

from jiqun.cluster import Cluster, code_version
from jiqun.engine.folder import DERIVED, own_folder

__all__ = ["derived"]


def derived(cluster: Cluster, name: str, compute: Callable[[], str], **parameters: object) -> str:
    """Give a text (JSON) computed from a cluster, from disk where the same one was computed before.

    The result is kept in ``derived/`` of the cluster folder under a hash of the data, the code, the
    name and the parameters; a cluster in memory is computed each time. A folder that
    cannot be written to is no error; one that is a link out of the cluster is left alone.

    Parameters
    ----------
    cluster
        The data.
    name
        What is computed, such as ``"profile"``.
    compute
        Gives the text; it must depend on nothing but the cluster and the parameters.
    **parameters
        Values that the result depends on.
    """
    if cluster.path is None or not own_folder(Path(cluster.path), DERIVED):
        return compute()
    key = json.dumps([cluster.store.data_hash, code_version(), name, parameters], sort_keys=True, default=str)
    file = Path(cluster.path) / DERIVED / f"{name}-{hashlib.sha256(key.encode()).hexdigest()[:20]}.json"
    try:
        return file.read_text(encoding="utf-8")
    except OSError:
        pass
    text = compute()
    temporary = file.with_suffix(f".{os.getpid()}.tmp")
    try:
        file.parent.mkdir(exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, file)
    except OSError:
        temporary.unlink(missing_ok=True)
    return text
