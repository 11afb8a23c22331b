"""Merkle trees of RFC 6962, section 2.1, over SHA-256.

A leaf and an inner node are hashed with different first bytes, so that neither can be passed off as the other. A tree
is built level by level; a node without a neighbour moves up as it is, which is the same as the split of the RFC.
"""

from collections.abc import Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of one leaf."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of the node above two others."""
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The hash of the whole tree over these leaf hashes."""
    if not leaves:
        return EMPTY_ROOT
    level = leaves
    while len(level) > 1:
        level = _level_above(level)
    return level[0]


def audit_path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The neighbours by which the leaf at `index` leads to the root, lowest first. Raises IndexError."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"There is no leaf {index} among {len(leaves)}.")
    path, level = [], leaves
    while len(level) > 1:
        neighbour = index ^ 1
        if neighbour < len(level):
            path.append(level[neighbour])
        index, level = index // 2, _level_above(level)
    return path


def root_by_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root to which a leaf hash leads by its path in a tree of `size` leaves; None for a path that fits no tree."""
    if not 0 <= index < size:
        return None
    last, result, rest = size - 1, leaf, list(path)
    while last > 0:
        if index % 2 or index < last:
            if not rest:
                return None
            neighbour = rest.pop(0)
            result = node_hash(neighbour, result) if index % 2 else node_hash(result, neighbour)
        index, last = index // 2, last // 2
    return None if rest else result


def _level_above(level: Sequence[bytes]) -> list[bytes]:
    above = [sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
    if len(level) % 2:
        above.append(level[-1])
    return above
