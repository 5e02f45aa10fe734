"""One hash over all stories, and proofs that a story is under it. Issue 6, "attest"."""

from __future__ import annotations

import json
import runpy
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import apsw
import pytest
from backends import BACKENDS, ROOT, Clock, open_store
from transcripts import FENCE

import vstore
from vstore.attested import Proof, leaf
from vstore.errors import BadReference, Corrupt, UnknownStory
from vstore.merkle import tree
from vstore.readers.strictjson import read_object
from vstore.store import Store

NAMES = ["a", "a/b", "A", "é", "e\u0301", "👩‍👩‍👧", "\uffee", "𐀀", "x" * 4096, "tag:example.org,2023:7"]


def filled(store: Store, clock: Clock) -> None:
    for round_ in range(3):
        for at, name in enumerate(NAMES):
            if at % (round_ + 1) == 0:
                clock.pass_by(1)
                store.add(name, f"{name}, told for the {round_}. time.", date=f"2019-01-{15 - round_}")


@pytest.fixture
def full(store: Store, clock: Clock) -> Store:
    filled(store, clock)
    return store


def test_an_empty_store_has_the_hash_of_nothing(store: Store) -> None:
    found = store.attest()
    assert found.root == sha256(b"").hexdigest()
    assert (found.tree_size, found.versions, found.last_recorded) == (0, 0, None)
    with pytest.raises(UnknownStory):
        store.prove("a")


def test_the_root_is_over_story_ids_and_tips_in_the_order_of_their_bytes(full: Store) -> None:
    names = sorted(NAMES, key=str.encode)
    tips = {name: next(full.log(name, arrival=True)) for name in names}
    found = full.attest()
    assert found.root == tree(leaf(name, bytes.fromhex(tips[name].id)) for name in names).root.hex()
    assert found.tree_size == len(NAMES)
    assert found.versions == sum(tip.number for tip in tips.values())
    assert found.last_recorded == full.stats().last_recorded


def test_a_leaf_is_the_story_id_a_nul_and_the_id_of_the_tip() -> None:
    assert leaf("é", bytes(range(32))) == b"\xc3\xa9\0" + bytes(range(32))


def test_every_backend_has_the_same_root(tmp_path: Path) -> None:
    found = set()
    for backend in BACKENDS:
        (tmp_path / backend).mkdir()
        clock = Clock()
        with open_store(backend, tmp_path / backend, clock) as store:
            filled(store, clock)
            found.add((store.attest(), *(store.prove(name) for name in NAMES)))
    assert len(found) == 1


def test_every_story_can_be_proved(full: Store) -> None:
    root = full.attest().root
    for index, name in enumerate(sorted(NAMES, key=str.encode)):
        proof = full.prove(name)
        tip = full.resolve("@tip", story=name)
        assert (proof.story, proof.number, proof.id) == (name, tip.number, tip.id)
        assert (proof.leaf_index, proof.tree_size, proof.root) == (index, len(NAMES), root)
        assert proof.holds()
        assert proof.holds(root)
        assert proof.holds(f" {root.upper()}\n")
        assert not proof.holds("0" * 64)
        assert Proof.from_dict(json.loads(json.dumps(proof.to_dict()))) == proof


def test_a_story_that_is_not_there_cannot_be_proved(full: Store) -> None:
    for name in ("b", "", "\ud800", "a\0"):
        with pytest.raises(UnknownStory):
            full.prove(name)


def test_a_single_story_s_root_is_its_leaf_s_hash(store: Store) -> None:
    added = store.add("s", "One.").version
    proof = store.prove("s")
    assert (proof.leaf_index, proof.tree_size, proof.audit_path) == (0, 1, ())
    assert proof.root == sha256(b"\0s\0" + bytes.fromhex(added.id)).hexdigest()


# As it stood then


