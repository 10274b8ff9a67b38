// SPDX-License-Identifier: MIT
// What is below the windows in windows_row() of compositor/model/animation.c
precision highp float;
varying highp vec2 at;
uniform float frame;
uniform vec2 size;
uniform float strip; // its first row

float wave(float value)
{
	value = mod(value, 512.0);
	return value < 256.0 ? value : 511.0 - value;
}

// The quotient of two whole numbers, without its fraction.
float part(float y, float of)
{
	return floor((y * of + 0.5) / size.y);
}

void main()
{
	vec2 p = floor(at);
	vec3 still = vec3(24.0 + part(p.y, 48.0), 28.0 + part(p.y, 40.0), 64.0 + part(p.y, 64.0));
	vec3 moving = vec3(wave(p.x + 8.0 * frame), 96.0, wave(2.0 * p.x + frame));

	gl_FragColor = vec4(p.y < strip ? still : moving, 255.0) / 255.0;
}
