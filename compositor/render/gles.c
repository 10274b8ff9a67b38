// SPDX-License-Identifier: MIT
#include "compositor/render/gles.h"

#include <errno.h>
#include <gbm.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compositor/kms/device.h"
#include "compositor/model/animation.h"
#include "compositor/render/egl.h"
#include "compositor/render/shader.h"

#define NUMBER_BITS 32

/* What is drawn by one program of shaders. */
enum brush { BRUSH_WINDOWS, BRUSH_GRADIENT, BRUSH_RIPPLES, BRUSH_FLAT, BRUSH_SPRITE, BRUSHES };

static const char *const brush_files[BRUSHES] = { "windows", "gradient", "ripples", "flat",
						  "sprite" };

struct gles {
	struct device *device; /* borrowed; NULL: none */
	struct egl egl;
	char folder[PATH_MAX];	  /* with the shaders */
	GLuint brushes[BRUSHES];  /* 0: not used yet */
	struct egl_target memory; /* what is drawn into without a device */
	uint32_t memory_width, memory_height;
	const struct cursor_image *image; /* that the texture below holds, borrowed; NULL: none */
	GLuint sprite;
};

/* A buffer of GBM's, which goes with the buffer that it is the memory of. */
struct gles_memory {
	struct buffer_memory memory;
	struct gles *gles; /* borrowed */
	struct gbm_bo *bo;
	void *kept; /* a mapping, see keep_mapped(); NULL: none */
	struct egl_target target;
};

/* --- coming and going ------------------------------------------------------------------------- */

int gles_create(struct device *device, const char *data, struct gles **out, const char **why)
{
	struct gles *gles = calloc(1, sizeof(*gles));
	int ret;

	*out = NULL;
	*why = "have GLES";
	if (!gles)
		return -ENOMEM;
	gles->device = device;
	gles->memory.image = EGL_NO_IMAGE_KHR;
	snprintf(gles->folder, sizeof(gles->folder), "%s/shaders", data);
	ret = egl_init(&gles->egl, device ? device->fd : -1, why);
	if (ret) {
		gles_destroy(gles);
		return ret;
	}
	*out = gles;
	return 0;
}

void gles_destroy(struct gles *gles)
{
	if (!gles)
		return;
	if (gles->egl.context != EGL_NO_CONTEXT) {
		egl_target_finish(&gles->egl, &gles->memory);
		for (int i = 0; i < BRUSHES; i++)
			glDeleteProgram(gles->brushes[i]);
		glDeleteTextures(1, &gles->sprite);
	}
	egl_finish(&gles->egl);
	free(gles);
}

static void release(struct buffer_memory *base)
{
	struct gles_memory *memory = (struct gles_memory *)base;

	if (memory->kept)
		gbm_bo_unmap(memory->bo, memory->kept);
	egl_target_finish(&memory->gles->egl, &memory->target);
	if (memory->bo)
		gbm_bo_destroy(memory->bo);
	free(memory);
}

/*
 * Mesa's winsys for dumb buffers unmaps one when the last who draws into it is done (kms_sw_displaytarget_unmap()), and the next
 * frame faults all pages in again. A mapping that stays, for reading only, spares that.
 */
static void keep_mapped(struct gles_memory *memory, uint32_t width, uint32_t height)
{
	const char *renderer = (const char *)glGetString(GL_RENDERER);
	uint32_t stride;

	if (renderer && strstr(renderer, "llvmpipe"))
		gbm_bo_map(memory->bo, 0, 0, width, height, GBM_BO_TRANSFER_READ, &stride,
			   &memory->kept);
}

