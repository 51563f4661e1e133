# SPDX-License-Identifier: MIT
from example import expect, main


def greets_twice(run):
    out, _ = run.call()
    expect(out == "1: Hello, world!\n2: Hello, Thespis!\n", out)


main(globals())
