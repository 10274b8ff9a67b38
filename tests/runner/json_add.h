/* SPDX-License-Identifier: MIT */
/* Members of the object that is being built. */
#ifndef PLANESTORM_JSON_ADD_H
#define PLANESTORM_JSON_ADD_H

#include <json-glib/json-glib.h>

void json_add_string(JsonBuilder *json, const char *name, const char *value); /* NULL is null */
void json_add_int(JsonBuilder *json, const char *name, gint64 value);
void json_add_double(JsonBuilder *json, const char *name, double value);
void json_add_truth(JsonBuilder *json, const char *name, gboolean value);

/* Takes @value. */
void json_add_node(JsonBuilder *json, const char *name, JsonNode *value);

#endif
