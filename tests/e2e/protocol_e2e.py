"""The milter protocol and the process, without an MTA: what Postfix and
Sendmail do rarely, and what nobody should do."""

import json
import os
import pwd
import re
import signal
import socket
import struct
import subprocess
import sys
import time

from milter_client import (LEADSPC, NR_BODY, NR_CONN, NR_EOH, NR_HDR, NR_HELO,
                           NR_MAIL, NR_RCPT, MilterClient)
from stage import Milter, Nsd, Stage, free_port, listens, run, wait_for
from world import EVIL_IP, GOOD_IP, World

stage = Stage()
world = World()
nsd = stage.add(Nsd(stage.path("nsd"), world.zones()))
RESOLVER = "resolver 127.0.0.1:%d\n" % nsd.port
milter = stage.add(Milter(stage.path("milter"), RESOLVER))
FIELDS = [("From", " Alice <alice@good.example>"), ("Subject", " x"),
          ("Date", " Tue, 06 Jan 2026 10:00:00 +0000"), ("Message-ID", " <1@x>")]


def good(client, new=True):
    """A good message; the fields that are inserted, by name."""
    changes, answer = client.message(
        GOOD_IP, "mx.good.example", "alice@good.example",
        "bob@verdict.example", FIELDS, b"hello\r\n", new)
    assert answer[0] in (b"c", b"a"), answer
    inserted = [data[4:].split(b"\0")[:2] for code, data in changes if code == b"i"]
    return {name.decode(): value.decode() for name, value in inserted}


def test_nothing_but_the_end_is_answered():
    """By the shipped rules, none of which refuses a recipient, as long as no
    messages wait for DNS."""
    with Stage() as own:
        client = MilterClient(own.add(Milter(own.path("milter"), RESOLVER)).port)
        for bit in (NR_CONN, NR_HELO, NR_MAIL, NR_RCPT, NR_HDR, NR_EOH, NR_BODY, LEADSPC):
            assert client.protocol & bit, hex(client.protocol)
        assert client.version == 6
        client.close()


def test_an_old_mta_is_told_so():
    sock = socket.create_connection(("127.0.0.1", milter.port))
    sock.sendall(struct.pack("!I", 13) + b"O" + struct.pack("!III", 2, 0x3f, 0x7f))
    assert sock.recv(100) == b""
    sock.close()
    wait_for("the reason in the log", lambda: "milter_protocol = 6" in milter.text())


def test_an_mta_that_wants_answers_gets_them():
    silent = NR_CONN | NR_HELO | NR_MAIL | NR_RCPT | NR_EOH
    client = MilterClient(milter.port, offer=0x1fffff & ~silent)
    assert not client.protocol & silent, hex(client.protocol)
    assert client.connect(GOOD_IP)[0] == b"c"
    assert client.command(b"H", "mx.good.example")[0] == b"c"
    assert "spf=pass" in good(client, new=False)["Authentication-Results"]
    client.close()


class Recorder(MilterClient):
    """Keeps what it would send, and takes every answer for a good one."""

    def __init__(self):
        self.octets, self.protocol = b"", NR_CONN | NR_HELO

    def send(self, code, data=b""):
        self.octets += struct.pack("!I", len(data) + 1) + code + data

    def read(self):
        return b"c", b""


def recorded(body=b"hello\r\n"):
    recorder = Recorder()
    recorder.message(GOOD_IP, "mx.good.example", "alice@good.example",
                     "bob@verdict.example", FIELDS, body)
    return recorder.octets


def answers(client, messages=1, commands=(b"M", b"R", b"N", b"E")):
    """Those to the commands that are answered, with changes."""
    count = messages * sum(not client.silent(code) for code in commands)
    got = []
    while len(got) < count:
        code, data = client.packet()
        assert code, got
        if code not in (b"i", b"m", b"h"):
            got.append(code)
    return got


def test_all_commands_in_one_piece():
    for body in b"hello\r\n", b"0123456\r\n" * 40000:
        client = MilterClient(milter.port)
        client.sock.sendall(recorded(body) + recorded(body))
        assert set(answers(client, 2)) <= {b"c", b"a"}
        client.close()


def test_commands_come_in_two_pieces_cut_anywhere():
    octets = recorded()
    client = MilterClient(milter.port)
    for cut in range(1, len(octets)):
        client.sock.sendall(octets[:cut])
        client.sock.sendall(octets[cut:])
        assert set(answers(client)) <= {b"c", b"a"}, cut
    client.close()


def test_commands_that_trickle_hold_up_nobody():
    """Beginnings of commands wait with the controller, not with a worker."""
    octets, half = recorded(), len(recorded()) // 2
    slow = [MilterClient(milter.port) for _ in range(60)]
    for at in range(half):
        for client in slow:
            client.sock.sendall(octets[at:at + 1])
        if at % 20 == 0:
            quick = MilterClient(milter.port)
            good(quick)
            quick.close()
    for client in slow:
        client.sock.sendall(octets[half:])
    for client in slow:
        assert set(answers(client)) <= {b"c", b"a"}
        client.close()


