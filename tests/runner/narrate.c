// SPDX-License-Identifier: MIT
#include "tests/runner/narrate.h"

#include <stdio.h>
#include <string.h>

#include "compositor/model/journal.h"
#include "tests/runner/leak.h"

/* A storm journals thousands of operations that all look alike: show the first and the last. */
#define SHOWN_FIRST 60
#define SHOWN_LAST 40
#define EXCERPT_LINES 30
#define SHOWN_INCIDENTS 10

static double milliseconds(guint64 ns)
{
	return (double)ns / 1e6;
}

/* What a fault's number counts. Of which kind a call was is on the console. */
static const char *counted(const struct trial *trial)
{
	return trial->instrumented ? "call" : "allocation";
}

static void tell_unfinished(const struct trial *trial, const struct journal_event *op)
{
	printf("%10.3f ms  line %-3d %-40.*s -> never came back", milliseconds(op->time), op->line,
	       (int)op->text_len, op->text);
	if (op->nth)
		printf("  (%s %u was to fail)", counted(trial), op->nth);
	putchar('\n');
}

static void tell_return(const struct trial *trial, const struct journal_event *op,
			const struct journal_event *ret)
{
	const char *word = errno_word(ret->err);

	printf("%10.3f ms  line %-3d %-40.*s -> %s", milliseconds(op->time), op->line,
	       (int)op->text_len, op->text, word ? word : g_strerror(ret->err));
	if (op->nth)
		printf("  (%s %u %s)", counted(trial), op->nth,
		       ret->fired ? "failed" : "was not reached");
	printf("  %.3f ms\n", milliseconds(ret->time - op->time));
}

static void tell_other(const struct journal_event *event)
{
	switch (event->kind) {
	case JOURNAL_BEGIN:
		printf("%10.3f ms  begin %.*s\n", milliseconds(event->time), (int)event->text_len,
		       event->text);
		break;
	case JOURNAL_BUFFER:
		printf("%10.3f ms  buffer %.*s: id %u, framebuffer %u, resource %u\n",
		       milliseconds(event->time), (int)event->name_len, event->name, event->id,
		       event->fb, event->res);
		break;
	case JOURNAL_PAINT:
		printf("%10.3f ms  paint of line %d: id %u\n", milliseconds(event->time),
		       event->line, event->id);
		break;
	case JOURNAL_OUTPUT:
		printf("%10.3f ms  output of line %d\n", milliseconds(event->time), event->line);
		break;
	case JOURNAL_STATE:
		printf("%10.3f ms  state %.*s %.*s\n", milliseconds(event->time),
		       (int)event->name_len, event->name, (int)event->text_len, event->text);
		break;
	case JOURNAL_STAT:
		printf("%10.3f ms  %.*s = %" G_GINT64_FORMAT "\n", milliseconds(event->time),
		       (int)event->name_len, event->name, event->value);
		break;
	case JOURNAL_NOTE:
	case JOURNAL_ERROR:
		printf("%10.3f ms  %s: %.*s\n", milliseconds(event->time),
		       event->kind == JOURNAL_NOTE ? "note" : "error", (int)event->text_len,
		       event->text);
		break;
	case JOURNAL_CHECK:
		printf("%10.3f ms  check %" G_GUINT64_FORMAT "\n", milliseconds(event->time),
		       event->seq);
		break;
	case JOURNAL_HOST:
		printf("%10.3f ms  host, for line %d\n", milliseconds(event->time), event->line);
		break;
	case JOURNAL_END:
		printf("%10.3f ms  end\n", milliseconds(event->time));
		break;
	default:
		break;
	}
}

static void tell_journal(const struct trial *trial)
{
	const GArray *events = trial->events;
	const struct journal_event *op = NULL;
	guint ops = 0, told = 0;

	for (guint i = 0; i < events->len; i++)
		ops += g_array_index(events, struct journal_event, i).kind == JOURNAL_OP;
	for (guint i = 0; i < events->len; i++) {
		const struct journal_event *event = &g_array_index(events, struct journal_event, i);
		gboolean shown = told < SHOWN_FIRST || told + SHOWN_LAST >= ops;

		if (event->kind == JOURNAL_OP) {
			op = event;
			if (told++ == SHOWN_FIRST && ops > SHOWN_FIRST + SHOWN_LAST)
				printf("               ... %u operations ...\n",
				       ops - SHOWN_FIRST - SHOWN_LAST);
		} else if (event->kind == JOURNAL_RET) {
			if (op && shown)
				tell_return(trial, op, event);
			op = NULL;
		} else if (shown) {
			tell_other(event);
		}
	}
	if (op)
		tell_unfinished(trial, op);
}

static void tell_finding(const struct trial *trial, const struct finding *finding)
{
	const char *text = trial->console->str + finding->offset;
	gsize left = MIN(finding->length, trial->console->len - finding->offset);

	printf("\n%s (%u times)\n", finding->signature, finding->count);
	for (int line = 0; line < EXCERPT_LINES && left > 0; line++) {
		gsize len = MIN(strcspn(text, "\n"), left);

		fputs("    ", stdout);
		fwrite(text, 1, MIN(strcspn(text, "\r\n"), len), stdout);
		putchar('\n');
		if (len == left)
			return;
		text += len + 1;
		left -= len + 1;
	}
	if (left > 0)
		printf("    ... (the rest is in console.txt)\n");
}

static void tell_verdict(const struct rule *rule, const struct verdict *verdict)
{
	printf("%-13s %s%s%s", rule->name, verdict_name(verdict->kind),
	       *verdict->signature ? "  " : "", verdict->signature);
	if (verdict->details)
		printf(" (%s)", verdict->details);
	putchar('\n');
}

/* The first few of what became of updates that should not have. */
static void tell_incidents(const struct updates *updates)
{
	g_autofree char *merged = updates_merged(updates);

	for (guint i = 0; i < MIN(updates->incidents->len, SHOWN_INCIDENTS); i++) {
		const struct incident *incident = g_ptr_array_index(updates->incidents, i);

		printf("%s\n", incident->text);
	}
	if (updates->incidents->len > SHOWN_INCIDENTS)
		printf("... and more like these\n");
	if (merged)
		printf("%s\n", merged);
}

static void tell_left(const struct trial *trial)
{
	struct leak *leak;

	if (trial->verdicts[RULE_LEAK].kind != VERDICT_FAIL)
		return;
	leak = leak_new(trial->events, trial->updates ? trial->device : NULL);
	for (guint i = 0; i < leak->left->len; i++)
		printf("left behind: %s\n",
		       ((struct left *)g_ptr_array_index(leak->left, i))->text);
	leak_free(leak);
}

void narrate_trial(const struct trial *trial)
{
	const GPtrArray *findings = console_findings(trial->findings);

	tell_journal(trial);
	for (guint i = 0; i < findings->len; i++)
		tell_finding(trial, g_ptr_array_index(findings, i));
	putchar('\n');
	if (trial->updates)
		tell_incidents(trial->updates);
	tell_left(trial);
	for (int i = 0; i < RULE_COUNT; i++)
		tell_verdict(&rules[i], &trial->verdicts[i]);
	if (trial->instrumented)
		printf("%-13s %s (interruptions: %u)\n", "instrumented", trial->instrumented,
		       trial->interrupted);
	putchar('\n');
}
