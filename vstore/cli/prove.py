"""`vstore prove`: that a story is under an attested hash, and whether such a proof holds."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import click

from vstore.cli import frame
from vstore.cli.frame import Settings
from vstore.errors import BadReference, VstoreError

if TYPE_CHECKING:
    from vstore.attested import Proof

MOST_BYTES = 1 << 20
"""No proof is longer."""


@frame.command(
    "prove",
    examples="""
    vstore prove us-nk-talks --as-of 2019-01-15 --json > proof.json
    vstore prove --check proof.json
    vstore prove --check proof.json --root HEX
    """,
)
@click.argument("story", required=False, metavar="[STORY]", shell_complete=frame.story_ids)
@frame.as_of
@click.option("--check", metavar="FILE|-", type=click.Path(), help="Verify a proof; needs no store.")
@click.option("--root", metavar="HEX", help="With --check: the hash that was published.")
@click.pass_obj
def prove(
    settings: Settings, story: str | None, as_of: str | None, check: str | None, root: str | None
) -> int:
    """Prove that a story is under such a hash.

    Such as `vstore attest` prints, now or --as-of then. The proof tells the story's tip, and the hashes that
    lead from there to the root; with --json it is one object, which --check, or anybody with SHA-256, can
    verify. --check exits with 1 where a proof does not hold. Without --root it only says what root it leads
    to: compare that with the published one.
    """
    if check is not None:
        if story is not None or as_of is not None:
            raise click.UsageError("--check verifies what stands in the file: leave out STORY and --as-of")
        return _check(settings, check, root)
    if story is None or root is not None:
        raise click.UsageError("name a STORY to prove, or a proof to --check (with the published --root)")
    with frame.open_store(settings, as_of) as store, frame.output(settings) as out:
        proof = store.prove(store.story_named(story))
        if settings.json:
            out.json(proof.to_dict())
        else:
            for name, value in _told(proof):
                out.line(out.clean(f"{name:<10}  {value}"))
    return 0


def _told(proof: Proof) -> list[tuple[str, str]]:
    path = [("audit path" if number == 0 else "", step) for number, step in enumerate(proof.audit_path)]
    return [
        ("story", proof.story),
        ("tip", f"{proof.id}  version {proof.number}"),
        ("leaf index", str(proof.leaf_index)),
        ("tree size", str(proof.tree_size)),
        *path,
        ("root", proof.root),
    ]


def _check(settings: Settings, file: str, root: str | None) -> int:
    from vstore.attested import read_root

    published = None if root is None else read_root(root)
    proof = _read(file)
    holds = proof.holds(published)
    with frame.output(settings) as out:
        if settings.json:
            told = {"story": proof.story, "id": proof.id, "root": proof.root}
            out.json({"ok": holds, **told})
        else:
            out.line(out.clean(_verdict(proof, holds=holds, published=published)))
    return 0 if holds else 1


def _verdict(proof: Proof, *, holds: bool, published: str | None) -> str:
    under = f"under {proof.root}"
    if holds:
        said = "the root that was given" if published else "compare it with the one that was published"
        return f"holds: {proof.story} with the tip {proof.id} is {under}: {said}"
    if published is not None and proof.root != published:
        return f"does not hold: it is a proof {under}, not under {published}"
    return f"does not hold: {proof.story} with the tip {proof.id} is not {under}"


def _read(file: str) -> Proof:
    """The proof in a file or on stdin; BadReference where there is none."""
    from vstore.attested import Proof
    from vstore.readers.files import open_file, read_all, shown, standard_input
    from vstore.readers.strictjson import read_object

    name = "stdin" if file == "-" else shown(file)
    try:
        with nullcontext(standard_input()) if file == "-" else open_file(file) as stream:
            return Proof.from_dict(read_object(read_all(stream, name, MOST_BYTES)))
    except VstoreError as error:
        raise BadReference(f"{name}: {error.message}", file=name) from error
