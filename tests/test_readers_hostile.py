"""Whatever bytes come, a reader answers with readings that can be kept, or with BadWires."""

from __future__ import annotations

import json

import pytest
import test_iptc7901
import test_newsml1
import test_newsml_g2
import test_ninjs
import test_nitf
from hypothesis import given
from hypothesis import strategies as st
from readings import items

from vstore import dates, readers
from vstore.errors import BadWire
from vstore.readers import Reading

WIRES = (
    test_iptc7901.message(),
    test_iptc7901.message(test_iptc7901.ANPA_BODY, test_iptc7901.ANPA_HEAD),
    test_newsml1.file(test_newsml1.item(), test_newsml1.item()),
    test_nitf.article(head=test_nitf.HEAD, heading=test_nitf.HEADING),
    test_newsml_g2.item(test_newsml_g2.inline(test_newsml_g2.NITF)),
    json.dumps(test_ninjs.VERSION_1),
)
PIECES = (
    *(b"<", b">", b"&", b"</", b"/>", b"<!--", b"<![CDATA[", b"&eacute;", b"<newsItem>", b"<nitf>", b"''"),
    *(b"\x01", b"\x02", b"\x03", b"\x04", b"\x1b-A", b"\0", b"\xff", b"\xed\xa0\x80", b"\xfe\xff"),
    *(b"{", b"}", b"[", b"]", b'"', b",", b"null", b"\\ud800", b"1e999", b"9" * 30),
)


def check(found: list[Reading | BadWire]) -> None:
    for each in found:
        if isinstance(each, Reading):
            wire = readers.to_wire(each, "story", {})
            assert wire.text.encode().decode() == wire.text
            assert each.date is None or dates.parse(each.date)
        else:
            assert each.message


@pytest.mark.parametrize("name", [name for name in readers.READERS if name != "plain"])
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(name: str, data: bytes) -> None:
    check(items(data, name))


@given(
    st.sampled_from(WIRES),
    st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 40), st.sampled_from((b"", *PIECES))),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from((None, "latin-1", "utf-16", "cp037", "utf-7")),
)
def test_a_wire_that_was_damaged_is_read_or_refused(
    wire: str, damage: list[tuple[float, int, bytes]], encoding: str | None
) -> None:
    data = wire.encode()
    for place, length, piece in damage:
        at = int(place * len(data))
        data = data[:at] + piece + data[at + length :]
    check(items(data, encoding=encoding))


@pytest.mark.parametrize("wire", WIRES)
def test_a_wire_that_is_cut_off_anywhere_is_read_or_refused(wire: str) -> None:
    data = wire.encode()
    for end in range(0, len(data), 7):
        check(items(data[:end]))
