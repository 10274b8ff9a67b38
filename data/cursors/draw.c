// SPDX-License-Identifier: MIT
/*
 * Draws the cursor images of this folder:
 *
 *	cc draw.c $(pkg-config --cflags --libs cairo libpng) -lm -o /tmp/draw && /tmp/draw
 *
 * Each is a shape within a square of 24 units, white with a dark rim.
 */
#include <cairo.h>
#include <math.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNITS 24.0

static void polygon(cairo_t *cr, const double (*points)[2], int count)
{
	for (int i = 0; i < count; i++)
		cairo_line_to(cr, points[i][0], points[i][1]);
	cairo_close_path(cr);
}

static void bar(cairo_t *cr, double x, double y, double width, double height)
{
	double r = fmin(width, height) / 2;

	cairo_new_sub_path(cr);
	cairo_arc(cr, x + width - r, y + r, r, -M_PI / 2, 0);
	cairo_arc(cr, x + width - r, y + height - r, r, 0, M_PI / 2);
	cairo_arc(cr, x + r, y + height - r, r, M_PI / 2, M_PI);
	cairo_arc(cr, x + r, y + r, r, M_PI, 3 * M_PI / 2);
	cairo_close_path(cr);
}

static void arrow(cairo_t *cr)
{
	static const double points[][2] = { { 2, 1.5 },	 { 2, 18.5 },	{ 6.2, 14.6 }, { 8.9, 20.8 },
					    { 12, 19.4 }, { 9.3, 13.4 }, { 15, 13.2 } };

	polygon(cr, points, 7);
}

static void text(cairo_t *cr)
{
	bar(cr, 11, 3.5, 2, 17);
	bar(cr, 8, 2.5, 8, 2);
	bar(cr, 8, 19.5, 8, 2);
}

static void cross(cairo_t *cr)
{
	bar(cr, 2.5, 11, 7.5, 2);
	bar(cr, 14, 11, 7.5, 2);
	bar(cr, 11, 2.5, 2, 7.5);
	bar(cr, 11, 14, 2, 7.5);
}

static void hand(cairo_t *cr)
{
	bar(cr, 8, 2, 3.2, 13);
	bar(cr, 11.2, 7.5, 3, 8);
	bar(cr, 14.2, 8.3, 3, 8);
	bar(cr, 17.2, 9.3, 2.8, 7);
	static const double palm[][2] = { { 8, 12 },   { 20, 12 }, { 20, 16.5 }, { 18, 22 },
					  { 10, 22 }, { 4, 15 },  { 4.5, 13 },	{ 6.5, 13 } };

	polygon(cr, palm, 8);
}

static void wait(cairo_t *cr)
{
	static const double glass[][2] = { { 6, 4 },	  { 18, 4 }, { 18, 7 }, { 13.2, 12 },
					   { 18, 17 }, { 18, 20 }, { 6, 20 }, { 6, 17 },
					   { 10.8, 12 }, { 6, 7 } };

	polygon(cr, glass, 10);
	bar(cr, 5, 2.5, 14, 2.2);
	bar(cr, 5, 19.3, 14, 2.2);
}

static const struct shape {
	const char *name;
	void (*draw)(cairo_t *cr);
	double hot_x, hot_y;
} shapes[] = {
	{ "arrow", arrow, 2, 1.5 }, { "cross", cross, 12, 12 }, { "hand", hand, 9.6, 2 },
	{ "text", text, 12, 12 },   { "wait", wait, 12, 12 },
};

static const int sizes[] = { 24, 32, 48, 64 };

/* The rim is below, so that the parts of a shape become one. */
static cairo_surface_t *render(const struct shape *shape, int size)
{
	cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, size, size);
	cairo_t *cr = cairo_create(surface);

	cairo_scale(cr, size / UNITS, size / UNITS);
	shape->draw(cr);
	cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
	cairo_set_line_width(cr, 2);
	cairo_set_source_rgb(cr, 0.08, 0.09, 0.12);
	cairo_stroke_preserve(cr);
	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_fill(cr);
	cairo_destroy(cr);
	cairo_surface_flush(surface);
	return surface;
}

/* PNG's alpha is not premultiplied, and its red comes first. */
static void take_row(const unsigned char *from, unsigned char *to, int size)
{
	for (int x = 0; x < size; x++, from += 4, to += 4) {
		int alpha = from[3];

		for (int i = 0; i < 3; i++)
			to[i] = (unsigned char)(alpha ? (from[2 - i] * 255 + alpha / 2) / alpha : 0);
		to[3] = (unsigned char)alpha;
	}
}

static void save(const struct shape *shape, int size)
{
	cairo_surface_t *surface = render(shape, size);
	char path[64], hotspot[32];
	unsigned char row[4 * 256];
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png_create_info_struct(png);
	png_text text = { .compression = PNG_TEXT_COMPRESSION_NONE };
	FILE *file;

	snprintf(path, sizeof(path), "%s-%d.png", shape->name, size);
	snprintf(hotspot, sizeof(hotspot), "%d,%d", (int)(shape->hot_x * size / UNITS),
		 (int)(shape->hot_y * size / UNITS));
	text.key = (char *)"Hotspot";
	text.text = hotspot;
	text.text_length = strlen(hotspot);
	file = fopen(path, "wb");
	if (!file || setjmp(png_jmpbuf(png))) {
		fprintf(stderr, "cannot write %s\n", path);
		exit(1);
	}
	png_init_io(png, file);
	png_set_compression_level(png, 9);
	png_set_IHDR(png, info, (png_uint_32)size, (png_uint_32)size, 8, PNG_COLOR_TYPE_RGBA,
		     PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_set_text(png, info, &text, 1);
	png_write_info(png, info);
	for (int y = 0; y < size; y++) {
		take_row(cairo_image_surface_get_data(surface) +
				 y * cairo_image_surface_get_stride(surface),
			 row, size);
		png_write_row(png, row);
	}
	png_write_end(png, info);
	png_destroy_write_struct(&png, &info);
	fclose(file);
	cairo_surface_destroy(surface);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		for (size_t j = 0; j < sizeof(sizes) / sizeof(sizes[0]); j++)
			save(&shapes[i], sizes[j]);
	save(&shapes[0], 128);
	return 0;
}
