#!/usr/bin/env python3
"""A repository of Kubernetes-like manifests; the same arguments make the same files.

    generate.py OBJECTS DIRECTORY [--seed 1] [--per-file 1]
    generate.py --touch FILES --rev NUMBER DIRECTORY [--seed 1]

One object in a file:   apps/team-TT/app-AAAA/ENVIRONMENT/KIND-NAME.yaml, about ten to a folder
Several in a file:      apps/team-TT/app-AAAA/bundle-NNNNN.yaml

With --touch, one label changes in that many files, drawn anew for each revision.
"""
import argparse
import pathlib
import random
import re

import manifests

OBJECTS_OF_APP = 40  # ten in each environment
MOST_TEAMS = 64


def app_objects(app, draw):
    """Yields the kind, the name and the lines of each object of an application."""
    count = {}
    for kind, make in manifests.CORE + [draw.one_of(manifests.MORE) for _ in range(5)]:
        number = count[kind] = count.get(kind, -1) + 1
        name = app.name + (f"-{manifests.WORDS[number]}" if number else "")
        name += manifests.NAME_SUFFIXES.get(kind, "")
        yield kind, name, make(app, name, draw)


def repository(objects, seed):
    """Yields folder, file name and text of each object."""
    draw = manifests.Draw(random.Random(seed))
    apps = (objects + OBJECTS_OF_APP - 1) // OBJECTS_OF_APP
    teams = min(MOST_TEAMS, apps // 8 + 1)
    for number in range(apps):
        team, base = f"team-{number % teams:02d}", f"{draw.word()}-{draw.word()}"
        for environment in manifests.ENVIRONMENTS:
            app = manifests.App(draw, f"{base}-{number:04d}", team, environment,
                                f"{base}-{environment}")
            folder = f"apps/{team}/app-{number:04d}/{environment}"
            for kind, name, lines in app_objects(app, draw):
                if objects == 0:
                    return
                objects -= 1
                yield folder, f"{kind}-{name}.yaml", "\n".join(lines) + "\n"


def bundles(items, per_file):
    """Joins that many objects into one file each."""
    texts, folder, number = [], None, 0
    for item_folder, _, text in items:
        folder = folder or item_folder.rpartition("/")[0]
        texts.append("---\n" + text)
        if len(texts) == per_file:
            yield folder, f"bundle-{number:05d}.yaml", "".join(texts)
            texts, folder, number = [], None, number + 1
    if texts:
        yield folder, f"bundle-{number:05d}.yaml", "".join(texts)


def write(root, files):
    count = size = 0
    made = None
    for folder, name, text in files:
        directory = root / folder
        if directory != made:
            directory.mkdir(parents=True, exist_ok=True)
            made = directory
        (directory / name).write_text(text)
        count += 1
        size += len(text)
    return count, size


def touch(root, files, seed, revision):
    """Sets a label, which stands before the label that every object has."""
    paths = sorted((root / "apps").rglob("*.yaml"))
    for path in random.Random(seed * 1000 + revision).sample(paths, files):
        path.write_text(re.sub(r"( +acme.io/revision: .*\n)?    environment: ",
                               f'    acme.io/revision: "{revision}"\n    environment: ',
                               path.read_text(), count=1))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("objects", type=int, nargs="?")
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--per-file", type=int, default=1)
    parser.add_argument("--touch", type=int, metavar="FILES")
    parser.add_argument("--rev", type=int, default=1)
    options = parser.parse_args()
    if options.touch:
        touch(options.directory, options.touch, options.seed, options.rev)
        return
    if not options.objects or options.objects < 0:
        parser.error("give the number of objects")
    files = repository(options.objects, options.seed)
    if options.per_file > 1:
        files = bundles(files, options.per_file)
    count, size = write(options.directory, files)
    print(f"{options.objects} objects in {count} files, {size} bytes, "
          f"{size / options.objects:.0f} bytes an object")


if __name__ == "__main__":
    main()
