"""docs/schemas against what the program prints: every JSON form that a test of the program asks
for is validated, when the Python package jsonschema is there."""
import copy
import json
import os

try:
    import jsonschema
except ImportError:
    jsonschema = None

HOME = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))),
                    "docs", "schemas")
NAMES = ["diff", "event", "history", "plan", "review", "run", "status"]
FORMS = {("plan", "json"): "plan", ("apply", "json"): "run", ("apply", "jsonl"): "event",
         ("watch", "jsonl"): "event", ("status", "json"): "status", ("history", "json"): "history",
         ("diff", "json"): "diff", ("review", "json"): "review"}
validators = {}


def load(name):
    with open(os.path.join(HOME, name + ".schema.json"), encoding="utf-8") as file:
        return json.load(file)


def closed(schema):
    """The schema with members it does not name forbidden: ours must name all that we print."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {name: closed(item) for name, item in schema.items()}
    if isinstance(schema.get("properties"), dict) and "required" in schema:
        result["additionalProperties"] = False
    return result


def validator(name, strict=True):
    if (name, strict) not in validators:
        schema = load(name)
        validators[name, strict] = jsonschema.Draft202012Validator(
            closed(schema) if strict else schema)
    return validators[name, strict]


def problems(name, value, strict=True):
    """What is wrong with a value, one text per problem."""
    return [f"{name}{error.json_path[1:]}: {error.message}"
            for error in validator(name, strict).iter_errors(value)]


def form_of(words):
    """The name of the schema of what a command prints; None for text and other forms."""
    words = list(words)
    if "--format" not in words[:-1] or not words:
        return None
    form = words[0]
    if form == "diff" and "--base" not in words:
        form = "review"
    return FORMS.get((form, words[words.index("--format") + 1]))


def check_output(words, text):
    """Problems in the output of a command; of other forms, and of no output, none are found."""
    name = form_of(words)
    if not jsonschema or not name:
        return []
    values = [json.loads(line) for line in text.splitlines()]
    return [problem for value in values for problem in problems(name, value)]


def broken_copies(value):
    """The value with each member of each object left out once."""
    for path in list(member_paths(value)):
        damaged = copy.deepcopy(value)
        parent = damaged
        for step in path[:-1]:
            parent = parent[step]
        del parent[path[-1]]
        yield path, damaged


def member_paths(value, path=()):
    steps = value.items() if isinstance(value, dict) else \
        enumerate(value) if isinstance(value, list) else ()
    for step, child in steps:
        if isinstance(value, dict):
            yield path + (step,)
        yield from member_paths(child, path + (step,))
