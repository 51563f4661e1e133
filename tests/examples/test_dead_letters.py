# SPDX-License-Identifier: MIT
from example import expect, main

EXITED = "the actor ended with mail waiting"
STALE = "the actor of that address is gone"
FOUND = [
    ("one who has given up", "the answer came after its call had ended"),
    ("nobody", "no such place in this VM"),
    ("one who cannot read", "the actor has no handler for the type"),
    ("another world", "the address belongs to another VM"),
    ("a full box", "the mailbox was full"),
    ("one who is leaving", EXITED),
]


def finds_every_letter(run):
    out, _ = run.call()  # exits with 1 when the books do not balance
    lines = out.splitlines()
    expect(lines[:6] == [f"to {whom}: {why}" for whom, why in FOUND], out)
    expect(lines[6] in [f"to one who has left: {why}"
                        for why in (STALE, EXITED)], out)
    expect(lines[7:] == ["7 dead letters", "the books balance"], out)


def takes_no_arguments(run):
    _, err = run.call("now", code=2)
    expect("usage: dead_letters" in err, err)


main(globals())
