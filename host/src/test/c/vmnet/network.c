/* Network objects (macOS 26): bindings generated from that SDK, and developer.apple.com/documentation/vmnet. Their
 * lifetime: "a successfully started interface retains that object"; CFRelease for configurations and networks. */
#include <stdlib.h>
#include <string.h>

#include "sim.h"

#if MACOS >= 2600

enum { CONFIGURATION = 0x636f6e66, NETWORK = 0x6e657477 };

struct vmnet_network_configuration {
	int magic;
	uint32_t mode;
	struct in_addr subnet, mask;
};

struct vmnet_network {
	int magic;
	uint32_t mode;
	struct in_addr subnet, mask;
};

static void must_be(const void *object, int magic)
{
	if (object == NULL || *(const int *)object != magic)
		sim_misuse("not such an object of CoreFoundation");
}

void CFRelease(const void *object)
{
	if (object == NULL || (*(const int *)object != CONFIGURATION && *(const int *)object != NETWORK))
		sim_misuse("CFRelease: not an object");
	*(int *)(uintptr_t)object = 0;
	free((void *)(uintptr_t)object);
	sim_lives(SIM_CF, -1);
}

vmnet_network_configuration_ref vmnet_network_configuration_create(vmnet_mode_t mode, vmnet_return_t *status)
{
	vmnet_return_t result = mode == VMNET_HOST_MODE || mode == VMNET_SHARED_MODE ? VMNET_SUCCESS : VMNET_INVALID_ARGUMENT;
	if (status != NULL)
		*status = result;
	if (result != VMNET_SUCCESS)
		return NULL;
	vmnet_network_configuration_ref config = calloc(1, sizeof(*config));
	config->magic = CONFIGURATION;
	config->mode = mode;
	const unsigned char subnet[] = {192, 168, 64, 0}, mask[] = {255, 255, 255, 0};
	memcpy(&config->subnet, subnet, 4);
	memcpy(&config->mask, mask, 4);
	sim_lives(SIM_CF, 1);
	sim_remember_network("mode %u;", mode);
	return config;
}

static void remember(const char *what, const void *bytes, size_t count)
{
	sim_remember_network("%s", what);
	for (size_t i = 0; i < count; i++)
		sim_remember_network(" %02x", ((const uint8_t *)bytes)[i]);
	sim_remember_network(";");
}

vmnet_return_t vmnet_network_configuration_set_ipv4_subnet(vmnet_network_configuration_ref config,
    const struct in_addr *subnet, const struct in_addr *mask)
{
	must_be(config, CONFIGURATION);
	config->subnet = *subnet;
	config->mask = *mask;
	remember("subnet", subnet, sizeof(*subnet));
	remember("mask", mask, sizeof(*mask));
	return ((const uint8_t *)subnet)[0] == 0 ? VMNET_INVALID_ARGUMENT : VMNET_SUCCESS;
}

vmnet_return_t vmnet_network_configuration_set_ipv6_prefix(vmnet_network_configuration_ref config,
    const struct in6_addr *prefix, uint8_t length)
{
	must_be(config, CONFIGURATION);
	remember("prefix", prefix, 8);
	return length == 64 ? VMNET_SUCCESS : VMNET_INVALID_ARGUMENT;
}

vmnet_return_t vmnet_network_configuration_set_mtu(vmnet_network_configuration_ref config, uint32_t mtu)
{
	must_be(config, CONFIGURATION);
	sim_remember_network("mtu %u;", mtu);
	return VMNET_SUCCESS;
}

vmnet_return_t vmnet_network_configuration_set_external_interface(vmnet_network_configuration_ref config,
    const char *name)
{
	must_be(config, CONFIGURATION);
	sim_remember_network("external %s;", name);
	return VMNET_SUCCESS;
}

vmnet_return_t vmnet_network_configuration_add_dhcp_reservation(vmnet_network_configuration_ref config,
    const struct ether_addr *client, const struct in_addr *reservation)
{
	must_be(config, CONFIGURATION);
	remember("client", client, sizeof(*client));
	remember("reserved", reservation, sizeof(*reservation));
	return VMNET_SUCCESS;
}

vmnet_return_t vmnet_network_configuration_add_port_forwarding_rule(vmnet_network_configuration_ref config,
    uint8_t protocol, uint8_t family, uint16_t internal_port, uint16_t external_port, const void *address)
{
	must_be(config, CONFIGURATION);
	sim_remember_network("forward %u %u %u>%u", protocol, family, external_port, internal_port);
	remember("", address, family == APPLE_AF_INET ? 4 : 16);
	return VMNET_SUCCESS;
}

#define DISABLE(name) \
	void vmnet_network_configuration_disable_##name(vmnet_network_configuration_ref config) \
	{ \
		must_be(config, CONFIGURATION); \
		sim_remember_network("no " #name ";"); \
	}

DISABLE(dhcp)
DISABLE(dns_proxy)
DISABLE(nat44)
DISABLE(nat66)
DISABLE(router_advertisement)

vmnet_network_ref vmnet_network_create(vmnet_network_configuration_ref config, vmnet_return_t *status)
{
	must_be(config, CONFIGURATION);
	int64_t wanted = sim_wanted(SIM_START_STATUS);
	if (status != NULL)
		*status = wanted == 0 ? VMNET_SUCCESS : (vmnet_return_t)wanted;
	if (wanted != 0)
		return NULL;
	vmnet_network_ref network = calloc(1, sizeof(*network));
	*network = (struct vmnet_network){NETWORK, config->mode, config->subnet, config->mask};
	sim_lives(SIM_CF, 1);
	return network;
}

void vmnet_network_get_ipv4_subnet(vmnet_network_ref network, struct in_addr *subnet, struct in_addr *mask)
{
	must_be(network, NETWORK);
	*subnet = network->subnet;
	*mask = network->mask;
}

interface_ref vmnet_interface_start_with_network(vmnet_network_ref network, xpc_object_t description,
    dispatch_queue_t queue, vmnet_start_interface_completion_handler_t handler)
{
	must_be(network, NETWORK);
	return sim_start(description, network->mode, queue, handler);
}

#endif
