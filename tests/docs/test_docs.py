# SPDX-License-Identifier: MIT
"""test_docs - what the documents say, compared with the code.

    test_docs.py --root ROOT listings|names|paths|scenarios|stress
    test_docs.py --root ROOT prints PROGRAM-FILE NAME

A listing is a block of C below a comment that names its file:

    <!-- from examples/guide/first.c -->
    ```c
    ...
    ```

It must stand in that file, line by line and without a gap.  What a program
prints stands in the same way below

    <!-- printed by examples/guide/first.c -->
"""
import argparse
import glob
import os
import re
import shlex
import subprocess
import sys

DOCUMENTS = ("README.md", "docs/guide.md", "docs/from-thespian.md",
             "docs/failure.md", "docs/simulator.md")
GUIDE = "docs/guide.md"
SCENARIOS = "docs/scenarios.md"
SIMULATOR = "docs/simulator.md"
PROGRAMS = "examples/guide"
BLOCK = re.compile(r"(?:^<!-- (from|printed by) (\S+) -->\n)?"
                   r"^```(\w*)\n(.*?)^```$", re.M | re.S)

# What a test says of itself; see scripts/ledger.
DESCRIPTION = re.compile(r'\.description\s*=\s*((?:"[^"]*"\s*)+)')

failures = []


def fail(what):
    print("FAILED:", what)
    failures.append(what)


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def blocks(root, document):
    """Yields the line, the marker's word, its file, the language, the text."""
    text = read(root, document)
    for found in BLOCK.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield (line, *found.groups())


def listings(root):
    """Listings are what is compiled; no program of the guide is left out."""
    listed, printed = set(), set()
    for document in DOCUMENTS:
        for line, word, path, language, text in blocks(root, document):
            where = f"{document}:{line}"
            if word == "printed by":
                printed.add(path)
            if language != "c":
                continue
            if word != "from":
                fail(f"{where}: a listing that names no file")
            elif not os.path.exists(os.path.join(root, path)):
                fail(f"{where}: there is no {path}")
            elif "\n" + text not in "\n" + read(root, path):
                fail(f"{where}: {path} has no such lines:\n{text}")
            else:
                listed.add(path)
    programs = {os.path.relpath(path, root)
                for path in glob.glob(os.path.join(root, PROGRAMS, "*.c"))}
    for path in sorted(programs - listed):
        fail(f"{GUIDE} does not show {path}")
    for path in sorted(programs ^ printed):
        fail(f"{path}: a program and what it prints, one without the other")
    if not programs:
        fail("there are no programs")


def names(root):
    """Whatever of the library a document names is declared in a header, or is
    looked for in the environment."""
    headers = "".join(read(path) for path in glob.glob(
        os.path.join(root, "include/thespis/*.h")))
    declared = set(re.findall(r"\b(?:ths|THS)_\w+", headers))
    for path in glob.glob(os.path.join(root, "tests/**/*.c"), recursive=True):
        declared.update(re.findall(r'getenv\("(THS_\w+)"\)', read(path)))
    for document in DOCUMENTS:
        named = set(re.findall(r"\b(?:ths|THS)_\w*\w\b", read(root, document)))
        for name in sorted(named - declared):
            if not name.endswith("_"):
                fail(f"{document}: no header declares {name}")


def tests(root):
    """All unit tests, as suite/name."""
    sources = "".join(read(path) for path in glob.glob(
        os.path.join(root, "tests/unit/*/*.c")))
    return {f"{suite}/{name}" for suite, name in
            re.findall(r"^Test\((\w+), (\w+)", sources, re.M)}


def paths(root):
    """A file, folder or unit test that a document points to exists."""
    known = tests(root)
    for document in DOCUMENTS:
        text = re.sub(r"^```.*?^```$", "", read(root, document),
                      flags=re.M | re.S)
        named = re.findall(r"`((?:[\w.-]+/)+[\w.-]*|[A-Z]+\.md)`", text)
        for path in sorted(set(named)):
            above = "include" if path.startswith("thespis/") else ""
            if not path.startswith("build/") and path not in known and (
                    not os.path.exists(os.path.join(root, above, path))):
                fail(f"{document}: there is no {path}")


