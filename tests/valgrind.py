#!/usr/bin/env python3
"""Runs the unit tests of a build below valgrind, two at a time.

    valgrind.py BUILD_DIR

Taken are the tests with the label unit and without the label slow. Any error that valgrind finds
and any block that is lost fails the run.
"""
import concurrent.futures
import json
import subprocess
import sys

VALGRIND = ["valgrind", "--quiet", "--error-exitcode=99", "--leak-check=full",
            "--errors-for-leak-kinds=definite,indirect,possible", "--num-callers=25"]
TIMEOUT_S = 1200


def labels(test):
    return {label for entry in test.get("properties", ()) if entry["name"] == "LABELS"
            for label in entry["value"]}


def run(test):
    try:
        result = subprocess.run(VALGRIND + test["command"], stdin=subprocess.DEVNULL, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired:
        return test["name"], f"no end after {TIMEOUT_S} s"
    return test["name"], result.stdout if result.returncode else None


def main():
    listing = subprocess.run(["ctest", "--test-dir", sys.argv[1], "--show-only=json-v1"],
                             check=True, capture_output=True, text=True).stdout
    tests = [test for test in json.loads(listing)["tests"]
             if "unit" in labels(test) and "slow" not in labels(test)]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        for name, problem in pool.map(run, tests):
            print(f"{name}: {'FAILED' if problem is not None else 'ok'}", flush=True)
            if problem is not None:
                print(problem)
                failed += 1
    print(f"{len(tests)} programs, {failed} failed")
    return 1 if failed or not tests else 0


if __name__ == "__main__":
    sys.exit(main())
