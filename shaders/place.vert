// SPDX-License-Identifier: MIT
// Rectangles by their corners in pixels; row 0 is the first one in memory.
attribute vec2 corner;
uniform vec2 size;
// Where each pixel is, at its centre: gl_FragCoord has but ten bits in GLSL ES 1.00 (mediump).
varying highp vec2 at;

void main()
{
	at = corner;
	gl_Position = vec4(corner / size * 2.0 - 1.0, 0.0, 1.0);
}
