"""Parquet files, read as they are."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from jiqun.cluster import Words
from jiqun.ingest.sources.source import Given, SourceError, Staged, mapping_of, source

__all__ = ["stage_parquet"]


@source("parquet", title=Words("Parquet", "Parquet 文件"), extensions=(".parquet", ".pq"))
def stage_parquet(given: Given) -> Staged:
    """Stage a Parquet file after a look at its footer."""
    try:
        metadata = pq.read_metadata(given.path)
        names = pq.read_schema(given.path).names
    except (pa.ArrowInvalid, pa.ArrowException, OSError) as error:
        raise SourceError(
            f"{given.label} is not a whole Parquet file ({str(error).splitlines()[0]}). "
            "It may have been cut short while it was copied: copy or export it again.",
            f"{given.label} 不是完整的 Parquet 文件（{str(error).splitlines()[0]}）。可能是复制时被截断了"
            "：请重新复制或导出。",
        ) from error
    if metadata.num_rows == 0:
        raise SourceError(
            f"{given.label} has 0 rows. Export it again, or take it out of the recipe.",
            f"{given.label} 的数据为 0 行。请重新导出，或从配方中去掉它。",
        )
    columns, twice = mapping_of(names, given.label)
    path = given.path
    if any(sign in str(path) for sign in "*?["):
        path = given.scratch / f"link-{abs(hash(str(path))):x}.parquet"
        path.unlink(missing_ok=True)
        path.symlink_to(given.path)
    return Staged(path, columns, twice=twice)
