#!/usr/bin/env python3
"""The rooms of the tree and which of them may use which.

    rooms.py            includes, against the file `rooms`; prints what is wrong
    rooms.py BUILD      calls as well, from the objects in the build directory
    rooms.py --table    the rooms as HACKING shows them
    rooms.py --found [BUILD]  who uses whom today, for whoever changes rows

A row of `rooms` is a room, the rooms that it may use, and its sentence,
separated by |. Rooms stand from the bottom up: one may only name rooms above
its own row in that file, so there can be no circle."""
import collections
import ctypes
import fnmatch
import os
import re
import subprocess
import sys
import textwrap

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
LAYERS = ("rules", "reader", "policy", "milter", "tool")
INCLUDE = re.compile(r'^\s*#\s*include "((?:%s)/[^"]+)"' % "|".join(LAYERS),
                     re.M)


def read_rows():
    """[(room, [rooms it may use], sentence)] in the order of the file."""
    rows, known = [], []
    with open(os.path.join(TOP, "rooms"), encoding="ascii") as file:
        for number, line in enumerate(file, 1):
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            cells = [cell.strip() for cell in line.split("|")]
            if len(cells) != 3:
                sys.exit(f"rooms:{number}: want room | may use | sentence")
            room, uses, sentence = cells
            may = []
            for word in uses.split():
                found = fnmatch.filter(known, word)
                if not found:
                    sys.exit(f"rooms:{number}: {room} names {word}, which is"
                             " no room above it: rooms only use those below")
                may += found
            known.append(room)
            rows.append((room, may, sentence, number))
    return rows


def sources():
    for layer in LAYERS:
        for folder, _, names in os.walk(os.path.join(TOP, layer)):
            for name in sorted(names):
                if name.endswith((".c", ".h", ".def")):
                    yield os.path.relpath(os.path.join(folder, name), TOP)


def includes():
    """(from file, to file) for each include of ours."""
    for path in sources():
        with open(os.path.join(TOP, path), encoding="utf-8") as file:
            for target in INCLUDE.findall(file.read()):
                yield path, target


def objects(build):
    """(source, object) for each object of the libraries and programs."""
    for layer in LAYERS:
        for folder, _, names in os.walk(os.path.join(build, layer)):
            for name in sorted(names):
                if not name.endswith(".o"):
                    continue
                stem = name[:-2].split("-", 1)[-1]
                source = f"{os.path.relpath(folder, build)}/{stem}.c"
                # A build directory keeps what has no source any more.
                if any(os.path.exists(os.path.join(top, source))
                       for top in (TOP, build)):
                    yield source, os.path.join(folder, name)


def calls(build):
    """(from file, to file, symbol) for each symbol used from elsewhere."""
    defined, wanted = {}, []
    libc = ctypes.CDLL(None)
    found = sorted(set(objects(build)))
    if not found:
        sys.exit(f"rooms.py: no objects in {build}; build first")
    for source, path in found:
        out = subprocess.run(["nm", "-P", path], capture_output=True,
                             text=True, check=True).stdout
        for line in out.splitlines():
            name, kind = line.split()[:2]
            if kind in "TDBRVWC":
                defined.setdefault(name, source)
            elif kind == "U":
                wanted.append((source, name))
    for source, name in wanted:
        # What the C library has, everybody may call.
        if name in defined and not hasattr(libc, name):
            yield source, defined[name], name


def room_of(path):
    return os.path.dirname(path)


def edges(build):
    for a, b in includes():
        yield a, b, "includes " + b
    if build:
        for a, b, name in calls(build):
            yield a, b, f"calls {name}() of {b}"


def check(build):
    rows = {room: (may, sentence, number)
            for room, may, sentence, number in read_rows()}
    bad = set()
    for path in sources():
        if room_of(path) not in rows:
            bad.add(f"{path}: its room {room_of(path)} is not in rooms")
    for a, b, how in edges(build):
        here, there = room_of(a), room_of(b)
        if here == there or here not in rows:
            continue
        may, _, number = rows[here]
        if there not in may:
            bad.add(f"{a} {how}, but rooms:{number} does not let"
                    f" {here} use {there}")
    for line in sorted(bad):
        print(line)
    return not bad


def found(build):
    seen = collections.defaultdict(lambda: collections.defaultdict(set))
    for a, b, how in edges(build):
        if room_of(a) != room_of(b):
            seen[room_of(a)][room_of(b)].add(os.path.basename(a) + " " + how)
    for room in sorted(seen):
        print(room)
        for other in sorted(seen[room]):
            some = sorted(seen[room][other])
            print(f"    {other} ({len(some)}): {some[0]}")


def table():
    layer = None
    for room, _, sentence, _ in read_rows():
        if room.split("/")[0] != layer:
            layer = room.split("/")[0]
            print(f"\n{layer}/")
        name = room[len(layer) + 1:] or "."
        print(textwrap.fill(sentence, 80, initial_indent=f"    {name + '/':<12}",
                            subsequent_indent=16 * " "))


def main():
    arguments = sys.argv[1:]
    if arguments == ["--table"]:
        table()
    elif arguments[:1] == ["--found"]:
        found((arguments + [None])[1])
    elif len(arguments) > 1 or arguments[:1] == ["-h"]:
        sys.exit(__doc__)
    else:
        sys.exit(not check((arguments + [None])[0]))


if __name__ == "__main__":
    main()
