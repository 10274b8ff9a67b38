// SPDX-License-Identifier: MIT
// One colour, as translucent as its alpha says: a window.
precision highp float;
uniform vec4 colour;

void main()
{
	gl_FragColor = colour;
}
