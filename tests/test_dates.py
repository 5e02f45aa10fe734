from __future__ import annotations

import datetime
import subprocess
import sys
import time
import zoneinfo
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vstore import dates
from vstore.dates import Date
from vstore.errors import BadReference

DAY = 86_400
JAN_15 = 1_547_510_400  # 2019-01-15T00:00:00Z


class Vague(datetime.tzinfo):
    """A zone that knows no offset."""

    def utcoffset(self, _moment: datetime.datetime | None) -> None:
        return None

    dst = utcoffset

    def tzname(self, _moment: datetime.datetime | None) -> None:
        return None


def berlin() -> datetime.tzinfo:
    return dates.zone("Europe/Berlin")


@pytest.fixture
def local_is_new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ("2019", "2019"),
        ("0001", "0001"),
        ("2019-01", "2019-01"),
        ("2019-01-15", "2019-01-15"),
        ("2020-02-29", "2020-02-29"),
        ("2019-01-15T14:05", "2019-01-15T14:05"),
        ("2019-01-15t14:05", "2019-01-15T14:05"),
        ("2019-01-15 14:05", "2019-01-15T14:05"),
        ("2019-01-15T14:05:09", "2019-01-15T14:05:09"),
        ("2019-01-15T14:05:09.120", "2019-01-15T14:05:09.120"),
        ("2019-01-15T14:05:09,0", "2019-01-15T14:05:09.0"),
        ("2019-01-15T14:05:09." + "1" * 30, "2019-01-15T14:05:09." + "1" * 30),
        ("2019-01-15T14:05Z", "2019-01-15T14:05+00:00"),
        ("2019-01-15T14:05z", "2019-01-15T14:05+00:00"),
        ("2019-01-15T14:05-00:00", "2019-01-15T14:05+00:00"),
        ("2019-01-15T14:05+05:30", "2019-01-15T14:05+05:30"),
        ("2019-01-15T14:05-0330", "2019-01-15T14:05-03:30"),
        ("2019-01-15T14:05:09.5+09", "2019-01-15T14:05:09.5+09:00"),
        ("2019-01-15T14:05+23:59", "2019-01-15T14:05+23:59"),
        ("9999-12-31T23:59:59.9-23:59", "9999-12-31T23:59:59.9-23:59"),
    ],
)
def test_a_date_is_kept_as_precise_as_it_was_given(given: str, canonical: str) -> None:
    assert dates.parse(given).text == canonical
    assert dates.parse(canonical).text == canonical


IMPOSSIBLE = """
2019-02-30 2019-02-29 2019-00-01 2019-13 2019-01-00 0000 0000-01-01 2019-01-15T24:00 2019-01-15T14:60
2019-01-15T14:05:60 2016-12-31T23:59:60Z 2019-01-15T14:05+24:00 2019-01-15T14:05-00:60
""".split()  # noqa: SIM905


@pytest.mark.parametrize("given", IMPOSSIBLE)
def test_a_day_or_time_that_does_not_exist_is_refused(given: str) -> None:
    with pytest.raises(BadReference, match="no such day or time") as caught:
        dates.parse(given)
    assert repr(given) in caught.value.message
    assert caught.value.facts == {"given": given}


@pytest.mark.parametrize(
    "given",
    [
        "",
        " ",
        "now",
        "19",
        "20190115",
        "2019-1-15",
        "2019-W03-2",
        "2019-015",
        "10000-01-01",
        "-2019",
        "+2019",
        "2019-01-15T14",
        "2019-01T14:05",
        "2019-01-15  14:05",
        "2019-01-15\u00a014:05",
        "2019-01-15T14:05 Z",
        "2019-01-15T14:05+5",
        "2019-01-15T14:05+05:3",
        "2019-01-15T14:05+05:30:00",
        "2019-01-15T14:05.5",
        "2019-01-15T14:05:09.",
        "2019-01-15T14:05:09." + "1" * 31,
        "2019-01-15Z",
        " 2019-01-15",
        "2019-01-15\n",
        "2019-01-15\0",
        "٢٠١٩-٠١-١٥",
        "２０１９",
        "2019‐01‐15",
        "\ud800",
    ],
)
def test_what_is_in_none_of_the_forms_is_refused_with_the_forms(given: str) -> None:
    with pytest.raises(BadReference, match="YYYY-MM-DDThh:mm"):
        dates.parse(given)


