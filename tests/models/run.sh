#!/bin/bash
# SPDX-License-Identifier: MIT
#
# run.sh - checks the models of the protocols with spin; see docs/models.md.
#
# Each model must hold in every interleaving; each mutant, a model with one fault
# put in on purpose, must be rejected, or else the model would prove nothing.
# Each search is bounded to 60 seconds.  Arguments, if any, choose models by name.
# Exits with 0 when all is well, 1 when not, 77 when spin is not installed.
set -uo pipefail
cd "$(dirname "$0")" || exit 1

readonly seconds_max=60 memory_max_mib=2000 depth_max=500000
readonly models=$PWD

passed=0
failed=0

if ! command -v spin >/dev/null; then
	echo "models: spin is not installed (Debian: apt-get install spin)" >&2
	exit 77
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# search FILE DEFINE...: looks through all states; what pan says is in pan.log.
search() {
	local file=$1
	shift

	rm -f pan.* ./*.trail
	spin -a "$@" "$models/$file.pml" >pan.log 2>&1 &&
	    gcc -O3 -w -DSAFETY -DMEMLIM=$memory_max_mib -o pan pan.c \
	    >>pan.log 2>&1 &&
	    timeout $seconds_max ./pan -m$depth_max -w22 >>pan.log 2>&1
}

# holds: whether the last search was whole and found nothing.
holds() {
	grep -q 'errors: 0' pan.log &&
	    ! grep -q -e 'max search depth too small' -e 'MEMLIM' pan.log
}

states() {
	sed -n 's/^ *\([0-9]*\) states, stored.*/\1/p' pan.log
}

# ok TEXT / bad TEXT: one line, and what spin said if it is bad.
ok() {
	passed=$((passed + 1))
	echo "$1"
}

bad() {
	failed=$((failed + 1))
	echo "$1"
	sed 's/^/    /' pan.log | head -40
}

# check NAME FILE [DEFINE...]: the model must hold.
check() {
	local name=$1 file=$2
	shift 2

	if search "$file" "$@" && holds; then
		ok "model $name: verified ($(states) states)"
	else
		bad "model $name: NOT verified"
	fi
}

# mutants FILE NAME...: each must break an assertion of the model.
mutants() {
	local file=$1 mutant
	shift

	for mutant; do
		search "$file" "-DMUTANT_$mutant"
		if grep -q 'assertion violated' pan.log; then
			ok "mutant $file/$mutant: rejected, as it must be"
		else
			bad "mutant $file/$mutant: NOT rejected"
		fi
	done
}

# wanted NAME: whether the arguments choose this model.
wanted() {
	local name=$1 argument
	shift

	[ $# -eq 0 ] && return 0
	for argument; do
		[ "$argument" = "$name" ] && return 0
	done
	return 1
}

if wanted inbox "$@"; then
	check inbox inbox
	check inbox-three-producers inbox -DTHREE_PRODUCERS
	mutants inbox PLAIN_IDLE BLIND_PUSH BLIND_CLAIM BLIND_PAST \
	    EARLY_GIVE
fi
if wanted client "$@"; then
	check client client
	check client-three-producers client -DPRODUCERS=3 -DCLIENTS=1 \
	    -DWORKERS=1
	check client-without-end client -DMUTANT_NO_END -DANY_TAKE -DWORKERS=1
	mutants client IDLE_WAIT TASK_WAKE PLAIN_AWAIT LATE_TICKET LATE_WAITER \
	    NO_END
fi
if wanted inject "$@"; then
	check inject inject
	mutants inject NO_RAISE LATE_RAISE LOOK_ORDER PLAIN_TOKEN
fi
if wanted log_ring "$@"; then
	check log_ring log_ring
	check log_ring-three-sayers log_ring -DSAYERS=3 -DLINES=1 -DSTAY=2
	check log_ring-echo log_ring -DECHO -DLENGTH=1 -DLINES=2
	mutants log_ring BLIND_LEAVE NO_CALL PLAIN_CALL EARLY_CALL LATE_CLEAR \
	    PLAIN_HOLD EARLY_FREE NO_CLOSE CLOSED_BLIND STAYS_CLOSED
fi
if wanted outbox "$@"; then
	check outbox outbox
	check outbox-two-helpers outbox -DHELPERS=2
	mutants outbox NO_LOCK NO_TAKEN NO_CLOSE LATE_RESET EARLY_LENGTH \
	    EARLY_SLOT OLD_LENGTH
fi
if wanted parker "$@"; then
	check parker parker
	check parker-spawning parker -DSUBMITTERS=1 -DTASKS=2 -DSPAWNS=1
	check parker-three-workers parker -DWORKERS=3 -DSUBMITTERS=1
	mutants parker NO_FENCE PLAIN_PUSH LOOK_FIRST LEAVE_LATE LATE_TICKET \
	    BLIND_LEAVE
fi
if wanted sentinel "$@"; then
	check sentinel sentinel
	check sentinel-two-workers sentinel -DWORKERS=2 -DSPARES=0 -DTASKS=1
	mutants sentinel NO_ROUSE EARLY_REST NO_RECHECK NO_JOIN NO_STILL \
	    BLIND_GO LATE_TICKET
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
