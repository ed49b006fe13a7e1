"""Replies in JSON: the schema as the model takes it, and the reply checked against it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from media_library.lmm.base import Malformed

if TYPE_CHECKING:
    from pydantic import BaseModel

KEPT = ("type", "description", "enum", "format", "nullable", "items", "properties", "required", "minItems", "maxItems")
"""What Gemini's schemas, a part of OpenAPI's, know of JSON Schema."""

FORMATS = {"number": ("float", "double"), "integer": ("int32", "int64"), "string": ("enum", "date-time")}
"""Formats that Gemini takes; it refuses a schema with another."""

_FENCE = re.compile(r"\s*```(?:json)?\s*\n(.*)\n\s*```\s*", re.S)


def for_gemini(schema: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a pydantic model without references, and without what Gemini refuses."""
    whole = schema.model_json_schema()
    return _narrow(whole, whole.get("$defs", {}))


def _narrow(node: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    if reference := node.get("$ref"):
        node = {**definitions[reference.rpartition("/")[2]], **{k: v for k, v in node.items() if k != "$ref"}}
    if choices := node.get("anyOf"):
        real = [choice for choice in choices if choice.get("type") != "null"]
        rest = {key: value for key, value in node.items() if key != "anyOf"}
        return _narrow({**real[0], **rest, **({"nullable": True} if len(real) < len(choices) else {})}, definitions)
    kept = {key: node[key] for key in KEPT if key in node}
    if kept.get("format") not in (None, *FORMATS.get(kept.get("type", ""), ())):
        del kept["format"]
    if "properties" in kept:
        kept["properties"] = {name: _narrow(child, definitions) for name, child in kept["properties"].items()}
    if "items" in kept:
        kept["items"] = _narrow(kept["items"], definitions)
    return kept


def parse(text: str, schema: type[BaseModel]) -> BaseModel:
    """`text` as an instance of `schema`; a fence of Markdown around it is forgiven. Raises Malformed."""
    from pydantic import ValidationError

    if fenced := _FENCE.fullmatch(text):
        text = fenced[1]
    try:
        return schema.model_validate(json.loads(text))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "its whole"
        raise Malformed(
            f"The model answered in another form than it was asked for ({where}: {first['msg']}). Ask again.", text=text
        ) from error
    except (ValueError, RecursionError) as error:
        raise Malformed(
            "The model answered with something else than the data it was asked for. Ask again.", text=text
        ) from error
