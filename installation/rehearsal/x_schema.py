"""Whether a value has a published shape, in the few words of JSON Schema that X's description of its API uses."""

import re
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

KINDS: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
}


def wrong(value: object, schema: Schema, name: str) -> str:
    """What is wrong with a value called `name`, in one sentence; empty when nothing is."""
    kind = schema["type"]
    if not isinstance(value, KINDS[kind]) or (isinstance(value, bool) and kind != "boolean"):
        return f"`{name}` is no {kind}"
    if "enum" in schema and value not in schema["enum"]:
        return f"The `{name}` value [{value}] is not one of [{','.join(map(str, schema['enum']))}]"
    if isinstance(value, dict):
        return _wrong_object(value, schema, name)
    if isinstance(value, list):
        return _wrong_array(value, schema, name)
    return _wrong_string(value, schema, name) if isinstance(value, str) else _wrong_number(value, schema, name)


def _wrong_object(value: Mapping[str, object], schema: Schema, name: str) -> str:
    properties: Mapping[str, Schema] = schema.get("properties", {})
    for key in schema.get("required", ()):
        if key not in value:
            return f"`{name}` lacks `{key}`"
    for key, each in value.items():
        if key not in properties:
            return f"`{name}.{key}` is not one of [{','.join(properties)}]"
        if problem := wrong(each, properties[key], f"{name}.{key}"):
            return problem
    return ""


def _wrong_array(value: list[object], schema: Schema, name: str) -> str:
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
        return f"`{name}` has {len(value)} items, not {schema.get('minItems', 0)} to {schema.get('maxItems', 'any')}"
    problems = (wrong(each, schema["items"], name) for each in value)
    return next((problem for problem in problems if problem), "")


def _wrong_string(value: str, schema: Schema, name: str) -> str:
    if "pattern" in schema and not re.fullmatch(schema["pattern"], value):
        return f"The `{name}` value [{value[:60]}] does not match {schema['pattern']}"
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        return f"`{name}` has {len(value)} letters"
    return ""


def _wrong_number(value: Any, schema: Schema, name: str) -> str:
    low, high = schema.get("minimum", value), schema.get("maximum", value)
    return "" if low <= value <= high else f"The `{name}` value [{value}] is not between {low} and {high}"


def wrong_text(text: str, schema: Schema, name: str) -> str:
    """The same for a parameter of the address or a field of a form, where all are texts and lists stand with commas."""
    value: object = text
    if schema["type"] == "array":
        value = text.split(",")
    if schema["type"] == "integer":
        if not re.fullmatch(r"-?\d{1,20}", text):
            return f"The `{name}` value [{text[:60]}] is not a number"
        value = int(text)
    return wrong(value, schema, name)
