/* An interface, within the simulator. */
#ifndef INTERFACE_H
#define INTERFACE_H

#include <pthread.h>

#include "sim.h"

#define QUEUED 4096
/* In one call; vmnet-helper's documentation shows it for newer systems. */
#define MOST_PACKETS 256

struct packet {
	size_t length;
	unsigned char bytes[];
};

/* Never freed, so that a call after the stop is told and does not crash. */
struct vmnet_interface {
	pthread_mutex_t lock;
	bool running;
	uint64_t mode;
	bool isolated;
	char lan[64];
	size_t max_packet;
	struct packet *packets[QUEUED];
	unsigned head, tail;
	dispatch_queue_t events_queue;
	block_t events_block;
	block_t late_block; /* of events that were disabled, for SIM_LATE_EVENTS */
	int tap;
	pthread_t tap_thread;
	struct vmnet_interface *next;
};

interface_ref sim_create(xpc_object_t description, uint64_t mode, const char *lan);

#endif
