"""SQLite answers exactly as memory does, error types included, and both as the contract says."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from backends import BACKENDS, NEW_YEAR, SECOND, Clock
from contract_model import SPANS, Item, Model, ModelStory, iso, iso_second
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from vstore.errors import BadWire, Conflict, UnknownStory, UnknownVersion, VstoreError
from vstore.model import Facts, Wire
from vstore.questions import Questions
from vstore.store import Store

STORIES = st.sampled_from(["a", "a", "a", "a@1", "é"])
TEXTS = st.sampled_from(
    [
        "",
        " \n",
        "The ferry sank off the cape. Nine are missing.",
        "The ferry sank off the cape at dawn. Four are missing.",
        "The ferry sank off the cape at dawn.\n\nFour are missing, the coast guard said.",
        "Four are missing, the coast guard said.\r\nThe ferry\0sank.",
        "渡輪沉沒。四人失蹤。",
        "x 😀👩‍👩‍👧 e\u0301" + " long" * 100,
    ]
)
DATES = st.none() | st.sampled_from(list(SPANS))
ITEMS = st.builds(
    Item,
    story=STORIES,
    text=TEXTS,
    date=DATES,
    source=st.sampled_from([None, None, "North", "South"]),
    headline=st.sampled_from([None, None, "Ferry lost"]),
    extra=st.sampled_from([None, None, 1, 2]),
)
BAD = st.sampled_from([("s", "text", "2019-02-30"), ("", "text", None), ("s", "\ud800", None)])
OPERATORS = [
    "",
    "@1",
    "@2",
    "@9",
    "~1",
    "~",
    "@2019-01-15",
    "@{2018}",
    "@first",
    "@tip",
    "@2019-01-16~1",
    "@x",
    "@tip~2",
]
REFS = st.sampled_from([*OPERATORS, "nobody"])
Answer = tuple[str, Any]


def asked(ask: Callable[[], Any]) -> Answer:
    """An answer as plain values, or the error's type and facts."""
    try:
        return "answer", _plain(ask())
    except VstoreError as error:
        return type(error).__name__, error.to_dict()


def _plain(value: Any) -> Any:
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def wire_of(item: Item) -> Wire:
    facts = Facts(
        source=item.source, headline=item.headline, extra={} if item.extra is None else {"hits": item.extra}
    )
    return Wire(story=item.story, text=item.text, date=item.date, facts=facts)


