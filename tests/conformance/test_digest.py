#!/usr/bin/env python3
"""Digests as docs/digest.md describes them, written a second time: the vectors of the document, and
random values and manifests against the library.

GITOPS_LIBRARY names the library. What needs XXH3 is skipped without the package xxhash.
"""
import decimal
import hashlib
import json
import pathlib
import random
import re
import unittest

import gitops
from test_emitted_yaml import random_json

try:
    import xxhash
except ImportError:
    xxhash = None

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs/digest.md"
DIGITS = decimal.Context(prec=decimal.MAX_PREC, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN)
NEEDS_XXHASH = unittest.skipIf(xxhash is None, "the package xxhash is absent")


def load(text):
    """JSON with every number as a Decimal."""
    return json.loads(text, parse_int=DIGITS.create_decimal, parse_float=DIGITS.create_decimal)


def length(count):
    return count.to_bytes(4, "little")


def sized(text):
    data = text.encode("utf-8")
    return length(len(data)) + data


def canonical_number(number):
    sign, digits, exponent = number.as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    if not text:
        return "0"
    short = text.rstrip("0")
    return f"{'-' if sign else ''}{short}e{exponent + len(text) - len(short)}"


def members(value):
    return sorted(value.items(), key=lambda member: member[0].encode("utf-8"))


def canonical(value):
    if value is None:
        return b"n"
    if isinstance(value, bool):
        return b"b1" if value else b"b0"
    if isinstance(value, decimal.Decimal):
        return b"d" + sized(canonical_number(value))
    if isinstance(value, str):
        return b"s" + sized(value)
    if isinstance(value, list):
        return b"l" + length(len(value)) + b"".join(map(canonical, value))
    return b"m" + length(len(value)) + b"".join(sized(key) + canonical(item)
                                                for key, item in members(value))


def xxh3_128(seed, data):
    return xxhash.xxh3_128(data, seed=ord(seed)).digest()


def form(value):
    if isinstance(value, (list, dict)):
        return (b"l" if isinstance(value, list) else b"m") + xxh3(value)
    return canonical(value)


def xxh3(value):
    if isinstance(value, list):
        return xxh3_128("l", b"".join(map(form, value)))
    if isinstance(value, dict):
        return xxh3_128("m", b"".join(sized(key) + form(item) for key, item in members(value)))
    data = canonical(value)
    return xxh3_128(chr(data[0]), data[1:] if isinstance(value, bool) else data[5:])


def sha256(value):
    return hashlib.sha256(canonical(value)).digest()


def sha256_of_manifest(objects):
    """objects: keys, sorted by bytes, and values."""
    return hashlib.sha256(b"M" + length(len(objects)) +
                          b"".join(sized(key) + sha256(value) for key, value in objects)).digest()


def xxh3_of_manifest(objects):
    if not objects:
        return xxh3_128("i", b"")
    # The first of those with the greatest priority: the keys are sorted.
    at = max(range(len(objects)),
             key=lambda i: (xxhash.xxh3_64_intdigest(objects[i][0].encode("utf-8")), -i))
    key, value = objects[at]
    return xxh3_128("t", xxh3_of_manifest(objects[:at]) + xxh3_128("k", key.encode("utf-8")) +
                    xxh3(value) + xxh3_of_manifest(objects[at + 1:]))


def rows(columns):
    """The rows of vectors of the document that have so many columns."""
    for line in DOCUMENT.read_text().splitlines():
        cells = re.findall(r"`([^`]*)`", line)
        if line.startswith("| `") and len(cells) == columns:
            yield cells


def config_map(name):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}


def manifest_of(names):
    return [(f"_/ConfigMap/{name}", config_map(name)) for name in sorted(names)]


class Values(unittest.TestCase):
    def test_vectors_by_sha256(self):
        for text, expected, _, digest in rows(4):
            value = load(text)
            self.assertEqual(canonical(value).hex(), expected, text)
            self.assertEqual(sha256(value).hex(), digest, text)

    @NEEDS_XXHASH
    def test_vectors_by_xxh3(self):
        for text, _, digest, _ in rows(4):
            self.assertEqual(xxh3(load(text)).hex(), digest, text)

    def test_random_values_as_the_library(self):
        with gitops.Context() as context:
            for seed in range(1500):
                text = random_json(random.Random(seed))
                value = load(text)
                with gitops.Document.parse(context, text) as document:
                    self.assertEqual(document.digest(gitops.Digest.SHA256),
                                     "sha256:" + sha256(value).hex(), text)
                    if xxhash:
                        self.assertEqual(document.digest(), "xxh3:" + xxh3(value).hex(), text)


class Manifests(unittest.TestCase):
    def test_vectors_by_sha256(self):
        for names, _, digest in rows(3):
            self.assertEqual(sha256_of_manifest(manifest_of(names.split())).hex(), digest, names)

    @NEEDS_XXHASH
    def test_vectors_by_xxh3(self):
        for names, digest, _ in rows(3):
            self.assertEqual(xxh3_of_manifest(manifest_of(names.split())).hex(), digest, names)

    def test_random_manifests_as_the_library(self):
        chance = random.Random(1)
        with gitops.Context() as context:
            for count in (1, 2, 3, 10, 100, 500):
                objects = [dict(config_map(name), data=load(random_json(chance)))
                           for name in chance.sample(range(10000), count)]
                self.check(context, objects)

    def check(self, context, objects):
        source = gitops.Source.memory(context)
        for value in objects:
            name = f"n{value['metadata']['name']}"
            value["metadata"]["name"] = name
            source.put(f"{name}.json", json.dumps(value, default=str))
        with source.fetch() as snapshot, gitops.Manifest.read(context, snapshot) as manifest:
            keyed = [(key, load(manifest[key].to_json())) for key in manifest]
            self.assertEqual(len(keyed), len(objects))
            self.assertEqual(manifest.digest(gitops.Digest.SHA256),
                             "sha256:" + sha256_of_manifest(keyed).hex())
            key, value = keyed[-1]
            self.assertEqual(manifest.object_digest(key, gitops.Digest.SHA256),
                             "sha256:" + sha256(value).hex())
            if xxhash:
                self.assertEqual(manifest.digest(), "xxh3:" + xxh3_of_manifest(keyed).hex())
                self.assertEqual(manifest.object_digest(key), "xxh3:" + xxh3(value).hex())


if __name__ == "__main__":
    unittest.main()
