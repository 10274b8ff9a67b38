// SPDX-License-Identifier: MIT
// gradient_pixel() of compositor/model/animation.c
precision highp float;
varying highp vec2 at;
uniform float frame;

float wave(float value)
{
	value = mod(value, 512.0);
	return value < 256.0 ? value : 511.0 - value;
}

void main()
{
	vec2 p = floor(at);

	gl_FragColor = vec4(wave(p.x + 2.0 * frame), wave(p.y + frame), wave(p.x + p.y + 3.0 * frame), 255.0) / 255.0;
}
