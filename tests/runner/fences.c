// SPDX-License-Identifier: MIT
#include "tests/runner/fences.h"

#include <string.h>

#include "tests/runner/evidence.h"

/* A text that is the same on each run: its numbers are left out. */
static char *without_numbers(const char *text)
{
	GString *out = g_string_new(NULL);

	for (; *text; text++) {
		if (!g_ascii_isdigit(*text))
			g_string_append_c(out, *text);
		else if (!g_ascii_isdigit(text[1]))
			g_string_append_c(out, 'N');
	}
	return g_string_free(out, FALSE);
}

/* Takes @text. */
static void add_broken(struct fence_account *account, guint64 seq, char *text)
{
	if (!account->broken++) {
		account->signature = without_numbers(text);
		account->text = g_steal_pointer(&text);
		account->seq = seq;
	}
	g_free(text);
}

/* What the guest has seen itself. */
static void take_broken(const struct journal_event *event, enum fence_rule rule,
			struct fence_account *account)
{
	if (fence_rule_by_word(event->name, event->name_len) == (int)rule)
		add_broken(account, event->seq, g_strndup(event->text, event->text_len));
}

/* The operations by their number, from 1; NULL: it is an undo, which has no fences. */
struct history {
	const struct evidence *evidence;
	GPtrArray *ops; /* const struct journal_event */
	const char *driver;
	gsize driver_len;
};

static const struct op *op_of(const struct history *history, guint64 seq)
{
	const struct journal_event *event =
		seq < history->ops->len ? g_ptr_array_index(history->ops, seq) : NULL;

	return event ? program_op_at(history->evidence->program, event->line) : NULL;
}

static guint64 time_of(const struct history *history, guint64 seq)
{
	const struct journal_event *event = g_ptr_array_index(history->ops, seq);

	return event->time;
}

/* "6.12.94 virtio_gpu 0.1.0 seed 1" */
static void find_driver(struct history *history, const struct journal_event *begin)
{
	const char *space = memchr(begin->text, ' ', begin->text_len);

	if (!space)
		return;
	history->driver = space + 1;
	history->driver_len = strcspn(space + 1, " \n");
}

static void history_init(struct history *history, const struct evidence *evidence)
{
	*history = (struct history){ .evidence = evidence, .ops = g_ptr_array_new() };
	g_ptr_array_add(history->ops, NULL);
	for (guint i = 0; i < evidence->events->len; i++) {
		const struct journal_event *event = evidence_event(evidence, i);

		if (event->kind == JOURNAL_OP && event->seq == history->ops->len)
			g_ptr_array_add(history->ops,
					evidence_is_undo(event) ? NULL : (gpointer)event);
		if (event->kind == JOURNAL_BEGIN)
			find_driver(history, event);
	}
}

/* An out-fence: it signals, without an error, and not before its commit was asked for. */
static void judge_signals(const struct history *history, const struct journal_event *fence,
			  struct fence_account *account)
{
	account->looked++;
	if (!fence->status)
		add_broken(account, fence->seq, g_strdup("an out-fence did not signal"));
	else if (fence->status < 0)
		add_broken(account, fence->seq,
			   g_strdup_printf("an out-fence signalled with the error %s",
					   g_strerror(-fence->status)));
	else if (fence->stamp < time_of(history, fence->seq))
		add_broken(account, fence->seq,
			   g_strdup_printf("an out-fence signalled %" G_GUINT64_FORMAT
					   " ns before its commit",
					   time_of(history, fence->seq) - fence->stamp));
}

/* Those of a CRTC are of one context. */
static void judge_stamps(const struct op *op, const struct journal_event *fence,
			 guint64 last[PROGRAM_MAX_HEADS], struct fence_account *account)
{
	if (fence->status <= 0)
		return;
	account->looked++;
	if (fence->stamp < last[op->head])
		add_broken(account, fence->seq,
			   g_strdup_printf("an out-fence signalled %" G_GUINT64_FORMAT
					   " ns before the one before it",
					   last[op->head] - fence->stamp));
	last[op->head] = fence->stamp;
}

