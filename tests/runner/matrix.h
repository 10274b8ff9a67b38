/* SPDX-License-Identifier: MIT */
/* The main job's answer: variants x rules, gathered from trials, shown and written down. */
#ifndef PLANESTORM_MATRIX_H
#define PLANESTORM_MATRIX_H

#include <json-glib/json-glib.h>
#include <stdio.h>

#include "tests/runner/expect.h"
#include "tests/runner/trial.h"

#define MATRIX_SCHEMA 1

struct matrix;

struct matrix *matrix_new(void);
void matrix_free(struct matrix *matrix);

/* Add a row. @expectations becomes the matrix's. Rows are shown in the order of adding. */
void matrix_add_variant(struct matrix *matrix, const char *name, struct expectations *expectations);

/*
 * Count @trial in. One thread at a time may use a matrix. Returns whether all its verdicts are as
 * expected.
 */
gboolean matrix_add_trial(struct matrix *matrix, const struct trial *trial);

/* What is not known: a FAIL of a rule, with its signature, and details or NULL. */
struct matrix_news {
	int rule;
	const char *signature, *details;
	const char *
		source; /* the program whose trial shows it: one of those that were made of another */
};

/* Note that those of @program on @variant show @news. It is told, and the matrix is not as expected. */
void matrix_add_news(struct matrix *matrix, const char *variant, const char *program,
		     const struct matrix_news *news);

/* Note a positive control of which there are many, and one of which must have @held. */
void matrix_add_control(struct matrix *matrix, const char *variant, gboolean held);

/* Every verdict of every trial as its variant's expectations say, and no set-up failure. */
gboolean matrix_as_expected(const struct matrix *matrix);

/* Trials that are no evidence because something of ours failed. */
guint matrix_setup_failures(const struct matrix *matrix);

guint matrix_trials(const struct matrix *matrix);

/*
 * The positive control: a matrix proves little if no `unfixed` took part with a program that must make it
 * FAIL splat, and nothing at all if one such program did not. Where its lock helper can be interrupted, one of
 * those programs that inject faults must have done so.
 */
enum matrix_control { CONTROL_NONE, CONTROL_HELD, CONTROL_MISSED };

enum matrix_control matrix_control(const struct matrix *matrix);
const char *matrix_control_name(enum matrix_control control);

/* As a table for people; colour if @colour. */
void matrix_print(const struct matrix *matrix, FILE *out, gboolean colour);

/* The variants member of matrix.json. */
JsonNode *matrix_to_json(const struct matrix *matrix);

/*
 * Count in what such a member says of @variant, which gets a row if it has none. Of trials that are counted
 * in twice there are two.
 */
void matrix_read(struct matrix *matrix, JsonObject *variants, const char *variant);

/* The "verdict" of a cell or of an entry of its evidence; SKIP if there is none. */
enum verdict_kind matrix_read_verdict(JsonObject *json);

#endif
