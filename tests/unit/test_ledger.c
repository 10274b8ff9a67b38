// SPDX-License-Identifier: MIT
/*
 * The ledger against all interleavings of three commits and two observers: whoever commits may fail, be killed, or make a
 * point that the kernel signals some time; each observer looks again and again, at any point. Every state that can be
 * reached is visited, and each answer is held against what is true by the definition:
 *
 *   unsignalled is wrong if somebody had told, before this look began, that this point or a later one is
 *   signalled; signalled is wrong if nobody has begun what signals it.
 *
 * A kernel that keeps its promise is never blamed; each that breaks it is, in some interleaving.
 */
#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "compositor/fence/ledger.h"
#include "tests/unit/unit.h"

#define COMMITS 3
#define OBSERVERS 2
#define NONE 0xff

enum kernel { KERNEL_GOOD, KERNEL_SWAPS, KERNEL_FORGETS, KERNEL_HURRIES };

enum { LOOKING, ASKING, TELLING };

/* Small numbers, so that a state is its own key. */
struct world {
	guint8 commits; /* over and done with */
	guint8 begun;	/* the commit at hand has been announced to the ledger */
	guint8 killed;
	guint8 points;	  /* so many there are */
	guint8 signalled; /* a bit for each point, bit 0 is point 1 */
	guint8 ledger_begun, ledger_seen;
	guint8 told;	  /* by definition: the last point that was told to be signalled */
	guint8 announced; /* the same: the last that was begun */
	struct {
		guint8 doing, point;
		guint8 known;  /* by the ledger, when it began to look */
		guint8 truth;  /* by definition, then */
		guint8 answer; /* of the kernel */
	} observers[OBSERVERS];
};

struct search {
	enum kernel kernel;
	GHashTable *seen; /* struct world */
	GQueue *open;
	guint blamed[LEDGER_DISORDER + 1]; /* by answer */
};

static void visit(struct search *search, const struct world *world)
{
	if (g_hash_table_contains(search->seen, world))
		return;
	g_hash_table_add(search->seen, g_memdup2(world, sizeof(*world)));
	g_queue_push_tail(search->open, g_memdup2(world, sizeof(*world)));
}

static guint hash_world(gconstpointer key)
{
	const guint8 *bytes = key;
	guint hash = 5381;

	for (gsize i = 0; i < sizeof(struct world); i++)
		hash = hash * 33 + bytes[i];
	return hash;
}

static gboolean same_world(gconstpointer a, gconstpointer b)
{
	return !memcmp(a, b, sizeof(struct world));
}

/* The ledger as it is in a state, and back. */
static struct ledger ledger_of(const struct world *world)
{
	struct ledger ledger;

	atomic_init(&ledger.begun, world->ledger_begun);
	atomic_init(&ledger.seen, world->ledger_seen);
	return ledger;
}

static void keep_ledger(struct world *world, const struct ledger *ledger)
{
	world->ledger_begun = (guint8)atomic_load(&ledger->begun);
	world->ledger_seen = (guint8)atomic_load(&ledger->seen);
}

/* The client announces a point, enters the kernel, and comes back with it or without; or it is killed. */
static void step_client(struct search *search, const struct world *world)
{
	struct world next = *world;
	struct ledger ledger = ledger_of(world);

	if (world->killed || world->commits == COMMITS)
		return;
	next.killed = 1;
	visit(search, &next);
	next = *world;
	if (!world->begun) {
		ledger_begin(&ledger, world->points + 1u);
		keep_ledger(&next, &ledger);
		next.announced = (guint8)MAX(world->announced, world->points + 1);
		next.begun = 1;
		visit(search, &next);
		return;
	}
	next.begun = 0;
	next.commits++;
	visit(search, &next); /* it failed */
	next.points++;
	visit(search, &next);
	next.killed = 1; /* within the call, and what it asked for goes on */
	visit(search, &next);
}

static bool is_signalled(const struct world *world, int point)
{
	return world->signalled & 1 << (point - 1);
}

/* One point more, or what a broken kernel does. */
static void step_kernel(struct search *search, const struct world *world)
{
	for (int point = 1; point <= COMMITS; point++) {
		struct world next = *world;
		bool in_turn = point == 1 || is_signalled(world, point - 1);

		next.signalled |= (guint8)(1 << (point - 1));
		if (point <= world->points && (in_turn || search->kernel == KERNEL_SWAPS))
			visit(search, &next);
		if (point > world->announced && in_turn && search->kernel == KERNEL_HURRIES)
			visit(search, &next);
		next.signalled = world->signalled & (guint8) ~(1 << (point - 1));
		if (is_signalled(world, point) && search->kernel == KERNEL_FORGETS)
			visit(search, &next);
	}
}

static enum ledger_answer by_definition(const struct world *world, int observer)
{
	guint8 point = world->observers[observer].point, truth = world->observers[observer].truth;

