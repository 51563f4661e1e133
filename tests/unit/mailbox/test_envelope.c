/* SPDX-License-Identifier: MIT */
/* envelope - size classes; the layout is asserted where it is compiled. */
#include "mailbox/envelope.h"

#include "tests/harness.h"

Test(envelope, every_size_gets_the_smallest_block_that_holds_it)
{
	for (uint32_t size = 0; size <= ENVELOPE_MESSAGE_MAX; size++) {
		unsigned size_class = envelope_class(size);
		uint32_t need = ENVELOPE_HEADER_SIZE + size;

		cr_assert_lt(size_class, ENVELOPE_CLASSES);
		cr_assert_geq(envelope_block_size(size_class), need);
		if (size_class > 0)
			cr_assert_lt(envelope_block_size(size_class - 1), need);
	}
}

Test(envelope, the_largest_message_needs_the_largest_class)
{
	cr_assert_eq(envelope_class(ENVELOPE_MESSAGE_MAX),
	    ENVELOPE_CLASSES - 1);
}

Test(envelope, sixteen_bytes_of_message_fit_a_cache_line)
{
	cr_assert_eq(envelope_class(16), 0);
	cr_assert_eq(envelope_block_size(0), CACHE_LINE);
	cr_assert_eq(envelope_class(17), 1);
}

Test(envelope, messages_are_aligned_for_any_type)
{
	cr_assert_eq(offsetof(struct envelope, message) %
	    _Alignof(max_align_t), 0);
}
