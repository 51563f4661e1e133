# SPDX-License-Identifier: MIT
import os

from example import expect, main


def turns_only_for_events(run):
    before = os.times()
    out, _ = run.call()  # exits with 1 when it turned more than that explains
    after = os.times()
    lines = out.splitlines()
    expect(lines[:3] == [f"line: number {n}" for n in (1, 2, 3)], out)
    expect(lines[3].startswith("notes 5, lines 3, ticks 4, turns"), out)
    if run.memory_kib_max:  # a sanitizer's start costs more than the loop
        busy = (after.children_user + after.children_system
                - before.children_user - before.children_system)
        expect(busy < 0.1, f"busy for {busy} s")


main(globals())
