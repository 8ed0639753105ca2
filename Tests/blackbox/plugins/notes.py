#!/usr/bin/env python3
"""A good plugin for the tests: notes, numbered, with reminders."""

import time
from datetime import datetime

from stationd_plugin import Plugin, Refused, text

STRING = {"type": "string"}
plugin = Plugin("notes", title=text("Notes", "便签"))
plugin.collection("note", text("A note", "便签"), {"text": STRING, "unit": STRING}, fields={"unit": "text"},
                  indexes={"by_unit": ["unit"]})
plugin.event("added", text("A note was added", "已添加"), {"id": STRING})


@plugin.write("add", text("Add a note", "添加"), params={"text": STRING, "unit": STRING},
              example=({"text": "x", "unit": "u"}, {"id": "N-1"}))
def add(call):
    record = call.create("note", {"text": call.params["text"], "unit": call.params["unit"]},
                         id=f"N-{call.next('all')}")
    call.emit("added", {"id": record.id})
    return {"id": record.id}


@plugin.write("bump", text("Count a note up", "加一"), params={"id": STRING}, example=({"id": "N-1"}, {}))
def bump(call):
    record = call.get("note", call.params["id"])
    if record is None:
        raise Refused("not_found", "No such note", "没有此便签", pointer="/id")
    changed = call.put("note", record, {**record.body, "text": str(int(record["text"]) + 1)})
    # A read after a write of its own sees it.
    assert call.count("note", "by_unit", [changed["unit"]]) >= 1
    return {}


@plugin.write("remind", text("Set a reminder", "提醒"), params={"id": STRING, "at": STRING},
              example=({"id": "r", "at": "2026-01-01T00:00:00Z"}, {}))
def remind(call):
    call.schedule("due", call.params["id"], datetime.fromisoformat(call.params["at"]), {"id": call.params["id"]})
    return {}


@plugin.deadline("due", text("A reminder is due", "提醒到期"))
def due(call, deadline):
    call.create("note", {"text": deadline.payload["id"], "unit": "reminders"})


@plugin.read("get", text("Read a note", "查看"), params={"id": STRING}, example=({"id": "N-1"}, {}))
def get(call):
    record = call.get("note", call.params["id"])
    if record is None:
        raise Refused("not_found", "No such note", "没有此便签", pointer="/id")
    return record.body


@plugin.read("count", text("Count the notes of a unit", "计数"), params={"unit": STRING}, example=({"unit": "u"}, {}))
def count(call):
    return {"n": call.count("note", "by_unit", [call.params["unit"]])}


@plugin.read("peek", text("Try what is not declared", "越权"))
def peek(call):
    return {"found": call.get("secret", "1") is not None}


@plugin.read("slow", text("Take a while", "慢"))
def slow(call):
    time.sleep(0.05)
    return {}


if __name__ == "__main__":
    plugin.run()
