"""The API's documentation as one page, made from the OpenAPI document; it loads nothing and runs nothing."""

from collections import defaultdict
from html import escape
from typing import Any

Json = dict[str, Any]


def render_docs(document: Json) -> str:
    """The page's markup: operations by tag, then the shapes they speak in."""
    by_tag: dict[str, list[str]] = defaultdict(list)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            by_tag[operation["tags"][0]].append(_operation(method, path, operation))
    intro = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in document["info"]["description"].split("\n\n"))
    parts = [f"<h1>Caseload API</h1>{intro}", '<p><a href="/api/v1/openapi.json">OpenAPI document</a></p>']
    parts += [f"<h2>{escape(tag)}</h2>{''.join(operations)}" for tag, operations in by_tag.items()]
    parts.append("<h2>Shapes</h2>")
    parts += [_shape(name, schema) for name, schema in sorted(document["components"]["schemas"].items())]
    return "".join(parts)


def _operation(method: str, path: str, operation: Json) -> str:
    rows = [
        f"<tr><td><code>{escape(parameter['name'])}</code></td><td>{_type(parameter['schema'])}</td>"
        f"<td>{escape(parameter['in'])}{', required' if parameter.get('required') else ''}</td><td>{escape(parameter.get('description', ''))}</td></tr>"
        for parameter in operation.get("parameters", ())
        if "name" in parameter
    ]
    told = [f"<p>{escape(operation['description'])}</p>"] if operation.get("description") else []
    if rows:
        told.append(f"<table>{''.join(rows)}</table>")
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        told.append(f"<p>Takes {_type(content['schema'])} <span class=quiet>{escape(kind)}</span></p>")
    for status, response in operation["responses"].items():
        if "$ref" in response:
            continue
        shapes = ", ".join(_type(content["schema"]) for content in response.get("content", {}).values()) or "nothing"
        told.append(f"<p>Answers <code>{escape(status)}</code> with {shapes}</p>")
    problems = " ".join(f"<code>{escape(status)}</code>" for status, response in operation["responses"].items() if "$ref" in response)
    if problems:
        told.append(f'<p class="quiet">Problems: {problems}</p>')
    opened = " — no sign-in" if operation.get("security") == [] else ""
    return (
        f'<details id="{escape(operation["operationId"])}"><summary><span class="method">{method.upper()}</span> '
        f"<code>{escape(path)}</code>{opened}</summary>{''.join(told)}</details>"
    )


def _shape(name: str, schema: Json) -> str:
    required = set(schema.get("required", ()))
    rows = [
        f"<tr><td><code>{escape(field)}</code></td><td>{_type(described)}</td>"
        f"<td>{'required' if field in required else ''}</td><td>{escape(described.get('description', ''))}</td></tr>"
        for field, described in schema.get("properties", {}).items()
    ]
    return f'<details id="shape-{escape(name)}"><summary><code>{escape(name)}</code></summary><table>{"".join(rows)}</table></details>'


def _type(schema: Json) -> str:
    """A schema in a few words."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rsplit("/", 1)[-1])
        return f'<a href="#shape-{name}">{name}</a>'
    if "enum" in schema or "const" in schema:
        return " | ".join(f"<code>{escape(str(value))}</code>" for value in schema.get("enum", [schema.get("const")]))
    if alternatives := schema.get("anyOf"):
        return " or ".join(dict.fromkeys(_type({"type": schema["type"], **one} if "type" in schema else one) for one in alternatives))
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    bounds = [
        f"{word} {schema[key]}"
        for key, word in (("minLength", "from"), ("maxLength", "to"), ("minimum", "from"), ("maximum", "to"))
        if key in schema
    ]
    kind = schema.get("format") or schema.get("type", "anything")
    return escape(" ".join([kind, *bounds]))
