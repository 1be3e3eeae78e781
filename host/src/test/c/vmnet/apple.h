/* What a program sees of Apple's vmnet.framework and of the libraries under it, on a 64-bit system.
 *
 * Sources, by part:
 *   vmnet    vmnet.framework/Headers/vmnet.h, (c) 2013-2020 Apple, in published copies of the macOS SDK; for macOS 15
 *            and 26 bindings generated from those SDKs (objc2, cidre, Code-Hex/vz) and
 *            developer.apple.com/documentation/vmnet
 *   blocks   clang's docs/Block-ABI-Apple.rst; libclosure's Block_private.h for the flags
 *   dispatch dispatch/queue.h, dispatch/object.h
 *   xpc      xpc/xpc.h
 *   sockets  netinet/in.h, sys/socket.h, sys/uio.h of XNU
 */
#ifndef APPLE_H
#define APPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef MACOS
#define MACOS 2600
#endif

#define EXPORT __attribute__((visibility("default")))

/* --- blocks: Block-ABI-Apple.rst, "High Level" --- */

struct Block_descriptor_1 {
	unsigned long reserved;
	unsigned long size; /* sizeof(struct Block_literal_1) with the captured variables */
};

struct Block_descriptor_2 { /* BLOCK_HAS_COPY_DISPOSE */
	void (*copy_helper)(void *dst, void *src);
	void (*dispose_helper)(void *src);
};

struct Block_descriptor_3 { /* BLOCK_HAS_SIGNATURE */
	const char *signature;
	const char *layout; /* of BLOCK_HAS_EXTENDED_LAYOUT */
};

struct Block_literal_1 {
	void *isa;
	int flags;
	int reserved;
	void (*invoke)(void *, ...);
	struct Block_descriptor_1 *descriptor;
	/* imported variables */
};

enum {
	BLOCK_DEALLOCATING = 0x0001,
	BLOCK_REFCOUNT_MASK = 0xfffe,
	BLOCK_NEEDS_FREE = 1 << 24,
	BLOCK_HAS_COPY_DISPOSE = 1 << 25,
	BLOCK_HAS_CTOR = 1 << 26,
	BLOCK_IS_GLOBAL = 1 << 28,
	BLOCK_HAS_STRET = 1 << 29,
	BLOCK_HAS_SIGNATURE = 1 << 30,
};

extern EXPORT void *_NSConcreteStackBlock[32];
extern EXPORT void *_NSConcreteMallocBlock[32];
extern EXPORT void *_NSConcreteGlobalBlock[32];

EXPORT void *_Block_copy(const void *block);
EXPORT void _Block_release(const void *block);

/* A block where Apple's headers have `^`; this is C without the extension. */
typedef struct Block_literal_1 *block_t;

/* --- dispatch --- */

typedef struct dispatch_queue_s *dispatch_queue_t;
typedef struct dispatch_queue_attr_s *dispatch_queue_attr_t;
#define DISPATCH_QUEUE_SERIAL NULL

EXPORT dispatch_queue_t dispatch_queue_create(const char *label, dispatch_queue_attr_t attr);
EXPORT void dispatch_release(void *object);
EXPORT void dispatch_retain(void *object);

/* --- XPC --- */

typedef struct xpc_object_s *xpc_object_t;
typedef unsigned char uuid_t[16];

EXPORT xpc_object_t xpc_retain(xpc_object_t object);
EXPORT void xpc_release(xpc_object_t object);
EXPORT xpc_object_t xpc_dictionary_create(const char *const *keys, const xpc_object_t *values, size_t count);
EXPORT void xpc_dictionary_set_value(xpc_object_t dictionary, const char *key, xpc_object_t value);
EXPORT void xpc_dictionary_set_bool(xpc_object_t dictionary, const char *key, bool value);
EXPORT void xpc_dictionary_set_uint64(xpc_object_t dictionary, const char *key, uint64_t value);
EXPORT void xpc_dictionary_set_string(xpc_object_t dictionary, const char *key, const char *value);
EXPORT void xpc_dictionary_set_uuid(xpc_object_t dictionary, const char *key, const uuid_t value);
EXPORT xpc_object_t xpc_dictionary_get_value(xpc_object_t dictionary, const char *key);
EXPORT bool xpc_dictionary_get_bool(xpc_object_t dictionary, const char *key);
EXPORT uint64_t xpc_dictionary_get_uint64(xpc_object_t dictionary, const char *key);
EXPORT const char *xpc_dictionary_get_string(xpc_object_t dictionary, const char *key);
EXPORT const uint8_t *xpc_dictionary_get_uuid(xpc_object_t dictionary, const char *key);
EXPORT xpc_object_t xpc_string_create(const char *value);
EXPORT xpc_object_t xpc_array_create(const xpc_object_t *objects, size_t count);
EXPORT void xpc_array_append_value(xpc_object_t array, xpc_object_t value);
EXPORT size_t xpc_array_get_count(xpc_object_t array);
EXPORT xpc_object_t xpc_array_get_value(xpc_object_t array, size_t index);
EXPORT const char *xpc_array_get_string(xpc_object_t array, size_t index);

