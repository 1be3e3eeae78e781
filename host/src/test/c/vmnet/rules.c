/* Port forwarding (vmnet.h; the functions for both families are those of macOS 11). */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

#if MACOS >= 1100

struct rule {
	interface_ref interface;
	uint8_t protocol;
	uint16_t external_port;
	uint8_t family;
	uint8_t address[16];
	uint16_t internal_port;
	struct rule *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct rule *rules;
static dispatch_queue_t answers;

/* The handlers' queue is the framework's own. */
static dispatch_queue_t queue(void)
{
	pthread_mutex_lock(&lock);
	if (answers == NULL) {
		answers = dispatch_queue_create("vmnet.rules", DISPATCH_QUEUE_SERIAL);
		sim_lives(SIM_QUEUE, -1); /* stays */
	}
	pthread_mutex_unlock(&lock);
	return answers;
}

static bool is_known(uint8_t protocol, uint8_t family)
{
	return (protocol == APPLE_IPPROTO_TCP || protocol == APPLE_IPPROTO_UDP) &&
	    (family == APPLE_AF_INET || family == APPLE_AF_INET6);
}

static size_t size(uint8_t family)
{
	return family == APPLE_AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);
}

static struct rule **find(interface_ref interface, uint8_t protocol, uint16_t port, uint8_t family)
{
	struct rule **at = &rules;
	while (*at != NULL && ((*at)->interface != interface || (*at)->protocol != protocol ||
	    (*at)->external_port != port || (*at)->family != family))
		at = &(*at)->next;
	return at;
}

static void answer(block_t handler, vmnet_return_t status)
{
	if (handler != NULL)
		sim_call(queue(), handler, SIM_STATUS, status, NULL, 0);
}

vmnet_return_t vmnet_interface_add_ip_port_forwarding_rule(interface_ref interface, uint8_t protocol,
    uint16_t external_port, uint8_t family, const void *address, uint16_t internal_port,
    vmnet_interface_completion_handler_t handler)
{
	if (!sim_is_running(interface) || !is_known(protocol, family) || address == NULL)
		return VMNET_INVALID_ARGUMENT;
	struct rule *rule = calloc(1, sizeof(*rule));
	*rule = (struct rule){.interface = interface, .protocol = protocol, .external_port = external_port,
	    .family = family, .internal_port = internal_port};
	memcpy(rule->address, address, size(family));
	pthread_mutex_lock(&lock);
	struct rule **at = find(interface, protocol, external_port, family);
	bool taken = *at != NULL;
	if (!taken)
		*at = rule;
	pthread_mutex_unlock(&lock);
	if (taken)
		free(rule);
	answer(handler, taken ? VMNET_FAILURE : VMNET_SUCCESS);
	return VMNET_SUCCESS;
}

vmnet_return_t vmnet_interface_remove_ip_port_forwarding_rule(interface_ref interface, uint8_t protocol,
    uint16_t external_port, uint8_t family, vmnet_interface_completion_handler_t handler)
{
	if (!sim_is_running(interface) || !is_known(protocol, family))
		return VMNET_INVALID_ARGUMENT;
	pthread_mutex_lock(&lock);
	struct rule **at = find(interface, protocol, external_port, family);
	struct rule *rule = *at;
	if (rule != NULL)
		*at = rule->next;
	pthread_mutex_unlock(&lock);
	answer(handler, rule == NULL ? VMNET_FAILURE : VMNET_SUCCESS);
	free(rule);
	return VMNET_SUCCESS;
}

static xpc_object_t describe(const struct rule *rule)
{
	xpc_object_t value = xpc_dictionary_create(NULL, NULL, 0);
	uuid_t address;
	memcpy(address, rule->address, sizeof(address));
	xpc_dictionary_set_uint64(value, "protocol", rule->protocol);
	xpc_dictionary_set_uint64(value, "external", rule->external_port);
	xpc_dictionary_set_uint64(value, "internal", rule->internal_port);
	xpc_dictionary_set_uuid(value, "address", address);
	return value;
}

vmnet_return_t vmnet_interface_get_ip_port_forwarding_rules(interface_ref interface, uint8_t family,
    vmnet_interface_get_ip_port_forwarding_rules_handler_t handler)
{
	if (!sim_is_running(interface) || !is_known(APPLE_IPPROTO_TCP, family) || handler == NULL)
		return VMNET_INVALID_ARGUMENT;
	xpc_object_t list = NULL;
	pthread_mutex_lock(&lock);
	for (struct rule *rule = rules; rule != NULL; rule = rule->next) {
		if (rule->interface != interface || rule->family != family)
			continue;
		if (list == NULL)
			list = xpc_array_create(NULL, 0);
		xpc_object_t value = describe(rule);
		xpc_array_append_value(list, value);
		xpc_release(value);
	}
	pthread_mutex_unlock(&lock);
	/* "If NULL, no port forwarding rules exist." */
	sim_call(queue(), handler, SIM_OBJECT, 0, list, 0);
	if (list != NULL)
		xpc_release(list);
	return VMNET_SUCCESS;
}

vmnet_return_t vmnet_ip_port_forwarding_rule_get_details(xpc_object_t rule, uint8_t *protocol, uint16_t *external_port,
    uint8_t family, void *address, uint16_t *internal_port)
{
	if (!is_known(APPLE_IPPROTO_TCP, family))
		return VMNET_INVALID_ARGUMENT;
	*protocol = (uint8_t)xpc_dictionary_get_uint64(rule, "protocol");
	*external_port = (uint16_t)xpc_dictionary_get_uint64(rule, "external");
	*internal_port = (uint16_t)xpc_dictionary_get_uint64(rule, "internal");
	memcpy(address, xpc_dictionary_get_uuid(rule, "address"), size(family));
	return VMNET_SUCCESS;
}

void sim_forget_rules(interface_ref interface)
{
	pthread_mutex_lock(&lock);
	struct rule **at = &rules;
	while (*at != NULL) {
		struct rule *rule = *at;
		if (rule->interface == interface) {
			*at = rule->next;
			free(rule);
		} else {
			at = &rule->next;
		}
	}
	pthread_mutex_unlock(&lock);
}

#else

void sim_forget_rules(interface_ref interface)
{
	(void)interface;
}

#endif
