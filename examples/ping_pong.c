/* SPDX-License-Identifier: MIT */
/*
 * ping_pong - two actors that hit a ball to each other.
 *
 *     ping_pong [ROUNDS]        default 100000
 *
 * It teaches: actors that spawn actors, replying to whoever sent, and a client
 * that tells now and listens later.
 *
 *   main --play--> ping --ball--> pong
 *                   ^ <---ball---- |
 *   main <--over--- ping
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <thespis/thespis.h>

enum { ROUNDS_DEFAULT = 100000 };

THS_MESSAGE(play, THS_FIELD(uint64_t, rounds))
THS_MESSAGE(ball, THS_FIELD(uint64_t, round))
THS_MESSAGE(over,
    THS_FIELD(uint64_t, rounds),
    THS_FIELD(int64_t, took_ns))

/* Every kind of message needs a handler; pong knows only the ball. */
static ths_status
pong_hit(ths_self *self, ths_nothing *nothing, const struct ball *ball)
{
	(void)nothing;
	return ths_reply(self, ball, .round = ball->round);
}

THS_ACTOR(pong, ths_nothing, THS_ON(ball, pong_hit))

struct ping {
	ths_address pong;
	ths_address host; /* who wants to know the end */
	uint64_t rounds;
	ths_duration started;
};

/* Runs before the first message.  A failure here ends the actor at once. */
static ths_status
ping_start(ths_self *self, struct ping *ping)
{
	return ths_spawn_child(self, &ping->pong, &pong_actor, NULL);
}

static ths_status
ping_serve(ths_self *self, struct ping *ping, const struct play *play)
{
	ping->host = ths_sender(self);
	ping->rounds = play->rounds;
	ping->started = ths_now(self);
	return ths_send(self, ping->pong, ball, .round = 1);
}

static ths_status
ping_hit(ths_self *self, struct ping *ping, const struct ball *ball)
{
	if (ball->round < ping->rounds)
		return ths_reply(self, ball, .round = ball->round + 1);
	return ths_send(self, ping->host, over, .rounds = ball->round,
	    .took_ns = ths_now(self) - ping->started);
}

THS_ACTOR(ping, struct ping,
    THS_START(ping_start),
    THS_ON(play, ping_serve),
    THS_ON(ball, ping_hit))

/* Plays one game and prints its score. */
static bool
game_play(ths_vm *vm, uint64_t rounds)
{
	const struct over *over;
	ths_address ping;
	ths_status status;
	ths_mail *mail;

	status = ths_spawn(vm, &ping, &ping_actor, NULL);
	if (status == THS_OK)
		status = ths_tell(vm, ping, play, .rounds = rounds);
	if (status != THS_OK) {
		fprintf(stderr, "ping_pong: %s\n", ths_status_text(status));
		return false;
	}
	/* This thread could do something else here: nobody waits for it. */
	mail = ths_listen(vm, NULL, THS_SECONDS(60));
	over = ths_mail_as(mail, over);
	if (over != NULL)
		printf("%" PRIu64 " rounds, %.0f ns a message\n", over->rounds,
		    (double)over->took_ns / (double)(2 * over->rounds));
	else
		fprintf(stderr, "ping_pong: %s\n", ths_mail_why(mail));
	ths_mail_free(mail);
	return over != NULL;
}

int
main(int argc, char **argv)
{
	uint64_t rounds = ROUNDS_DEFAULT;
	ths_status status;
	ths_vm *vm;
	bool ok;

	if (argc > 1)
		rounds = strtoull(argv[1], NULL, 10);
	if (argc > 2 || rounds == 0) {
		fprintf(stderr, "usage: ping_pong [ROUNDS]\n");
		return 2;
	}
	status = ths_vm_start(&vm, NULL);
	if (status != THS_OK) {
		fprintf(stderr, "ping_pong: %s\n", ths_status_text(status));
		return EXIT_FAILURE;
	}
	ok = game_play(vm, rounds);
	ths_vm_stop(vm, THS_SECONDS(5));
	ths_vm_free(vm);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
