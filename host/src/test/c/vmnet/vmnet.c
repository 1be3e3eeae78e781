/* Interfaces: events, reading, writing, the end. What vmnet.h does not say is from QEMU's net/vmnet-common.m (one vector
 * a packet, or VMNET_INVALID_ARGUMENT) and vmnet-helper's helper.c (sizes and vectors agree). */
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "interface.h"

#define MAX_PACKET 1514

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct vmnet_interface *interfaces;
static struct packet *taken[QUEUED];
static unsigned taken_head, taken_tail;

bool sim_is_running(interface_ref interface)
{
	if (interface == NULL)
		sim_misuse("an interface is NULL");
	pthread_mutex_lock(&interface->lock);
	bool running = interface->running;
	pthread_mutex_unlock(&interface->lock);
	if (!running)
		sim_happened(SIM_CALLS_AFTER_STOP);
	return running;
}

interface_ref sim_interface(void)
{
	pthread_mutex_lock(&lock);
	interface_ref interface = interfaces;
	while (interface != NULL && !interface->running)
		interface = interface->next;
	pthread_mutex_unlock(&lock);
	return interface;
}

/* Holds the interface's lock. */
static void tell(interface_ref interface, uint64_t estimated)
{
	if (interface->events_block == NULL)
		return;
	xpc_object_t event = xpc_dictionary_create(NULL, NULL, 0);
	xpc_dictionary_set_uint64(event, vmnet_estimated_packets_available_key, estimated);
	sim_call(interface->events_queue, interface->events_block, SIM_STATUS_AND_OBJECT,
	    VMNET_INTERFACE_PACKETS_AVAILABLE, event, 0);
	xpc_release(event);
	sim_happened(SIM_EVENTS);
}

void sim_event(interface_ref interface)
{
	pthread_mutex_lock(&interface->lock);
	tell(interface, 1);
	pthread_mutex_unlock(&interface->lock);
}

/* Told when the first packet comes, and not again before all were read. */
bool sim_arrive(interface_ref interface, const void *bytes, size_t length)
{
	struct packet *packet = malloc(sizeof(*packet) + length);
	packet->length = length;
	memcpy(packet->bytes, bytes, length);
	pthread_mutex_lock(&interface->lock);
	bool room = interface->running && interface->tail - interface->head < QUEUED;
	if (room) {
		interface->packets[interface->tail++ % QUEUED] = packet;
		if (interface->tail - interface->head == 1 && !sim_wanted(SIM_EVENTS_LOST))
			tell(interface, 1);
	}
	pthread_mutex_unlock(&interface->lock);
	if (!room)
		free(packet);
	return room;
}

int64_t sim_taken(void *bytes, size_t room)
{
	pthread_mutex_lock(&lock);
	struct packet *packet = taken_head == taken_tail ? NULL : taken[taken_head++ % QUEUED];
	pthread_mutex_unlock(&lock);
	if (packet == NULL)
		return -1;
	int64_t length = (int64_t)packet->length;
	if (bytes != NULL)
		memcpy(bytes, packet->bytes, packet->length < room ? packet->length : room);
	free(packet);
	return length;
}

static void keep(const void *bytes, size_t length)
{
	struct packet *packet = malloc(sizeof(*packet) + length);
	packet->length = length;
	memcpy(packet->bytes, bytes, length);
	pthread_mutex_lock(&lock);
	if (taken_tail - taken_head == QUEUED)
		free(taken[taken_head++ % QUEUED]);
	taken[taken_tail++ % QUEUED] = packet;
	pthread_mutex_unlock(&lock);
}

static void *read_tap(void *arg)
{
	interface_ref interface = arg;
	unsigned char frame[65536];
	struct pollfd ready = {interface->tap, POLLIN, 0};
	while (true) {
		pthread_mutex_lock(&interface->lock);
		bool running = interface->running;
		pthread_mutex_unlock(&interface->lock);
		if (!running)
			return NULL;
		if (poll(&ready, 1, 20) <= 0)
			continue;
		ssize_t length = read(interface->tap, frame, sizeof(frame));
		if (length > 0)
			sim_arrive(interface, frame, (size_t)length);
	}
}

