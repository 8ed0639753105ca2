#!/usr/bin/env python3
"""Uses every store operation of the Python kit: lists by page, figures by scan, removes records and whole subjects."""

from dataclasses import replace

from stationd_plugin import Plugin, Refused, text

STRING, NUMBER = {"type": "string"}, {"type": "integer"}
OWNER = {"owner": STRING}
plugin = Plugin("ledger", title=text("Ledger", "台账"))
plugin.collection("item", text("An entry", "条目"), {"owner": STRING, "n": NUMBER, "name": STRING},
                  fields={"owner": "text", "n": "integer"}, indexes={"by_owner": ["owner", "n"]}, personal=["/name"],
                  subject="owner")


def numbers(call, **options):
    return [record["n"] for record in call.each("item", "by_owner", [call.params["owner"]], **options)]


@plugin.write("fill", text("Add entries", "添加"), params={**OWNER, "count": NUMBER},
              example=({"owner": "a", "count": 1}, {}))
def fill(call):
    for n in range(call.params["count"]):
        call.create("item", {"owner": call.params["owner"], "n": n, "name": f"name {n}"})
    return {}


@plugin.read("list", text("List entries", "列出"), params={**OWNER, "start": NUMBER, "end": NUMBER},
             example=({"owner": "a", "start": 0, "end": 1}, {}))
def listed(call):
    between = {"start": call.params["start"], "end": call.params["end"]}
    return {"all": numbers(call, limit=2), "down": numbers(call, limit=3, descending=True),
            "between": numbers(call, **between),
            "count": call.count("item", "by_owner", [call.params["owner"]], **between),
            "scan": call.scan("item", ["n", "owner"], "by_owner", [call.params["owner"]], **between)}


@plugin.write("remove", text("Remove an entry", "删除"), params={**OWNER, "n": NUMBER, "version": NUMBER},
              example=({"owner": "a", "n": 1, "version": 1}, {}))
def remove(call):
    owner, n = call.params["owner"], call.params["n"]
    found = call.query("item", "by_owner", [owner], start=n, end=n + 1).records
    if not found:
        raise Refused("not_found", "No such entry", "没有此条目", pointer="/n")
    call.delete("item", replace(found[0], version=call.params["version"]))
    return {"id": found[0].id, "there": call.get("item", found[0].id) is not None, "left": numbers(call)}


@plugin.write("forget", text("Forget an owner", "遗忘"), params=OWNER, example=({"owner": "a"}, {}))
def forget(call):
    call.erase(call.params["owner"])
    return {"left": numbers(call)}


if __name__ == "__main__":
    plugin.run()
