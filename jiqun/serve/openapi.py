"""The OpenAPI document as text, from which the web client's types are generated.

``python -m jiqun.serve.openapi > openapi.json``
"""

from __future__ import annotations

import json
import sys

__all__ = ["document"]


def document() -> str:
    """Give the OpenAPI document of the server as JSON.

    >>> import json
    >>> json.loads(document())["info"]["title"]
    'Jiqun 集群'
    """
    from jiqun.serve.app import create_app

    return json.dumps(create_app(None).openapi(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
