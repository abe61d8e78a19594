"""What differs from the answers of other projects, and by which rule of ours.

differences.txt is the table: one case a line with the rules that make it differ; at its head, what
each rule says. A rule is more than a name: it is a function under which our answer and the other
one must become equal, so that no line of the table can hide a difference of another kind.
"""
import collections
import hashlib
import json
import pathlib
import re

TABLE = pathlib.Path(__file__).resolve().parent / "differences.txt"


def case_id(inputs):
    """Of what goes into a case: its number would change with the corpus, and many have no name."""
    text = json.dumps(inputs, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def same(a, b):
    """Equality of values as JSON has them: true is not 1."""
    return json.dumps(a, sort_keys=True) == json.dumps(b, sort_keys=True)


def map_children(value, function):
    if isinstance(value, dict):
        return {key: function(member) for key, member in value.items()}
    if isinstance(value, list):
        return [function(item) for item in value]
    return value


def unordered(value, _case):
    value = map_children(value, lambda child: unordered(child, _case))
    if isinstance(value, list):
        return sorted(value, key=lambda item: json.dumps(item, sort_keys=True))
    return value


def once(value, _case):
    """Lists without what they repeat, by name or by value, and without their order."""
    value = map_children(value, lambda child: once(child, _case))
    if not isinstance(value, list):
        return value
    first = {}
    for item in value:
        identity = item["name"] if isinstance(item, dict) and "name" in item else item
        first.setdefault(json.dumps(identity, sort_keys=True), item)
    return [item for _, item in sorted(first.items())]


def without_lists(value, _case):
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return []
    return map_children(value, lambda child: without_lists(child, _case))


def without_directives(value, _case):
    value = map_children(value, lambda child: without_directives(child, _case))
    if isinstance(value, list):
        return [item for item in value if not isinstance(item, dict) or "$patch" not in item]
    return value


def without_nulls(value, _case):
    value = map_children(value, lambda child: without_nulls(child, _case))
    if isinstance(value, dict):
        return {key: member for key, member in value.items() if member is not None}
    return value


def without_hollow(value, _case):
    """Nor maps that hold nothing else than nulls."""
    value = map_children(value, lambda child: without_hollow(child, _case))
    if isinstance(value, dict):
        return {key: member for key, member in value.items() if member not in (None, {})}
    return value


def stated_nulls(value, case):
    """Without the members at which desired has a null."""
    def without(part, desired):
        if not isinstance(part, dict) or not isinstance(desired, dict):
            return part
        return {key: without(member, desired.get(key)) for key, member in part.items()
                if not (key in desired and desired[key] is None)}
    return without(value, case["desired"])


def element_in(container, item):
    """The element of a list that is the item, or has its name."""
    for other in container if isinstance(container, list) else ():
        if same(other, item):
            return other
        if isinstance(item, dict) and isinstance(other, dict) and "name" in item and \
                item["name"] == other.get("name"):
            return other
    return None


def keep_stated(value, sides):
    """What one of the sides states of a value; None when there is nothing."""
    if isinstance(value, dict):
        parts = {key: (member, [side[key] for side in sides
                                if isinstance(side, dict) and key in side])
                 for key, member in value.items()}
        kept = {key: keep_stated(member, below) for key, (member, below) in parts.items() if below}
        return {key: member for key, member in kept.items() if member is not None} or None
    if isinstance(value, list):
        parts = [(item, [found for side in sides
                         if (found := element_in(side, item)) is not None]) for item in value]
        return [keep_stated(item, below) for item, below in parts if below] or None
    return value


def owned(value, case):
    """Without what only live states, and the maps and lists that held nothing else."""
    return keep_stated(value, [case.get("base"), case["desired"]])


def drop_stated(value, sides):
    """What no side states of a value; None when there is nothing."""
    if isinstance(value, dict):
        rest = {key: drop_stated(member, [side[key] for side in sides
                                          if isinstance(side, dict) and key in side])
                for key, member in value.items()}
        return {key: member for key, member in rest.items() if member is not None} or None
    if isinstance(value, list):
        rest = [drop_stated(item, [found for side in sides
                                   if (found := element_in(side, item)) is not None])
                for item in value]
        return [item for item in rest if item is not None] or None
    return None if sides else value


def without_others(value, case):
    """Without what other managers applied or wrote."""
    return drop_stated(value, case["others"])


def without_wholes(value, case):
    """Without the members that a set names without naming anything below them."""
    def drop(part, path):
        if not isinstance(part, dict) or not path[0].startswith("f:"):
            return part
        key = path[0][2:]
        if len(path) == 1:
            return {name: member for name, member in part.items() if name != key}
        return {name: drop(member, path[1:]) if name == key else member
                for name, member in part.items()}
    for path in case["set"]:
        if not any(other[:len(path)] == path and other != path for other in case["set"]):
            value = drop(value, path)
    return value


def without_given_up(value, case):
    """Without the elements of lists that their manager stated, and states no longer."""
    stated = [operation["object"] for operation in case["ops"]
              if operation.get("manager") == case["ops"][-1]["manager"]]

    def drop(part, desired, before):
        if isinstance(part, dict):
            return {key: drop(member, desired.get(key) if isinstance(desired, dict) else None,
                              [side[key] for side in before
                               if isinstance(side, dict) and key in side])
                    for key, member in part.items()}
        if isinstance(part, list):
            return [item for item in part if element_in(desired, item) is not None or
                    all(element_in(side, item) is None for side in before)]
        return part
    return drop(value, case["desired"], stated)


def without_unchanged(value, case):
    """Without the leaves that base and desired agree on and live lacks."""
    def unchanged(base, desired, live):
        if isinstance(base, dict) and isinstance(desired, dict):
            return {key: unchanged(base[key], desired[key],
                                   live.get(key) if isinstance(live, dict) else None)
                    for key in base.keys() & desired.keys()}
        if isinstance(base, list) and isinstance(desired, list):
            return [dict(unchanged(item, element_in(desired, item) or {}, element_in(live, item)),
                         name=item["name"])
                    for item in base if isinstance(item, dict) and "name" in item]
        return base if live is None and same(base, desired) else {}

    def drop(part, gone):
        if isinstance(part, dict) and isinstance(gone, dict):
            return {key: drop(member, gone.get(key)) for key, member in part.items()
                    if key not in gone or isinstance(gone[key], (dict, list))}
        if isinstance(part, list) and isinstance(gone, list):
            return [drop(item, element_in(gone, item)) for item in part]
        return part
    return drop(value, unchanged(case["base"], case["desired"], case["live"]))


# Of lists of changed or owned fields, each a path of names and elements.


def one_list(fields, _case):
    """What was written, without how."""
    paths = sum(fields.values(), []) if isinstance(fields, dict) else fields
    return [json.loads(path) for path in sorted({json.dumps(path) for path in paths})]


def whole_nodes(fields, case):
    """Paths end where desired and live have other kinds, and at lists."""
    def cut(path):
        a, b = case["desired"], case["live"]
        for i, name in enumerate(path):
            if type(a) is not type(b) or not isinstance(a, dict):
                return path[:i]
            a, b = a.get(name[2:]), b.get(name[2:])
        return path
    return one_list([cut(path) for path in one_list(fields, case)], case)


def not_replaced(fields, _case):
    """Without what is both removed and added."""
    both = [path for path in fields["added"] if path in fields["removed"]]
    return {kind: [path for path in paths if path not in both] for kind, paths in fields.items()}


def of_single_elements(paths, case):
    """Without the elements of which a list has several with the same keys."""
    several = []
    for name, items in case["desired"].items():
        keys = set.intersection(*map(set, items)) if items else ()
        found = collections.Counter(json.dumps({key: item[key] for key in sorted(keys)},
                                               separators=(",", ":")) for item in items)
        several += [["f:" + name, "k:" + text] for text, count in found.items() if count > 1]
    return [path for path in paths if path[:2] not in several]


def of_full_members(paths, case):
    """Without empty lists and maps."""
    return [path for path in paths if len(path) > 1 or case["desired"][path[0][2:]] not in ([], {})]


RULES = {
    "1.1": without_nulls,
    "1.2": without_lists,
    "1.2-type": whole_nodes,
    "1.3": once,
    "1.3-elements": of_single_elements,
    "1.3-replaced": not_replaced,
    "1.4": without_others,
    "1.4-below": without_given_up,
    "1.4-hollow": without_hollow,
    "1.4-whole": without_wholes,
    "1.4-empty": of_full_members,
    "1.5-9": without_unchanged,
    "1.5-D": owned,
    "1.5-type": whole_nodes,
    "1.5-N1": without_hollow,
    "1.5-N2": stated_nulls,
    "1.6": unordered,
    "1.6-set": unordered,
    "1.11": without_directives,
}


def read_table():
    """The rules of each case of each family."""
    table = collections.defaultdict(dict)
    for number, line in enumerate(TABLE.read_text().splitlines(), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        found = re.fullmatch(r"(\S+) +([0-9a-f]{12}) +(\S+)", line)
        if not found:
            raise ValueError(f"{TABLE.name}:{number}: not a family, a case and its rules: {line}")
        family, case, rules = found.groups()
        if case in table[family]:
            raise ValueError(f"{TABLE.name}:{number}: {family} {case} is there already")
        table[family][case] = rules.split(",")
    return table


class Family:
    """The cases of one file: counts them, and collects what the table does not say."""

    def __init__(self, name):
        self.name = name
        self.expected = read_table()[name]
        self.equal, self.seen, self.problems = 0, set(), []

    def check(self, case, ours, theirs, name=""):
        """case: what went in, with base, desired and live where there are such."""
        key = case_id(case)
        if same(ours, theirs):
            self.equal += 1
            if key in self.expected:
                self.seen.add(key)
                self.problems.append(f"{key} differs no more: take its line away # {name}")
        elif key not in self.expected:
            self.problems.append(f"{key} is a new difference # {name}\n"
                                 f"{json.dumps(case)}\nours   {json.dumps(ours, sort_keys=True)}\n"
                                 f"theirs {json.dumps(theirs, sort_keys=True)}")
        elif key not in self.seen:
            self.seen.add(key)
            self.explain(key, case, ours, theirs)

    def explain(self, key, case, ours, theirs):
        for rule in self.expected[key]:
            if rule not in RULES:
                self.problems.append(f"{key}: there is no rule {rule}")
                return
            ours, theirs = RULES[rule](ours, case), RULES[rule](theirs, case)
        if not same(ours, theirs):
            self.problems.append(f"{key} is not explained by {','.join(self.expected[key])}: "
                                 f"{json.dumps(ours)} and {json.dumps(theirs)}")

    def finish(self, test):
        for key in self.expected.keys() - self.seen:
            self.problems.append(f"{key}: there is no such case")
        print(f"{self.name}: {self.equal} as theirs, {len(self.expected)} by a rule of ours")
        test.assertEqual([], self.problems, "\n" + "\n".join(self.problems))
        test.assertGreater(self.equal, 0)