def test_as_of_then_the_root_is_the_one_that_was_published_then(store: Store, clock: Clock) -> None:
    published = [store.attest()]
    for number in range(12):
        clock.pass_by(1)
        store.add(f"s{number * 7 % 5}", f"Text {number}.", date=f"2019-01-{20 - number:02}")
        published.append(store.attest())
    store.gc()
    clock.pass_by(1)
    assert store.add("s2", "Text 11.", date="2019-01-09").outcome == "same"
    assert len({found.root for found in published}) == 13
    assert store.as_of("2001").attest() == published[0]
    for found in published[1:]:
        assert found.last_recorded is not None
        then = store.as_of(found.last_recorded)
        assert then.attest() == found
        for story in then.stories():
            assert then.prove(story.story).holds(found.root)
    assert store.attest() == published[-1]


def test_a_story_that_came_later_was_not_there_then(store: Store, clock: Clock) -> None:
    store.add("early", "One.")
    then = store.attest()
    clock.pass_by(1)
    store.add("early", "Two.")
    store.add("late", "One.")
    assert then.last_recorded is not None
    stood = store.as_of(then.last_recorded)
    assert (stood.prove("early").number, store.prove("early").number) == (1, 2)
    with pytest.raises(UnknownStory):
        stood.prove("late")


# What does not hold


@pytest.fixture
def proof(clock: Clock, tmp_path: Path) -> Iterator[Proof]:
    with open_store("memory", tmp_path, clock) as store:
        filled(store, clock)
        yield store.prove("é")