def test_sources(root):
    """{name: text} of all that tests; names are unlike in all folders."""
    found = {}
    for folder, _, files in os.walk(os.path.join(root, "tests")):
        for file in files:
            if file.endswith((".c", ".py")):
                found[file] = read(folder, file)
    return found


def scenarios(root):
    """Each file that docs/scenarios.md lists plays the scenario, by its own
    words; and what a test says that it plays is listed as played."""
    sources = test_sources(root)
    rows = re.findall(r"^\| ([A-Z]-\d\d) \| (.*) \|$",
                      read(root, SCENARIOS), re.M)
    played = {}
    for scenario, row in rows:
        files = re.findall(r"`(\w+\.c)`", row)
        is_later = row.startswith(("later", "departure"))
        if is_later != (files == []):
            fail(f"{SCENARIOS}: {scenario} is played, or later, not both")
        for file in files:
            if scenario not in sources.get(file, ""):
                fail(f"{SCENARIOS}: {scenario} is not played by {file}")
        played[scenario] = files
    if len(played) != len(rows) or not rows:
        fail(f"{SCENARIOS} lists none, or one twice")
    for file, text in sources.items():
        for words in DESCRIPTION.findall(text):
            for scenario in re.findall(r"\b[A-Z]-\d\d\b", words):
                if not played.get(scenario):
                    fail(f"{SCENARIOS}: {scenario} is played by {file}")


def programs(root, pattern):
    """The names of the programs whose sources match."""
    return {os.path.basename(path)[:-len(".c")]
            for path in glob.glob(os.path.join(root, "tests", pattern))}


def stress(root):
    """Each stress program has its line in docs/simulator.md, with simulated
    programs that there are, or the reason why there is none."""
    simulated = programs(root, "sim/sim_*.c")
    stressed = programs(root, "stress/*/stress_*.c")
    rows = re.findall(r"^\| `(stress_\w+)` \| (.*) \|$",
                      read(root, SIMULATOR), re.M)
    for name, played in rows:
        named = set(re.findall(r"`(sim_\w+)`", played))
        for program in sorted(named - simulated):
            fail(f"{SIMULATOR}: {name}: there is no {program}")
        if bool(named) == played.startswith("not simulated: "):
            fail(f"{SIMULATOR}: {name} is simulated, or not, and then why")
    listed = [name for name, _ in rows]
    for name in sorted(stressed.symmetric_difference(listed)):
        fail(f"{SIMULATOR}: {name}: a program and its line, one without the "
             "other")
    if len(set(listed)) != len(listed) or not stressed:
        fail(f"{SIMULATOR} lists none, or one twice")


def prints(root, program, name):
    """The program prints what the guide says, and nothing else."""
    path = f"{PROGRAMS}/{name}.c"
    said = [text for _, word, file, _, text in blocks(root, GUIDE)
            if word == "printed by" and file == path]
    launcher = shlex.split(os.environ.get("THS_TEST_LAUNCHER", ""))
    done = subprocess.run([*launcher, program], capture_output=True, text=True,
                          timeout=100, check=False)
    if [done.stdout] != said:
        fail(f"{GUIDE} says that {path} prints\n{''.join(said)}\n"
             f"and it prints\n{done.stdout}")
    if done.returncode != 0 or done.stderr != "":
        fail(f"exit code {done.returncode}, {done.stderr}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", required=True)
    parser.add_argument("promise", choices=("listings", "names", "paths",
                                            "prints", "scenarios", "stress"))
    parser.add_argument("arguments", nargs="*")
    options = parser.parse_args()
    globals()[options.promise](options.root, *options.arguments)
    sys.exit(1 if failures else 0)


main()
