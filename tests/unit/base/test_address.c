/* SPDX-License-Identifier: MIT */
/* address: each has one text, and each text one address. */
#include "thespis/address.h"

#include <string.h>

#include "base/random.h"
#include "tests/harness.h"

static bool
parses_as(const char *text, ths_address expected)
{
	ths_address address = { 1, 2, 3 };

	return ths_address_parse(text, &address) == THS_OK &&
	    ths_address_equal(address, expected);
}

/* True if text is refused and the address given stays as it was. */
static bool
refuses(const char *text)
{
	ths_address address = { 1, 2, 3 };

	return ths_address_parse(text, &address) == THS_BAD_ARGUMENT &&
	    ths_address_equal(address, (ths_address){ 1, 2, 3 });
}

Test(address, prints_as_the_header_says)
{
	char text[THS_ADDRESS_TEXT_SIZE];
	ths_address address = { UINT64_C(0x4f1c), 12, 3 };

	cr_assert_eq(ths_address_print(address, text), text);
	cr_assert_str_eq(text, "0000000000004f1c:12.3");
	ths_address_print(THS_NOBODY, text);
	cr_assert_str_eq(text, "nobody");
	ths_address_print((ths_address){ 0, 5, 6 }, text);
	cr_assert_str_eq(text, "nobody");
}

Test(address, fits_into_the_room_that_is_promised)
{
	char text[THS_ADDRESS_TEXT_SIZE];
	ths_address largest = { UINT64_MAX, UINT32_MAX, UINT32_MAX };

	ths_address_print(largest, text);
	cr_assert_str_eq(text, "ffffffffffffffff:4294967295.4294967295");
	cr_assert(parses_as(text, largest));
}

Test(address, comes_back_from_its_text)
{
	char text[THS_ADDRESS_TEXT_SIZE];
	struct random random;
	ths_address address;

	random_init(&random, 1);
	for (int i = 0; i < 10000; i++) {
		address.vm = random_next(&random) >> random_below(&random, 63);
		address.vm |= 1;
		address.slot = (uint32_t)random_next(&random) >>
		    random_below(&random, 32);
		address.generation = (uint32_t)random_next(&random) >>
		    random_below(&random, 32);
		ths_address_print(address, text);
		cr_assert(parses_as(text, address), "%s", text);
	}
	cr_assert(parses_as("nobody", THS_NOBODY));
	cr_assert(parses_as("0000000000000001:0.0", (ths_address){ 1, 0, 0 }));
}

Test(address, refuses_every_other_text)
{
	static const char *const texts[] = {
		"", "n", "nobod", "nobody ", " nobody", "Nobody",
		"0000000000000001", "0000000000000001:",
		"0000000000000001:1", "0000000000000001:1.",
		"0000000000000001:.1", "0000000000000001.1:1",
		"1:1.1", "000000000000001:1.1", "00000000000000001:1.1",
		"0000000000000000:1.1", /* nobody has one text */
		"000000000000000A:1.1", "000000000000000g:1.1",
		"0x00000000000001:1.1", "0000000000000001:01.1",
		"0000000000000001:1.01", "0000000000000001:00.1",
		"0000000000000001:+1.1", "0000000000000001:-1.1",
		"0000000000000001: 1.1", "0000000000000001:1.1 ",
		"0000000000000001:1.1\n", " 0000000000000001:1.1",
		"0000000000000001:1.1.1", "0000000000000001:a.1",
		"0000000000000001:4294967296.1",
		"0000000000000001:1.4294967296",
		"0000000000000001:1.18446744073709551617",
		"0000000000000001:99999999999999999999999999999999.1",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		cr_assert(refuses(texts[i]), "%s", texts[i]);
	cr_assert(refuses(NULL));
	cr_assert_eq(ths_address_parse("nobody", NULL), THS_BAD_ARGUMENT);
}

/* Any text that parses is the text that printing gives: one mark at a time is
 * changed in a good one. */
Test(address, has_no_second_text)
{
	static const char good[] = "00000000000000f1:120.34";
	char printed[THS_ADDRESS_TEXT_SIZE];
	char text[sizeof(good)];
	ths_address address;
	int accepted = 0;

	for (size_t place = 0; place < sizeof(good) - 1; place++) {
		for (int mark = 0; mark < 256; mark++) {
			memcpy(text, good, sizeof(good));
			text[place] = (char)mark;
			if (ths_address_parse(text, &address) != THS_OK)
				continue;
			accepted++;
			ths_address_print(address, printed);
			cr_assert_str_eq(printed, text);
		}
	}
	cr_assert_gt(accepted, 16 * 16);
}

Test(address, spreads_over_a_hash_table, .description = "T-092")
{
	enum { BUCKETS = 256, EACH = 64 };
	int counts[BUCKETS] = { 0 };
	ths_address address = { UINT64_C(0x1234), 0, 1 };

	for (uint32_t i = 0; i < BUCKETS * EACH; i++) {
		address.slot = i;
		counts[ths_address_hash(address) % BUCKETS]++;
	}
	for (int i = 0; i < BUCKETS; i++) {
		cr_assert_gt(counts[i], EACH / 4);
		cr_assert_lt(counts[i], EACH * 2);
	}
	address = (ths_address){ 1, 2, 3 };
	/* T-092 */
	cr_assert_eq(ths_address_hash(address), ths_address_hash(address));
	cr_assert_neq(ths_address_hash(address),
	    ths_address_hash((ths_address){ 1, 3, 2 }));
	cr_assert_neq(ths_address_hash(address),
	    ths_address_hash((ths_address){ 2, 2, 3 }));
}
