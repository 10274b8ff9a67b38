// SPDX-License-Identifier: MIT
// ripples_pixel() of compositor/model/animation.c
precision highp float;
varying highp vec2 at;
uniform float frame;
uniform vec2 size;

float wave(float value)
{
	value = mod(value, 512.0);
	return value < 256.0 ? value : 511.0 - value;
}

float rings(vec2 p, vec2 centre)
{
	vec2 d = p - centre;

	return floor((d.x * d.x + d.y * d.y) / 256.0);
}

void main()
{
	vec2 p = floor(at);
	float quarter = floor(size.x / 4.0), middle = floor(size.y / 2.0);
	float one = wave(rings(p, vec2(quarter, middle)) - 4.0 * frame);
	float other = wave(rings(p, vec2(size.x - quarter, middle)) - 6.0 * frame);

	gl_FragColor = vec4(floor(one / 2.0), floor((one + other) / 2.0), 64.0 + floor(other / 2.0), 255.0) / 255.0;
}