/* --- CoreFoundation --- */

EXPORT void CFRelease(const void *object);

/* --- sockets; Linux' headers have another AF_INET6 --- */

#define APPLE_IPPROTO_TCP 6
#define APPLE_IPPROTO_UDP 17
#define APPLE_AF_INET 2
#define APPLE_AF_INET6 30

struct iovec {
	void *iov_base;
	size_t iov_len;
};

struct in_addr {
	uint32_t s_addr;
};

struct in6_addr {
	uint8_t s6_addr[16];
};

struct ether_addr {
	uint8_t octet[6];
};

/* --- vmnet --- */

typedef uint32_t operating_modes_t;
typedef operating_modes_t vmnet_mode_t;
enum {
	VMNET_HOST_MODE = 1000,
	VMNET_SHARED_MODE = 1001,
	VMNET_BRIDGED_MODE = 1002,
};

typedef uint32_t interface_event_t;
enum {
	VMNET_INTERFACE_PACKETS_AVAILABLE = 1 << 0,
};

typedef uint32_t vmnet_return_t;
enum {
	VMNET_SUCCESS = 1000,
	VMNET_FAILURE = 1001,
	VMNET_MEM_FAILURE = 1002,
	VMNET_INVALID_ARGUMENT = 1003,
	VMNET_SETUP_INCOMPLETE = 1004,
	VMNET_INVALID_ACCESS = 1005,
	VMNET_PACKET_TOO_BIG = 1006,
	VMNET_BUFFER_EXHAUSTED = 1007,
	VMNET_TOO_MANY_PACKETS = 1008,
	VMNET_SHARING_SERVICE_BUSY = 1009, /* macOS 11 */
	VMNET_NOT_AUTHORIZED = 1010,       /* bindings of newer SDKs */
};

struct vmpktdesc {
	size_t vm_pkt_size;
	struct iovec *vm_pkt_iov;
	uint32_t vm_pkt_iovcnt;
	uint32_t vm_flags;
};

typedef struct vmnet_interface *interface_ref;

/* void (^)(vmnet_return_t status, xpc_object_t interface_param) */
typedef block_t vmnet_start_interface_completion_handler_t;
/* void (^)(interface_event_t event_mask, xpc_object_t event) */
typedef block_t vmnet_interface_event_callback_t;
/* void (^)(vmnet_return_t status) */
typedef block_t vmnet_interface_completion_handler_t;
/* void (^)(xpc_object_t rules) */
typedef block_t vmnet_interface_get_ip_port_forwarding_rules_handler_t;

extern EXPORT const char *vmnet_operation_mode_key;
extern EXPORT const char *vmnet_mac_address_key;
extern EXPORT const char *vmnet_mtu_key;
extern EXPORT const char *vmnet_max_packet_size_key;
extern EXPORT const char *vmnet_interface_id_key;
extern EXPORT const char *vmnet_estimated_packets_available_key;
#if MACOS >= 1015
extern EXPORT const char *vmnet_shared_interface_name_key;
extern EXPORT const char *vmnet_allocate_mac_address_key;
extern EXPORT const char *vmnet_start_address_key;
extern EXPORT const char *vmnet_end_address_key;
extern EXPORT const char *vmnet_subnet_mask_key;
extern EXPORT const char *vmnet_nat66_prefix_key;
#endif
#if MACOS >= 1100
extern EXPORT const char *vmnet_network_identifier_key;
extern EXPORT const char *vmnet_enable_isolation_key;
#endif
#if MACOS >= 1500
extern EXPORT const char *vmnet_read_max_packets_key;
extern EXPORT const char *vmnet_write_max_packets_key;
#endif

