# SPDX-License-Identifier: MIT
import re

from example import expect, main


def restarts_and_gives_up(run):
    out, err = run.call()
    lines = out.splitlines()
    good = [line for line in lines if re.fullmatch(r"42 / [1-8]: \d+", line)]
    expect([line.split()[-1] for line in good] ==
           [str(42 // by) for by in range(1, 9)], out)
    why = "division by zero after 1 good ones"
    expect(lines.count("42 / 0: " + why) == 8, out)
    # A new divider each time, and a new clerk with it.
    expect(lines.count("  the clerk goes home") == 8, out)
    expect(len(re.findall(r"office +office [0-9.]+ +running, 1 failure: "
                          "more than 3 restarts", out)) == 1, out)
    expect(lines[-2:] == ["42 / 7: there is no divider",
                          "the actor of that address is gone"], out)
    expect(err == "", err)


main(globals())
