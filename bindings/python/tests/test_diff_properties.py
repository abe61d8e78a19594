"""What holds for every diff, on generated triples of documents that are changes of each other.

Skipped where hypothesis is not installed. GITOPS_EXAMPLES is how many triples each property gets.
"""

from __future__ import annotations

import functools
import json
import os
import unittest
from typing import Any, Callable, Dict, List, Optional, Tuple

from binding_support import LibraryTest, gitops

try:
    import hypothesis
    from hypothesis import strategies as st
except ImportError as error:
    raise unittest.SkipTest(f"{error}: pip install hypothesis") from None

EXAMPLES = int(os.environ.get("GITOPS_EXAMPLES", "60"))

KEYED = {"list": "map", "keys": ["name"]}
RULES: Dict[str, Any] = {
    "lists": {
        "/keyed": KEYED, "/keyed/*/keyed": KEYED,
        "/ports": {"list": "map", "keys": ["port", "protocol"], "defaults": {"protocol": "TCP"}},
        "/set": {"list": "set"}, "/sequence": {"list": "sequence"}},
    "maps": {"/struct": "struct", "/union": "retain-keys", "/whole": "atomic"},
}
SCHEMAS = [{**RULES, "null": "absent"}, {**RULES, "null": "value"},
           {**RULES, "null": "absent", "omit-empty": ["/*", "/*/*"]}]

Triple = Tuple[Dict[str, Any], Any, Any, Any]

# Few different names and values, so that they meet.
names = st.sampled_from("abcd")
scalars = st.one_of(st.none(), st.booleans(), st.integers(-2, 3), st.sampled_from(["", "x", "1"]))
free = st.recursive(scalars, lambda inner: st.one_of(
    st.dictionaries(names, inner, max_size=3), st.lists(inner, max_size=3)), max_leaves=6)
flat = st.dictionaries(names, scalars, max_size=4)


def element(keys: Dict[str, st.SearchStrategy[Any]],
            **others: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """An element of a list with keys; it may lack any of the rest."""
    return st.fixed_dictionaries(keys, optional=others)


def element_list(inner: Optional[st.SearchStrategy[Any]] = None) -> st.SearchStrategy[Any]:
    others = {"value": scalars, "other": flat}
    if inner is not None:
        others["keyed"] = inner
    return st.lists(element({"name": names}, **others), max_size=4)


FIELDS: Dict[str, st.SearchStrategy[Any]] = {
    "keyed": element_list(element_list()),
    "ports": st.lists(element({"port": st.integers(1, 3)},
                              protocol=st.sampled_from(["TCP", "UDP"]), value=scalars),
                      max_size=4),
    "set": st.lists(st.sampled_from(["a", "b", "c", 1, 2]), max_size=5),
    "sequence": st.lists(st.integers(0, 4), max_size=6),
    "struct": flat, "union": flat, "whole": flat,
    "free": st.dictionaries(names, free, max_size=4), "list": st.lists(free, max_size=3),
    "scalar": scalars,
}


@functools.lru_cache(maxsize=None)
def documents(fields: Tuple[str, ...]) -> st.SearchStrategy[Dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={name: FIELDS[name] for name in fields})


def changed_list(draw: Callable[..., Any], value: List[Any]) -> List[Any]:
    """Some elements go, some come twice, some change, and some of them change places."""
    result: List[Any] = []
    for item in value:
        change = draw(st.sampled_from(["keep", "keep", "keep", "change", "drop", "twice"]))
        result += {"keep": [item], "drop": [], "twice": [item, item],
                   "change": [changed(draw, item)]}[change]
    return list(draw(st.permutations(result))) if draw(st.booleans()) else result


def changed(draw: Callable[..., Any], value: Any) -> Any:
    """A value that became another one, mostly of the same kind."""
    if isinstance(value, list) and value:
        return changed_list(draw, value)
    if not isinstance(value, dict) or not value:
        return draw(scalars)
    result = dict(value)
    for key in value:
        change = draw(st.sampled_from(["keep", "keep", "change", "drop"]))
        if change == "drop" and key not in ("name", "port"):
            del result[key]
        elif change == "change":
            result[key] = changed_member(draw, key, value[key])
    return result


def changed_member(draw: Callable[..., Any], key: str, value: Any) -> Any:
    if key in ("name", "port"):
        return draw(names) if key == "name" else draw(st.integers(1, 3))
    return changed(draw, value)


# Few at a time: what one field does hardly depends on the others, and small documents are quick.
field_names = st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=3,
                       unique=True).map(tuple)


@st.composite
def triples(draw: Callable[..., Any]) -> Triple:
    """A schema, and three documents of which each is made of another, or of none."""
    new = documents(draw(field_names))
    first = draw(new)
    sides = [first]
    for _ in range(2):
        origin = draw(st.sampled_from(sides))
        made = draw(st.sampled_from(["same", "changed", "changed", "more", "new"]))
        sides.append({"same": lambda: origin, "new": lambda: draw(new),
                      "changed": lambda: changed(draw, origin) if origin else origin,
                      "more": lambda: {**origin, **draw(new)}}[made]())
    base, desired, live = draw(st.permutations(sides))
    if draw(st.integers(0, 9)) == 0:
        base = None
    return draw(st.sampled_from(SCHEMAS)), base, desired, live