/* Their driver is the device's, their timeline is the CRTC's (drm_crtc_create_fence()). */
static void judge_names(const struct history *history, const struct journal_event *fence,
			struct fence_account *account)
{
	g_autofree char *names = g_strndup(fence->text, fence->text_len);
	g_autofree char *prefix = g_strdup_printf("%.*s CRTC:", (int)history->driver_len,
						  history->driver ? history->driver : "");

	account->looked++;
	if (!g_str_has_prefix(names, prefix))
		add_broken(account, fence->seq, g_strdup_printf("an out-fence is %s's", names));
}

/* What the reservation object had after an update: signalled when the guest had come to rest. */
static void judge_extracted(const struct journal_event *fence, struct fence_account *account)
{
	account->looked++;
	if (!fence->status)
		add_broken(account, fence->seq,
			   g_strdup("a reservation object's fences did not signal"));
}

static void take_fence(const struct history *history, const struct journal_event *fence,
		       enum fence_rule rule, guint64 last[PROGRAM_MAX_HEADS],
		       struct fence_account *account)
{
	const struct op *op = op_of(history, fence->seq);

	if (op && op->kind == OP_EXTRACT && rule == FENCE_IMPLICIT)
		judge_extracted(fence, account);
	if (!op || op->kind != OP_COMMIT)
		return;
	if (rule == FENCE_SIGNALS)
		judge_signals(history, fence, account);
	if (rule == FENCE_ORDER)
		judge_stamps(op, fence, last, account);
	if (rule == FENCE_STATUS)
		judge_names(history, fence, account);
}

/* A commit that succeeded, and of whose out-fence the guest says nothing to the end. */
static void judge_silence(const struct history *history, struct fence_account *account)
{
	g_autoptr(GHashTable) told = g_hash_table_new(NULL, NULL);
	const struct evidence *evidence = history->evidence;

	if (!evidence_find(evidence, JOURNAL_END))
		return;
	for (guint i = 0; i < evidence->events->len; i++)
		if (evidence_event(evidence, i)->kind == JOURNAL_FENCE)
			g_hash_table_add(told, GSIZE_TO_POINTER(evidence_event(evidence, i)->seq));
	for (guint i = 0; i < evidence->events->len; i++) {
		const struct journal_event *event = evidence_event(evidence, i);
		const struct op *op = event->kind == JOURNAL_RET && !event->err ?
					      op_of(history, event->seq) :
					      NULL;

		if (op && op->kind == OP_COMMIT && op->point.timeline && !op->test &&
		    !g_hash_table_contains(told, GSIZE_TO_POINTER(event->seq)))
			add_broken(account, event->seq,
				   g_strdup("nothing is known of an out-fence"));
	}
}

/* The device was told before what had to be waited for was signalled. */
static void take_early(const struct evidence *evidence, enum fence_rule rule,
		       struct fence_account *account)
{
	gboolean implicit = rule == FENCE_IMPLICIT;
	const struct updates *updates = evidence->updates;
	const struct incident *first;

	if (!updates || (rule != FENCE_IN && rule != FENCE_IMPLICIT))
		return;
	account->looked += updates->waited[implicit];
	first = updates_first(updates, implicit ? INCIDENT_EARLY_IMPLICIT : INCIDENT_EARLY);
	if (!first)
		return;
	add_broken(account, first->seq, g_strdup(first->signature));
	account->broken += updates->counts[first->kind] - 1;
}

void fences_account(const struct evidence *evidence, enum fence_rule rule,
		    struct fence_account *account)
{
	g_autofree char *stat = g_strconcat("fence.", fence_rule_word(rule), NULL);
	guint64 last[PROGRAM_MAX_HEADS] = { 0 };
	struct history history;

	*account = (struct fence_account){ .looked = evidence_sum(evidence, stat, "") };
	history_init(&history, evidence);
	for (guint i = 0; i < evidence->events->len; i++) {
		const struct journal_event *event = evidence_event(evidence, i);

		if (event->kind == JOURNAL_BROKEN)
			take_broken(event, rule, account);
		if (event->kind == JOURNAL_FENCE)
			take_fence(&history, event, rule, last, account);
	}
	if (rule == FENCE_SIGNALS)
		judge_silence(&history, account);
	take_early(evidence, rule, account);
	g_ptr_array_unref(history.ops);
}
