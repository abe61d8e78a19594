#!/usr/bin/env python3
"""Writes lib/manifest/schema_kubernetes_table.c: how the built-in kinds of Kubernetes merge.

    generate_schema.py TABLES OUTPUT             write OUTPUT
    generate_schema.py --compare TABLES OUTPUT   exit 1 when OUTPUT is not what would be written,
                                                 77 when there is no TABLES

With --compare, the tables in $GITOPS_CORPORA/k8s-list-schema are used where that is set. TABLES is a
folder with types.json and gvk_to_type.json, made from the OpenAPI description of
Kubernetes. Every type becomes a node; what this library adds to the OpenAPI description (ignored,
sensitive and immutable fields, keys of single lists) is stated in the tables of this file and laid
over the graph of types, kind by kind. Equal nodes are then merged, and members about which there is
nothing to say are left out: an unlisted member is a map that merges, an atomic list or a plain
scalar.
"""
import json
import os
import sys

META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
SCALARS = {
    "quantity": 1, "int-or-string": 2, "time": 3,
    "io.k8s.apimachinery.pkg.api.resource.Quantity": 1,
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": 2,
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": 3,
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": 3,
}
LISTS = {"atomic": 0, "items": 0, "map": 1, "set": 2}
QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
RESOURCE = 5  # a quantity that is rounded up to 1m
FREE, STRUCT, ATOMIC, RETAIN_KEYS = 0, 1, 2, 3
OMIT_EMPTY, DEFAULTED, IGNORED, SENSITIVE, IMMUTABLE = 1, 2, 4, 8, 16
PATCH_MERGES, PATCH_WHOLE = 64, 128

# Paths of every object, custom resources included.
EVERY_OBJECT = [("/metadata/" + name, IGNORED) for name in (
    "resourceVersion", "uid", "generation", "creationTimestamp", "deletionTimestamp", "selfLink",
    "managedFields")] + [
    ("/status", IGNORED),
    ("/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration",
     IGNORED | SENSITIVE),
]

# Members of a type, wherever it is used.
TYPE_FLAGS = {
    "core.v1.Secret": {"data": SENSITIVE, "stringData": SENSITIVE},
    # Atomic nodes into which the server writes defaults.
    "core.v1.DownwardAPIVolumeSource": {"items": DEFAULTED},
    "core.v1.DownwardAPIProjection": {"items": DEFAULTED},
    "core.v1.DownwardAPIVolumeFile": {"fieldRef": DEFAULTED, "resourceFieldRef": DEFAULTED},
    "core.v1.EnvVarSource": {"fieldRef": DEFAULTED, "resourceFieldRef": DEFAULTED},
    "core.v1.ProjectedVolumeSource": {"sources": DEFAULTED},
    "core.v1.Endpoints": {"subsets": DEFAULTED},
    "core.v1.LimitRangeSpec": {"limits": DEFAULTED},
    "discovery.v1.EndpointSlice": {"ports": DEFAULTED},
    "apps.v1.StatefulSetSpec": {"volumeClaimTemplates": DEFAULTED},
    "admissionregistration.v1.MutatingWebhook": {"rules": DEFAULTED},
    "admissionregistration.v1.ValidatingWebhook": {"rules": DEFAULTED},
    "networking.v1.NetworkPolicyIngressRule": {"ports": DEFAULTED},
    "networking.v1.NetworkPolicyEgressRule": {"ports": DEFAULTED},
    "rbac.v1.RoleBinding": {"subjects": DEFAULTED, "roleRef": DEFAULTED},
    "rbac.v1.ClusterRoleBinding": {"subjects": DEFAULTED, "roleRef": DEFAULTED},
}

# Lists whose keys are not what the server's schema says: tuples of keys, tried in order.
TYPE_KEYS = {
    # Declared atomic, but controllers of some clusters append to it.
    "core.v1.ServiceAccount": {"imagePullSecrets": [[("name", "")]]},
    "core.v1.ServiceSpec": {"ports": [[("port", ""), ("protocol", "TCP")], [("name", "")]]},
}

