"""What an end-to-end test stands on: a private Postfix, a DNS server, a sink
for delivered mail and verdict-milter itself, all on loopback, all below one
temporary directory, all ended by Stage.close()."""

import http.client
import os
import shutil
import signal
import socket
import socketserver
import subprocess
import tempfile
import threading
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def free_port():
    """A port that is free for TCP and UDP on 127.0.0.1 and, usually, ::1."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp, \
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            port = tcp.getsockname()[1]
            try:
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def program(name):
    """The path of a server's program, also where PATH leaves out sbin."""
    path = os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin"
    return shutil.which(name, path=path) or name


def wait_for(what, condition, seconds=20):
    """Waits until condition() is true; an error names what did not happen."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError("timeout: " + what)


def listens(port, host="127.0.0.1"):
    try:
        socket.create_connection((host, port), 1).close()
        return True
    except OSError:
        return False


def listens_at(path):
    """The same for a unix socket; its file is there a little before that."""
    with socket.socket(socket.AF_UNIX) as s:
        return s.connect_ex(path) == 0


class Smtp:
    """An SMTP client that keeps every reply, for bad sequences too."""

    def __init__(self, port, host="127.0.0.1"):
        self.sock = socket.create_connection((host, port), 60)
        self.file = self.sock.makefile("rb")
        self.greeting = self.reply()

    def reply(self):
        lines = []
        while True:
            line = self.file.readline().decode("latin-1").rstrip("\r\n")
            if not line:
                return 0, "\n".join(lines)
            lines.append(line[4:])
            if line[3:4] != "-":
                return int(line[:3]), "\n".join(lines)

    def send(self, data):
        self.sock.sendall(data if isinstance(data, bytes) else data.encode())

    def command(self, line):
        self.send(line + "\r\n")
        return self.reply()

    def data(self, message):
        """DATA with dot stuffing; the reply to its end."""
        answer = self.command("DATA")
        if answer[0] != 354:
            return answer
        lines = message.replace(b"\r\n", b"\n").split(b"\n")
        if lines and lines[-1] == b"":
            lines.pop()
        stuffed = [b"." + l if l.startswith(b".") else l for l in lines]
        self.send(b"\r\n".join(stuffed) + b"\r\n.\r\n")
        return self.reply()

    def close(self):
        self.file.close()
        self.sock.close()


class Sink:
    """Takes every message and keeps it: (envelope sender, recipients, octets)."""

    def __init__(self):
        self.messages = []
        self.lock = threading.Lock()
        sink = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                sender, rcpts = None, []
                self.wfile.write(b"220 sink ESMTP\r\n")
                for line in self.rfile:
                    word = line[:4].upper()
                    if word in (b"EHLO", b"HELO"):
                        self.wfile.write(b"250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n")
                        continue
                    if word == b"MAIL":
                        sender, rcpts = line.split(b":", 1)[1].strip(), []
                    elif word == b"RCPT":
                        rcpts.append(line.split(b":", 1)[1].strip())
                    elif word == b"DATA":
                        self.wfile.write(b"354 go\r\n")
                        sink.take(sender, rcpts, self.message())
                    elif word == b"QUIT":
                        self.wfile.write(b"221 bye\r\n")
                        return
                    self.wfile.write(b"250 ok\r\n")

            def message(self):
                lines = []
                for line in self.rfile:
                    if line == b".\r\n":
                        break
                    lines.append(line[1:] if line.startswith(b".") else line)
                return b"".join(lines)

        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, sender, rcpts, octets):
        with self.lock:
            self.messages.append((sender, rcpts, octets))

    def find(self, token):
        with self.lock:
            for message in self.messages:
                if token.encode() in message[2]:
                    return message
        return None

    def wait(self, token):
        return wait_for("delivery of " + token, lambda: self.find(token))

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Nsd:
    """NSD on a loopback port with zones given as {name: text of the zone}."""

    def __init__(self, directory, zones, address="127.0.0.1", port=None):
        self.port = port or free_port()
        self.directory = directory
        os.makedirs(directory)
        conf = ["server:", "  ip-address: %s@%d" % (address, self.port),
                "  hide-version: yes", '  username: ""', '  chroot: ""',
                # It would leave one client's questions beyond 200 a second
                # without an answer.
                "  rrl-ratelimit: 0", "  rrl-whitelist-ratelimit: 0",
                '  zonesdir: "%s"' % directory, '  database: ""',
                '  pidfile: "%s/nsd.pid"' % directory,
                '  xfrdfile: "%s/xfrd"' % directory,
                '  zonelistfile: "%s/zones"' % directory,
                '  xfrdir: "%s"' % directory,
                "remote-control:", "  control-enable: no"]
        for name, text in zones.items():
            conf += ["zone:", '  name: "%s"' % name,
                     '  zonefile: "%s.zone"' % (name.rstrip(".") or "root")]
            with open("%s/%s.zone" % (directory, name.rstrip(".") or "root"), "w") as f:
                f.write(text)
        with open(directory + "/nsd.conf", "w") as f:
            f.write("\n".join(conf) + "\n")
        self.process = subprocess.Popen(
            [program("nsd"), "-d", "-c", directory + "/nsd.conf"],
            stdout=open(directory + "/nsd.log", "wb"), stderr=subprocess.STDOUT)
        wait_for("nsd", lambda: listens(self.port, address))

    def close(self):
        self.process.terminate()
        self.process.wait(10)


ZONE_HEAD = """$TTL 300
@ IN SOA ns.example. hostmaster.example. 1 3600 600 86400 60
@ IN NS ns.example.
"""


def txt(text):
    """A TXT record's data in strings of at most 250 octets."""
    return " ".join('"%s"' % text[i:i + 250] for i in range(0, len(text), 250))


