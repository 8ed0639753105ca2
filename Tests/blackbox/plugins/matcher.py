#!/usr/bin/env python3
"""A plugin that would match a list of people with those whom keyperson follows, for the test that it cannot."""

import sys

from stationd_plugin import Plugin, text

STRING = {"type": "string"}
plugin = Plugin("matcher", title=text("Matcher", "比对"))
plugin.calls(sys.argv[1])


@plugin.write("match", text("Match ID numbers", "比对"), params={"id_number": STRING}, discloses=True,
              example=({"id_number": "110101199003070118"}, {}))
def match(call):
    return {"found": call.call(sys.argv[1], id_number=call.params["id_number"], category="community_corrections")}


if __name__ == "__main__":
    plugin.run()
