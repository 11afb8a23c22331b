"""The Merkle trees are those of RFC 6962 (G7)."""

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from auditlog.sealing.merkle import EMPTY_ROOT, audit_path, leaf_hash, node_hash, root, root_by_path

# The test data of Certificate Transparency's own implementations: leaves, and the root over the first n of them.
LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
# PATH(m, D[n]) of the same data: leaf, size, path.
PATHS = (
    (0, 1, ()),
    (
        0,
        8,
        (
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ),
    ),
    (
        5,
        8,
        (
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ),
    ),
    (2, 3, ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",)),
    (
        1,
        5,
        (
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ),
    ),
)


@pytest.mark.parametrize("size", range(9))
def test_the_known_roots(size: int) -> None:
    """Every size of the reference data."""
    assert root([leaf_hash(leaf) for leaf in LEAVES[:size]]).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "path"), PATHS)
def test_the_known_paths(index: int, size: int, path: tuple[str, ...]) -> None:
    """Made, and followed back to the known root."""
    hashes = [leaf_hash(leaf) for leaf in LEAVES[:size]]
    assert [step.hex() for step in audit_path(index, hashes)] == list(path)
    assert root_by_path(hashes[index], index, size, [bytes.fromhex(step) for step in path]) == root(hashes)


def reference(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word by word."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(reference(leaves[:split]), reference(leaves[split:]))


trees = st.lists(st.binary(max_size=8), min_size=1, max_size=70)


@given(leaves=trees)
@settings(deadline=None)
def test_the_root_is_that_of_the_definition(leaves: list[bytes]) -> None:
    """Level by level is the same as the recursion of the RFC."""
    assert root([leaf_hash(leaf) for leaf in leaves]) == reference(leaves)


@given(leaves=trees, data=st.data())
@settings(deadline=None)
def test_a_path_leads_to_the_root_and_no_other_does(leaves: list[bytes], data: st.DataObject) -> None:
    """For every leaf; with another leaf, place, size or step it leads elsewhere or nowhere."""
    hashes = [leaf_hash(leaf) for leaf in leaves]
    index = data.draw(st.integers(0, len(leaves) - 1))
    path, whole = audit_path(index, hashes), root(hashes)
    assert root_by_path(hashes[index], index, len(leaves), path) == whole

    assert root_by_path(leaf_hash(leaves[index] + b"!"), index, len(leaves), path) != whole
    assert root_by_path(hashes[index], index, len(leaves), [*path, whole]) is None
    if path:
        assert root_by_path(hashes[index], index, len(leaves), path[:-1]) != whole
        step = data.draw(st.integers(0, len(path) - 1))
        path[step] = bytes(32)
        assert root_by_path(hashes[index], index, len(leaves), path) != whole


@given(leaves=trees, data=st.data())
@settings(deadline=None)
def test_every_change_of_the_leaves_changes_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    """A leaf more, a leaf less, another leaf, another order."""
    whole = root([leaf_hash(leaf) for leaf in leaves])
    index = data.draw(st.integers(0, len(leaves) - 1))
    others = [leaves[:index] + leaves[index + 1 :], [*leaves, b""], [*leaves[:index], b"x" * 9, *leaves[index + 1 :]]]
    if leaves != leaves[::-1]:
        others.append(leaves[::-1])
    assert whole not in [root([leaf_hash(leaf) for leaf in other]) for other in others]


@pytest.mark.parametrize("index", [-1, 3, 4])
def test_there_is_no_path_for_no_leaf(index: int) -> None:
    """Not for a place outside of the tree."""
    hashes = [leaf_hash(leaf) for leaf in LEAVES[:3]]
    with pytest.raises(IndexError):
        audit_path(index, hashes)
    assert root_by_path(hashes[0], index, 3, []) is None
