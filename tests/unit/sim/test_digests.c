/* SPDX-License-Identifier: MIT */
/* digests: of the content, and of nothing else that lies in memory. */
#include "sim/digests.h"

#include <string.h>

#include "base/memory.h"
#include "tests/harness.h"

THS_MESSAGE(whole, THS_FIELD(uint64_t, first), THS_FIELD(uint32_t, second),
    THS_FIELD(uint32_t, third))
THS_MESSAGE(holed, THS_FIELD(uint8_t, first), THS_FIELD(uint64_t, second))
THS_MESSAGE(nested, THS_FIELD(uint64_t, first), THS_FIELD(struct holed, inner))
THS_MESSAGE(told, THS_FIELD(ths_string, words))
THS_SIGNAL(hint)

static struct {
	struct memory memory;
	struct types types;
	struct digests digests;
} bench;

static void
begin(void)
{
	memory_init(&bench.memory, NULL, 0);
	types_init(&bench.types, &bench.memory);
	digests_init(&bench.digests, &bench.memory);
}

static void
end(void)
{
	digests_fini(&bench.digests);
	types_fini(&bench.types);
	memory_fini(&bench.memory);
}

static uint64_t
take(const ths_type *type, const void *message)
{
	uint32_t number;

	cr_assert_eq(types_number(&bench.types, type, &number), THS_OK);
	return digests_take(&bench.digests, &bench.types, number, message);
}

Test(digests, differ_with_the_content)
{
	struct whole whole = { 1, 2, 3 };
	uint64_t first;

	begin();
	first = take(&whole_type, &whole);
	cr_assert_eq(take(&whole_type, &whole), first);
	whole.third = 4;
	cr_assert_neq(take(&whole_type, &whole), first);
	cr_assert_eq(take(&whole_type, NULL), 0);
	end();
}

Test(digests, know_nothing_of_padding)
{
	struct holed one, two;
	struct nested outer, other;

	begin();
	memset(&one, 0x55, sizeof(one));
	memset(&two, 0xaa, sizeof(two));
	one.first = two.first = 1;
	one.second = two.second = 2;
	cr_assert_eq(take(&holed_type, &one), take(&holed_type, &two));
	memset(&outer, 0x55, sizeof(outer));
	memset(&other, 0xaa, sizeof(other));
	outer.first = other.first = 3;
	outer.inner.first = other.inner.first = 1;
	outer.inner.second = other.inner.second = 2;
	cr_assert_eq(take(&nested_type, &outer), take(&nested_type, &other));
	end();
}

Test(digests, know_nothing_of_places_in_memory)
{
	char here[] = "the same words, more of them than fit at first, and so "
	    "there has to be room for what the codec writes";
	char there[sizeof(here)];
	struct told one = { here };
	struct told two = { there };

	begin();
	memcpy(there, here, sizeof(here));
	cr_assert_eq(take(&told_type, &one), take(&told_type, &two));
	there[0] = 'T';
	cr_assert_neq(take(&told_type, &one), take(&told_type, &two));
	end();
}

/* What it says of a message does not change from one build to the next. */
Test(digests, are_the_same_everywhere)
{
	const struct whole whole = { 1, 2, 3 };
	const struct told told = { "words" };

	begin();
	cr_assert_eq(take(&whole_type, &whole), UINT64_C(0x74eec71920813f18));
	cr_assert_eq(take(&told_type, &told), UINT64_C(0x6ef42dc07cbfef3d));
	cr_assert_eq(take(&hint_type, &whole), UINT64_C(0xe220a8397b1dcdaf));
	end();
}