class Library(RuleBasedStateMachine):
    """The public library on every backend, beside the model."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="vstore-test-")
        self.clock = Clock()
        self.storages = {name: opened(Path(self.folder.name)) for name, opened in BACKENDS.items()}
        self.model = Model()
        self.moments = [NEW_YEAR]
        self.sent: list[Item] = []
        self.open_stores()

    def open_stores(self) -> None:
        self.stores = [Store(storage, "here", clock=self.clock) for storage in self.storages.values()]
        self.run: dict[str, int] = {}

    def teardown(self) -> None:
        if not hasattr(self, "stores"):
            return
        try:
            self.ask_everything()
        finally:
            for store in self.stores:
                store.close()
            self.folder.cleanup()

    def ask(self, question: Callable[[Store], Any]) -> Answer:
        """The one answer that all backends give."""
        first, *others = [asked(lambda store=store: question(store)) for store in self.stores]  # type: ignore[misc]
        for other in others:
            assert other == first
        return first

    # What changes a store

    @rule(seconds=st.sampled_from([0, 1, 60, -5]))
    def time_goes_by(self, seconds: int) -> None:
        self.clock.pass_by(seconds)
        self.moments.append(self.clock.moment)

    @rule()
    def another_program_opens_the_store(self) -> None:
        """A run ends where a store is closed."""
        self.open_stores()

    @rule(
        item=ITEMS,
        again=st.sampled_from([False, False, False, True]),
        dry_run=st.sampled_from([False, False, True]),
    )
    def add(self, item: Item, again: bool, dry_run: bool) -> None:
        self.take_in(item, again=again, dry_run=dry_run)

    def take_in(self, item: Item, *, again: bool = False, dry_run: bool = False) -> None:
        self.sent.append(item)
        model = copy.deepcopy(self.model) if dry_run else self.model
        run = dict(self.run) if dry_run else self.run
        outcome, number = model.take_in(item, run, self.clock(), again=again)
        kind, answer = self.ask(lambda store: store.add_wire(wire_of(item), again=again, dry_run=dry_run))
        assert (kind, answer["outcome"], answer["number"]) == ("answer", outcome, number), answer

    @rule(nth=st.integers(0, 20))
    def add_again(self, nth: int) -> None:
        """What was sent before is sent again, some time later."""
        if self.sent:
            self.clock.pass_by(1)
            self.take_in(self.sent[nth % len(self.sent)])

    @rule(item=ITEMS, seen=st.integers(0, 3) | st.sampled_from(["tip", "0000"]))
    def add_upon(self, item: Item, seen: int | str) -> None:
        """Compare and set."""
        versions = len(self.story(item.story).versions)
        tip = self.stores[0].version(item.story, versions).id if versions else "none"
        expect = tip[:10] if seen == "tip" else seen
        fits = seen == versions or (versions > 0 and seen == "tip")
        kind, answer = self.ask(lambda store: store.add_wire(wire_of(item), expect=expect))
        if fits:
            assert (answer["outcome"], answer["number"]) == self.model.take_in(item, self.run, self.clock())
        else:
            assert kind == Conflict.__name__

    @rule(bad=BAD)
    def add_what_is_bad(self, bad: tuple[str, str, str | None]) -> None:
        kind, _ = self.ask(lambda store: store.add(bad[0], bad[1], date=bad[2]))
        assert kind == BadWire.__name__

    @rule(
        items=st.lists(ITEMS | BAD.map(lambda bad: Wire(story=bad[0], text=bad[1], date=bad[2])), max_size=6),
        times=st.sampled_from([1, 1, 2]),
        strict=st.booleans(),
        dry_run=st.sampled_from([False, False, False, True]),
        again=st.sampled_from([False, False, False, True]),
    )
    def import_wires(
        self, items: list[Item | Wire], times: int, strict: bool, dry_run: bool, again: bool
    ) -> None:
        wires = [wire_of(item) if isinstance(item, Item) else item for item in items]
        for _ in range(times):
            kind, answer = self.ask(
                lambda store: store.import_wires(wires, strict=strict, dry_run=dry_run, again=again)
            )
            has_bad = any(isinstance(item, Wire) for item in items)
            if strict and has_bad:
                assert kind == BadWire.__name__
                continue
            model, run = copy.deepcopy(self.model) if dry_run else self.model, dict[str, int]()
            counts = {"new": 0, "changed": 0, "same": 0, "bad": 0}
            for item in items:
                is_good = isinstance(item, Item)
                counts[model.take_in(item, run, self.clock(), again=again)[0] if is_good else "bad"] += 1  # type: ignore[arg-type]
            assert (kind, answer) == ("answer", counts)

    # What is asked of it

    def story(self, name: str) -> ModelStory:
        return self.model.stories.get(name, ModelStory())

    @rule(story=STORIES, arrival=st.booleans())
    def log(self, story: str, arrival: bool) -> None:
        kind, answer = self.ask(lambda store: list(store.log(story, arrival=arrival)))
        self.check_log(self.story(story), kind, answer, arrival=arrival)

    def check_log(self, kept: ModelStory, kind: str, answer: Any, *, arrival: bool = False) -> None:
        if not kept.versions:
            assert kind == UnknownStory.__name__
            return
        right = kept.versions if arrival else kept.in_order()
        assert [each["number"] for each in answer] == [version.number for version in right[::-1]]
        ids = {each["number"]: each["id"] for each in answer}
        for each, version in zip(answer, right[::-1], strict=True):
            previous = kept.previous(version)
            item = version.item
            assert each["at"] == iso_second(version.at)
            assert each["late"] == version.late
            assert each["previous"] == (previous.number if previous else None)
            assert each["changed"] == kept.changed(version)
            assert each["recorded"] == iso(version.recorded)
            assert each["parent"] == ids.get(version.number - 1)
            assert (each["source"], each["headline"], each["dated"]) == (
                item.source,
                item.headline,
                item.date,
            )

    @rule(story=STORIES, which=st.none() | st.integers(0, 6))
    def text(self, story: str, which: int | None) -> None:
        kind, answer = self.ask(lambda store: store.text(story, which))
        versions = self.story(story).versions
        if not versions:
            assert kind == UnknownStory.__name__
        elif which is not None and not 1 <= which <= len(versions):
            assert kind == UnknownVersion.__name__
        else:
            version = self.story(story).in_order()[-1] if which is None else versions[which - 1]
            assert (kind, answer) == ("answer", version.item.text)

    @rule(story=STORIES, a=st.integers(1, 5), b=st.none() | st.integers(1, 5))
    def diff(self, story: str, a: int, b: int | None) -> None:
        kind, answer = self.ask(lambda store: store.diff(story, a, b))
        versions = self.story(story).versions
        if kind != "answer":
            assert len(versions) < max(a, b or 1)
            return
        previous = self.story(story).previous(versions[a - 1])
        before, after = (previous, versions[a - 1]) if b is None else (versions[a - 1], versions[b - 1])
        assert "".join(text for op, text in answer["edits"] if op != "+") == (
            before.item.text if before else ""
        )
        assert "".join(text for op, text in answer["edits"] if op != "-") == after.item.text

    @rule(story=STORIES, which=st.none() | st.integers(1, 5), paragraph=st.none() | st.integers(0, 3))
    def blame(self, story: str, which: int | None, paragraph: int | None) -> None:
        kind, answer = self.ask(lambda store: store.blame(story, which, paragraph=paragraph))
        if kind != "answer":
            return
        version = self.story(story).versions[answer["number"] - 1]
        joined = "".join(hunk["text"] for hunk in answer["hunks"])
        if paragraph is None:
            assert joined == version.item.text
        start = answer["hunks"][0]["start"]
        assert version.item.text[start : start + len(joined)] == joined

    @rule(story=STORIES, ref=REFS, bare=st.booleans())
    def resolve(self, story: str, ref: str, bare: bool) -> None:
        name = "" if bare and ref.startswith(("@", "~")) else story
        kind, answer = self.ask(lambda store: store.resolve(name + ref, story=story))
        order = self.story(story).in_order()
        right = {
            "": order[-1:],
            "@first": order[:1],
            "@tip": self.story(story).versions[-1:],
            "~1": order[-2:-1],
            "@2": self.story(story).versions[1:2],
            "@2019-01-15": [version for version in order if version.at <= SPANS["2019-01-15"][1]][-1:],
        }.get(ref)
        if right:
            assert (kind, answer["number"]) == ("answer", right[0].number)
        elif right is not None and story == "é":  # a@1 is a story, and a version of a
            assert kind in {UnknownStory.__name__, UnknownVersion.__name__}

    @rule(story=STORIES, number=st.integers(1, 4), length=st.sampled_from([7, 12, 64]))
    def resolve_by_id(self, story: str, number: int, length: int) -> None:
        if number <= len(self.story(story).versions):
            found = self.stores[0].version(story, number).id
            kind, answer = self.ask(lambda store: store.resolve(found[:length]))
            assert (kind, answer["id"]) == ("answer", found)

    @rule(data=st.data(), story=STORIES)
    def as_of(self, data: st.DataObject, story: str) -> None:
        moment = data.draw(st.sampled_from(self.moments)) + data.draw(st.sampled_from([0, -1, SECOND]))
        then = iso(moment)
        questions: list[Callable[[Questions], Any]] = [
            lambda stood: list(stood.stories()),
            lambda stood: list(stood.log()),
            lambda stood: stood.text(story),
            lambda stood: stood.blame(story),
            lambda stood: stood.resolve(f"{story}~1"),
            lambda stood: stood.version(story, "2019"),
        ]
        for question in questions:
            self.ask(lambda store, question=question: question(store.as_of(then)))  # type: ignore[misc]
        kind, answer = self.ask(lambda store: list(store.as_of(then).log(story)))
        self.check_log(self.story(story).as_of(moment), kind, answer)

    @rule()
    def ask_everything(self) -> None:
        """The whole store's lists, and every story's log."""
        _, stories = self.ask(lambda store: list(store.stories()))
        right = {name: kept for name, kept in self.model.stories.items() if kept.versions}
        assert [each["story"] for each in stories] == sorted(right, key=str.encode)
        for each in stories:
            kept = right[each["story"]]
            assert (each["versions"], each["tip"]) == (len(kept.versions), len(kept.versions))
            assert each["current"] == kept.in_order()[-1].number
            kind, answer = self.ask(lambda store, name=each["story"]: list(store.log(name)))  # type: ignore[misc]
            self.check_log(kept, kind, answer)
            for version in kept.versions:
                name, number = version.item.story, version.number
                _, alone = self.ask(lambda store, name=name, number=number: store.version(name, number))  # type: ignore[misc]
                assert alone in answer
            seen = {version.number: max([version.recorded, *version.seen]) for version in kept.versions}
            assert {found["number"]: found["last_seen"] for found in answer} == {
                n: iso(at) for n, at in seen.items()
            }
        _, log = self.ask(lambda store: list(store.log()))
        assert [(each["story"], each["number"]) for each in log] == list(self.model.log())
        kind, check = self.ask(lambda store: store.fsck(level="deep"))
        assert (kind, check["ok"], check["problems"]) == ("answer", True, [])

    @rule()
    def export(self) -> None:
        self.ask(lambda store: list(store.export_jsonl()))

    @rule(story=st.sampled_from(["a", "aa", "e", "nobody"]))
    def nearest(self, story: str) -> None:
        self.ask(lambda store: store.nearest(story))

    @invariant()
    def all_count_alike(self) -> None:
        if hasattr(self, "stores"):
            kind, stats = self.ask(lambda store: {**store.stats().to_dict(), "file_bytes": 0})
            assert kind == "answer"
            assert stats["versions"] == sum(len(kept.versions) for kept in self.model.stories.values())


def test_every_backend_answers_as_the_contract_says() -> None:
    run_state_machine_as_test(Library, settings=settings(max_examples=12, stateful_step_count=25))


@pytest.mark.slow
def test_every_backend_answers_as_the_contract_says_at_length() -> None:
    run_state_machine_as_test(Library, settings=settings(max_examples=120, stateful_step_count=40))
