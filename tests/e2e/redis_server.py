"""A real Redis on a loopback port, for tests of what hosts share."""

import shutil
import subprocess

from stage import free_port, listens, wait_for


class Redis:
    def __init__(self, directory, *options):
        self.port = free_port()
        self.process = subprocess.Popen(
            [shutil.which("redis-server"), "--port", str(self.port),
             "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
             "--dir", directory] + list(options), stdout=subprocess.DEVNULL)
        wait_for("redis", lambda: listens(self.port))

    def ask(self, *words):
        got = subprocess.run(["redis-cli", "-p", str(self.port)] + list(words),
                             stdout=subprocess.PIPE)
        return got.stdout.decode().strip()

    def close(self):
        # Asked to end it would wait for its replicas.
        self.process.kill()
        self.process.wait(10)
