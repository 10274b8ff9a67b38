// SPDX-License-Identifier: MIT
// Rectangles by their corners in pixels; row 0 is the first one in memory.
attribute vec2 corner;
uniform vec2 size;

void main()
{
	gl_Position = vec4(corner / size * 2.0 - 1.0, 0.0, 1.0);
}
