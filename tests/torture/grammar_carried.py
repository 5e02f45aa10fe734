"""What is carried from one to another: bundles, proofs, roots."""

from __future__ import annotations

import json
import random
from functools import partial
from hashlib import sha256
from pathlib import Path

from backends import Clock
from copies import fill_odd

from torture.grammar_wires import JSON_WORDS
from torture.grammars import Grammar, of
from vstore.attested import Proof, read_root
from vstore.errors import BadReference, BadWire, Corrupt, VstoreError
from vstore.readers.strictjson import read_object
from vstore.storage.memory import MemoryStorage
from vstore.storage.schema import FORMAT
from vstore.store import Store

BUNDLE_WORDS = (
    *(
        b'"number": ',
        b'"number": 0',
        b'"number": -1',
        b'"id": ',
        b'"id": "',
        b'"parent": ',
        b'"parent": null',
        b'{"vstore_bundle": 1}\n',
    ),
    *(
        b'"versions": ',
        b'"stories": ',
        b'"sha256": ',
        b"00" * 32,
        b"\n\n",
        b'{"stories": 0, "versions": 0}\n',
        *JSON_WORDS,
    ),
)
PROOF_WORDS = (
    *(
        b'"audit_path": [',
        b'"leaf_index": ',
        b'"tree_size": ',
        b'"root": "',
        b'"id": "',
        b'"story": "',
        b'"number": ',
    ),
    *(
        b"00" * 32,
        b"AB" * 32,
        b'["' + b"00" * 32 + b'"]',
        b'"story": "\\u0000"',
        b'"story": " a"',
        *JSON_WORDS,
    ),
)


def _empty() -> Store:
    return Store(MemoryStorage({"format": str(FORMAT)}), "here", clock=Clock())


def _stories(*stories: str) -> Store:
    store = _empty()
    for at, story in enumerate(stories):
        for number in range(1 + at % 3):
            store.add(
                story, f"The ferry sank.\n\nVersion {number} of {story}.", source="North", date="2019-01-15"
            )
    return store


def _bundles() -> list[bytes]:
    odd = _empty()
    fill_odd(odd)
    stores = [_empty(), _stories("a"), _stories("a", "é", "b")]
    found = [b"".join(store.bundle()) for store in stores]
    return [*found, b"".join(odd.bundle(["late"])), b"".join(odd.bundle(["notes", "twins"]))]


def _unbundle(file: Path, data: bytes) -> None:
    """Into a store that has one of its stories already; of a damaged one nothing is kept."""
    store = _stories("a")
    before = store.attest()
    refused: list[VstoreError] = []
    file.write_bytes(data)
    try:
        copied = store.unbundle(file, refused=refused.append)
    except (Corrupt, BadWire):
        assert store.attest() == before
        raise
    assert copied.copied + copied.unchanged <= copied.versions
    assert len(refused) == copied.diverged
    assert store.fsck(level="deep").ok
    assert store.attest().versions == before.versions + copied.copied


def _sealed(data: bytes) -> bytes:
    """With a last line that fits: so the lines before it are read."""
    body, _, last = data.rstrip(b"\n").rpartition(b"\n")
    try:
        told = read_object(last)
    except BadWire:
        return data
    body += b"\n"
    versions = sum(1 for line in body.split(b"\n") if line and not line.isspace()) - 1
    kept = b"".join(line + b"\n" for line in body.split(b"\n") if line and not line.isspace())
    whole = {**told, "versions": versions, "sha256": sha256(kept).hexdigest()}
    return kept + json.dumps(whole).encode() + b"\n"


def _unbundle_sealed(file: Path, data: bytes) -> None:
    _unbundle(file, _sealed(data))


def _proofs(store: Store) -> list[bytes]:
    return [json.dumps(store.prove(story.story).to_dict()).encode() for story in list(store.stories())]


def _check_proof(store: Store, root: str, data: bytes) -> None:
    """Whatever holds under the published root is true."""
    proof = Proof.from_dict(read_object(data))
    assert Proof.from_dict(json.loads(json.dumps(proof.to_dict()))) == proof
    assert proof.holds() in {True, False}
    if proof.holds(root):
        assert any(each.story == proof.story for each in store.stories())
        assert store.version(proof.story, proof.id).number


def _read_root(text: str) -> None:
    found = read_root(text)
    assert len(bytes.fromhex(found)) == 32
    assert read_root(found.upper()) == found


def _root(dice: random.Random) -> str:
    return sha256(dice.randbytes(4)).hexdigest()


def grammars(scratch: Path) -> dict[str, Grammar]:
    """By name."""
    store = _stories("a", "b", "é", "d", "e")
    bundles, file = _bundles(), scratch / "bundle"
    bad = (BadWire, Corrupt)
    check = partial(_check_proof, store, store.attest().root)
    return {
        "bundles": Grammar(of(*bundles), partial(_unbundle, file), bad, BUNDLE_WORDS),
        "sealed bundles": Grammar(of(*bundles), partial(_unbundle_sealed, file), bad, BUNDLE_WORDS),
        "proofs": Grammar(of(*_proofs(store)), check, (BadWire, BadReference), PROOF_WORDS),
        "roots": Grammar(_root, _read_root, (BadReference,), ("0", "A", " ", "\n", "٣", "ａ")),
    }
