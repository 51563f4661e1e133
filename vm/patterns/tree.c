/* SPDX-License-Identifier: MIT */
/* tree - prints supervisors and their children; see thespis/supervise.h.  A
 * thread from outside asks one supervisor after the other. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "thespis/client.h"
#include "thespis/supervise.h"
#include "vm/message/text.h"

struct tree {
	ths_vm *vm;
	ths_duration timeout;
	struct text *text;
};

static const char *const strategies[THS_STRATEGY_COUNT] = {
	[THS_ONE_FOR_ONE] = "one_for_one",
	[THS_ONE_FOR_ALL] = "one_for_all",
	[THS_REST_FOR_ONE] = "rest_for_one",
};

static const char *const restarts[THS_RESTART_COUNT] = {
	[THS_PERMANENT] = "permanent",
	[THS_TRANSIENT] = "transient",
	[THS_TEMPORARY] = "temporary",
};

static const char *const states[] = {
	[THS_CHILD_RUNNING] = "running",
	[THS_CHILD_ENDING] = "ending",
	[THS_CHILD_WAITING] = "waiting",
	[THS_CHILD_DOWN] = "down",
};

/* The children from this place on; *listed is NULL if there is no answer.  The
 * mail is the caller's. */
static ths_mail *
ask(const struct tree *tree, ths_address supervisor, uint32_t from,
    const struct ths_children_listed **listed)
{
	ths_mail *mail = ths_call(tree->vm, supervisor, tree->timeout,
	    ths_children_list, .from = from);

	*listed = ths_mail_as(mail, ths_children_listed);
	return mail;
}

/* --------------------------------------------------------------------- text */

static void print_below(const struct tree *tree, ths_address supervisor,
    int depth);

static void
indent(const struct tree *tree, int depth)
{
	for (int i = 0; i < depth; i++)
		text_put(tree->text, "  ");
}

static void
print_child(const struct tree *tree, const struct ths_child_entry *child,
    int depth)
{
	indent(tree, depth);
	text_put(tree->text, child->name);
	text_put(tree->text, "  ");
	text_put(tree->text, child->actor);
	if (!ths_address_is_nobody(child->child))
		text_format(tree->text, " %" PRIu32 ".%" PRIu32,
		    child->child.slot, child->child.generation);
	text_format(tree->text, "  %s", states[child->state]);
	if (child->failures > 0)
		text_format(tree->text, ", %" PRIu32 " failure%s",
		    child->failures, child->failures == 1 ? "" : "s");
	if (child->why[0] != '\0') {
		text_put(tree->text, ": ");
		text_put(tree->text, child->why);
	}
	text_put(tree->text, "\n");
	if (child->is_supervisor && !ths_address_is_nobody(child->child))
		print_below(tree, child->child, depth + 1);
}

static void
print_below(const struct tree *tree, ths_address supervisor, int depth)
{
	const struct ths_children_listed *listed;
	uint32_t from = 0;
	bool goes_on;

	if (depth > THS_TREE_DEPTH_MAX)
		return;
	do {
		ths_mail *mail = ask(tree, supervisor, from, &listed);

		if (from == 0 || listed == NULL) {
			indent(tree, depth);
			text_put(tree->text, listed == NULL ?
			    ths_mail_why(mail) : strategies[listed->strategy]);
			text_put(tree->text, "\n");
		}
		for (size_t i = 0; listed != NULL &&
		    i < listed->children.length; i++)
			print_child(tree, &listed->children.items[i],
			    depth + 1);
		goes_on = listed != NULL && listed->children.length > 0;
		if (goes_on) {
			from += (uint32_t)listed->children.length;
			goes_on = from < listed->total;
		}
		ths_mail_free(mail);
	} while (goes_on);
}

size_t
ths_supervision_print(ths_vm *vm, ths_address supervisor,
    ths_duration timeout, char *text, size_t size)
{
	struct text whole = { .buffer = text, .size = size };
	const struct tree tree = { vm, timeout, &whole };

	print_below(&tree, supervisor, 0);
	return text_end(&whole);
}

/* --------------------------------------------------------------------- JSON */

static void json_below(const struct tree *tree, ths_address supervisor,
    int depth);

static void
json_string(const struct tree *tree, const char *name, const char *value)
{
	text_format(tree->text, "\"%s\":", name);
	text_quote(tree->text, value, strlen(value), true);
}

static void
json_child(const struct tree *tree, const struct ths_child_entry *child,
    int depth)
{
	text_put(tree->text, "{");
	json_string(tree, "name", child->name);
	text_put(tree->text, ",");
	json_string(tree, "actor", child->actor);
	text_format(tree->text, ",\"state\":\"%s\",\"restart\":\"%s\","
	    "\"failures\":%" PRIu32 ",", states[child->state],
	    restarts[child->restart], child->failures);
	json_string(tree, "why", child->why);
	if (child->is_supervisor && !ths_address_is_nobody(child->child) &&
	    depth < THS_TREE_DEPTH_MAX) {
		text_put(tree->text, ",\"tree\":");
		json_below(tree, child->child, depth + 1);
	}
	text_put(tree->text, "}");
}

static void
json_below(const struct tree *tree, ths_address supervisor, int depth)
{
	const struct ths_children_listed *listed;
	uint32_t from = 0;
	bool goes_on;

	do {
		ths_mail *mail = ask(tree, supervisor, from, &listed);

		goes_on = listed != NULL && listed->children.length > 0;
		if (from == 0 && listed == NULL) {
			text_put(tree->text, "{");
			json_string(tree, "error", ths_mail_why(mail));
		} else if (from == 0) {
			text_format(tree->text, "{\"strategy\":\"%s\","
			    "\"children\":[", strategies[listed->strategy]);
		}
		for (size_t i = 0; goes_on && i < listed->children.length;
		    i++) {
			text_put(tree->text, from + i == 0 ? "" : ",");
			json_child(tree, &listed->children.items[i], depth);
		}
		if (goes_on) {
			from += (uint32_t)listed->children.length;
			goes_on = from < listed->total;
		}
		if (!goes_on)
			text_put(tree->text, from > 0 || listed != NULL ?
			    "]}" : "}");
		ths_mail_free(mail);
	} while (goes_on);
}

size_t
ths_supervision_json(ths_vm *vm, ths_address supervisor,
    ths_duration timeout, char *text, size_t size)
{
	static const char cut[] = "{\"cut\":true}";
	struct text whole = { .buffer = text, .size = size };
	const struct tree tree = { vm, timeout, &whole };

	json_below(&tree, supervisor, 0);
	if (text_fits(&whole) || size == 0)
		return text_end(&whole);
	snprintf(text, size, "%s", size >= sizeof(cut) ? cut : "");
	return whole.length;
}
