// SPDX-License-Identifier: MIT
#include "tests/runner/witness_state.h"

/* All pictures of a trial's checks together: 340 different ones of 1024x768. */
#define HELD_MAX ((gsize)1 << 30)

void witness_lose(struct witness *witness, const char *why)
{
	g_mutex_lock(&witness->lock);
	if (!witness->lost)
		witness->lost = why;
	g_mutex_unlock(&witness->lock);
}

static const char *lost_why(struct witness *witness)
{
	const char *why;

	g_mutex_lock(&witness->lock);
	why = witness->lost;
	g_mutex_unlock(&witness->lock);
	return why;
}

static gpointer run(gpointer data)
{
	struct witness *witness = data;
	GError *error = NULL;
	gboolean watching;

	g_main_context_push_thread_default(witness->context);
	watching = witness_set_up(witness, &error);
	g_mutex_lock(&witness->lock);
	witness->stage = watching ? WATCHING : FAILED;
	witness->error = error;
	g_cond_broadcast(&witness->changed);
	g_mutex_unlock(&witness->lock);
	while (watching && !witness->stop)
		g_main_context_iteration(witness->context, TRUE);
	witness_tear_down(witness);
	g_main_context_pop_thread_default(witness->context);
	return NULL;
}

/* The other threads' side */

static gint64 deadline(void)
{
	return g_get_monotonic_time() + WITNESS_WAIT_MS * G_TIME_SPAN_MILLISECOND;
}

/* Run @function in the thread after everything that was received before; @data is freed then. */
static void queue(struct witness *witness, GSourceFunc function, gpointer data,
		  GDestroyNotify release)
{
	GSource *source = g_idle_source_new();

	/* As GDBus queues the calls that it receives. */
	g_source_set_priority(source, G_PRIORITY_DEFAULT);
	g_source_set_callback(source, function, data, release);
	g_source_attach(source, witness->context);
	g_source_unref(source);
}

static gboolean stop(gpointer data)
{
	struct witness *witness = data;

	witness->stop = TRUE;
	return G_SOURCE_REMOVE;
}

/* The thread has ended. */
static void witness_free(struct witness *witness)
{
	for (int i = 0; i < DISPLAY_HEADS; i++) {
		image_unref(witness->now[i].scanout);
		image_unref(witness->now[i].cursor);
	}
	for (int i = 0; i < witness->listener_count; i++)
		witness_let_go(&witness->listeners[i].link);
	witness_let_go(&witness->bus);
	display_record_free(witness->record);
	g_clear_error(&witness->error);
	g_main_context_unref(witness->context);
	g_object_unref(witness->cancellable);
	g_mutex_clear(&witness->lock);
	g_cond_clear(&witness->changed);
	g_free(witness);
}

/* Wait until the thread watches or has failed. Returns whether it watches. */
static gboolean await_start(struct witness *witness, GError **error)
{
	gint64 end = deadline();
	gboolean late = FALSE, watching;

	g_mutex_lock(&witness->lock);
	while (witness->stage == STARTING && !late)
		late = !g_cond_wait_until(&witness->changed, &witness->lock, end);
	watching = !late && witness->stage == WATCHING;
	g_mutex_unlock(&witness->lock);
	if (watching)
		return TRUE;
	g_cancellable_cancel(witness->cancellable);
	queue(witness, stop, witness, NULL); /* it may have come to watching by now */
	g_thread_join(witness->thread);
	if (late)
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
			    "the display witness: QEMU did not answer within %d s",
			    WITNESS_WAIT_MS / 1000);
	else
		g_propagate_prefixed_error(error, g_steal_pointer(&witness->error),
					   "the display witness: ");
	return FALSE;
}

struct witness *witness_start(int fd, int heads, GError **error)
{
	struct witness *witness = g_new0(struct witness, 1);

	witness->fd = fd;
	witness->heads = heads;
	witness->context = g_main_context_new();
	witness->cancellable = g_cancellable_new();
	witness->record = display_record_new();
	g_mutex_init(&witness->lock);
	g_cond_init(&witness->changed);
	witness->thread = g_thread_new("witness", run, witness);
	if (await_start(witness, error))
		return witness;
	witness_free(witness);
	return NULL;
}

/* A method of console @head's; takes @arguments. */
static gboolean call(struct witness *witness, int head, const char *interface, const char *method,
		     GVariant *arguments, GError **error)
{
	g_autofree char *path = g_strdup_printf(PATH_CONSOLE, witness->consoles[head]);
	g_autoptr(GVariant) answer = NULL;

	answer = g_dbus_connection_call_sync(witness->bus.connection, NULL, path, interface, method,
					     arguments, NULL, G_DBUS_CALL_FLAGS_NONE,
					     WITNESS_WAIT_MS, NULL, error);
	if (!answer)
		g_prefix_error(error, "the display witness: ");
	return answer != NULL;
}

gboolean witness_plug(struct witness *witness, int head, guint width, guint height, GError **error)
{
	return call(witness, head, "org.qemu.Display1.Console", "SetUIInfo",
		    g_variant_new("(qqiiuu)", 0, 0, 0, 0, width, height), error);
}

