/* SPDX-License-Identifier: MIT */
/* A GLES context, on a device through GBM, or on none; and GBM's buffers as what it draws into. */
#ifndef PLANESTORM_RENDER_EGL_H
#define PLANESTORM_RENDER_EGL_H

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GLES2/gl2.h>
#include <GLES2/gl2ext.h>
#include <stdint.h>

struct gbm_bo;
struct gbm_device;

struct egl {
	struct gbm_device *gbm; /* NULL: on no device */
	EGLDisplay display;
	EGLContext context;
	PFNEGLCREATEIMAGEKHRPROC create_image;
	PFNEGLDESTROYIMAGEKHRPROC destroy_image;
	PFNGLEGLIMAGETARGETTEXTURE2DOESPROC target_texture;
};

/*
 * On the open device @fd, which stays the caller's, or on none if it is -1; the context is current then. Returns 0, or a
 * negative errno with *@why as usual; egl_finish() is due in both cases.
 */
int egl_init(struct egl *egl, int fd, const char **why);
void egl_finish(struct egl *egl);

/* A texture that is GBM's buffer @bo, and a framebuffer to draw into it. */
struct egl_target {
	EGLImageKHR image;
	GLuint texture, framebuffer;
};

/* Returns 0 or -EINVAL; egl_target_finish() is due in both cases. */
int egl_target_init(const struct egl *egl, struct gbm_bo *bo, struct egl_target *target);
void egl_target_finish(const struct egl *egl, struct egl_target *target);

#endif
