// SPDX-License-Identifier: MIT
/* The commands that run programs of the user's choice: matrix, try, run and smoke. */
#include "tests/runner/campaign.h"
#include "tests/runner/command.h"
#include "tests/runner/narrate.h"

/*
 * What the matrix, try, run and smoke have in common: run @campaign, of which the programs and what is
 * special are filled in. @patches NULL: no candidate.
 */
static int storm(struct arguments *arguments, GStrv names, struct campaign campaign, char **patches)
{
	g_autoptr(GPtrArray) variants =
		g_ptr_array_new_with_free_func((GDestroyNotify)variant_free);
	g_autoptr(GError) error = NULL;
	int code = STORM_TROUBLE;

	campaign.variants = variants;
	campaign.candidate = patches ? CANDIDATE : NULL;
	campaign.session = session_open(&arguments->session, &error);
	if (!campaign.session)
		return command_failed(error);
	if (!command_build(campaign.session, names, variants, &error))
		goto out;
	if (patches && !command_build_patches(campaign.session, patches, variants, &error))
		goto out;
	session_stage(campaign.session, "variants");
	code = campaign_run(&campaign);
out:
	if (error)
		command_failed(error);
	session_close(campaign.session);
	return code;
}

int command_matrix(struct arguments *arguments)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) programs = NULL;
	g_auto(GStrv) names = NULL;

	programs = command_programs(arguments->programs, PROGRAMS, &error);
	if (programs)
		names = command_variants(arguments->variants, &error);
	if (!names)
		return command_failed(error);
	return storm(arguments, names, (struct campaign){ .programs = programs }, NULL);
}

int command_try(struct arguments *arguments)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) programs = NULL;
	g_auto(GStrv) names = NULL;

	if (!arguments->rest)
		return command_trouble("expected try PATCH..., a patch or an mbox");
	if (!command_patches(arguments->rest, &error))
		return command_failed(error);
	programs = command_programs(arguments->programs, PROGRAMS, &error);
	if (programs)
		names = command_variants(
			arguments->variants ? arguments->variants : "unfixed,upstream", &error);
	if (!names)
		return command_failed(error);
	return storm(arguments, names, (struct campaign){ .programs = programs }, arguments->rest);
}

int command_run(struct arguments *arguments)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) programs = NULL;
	g_auto(GStrv) names = NULL;

	if (!arguments->rest || arguments->rest[1])
		return command_trouble("expected run [--variant V] FILE.storm");
	programs = command_programs(arguments->rest, PROGRAMS, &error);
	if (programs)
		names = command_variants(arguments->variant ? arguments->variant : "upstream",
					 &error);
	if (!names)
		return command_failed(error);
	return storm(arguments, names,
		     (struct campaign){ .programs = programs, .report = narrate_trial }, NULL);
}

/* The visual checks: on every variant the same is to be seen. */
int command_smoke(struct arguments *arguments)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) programs = NULL;
	g_auto(GStrv) names = NULL;
	g_autofree char *expectations =
		g_build_filename(build_root(), "data", SMOKE, "expect.ini", NULL);

	programs = command_programs(arguments->programs, SMOKE, &error);
	if (programs)
		names = command_variants(arguments->variants ? arguments->variants : "upstream",
					 &error);
	if (!names)
		return command_failed(error);
	return storm(arguments, names,
		     (struct campaign){ .programs = programs, .expectations = expectations }, NULL);
}
