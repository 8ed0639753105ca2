"""Params that the fuzzer makes: valid, nearly valid and hostile ones."""

import copy
import datetime as dt
import json
import re

WHY = {"purpose": "handling", "reason": "fuzz"}
ACTORS = [f"fuzz/{number}" for number in range(5)]
ALIASES = {("stoploss.account", "id"): "account", ("keyperson.get", "instrument"): "number"}
MODULES = {"SR": "support", "MD": "mediation", "SL": "stoploss", "CT": "transfer"}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
NAMED = re.compile(r"(SR|MD|SL|CT)-\d{4}-\d{6,}(\.p\d+)?$")


def luhn(body):
    total = sum(
        digit if place % 2 else sum(divmod(digit * 2, 10)) for place, digit in enumerate(map(int, reversed(body)))
    )
    return body + str(-total % 10)


def id_number(rng, year):
    body = f"110101{year}0{rng.randint(1, 9)}{rng.randint(10, 28)}{rng.randint(1, 999):03}"
    return body + "10X98765432"[sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(body)) % 11]


class Maker:
    """Makes params from a schema, the examples and what answers have given."""

    def __init__(self, rng, root, pools, start):
        self.rng, self.root, self.pools, self.now = rng, root, pools, dt.datetime.fromisoformat(start)
        self.cards = [luhn(f"62220200000000{number:04}") for number in range(24)]
        self.units = [
            "st-01",
            "st-02",
            "st-03",
            "command-centre",
            "public-security-brigade",
            "criminal-brigade",
            "legal-department",
            "anti-fraud",
            "coordination-desk",
            "key-person-desk",
            "bureau",
            "st-99",
        ]
        self.people = [id_number(rng, self.now.year - years) for years in (70, 45, 40, 36, 30, 17, 15, 8)]

    def instant(self):
        seconds = self.rng.choice([0, 0, 0, -60, -3600, -86400, -90 * 86400, 60, 3600, 86400, 40 * 86400])
        return (self.now + dt.timedelta(seconds=seconds)).isoformat(timespec="milliseconds")

    def date(self):
        days = self.rng.choice([0, -1, 1, -30, 30, 90, 180, 365, -365, -1100, 400])
        return (self.now.date() + dt.timedelta(days=days)).isoformat()

    def pool(self, method, name, example):
        """A known id that may fit: of the method's module and the param's name, shaped as the example's, and mostly in
        a state that the method is known to allow."""
        module, rng = method.split(".")[0], self.rng
        found = self.pools[module, ALIASES.get((method, name), name)]
        if name == "subject" or not found or rng.random() < 0.03:
            found = [value for place, values in self.pools.items() if isinstance(place, tuple) for value in values]
        shaped = [
            value
            for value in found
            if isinstance(example, str)
            and value[:3] == example[:3]
            or isinstance(example, str)
            and UUID.match(example)
            and UUID.match(value)
        ]
        found = shaped if shaped and rng.random() < 0.95 else found
        allowed = self.pools["allowed"].get(method)
        fitting = [value for value in found if self.pools["states"].get(value) in allowed] if allowed else None
        found = fitting if fitting and rng.random() < 0.75 else found
        if not found:
            return "0197a0c0-0000-7000-8000-000000000001"
        # Newest first: so that some records get far.
        return found[-1 - int(len(found) * rng.random() ** 3)]

    def value(self, method, name, schema, example=None):
        rng = self.rng
        if "$ref" in schema:
            return self.meta()
        if "anyOf" in schema:
            schema = rng.choice(schema["anyOf"])
        if "enum" in schema:
            return rng.choice(schema["enum"])
        kind = schema.get("type")
        kind = rng.choice(kind) if isinstance(kind, list) else kind
        if kind == "object":
            known = example if isinstance(example, dict) else {}
            return {
                member: self.value(method, member, rule, known.get(member))
                for member, rule in schema.get("properties", {}).items()
                if member in schema.get("required", []) or rng.random() < (0.8 if member in known else 0.3)
            }
        if kind == "array":
            count = max(schema.get("minItems", 0), rng.choice([0, 1, 1, 2, 2, 3]))
            known = example if isinstance(example, list) else []
            made = [
                self.value(method, name, schema.get("items", {}), known[place] if place < len(known) else None)
                for place in range(min(count, schema.get("maxItems", count)))
            ]
            return list({json.dumps(item): item for item in made}.values()) if schema.get("uniqueItems") else made
        if kind == "boolean":
            return rng.random() < 0.6
        if kind in ("integer", "number"):
            low, high = schema.get("minimum", 0), schema.get("maximum", 1 << 40)
            near = (
                [example]
                if isinstance(example, int) and rng.random() < 0.7
                else [low, low + 1, low + 2, high, rng.randint(low, high)]
            )
            return min(max(rng.choice(near), low), high)
        if kind == "string":
            return self.text(method, name, schema, example)
        return example

    def text(self, method, name, schema, example):
        rng, form = self.rng, schema.get("format")
        if form == "date-time":
            return self.instant()
        if form == "date":
            return self.date()
        if form == "hex":
            return rng.choice(["ab" * 32, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
        if form == "id":
            if method.startswith("directory") and name == "id":
                return rng.choice(["zz-1", "zz-2", "zz-3", "st-05"])
            return example if example and rng.random() < 0.6 else rng.choice(self.units)
        if (
            name in ("number", "from", "to", "account")
            and method.startswith("stoploss")
            and not (method == "stoploss.stop.request" or method == "stoploss.trace")
        ):
            return rng.choice(self.cards)
        if name == "id_number":
            return rng.choice(self.people)
        if (
            name
            in (
                "id",
                "task",
                "duty",
                "approval",
                "subject",
                "report",
                "instrument",
                "account",
                "repeat_of",
                "person",
                "parties",
                "signatures",
                "for",
                "reports",
                "support_request",
            )
            and schema.get("maxLength", 64) >= 14
        ):
            return self.pool(method, name, example[0] if isinstance(example, list) and example else example)
        if name == "cursor":
            return self.pool(method, "next", None)
        if isinstance(example, str) and rng.random() < 0.8:
            return example
        length = rng.choice([schema.get("minLength", 1), min(schema.get("maxLength", 20), rng.choice([20, 1 << 20]))])
        letter = rng.choice(
            ["a", "民", "\U00020bb7", "é", "0"]
            + ["a\n", "\x07z", "x\ufffe", "\u2028y", "e\u0301", "]]>&"] * (form == "text")
        )
        return (letter * max(length, 1))[: max(length, 1)]

    def meta(self):
        rng, meta = self.rng, dict(WHY, actor=self.rng.choice(ACTORS))
        for name, value in (
            ("trace_id", "t-1"),
            ("deadline_ms", 60000),
            ("purpose", "audit"),
            ("purpose", "subject_request"),
        ):
            if rng.random() < 0.08:
                meta[name] = value
        return meta

    def params(self, method):
        examples = [{item["name"]: item["value"] for item in example["params"]} for example in method["examples"]]
        example, made = copy.deepcopy(self.rng.choice(examples)), {"meta": self.meta()}
        for param in method["params"]:
            name = param["name"]
            wanted = 1 if param["required"] else 0.9 if name in example else 0.15
            if name not in ("meta", "version") and self.rng.random() < wanted:
                made[name] = self.value(method["name"], name, param["schema"], example.get(name))
            if name == "version" and (param["required"] or self.rng.random() < 0.3):
                known = self.pools["versions"].get(
                    next((made[key] for key in ("id", "task", "duty") if key in made), None), 1
                )
                made[name] = max(1, known - (self.rng.random() < 0.15))
        if made.get("subject") and "module" in made and self.rng.random() < 0.9:
            made["module"] = MODULES.get(made["subject"][:2], "keyperson")
        # Who belongs to another dispute is seldom meant.
        if str(made.get("id", "")).startswith("MD-") and self.rng.random() < 0.9:
            text = json.dumps(made)
            made = json.loads(re.sub(r"MD-\d{4}-\d{6}\.p", made["id"] + ".p", text))
        return made

    # fmt: off
    HOSTILE = [
        None, True, False, 0, -1, 1, 1 << 31, 1 << 53, (1 << 63) - 1, 1 << 63, 10**40, 0.5, 1e300, "", " ", "\u3000",
        "\x00", "a\nb", "\ufeff", "\ufffe", "a" * 600, "\U0001f600" * 70, "é" * 64, "2026-02-30",
        "2026-02-28T24:00:00Z", "0001-01-02T00:00:00Z", "9999-12-30T23:59:59.999Z", "2028-02-29", "9999-12-31",
        "0001-01-01", [], {}, [[]], {"": 1}, [None], "../../etc/passwd", "'; --", "11010519491231002X",
        "31.2304, 121.4737",
    ]
    # fmt: on

    def spoil(self, params):
        """Changes one place: another value, one too few, one too many."""
        target, rng = params, self.rng
        while True:
            keys = list(target) if isinstance(target, dict) else list(range(len(target)))
            act = rng.random()
            if act < 0.1 or not keys:
                if isinstance(target, dict):
                    target[rng.choice(["x", "", "id", "Meta", "名"])] = rng.choice(self.HOSTILE)
                else:
                    target.append(rng.choice(self.HOSTILE))
                return params
            key = rng.choice(keys)
            if isinstance(target[key], (dict, list)) and rng.random() < 0.7:
                target = target[key]
                continue
            if act < 0.25:
                del target[key]
            else:
                target[key] = rng.choice(self.HOSTILE)
            return params
