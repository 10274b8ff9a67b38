// SPDX-License-Identifier: MIT
// Rectangles by their corners in pixels; row 0 is the first one in memory.
attribute vec2 corner;
uniform vec2 size;
// Where in the picture, pixels; a pixel has it at its middle. Not gl_FragCoord, which GLSL ES 1.00 makes mediump: that can be as
// little as 16 bits, in which there are no halves above 1024.
varying vec2 place;

void main()
{
	place = corner;
	gl_Position = vec4(corner / size * 2.0 - 1.0, 0.0, 1.0);
}