/* Whoever is on the same LAN gets it, but for who is isolated and who sent it. */
static void deliver(interface_ref from, const void *bytes, size_t length)
{
	keep(bytes, length);
	if (from->tap >= 0) {
		if (write(from->tap, bytes, length) < 0)
			perror("vmnet simulator: tap");
		return;
	}
	pthread_mutex_lock(&lock);
	interface_ref others = interfaces;
	pthread_mutex_unlock(&lock);
	for (interface_ref to = others; to != NULL; to = to->next)
		if (to != from && to->mode == from->mode && !to->isolated && !from->isolated && to->tap < 0 &&
		    strcmp(to->lan, from->lan) == 0)
			sim_arrive(to, bytes, length);
}

interface_ref sim_create(xpc_object_t description, uint64_t mode, const char *lan)
{
	interface_ref interface = calloc(1, sizeof(*interface));
	pthread_mutex_init(&interface->lock, NULL);
	interface->running = true;
	interface->mode = mode;
	snprintf(interface->lan, sizeof(interface->lan), "%s", lan);
	uint64_t mtu = xpc_dictionary_get_uint64(description, vmnet_mtu_key);
	interface->max_packet = mtu == 0 ? MAX_PACKET : mtu + 14;
	if (sim_wanted(SIM_MAX_PACKET_SIZE) != 0)
		interface->max_packet = (size_t)sim_wanted(SIM_MAX_PACKET_SIZE);
#if MACOS >= 1100
	interface->isolated = xpc_dictionary_get_bool(description, vmnet_enable_isolation_key);
#endif
	interface->tap = sim_open_tap();
	if (interface->tap >= 0 && pthread_create(&interface->tap_thread, NULL, read_tap, interface) != 0)
		sim_misuse("no thread");
	pthread_mutex_lock(&lock);
	interface->next = interfaces;
	interfaces = interface;
	pthread_mutex_unlock(&lock);
	sim_lives(SIM_INTERFACE, 1);
	return interface;
}

vmnet_return_t vmnet_interface_set_event_callback(interface_ref interface, interface_event_t mask,
    dispatch_queue_t queue, vmnet_interface_event_callback_t callback)
{
	if (!sim_is_running(interface))
		return VMNET_INVALID_ACCESS;
	if (sim_wanted(SIM_EVENTS_STATUS) != 0)
		return (vmnet_return_t)sim_wanted(SIM_EVENTS_STATUS);
	if ((queue == NULL) != (callback == NULL) || mask != VMNET_INTERFACE_PACKETS_AVAILABLE)
		return VMNET_INVALID_ARGUMENT;
	block_t copy = callback == NULL ? NULL : _Block_copy(callback);
	if (queue != NULL)
		dispatch_retain(queue);
	pthread_mutex_lock(&interface->lock);
	block_t old = interface->events_block;
	dispatch_queue_t old_queue = interface->events_queue;
	interface->events_block = copy;
	interface->events_queue = queue;
	if (interface->tail != interface->head)
		tell(interface, interface->tail - interface->head);
	pthread_mutex_unlock(&interface->lock);
	if (old != NULL) {
		if (callback == NULL && sim_wanted(SIM_LATE_EVENTS) != 0)
			interface->late_block = _Block_copy(old);
		_Block_release(old);
		dispatch_release(old_queue);
	}
	return VMNET_SUCCESS;
}

static vmnet_return_t check_packets(interface_ref interface, int fault, struct vmpktdesc *packets, int *count)
{
	if (!sim_is_running(interface))
		return VMNET_INVALID_ACCESS;
	if (sim_wanted(fault) != 0)
		return (vmnet_return_t)sim_wanted(fault);
	if (packets == NULL || count == NULL || *count <= 0)
		return VMNET_INVALID_ARGUMENT;
	int64_t limit = sim_wanted(SIM_PACKETS_LIMIT);
	if (*count > (limit == 0 ? MOST_PACKETS : limit))
		return VMNET_TOO_MANY_PACKETS;
	for (int i = 0; i < *count; i++)
		if (packets[i].vm_pkt_iovcnt != 1 || packets[i].vm_pkt_iov == NULL || packets[i].vm_flags != 0 ||
		    packets[i].vm_pkt_iov[0].iov_base == NULL ||
		    packets[i].vm_pkt_iov[0].iov_len != packets[i].vm_pkt_size)
			return VMNET_INVALID_ARGUMENT;
	return VMNET_SUCCESS;
}

