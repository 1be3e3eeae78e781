/* The start of interfaces: the rules of vmnet.h's comments, and the parameters that come back, as vmnet-helper's
 * documentation shows them; so are the strings behind the keys. */
#include <stdio.h>
#include <string.h>

#include "interface.h"

#define MOST_INTERFACES 32

const char *vmnet_operation_mode_key = "vmnet_operation_mode";
const char *vmnet_mac_address_key = "vmnet_mac_address";
const char *vmnet_mtu_key = "vmnet_mtu";
const char *vmnet_max_packet_size_key = "vmnet_max_packet_size";
const char *vmnet_interface_id_key = "vmnet_interface_id";
const char *vmnet_estimated_packets_available_key = "vmnet_estimated_packets_available";
#if MACOS >= 1015
const char *vmnet_shared_interface_name_key = "vmnet_shared_interface_name";
const char *vmnet_allocate_mac_address_key = "vmnet_allocate_mac_address";
const char *vmnet_start_address_key = "vmnet_start_address";
const char *vmnet_end_address_key = "vmnet_end_address";
const char *vmnet_subnet_mask_key = "vmnet_subnet_mask";
const char *vmnet_nat66_prefix_key = "vmnet_nat66_prefix";
#endif
#if MACOS >= 1100
const char *vmnet_network_identifier_key = "vmnet_network_identifier";
const char *vmnet_enable_isolation_key = "vmnet_enable_isolation";
#endif
#if MACOS >= 1500
const char *vmnet_read_max_packets_key = "vmnet_read_max_packets";
const char *vmnet_write_max_packets_key = "vmnet_write_max_packets";
#endif

#if MACOS >= 1015
static bool is_private(const char *address)
{
	unsigned a, b, c, d;
	char rest;
	return sscanf(address, "%u.%u.%u.%u%c", &a, &b, &c, &d, &rest) == 4 && b < 256 && c < 256 && d < 256 &&
	    (a == 10 || (a == 172 && b >= 16 && b < 32) || (a == 192 && b == 168));
}

#endif

/* The rules of vmnet.h's comments. */
static vmnet_return_t check(xpc_object_t description, uint64_t mode, char *lan, size_t room)
{
	snprintf(lan, room, "mode %llu", (unsigned long long)mode);
	if (mode < VMNET_HOST_MODE || mode > VMNET_BRIDGED_MODE)
		return VMNET_INVALID_ARGUMENT;
#if MACOS >= 1015
	const char *name = xpc_dictionary_get_string(description, vmnet_shared_interface_name_key);
	const char *start = xpc_dictionary_get_string(description, vmnet_start_address_key);
	const char *end = xpc_dictionary_get_string(description, vmnet_end_address_key);
	const char *mask = xpc_dictionary_get_string(description, vmnet_subnet_mask_key);
	const char *prefix = xpc_dictionary_get_string(description, vmnet_nat66_prefix_key);
	if (mode == VMNET_BRIDGED_MODE) {
		if (name == NULL || (strcmp(name, "en0") != 0 && strcmp(name, "en1") != 0))
			return VMNET_INVALID_ARGUMENT;
		if (xpc_dictionary_get_uint64(description, vmnet_mtu_key) != 0)
			return VMNET_INVALID_ARGUMENT;
		snprintf(lan, room, "NIC %s", name);
	}
	if ((start != NULL) != (end != NULL) || (start != NULL) != (mask != NULL))
		return VMNET_INVALID_ARGUMENT;
	if (start != NULL) {
		if (!is_private(start) || !is_private(end))
			return VMNET_INVALID_ARGUMENT;
		snprintf(lan, room, "subnet of %s", start);
	}
	if (prefix != NULL && (mode != VMNET_SHARED_MODE || strncmp(prefix, "fd", 2) != 0))
		return VMNET_INVALID_ARGUMENT;
#else
	(void)description;
	if (mode == VMNET_BRIDGED_MODE)
		return VMNET_INVALID_ARGUMENT;
#endif
#if MACOS >= 1100
	const uint8_t *id = xpc_dictionary_get_uuid(description, vmnet_network_identifier_key);
	if (id != NULL && mode != VMNET_HOST_MODE)
		return VMNET_INVALID_ARGUMENT;
	if (id != NULL)
		snprintf(lan, room, "network %02x%02x", id[0], id[15]);
#endif
	return VMNET_SUCCESS;
}

