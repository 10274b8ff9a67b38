// SPDX-License-Identifier: MIT
#include "compositor/kms/output.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "compositor/kms/buffer.h"
#include "compositor/kms/commit.h"
#include "compositor/kms/device.h"

static const char *const plane_prop_names[PLANE_PROPS] = {
	[PROP_FB_ID] = "FB_ID",	  [PROP_CRTC_ID] = "CRTC_ID",	  [PROP_SRC_X] = "SRC_X",
	[PROP_SRC_Y] = "SRC_Y",	  [PROP_SRC_W] = "SRC_W",	  [PROP_SRC_H] = "SRC_H",
	[PROP_CRTC_X] = "CRTC_X", [PROP_CRTC_Y] = "CRTC_Y",	  [PROP_CRTC_W] = "CRTC_W",
	[PROP_CRTC_H] = "CRTC_H", [PROP_HOTSPOT_X] = "HOTSPOT_X", [PROP_HOTSPOT_Y] = "HOTSPOT_Y",
};

/* The positions of the CRTCs that can drive @connector in resources->crtcs, a bit each, which is
 * what every possible_crtcs has. */
static uint32_t possible_crtcs(int fd, const drmModeRes *resources,
			       const drmModeConnector *connector)
{
	uint32_t all = (uint32_t)((UINT64_C(1) << resources->count_crtcs) - 1), possible = 0;

	for (int e = 0; e < connector->count_encoders; e++) {
		drmModeEncoder *encoder = drmModeGetEncoder(fd, connector->encoders[e]);

		possible |= encoder ? encoder->possible_crtcs : 0;
		drmModeFreeEncoder(encoder);
	}
	return possible & all;
}

/* Connector number @i, probed anew, if it is connected and has one of the CRTCs in @crtcs for
 * *@crtc_index. */
static drmModeConnector *take_connector(int fd, const drmModeRes *resources, int i, uint32_t crtcs,
					int *crtc_index)
{
	drmModeConnector *connector = drmModeGetConnector(fd, resources->connectors[i]);

	if (connector && connector->connection == DRM_MODE_CONNECTED &&
	    connector->count_modes > 0) {
		*crtc_index = ffs((int)(possible_crtcs(fd, resources, connector) & crtcs)) - 1;
		if (*crtc_index >= 0)
			return connector;
	}
	drmModeFreeConnector(connector);
	return NULL;
}

static drmModeConnector *find_connector(int fd, const drmModeRes *resources, int head,
					int *crtc_index)
{
	drmModeConnector *connector = NULL;

	if (head && head < resources->count_connectors)
		return take_connector(fd, resources, head, 1u << head, crtc_index);
	for (int i = 0; !head && !connector && i < resources->count_connectors; i++)
		connector = take_connector(fd, resources, i, UINT32_MAX, crtc_index);
	return connector;
}

bool output_connected(struct device *device, int head)
{
	drmModeRes *resources = drmModeGetResources(device->fd);
	drmModeConnector *connector = NULL;
	int crtc_index;

	if (resources)
		connector = find_connector(device->fd, resources, head, &crtc_index);
	drmModeFreeConnector(connector);
	drmModeFreeResources(resources);
	return connector != NULL;
}

/* Take plane @id if it is a primary or cursor plane and that role is still free. */
static int take_plane(struct output *output, uint32_t id)
{
	int fd = output->device->fd;
	struct plane plane = { .prop = { 0 } };
	enum plane_role role;
	uint64_t type;
	int ret;

	ret = object_init(&plane.object, fd, id, DRM_MODE_OBJECT_PLANE);
	if (ret)
		return ret;
	type = object_value(&plane.object, fd, "type", DRM_PLANE_TYPE_OVERLAY);
	if (type == DRM_PLANE_TYPE_OVERLAY)
		return 0;
	role = type == DRM_PLANE_TYPE_CURSOR ? PLANE_CURSOR : PLANE_PRIMARY;
	if (output->plane[role].object.id)
		return 0;
	for (int i = 0; i < PLANE_PROPS; i++)
		plane.prop[i] = object_prop(&plane.object, plane_prop_names[i]);
	plane.damage = object_prop(&plane.object, "FB_DAMAGE_CLIPS");
	plane.in_fence = object_prop(&plane.object, "IN_FENCE_FD");
	output->plane[role] = plane;
	return 0;
}

