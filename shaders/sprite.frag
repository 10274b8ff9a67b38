// SPDX-License-Identifier: MIT
// A picture over the scene; blend() of compositor/cursor/image.c
precision highp float;
varying highp vec2 at;
uniform sampler2D image; // of ARGB8888 in memory, whose first byte is blue
uniform vec2 origin; // of its left upper corner, pixels
uniform vec2 extent; // pixels

void main()
{
	gl_FragColor = texture2D(image, (at - origin) / extent).bgra;
}
