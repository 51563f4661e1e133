# SPDX-License-Identifier: MIT
from example import expect, main


def plays_every_round(run):
    for rounds in ("1", "20000"):
        out, _ = run.call(rounds)
        expect(out.startswith(rounds + " rounds, "), out)


def refuses_a_wrong_count(run):
    for arguments in (["0"], ["ball"], ["1", "2"]):
        _, err = run.call(*arguments, code=2)
        expect("usage: ping_pong" in err, err)


main(globals())