static xpc_object_t parameters(interface_ref interface, xpc_object_t description)
{
	xpc_object_t p = xpc_dictionary_create(NULL, NULL, 0);
	uint64_t mtu = xpc_dictionary_get_uint64(description, vmnet_mtu_key);
	xpc_dictionary_set_uint64(p, vmnet_mtu_key, mtu == 0 ? 1500 : mtu);
	xpc_dictionary_set_uint64(p, vmnet_max_packet_size_key, interface->max_packet);
	const uint8_t *id = xpc_dictionary_get_uuid(description, vmnet_interface_id_key);
	const uuid_t own = {0x28, 0x35, 0xe0, 0x74, 0x98, 0x92, 0x4a, 0x79, 0xaf, 0xfb, 0x7e, 0x41, 0xd2, 0x60, 0x56, 0x78};
	xpc_dictionary_set_uuid(p, vmnet_interface_id_key, id == NULL ? own : id);
	xpc_dictionary_set_string(p, vmnet_mac_address_key, "0a:d6:36:c1:ea:f3");
#if MACOS >= 1015
	if (interface->mode != VMNET_BRIDGED_MODE) {
		const char *start = xpc_dictionary_get_string(description, vmnet_start_address_key);
		const char *end = xpc_dictionary_get_string(description, vmnet_end_address_key);
		const char *mask = xpc_dictionary_get_string(description, vmnet_subnet_mask_key);
		xpc_dictionary_set_string(p, vmnet_start_address_key, start == NULL ? "192.168.105.1" : start);
		xpc_dictionary_set_string(p, vmnet_end_address_key, end == NULL ? "192.168.105.254" : end);
		xpc_dictionary_set_string(p, vmnet_subnet_mask_key, mask == NULL ? "255.255.255.0" : mask);
	}
	if (interface->mode == VMNET_SHARED_MODE) {
		const char *prefix = xpc_dictionary_get_string(description, vmnet_nat66_prefix_key);
		xpc_dictionary_set_string(p, vmnet_nat66_prefix_key, prefix == NULL ? "fd9b:5a14:ba57:e3d3::" : prefix);
	}
#endif
#if MACOS >= 1500
	xpc_dictionary_set_uint64(p, vmnet_read_max_packets_key, MOST_PACKETS);
	xpc_dictionary_set_uint64(p, vmnet_write_max_packets_key, MOST_PACKETS);
#endif
	return p;
}

static dispatch_queue_t kept_queue;
static block_t kept_handler;
static vmnet_return_t kept_status;
static xpc_object_t kept_object;

/* One only. */
static void keep_back(dispatch_queue_t queue, block_t handler, vmnet_return_t status, xpc_object_t object)
{
	kept_queue = queue;
	dispatch_retain(queue);
	kept_handler = _Block_copy(handler);
	kept_status = status;
	kept_object = object == NULL ? NULL : xpc_retain(object);
}

void sim_answer(void)
{
	if (kept_handler == NULL)
		sim_misuse("no completion is kept back");
	sim_call(kept_queue, kept_handler, SIM_STATUS_AND_OBJECT, kept_status, kept_object, 0);
	_Block_release(kept_handler);
	dispatch_release(kept_queue);
	if (kept_object != NULL)
		xpc_release(kept_object);
	kept_handler = NULL;
}

interface_ref sim_start(xpc_object_t description, uint64_t mode, dispatch_queue_t queue, block_t handler)
{
	if (queue == NULL || handler == NULL)
		sim_misuse("vmnet_start_interface: NULL");
	sim_remember_start(description);
	char lan[64];
	vmnet_return_t status = check(description, mode, lan, sizeof(lan));
	if (sim_live(SIM_INTERFACE) >= MOST_INTERFACES)
		status = VMNET_MEM_FAILURE;
	if (sim_wanted(SIM_START_STATUS) != 0)
		status = (vmnet_return_t)sim_wanted(SIM_START_STATUS);
	int64_t null = sim_wanted(SIM_START_NULL);
	if (null == 2)
		return NULL;
	/* A handle that is of no use, as where the completion then tells of a failure. */
	static struct vmnet_interface failed = {.lock = PTHREAD_MUTEX_INITIALIZER, .tap = -1};
	interface_ref interface = status == VMNET_SUCCESS && null == 0 ? sim_create(description, mode, lan) : &failed;
	xpc_object_t told = NULL;
	if (status == VMNET_SUCCESS && null == 0 && !sim_wanted(SIM_START_NO_PARAMETERS))
		told = parameters(interface, description);
	int64_t ms = sim_wanted(SIM_START_DELAY);
	if (ms >= 0)
		sim_call(queue, handler, SIM_STATUS_AND_OBJECT, status, told, ms);
	else
		keep_back(queue, handler, status, told);
	if (told != NULL)
		xpc_release(told);
	return null != 0 ? NULL : interface;
}

interface_ref vmnet_start_interface(xpc_object_t description, dispatch_queue_t queue,
    vmnet_start_interface_completion_handler_t handler)
{
	return sim_start(description, xpc_dictionary_get_uint64(description, vmnet_operation_mode_key), queue, handler);
}

#if MACOS >= 1015
xpc_object_t vmnet_copy_shared_interface_list(void)
{
	if (sim_wanted(SIM_LIST_NULL))
		return NULL;
	xpc_object_t names[] = {xpc_string_create("en0"), xpc_string_create("en1")};
	xpc_object_t list = xpc_array_create(names, 2);
	xpc_release(names[0]);
	xpc_release(names[1]);
	return list;
}
#endif
