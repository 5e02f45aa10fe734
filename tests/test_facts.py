from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from vstore import objects
from vstore.errors import BadWire, Corrupt
from vstore.facts import MAX_INTEGER, canonical_facts, make_facts, read_facts
from vstore.model import FACT_NAMES, MAX_FACTS_BYTES, Facts

TEXT_FACTS = [fact for fact in FACT_NAMES if fact not in ("urgency", "keywords")]
plain_text = st.text(st.characters(exclude_categories=["Cs"]))
plain_facts = st.builds(
    Facts,
    **dict.fromkeys(TEXT_FACTS, st.none() | plain_text),
    urgency=st.none() | plain_text | st.integers(-MAX_INTEGER, MAX_INTEGER),
    keywords=st.none() | st.lists(plain_text, max_size=3).map(tuple),
)
numbers = st.integers(-MAX_INTEGER, MAX_INTEGER) | st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | numbers | plain_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(plain_text, inner, max_size=4),
    max_leaves=12,
)


@settings(derandomize=True, deadline=None)
@given(plain_facts)
def test_the_fast_path_writes_what_rfc_8785_demands(facts: Facts) -> None:
    canonical = canonical_facts(facts)
    assert canonical == rfc8785.dumps(facts.known())
    assert read_facts(canonical) == facts
    assert objects.facts_id(canonical) == objects.blob_id(canonical)


@settings(derandomize=True, deadline=None)
@given(plain_facts, st.dictionaries(plain_text, json_values, max_size=4))
def test_facts_come_back_as_they_went_in(facts: Facts, extra: dict[str, Any]) -> None:
    whole = make_facts({**facts.known(), "extra": extra})
    canonical = canonical_facts(whole)
    again = read_facts(canonical)
    assert again == whole
    assert canonical_facts(again) == canonical
    exported = json.loads(json.dumps(again.to_dict()))
    assert canonical_facts(make_facts(exported)) == canonical


def test_absent_facts_are_absent_keys_and_an_empty_fact_is_kept() -> None:
    assert canonical_facts(Facts()) == b"{}"
    assert canonical_facts(Facts(headline="")) == b'{"headline":""}'
    assert canonical_facts(Facts(extra={"a": None})) == b'{"extra":{"a":null}}'


def test_great_floats_come_back_as_floats() -> None:
    facts = Facts(extra={"a": 1e20, "b": 2.0**53, "c": -1e17, "d": 5.0, "e": MAX_INTEGER})
    canonical = canonical_facts(facts)
    assert canonical.startswith(b'{"extra":{"a":100000000000000000000,"b":9007199254740992,')
    assert canonical_facts(read_facts(canonical)) == canonical


def nested(levels: int) -> Any:
    value: Any = {}
    for _ in range(levels - 1):
        value = {"a": value}
    return value


def cyclic() -> dict[str, Any]:
    value: dict[str, Any] = {}
    value["a"] = [value]
    return value


