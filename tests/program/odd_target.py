"""A target that speaks the protocol well, or breaks it on demand: odd_target.py FILE MODE.

The system is a directory-less JSON file, as in examples/exec_target.py. MODE:
  fine          nothing odd                    stage         with commit and abort
  get-only      cannot list                    pages         lists one object a page
  die:CALL      ends in the middle of a call   die-once:CALL the same, but only the first time
  nonsense:CALL answers with no JSON           wrong-id:CALL answers another question
  fail:CALL     answers failed                 unfit:CALL    answers what does not fit
  conflict      the first apply conflicts      retry         the first apply is to be retried
  check         check refuses objects with data.bad
  assess        is asked how objects are: data.health, after one question more
  health        documents carry a status: a condition Ready that data.ready says
  protocol      speaks protocol 2              other         another fingerprint each time
  silent        ends at once
"""
import json
import os
import sys

path, mode = sys.argv[1], sys.argv[2]
what, _, victim = mode.partition(":")
staged, pending = [], True
log = open(path + ".log", "a", buffering=1)


def load():
    if not os.path.exists(path):
        return {}
    with open(path) as file:
        return json.load(file)


def save(objects):
    with open(path + ".new", "w") as file:
        json.dump(objects, file)
    os.replace(path + ".new", path)


def answer(call, answer, **members):
    print(json.dumps({"id": call["id"], "answer": answer, **members}), flush=True)


def once(name):
    """True the first time anybody asks, over all processes."""
    if os.path.exists(path + "." + name):
        return False
    open(path + "." + name, "w").close()
    return True


def change(objects, call):
    if call["call"] == "apply":
        objects[call["key"]] = call["document"]
    else:
        objects.pop(call["key"], None)


def hello(call):
    abilities = {"get-only": ["get"], "stage": ["list", "get", "commit"],
                 "check": ["list", "get", "check"], "assess": ["list", "get", "assess"],
                 "health": ["list", "get", "health"]}.get(what, ["list", "get"])
    name = f"{path} {os.getpid()}" if what == "other" else path
    answer(call, "hello", protocol=2 if what == "protocol" else 1, fingerprint=name,
           abilities=abilities)


def list_objects(call):
    objects = sorted(load().items())
    first = int(call.get("page", 0)) if what == "pages" else 0
    last = first + 1 if what == "pages" else len(objects)
    for key, document in objects[first:last]:
        answer(call, "object", key=key, document=document)
    if last < len(objects):
        answer(call, "listed", next=str(last))
    else:
        answer(call, "listed")


def serve(call):
    name = call["call"]
    if victim == name and (what != "die-once" or once("died")):
        if what.startswith("die"):
            print('{"id": ', end="", flush=True)
            sys.exit(1)
        if what == "nonsense":
            print("hello there", flush=True)
        elif what == "wrong-id":
            answer({"id": call["id"] + 1}, "done")
        elif what == "fail":
            answer(call, "failed", code=7, message="not today")
        elif what == "unfit":
            answer(call, "absent" if name != "get" else "listed")
    elif name == "hello":
        hello(call)
    elif name == "list":
        list_objects(call)
    elif name == "assess":
        health = load()[call["key"]]["data"].get("health", "healthy")
        first = once("assessed-" + call["key"].replace("/", "-"))
        answer(call, "health", health="progressing" if first else health, message="as told")
    elif name == "get":
        document = load().get(call["key"])
        if document and what == "health":
            ready = {"type": "Ready", "status": document["data"].get("ready", "True")}
            document["status"] = {"conditions": [ready]}
        if document is None:
            answer(call, "absent")
        else:
            answer(call, "object", document=document)
    elif name == "check":
        bad = "bad" in (call.get("document") or {}).get("data", {})
        answer(call, "failed", message="refused by check") if bad else answer(call, "done")
    elif name == "apply" and what == "conflict" and once("conflict"):
        answer(call, "conflict", message="changed meanwhile")
    elif name == "apply" and what == "retry" and once("retry"):
        answer(call, "retry", after_ms=10, message="busy")
    elif name in ("apply", "delete") and what == "stage":
        staged.append(call)
        answer(call, "done")
    elif name in ("apply", "delete"):
        objects = load()
        change(objects, call)
        save(objects)
        answer(call, "done")
    elif name == "commit":
        objects = load()
        for one in staged:
            change(objects, one)
        save(objects)
        staged.clear()
        answer(call, "done")
    elif name == "abort":
        staged.clear()
        answer(call, "done")


if what == "silent":
    sys.exit(3)
for line in sys.stdin:
    log.write(line)
    serve(json.loads(line))
