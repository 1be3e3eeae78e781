/* How tests look into the simulator and break things. None of this is Apple's. */
#ifndef SIM_H
#define SIM_H

#include "apple.h"

/* What is alive; sim_live() tells how many. */
enum sim_kind { SIM_BLOCK, SIM_QUEUE, SIM_XPC, SIM_INTERFACE, SIM_CF, SIM_KINDS };

/* What happened; sim_count() tells how often, since sim_reset(). */
enum sim_counter {
	SIM_READS,
	SIM_WRITES,
	SIM_EVENTS,
	SIM_PACKETS_WRITTEN,
	SIM_CALLS_AFTER_STOP,
	SIM_LARGEST_READ,
	SIM_LARGEST_WRITE,
	SIM_CALLBACK_THREADS,
	SIM_COUNTERS
};

/* What is to go wrong; 0 is nothing, and what sim_reset() leaves. The variable VMNET_SIMULATOR_FAULTS says it to a whole
 * process, by number. */
enum sim_fault {
	SIM_START_STATUS,        /* the completion's status */
	SIM_START_NULL,          /* 1: no interface, and the completion all the same; 2: no completion either */
	SIM_START_NO_PARAMETERS, /* NULL in the completion */
	SIM_START_DELAY,         /* ms until the completion; -1: not before sim_answer() */
	SIM_EVENTS_STATUS,
	SIM_READ_STATUS,
	SIM_READ_MOST,           /* fewer packets than there are */
	SIM_READ_SIZE,           /* a size that is said of each packet in place of its own */
	SIM_WRITE_STATUS,
	SIM_WRITE_MOST,          /* takes fewer, and says so; -1: none */
	SIM_WRITE_ROOM,          /* after so many packets in all: VMNET_BUFFER_EXHAUSTED */
	SIM_PACKETS_LIMIT,       /* more in one call is VMNET_TOO_MANY_PACKETS */
	SIM_EVENTS_LOST,         /* no event when packets come */
	SIM_STOP_STATUS,         /* what vmnet_stop_interface returns */
	SIM_STOP_COMPLETION,     /* the completion's status; -1: never */
	SIM_LATE_EVENTS,         /* so many events after the interface has stopped */
	SIM_FRESH_THREADS,       /* each callback on a thread of its own, with the stack of GCD's: 512 KiB */
	SIM_MAX_PACKET_SIZE,     /* in place of 1514 */
	SIM_LIST_NULL,           /* vmnet_copy_shared_interface_list */
	SIM_FAULTS
};

EXPORT void sim_reset(void);
EXPORT void sim_fault(int fault, int64_t value);
EXPORT int64_t sim_live(int kind);
EXPORT int64_t sim_count(int counter);

/* What the last start was given under a key: "uint64 1002", "string en0", "bool 1", "uuid 00112233-…"; NULL when not. */
EXPORT const char *sim_started_with(const char *key);

/* What the last network object was made of, one thing after the other. */
EXPORT const char *sim_network(void);

/* The interface that started last; NULL when it has stopped. */
EXPORT interface_ref sim_interface(void);

/* A packet comes to an interface; it is told. false when it has no room. */
EXPORT bool sim_arrive(interface_ref interface, const void *bytes, size_t length);

/* The interface is told that there are packets, whether or not. */
EXPORT void sim_event(interface_ref interface);

/* The oldest packet that was written and not yet taken; its length, or -1. */
EXPORT int64_t sim_taken(void *bytes, size_t room);

/* The interfaces that start from now on have this tap of the calling thread's network namespace as their LAN, and
 * not each other; NULL: no more. The variable VMNET_SIMULATOR_TAP says the same to a whole process. */
EXPORT void sim_use_tap(const char *name);

/* The completion comes that SIM_START_DELAY -1 kept back. */
EXPORT void sim_answer(void);

/* --- within the simulator --- */

int64_t sim_wanted(int fault);
void sim_lives(int kind, int change);
void sim_happened(int counter);
void sim_most(int counter, int64_t value);
void sim_remember_start(xpc_object_t description);
void sim_remember_network(const char *format, ...) __attribute__((format(printf, 1, 2)));
void sim_note_thread(void);
_Noreturn void sim_misuse(const char *what);

/* Calls a block on a queue, with 0 to 2 arguments; it is copied before this returns, and its object retained. */
enum sim_shape { SIM_STATUS_AND_OBJECT, SIM_STATUS, SIM_OBJECT };
EXPORT void sim_call(dispatch_queue_t queue, block_t block, int shape, uint32_t status, xpc_object_t object, int64_t ms);

/* Whether the tap exists; opens it. */
int sim_open_tap(void);

char *xpc_describe(xpc_object_t value);

interface_ref sim_start(xpc_object_t description, uint64_t mode, dispatch_queue_t queue, block_t handler);
void sim_forget_rules(interface_ref interface);
bool sim_is_running(interface_ref interface);

#endif
