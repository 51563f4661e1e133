# SPDX-License-Identifier: MIT
import re

from example import expect, expect_usage, main


def figures(out):
    found = re.fullmatch(r"(\d+) philosophers, (\d+) meals, at least (\d+) "
                         r"each, hungry for at most \d+\.\d ms\n", out)
    expect(found is not None, out)
    return [int(n) for n in found.groups()]


def all_eat(run):
    for arguments, expected in (([], [5, 100, 20]), (["2", "3"], [2, 6, 3]),
                                (["200", "2"], [200, 400, 2])):
        out, _ = run.call(*arguments)
        expect(figures(out) == expected, out)


def finish_their_meal_when_interrupted(run):
    length, meals, fewest = figures(run.interrupt("7", "1000000"))
    expect(length == 7 and fewest * 7 <= meals < 7000000, meals)


def tells_its_usage(run):
    expect_usage(run, "usage: philosophers [PHILOSOPHERS [MEALS]]",
                 ["1"], ["10001"], ["5", "0"], ["5", "x"], ["1", "2", "3"])


main(globals())