# Paths that the server refuses to change, by kind: a path, or a path that ends in /* and the
# members that can be changed all the same.
IMMUTABLE_PATHS = {
    "apps/v1/Deployment": [("/spec/selector",)],
    "apps/v1/ReplicaSet": [("/spec/selector",)],
    "apps/v1/DaemonSet": [("/spec/selector",)],
    "apps/v1/StatefulSet": [("/spec/*", "replicas", "ordinals", "template", "updateStrategy",
                             "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy",
                             "minReadySeconds")],
    "batch/v1/Job": [("/spec/selector",), ("/spec/template",), ("/spec/completionMode",)],
    "v1/Pod": [("/spec/*", "containers", "initContainers", "activeDeadlineSeconds", "tolerations",
                "schedulingGates"),
               ("/spec/containers/-/*", "image"), ("/spec/initContainers/-/*", "image")],
    "v1/PersistentVolumeClaim": [("/spec/*", "resources", "volumeAttributesClassName"),
                                 ("/spec/resources/*", "requests")],
    "v1/PersistentVolume": [("/spec/*", "accessModes", "capacity", "claimRef", "mountOptions",
                             "nodeAffinity", "persistentVolumeReclaimPolicy", "storageClassName",
                             "volumeAttributesClassName", "volumeMode")],
    "v1/Secret": [("/type",)],
    "storage.k8s.io/v1/StorageClass": [("/provisioner",), ("/parameters",), ("/reclaimPolicy",),
                                       ("/volumeBindingMode",)],
    "rbac.authorization.k8s.io/v1/RoleBinding": [("/roleRef",)],
    "rbac.authorization.k8s.io/v1/ClusterRoleBinding": [("/roleRef",)],
    "scheduling.k8s.io/v1/PriorityClass": [("/value",)],
    "networking.k8s.io/v1/IngressClass": [("/spec/controller",)],
}


class Node:
    """A place in documents: what a list, map or scalar there means, and the places below."""

    def __init__(self, name=""):
        self.name = name      # of the type, for comments
        self.list = self.map = self.scalar = self.flags = 0
        self.keys = ()        # tuples of (name, default)
        self.fields = {}
        self.each = None      # of other members and of elements; None: anything

    def copy(self):
        other = Node(self.name)
        other.__dict__.update(self.__dict__)
        other.fields = dict(self.fields)
        return other

    def local(self):
        return (self.list, self.map, self.scalar, self.flags, self.keys)


class Graph:
    """Nodes of the types, made on demand."""

    def __init__(self, types):
        self.types = types
        self.made = {}

    def anything(self):
        return Node()

    def of_type(self, name, map_kind=None):
        if name in SCALARS:
            node = Node(name)
            node.scalar = SCALARS[name]
            return node
        if name not in self.types:  # a plain scalar, or a list of them
            return self.anything()
        declared = self.types[name]
        if map_kind is None:
            map_kind = ATOMIC if declared.get("map") == "atomic" else STRUCT
        if not declared["fields"]:  # any JSON
            return self.anything()
        if (name, map_kind) not in self.made:
            node = self.made[name, map_kind] = Node(name)
            node.map = map_kind
            short = name.replace("io.k8s.api.", "")
            for field, facts in declared["fields"].items():
                node.fields[field] = self.of_field(facts, short, field)
        return self.made[name, map_kind]

    def of_field(self, facts, owner, field):
        strategy = facts.get("patchStrategy", "")
        if "list" in facts:
            node = Node(owner + "." + field)
            node.list = LISTS[facts["list"]]
            node.flags = OMIT_EMPTY
            element_kind = RETAIN_KEYS if "retainKeys" in strategy else None
            node.each = self.of_type(facts["elem"], element_kind)
            if node.list == LISTS["map"]:
                defaults = facts.get("keyDefaults", {})
                node.keys = (tuple((key, defaults.get(key) or "") for key in facts["keys"]),)
            keys = TYPE_KEYS.get(owner, {}).get(field)
            if keys:
                if node.list == LISTS["atomic"]:
                    node.flags |= PATCH_WHOLE
                node.list = LISTS["map"]
                node.keys = tuple(tuple(one) for one in keys)
            if "merge" in strategy:
                node.flags |= PATCH_MERGES
        elif "mapOf" in facts:
            node = Node(owner + "." + field)
            node.map = ATOMIC if facts.get("map") == "atomic" else FREE
            node.flags = OMIT_EMPTY
            node.each = self.of_type(facts["mapOf"])
            # A ResourceList; those of dynamic resource allocation are not rounded.
            if facts["mapOf"] in (QUANTITY, "quantity") and not owner.startswith("resource."):
                node.each.scalar = RESOURCE
        else:
            kinds = {"granular": STRUCT, "atomic": ATOMIC}
            kind = RETAIN_KEYS if strategy == "retainKeys" else kinds.get(facts.get("map"))
            node = self.of_type(facts.get("ref") or facts["type"], kind)
        flags = TYPE_FLAGS.get(owner, {}).get(field, 0)
        if strategy == "replace":
            flags |= PATCH_WHOLE
        if flags:
            node = node.copy()
            node.flags |= flags
        return node


def segments(path):
    return [s.replace("~1", "/").replace("~0", "~") for s in path.split("/")[1:]]


