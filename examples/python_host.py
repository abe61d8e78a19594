"""Keeps a folder of JSON files equal to a Git repository.

    python3 examples/python_host.py REPOSITORY FOLDER STATE-FILE [PATH-IN-REPOSITORY]
"""
import sys
from pathlib import Path

import gitops


class Folder(gitops.Target):
    """Each object is the file KEY.json; your own target would talk to your own system here."""

    def __init__(self, folder):
        self.folder = Path(folder).resolve(strict=True)

    def list(self, page):
        return {str(file.relative_to(self.folder))[:-5]: file.read_bytes()
                for file in self.folder.rglob("*.json")}

    def apply(self, request):
        file = self.folder / (request.key + ".json")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(request.document_text)

    def delete(self, request):
        (self.folder / (request.key + ".json")).unlink()


def main(repository, folder, state, path=""):
    with gitops.Context() as context, gitops.Store.open(context, state) as store:
        with gitops.Reconciler(context, store, on_event=lambda event: event.type ==
                               gitops.EventType.PLANNED and print(event.plan.to_text())) as loop:
            source = gitops.Source.git(context, repository)
            loop.add(gitops.Unit(context, "example", source, Folder(folder), path=path))
            loop.run()
            print(loop.result("example").to_text())


main(*sys.argv[1:])
