"""Keeps a folder equal to a Git repository: python_host.py REPOSITORY FOLDER STATE-FILE [PATH]"""
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
    context = gitops.Context()
    source = gitops.Source.git(context, repository)
    with gitops.Store.open(context, state) as store, gitops.Reconciler(
            context, store, on_event=lambda event: event.type == gitops.EventType.PLANNED
            and print(event.plan.to_text())) as reconciler:
        reconciler.add(gitops.Unit(context, "example", source, Folder(folder), path=path))
        reconciler.run()
        print(reconciler.result("example").to_text())


main(*sys.argv[1:])