/* All but the framebuffer. */
static int make_memory(struct gles *gles, struct buffer *buffer, uint32_t width, uint32_t height,
		       uint32_t format, const char **why)
{
	struct gles_memory *memory = calloc(1, sizeof(*memory));
	int ret;

	buffer_init(buffer, gles->device, ORIGIN_DUMB, width, height, format);
	*why = "have a buffer of GBM's";
	if (!memory)
		return -ENOMEM;
	*memory = (struct gles_memory){ .memory.release = release, .gles = gles };
	memory->target.image = EGL_NO_IMAGE_KHR;
	memory->bo = gbm_bo_create(gles->egl.gbm, width, height, format,
				   GBM_BO_USE_SCANOUT | GBM_BO_USE_RENDERING);
	if (!memory->bo) {
		release(&memory->memory);
		return -ENOMEM;
	}
	*why = "draw into a buffer of GBM's";
	ret = egl_target_init(&gles->egl, memory->bo, &memory->target);
	keep_mapped(memory, width, height);
	buffer->memory = &memory->memory;
	buffer->handle = gbm_bo_get_handle(memory->bo).u32;
	buffer->stride = gbm_bo_get_stride(memory->bo);
	buffer->size = (uint64_t)buffer->stride * height;
	if (ret)
		buffer_destroy(buffer);
	return ret;
}

int gles_buffer(struct gles *gles, struct buffer *buffer, uint32_t width, uint32_t height,
		uint32_t format, const char **why)
{
	int ret = make_memory(gles, buffer, width, height, format, why);

	if (ret)
		return ret;
	buffer_ask_resource(buffer);
	*why = "make a framebuffer";
	ret = buffer_add_framebuffer(buffer);
	if (ret)
		buffer_destroy(buffer);
	return ret;
}

/* --- drawing ---------------------------------------------------------------------------------- */

/* A frame being drawn. */
struct frame {
	struct gles *gles;
	uint32_t id, width, height;
};

/* Compiling them takes a while, so those that are not used are not. Returns 0 or -EINVAL. */
static int load_brush(struct gles *gles, enum brush brush)
{
	GLuint *program = &gles->brushes[brush];

	if (!*program)
		*program = shader_program(gles->folder, "place", brush_files[brush]);
	return *program ? 0 : -EINVAL;
}

static void draw_area(const struct picture_area *area)
{
	GLfloat left = (GLfloat)area->x, top = (GLfloat)area->y;
	GLfloat right = left + (GLfloat)area->width, bottom = top + (GLfloat)area->height;
	const GLfloat corners[] = { left, top, right, top, left, bottom, right, bottom };

	glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 0, corners);
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
}

/* A uniform that the shaders do not have is passed over. */
static GLuint take_brush(const struct frame *frame, enum brush brush)
{
	GLuint program = frame->gles->brushes[brush];

	glUseProgram(program);
	glUniform2f(glGetUniformLocation(program, "size"), (GLfloat)frame->width,
		    (GLfloat)frame->height);
	glUniform1f(glGetUniformLocation(program, "frame"),
		    (GLfloat)(frame->id % ANIMATION_PERIOD));
	return program;
}

static void draw_flat(GLuint program, uint32_t colour, uint32_t alpha,
		      const struct picture_area *area)
{
	glUniform4f(glGetUniformLocation(program, "colour"), (GLfloat)(colour >> 16 & 0xff) / 255,
		    (GLfloat)(colour >> 8 & 0xff) / 255, (GLfloat)(colour & 0xff) / 255,
		    (GLfloat)alpha / 255);
	draw_area(area);
}

static bool meet(const struct picture_area *a, const struct picture_area *b)
{
	return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height &&
	       b->y < a->y + a->height;
}