def test_a_refusal_shows_the_start_of_what_was_given_without_control_characters() -> None:
    with pytest.raises(BadReference) as caught:
        dates.parse("\x1b[31m\u202e" + "9" * 1_000_000)
    message = caught.value.message
    assert message.isprintable()
    assert "\\x1b[31m\\u202e999" in message
    assert len(message) < 300


def test_a_time_without_a_zone_gets_the_offset_in_force_at_that_moment() -> None:
    assert dates.parse("2019-01-15T14:00", berlin()).text == "2019-01-15T14:00+01:00"
    assert dates.parse("2019-07-15T14:00:01.50", berlin()).text == "2019-07-15T14:00:01.50+02:00"


def test_an_hour_that_comes_twice_is_the_first_and_a_gap_is_as_zoneinfo_reads_it() -> None:
    assert dates.parse("2019-10-27T02:30", berlin()).text == "2019-10-27T02:30+02:00"
    assert dates.parse("2019-03-31T02:30", berlin()).text == "2019-03-31T02:30+01:00"


def test_a_zone_that_was_given_wins_over_the_reader_s() -> None:
    assert dates.parse("2019-01-15T14:00-05:00", berlin()).text == "2019-01-15T14:00-05:00"
    assert dates.parse("2019-01-15T14:00Z", berlin()).text == "2019-01-15T14:00+00:00"


@pytest.mark.parametrize("given", ["2019", "2019-01", "2019-01-15"])
def test_a_day_or_less_has_no_zone(given: str) -> None:
    assert dates.parse(given, berlin()).text == given


def test_an_offset_with_seconds_is_told_in_utc() -> None:
    assert dates.parse("1850-07-01T12:00", berlin()).text == "1850-07-01T11:06:32+00:00"
    assert dates.parse("1850-07-01T12:00:00.25", berlin()).text == "1850-07-01T11:06:32.25+00:00"


def test_a_moment_that_utc_cannot_write_is_refused() -> None:
    with pytest.raises(BadReference, match="outside the calendar"):
        dates.parse("0001-01-01T00:00", berlin())


def test_a_zone_that_knows_no_offset_counts_as_utc() -> None:
    assert dates.parse("2019-01-15T14:00", Vague()).text == "2019-01-15T14:00+00:00"


def test_values_of_a_library_caller_become_dates() -> None:
    east = datetime.timezone(datetime.timedelta(hours=5, minutes=30))
    day = datetime.datetime(2019, 1, 15, 14, 0)
    assert dates.from_value(None) is None
    assert dates.from_value("2019-01") == Date("2019-01")
    assert dates.from_value("2019-01-15T14:00", berlin()) == Date("2019-01-15T14:00+01:00")
    assert dates.from_value(datetime.date(2019, 1, 15)) == Date("2019-01-15")
    assert dates.from_value(datetime.date(1, 1, 1), berlin()) == Date("0001-01-01")
    assert dates.from_value(day.replace(tzinfo=east)) == Date("2019-01-15T14:00:00+05:30")
    assert dates.from_value(day.replace(tzinfo=east), berlin()) == Date("2019-01-15T14:00:00+05:30")
    assert dates.from_value(day.replace(microsecond=500, tzinfo=datetime.UTC)) == Date(
        "2019-01-15T14:00:00.000500+00:00"
    )
    assert dates.from_value(day, berlin()) == Date("2019-01-15T14:00:00+01:00")


def test_a_datetime_says_which_of_two_hours_it_means() -> None:
    twice = datetime.datetime(2019, 10, 27, 2, 30, fold=1)
    assert dates.from_value(twice, berlin()) == Date("2019-10-27T02:30:00+01:00")
    assert dates.from_value(twice.replace(tzinfo=berlin())) == Date("2019-10-27T02:30:00+01:00")


def test_a_datetime_with_seconds_in_its_offset_is_told_in_utc() -> None:
    odd = datetime.timezone(datetime.timedelta(seconds=3208))
    value = datetime.datetime(1850, 7, 1, 12, 0, 0, 250_000, tzinfo=odd)
    assert dates.from_value(value) == Date("1850-07-01T11:06:32.250000+00:00")


def test_a_naive_datetime_without_a_zone_is_refused() -> None:
    with pytest.raises(BadReference, match="no time zone"):
        dates.from_value(datetime.datetime(2019, 1, 15))


