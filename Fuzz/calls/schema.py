"""JSON Schema, as far as stationd publishes it: keywords and formats."""

import datetime as dt
import json
import re


def is_instant(text):
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)", text, re.ASCII):
        return False
    try:
        return bool(
            dt.datetime.fromisoformat(re.sub(r"\.\d+", "", text).replace("Z", "+00:00")).astimezone(dt.timezone.utc)
        )
    except (ValueError, OverflowError):
        return False


def is_date(text):
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) and dt.date.fromisoformat(text))
    except ValueError:
        return False


FORMATS = {
    "date-time": is_instant,
    "date": is_date,
    "id": lambda text: bool(re.fullmatch(r"[a-z0-9][a-z0-9_.-]{0,63}", text)),
    "code": lambda text: bool(re.fullmatch(r"[a-z][a-z0-9_]*", text)),
    "text": lambda text: bool(text.strip()),
    "line": lambda text: bool(text.strip()) and not re.search("[\x00-\x1f\x7f\ufffe\uffff]", text),
    "hex": lambda text: bool(re.fullmatch(r"([0-9a-fA-F]{2})*", text)),
    "base64": lambda text: bool(re.fullmatch(r"([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", text)),
}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def has_type(value, name):
    if name in ("integer", "number"):
        # An integer is one of 64 bits, written without a point.
        return type(value) is int and -1 << 63 <= value < 1 << 63 or name == "number" and type(value) in (int, float)
    return isinstance(value, TYPES[name])


def violation(schema, value, root, at=""):
    """Where and how a value breaks a schema, None if it fits."""
    if "$ref" in schema:
        schema = root["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    types = schema.get("type")
    if types and not any(has_type(value, name) for name in ([types] if isinstance(types, str) else types)):
        return at, f"type {types}"
    if "enum" in schema and not any(type(value) is type(word) and value == word for word in schema["enum"]):
        return at, "enum"
    if type(value) in (int, float):
        if value < schema.get("minimum", value) or value > schema.get("maximum", value):
            return at, "bounds"
    if isinstance(value, str):
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 1 << 30):
            return at, "length"
        if "format" in schema and not FORMATS[schema["format"]](value):
            return at, "format " + schema["format"]
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", 1 << 30):
            return at, "items"
        if schema.get("uniqueItems") and len({json.dumps(item) for item in value}) < len(value):
            return at, "unique"
        for place, item in enumerate(value):
            if found := violation(schema.get("items", {}), item, root, f"{at}/{place}"):
                return found
    if isinstance(value, dict):
        for name in schema.get("required", []):
            if name not in value:
                return f"{at}/{name}", "required"
        for name, item in value.items():
            rule = schema.get("properties", {}).get(name, schema.get("additionalProperties", {}))
            if rule is False:
                return f"{at}/{name}", "unknown"
            if found := violation({} if rule is True else rule, item, root, f"{at}/{name}"):
                return found
    if "anyOf" in schema and all(violation(rule, value, root, at) for rule in schema["anyOf"]):
        return at, "anyOf"
    return None
