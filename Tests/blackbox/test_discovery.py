"""rpc.discover: a valid OpenRPC document that says of every method what it takes, gives and looks like."""

import copy
import unittest

import jsonschema
import referencing
import referencing.jsonschema
from harness import CallError, Daemon, DaemonTestCase
from openrpc_schema import OPENRPC

# What the administrators' socket alone takes, or a development socket.
ADMINISTRATIVE = {"dev.clock.set", "key.rotate", "plugin.start", "plugin.stop", "plugin.reload", "system.backup",
                  "system.reload"}

META_SCHEMA = jsonschema.Draft7Validator(OPENRPC)

# Methods that give several things, and are no lists that go on at a cursor.
OTHER_LISTS = {
    "audit.entries": "goes through the log by number, from the oldest on: `from` and `next`",
    "audit.tail": "goes through the log by number, from the newest back: `before` and `next`",
    "audit.find": "looks back through a part of the log at a time, by number: `before` and `next`",
    "mediation.find": "gives one person's disputes up to the limit, and no further page",
    "plugin.logs": "gives the newest lines of what is kept of a plugin's output",
}

# The day that the examples are of.
EXAMPLES_DAY = "2026-03-02T09:00:00+08:00"

# What an example answers that names a record which is not there, or one in another state or version.
OF_NO_RECORD = {"not_found", "wrong_state", "conflict"}

# Examples that need what a fresh daemon has not.
UNREADY = {
    "key.rotate": ("invalid_params", "there is no file with a next key"),
    "keyperson.tasks": ("refused_by_rule", "tasks are a unit's, and the developer belongs to none"),
    "system.backup": ("invalid_params", "there is no directory for backups"),
    "transfer.send": ("refused_by_rule", "the examples before it made a criminal case, which needs an approval"),
}


def of_each_method(test):
    """A test of one method becomes a test of all."""

    def test_all(self):
        for method in self.methods:
            with self.subTest(method["name"]):
                test(self, method)

    test_all.__doc__ = test.__doc__
    return test_all


def codes(schema, member=None):
    """The members of all objects in a schema as (None, name), and the words of all enumerations as (member, word)."""
    if isinstance(schema, list):
        for part in schema:
            yield from codes(part, member)
    elif isinstance(schema, dict):
        for word in [*schema.get("enum", []), schema.get("const")]:
            if isinstance(word, str):
                yield member, word
        for name, part in schema.get("properties", {}).items():
            yield None, name
            yield from codes(part, name)
        for key, part in schema.items():
            if key not in ("properties", "examples"):
                yield from codes(part, member)