gboolean witness_point(struct witness *witness, int head, guint x, guint y, GError **error)
{
	return call(witness, head, "org.qemu.Display1.Mouse", "SetAbsPosition",
		    g_variant_new("(uu)", x, y), error);
}

gboolean witness_press(struct witness *witness, int head, enum witness_button button,
		       gboolean pressed, GError **error)
{
	return call(witness, head, "org.qemu.Display1.Mouse", pressed ? "Press" : "Release",
		    g_variant_new("(u)", (guint)button), error);
}

gboolean witness_key(struct witness *witness, int head, guint code, gboolean pressed,
		     GError **error)
{
	return call(witness, head, "org.qemu.Display1.Keyboard", pressed ? "Press" : "Release",
		    g_variant_new("(u)", code), error);
}

/* What the thread is to hand out, into ->to. */
struct question {
	struct witness *witness;
	guint number; /* of an event, or of a head */
	gpointer to;
	gboolean answered;
};

static void ask(struct question *question, GSourceFunc answer)
{
	struct witness *witness = question->witness;

	queue(witness, answer, question, NULL);
	g_mutex_lock(&witness->lock);
	/* Its handlers do not wait for anybody. */
	while (!question->answered)
		g_cond_wait(&witness->changed, &witness->lock);
	g_mutex_unlock(&witness->lock);
}

static gboolean answered(struct question *question)
{
	g_mutex_lock(&question->witness->lock);
	question->answered = TRUE;
	g_cond_broadcast(&question->witness->changed);
	g_mutex_unlock(&question->witness->lock);
	return G_SOURCE_REMOVE;
}

static gboolean copy_events(gpointer data)
{
	struct question *question = data;
	const GArray *events = question->witness->record->events;

	if (question->number < events->len)
		g_array_append_vals(question->to,
				    &g_array_index(events, struct display_event, question->number),
				    events->len - question->number);
	return answered(question);
}

void witness_events(struct witness *witness, guint from, GArray *events)
{
	ask(&(struct question){ .witness = witness, .number = from, .to = events }, copy_events);
}

static gboolean copy_head(gpointer data)
{
	struct question *question = data;
	const struct display_head *now = &question->witness->now[question->number];
	struct display_head *copy = question->to;

	*copy = *now;
	copy->scanout = now->scanout ? image_ref(now->scanout) : NULL;
	copy->cursor = now->cursor ? image_ref(now->cursor) : NULL;
	return answered(question);
}

void witness_look(struct witness *witness, int head, struct display_head *now)
{
	ask(&(struct question){ .witness = witness, .number = (guint)head, .to = now }, copy_head);
}

/* A check that the thread is to record. */
struct request {
	struct witness *witness;
	guint64 number;
};

/* What the pictures of @heads take that the last check does not hold already, in bytes. */
static gsize new_pictures(const struct display_record *record, const struct display_head *heads)
{
	const struct display_check *last =
		record->checks->len ? g_ptr_array_index(record->checks, record->checks->len - 1) :
				      NULL;
	gsize bytes = 0;

	for (int i = 0; i < DISPLAY_HEADS; i++) {
		const struct image *image = heads[i].scanout;

		if (image && (!last || last->heads[i].scanout != image))
			bytes += (gsize)image->width * (gsize)image->height * sizeof(guint32);
	}
	return bytes;
}

static gboolean record_check(gpointer data)
{
	struct request *request = data;
	struct witness *witness = request->witness;

	witness->held += new_pictures(witness->record, witness->now);
	if (witness->held > HELD_MAX)
		witness_lose(witness, "its pictures at checks take too much memory");
	else
		display_record_check(witness->record, request->number, witness->now);
	witness_add_event(witness, DISPLAY_CHECK, 0)->check = request->number;
	g_mutex_lock(&witness->lock);
	witness->checks++;
	g_cond_broadcast(&witness->changed);
	g_mutex_unlock(&witness->lock);
	return G_SOURCE_REMOVE;
}

gboolean witness_check(struct witness *witness, guint64 number, GError **error)
{
	struct request *request;
	gint64 end;
	guint before;
	gboolean late = FALSE;
	const char *why;

	for (int i = 0; i < witness->listener_count; i++) {
		if (!witness_round_trip(&witness->listeners[i].link, error)) {
			witness_lose(
				witness,
				witness_lost_connection); /* this is known before "closed" comes */
			g_prefix_error(error, "the display witness: ");
			return FALSE;
		}
	}
	request = g_new(struct request, 1);
	*request = (struct request){ witness, number };
	end = deadline();
	g_mutex_lock(&witness->lock);
	before = witness->checks;
	queue(witness, record_check, request, g_free);
	while (witness->checks == before && !late)
		late = !g_cond_wait_until(&witness->changed, &witness->lock, end);
	g_mutex_unlock(&witness->lock);
	why = late ? "it does not keep up" : lost_why(witness);
	if (why)
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the display witness: %s", why);
	return why == NULL;
}

struct display_record *witness_stop(struct witness *witness, const char **lost)
{
	struct display_record *record;

	queue(witness, stop, witness, NULL);
	g_thread_join(witness->thread);
	record = g_steal_pointer(&witness->record);
	if (lost)
		*lost = witness->lost;
	witness_free(witness);
	return record;
}
