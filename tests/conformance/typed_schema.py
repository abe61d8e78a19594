"""The schemas of structured-merge-diff, written as OpenAPI documents.

An object of such a type is the spec of an object of the kind merge.test/v1 T.
"""

KIND = {"apiVersion": "merge.test/v1", "kind": "T"}


def type_schema(declared, types):
    """The OpenAPI schema of a type; one that is named may be overridden where it is used."""
    if "namedType" in declared:
        schema = {"allOf": [{"$ref": "#/components/schemas/" + declared["namedType"]}]}
        override = declared.get("elementRelationship")
        target = types[declared["namedType"]]
        if override and "list" in target and "map" not in target:
            schema["x-kubernetes-list-type"] = "atomic"
        elif override:
            schema["x-kubernetes-map-type"] = "atomic" if override == "atomic" else "granular"
        return schema
    schema = {}
    if "map" in declared:
        add_map(schema, declared["map"], types)
    elif "list" in declared:
        add_list(schema, declared["list"], types)
        if declared.get("elementRelationship") == "associative":
            schema["x-kubernetes-list-type"] = "set"
    return schema


def add_map(schema, declared, types):
    schema["type"] = "object"
    for field in declared.get("fields", ()):
        member = type_schema(field["type"], types)
        if "default" in field:
            member["default"] = field["default"]
        schema.setdefault("properties", {})[field["name"]] = member
    if "elementType" in declared:
        schema["additionalProperties"] = type_schema(declared["elementType"], types)
    if declared.get("elementRelationship") == "atomic":
        schema["x-kubernetes-map-type"] = "atomic"


def add_list(schema, declared, types):
    keys = declared.get("keys")
    schema.update({"type": "array", "items": type_schema(declared["elementType"], types)})
    if declared.get("elementRelationship") == "associative":
        schema["x-kubernetes-list-type"] = "map" if keys else "set"
        if keys:
            schema["x-kubernetes-list-map-keys"] = keys


def openapi(schema, root):
    types = {declared["name"]: declared for declared in schema["types"]}
    schemas = {name: type_schema(declared, types) for name, declared in types.items()}
    schemas["Root"] = {
        "x-kubernetes-group-version-kind": [{"group": "merge.test", "version": "v1", "kind": "T"}],
        "properties": {"spec": {"$ref": "#/components/schemas/" + root}}}
    return {"openapi": "3.0.0", "components": {"schemas": schemas}}
