# SPDX-License-Identifier: MIT
"""scripts/explore, in a folder of programs of its own, and the seeds that once
failed, tests/sim/regressions/play.  --program is thespis-sim."""
import os
import re
import subprocess
import sys
import time

from example import expect, main

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
EXPLORE = os.path.join(ROOT, "scripts/explore")
PLAY = os.path.join(ROOT, "tests/sim/regressions/play")

FAILING = """#!/bin/sh
case "$*" in
*pct*) echo 'seed 8 FAILED: made up'
       echo '3 seeds from 7: 2 orders, the first 0000000000000000, 1 failed; 0.0 s'
       exit 1;;
esac
echo '3 seeds from 7: 3 orders, the first 0000000000000000, 0 failed; 0.0 s'
"""


def folder(run, name, **scripts):
    """A folder with thespis-sim and programs made of shell scripts."""
    path = run.path(name)
    os.makedirs(path)
    explorer = os.path.join(path, "thespis-sim")
    with open(explorer, "w", encoding="utf-8") as file:
        # One program is enough here.
        file.write(f'#!/bin/sh\n[ "$1" = --list ] && echo pingpong && exit\n'
                   f'exec {run.command[-1]} "$@"\n')
    os.chmod(explorer, 0o755)
    for program, text in scripts.items():
        file_path = os.path.join(path, program)
        with open(file_path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(file_path, 0o755)
    return path


def script(code, *words):
    done = subprocess.run([sys.executable, "-B", *words], text=True, cwd=ROOT,
                          capture_output=True, timeout=250, check=False)
    expect(done.returncode == code, f"{words}: exit code {done.returncode}\n"
           f"{done.stdout}{done.stderr}")
    return done.stdout


def plays_so_many_seeds(run):
    out = script(0, EXPLORE, "--bin", folder(run, "bin"), "--seeds", "60",
                 "--base", "1000")
    expect("1 programs from seed 1000" in out and
           "explored: 60 seeds in 3 explorations, 0 of them failed" in out,
           out)


def plays_other_seeds_for_each_commit(run):
    out = script(0, EXPLORE, "--bin", folder(run, "bin"), "--seeds", "3")
    base = int(re.search(r"from seed (\d+)", out)[1])
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, text=True,
                            capture_output=True, check=True).stdout
    expect(f"{base:010x}" == commit[:10], out)


def plays_for_so_long(run):
    began = time.monotonic()
    out = script(0, EXPLORE, "--bin", folder(run, "bin"), "--seconds", "3")
    expect(1 < time.monotonic() - began < 60, out)
    expect(re.search(r"explored: \d{2,} seeds in \d+ explorations, 0 ", out),
           out)


def goes_on_behind_a_failure_and_tells_how_to_keep_it(run):
    out = script(1, EXPLORE, "--bin", folder(run, "bin", sim_bad=FAILING),
                 "--seeds", "12", "--base", "7")
    expect("seed 8 FAILED: made up\n" in out and
           "to keep it: sim_bad pct 8: what it was\n" in out and
           "in 6 explorations, 1 of them failed" in out, out)


def compares_two_builds(run):
    mine = folder(run, "mine")
    script(0, EXPLORE, "--bin", mine, "--compare", folder(run, "same"))
    other = folder(run, "other")
    explorer = os.path.join(other, "thespis-sim")
    with open(explorer, encoding="utf-8") as file:
        text = file.read()
    with open(explorer, "w", encoding="utf-8") as file:
        file.write(text.replace('"$@"', '"$@" --set rounds=3'))
    out = script(1, EXPLORE, "--bin", mine, "--compare", other)
    expect(re.search(r"FAILED: pingpong differs: seed 1 signature \w+ ok, and "
                     r"in the other build: seed 1 signature \w+ ok", out), out)


def plays_what_once_failed(run):
    files = {
        "good": b"pingpong pct 7: a ball was lost\n",
        "sized": b"pingpong random 7 --set rounds=3 --faults "
                 b"slow=5:2ms: it was late\n",
        "bad": b"bank round-robin 3 --set clients=99: too many\n",
        "odd": b"pingpong dice 3: no such picker\n",
    }
    paths = {name: run.write(name, text) for name, text in files.items()}
    where = ["--bin", os.path.dirname(run.command[-1])]
    out = script(0, PLAY, *where, paths["good"], paths["sized"])
    expect("good: a ball was lost\n" in out and out.count("0 failed") == 2,
           out)
    out = script(1, PLAY, *where, paths["bad"], paths["good"])
    expect("seed 3 FAILED" in out and "FAILED with code 1" in out, out)
    script(2, PLAY, *where, paths["odd"])


main(globals())
