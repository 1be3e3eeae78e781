/* Block_copy and Block_release (Block-ABI-Apple.rst; libclosure, runtime.cpp). */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

void *_NSConcreteStackBlock[32];
void *_NSConcreteMallocBlock[32];
void *_NSConcreteGlobalBlock[32];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct Block_descriptor_2 *helpers(struct Block_literal_1 *block)
{
	return (struct Block_descriptor_2 *)(block->descriptor + 1);
}

static void check(const struct Block_literal_1 *block)
{
	if (block == NULL)
		sim_misuse("a block is NULL");
	if (block->isa != _NSConcreteStackBlock && block->isa != _NSConcreteMallocBlock &&
	    block->isa != _NSConcreteGlobalBlock)
		sim_misuse("not a block: isa");
	if (block->invoke == NULL || block->descriptor == NULL || block->descriptor->reserved != 0 ||
	    block->descriptor->size < sizeof(struct Block_literal_1) || block->descriptor->size > 4096)
		sim_misuse("not a block: descriptor");
	if ((block->flags & BLOCK_IS_GLOBAL) != 0 && block->isa != _NSConcreteGlobalBlock)
		sim_misuse("a global block that is not one");
	if (block->flags & BLOCK_HAS_SIGNATURE) {
		const char *end = (const char *)(block->descriptor + 1);
		if (block->flags & BLOCK_HAS_COPY_DISPOSE)
			end += sizeof(struct Block_descriptor_2);
		const struct Block_descriptor_3 *third = (const struct Block_descriptor_3 *)end;
		if (third->signature == NULL || third->signature[0] != 'v' || strstr(third->signature, "@?0") == NULL)
			sim_misuse("a block's signature");
	}
}

void *_Block_copy(const void *arg)
{
	struct Block_literal_1 *block = (struct Block_literal_1 *)arg;
	check(block);
	if (block->flags & BLOCK_IS_GLOBAL)
		return block;
	pthread_mutex_lock(&lock);
	if (block->flags & BLOCK_NEEDS_FREE) {
		block->flags += 2;
		pthread_mutex_unlock(&lock);
		return block;
	}
	pthread_mutex_unlock(&lock);
	struct Block_literal_1 *copy = malloc(block->descriptor->size);
	memcpy(copy, block, block->descriptor->size);
	copy->flags &= ~(BLOCK_REFCOUNT_MASK | BLOCK_DEALLOCATING);
	copy->flags |= BLOCK_NEEDS_FREE | 2;
	copy->isa = _NSConcreteMallocBlock;
	if (copy->flags & BLOCK_HAS_COPY_DISPOSE)
		helpers(copy)->copy_helper(copy, block);
	sim_lives(SIM_BLOCK, 1);
	return copy;
}

void _Block_release(const void *arg)
{
	struct Block_literal_1 *block = (struct Block_literal_1 *)arg;
	check(block);
	if ((block->flags & BLOCK_IS_GLOBAL) || !(block->flags & BLOCK_NEEDS_FREE))
		return;
	pthread_mutex_lock(&lock);
	if ((block->flags & BLOCK_REFCOUNT_MASK) == 0)
		sim_misuse("a block was released too often");
	block->flags -= 2;
	bool last = (block->flags & BLOCK_REFCOUNT_MASK) == 0;
	pthread_mutex_unlock(&lock);
	if (!last)
		return;
	if (block->flags & BLOCK_HAS_COPY_DISPOSE)
		helpers(block)->dispose_helper(block);
	memset(block, 0xdd, sizeof(*block));
	free(block);
	sim_lives(SIM_BLOCK, -1);
}