def descend(node, names):
    """Gives node its own copies of the nodes along names ("-": an element); the last of them."""
    for name in names:
        if name == "-":
            node.each = child = (node.each or Node()).copy()
        else:
            child = node.fields.get(name) or Node()
            child = node.fields[name] = child.copy()
        node = child
    return node


def overlay(root, path, flags, *exceptions):
    names = segments(path)
    if names[-1] != "*":
        descend(root, names).flags |= flags
        return
    parent = descend(root, names[:-1])
    for name in sorted(parent.fields):
        if name not in exceptions:
            descend(parent, [name]).flags |= flags
    missing = set(exceptions) - set(parent.fields)
    if missing:
        sys.exit("%s: no member %s" % (path, ", ".join(sorted(missing))))


def make_root(graph, node, immutable):
    root = node.copy()
    root.fields["metadata"] = graph.of_type(META)
    for path, flags in EVERY_OBJECT:
        overlay(root, path, flags)
    for path, *exceptions in immutable:
        overlay(root, path, IMMUTABLE, *exceptions)
    return root


def reachable(roots):
    found, queue = {}, list(roots)
    for node in queue:
        if id(node) in found:
            continue
        found[id(node)] = node
        queue.extend(node.fields[name] for name in sorted(node.fields))
        if node.each:
            queue.append(node.each)
    return list(found.values())


def classes(nodes):
    """Node id -> number of its class of equal nodes (partition refinement)."""
    signature = {id(n): (n.local(), tuple(sorted(n.fields))) for n in nodes}
    count = 0
    while True:
        numbers = {}
        of = {i: numbers.setdefault(s, len(numbers)) for i, s in signature.items()}
        if len(numbers) == count:
            return of
        count = len(numbers)
        signature = {id(n): (of[id(n)], tuple((f, of[id(n.fields[f])]) for f in sorted(n.fields)),
                             of[id(n.each)] if n.each else -1) for n in nodes}


def merge(roots, anything):
    """Merges equal nodes and drops members that say nothing. Roots are replaced in place."""
    while True:
        nodes = reachable([anything] + roots)
        for node in nodes:
            if node.each and is_anything(node.each):
                node.each = None
            if not node.each:
                node.fields = {f: n for f, n in node.fields.items() if not is_anything(n)}
        nodes = reachable([anything] + roots)
        of, first = classes(nodes), {}
        for node in nodes:
            first.setdefault(of[id(node)], node)
        for node in first.values():
            node.fields = {f: first[of[id(n)]] for f, n in node.fields.items()}
            node.each = first[of[id(node.each)]] if node.each else None
        roots[:] = [first[of[id(n)]] for n in roots]
        if len(first) == len(nodes):
            return nodes


def is_anything(node):
    return node.local() == (0, 0, 0, 0, ()) and not node.fields and not node.each


def version_rank(version):
    """Sorts v2 before v1 before v1beta2 before v1alpha1, as Kubernetes prefers them."""
    name, _, stage = version[1:].partition("alpha")
    if stage:
        return (2, -int(name), -int(stage))
    name, _, stage = name.partition("beta")
    return (1, -int(name), -int(stage)) if stage else (0, -int(name), 0)


class Pool:
    """Strings in rows of 4,096 bytes (the longest literal of ISO C has 4,095 characters)."""

    def __init__(self):
        self.offsets, self.rows, self.used = {}, [[]], 0

    def add(self, text):
        if text not in self.offsets:
            if self.used + len(text) + 1 > 4095:
                self.rows.append([])
                self.used = 0
            self.offsets[text] = (len(self.rows) - 1) * 4096 + self.used
            self.rows[-1].append('"%s\\0"' % text)
            self.used += len(text) + 1
        return self.offsets[text]


HEADER = """/*
 * Generated by cmake/generate_schema.py from the OpenAPI tables of Kubernetes; do not edit.
 *
 * How the built-in kinds of Kubernetes merge: a graph of nodes (schema_graph.h).
 *
 * The facts come from the OpenAPI description of Kubernetes 1.36 (kubernetes-client/python commit
 * 024658493d124f046fc0a9827a2a3165cf2aee28) and from the structured-merge-diff schema with the
 * defaults of list keys (kubernetes/client-go commit 32ce75a7d6bc6960fd048d3d1e3b34185418d8c8).
 * Copyright The Kubernetes Authors, Apache License, Version 2.0.
 */
#include "manifest/schema_kubernetes.h"
"""


def lines_of(items, width=96, indent="    "):
    line, out = indent, []
    for item in items:
        if len(line) + len(item) > width:
            out.append(line.rstrip())
            line = indent
        line += item + " "
    return out + [line.rstrip()]