vmnet_return_t vmnet_read(interface_ref interface, struct vmpktdesc *packets, int *count)
{
	sim_happened(SIM_READS);
	vmnet_return_t status = check_packets(interface, SIM_READ_STATUS, packets, count);
	if (status != VMNET_SUCCESS)
		return status;
	sim_most(SIM_LARGEST_READ, *count);
	int64_t most = sim_wanted(SIM_READ_MOST);
	int64_t said = sim_wanted(SIM_READ_SIZE);
	int got = 0;
	pthread_mutex_lock(&interface->lock);
	while (got < *count && interface->head != interface->tail && (most == 0 || got < most)) {
		struct packet *packet = interface->packets[interface->head++ % QUEUED];
		struct iovec *vector = packets[got].vm_pkt_iov;
		if (vector->iov_len < interface->max_packet)
			sim_misuse("vmnet_read: a buffer is shorter than vmnet_max_packet_size");
		size_t length = packet->length < vector->iov_len ? packet->length : vector->iov_len;
		memcpy(vector->iov_base, packet->bytes, length);
		packets[got].vm_pkt_size = said == 0 ? packet->length : (size_t)said;
		packets[got].vm_flags = 0x5a; /* whatever it was: it must be 0 for the next read */
		got++;
		free(packet);
	}
	pthread_mutex_unlock(&interface->lock);
	*count = got;
	return VMNET_SUCCESS;
}

vmnet_return_t vmnet_write(interface_ref interface, struct vmpktdesc *packets, int *count)
{
	sim_happened(SIM_WRITES);
	vmnet_return_t status = check_packets(interface, SIM_WRITE_STATUS, packets, count);
	if (status != VMNET_SUCCESS)
		return status;
	for (int i = 0; i < *count; i++)
		if (packets[i].vm_pkt_size > interface->max_packet)
			return VMNET_PACKET_TOO_BIG;
	sim_most(SIM_LARGEST_WRITE, *count);
	int64_t most = sim_wanted(SIM_WRITE_MOST);
	int64_t room = sim_wanted(SIM_WRITE_ROOM);
	int written = 0;
	while (written < *count && (most == 0 || written < most)) {
		if (room != 0 && sim_count(SIM_PACKETS_WRITTEN) >= room) {
			*count = written;
			return VMNET_BUFFER_EXHAUSTED;
		}
		deliver(interface, packets[written].vm_pkt_iov[0].iov_base, packets[written].vm_pkt_size);
		sim_happened(SIM_PACKETS_WRITTEN);
		written++;
	}
	*count = written;
	return VMNET_SUCCESS;
}

vmnet_return_t vmnet_stop_interface(interface_ref interface, dispatch_queue_t queue,
    vmnet_interface_completion_handler_t handler)
{
	if (queue == NULL || handler == NULL)
		sim_misuse("vmnet_stop_interface: NULL");
	if (!sim_is_running(interface))
		return VMNET_INVALID_ACCESS;
	if (sim_wanted(SIM_STOP_STATUS) != 0)
		return (vmnet_return_t)sim_wanted(SIM_STOP_STATUS);
	pthread_mutex_lock(&interface->lock);
	interface->running = false;
	block_t events = interface->events_block;
	dispatch_queue_t events_queue = interface->events_queue;
	interface->events_block = NULL;
	interface->events_queue = NULL;
	while (interface->head != interface->tail)
		free(interface->packets[interface->head++ % QUEUED]);
	pthread_mutex_unlock(&interface->lock);
	if (interface->tap >= 0) {
		pthread_join(interface->tap_thread, NULL);
		close(interface->tap);
	}
	sim_forget_rules(interface);
	int64_t completion = sim_wanted(SIM_STOP_COMPLETION);
	if (completion >= 0)
		sim_call(queue, handler, SIM_STATUS, completion == 0 ? VMNET_SUCCESS : (uint32_t)completion, NULL, 0);
	block_t late = interface->late_block;
	if (late != NULL) {
		for (int64_t i = sim_wanted(SIM_LATE_EVENTS); i > 0; i--) {
			xpc_object_t event = xpc_dictionary_create(NULL, NULL, 0);
			sim_call(queue, late, SIM_STATUS_AND_OBJECT, VMNET_INTERFACE_PACKETS_AVAILABLE, event, 1);
			xpc_release(event);
			sim_happened(SIM_EVENTS);
		}
		_Block_release(late);
		interface->late_block = NULL;
	}
	if (events != NULL) {
		_Block_release(events);
		dispatch_release(events_queue);
	}
	sim_lives(SIM_INTERFACE, -1);
	return VMNET_SUCCESS;
}
