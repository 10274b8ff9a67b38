// SPDX-License-Identifier: MIT
#include "compositor/render/egl.h"

#include <errno.h>
#include <gbm.h>
#include <string.h>

/* As core EGL 1.4 and its extensions have it: without them there is no way to a platform. */
static EGLDisplay get_display(const struct egl *egl)
{
	PFNEGLGETPLATFORMDISPLAYEXTPROC get =
		(PFNEGLGETPLATFORMDISPLAYEXTPROC)eglGetProcAddress("eglGetPlatformDisplayEXT");

	if (!get)
		return EGL_NO_DISPLAY;
	return egl->gbm ? get(EGL_PLATFORM_GBM_KHR, egl->gbm, NULL) :
			  get(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, NULL);
}

static int start_display(struct egl *egl, const char **why)
{
	*why = "have an EGL display";
	egl->display = get_display(egl);
	if (egl->display == EGL_NO_DISPLAY || !eglInitialize(egl->display, NULL, NULL))
		return -ENODEV;
	egl->create_image = (PFNEGLCREATEIMAGEKHRPROC)eglGetProcAddress("eglCreateImageKHR");
	egl->destroy_image = (PFNEGLDESTROYIMAGEKHRPROC)eglGetProcAddress("eglDestroyImageKHR");
	egl->target_texture = (PFNGLEGLIMAGETARGETTEXTURE2DOESPROC)eglGetProcAddress(
		"glEGLImageTargetTexture2DOES");
	return egl->create_image && egl->destroy_image && egl->target_texture ? 0 : -ENODEV;
}

static int start_context(struct egl *egl, const char **why)
{
	static const EGLint version[] = { EGL_CONTEXT_CLIENT_VERSION, 2, EGL_NONE };
	/* It draws into no surface of EGL's. */
	static const EGLint wanted[] = { EGL_RENDERABLE_TYPE, EGL_OPENGL_ES2_BIT, EGL_SURFACE_TYPE,
					 0, EGL_NONE };
	EGLConfig config;
	EGLint count = 0;

	*why = "have a GLES context";
	if (!eglBindAPI(EGL_OPENGL_ES_API) ||
	    !eglChooseConfig(egl->display, wanted, &config, 1, &count) || !count)
		return -ENODEV;
	egl->context = eglCreateContext(egl->display, config, EGL_NO_CONTEXT, version);
	if (egl->context == EGL_NO_CONTEXT ||
	    !eglMakeCurrent(egl->display, EGL_NO_SURFACE, EGL_NO_SURFACE, egl->context))
		return -ENODEV;
	return 0;
}

int egl_init(struct egl *egl, int fd, const char **why)
{
	int ret;

	*egl = (struct egl){ .display = EGL_NO_DISPLAY, .context = EGL_NO_CONTEXT };
	*why = "have a GBM device";
	if (fd >= 0) {
		egl->gbm = gbm_create_device(fd);
		if (!egl->gbm)
			return -ENODEV;
	}
	ret = start_display(egl, why);
	return ret ? ret : start_context(egl, why);
}

void egl_finish(struct egl *egl)
{
	if (egl->display != EGL_NO_DISPLAY) {
		eglMakeCurrent(egl->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
		if (egl->context != EGL_NO_CONTEXT)
			eglDestroyContext(egl->display, egl->context);
		eglTerminate(egl->display);
	}
	if (egl->gbm)
		gbm_device_destroy(egl->gbm);
}

int egl_target_init(const struct egl *egl, struct gbm_bo *bo, struct egl_target *target)
{
	*target = (struct egl_target){ .image = EGL_NO_IMAGE_KHR };
	/* EGL_KHR_platform_gbm: a pixmap is a gbm_bo. */
	target->image = egl->create_image(egl->display, EGL_NO_CONTEXT, EGL_NATIVE_PIXMAP_KHR,
					  (EGLClientBuffer)bo, NULL);
	if (target->image == EGL_NO_IMAGE_KHR)
		return -EINVAL;
	glGenTextures(1, &target->texture);
	glBindTexture(GL_TEXTURE_2D, target->texture);
	egl->target_texture(GL_TEXTURE_2D, target->image);
	glGenFramebuffers(1, &target->framebuffer);
	glBindFramebuffer(GL_FRAMEBUFFER, target->framebuffer);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, target->texture,
			       0);
	return glCheckFramebufferStatus(GL_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE ? 0 : -EINVAL;
}

void egl_target_finish(const struct egl *egl, struct egl_target *target)
{
	if (target->framebuffer)
		glDeleteFramebuffers(1, &target->framebuffer);
	if (target->texture)
		glDeleteTextures(1, &target->texture);
	if (target->image != EGL_NO_IMAGE_KHR)
		egl->destroy_image(egl->display, target->image);
}
