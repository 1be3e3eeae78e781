#define _GNU_SOURCE
/* XPC's objects (xpc/xpc.h). As with XPC, an object that is NULL or of another kind than it must be ends the process. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

enum kind { DICTIONARY, ARRAY, BOOL, UINT64, STRING, UUID };

struct entry {
	char *key; /* NULL in arrays */
	xpc_object_t value;
	struct entry *next;
};

struct xpc_object_s {
	enum kind kind;
	int references;
	uint64_t number;
	char *string;
	uuid_t uuid;
	struct entry *entries;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static xpc_object_t create(enum kind kind)
{
	xpc_object_t object = calloc(1, sizeof(*object));
	object->kind = kind;
	object->references = 1;
	sim_lives(SIM_XPC, 1);
	return object;
}

static void must_be(xpc_object_t object, enum kind kind)
{
	if (object == NULL)
		sim_misuse("XPC: an object is NULL");
	if (object->references <= 0)
		sim_misuse("XPC: an object was released");
	if (object->kind != kind)
		sim_misuse("XPC: an object is of another kind");
}

xpc_object_t xpc_retain(xpc_object_t object)
{
	if (object == NULL)
		sim_misuse("XPC: an object is NULL");
	pthread_mutex_lock(&lock);
	object->references++;
	pthread_mutex_unlock(&lock);
	return object;
}

void xpc_release(xpc_object_t object)
{
	if (object == NULL)
		sim_misuse("XPC: an object is NULL");
	pthread_mutex_lock(&lock);
	int left = --object->references;
	pthread_mutex_unlock(&lock);
	if (left < 0)
		sim_misuse("XPC: an object was released too often");
	if (left > 0)
		return;
	struct entry *entry = object->entries;
	while (entry != NULL) {
		struct entry *next = entry->next;
		xpc_release(entry->value);
		free(entry->key);
		free(entry);
		entry = next;
	}
	free(object->string);
	memset(object, 0xdd, sizeof(*object));
	free(object);
	sim_lives(SIM_XPC, -1);
}

xpc_object_t xpc_dictionary_create(const char *const *keys, const xpc_object_t *values, size_t count)
{
	xpc_object_t dictionary = create(DICTIONARY);
	for (size_t i = 0; i < count; i++)
		xpc_dictionary_set_value(dictionary, keys[i], values[i]);
	return dictionary;
}

static struct entry **find(xpc_object_t dictionary, const char *key)
{
	must_be(dictionary, DICTIONARY);
	if (key == NULL)
		sim_misuse("XPC: a key is NULL");
	struct entry **at = &dictionary->entries;
	while (*at != NULL && strcmp((*at)->key, key) != 0)
		at = &(*at)->next;
	return at;
}

void xpc_dictionary_set_value(xpc_object_t dictionary, const char *key, xpc_object_t value)
{
	struct entry **at = find(dictionary, key);
	xpc_retain(value);
	if (*at != NULL) {
		xpc_release((*at)->value);
	} else {
		*at = calloc(1, sizeof(**at));
		(*at)->key = strdup(key);
	}
	(*at)->value = value;
}

static void put(xpc_object_t dictionary, const char *key, xpc_object_t value)
{
	xpc_dictionary_set_value(dictionary, key, value);
	xpc_release(value);
}

void xpc_dictionary_set_bool(xpc_object_t dictionary, const char *key, bool value)
{
	xpc_object_t object = create(BOOL);
	object->number = value;
	put(dictionary, key, object);
}

void xpc_dictionary_set_uint64(xpc_object_t dictionary, const char *key, uint64_t value)
{
	xpc_object_t object = create(UINT64);
	object->number = value;
	put(dictionary, key, object);
}

xpc_object_t xpc_string_create(const char *value)
{
	if (value == NULL)
		sim_misuse("XPC: a string is NULL");
	xpc_object_t object = create(STRING);
	object->string = strdup(value);
	return object;
}

void xpc_dictionary_set_string(xpc_object_t dictionary, const char *key, const char *value)
{
	put(dictionary, key, xpc_string_create(value));
}

void xpc_dictionary_set_uuid(xpc_object_t dictionary, const char *key, const uuid_t value)
{
	xpc_object_t object = create(UUID);
	memcpy(object->uuid, value, sizeof(uuid_t));
	put(dictionary, key, object);
}

xpc_object_t xpc_dictionary_get_value(xpc_object_t dictionary, const char *key)
{
	struct entry *entry = *find(dictionary, key);
	return entry == NULL ? NULL : entry->value;
}

/* "NULL/0/false if the value for the specified key is not of this type or if there is no value" */
static xpc_object_t get(xpc_object_t dictionary, const char *key, enum kind kind)
{
	xpc_object_t value = xpc_dictionary_get_value(dictionary, key);
	return value == NULL || value->kind != kind ? NULL : value;
}

bool xpc_dictionary_get_bool(xpc_object_t dictionary, const char *key)
{
	xpc_object_t value = get(dictionary, key, BOOL);
	return value != NULL && value->number != 0;
}

uint64_t xpc_dictionary_get_uint64(xpc_object_t dictionary, const char *key)
{
	xpc_object_t value = get(dictionary, key, UINT64);
	return value == NULL ? 0 : value->number;
}

const char *xpc_dictionary_get_string(xpc_object_t dictionary, const char *key)
{
	xpc_object_t value = get(dictionary, key, STRING);
	return value == NULL ? NULL : value->string;
}

const uint8_t *xpc_dictionary_get_uuid(xpc_object_t dictionary, const char *key)
{
	xpc_object_t value = get(dictionary, key, UUID);
	return value == NULL ? NULL : value->uuid;
}

xpc_object_t xpc_array_create(const xpc_object_t *objects, size_t count)
{
	xpc_object_t array = create(ARRAY);
	for (size_t i = 0; i < count; i++)
		xpc_array_append_value(array, objects[i]);
	return array;
}

void xpc_array_append_value(xpc_object_t array, xpc_object_t value)
{
	must_be(array, ARRAY);
	struct entry **at = &array->entries;
	while (*at != NULL)
		at = &(*at)->next;
	*at = calloc(1, sizeof(**at));
	(*at)->value = xpc_retain(value);
}

size_t xpc_array_get_count(xpc_object_t array)
{
	must_be(array, ARRAY);
	size_t count = 0;
	for (struct entry *entry = array->entries; entry != NULL; entry = entry->next)
		count++;
	return count;
}

xpc_object_t xpc_array_get_value(xpc_object_t array, size_t index)
{
	must_be(array, ARRAY);
	struct entry *entry = array->entries;
	while (entry != NULL && index-- > 0)
		entry = entry->next;
	if (entry == NULL)
		sim_misuse("XPC: an index is too large");
	return entry->value;
}

const char *xpc_array_get_string(xpc_object_t array, size_t index)
{
	xpc_object_t value = xpc_array_get_value(array, index);
	return value->kind == STRING ? value->string : NULL;
}

char *xpc_describe(xpc_object_t value)
{
	char *text = NULL;
	const uint8_t *u = value->uuid;
	int length = -1;
	switch (value->kind) {
	case BOOL:
		length = asprintf(&text, "bool %d", (int)value->number);
		break;
	case UINT64:
		length = asprintf(&text, "uint64 %llu", (unsigned long long)value->number);
		break;
	case STRING:
		length = asprintf(&text, "string %s", value->string);
		break;
	case UUID:
		length = asprintf(&text,
		    "uuid %02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", u[0], u[1], u[2], u[3],
		    u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11], u[12], u[13], u[14], u[15]);
		break;
	default:
		length = asprintf(&text, "another kind");
		break;
	}
	if (length < 0)
		sim_misuse("no memory");
	return text;
}