/* Those that reach into @area. */
static void draw_windows(const struct frame *frame, const struct picture_area *area)
{
	GLuint program = take_brush(frame, BRUSH_FLAT);

	glEnable(GL_BLEND);
	/* What is opaque stays so. */
	glBlendFuncSeparate(GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA, GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
	for (int i = 0; i < ANIMATION_WINDOWS; i++) {
		struct animation_window window =
			animation_window(frame->id, frame->width, frame->height, i);
		struct picture_area title = window.area, body = window.area;

		if (!meet(area, &window.area))
			continue;
		title.height = window.title;
		body.y += window.title;
		body.height -= window.title;
		draw_flat(program, 0xffffff, window.alpha, &title);
		draw_flat(program, window.colour, window.alpha, &body);
	}
	glDisable(GL_BLEND);
}

static enum brush brush_of(enum picture_image scene)
{
	if (scene == IMAGE_WINDOWS)
		return BRUSH_WINDOWS;
	return scene == IMAGE_RIPPLES ? BRUSH_RIPPLES : BRUSH_GRADIENT;
}

static void draw_scene(const struct frame *frame, enum picture_image scene,
		       const struct picture_area *area)
{
	const struct picture_area whole = { .width = frame->width, .height = frame->height };
	GLuint program = take_brush(frame, brush_of(scene));

	glUniform1f(glGetUniformLocation(program, "strip"),
		    (GLfloat)animation_strip(frame->width, frame->height).y);
	draw_area(&whole);
	if (scene == IMAGE_WINDOWS)
		draw_windows(frame, area);
}

/* What @area has of the number in row 0 (picture.h), which must be exact. */
static void draw_number(const struct frame *frame, const struct picture_area *area)
{
	if (area->y || !area->height)
		return;
	for (uint32_t x = area->x; x < NUMBER_BITS && x < area->x + area->width; x++) {
		GLfloat value = (GLfloat)(frame->id >> x & 1);

		glScissor((GLint)x, 0, 1, 1);
		glClearColor(value, value, value, 1);
		glClear(GL_COLOR_BUFFER_BIT);
	}
}

static void begin(const struct frame *frame)
{
	glViewport(0, 0, (GLsizei)frame->width, (GLsizei)frame->height);
	glEnableVertexAttribArray(0);
	glDisable(GL_DITHER);
}

/* Into the current framebuffer. */
static int draw(const struct frame *frame, enum picture_image scene,
		const struct picture_area *areas, int count)
{
	int ret = load_brush(frame->gles, brush_of(scene));

	if (!ret && scene == IMAGE_WINDOWS)
		ret = load_brush(frame->gles, BRUSH_FLAT);
	if (ret)
		return ret;
	begin(frame);
	glEnable(GL_SCISSOR_TEST);
	for (int i = 0; i < count; i++) {
		const struct picture_area *area = &areas[i];

		glScissor((GLint)area->x, (GLint)area->y, (GLsizei)area->width,
			  (GLsizei)area->height);
		draw_scene(frame, scene, area);
		draw_number(frame, area);
	}
	glDisable(GL_SCISSOR_TEST);
	glFinish();
	return glGetError() == GL_NO_ERROR ? 0 : -EIO;
}

int gles_paint(struct gles *gles, struct buffer *buffer, enum picture_image scene, uint32_t id,
	       const struct picture_area *areas, int count)
{
	const struct gles_memory *memory = (const struct gles_memory *)buffer->memory;
	const struct frame frame = { gles, id, buffer->width, buffer->height };

	glBindFramebuffer(GL_FRAMEBUFFER, memory->target.framebuffer);
	return draw(&frame, scene, areas, count);
}

int gles_warm(struct device *device, const char *data, uint32_t format)
{
	/* Large enough for all that the scene has. */
	const struct picture_area whole = { .width = 640, .height = 480 };
	struct buffer buffer;
	struct gles *gles;
	const char *why;
	int ret = gles_create(device, data, &gles, &why);

	if (ret)
		return ret;
	ret = make_memory(gles, &buffer, whole.width, whole.height, format, &why);
	if (!ret) {
		ret = gles_paint(gles, &buffer, IMAGE_WINDOWS, 1, &whole, 1);
		buffer_destroy(&buffer);
	}
	gles_destroy(gles);
	return ret;
}

/* --- a sprite over it ------------------------------------------------------------------------- */

static void load_sprite(struct gles *gles, const struct cursor_image *image)
{
	if (!gles->sprite)
		glGenTextures(1, &gles->sprite);
	glBindTexture(GL_TEXTURE_2D, gles->sprite);
	if (gles->image == image)
		return;
	gles->image = image;
	/* What GLES 2 asks of a texture whose sides are no powers of two. */
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, (GLsizei)image->width, (GLsizei)image->height, 0,
		     GL_RGBA, GL_UNSIGNED_BYTE, image->pixels);
}

