extension PluginScaffold {
  /// The same for each plugin: one of its name might stand before a module of Python's own, or be no name for one.
  private var module: String { "plugin" }

  var pythonFiles: [File] {
    [
      File(path: "\(module).py", text: pythonProgram, isProgram: true),
      File(path: "test_\(module).py", text: pythonTest), File(path: "README.md", text: pythonReadme),
    ]
  }

  private var pythonProgram: String {
    """
    #!/usr/bin/env python3
    \"""\(name): what it is for, in one line.\"""

    from stationd_plugin import Plugin, Refused, text

    plugin = Plugin("\(name)", title=text("\(name)", "\(name)"), version="1.0")

    # What is kept. Fields have a column of their own, so that an index can be over them.
    ENTRY = {"subject": {"type": "string", "minLength": 1, "maxLength": 100}, "at": {"type": "string"}}
    plugin.collection("entry", text("One entry", "一条记录"), ENTRY, fields={"subject": "text"},
                      indexes={"by_subject": ["subject"]})
    plugin.event("added", text("An entry was added", "已添加记录"), {"id": {"type": "string"}})


    @plugin.write("add", text("Add an entry", "添加记录"), params={"subject": ENTRY["subject"]},
                  result={"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
                  positional=["subject"], example=({"subject": "lamp"}, {"id": "E-1"}))
    def add(call):
        record = call.create("entry", {"subject": call.params["subject"], "at": call.now.isoformat()},
                             id=f"E-{call.next('entry')}")
        call.emit("added", {"id": record.id})
        return {"id": record.id}


    @plugin.read("get", text("Show an entry", "查看记录"), params={"id": {"type": "string"}}, positional=["id"],
                 example=({"id": "E-1"}, {"subject": "lamp", "at": "2026-03-02T09:00:00+08:00"}))
    def get(call):
        record = call.get("entry", call.params["id"])
        if record is None:
            raise Refused("not_found", "No such entry", "没有此记录", pointer="/id")
        return record.body


    @plugin.read("count", text("Count the entries of a subject", "统计"), params={"subject": ENTRY["subject"]},
                 example=({"subject": "lamp"}, {"entries": 1}))
    def count(call):
        return {"entries": call.count("entry", "by_subject", [call.params["subject"]])}


    if __name__ == "__main__":
        plugin.run()

    """
  }

  private var pythonTest: String {
    """
    \"""Run with: python3 -m unittest\"""

    import unittest

    from \(module) import plugin
    from stationd_plugin import Refused
    from stationd_plugin.testing import Station


    class Tests(unittest.TestCase):
        def setUp(self):
            self.station = Station(plugin)

        def test_an_entry_is_kept_and_told(self):
            self.assertEqual(self.station.call("add", subject="lamp"), {"id": "E-1"})
            self.assertEqual(self.station.call("get", id="E-1")["subject"], "lamp")
            self.assertEqual(self.station.call("count", subject="lamp"), {"entries": 1})
            self.assertEqual(self.station.events, [("added", {"id": "E-1"})])

        def test_what_is_not_there_is_not_found(self):
            with self.assertRaises(Refused) as raised:
                self.station.call("get", id="E-2")
            self.assertEqual(raised.exception.kind, "not_found")


    if __name__ == "__main__":
        unittest.main()

    """
  }

  private var pythonReadme: String {
    let kit =
      missing == nil
      ? "`stationd_plugin/` is the kit; it needs nothing but Python 3.10, and goes where the plugin goes."
      : "Install the kit first: `python3 -m pip install …/stationd/Plugins/python`."
    return """
      # \(name)

      A plugin of stationd. \(kit)

      ```sh
      python3 -m unittest                   # its test, without a daemon
      stationctl plugin check ./\(module).py   # the protocol, without a daemon
      ```

      \(usage(of: "\(module).py"))
      """
  }
}