def shared(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = [value] * 1000
    return value


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (Facts(extra={"a": float("nan")}), "extra .*not finite"),
        (Facts(extra={"a": [float("-inf")]}), "extra .*not finite"),
        (Facts(extra={"a": 2**53}), "extra .*beyond"),
        (Facts(extra={"a": {"b": -(10**5000)}}), "extra .*beyond"),
        (Facts(urgency=2**53), "urgency .*beyond"),
        (Facts(extra={"a": "\ud800"}), "extra .*lone surrogate"),
        (Facts(extra={"\udfff": 1}), "extra .*lone surrogate"),
        (Facts(headline="a\ud800"), "headline .*lone surrogate"),
        (Facts(urgency="\ud800"), "urgency .*lone surrogate"),
        (Facts(keywords=("a", "\ud800")), "keywords .*lone surrogate"),
        (Facts(extra={"a": b"bytes"}), "extra .*of type bytes"),
        (Facts(extra={"a": {1, 2}}), "extra .*of type set"),
        (Facts(extra={"a": {1: 2}}), "extra .*key .*of type int"),
        (Facts(extra={None: 2}), "extra .*key .*of type NoneType"),  # type: ignore[dict-item]
        (Facts(extra=nested(101)), "extra .*100 levels"),
        (Facts(extra=cyclic()), "extra .*100 levels"),
        (Facts(extra={"a": shared(50)}), "extra"),
        (Facts(extra=["a"]), "extra must be a JSON object"),  # type: ignore[arg-type]
        (Facts(extra=None), "extra must be a JSON object"),  # type: ignore[arg-type]
        (Facts(headline=5), "headline must be text"),  # type: ignore[arg-type]
        (Facts(keywords="word"), "keywords must be a list"),  # type: ignore[arg-type]
        (Facts(keywords=("a", 1)), "keywords must be a list"),  # type: ignore[arg-type]
        (Facts(urgency=True), "urgency must be a whole number"),
        (Facts(urgency=1.5), "urgency must be a whole number"),  # type: ignore[arg-type]
        (Facts(note="x" * MAX_FACTS_BYTES, headline="y" * 100), "1,048,576 bytes .* for note"),
        (Facts(note="é" * (MAX_FACTS_BYTES // 2)), "1,048,576 bytes .* for note"),
        (Facts(extra={"a": "\0" * 200_000}, headline="y"), "1,048,576 bytes .* for extra"),
        (Facts(extra={"a": "é" * MAX_FACTS_BYTES + "b"}), "1,048,576 bytes .* for extra"),
    ],
)
def test_facts_that_json_cannot_hold_are_refused_by_name(facts: Facts, reason: str) -> None:
    with pytest.raises(BadWire, match=reason) as caught:
        canonical_facts(facts)
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 250
    assert caught.value.facts["fact"] in caught.value.message


def test_facts_may_be_a_mebibyte_long_and_a_hundred_levels_deep() -> None:
    room = MAX_FACTS_BYTES - len('{"note":""}')
    assert len(canonical_facts(Facts(note="x" * room))) == MAX_FACTS_BYTES
    assert read_facts(canonical_facts(Facts(extra=nested(100)))).extra == nested(100)


@pytest.mark.parametrize(
    "stored", [b"", b"[]", b"nul", b"{", b'{"no_such_fact":1}', b'{"keywords":5}', b"\xff", b"[" * 100_000]
)
def test_stored_facts_that_cannot_be_read_are_corrupt(stored: bytes) -> None:
    with pytest.raises(Corrupt):
        read_facts(stored)


@pytest.mark.parametrize(
    ("values", "facts"),
    [
        ({}, Facts()),
        ({"headline": "a", "source": None}, Facts(headline="a")),
        ({"headline": ""}, Facts(headline="")),
        ({"guid": 12345, "provider_version": 10**30}, Facts(guid="12345", provider_version="1" + "0" * 30)),
        ({"keywords": "one"}, Facts(keywords=("one",))),
        ({"keywords": ["a", "b"]}, Facts(keywords=("a", "b"))),
        ({"keywords": ("a", 2019)}, Facts(keywords=("a", "2019"))),
        ({"keywords": []}, Facts()),
        ({"keywords": ""}, Facts()),
        ({"urgency": 5}, Facts(urgency=5)),
        ({"urgency": "5"}, Facts(urgency=5)),
        ({"urgency": "-1"}, Facts(urgency=-1)),
        ({"urgency": "0"}, Facts(urgency=0)),
        ({"urgency": "05"}, Facts(urgency="05")),
        ({"urgency": "-0"}, Facts(urgency="-0")),
        ({"urgency": "٥"}, Facts(urgency="٥")),
        ({"urgency": "flash"}, Facts(urgency="flash")),
        ({"urgency": str(2**53)}, Facts(urgency=str(2**53))),
        ({"rating": 4.5, "extra": {"a": None}}, Facts(extra={"a": None, "rating": 4.5})),
        ({"rating": None, "extra": None}, Facts()),
    ],
)
def test_loose_values_become_facts(values: dict[str, Any], facts: Facts) -> None:
    assert make_facts(values) == facts
    canonical_facts(make_facts(values))


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"headline": True}, "headline must be text"),
        ({"headline": 1.5}, "headline must be text"),
        ({"headline": ["a"]}, "headline must be text"),
        ({"guid": 10**5000}, "guid must be text"),
        ({"keywords": {"a": 1}}, "keywords must be"),
        ({"keywords": ["a", None]}, "keywords must be"),
        ({"urgency": True}, "urgency must be"),
        ({"urgency": 5.0}, "urgency must be"),
        ({"extra": ["a"]}, "extra must be a JSON object"),
        ({"extra": "a"}, "extra must be a JSON object"),
        ({"rating": 1, "extra": {"rating": 1}}, "'rating' is given twice"),
    ],
)
def test_a_loose_value_of_the_wrong_type_is_refused_by_name(values: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadWire, match=reason):
        make_facts(values)


def test_making_facts_leaves_what_was_given_alone() -> None:
    extra = {"a": 1}
    make_facts({"rating": 4, "extra": extra})
    assert extra == {"a": 1}


def test_ids_of_plain_facts_need_no_canonical_json_library() -> None:
    code = (
        "import sys, vstore.facts as o; o.canonical_facts(o.make_facts({'headline': 'a'}));"
        "sys.exit('rfc8785' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
