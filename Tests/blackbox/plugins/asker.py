#!/usr/bin/env python3
"""A plugin that calls other modules' writes and disclosing reads, for the tests of what comes of it."""

import time

from stationd_plugin import Plugin, text

STRING = {"type": "string"}
plugin = Plugin("asker", title=text("Asker", "申请者"))
plugin.calls("approval.request")
plugin.calls("support.get")


@plugin.write("ask", text("Ask for an approval", "申请"), params={"subject": STRING}, example=({"subject": "s"}, {}))
def ask(call):
    asked = call.call("approval.request", action="asker.ask", subject=call.params["subject"], payload={}, hours=1)
    time.sleep(0.005)
    return {"id": asked["id"], "expires_at": asked["expires_at"]}


@plugin.write("quiet", text("Look, and do not say so", "查看而不声明"), params={"id": STRING},
              example=({"id": "x"}, {}))
def quiet(call):
    return {"seen": call.call("support.get", id=call.params["id"])}


@plugin.write("open", text("Look, and say so", "查看并声明"), params={"id": STRING}, example=({"id": "x"}, {}),
              discloses=True)
def look(call):
    return {"seen": call.call("support.get", id=call.params["id"])}


if __name__ == "__main__":
    plugin.run()
