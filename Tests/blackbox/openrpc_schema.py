"""A JSON Schema (draft 7) of the parts of an OpenRPC 1.3 document, after its specification
(https://spec.open-rpc.org): which members each object has, which are required, and that others start
with `x-`.
"""

TEXT = {"type": "string"}
NAME = {"type": "string", "minLength": 1}
FLAG = {"type": "boolean"}
URL = {"type": "string", "format": "uri"}
# A component's key (section "Components Object").
KEY = r"^[a-zA-Z0-9._-]+$"


def made_of(needed, extensible=True, /, **members):
    schema = {"type": "object", "required": needed, "properties": members, "additionalProperties": False}
    if extensible:
        schema["patternProperties"] = {"^x-": {}}
    return schema


def define(name):
    return {"$ref": f"#/definitions/{name}"}


def or_reference(name):
    return {"oneOf": [define(name), define("reference")]}


def listed(item):
    return {"type": "array", "items": item}


def components(name):
    return {"type": "object", "patternProperties": {KEY: define(name)}, "additionalProperties": False}


OPENRPC = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    **made_of(
        ["openrpc", "info", "methods"],
        openrpc={"type": "string", "pattern": r"^1\.3\.\d+$"},
        info=define("info"),
        servers=listed(define("server")),
        methods=listed(or_reference("method")),
        components=define("components"),
        externalDocs=define("externalDocs"),
    ),
    "definitions": {
        "schema": {"$ref": "http://json-schema.org/draft-07/schema#"},
        "reference": {
            "type": "object",
            "required": ["$ref"],
            "additionalProperties": False,
            "properties": {"$ref": {"type": "string", "format": "uri-reference"}},
        },
        "info": made_of(
            ["title", "version"],
            title=TEXT,
            description=TEXT,
            termsOfService=URL,
            version=TEXT,
            contact=made_of([], name=TEXT, email=TEXT, url=TEXT),
            license=made_of([], name=TEXT, url=TEXT),
        ),
        "server": made_of(
            ["url"],
            url=TEXT,
            name=TEXT,
            summary=TEXT,
            description=TEXT,
            variables={
                "type": "object",
                "additionalProperties": made_of(
                    ["default"], default=TEXT, description=TEXT, enum=listed(TEXT)
                ),
            },
        ),
        "externalDocs": made_of(["url"], url=URL, description=TEXT),
        "tag": made_of(["name"], name=NAME, description=TEXT, externalDocs=define("externalDocs")),
        "method": made_of(
            ["name", "params", "result"],
            name=NAME,
            summary=TEXT,
            description=TEXT,
            tags=listed(or_reference("tag")),
            externalDocs=define("externalDocs"),
            deprecated=FLAG,
            paramStructure={"enum": ["by-position", "by-name", "either"]},
            params=listed(or_reference("contentDescriptor")),
            result=or_reference("contentDescriptor"),
            errors=listed(or_reference("error")),
            links=listed(or_reference("link")),
            servers=listed(define("server")),
            examples=listed(or_reference("examplePairing")),
        ),
        "contentDescriptor": made_of(
            ["name", "schema"],
            name=NAME,
            summary=TEXT,
            description=TEXT,
            required=FLAG,
            schema=define("schema"),
            deprecated=FLAG,
        ),
        "examplePairing": made_of(
            ["name", "params", "result"],
            name=NAME,
            summary=TEXT,
            description=TEXT,
            params=listed(or_reference("example")),
            result=or_reference("example"),
        ),
        "example": made_of(["name", "value"], name=NAME, summary=TEXT, description=TEXT, value={}),
        "link": made_of(
            ["name"],
            name=NAME,
            summary=TEXT,
            description=TEXT,
            method=TEXT,
            params={},
            server=define("server"),
        ),
        "error": made_of(["code", "message"], False, code={"type": "integer"}, message=TEXT, data={}),
        "components": made_of(
            [],
            schemas=components("schema"),
            errors=components("error"),
            tags=components("tag"),
            examples=components("example"),
            examplePairings=components("examplePairing"),
            contentDescriptors=components("contentDescriptor"),
            links=components("link"),
        ),
    },
}