def test_a_proof_with_any_bit_changed_does_not_hold(proof: Proof) -> None:
    """Of its file: what is read all the same proves the same leaf under the same root, or nothing."""
    raw = json.dumps(proof.to_dict()).encode()
    proved = (proof.story, proof.id, proof.root, proof.leaf_index, proof.audit_path)
    counts = {"refused": 0, "fails": 0, "holds": 0}
    for at in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[at // 8] ^= 1 << at % 8
        try:
            other = Proof.from_dict(read_object(bytes(changed)))
        except vstore.VstoreError:
            counts["refused"] += 1
            continue
        counts["holds" if other.holds() else "fails"] += 1
        if other.holds():
            assert (other.story, other.id, other.root, other.leaf_index, other.audit_path) == proved
    assert min(counts.values()) > 0


@pytest.mark.parametrize("field", ["id", "root", "audit_path"])
def test_no_bit_of_a_hash_may_change(proof: Proof, field: str) -> None:
    form = proof.to_dict()
    hashes = form[field] if field == "audit_path" else [form[field]]
    for place, step in enumerate(hashes):
        for bit in range(256):
            changed = [*hashes]
            changed[place] = f"{int(step, 16) ^ 1 << bit:064x}"
            told = {**form, field: changed if field == "audit_path" else changed[0]}
            assert not Proof.from_dict(told).holds()


def test_at_another_index_or_for_another_story_it_does_not_hold(proof: Proof) -> None:
    form = proof.to_dict()
    for index in {*range(20), *(1 << bit for bit in range(63))} - {proof.leaf_index}:
        assert not Proof.from_dict({**form, "leaf_index": index}).holds()
    for story in NAMES:
        assert Proof.from_dict({**form, "story": story}).holds() == (story == proof.story)
    for path in ([], form["audit_path"][1:], form["audit_path"][::-1], [*form["audit_path"], "0" * 64]):
        assert not Proof.from_dict({**form, "audit_path": path}).holds()


@pytest.mark.parametrize(
    "change",
    [
        {"story": ""},
        {"story": "a\nb"},
        {"story": " a"},
        {"story": None},
        {"story": 7},
        {"story": "\ud800"},
        {"number": -1},
        {"number": True},
        {"number": "1"},
        {"leaf_index": -1},
        {"leaf_index": 1.0},
        {"tree_size": 1 << 63},
        {"tree_size": None},
        {"id": "00"},
        {"id": "A" * 64},
        {"id": "0" * 63 + "\n"},
        {"root": "0" * 65},
        {"root": 0},
        {"audit_path": "0" * 64},
        {"audit_path": [7]},
        {"audit_path": ["0" * 64] * 65},
        {"audit_path": {}},
    ],
)
def test_what_can_be_no_proof_is_refused(proof: Proof, change: dict[str, object]) -> None:
    with pytest.raises(BadReference, match="no proof"):
        Proof.from_dict({**proof.to_dict(), **change})


def test_a_proof_without_one_of_its_fields_is_none(proof: Proof) -> None:
    for name in proof.to_dict():
        form = proof.to_dict()
        del form[name]
        with pytest.raises(BadReference, match=name):
            Proof.from_dict(form)
    assert Proof.from_dict({**proof.to_dict(), "comment": "more"}) == proof


@pytest.mark.parametrize("root", ["", "00", "0" * 63, "0" * 65, "g" * 64])
def test_what_can_be_no_root_is_refused(proof: Proof, root: str) -> None:
    with pytest.raises(BadReference, match="no root"):
        proof.holds(root)


# The checker that stands in docs/format.md


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    page = (ROOT / "docs" / "format.md").read_text(encoding="utf-8")
    (source,) = (body for _, word, body in FENCE.findall(page) if word == "check.py")
    path = tmp_path_factory.mktemp("checker") / "check.py"
    path.write_text(source, encoding="utf-8")
    return path


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 11])
def test_the_checker_of_the_documents_says_the_same(
    checker: Path, size: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    leaves = [leaf(f"s{number:02}", bytes([number]) * 32) for number in range(size)]
    for wanted in range(size):
        whole = tree(leaves, leaves[wanted])
        form = {
            "story": f"s{wanted:02}",
            "number": 1,
            "id": f"{wanted:02x}" * 32,
            "leaf_index": wanted,
            "tree_size": size,
            "audit_path": [step.hex() for step in whole.path],
            "root": whole.root.hex(),
        }
        changes: list[dict[str, object]] = [{}, {"story": "t"}, {"leaf_index": size}, {"audit_path": []}]
        changes += [{"audit_path": [*form["audit_path"], "00" * 32]}]  # type: ignore[misc]
        changes += [{"leaf_index": (wanted + 1) % size}, {"tree_size": size + 1}, {"tree_size": size // 2}]
        for change in changes:
            told = Proof.from_dict({**form, **change})
            path = tmp_path / "proof.json"
            path.write_text(json.dumps(told.to_dict()), encoding="utf-8")
            monkeypatch.setattr("sys.argv", ["check.py", str(path), whole.root.hex()])
            try:
                runpy.run_path(str(checker))
                held = True
            except SystemExit:
                held = False
            assert held == told.holds()


# Damage


@pytest.mark.parametrize("sql", ["tip = zeroblob(32)", "versions = versions + 1", "recorded = recorded - 1"])
def test_a_damaged_head_is_named(tmp_path: Path, clock: Clock, sql: str) -> None:
    with open_store("sqlite", tmp_path, clock) as store:
        filled(store, clock)
    connection = apsw.Connection(str(tmp_path / "store.db"))
    connection.execute(f"UPDATE head SET {sql} WHERE name = ?", ("é".encode(),))
    connection.close()
    with open_store("sqlite", tmp_path, clock) as store:
        asked = store.as_of("2026-01-01T00:00:05Z")
        for ask in (store.attest, lambda: store.prove("a"), lambda: store.prove("é"), asked.attest):
            with pytest.raises(Corrupt) as caught:
                ask()
            assert caught.value.facts["story"] == "é"


def test_a_damaged_row_is_named_where_the_past_is_asked(tmp_path: Path, clock: Clock) -> None:
    with open_store("sqlite", tmp_path, clock) as store:
        filled(store, clock)
        moment = store.version("é", 1).recorded
    connection = apsw.Connection(str(tmp_path / "store.db"))
    connection.execute(
        "UPDATE version SET id = zeroblob(32) WHERE number = 1 AND story IN (SELECT story FROM head "
        "WHERE name = ?)",
        ("é".encode(),),
    )
    connection.close()
    with open_store("sqlite", tmp_path, clock) as store, pytest.raises(Corrupt) as caught:
        store.as_of(moment).attest()
    assert (caught.value.facts["story"], caught.value.facts["number"]) == ("é", 1)