	if (world->observers[observer].answer)
		return point > world->announced ? LEDGER_EARLY : LEDGER_FINE;
	if (point > truth)
		return LEDGER_FINE;
	return point == truth ? LEDGER_AGAIN : LEDGER_DISORDER;
}

static void tell_answer(struct search *search, const struct world *world, int observer)
{
	struct world next = *world;
	struct ledger ledger = ledger_of(world);
	guint8 point = world->observers[observer].point;
	bool signalled = world->observers[observer].answer;
	enum ledger_answer answer =
		ledger_tell(&ledger, world->observers[observer].known, point, signalled);

	assert_int_equal(answer, by_definition(world, observer));
	search->blamed[answer]++;
	keep_ledger(&next, &ledger);
	if (signalled && answer == LEDGER_FINE)
		next.told = MAX(world->told, point);
	memset(&next.observers[observer], 0, sizeof(next.observers[observer]));
	visit(search, &next);
}

static void step_observer(struct search *search, const struct world *world, int observer)
{
	struct world next = *world;
	struct ledger ledger = ledger_of(world);

	switch (world->observers[observer].doing) {
	case LOOKING:
		for (guint8 point = 1; point <= COMMITS; point++) {
			next.observers[observer].doing = ASKING;
			next.observers[observer].point = point;
			next.observers[observer].known = (guint8)ledger_look(&ledger);
			next.observers[observer].truth = world->told;
			visit(search, &next);
		}
		break;
	case ASKING:
		/* Of what there is none yet the kernel says so. */
		if (world->observers[observer].point > world->points &&
		    !is_signalled(world, world->observers[observer].point))
			break;
		next.observers[observer].doing = TELLING;
		next.observers[observer].answer =
			is_signalled(world, world->observers[observer].point);
		visit(search, &next);
		break;
	default:
		tell_answer(search, world, observer);
	}
}

static void explore(struct search *search, enum kernel kernel)
{
	struct world *world = g_new0(struct world, 1);

	*search = (struct search){ .kernel = kernel,
				   .seen = g_hash_table_new_full(hash_world, same_world, g_free,
								 NULL),
				   .open = g_queue_new() };
	visit(search, world);
	g_free(world);
	while ((world = g_queue_pop_head(search->open))) {
		step_client(search, world);
		step_kernel(search, world);
		for (int i = 0; i < OBSERVERS; i++)
			step_observer(search, world, i);
		g_free(world);
	}
	print_message("%u states; fine %u, early %u, again %u, disorder %u\n",
		      g_hash_table_size(search->seen), search->blamed[LEDGER_FINE],
		      search->blamed[LEDGER_EARLY], search->blamed[LEDGER_AGAIN],
		      search->blamed[LEDGER_DISORDER]);
	g_hash_table_unref(search->seen);
	g_queue_free(search->open);
}

static void test_a_good_kernel_is_never_blamed(void **state)
{
	struct search search;

	(void)state;
	explore(&search, KERNEL_GOOD);
	assert_true(search.blamed[LEDGER_FINE] > 0);
	assert_int_equal(search.blamed[LEDGER_EARLY], 0);
	assert_int_equal(search.blamed[LEDGER_AGAIN], 0);
	assert_int_equal(search.blamed[LEDGER_DISORDER], 0);
}

static void test_one_that_swaps_signals_is(void **state)
{
	struct search search;

	(void)state;
	explore(&search, KERNEL_SWAPS);
	assert_true(search.blamed[LEDGER_DISORDER] > 0);
	assert_int_equal(search.blamed[LEDGER_EARLY], 0);
}

static void test_one_that_takes_a_signal_back_is(void **state)
{
	struct search search;

	(void)state;
	explore(&search, KERNEL_FORGETS);
	assert_true(search.blamed[LEDGER_AGAIN] > 0);
}

static void test_one_that_signals_what_was_not_asked_for_is(void **state)
{
	struct search search;

	(void)state;
	explore(&search, KERNEL_HURRIES);
	assert_true(search.blamed[LEDGER_EARLY] > 0);
}

static void test_what_is_known_never_shrinks(void **state)
{
	struct ledger ledger = { 0 };

	(void)state;
	ledger_begin(&ledger, 9);
	ledger_begin(&ledger, 3);
	assert_int_equal(ledger_tell(&ledger, 0, 7, true), LEDGER_FINE);
	assert_int_equal(ledger_tell(&ledger, 0, 2, true), LEDGER_FINE);
	assert_int_equal(ledger_look(&ledger), 7);
	assert_int_equal(ledger_tell(&ledger, 7, 9, true), LEDGER_FINE);
	assert_int_equal(ledger_tell(&ledger, 7, 10, true), LEDGER_EARLY);
	assert_int_equal(ledger_look(&ledger), 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_good_kernel_is_never_blamed),
		cmocka_unit_test(test_one_that_swaps_signals_is),
		cmocka_unit_test(test_one_that_takes_a_signal_back_is),
		cmocka_unit_test(test_one_that_signals_what_was_not_asked_for_is),
		cmocka_unit_test(test_what_is_known_never_shrinks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
