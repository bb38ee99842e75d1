"""The inputs of a recipe: which files they are, and the hash that tells whether they have changed."""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jiqun.cluster import JiqunError, Words
from jiqun.cluster.progress import Progress
from jiqun.engine import Manifest, SourceFile
from jiqun.ingest.recipe import Recipe
from jiqun.ingest.recipe_sections import FileSection
from jiqun.ingest.sources import SourceError

__all__ = ["Input", "find_files", "fingerprint"]

MAX_FILES = 10_000
_CHUNK = 1 << 20
_SETTLED = 2.0
"""Seconds after which a file's time of change tells a later change apart from it."""


@dataclass(frozen=True, slots=True)
class Input:
    """One file of the recipe, found and fingerprinted."""

    name: str
    path: Path
    label: str
    section: FileSection
    sha256: str
    bytes: int
    modified: float

    def source_file(self, kind: str) -> SourceFile:
        """Give what the manifest keeps of it."""
        return SourceFile(self.name, self.label, kind, self.sha256, self.bytes, self.modified)


def find_files(recipe: Recipe, name: str) -> list[tuple[Path, str]]:
    """Find the files of a section ``[files.NAME]`` and what to call each in messages.

    Raises
    ------
    SourceError
        If there is none, it lies outside the folder of the recipe, or it is not a plain file.
    """
    section = recipe.files[name]
    text = section.path or ""
    where = f"{recipe.name}: [files.{name}] path = {text!r}"
    if section.package is not None:
        return [_packaged(where, section.package, text)]
    absolute = Path(text).is_absolute() or text.startswith("~")
    if "\x00" in text:
        raise SourceError(f"{where} contains a NUL character.", f"{where} 含有 NUL 字符。")
    if absolute and recipe.confined:
        raise SourceError(
            f"{where} is absolute; an uploaded recipe reads only the files uploaded with it.",
            f"{where} 是绝对路径；上传的配方只能读取随它一起上传的文件。",
        )
    if not absolute and ".." in Path(text).parts:
        raise SourceError(
            f"{where} leaves the folder of the recipe. Give the absolute path, or move the file beside it.",
            f"{where} 超出了配方所在的文件夹。请写绝对路径，或把文件移到配方旁边。",
        )
    start = Path(text).expanduser() if absolute else recipe.folder / text
    found = [start] if start.exists() or not any(sign in text for sign in "*?[") else sorted(_matching(recipe, start))
    if not found:
        raise SourceError(
            f"{where} matches no file in {recipe.folder}.", f"{where} 在 {recipe.folder} 中没有匹配到任何文件。"
        )
    if len(found) > MAX_FILES:
        raise SourceError(
            f"{where} matches {len(found):,} files; at most {MAX_FILES:,} can be read.",
            f"{where} 匹配到 {len(found):,} 个文件；最多可读 {MAX_FILES:,} 个。",
        )
    files = []
    for path in found:
        label = str(path) if absolute else str(path.relative_to(recipe.folder))
        files.append((_plain(where, path, None if absolute else recipe.folder), label))
    return files


def fingerprint(
    recipe: Recipe, name: str, previous: Manifest | None, *, progress: Progress, max_bytes: int | None
) -> list[Input]:
    """Find the files of a section and hash those whose content may have changed since the last time."""
    known = _trusted(previous)
    inputs = []
    for path, label in find_files(recipe, name):
        status = path.stat()
        if max_bytes is not None and status.st_size > max_bytes:
            raise SourceError(
                f"{label} has {status.st_size:,} bytes; the limit here is {max_bytes:,} (JIQUN_MAX_BYTES). "
                "Split it, or ingest it on the machine itself with: jiqun ingest.",
                f"{label} 有 {status.st_size:,} 字节；此处上限为 {max_bytes:,}（JIQUN_MAX_BYTES）。请拆分它，"
                "或在本机上用 jiqun ingest 导入。",
            )
        modified = status.st_mtime_ns / 1e9
        digest = known.get((label, status.st_size, modified)) or _sha256(path, label, status.st_size, progress)
        inputs.append(Input(name, path, label, recipe.files[name], digest, status.st_size, modified))
    return inputs


