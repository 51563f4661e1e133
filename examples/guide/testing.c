/* SPDX-License-Identifier: MIT */
/* testing - tests of an actor: no threads, no sleeping, no luck. */
#include <stdio.h>
#include <stdlib.h>
#include <thespis/thespis.h>

#define EXPECT(x) \
	((x) ? (void)0 : (printf("line %d: %s\n", __LINE__, #x), exit(1)))

/* ---------------------------------------------------- the actor under test */

THS_MESSAGE(put, THS_FIELD(int, pence))
THS_MESSAGE(press, THS_FIELD(ths_address, bell)) /* is rung when it is served */
THS_SIGNAL(tea)
THS_SIGNAL(ring)

struct machine { int pence; };

static ths_status
on_put(ths_self *self, struct machine *machine, const struct put *put)
{
	if (put->pence <= 0)
		return ths_fail(self, "%d pence", put->pence);
	machine->pence += put->pence;
	return THS_OK;
}

static ths_status
on_press(ths_self *self, struct machine *machine, const struct press *press)
{
	if (machine->pence < 50)
		return ths_fail(self, "%d pence are missing",
		    50 - machine->pence);
	machine->pence -= 50;
	ths_send(self, press->bell, ring);
	return ths_reply(self, tea);
}

THS_ACTOR(machine, struct machine,
    THS_ON(put, on_put),
    THS_ON(press, on_press))

/* --------------------------------------------------------------- the tests */

struct world { ths_vm *vm; ths_client *bell; ths_address machine; };

static struct world
world_open(void)
{
	const ths_vm_config config = {
		.mode = THS_MODE_INLINE, .log_level = THS_LOG_NONE, .seed = 1,
	};
	struct world world;

	EXPECT(ths_vm_start(&world.vm, &config) == THS_OK);
	EXPECT(ths_client_open(world.vm, &world.bell) == THS_OK);
	EXPECT(ths_spawn(world.vm, &world.machine, &machine_actor, NULL) ==
	    THS_OK);
	return world;
}

/* Nothing may be left over, and nothing lost. */
static void
world_close(struct world *world)
{
	ths_vm_status status;

	ths_client_close(world->bell);
	EXPECT(ths_vm_stop(world->vm, THS_SECONDS(10)) == THS_OK);
	ths_vm_status_read(world->vm, &status);
	for (int i = 0; i < THS_DEAD_COUNT; i++)
		EXPECT(status.dead[i] == 0);
	ths_vm_free(world->vm);
}

static ths_mail *
press_button(struct world *world)
{
	return ths_call(world->vm, world->machine, THS_SECONDS(10), press,
	    .bell = ths_client_address(world->bell));
}

static void
serves_and_rings_the_bell(void)
{
	struct world world = world_open();
	ths_mail *mail;

	ths_tell(world.vm, world.machine, put, .pence = 50);
	mail = press_button(&world);
	EXPECT(ths_mail_as(mail, tea));
	ths_mail_free(mail);
	mail = ths_listen(world.vm, world.bell, 0);
	EXPECT(ths_mail_as(mail, ring));
	EXPECT(ths_address_equal(ths_mail_sender(mail), world.machine));
	ths_mail_free(mail);
	world_close(&world);
	puts("serves and rings the bell");
}

static void
says_what_is_missing(void)
{
	struct world world = world_open();
	ths_mail *mail = press_button(&world);
	const struct ths_poison *poison = ths_mail_as(mail, ths_poison);

	EXPECT(poison != NULL);
	printf("says: %s\n", poison->details);
	ths_mail_free(mail);
	mail = ths_listen(world.vm, world.bell, 0);
	EXPECT(ths_mail_status(mail) == THS_TIMEOUT); /* it did not ring */
	ths_mail_free(mail);
	world_close(&world);
}

int
main(void)
{
	serves_and_rings_the_bell();
	says_what_is_missing();
}
