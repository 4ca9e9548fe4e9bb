"""Keys of records and of cells: the same records give the same key, in whatever table they stand."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evidencekit.errors import InputError, how_many
from evidencekit.sampling.streams import canonical

__all__ = ["Keys", "cell_keys", "margin_keys", "record_keys"]

Keys = NDArray[np.uint64]


def record_keys(ids: Sequence[Any], *, secret: bytes) -> Keys:
    """A number for each record, from its identifier and a secret.

    Parameters
    ----------
    ids : sequence of int or str
        One identifier a record, none twice: one that was given to the record when it was made and will stay, not its position.
    secret : bytes
        At least 16 bytes, made once for a data set (``secrets.token_bytes(32)``) and kept like a password: whoever has it and the
        identifiers can take all perturbation off. The same secret for every table of the data set.

    Returns
    -------
    array of uint64 (n,)
        The first 8 bytes of a keyed blake2b of each identifier.

    Raises
    ------
    InputError
        A secret that is too short or not bytes; identifiers that are missing, doubled, or neither whole numbers nor text.

    Examples
    --------
    >>> record_keys(["a1", "a2"], secret=bytes(32)).tolist()
    [9627806648427826798, 6269099678545797939]
    """
    if not isinstance(secret, bytes) or len(secret) < 16:
        raise InputError("secret= is bytes, at least 16 of them.", "Make it once with secrets.token_bytes(32), and keep it.")
    if isinstance(ids, (str, bytes)) or np.ndim(ids) != 1:
        raise InputError("The identifiers are not a list.", "Pass one for each record.")
    texts = canonical(ids)
    if doubled := len(texts) - len(set(texts)):
        raise InputError(f"{how_many(doubled, 'identifier stands', 'identifiers stand')} for more than one record.", "Give each its own.")
    start = blake2b(key=blake2b(secret, digest_size=64, person=b"record keys").digest(), digest_size=8)

    def key(text: str) -> bytes:
        made = start.copy()
        made.update(text.encode("utf-8", "surrogatepass"))
        return made.digest()

    return np.frombuffer(b"".join(map(key, texts)), dtype="<u8").astype(np.uint64)


def cell_keys(keys: Keys, *, cells: Any, shape: Sequence[int]) -> Keys:
    """The key of each inner cell of a table: the sum of its records' keys, modulo 2**64.

    Parameters
    ----------
    keys : array of uint64 (n,)
        Of the records, as `record_keys` gives them.
    cells : array of int (n,)
        The cell each record is in: its position in C order, or -1 where it is in none.
    shape : sequence of int
        The table's shape.

    Returns
    -------
    array of uint64, of that shape
        0 where a cell has no record.

    Raises
    ------
    InputError
        Keys of another kind, another number of cells than of keys, positions outside the table.

    Examples
    --------
    >>> keys = np.array([3, 5, 2**64 - 1], dtype=np.uint64)
    >>> cell_keys(keys, cells=[0, 1, 1], shape=(1, 3)).tolist()
    [[3, 4, 0]]
    """
    sizes = tuple(shape)
    if not sizes or not all(isinstance(n, (int, np.integer)) and not isinstance(n, bool) and n > 0 for n in sizes):
        raise InputError("shape= is the numbers of levels of the table, all above 0.")
    at, count = np.asarray(cells), int(np.prod(sizes, dtype=np.float64))
    if not isinstance(keys, np.ndarray) or keys.dtype != np.uint64 or keys.ndim != 1:
        raise InputError("The keys are not those of records.", "Make them with record_keys().")
    if at.shape != keys.shape or at.dtype.kind not in "iu":
        raise InputError("cells= is not one whole number for each key.", "Give each record its cell in C order, or -1.")
    if at.size and (at.min() < -1 or at.max() >= count):
        raise InputError("cells= has positions outside the table.", f"They go from 0 to {count - 1:,}; -1 is for records in no cell.")
    out = np.zeros(count, dtype=np.uint64)
    inside = at >= 0
    np.add.at(out, at[inside].astype(np.intp), keys[inside])  # wraps at 2**64
    return out.reshape(sizes)


def margin_keys(inner: Keys) -> Keys:
    """A table of keys with all its margins, the total first along each dimension, as `cube` puts the counts.

    Parameters
    ----------
    inner : array of uint64
        Keys of the inner cells, in as many dimensions as the table has.

    Returns
    -------
    array of uint64
        One longer along each dimension.

    Examples
    --------
    >>> margin_keys(np.array([[1, 2], [3, 2**64 - 1]], dtype=np.uint64)).tolist()
    [[5, 4, 1], [3, 1, 2], [2, 3, 18446744073709551615]]
    """
    if not isinstance(inner, np.ndarray) or inner.dtype != np.uint64 or not inner.ndim:
        raise InputError("The keys are not those of cells.", "Make them with cell_keys().")
    out = inner
    for axis in range(inner.ndim):
        out = np.concatenate([out.sum(axis=axis, keepdims=True, dtype=np.uint64), out], axis=axis)
    return out
