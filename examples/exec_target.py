#!/usr/bin/env python3
"""A complete target for gitops --target 'exec:python3 exec_target.py FILE' (docs/exec-target.md).

The system is one JSON file that maps keys to objects. The path of the file is its fingerprint.
"""
import hashlib
import json
import os
import sys

path = os.path.abspath(sys.argv[1])


def load():
    return json.load(open(path)) if os.path.exists(path) else {}


def save(objects):
    with open(path + ".new", "w") as file:
        json.dump(objects, file, indent=1, sort_keys=True)
    os.replace(path + ".new", path)


def version(document):
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def answer(call, **members):
    print(json.dumps({"id": call["id"], **members}), flush=True)


for line in sys.stdin:
    call, objects = json.loads(line), load()
    name, key = call["call"], call.get("key")
    live = objects.get(key)
    if name == "hello":
        answer(call, answer="hello", protocol=1, fingerprint=path, abilities=["list", "get", "change-all"])
    elif name == "list":
        for key, live in objects.items():
            answer(call, answer="object", key=key, document=live, version=version(live))
        answer(call, answer="listed")
    elif name == "get" and live is None:
        answer(call, answer="absent")
    elif name == "get":
        answer(call, answer="object", document=live, version=version(live))
    elif "version" in call and (live is None or version(live) != call["version"]):
        answer(call, answer="conflict", message="the object changed meanwhile")
    elif name == "apply":
        save({**objects, key: call["document"]})
        answer(call, answer="done", version=version(call["document"]))
    elif name == "delete":
        save({k: v for k, v in objects.items() if k != key})
        answer(call, answer="done")
    else:
        answer(call, answer="failed", message="unknown call " + name)
