"""verdict web behind nginx and Apache, by the pieces of contrib/snippets as they
stand: who has no password sees nothing, who has one is known by name whatever he
says of himself, pages lead to each other below /verdict/, and a lesson that is
given there is learned in that name."""

import base64
import http.client
import os
import re
import subprocess
import sys

from milter_client import MilterClient
from stage import (TOP, Milter, Stage, Web, free_port, listens, program, run,
                   wait_for)

stage = Stage()
milter = stage.add(Milter(stage.path("milter"), "resolver 127.0.0.1:9\n"
                          "dns.timeout 100ms\ndeadline 200ms\n"))
web = stage.add(Web(stage.path("web.sock"), milter))


class Proxy:
    """A web server in the foreground, with the snippet of that name."""

    def __init__(self, directory, snippet, users, frame, command):
        os.makedirs(directory)
        self.port = free_port()
        with open(os.path.join(TOP, "contrib/snippets", snippet)) as f:
            piece = f.read()
        for there, here in (("/run/verdict-web/web.sock", web.path),
                            (users, directory + "/users")):
            assert piece.count(there) >= 1, snippet
            piece = piece.replace(there, here)
        with open(directory + "/users", "w") as f:
            for user, password in (("ann", "pass word"), ("bob", "other")):
                f.write("%s:%s\n" % (user, subprocess.run(
                    ["openssl", "passwd", "-apr1", password], check=True,
                    stdout=subprocess.PIPE).stdout.decode().strip()))
        with open(directory + "/conf", "w") as f:
            f.write(frame.replace("DIR", directory).replace("PORT", str(self.port))
                    .replace("PIECE", piece))
        self.log = open(directory + "/log", "wb")
        self.process = subprocess.Popen(
            [program(command[0])] + [a.replace("DIR", directory) for a in command[1:]],
            stdout=self.log, stderr=subprocess.STDOUT)
        wait_for(command[0], lambda: listens(self.port))

    def ask(self, target, who=None, form=None, headers=()):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        c.putrequest("GET" if form is None else "POST", target)
        if who:
            c.putheader("Authorization", "Basic " +
                        base64.b64encode(who.encode()).decode())
        if form is not None:
            c.putheader("Content-Type", "application/x-www-form-urlencoded")
            c.putheader("Content-Length", str(len(form)))
        for name, value in headers:
            c.putheader(name, value)
        c.endheaders(form.encode() if form else None)
        answer = c.getresponse()
        return answer.status, answer.read().decode(), answer

    def close(self):
        self.process.terminate()
        self.process.wait(30)
        self.log.close()


NGINX = """daemon off; master_process off; worker_processes 1;
pid DIR/pid; error_log DIR/error;
events {}
http {
  access_log off;
  client_body_temp_path DIR/body; proxy_temp_path DIR/proxy;
  fastcgi_temp_path DIR/fast; uwsgi_temp_path DIR/uwsgi; scgi_temp_path DIR/scgi;
  server { listen 127.0.0.1:PORT;
PIECE
  }
}
"""
MODULES = "/usr/lib/apache2/modules"
APACHE = """ServerRoot DIR
ServerName localhost
Listen 127.0.0.1:PORT
PidFile DIR/pid
ErrorLog DIR/error
DefaultRuntimeDir DIR
Mutex file:DIR
""" + "".join("LoadModule %s_module %s/mod_%s.so\n" % (m, MODULES, m) for m in (
    "mpm_event", "authn_core", "authn_file", "authz_core", "authz_user",
    "auth_basic", "headers", "proxy", "proxy_http")) + """
User www-data
Group www-data
PIECE
"""

proxies = {}
if os.path.exists(program("nginx")):
    proxies["nginx"] = stage.add(Proxy(
        stage.path("nginx"), "nginx.conf", "/etc/nginx/verdict.users", NGINX,
        ["nginx", "-e", "DIR/error", "-c", "DIR/conf"]))
else:
    print("skipped: there is no nginx here (Debian: nginx)")
if os.path.exists(MODULES + "/mod_proxy_http.so"):
    # Its workers are not root: so does the unit's Group let them in.
    subprocess.run(["chgrp", "www-data", web.path], check=True)
    proxies["apache"] = stage.add(Proxy(
        stage.path("apache"), "apache.conf", "/etc/apache2/verdict.users", APACHE,
        ["apache2", "-X", "-f", "DIR/conf"]))
else:
    print("skipped: there is no Apache here (Debian: apache2-bin)")

ANN = "ann:pass word"


def send(subject):
    client = MilterClient(milter.port)
    client.message("192.0.2.9", "client.example", "x@some.example",
                   "bob@here.example",
                   [("From", " eve@some.example"), ("Subject", " " + subject)],
                   b"hello\r\n")
    client.close()
    wait_for("the decision", lambda: subject in web.ask("/history")[1])


def test_nobody_looks_without_a_password():
    for name, proxy in proxies.items():
        for who in (None, "ann:wrong", "eve:pass word", "ann:"):
            status, text, answer = proxy.ask(
                "/verdict/", who, headers=[("X-Remote-User", "ann")])
            assert status == 401, (name, who, status)
            assert "Promises" not in text and "Basic" in \
                answer.getheader("WWW-Authenticate"), (name, text)


def test_who_looks_is_known_whatever_he_says():
    for name, proxy in proxies.items():
        for headers in ([], [("X-Remote-User", "root")],
                        [("X-Remote-User", "root"), ("x-remote-user", "eve")],
                        [("X_Remote_User", "root")]):
            status, text, _ = proxy.ask("/verdict/", ANN, headers=headers)
            assert status == 200, (name, headers, status, text)
            assert '<span class="user">ann</span>' in text, (name, headers, text)


def test_pages_lead_to_each_other():
    send("a look around")
    for name, proxy in proxies.items():
        status, text, answer = proxy.ask("/verdict/", ANN)
        assert "default-src 'none'" in answer.getheader("Content-Security-Policy")
        links = set(re.findall(r'(?:href|src)="(\./[^"#]*)"', text))
        assert len(links) > 8, links
        for link in links:
            target = "/verdict/" + link[2:].replace("&amp;", "&")
            status, there, _ = proxy.ask(target, ANN)
            assert status == 200, (name, target, status)
        status, text, _ = proxy.ask("/verdict/history?subject=look+AROUND", ANN)
        assert "a look around" in text, text


def test_a_lesson_is_learned_in_that_name():
    for name, proxy in proxies.items():
        send("a lesson by way of " + name)
        text = proxy.ask("/verdict/history", ANN)[1]
        newest = re.search(r"\./decision\?id=([0-9a-z]+)", text).group(1)
        text = proxy.ask("/verdict/learning", ANN)[1]
        token = re.search(r'name="token" value="([0-9a-f]+)"', text).group(1)
        form = "token=%s&id=%s&kind=spam" % (token, newest)
        # Another's form is not taken.
        assert proxy.ask("/verdict/teach", "bob:other", form)[0] == 403, name
        status, text, _ = proxy.ask("/verdict/teach", ANN, form)
        assert status == 200 and "note good" in text, (name, text)
        status, text, _ = proxy.ask(
            "/verdict/teach", ANN, form.replace("spam", "forget"))
        assert status == 200 and "note good" in text, (name, text)


tests = [t for n, t in sorted(globals().items()) if n.startswith("test_")]
try:
    status = run(tests) if proxies else 0
finally:
    stage.close()
sys.exit(status)