@pytest.mark.parametrize("value", [2019, 1.5, True, b"2019", ["2019"], datetime.time(1, 2)])
def test_any_other_value_is_no_date(value: object) -> None:
    with pytest.raises(BadReference, match=type(value).__name__):
        dates.from_value(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "first", "seconds"),
    [
        ("1970", 0, 365 * DAY),
        ("2020", 1_577_836_800, 366 * DAY),
        ("2019-01", JAN_15 - 14 * DAY, 31 * DAY),
        ("2020-02", 1_580_515_200, 29 * DAY),
        ("9999-12", dates.HIGHEST - 31 * DAY + 1, 31 * DAY),
        ("9999", dates.HIGHEST - 365 * DAY + 1, 365 * DAY),
        ("0001", dates.LOWEST, 365 * DAY),
        ("2019-01-15", JAN_15, DAY),
        ("2019-01-15T14:05", JAN_15 + 14 * 3600 + 300, 60),
        ("2019-01-15T14:05:09", JAN_15 + 14 * 3600 + 309, 1),
        ("2019-01-15T14:05:09.999", JAN_15 + 14 * 3600 + 309, 1),
        ("1969-12-31T23:59:59.5", -1, 1),
        ("2019-01-15T14:05+01:00", JAN_15 + 13 * 3600 + 300, 60),
        ("2019-01-15T14:05-03:30", JAN_15 + 17 * 3600 + 35 * 60, 60),
        ("0001-01-01T00:00+14:00", dates.LOWEST - 14 * 3600, 60),
        ("9999-12-31T23:59-12:00", dates.HIGHEST - 59 + 12 * 3600, 60),
    ],
)
def test_a_date_spans_all_the_seconds_it_may_mean(text: str, first: int, seconds: int) -> None:
    assert dates.span(Date(text)) == (first, first + seconds - 1)
    assert dates.end(Date(text)) == first + seconds - 1
    assert dates.clock(Date(text)) == max(0, first)


@settings(derandomize=True, deadline=None)
@given(
    st.datetimes(
        timezones=st.builds(
            lambda minutes: datetime.timezone(datetime.timedelta(minutes=minutes)), st.integers(-1439, 1439)
        )
    )
)
def test_a_datetime_keeps_its_moment(moment: datetime.datetime) -> None:
    date = dates.from_value(moment)
    assert date is not None
    assert date.text == moment.isoformat()
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    second = (moment - epoch) // datetime.timedelta(seconds=1)
    assert dates.span(date) == (second, second)


@settings(derandomize=True, deadline=None)
@given(st.datetimes())
def test_the_text_of_a_moment_reads_back_as_that_moment(moment: datetime.datetime) -> None:
    seconds = int((moment - datetime.datetime(1970, 1, 1)) // datetime.timedelta(seconds=1))
    text = dates.iso_seconds(seconds)
    assert text == moment.isoformat(timespec="seconds") + "Z"
    assert dates.span(dates.parse(text)) == (seconds, seconds)


@settings(derandomize=True, deadline=None)
@given(st.text(alphabet="0123456789-:+.,TZz tWé٢\n", max_size=40) | st.text(max_size=20))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    try:
        date = dates.parse(text)
    except BadReference:
        return
    assert dates.parse(date.text) == date


def test_a_date_to_the_second_is_its_own_effective_moment() -> None:
    date = dates.parse("2019-01-15T14:00:00.7+02:00")
    for greatest in (None, 0, dates.HIGHEST):
        assert dates.effective(date, greatest) == JAN_15 + 12 * 3600


def test_a_less_precise_date_is_ordered_nearest_to_the_greatest_moment_so_far() -> None:
    day = Date("2019-01-15")
    assert dates.effective(day, None) == JAN_15
    assert dates.effective(day, JAN_15 - 1) == JAN_15
    assert dates.effective(day, JAN_15 + 500) == JAN_15 + 500
    assert dates.effective(day, JAN_15 + 5 * DAY) == JAN_15 + DAY - 1
    assert dates.effective(Date("2019-01-15T14:00"), JAN_15 + DAY) == JAN_15 + 14 * 3600 + 59


def test_an_undated_wire_takes_the_greatest_moment_so_far() -> None:
    assert dates.effective(None, JAN_15) == JAN_15


def test_an_undated_first_wire_makes_none_after_it_late() -> None:
    first = dates.effective(None, None)
    assert dates.iso_seconds(first) == "0001-01-01T00:00:00Z"
    assert dates.effective(Date("1955"), first) >= first
    assert dates.effective(Date("0001-01-01T00:00+14:00"), first) >= first


def test_an_effective_moment_always_has_a_year_of_four_digits() -> None:
    assert dates.effective(Date("0001-01-01T00:00:00+14:00"), None) == dates.LOWEST
    assert dates.effective(Date("9999-12-31T23:59-12:00"), None) == dates.HIGHEST


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2019-01-15", "2019-01-15T00:00:00.000000Z", "2019-01-15T23:59:59.999999Z"),
        ("2019-01-15T14:00Z", "2019-01-15T14:00:00.000000Z", "2019-01-15T14:00:59.999999Z"),
        ("2019-01-15T14:00", "2019-01-15T13:00:00.000000Z", "2019-01-15T13:00:59.999999Z"),
        ("2019-01-15T14:00:01Z", "2019-01-15T14:00:01.000000Z", "2019-01-15T14:00:01.999999Z"),
        ("2019-01-15T14:00:01.05Z", "2019-01-15T14:00:01.050000Z", "2019-01-15T14:00:01.059999Z"),
        ("2019-01-15T14:00:01.1234567Z", "2019-01-15T14:00:01.123456Z", "2019-01-15T14:00:01.123456Z"),
        ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500000Z", "1969-12-31T23:59:59.599999Z"),
    ],
)
def test_a_time_named_by_a_person_is_its_first_or_last_microsecond(text: str, first: str, last: str) -> None:
    assert dates.iso_micros(dates.parse_time(text, berlin(), end=False)) == first
    assert dates.iso_micros(dates.parse_time(text, berlin(), end=True)) == last