def test_what_a_connection_leaves_behind_is_not_the_next_ones():
    for _ in range(20):
        sock = socket.create_connection(("127.0.0.1", milter.port))
        sock.sendall(struct.pack("!I", 1) + b"Q" + recorded()[:50])
        sock.close()
        sock = socket.create_connection(("127.0.0.1", milter.port))
        sock.sendall(struct.pack("!I", 13) + b"O\0")
        sock.close()
        client = MilterClient(milter.port)
        good(client)
        client.close()


def test_a_connection_carries_two_sessions():
    """QUIT_NC: the MTA ends its SMTP session and begins another one. Debian's
    libmilter, a pool of workers, drops the command and whatever follows it
    until the MTA negotiates anew, for every milter; then it is enough that
    nobody else notices and nothing is left behind."""
    native = os.environ.get("ENGINE", "native") == "native"
    client = MilterClient(milter.port)
    good(client)
    client.quit_nc()
    client.sock.settimeout(1)
    try:
        good(client)
    except TimeoutError:
        assert not native
        print("   this libmilter does not go on after QUIT_NC")
    else:
        client.quit_nc()
        changes, answer = client.message(
            EVIL_IP, "mx.evil.example", "x@evil.example",
            "bob@verdict.example", FIELDS, b"hello\r\n")
        assert answer[0] == b"y" and b"DMARC" in answer[1], answer
    other = MilterClient(milter.port)
    good(other)
    other.close()
    client.close()
    wait_for("sessions to end", lambda: "sessions 0" in milter.tool("status")[1])


def test_two_messages_in_one_session():
    client = MilterClient(milter.port)
    good(client)
    assert "spf=pass" in good(client, new=False)["Authentication-Results"]
    client.close()


def test_abort_at_every_step():
    for n in range(6):
        client = MilterClient(milter.port)
        client.connect(GOOD_IP)
        client.command(b"H", "mx.good.example")
        steps = [lambda: client.command(b"M", "<alice@good.example>"),
                 lambda: client.command(b"R", "<bob@verdict.example>"),
                 lambda: client.header("From", " a@good.example"),
                 lambda: (client.send(b"N"), client.read()),
                 lambda: client.send(b"B", b"body")]
        for step in steps[:n]:
            step()
        client.send(b"A")
        assert "spf=pass" in good(client, new=False)["Authentication-Results"]
        client.close()


def test_starttls_says_helo_twice():
    client = MilterClient(milter.port)
    client.connect(GOOD_IP)
    client.command(b"H", "mx.good.example")
    client.macros(b"H", **{"{tls_version}": "TLSv1.3", "{cipher}": "X", "{cipher_bits}": "256"})
    client.command(b"H", "mx.good.example")
    assert "spf=pass" in good(client, new=False)["Authentication-Results"]
    client.close()


def test_garbage_harms_nobody():
    packets = [b"\xff\xff\xff\xff", struct.pack("!I", 1) + b"Z",
               struct.pack("!I", 0), b"GET / HTTP/1.0\r\n\r\n",
               struct.pack("!I", 5) + b"Mabcd"]
    for packet in packets:
        sock = socket.create_connection(("127.0.0.1", milter.port))
        sock.sendall(packet)
        sock.close()
        client = MilterClient(milter.port)
        client.send(packet[4:5] or b"?", packet[5:])
        client.sock.close()
    client = MilterClient(milter.port)
    good(client)
    client.close()


def test_macros_of_an_odd_number_end_their_connection_alone():
    for data in [b"Cj\0", b"Cj\0mx\0i\0", b"Cj\0mx", b"C\0",
                 b"C" + b"name\0value\0" * 1000]:
        client = MilterClient(milter.port)
        client.send(b"D", data)
        try:
            client.send(b"H", b"x.example\0")
            assert client.packet() == (b"", b""), data[:20]
        except ConnectionError:
            pass  # it ended before it was read
        client.sock.close()
    client = MilterClient(milter.port)
    client.macros(b"C", j="mx.example", i="4F1D")
    good(client)
    client.close()


def test_a_command_of_two_gigabytes_ends_the_connection():
    client = MilterClient(milter.port)
    client.sock.sendall(b"\x7f\xff\xff\xffM<a")
    assert client.read() == (b"", b"")
    client.close()


def waiting(port):
    """A client whose message waits for a resolver that is silent."""
    client = MilterClient(port)
    client.sock.sendall(recorded())
    got = answers(client, 1, (b"M", b"R", b"N"))
    assert set(got) <= {b"c"}, got
    return client


