"""rpc.discover: a valid OpenRPC document that says of every method what it takes, gives and looks like."""

import copy
import unittest

import jsonschema
import referencing
import referencing.jsonschema
from harness import CallError, DaemonTestCase
from openrpc_schema import OPENRPC

META_SCHEMA = jsonschema.Draft7Validator(OPENRPC)


def of_each_method(test):
    """A test of one method becomes a test of all."""

    def test_all(self):
        for method in self.methods:
            with self.subTest(method["name"]):
                test(self, method)

    test_all.__doc__ = test.__doc__
    return test_all


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
        if not method["name"].endswith(".list"):
            return
        params = {param["name"]: param for param in method["params"]}
        self.assertLessEqual({"limit", "cursor", "order"}, set(params))
        self.assertEqual(params["order"]["schema"]["enum"], ["asc", "desc"])

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

    def test_discovery_takes_positional_nothing_and_is_stable(self):
        with self.connect() as client:
            self.assertEqual(client.call("rpc.discover", []), self.document)
            self.assertEqual(client.call("rpc.discover", {}), self.document)


if __name__ == "__main__":
    unittest.main()