EXPORT interface_ref vmnet_start_interface(xpc_object_t interface_desc, dispatch_queue_t queue,
    vmnet_start_interface_completion_handler_t handler);
EXPORT vmnet_return_t vmnet_interface_set_event_callback(interface_ref interface, interface_event_t event_mask,
    dispatch_queue_t queue, vmnet_interface_event_callback_t callback);
EXPORT vmnet_return_t vmnet_write(interface_ref interface, struct vmpktdesc *packets, int *pktcnt);
EXPORT vmnet_return_t vmnet_read(interface_ref interface, struct vmpktdesc *packets, int *pktcnt);
EXPORT vmnet_return_t vmnet_stop_interface(interface_ref interface, dispatch_queue_t queue,
    vmnet_interface_completion_handler_t handler);

#if MACOS >= 1015
EXPORT xpc_object_t vmnet_copy_shared_interface_list(void);
#endif

#if MACOS >= 1100
EXPORT vmnet_return_t vmnet_interface_add_ip_port_forwarding_rule(interface_ref interface, uint8_t protocol,
    uint16_t external_port, uint8_t address_family, const void *internal_address, uint16_t internal_port,
    vmnet_interface_completion_handler_t handler);
EXPORT vmnet_return_t vmnet_interface_remove_ip_port_forwarding_rule(interface_ref interface, uint8_t protocol,
    uint16_t external_port, uint8_t address_family, vmnet_interface_completion_handler_t handler);
EXPORT vmnet_return_t vmnet_interface_get_ip_port_forwarding_rules(interface_ref interface, uint8_t address_family,
    vmnet_interface_get_ip_port_forwarding_rules_handler_t handler);
EXPORT vmnet_return_t vmnet_ip_port_forwarding_rule_get_details(xpc_object_t rule, uint8_t *protocol,
    uint16_t *external_port, uint8_t address_family, void *internal_address, uint16_t *internal_port);
#endif

#if MACOS >= 2600
typedef struct vmnet_network *vmnet_network_ref;
typedef struct vmnet_network_configuration *vmnet_network_configuration_ref;

EXPORT vmnet_network_configuration_ref vmnet_network_configuration_create(vmnet_mode_t mode, vmnet_return_t *status);
EXPORT vmnet_return_t vmnet_network_configuration_set_ipv4_subnet(vmnet_network_configuration_ref config,
    const struct in_addr *subnet_addr, const struct in_addr *subnet_mask);
EXPORT vmnet_return_t vmnet_network_configuration_set_ipv6_prefix(vmnet_network_configuration_ref config,
    const struct in6_addr *prefix, uint8_t len);
EXPORT vmnet_return_t vmnet_network_configuration_set_mtu(vmnet_network_configuration_ref config, uint32_t mtu);
EXPORT vmnet_return_t vmnet_network_configuration_set_external_interface(vmnet_network_configuration_ref config,
    const char *interface_name);
EXPORT vmnet_return_t vmnet_network_configuration_add_dhcp_reservation(vmnet_network_configuration_ref config,
    const struct ether_addr *client, const struct in_addr *reservation);
EXPORT vmnet_return_t vmnet_network_configuration_add_port_forwarding_rule(vmnet_network_configuration_ref config,
    uint8_t protocol, uint8_t address_family, uint16_t internal_port, uint16_t external_port,
    const void *internal_address);
EXPORT void vmnet_network_configuration_disable_dhcp(vmnet_network_configuration_ref config);
EXPORT void vmnet_network_configuration_disable_dns_proxy(vmnet_network_configuration_ref config);
EXPORT void vmnet_network_configuration_disable_nat44(vmnet_network_configuration_ref config);
EXPORT void vmnet_network_configuration_disable_nat66(vmnet_network_configuration_ref config);
EXPORT void vmnet_network_configuration_disable_router_advertisement(vmnet_network_configuration_ref config);
EXPORT vmnet_network_ref vmnet_network_create(vmnet_network_configuration_ref config, vmnet_return_t *status);
EXPORT void vmnet_network_get_ipv4_subnet(vmnet_network_ref network, struct in_addr *subnet, struct in_addr *mask);
EXPORT interface_ref vmnet_interface_start_with_network(vmnet_network_ref network, xpc_object_t interface_desc,
    dispatch_queue_t queue, vmnet_start_interface_completion_handler_t start_block);
#endif

#endif
