# SPDX-License-Identifier: MIT
import re

from example import expect, main


def misses_the_light(run):
    out, _ = run.call()
    lines = out.splitlines()
    flashes = [line for line in lines if line.startswith("flash ")]
    expect(flashes == [f"flash {n}" for n in range(1, 9)], out)
    # On a machine that stands still it may be dark more often.
    expect(lines[lines.index("flash 5") - 1] == "dark after flash 4", out)
    last = re.fullmatch(r"8 flashes, dark (\d+) times, (\d+) reports in "
                        r"(\d+) ms", lines[-1])
    expect(last is not None, out)
    alarms, reports, took = map(int, last.groups())
    expect(alarms == len(lines) - 9 >= 1, out)
    expect(took >= 7 * 10 + 600 and 1 <= reports <= took // 100, out)


def takes_no_arguments(run):
    _, err = run.call("now", code=2)
    expect("usage: timers" in err, err)


main(globals())
