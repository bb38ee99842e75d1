"""Drafting a recipe by looking at files: their format, their headings, and a bounded part of their values."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from jiqun.cluster import JiqunError
from jiqun.ingest.drafting.compose import compose
from jiqun.ingest.drafting.decide import decide, see
from jiqun.ingest.drafting.known import recognise
from jiqun.ingest.drafting.look import look
from jiqun.ingest.drafting.relate import relate

__all__ = ["draft"]

MAX_FILES = 64


def draft(files: Sequence[str | os.PathLike[str]], *, folder: str | os.PathLike[str] | None = None) -> str:
    r"""Draft a recipe for files by looking at them.

    At most the first 8 MB of a text file and 20,000 rows of any table are read. Headings are recognised in
    English and Chinese, values decide between types, keys and references; what is uncertain is said in a
    comment beside it. A known export (Crunchbase 2013, Olist, Inside Airbnb, the firms and transactions
    workbook) gets its documented recipe.

    Parameters
    ----------
    files
        CSV, TSV, Parquet, XLSX, GeoJSON or GeoPackage files.
    folder
        Where the recipe will be saved, which its paths start from; default the folder that holds all files.

    Returns
    -------
    str
        TOML that :func:`jiqun.ingest.parse_recipe` reads.

    Raises
    ------
    JiqunError
        If a file is missing, empty, damaged or of an unknown format, with file, line and column; or if
        nothing in the files is recognised.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "firms.csv"
    >>> _ = path.write_text("firm_id,city,employees\n1,Hangzhou,20\n2,Ningbo,5\n")
    >>> print(draft([path]).split("[actors.columns]")[1].strip().splitlines()[0])
    actor_id = "firm_id"
    """
    paths = list(dict.fromkeys(Path(file).expanduser().resolve() for file in files))
    if not paths:
        raise JiqunError(
            "jiqun recipe needs files to look at, such as: jiqun recipe firms.csv transactions.csv",
            "jiqun recipe 需要可查看的文件，例如：jiqun recipe firms.csv transactions.csv",
        )
    if len(paths) > MAX_FILES:
        raise JiqunError(
            f"jiqun recipe looks at {MAX_FILES} files at most and got {len(paths)}. Name the ones that count.",
            f"jiqun recipe 最多查看 {MAX_FILES} 个文件，现有 {len(paths)} 个。请只写要紧的文件。",
        )
    home = Path(folder).expanduser().resolve() if folder is not None else _common(paths)
    looks = [one for path in paths for one in look(path)]
    known = recognise(looks, home)
    if known:
        return known
    choices = relate([decide(see(one)) for one in looks])
    if not any(choice.table for choice in choices):
        seen = "; ".join(f"{choice.seen.title}: {', '.join(choice.seen.look.columns)[:200]}" for choice in choices)
        raise JiqunError(
            f"No column of these files was recognised ({seen}). "
            "Write a recipe by hand: docs/recipes shows how, or rename the columns, for example firm_id, city, date.",
            f"这些文件中没有认出任何列（{seen}）。请手写配方：方法见 docs/recipes；或给列改名，例如 firm_i"
            "d、city、date。",
        )
    return compose(choices, home)


def _common(paths: Sequence[Path]) -> Path:
    return Path(os.path.commonpath([path.parent for path in paths]))
