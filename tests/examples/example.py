# SPDX-License-Identifier: MIT
"""example - runs one promise of one example.

A test file defines a function for each promise, named like it, and calls
main().  A promise gets a Run: the program, a scratch folder that is empty before
and gone after, and the sizes that the build allows.
"""
import argparse
import os
import shutil
import subprocess
import sys


class Run:
    def __init__(self, options):
        self.program = options.program
        self.scratch = options.scratch
        self.text_size = options.text_mib << 20
        self.memory_kib_max = options.memory_mib << 10  # 0: not measured

    def path(self, name):
        return os.path.join(self.scratch, name)

    def write(self, name, content):
        """Makes a file, and the folders above it; returns its path."""
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def call(self, *arguments, code=0):
        """Runs the program; returns its standard output and error as text."""
        done = subprocess.run([self.program, *arguments], timeout=250,
                              capture_output=True, text=True, errors="replace")
        expect(done.returncode == code,
               f"{' '.join(arguments)[:200]}: exit code {done.returncode}, "
               f"expected {code}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
        return done.stdout, done.stderr


def expect(is_true, what):
    """Ends the test with a word about it."""
    if not is_true:
        print("FAILED:", what)
        sys.exit(1)


def main(promises):
    parser = argparse.ArgumentParser()
    parser.add_argument("promise")
    parser.add_argument("--program", required=True)
    parser.add_argument("--scratch", required=True)
    parser.add_argument("--text-mib", type=int, default=8)
    parser.add_argument("--memory-mib", type=int, default=0)
    options = parser.parse_args()
    shutil.rmtree(options.scratch, ignore_errors=True)
    os.makedirs(options.scratch)
    try:
        promises[options.promise](Run(options))
    finally:
        shutil.rmtree(options.scratch, ignore_errors=True)