static int find_planes(struct output *output, int crtc_index)
{
	int fd = output->device->fd;
	drmModePlaneRes *planes = drmModeGetPlaneResources(fd);
	int ret = 0;

	if (!planes)
		return -errno;
	for (uint32_t i = 0; !ret && i < planes->count_planes; i++) {
		drmModePlane *plane = drmModeGetPlane(fd, planes->planes[i]);

		if (plane && (plane->possible_crtcs & (1u << crtc_index)))
			ret = take_plane(output, plane->plane_id);
		drmModeFreePlane(plane);
	}
	drmModeFreePlaneResources(planes);
	return ret;
}

/* Takes @connector, which may be NULL. */
static int pick(struct output *output, drmModeConnector *connector, const drmModeRes *resources,
		const char **why)
{
	int fd = output->device->fd, crtc_index = output->crtc_index, ret;

	*why = "find a connected connector";
	if (!connector)
		return -ENODEV;
	*why = "read the connector's properties";
	ret = object_init(&output->connector, fd, connector->connector_id,
			  DRM_MODE_OBJECT_CONNECTOR);
	drmModeFreeConnector(connector);
	if (ret)
		return ret;
	*why = "read the CRTC's properties";
	ret = object_init(&output->crtc, fd, resources->crtcs[crtc_index], DRM_MODE_OBJECT_CRTC);
	if (ret)
		return ret;
	output->crtc_active = object_prop(&output->crtc, "ACTIVE");
	output->out_fence = object_prop(&output->crtc, "OUT_FENCE_PTR");
	*why = "read the planes' properties";
	ret = find_planes(output, crtc_index);
	if (ret)
		return ret;
	*why = "find a primary plane";
	return output->plane[PLANE_PRIMARY].object.id ? 0 : -ENODEV;
}

/* The connector to take, of those that @resources has, with the number of its CRTC. NULL: there is none. */
struct choice {
	drmModeConnector *(*find)(int fd, const drmModeRes *resources, const struct choice *choice,
				  int *crtc_index);
	int number;
	uint32_t crtcs;
};

static drmModeConnector *by_head(int fd, const drmModeRes *resources, const struct choice *choice,
				 int *crtc_index)
{
	return find_connector(fd, resources, choice->number, crtc_index);
}

static drmModeConnector *by_number(int fd, const drmModeRes *resources, const struct choice *choice,
				   int *crtc_index)
{
	if (choice->number >= resources->count_connectors)
		return NULL;
	return take_connector(fd, resources, choice->number, choice->crtcs, crtc_index);
}

static int create(struct device *device, const struct choice *choice, struct output **out,
		  const char **why)
{
	struct output *output = calloc(1, sizeof(*output));
	drmModeRes *resources = drmModeGetResources(device->fd);
	drmModeConnector *connector;
	int ret = -ENOMEM;

	*why = "read the device's resources";
	if (!output || !resources)
		goto out;
	output->device = device;
	buffer_init(&output->black, device, ORIGIN_DUMB, 0, 0, DRM_FORMAT_XRGB8888);
	connector = choice->find(device->fd, resources, choice, &output->crtc_index);
	ret = pick(output, connector, resources, why);
out:
	drmModeFreeResources(resources);
	if (ret) {
		output_destroy(output);
		output = NULL;
	}
	*out = output;
	return ret;
}

int output_create(struct device *device, int head, struct output **out, const char **why)
{
	const struct choice choice = { .find = by_head, .number = head };

	return create(device, &choice, out, why);
}

int output_create_on(struct device *device, int connector, uint32_t crtcs, struct output **out,
		     const char **why)
{
	const struct choice choice = { .find = by_number, .number = connector, .crtcs = crtcs };

	return create(device, &choice, out, why);
}

void output_destroy(struct output *output)
{
	if (!output)
		return;
	buffer_destroy(&output->black);
	if (output->mode_blob)
		drmModeDestroyPropertyBlob(output->device->fd, output->mode_blob);
	free(output);
}

void output_forget(struct output *output)
{
	buffer_forget(&output->black);
	output->mode_blob = 0;
}

int output_preferred(const struct output *output, uint32_t *width, uint32_t *height)
{
	drmModeConnector *connector =
		drmModeGetConnectorCurrent(output->device->fd, output->connector.id);
	int best = 0, ret = -ENODEV;

	if (!connector)
		return -errno;
	while (best < connector->count_modes &&
	       !(connector->modes[best].type & DRM_MODE_TYPE_PREFERRED))
		best++;
	if (best == connector->count_modes)
		best = 0;
	if (connector->count_modes > 0) {
		*width = connector->modes[best].hdisplay;
		*height = connector->modes[best].vdisplay;
		ret = 0;
	}
	drmModeFreeConnector(connector);
	return ret;
}

