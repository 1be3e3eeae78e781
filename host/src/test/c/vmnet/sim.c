/* Faults, counters, and what tests see. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

#define MOST_THREADS 256
#define MOST_SETTINGS 32

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int64_t faults[SIM_FAULTS];
static int64_t alive[SIM_KINDS];
static int64_t counters[SIM_COUNTERS];
static pthread_t threads[MOST_THREADS];
static char *started_keys[MOST_SETTINGS];
static char *started_values[MOST_SETTINGS];
static int started;
static char network[4096];

/* For a process of which a test sees only the outside: VMNET_SIMULATOR_FAULTS=0=1001,14=5 */
static void __attribute__((constructor)) faults_of_environment(void)
{
	const char *at = getenv("VMNET_SIMULATOR_FAULTS");
	int fault, length;
	long long value;
	while (at != NULL && sscanf(at, "%d=%lld%n", &fault, &value, &length) == 2 && fault >= 0 && fault < SIM_FAULTS) {
		faults[fault] = value;
		at = at[length] == ',' ? at + length + 1 : NULL;
	}
}

void sim_misuse(const char *what)
{
	fprintf(stderr, "vmnet simulator: %s\n", what);
	abort();
}

void sim_reset(void)
{
	pthread_mutex_lock(&lock);
	memset(faults, 0, sizeof(faults));
	memset(counters, 0, sizeof(counters));
	for (int i = 0; i < started; i++) {
		free(started_keys[i]);
		free(started_values[i]);
	}
	started = 0;
	network[0] = 0;
	pthread_mutex_unlock(&lock);
	sim_use_tap(NULL);
	while (sim_taken(NULL, 0) >= 0)
		continue;
}

void sim_fault(int fault, int64_t value)
{
	pthread_mutex_lock(&lock);
	faults[fault] = value;
	pthread_mutex_unlock(&lock);
}

int64_t sim_wanted(int fault)
{
	pthread_mutex_lock(&lock);
	int64_t value = faults[fault];
	pthread_mutex_unlock(&lock);
	return value;
}

int64_t sim_live(int kind)
{
	pthread_mutex_lock(&lock);
	int64_t value = alive[kind];
	pthread_mutex_unlock(&lock);
	return value;
}

void sim_lives(int kind, int change)
{
	pthread_mutex_lock(&lock);
	alive[kind] += change;
	pthread_mutex_unlock(&lock);
}

int64_t sim_count(int counter)
{
	pthread_mutex_lock(&lock);
	int64_t value = counters[counter];
	pthread_mutex_unlock(&lock);
	return value;
}

void sim_happened(int counter)
{
	pthread_mutex_lock(&lock);
	counters[counter]++;
	pthread_mutex_unlock(&lock);
}

void sim_most(int counter, int64_t value)
{
	pthread_mutex_lock(&lock);
	if (counters[counter] < value)
		counters[counter] = value;
	pthread_mutex_unlock(&lock);
}

void sim_note_thread(void)
{
	pthread_mutex_lock(&lock);
	int64_t count = counters[SIM_CALLBACK_THREADS];
	bool known = false;
	for (int64_t i = 0; i < count; i++)
		known = known || pthread_equal(threads[i], pthread_self());
	if (!known && count < MOST_THREADS) {
		threads[count] = pthread_self();
		counters[SIM_CALLBACK_THREADS]++;
	}
	pthread_mutex_unlock(&lock);
}

void sim_remember_start(xpc_object_t description)
{
	static const char *const keys[] = {"vmnet_operation_mode", "vmnet_shared_interface_name",
	    "vmnet_allocate_mac_address", "vmnet_mtu", "vmnet_interface_id", "vmnet_start_address", "vmnet_end_address",
	    "vmnet_subnet_mask", "vmnet_nat66_prefix", "vmnet_network_identifier", "vmnet_enable_isolation"};
	pthread_mutex_lock(&lock);
	for (int i = 0; i < started; i++) {
		free(started_keys[i]);
		free(started_values[i]);
	}
	started = 0;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		xpc_object_t value = xpc_dictionary_get_value(description, keys[i]);
		if (value != NULL) {
			started_keys[started] = strdup(keys[i]);
			started_values[started++] = xpc_describe(value);
		}
	}
	pthread_mutex_unlock(&lock);
}

const char *sim_started_with(const char *key)
{
	const char *value = NULL;
	pthread_mutex_lock(&lock);
	for (int i = 0; i < started; i++)
		if (strcmp(started_keys[i], key) == 0)
			value = started_values[i];
	pthread_mutex_unlock(&lock);
	return value;
}

void sim_remember_network(const char *format, ...)
{
	pthread_mutex_lock(&lock);
	size_t length = strlen(network);
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(network + length, sizeof(network) - length, format, arguments);
	va_end(arguments);
	pthread_mutex_unlock(&lock);
}

const char *sim_network(void)
{
	return network;
}
