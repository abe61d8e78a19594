"""A Git repository for a test, without any configuration of the one who runs it."""
import os
import shutil
import subprocess

ENVIRONMENT = {
    "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": "/nonexistent",
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "C", "GIT_COMMITTER_EMAIL": "c@example.org",
    "GIT_AUTHOR_DATE": "2024-05-01T12:00:00Z", "GIT_COMMITTER_DATE": "2024-05-01T12:00:00Z",
}


class Repository:
    def __init__(self, path):
        self.path = path
        os.makedirs(path, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *words):
        done = subprocess.run(["git", "-C", self.path, *words], env=ENVIRONMENT, text=True,
                              capture_output=True, timeout=120)
        if done.returncode != 0:
            raise AssertionError(f"git {' '.join(words)}: {done.stderr}")
        return done.stdout.strip()

    def file(self, name):
        return os.path.join(self.path, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.file(name)), exist_ok=True)
        with open(self.file(name), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        with open(self.file(name), encoding="utf-8") as file:
            return file.read()

    def copy_in(self, source, name="."):
        """The files of a folder, but no Git repository and no rules of what Git is to ignore."""
        shutil.copytree(source, self.file(name), dirs_exist_ok=True,
                        ignore=shutil.ignore_patterns(".git", ".gitignore", ".gitattributes"))

    def remove(self, name):
        os.remove(self.file(name))

    def commit(self, message="a change"):
        """Commits all there is. Returns the id of the commit."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")
