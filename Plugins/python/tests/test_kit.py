"""The kit by itself: declarations, errors, and the stand-in for the daemon."""

import unittest

from stationd_plugin import Plugin, Refused, text
from stationd_plugin.channel import TooLarge, encoded
from stationd_plugin.schema import violation
from stationd_plugin.testing import Station

STRING = {"type": "string"}
NUMBERS = {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 3}, "minItems": 1, "maxItems": 2}
THING = {"type": "object", "properties": {"id": STRING, "n": NUMBERS}, "required": ["id"],
         "additionalProperties": False}

# A schema, a value, and the pointer at which it does not fit; None where it does.
FITS = [
    ({}, None, None), (STRING, "x", None), (STRING, 1, ""), ({"type": ["string", "null"]}, None, None),
    ({"type": ["string", "null"]}, 0, ""), ({"type": "boolean"}, True, None), ({"type": "integer"}, True, ""),
    ({"type": "integer"}, 1.5, ""), ({"type": "number"}, 1.5, None), ({"enum": ["a", 2]}, 2, None),
    ({"enum": ["a", 2]}, "b", ""), ({"anyOf": [STRING, {"type": "null"}]}, None, None),
    ({"anyOf": [STRING, {"type": "null"}]}, 1, ""), ({"minLength": 1}, "", ""), ({"minLength": 1}, "x", None),
    ({"maxLength": 2}, "警察", None), ({"maxLength": 2}, "xyz", ""), ({"pattern": "^a"}, "ab", None),
    ({"pattern": "^a"}, "ba", ""), (NUMBERS, [1, 3], None), (NUMBERS, [], ""), (NUMBERS, [1, 1, 1], ""),
    (NUMBERS, [1, 4], "/1"), (NUMBERS, [0], "/0"), (THING, {"id": "a", "n": [1]}, None), (THING, {"n": [1]}, "/id"),
    (THING, {"id": "a", "x": 1}, "/x"), (THING, {"id": "a", "n": [9]}, "/n/0"),
]


def nested(levels):
    return {"deeper": nested(levels - 1)} if levels else {}


# What the daemon would end the process for, if it were sent: returned, and what the caller hears instead.
UNSENDABLE = {
    "a half of a character": ({"a": "\ud800"}, "internal_error"),
    "half a character in a key": ({"\ud800": 1}, "internal_error"),
    "a key twice": ({1: "a", "1": "b"}, "internal_error"),
    "no JSON": ({"set": {1}}, "internal_error"),
    "no number": ({"a": float("nan")}, "internal_error"),
    "five megabytes": ({"a": "x" * 5_000_000}, "answer_too_large"),
    "a hundred levels": (nested(100), "answer_too_large"),
}


def notes() -> Plugin:
    plugin = Plugin("notes", title=text("Notes", "便签"))
    plugin.collection("note", text("A note", "便签"), {"text": STRING, "unit": STRING},
                      fields={"unit": "text", "text": "text"},
                      indexes={"by_unit": ["unit", "text"], "by_text": ["text"]}, unique=["by_text"])
    plugin.event("added", text("Added", "已添加"), {"id": STRING})
    plugin.calls("directory.unit.get")

    @plugin.write("add", text("Add", "添加"), params={"text": STRING, "unit": STRING},
                  example=({"text": "a", "unit": "u"}, {"id": "N-1"}))
    def add(call):
        first, second = call.next("all"), call.next("all")
        record = call.create("note", {"text": call.params["text"], "unit": call.params["unit"]}, id=f"N-{first}")
        if call.params["text"] == "refuse":
            raise Refused("refused_by_rule", "No", "不")
        call.emit("added", {"id": record.id})
        call.schedule("due", record.id, call.now.replace(hour=18))
        return {"id": record.id, "second": second, "here": call.count("note", "by_unit", [call.params["unit"]])}

    @plugin.deadline("due", text("Due", "到期"))
    def due(call, deadline):
        record = call.get("note", deadline.subject)
        call.put("note", record, {**record.body, "unit": "late"})

    @plugin.read("bad", text("Bad", "坏"), params={"how": STRING}, example=({"how": "x"}, {}))
    def bad(call):
        if call.params["how"] == "nothing":
            return None
        if call.params["how"] == "writes":
            call.create("note", {"text": "x", "unit": "u"})
        if call.params["how"] == "undeclared":
            call.get("secret", "1")
        if call.params["how"] == "half a character refused":
            raise Refused("denied", "a\ud800")
        if call.params["how"] == "a set refused":
            raise Refused("denied", "x", details={"a": {1}})
        if call.params["how"] == "half a character asked for":
            call.get("note", "\ud800")
        if call.params["how"] == "half a character logged":
            plugin.log("\ud800" + "x" * 5_000_000)
        return UNSENDABLE.get(call.params["how"], ({}, None))[0]

    @plugin.read("unit", text("Unit", "单位"), params={"id": STRING}, example=({"id": "st-01"}, {}))
    def unit(call):
        return {"name": call.call("directory.unit.get", id=call.params["id"])["name"]}

    return plugin


