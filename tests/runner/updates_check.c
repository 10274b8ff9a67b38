// SPDX-License-Identifier: MIT
#include "tests/runner/updates_judge.h"

#include "tests/runner/compare.h"
#include "tests/runner/compose.h"

/* What a check found wrong of one plane: after a failed operation it is that one's doing. */
static void take_difference(const struct difference *difference, void *data)
{
	struct judge *judge = data;
	struct track *track = &judge->tracks[judge->comparing][difference->role];
	gboolean failed = track->failed && !track->broken;

	judge_report(judge, failed ? INCIDENT_ROLLBACK : INCIDENT_LOST,
		     failed ? track->failed->seq : 0, judge->check_moment,
		     g_strdup_printf("%s at a check%s", difference->what,
				     failed ? " after a failure" : ""),
		     g_strdup_printf("check %" G_GUINT64_FORMAT ", head %d: %s: %s",
				     judge->checking, judge->comparing, difference->what,
				     difference->text));
	/* It has been told: what fails later is innocent of it. */
	if (!failed)
		track->broken = TRUE;
}

/* For people: keep the whole pictures of this head. */
static void keep_pictures(struct judge *judge, const struct display_head *expected,
			  const struct display_head *seen, gboolean differs)
{
	const struct shown_head *head = shown_head(judge->shown, judge->comparing);
	struct checked checked = { .number = judge->checking, .head = judge->comparing };
	guint kept = judge->updates->checked->len;

	if (kept >= (differs ? 2 * CHECKED_KEPT : CHECKED_KEPT))
		return;
	checked.expected = compose_head(expected, (int)head->width, (int)head->height);
	checked.seen = compose_head(seen, (int)head->width, (int)head->height);
	checked.difference = compose_difference(checked.expected, checked.seen, &checked.differing);
	g_array_append_val(judge->updates->checked, checked);
}

/* Whatever is seen of it is right. */
static void excuse_cursor(struct display_head *expected, const struct display_head *seen)
{
	image_unref(expected->cursor);
	expected->cursor = seen->cursor ? image_ref(seen->cursor) : NULL;
	expected->visible = seen->visible;
	expected->x = seen->x;
	expected->y = seen->y;
	expected->hot_x = seen->hot_x;
	expected->hot_y = seen->hot_y;
}

static void compare_head(struct judge *judge, int head, const struct display_head *seen)
{
	struct display_head expected;
	gboolean same;

	judge->comparing = head;
	shown_display(judge->shown, head, &expected);
	if (shown_head(judge->shown, head)->cursor.unknown)
		excuse_cursor(&expected, seen);
	same = compare_heads(&expected, seen, take_difference, judge);
	keep_pictures(judge, &expected, seen, !same);
	judge->updates->checks++;
	judge->updates->differing += same ? 0 : 1;
	image_unref(expected.scanout);
	image_unref(expected.cursor);
}

/* The display's state at check @number, or NULL: the guest did not wait for the host there. */
static const struct display_check *find_check(struct judge *judge, guint64 number)
{
	const GPtrArray *checks = judge->display->checks;

	for (; judge->next_check < checks->len; judge->next_check++) {
		const struct display_check *check = g_ptr_array_index(checks, judge->next_check);

		if (check->number == number)
			return check;
		if (check->number > number)
			break;
	}
	return NULL;
}

/* By this check all that the device was told has come to the display, or been merged with what came
 * after it. */
static void compare_counts(struct judge *judge)
{
	const GArray *events = judge->display->events;

	judge->updates->told = judge->told;
	for (; judge->next_event < events->len; judge->next_event++) {
		const struct display_event *event =
			&g_array_index(events, struct display_event, judge->next_event);

		if (event->kind == DISPLAY_CHECK && event->check == judge->checking)
			return;
		if (event->kind == DISPLAY_CURSOR)
			judge->updates->defined++;
	}
}

static void settle_plane(struct judge *judge, int head, enum plane_role role)
{
	judge_lose_until(judge, &judge->tracks[head][role], judge->tracks[head][role].demands->len);
}

/* A cursor that was shown, and its pixels never came. */
static void settle_copy(struct judge *judge, int buffer)
{
	struct copy *copy = &judge->copies[buffer];

	if (!copy->awaited)
		return;
	copy->awaited = FALSE;
	judge_lose_pixels(judge, copy->track, "cursor", &copy->late, copy->late.moment);
}

void judge_close_failure(struct judge *judge, struct track *track)
{
	if (track->failed && !track->unasked && judge_result(judge, track->failed->seq) > 0)
		judge->updates->refused++;
	track->failed = NULL;
	track->unasked = FALSE;
}

void judge_settle(struct judge *judge)
{
	const struct display_check *check =
		judge->checking ? find_check(judge, judge->checking) : NULL;

	if (!check) {
		judge->checking = 0;
		return;
	}
	compare_counts(judge);
	for (int head = 0; head < PROGRAM_MAX_HEADS; head++)
		for (int role = 0; role < PLANE_ROLES; role++)
			settle_plane(judge, head, (enum plane_role)role);
	for (int i = 0; i < judge->program->buffer_count; i++)
		settle_copy(judge, i);
	for (int head = 0; head < PROGRAM_MAX_HEADS; head++) {
		if (shown_head(judge->shown, head)->width)
			compare_head(judge, head, &check->heads[head]);
		for (int role = 0; role < PLANE_ROLES; role++)
			judge_close_failure(judge, &judge->tracks[head][role]);
	}
	judge->settled = judge->updates->demanded;
	judge->checking = 0;
}
