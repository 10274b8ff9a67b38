// SPDX-License-Identifier: MIT
#include "tests/runner/json_member.h"

static JsonNode *member(JsonObject *object, const char *name)
{
	return object ? json_object_get_member(object, name) : NULL;
}

JsonObject *json_member_object(JsonObject *object, const char *name)
{
	JsonNode *node = member(object, name);

	return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

JsonArray *json_member_array(JsonObject *object, const char *name)
{
	JsonNode *node = member(object, name);

	return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

const char *json_member_string(JsonObject *object, const char *name)
{
	JsonNode *node = member(object, name);

	return node && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
}

gint64 json_member_int(JsonObject *object, const char *name)
{
	JsonNode *node = member(object, name);

	return node && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_int(node) : 0;
}

gboolean json_member_truth(JsonObject *object, const char *name)
{
	JsonNode *node = member(object, name);

	return node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_boolean(node);
}

JsonObject *json_element_object(JsonArray *array, guint i)
{
	JsonNode *node = json_array_get_element(array, i);

	return JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

guint json_elements(JsonArray *array)
{
	return array ? json_array_get_length(array) : 0;
}

guint json_member_count(JsonObject *object, const char *name)
{
	gint64 number = json_member_int(object, name);

	return number >= 0 && number <= G_MAXINT ? (guint)number : 0;
}

gboolean json_names_folder(const char *name)
{
	return name && *name && *name != '.' && !strchr(name, G_DIR_SEPARATOR);
}