class Milter:
    """verdict-milter in the foreground, from the build that BUILD names."""

    def __init__(self, directory, config, listen=None, env=None):
        self.directory = directory
        os.makedirs(directory, exist_ok=True)
        os.makedirs(directory + "/rules.d", exist_ok=True)
        self.port = free_port()
        self.listen = listen or "inet:127.0.0.1:%d" % self.port
        self.conf = directory + "/verdict.conf"
        self.config = config
        self.env = dict(os.environ, **(env or {}))
        # Sessions that are dropped at the end are leaks by design; a
        # clock may be preloaded (clock_shift.c).
        self.env["ASAN_OPTIONS"] = (
            "detect_leaks=0:abort_on_error=1:verify_asan_link_order=0")
        self.log_path = directory + "/milter.log"
        self.process = None
        self.write_config(config)
        self.start()

    def write_config(self, config):
        with open(self.conf, "w") as f:
            f.write("listen %s\ncontrol %s/control\nuser root\nstate %s/state\n"
                    % (self.listen, self.directory, self.directory) + config)
            # All tests can run on either side of the milter protocol.
            f.write("\nengine %s\n" % os.environ.get("ENGINE", "native"))
        os.makedirs(self.directory + "/state", exist_ok=True)
        # The shipped rules' patterns, compiled once for all suites (run.sh).
        compiled = os.environ.get("COMPILED")
        if compiled and not os.path.exists(self.directory + "/state/cache"):
            os.symlink(compiled, self.directory + "/state/cache")

    def start(self):
        build = os.environ["BUILD"]
        self.log = open(self.log_path, "ab")
        self.process = subprocess.Popen(
            [build + "/verdict-milter", "-f", "-c", self.conf],
            stdout=self.log, stderr=subprocess.STDOUT, env=self.env)
        wait_for("verdict-milter: " + self.text()[-2000:], self.up)

    def up(self):
        if self.process.poll() is not None:
            raise AssertionError("verdict-milter ended:\n" + self.text()[-4000:])
        return "takes connections" in self.text()

    def text(self):
        with open(self.log_path, errors="replace") as f:
            return f.read()

    def tool(self, *arguments, **options):
        """Runs verdict(1) with this configuration; (status, output)."""
        run = subprocess.run(
            [os.environ["BUILD"] + "/verdict", arguments[0], "-c", self.conf]
            + list(arguments[1:]), stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, env=self.env, **options)
        return run.returncode, run.stdout.decode(errors="replace")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)
        self.log.close()

    def kill(self):
        self.process.kill()
        self.process.wait(30)
        self.log.close()

    def close(self):
        status = self.process.poll()
        self.stop()
        if status not in (None, 0, -signal.SIGKILL):
            raise AssertionError("verdict-milter died with %s:\n%s"
                                 % (status, self.text()[-4000:]))


