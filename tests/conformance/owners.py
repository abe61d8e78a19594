"""Who owns what, as structured-merge-diff keeps it: sets of paths, and the managers of an object.

A path is a tuple of "f:", "k:" and "v:" elements. What the managers of a sequence of operations own
is followed here by the rules of that project, so that it can be written into live as its server does.
"""
import json


class Types:
    """What a schema of structured-merge-diff says of the lists in an object."""

    def __init__(self, schema, root):
        self.types = {declared["name"]: declared for declared in schema["types"]}
        self.root = {"namedType": root}

    def resolve(self, declared):
        while declared and "namedType" in declared:
            declared = self.types[declared["namedType"]]
        return declared or {}

    def member(self, declared, key):
        declared = self.resolve(declared).get("map", {})
        for field in declared.get("fields", ()):
            if field["name"] == key:
                return field["type"]
        return declared.get("elementType")

    def list_of(self, declared):
        return self.resolve(declared).get("list", {})


NO_TYPES = Types({"types": [{"name": "any"}]}, "any")


def element_path(item, keys):
    if keys:
        return "k:" + json.dumps({key: item[key] for key in sorted(keys) if key in item},
                                 separators=(",", ":"))
    return "v:" + json.dumps(item)


def rule_of(types, declared, kind):
    """What a type says of its maps or lists; where it is used may say otherwise."""
    rule = types.resolve(declared).get(kind, {})
    if "elementRelationship" in declared:
        rule = {**rule, "elementRelationship": declared["elementRelationship"]}
    return rule


def fields_of(types, value, declared=None, path=()):
    """The paths that an object sets."""
    declared = types.root if declared is None else declared
    if isinstance(value, list):
        return fields_of_list(types, value, rule_of(types, declared, "list"), path)
    if not isinstance(value, dict):
        return set() if value is None else {path}
    of_map = rule_of(types, declared, "map")
    if of_map.get("elementRelationship") == "atomic":
        return {path}
    found, named = set(), {field["name"] for field in of_map.get("fields", ())}
    for key, member in value.items():
        below = path + ("f:" + key,)
        found |= fields_of(types, member, types.member(declared, key) or {}, below)
        if member in (None, {}) or key not in named:
            found.add(below)
    return found


def fields_of_list(types, value, of_list, path):
    if types is NO_TYPES or of_list.get("elementRelationship") != "associative":
        return {path}
    found = set()
    for item in value:
        below = path + (element_path(with_defaults(types, item, of_list), of_list.get("keys")),)
        found |= {below} | fields_of(types, item, of_list["elementType"], below)
    return found


def with_defaults(types, item, of_list):
    """An element with what stands for the keys that it lacks."""
    fields = types.resolve(of_list["elementType"]).get("map", {}).get("fields", ())
    missing = {field["name"]: field["default"] for field in fields
               if "default" in field and isinstance(item, dict) and field["name"] not in item}
    return {**item, **missing} if missing else item


def values_of(types, value):
    """The value at each path that is a leaf; a container that is there has none."""
    leaves = {}
    paths = fields_of(types, value)
    through = {path[:i] for path in paths for i in range(len(path))}
    for path in paths - through:
        leaves[path] = json.dumps(find(types, value, types.root, path), sort_keys=True)
    return {path: leaves.get(path) for path in paths}


def find(types, value, declared, path):
    if not path:
        return value
    if path[0].startswith("f:"):
        return find(types, value[path[0][2:]], types.member(declared, path[0][2:]) or {}, path[1:])
    of_list = types.list_of(declared)
    for item in value:
        if element_path(with_defaults(types, item, of_list), of_list.get("keys")) == path[0]:
            return find(types, item, of_list["elementType"], path[1:])
    raise KeyError(path)


class Managers:
    """The sets of all managers, changed by what happens to the object."""

    def __init__(self, ignored=()):
        self.sets, self.ignored = {}, [tuple(path) for path in ignored]

    def happen(self, types, manager, before, after):
        """Others lose what changed, and what is gone; returns what was set anew."""
        old, new = values_of(types, before), values_of(types, after)
        changed = {path for path, value in new.items()
                   if path not in old or None not in (value, old[path]) and old[path] != value}
        gone = old.keys() - new.keys() - {path[:i] for path in new for i in range(len(path))}
        for other in self.sets.keys() - {manager}:
            self.put(other, self.sets[other] - changed - gone)
        return changed, gone

    def updated(self, types, manager, before, after):
        changed, gone = self.happen(types, manager, before, after)
        self.put(manager, (self.sets.get(manager, set()) | changed) - gone)

    def applied(self, types, manager, config, before, after):
        self.happen(types, manager, before, after)
        self.put(manager, fields_of(types, config))

    def put(self, manager, paths):
        self.sets[manager] = {path for path in paths
                              if not any(path[:len(hidden)] == hidden for hidden in self.ignored)}

    def listed(self):
        return {manager: sorted(map(list, paths)) for manager, paths in self.sets.items() if paths}

    def entries(self):
        """metadata.managedFields of an object whose spec this is."""
        return [{"manager": manager, "fieldsV1": {"f:spec": fields_v1(paths)}}
                for manager, paths in sorted(self.sets.items()) if paths]


def fields_v1(paths):
    """A set as FieldsV1."""
    through = {path[:i] for path in paths for i in range(len(path))}
    tree = {}
    for path in sorted(paths):
        node = tree
        for name in path:
            node = node.setdefault(name, {})
        if path in through:
            node["."] = {}
    return tree
