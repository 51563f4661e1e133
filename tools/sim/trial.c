/* SPDX-License-Identifier: MIT */
/* trial - plays a few seeds in a job of their own; see trial.h. */
#include "tools/sim/trial.h"

#include <poll.h>

#include "base/clock.h"
#include "tools/sim/interrupt.h"

enum { LOOK_MS = 50, NS_PER_SECOND = 1000 * 1000 * 1000 };

/* True when the job has nothing to say in good time, and was ended. */
static bool
hangs(const struct trial *trial, struct job *job)
{
	struct pollfd wanted = { job->outcomes, POLLIN, 0 };
	uint64_t since = clock_now(trial->clock);

	while (poll(&wanted, 1, LOOK_MS) <= 0) {
		if (clock_now(trial->clock) - since < trial->hang_ns &&
		    !interrupt_came())
			continue;
		job_kill(job);
		return true;
	}
	return false;
}

/* Hears the child to its end; true: the outcome that was looked for. */
static bool
hear(const struct trial *trial, struct job *job, struct pile *pile,
    struct outcome *outcome)
{
	char why[600] = "";
	enum job_end end;

	while (!hangs(trial, job) && job_read(job, outcome, 1) > 0) {
		if (trial->like != NULL &&
		    !outcome_is_like(outcome, trial->like))
			continue;
		job_kill(job);
		job_end(job, NULL, NULL, 0);
		return true;
	}
	*outcome = (struct outcome){
		.seed = atomic_load_explicit(&pile->desks[job->desk].seed,
		    memory_order_relaxed),
	};
	end = job_end(job, NULL, why, sizeof(why));
	if (end == JOB_KILLED)
		outcome_fail(outcome, "no end after %llu seconds",
		    (unsigned long long)(trial->hang_ns / NS_PER_SECOND));
	else if (end == JOB_DIED)
		outcome_fail(outcome, "%s", why);
	return outcome->has_failed && (trial->like == NULL ||
	    outcome_is_like(outcome, trial->like));
}

bool
trial_run(const struct trial *trial, uint64_t first, uint64_t end,
    struct outcome *outcome)
{
	struct pile *pile = pile_new(first, end);
	bool is_found = false;
	struct job job;

	if (pile == NULL)
		return false;
	job_init(&job, 0);
	while (!is_found && pile_has_more(pile) && !interrupt_came() &&
	    (trial->end_ns == 0 || clock_now(trial->clock) < trial->end_ns) &&
	    job_start(&job, pile, &trial->player))
		is_found = hear(trial, &job, pile, outcome);
	pile_free(pile);
	return is_found;
}
