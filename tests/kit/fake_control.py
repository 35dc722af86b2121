"""A control socket that answers what it is told to."""

import socket
import threading


class FakeControl(threading.Thread):
    """answers: what comes behind "ok" to each command."""

    def __init__(self, path, answers):
        super().__init__(daemon=True)
        self.answers = answers
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(path)
        self.server.listen(5)
        self.start()

    def run(self):
        while True:
            peer = self.server.accept()[0]
            line = b""
            while not line.endswith(b"\n"):
                line += peer.recv(100)
            answer = self.answers.get(line.decode().strip())
            peer.sendall(b"error\n" if answer is None
                         else b"ok\n" + answer.encode() + b"\n")
            peer.close()