class OpenDkim:
    """OpenDKIM on a loopback port, with these lines and a key (PEM)."""

    def __init__(self, directory, key, lines):
        os.makedirs(directory)
        self.port = free_port()
        with open(directory + "/key", "wb") as f:
            f.write(key)
        with open(directory + "/conf", "w") as f:
            f.write(lines + "KeyFile %s/key\nSocket inet:%d@127.0.0.1\nSyslog no\n"
                    "Background no\nUserID root\nRequireSafeKeys no\nPidFile %s/pid\n"
                    % (directory, self.port, directory))
        self.process = subprocess.Popen(
            [program("opendkim"), "-f", "-x", directory + "/conf"],
            stdout=open(directory + "/log", "wb"), stderr=subprocess.STDOUT)
        wait_for("opendkim", lambda: listens(self.port))

    def close(self):
        self.process.terminate()
        self.process.wait(10)


class Postfix:
    """A private instance (contrib/lib/postfix.sh)."""

    def __init__(self, directory, sink, milters, lines=()):
        self.directory = directory
        self.port = free_port()
        self.shell("postfix_make", str(self.port), str(sink.port),
                   "smtpd_milters = " + milters, *lines)
        self.shell("postfix_start")
        wait_for("postfix", lambda: listens(self.port))

    def shell(self, function, *arguments):
        subprocess.run(
            ["sh", "-c", '. "$0/contrib/lib/postfix.sh"; f=$1; shift; "$f" "$@"',
             TOP, function, self.directory, *arguments], check=True)

    def log(self):
        with open(self.directory + "/mail.log", errors="replace") as f:
            return f.read()

    def queue(self):
        """What waits in the queue, as postqueue prints it."""
        return subprocess.run(["postqueue", "-c", self.directory + "/etc", "-p"],
                              stdout=subprocess.PIPE).stdout.decode()

    def close(self):
        self.shell("postfix_stop")


class Sendmail:
    """A private Sendmail, unpacked beside the installed Postfix
    (contrib/lib/sendmail.sh)."""

    def __init__(self, directory, sink, milter):
        self.directory = directory
        self.port = free_port()
        os.makedirs(directory)
        self.shell("sendmail_unpack")
        self.shell("sendmail_make", str(self.port), milter, str(sink.port))
        self.shell("sendmail_start")
        wait_for("sendmail", lambda: listens(self.port), 30)

    def shell(self, function, *arguments):
        subprocess.run(
            ["sh", "-c", '. "$0/contrib/lib/sendmail.sh"; f=$1; shift; "$f" "$@"',
             TOP, function, self.directory, *arguments], check=True,
            stderr=subprocess.DEVNULL)

    def command_path(self):
        """A directory with a sendmail that is this one."""
        where = self.directory + "/bin"
        os.makedirs(where, exist_ok=True)
        with open(where + "/sendmail", "w") as f:
            f.write('#!/bin/sh\n. "%s/contrib/lib/sendmail.sh"\n'
                    'sendmail_run "%s" "$@"\n' % (TOP, self.directory))
        os.chmod(where + "/sendmail", 0o755)
        return where

    def flush(self):
        """Tries now what waits."""
        subprocess.run([self.command_path() + "/sendmail", "-q"], check=True)

    def close(self):
        self.shell("sendmail_stop")
        wait_for("the end of sendmail", lambda: not listens(self.port))