def test_moments_beyond_the_calendar_can_still_be_told() -> None:
    assert dates.iso_seconds(0) == "1970-01-01T00:00:00Z"
    assert dates.iso_seconds(dates.LOWEST) == "0001-01-01T00:00:00Z"
    assert dates.iso_seconds(dates.HIGHEST) == "9999-12-31T23:59:59Z"
    assert dates.iso_seconds(dates.LOWEST - 1) == "0000-12-31T23:59:59Z"
    assert dates.iso_seconds(dates.HIGHEST + 1) == "10000-01-01T00:00:00Z"
    assert dates.iso_micros(-1) == "1969-12-31T23:59:59.999999Z"


@pytest.mark.parametrize("name", ["UTC", "utc", "Z", "+00:00", "-00:00"])
def test_utc_has_many_names(name: str) -> None:
    assert dates.parse("2019-01-15T14:00", dates.zone(name)).text == "2019-01-15T14:00+00:00"


@pytest.mark.parametrize(("name", "offset"), [("+02:00", "+02:00"), ("-0330", "-03:30"), ("+14", "+14:00")])
def test_an_offset_is_a_zone(name: str, offset: str) -> None:
    assert dates.parse("2019-01-15T14:00", dates.zone(name)).text == "2019-01-15T14:00" + offset


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Europe",
        "Europe/Berlim",
        "../../etc/passwd",
        "/etc/localtime",
        "zone.tab",
        "+24:00",
        "+1",
        "a" * 9999,
        "A/" + "b/" * 3000 + "c",
        "\ud800",
        "x\0y",
        "\x1b[31m",
    ],
)
def test_an_unknown_zone_is_refused_with_examples(name: str) -> None:
    with pytest.raises(BadReference, match="Europe/Berlin, UTC, local") as caught:
        dates.zone(name)
    assert caught.value.message.isprintable()


@pytest.mark.usefixtures("local_is_new_york")
def test_the_local_zone_follows_this_machine_s_rules() -> None:
    local, there = dates.zone("local"), zoneinfo.ZoneInfo("America/New_York")
    for text in ("2019-01-15T14:00", "2019-07-15T14:00", "2019-11-03T01:30"):
        assert dates.parse(text, local) == dates.parse(text, there)
    again = datetime.datetime(2019, 11, 3, 1, 30, fold=1)
    assert dates.from_value(again, local) == Date("2019-11-03T01:30:00-05:00")
    assert dates.parse("9999-12-31T23:59", local).text == "9999-12-31T23:59-05:00"


@pytest.mark.usefixtures("local_is_new_york")
def test_a_moment_can_be_shown_in_the_local_zone() -> None:
    local = dates.zone("local")
    for hour in (5, 6):
        moment = datetime.datetime(2019, 11, 3, hour, 30, tzinfo=datetime.UTC)
        shown = moment.astimezone(local)
        assert shown.isoformat() == moment.astimezone(zoneinfo.ZoneInfo("America/New_York")).isoformat()
        assert shown.tzname() == "local"
    assert datetime.time(1, tzinfo=local).utcoffset() is None
    assert local.dst(None) is None


def test_reading_dates_loads_no_zones() -> None:
    code = "import sys, vstore.dates as d; d.parse('2019-01-15T14:00Z'); sys.exit('zoneinfo' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
