/* SPDX-License-Identifier: MIT */
/*
 * each - applies a macro to every element of a list.
 *
 * THS_EACH(M, context, a, b, c) expands to M(context, a) M(context, b)
 * M(context, c), for 1 to 32 elements.
 */
#ifndef THESPIS_EACH_H
#define THESPIS_EACH_H

#ifdef __cplusplus
#define THS_STATIC_ASSERT static_assert
#define THS_ALIGNOF alignof
#else
#define THS_STATIC_ASSERT _Static_assert
#define THS_ALIGNOF _Alignof
#endif

#if defined(__GNUC__)
#define THS_UNUSED __attribute__((unused))
#else
#define THS_UNUSED
#endif

#define THS_COUNT(...) THS_COUNT_(__VA_ARGS__, \
    32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, \
    21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, \
    10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define THS_COUNT_( \
    a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, \
    a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, \
    a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, count, ...) \
	count
/* ONE for one argument, MORE for up to 64: a message's name and what
 * initialises its fields, commas inside of that included. */
#define THS_ONE_OR_MORE(...) THS_COUNT64_(__VA_ARGS__, \
    MORE, MORE, MORE, MORE, MORE, MORE, MORE, MORE, MORE, \
    MORE, MORE, MORE, MORE, MORE, MORE, MORE, MORE, MORE, \
    MORE, MORE, MORE, MORE, MORE, MORE, MORE, MORE, MORE, \
    MORE, MORE, MORE, MORE, MORE, MORE, MORE, MORE, MORE, \
    MORE, MORE, MORE, MORE, MORE, MORE, MORE, MORE, MORE, \
    MORE, MORE, MORE, MORE, MORE, MORE, MORE, MORE, MORE, \
    MORE, MORE, MORE, MORE, MORE, MORE, MORE, MORE, MORE, ONE, ONE)
#define THS_COUNT64_( \
    a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, \
    a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, \
    a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, \
    a34, a35, a36, a37, a38, a39, a40, a41, a42, a43, a44, \
    a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, \
    a56, a57, a58, a59, a60, a61, a62, a63, a64, count, ...) \
	count
#define THS_UNWRAP(...) __VA_ARGS__
#define THS_JOIN(a, b) THS_JOIN_(a, b)
#define THS_JOIN_(a, b) a##b

#define THS_EACH(M, context, ...) \
	THS_JOIN(THS_EACH_, THS_COUNT(__VA_ARGS__))(M, context, __VA_ARGS__)
#define THS_EACH_1(M, c, a) M(c, a)
#define THS_EACH_2(M, c, a, ...) M(c, a) THS_EACH_1(M, c, __VA_ARGS__)
#define THS_EACH_3(M, c, a, ...) M(c, a) THS_EACH_2(M, c, __VA_ARGS__)
#define THS_EACH_4(M, c, a, ...) M(c, a) THS_EACH_3(M, c, __VA_ARGS__)
#define THS_EACH_5(M, c, a, ...) M(c, a) THS_EACH_4(M, c, __VA_ARGS__)
#define THS_EACH_6(M, c, a, ...) M(c, a) THS_EACH_5(M, c, __VA_ARGS__)
#define THS_EACH_7(M, c, a, ...) M(c, a) THS_EACH_6(M, c, __VA_ARGS__)
#define THS_EACH_8(M, c, a, ...) M(c, a) THS_EACH_7(M, c, __VA_ARGS__)
#define THS_EACH_9(M, c, a, ...) M(c, a) THS_EACH_8(M, c, __VA_ARGS__)
#define THS_EACH_10(M, c, a, ...) M(c, a) THS_EACH_9(M, c, __VA_ARGS__)
#define THS_EACH_11(M, c, a, ...) M(c, a) THS_EACH_10(M, c, __VA_ARGS__)
#define THS_EACH_12(M, c, a, ...) M(c, a) THS_EACH_11(M, c, __VA_ARGS__)
#define THS_EACH_13(M, c, a, ...) M(c, a) THS_EACH_12(M, c, __VA_ARGS__)
#define THS_EACH_14(M, c, a, ...) M(c, a) THS_EACH_13(M, c, __VA_ARGS__)
#define THS_EACH_15(M, c, a, ...) M(c, a) THS_EACH_14(M, c, __VA_ARGS__)
#define THS_EACH_16(M, c, a, ...) M(c, a) THS_EACH_15(M, c, __VA_ARGS__)
#define THS_EACH_17(M, c, a, ...) M(c, a) THS_EACH_16(M, c, __VA_ARGS__)
#define THS_EACH_18(M, c, a, ...) M(c, a) THS_EACH_17(M, c, __VA_ARGS__)
#define THS_EACH_19(M, c, a, ...) M(c, a) THS_EACH_18(M, c, __VA_ARGS__)
#define THS_EACH_20(M, c, a, ...) M(c, a) THS_EACH_19(M, c, __VA_ARGS__)
#define THS_EACH_21(M, c, a, ...) M(c, a) THS_EACH_20(M, c, __VA_ARGS__)
#define THS_EACH_22(M, c, a, ...) M(c, a) THS_EACH_21(M, c, __VA_ARGS__)
#define THS_EACH_23(M, c, a, ...) M(c, a) THS_EACH_22(M, c, __VA_ARGS__)
#define THS_EACH_24(M, c, a, ...) M(c, a) THS_EACH_23(M, c, __VA_ARGS__)
#define THS_EACH_25(M, c, a, ...) M(c, a) THS_EACH_24(M, c, __VA_ARGS__)
#define THS_EACH_26(M, c, a, ...) M(c, a) THS_EACH_25(M, c, __VA_ARGS__)
#define THS_EACH_27(M, c, a, ...) M(c, a) THS_EACH_26(M, c, __VA_ARGS__)
#define THS_EACH_28(M, c, a, ...) M(c, a) THS_EACH_27(M, c, __VA_ARGS__)
#define THS_EACH_29(M, c, a, ...) M(c, a) THS_EACH_28(M, c, __VA_ARGS__)
#define THS_EACH_30(M, c, a, ...) M(c, a) THS_EACH_29(M, c, __VA_ARGS__)
#define THS_EACH_31(M, c, a, ...) M(c, a) THS_EACH_30(M, c, __VA_ARGS__)
#define THS_EACH_32(M, c, a, ...) M(c, a) THS_EACH_31(M, c, __VA_ARGS__)

#endif