/* No cable and no screen have to bear it, so the blanking is just some. */
static void make_mode(uint32_t width, uint32_t height, drmModeModeInfo *mode)
{
	*mode = (drmModeModeInfo){
		.hdisplay = (uint16_t)width,
		.hsync_start = (uint16_t)(width + 8),
		.hsync_end = (uint16_t)(width + 16),
		.htotal = (uint16_t)(width + 32),
		.vdisplay = (uint16_t)height,
		.vsync_start = (uint16_t)(height + 8),
		.vsync_end = (uint16_t)(height + 16),
		.vtotal = (uint16_t)(height + 32),
		.vrefresh = 60,
		.type = DRM_MODE_TYPE_USERDEF,
	};
	mode->clock = (uint32_t)mode->htotal * mode->vtotal * mode->vrefresh / 1000;
	snprintf(mode->name, sizeof(mode->name), "%ux%u", width, height);
}

/* One of the connector's if it offers that size. */
static int find_mode(const struct output *output, uint32_t width, uint32_t height,
		     drmModeModeInfo *mode)
{
	drmModeConnector *connector =
		drmModeGetConnectorCurrent(output->device->fd, output->connector.id);
	int i = 0;

	if (!connector)
		return -errno;
	while (i < connector->count_modes &&
	       (connector->modes[i].hdisplay != width || connector->modes[i].vdisplay != height))
		i++;
	if (i < connector->count_modes)
		*mode = connector->modes[i];
	else
		make_mode(width, height, mode);
	drmModeFreeConnector(connector);
	return 0;
}

int output_prepare(const struct output *output, uint32_t width, uint32_t height,
		   struct output_mode *mode, const char **why)
{
	int ret;

	*mode = (struct output_mode){ .blob = 0 };
	buffer_init(&mode->black, output->device, ORIGIN_DUMB, width, height, DRM_FORMAT_XRGB8888);
	*why = "read the connector's modes";
	ret = find_mode(output, width, height, &mode->info);
	if (ret)
		return ret;
	*why = "create a blob for the mode";
	ret = drmModeCreatePropertyBlob(output->device->fd, &mode->info, sizeof(mode->info),
					&mode->blob);
	if (ret)
		return ret;
	ret = buffer_create(&mode->black, why);
	if (ret)
		output_discard(output, mode);
	return ret;
}

void output_discard(const struct output *output, struct output_mode *mode)
{
	buffer_destroy(&mode->black);
	if (mode->blob)
		drmModeDestroyPropertyBlob(output->device->fd, mode->blob);
	mode->blob = 0;
}

void output_adopt(struct output *output, struct output_mode *mode)
{
	struct output_mode old = { output->mode, output->mode_blob, output->black };

	output->mode = mode->info;
	output->mode_blob = mode->blob;
	output->black = mode->black;
	*mode = old;
}

void output_commit(const struct output *output, const struct output_mode *mode,
		   struct commit *commit)
{
	struct plane_values values;

	commit_object(commit, output->connector.id);
	commit_prop(commit, object_prop(&output->connector, "CRTC_ID"), mode ? output->crtc.id : 0);
	commit_object(commit, output->crtc.id);
	commit_prop(commit, object_prop(&output->crtc, "MODE_ID"), mode ? mode->blob : 0);
	commit_prop(commit, output->crtc_active, mode ? 1 : 0);
	if (mode)
		plane_values_show(&values, output->crtc.id, mode->black.fb, mode->black.width,
				  mode->black.height);
	else
		plane_values_off(&values);
	commit_plane(commit, &output->plane[PLANE_PRIMARY], &values);
	if (mode || !output->plane[PLANE_CURSOR].object.id)
		return;
	plane_values_off(&values);
	commit_plane(commit, &output->plane[PLANE_CURSOR], &values);
}

int output_set_mode(struct output *output, uint32_t width, uint32_t height, const char **why)
{
	struct output_mode mode;
	struct commit commit;
	int ret = output_prepare(output, width, height, &mode, why);

	if (ret)
		return ret;
	commit_init(&commit);
	output_commit(output, &mode, &commit);
	*why = "set the mode";
	ret = commit_apply(&commit, output->device->fd, DRM_MODE_ATOMIC_ALLOW_MODESET);
	if (!ret) {
		output_adopt(output, &mode);
		*why = NULL;
	}
	/* The old mode's objects are no longer in use, or the new ones never were. */
	output_discard(output, &mode);
	return ret;
}