def short_name(node):
    name = node.name.replace("io.k8s.api.", "").rpartition(".pkg.apis.")[2]
    return name if len(name) < 52 else name.rpartition(".")[2]


def write_tables(nodes, kinds):
    """kinds: (group, kind, version, root) sorted for the look-up."""
    pool, number = Pool(), {id(n): i for i, n in enumerate(nodes)}
    key_sets, key_rows, node_rows, field_rows = {}, [], [], []
    fields = 0
    pool.add("")
    for node in nodes:
        if node.keys and node.keys not in key_sets:
            key_sets[node.keys] = len(key_sets) + 1
            key_rows += ["{%d, %d, %d, %d}, /* %s%s */" % (
                key_sets[node.keys], i, pool.add(name), pool.add(default), name,
                "=" + default if default else "")
                for i, one in enumerate(node.keys) for name, default in one]
        each = number[id(node.each)] if node.each else 0
        node_rows.append("    {%d, %d, %d, %d, %d, %d, %d, %d}, /* %d %s */" % (
            fields, each, len(node.fields), key_sets.get(node.keys, 0), node.list, node.map,
            node.scalar, node.flags, number[id(node)], short_name(node)))
        if node.fields:
            field_rows.append("    /* %d */" % number[id(node)])
            field_rows += lines_of(["{%d, %d, %d}, /* %s */" % (
                pool.add(f), len(f), number[id(node.fields[f])], f)
                for f in sorted(node.fields, key=str.encode)])
        fields += len(node.fields)
    kind_rows = ["    {%d, %d, %d, %d}, /* %s/%s %s */" % (
        pool.add(group), pool.add(kind), pool.add(version), number[id(root)],
        group.partition(".")[0], version, kind) for group, kind, version, root in kinds]
    strings = [line for row in pool.rows for line in lines_of(row) + ["    ,"]]
    return "\n".join(
        [HEADER, "const char gops_kubernetes_strings[][4096] = {"] + strings +
        ["};", "", "/* fields, each, field count, keys, list, map, scalar, flags */",
         "const gops_schema_node gops_kubernetes_nodes[] = {"] + node_rows +
        ["};", "", "/* name, length of name, node: by node, sorted by name */",
         "const gops_schema_field gops_kubernetes_fields[] = {"] + field_rows +
        ["};", "", "/* set, tuple, name, default value */",
         "const gops_kubernetes_key gops_kubernetes_keys[] = {"] + lines_of(key_rows) +
        ["};", "const size_t gops_kubernetes_key_count =",
         "    sizeof gops_kubernetes_keys / sizeof *gops_kubernetes_keys;",
         "", "/* group, kind, version, node: sorted; the preferred version of a kind is first */",
         "const gops_schema_kind gops_kubernetes_kinds[] = {"] + kind_rows +
        ["};", "const size_t gops_kubernetes_kind_count =",
         "    sizeof gops_kubernetes_kinds / sizeof *gops_kubernetes_kinds;", ""])


def generate(folder):
    with open(os.path.join(folder, "types.json")) as file:
        graph = Graph(json.load(file))
    with open(os.path.join(folder, "gvk_to_type.json")) as file:
        known = json.load(file)
    unknown = set(IMMUTABLE_PATHS) - set(known)
    if unknown:
        sys.exit("no kind " + ", ".join(sorted(unknown)))
    anything = Node("anything")
    custom = Node("an object of a kind that is not listed")
    roots, names = [make_root(graph, custom, [])], []
    for name in sorted(known):
        version, kind = name.rsplit("/", 1)
        group, _, version = version.rpartition("/")
        names.append((group, kind, version))
        roots.append(make_root(graph, graph.of_type(known[name]), IMMUTABLE_PATHS.get(name, [])))
    nodes = merge(roots, anything)
    nodes.remove(anything)
    nodes.remove(roots[0])
    kinds = sorted(((g.encode(), k.encode(), version_rank(v)), (g, k, v, r))
                   for (g, k, v), r in zip(names, roots[1:]))
    return write_tables([anything, roots[0]] + nodes, [row for _, row in kinds])


def main(arguments):
    compare = arguments[:1] == ["--compare"]
    if len(arguments) != 2 + compare:
        sys.exit(__doc__)
    folder, output = arguments[compare:]
    if compare and os.environ.get("GITOPS_CORPORA"):
        folder = os.path.join(os.environ["GITOPS_CORPORA"], "k8s-list-schema")
    if compare and not os.path.isdir(folder):
        print("skipped: no tables at " + folder)
        return 77
    text = generate(folder)
    if compare:
        with open(output) as file:
            return 0 if file.read() == text else "%s is out of date" % output
    with open(output, "w") as file:
        file.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
