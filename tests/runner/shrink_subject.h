/* SPDX-License-Identifier: MIT */
/* What is to be shrunk: a program, and the failure that is looked for. */
#ifndef PLANESTORM_SHRINK_SUBJECT_H
#define PLANESTORM_SHRINK_SUBJECT_H

#include "tests/runner/shrink.h"
#include "tests/runner/trial.h"

struct shrink_subject {
	char *name;    /* the program's, as in a matrix */
	char *variant; /* NULL: unknown */
	char *text;    /* the program's */
	gsize len;
	int rule; /* -1: any */
	/* Of the verdict; NULL: any. The number of a line in it is that of the original. */
	char *signature;
	char *cause; /* see cause.h; NULL: any */
	char *guest; /* "6.12.117-planestorm virtio_gpu 0.1.0 seed 1", as the guest said; NULL: unknown */
};

/*
 * The subject that the trial in the folder @dir is: RESULTS/VARIANT/PROGRAM, as a run leaves it. It must
 * FAIL @rule, or any rule if that is -1. Returns NULL with @error set.
 */
struct shrink_subject *shrink_subject_load(const char *dir, int rule, GError **error);

/* The subject that @file is; what it fails is to be found out. */
struct shrink_subject *shrink_subject_new(const struct program_file *file, int rule);
void shrink_subject_free(struct shrink_subject *subject); /* NULL is fine */

/* The seed of the recorded run, or @otherwise. */
guint64 shrink_subject_seed(const struct shrink_subject *subject, guint64 otherwise);

/* Look for the failure that @trial shows, of the subject's rule or of the first that FAILs. FALSE: none. */
gboolean shrink_subject_aim(struct shrink_subject *subject, const struct trial *trial);

/* Whether @trial FAILs the rule with the signature that are looked for. If so, *@moment says where. */
gboolean shrink_subject_shown(const struct shrink_subject *subject, const struct trial *trial,
			      struct shrink_moment *moment);

/*
 * The result as a .storm file called @name: in comments what it shows, how often, and what is to be
 * expected of it; @machine says on what, in one line. The caller's.
 */
char *shrink_subject_story(const struct shrink_subject *subject, const struct shrink_result *result,
			   const char *name, const char *machine);

#endif
