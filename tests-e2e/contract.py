"""What contract.toml promises, and what an OpenAPI document says, in the same words."""

import re
import tomllib
from pathlib import Path

CONTRACT = tomllib.loads((Path(__file__).parent / "contract.toml").read_text())
REQUESTS = ("Create", "Update")
FORMATS = {"binary": "bytes", "uuid": "uuid", "idn-email": "email", "date": "date", "date-time": "time"}
PLAIN = {"integer": "int", "number": "number", "boolean": "bool", "object": "object"}


def operations(document):
    """Every operation with its query and what its success answers, as contract.toml writes them."""
    found = {}
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            query = ",".join(parameter["name"] for parameter in described.get("parameters", ()) if parameter.get("in") == "query")
            answers = [each for each in described["responses"].items() if each[0].startswith(("2", "3"))]
            name = unnamed(f"{method.upper()} {path}") + (f" ?{query}" if query else "")
            found[name] = " or ".join(_answer(status, answer) for status, answer in answers)
    return found


def _answer(status, answer):
    return f"{status} {' or '.join(kind(content['schema']) if 'schema' in content else 'text' for content in answer.get('content', {}).values())}".strip()


def promised(*methods):
    """The operations that are promised, without their query; with methods, those of these methods."""
    names = {name.partition(" ?")[0] for name in CONTRACT["operations"]}
    return {name for name in names if not methods or name.partition(" ")[0] in methods}


def unnamed(operation):
    """An operation as the contract writes it: what stands in its path has no name."""
    return re.sub(r"{[^}]*}", "{}", str(operation))


def shape(document, name):
    """The fields of a shape, as contract.toml writes them."""
    schema = document["components"]["schemas"][name]
    return {field: _field(name, field, schema) for field in schema["properties"]}


def _field(name, field, schema):
    described, always = schema["properties"][field], field in schema.get("required", ())
    if name.endswith(REQUESTS):
        return kind(described, bounds=True) + ("!" if always else "")
    return kind(described) + (("?" if _is_nullable(described) else "!") if always else "")


def _is_nullable(schema):
    return {"type": "null"} in schema.get("anyOf", ())


def kind(schema, *, bounds=False):
    """A type, without whether it may be null; a request's with its bounds."""
    if "anyOf" in schema:
        shared = {name: schema[name] for name in ("type",) if name in schema}
        return " or ".join(kind(shared | each, bounds=bounds) for each in schema["anyOf"] if each != {"type": "null"})
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"page<{name.removesuffix('Page')}>" if name.endswith("Page") else name
    if "const" in schema:
        return f"'{schema['const']}'" if isinstance(schema["const"], str) else str(schema["const"]).lower()
    if "enum" in schema:
        return "|".join(map(str, schema["enum"]))
    if "pattern" in schema:
        return f"/{schema['pattern']}/"
    if schema["type"] == "array":
        return f"[{kind(schema['items'])}]"
    if schema["type"] == "string":
        return FORMATS[schema["format"]] if "format" in schema else "string" + _range(schema, "minLength", "maxLength", bounds=bounds)
    return PLAIN[schema["type"]] + _range(schema, "minimum", "maximum", bounds=bounds)


def _range(schema, least, most, *, bounds):
    if not bounds or not {least, most} & schema.keys():
        return ""
    return f"({_number(schema.get(least))}..{_number(schema.get(most))})"


def _number(value):
    return "" if value is None else str(int(value))