def reordered(value: Any) -> Any:
    """The same value with its keys written in another order."""
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(list(value))}
    return [reordered(item) for item in value] if isinstance(value, list) else value


def without_nulls(value: Any) -> Any:
    """As it is written where a null means absent; in a list it is a value."""
    if isinstance(value, dict):
        return {key: without_nulls(member) for key, member in value.items() if member is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def text(value: Any) -> str:
    """For comparing: to Python 1 is True. A side without the leaf is a text of its own."""
    return json.dumps(value, sort_keys=True, default=repr)


def for_every_triple(test: Callable[[Any, Triple], None]) -> Callable[[Any], None]:
    checks = list(hypothesis.HealthCheck)
    return hypothesis.settings(max_examples=EXAMPLES, deadline=None, database=None,
                               suppress_health_check=checks)(hypothesis.given(triples())(test))


class DiffProperties(LibraryTest):
    def setUp(self) -> None:
        super().setUp()
        self.schemas = {id(rules): gitops.Schema.parse(self.context, rules) for rules in SCHEMAS}

    def diff(self, rules: Dict[str, Any], base: Any, desired: Any, live: Any) -> gitops.Diff:
        return gitops.Diff(self.context, base, desired, live, schema=self.schemas[id(rules)])

    def assert_no_change(self, diff: gitops.Diff) -> None:
        self.assertEqual(list(diff.changes), [])
        self.assertFalse(diff.differs)

    def outcome(self, diff: gitops.Diff) -> Any:
        """What it says, apart from where desired states it."""
        changes = [(change.path, change.class_, change.action, change.merged)
                   for change in diff.changes]
        return diff.merged.to_python() if diff.merged else None, changes, diff.differs

    @for_every_triple
    def test_nothing_differs_from_itself(self, triple: Triple) -> None:
        for side in triple[1:]:
            self.assert_no_change(self.diff(triple[0], side, side, side))

    @for_every_triple
    def test_what_is_written_is_what_desired_says(self, triple: Triple) -> None:
        for change in self.diff(*triple).changes:
            # Of a hunk of a sequence, which is replaced as one, either may have more elements.
            if change.action in ("add", "replace"):
                self.assertIn(text(change.merged),
                              (text(change.desired), text(without_nulls(change.desired))))
            elif change.action == "remove":
                self.assertIs(change.merged, gitops.diffs.ABSENT)

    @for_every_triple
    def test_a_merge_settles(self, triple: Triple) -> None:
        rules, _, desired, _ = triple
        merged = self.diff(*triple).merged
        self.assert_no_change(self.diff(rules, desired, desired, merged))

    @for_every_triple
    def test_patches_give_the_merged_document(self, triple: Triple) -> None:
        live, diff = triple[3], self.diff(*triple)
        patched = gitops.apply_json_patch(self.context, diff.json_patch(), live)
        self.assertEqual(patched, diff.merged)
        try:
            patch = diff.merge_patch()
        except gitops.UnsupportedError:
            return
        self.assertEqual(gitops.apply_merge_patch(self.context, patch, live), diff.merged)

    @for_every_triple
    def test_what_is_not_ours_stays(self, triple: Triple) -> None:
        _, base, desired, live = triple
        merged = self.diff(*triple).merged.to_python()
        self.check_unowned((base or {}, desired, live, merged))
        if all(isinstance(side.get("free"), dict) for side in (desired, live)):
            old = (base or {}).get("free", {})
            if isinstance(old, dict):
                self.check_unowned((old, desired["free"], live["free"], merged["free"]))

    def check_unowned(self, sides: Tuple[Any, Any, Any, Any]) -> None:
        base, desired, live, merged = sides
        for key in live.keys() - base.keys() - desired.keys():
            self.assertEqual(text(merged[key]), text(live[key]))

    @for_every_triple
    def test_the_order_of_keys_means_nothing(self, triple: Triple) -> None:
        rules, *sides = triple
        self.assertEqual(self.outcome(self.diff(rules, *sides)),
                         self.outcome(self.diff(rules, *map(reordered, sides))))

    @for_every_triple
    def test_a_second_run_says_the_same(self, triple: Triple) -> None:
        self.assertEqual(self.outcome(self.diff(*triple)), self.outcome(self.diff(*triple)))

    @for_every_triple
    def test_a_member_that_both_gain_changes_nothing_else(self, triple: Triple) -> None:
        rules, base, desired, live = triple
        gained = {"gained": {"by": "both"}}
        merged, changes, differs = self.outcome(
            self.diff(rules, base, {**desired, **gained}, {**live, **gained}))
        self.assertEqual(merged.pop("gained"), gained["gained"])
        plain, others, other_differs = self.outcome(self.diff(*triple))
        self.assertEqual((text(merged), differs), (text(plain), other_differs))
        # An empty document is a leaf itself, and one with a member is none.
        self.assertEqual([change for change in changes if not change[0].startswith("/gained")],
                         [change for change in others if change[0]])


if __name__ == "__main__":
    unittest.main()