class KitTests(unittest.TestCase):
    def setUp(self) -> None:
        self.station = Station(notes(), answers={"directory.unit.get": lambda params: {"name": params["id"].upper()}})

    def kind(self, method: str, **params: object) -> str:
        with self.assertRaises(Refused) as raised:
            self.station.call(method, **params)
        return raised.exception.kind

    def test_a_write_is_stored_numbered_and_told(self) -> None:
        self.assertEqual(self.station.call("add", text="a", unit="u"), {"id": "N-1", "second": 2, "here": 1})
        self.assertEqual(self.station.call("add", text="b", unit="u"), {"id": "N-3", "second": 4, "here": 2})
        self.assertEqual(self.station.records("note")["N-1"], {"text": "a", "unit": "u"})
        self.assertEqual(self.station.events, [("added", {"id": "N-1"}), ("added", {"id": "N-3"})])

    def test_a_refused_call_leaves_nothing(self) -> None:
        self.assertEqual(self.kind("add", text="refuse", unit="u"), "refused_by_rule")
        self.assertEqual((self.station.records("note"), self.station.deadlines()), ({}, {}))

    def test_a_deadline_fires_at_its_time(self) -> None:
        self.station.call("add", text="a", unit="u")
        self.station.advance("2026-03-02T17:59:59+08:00")
        self.assertEqual(self.station.records("note")["N-1"]["unit"], "u")
        self.station.advance("2026-03-02T18:00:00+08:00")
        self.assertEqual(self.station.records("note")["N-1"]["unit"], "late")

    def test_what_does_not_fit_is_refused(self) -> None:
        self.assertEqual(self.kind("add", text=1, unit="u"), "invalid_params")
        self.assertEqual(self.kind("add", text="a"), "invalid_params")
        self.assertEqual(self.kind("bad", how="undeclared"), "denied")
        self.assertEqual(self.kind("missing"), "method_not_found")
        self.station.call("add", text="a", unit="u")
        self.assertEqual(self.kind("add", text="a", unit="v"), "already_exists")

    def test_a_mistake_of_a_handler_fails_its_call_only(self) -> None:
        self.assertEqual(self.kind("bad", how="nothing"), "internal_error")
        with self.assertRaisesRegex(AssertionError, "only reads"):
            self.station.call("bad", how="writes")
        self.assertEqual(self.station.call("unit", id="st-01"), {"name": "ST-01"})

    def test_what_cannot_be_sent_fails_its_call_only(self) -> None:
        for how, (_, kind) in UNSENDABLE.items():
            with self.subTest(how=how):
                self.assertEqual(self.kind("bad", how=how), kind)
        for how in ("half a character refused", "a set refused", "half a character asked for"):
            with self.subTest(how=how):
                self.assertEqual(self.kind("bad", how=how), "internal_error")
        self.assertEqual(self.station.call("bad", how="half a character logged"), {})
        self.assertEqual(self.station.log, ["\\ud800" + "x" * 1_999])

    def test_a_record_that_cannot_be_sent_fails_its_call_only(self) -> None:
        self.assertEqual(self.kind("add", text="a\ud800", unit="u"), "internal_error")
        self.assertEqual(self.station.records("note"), {})

    def test_a_message_is_as_deep_and_long_as_the_daemon_takes_it(self) -> None:
        encoded(nested(63))
        self.assertEqual(len(encoded({"a": "字"}, 11)), 11)
        for message, limit in ((nested(64), 1 << 20), ({"a": "字"}, 10)):
            with self.assertRaises(TooLarge):
                encoded(message, limit)

    def test_a_kind_that_the_daemon_does_not_know_is_a_mistake_at_once(self) -> None:
        with self.assertRaisesRegex(ValueError, "no kind of error"):
            Refused("nonsense")

    def test_what_fits_a_schema_and_where_it_does_not(self) -> None:
        for schema, value, place in FITS:
            with self.subTest(schema=schema, value=value):
                found = violation(schema, value)
                self.assertEqual(found and found[0], place)
        with self.assertRaisesRegex(ValueError, "'strng' is no type"):
            violation({"type": "strng"}, True)

    def test_names_are_checked_when_they_are_declared(self) -> None:
        plugin = notes()
        for name in ("Add", "a-b", "add"):
            with self.assertRaises(ValueError):
                plugin.read(name, text("x", "x"))(lambda call: {})
        with self.assertRaisesRegex(ValueError, "example of 'other' does not fit its params: /id: missing"):
            plugin.read("other", text("x", "x"), params={"id": STRING})(lambda call: {})


if __name__ == "__main__":
    unittest.main()
