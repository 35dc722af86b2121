#!/usr/bin/python3
"""Looks for inputs that cost more than their length.

Pieces of the seeds are repeated where they stand until an input has 64 KiB,
and 256 KiB; a target that takes much more than four times as long for the
larger one is named, with the piece. What a fuzzer finds only by luck, because
its inputs are short, this finds at once, and nothing else.

    tests/fuzz/grow.py BUILD TARGET ...    BUILD: where contrib/fuzz.sh built
"""
import os
import random
import re
import subprocess
import sys
import tempfile

SIZES = (65536, 262144)
TRIES = 120  # of a target
SLOW_MS = 300  # for the larger one; below that nothing is said
RATIO = 8
SHARED = {"journal": "message", "check": "message", "pieces": "message"}
MARKS = [b"(", b")", b"[", b"]", b"<", b">", b'"', b"\\", b",", b";", b":",
         b"=", b" ", b"\t", b"\n", b"\r", b"\r\n", b"\n ", b".", b"-", b"@",
         b"%", b"{", b"}", b"&", b"/", b"a.", b"%{", b"<a>", b"<b", b"&#",
         b"--", b"()", b"[]", b"<>", b"a ", b"x,", b"=?", b"=?utf-8?q?a?= ",
         b"\xc3\xa9", b"\xe2\x80\x8b", b"http://", b"a@b,", b"(a", b"\0",
         b'{"a":', b"\xff"]


def candidates(directory, chance):
    """Triples: what stands before, the piece, what stands behind."""
    found = []
    names = sorted(os.listdir(directory))
    chance.shuffle(names)
    for name in names[:12]:
        with open(os.path.join(directory, name), "rb") as file:
            text = file.read()
        words = list(re.finditer(
            rb"[^\n]{0,400}\n|[\w.-]+[^\w.-]?|[^\w ]", text))
        chance.shuffle(words)
        for word in words[:8]:
            found.append((text[:word.start()], word.group(),
                          text[word.end():]))
        for mark in chance.sample(MARKS, 8):
            at = chance.randint(0, len(text))
            found.append((text[:at], mark, text[at:]))
    chance.shuffle(found)
    return found[:TRIES]


def measure(program, files):
    """Milliseconds of each file; None for what failed or took a minute."""
    took = {}
    rest = list(files)
    while rest:
        run = subprocess.run([program, "-timeout=60", "-rss_limit_mb=2048"] +
                             rest, stdin=subprocess.DEVNULL,
                             capture_output=True, check=False)
        out = run.stderr.decode("latin-1")
        for name, ms in re.findall(r"Executed (\S+) in (\d+) ms", out):
            took[name] = int(ms)
        begun = re.findall(r"Running: (\S+)", out)
        if run.returncode == 0 or not begun:
            break
        took[begun[-1]] = None
        rest = rest[rest.index(begun[-1]) + 1:]
    return took


def grow(build, target, directory):
    corpus = os.path.join(build, "corpus", SHARED.get(target, target))
    tried = candidates(corpus, random.Random(target))
    files = []
    for number, (before, piece, behind) in enumerate(tried):
        for size in SIZES:
            times = max(0, size - len(before) - len(behind)) // len(piece) + 1
            files.append(os.path.join(directory, f"{number}.{size}"))
            with open(files[-1], "wb") as file:
                file.write(before + piece * times + behind)
    took = measure(os.path.join(build, "tests/fuzz", target + "_fuzz"), files)
    bad = 0
    worst = 0
    for number, (_, piece, _) in enumerate(tried):
        small, large = (took.get(files[2 * number + i], 0) for i in (0, 1))
        if small is None or large is None:
            print(f"{target}: fails with {piece!r} repeated")
            bad += 1
        elif large > max(SLOW_MS, RATIO * small):
            print(f"{target}: {small} ms, then {large} ms: {piece!r}")
            bad += 1
        worst = max(worst, large or 0)
    print(f"{target}: {len(tried)} pieces, at most {worst} ms", flush=True)
    return bad


def main():
    bad = 0
    for target in sys.argv[2:]:
        with tempfile.TemporaryDirectory() as directory:
            bad += grow(sys.argv[1], target, directory)
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