class DiscoveryTests(DaemonTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls.daemon.call("rpc.discover")
        cls.methods = cls.document["methods"]

    def validator(self, schema):
        """A validator of a schema of the document, whose references are into the document."""
        jsonschema.Draft202012Validator.check_schema(schema)
        resource = referencing.Resource.from_contents(
            self.document, default_specification=referencing.jsonschema.DRAFT202012
        )
        registry = referencing.Registry().with_resource("urn:document", resource)
        return jsonschema.Draft202012Validator(
            self.absolute(schema),
            registry=registry,
            format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
        )

    def absolute(self, schema):
        if isinstance(schema, dict):
            return {
                key: (
                    "urn:document" + value
                    if key == "$ref" and value.startswith("#")
                    else self.absolute(value)
                )
                for key, value in schema.items()
            }
        return [self.absolute(item) for item in schema] if isinstance(schema, list) else schema

    def test_the_document_is_valid(self):
        errors = [
            f"{list(error.absolute_path)}: {error.message[:200]}"
            for error in META_SCHEMA.iter_errors(self.document)
        ]
        self.assertEqual(errors, [])

    def test_the_schema_finds_faults(self):
        """The validation above is worth something: each of these damages is found."""

        def damaged(change):
            document = copy.deepcopy(self.document)
            change(document)
            return not META_SCHEMA.is_valid(document)

        for change in (
            lambda d: d.pop("openrpc"),
            lambda d: d["info"].pop("version"),
            lambda d: d.update(extra=1),
            lambda d: d["methods"][0].update(extra=1),
            lambda d: d["methods"][0].pop("result"),
            lambda d: d["methods"][0]["params"][0].pop("schema"),
            lambda d: d["methods"][0]["params"][0].update(schema={"type": "texty"}),
            lambda d: d["methods"][0]["examples"][0].pop("params"),
            lambda d: d["components"]["errors"]["denied"].update(code="x"),
        ):
            self.assertTrue(damaged(change))

    def test_names_are_unique_and_sorted(self):
        names = [method["name"] for method in self.methods]
        self.assertEqual(names, sorted(set(names)))

    def test_every_namespace_of_the_core_is_there(self):
        names = {method["name"].split(".")[0] for method in self.methods}
        self.assertLessEqual({"rpc", "system", "audit", "events", "directory", "approval", "support"}, names)

    @of_each_method
    def test_every_method_says_what_it_does_takes_and_gives(self, method):
        self.assertGreater(len(method["summary"]), 3)
        self.assertTrue(method["x-summary-zh"])
        self.assertTrue(method["result"]["schema"])
        self.assertTrue(method["examples"])
        self.assertIn(method["x-permission"], ("everyone", "role"))
        self.assertEqual(method["x-administers"], method["name"] in ADMINISTRATIVE)
        self.assertIsInstance(method["params"], list)

    @of_each_method
    def test_required_parameters_come_first_and_names_are_unique(self, method):
        required = [param.get("required", False) for param in method["params"]]
        self.assertEqual(required, sorted(required, reverse=True))
        names = [param["name"] for param in method["params"]]
        self.assertEqual(len(names), len(set(names)))
        self.assertIn("meta", names)

    @of_each_method
    def test_positional_methods_list_their_order_first(self, method):
        positional = method["x-positional"]
        self.assertEqual(method["paramStructure"], "either" if positional else "by-name")
        names = [param["name"] for param in method["params"]]
        self.assertEqual([name for name in names if name != "meta"][: len(positional)], positional)
        # With what is required, or after all.
        self.assertEqual(names.index("meta"), sum(param["required"] for param in method["params"]) - 1
                         if method["x-discloses"] else len(names) - 1)

    def test_params_by_position_are_taken_in_the_order_told(self):
        called = set()
        for method in self.methods:
            names = [param["name"] for param in method["params"]]
            for example in method["examples"]:
                given = {param["name"]: param["value"] for param in example["params"]}
                told = names[: len(given)]
                if method["paramStructure"] != "either" or set(told) != set(given):
                    continue
                with self.subTest(method["name"]):
                    params = [given[name] for name in told]
                    answer = self.daemon.call("rpc.check", {"method": method["name"], "params": params})
                    self.assertEqual(answer, {"ok": True})
                    called.add(method["name"])
        self.assertLessEqual({"support.get", "support.withdraw", "rpc.check", "approval.get"}, called)

    def test_references_lead_somewhere(self):
        def walk(node):
            if isinstance(node, dict):
                if isinstance(node.get("$ref"), str):
                    target = self.document
                    for part in node["$ref"].removeprefix("#/").split("/"):
                        self.assertIn(part, target, node["$ref"])
                        target = target[part]
                for value in node.values():
                    walk(value)
            elif isinstance(node, list):
                for value in node:
                    walk(value)

        walk(self.document)

    def test_error_codes_are_those_of_the_specification_or_the_daemons_own(self):
        errors = self.document["components"]["errors"]
        codes = [error["code"] for error in errors.values()]
        self.assertEqual(len(codes), len(set(codes)))
        for kind, error in errors.items():
            with self.subTest(kind):
                self.assertEqual(error["data"]["kind"], kind)
                self.assertTrue(
                    error["code"] in (-32700, -32600, -32601, -32602, -32603)
                    or -32099 <= error["code"] <= -32000
                )

    @of_each_method
    def test_lists_have_limit_cursor_and_order(self, method):
        params = {param["name"]: param for param in method["params"]}
        result = set(method["result"]["schema"].get("properties", {}))
        is_list = method["name"].endswith(".list") or "limit" in params or {"items", "next"} <= result
        if not is_list or method["name"] in OTHER_LISTS:
            return
        self.assertLessEqual({"limit", "cursor", "order"}, set(params))
        self.assertEqual(params["order"]["schema"]["enum"], ["asc", "desc"])
        self.assertIn("next", result)

    def test_the_exceptions_are_there(self):
        names = {method["name"] for method in self.methods}
        self.assertLessEqual(set(OTHER_LISTS) | set(UNREADY), names)

    def test_examples_work_on_a_fresh_daemon(self):
        """In the order of their names, on one connection; what moves the clock comes last."""
        methods = sorted(self.methods, key=lambda method: (method["name"].startswith("dev."), method["name"]))
        with Daemon() as daemon, daemon.connect() as client:
            client.call("dev.clock.set", {"now": EXAMPLES_DAY})
            for method in methods:
                allowed = OF_NO_RECORD | set(UNREADY.get(method["name"], ())[:1])
                for example in method["examples"]:
                    params = {param["name"]: param["value"] for param in example["params"]}
                    with self.subTest(method["name"], example=example["name"]):
                        try:
                            client.call(method["name"], params)
                        except CallError as error:
                            self.assertIn(error.kind, allowed, error)

    @of_each_method
    def test_examples_pass_the_check_of_the_daemon(self, method):
        for example in method["examples"]:
            params = {param["name"]: param["value"] for param in example["params"]}
            answer = self.daemon.call("rpc.check", {"method": method["name"], "params": params})
            self.assertEqual(answer, {"ok": True}, example["name"])

    @of_each_method
    def test_examples_params_are_valid(self, method):
        schemas = {param["name"]: param for param in method["params"]}
        for example in method["examples"]:
            given = {param["name"]: param["value"] for param in example["params"]}
            self.assertLessEqual(set(given), set(schemas))
            for name, value in given.items():
                self.validator(schemas[name]["schema"]).validate(value)
            missing = {
                name
                for name, param in schemas.items()
                if param.get("required") and name not in given
            }
            self.assertEqual(missing, set())

    @of_each_method
    def test_examples_results_are_valid(self, method):
        validator = self.validator(method["result"]["schema"])
        for example in method["examples"]:
            validator.validate(example["result"]["value"])

    def test_real_results_are_valid(self):
        """What read methods without required params answer fits what they promise."""
        called = [
            method
            for method in self.methods
            if not method["x-writes"]
            and not any(param.get("required") and param["name"] != "meta" for param in method["params"])
        ]
        self.assertGreater(len(called), 8)
        with self.connect() as client:
            client.call(
                "support.open",
                {
                    "scenario": 2,
                    "station": "st-01",
                    "urgency": "routine",
                    "summary": "A crowd at the gate",
                    "facts": {"officers_available": 4, "persons_involved": 30},
                },
            )
            for method in called:
                with self.subTest(method["name"]):
                    meta = {"purpose": "audit", "reason": "test"} if method["x-discloses"] else {}
                    try:
                        answer = client.call(method["name"], **meta)
                    except CallError as error:
                        # It needs one of several params, or a caller who belongs to a unit.
                        self.assertIn(error.kind, ("invalid_params", "refused_by_rule"))
                        continue
                    self.validator(method["result"]["schema"]).validate(answer)

    def test_every_code_that_people_are_shown_has_a_chinese_word(self):
        shared = self.document["x-words-zh"]
        own = {module["name"]: module["words_zh"] for module in self.document["x-modules"]}
        for module, words in {"": shared, **own}.items():
            for code, word in words.items():
                self.assertRegex(word, r"[\u4e00-\u9fff]|^[A-Z]+$", f"{module}: {code}")
        lacking = set()
        for method in self.methods:
            words = {**shared, **own[method["name"].partition(".")[0]]}
            schemas = [method["result"]["schema"], {"properties": {param["name"]: param["schema"]
                                                                   for param in method["params"]}}]
            for member, word in codes(schemas):
                if not (word in words or f"{member}.{word}" in words):
                    lacking.add((method["name"], member, word))
        self.assertEqual(lacking, set())

    def test_a_module_tells_its_events(self):
        told = {event["kind"]: event for module in self.document["x-modules"]
                for event in self.daemon.call("rpc.module", {"name": module["name"]})["events"]}
        self.assertLessEqual({"support.escalated", "stoploss.spool_set_aside", "directory.unit_changed"}, set(told))
        for event in told.values():
            with self.subTest(event["kind"]):
                self.assertTrue(event["summary"] and event["summary_zh"] and event["payload"]["properties"])

    def test_discovery_takes_positional_nothing_and_is_stable(self):
        with self.connect() as client:
            self.assertEqual(client.call("rpc.discover", []), self.document)
            self.assertEqual(client.call("rpc.discover", {}), self.document)


if __name__ == "__main__":
    unittest.main()
