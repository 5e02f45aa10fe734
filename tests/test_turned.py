"""A byte that turned, turned back by the checksum that stands beside it."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from vstore.mending import turned
from vstore.rows import Payload
from vstore.storage import layout


@given(
    st.binary(min_size=1, max_size=5_000),
    st.integers(0, 4),
    st.none() | st.integers(1, 300),
    st.integers(0, 2**32),
)
def test_a_byte_of_a_payload_is_found_wherever_it_is(
    body: bytes, codec: int, dictionary: int | None, seed: int
) -> None:
    dice = random.Random(seed)
    right = Payload(codec, body, dictionary)
    check = layout.payload_checksum("s", 3, right)
    at = dice.randrange(len(body))
    wrong = body[:at] + bytes([body[at] ^ dice.randrange(1, 256)]) + body[at + 1 :]
    assert right in turned.payloads("s", 3, right._replace(body=wrong), check, [])
    assert right in turned.payloads("s", 3, right._replace(codec=codec ^ 1), check, [])
    assert right in turned.payloads("s", 3, right._replace(dictionary=7), check, [dictionary or 1])
    assert right in turned.payloads(
        "s", 3, right, check ^ (dice.randrange(1, 256) << 8 * dice.randrange(4)), []
    )


def test_of_two_bytes_that_turned_nothing_is_made_up() -> None:
    dice = random.Random(1)
    body = dice.randbytes(400)
    check = layout.payload_checksum("s", 3, Payload(0, body))
    wrong = bytes([body[0] ^ 1, body[1] ^ 1]) + body[2:]
    assert list(turned.payloads("s", 3, Payload(0, wrong), check, [])) == []


@given(st.integers(-(2**63), 2**63 - 1), st.integers(0, 7), st.integers(1, 255))
def test_a_number_is_found_in_whatever_width_it_was_stored(number: int, at: int, mask: int) -> None:
    for width in turned.WIDTHS:
        if at < width and -(1 << (8 * width - 1)) <= number < 1 << (8 * width - 1):
            raw = bytearray(number.to_bytes(width, signed=True))
            raw[at] ^= mask
            assert number in turned.numbers(int.from_bytes(raw, signed=True))


def test_text_stays_text_and_long_columns_turn_bit_by_bit() -> None:
    assert "é" in turned.texts("ë".encode())
    assert "e" not in turned.texts("é".encode())
    assert len(list(turned.strings(b"ab"))) == 2 * 255
    assert len(list(turned.strings(bytes(turned.LONGEST + 1)))) == 8 * (turned.LONGEST + 1)
    assert ("a", 5, None, b"") in turned.columns(("a", 4, None, b""))
    assert ("b", 4, None, b"") in turned.columns(("a", 4, None, b""))


def test_not_more_rows_are_tried_than_there_is_time_for() -> None:
    tries = turned.Tries(2)
    assert [tries.take() for _ in range(4)] == [True, True, False, False]
