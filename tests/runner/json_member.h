/* SPDX-License-Identifier: MIT */
/* JSON of another run's, perhaps another version's: what is missing or of another type is nothing. */
#ifndef PLANESTORM_JSON_MEMBER_H
#define PLANESTORM_JSON_MEMBER_H

#include <json-glib/json-glib.h>

/* A member of @object, which may be NULL; borrowed. Nothing is NULL, 0 and FALSE. */
JsonObject *json_member_object(JsonObject *object, const char *name);
JsonArray *json_member_array(JsonObject *object, const char *name);
const char *json_member_string(JsonObject *object, const char *name);
gint64 json_member_int(JsonObject *object, const char *name);
/* A number of things; one that is negative or huge is nothing. */
guint json_member_count(JsonObject *object, const char *name);
gboolean json_member_truth(JsonObject *object, const char *name);

/* The same of an element of @array, which may be NULL; below json_array_length(). */
JsonObject *json_element_object(JsonArray *array, guint i);

/* Names become folders: whether @name, which may be NULL, is none that leads elsewhere. */
gboolean json_names_folder(const char *name);

/* The number of elements, 0 of NULL. */
guint json_elements(JsonArray *array);

#endif
