"""Other systems' names, codes and times: what a configuration may say, and that it says the same both ways."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from events import mapping
from events.hotline import alarm_payload, callback, payloads
from events.mapping import HOTLINE, SOURCE, Unfit
from events.mapping_forms import CALLBACK
from events.personal import without
from events.services.outbox import JITTER, LONGEST_WISH, SCHEDULE, pause_after

GOOD: dict[str, Any] = yaml.safe_load("""
code: hotline
name: 某市12345
kind: hotline
times: {zone: Asia/Shanghai, formats: ["%Y-%m-%d %H:%M:%S", unix_ms]}
fields:
  order_no: data.orderCode
  type: {from: data.msgType, codes: {"1": new, "2": urge, "3": supplement, "4": revisit, "5": withdraw}}
  occurred_at: data.time
  content: data.text
  urgency: {from: data.level, codes: {"1": urgent}, otherwise: normal}
  crs: {value: gcj02}
  lng: data.pos.0
  lat: data.pos.1
  categories: {from: [data.sort3, data.sort2]}
  attachments: {from: data.files, each: url}
  secret: data.secret
  satisfaction: {from: data.score, codes: {"A": 3, "D": 0}}
callback:
  url: http://10.0.0.9/hear
  fields:
    head.app: {value: wangge}
    data.orderCode: order_no
    data.state: {from: status, codes: {closed: "9"}, otherwise: "1"}
    data.closed: {from: closed_at, time: "%Y-%m-%d %H:%M:%S"}