int gles_sprite(struct gles *gles, struct buffer *buffer, const struct cursor_image *image,
		int32_t x, int32_t y)
{
	const struct gles_memory *memory = (const struct gles_memory *)buffer->memory;
	const struct frame frame = { gles, 0, buffer->width, buffer->height };
	struct picture_area area = cursor_image_area(image, x, y, buffer->width, buffer->height);
	int ret = load_brush(gles, BRUSH_SPRITE);
	GLuint program;

	if (ret)
		return ret;
	glBindFramebuffer(GL_FRAMEBUFFER, memory->target.framebuffer);
	begin(&frame);
	load_sprite(gles, image);
	program = take_brush(&frame, BRUSH_SPRITE);
	glUniform2f(glGetUniformLocation(program, "origin"), (GLfloat)x, (GLfloat)y);
	glUniform2f(glGetUniformLocation(program, "extent"), (GLfloat)image->width,
		    (GLfloat)image->height);
	glEnable(GL_BLEND);
	/* Its colours are premultiplied; what is below stays opaque. */
	glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
	draw_area(&area);
	glDisable(GL_BLEND);
	glFinish();
	return glGetError() == GL_NO_ERROR ? 0 : -EIO;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* The current framebuffer. GLES has red first in memory, which is blue in XRGB8888. */
static void read_pixels(uint32_t width, uint32_t height, uint32_t *pixels)
{
	glReadPixels(0, 0, (GLsizei)width, (GLsizei)height, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
	for (size_t i = 0; i < (size_t)width * height; i++)
		pixels[i] = (pixels[i] & 0xff00ff00u) | (pixels[i] & 0xff) << 16 |
			    (pixels[i] >> 16 & 0xff);
}

int gles_read(struct gles *gles, const struct buffer *buffer, uint32_t *pixels)
{
	const struct gles_memory *memory = (const struct gles_memory *)buffer->memory;

	(void)gles;
	glBindFramebuffer(GL_FRAMEBUFFER, memory->target.framebuffer);
	read_pixels(buffer->width, buffer->height, pixels);
	return glGetError() == GL_NO_ERROR ? 0 : -EIO;
}

/* --- without a device ------------------------------------------------------------------------- */

static int resize_memory(struct gles *gles, uint32_t width, uint32_t height)
{
	struct egl_target *memory = &gles->memory;

	if (gles->memory_width == width && gles->memory_height == height)
		return 0;
	if (!memory->texture) {
		glGenTextures(1, &memory->texture);
		glGenFramebuffers(1, &memory->framebuffer);
	}
	gles->memory_width = width;
	gles->memory_height = height;
	glBindTexture(GL_TEXTURE_2D, memory->texture);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, (GLsizei)width, (GLsizei)height, 0, GL_RGBA,
		     GL_UNSIGNED_BYTE, NULL);
	glBindFramebuffer(GL_FRAMEBUFFER, memory->framebuffer);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, memory->texture,
			       0);
	return glCheckFramebufferStatus(GL_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE ? 0 : -EINVAL;
}

int gles_paint_memory(struct gles *gles, enum picture_image scene, uint32_t id, uint32_t width,
		      uint32_t height, const struct picture_area *areas, int count,
		      uint32_t *pixels)
{
	const struct frame frame = { gles, id, width, height };
	int ret = resize_memory(gles, width, height);

	if (ret)
		return ret;
	glBindFramebuffer(GL_FRAMEBUFFER, gles->memory.framebuffer);
	ret = draw(&frame, scene, areas, count);
	if (!ret && pixels)
		read_pixels(width, height, pixels);
	return ret;
}
