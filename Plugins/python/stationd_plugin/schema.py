"""As much of JSON Schema as declarations use: for examples, and tests without the daemon, which checks all of it."""

from __future__ import annotations

import re
from typing import Any, Mapping, Optional

_TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None),
    "integer": int, "number": (int, float),
}


def _is(value: Any, kind: str) -> bool:
    if kind not in _TYPES:
        raise ValueError(f"'{kind}' is no type of JSON Schema: {', '.join(_TYPES)}")
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _TYPES[kind])


def violation(schema: Mapping[str, Any], value: Any, at: str = "") -> Optional[tuple[str, str]]:
    """The pointer of what does not fit and why; None if all does."""
    kinds = schema.get("type")
    if kinds is not None and not any(_is(value, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)):
        return at, f"not of type {kinds}"
    if "enum" in schema and value not in schema["enum"]:
        return at, f"not one of {schema['enum']}"
    if "anyOf" in schema and all(violation(each, value, at) for each in schema["anyOf"]):
        return at, "fits none of the alternatives"
    if isinstance(value, str):
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
            return at, "too short or too long"
        if "pattern" in schema and not re.search(schema["pattern"], value):
            return at, f"does not match {schema['pattern']}"
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
            return at, "too small or too large"
    elif isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            return at, "too few or too many"
        for place, item in enumerate(value):
            if found := violation(schema.get("items", {}), item, f"{at}/{place}"):
                return found
    elif isinstance(value, dict):
        properties = schema.get("properties", {})
        for key in schema.get("required", []):
            if key not in value:
                return f"{at}/{key}", "missing"
        for key, item in value.items():
            if key not in properties and schema.get("additionalProperties") is False:
                return f"{at}/{key}", "not declared"
            if found := violation(properties.get(key, {}), item, f"{at}/{key}"):
                return found
    return None