def _trusted(previous: Manifest | None) -> Mapping[tuple[str, int, float], str]:
    """Hashes of files by path, size and time of change, where the time can tell."""
    if previous is None or not previous.created:
        return {}
    read = datetime.fromisoformat(previous.created).timestamp()
    # A file changed in the very moment it was read may change again without its time showing it.
    return {
        (s.path, s.bytes, s.modified): s.sha256 for s in previous.sources if s.sha256 and s.modified + _SETTLED < read
    }


def _sha256(path: Path, label: str, size: int, progress: Progress) -> str:
    step = Words(f"Looking at {label}", f"查看 {label}")
    digest = hashlib.sha256()
    done = 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                done += len(chunk)
                if done % (16 * _CHUNK) < _CHUNK:
                    progress(step, float(done), float(size))
    except OSError as error:
        raise SourceError(
            f"{label} cannot be read: {error.strerror or error}.", f"无法读取 {label}：{error.strerror or error}。"
        ) from error
    progress(step, float(done), float(size))
    return digest.hexdigest()


def _matching(recipe: Recipe, start: Path) -> Iterator[Path]:
    base = Path(start.anchor) if not start.is_relative_to(recipe.folder) else recipe.folder
    for count, path in enumerate(base.glob(str(start.relative_to(base)))):
        if count > MAX_FILES:
            raise JiqunError(
                f"{recipe.name}: a path matches more than {MAX_FILES:,} files.",
                f"{recipe.name}：有路径匹配到超过 {MAX_FILES:,} 个文件。",
            )
        if path.is_file():
            yield path


def _plain(where: str, path: Path, folder: Path | None) -> Path:
    try:
        real = path.resolve(strict=True)
    except OSError as error:
        raise SourceError(
            f"{where}: there is no such file ({path}). Check the name and the folder.",
            f"{where}：没有这个文件（{path}）。请检查文件名和文件夹。",
        ) from error
    if folder is not None and not real.is_relative_to(folder):
        raise SourceError(
            f"{where} is a link to {real}, outside the folder of the recipe. Give the absolute path.",
            f"{where} 是指向 {real} 的链接，在配方的文件夹之外。请写绝对路径。",
        )
    if not real.is_file():
        kind = "a folder; name the files in it, such as folder/*.csv" if real.is_dir() else "not a plain file"
        kind_zh = "是文件夹；请写出其中的文件，例如 folder/*.csv" if real.is_dir() else "不是普通文件"
        raise SourceError(f"{where} is {kind}.", f"{where} {kind_zh}。")
    if not os.access(real, os.R_OK):
        raise SourceError(
            f"{where} may not be read by this user. Correct its permission.",
            f"当前用户无权读取 {where}。请更正其权限。",
        )
    return real


def _packaged(where: str, package: str, text: str) -> tuple[Path, str]:
    spec = importlib.util.find_spec(package)
    roots = list(spec.submodule_search_locations or ()) if spec is not None else []
    if not roots:
        raise SourceError(
            f"{where}: the Python package {package} is not installed. "
            "Install the examples: pip install 'jiqun[examples]'",
            f"{where}：没有安装 Python 包 {package}。请安装示例所需的包：pip install 'jiqun[examples]'",
        )
    root = Path(roots[0]).resolve()
    path = (root / text).resolve()
    if not path.is_relative_to(root):
        raise SourceError(f"{where} leaves the package {package}.", f"{where} 超出了包 {package}。")
    if not path.is_file():
        raise SourceError(
            f"{where}: package {package} has no file {text}; another version may be installed.",
            f"{where}：包 {package} 中没有文件 {text}；安装的可能是另一个版本。",
        )
    return path, f"{package}/{text}"
