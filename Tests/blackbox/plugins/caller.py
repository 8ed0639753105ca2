#!/usr/bin/env python3
"""A plugin that calls other modules, for the tests of what it may see."""

from stationd_plugin import Plugin, text

STRING = {"type": "string"}
plugin = Plugin("caller", title=text("Caller", "调用者"))
plugin.calls("directory.unit.get", fields=["/id", "/name"])
plugin.calls("approval.request", fields=["/id", "/state"])


@plugin.read("name", text("Show a unit", "查看单位"), params={"id": STRING}, example=({"id": "u"}, {}))
def name(call):
    return {"seen": call.call("directory.unit.get", id=call.params["id"])}


@plugin.write("ask", text("Ask for an approval", "申请"), params={"subject": STRING}, example=({"subject": "s"}, {}))
def ask(call):
    return call.call("approval.request", action="caller.ask", subject=call.params["subject"], payload={}, hours=1)


if __name__ == "__main__":
    plugin.run()