""")
BODY: dict[str, Any] = {
    "data": {
        "orderCode": 2026110001, "msgType": 1, "time": "2026-11-22 09:30:00", "text": "路灯不亮", "level": "2",
        "pos": ["112.31", 28.58], "sort2": "市政设施", "sort3": "路灯不亮", "secret": "0", "score": "D",
        "files": [{"url": "http://10.0.0.9/a.jpg", "size": 3}, {"size": 4}],
    }
}  # fmt: skip


def test_a_foreign_body_in_our_names():
    assert mapping.faults(GOOD) == []
    assert mapping.inward(GOOD, HOTLINE, BODY) == {
        "order_no": "2026110001", "type": "new", "occurred_at": "2026-11-22T09:30:00+08:00", "content": "路灯不亮",
        "urgency": "normal", "crs": "gcj02", "lng": 112.31, "lat": 28.58, "categories": ["路灯不亮", "市政设施"],
        "attachments": ["http://10.0.0.9/a.jpg"], "secret": False, "satisfaction": 0,
    }  # fmt: skip


def test_our_body_in_their_names_and_nesting():
    ours = {"order_no": "YY1", "status": "closed", "closed_at": "2026-11-22T01:30:00+00:00"}
    told = mapping.outward(GOOD["callback"]["fields"], ours, GOOD)
    assert told == {
        "head": {"app": "wangge"},
        "data": {"orderCode": "YY1", "state": "9", "closed": "2026-11-22 09:30:00"},
    }
    open_ = mapping.outward(GOOD["callback"]["fields"], {**ours, "status": "handling", "closed_at": None}, GOOD)
    assert open_["data"] == {"orderCode": "YY1", "state": "1", "closed": None}


@pytest.mark.parametrize(
    ("path", "value", "kind"),
    [("msgType", "7", "code"), ("time", "22.11.2026", "time"), ("time", True, "time"), ("pos", ["east", 1], "number"),
     ("secret", "maybe", "truth"), ("secret", [1], "truth"), ("text", {"a": 1}, "text"), ("text", True, "text"),
     ("files", 5, "list"), ("files", [{"url": {}}], "text"), ("msgType", [1], "code"), ("pos", [float("inf"), 1], "")],
)  # fmt: skip
def test_what_can_not_be_read_is_named_with_its_place(path, value, kind):
    body = {"data": {**BODY["data"], path: value}}
    if not kind:
        with pytest.raises(Unfit):
            mapping.inward(GOOD, HOTLINE, body)
        return
    with pytest.raises(Unfit) as unfit:
        mapping.inward(GOOD, HOTLINE, body)
    assert unfit.value.kind == kind
    assert unfit.value.place.startswith(f"data.{path}")


def _spoilt(path: str, value: Any) -> dict[str, Any]:
    """GOOD with another value at a path; None takes it out."""
    made = yaml.safe_load(yaml.safe_dump(GOOD))
    *above, last = path.split("/")
    part = made
    for name in above:
        part = part[name]
    if value is None:
        del part[last]
    else:
        part[last] = value
    return made


FAULTS = [
    ("code", None, "code"), ("code", "12345", "code"), ("code", "a b", "code"), ("name", " ", "name"),
    ("kind", "phone", "kind"), ("colour", "red", "colour"), ("kinds", {}, "kinds"),
    ("times/zone", "Asia/Nowhere", "times.zone"), ("times/formats", ["%d.%m."], "times.formats.0"),
    ("times/formats", [], "times.formats"), ("times/format", [], "times.format"),
    ("fields/order_no", None, "fields.order_no"), ("fields/orderno", "a", "fields.orderno"),
    ("fields/content", {"path": "a"}, "fields.content.path"), ("fields/content", {}, "fields.content"),
    ("fields/content", {"from": "a..b"}, "fields.content.from"), ("fields/content", 5, "fields.content"),
    ("fields/type/codes/1", "neu", "fields.type.codes.1"), ("fields/type/codes", {1: "new"}, "fields.type.codes.1"),
    ("fields/urgency/otherwise", "high", "fields.urgency.otherwise"), ("fields/lat", None, "fields.lng"),
    ("fields/crs/value", "mars", "fields.crs.value"), ("fields/content", {"value": "x", "otherwise": 1},
     "fields.content.otherwise"), ("fields/content", {"from": "a", "split": ","}, "fields.content.split"),
    ("callback/url", "ftp://x", "callback.url"), ("callback/fields/data.orderCode", None, "callback.fields"),
    ("callback/fields/data.x", "phone", "callback.fields.data.x.from"),
    ("callback/fields/data", "step", "callback.fields.data"),
    ("callback/fields/data.closed/time", "later", "callback.fields.data.closed.time"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "place"), FAULTS)
def test_a_fault_is_named_with_its_place(path, value, place):
    found = mapping.faults(_spoilt(path, value))
    assert place in [fault.place for fault in found], found
    assert all(fault.words for fault in found)


def test_every_fault_is_named_at_once():
    config = _spoilt("times/zone", "Nowhere")
    config["fields"]["orderno"] = "a"
    del config["fields"]["type"]
    assert {fault.place for fault in mapping.faults(config)} == {"times.zone", "fields.orderno", "fields.type"}
    assert mapping.faults([]) != []


_plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(_plain, st.sampled_from(["times", "fields", "answer", "callback", "kinds", "repeat_minutes", "name", "kind"]))
def test_whatever_a_file_says_its_faults_are_found_without_an_error(value, section):
    for kind in ("hotline", "source"):
        assert isinstance(mapping.faults({"code": "x", "name": "x", "kind": kind, section: value}), list)
    assert isinstance(mapping.faults(value), list)


@given(_plain)
def test_whatever_a_body_says_it_is_read_or_refused(body):
    kinds = set()
    for about in (body, {"data": body}):
        try:
            found = mapping.inward(GOOD, HOTLINE, about)
        except Unfit as unfit:
            kinds.add(unfit.kind)
        else:
            assert set(found) <= set(HOTLINE.fields)
    assert kinds <= set(Unfit.KINDS)


@given(st.integers(946_771_200, 4_102_272_000), st.sampled_from(["Asia/Shanghai", "UTC"]))
def test_a_moment_is_the_same_in_every_form(seconds, zone):
    moment = datetime.fromtimestamp(seconds, ZoneInfo(zone))
    written = {
        "%Y-%m-%d %H:%M:%S": moment.strftime("%Y-%m-%d %H:%M:%S"), "unix": int(moment.timestamp()),
        "unix_ms": str(int(moment.timestamp() * 1000)), "iso": moment.isoformat(),
    }  # fmt: skip
    for form, value in written.items():
        config = {"times": {"zone": zone, "formats": [form]}, "fields": {"occurred_at": "t"}}
        found = mapping.inward(config, HOTLINE, {"t": value})["occurred_at"]
        assert datetime.fromisoformat(found) == moment, form


@given(st.dictionaries(st.sampled_from(sorted(CALLBACK)), st.text(max_size=5), min_size=1))
def test_what_goes_out_under_other_names_holds_the_same_values(ours):
    rules = {f"a.b{number}.c": name for number, name in enumerate(ours)}
    told = mapping.outward(rules, ours, {})
    assert [told["a"][f"b{number}"]["c"] for number in range(len(ours))] == list(ours.values())


def test_the_forms_know_the_fields_of_the_messages():
    assert set(HOTLINE.fields) == payloads.FIELDS
    assert HOTLINE.values["type"] == payloads.KINDS
    assert set(SOURCE.fields) == set(alarm_payload.AlarmMessage.__dataclass_fields__) - {"point"} | {
        "lng",
        "lat",
        "crs",
    }
    assert callback.render.__doc__


@given(st.integers(0, 30), st.none() | st.integers(0, 10**7), st.floats(0, 1))
def test_the_pause_before_the_next_attempt(tried, wish, luck):
    pause = pause_after(tried, wish=wish, luck=luck)
    if tried >= len(SCHEDULE):
        assert pause is None
        return
    assert pause is not None
    assert SCHEDULE[tried] <= pause <= max(SCHEDULE[tried] * (1 + JITTER), LONGEST_WISH)
    assert pause >= min(wish or 0, LONGEST_WISH)
    assert pause_after(tried, wish=None, luck=0) == SCHEDULE[tried]


def test_the_whole_schedule_lasts_three_days_at_least():
    assert sum(pause_after(tried, wish=None, luck=0) or 0 for tried in range(len(SCHEDULE))) >= 72 * 3600


@pytest.mark.parametrize(
    ("text", "left"),
    [("我是王小明，电话13912345678", "我是＊＊，电话＊＊"), ("工单20261122139123456789", "工单20261122139123456789"),
     ("证件11010519491231002X。", "证件＊＊。"), ("座机0737-4221234请回电", "座机＊＊请回电"), ("没有", "没有")],
)  # fmt: skip
def test_what_is_personal_goes(text, left):
    assert without(text, name="王小明", phone="0737-4221234") == left


@given(st.text(alphabet="王小明1390 ", max_size=60))
def test_what_is_personal_is_gone_and_nothing_is_left_to_do(text):
    once = without(text, name="王小明", phone="13900001390")
    assert "王小明" not in once
    assert "13900001390" not in once
    assert without(once, name="王小明", phone="13900001390") == once


def test_a_short_name_is_no_reason_to_tear_words_apart():
    assert without("王先生说路灯不亮", name="王") == "王先生说路灯不亮"


def test_moments_without_a_zone_are_those_of_the_city():
    config = {"fields": {"occurred_at": "t"}}
    found = mapping.inward(config, HOTLINE, {"t": "2026-11-22T09:30:00"})["occurred_at"]
    assert datetime.fromisoformat(found).astimezone(UTC) == datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