def test_the_end_lets_messages_end():
    if os.environ.get("ENGINE") == "libmilter":
        print("   skipped: libmilter cuts them")
        return
    with Stage() as own, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        m = own.add(Milter(own.path("milter"), "resolver 127.0.0.1:%d\ndeadline 2s\n"
                           "dns.timeout 5s\n" % silent.getsockname()[1]))
        clients = [waiting(m.port) for _ in range(20)]
        between = MilterClient(m.port)
        time.sleep(0.2)
        m.process.send_signal(signal.SIGTERM)
        assert between.read() == (b"", b"")
        wait_for("no more connections", lambda: not listens(m.port), 5)
        for client in clients:
            assert set(answers(client, 1, (b"E",))) <= {b"c", b"a"}
            client.close()
        assert m.process.wait(5) == 0


def test_sighup_reloads():
    if os.environ.get("ENGINE") == "libmilter":
        print("   skipped: it ends libmilter")
        return
    with Stage() as own:
        m = own.add(Milter(own.path("milter"), RESOLVER))
        client = MilterClient(m.port)
        m.write_config(RESOLVER + "authserv-id other.example\n")
        m.process.send_signal(signal.SIGHUP)
        wait_for("the reload", lambda: "reload" in m.text(), 10)
        assert "other.example" in good(client)["Authentication-Results"]
        client.close()


def test_a_socket_of_systemd():
    if os.environ.get("ENGINE") == "libmilter":
        print("   skipped: libmilter opens its own")
        return
    with Stage() as own, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(own.path("socket"))
        listener.listen(8)

        class Activated(Milter):
            def start(self):
                self.log = open(self.log_path, "ab")
                self.process = subprocess.Popen(
                    ["sh", "-c", 'exec 3<&"$1"; LISTEN_PID=$$ LISTEN_FDS=1 exec '
                     '"$2/verdict-milter" -f -c "$3"', "-", str(listener.fileno()),
                     os.environ["BUILD"], self.conf], pass_fds=[listener.fileno()],
                    stdout=self.log, stderr=subprocess.STDOUT, env=self.env)
                wait_for("verdict-milter", self.up)

        m = own.add(Activated(own.path("milter"), RESOLVER))
        for _ in range(2):
            client = MilterClient(0, path=own.path("socket"))
            good(client)
            client.close()
            # One that comes while nobody is there waits for the next.
            m.stop()
            early = socket.socket(socket.AF_UNIX)
            early.connect(own.path("socket"))
            m.start()
            early.sendall(struct.pack("!I", 13) + b"O" + struct.pack("!III", 6, 0x1ff, 0x1fffff))
            assert early.recv(5)[4:] == b"O"
            early.close()


def test_who_takes_no_answers_holds_up_nobody():
    """All that it says is answered, and it reads nothing of that."""
    rude = MilterClient(milter.port)
    rude.connect(GOOD_IP)
    rude.sock.settimeout(3)
    one = struct.pack("!I", 1) + b"U"
    sent = 0
    try:
        while sent < 64 << 20:
            sent += rude.sock.send(one * 10000)
    except (TimeoutError, ConnectionError):
        pass
    if os.environ.get("ENGINE", "native") == "native":
        assert sent < 64 << 20, "it was read from without an end"
    client = MilterClient(milter.port)
    good(client)
    client.close()
    rude.sock.close()


def test_inet6_socket():
    port = free_port()
    with Stage() as own:
        own.add(Milter(own.path("milter"), RESOLVER, listen="inet6:[::1]:%d" % port))
        client = MilterClient(port, "::1")
        good(client)
        client.close()


def start(directory, config, *options, user=None):
    """Runs verdict-milter with this configuration until it ends or waits."""
    os.makedirs(directory, exist_ok=True)
    conf = directory + "/verdict.conf"
    with open(conf, "w") as f:
        f.write(config)
    env = dict(os.environ, ASAN_OPTIONS="detect_leaks=0")
    return subprocess.run(
        [os.environ["BUILD"] + "/verdict-milter", "-c", conf, *options],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env, timeout=30,
        user=user)


def test_errors_at_start_are_clear():
    with Stage() as own:
        base = "control %s/control\nstate %s\nuser root\n" % (own.directory, own.directory)
        taken = "listen inet:127.0.0.1:%d\n" % milter.port
        for name, config, words in (
                ("a port that is taken", base + taken, "listen"),
                ("a directory that is not there",
                 base + "listen unix:/nowhere/at/all/socket\n", "/nowhere/at/all"),
                ("a listen that is none", base + "listen tcp:99999\n", "inet:HOST:PORT"),
                ("no such user", base.replace("root", "nobody-at-all") +
                 "listen inet:127.0.0.1:%d\n" % free_port(), "nobody-at-all"),
                ("no such group", base + "listen unix:%s/s\nlisten.group nogroup-at-all\n"
                 % own.directory, "nogroup-at-all"),
                ("a control socket that is taken",
                 base.replace(own.directory + "/control", milter.directory + "/control")
                 + "listen inet:127.0.0.1:%d\n" % free_port(), "another verdict-milter"),
                ("a misspelt key", base + "lisen x\n", 'did you mean "listen"')):
            for options in (["-f"], []):
                done = start(own.path("start"), config, *options)
                output = done.stdout.decode()
                assert done.returncode != 0 and words in output, (name, options, done)