class SilentDns:
    """Takes questions and says nothing."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]

    def close(self):
        self.sock.close()


class Web:
    """The pages, on a unix socket, as a proxy sees them."""

    def __init__(self, path, milter):
        self.path = path
        self.process = subprocess.Popen(
            [os.environ["BUILD"] + "/verdict", "web", "--listen", "unix:" + path,
             "--trust-header", "X-Remote-User", "--teach", "-c", milter.conf],
            stdout=subprocess.DEVNULL, env=milter.env)
        wait_for("the pages", lambda: listens_at(path))

    def ask(self, target, form=None):
        c = http.client.HTTPConnection("localhost")
        c.sock = socket.socket(socket.AF_UNIX)
        c.sock.connect(self.path)
        c.sock.settimeout(60)
        c.request("GET" if form is None else "POST", target, form,
                  {"X-Remote-User": "ann"})
        answer = c.getresponse()
        return answer.status, answer.read().decode()

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0


class Stage:
    """A temporary directory and everything that was started in it."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="verdict-e2e-")
        os.chmod(self.directory, 0o755)
        self.parts = []

    def add(self, part):
        self.parts.append(part)
        return part

    def path(self, name):
        return os.path.join(self.directory, name)

    @staticmethod
    def library(name):
        return os.path.join(TOP, "contrib", "lib", name)

    def close(self):
        errors = []
        for part in reversed(self.parts):
            try:
                part.close()
            except Exception as error:  # every part is closed, then it is said
                errors.append(error)
        shutil.rmtree(self.directory, ignore_errors=True)
        if errors:
            raise errors[0]

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()


def send(port, message, sender="alice@good.example", rcpt="bob@verdict.example",
         helo="mx.good.example", ip=None, host="127.0.0.1", options=""):
    """One message in one session; the replies to MAIL, RCPT and DATA's end.
    ip: the address that the client gives itself with XCLIENT."""
    s = Smtp(port, host)
    try:
        s.command("EHLO " + helo)
        if ip:
            s.command("XCLIENT ADDR=%s NAME=[UNAVAILABLE]"
                      % (ip if ":" not in ip else "IPV6:" + ip))
            s.command("EHLO " + helo)
        replies = [s.command("MAIL FROM:<%s>%s" % (sender, options))]
        rcpts = [rcpt] if isinstance(rcpt, str) else rcpt
        replies += [s.command("RCPT TO:<%s>" % r) for r in rcpts]
        if any(r[0] == 250 for r in replies[1:]):
            replies.append(s.data(message))
        s.send("QUIT\r\n")
        return replies
    finally:
        s.close()


def headers(octets, name):
    """All values of a field, unfolded, from the top."""
    head = octets.replace(b"\r\n", b"\n").split(b"\n\n", 1)[0].decode("latin-1")
    values, current = [], None
    for line in head.split("\n"):
        if line[:1] in " \t":
            if current is not None:
                values[current] += " " + line.strip()
            continue
        current = None
        if line.lower().startswith(name.lower() + ":"):
            values.append(line.split(":", 1)[1].strip())
            current = len(values) - 1
    return values


def run(tests):
    """Runs the test functions whose name holds one of the arguments; prints
    the line that CI reads; the exit status."""
    import sys
    import traceback
    words = sys.argv[1:]
    passed = failed = 0
    for test in tests:
        if words and not any(w in test.__name__ for w in words):
            continue
        try:
            started = time.monotonic()
            test()
            passed += 1
            print("ok: %s (%.1f s)" % (test.__name__, time.monotonic() - started), flush=True)
        except Exception:
            failed += 1
            print("FAILED: %s" % test.__name__)
            traceback.print_exc()
            sys.stdout.flush()
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0
