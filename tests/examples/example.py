# SPDX-License-Identifier: MIT
"""example - runs one promise of one example.

A test file defines a function for each promise, named like it, and calls
main().  A promise gets a Run: the program, a scratch folder that is empty before
and gone after, and the sizes that the build allows.
"""
import argparse
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time


class Run:
    def __init__(self, options):
        # valgrind and its options, or nothing.
        self.command = [*shlex.split(os.environ.get("THS_TEST_LAUNCHER", "")),
                        options.program]
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
        done = subprocess.run([*self.command, *arguments], timeout=250,
                              capture_output=True, text=True, errors="replace")
        expect(done.returncode == code,
               f"{' '.join(arguments)[:200]}: exit code {done.returncode}, "
               f"expected {code}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
        return done.stdout, done.stderr

    def interrupt(self, *arguments):
        """Interrupts the program at work; returns its standard output."""
        child = subprocess.Popen([*self.command, *arguments], text=True,
                                 stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE)
        # It has threads only after it has prepared for the interrupt.
        while (len(os.listdir(f"/proc/{child.pid}/task")) < 2
               and child.poll() is None):
            time.sleep(0.01)
        time.sleep(0.2)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=250)
        expect(child.returncode == 130 and err == "",
               f"exit code {child.returncode}\n{out}{err}")
        return out


def expect_usage(run, usage, *wrong):
    """--help says how to use the program; what is wrong says it as an error."""
    out, err = run.call("--help")
    expect(usage in out and err == "", out + err)
    for arguments in wrong:
        out, err = run.call(*arguments, code=2)
        expect(usage in err and out == "", out + err)


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
