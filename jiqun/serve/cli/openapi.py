"""``jiqun openapi``: the HTTP API as a document."""

from __future__ import annotations

import click

from jiqun.cluster.facts import Words
from jiqun.serve.cli.frame import Command, Option, common

__all__ = ["command"]


@click.command(
    "openapi",
    cls=Command,
    words=Words("Print the OpenAPI document of the HTTP API.", "输出 HTTP 接口的 OpenAPI 文档。"),
    examples=[("jiqun openapi --out openapi.json", Words("As a file", "存为文件"))],
)
@click.option(
    "--out",
    type=click.Path(),
    cls=Option,
    words=Words("File to write; stdout where not given.", "写入的文件；默认标准输出。"),
)
@common
def command(*, out: str | None, as_json: bool) -> None:  # noqa: D103, ARG001
    from jiqun.serve.cli.output import emit
    from jiqun.serve.openapi import document

    emit(document(), out)
