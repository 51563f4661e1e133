/* SPDX-License-Identifier: MIT */
/*
 * address - hash, print and parse; see thespis/address.h.
 *
 * Each address has one text and each text one address:
 *
 *   text    = "nobody" | vm ":" number "." number
 *   vm      = 16 digits of 0-9a-f, not all of them 0
 *   number  = "0" | a digit 1-9, then digits 0-9; at most 4294967295
 */
#include "thespis/address.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char nobody[] = "nobody";

enum { VM_DIGITS = 16 };

/* The finalizer of splitmix64: every bit of x stirs every bit of the result. */
static uint64_t
stir(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

uint64_t
ths_address_hash(ths_address address)
{
	uint64_t place = (uint64_t)address.generation << 32 | address.slot;

	return stir(stir(place + UINT64_C(0x9e3779b97f4a7c15)) ^ address.vm);
}

char *
ths_address_print(ths_address address, char text[THS_ADDRESS_TEXT_SIZE])
{
	if (ths_address_is_nobody(address))
		memcpy(text, nobody, sizeof(nobody));
	else
		snprintf(text, THS_ADDRESS_TEXT_SIZE,
		    "%016" PRIx64 ":%" PRIu32 ".%" PRIu32, address.vm,
		    address.slot, address.generation);
	return text;
}

/* The value of a digit 0-9a-f, or -1. */
static int
digit_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	return -1;
}

/* Each read_ function returns where it stopped, or NULL if it found something
 * else. */
static const char *
read_vm(const char *text, uint64_t *vm)
{
	int digit;

	*vm = 0;
	for (int i = 0; i < VM_DIGITS; i++) {
		digit = digit_value(*text++);
		if (digit < 0)
			return NULL;
		*vm = *vm << 4 | (uint64_t)digit;
	}
	return *vm != 0 ? text : NULL;
}

static const char *
read_mark(const char *text, char mark)
{
	return text != NULL && *text == mark ? text + 1 : NULL;
}

static const char *
read_number(const char *text, uint32_t *number)
{
	uint64_t value = 0;
	const char *first = text;

	if (text == NULL)
		return NULL;
	for (; *text >= '0' && *text <= '9'; text++) {
		value = value * 10 + (uint64_t)(*text - '0');
		if (value > UINT32_MAX)
			return NULL;
	}
	if (text == first || (*first == '0' && text != first + 1))
		return NULL;
	*number = (uint32_t)value;
	return text;
}

ths_status
ths_address_parse(const char *text, ths_address *address)
{
	ths_address read;

	if (text == NULL || address == NULL)
		return THS_BAD_ARGUMENT;
	if (strcmp(text, nobody) == 0) {
		*address = THS_NOBODY;
		return THS_OK;
	}
	text = read_mark(read_vm(text, &read.vm), ':');
	text = read_mark(read_number(text, &read.slot), '.');
	text = read_number(text, &read.generation);
	if (text == NULL || *text != '\0')
		return THS_BAD_ARGUMENT;
	*address = read;
	return THS_OK;
}
