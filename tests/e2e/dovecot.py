"""A private Dovecot on loopback: users exist as soon as mail comes for them,
with any password; mailboxes below one directory, delivery over LMTP, IMAP, and
the Sieve scripts and settings of contrib/snippets as they ship. 2.3 and 2.4."""

import glob
import grp
import imaplib
import os
import pwd
import re
import shutil
import subprocess

from stage import TOP, free_port, listens, program, wait_for

SNIPPETS = os.path.join(TOP, "contrib/snippets")
# Owns mail and runs scripts; every Debian has it.
OWNER = "mail"


def version():
    """(2, 3), or None where it, or its Sieve, is not installed."""
    if not os.path.exists(program("dovecot")) or not shutil.which("sievec"):
        return None
    if not glob.glob("/usr/lib/dovecot/modules/lib95_imap_sieve_plugin.so"):
        return None
    out = subprocess.run([program("dovecot"), "--version"],
                         stdout=subprocess.PIPE).stdout.decode()
    return tuple(int(n) for n in re.findall(r"\d+", out)[:2])


COMMON = """
base_dir = %(dir)s/run
state_dir = %(dir)s/state
log_path = %(dir)s/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
mail_uid = %(owner)s
mail_gid = %(owner)s
first_valid_uid = 1
service imap-login {
  inet_listener imap {
    port = %(imap)d
  }
  inet_listener imaps {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    port = %(lmtp)d
  }
}
# Sanitizers reserve address space without end.
service imap {
  vsz_limit = %(unlimited)s
}
"""

V23 = COMMON + """
disable_plaintext_auth = no
auth_username_format = %%Ln
mail_location = maildir:%(dir)s/mail/%%n
passdb {
  driver = static
  args = nopassword=y
}
userdb {
  driver = static
  args = uid=%(owner)s gid=%(owner)s home=%(dir)s/mail/%%n allow_all_users=yes
}
protocol lmtp {
  mail_plugins = $mail_plugins sieve
  postmaster_address = postmaster@verdict.example
}
plugin {
  sieve_before = %(dir)s/sieve/dovecot-junk.sieve
}
namespace inbox {
  inbox = yes
  mailbox Trash {
    auto = create
  }
  mailbox Junk {
    auto = create
  }
}
"""

V24 = """dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
""" + COMMON + """
auth_allow_cleartext = yes
auth_username_format = %%{user | username | lower}
mail_driver = maildir
mail_path = %(dir)s/mail/%%{user | username}
mail_home = %(dir)s/mail/%%{user | username}
passdb static {
  password = x
}
userdb static {
  fields {
    uid = %(owner)s
    gid = %(owner)s
    home = %(dir)s/mail/%%{user | username}
  }
  allow_all_users = yes
}
protocol lmtp {
  mail_plugins {
    sieve = yes
  }
  postmaster_address = postmaster@verdict.example
}
sieve_script before {
  type = before
  path = %(dir)s/sieve/dovecot-junk.sieve
}
namespace inbox {
  inbox = yes
  mailbox Trash {
    auto = create
  }
  mailbox Junk {
    auto = create
  }
}
"""


class Dovecot:
    """verdict: a script that stands for verdict(1)."""

    def __init__(self, directory, verdict):
        self.directory = directory
        self.imap_port, self.port = free_port(), free_port()
        recent = version() >= (2, 4)
        for name in ("run", "state", "mail", "sieve", "sieve-pipe"):
            os.makedirs("%s/%s" % (directory, name))
        os.chown(directory + "/mail", pwd.getpwnam(OWNER).pw_uid,
                 grp.getgrnam(OWNER).gr_gid)
        self.scripts(verdict)
        self.conf = directory + "/dovecot.conf"
        with open(self.conf, "w") as f:
            f.write((V24 if recent else V23)
                    % {"dir": directory, "owner": OWNER,
                       "imap": self.imap_port, "lmtp": self.port,
                       "unlimited": "unlimited" if recent else "0"})
            f.write(self.snippet("dovecot-learn-2.4.conf" if recent
                                 else "dovecot-learn.conf"))
        # sievec asks the configuration which extensions there are.
        for name in ("dovecot-junk", "learn-spam", "learn-ham"):
            path = "%s/sieve/%s.sieve" % (directory, name)
            subprocess.run(["sievec", "-c", self.conf]
                           + ([] if name == "dovecot-junk" else ["-x", "+imapsieve"])
                           + [path], check=True)
        self.process = subprocess.Popen(
            [program("dovecot"), "-F", "-c", self.conf],
            stdout=open(directory + "/start.log", "wb"),
            stderr=subprocess.STDOUT)
        wait_for("dovecot", lambda: listens(self.imap_port)
                 and listens(self.port))

    def snippet(self, name):
        with open(os.path.join(SNIPPETS, name)) as f:
            return f.read().replace("/etc/dovecot/", self.directory + "/")

    def scripts(self, verdict):
        for name in ("dovecot-junk.sieve", "learn-spam.sieve", "learn-ham.sieve"):
            with open("%s/sieve/%s" % (self.directory, name), "w") as f:
                f.write(self.snippet(name))
        # The script as it ships finds a verdict(1) that knows its daemon.
        os.makedirs(self.directory + "/bin")
        path = self.directory + "/sieve-pipe/verdict-learn"
        for name, text in (
                (path, self.snippet("verdict-learn").replace(
                    "#!/bin/sh\n", "#!/bin/sh\nPATH=%s/bin:$PATH\n"
                    % self.directory, 1)),
                (self.directory + "/bin/verdict", verdict)):
            with open(name, "w") as f:
                f.write(text)
            os.chmod(name, 0o755)

    def user(self, name):
        c = imaplib.IMAP4("127.0.0.1", self.imap_port)
        c.login(name, "x")
        return c

    def log(self):
        with open(self.directory + "/dovecot.log", errors="replace") as f:
            return f.read()

    def close(self):
        self.process.terminate()
        self.process.wait(20)
