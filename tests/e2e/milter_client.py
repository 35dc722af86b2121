"""The MTA's side of the milter protocol, as far as tests need it."""

import socket
import struct

NR_HDR, NR_CONN, NR_HELO, NR_MAIL, NR_RCPT, NR_EOH, NR_BODY, LEADSPC = (
    0x80, 0x1000, 0x2000, 0x4000, 0x8000, 0x40000, 0x80000, 0x100000)
SILENT = {b"C": NR_CONN, b"H": NR_HELO, b"M": NR_MAIL, b"R": NR_RCPT, b"N": NR_EOH}
# An answer that the milter has agreed not to give.
CONTINUE = (b"c", b"")


class MilterClient:
    def __init__(self, port, host="127.0.0.1", path=None, offer=0x1fffff):
        if path:
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.connect(path)
        else:
            self.sock = socket.create_connection((host, port), 60)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.sock.makefile("rb")
        self.protocol = 0
        self.send(b"O", struct.pack("!III", 6, 0x1ff, offer))
        code, data = self.read()
        assert code == b"O", (code, data)
        self.version, self.actions, self.protocol = struct.unpack("!III", data[:12])

    def send(self, code, data=b""):
        self.last = code
        self.sock.sendall(struct.pack("!I", len(data) + 1) + code + data)

    def silent(self, code):
        return bool(self.protocol & SILENT.get(code, 0))

    def read(self):
        """The next answer; behind a command that has none: go on."""
        last, self.last = self.last, b""
        return CONTINUE if self.silent(last) else self.packet()

    def packet(self):
        length = self.file.read(4)
        if len(length) < 4:
            return b"", b""
        packet = self.file.read(struct.unpack("!I", length)[0])
        return packet[:1], packet[1:]

    def macros(self, code, **values):
        data = code + b"".join(
            k.encode() + b"\0" + v.encode() + b"\0" for k, v in values.items())
        self.send(b"D", data)

    def connect(self, ip, name="unknown", port=40000):
        family = b"6" if ":" in ip else b"4"
        self.send(b"C", name.encode() + b"\0" + family + struct.pack("!H", port) +
                  ip.encode() + b"\0")
        return self.read()

    def command(self, code, text):
        self.send(code, text.encode() + b"\0")
        return self.read()

    def header(self, name, value):
        self.send(b"L", name.encode() + b"\0" + value.encode("latin-1") + b"\0")

    def finish(self, body=b""):
        """Body and end of message; (changes, (code, data))."""
        for at in range(0, len(body), 65535):
            self.send(b"B", body[at:at + 65535])
        self.send(b"E")
        return self.changes()

    def changes(self):
        """What the filter says to a message's end: (changes, (code, data))."""
        changes = []
        while True:
            code, data = self.read()
            if code in (b"a", b"r", b"t", b"d", b"c", b"y", b""):
                return changes, (code, data)
            changes.append((code, data))

    def message(self, ip, helo, sender, rcpt, fields, body, new=True, user=None):
        """A whole message, of a user who has authenticated where one is named;
        (changes, answer), or what ended it early."""
        if new:
            self.connect(ip)
            self.command(b"H", helo)
        if user:
            self.macros(b"M", **{"{auth_authen}": user})
        answer = self.command(b"M", "<%s>" % sender)
        if answer[0] != b"c":
            return [], answer
        answer = self.command(b"R", "<%s>" % rcpt)
        if answer[0] != b"c":
            return [], answer
        for name, value in fields:
            self.header(name, value)
        self.send(b"N")
        answer = self.read()
        if answer[0] != b"c":
            return [], answer
        return self.finish(body)

    def quit_nc(self):
        """Ends the SMTP session; another may begin on the same connection."""
        self.send(b"K")

    def close(self):
        try:
            self.send(b"Q")
        except OSError:
            pass
        self.file.close()
        self.sock.close()
