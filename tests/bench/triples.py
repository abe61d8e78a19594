#!/usr/bin/env python3
"""Writes the documents that the diff is measured with: triples.py PROGRAM CORPORA FOLDER.

FOLDER/statefulset is a StatefulSet of a cluster (11 KB as the cluster prints it) with drift and a
change in Git; FOLDER/node one of the objects that structured-merge-diff is measured with, of the
same size. PROGRAM is gitops, which reads YAML.
"""
import copy
import json
import pathlib
import subprocess
import sys

STATEFUL_SET = "TestThreeWayDiffExample2WithDifference"


def write(folder, base, desired, live):
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in (("base", base), ("desired", desired), ("live", live)):
        (folder / f"{name}.json").write_text(json.dumps(value))


def stateful_set(corpora):
    for case in json.loads((corpora / "gitops-engine-diff/cases.json").read_text()):
        if case["name"] == STATEFUL_SET:
            return case["base"], case["desired"], case["live"]
    raise SystemExit(f"there is no case {STATEFUL_SET}")


def node(program, corpora):
    """Git states most of the object and changes some of it; the cluster changed something else."""
    live = json.loads(subprocess.run(
        [program, "parse", "--format", "json", corpora / "bench-objects/node.yaml"],
        check=True, capture_output=True, text=True).stdout)
    base = copy.deepcopy(live)
    desired = copy.deepcopy(live)
    desired["metadata"]["labels"]["role"] = "new"
    desired["spec"]["unschedulable"] = True
    live["metadata"]["labels"]["added"] = "by-hand"
    live["spec"]["podCIDR"] = "10.1.0.0/24"
    return base, desired, live


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    source, target = map(pathlib.Path, sys.argv[2:])
    write(target / "statefulset", *stateful_set(source))
    write(target / "node", *node(sys.argv[1], source))