def test_daemon_with_pid_file_and_without_privileges():
    with Stage() as own:
        port = free_port()
        os.chmod(own.directory, 0o777)
        pid_file = own.path("pid")
        user = "nobody"
        done = start(own.path("start"),
                     "listen inet:127.0.0.1:%d\ncontrol %s\nstate %s\npid-file %s\n"
                     "user %s\n%s" % (port, own.path("control"), own.path("state"),
                                      pid_file, user, RESOLVER))
        assert done.returncode == 0, done
        pid = int(open(pid_file).read())
        try:
            # The parent returns when connections are taken, not before.
            client = MilterClient(port)
            good(client)
            client.close()
            status = open("/proc/%d/status" % pid).read()
            fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
            assert fields["Uid"].split() == [str(pwd.getpwnam(user).pw_uid)] * 4, status
            assert int(fields["CapEff"], 16) == 0 and int(fields["CapPrm"], 16) == 0, status
            assert fields["NoNewPrivs"].strip() == "1", status
            os.kill(pid, signal.SIGUSR1)
            time.sleep(0.2)
            client = MilterClient(port)
            good(client)
            client.close()
        finally:
            os.kill(pid, signal.SIGTERM)
        wait_for("the end", lambda: not os.path.exists("/proc/%d" % pid), 15)
        assert not listens(port)
        assert not os.path.exists(pid_file)


def test_what_is_added_to_the_state_is_seen_at_once():
    for number in range(3):
        key = "known:d:at-once-%d.example" % number
        assert milter.tool("state", "add", key)[0] == 0
        assert key in milter.tool("state", "list", "known:")[1], key
        assert milter.tool("state", "remove", key)[0] == 0
        assert key not in milter.tool("state", "list", "known:")[1], key


def test_doctor_leaves_nothing_but_a_log_line():
    def count():
        stats = json.loads(milter.tool("stats", "--json")[1])
        return stats["metrics"]["messages"].get("accept", 0)

    def one():
        client = MilterClient(milter.port)
        good(client)
        client.close()

    def faults():
        """What the network of all these tests is blamed for."""
        found = []

        def there():
            found[:] = re.findall("192.0.2.0/24\t.* good, (.*) other",
                                  milter.tool("state", "list", "rep:n:")[1])
            return found
        # It is written behind.
        wait_for("the store", there, 10)
        return found

    before = count()
    log = milter.text()
    one()
    blamed = faults()
    output = milter.tool("doctor")[1]
    assert "its header fields come back" in output, output
    one()
    assert count() == before + 2
    assert "doctor.verdict.invalid" in milter.text()[len(log):]
    history = lambda: milter.tool("history", "--json")[1]
    wait_for("the journal", lambda: history().count("good.example\"") >= 4, 10)
    assert "192.0.2.1\"" not in history(), history()
    assert faults() == blamed


def test_pid_file_where_only_root_may_write():
    with Stage() as own:
        os.chmod(own.directory, 0o777)
        os.mkdir(own.path("run"), 0o755)
        pid_file = own.path("run/pid")

        def begin(port, pid_file=pid_file):
            return start(own.path("start"),
                         "listen inet:127.0.0.1:%d\ncontrol \"\"\nstate %s\npid-file %s\n"
                         "user nobody\n%s" % (port, own.path("state"), pid_file, RESOLVER))

        with open(pid_file, "w") as stale:
            stale.write("99999999999 left behind\n")
        for sign, left in ((signal.SIGKILL, None), (signal.SIGTERM, "")):
            done = begin(free_port())
            assert done.returncode == 0, done
            pid = int(open(pid_file).read())
            try:
                second = begin(free_port())
                assert second.returncode != 0 and b"that is running" in second.stdout, second
                assert int(open(pid_file).read()) == pid
            finally:
                os.kill(pid, sign)
            wait_for("the end", lambda: not os.path.exists("/proc/%d" % pid), 15)
            assert open(pid_file).read() == ("%d\n" % pid if left is None else left), sign
        os.symlink(own.path("elsewhere"), own.path("link"))
        done = begin(free_port(), own.path("link"))
        assert done.returncode != 0 and not os.path.exists(own.path("elsewhere")), done


try:
    status = run([t for n, t in sorted(globals().items()) if n.startswith("test_")])
finally:
    stage.close()
sys.exit(status)
